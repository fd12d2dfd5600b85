// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// countFile seals lines, opens what open says and writes the count file.
func countFile(t *testing.T, s *Sealer, lines []map[string]Value, open func(line int, field string) bool) ([]byte, tlog.Hash) {
	t.Helper()
	type line struct {
		leaf Leaf
		o    Opening
	}
	var list []line
	for i, fields := range lines {
		k, values := fill(t, "line@1", fields)
		sealed, key, err := s.Seal(k, values)
		if err != nil {
			t.Fatal(err)
		}
		o := must[Opening](t)(Disclose(s.Origin(), k, key, sealed, func(f string) bool { return open(i, f) }))
		list = append(list, line{sealed.Leaf, o})
	}
	slices.SortFunc(list, func(a, b line) int { return bytes.Compare(a.leaf[:], b.leaf[:]) })
	var m Merkle
	for _, l := range list {
		m.Add(l.leaf[:])
	}
	var b bytes.Buffer
	w := NewCountWriter(&b, s.Origin(), mustKind(t, "line@1"), m.Size(), m.Root())
	for _, l := range list {
		if err := w.Write(l.o); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m.Root()
}

func generateCounts(t *testing.T, v vectorFiles) {
	t.Helper()
	var lines []map[string]Value
	for range 6 {
		lines = append(lines, map[string]Value{"verdicts": Text("in,unknown"), "harms": Text("killed"), "child_age": Text("?"), "members": LeafList([]Leaf{{1}})})
	}
	sealer := NewSealer(&stream{seed: "count"}, testOrigin)
	good, root := countFile(t, sealer, lines, func(i int, f string) bool {
		return i != 5 && (f == "verdicts" || i < 3 && f != "members") // three whole, two verdicts only, one erased
	})
	x := fileVector{Origin: testOrigin, Size: 6, Root: hex.EncodeToString(root[:])}
	s := &shelf{v: v, dir: "count"}
	s.add("good.count", good, "ok", "six lines: three with their rungs, two with verdicts only, one closed", x)
	none := emptyRoot()
	empty, _ := countFile(t, sealer, nil, nil)
	s.add("empty.count", empty, "ok", "no lines", fileVector{Origin: testOrigin, Root: hex.EncodeToString(none[:])})

	head, body, _ := strings.Cut(string(good), "\n\n")
	list := strings.SplitAfter(strings.TrimSuffix(body, "\n"), "\n")
	list[5] += "\n"
	file := func(head string, order ...int) []byte {
		b := head + "\n\n"
		for _, i := range order {
			b += list[i]
		}
		return []byte(b)
	}
	stated := encode64(root[:])
	less := strings.Replace(head, "\n6\n", "\n5\n", 1)
	var m Merkle // what somebody would write who left a line out and mended the head
	r := must[*CountReader](t)(NewCountReader(bytes.NewReader(good)))
	for range 5 {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		leaf := r.Leaf()
		m.Add(leaf[:])
	}
	mended := m.Root()
	s.add("short.count", file(head, 0, 1, 2, 3, 4), "tampered", "the last line is missing", x)
	s.add("mended.count", file(strings.Replace(less, stated, encode64(mended[:]), 1), 0, 1, 2, 3, 4), "tampered", "the last line is missing and the head mended: not what the entry states", x)
	s.add("more.count", file(head, 0, 1, 2, 3, 4, 5, 5), "tampered", "a line stands twice", x)
	s.add("order.count", file(head, 1, 0, 2, 3, 4, 5), "tampered", "two lines changed places", x)
	s.add("number.count", file(less, 0, 1, 2, 3, 4, 5), "tampered", "the head states a line less", x)
	in, out := encode64([]byte(Text("in,unknown"))), encode64([]byte(Text("out,in")))
	s.add("verdict.count", swap(t, good, ":"+in, ":"+out), "tampered", "a verdict was changed", x)
	s.add("kind.count", swap(t, good, "line@1", "line@2"), "unknown-kind", "lines of a later release", x)
	s.add("origin.count", swap(t, good, testOrigin, "archive.example/00112233aabbccde"), "tampered", "of another case", x)
	s.add("cut.count", good[:len(good)-1], "tampered", "cut off within a line", x)
	s.add("head.count", []byte(head+"\n"), "invalid", "the head is cut off", x)
	s.add("token.count", swap(t, good, " c:", " "), "invalid", "a token that is none", x)
	s.add("tokens.count", swap(t, good, " c:", " c: c:"), "invalid", "a token too many", x)
	s.done(t)
}

// What the readers say of each published file.
func TestVectorFiles(t *testing.T) {
	t.Parallel()
	checks := map[string]func(*testing.T, fileVector, []byte) error{
		"checkpoint": func(_ *testing.T, x fileVector, b []byte) error {
			_, _, err := OpenCheckpoint(b, x.VKeys...)
			return err
		},
		"proof": func(t *testing.T, x fileVector, b []byte) error {
			p, err := ParseProof(b)
			if err != nil {
				return err
			}
			return p.Verify([]byte(x.Header), must[Checkpoint](t)(ParseCheckpoint(x.Checkpoint)))
		},
		"consistency": func(t *testing.T, x fileVector, b []byte) error {
			c, err := ParseConsistency(b)
			if err != nil {
				return err
			}
			return c.Verify(must[Checkpoint](t)(ParseCheckpoint(x.Old)), must[Checkpoint](t)(ParseCheckpoint(x.New)))
		},
		"opening": checkOpeningVector,
		"row-proof": func(t *testing.T, x fileVector, b []byte) error {
			p, err := ParseRowProof(b)
			if err != nil {
				return err
			}
			return p.Verify(Leaf(unhex32(t, x.Leaf)), x.Origin, x.Size, unhex32(t, x.Root))
		},
		"rows":  checkRowsVector,
		"count": checkCountVector,
	}
	for format, check := range checks {
		for _, x := range readJSON[[]fileVector](t, format+".json") {
			if err := check(t, x, readFile(t, x.File)); verdict(err) != x.Verdict {
				t.Errorf("%s (%s): %v, want %s", x.File, x.Why, err, x.Verdict)
			}
		}
	}
}

func checkOpeningVector(t *testing.T, x fileVector, b []byte) error {
	origin, seq, o, err := ParseOpening(b)
	if err != nil {
		return err
	}
	if origin != x.Origin || seq != *x.Seq {
		t.Errorf("%s: origin %s, number %d", x.File, origin, seq)
	}
	leaf, err := o.Leaf(origin)
	if err != nil {
		return err
	}
	if want := Leaf(unhex32(t, x.Leaf)); leaf != want {
		return errOtherLeaf(leaf, want)
	}
	return nil
}

func checkRowsVector(t *testing.T, x fileVector, b []byte) error {
	r := NewRowReader(bytes.NewReader(b), x.Origin)
	for {
		s, err := r.Next()
		if err != nil {
			return statedBy(err, r.Size(), r.Root(), x.Size, unhex32(t, x.Root))
		}
		k, ok := KindNamed(s.Kind)
		if !ok {
			return ErrUnknownKind
		}
		key, ok := x.Keys[s.Leaf.String()]
		if !ok { // erased, or a leaf that never was: the root tells
			continue
		}
		if _, err := Open(x.Origin, k, Key(unhex32(t, key)), s); err != nil {
			return err
		}
	}
}

func checkCountVector(t *testing.T, x fileVector, b []byte) error {
	r, err := NewCountReader(bytes.NewReader(b))
	if err != nil {
		return err
	}
	for {
		if _, err := r.Next(); err != nil {
			if r.Origin() != x.Origin {
				t.Logf("%s: of %s", x.File, r.Origin())
			}
			return statedBy(err, r.Size(), r.Root(), x.Size, unhex32(t, x.Root))
		}
	}
}
