// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"recount/fault"
)

// postgresSchemas is a place in two schemas of one database. Transactions tell
// one another apart from a rebuild by a lock on the table j_gate (k_gate for
// the keys), which every one takes first: a snapshot that is older than a
// rebuild would find the tables gone.
type postgresSchemas struct {
	schema string // "case_ID"; the keys lie in "case_ID_keys"
	pause  func(point string)
	tables *sql.DB
	keys   *sql.DB
	leases *sql.DB // connections that hold a lease for as long as it lasts
}

func quoted(identifier string) string { return pgx.Identifier{identifier}.Sanitize() }

func openPostgres(dsn, schema string, pause func(string)) (*postgresSchemas, error) {
	p := &postgresSchemas{schema: schema, pause: pause}
	for _, open := range []struct {
		db          **sql.DB
		path        string
		connections int
	}{{&p.tables, quoted(schema), 8}, {&p.keys, quoted(schema + "_keys"), 4}, {&p.leases, quoted(schema), 0}} {
		config, err := pgx.ParseConfig(dsn)
		if err != nil {
			// The error of pgx repeats the DSN without its password.
			return nil, fmt.Errorf("%w: the DSN of PostgreSQL; one such as postgres://user@host:5432/database is accepted: %w", fault.Invalid, err)
		}
		config.RuntimeParams["search_path"] = open.path
		// The scopes of access cost more in the planner's estimate than in rows:
		// it compiled each page of the journal for two seconds, to read 50 entries.
		config.RuntimeParams["jit"] = "off"
		*open.db = stdlib.OpenDB(*config)
		(*open.db).SetMaxOpenConns(open.connections)
		(*open.db).SetMaxIdleConns(2)
	}
	return p, nil
}

func (p *postgresSchemas) close() error {
	return errors.Join(p.leases.Close(), p.keys.Close(), p.tables.Close())
}

// advisory is the number of an advisory lock: PostgreSQL's locks have numbers,
// not names.
func (p *postgresSchemas) advisory(purpose string) int64 {
	sum := sha256.Sum256([]byte("recount " + purpose + " " + p.schema))
	return int64(binary.BigEndian.Uint64(sum[:]))
}

func (p *postgresSchemas) begin(ctx context.Context, m mode) (*tx, error) {
	t, err := p.transaction(ctx, p.tables, "j_gate", "act", m)
	if err != nil {
		return nil, err
	}
	if err := t.readSize(ctx); err != nil {
		t.rollback()
		return nil, err
	}
	return t, nil
}

func (p *postgresSchemas) beginKeys(ctx context.Context, m mode) (*tx, error) {
	t, err := p.transaction(ctx, p.keys, "k_gate", "keys", m)
	if err != nil {
		return nil, err
	}
	if err := t.get(ctx, []any{&t.epoch}, `SELECT value FROM k_state WHERE name = 'epoch'`); err != nil {
		t.rollback()
		return nil, fmt.Errorf("reading the epoch of the keys: %w", err)
	}
	return t, nil
}

// snapshot passes the gate before it asks for the lock of those who act, as
// they do; the snapshots are taken after both (LOCK TABLE takes none).
func (p *postgresSchemas) snapshot(ctx context.Context, quiet func() error) (tables, keys *tx, err error) {
	tables, err = p.transaction(ctx, p.tables, "j_gate", "act", reading)
	if err != nil {
		return nil, nil, err
	}
	release, _, err := p.lease(ctx, "act", true, true)
	if err != nil {
		tables.rollback()
		return nil, nil, err
	}
	defer release()
	if err = tables.readSize(ctx); err == nil {
		keys, err = p.beginKeys(ctx, reading)
	}
	if err == nil {
		if err = quiet(); err != nil {
			keys.rollback()
		}
	}
	if err != nil {
		tables.rollback()
		return nil, nil, err
	}
	return tables, keys, nil
}

