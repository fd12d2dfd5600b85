// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"recount/fault"
)

// buildPragmas are for a file that nobody reads before it is whole and synced.
func buildPragmas() []string {
	return []string{"journal_mode(off)", "synchronous(off)", "locking_mode(exclusive)", "cache_size(-65536)"}
}

func (f *sqliteFiles) replace(ctx context.Context, rekey func(epoch int64) error, build func(context.Context, replacement) error) (err error) {
	release, err := closeGate(ctx, f.dir)
	if err != nil {
		return err
	}
	defer release()
	if _, err := f.current(); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	old := f.open.generation
	next := generation{tables: old.tables + 1, keys: old.keys}
	if rekey != nil {
		next.keys++
	}
	if err := f.buildFiles(ctx, next, rekey, build); err != nil {
		return errors.Join(err, f.removeDatabase(next.tablesFile(f.dir)), f.dropKeys(old, next))
	}
	f.pause("replaced.built")
	if err := next.write(f.Files, f.dir); err != nil {
		return err
	}
	f.pause("replaced.current")
	if err := f.forget(); err != nil {
		return err
	}
	return f.retire(old, next)
}

// retire destroys the files of the generation before. Files of rows that
// somebody has asked to be erased are overwritten first.
func (f *sqliteFiles) retire(old, next generation) error {
	if old.keys == next.keys {
		return f.removeDatabase(old.tablesFile(f.dir))
	}
	return errors.Join(f.destroyDatabase(old.keysFile(f.dir)), f.destroyDatabase(old.tablesFile(f.dir)))
}

func (f *sqliteFiles) dropKeys(old, next generation) error {
	if old.keys == next.keys {
		return nil
	}
	return f.destroyDatabase(next.keysFile(f.dir))
}

// buildFiles makes the files of the next generation and syncs them.
func (f *sqliteFiles) buildFiles(ctx context.Context, next generation, rekey func(epoch int64) error, build func(context.Context, replacement) error) (err error) {
	var r replacement
	old, oldKeys := f.open.tables.read, f.open.keys.read
	if r.old, err = beginOn(ctx, old, sqlite, nil); err != nil {
		return err
	}
	defer r.old.rollback()
	if err := r.old.readSize(ctx); err != nil {
		return err
	}
	if r.oldKeys, err = beginOn(ctx, oldKeys, sqlite, nil); err != nil {
		return err
	}
	defer r.oldKeys.rollback()
	r.oldKeys.epoch = f.open.generation.keys
	var keys *fresh
	d := f.under(next.keys)
	if next.keys != f.open.generation.keys {
		if err := rekey(next.keys); err != nil {
			return err
		}
		if keys, err = d.newFresh(ctx, next.keysFile(f.dir), (*tx).keySchema); err != nil {
			return err
		}
		defer keys.drop()
		r.keys = keys.tx
		r.keys.epoch = next.keys
	}
	tables, err := d.newFresh(ctx, next.tablesFile(f.dir), (*tx).schema)
	if err != nil {
		return err
	}
	defer tables.drop()
	r.tables = tables.tx
	if err := copyTables(ctx, r.old, r.tables, append(journalTables(), officeTables()...)); err != nil {
		return err
	}
	if err := build(ctx, r); err != nil {
		return err
	}
	if keys != nil {
		if err := keys.finish(); err != nil {
			return err
		}
	}
	return tables.finish()
}

// fresh is a database file that is being made.
type fresh struct {
	disk
	file string
	db   *sql.DB
	tx   *tx
}

func (d disk) newFresh(ctx context.Context, file string, make func(*tx, context.Context) error) (*fresh, error) {
	if err := d.removeDatabase(file); err != nil {
		return nil, err
	}
	db, err := d.openPool(file, 1, buildPragmas()...)
	if err != nil {
		return nil, err
	}
	t, err := beginOn(ctx, db, sqlite, nil)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	made := &fresh{disk: d, file: file, db: db, tx: t}
	if err := make(t, ctx); err != nil {
		made.drop()
		return nil, err
	}
	return made, nil
}

// finish commits, closes and syncs the file.
func (m *fresh) finish() error {
	if err := m.tx.commit(); err != nil {
		return err
	}
	if err := m.db.Close(); err != nil {
		return err
	}
	return m.syncFile(m.file)
}

// drop closes what finish did not.
func (m *fresh) drop() {
	m.tx.rollback()
	_ = m.db.Close()
}

func (d disk) syncFile(name string) error {
	file, err := d.Change(name)
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	err = errors.Join(file.Sync(), file.Close())
	if err == nil {
		err = d.SyncDir(filepath.Dir(name))
	}
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	return nil
}

// databaseFiles are the names that SQLite uses for one database.
func databaseFiles(name string) []string {
	return []string{name, name + "-wal", name + "-shm", name + "-journal"}
}

func (d disk) removeDatabase(name string) error {
	for _, file := range databaseFiles(name) {
		if err := d.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: removing a file that is done with: %w", fault.Unavailable, err)
		}
	}
	return nil
}

func (d disk) destroyDatabase(name string) error {
	for _, file := range databaseFiles(name) {
		if err := d.destroyFile(file); err != nil {
			return err
		}
	}
	return nil
}

// destroyFile overwrites a file with zeros, syncs it and removes it. A disk
// that moves blocks about may keep old ones; that is why what they hold is
// wrapped under a key that is destroyed as well.
func (d disk) destroyFile(name string) error {
	file, err := d.Change(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: destroying a file: %w", fault.Unavailable, err)
	}
	info, err := file.Stat()
	if err == nil {
		_, err = io.CopyN(file, zeros{}, info.Size())
	}
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close(), d.Remove(name))
	if err == nil {
		err = d.SyncDir(filepath.Dir(name))
	}
	if err != nil {
		return fmt.Errorf("%w: destroying %s: %w", fault.Unavailable, name, err)
	}
	return nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
