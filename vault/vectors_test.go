// SPDX-License-Identifier: Apache-2.0

package vault_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"recount/fault"
	"recount/vault"
)

// The vectors were made with the AES-GCM of the Python package cryptography
// (OpenSSL), from docs/formats/object.md.
type goodVector struct {
	Name        string
	Size        int
	Key         string
	PlainSHA256 string `json:"plain_sha256"`
	StoredSize  int64  `json:"stored_size"`
	Address     string
	Stored      string
}

func vectors(t testing.TB, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "docs", "formats", "vectors", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func goodVectors(t testing.TB) []goodVector {
	var file struct{ Objects []goodVector }
	vectors(t, "object-good.json", &file)
	if len(file.Objects) < 8 {
		t.Fatalf("%d vectors", len(file.Objects))
	}
	return file.Objects
}

func key(t testing.TB, s string) (k [32]byte) {
	t.Helper()
	if n, err := hex.Decode(k[:], []byte(s)); err != nil || n != 32 {
		t.Fatalf("key %q: %v", s, err)
	}
	return k
}

func counted(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i % 251)
	}
	return data
}

// sealed makes a vector's object and returns its stored bytes.
func sealed(t testing.TB, v goodVector) (vault.Object, []byte) {
	t.Helper()
	k := key(t, v.Key)
	backend := vault.Memory()
	o, err := vault.New(backend, bytes.NewReader(k[:])).Seal(t.Context(), bytes.NewReader(counted(v.Size)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := backend.Open(t.Context(), o.Address)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return o, stored
}

func TestGoodVectors(t *testing.T) {
	t.Parallel()
	for _, v := range goodVectors(t) {
		o, stored := sealed(t, v)
		if o.Address.String() != v.Address || o.StoredSize != v.StoredSize || hex.EncodeToString(o.Plain[:]) != v.PlainSHA256 {
			t.Errorf("%s: sealed as %s, %d stored bytes, plain %x", v.Name, o.Address, o.StoredSize, o.Plain)
		}
		if v.Stored != "" && hex.EncodeToString(stored) != v.Stored {
			t.Errorf("%s: stored as %x", v.Name, stored)
		}
	}
}

// store puts any bytes in a new back end.
func store(t testing.TB, stored []byte) (vault.Backend, vault.Address) {
	t.Helper()
	backend := vault.Memory()
	staged, err := backend.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := staged.Write(stored); err != nil {
		t.Fatal(err)
	}
	a := staged.Address()
	if err := staged.Commit(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	return backend, a
}

// mustRefuse opens stored bytes whole and byte by byte, and wants
// fault.Tampered after nothing but whole chunks of the true plain bytes.
func mustRefuse(t *testing.T, name string, stored []byte, k [32]byte, plain []byte) {
	t.Helper()
	backend, a := store(t, stored)
	r, err := vault.New(backend, nil).Open(t.Context(), a, k)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	got, err := io.ReadAll(iotest.HalfReader(r))
	if !errors.Is(err, fault.Tampered) {
		t.Errorf("%s: %v, want fault.Tampered", name, err)
	}
	if len(got)%vault.ChunkSize != 0 || !bytes.HasPrefix(plain, got) {
		t.Errorf("%s: gave %d bytes that are not the object's first chunks", name, len(got))
	}
	if _, again := r.Read(make([]byte, 1)); !errors.Is(again, fault.Tampered) {
		t.Errorf("%s: reading again after the refusal: %v", name, again)
	}
}

func TestRefusedVectors(t *testing.T) {
	t.Parallel()
	var file struct {
		Refused []struct {
			Name, Of, Append, Key string
			Keep                  [][2]int
			Flip                  *int
		}
		EmptyLast struct {
			Key       string
			LastChunk string `json:"last_chunk"`
			Address   string
		} `json:"empty_last"`
	}
	vectors(t, "object-refused.json", &file)
	good := map[string]goodVector{}
	for _, v := range goodVectors(t) {
		good[v.Name] = v
	}
	if len(file.Refused) < 18 {
		t.Fatalf("%d vectors", len(file.Refused))
	}
	for _, v := range file.Refused {
		of, ok := good[v.Of]
		if !ok {
			t.Fatalf("%s: no object %q", v.Name, v.Of)
		}
		o, whole := sealed(t, of)
		var stored []byte
		for _, keep := range v.Keep {
			stored = append(stored, whole[keep[0]:keep[1]]...)
		}
		more, err := hex.DecodeString(v.Append)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, more...)
		if v.Flip != nil {
			stored[*v.Flip] ^= 1
		}
		k := o.Key
		if v.Key != "" {
			k = key(t, v.Key)
		}
		mustRefuse(t, v.Name, stored, k, counted(of.Size))
	}
	// The first chunk of 65,537 bytes is sealed as not the last.
	k := key(t, file.EmptyLast.Key)
	_, whole := sealed(t, goodVector{Size: vault.ChunkSize + 1, Key: file.EmptyLast.Key})
	last, err := hex.DecodeString(file.EmptyLast.LastChunk)
	if err != nil {
		t.Fatal(err)
	}
	stored := append(whole[:vault.ChunkSize+16:vault.ChunkSize+16], last...)
	if got := vault.Address(sha256.Sum256(stored)); got.String() != file.EmptyLast.Address {
		t.Fatalf("the vector with an empty last chunk is %s", got)
	}
	mustRefuse(t, "an empty last chunk", stored, k, counted(vault.ChunkSize))
}

// Every single changed byte of a short object is found, and every cut of it.
func TestEveryByteCounts(t *testing.T) {
	t.Parallel()
	o, stored := sealed(t, goodVectors(t)[2])
	for i := range stored {
		changed := bytes.Clone(stored)
		changed[i] ^= 0x80
		mustRefuse(t, "changed", changed, o.Key, nil)
		mustRefuse(t, "cut", stored[:i], o.Key, nil)
	}
}

// FuzzOpen: whatever the stored bytes, opening ends with the true plain bytes
// or with fault.Tampered, and never gives a byte that was not sealed.
func FuzzOpen(f *testing.F) {
	for _, v := range goodVectors(f) {
		if v.Size < 70_000 {
			_, stored := sealed(f, v)
			f.Add(stored)
		}
	}
	v := goodVector{Size: 65537, Key: goodVectors(f)[5].Key}
	o, whole := sealed(f, v)
	plain := counted(v.Size)
	f.Fuzz(func(t *testing.T, stored []byte) {
		backend, a := store(t, stored)
		r, err := vault.New(backend, nil).OpenChecked(t.Context(), vault.Object{Address: a, Key: o.Key, Plain: o.Plain, Size: o.Size})
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if !bytes.HasPrefix(plain, got) {
			t.Fatal("gave bytes that were not sealed")
		}
		if same := bytes.Equal(stored, whole); same != (err == nil) {
			t.Fatalf("the object's own bytes: %v, error: %v", same, err)
		}
		if err != nil && !errors.Is(err, fault.Tampered) {
			t.Fatalf("%v is not fault.Tampered", err)
		}
	})
}
