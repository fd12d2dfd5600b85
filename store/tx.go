// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"

	"github.com/ncruces/go-sqlite3"
)

// tx is one transaction on the tables of one case. SQL is written once, in
// the subset both engines share, with ? for every placeholder; tx rewrites
// them for PostgreSQL. A tx is for one goroutine.
type tx struct {
	sql     *sql.Tx
	conn    *sql.Conn // that sql is on
	dialect dialect
	origin  string // origin of the case's log
	size    int64  // entries in the log, as this transaction sees it
	epoch   int64  // of a transaction on keys: the epoch they are wrapped under
	stmts   map[string]*sql.Stmt
	inserts map[string]*sqlite3.Stmt // raw.go
	scope   *scope                   // what may be seen; nil: everything
	end     []func()                 // what is let go when the transaction ends: file locks, connections
	done    bool
}

// newTx wraps a transaction that has begun.
func newTx(s *sql.Tx, on *sql.Conn, d dialect) *tx {
	return &tx{sql: s, conn: on, dialect: d, stmts: map[string]*sql.Stmt{}, inserts: map[string]*sqlite3.Stmt{}, end: []func(){func() { _ = on.Close() }}} // hands the connection back
}

// exec runs a statement that answers no rows.
func (t *tx) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := t.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	res, err := stmt.ExecContext(ctx, args...)
	return res, t.dialect.fault(err)
}

// query runs a statement that answers rows; the caller closes them and asks
// for their Err.
func (t *tx) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := t.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	return rows, t.dialect.fault(err)
}

// get runs a statement that answers one row and scans it into dest; where
// there is none it returns sql.ErrNoRows.
func (t *tx) get(ctx context.Context, dest []any, query string, args ...any) error {
	stmt, err := t.prepare(ctx, query)
	if err != nil {
		return err
	}
	return t.dialect.fault(stmt.QueryRowContext(ctx, args...).Scan(dest...))
}

// prepare returns the statement, prepared once for the life of the
// transaction. It is closed with the transaction, never by the caller.
func (t *tx) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := t.stmts[query]; ok {
		return stmt, nil
	}
	stmt, err := t.sql.PrepareContext(ctx, t.dialect.rewrite(t.seen(query)))
	if err != nil {
		return nil, t.dialect.fault(err)
	}
	t.stmts[query] = stmt
	return stmt, nil
}

// seen is the question about what may be seen.
func (t *tx) seen(query string) string {
	if t.scope == nil {
		return query
	}
	return t.scope.over(query)
}

// setScope narrows what the transaction sees from now on.
func (t *tx) setScope(s *scope) {
	t.closeStatements()
	t.stmts, t.inserts, t.scope = map[string]*sql.Stmt{}, map[string]*sqlite3.Stmt{}, s
}

// script runs statements of a schema file one after the other.
func (t *tx) script(ctx context.Context, schema string) error {
	for _, statement := range t.dialect.statements(schema) {
		if _, err := t.sql.ExecContext(ctx, statement); err != nil {
			return t.dialect.fault(err)
		}
	}
	return nil
}

// commit makes the transaction durable and lets its locks go.
func (t *tx) commit() error {
	if t.done {
		return sql.ErrTxDone
	}
	t.done = true
	t.closeStatements()
	err := t.dialect.fault(t.sql.Commit())
	if err != nil {
		// A commit that SQLite refused (disk full) leaves its transaction open.
		_ = t.sql.Rollback()
	}
	t.release()
	return err
}

// rollback undoes the transaction unless it was committed; it may stand in a
// defer behind commit.
func (t *tx) rollback() {
	if t.done {
		return
	}
	t.done = true
	t.closeStatements()
	// A rollback fails only on a connection that is lost, whose transaction
	// is undone by the engine.
	_ = t.sql.Rollback()
	t.release()
}

func (t *tx) closeStatements() {
	for _, stmt := range t.stmts {
		_ = stmt.Close() // a prepared statement holds nothing that could be lost
	}
	for _, stmt := range t.inserts {
		_ = stmt.Close() // it repeats the error of the last use, which was told
	}
	t.stmts, t.inserts = nil, nil
}

func (t *tx) release() {
	for i := len(t.end) - 1; i >= 0; i-- {
		t.end[i]()
	}
	t.end = nil
}
