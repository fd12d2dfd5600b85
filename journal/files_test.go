// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
)

func TestRowFileThereAndBack(t *testing.T) {
	t.Parallel()
	rows, _ := sealRows(t, NewSealer(rand.Reader, testOrigin), 9)
	k, values := fill(t, "member@1", map[string]Value{"why": Text(strings.Repeat("long ", 400_000))}) // above the size that is read at once
	long, _, err := NewSealer(rand.Reader, testOrigin).Seal(k, values)
	if err != nil {
		t.Fatal(err)
	}
	rows = append(rows, long)
	slices.SortFunc(rows, func(a, b Sealed) int { return bytes.Compare(a.Leaf[:], b.Leaf[:]) })
	var b bytes.Buffer
	w := NewRowWriter(&b, testOrigin)
	for _, r := range rows {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	n, root, err := w.Close()
	if err != nil || n != 10 {
		t.Fatalf("%d rows, %v", n, err)
	}
	r := NewRowReader(iotest.HalfReader(&b), testOrigin)
	var got []Sealed
	for {
		s, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, s)
	}
	same := func(a, b Sealed) bool { return a.Leaf == b.Leaf && a.Kind == b.Kind && bytes.Equal(a.Body, b.Body) }
	if !slices.EqualFunc(rows, got, same) {
		t.Error("the rows read are not those written")
	}
	if r.Size() != n || r.Root() != root {
		t.Errorf("read %d rows with root %s, wrote %d with %s", r.Size(), r.Root(), n, root)
	}
	if _, err := r.Next(); err != io.EOF {
		t.Errorf("after the end: %v", err)
	}
}

func TestRowWriterRefuses(t *testing.T) {
	t.Parallel()
	rows, _ := sealRows(t, NewSealer(rand.Reader, testOrigin), 2)
	tests := map[string][]Sealed{
		"out of order": {rows[1], rows[0]},
		"twice":        {rows[0], rows[0]},
		"no kind":      {{rows[0].Leaf, "", rows[0].Body}},
		"short body":   {{rows[0].Leaf, "member@1", rows[0].Body[1:]}},
		"no body":      {{rows[0].Leaf, "member@1", nil}},
	}
	for name, list := range tests {
		w := NewRowWriter(io.Discard, testOrigin)
		var err error
		for _, s := range list {
			err = w.Write(s)
		}
		if !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, err := w.Close(); !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: closed with %v", name, err)
		}
	}
	w := NewRowWriter(io.Discard, "two words")
	if _, _, err := w.Close(); !errors.Is(err, fault.Invalid) {
		t.Errorf("origin: %v", err)
	}
	w = NewRowWriter(io.Discard, testOrigin)
	if _, _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(rows[0]); err == nil {
		t.Error("a closed writer writes")
	}
}

// Errors of the reader below are passed on and are never taken for an end.
func TestReadersPassErrorsOn(t *testing.T) {
	t.Parallel()
	disk := errors.New("the disk is gone")
	good := readFile(t, "rows/good.rows")
	for n := range len(good) {
		r := NewRowReader(io.MultiReader(bytes.NewReader(good[:n]), iotest.ErrReader(disk)), testOrigin)
		var err error
		for err == nil {
			_, err = r.Next()
		}
		if !errors.Is(err, disk) {
			t.Fatalf("row file, error after %d bytes: %v", n, err)
		}
	}
	good = readFile(t, "count/good.count")
	for n := range len(good) {
		r, err := NewCountReader(io.MultiReader(bytes.NewReader(good[:n]), iotest.ErrReader(disk)))
		for err == nil {
			_, err = r.Next()
		}
		if !errors.Is(err, disk) {
			t.Fatalf("count file, error after %d bytes: %v", n, err)
		}
	}
}

