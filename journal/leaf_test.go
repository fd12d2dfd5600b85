// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
)

const testOrigin = "archive.example/00112233aabbccdd"

func mustKind(t testing.TB, name string) Kind {
	t.Helper()
	k, ok := KindNamed(name)
	if !ok {
		t.Fatalf("no kind %s", name)
	}
	return k
}

// sampleRecord is an invented person: some fields, some blank, most absent.
func sampleRecord(t testing.TB) (Kind, []Value) {
	t.Helper()
	k := mustKind(t, "record@1")
	values := make([]Value, len(k.Fields))
	for name, v := range map[string]Value{
		"source": Text("s-0000000000000001"), "row": Text("17"), "person": Text("p-0000000000000009"),
		"name": Text("Oruvane Teskil"), "name_fold": Text("oruvane teskil"), "sex_written": Text("unknown"), "family": Text(""),
		"age_written": Text("9"), "child_age": Text("yes"), "age_band": Text("5-9"), "raw": Text("17;Teskil, Oruvane;;9;Lower Marrow"),
	} {
		values[k.Index(name)] = v
	}
	return k, values
}

func TestSealOpen(t *testing.T) {
	t.Parallel()
	k, values := sampleRecord(t)
	s := NewSealer(rand.Reader, testOrigin)
	sealed, key, err := s.Seal(k, values)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Open(testOrigin, k, key, sealed)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]Value, len(values))
	for i, v := range values {
		want[i] = v
		if v == "" {
			want[i] = Absent
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(sealed.Body)%256 != 16 {
		t.Errorf("body of %d bytes, not a multiple of 256 and a tag", len(sealed.Body))
	}
	if strings.Contains(string(sealed.Body), "Oruvane") {
		t.Error("the body shows a name")
	}
}

func TestSameValuesTwice(t *testing.T) {
	t.Parallel()
	k, values := sampleRecord(t)
	s := NewSealer(rand.Reader, testOrigin)
	a, ka, err := s.Seal(k, values)
	if err != nil {
		t.Fatal(err)
	}
	b, kb, err := s.Seal(k, values)
	if err != nil {
		t.Fatal(err)
	}
	if a.Leaf == b.Leaf || ka == kb || string(a.Body) == string(b.Body) {
		t.Error("two leaves of the same values are alike")
	}
}

// Absent, blank and the word "unknown" are three things (docs/formats/leaf.md).
func TestAbsentBlankUnknown(t *testing.T) {
	t.Parallel()
	k, values := sampleRecord(t)
	j := k.Index("family")
	leaves := map[Leaf]Value{}
	salts := make([]byte, 32*len(values)) // the same salts, so that only the value makes the difference
	for _, v := range []Value{Absent, Text(""), Text("unknown")} {
		values[j] = v
		sc := scratch{salts: salts}
		l := sc.leafOf(testOrigin, k, values)
		if other, ok := leaves[l]; ok {
			t.Errorf("%q and %q have the same leaf", v, other)
		}
		leaves[l] = v
	}
	values[j] = "" // the empty value is read as absent
	sc := scratch{salts: salts}
	if leaves[sc.leafOf(testOrigin, k, values)] != Absent {
		t.Error("the empty value is not hashed as absent")
	}
	if Text("").Present() == false || Absent.Present() || Value("").Present() {
		t.Error("Present is wrong for a blank, an absent or an empty value")
	}
}

func TestOpenTampered(t *testing.T) {
	t.Parallel()
	k, values := sampleRecord(t)
	s := NewSealer(rand.Reader, testOrigin)
	sealed, key, err := s.Seal(k, values)
	if err != nil {
		t.Fatal(err)
	}
	other, otherKey, err := s.Seal(k, values)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(f func(*Sealed)) Sealed {
		c := sealed
		c.Body = append([]byte(nil), sealed.Body...)
		f(&c)
		return c
	}
	tests := map[string]struct {
		origin string
		key    Key
		s      Sealed
	}{
		"another case":         {"archive.example/ffffffffffffffff", key, sealed},
		"another key":          {testOrigin, otherKey, sealed},
		"first byte of body":   {testOrigin, key, changed(func(c *Sealed) { c.Body[0] ^= 1 })},
		"last byte of body":    {testOrigin, key, changed(func(c *Sealed) { c.Body[len(c.Body)-1] ^= 1 })},
		"body cut by a block":  {testOrigin, key, changed(func(c *Sealed) { c.Body = c.Body[:len(c.Body)-256] })},
		"body cut by a byte":   {testOrigin, key, changed(func(c *Sealed) { c.Body = c.Body[:len(c.Body)-1] })},
		"no body":              {testOrigin, key, changed(func(c *Sealed) { c.Body = nil })},
		"body of another leaf": {testOrigin, key, changed(func(c *Sealed) { c.Body = other.Body })},
		"leaf":                 {testOrigin, key, changed(func(c *Sealed) { c.Leaf[5] ^= 0x80 })},
		"kind":                 {testOrigin, key, changed(func(c *Sealed) { c.Kind = "harm@1" })},
	}
	for name, tt := range tests {
		if _, err := Open(tt.origin, k, tt.key, tt.s); !errors.Is(err, fault.Tampered) {
			t.Errorf("%s: %v, want %v", name, err, fault.Tampered)
		}
	}
}

// A body that the key's holder made himself still opens only in the one form
// that is written, and only to the values that the leaf commits to.
func TestOpenForeignBody(t *testing.T) {
	t.Parallel()
	k := mustKind(t, "member@1")
	values := []Value{Text("aa"), Text("bb"), Absent}
	sealed, key, err := NewSealer(rand.Reader, testOrigin).Seal(k, values)
	if err != nil {
		t.Fatal(err)
	}
	_, row, err := subkeys(&key)
	if err != nil {
		t.Fatal(err)
	}
	plain := lp(lp(lp(nil, Text("aa")), Text("bb")), Absent)
	pad := func(b []byte, n int) []byte { return append(b[:len(b):len(b)], make([]byte, n-len(b))...) }
	tests := map[string][]byte{
		"other value":      pad(lp(lp(lp(nil, Text("aa")), Text("bc")), Absent), 256),
		"padding not zero": append(pad(plain, 255), 1),
		"padding too long": pad(plain, 512),
		"value of 0 bytes": pad(lp(lp(lp(nil, Text("aa")), Text("bb")), ""), 256),
		"value type 2":     pad(lp(lp(lp(nil, Text("aa")), Text("bb")), "\x02"), 256),
		"absent with more": pad(lp(lp(lp(nil, Text("aa")), Text("bb")), "\x00x"), 256),
		"length too large": pad([]byte("\xff\xff\xff\xff"), 256),
	}
	gcm, err := rowCipher(row)
	if err != nil {
		t.Fatal(err)
	}
	seal := func(p []byte) Sealed {
		return Sealed{Leaf: sealed.Leaf, Kind: k.Name, Body: gcm.Seal(nil, make([]byte, 12), p, sealed.Leaf[:])}
	}
	if _, err := Open(testOrigin, k, key, seal(pad(plain, 256))); err != nil {
		t.Errorf("the body as written: %v", err)
	}
	for name, p := range tests {
		if _, err := Open(testOrigin, k, key, seal(p)); !errors.Is(err, fault.Tampered) {
			t.Errorf("%s: %v, want %v", name, err, fault.Tampered)
		}
	}
}

func TestSealRefuses(t *testing.T) {
	t.Parallel()
	k, values := sampleRecord(t)
	member := mustKind(t, "member@1")
	opened := mustKind(t, "case.opened@1")
	entry := func(v Value) []Value {
		vs := make([]Value, len(opened.Fields))
		vs[len(vs)-1] = v
		return vs
	}
	s := NewSealer(rand.Reader, testOrigin)
	tests := map[string]struct {
		s      *Sealer
		kind   Kind
		values []Value
		want   error
	}{
		"kind from outside":    {s, Kind{"mine@1", []string{"a"}}, []Value{Text("x")}, ErrUnknownKind},
		"other fields":         {s, Kind{"member@1", []string{"record", "person", "reason"}}, make([]Value, 3), fault.Invalid},
		"too few values":       {s, k, values[1:], fault.Invalid},
		"value type 2":         {s, member, []Value{"\x02a", Absent, Absent}, fault.Invalid},
		"absent with more":     {s, member, []Value{"\x00a", Absent, Absent}, fault.Invalid},
		"entry field 65536":    {s, opened, entry(Text(strings.Repeat("x", 65_536))), fault.Invalid},
		"row field 16 MiB + 1": {s, member, []Value{Text(strings.Repeat("x", 16<<20+1)), Absent, Absent}, fault.Invalid},
		"origin":               {NewSealer(rand.Reader, "two words"), k, values, fault.Invalid},
		"no randomness":        {NewSealer(strings.NewReader("short"), testOrigin), k, values, fault.Unavailable},
	}
	for name, tt := range tests {
		if _, _, err := tt.s.Seal(tt.kind, tt.values); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if _, _, err := s.Seal(opened, entry(Text(strings.Repeat("x", 65_535)))); err != nil {
		t.Errorf("a field of 65535 bytes in an entry: %v", err)
	}
}

func TestDisclose(t *testing.T) {
	t.Parallel()
	k, values := sampleRecord(t)
	sealed, key, err := NewSealer(rand.Reader, testOrigin).Seal(k, values)
	if err != nil {
		t.Fatal(err)
	}
	// every pattern of open fields gives the same leaf
	for range 20 {
		bits, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), uint(len(values))))
		if err != nil {
			t.Fatal(err)
		}
		o, err := Disclose(testOrigin, k, key, sealed, func(f string) bool { return bits.Bit(k.Index(f)) == 1 })
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := o.Leaf(testOrigin)
		if err != nil || leaf != sealed.Leaf {
			t.Fatalf("leaf %s, %v; want %s", leaf, err, sealed.Leaf)
		}
		for j, name := range k.Fields {
			v, open := o.Get(name)
			switch {
			case open != (bits.Bit(j) == 1):
				t.Errorf("%s: open %v", name, open)
			case open && v != values[j].encoded():
				t.Errorf("%s: %q, want %q", name, v, values[j])
			case !open && (v != Absent || o.Fields[j].Salt != [32]byte{}):
				t.Errorf("%s is closed and shows its value or salt", name)
			}
		}
	}
}

