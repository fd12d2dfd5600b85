// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"

	"recount/journal"
)

// RowsBeside are the leaves of the later rungs and of the case's own fields
// that a record has, in their order.
func (r Reader) RowsBeside(ctx context.Context, record journal.Leaf) ([]journal.Leaf, error) {
	return collect(ctx, r, func(rows *sql.Rows) (journal.Leaf, error) {
		var leaf []byte
		if err := rows.Scan(&leaf); err != nil {
			return journal.Leaf{}, err
		}
		return leafOf(leaf)
	}, `SELECT x.leaf FROM (
			SELECT leaf, batch FROM p_rung WHERE part`+allParts+`AND record = ?
			UNION ALL SELECT leaf, batch FROM p_extra WHERE part`+allParts+`AND record = ?
		) AS x JOIN p_batch b ON b.batch = x.batch WHERE b.from_seq < ? ORDER BY x.leaf`,
		record[:], record[:], r.size)
}

// CountRecords is how many records cite an exhibit, corrected ones included.
func (r Reader) CountRecords(ctx context.Context, exhibit string) (n int64, err error) {
	err = r.t.get(ctx, []any{&n}, `SELECT COUNT(*) FROM p_record r JOIN p_batch b ON b.batch = r.batch WHERE r.exhibit = ? AND b.from_seq < ?`, exhibit, r.size)
	return n, err
}
