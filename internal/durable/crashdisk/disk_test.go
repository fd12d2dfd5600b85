// SPDX-License-Identifier: Apache-2.0

package crashdisk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recount/internal/durable"
)

func fixed() time.Time { return time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC) }

func root(names ...string) string {
	return filepath.Join(append([]string{string(filepath.Separator)}, names...)...)
}

// tree reads a whole disk: names, and bytes of files.
func tree(t *testing.T, d *Disk, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := d.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		if e.IsDir() {
			all[name] = "folder"
			for k, v := range tree(t, d, name) {
				all[k] = v
			}
			continue
		}
		f, err := d.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(data)
	}
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What POSIX.1-2017 fsync() and fsync(2) promise, and no more.
func TestOnlySyncedSurvives(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                       string
		syncFile, syncDir, syncTop bool
		want                       map[string]string
	}{
		{"nothing", false, false, false, map[string]string{}},
		{"bytes without a name", true, false, true, map[string]string{root("a"): "folder"}},
		{"a name without bytes", false, true, true, map[string]string{root("a"): "folder", root("a", "f"): ""}},
		{"folder's own name forgotten", true, true, false, map[string]string{}},
		{"all", true, true, true, map[string]string{root("a"): "folder", root("a", "f"): "text"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := New(fixed)
			must(t, d.Mkdir(root("a"), 0o755))
			f, err := d.Create(root("a", "f"), 0o444)
			must(t, err)
			_, err = f.Write([]byte("text"))
			must(t, err)
			if test.syncFile {
				must(t, f.Sync())
			}
			if test.syncDir {
				must(t, d.SyncDir(root("a")))
			}
			if test.syncTop {
				must(t, d.SyncDir(root()))
			}
			if diff := cmp.Diff(test.want, tree(t, d.Crash(nil), root())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCutAfter(t *testing.T) {
	t.Parallel()
	d := New(fixed)
	d.CutAfter(1)
	must(t, d.Mkdir(root("a"), 0o755))
	if err := d.Mkdir(root("b"), 0o755); !errors.Is(err, ErrPower) {
		t.Errorf("second change: %v", err)
	}
	if _, err := d.ReadDir(root()); !errors.Is(err, ErrPower) {
		t.Errorf("reading without power: %v", err)
	}
	if d.Changes() != 1 {
		t.Errorf("%d changes", d.Changes())
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	d := New(fixed)
	d.Limit(6)
	f, err := d.Create(root("f"), 0o644)
	must(t, err)
	_, err = f.Write([]byte("1234"))
	must(t, err)
	n, err := f.Write([]byte("5678"))
	if n != 2 || !durable.IsFull(err) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("write beyond the limit: %d, %v", n, err)
	}
	must(t, d.Remove(root("f")))
	g, err := d.Create(root("g"), 0o644)
	must(t, err)
	if _, err := g.Write([]byte("123456")); err != nil {
		t.Errorf("room is free again: %v", err)
	}
}

func TestInPlace(t *testing.T) {
	t.Parallel()
	d := New(fixed)
	f, err := d.OpenFile(root("db"), true, 0o644)
	must(t, err)
	_, err = f.WriteAt([]byte("xyz"), 2)
	must(t, err)
	must(t, f.Truncate(4))
	must(t, f.Sync())
	must(t, d.SyncDir(root()))
	_, err = f.WriteAt([]byte("ZZ"), 0)
	must(t, err)
	if diff := cmp.Diff(map[string]string{root("db"): "ZZxy"}, tree(t, d, root())); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{root("db"): "\x00\x00xy"}, tree(t, d.Crash(nil), root())); diff != "" {
		t.Error(diff)
	}
}

// WriteFile must leave the old or the new file whole, wherever the power goes,
// and the new one once it has returned nil.
func TestWriteFile(t *testing.T) {
	t.Parallel()
	name := root("keys", "epoch")
	prepare := func() *Disk {
		d := New(fixed)
		must(t, durable.MakeDirs(d, root("keys"), 0o700))
		must(t, durable.WriteFile(d, name, []byte("old"), 0o600, false))
		return d
	}
	d := prepare()
	before := d.Changes()
	must(t, durable.WriteFile(d, name, []byte("new"), 0o600, true))
	steps := d.Changes() - before
	for cut := range steps + 1 {
		d := prepare()
		d.CutAfter(cut)
		err := durable.WriteFile(d, name, []byte("new"), 0o600, true)
		for seed := range uint64(20) {
			var random *rand.Rand
			if seed > 0 {
				random = rand.New(rand.NewPCG(seed, uint64(cut)))
			}
			got := tree(t, d.Crash(random), root())[name]
			if err == nil && got != "new" || got != "old" && got != "new" {
				t.Errorf("power cut after %d of %d changes, seed %d: %q, WriteFile said %v", cut, steps, seed, got, err)
			}
		}
	}
	if err := durable.WriteFile(prepare(), name, []byte("new"), 0o600, false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("without replace: %v", err)
	}
}

func TestMakeDirs(t *testing.T) {
	t.Parallel()
	d := New(fixed)
	must(t, durable.MakeDirs(d, root("a", "b", "c"), 0o700))
	want := map[string]string{root("a"): "folder", root("a", "b"): "folder", root("a", "b", "c"): "folder"}
	if diff := cmp.Diff(want, tree(t, d.Crash(nil), root())); diff != "" {
		t.Error(diff)
	}
	must(t, durable.MakeDirs(d, root("a", "b"), 0o700))
	f, err := d.Create(root("file"), 0o600)
	must(t, errors.Join(err, f.Close()))
	if err := durable.MakeDirs(d, root("file"), 0o700); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file in the way: %v", err)
	}
}

// A crash under chance keeps synced bytes, whatever else it does.
func TestRandomCrashKeepsSynced(t *testing.T) {
	t.Parallel()
	d := New(fixed)
	f, err := d.OpenFile(root("f"), true, 0o644)
	must(t, err)
	_, err = f.Write(make([]byte, 4*sector))
	must(t, err)
	must(t, f.Sync())
	must(t, d.SyncDir(root()))
	_, err = f.WriteAt([]byte{1}, 3*sector)
	must(t, err)
	seen := map[string]bool{}
	for seed := range uint64(50) {
		got := tree(t, d.Crash(rand.New(rand.NewPCG(1, seed))), root())[root("f")]
		if len(got) != 4*sector || got[:3*sector] != string(make([]byte, 3*sector)) {
			t.Fatalf("seed %d: synced bytes changed", seed)
		}
		seen[fmt.Sprint(got[3*sector])] = true
	}
	if len(seen) != 2 {
		t.Errorf("the unsynced sector ended one way only: %v", seen)
	}
}
