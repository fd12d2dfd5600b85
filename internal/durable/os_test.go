// SPDX-License-Identifier: Apache-2.0

package durable_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"recount/internal/durable"
)

func TestOS(t *testing.T) {
	t.Parallel()
	files := durable.OS()
	dir := filepath.Join(t.TempDir(), "a", "b")
	if err := durable.MakeDirs(files, dir, 0o700); err != nil {
		t.Fatal(err)
	}
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	for _, name := range []string{one, two} {
		if err := durable.WriteFile(files, name, []byte(filepath.Base(name)), 0o600, false); err != nil {
			t.Fatal(err)
		}
	}
	if err := files.Move(one, two, false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("moving onto a file that is there: %v", err)
	}
	for name, want := range map[string]string{one: "one", two: "two"} {
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("after a refused move %s holds %q, %v", name, got, err)
		}
	}
	three := filepath.Join(dir, "three")
	if err := files.Move(one, three, false); err != nil {
		t.Fatal(err)
	}
	if err := durable.WriteFile(files, two, []byte("TWO"), 0o600, true); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(two); err != nil || string(got) != "TWO" {
		t.Errorf("replaced: %q, %v", got, err)
	}
	entries, err := files.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("left in the folder: %v, %v", entries, err)
	}
	if _, err := files.Create(two, 0o600); !errors.Is(err, fs.ErrExist) {
		t.Errorf("creating a file that is there: %v", err)
	}
}

// A file of several windows goes through the early writing out and comes back
// whole.
func TestLargeFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "large")
	f, err := durable.OS().Create(name, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	piece := make([]byte, 1<<20)
	for i := range 26 {
		for j := range piece {
			piece[j] = byte(i)
		}
		if _, err := f.Write(piece); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(name)
	if err != nil || len(got) != 26<<20 {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	for i := range got {
		if got[i] != byte(i>>20) {
			t.Fatalf("byte %d is %d", i, got[i])
		}
	}
}
