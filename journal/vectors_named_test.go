// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
)

func errOtherLeaf(got, want Leaf) error {
	return fmt.Errorf("%w: leaf %s, not %s", fault.Tampered, got, want)
}

// statedBy holds number and root of a file that was read to its end against
// what the entry states.
func statedBy(err error, size int64, root tlog.Hash, wantSize int64, wantRoot tlog.Hash) error {
	if err != io.EOF {
		return err
	}
	if size != wantSize || root != wantRoot {
		return fmt.Errorf("%w: %d leaves with root %s, the entry states %d with %s", fault.Tampered, size, root, wantSize, wantRoot)
	}
	return nil
}

// namedVector is a figure that a court can follow down to a row of a list:
// line, member, record, import, log.
type namedVector struct {
	Why        string            `json:"why"`
	Verdict    string            `json:"verdict"`
	VKey       string            `json:"vkey"`
	CountSize  int64             `json:"count_size"` // as the entry dossier.frozen@1 would state it
	CountRoot  string            `json:"count_root_hex"`
	LineNumber int64             `json:"line"`  // from 1
	Files      map[string]string `json:"files"` // by the part that they play
}

func generateNamed(t *testing.T, v vectorFiles) {
	t.Helper()
	skey, vkey, err := GenerateKey(&stream{seed: "log key"}, testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	s := NewSealer(&stream{seed: "named"}, testOrigin)
	v.rows(t, s) // the list as it was imported
	record, other := v.opened(t, "named/record.opening"), v.opened(t, "named/other-record.opening")

	member := func(leaf Leaf, name string) Leaf {
		k, values := fill(t, "member@1", map[string]Value{"record": Text(leaf.String()), "person": Text("p-0000000000000009")})
		sealed, key, err := s.Seal(k, values)
		if err != nil {
			t.Fatal(err)
		}
		o := must[Opening](t)(Disclose(testOrigin, k, key, sealed, func(f string) bool { return f == "record" }))
		v[name] = MarshalOpening(testOrigin, NoSeq, o)
		return sealed.Leaf
	}
	m := member(record, "named/member.opening")
	member(other, "named/other-member.opening") // of no line
	lines := []map[string]Value{{"verdicts": Text("in"), "members": LeafList([]Leaf{m})}, {"verdicts": Text("out")}, {"verdicts": Text("unknown")}}
	count, root := countFile(t, s, lines, func(i int, f string) bool { return f == "verdicts" || i == 0 && f == "members" })
	v["named/figure.count"] = count
	line := int64(slices.IndexFunc(strings.Split(string(count), "\n")[6:], func(l string) bool { return strings.Contains(l[strings.LastIndexByte(l, ' '):], "o:") })) + 1

	v.log(t, s, skey, must[RowProof](t)(ParseRowProof(v["named/record.row-proof"])))
	files := map[string]string{"checkpoint": "named/checkpoint", "import": "named/3.opening", "import_proof": "named/3.tlog-proof", "count": "named/figure.count",
		"member": "named/member.opening", "record": "named/record.opening", "record_proof": "named/record.row-proof"}
	good := namedVector{Why: "the line's member is the record, and the record stands in the list that entry 3 imported", Verdict: "ok", VKey: vkey, CountSize: 3, CountRoot: hex.EncodeToString(root[:]), LineNumber: line, Files: files}
	list := []namedVector{good}
	bad := func(part, file, why string) {
		x := good
		x.Why, x.Verdict, x.Files = why, "tampered", map[string]string{}
		for k, f := range files {
			x.Files[k] = f
		}
		x.Files[part] = file
		list = append(list, x)
	}
	bad("member", "named/other-member.opening", "a member that the line does not name")
	bad("record", "named/other-record.opening", "a record that the member does not name")
	bad("record_proof", "named/other-record.row-proof", "the proof of another record")
	bad("import", "named/2.opening", "the entry of another import, in which the record does not stand")
	v["named/changed-record.opening"] = swap(t, v["named/record.opening"], encode64([]byte(Text("5-9"))), encode64([]byte(Text("18-29"))))
	bad("record", "named/changed-record.opening", "the record with another age band")
	v.json(t, "named.json", list)
}

// rows seals a list of seven records and opens two of them.
func (v vectorFiles) rows(t *testing.T, s *Sealer) {
	t.Helper()
	type row struct {
		sealed Sealed
		key    Key
	}
	k, values := sampleRecord(t)
	var list []row
	for range 7 {
		sealed, key, err := s.Seal(k, values)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, row{sealed, key})
	}
	slices.SortFunc(list, func(a, b row) int { return bytes.Compare(a.sealed.Leaf[:], b.sealed.Leaf[:]) })
	tree := &Tree{}
	for _, r := range list {
		if err := tree.Add(r.sealed.Leaf[:]); err != nil {
			t.Fatal(err)
		}
	}
	for i, name := range map[int64]string{4: "named/record", 5: "named/other-record"} {
		o := must[Opening](t)(Disclose(testOrigin, k, list[i].key, list[i].sealed, func(f string) bool { return f == "child_age" || f == "age_band" }))
		v[name+".opening"] = MarshalOpening(testOrigin, NoSeq, o)
		v[name+".row-proof"] = must[RowProof](t)(ProveRow(testOrigin, i, 7, tree)).Marshal()
	}
}

