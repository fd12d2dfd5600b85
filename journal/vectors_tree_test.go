// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"encoding/hex"
	"strconv"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

type entryVector struct {
	Name       string            `json:"name"`
	Kind       string            `json:"kind"`
	Reason     string            `json:"reason"`
	Basis      string            `json:"basis"`
	Handling   string            `json:"handling"`
	Fields     map[string]string `json:"fields_hex"` // encoded values
	Origin     string            `json:"origin"`
	Seq        int64             `json:"seq"`
	At         string            `json:"at"` // RFC 3339, any zone
	Actor      string            `json:"actor"`
	Values     []string          `json:"values_hex"`
	Key        string            `json:"key_hex"`
	Leaf       string            `json:"leaf_hex"`
	Body       string            `json:"body_hex"`
	Header     string            `json:"header"`
	RecordHash string            `json:"record_hash_hex"` // SHA-256(0 || header)
}

type headerVector struct {
	Text    string `json:"text"`
	Verdict string `json:"verdict"`
	Why     string `json:"why"`
}

type entryVectors struct {
	Entries []entryVector  `json:"entries"`
	Headers []headerVector `json:"headers"`
}

func generateEntries(t *testing.T, v vectorFiles) {
	t.Helper()
	s := NewSealer(&stream{seed: "entries"}, testOrigin)
	var out entryVectors
	add := func(name string, d Draft, seq int64, at, actor string) {
		when := must[time.Time](t)(time.Parse(time.RFC3339Nano, at))
		h, sealed, key, err := s.SealEntry(d, seq, when, actor)
		if err != nil {
			t.Fatal(err)
		}
		_, values, err := d.Values(seq, when, actor)
		if err != nil {
			t.Fatal(err)
		}
		e := entryVector{Name: name, Kind: d.Kind, Reason: d.Reason, Basis: d.Basis, Handling: d.Handling, Fields: map[string]string{},
			Origin: s.Origin(), Seq: seq, At: at, Actor: actor, Key: hex.EncodeToString(key[:]), Leaf: sealed.Leaf.String(), Body: hex.EncodeToString(sealed.Body), Header: string(h.Marshal())}
		for name, f := range d.Fields {
			e.Fields[name] = hex.EncodeToString([]byte(f))
		}
		for _, f := range values {
			e.Values = append(e.Values, hex.EncodeToString([]byte(f)))
		}
		sum := tlog.RecordHash(h.Marshal())
		e.RecordHash = hex.EncodeToString(sum[:])
		out.Entries = append(out.Entries, e)
	}
	add("first entry, time in another zone and finer than a second", Draft{Kind: "case.opened@1", Reason: "a case is opened", Handling: "internal",
		Fields: map[string]Value{"title": Text("Lower Marrow"), "public_name": Text("archive.example")}}, 0, "2031-04-05T06:07:08.999+04:00", "tessaly")
	add("fields absent and blank", Draft{Kind: "persons.distinguished@1", Fields: map[string]Value{"one": Text("p-0000000000000001"), "other": Text("")}}, 1_000_000, "2031-12-31T23:59:59Z", "oru")

	good := out.Entries[0].Header
	bad := func(text, why string) { out.Headers = append(out.Headers, headerVector{text, "invalid", why}) }
	out.Headers = append(out.Headers, headerVector{good, "ok", "as written"})
	origin, leaf := testOrigin+"\n", good[len(good)-45:]
	bad(good[:len(good)-1], "no line end after the leaf")
	bad(good+"\n", "a line too many")
	bad("recount entry/2\n"+origin+"0\n"+leaf, "another version")
	bad("recount entry/1\n"+origin+"00\n"+leaf, "leading zero")
	bad("recount entry/1\n"+origin+"+1\n"+leaf, "a sign")
	bad("recount entry/1\n"+origin+"-1\n"+leaf, "a negative number")
	bad("recount entry/1\n"+origin+"9007199254740992\n"+leaf, "above 2^53-1")
	bad("recount entry/1\ntwo words\n0\n"+leaf, "a space in the origin")
	bad("recount entry/1\n\n0\n"+leaf, "no origin")
	bad("recount entry/1\nmärkt.example/1\n0\n"+leaf, "an origin outside of ASCII")
	bad("recount entry/1\r\n"+origin+"0\n"+leaf, "line ends of another system")
	bad("recount entry/1\n"+origin+"0\n"+leaf[:44], "cut off")
	bad("recount entry/1\n"+origin+"0\n"+"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n", "stray bits in base64")
	v.json(t, "entry.json", out)
}

