// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"

	"recount/register"
)

// rawRow is a row of an answer as the engine holds it. It is good until the
// next one, and so are its bytes.
type rawRow interface {
	// bytes of a text or of octets: empty for NULL as well.
	bytes(column int) []byte
	// number of an integer; it is not known for NULL.
	number(column int) (register.Number, error)
}

// raw calls visit with every row that answers a question. It is for questions
// with very many: database/sql makes several copies of each value on its way,
// which takes more time than SQLite itself; so SQLite is asked directly.
func (t *tx) raw(ctx context.Context, query string, args []any, visit func(rawRow) error) error {
	if t.dialect == sqlite {
		return t.dialect.fault(t.conn.Raw(func(c any) error { return rawSQLite(ctx, c, t.seen(query), args, visit) }))
	}
	return t.rawSQL(ctx, query, args, visit)
}

func rawSQLite(ctx context.Context, c any, query string, args []any, visit func(rawRow) error) (err error) {
	conn, err := ownConn(c)
	if err != nil {
		return err
	}
	defer conn.SetInterrupt(conn.SetInterrupt(ctx))
	stmt, _, err := conn.Prepare(query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stmt.Close()) }()
	if err := bind(stmt, args); err != nil {
		return err
	}
	row := sqliteRow{stmt}
	for stmt.Step() {
		if err := visit(row); err != nil {
			return err
		}
	}
	return stmt.Err()
}

// insert carries out a statement with very many arguments. Those of one text
// are prepared once for the life of the transaction.
func (t *tx) insert(ctx context.Context, query string, args []any) error {
	if t.dialect != sqlite {
		_, err := t.exec(ctx, query, args...)
		return err
	}
	return t.dialect.fault(t.conn.Raw(func(c any) error {
		conn, err := ownConn(c)
		if err != nil {
			return err
		}
		defer conn.SetInterrupt(conn.SetInterrupt(ctx))
		stmt := t.inserts[query]
		if stmt == nil {
			if stmt, _, err = conn.Prepare(query); err != nil {
				return err
			}
			t.inserts[query] = stmt
		}
		if err := bind(stmt, args); err != nil {
			return err
		}
		return stmt.Exec()
	}))
}

// ownConn is SQLite's connection under that of database/sql.
func ownConn(c any) (*sqlite3.Conn, error) {
	own, ok := c.(driver.Conn)
	if !ok {
		return nil, fmt.Errorf("a connection of type %T is none of SQLite's", c) // no other driver is opened: sqlite_database.go
	}
	return own.Raw(), nil
}

// bind takes what columns hold: numbers, texts, octets, NULL.
func bind(stmt *sqlite3.Stmt, args []any) (err error) {
	for i, arg := range args {
		switch arg := arg.(type) {
		case int:
			err = stmt.BindInt(i+1, arg)
		case int64:
			err = stmt.BindInt64(i+1, arg)
		case string:
			err = stmt.BindText(i+1, arg)
		case []byte:
			err = stmt.BindBlob(i+1, arg)
		case nil:
			err = stmt.BindNull(i + 1)
		default:
			err = fmt.Errorf("an argument of type %T", arg)
		}
		if err != nil {
			return fmt.Errorf("argument %d of a statement: %w", i+1, err)
		}
	}
	return nil
}

type sqliteRow struct{ stmt *sqlite3.Stmt }

func (r sqliteRow) bytes(column int) []byte { return r.stmt.ColumnRawBlob(column) }

func (r sqliteRow) number(column int) (register.Number, error) {
	if r.stmt.ColumnType(column) == sqlite3.NULL {
		return register.Number{}, nil
	}
	return register.Exactly(r.stmt.ColumnInt64(column)), nil
}

// rawSQL is raw for every engine.
func (t *tx) rawSQL(ctx context.Context, query string, args []any, visit func(rawRow) error) (err error) {
	rows, err := t.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	row, dest := make(sqlRow, len(names)), make([]any, len(names))
	for i := range row {
		dest[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		if err := visit(row); err != nil {
			return err
		}
	}
	return t.dialect.fault(rows.Err())
}

type sqlRow []sql.RawBytes

func (r sqlRow) bytes(column int) []byte { return r[column] }

func (r sqlRow) number(column int) (register.Number, error) {
	if r[column] == nil {
		return register.Number{}, nil
	}
	n, err := strconv.ParseInt(string(r[column]), 10, 64)
	return register.Exactly(n), err
}
