// SPDX-License-Identifier: Apache-2.0

package vault_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/vault"
)

// seeded is a source of keys that is the same in every run.
func seeded() io.Reader { return rand.NewChaCha8([32]byte{7}) }

// bytesOf is n bytes that no two chunks share.
func bytesOf(n int) []byte {
	data := make([]byte, n)
	if _, err := rand.NewChaCha8([32]byte{9}).Read(data); err != nil {
		panic(err) // ChaCha8.Read never fails
	}
	return data
}

func sizes() []int {
	const c = vault.ChunkSize
	return []int{0, 1, c - 1, c, c + 1, 4*c - 1, 4 * c, 4*c + 1, 8 * c, 21*c + 77}
}

func count(t *testing.T, b vault.Backend) int {
	t.Helper()
	n := 0
	for _, err := range b.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

func openAll(t *testing.T, v *vault.Vault, o vault.Object) ([]byte, error) {
	t.Helper()
	r, err := v.OpenChecked(t.Context(), o)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	return data, errors.Join(err, r.Close())
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	for _, size := range sizes() {
		data := bytesOf(size)
		sources := map[string]io.Reader{
			"whole":         bytes.NewReader(data),
			"halves":        iotest.HalfReader(bytes.NewReader(data)),
			"data with EOF": iotest.DataErrReader(bytes.NewReader(data)),
		}
		if size < 300_000 {
			sources["byte by byte"] = iotest.OneByteReader(bytes.NewReader(data))
		}
		for name, source := range sources {
			backend := vault.Memory()
			v := vault.New(backend, seeded())
			o, err := v.Seal(t.Context(), source)
			if err != nil {
				t.Fatalf("%d bytes, %s: %v", size, name, err)
			}
			stored, err := backend.Size(t.Context(), o.Address)
			if err != nil {
				t.Fatal(err)
			}
			if o.Size != int64(size) || o.StoredSize != stored || o.Plain != sha256.Sum256(data) {
				t.Errorf("%d bytes, %s: described as %d plain, %d stored (are %d)", size, name, o.Size, o.StoredSize, stored)
			}
			got, err := openAll(t, v, o)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes, %s: came back as %d bytes, %v", size, name, len(got), err)
			}
			if err := v.Check(t.Context(), o.Address); err != nil {
				t.Errorf("Check: %v", err)
			}
		}
	}
}

