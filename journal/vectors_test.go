// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"recount/fault"
)

var update = flag.Bool("update", false, "write docs/formats/vectors anew; released vectors never change")

const vectorsDir = "../docs/formats/vectors"

// stream is the randomness of the vectors: SHA-256 of a seed and a counter.
type stream struct {
	seed string
	n    int
	left []byte
}

func (s *stream) Read(p []byte) (int, error) {
	for i := range p {
		if len(s.left) == 0 {
			sum := sha256.Sum256([]byte("recount vectors\n" + s.seed + "\n" + strconv.Itoa(s.n)))
			s.left = sum[:]
			s.n++
		}
		p[i] = s.left[0]
		s.left = s.left[1:]
	}
	return len(p), nil
}

// verdict is the word of docs/formats/README.md for what a reader answers.
func verdict(err error) string {
	var unverified *note.UnverifiedNoteError
	switch {
	case err == nil || err == io.EOF:
		return "ok"
	case errors.Is(err, ErrUnknownKind):
		return "unknown-kind"
	case errors.As(err, &unverified):
		return "unsigned"
	case errors.Is(err, fault.Tampered):
		return "tampered"
	case errors.Is(err, fault.Invalid):
		return "invalid"
	}
	return "error without a kind: " + err.Error()
}

// vectorFiles are the generated files, by their path below vectorsDir.
type vectorFiles map[string][]byte

func (v vectorFiles) json(t *testing.T, name string, x any) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(x); err != nil {
		t.Fatal(err)
	}
	v[name] = b.Bytes()
}

