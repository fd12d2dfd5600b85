// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"sync"
)

// sqliteFiles is a place in a folder: CURRENT, case.N.db, keys.N.db, lock.
// Every transaction holds the file lock shared and looks at CURRENT, so that
// none is ever written into files that were replaced.
type sqliteFiles struct {
	disk
	dir   string
	pause func(point string)

	mu   sync.Mutex
	open *openFiles // of the generation last seen; nil: none open
}

// openFiles are the two databases of one generation.
type openFiles struct {
	generation
	tables, keys *database
}

func (d disk) openGeneration(dir string, g generation) (*openFiles, error) {
	d = d.under(g.keys)
	tables, err := d.openDatabase(dir, g.tablesFile(dir), 48<<10)
	if err != nil {
		return nil, err
	}
	keys, err := d.openDatabase(dir, g.keysFile(dir), 16<<10)
	if err != nil {
		return nil, errors.Join(err, tables.close())
	}
	return &openFiles{g, tables, keys}, nil
}

func (o *openFiles) close() error { return errors.Join(o.tables.close(), o.keys.close()) }

// current answers the files of the present generation. It is called with the
// file lock held, so no transaction is under way on those of an earlier one.
func (f *sqliteFiles) current() (*openFiles, error) {
	g, err := readGeneration(f.dir)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open != nil && f.open.generation == g {
		return f.open, nil
	}
	if err := f.forget(); err != nil {
		return nil, err
	}
	if err := g.there(f.disk, f.dir); err != nil {
		return nil, err
	}
	f.open, err = f.openGeneration(f.dir, g)
	return f.open, err
}

// forget closes the files; f.mu is held.
func (f *sqliteFiles) forget() error {
	if f.open == nil {
		return nil
	}
	err := f.open.close()
	f.open = nil
	return err
}

func (f *sqliteFiles) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.forget()
}

func (f *sqliteFiles) begin(ctx context.Context, m mode) (*tx, error) {
	release, err := passGate(ctx, f.dir)
	if err != nil {
		return nil, err
	}
	t, err := f.transaction(release, func(o *openFiles) (*tx, error) { return o.tables.begin(ctx, m) })
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
	release, err := fileLock(ctx, f.dir, "lock", false)
	if err != nil {
		return nil, err
	}
	return f.transaction(release, func(o *openFiles) (*tx, error) {
		t, err := o.keys.begin(ctx, m)
		if err == nil {
			t.epoch = o.generation.keys
		}
		return t, err
	})
}

func (f *sqliteFiles) snapshot(ctx context.Context, quiet func() error) (tables, keys *tx, err error) {
	act, err := f.begin(ctx, acting)
	if err != nil {
		return nil, nil, err
	}
	defer act.rollback()
	// The gate is passed already; see passGate.
	release, err := fileLock(ctx, f.dir, "lock", false)
	if err != nil {
		return nil, nil, err
	}
	tables, err = f.transaction(release, func(o *openFiles) (*tx, error) { return o.tables.begin(ctx, reading) })
	if err != nil {
		return nil, nil, err
	}
	if err = tables.readSize(ctx); err == nil {
		keys, err = f.beginKeys(ctx, reading)
	}
	if err == nil {
		var n int64 // the first statement takes the snapshot
		if err = keys.get(ctx, []any{&n}, `SELECT COUNT(*) FROM k_state`); err == nil {
			err = quiet()
		}
		if err != nil {
			keys.rollback()
		}
	}
	if err != nil {
		tables.rollback()
		return nil, nil, err
	}
	return tables, keys, nil
}

// transaction begins one under a lock that it lets go with the transaction.
func (f *sqliteFiles) transaction(release func(), begin func(*openFiles) (*tx, error)) (*tx, error) {
	open, err := f.current()
	if err != nil {
		release()
		return nil, err
	}
	t, err := begin(open)
	if err != nil {
		release()
		return nil, err
	}
	t.end = append([]func(){release}, t.end...)
	return t, nil
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
func newSQLite(ctx context.Context, d disk, dir string, fill func(tables, keys *tx) error) (err error) {
	g := generation{tables: 1, keys: 1}
	open, err := d.openGeneration(dir, g)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, open.close()) }()
	tables, err := open.tables.begin(ctx, acting)
	if err != nil {
		return err
	}
	defer tables.rollback()
	keys, err := open.keys.begin(ctx, acting)
	if err != nil {
		return err
	}
	defer keys.rollback()
	keys.epoch = g.keys
	if err := tables.schema(ctx); err != nil {
		return err
	}
	if err := keys.keySchema(ctx); err != nil {
		return err
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
	return g.write(d.Files, dir)
}