// A Writer makes the same object as Seal, however the bytes are cut.
func TestWriter(t *testing.T) {
	t.Parallel()
	for _, size := range sizes() {
		data := bytesOf(size)
		want, err := vault.New(vault.Memory(), seeded()).Seal(t.Context(), bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for _, piece := range []int{1 + size/3, 5000, 1 << 20} {
			w, err := vault.New(vault.Memory(), seeded()).Writer(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for rest := data; len(rest) > 0; {
				n, err := w.Write(rest[:min(piece, len(rest))])
				if err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			got, err := w.Finish(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%d bytes in pieces of %d: %s", size, piece, diff)
			}
			if _, err := w.Write([]byte("x")); err == nil {
				t.Error("Write after Finish was taken")
			}
			if _, err := w.Finish(t.Context()); err == nil {
				t.Error("a second Finish was taken")
			}
			if err := w.Abort(); err != nil {
				t.Errorf("Abort after Finish: %v", err)
			}
		}
	}
}

func TestKeysAndAddressesAreFresh(t *testing.T) {
	t.Parallel()
	v := vault.New(vault.Memory(), seeded())
	var objects [2]vault.Object
	for i := range objects {
		var err error
		if objects[i], err = v.Seal(t.Context(), bytes.NewReader([]byte("the same"))); err != nil {
			t.Fatal(err)
		}
	}
	if objects[0].Key == objects[1].Key || objects[0].Address == objects[1].Address {
		t.Error("the same bytes were sealed twice under one key")
	}
	if objects[0].Plain != objects[1].Plain {
		t.Error("the same bytes have two hashes")
	}
}

func TestWrongRecord(t *testing.T) {
	t.Parallel()
	v := vault.New(vault.Memory(), seeded())
	o, err := v.Seal(t.Context(), bytes.NewReader(bytesOf(100_000)))
	if err != nil {
		t.Fatal(err)
	}
	changes := map[string]func(*vault.Object){
		"key":        func(o *vault.Object) { o.Key[0] ^= 1 },
		"plain hash": func(o *vault.Object) { o.Plain[31] ^= 1 },
		"size":       func(o *vault.Object) { o.Size++ },
	}
	for name, change := range changes {
		other := o
		change(&other)
		if _, err := openAll(t, v, other); !errors.Is(err, fault.Tampered) {
			t.Errorf("another %s: %v, want fault.Tampered", name, err)
		}
	}
	other := o
	other.Address[0] ^= 1
	if _, err := openAll(t, v, other); !errors.Is(err, fault.NotFound) {
		t.Errorf("another address: %v, want fault.NotFound", err)
	}
}

func TestCheckFindsAChangedFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	backend, err := vault.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	v := vault.New(backend, seeded())
	o, err := v.Seal(t.Context(), bytes.NewReader(bytesOf(100_000)))
	if err != nil {
		t.Fatal(err)
	}
	hex := o.Address.String()
	name := filepath.Join(dir, hex[:2], hex[2:4], hex)
	stored, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	stored[70_000] ^= 1
	if err := errors.Join(os.Remove(name), os.WriteFile(name, stored, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := v.Check(t.Context(), o.Address); !errors.Is(err, fault.Tampered) {
		t.Errorf("Check: %v", err)
	}
	r, err := v.Open(t.Context(), o.Address, o.Key)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if !errors.Is(err, fault.Tampered) || !bytes.Equal(got, bytesOf(100_000)[:vault.ChunkSize]) {
		t.Errorf("Open gave %d bytes and %v; want the first chunk and fault.Tampered", len(got), err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.Read(make([]byte, 1)); err == nil {
		t.Error("Read after Close was answered")
	}
}

func TestFailuresLeaveNothing(t *testing.T) {
	t.Parallel()
	broken := errors.New("the line went dead")
	data := bytesOf(20 * vault.ChunkSize)
	tests := []struct {
		name string
		seal func(context.Context, context.CancelFunc, *vault.Vault) error
		want error
	}{
		{"source fails", func(ctx context.Context, _ context.CancelFunc, v *vault.Vault) error {
			_, err := v.Seal(ctx, io.MultiReader(bytes.NewReader(data), iotest.ErrReader(broken)))
			return err
		}, broken},
		{"source gives nothing for ever", func(ctx context.Context, _ context.CancelFunc, v *vault.Vault) error {
			_, err := v.Seal(ctx, io.MultiReader(bytes.NewReader(data), idle{}))
			return err
		}, io.ErrNoProgress},
		{"cancelled while reading", func(ctx context.Context, cancel context.CancelFunc, v *vault.Vault) error {
			_, err := v.Seal(ctx, io.MultiReader(bytes.NewReader(data), calls(cancel), bytes.NewReader(data)))
			return err
		}, context.Canceled},
		{"cancelled before the end", func(ctx context.Context, cancel context.CancelFunc, v *vault.Vault) error {
			_, err := v.Seal(ctx, io.MultiReader(bytes.NewReader(data), calls(cancel)))
			return err
		}, context.Canceled},
		{"cancelled before the beginning", func(ctx context.Context, cancel context.CancelFunc, v *vault.Vault) error {
			cancel()
			_, err := v.Seal(ctx, bytes.NewReader(data))
			return err
		}, context.Canceled},
		{"given up", func(ctx context.Context, _ context.CancelFunc, v *vault.Vault) error {
			w, err := v.Writer(ctx)
			if err != nil {
				return err
			}
			if _, err := w.Write(data); err != nil {
				return err
			}
			return errors.Join(w.Abort(), w.Abort(), broken)
		}, broken},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			backend, err := vault.Folder(dir)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if err := test.seal(ctx, cancel, vault.New(backend, seeded())); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					t.Errorf("left behind: %s", path)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// idle is a reader that gives neither bytes nor an error.
type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

// calls is a reader of nothing that calls a function.
type calls func()

func (c calls) Read([]byte) (int, error) { c(); return 0, io.EOF }

func TestNoRandomness(t *testing.T) {
	t.Parallel()
	backend := vault.Memory()
	_, err := vault.New(backend, bytes.NewReader(make([]byte, 31))).Seal(t.Context(), bytes.NewReader([]byte("x")))
	if !errors.Is(err, fault.Unavailable) || count(t, backend) != 0 {
		t.Errorf("31 random bytes were enough for a key: %v", err)
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	t.Parallel()
	v := vault.New(vault.Memory(), seeded())
	o, err := v.Seal(t.Context(), bytes.NewReader(bytesOf(10*vault.ChunkSize)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r, err := v.Open(ctx, o.Address, o.Key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(r, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := io.ReadAll(r); !errors.Is(err, context.Canceled) {
		t.Errorf("reading on after the end of the context: %v", err)
	}
}