// A claim of 64 MiB must not make a reader take 64 MiB.
func TestRowReaderHostileLength(t *testing.T) { // not parallel: it looks at the memory of all
	b := []byte("recount rows/1\n" + testOrigin + "\n")
	b = append(b, make([]byte, 32)...)
	b = append(b, 0, 8)
	b = append(b, "member@1"...)
	tests := map[string][]byte{
		"64 MiB claimed":   binary.BigEndian.AppendUint32(bytes.Clone(b), MaxBody-240),
		"above the limit":  binary.BigEndian.AppendUint32(bytes.Clone(b), MaxBody+16),
		"4 GiB claimed":    binary.BigEndian.AppendUint32(bytes.Clone(b), 0xffffff10),
		"no body":          binary.BigEndian.AppendUint32(bytes.Clone(b), 0),
		"kind of 65 bytes": append(append(bytes.Clone(b[:len(b)-10]), 0, 65), make([]byte, 100)...),
	}
	for name, file := range tests {
		if _, err := NewRowReader(bytes.NewReader(file), testOrigin).Next(); !errors.Is(err, fault.Tampered) {
			t.Errorf("%s: %v", name, err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = NewRowReader(bytes.NewReader(file), testOrigin).Next()
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%s: %d bytes allocated for a file of %d", name, n, len(file))
		}
	}
}

func TestCountWriterRefuses(t *testing.T) {
	t.Parallel()
	s := NewSealer(rand.Reader, testOrigin)
	good, root := countFile(t, s, []map[string]Value{{"verdicts": Text("in")}}, func(int, string) bool { return true })
	r := must[*CountReader](t)(NewCountReader(bytes.NewReader(good)))
	line := must[Opening](t)(r.Next())
	kind := mustKind(t, "line@1")
	if err := NewCountWriter(io.Discard, testOrigin, kind, 1, root).Close(); !errors.Is(err, fault.Tampered) {
		t.Errorf("a line too few: %v", err)
	}
	w := NewCountWriter(io.Discard, testOrigin, kind, 1, root)
	if err := w.Write(line); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(line); !errors.Is(err, fault.Invalid) {
		t.Errorf("a line twice: %v", err)
	}
	w = NewCountWriter(io.Discard, testOrigin, mustKind(t, "member@1"), 1, root)
	if err := w.Write(line); !errors.Is(err, fault.Invalid) {
		t.Errorf("a line of another kind: %v", err)
	}
	w = NewCountWriter(io.Discard, testOrigin, Kind{"mine@1", []string{"a"}}, 1, root)
	if err := w.Write(line); !errors.Is(err, ErrUnknownKind) {
		t.Errorf("lines of no kind: %v", err)
	}
}

func TestDraftRefuses(t *testing.T) {
	t.Parallel()
	at := time.Date(2031, 4, 5, 6, 7, 8, 0, time.UTC)
	draft := func(kind, field string, v Value) Draft {
		return Draft{Kind: kind, Fields: map[string]Value{field: v}}
	}
	tests := map[string]struct {
		d     Draft
		seq   int64
		at    time.Time
		actor string
		want  error
	}{
		"unknown kind":      {draft("case.opened@2", "title", Text("x")), 0, at, "oru", ErrUnknownKind},
		"kind of rows":      {draft("record@1", "name", Text("x")), 0, at, "oru", fault.Invalid},
		"unknown field":     {draft("case.opened@1", "titel", Text("x")), 0, at, "oru", fault.Invalid},
		"field of all acts": {draft("case.opened@1", "time", Text("x")), 0, at, "oru", fault.Invalid},
		"no value":          {draft("case.opened@1", "title", "x"), 0, at, "oru", fault.Invalid},
		"too long":          {draft("case.opened@1", "title", Text(strings.Repeat("x", 65_536))), 0, at, "oru", fault.Invalid},
		"reason too long":   {Draft{Kind: "case.opened@1", Reason: strings.Repeat("x", 65_536)}, 0, at, "oru", fault.Invalid},
		"nobody":            {draft("case.opened@1", "title", Text("x")), 0, at, "", fault.Invalid},
		"negative number":   {draft("case.opened@1", "title", Text("x")), -1, at, "oru", fault.Invalid},
		"year 10000":        {draft("case.opened@1", "title", Text("x")), 0, at.AddDate(9000, 0, 0), "oru", fault.Invalid},
	}
	for name, tt := range tests {
		if _, _, err := tt.d.Values(tt.seq, tt.at, tt.actor); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestOpenEntryTampered(t *testing.T) {
	t.Parallel()
	s := NewSealer(rand.Reader, testOrigin)
	d := Draft{Kind: "case.opened@1", Fields: map[string]Value{"title": Text("Lower Marrow")}}
	h, sealed, key, err := s.SealEntry(d, 7, time.Date(2031, 4, 5, 6, 7, 8, 0, time.UTC), "oru")
	if err != nil {
		t.Fatal(err)
	}
	if e, err := OpenEntry(h, key, sealed); err != nil || e.Get("title") != Text("Lower Marrow") || e.Get("reason") != Absent || e.Get("nothing") != Absent || e.Erased() {
		t.Fatalf("%+v, %v", e, err)
	}
	moved, other := h, h
	moved.Seq = 8
	other.Leaf[0] ^= 1
	for name, h := range map[string]Header{"another number": moved, "another leaf": other} {
		if _, err := OpenEntry(h, key, sealed); !errors.Is(err, fault.Tampered) {
			t.Errorf("%s: %v", name, err)
		}
	}
	k, values := sampleRecord(t)
	row, rowKey, err := s.Seal(k, values)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenEntry(Header{testOrigin, 7, row.Leaf}, rowKey, row); !errors.Is(err, fault.Tampered) {
		t.Errorf("a row as an entry: %v", err)
	}
	if e := (Entry{Header: h, Kind: mustKind(t, "case.opened@1")}); !e.Erased() || e.Get("title") != Absent {
		t.Error("an erased entry shows something")
	}
}

func TestKeysAndOrigins(t *testing.T) {
	t.Parallel()
	origin := must[string](t)(NewOrigin(rand.Reader, "archive.example"))
	if !regexp.MustCompile(`^archive\.example/[0-9a-f]{16}$`).MatchString(origin) {
		t.Errorf("origin %q", origin)
	}
	for _, name := range []string{"", "two words", "a+b", "märkt.example", "a\nb", strings.Repeat("x", 239)} {
		if _, err := NewOrigin(rand.Reader, name); !errors.Is(err, fault.Invalid) {
			t.Errorf("public name %q: %v", name, err)
		}
	}
	skey, vkey, err := GenerateKey(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	c := Checkpoint{origin, 1, tlog.Hash{1}}
	msg := must[[]byte](t)(SignCheckpoint(c, skey))
	got, sigs, err := OpenCheckpoint(msg, vkey, vkey)
	if err != nil || got != c || len(sigs) != 1 || sigs[0].Name != origin {
		t.Errorf("%+v %v %v", got, sigs, err)
	}
	_, _, err = OpenCheckpoint(msg)
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) || len(unverified.Note.UnverifiedSigs) != 1 {
		t.Errorf("without a key: %v", err)
	}
	if got, err := ReadCheckpoint(msg); err != nil || got != c {
		t.Errorf("read: %+v, %v", got, err)
	}
	if _, _, err := OpenCheckpoint(msg, "no key"); !errors.Is(err, fault.Invalid) {
		t.Errorf("a key that is none: %v", err)
	}
	c.Origin = "archive.example/ffffffffffffffff"
	if _, err := SignCheckpoint(c, skey); !errors.Is(err, fault.Invalid) {
		t.Errorf("signed for another case: %v", err)
	}
}

// benchRows is a row file of a thousand members.
func benchRows(b *testing.B) (file []byte, rows []Sealed) {
	b.Helper()
	s := NewSealer(rand.Reader, testOrigin)
	k, values := sampleRecord(b)
	for range 1000 {
		sealed, _, err := s.Seal(k, values)
		if err != nil {
			b.Fatal(err)
		}
		rows = append(rows, sealed)
	}
	slices.SortFunc(rows, func(a, b Sealed) int { return bytes.Compare(a.Leaf[:], b.Leaf[:]) })
	var out bytes.Buffer
	writeRows(b, &out, rows)
	return out.Bytes(), rows
}

func writeRows(b *testing.B, out io.Writer, rows []Sealed) {
	b.Helper()
	w := NewRowWriter(out, testOrigin)
	for _, r := range rows {
		if err := w.Write(r); err != nil {
			b.Fatal(err)
		}
	}
	if _, _, err := w.Close(); err != nil {
		b.Fatal(err)
	}
}

func perRow(b *testing.B, rows int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
}

func BenchmarkRowWriter(b *testing.B) {
	_, rows := benchRows(b)
	b.ReportAllocs()
	for b.Loop() {
		writeRows(b, io.Discard, rows)
	}
	perRow(b, len(rows))
}

func BenchmarkRowReader(b *testing.B) {
	file, rows := benchRows(b)
	b.ReportAllocs()
	for b.Loop() {
		r := NewRowReader(bytes.NewReader(file), testOrigin)
		var err error
		for err == nil {
			_, err = r.Next()
		}
		if err != io.EOF || r.Size() != int64(len(rows)) {
			b.Fatal(r.Size(), err)
		}
	}
	perRow(b, len(rows))
}

func BenchmarkCountReader(b *testing.B) {
	file, err := os.ReadFile(vectorsDir + "/count/good.count")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		r, err := NewCountReader(bytes.NewReader(file))
		for err == nil {
			_, err = r.Next()
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
	perRow(b, 6)
}
