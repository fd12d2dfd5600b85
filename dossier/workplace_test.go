// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a killed export has left goes with the next one to the same folder; what
// somebody works at, and what is not ours, stays.
func TestWorkplacesLeftBehind(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	for _, name := range []string{".recount-bundle-1/lock", ".recount-bundle-1/bundle/data/statement.html", ".recount-bundle-2/notes.txt", ".bundle-3/lock", "recount-bundle-4/lock"} {
		full := filepath.Join(parent, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(parent, ".recount-bundle-5"), 0o755); err != nil {
		t.Fatal(err)
	}
	atWork, err := newWorkplace(filepath.Join(parent, "bundle"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := newWorkplace(filepath.Join(parent, "bundle.zip"))
	if err != nil {
		t.Fatal(err)
	}
	names := func() (all []string) {
		t.Helper()
		entries, err := os.ReadDir(parent)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if dir := filepath.Join(parent, e.Name()); dir != atWork.dir && dir != other.dir {
				all = append(all, e.Name())
			} else {
				all = append(all, "at work")
			}
		}
		return all
	}
	got := names()
	if d := cmp.Diff(5, len(got)); d != "" {
		t.Errorf("%v: %s", got, d)
	}
	if err := atWork.close(); err != nil {
		t.Error(err)
	}
	if err := other.close(); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff([]string{".bundle-3", ".recount-bundle-2", "recount-bundle-4"}, names()); d != "" {
		t.Error(d)
	}
}