func (v vectorFiles) opened(t *testing.T, name string) Leaf {
	t.Helper()
	origin, _, o, err := ParseOpening(v[name])
	if err != nil {
		t.Fatal(err)
	}
	return must[Leaf](t)(o.Leaf(origin))
}

// log writes a log of five entries; entry 3 imported the list, entry 2
// another.
func (v vectorFiles) log(t *testing.T, s *Sealer, skey string, list RowProof) {
	t.Helper()
	tree := &Tree{}
	var headers [][]byte
	for i := range int64(5) {
		root := list.Root
		if i != 3 {
			root[0] ^= 1
		}
		d := Draft{Kind: "list.imported@1", Reason: "a list came in", Fields: map[string]Value{"n": Text("7"), "root": Text(Leaf(root).String())}}
		h, sealed, key, err := s.SealEntry(d, i, time.Date(2031, 4, 6, 0, 0, int(i), 0, time.UTC), "tessaly")
		if err != nil {
			t.Fatal(err)
		}
		k := mustKind(t, sealed.Kind)
		o := must[Opening](t)(Disclose(testOrigin, k, key, sealed, func(f string) bool { return f == "seq" || f == "n" || f == "root" }))
		if i == 2 || i == 3 {
			v[fmt.Sprintf("named/%d.opening", i)] = MarshalOpening(testOrigin, i, o)
		}
		headers = append(headers, h.Marshal())
		if err := tree.Add(headers[i]); err != nil {
			t.Fatal(err)
		}
	}
	c := Checkpoint{testOrigin, 5, must[tlog.Hash](t)(RootAt(5, tree))}
	v["named/checkpoint"] = must[[]byte](t)(SignCheckpoint(c, skey))
	p := Proof{Seq: 3, Path: must[[]tlog.Hash](t)(ProveInclusion(3, 5, tree)), Checkpoint: v["named/checkpoint"]}
	v["named/3.tlog-proof"] = p.Marshal()
}

func TestVectorNamed(t *testing.T) {
	t.Parallel()
	for _, x := range readJSON[[]namedVector](t, "named.json") {
		if err := checkNamed(t, x); verdict(err) != x.Verdict {
			t.Errorf("%s: %v, want %s", x.Why, err, x.Verdict)
		}
	}
}

// checkNamed follows docs/formats/proof.md, "From a figure to a row".
func checkNamed(t *testing.T, x namedVector) error {
	t.Helper()
	file := func(part string) []byte { return readFile(t, x.Files[part]) }
	c, _, err := OpenCheckpoint(file("checkpoint"), x.VKey)
	if err != nil {
		return err
	}
	// the import stands in the log
	origin, seq, imported, err := ParseOpening(file("import"))
	if err != nil {
		return err
	}
	leaf, err := imported.Leaf(origin)
	if err != nil {
		return err
	}
	p, err := ParseProof(file("import_proof"))
	if err != nil {
		return err
	}
	if err := p.Verify(Header{origin, seq, leaf}.Marshal(), c); err != nil {
		return err
	}
	// the line names the member, the member the record
	members, err := lineMembers(t, x, file("count"))
	if err != nil {
		return err
	}
	_, _, m, err := ParseOpening(file("member"))
	if err != nil {
		return err
	}
	if leaf, err = m.Leaf(origin); err != nil {
		return err
	}
	if !slices.Contains(members, leaf) {
		return fmt.Errorf("%w: the line does not name the member %s", fault.Tampered, leaf)
	}
	_, _, r, err := ParseOpening(file("record"))
	if err != nil {
		return err
	}
	if leaf, err = r.Leaf(origin); err != nil {
		return err
	}
	if named, ok := m.Get("record"); !ok || named.Text() != leaf.String() {
		return fmt.Errorf("%w: the member does not name the record %s", fault.Tampered, leaf)
	}
	// the record stands in the import
	rp, err := ParseRowProof(file("record_proof"))
	if err != nil {
		return err
	}
	n, _ := imported.Get("n")
	root, _ := imported.Get("root")
	size, err := parseNumber(n.Text())
	if err != nil {
		return err
	}
	return rp.Verify(leaf, origin, size, unhex32(t, root.Text()))
}

func lineMembers(t *testing.T, x namedVector, count []byte) ([]Leaf, error) {
	t.Helper()
	r, err := NewCountReader(bytes.NewReader(count))
	if err != nil {
		return nil, err
	}
	var members []Leaf
	for {
		o, err := r.Next()
		if err != nil {
			return members, statedBy(err, r.Size(), r.Root(), x.CountSize, unhex32(t, x.CountRoot))
		}
		if r.Number() == x.LineNumber {
			v, _ := o.Get("members")
			if members, err = ParseLeafList(v.Text()); err != nil {
				return nil, err
			}
		}
	}
}
