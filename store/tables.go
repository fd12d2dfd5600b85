// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// columnNames are the columns in the order of the dump.
func (t table) columnNames() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return names
}

// has tells whether the table has the column.
func (t table) has(column string) bool {
	for _, c := range t.columns {
		if c.name == column {
			return true
		}
	}
	return false
}

// ordered selects all rows in the order of the primary key.
func (t table) ordered(where string) string {
	return "SELECT " + strings.Join(t.columnNames(), ", ") + " FROM " + t.name + where + " ORDER BY " + strings.Join(t.key, ", ")
}

// cell takes one value of a row from either engine.
type cell struct {
	kind   columnType
	number sql.NullInt64
	chars  sql.NullString
	raw    []byte
}

func (t table) cells() (cells []cell, dest []any) {
	cells = make([]cell, len(t.columns))
	dest = make([]any, len(t.columns))
	for i, c := range t.columns {
		cells[i].kind = c.kind
		switch c.kind {
		case integer:
			dest[i] = &cells[i].number
		case text:
			dest[i] = &cells[i].chars
		default:
			dest[i] = &cells[i].raw
		}
	}
	return cells, dest
}

// value is the cell as an argument of a statement.
func (c *cell) value() any {
	switch {
	case c.null():
		return nil
	case c.kind == integer:
		return c.number.Int64
	case c.kind == text:
		return c.chars.String
	}
	return c.raw
}

func (c *cell) null() bool {
	switch c.kind {
	case integer:
		return !c.number.Valid
	case text:
		return !c.chars.Valid
	}
	return c.raw == nil
}

// each calls visit with every row of a table in the order of its key. The
// cells are used again for the next row, but for raw bytes.
func (t table) each(ctx context.Context, from *tx, where string, visit func([]cell) error) (err error) {
	rows, err := from.query(ctx, t.ordered(where))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	cells, dest := t.cells()
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
		if err := visit(cells); err != nil {
			return err
		}
	}
	return from.dialect.fault(rows.Err())
}

// copyTables writes all rows of the tables into those of another place.
func copyTables(ctx context.Context, from, to *tx, tables []table) error {
	for _, t := range tables {
		if err := copyTable(ctx, from, to, t, ""); err != nil {
			return err
		}
	}
	return nil
}

func copyTable(ctx context.Context, from, to *tx, t table, where string) error {
	in := newInserter(to, t.name, t.columnNames(), 50)
	err := t.each(ctx, from, where, func(cells []cell) error {
		row := make([]any, len(cells))
		for i := range cells {
			row[i] = cells[i].value()
		}
		return in.add(ctx, row...)
	})
	if err == nil {
		err = in.flush(ctx)
	}
	if err != nil {
		return fmt.Errorf("copying table %s: %w", t.name, err)
	}
	return nil
}
