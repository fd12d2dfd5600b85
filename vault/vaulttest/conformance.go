// SPDX-License-Identifier: Apache-2.0

// Package vaulttest holds what every back end of the vault must do. A back end
// is complete when Run passes on it.
package vaulttest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/vault"
)

// Run tests the back ends that open gives; each call must give an empty one.
func Run(t *testing.T, open func(t *testing.T) vault.Backend) {
	tests := []struct {
		name string
		test func(*testing.T, vault.Backend)
	}{
		{"what is committed can be read", testRoundTrip},
		{"nothing is there before it is committed", testInvisible},
		{"bytes under another address are refused", testWrongAddress},
		{"committing what is there changes nothing", testTwice},
		{"aborting leaves nothing", testAbort},
		{"what is missing is not found", testMissing},
		{"removed is gone and can come again", testRemove},
		{"listing is ascending and whole", testList},
		{"a cancelled context ends every call", testCancelled},
		{"many writers at once", testConcurrent},
		{"an ended object takes nothing more", testEnded},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { t.Parallel(); test.test(t, open(t)) })
	}
}

// Put commits data in pieces of the given size and returns its address.
func Put(t *testing.T, b vault.Backend, data []byte, piece int) vault.Address {
	t.Helper()
	staged, err := b.Create(t.Context())
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	for part := range slices.Chunk(data, piece) {
		if n, err := staged.Write(part); n != len(part) || err != nil {
			t.Fatalf("Write: %d, %v", n, err)
		}
	}
	want := vault.Address(sha256.Sum256(data))
	if got := staged.Address(); got != want {
		t.Fatalf("Address of what was written: %s, want %s", got, want)
	}
	if err := staged.Commit(t.Context(), want); err != nil {
		t.Fatalf("Commit: %v", err)
	}
	return want
}

func read(t *testing.T, b vault.Backend, a vault.Address) []byte {
	t.Helper()
	r, err := b.Open(t.Context(), a)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	data, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatalf("reading: %v", err)
	}
	return data
}

func list(t *testing.T, b vault.Backend) []vault.Address {
	t.Helper()
	var all []vault.Address
	for a, err := range b.List(t.Context()) {
		if err != nil {
			t.Fatalf("List: %v", err)
		}
		all = append(all, a)
	}
	return all
}

func empty(t *testing.T, b vault.Backend) {
	t.Helper()
	if got := list(t, b); len(got) != 0 {
		t.Errorf("the back end should be empty and lists %v", got)
	}
}

// pattern is n bytes that differ from place to place.
func pattern(n, salt int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i*7 + i>>8*31 + salt)
	}
	return data
}

func testRoundTrip(t *testing.T, b vault.Backend) {
	for _, size := range []int{0, 1, 65552, 200_000} {
		for _, piece := range []int{777, 1 << 20} {
			data := pattern(size, piece)
			a := Put(t, b, data, piece)
			if got := read(t, b, a); !bytes.Equal(got, data) {
				t.Errorf("%d bytes in pieces of %d came back otherwise", size, piece)
			}
			if n, err := b.Size(t.Context(), a); n != int64(size) || err != nil {
				t.Errorf("Size = %d, %v; want %d", n, err, size)
			}
		}
	}
}

func testInvisible(t *testing.T, b vault.Backend) {
	staged, err := b.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	data := pattern(100_000, 1)
	if _, err := staged.Write(data); err != nil {
		t.Fatal(err)
	}
	empty(t, b)
	if _, err := b.Open(t.Context(), staged.Address()); !errors.Is(err, fault.NotFound) {
		t.Errorf("Open before Commit: %v", err)
	}
	if err := staged.Commit(t.Context(), staged.Address()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]vault.Address{sha256.Sum256(data)}, list(t, b)); diff != "" {
		t.Error(diff)
	}
}

func testWrongAddress(t *testing.T, b vault.Backend) {
	staged, err := b.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := staged.Write([]byte("some bytes")); err != nil {
		t.Fatal(err)
	}
	wrong := vault.Address(sha256.Sum256([]byte("other bytes")))
	if err := staged.Commit(t.Context(), wrong); !errors.Is(err, fault.Tampered) {
		t.Errorf("Commit under another address: %v, want fault.Tampered", err)
	}
	for _, a := range []vault.Address{wrong, sha256.Sum256([]byte("some bytes"))} {
		if _, err := b.Size(t.Context(), a); !errors.Is(err, fault.NotFound) {
			t.Errorf("after a refused Commit: %v", err)
		}
	}
	empty(t, b)
}

func testTwice(t *testing.T, b vault.Backend) {
	data := pattern(70_000, 2)
	a := Put(t, b, data, 4096)
	Put(t, b, data, 4096)
	if diff := cmp.Diff([]vault.Address{a}, list(t, b)); diff != "" {
		t.Error(diff)
	}
	if !bytes.Equal(read(t, b, a), data) {
		t.Error("the object changed")
	}
}

