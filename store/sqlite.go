// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"

	_ "github.com/ncruces/go-sqlite3/driver" // registers "sqlite3"
)

// sqliteFiles is a place in a folder: CURRENT, case.N.db, keys.N.db, lock.
// Every transaction holds the file lock shared and looks at CURRENT, so that
// none is ever written into files that were replaced.
type sqliteFiles struct {
	dir   string
	pause func(point string)

	mu    sync.Mutex
	pools *sqlitePools // of the generation last seen; nil: none open
}

// sqlitePools are the connections to the files of one generation. SQLite has
// one writer at a time; a pool of one makes the others wait in line.
type sqlitePools struct {
	generation
	tables, tablesRead, keys, keysRead *sql.DB
}

// dsn names a database file and sets its pragmas on every connection: there is
// no other place where all of them get it.
func dsn(file string, pragmas ...string) string {
	query := url.Values{"_txlock": {"immediate"}}
	for _, pragma := range append([]string{"busy_timeout(60000)", "foreign_keys(on)", "trusted_schema(off)", "temp_store(memory)"}, pragmas...) {
		if pragma == "query_only(on)" {
			query.Set("_txlock", "deferred")
		}
		query.Add("_pragma", pragma)
	}
	path := filepath.ToSlash(file)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}

// A commit has reached the disk when it returns: synchronous=FULL in WAL mode
// (sqlite.org/pragma.html#pragma_synchronous). Deleted rows are overwritten.
// Caches are given in KiB; they bound the memory of an import.
func livePragmas(cache int) []string {
	return []string{"journal_mode(wal)", "synchronous(full)", "secure_delete(on)", "wal_autocheckpoint(4000)",
		"journal_size_limit(16777216)", fmt.Sprintf("cache_size(-%d)", cache)}
}

func openPool(file string, connections int, pragmas ...string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", dsn(file, pragmas...))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

func openPools(dir string, g generation) (*sqlitePools, error) {
	p := &sqlitePools{generation: g}
	for _, open := range []struct {
		db          **sql.DB
		file        string
		connections int
		pragmas     []string
	}{
		{&p.tables, g.tablesFile(dir), 1, livePragmas(32 << 10)},
		{&p.tablesRead, g.tablesFile(dir), 4, append(livePragmas(8<<10), "query_only(on)")},
		{&p.keys, g.keysFile(dir), 1, livePragmas(16 << 10)},
		{&p.keysRead, g.keysFile(dir), 4, append(livePragmas(4<<10), "query_only(on)")},
	} {
		db, err := openPool(open.file, open.connections, open.pragmas...)
		if err != nil {
			return nil, errors.Join(err, p.close())
		}
		*open.db = db
	}
	return p, nil
}

func (p *sqlitePools) close() error {
	var errs []error
	for _, db := range []*sql.DB{p.tablesRead, p.keysRead, p.tables, p.keys} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// current answers the pools of the present generation. It is called with the
// file lock held, so no transaction is under way on those of an earlier one.
func (f *sqliteFiles) current() (*sqlitePools, error) {
	g, err := readGeneration(f.dir)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.pools != nil && f.pools.generation == g {
		return f.pools, nil
	}
	if err := f.forget(); err != nil {
		return nil, err
	}
	f.pools, err = openPools(f.dir, g)
	return f.pools, err
}

// forget closes the pools; f.mu is held.
func (f *sqliteFiles) forget() error {
	if f.pools == nil {
		return nil
	}
	err := f.pools.close()
	f.pools = nil
	return err
}

func (f *sqliteFiles) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.forget()
}

func (f *sqliteFiles) begin(ctx context.Context, m mode) (*tx, error) {
	t, err := f.transaction(ctx, func(p *sqlitePools) *sql.DB {
		if m == reading {
			return p.tablesRead
		}
		return p.tables
	})
	if err != nil {
		return nil, err
	}
	if err := t.readSize(ctx); err != nil {
		t.rollback()
		return nil, err
	}
	return t, nil
}

func (f *sqliteFiles) beginKeys(ctx context.Context, m mode) (*tx, error) {
	var epoch int64
	t, err := f.transaction(ctx, func(p *sqlitePools) *sql.DB {
		epoch = p.generation.keys
		if m == reading {
			return p.keysRead
		}
		return p.keys
	})
	if err != nil {
		return nil, err
	}
	t.epoch = epoch
	return t, nil
}

func (f *sqliteFiles) transaction(ctx context.Context, pool func(*sqlitePools) *sql.DB) (*tx, error) {
	release, err := fileLock(ctx, f.dir, "lock", false)
	if err != nil {
		return nil, err
	}
	pools, err := f.current()
	if err != nil {
		release()
		return nil, err
	}
	t, err := beginOn(ctx, pool(pools), sqlite, nil)
	if err != nil {
		release()
		return nil, err
	}
	t.end = append([]func(){release}, t.end...)
	return t, nil
}

// beginOn opens a transaction on a connection of the pool. Statements end with
// their ctx; the transaction itself ends only with commit or rollback, so that
// its locks are never let go before it.
func beginOn(ctx context.Context, db *sql.DB, d dialect, opts *sql.TxOptions) (*tx, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, d.fault(err)
	}
	s, err := conn.BeginTx(context.WithoutCancel(ctx), opts)
	if err != nil {
		_ = conn.Close() // hands the connection back
		return nil, d.fault(err)
	}
	return newTx(s, d, func() { _ = conn.Close() }), nil
}

// readSize also takes the snapshot of a transaction that only reads.
func (t *tx) readSize(ctx context.Context) error {
	err := t.get(ctx, []any{&t.size}, `SELECT COALESCE(MAX(seq), -1) + 1 FROM j_entry`)
	if err != nil {
		return fmt.Errorf("reading the size of the log: %w", err)
	}
	return nil
}

func (f *sqliteFiles) lease(ctx context.Context, name leaseName, exclusive, wait bool) (func(), bool, error) {
	if !wait {
		return tryFileLock(f.dir, string(name), exclusive)
	}
	release, err := fileLock(ctx, f.dir, string(name), exclusive)
	return release, err == nil, err
}

// newSQLite makes the files of a new case in dir, which is there. CURRENT is
// written last: without it there is no case.
func newSQLite(ctx context.Context, dir string, fill func(tables, keys *tx) error) (err error) {
	g := generation{tables: 1, keys: 1}
	pools, err := openPools(dir, g)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pools.close()) }()
	tables, err := beginOn(ctx, pools.tables, sqlite, nil)
	if err != nil {
		return err
	}
	defer tables.rollback()
	keys, err := beginOn(ctx, pools.keys, sqlite, nil)
	if err != nil {
		return err
	}
	defer keys.rollback()
	keys.epoch = g.keys
	if err := tables.schema(ctx); err != nil {
		return fmt.Errorf("making the tables: %w", err)
	}
	if err := keys.script(ctx, keysSchema); err != nil {
		return fmt.Errorf("making the tables of keys: %w", err)
	}
	if err := fill(tables, keys); err != nil {
		return err
	}
	if err := keys.commit(); err != nil {
		return err
	}
	if err := tables.commit(); err != nil {
		return err
	}
	return g.write(dir)
}