// transaction passes the gate and then, to act, the advisory lock. LOCK TABLE
// takes no snapshot (PostgreSQL 15 manual, LOCK, Notes), so what is read
// afterwards is as of after the wait, under REPEATABLE READ too.
func (p *postgresSchemas) transaction(ctx context.Context, db *sql.DB, gate, purpose string, m mode) (*tx, error) {
	opts := &sql.TxOptions{Isolation: sql.LevelReadCommitted}
	if m == reading {
		opts = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	t, err := beginOn(ctx, db, postgres, opts)
	if err != nil {
		return nil, err
	}
	if err := t.run(ctx, "LOCK TABLE "+gate+" IN ACCESS SHARE MODE"); err != nil {
		t.rollback()
		return nil, fmt.Errorf("waiting for the case: %w", err)
	}
	if m == writing { // durable with the next commit that waits for the disk
		if err := t.run(ctx, "SET LOCAL synchronous_commit TO OFF"); err != nil {
			t.rollback()
			return nil, err
		}
	}
	if m == acting {
		if err := t.run(ctx, fmt.Sprintf("SELECT pg_advisory_xact_lock(%d)", p.advisory(purpose))); err != nil {
			t.rollback()
			return nil, fmt.Errorf("waiting for those who act on the case: %w", err)
		}
	}
	return t, nil
}

// run runs a statement that is not prepared.
func (t *tx) run(ctx context.Context, statement string) error {
	_, err := t.sql.ExecContext(ctx, statement)
	return t.dialect.fault(err)
}

func (p *postgresSchemas) lease(ctx context.Context, name leaseName, exclusive, wait bool) (func(), bool, error) {
	conn, err := p.leases.Conn(ctx)
	if err != nil {
		return nil, false, postgresFault(err)
	}
	suffix := "_shared"
	if exclusive {
		suffix = ""
	}
	number, taken := p.advisory(string(name)), true
	if wait {
		_, err = conn.ExecContext(ctx, "SELECT pg_advisory_lock"+suffix+"($1)", number)
	} else {
		err = conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock"+suffix+"($1)", number).Scan(&taken)
	}
	if err != nil || !taken {
		return nil, false, errors.Join(postgresFault(err), conn.Close())
	}
	return func() {
		if _, err := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock"+suffix+"($1)", number); err != nil {
			// The lock goes with the session.
			_ = conn.Raw(func(any) error { return sql.ErrConnDone })
		}
		_ = conn.Close()
	}, true, nil
}

// replace builds the new tables in schemas of their own and renames them; one
// transaction for the tables, one for the keys. The keys are committed last:
// when that fails, what was to be erased still has its keys and no longer its
// rows, and opening the case finishes it.
func (p *postgresSchemas) replace(ctx context.Context, rekey func(epoch int64) error, build func(context.Context, replacement) error) (err error) {
	var r replacement
	if r.old, r.tables, err = p.beginNext(ctx, p.tables, p.schema, "j_gate", (*tx).schema); err != nil {
		return err
	}
	defer r.tables.rollback()
	defer r.old.rollback()
	if err := r.old.readSize(ctx); err != nil {
		return err
	}
	if err := copyTables(ctx, r.old, r.tables, append(journalTables(), officeTables()...)); err != nil {
		return err
	}
	if rekey != nil {
		if r.oldKeys, r.keys, err = p.beginNext(ctx, p.keys, p.schema+"_keys", "k_gate", (*tx).keySchema); err != nil {
			return err
		}
		defer r.keys.rollback()
	} else if r.oldKeys, err = beginOn(ctx, p.keys, postgres, nil); err != nil {
		return err
	}
	defer r.oldKeys.rollback()
	if err := r.oldKeys.get(ctx, []any{&r.oldKeys.epoch}, `SELECT value FROM k_state WHERE name = 'epoch'`); err != nil {
		return fmt.Errorf("reading the epoch of the keys: %w", err)
	}
	if r.keys != nil {
		r.keys.epoch = r.oldKeys.epoch + 1
		if err := rekey(r.keys.epoch); err != nil {
			return err
		}
	}
	if err := build(ctx, r); err != nil {
		return err
	}
	p.pause("replaced.built")
	r.old.rollback()
	r.oldKeys.rollback()
	if err := p.takePlace(ctx, r.tables, p.schema); err != nil {
		return err
	}
	p.pause("replaced.current")
	if r.keys == nil {
		return nil
	}
	return p.takePlace(ctx, r.keys, p.schema+"_keys")
}

