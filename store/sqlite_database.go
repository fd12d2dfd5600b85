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
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver" // registers "sqlite3"
	"github.com/ncruces/go-sqlite3/ext/fts5"

	"recount/internal/durable"
)

// disk is where the files of a case lie: the machine's, or a layer over it.
type disk struct {
	durable.Files
	vfs     string   // SQLite's file system; "": the machine's own
	sealing *sealing // nil: the archive is plain
	epoch   int64    // under which databases are opened where it is not
}

func (c Config) disk() disk {
	d := disk{Files: c.Files, vfs: c.VFS, sealing: c.sealing}
	if c.sealing != nil {
		d.vfs = c.sealing.vfs // which lies over c.VFS
	}
	return d
}

// database is one file of SQLite, which has one writer at a time.
type database struct {
	dir  string
	read *sql.DB
	act  *sql.DB       // a commit is durable when it returns
	bulk *sql.DB       // a commit is durable with the next one on act
	turn chan struct{} // held by the transaction of this process that writes
}

// dsn names a database file and sets its pragmas on every connection: there is
// no other place where all of them get it.
func (d disk) dsn(file string, pragmas ...string) (string, error) {
	query := url.Values{"_txlock": {"immediate"}}
	if d.sealing != nil {
		label, err := d.label(file)
		if err != nil {
			return "", err
		}
		query.Set("textkey", label) // the key itself is derived from it, and is in no DSN
	}
	if d.vfs != "" {
		query.Set("vfs", d.vfs)
	}
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
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String(), nil
}

// pragmas of a database in use. In WAL mode a commit has reached the disk when
// it returns under synchronous=FULL; under NORMAL it reaches it with the next
// sync of the same log, in order (sqlite.org/pragma.html#pragma_synchronous).
// Deleted rows are overwritten. Pages of 8 KiB suit rows of some hundred bytes
// better than SQLite's 4 KiB (a tenth less work in an import). The cache, in
// KiB, bounds the memory that an import takes.
func pragmas(synchronous string, cache int) []string {
	return []string{"page_size(8192)", "journal_mode(wal)", "synchronous(" + synchronous + ")", "secure_delete(on)", "wal_autocheckpoint(8000)",
		"journal_size_limit(16777216)", fmt.Sprintf("cache_size(-%d)", cache)}
}

func (d disk) openPool(file string, connections int, pragmas ...string) (*sql.DB, error) {
	if err := d.openable(file); err != nil {
		return nil, err
	}
	dsn, err := d.dsn(file, pragmas...)
	if err != nil {
		return nil, err
	}
	db, err := driver.Open(dsn, fts5.Register)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

func (d disk) openDatabase(dir, file string, cache int) (*database, error) {
	opened := &database{dir: dir, turn: make(chan struct{}, 1)}
	for _, open := range []struct {
		db          **sql.DB
		connections int
		pragmas     []string
	}{
		{&opened.act, 1, pragmas("full", 8<<10)},
		{&opened.bulk, 1, pragmas("normal", cache)},
		{&opened.read, 4, append(pragmas("normal", 8<<10), "query_only(on)")},
	} {
		db, err := d.openPool(file, open.connections, open.pragmas...)
		if err != nil {
			return nil, errors.Join(err, opened.close())
		}
		*open.db = db
	}
	return opened, nil
}

func (d *database) close() error {
	var errs []error
	for _, db := range []*sql.DB{d.read, d.bulk, d.act} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

func (d *database) begin(ctx context.Context, m mode) (*tx, error) {
	if m == reading {
		return beginOn(ctx, d.read, sqlite, nil)
	}
	after, err := d.queue(ctx, m)
	if err != nil {
		return nil, err
	}
	defer after()
	select {
	case d.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	db := d.act
	if m == writing {
		db = d.bulk
	}
	t, err := beginOn(ctx, db, sqlite, nil)
	if err != nil {
		<-d.turn
		return nil, err
	}
	t.end = append([]func(){func() { <-d.turn }}, t.end...)
	return t, nil
}

// patience is how long bulk work waits for those who act.
const patience = 300 * time.Millisecond

// queue lets those who act go before bulk work. SQLite itself asks again and
// again for its write lock, and would hardly ever find it free beside an
// import of another process. Who acts holds a lock shared while waiting; bulk
// work looks whether it can have that lock for itself before it goes on.
func (d *database) queue(ctx context.Context, m mode) (after func(), err error) {
	if m == acting {
		return fileLock(ctx, d.dir, "waiting", false)
	}
	for deadline := time.Now().Add(patience); ; {
		release, free, err := tryFileLock(d.dir, "waiting", true)
		if err != nil {
			return nil, err
		}
		if free {
			release()
		}
		if free || time.Now().After(deadline) {
			return func() {}, nil
		}
		select {
		case <-time.After(retry):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// connecting is for how long a connection is tried to be opened.
const connecting = 10 * time.Second

// connect is a connection of the pool. A new one puts its file into WAL mode, for
// which SQLite asks for locks that no time of waiting holds for: while another
// connection is the last one to close, or recovers the log (sqlite.org/wal.html,
// section 9). That passes, and is tried again.
func connect(ctx context.Context, db *sql.DB) (*sql.Conn, error) {
	for deadline := time.Now().Add(connecting); ; {
		conn, err := db.Conn(ctx)
		if err == nil || !errors.Is(err, sqlite3.BUSY) || time.Now().After(deadline) {
			return conn, err
		}
		select {
		case <-time.After(retry):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// beginOn opens a transaction on a connection of the pool. Statements end with
// their ctx; the transaction itself ends only with commit or rollback, so that
// its locks are never let go before it.
func beginOn(ctx context.Context, db *sql.DB, d dialect, opts *sql.TxOptions) (*tx, error) {
	conn, err := connect(ctx, db)
	if err != nil {
		return nil, d.fault(err)
	}
	s, err := conn.BeginTx(context.WithoutCancel(ctx), opts)
	if err != nil {
		_ = conn.Close() // hands the connection back
		return nil, d.fault(err)
	}
	return newTx(s, conn, d), nil
}

// readSize also takes the snapshot of a transaction that only reads.
func (t *tx) readSize(ctx context.Context) error {
	err := t.get(ctx, []any{&t.size}, `SELECT COALESCE(MAX(seq), -1) + 1 FROM j_entry`)
	if err != nil {
		return fmt.Errorf("reading the size of the log: %w", err)
	}
	return nil
}