func TestVectorEntries(t *testing.T) {
	t.Parallel()
	x := readJSON[entryVectors](t, "entry.json")
	for _, e := range x.Entries {
		h := must[Header](t)(ParseHeader([]byte(e.Header)))
		if h.Origin != e.Origin || h.Seq != e.Seq || h.Leaf.String() != e.Leaf {
			t.Errorf("%s: header %+v", e.Name, h)
		}
		if sum := tlog.RecordHash([]byte(e.Header)); hex.EncodeToString(sum[:]) != e.RecordHash {
			t.Errorf("%s: record hash %x", e.Name, sum)
		}
		d := Draft{Kind: e.Kind, Reason: e.Reason, Basis: e.Basis, Handling: e.Handling, Fields: map[string]Value{}}
		for name, f := range e.Fields {
			d.Fields[name] = Value(unhex(t, f))
		}
		at := must[time.Time](t)(time.Parse(time.RFC3339Nano, e.At))
		_, values, err := d.Values(e.Seq, at, e.Actor)
		if err != nil {
			t.Fatal(err)
		}
		entry := must[Entry](t)(OpenEntry(h, Key(unhex32(t, e.Key)), Sealed{h.Leaf, e.Kind, unhex(t, e.Body)}))
		for j := range e.Values {
			if want := Value(unhex(t, e.Values[j])); values[j] != want || entry.Values[j] != want {
				t.Errorf("%s: field %d is %q drafted, %q opened; want %q", e.Name, j, values[j], entry.Values[j], want)
			}
		}
		if got := must[time.Time](t)(entry.Time()); !got.Equal(at.Truncate(time.Second)) {
			t.Errorf("%s: time %s", e.Name, got)
		}
	}
	for _, h := range x.Headers {
		if _, err := ParseHeader([]byte(h.Text)); verdict(err) != h.Verdict {
			t.Errorf("header, %s: %v, want %s", h.Why, err, h.Verdict)
		}
	}
}

type treeVectors struct {
	Record string       `json:"record"`
	Roots  []rootVector `json:"roots"`
	Paths  []pathVector `json:"inclusion"`
	Grown  []pathVector `json:"consistency"`
}

type rootVector struct {
	Size int64  `json:"size"`
	Root string `json:"root_hex"`
}

type pathVector struct {
	From int64    `json:"from"` // index, or old size
	Size int64    `json:"size"`
	Path []string `json:"path_hex"`
}

// vectorSizes are those of the C2SP tiles and their neighbours.
var vectorSizes = []int64{0, 1, 2, 3, 7, 8, 255, 256, 257, 70_000}

func vectorTree(t *testing.T) *Tree {
	t.Helper()
	tree := &Tree{}
	for i := range vectorSizes[len(vectorSizes)-1] {
		if err := tree.Add([]byte(strconv.FormatInt(i, 10))); err != nil {
			t.Fatal(err)
		}
	}
	return tree
}

func hexPath(path []tlog.Hash) []string {
	s := []string{}
	for _, h := range path {
		s = append(s, hex.EncodeToString(h[:]))
	}
	return s
}

