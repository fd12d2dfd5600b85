// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

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

// Correction is a record that corrects another.
type Correction struct {
	Leaf journal.Leaf
	Seq  int64 // the entry that brought it
}

// CorrectedBy are the records that correct a record directly, oldest first;
// none where it stands, or where its correction was erased.
func (r Reader) CorrectedBy(ctx context.Context, record journal.Leaf) ([]Correction, error) {
	return collect(ctx, r, func(rows *sql.Rows) (c Correction, err error) {
		var leaf []byte
		if err := rows.Scan(&leaf, &c.Seq); err != nil {
			return c, err
		}
		c.Leaf, err = leafOf(leaf)
		return c, err
	}, `SELECT r.leaf, b.from_seq FROM p_record r JOIN p_batch b ON b.batch = r.batch
		WHERE r.supersedes = ? AND b.from_seq < ? ORDER BY b.from_seq, r.leaf`, record[:], r.size)
}

// Corrections are the leaves of all records that a record corrects, directly
// or by way of others, and of all that correct it, in the order of their
// leaves and without itself. They may have another name, source or exhibit.
// An erased record tells no more what it corrected.
func (r Reader) Corrections(ctx context.Context, record journal.Leaf) ([]journal.Leaf, error) {
	scan := func(rows *sql.Rows) (journal.Leaf, error) {
		var leaf []byte
		if err := rows.Scan(&leaf); err != nil {
			return journal.Leaf{}, err
		}
		return leafOf(leaf)
	}
	seen := map[journal.Leaf]bool{record: true}
	var all []journal.Leaf
	for next := []journal.Leaf{record}; len(next) > 0; next = next[1:] {
		found, err := collect(ctx, r, scan, `SELECT o.leaf FROM p_record r JOIN p_batch b ON b.batch = r.batch JOIN p_record o ON o.leaf = r.supersedes
			WHERE r.leaf = ? AND b.from_seq < ?
			UNION SELECT r.leaf FROM p_record r JOIN p_batch b ON b.batch = r.batch WHERE r.supersedes = ? AND b.from_seq < ?`,
			next[0][:], r.size, next[0][:], r.size)
		if err != nil {
			return nil, err
		}
		for _, leaf := range found {
			if !seen[leaf] {
				seen[leaf] = true
				all, next = append(all, leaf), append(next, leaf)
			}
		}
	}
	slices.SortFunc(all, func(a, b journal.Leaf) int { return strings.Compare(string(a[:]), string(b[:])) })
	return all, nil
}
