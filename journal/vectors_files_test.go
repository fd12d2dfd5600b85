// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"bytes"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// fileVector is one file with what it is checked against and the verdict.
type fileVector struct {
	File    string `json:"file"`
	Verdict string `json:"verdict"`
	Why     string `json:"why"`

	VKeys      []string          `json:"vkeys,omitempty"`      // checkpoint
	Header     string            `json:"header,omitempty"`     // proof
	Checkpoint string            `json:"checkpoint,omitempty"` // proof: the text that is trusted
	Old        string            `json:"old,omitempty"`        // consistency: texts of checkpoints
	New        string            `json:"new,omitempty"`
	Origin     string            `json:"origin,omitempty"` // opening, row-proof, rows, count
	Seq        *int64            `json:"seq,omitempty"`    // opening; -1 for a row
	Leaf       string            `json:"leaf_hex,omitempty"`
	Size       int64             `json:"size,omitempty"` // row-proof, rows, count: as an entry states it
	Root       string            `json:"root_hex,omitempty"`
	Keys       map[string]string `json:"keys_hex,omitempty"` // rows: key by leaf; no key: erased
}

// shelf collects the files of one format.
type shelf struct {
	v    vectorFiles
	dir  string
	list []fileVector
}

func (s *shelf) add(name string, b []byte, want, why string, x fileVector) {
	x.File, x.Verdict, x.Why = s.dir+"/"+name, want, why
	s.v[x.File] = b
	s.list = append(s.list, x)
}

func (s *shelf) done(t *testing.T) {
	t.Helper()
	s.v.json(t, s.dir+".json", s.list)
}

// swap replaces the first old of b, which must be there, by new.
func swap(t *testing.T, b []byte, old, new string) []byte {
	t.Helper()
	if !bytes.Contains(b, []byte(old)) {
		t.Fatalf("nothing to swap: %q", old)
	}
	return bytes.Replace(b, []byte(old), []byte(new), 1)
}