func generateTree(t *testing.T, v vectorFiles) {
	t.Helper()
	tree := vectorTree(t)
	out := treeVectors{Record: "record i is the number i in ASCII decimal, from 0"}
	for k, size := range vectorSizes {
		root := must[tlog.Hash](t)(RootAt(size, tree))
		out.Roots = append(out.Roots, rootVector{size, hex.EncodeToString(root[:])})
		for _, i := range []int64{0, size / 2, size - 1} {
			if n := len(out.Paths); i < 0 || i >= size || n > 0 && out.Paths[n-1].Size == size && out.Paths[n-1].From >= i {
				continue
			}
			path := must[[]tlog.Hash](t)(ProveInclusion(i, size, tree))
			out.Paths = append(out.Paths, pathVector{i, size, hexPath(path)})
		}
		for _, old := range vectorSizes[:k+1] {
			c := must[Consistency](t)(ProveConsistency(old, size, tree))
			out.Grown = append(out.Grown, pathVector{old, size, hexPath(c.Path)})
		}
	}
	v.json(t, "tree.json", out)
}

func TestVectorTree(t *testing.T) {
	t.Parallel()
	x := readJSON[treeVectors](t, "tree.json")
	roots := map[int64]tlog.Hash{}
	var m Merkle
	for _, r := range x.Roots {
		for m.Size() < r.Size {
			m.Add([]byte(strconv.FormatInt(m.Size(), 10)))
		}
		roots[r.Size] = unhex32(t, r.Root)
		if m.Root() != roots[r.Size] {
			t.Errorf("root at size %d is %x, want %s", r.Size, m.Root(), r.Root)
		}
	}
	unpath := func(s []string) []tlog.Hash {
		var path []tlog.Hash
		for _, h := range s {
			path = append(path, unhex32(t, h))
		}
		return path
	}
	for _, p := range x.Paths {
		record := tlog.RecordHash([]byte(strconv.FormatInt(p.From, 10)))
		if err := tlog.CheckRecord(unpath(p.Path), p.Size, roots[p.Size], p.From, record); err != nil {
			t.Errorf("record %d at size %d: %v", p.From, p.Size, err)
		}
	}
	for _, p := range x.Grown {
		c := Consistency{p.From, p.Size, unpath(p.Path)}
		old, grown := Checkpoint{testOrigin, p.From, roots[p.From]}, Checkpoint{testOrigin, p.Size, roots[p.Size]}
		if err := c.Verify(old, grown); err != nil {
			t.Errorf("size %d from %d: %v", p.Size, p.From, err)
		}
	}
}

func TestVectorLeaves(t *testing.T) {
	t.Parallel()
	for _, v := range readJSON[[]leafVector](t, "leaf.json") {
		kind := mustKind(t, v.Kind)
		key, sealed := Key(unhex32(t, v.Key)), Sealed{Leaf(unhex32(t, v.Leaf)), v.Kind, unhex(t, v.Body)}
		values, err := Open(v.Origin, kind, key, sealed)
		if verdict(err) != v.Verdict {
			t.Errorf("%s: %v, want %s", v.Name, err, v.Verdict)
		}
		if err != nil {
			continue
		}
		o := Opening{Kind: v.Kind} // first all open, then all closed
		c := Opening{Kind: v.Kind}
		for j, f := range v.Fields {
			if values[j] != Value(unhex(t, f.Value)) {
				t.Errorf("%s: %s is %q", v.Name, f.Name, values[j])
			}
			o.Fields = append(o.Fields, OpenField{Name: f.Name, Open: true, Value: values[j], Salt: unhex32(t, f.Salt)})
			c.Fields = append(c.Fields, OpenField{Name: f.Name, Commitment: unhex32(t, f.Commitment)})
		}
		for _, o := range []Opening{o, c} {
			if leaf, err := o.Leaf(v.Origin); err != nil || leaf != sealed.Leaf {
				t.Errorf("%s: leaf %s, %v", v.Name, leaf, err)
			}
		}
	}
}
