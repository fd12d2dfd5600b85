// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"strings"
)

// putter carries a statement out, now or later, and gives memory for the
// arguments of the next.
type putter func(ctx context.Context, query string, args []any) ([]any, error)

// put is the putter that carries out at once.
func (t *tx) put(ctx context.Context, query string, args []any) ([]any, error) {
	err := t.insert(ctx, query, args)
	clear(args) // lets the rows' memory go
	return args[:0], err
}

// inserter gathers rows of one table and writes many to a statement, which
// costs a fraction of a statement for each.
type inserter struct {
	dialect dialect
	put     putter
	table   string
	columns []string
	rows    int // rows to a statement
	args    []any
	full    string // the statement of a full one
}

// newInserter prepares for rows rows to a statement. Both engines bear 32,000
// placeholders; what is much above 1,000 gains nothing.
func newInserter(t *tx, table string, columns []string, rows int) *inserter {
	return newInserterBy(t.dialect, t.put, table, columns, rows)
}

func newInserterBy(d dialect, put putter, table string, columns []string, rows int) *inserter {
	return &inserter{dialect: d, put: put, table: table, columns: columns, rows: rows, args: make([]any, 0, rows*len(columns)), full: d.insertRows(table, columns, rows)}
}

// insertRows is one statement for so many rows. SQLite keeps no journal of its
// own for a statement that fails with OR FAIL; the transaction is rolled back
// in any case.
func (d dialect) insertRows(table string, columns []string, rows int) string {
	insert := "INSERT INTO "
	if d == sqlite {
		insert = "INSERT OR FAIL INTO "
	}
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", len(columns)), ",") + ")"
	return insert + table + " (" + strings.Join(columns, ", ") + ") VALUES " + strings.TrimSuffix(strings.Repeat(one+",", rows), ",")
}

// add takes the values of one row, in the order of the columns. They must not
// change before the next flush.
func (i *inserter) add(ctx context.Context, values ...any) (err error) {
	i.args = append(i.args, values...)
	if len(i.args) == i.rows*len(i.columns) {
		i.args, err = i.put(ctx, i.full, i.args)
	}
	return err
}

// flush writes what is held back.
func (i *inserter) flush(ctx context.Context) (err error) {
	if n := len(i.args) / len(i.columns); n > 0 {
		i.args, err = i.put(ctx, i.dialect.insertRows(i.table, i.columns, n), i.args)
	}
	return err
}