// TestVectors generates the vectors again and holds that the published ones
// are the same to the byte: no released format may change.
func TestVectors(t *testing.T) {
	v := vectorFiles{}
	generateLeaves(t, v)
	generateEntries(t, v)
	generateTree(t, v)
	generateFiles(t, v)
	generateNamed(t, v)
	if *update {
		for name, b := range v {
			to := filepath.Join(vectorsDir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(to, b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		got, err := os.ReadFile(filepath.Join(vectorsDir, filepath.FromSlash(name)))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, v[name]) {
			t.Errorf("%s is not what this release makes", name)
		}
	}
	for dir := range ours(v) { // other packages have vectors there as well
		list, err := os.ReadDir(filepath.Join(vectorsDir, dir))
		if err != nil {
			t.Error(err)
		}
		for _, f := range list {
			if v[dir+"/"+f.Name()] == nil {
				t.Errorf("%s/%s belongs to no vector", dir, f.Name())
			}
		}
	}
}

// ours are the folders into which vectors are generated.
func ours(v vectorFiles) map[string]bool {
	dirs := map[string]bool{}
	for name := range v {
		if dir := path.Dir(name); dir != "." {
			dirs[dir] = true
		}
	}
	return dirs
}

func must[T any](t *testing.T) func(T, error) T {
	return func(x T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

type fieldVector struct {
	Name       string `json:"name"`
	Value      string `json:"value_hex"` // with its first byte
	Salt       string `json:"salt_hex"`
	Commitment string `json:"commitment_hex"`
}

type leafVector struct {
	Name    string        `json:"name"`
	Verdict string        `json:"verdict"`
	Why     string        `json:"why,omitempty"`
	Origin  string        `json:"origin"`
	Kind    string        `json:"kind"`
	Key     string        `json:"key_hex"`
	SaltKey string        `json:"salt_key_hex,omitempty"`
	RowKey  string        `json:"row_key_hex,omitempty"`
	Fields  []fieldVector `json:"fields,omitempty"`
	Leaf    string        `json:"leaf_hex"`
	Body    string        `json:"body_hex"`
}

// sealVector seals values and writes down every step.
func sealVector(t *testing.T, s *Sealer, name string, kind Kind, values []Value) (leafVector, Sealed, Key) {
	t.Helper()
	sealed, key, err := s.Seal(kind, values)
	if err != nil {
		t.Fatal(err)
	}
	salt, row, err := subkeys(&key)
	if err != nil {
		t.Fatal(err)
	}
	v := leafVector{
		Name: name, Verdict: "ok", Origin: s.Origin(), Kind: kind.Name,
		Key: hex.EncodeToString(key[:]), SaltKey: hex.EncodeToString(salt), RowKey: hex.EncodeToString(row),
		Leaf: sealed.Leaf.String(), Body: hex.EncodeToString(sealed.Body),
	}
	open := must[Opening](t)(Disclose(s.Origin(), kind, key, sealed, func(string) bool { return true }))
	closed := must[Opening](t)(Disclose(s.Origin(), kind, key, sealed, func(string) bool { return false }))
	for j, f := range open.Fields {
		v.Fields = append(v.Fields, fieldVector{f.Name, hex.EncodeToString([]byte(f.Value)), hex.EncodeToString(f.Salt[:]), hex.EncodeToString(closed.Fields[j].Commitment[:])})
	}
	return v, sealed, key
}

func fill(t testing.TB, kind string, fields map[string]Value) (Kind, []Value) {
	t.Helper()
	k := mustKind(t, kind)
	values := make([]Value, len(k.Fields))
	for name, v := range fields {
		values[k.Index(name)] = v
	}
	return k, values
}

func generateLeaves(t *testing.T, v vectorFiles) {
	t.Helper()
	s := NewSealer(&stream{seed: "leaves"}, testOrigin)
	var list []leafVector
	add := func(name, kind string, fields map[string]Value) leafVector {
		k, values := fill(t, kind, fields)
		lv, _, _ := sealVector(t, s, name, k, values)
		list = append(list, lv)
		return lv
	}
	zero := Leaf{}
	member := add("member", "member@1", map[string]Value{"record": Text(zero.String()), "person": Text("p-0000000000000001"), "why": Text("rule:name-date")})
	again := add("the same values sealed again", "member@1", map[string]Value{"record": Text(zero.String()), "person": Text("p-0000000000000001"), "why": Text("rule:name-date")})
	add("absent, blank and unknown", "extra@1", map[string]Value{"name": Text(""), "written": Text("unknown"), "value": Absent})
	add("bytes that are no UTF-8, and zeros", "extra@1", map[string]Value{"record": Text(zero.String()), "name": Text("Nähe"), "written": Text("\x00\xff\x00"), "value": Text("\x00")})
	add("body of exactly 256 bytes", "member@1", map[string]Value{"why": Text(string(bytes.Repeat([]byte("x"), 256-4-1-5-5)))})
	add("body of 257 bytes, padded to 512", "member@1", map[string]Value{"why": Text(string(bytes.Repeat([]byte("x"), 257-4-1-5-5)))})
	k, values := sampleRecord(t)
	rec, _, _ := sealVector(t, s, "record", k, values)
	list = append(list, rec)

	bad := func(name, why string, change func(*leafVector)) {
		b := member
		b.Name, b.Why, b.Verdict = name, why, "tampered"
		b.SaltKey, b.RowKey, b.Fields = "", "", nil
		change(&b)
		list = append(list, b)
	}
	flip := func(s string) string { return flipHex(t, s) }
	bad("body changed", "the first byte of the body differs", func(b *leafVector) { b.Body = flip(b.Body) })
	bad("leaf changed", "the first byte of the leaf differs", func(b *leafVector) { b.Leaf = flip(b.Leaf) })
	bad("another key", "the key of another leaf of the same values", func(b *leafVector) { b.Key = again.Key })
	bad("another body", "the body of another leaf of the same values", func(b *leafVector) { b.Body = again.Body })
	bad("another case", "sealed in another case", func(b *leafVector) { b.Origin = "archive.example/ffffffffffffffff" })
	bad("body cut", "the last byte is missing", func(b *leafVector) { b.Body = b.Body[:len(b.Body)-2] })
	forge := func(name, why string, plain []byte) {
		bad(name, why, func(b *leafVector) { b.Body = forgeBody(t, member, plain) })
	}
	same := lp(lp(lp(nil, Text(zero.String())), Text("p-0000000000000001")), Text("rule:name-date"))
	pad := func(p []byte, n int) []byte { return append(p[:len(p):len(p)], make([]byte, n-len(p))...) }
	forge("other values under the right key", "the body opens, but its values hash to another leaf", pad(lp(lp(lp(nil, Text(zero.String())), Text("p-0000000000000002")), Text("rule:name-date")), 256))
	forge("padding of a block too many", "512 bytes where 256 are enough", pad(same, 512))
	forge("padding not zero", "the last byte of the padding is 1", append(pad(same, 255), 1))
	v.json(t, "leaf.json", list)
}

// forgeBody seals plain under the key and the leaf of v, as only the holder
// of the key could.
func forgeBody(t *testing.T, v leafVector, plain []byte) string {
	t.Helper()
	gcm, err := rowCipher(unhex(t, v.RowKey))
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(gcm.Seal(nil, make([]byte, 12), plain, unhex(t, v.Leaf)))
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func flipHex(t *testing.T, s string) string {
	t.Helper()
	b := unhex(t, s)
	b[0] ^= 1
	return hex.EncodeToString(b)
}

func unhex32(t *testing.T, s string) [32]byte {
	t.Helper()
	b := unhex(t, s)
	if len(b) != 32 {
		t.Fatalf("%s is not 32 bytes", s)
	}
	return [32]byte(b)
}

func readJSON[T any](t *testing.T, name string) T {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(vectorsDir, name))
	if err != nil {
		t.Fatal(err)
	}
	var x T
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&x); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", name, err))
	}
	return x
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(vectorsDir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
