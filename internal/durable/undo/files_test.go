// SPDX-License-Identifier: Apache-2.0

package undo_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recount/internal/durable"
	"recount/internal/durable/crashdisk"
	"recount/internal/durable/undo"
)

// step is one change; every file layer answers it in its own folder.
type step func(files durable.Files, root string) error

// steps draws changes on a handful of names, so that they meet.
func steps(random *rand.Rand, n int) []step {
	drawn := make([]step, n)
	for i := range drawn {
		one, two := draw(random), draw(random)
		data := fmt.Appendf(nil, "%d %s", i, strings.Repeat("x", random.IntN(1500)))
		switch kind := random.IntN(12); kind {
		case 0, 1, 2:
			drawn[i] = write(one, data, true, kind != 0)
		case 3, 4, 5:
			drawn[i] = write(one, data, false, kind != 3)
		case 6, 7:
			drawn[i] = func(files durable.Files, root string) error {
				return files.Move(filepath.Join(root, one), filepath.Join(root, two), kind == 6)
			}
		case 8:
			drawn[i] = func(files durable.Files, root string) error { return files.Remove(filepath.Join(root, one)) }
		case 9:
			drawn[i] = func(files durable.Files, root string) error {
				return files.Mkdir(filepath.Join(root, filepath.Dir(one)), 0o700)
			}
		default:
			drawn[i] = func(files durable.Files, root string) error {
				return files.SyncDir(filepath.Join(root, filepath.Dir(one)))
			}
		}
	}
	return drawn
}

func draw(random *rand.Rand) string {
	dir := []string{".", "a", "b", "a/c"}[random.IntN(4)]
	return filepath.Join(dir, []string{"one", "two", "three"}[random.IntN(3)])
}

func write(name string, data []byte, create, sync bool) step {
	return func(files durable.Files, root string) (err error) {
		var f durable.File
		if create {
			f, err = files.Create(filepath.Join(root, name), 0o600)
		} else {
			f, err = files.Change(filepath.Join(root, name))
		}
		if err != nil {
			return err
		}
		_, err = f.Write(data)
		if err == nil && sync {
			err = f.Sync()
		}
		return errors.Join(err, f.Close())
	}
}

// A disk in memory that was written apart from this layer is the judge: after
// the same changes the power failure leaves the same on both.
func TestFilesAsCrashdisk(t *testing.T) {
	t.Parallel()
	kept, changed := 0, 0
	for seed := range uint64(150) {
		top := t.TempDir()
		root, side := filepath.Join(top, "files"), filepath.Join(top, "side")
		disk := crashdisk.New(time.Now)
		if err := errors.Join(os.Mkdir(root, 0o700), durable.MakeDirs(disk, root, 0o700)); err != nil {
			t.Fatal(err)
		}
		log, err := undo.Begin(side)
		if err != nil {
			t.Fatal(err)
		}
		for i, step := range steps(rand.New(rand.NewPCG(seed, 1)), 60) {
			got, want := step(log.Files(), root), step(disk, root)
			for _, kind := range []error{fs.ErrExist, fs.ErrNotExist} {
				if errors.Is(got, kind) != errors.Is(want, kind) {
					t.Fatalf("seed %d, step %d: %v; the disk in memory says %v", seed, i, got, want)
				}
			}
			if (got == nil) != (want == nil) {
				t.Fatalf("seed %d, step %d: %v; the disk in memory says %v", seed, i, got, want)
			}
		}
		before := tree(t, durable.OS(), root)
		if diff := cmp.Diff(tree(t, disk, root), before); diff != "" {
			t.Fatalf("seed %d, before the power failure (-memory +layer):\n%s", seed, diff)
		}
		if err := errors.Join(log.Close(), undo.Crash(side, nil)); err != nil {
			t.Fatal(err)
		}
		after := tree(t, durable.OS(), root)
		if diff := cmp.Diff(tree(t, disk.Crash(nil), root), after); diff != "" {
			t.Fatalf("seed %d, after the power failure (-memory +layer):\n%s", seed, diff)
		}
		kept += len(after)
		if !cmp.Equal(before, after) {
			changed++
		}
	}
	if kept < 150 || changed < 75 {
		t.Errorf("%d files were left and %d disks changed: these seeds try too little", kept, changed)
	}
}

// tree has the bytes of each file, "/" for a folder.
func tree(t *testing.T, files durable.Files, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	entries, err := files.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := filepath.Join(root, entry.Name())
		if entry.IsDir() {
			found[entry.Name()] = "/"
			for inner, bytes := range tree(t, files, name) {
				found[entry.Name()+"/"+inner] = bytes
			}
			continue
		}
		f, err := files.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		bytes, err := io.ReadAll(f)
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		found[entry.Name()] = string(bytes)
	}
	return found
}

// With a source of randomness every outcome between all and nothing occurs.
func TestRandomCrash(t *testing.T) {
	t.Parallel()
	outcomes := map[string]int{}
	for seed := range uint64(64) {
		top := t.TempDir()
		name, side := filepath.Join(top, "name"), filepath.Join(top, "side")
		if err := os.WriteFile(name, []byte(strings.Repeat("o", 1024)), 0o600); err != nil {
			t.Fatal(err)
		}
		log, err := undo.Begin(side)
		if err != nil {
			t.Fatal(err)
		}
		if err := write("name", []byte(strings.Repeat("n", 1024)), false, false)(log.Files(), top); err != nil {
			t.Fatal(err)
		}
		if err := undo.Crash(side, rand.New(rand.NewPCG(seed, 2))); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(name)
		if err != nil || len(got) != 1024 {
			t.Fatal(len(got), err)
		}
		for _, half := range []string{string(got[:512]), string(got[512:])} {
			if strings.Trim(half, half[:1]) != "" {
				t.Fatal("a sector is torn")
			}
		}
		outcomes[string(got[0])+string(got[512])]++
	}
	if len(outcomes) != 4 {
		t.Errorf("of old and new in two sectors only %v occurred", outcomes)
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	log, err := undo.Begin(filepath.Join(top, "side"))
	if err != nil {
		t.Fatal(err)
	}
	log.Limit(100)
	if err := write("one", make([]byte, 60), true, true)(log.Files(), top); err != nil {
		t.Fatal(err)
	}
	if err := write("two", make([]byte, 60), true, true)(log.Files(), top); !errors.Is(err, syscall.ENOSPC) || !durable.IsFull(err) {
		t.Errorf("beyond the limit: %v", err)
	}
	if err := write("one", make([]byte, 60), false, true)(log.Files(), top); err != nil {
		t.Errorf("over what is there: %v", err)
	}
	if err := log.Files().Remove(filepath.Join(top, "one")); err != nil {
		t.Fatal(err)
	}
	if err := write("three", make([]byte, 60), true, true)(log.Files(), top); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestOneLogAtATime(t *testing.T) {
	t.Parallel()
	side := filepath.Join(t.TempDir(), "side")
	if _, err := undo.Begin(side); err != nil {
		t.Fatal(err)
	}
	if _, err := undo.Begin(side); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second log in one folder: %v", err)
	}
}