func generateFiles(t *testing.T, v vectorFiles) {
	t.Helper()
	skey, vkey, err := GenerateKey(&stream{seed: "log key"}, testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	sealer := NewSealer(&stream{seed: "files"}, testOrigin)
	tree := &Tree{}
	var headers [][]byte
	var openings []Opening
	for i := range int64(11) {
		at := time.Date(2031, 4, 5, 6, 7, int(i), 0, time.UTC)
		h, sealed, key, err := sealer.SealEntry(Draft{Kind: "persons.distinguished@1", Reason: "two lists, two men", Fields: map[string]Value{"one": Text("p-0000000000000001"), "other": Text("p-0000000000000002")}}, i, at, "tessaly")
		if err != nil {
			t.Fatal(err)
		}
		headers = append(headers, h.Marshal())
		if err := tree.Add(h.Marshal()); err != nil {
			t.Fatal(err)
		}
		k := mustKind(t, sealed.Kind)
		openings = append(openings, must[Opening](t)(Disclose(testOrigin, k, key, sealed, func(f string) bool { return f != "actor" && f != "reason" })))
	}
	at := func(size int64) Checkpoint {
		return Checkpoint{testOrigin, size, must[tlog.Hash](t)(RootAt(size, tree))}
	}
	generateCheckpoints(t, v, skey, vkey, at)
	generateProofs(t, v, skey, at, headers, tree)
	generateConsistencies(t, v, at, tree)
	generateOpenings(t, v, headers, openings)
	generateRows(t, v)
	generateCounts(t, v)
}

func generateCheckpoints(t *testing.T, v vectorFiles, skey, vkey string, at func(int64) Checkpoint) {
	t.Helper()
	s := &shelf{v: v, dir: "checkpoint"}
	_, otherVKey, err := GenerateKey(&stream{seed: "another key"}, testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	good := must[[]byte](t)(SignCheckpoint(at(11), skey))
	ours := fileVector{VKeys: []string{vkey}}
	s.add("good", good, "ok", "size 11", ours)
	s.add("empty", must[[]byte](t)(SignCheckpoint(at(0), skey)), "ok", "size 0", ours)
	witness := append(bytes.Clone(good), "— witness.example AAECAwQFBgcICQoLDA0ODw==\n"...)
	s.add("witness", witness, "ok", "a signature of a key that is not known is ignored", ours)
	s.add("unpinned", good, "unsigned", "only another key of the same name is trusted", fileVector{VKeys: []string{otherVKey}})
	s.add("size", swap(t, good, "\n11\n", "\n12\n"), "tampered", "another size", ours)
	s.add("root", swap(t, good, encode64(rootBytes(at(11))), encode64(rootBytes(at(10)))), "tampered", "another root", ours)
	s.add("origin", swap(t, good, testOrigin+"\n", "archive.example/00112233aabbccde\n"), "tampered", "another origin", ours)
	s.add("extension", swap(t, good, "\n\n", "\nmore\n\n"), "tampered", "a line was added below the root", ours)
	signed := func(text string) []byte {
		signer := must[note.Signer](t)(note.NewSigner(skey))
		return must[[]byte](t)(note.Sign(&note.Note{Text: text}, signer))
	}
	s.add("signed-extension", signed(at(11).Text()+"more\n"), "invalid", "well signed, with an extension line", ours)
	s.add("signed-zeros", signed(swapText(at(11).Text(), "\n11\n", "\n011\n")), "invalid", "well signed, with a leading zero", ours)
	s.add("signed-huge", signed(swapText(at(11).Text(), "\n11\n", "\n9007199254740992\n")), "invalid", "well signed, of size 2^53", ours)
	s.add("signed-empty-root", signed(swapText(at(11).Text(), "\n11\n", "\n0\n")), "tampered", "well signed, of size 0 with a root that is not the empty tree's", ours)
	s.add("signed-short", signed("archive.example\n1\n"), "invalid", "well signed, without a root", ours)
	s.add("unsigned", []byte(at(11).Text()), "invalid", "no signature lines", ours)
	s.add("crlf", bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")), "invalid", "line ends of another system", ours)
	s.done(t)
}

func swapText(s, old, new string) string { return strings.Replace(s, old, new, 1) }

func rootBytes(c Checkpoint) []byte { return c.Root[:] }

func generateProofs(t *testing.T, v vectorFiles, skey string, at func(int64) Checkpoint, headers [][]byte, tree *Tree) {
	t.Helper()
	s := &shelf{v: v, dir: "proof"}
	prove := func(seq, size int64) ([]byte, fileVector) {
		p := Proof{Seq: seq, Path: must[[]tlog.Hash](t)(ProveInclusion(seq, size, tree)), Checkpoint: must[[]byte](t)(SignCheckpoint(at(size), skey))}
		return p.Marshal(), fileVector{Header: string(headers[seq]), Checkpoint: at(size).Text()}
	}
	good, x := prove(3, 11)
	s.add("good.tlog-proof", good, "ok", "entry 3 at size 11", x)
	one, x1 := prove(0, 1)
	s.add("single.tlog-proof", one, "ok", "entry 0 at size 1: no hashes", x1)
	last, x2 := prove(10, 11)
	s.add("last.tlog-proof", last, "ok", "entry 10 at size 11: a short path", x2)
	s.add("extra.tlog-proof", swap(t, good, "index", "extra bm90ZQ==\nindex"), "ok", "with extra data, for which nothing vouches", x)

	other := x
	other.Header = string(headers[4])
	s.add("other-header.tlog-proof", good, "tampered", "the header of entry 4", other)
	changed := x
	changed.Header = string(Header{testOrigin, 3, Leaf{1}}.Marshal())
	s.add("other-leaf.tlog-proof", good, "tampered", "a header of entry 3 with another leaf", changed)
	later := x
	later.Checkpoint = at(10).Text()
	s.add("other-checkpoint.tlog-proof", good, "tampered", "held against the checkpoint of size 10", later)
	p := must[Proof](t)(ParseProof(good))
	first := encode64(p.Path[0][:]) + "\n"
	s.add("hash.tlog-proof", swap(t, good, first, encode64(make([]byte, 32))+"\n"), "tampered", "a hash of the path differs", x)
	s.add("short.tlog-proof", swap(t, good, first, ""), "tampered", "a hash is missing", x)
	s.add("long.tlog-proof", swap(t, good, first, first+first), "tampered", "a hash too many", x)
	s.add("index.tlog-proof", swap(t, good, "index 3", "index 2"), "tampered", "another index", x)
	s.add("zeros.tlog-proof", swap(t, good, "index 3", "index 03"), "invalid", "a leading zero", x)
	s.add("version.tlog-proof", swap(t, good, "@v1", "@v2"), "invalid", "another version", x)
	s.add("no-checkpoint.tlog-proof", good[:bytes.Index(good, []byte("\n\n"))+2], "invalid", "no checkpoint", x)
	s.add("base64.tlog-proof", swap(t, good, first, first[:42]+"B=\n"), "invalid", "a hash with stray bits in its base64", x)
	s.done(t)
}

func generateConsistencies(t *testing.T, v vectorFiles, at func(int64) Checkpoint, tree *Tree) {
	t.Helper()
	s := &shelf{v: v, dir: "consistency"}
	prove := func(old, grown int64) ([]byte, fileVector) {
		c := must[Consistency](t)(ProveConsistency(old, grown, tree))
		return c.Marshal(), fileVector{Old: at(old).Text(), New: at(grown).Text()}
	}
	good, x := prove(6, 11)
	s.add("good", good, "ok", "size 11 from size 6", x)
	zero, x0 := prove(0, 11)
	s.add("from-empty", zero, "ok", "size 11 from nothing: no hashes", x0)
	same, xs := prove(11, 11)
	s.add("same", same, "ok", "size 11 from itself: no hashes", xs)

	rewritten := x
	rewritten.Old = Checkpoint{testOrigin, 6, at(7).Root}.Text()
	s.add("rewritten", good, "tampered", "the old checkpoint has another root: the log was rewritten", rewritten)
	twice := xs
	twice.Old = Checkpoint{testOrigin, 11, at(10).Root}.Text()
	s.add("two-roots", same, "tampered", "two checkpoints of one size with two roots", twice)
	foreign := x
	foreign.Old = Checkpoint{"archive.example/00112233aabbccde", 6, at(6).Root}.Text()
	s.add("other-origin", good, "tampered", "the checkpoints are of two logs", foreign)
	c := must[Consistency](t)(ParseConsistency(good))
	last := encode64(c.Path[len(c.Path)-1][:]) + "\n"
	s.add("hash", swap(t, good, last, encode64(make([]byte, 32))+"\n"), "tampered", "a hash differs", x)
	s.add("short", swap(t, good, last, ""), "tampered", "a hash is missing", x)
	s.add("padded", append(bytes.Clone(zero), last...), "tampered", "from nothing, yet with a hash", x0)
	s.add("backwards", swap(t, good, "\n6\n11\n", "\n11\n6\n"), "invalid", "the old size is the larger", x)
	s.add("cut", good[:len(good)-1], "invalid", "no line end after the last hash", x)
	s.done(t)
}

func generateOpenings(t *testing.T, v vectorFiles, headers [][]byte, openings []Opening) {
	t.Helper()
	s := &shelf{v: v, dir: "opening"}
	h := must[Header](t)(ParseHeader(headers[3]))
	good := MarshalOpening(testOrigin, 3, openings[3])
	x := fileVector{Origin: testOrigin, Seq: &h.Seq, Leaf: h.Leaf.String()}
	s.add("entry.opening", good, "ok", "entry 3, all but actor and reason", x)

	k, values := sampleRecord(t)
	sealed, key, err := NewSealer(&stream{seed: "opened row"}, testOrigin).Seal(k, values)
	if err != nil {
		t.Fatal(err)
	}
	row := must[Opening](t)(Disclose(testOrigin, k, key, sealed, func(f string) bool { return f == "age_band" || f == "family" || f == "given" }))
	noSeq := NoSeq
	xr := fileVector{Origin: testOrigin, Seq: &noSeq, Leaf: sealed.Leaf.String()}
	s.add("row.opening", MarshalOpening(testOrigin, NoSeq, row), "ok", "a record, with an absent, a blank and a filled field open", xr)

	one, _ := openings[3].Get("one")
	token, other := encode64([]byte(one)), encode64([]byte(Text("p-0000000000000003")))
	s.add("value.opening", swap(t, good, token, other), "tampered", "another value: another leaf", x)
	absent := swap(t, MarshalOpening(testOrigin, NoSeq, row), ":AQ==\n", ":AA==\n")
	s.add("blank-to-absent.opening", absent, "tampered", "a blank field made an absent one", xr)
	s.add("other-leaf.opening", MarshalOpening(testOrigin, 3, openings[4]), "tampered", "the opening of entry 4 under the number 3", x)
	s.add("less.opening", good[:bytes.LastIndexByte(good[:len(good)-1], '\n')+1], "tampered", "the last field is missing", x)
	s.add("name.opening", swap(t, good, "\none ", "\nother "), "tampered", "a field under another name", x)
	s.add("kind.opening", swap(t, good, "persons.distinguished@1", "persons.merged@1"), "tampered", "another kind", x)
	s.add("future.opening", swap(t, good, "persons.distinguished@1", "persons.distinguished@2"), "unknown-kind", "a kind of a later release: nobody can say", x)
	s.add("type.opening", swap(t, good, token, "AnA="), "invalid", "a value that begins with byte 2", x)
	s.add("absent-more.opening", swap(t, good, token, "AHA="), "invalid", "an absent value with content", x)
	s.add("bare.opening", swap(t, good, token, token[:len(token)-4]+"===="), "invalid", "broken base64", x)
	s.add("token.opening", swap(t, good, " c:", " x:"), "invalid", "a token that is neither open nor closed", x)
	s.add("spaces.opening", swap(t, good, "\none ", "\none  "), "invalid", "two spaces", x)
	s.add("version.opening", swap(t, good, "opening/1", "opening/2"), "invalid", "another version", x)
	s.done(t)
}

// sealRows seals n members and sorts them by leaf.
func sealRows(t *testing.T, s *Sealer, n int) ([]Sealed, map[string]string) {
	t.Helper()
	rows, keys := make([]Sealed, n), map[string]string{}
	for i := range rows {
		k, values := fill(t, "member@1", map[string]Value{"record": Text(Leaf{byte(i)}.String()), "person": Text("p-000000000000000" + string(rune('0'+i)))})
		sealed, key, err := s.Seal(k, values)
		if err != nil {
			t.Fatal(err)
		}
		rows[i], keys[sealed.Leaf.String()] = sealed, hex.EncodeToString(key[:])
	}
	slices.SortFunc(rows, func(a, b Sealed) int { return bytes.Compare(a.Leaf[:], b.Leaf[:]) })
	return rows, keys
}

func generateRows(t *testing.T, v vectorFiles) {
	t.Helper()
	rows, keys := sealRows(t, NewSealer(&stream{seed: "rows"}, testOrigin), 5)
	var b bytes.Buffer
	w := NewRowWriter(&b, testOrigin)
	for _, r := range rows {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	n, root, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	good := b.Bytes()
	x := fileVector{Origin: testOrigin, Size: n, Root: hex.EncodeToString(root[:]), Keys: keys}
	s := &shelf{v: v, dir: "rows"}
	s.add("good.rows", good, "ok", "five members", x)
	erased := x
	erased.Keys = maps.Clone(keys)
	delete(erased.Keys, rows[2].Leaf.String())
	s.add("erased.rows", good, "ok", "the key of the third is destroyed; its leaf and kind remain", erased)
	head := "recount rows/1\n" + testOrigin + "\n"
	empty := emptyRoot()
	s.add("empty.rows", []byte(head), "ok", "no rows", fileVector{Origin: testOrigin, Root: hex.EncodeToString(empty[:])})

	size := (len(good) - len(head)) / 5
	row := func(i int) []byte { return good[len(head)+i*size : len(head)+(i+1)*size] }
	file := func(order ...int) []byte {
		b := []byte(head)
		for _, i := range order {
			b = append(b, row(i)...)
		}
		return b
	}
	at := func(b []byte, i int) []byte {
		c := bytes.Clone(b)
		c[i] ^= 1
		return c
	}
	s.add("short.rows", file(0, 1, 2, 3), "tampered", "the last row is missing: number and root differ from the entry's", x)
	s.add("order.rows", file(0, 2, 1, 3, 4), "tampered", "two rows changed places", x)
	s.add("twice.rows", file(0, 1, 1, 2, 3, 4), "tampered", "a row stands twice", x)
	s.add("cut.rows", good[:len(good)-1], "tampered", "cut off within a row", x)
	s.add("body.rows", at(good, len(good)-1), "tampered", "a byte of the last body differs", x)
	s.add("leaf.rows", at(good, len(head)+31), "tampered", "the last byte of the first leaf differs", x)
	s.add("kind.rows", swap(t, good, "member@1", "member@2"), "unknown-kind", "the first row stands as a kind of a later release", x)
	s.add("other-kind.rows", swap(t, good, "member@1", "record@1"), "tampered", "the first row stands as another kind", x)
	s.add("no-kind.rows", swap(t, good, "member@1", "member 1"), "tampered", "the first row stands as no kind at all", x)
	s.add("length.rows", at(good, len(head)+32+2+8), "tampered", "the length of a body is not one that is written", x)
	s.add("origin.rows", swap(t, good, testOrigin, "archive.example/00112233aabbccde"), "tampered", "of another case", x)
	s.add("version.rows", swap(t, good, "rows/1", "rows/2"), "invalid", "another version", x)
	s.done(t)

	generateRowProofs(t, v, rows)
}

func generateRowProofs(t *testing.T, v vectorFiles, rows []Sealed) {
	t.Helper()
	tree := &Tree{}
	for _, r := range rows {
		if err := tree.Add(r.Leaf[:]); err != nil {
			t.Fatal(err)
		}
	}
	s := &shelf{v: v, dir: "row-proof"}
	p := must[RowProof](t)(ProveRow(testOrigin, 3, 5, tree))
	good := p.Marshal()
	x := fileVector{Origin: testOrigin, Leaf: rows[3].Leaf.String(), Size: 5, Root: hex.EncodeToString(p.Root[:])}
	s.add("good.row-proof", good, "ok", "the fourth of five rows", x)
	other := x
	other.Leaf = rows[2].Leaf.String()
	s.add("other-leaf.row-proof", good, "tampered", "another leaf", other)
	stated := x
	stated.Root = Leaf{9}.String()
	s.add("other-root.row-proof", good, "tampered", "the entry states another root", stated)
	first := encode64(p.Path[0][:]) + "\n"
	s.add("hash.row-proof", swap(t, good, first, encode64(make([]byte, 32))+"\n"), "tampered", "a hash differs", x)
	s.add("index.row-proof", swap(t, good, "\n3\n5\n", "\n2\n5\n"), "tampered", "another place", x)
	s.add("beyond.row-proof", swap(t, good, "\n3\n5\n", "\n5\n5\n"), "tampered", "a place after the end", x)
	s.add("numbers.row-proof", swap(t, good, "\n3\n5\n", "\n3\n"), "invalid", "a number is missing", x)
	s.done(t)
}