func testAbort(t *testing.T, b vault.Backend) {
	staged, err := b.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := staged.Write(pattern(100_000, 3)); err != nil {
		t.Fatal(err)
	}
	a := staged.Address()
	for range 2 {
		if err := staged.Abort(); err != nil {
			t.Errorf("Abort: %v", err)
		}
	}
	if _, err := b.Open(t.Context(), a); !errors.Is(err, fault.NotFound) {
		t.Errorf("Open after Abort: %v", err)
	}
	empty(t, b)
}

func testMissing(t *testing.T, b vault.Backend) {
	a := vault.Address(sha256.Sum256([]byte("nowhere")))
	_, err := b.Open(t.Context(), a)
	if !errors.Is(err, fault.NotFound) {
		t.Errorf("Open: %v", err)
	}
	if _, err = b.Size(t.Context(), a); !errors.Is(err, fault.NotFound) {
		t.Errorf("Size: %v", err)
	}
	if err = b.Remove(t.Context(), a); !errors.Is(err, fault.NotFound) {
		t.Errorf("Remove: %v", err)
	}
	empty(t, b)
}

func testRemove(t *testing.T, b vault.Backend) {
	keep, drop := Put(t, b, pattern(10, 4), 10), Put(t, b, pattern(10, 5), 10)
	if err := b.Remove(t.Context(), drop); err != nil {
		t.Fatalf("Remove: %v", err)
	}
	if _, err := b.Open(t.Context(), drop); !errors.Is(err, fault.NotFound) {
		t.Errorf("Open after Remove: %v", err)
	}
	if diff := cmp.Diff([]vault.Address{keep}, list(t, b)); diff != "" {
		t.Error(diff)
	}
	Put(t, b, pattern(10, 5), 10)
	if got := len(list(t, b)); got != 2 {
		t.Errorf("%d objects after it came again", got)
	}
}

func testList(t *testing.T, b vault.Backend) {
	var want []vault.Address
	for i := range 40 {
		want = append(want, Put(t, b, fmt.Appendf(nil, "object %d", i), 100))
	}
	slices.SortFunc(want, func(a, b vault.Address) int { return bytes.Compare(a[:], b[:]) })
	if diff := cmp.Diff(want, list(t, b)); diff != "" {
		t.Error(diff)
	}
	for a, err := range b.List(t.Context()) {
		if a != want[0] || err != nil {
			t.Errorf("first of the list: %s, %v", a, err)
		}
		break // must not go on calling
	}
}

func testCancelled(t *testing.T, b vault.Backend) {
	a := Put(t, b, []byte("there"), 100)
	staged, err := b.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := staged.Write([]byte("never there")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	calls := map[string]func() error{
		"Create": func() error { _, err := b.Create(ctx); return err },
		"Open":   func() error { _, err := b.Open(ctx, a); return err },
		"Size":   func() error { _, err := b.Size(ctx, a); return err },
		"Remove": func() error { return b.Remove(ctx, a) },
		"Commit": func() error { return staged.Commit(ctx, staged.Address()) },
		"List": func() error {
			for _, err := range b.List(ctx) {
				return err
			}
			return nil
		},
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a cancelled context: %v", name, err)
		}
	}
	if diff := cmp.Diff([]vault.Address{a}, list(t, b)); diff != "" {
		t.Error(diff)
	}
}

func testConcurrent(t *testing.T, b vault.Backend) {
	var writers sync.WaitGroup
	for i := range 8 {
		writers.Go(func() {
			for j := range 6 {
				data := pattern(50_000+i%2, j) // each object by four writers
				staged, err := b.Create(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := staged.Write(data); err != nil {
					t.Error(err)
				}
				if err := staged.Commit(t.Context(), sha256.Sum256(data)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	all := list(t, b)
	if len(all) != 12 {
		t.Errorf("%d objects, want 12", len(all))
	}
	for _, a := range all {
		if vault.Address(sha256.Sum256(read(t, b, a))) != a {
			t.Errorf("object %s holds other bytes", a)
		}
	}
}

func testEnded(t *testing.T, b vault.Backend) {
	staged, err := b.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := staged.Commit(t.Context(), staged.Address()); err != nil {
		t.Fatal(err)
	}
	if _, err := staged.Write([]byte("more")); err == nil {
		t.Error("Write after Commit was taken")
	}
	if err := staged.Commit(t.Context(), staged.Address()); err == nil {
		t.Error("a second Commit was taken")
	}
	if err := staged.Abort(); err != nil {
		t.Errorf("Abort after Commit: %v", err)
	}
	if got := len(list(t, b)); got != 1 {
		t.Errorf("%d objects after Abort, want the committed one", got)
	}
}
