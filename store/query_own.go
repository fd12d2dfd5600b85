// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
)

// OwnName is a field of the case's own that records have, and how many.
type OwnName struct {
	Name    string
	Records int64
}

// OwnValue is what sources wrote in a field of the case's own, and how many records
// have it so. Written is "" where nothing stands.
type OwnValue struct {
	Written string
	Records int64
}

// ofStanding joins the fields of the case's own to the records that stand; it
// takes the size twice.
const ofStanding = ` FROM p_extra x JOIN p_batch b ON b.batch = x.batch JOIN p_record r ON r.leaf = x.record
	WHERE b.from_seq < ? AND (r.to_seq IS NULL OR r.to_seq >= ?)`

// OwnNames are the fields of the case's own that records have, by name, declared
// or not. The work grows with all values of the case.
func (r Reader) OwnNames(ctx context.Context) ([]OwnName, error) {
	return collect(ctx, r, func(rows *sql.Rows) (n OwnName, err error) {
		return n, rows.Scan(&n.Name, &n.Records)
	}, `SELECT x.name, COUNT(*)`+ofStanding+` GROUP BY x.name ORDER BY x.name`, r.size, r.size)
}

// OwnValues are the most frequent values of a field of the case's own as they are
// written, at most limit, the most frequent first. The work grows with all values
// of the case.
func (r Reader) OwnValues(ctx context.Context, name string, limit int) ([]OwnValue, error) {
	return collect(ctx, r, func(rows *sql.Rows) (v OwnValue, err error) {
		return v, rows.Scan(&v.Written, &v.Records)
	}, `SELECT COALESCE(x.written, ''), COUNT(*)`+ofStanding+` AND x.name = ? GROUP BY COALESCE(x.written, '') ORDER BY COUNT(*) DESC, COALESCE(x.written, '') LIMIT ?`,
		r.size, r.size, name, limit)
}
