// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"

	"recount/internal/durable"
	"recount/internal/powercut"
	"recount/store"
	"recount/vault"
)

// The tests of kills must be able to fail: where a sync is left out, what was
// acknowledged is lost, and looking finds it.
func TestKilledFindsMissingSyncs(t *testing.T) {
	t.Parallel()
	needsKills(t)
	exhibit, source := addScenes()[0], addScenes()[2]
	for _, test := range []struct {
		careless, lost string
		scene          scene
	}{
		{"tables", "an entry", source},
		{"files", "an object", exhibit},
	} {
		k := &killing{t: t, title: "without syncs of " + test.careless, careless: test.careless}
		o, args, before := k.ready(test.scene)
		life := k.run(o, args, powercut.Cut{At: "answer", Nth: 1})
		if len(life.Answers) != 1 {
			t.Fatalf("%+v", life)
		}
		_, after, err := k.open(o)
		lostEntry := err == nil && len(after) == len(before)
		lostObject := errors.Is(err, errLostObject)
		if test.careless == "tables" && !lostEntry || test.careless == "files" && !lostObject {
			t.Errorf("without syncs of %s %s ought to be lost after the answer %q: %d entries, then %d, %v", test.careless, test.lost, life.Answers[0], len(before), len(after), err)
		}
	}
}

// carelessFiles syncs nothing.
type carelessFiles struct{ durable.Files }

func (carelessFiles) SyncDir(string) error { return nil }

func (c carelessFiles) Create(name string, perm fs.FileMode) (durable.File, error) {
	f, err := c.Files.Create(name, perm)
	return carelessFile{f}, err
}

type carelessFile struct{ durable.File }

func (carelessFile) Sync() error { return nil }

// carelessTables syncs no database.
type carelessTables struct{ vfs.VFSFilename }

func (c carelessTables) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := c.VFSFilename.OpenFilename(name, flags)
	if err != nil {
		return nil, flags, err
	}
	return carelessTable{f}, flags, nil
}

type carelessTable struct{ vfs.File }

func (carelessTable) Sync(vfs.SyncFlag) error { return nil }

func (c carelessTable) SharedMemory() vfs.SharedMemory { return vfsutil.WrapSharedMemory(c.File) }

func (c carelessTable) Unwrap() vfs.File { return c.File }

var errLostObject = errors.New("an object that an entry names is lost")

// checkObjects reads every exhibit, and every object of the vault, to its end.
func checkObjects(ctx context.Context, c *store.Case, dir string) error {
	var wanted []string
	err := c.Read(ctx, func(r store.Reader) error {
		exhibits, err := r.Exhibits(ctx, store.Page{})
		for _, x := range exhibits {
			wanted = append(wanted, x.Object)
		}
		return err
	})
	if err != nil {
		return err
	}
	err = filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && len(entry.Name()) == 2*len(vault.Address{}) {
			wanted = append(wanted, entry.Name())
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, text := range wanted {
		if err := readObject(ctx, c, text); err != nil {
			return errors.Join(errLostObject, err)
		}
	}
	return nil
}

func readObject(ctx context.Context, c *store.Case, text string) error {
	address, err := vault.ParseAddress(strings.TrimSpace(text))
	if err != nil {
		return err
	}
	o, err := c.ObjectKey(ctx, address)
	if err != nil {
		return err
	}
	in, err := c.Vault().OpenChecked(ctx, o)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, in)
	return errors.Join(err, in.Close())
}
