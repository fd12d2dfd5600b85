// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"

	"recount/fault"
)

// dialect is the difference between the two engines.
type dialect int

const (
	sqlite dialect = iota
	postgres
)

// dialect is that of the engine that cases lie in.
func (c Config) dialect() dialect {
	if c.Postgres != "" {
		return postgres
	}
	return sqlite
}

// rewrite turns ? outside of quotes into $1, $2, … for PostgreSQL.
func (d dialect) rewrite(query string) string {
	if d == sqlite || !strings.Contains(query, "?") {
		return query
	}
	var b strings.Builder
	b.Grow(len(query) + 16)
	n, quote := 0, byte(0)
	for i := 0; i < len(query); i++ {
		c := query[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '?':
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// statements cuts a schema file at the semicolons that end a line and writes
// its types for the engine. Schema files say INTEGER, TEXT, BLOB and close a
// table with ") STRICT;" or ") STRICT, WITHOUT ROWID;".
func (d dialect) statements(schema string) []string {
	var lines []string
	for line := range strings.SplitSeq(schema, "\n") {
		if code, _, _ := strings.Cut(line, "--"); strings.TrimSpace(code) != "" {
			lines = append(lines, strings.TrimRight(code, " \t"))
		}
	}
	var out []string
	for statement := range strings.SplitSeq(strings.Join(lines, "\n")+"\n", ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if d == postgres {
			statement = strings.TrimSuffix(statement, " STRICT, WITHOUT ROWID")
			statement = strings.TrimSuffix(statement, " STRICT")
			statement = postgresTypes().Replace(statement)
		}
		out = append(out, statement)
	}
	return out
}

func postgresTypes() *strings.Replacer {
	return strings.NewReplacer(" INTEGER", " BIGINT", " TEXT", ` TEXT COLLATE "C"`, " BLOB", " BYTEA")
}

// has tells whether the place has a table of that name.
func (t *tx) has(ctx context.Context, table string) (bool, error) {
	query := `SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?`
	if t.dialect == postgres {
		query = `SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = ?`
	}
	var n int64
	err := t.get(ctx, []any{&n}, query, table)
	return n > 0, err
}

// fault gives an error of the engine its kind. Errors that are our own
// mistakes (syntax, constraint) keep none: they are internal.
func (d dialect) fault(err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if d == sqlite {
		return sqliteFault(err)
	}
	return postgresFault(err)
}

func sqliteFault(err error) error {
	switch {
	case errors.Is(err, sqlite3.INTERRUPT) && !errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", context.Canceled, err) // only a context that ended interrupts a statement
	case errors.Is(err, sqlite3.FULL):
		return fmt.Errorf("%w: the disk with the case's database is full, nothing was written: %w", fault.Unavailable, err)
	case unwritable(err):
		return fmt.Errorf("%w: the disk with the case's database takes nothing more (it is full, or it fails), nothing was written: %w", fault.Unavailable, err)
	case errors.Is(err, sqlite3.BUSY), errors.Is(err, sqlite3.LOCKED):
		return fmt.Errorf("%w: another process has been writing for too long: %w", fault.Unavailable, err)
	case errors.Is(err, sqlite3.IOERR), errors.Is(err, sqlite3.READONLY), errors.Is(err, sqlite3.CANTOPEN):
		return fmt.Errorf("%w: the database file cannot be read or written: %w", fault.Unavailable, err)
	case errors.Is(err, sqlite3.CORRUPT), errors.Is(err, sqlite3.NOTADB):
		return fmt.Errorf("%w: the database file is damaged: %w", fault.Tampered, err)
	}
	return err
}

// unwritable tells whether the disk refused to be written. The driver says no
// more of a full disk than this: it asks for a bare error number where
// os.File.WriteAt answers an fs.PathError, and memory that is shared beside the
// log has to grow too.
func unwritable(err error) bool {
	for _, code := range []sqlite3.ExtendedErrorCode{sqlite3.IOERR_WRITE, sqlite3.IOERR_FSYNC, sqlite3.IOERR_TRUNCATE, sqlite3.IOERR_SHMSIZE} {
		if errors.Is(err, code) {
			return true
		}
	}
	return errors.Is(err, syscall.ENOSPC)
}

// postgresFault goes by the class of the SQLSTATE (PostgreSQL 15 manual,
// appendix A): 08 connection, 53 resources, 57 intervention, 58 system,
// XX data corrupted.
func postgresFault(err error) error {
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		var connect *pgconn.ConnectError
		if errors.As(err, &connect) {
			return fmt.Errorf("%w: PostgreSQL does not answer: %w", fault.Unavailable, err)
		}
		return err
	}
	switch refused.Code[:2] {
	case "08", "53", "57", "58":
		return fmt.Errorf("%w: PostgreSQL: %w", fault.Unavailable, err)
	case "XX":
		return fmt.Errorf("%w: PostgreSQL: %w", fault.Tampered, err)
	}
	return err
}
