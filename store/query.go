// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"recount/fault"
)

// Reader answers questions about a case out of one snapshot, as it was known
// when the log had Size entries. It ends with the transaction it came from and
// is for one goroutine. Lists end where their Limit says; the next page begins
// After the last of it.
type Reader struct {
	t    *tx
	size int64
}

func newReader(t *tx) Reader { return Reader{t: t, size: t.size} }

// Size is how many entries the answers rest on.
func (r Reader) Size() int64 { return r.size }

// At is the same case as it was known when the log had size entries. What has
// been erased since then is not known any more at any size. fault.Invalid for
// a size that the log has not reached.
func (r Reader) At(size int64) (Reader, error) {
	if size < 0 || size > r.t.size {
		return Reader{}, fmt.Errorf("%w: as known with %d entries: this log has %d; 0 to %d are accepted", fault.Invalid, size, r.t.size, r.t.size)
	}
	return Reader{t: r.t, size: size}, nil
}

// Page is a part of a list: at most Limit (0: all) of what comes after After
// ("": from the beginning).
type Page struct {
	After string
	Limit int
}

// noLimit is above what any table holds.
const noLimit = 1 << 40

func (p Page) limit() int64 {
	if p.Limit <= 0 {
		return noLimit
	}
	return int64(p.Limit)
}

// standing is the condition that a row stands at the reader's size; it takes
// the size twice (see sizes).
func standing(table string) string {
	return table + `.from_seq < ? AND (` + table + `.to_seq IS NULL OR ` + table + `.to_seq >= ?)`
}

// collect answers all rows of a query.
func collect[T any](ctx context.Context, r Reader, scan func(*sql.Rows) (T, error), query string, args ...any) (all []T, err error) {
	rows, err := r.t.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, r.t.dialect.fault(rows.Err())
}

// scanOne reads a row of one column.
func scanOne[T any](rows *sql.Rows) (v T, err error) {
	err = rows.Scan(&v)
	return v, err
}

// missing is the answer where something is not there; erased counts the
// entries of its kind that are erased, one of which may have been it.
func (r Reader) missing(ctx context.Context, what, kind string) error {
	var erased int64
	err := r.t.get(ctx, []any{&erased}, `SELECT COUNT(*) FROM p_entry WHERE erased = 1 AND kind = ? AND seq < ?`, kind, r.size)
	if err != nil {
		return err
	}
	if erased > 0 {
		return fmt.Errorf("%w: %s. %d entries of the kind %s have been erased; it may have stood in one of them", fault.NotFound, what, erased, kind)
	}
	return fmt.Errorf("%w: %s", fault.NotFound, what)
}