// beginNext closes the gate of a schema and makes its successor.
func (p *postgresSchemas) beginNext(ctx context.Context, db *sql.DB, schema, gate string, make func(*tx, context.Context) error) (old, next *tx, err error) {
	if next, err = closeTable(ctx, db, gate); err != nil {
		return nil, nil, fmt.Errorf("beginning new tables: %w", err)
	}
	fresh := quoted(schema + "_next")
	for _, statement := range []string{"CREATE SCHEMA " + fresh, "SET LOCAL search_path TO " + fresh} {
		if err = next.run(ctx, statement); err != nil {
			break
		}
	}
	if err == nil {
		err = make(next, ctx)
	}
	if err == nil {
		old, err = beginOn(ctx, db, postgres, &sql.TxOptions{Isolation: sql.LevelReadCommitted, ReadOnly: true})
	}
	if err != nil {
		next.rollback()
		return nil, nil, fmt.Errorf("beginning new tables: %w", err)
	}
	return old, next, nil
}

// closeTable begins a transaction that has a gate for itself. It lets those
// through that wait behind it for longer than giveWay, as closeGate does.
func closeTable(ctx context.Context, db *sql.DB, gate string) (*tx, error) {
	for {
		t, err := beginOn(ctx, db, postgres, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
		if err != nil {
			return nil, err
		}
		err = t.run(ctx, fmt.Sprintf("SET LOCAL lock_timeout TO %d", giveWay.Milliseconds()))
		if err == nil {
			err = t.run(ctx, "LOCK TABLE "+gate+" IN ACCESS EXCLUSIVE MODE")
		}
		if err == nil {
			err = t.run(ctx, "SET LOCAL lock_timeout TO DEFAULT")
		}
		if err == nil {
			return t, nil
		}
		t.rollback()
		if !lockTimedOut(err) {
			return nil, err
		}
		select {
		case <-time.After(gateOpen):
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: the case is being read: %w", fault.Unavailable, ctx.Err())
		}
	}
}

// lockTimedOut tells lock_not_available (PostgreSQL 15 manual, appendix A).
func lockTimedOut(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "55P03"
}

// takePlace drops the old schema, which frees its files at the commit, and
// gives the new one its name.
func (p *postgresSchemas) takePlace(ctx context.Context, next *tx, schema string) error {
	for _, statement := range []string{"DROP SCHEMA " + quoted(schema) + " CASCADE", "ALTER SCHEMA " + quoted(schema+"_next") + " RENAME TO " + quoted(schema)} {
		if err := next.run(ctx, statement); err != nil {
			return fmt.Errorf("putting new tables in their place: %w", err)
		}
	}
	return next.commit()
}

// newPostgres makes both schemas in one transaction.
func newPostgres(ctx context.Context, p *postgresSchemas, fill func(tables, keys *tx) error) error {
	t, err := beginOn(ctx, p.tables, postgres, nil)
	if err != nil {
		return err
	}
	defer t.rollback()
	tables, keys := quoted(p.schema), quoted(p.schema+"_keys")
	for _, schema := range []string{tables, keys} {
		if err := t.run(ctx, "CREATE SCHEMA "+schema); err != nil {
			if strings.Contains(err.Error(), "42P06") { // duplicate_schema
				return fmt.Errorf("%w: the schema %s is there already: a case of this name is kept in that database", fault.Conflict, schema)
			}
			return err
		}
	}
	if err := t.run(ctx, "SET LOCAL search_path TO "+keys); err != nil {
		return err
	}
	if err := t.keySchema(ctx); err != nil {
		return err
	}
	if err := t.run(ctx, "SET LOCAL search_path TO "+tables+", "+keys); err != nil {
		return err
	}
	if err := t.schema(ctx); err != nil {
		return err
	}
	t.epoch = 1
	if err := fill(t, t); err != nil {
		return err
	}
	return t.commit()
}
