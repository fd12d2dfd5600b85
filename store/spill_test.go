// SPDX-License-Identifier: Apache-2.0

package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"recount/fault"
	"recount/internal/durable"
	"recount/journal"
)

// TestSpill: what is added by many comes back once, whole, in the order of the
// leaves, and the file says nothing.
func TestSpill(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "staging")
	s := newSpill(durable.OS(), file, rand.Reader)
	sealer := journal.NewSealer(rand.Reader, "archive.example/0123456789abcdef")
	rung, _ := journal.KindNamed("rung@1")
	const each = 3000
	var mu sync.Mutex
	want := map[journal.Leaf]string{}
	var wait sync.WaitGroup
	for w := range 2 {
		wait.Go(func() {
			for n := range each {
				name := fmt.Sprintf("Ilvana Morrowdusk %d %d", w, n)
				values := []journal.Value{journal.Absent, journal.Text(""), journal.Text(name), journal.Text(strings.Repeat("x", 2000+n%300))}
				sealed, key, err := sealer.Seal(rung, values)
				if err == nil {
					err = s.add(sealed, key, values)
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				want[sealed.Leaf] = name
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	content, err := os.ReadFile(file + ".1")
	if err != nil || len(content) == 0 || strings.Contains(string(content), "Morrowdusk") {
		t.Errorf("the temporary file of %d bytes shows names, or is empty: %v", len(content), err)
	}
	var last journal.Leaf
	n := 0
	err = s.sorted(t.Context(), func(rows []spilled) error {
		for _, r := range rows {
			if n > 0 && slices.Compare(last[:], r.leaf[:]) >= 0 {
				t.Fatalf("leaf %s stands behind %s", r.leaf, last)
			}
			values, err := journal.Open(sealer.Origin(), rung, r.key, journal.Sealed{Leaf: r.leaf, Kind: r.kind, Body: r.body})
			if err != nil {
				return err
			}
			split, err := r.split(nil)
			if err != nil || !slices.Equal(split, values) || values[2].Text() != want[r.leaf] {
				t.Errorf("row %s came back as %q: %v", r.leaf, split, err)
			}
			last = r.leaf
			n++
		}
		return nil
	})
	if err != nil || n != 2*each {
		t.Errorf("%d rows came back of %d: %v", n, 2*each, err)
	}
	if err := errors.Join(s.remove(), s.remove()); err != nil {
		t.Error(err)
	}
}

// TestSpillChanged: a byte that somebody changes in the temporary file is found.
func TestSpillChanged(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "staging")
	s := newSpill(durable.OS(), file, rand.Reader)
	defer func() { _ = s.remove() }()
	for range 60 {
		if err := s.add(journal.Sealed{Kind: "rung@1", Body: make([]byte, 1040)}, journal.Key{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	changed, err := os.OpenFile(file+".1", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := changed.WriteAt([]byte{1, 2, 3}, 5000); err != nil {
		t.Fatal(err)
	}
	if err := changed.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.sorted(t.Context(), func([]spilled) error { return nil }); !errors.Is(err, fault.Tampered) {
		t.Errorf("%v; fault.Tampered is right", err)
	}
}