func TestOpeningTampered(t *testing.T) {
	t.Parallel()
	k, values := sampleRecord(t)
	sealed, key, err := NewSealer(rand.Reader, testOrigin).Seal(k, values)
	if err != nil {
		t.Fatal(err)
	}
	o, err := Disclose(testOrigin, k, key, sealed, func(f string) bool { return f == "age_band" })
	if err != nil {
		t.Fatal(err)
	}
	j := k.Index("age_band")
	tests := map[string]struct {
		change func(*Opening)
		same   bool // whether the leaf may be computed at all
		want   error
	}{
		"value":      {func(o *Opening) { o.Fields[j].Value = Text("10-14") }, true, nil},
		"salt":       {func(o *Opening) { o.Fields[j].Salt[0] ^= 1 }, true, nil},
		"commitment": {func(o *Opening) { o.Fields[0].Commitment[0] ^= 1 }, true, nil},
		"swapped closed": {func(o *Opening) {
			o.Fields[0].Commitment, o.Fields[1].Commitment = o.Fields[1].Commitment, o.Fields[0].Commitment
		}, true, nil},
		"name":         {func(o *Opening) { o.Fields[j].Name = "sex" }, false, fault.Tampered},
		"field less":   {func(o *Opening) { o.Fields = o.Fields[1:] }, false, fault.Tampered},
		"known kind":   {func(o *Opening) { o.Kind = "harm@1" }, false, fault.Tampered},
		"unknown kind": {func(o *Opening) { o.Kind = "record@99" }, false, ErrUnknownKind},
		"no value":     {func(o *Opening) { o.Fields[j].Value = "\x07" }, false, fault.Invalid},
	}
	for name, tt := range tests {
		c := Opening{Kind: o.Kind, Fields: append([]OpenField(nil), o.Fields...)}
		tt.change(&c)
		leaf, err := c.Leaf(testOrigin)
		if !errors.Is(err, tt.want) || (err == nil) != tt.same {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
		if leaf == sealed.Leaf {
			t.Errorf("%s: the same leaf", name)
		}
	}
}

func TestKeyIsNeverPrinted(t *testing.T) {
	t.Parallel()
	key := Key{1, 2, 3, 250}
	for _, form := range []string{"%v", "%s", "%+v", "%#v", "%q", "%x", "%d"} {
		if s := fmt.Sprintf(form, key); strings.Contains(s, "250") || strings.Contains(s, "fa") {
			t.Errorf("%s shows the key: %s", form, s)
		}
	}
}

// One sealer serves many goroutines: every leaf opens under its own key.
func TestSealConcurrently(t *testing.T) {
	t.Parallel()
	k, values := sampleRecord(t)
	s := NewSealer(rand.Reader, testOrigin)
	var wg sync.WaitGroup
	var seen sync.Map
	for range 8 {
		wg.Go(func() {
			for range 50 {
				sealed, key, err := s.Seal(k, values)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := Open(testOrigin, k, key, sealed); err != nil {
					t.Error(err)
				}
				if _, twice := seen.LoadOrStore(sealed.Leaf, true); twice {
					t.Error("a leaf stands twice")
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkSeal(b *testing.B) {
	k, values := sampleRecord(b)
	s := NewSealer(rand.Reader, testOrigin)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.Seal(k, values); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	k, values := sampleRecord(b)
	sealed, key, err := NewSealer(rand.Reader, testOrigin).Seal(k, values)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Open(testOrigin, k, key, sealed); err != nil {
			b.Fatal(err)
		}
	}
}
