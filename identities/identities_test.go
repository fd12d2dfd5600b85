// SPDX-License-Identifier: Apache-2.0

package identities_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/identities"
	"recount/internal/durable"
	"recount/strongroom"
)

const (
	origin = "example.test/0123456789abcdef"
	pass   = "gulls over the old harbour"
)

func day() time.Time { return time.Date(2031, 5, 1, 8, 0, 0, 0, time.UTC) }

func way(t *testing.T, text string) strongroom.Way {
	t.Helper()
	w, err := strongroom.Passphrase(text)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func newMap(t *testing.T) *identities.Map {
	t.Helper()
	m, err := identities.Make(durable.OS(), filepath.Join(t.TempDir(), "medium"), origin)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func enrol(t *testing.T, m *identities.Map, account, text string) identities.Opener {
	t.Helper()
	o, err := m.Enrol(account, way(t, text), strongroom.LeastCost(), day(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func somebody() identities.Content {
	return identities.Content{
		Names: []string{"Ilvane Torresk", "Ильване Торреск"}, Contact: "by the baker, after dark", Residence: "Lower Mill 4, Ostrava Bay",
		Relatives: "a sister, Maren", Note: "limps", Photo: bytes.Repeat([]byte{0xff, 0xd8}, 600),
	}
}

// TestSealedAndOpened: each opener opens it, nobody else does, and nothing but
// the right share, origin and identity fits.
func TestSealedAndOpened(t *testing.T) {
	t.Parallel()
	m := newMap(t)
	ana, tomas, stranger := enrol(t, m, "Ana Bel", pass), enrol(t, m, "Tomas Erlik", pass+" 2"), enrol(t, m, "Stranger", pass+" 3")
	share, err := identities.NewShare(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	bound := identities.Bound{Origin: origin, Identity: "w-0123456789abcdef"}
	file, err := identities.Seal(bound, somebody(), []identities.Opener{ana, tomas}, share, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	name, err := m.Put(file)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := m.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]identities.OpenerKey{}
	for o, text := range map[identities.Opener]string{ana: pass, tomas: pass + " 2", stranger: pass + " 3"} {
		if keys[o.Account], err = m.Unlock(o, way(t, text)); err != nil {
			t.Fatal(err)
		}
	}
	for _, who := range []string{"Ana Bel", "Tomas Erlik"} {
		got, err := keys[who].Open(bound, kept, share)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(somebody(), got); d != "" {
			t.Errorf("%s: %s", who, d)
		}
	}
	other := share
	other[0] ^= 1
	flipped := bytes.Clone(kept)
	flipped[len(flipped)-1] ^= 1
	for _, c := range []struct {
		what  string
		who   string
		bound identities.Bound
		file  []byte
		share identities.Share
		want  error
	}{
		{"somebody who is no opener", "Stranger", bound, kept, share, fault.Forbidden},
		{"another share", "Ana Bel", bound, kept, other, fault.Tampered},
		{"another identity", "Ana Bel", identities.Bound{Origin: origin, Identity: "w-1111111111111111"}, kept, share, fault.Forbidden},
		{"another case", "Ana Bel", identities.Bound{Origin: "x", Identity: bound.Identity}, kept, share, fault.Forbidden},
		{"a flipped bit", "Ana Bel", bound, flipped, share, fault.Tampered},
		{"cut off", "Ana Bel", bound, kept[:len(kept)-1], share, fault.Tampered},
		{"nothing", "Ana Bel", bound, nil, share, fault.Tampered},
	} {
		if _, err := keys[c.who].Open(c.bound, c.file, c.share); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
	if _, err := m.Unlock(ana, way(t, "another passphrase")); !errors.Is(err, fault.Forbidden) {
		t.Errorf("a wrong passphrase: %v, want fault.Forbidden", err)
	}
	if _, err := m.Unlock(identities.Opener{Account: "Ana Bel", Key: stranger.Key}, way(t, pass)); !errors.Is(err, fault.Forbidden) {
		t.Errorf("another's ring: %v, want fault.Forbidden", err)
	}
}

// TestPutInPlace: a ring that somebody put in the place of an opener's is found
// by the key that the journal names, also with its passphrase.
func TestPutInPlace(t *testing.T) {
	t.Parallel()
	m := newMap(t)
	ana, false_ := enrol(t, m, "Ana Bel", pass), enrol(t, m, "Ana Bel", pass)
	openers := filepath.Join(m.Dir(), "openers")
	text, err := os.ReadFile(filepath.Join(openers, false_.Fingerprint()))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(openers, ana.Fingerprint()), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Unlock(ana, way(t, pass)); !errors.Is(err, fault.Tampered) {
		t.Errorf("Unlock = %v, want fault.Tampered", err)
	}
}

func TestChangedPassphrase(t *testing.T) {
	t.Parallel()
	m := newMap(t)
	ana := enrol(t, m, "Ana Bel", pass)
	if err := m.Change(ana, way(t, "not the passphrase"), way(t, pass+" new"), strongroom.LeastCost(), day(), rand.Reader); !errors.Is(err, fault.Forbidden) {
		t.Errorf("Change by a wrong one: %v", err)
	}
	if err := m.Change(ana, way(t, pass), way(t, pass+" new"), strongroom.LeastCost(), day(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Unlock(ana, way(t, pass)); !errors.Is(err, fault.Forbidden) {
		t.Errorf("the old passphrase: %v, want fault.Forbidden", err)
	}
	if _, err := m.Unlock(ana, way(t, pass+" new")); err != nil {
		t.Errorf("the new passphrase: %v", err)
	}
}

// TestNothingShows: in no encoding does a map hold what was sealed, nor the
// names of its openers, the case or the identity; and files of one size class
// have one length, whatever they hold.
func TestNothingShows(t *testing.T) {
	t.Parallel()
	m := newMap(t)
	ana := enrol(t, m, "Ana Bel", pass)
	lengths := map[int]bool{}
	for i, c := range []identities.Content{{Names: []string{"Ilvane Torresk"}}, {Names: []string{"Ilvane Torresk"}, Note: strings.Repeat("limps ", 1000)}} {
		file, err := identities.Seal(identities.Bound{Origin: origin, Identity: "w-0123456789abcdef"}, c, []identities.Opener{ana}, identities.Share{byte(i)}, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Put(file); err != nil {
			t.Fatal(err)
		}
		lengths[len(file)] = true
	}
	if len(lengths) != 1 {
		t.Errorf("two contents of one class have files of %d lengths", len(lengths))
	}
	for _, secret := range []string{"Ilvane Torresk", "Torresk", "limps", "Ana Bel", origin, "w-0123456789abcdef"} {
		for _, form := range forms(secret) {
			err := filepath.WalkDir(m.Dir(), func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				data, err := os.ReadFile(path)
				if bytes.Contains(append([]byte(path+"\n"), data...), form) {
					t.Errorf("%s holds %q", path, secret)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// forms are how a text may lie on a disk: UTF-8, UTF-16, hex, and base64 at
// each of its three offsets.
func forms(text string) [][]byte {
	all := [][]byte{[]byte(text), []byte(hex.EncodeToString([]byte(text)))}
	var wide []byte
	for _, u := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	all = append(all, wide)
	for skip := range 3 {
		coded := base64.RawStdEncoding.EncodeToString(append(make([]byte, skip), text...))
		all = append(all, []byte(coded[skip+1:len(coded)-1]))
	}
	return all
}

func TestMissingMedium(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "not", "here")
	if _, err := identities.Find(durable.OS(), dir, origin); !errors.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), dir) {
		t.Errorf("Find = %v, want fault.Unavailable that names %s", err, dir)
	}
	m := newMap(t)
	if _, err := identities.Find(durable.OS(), m.Dir(), "another.test/0123456789abcdef"); !errors.Is(err, fault.Conflict) {
		t.Errorf("another case's map: %v, want fault.Conflict", err)
	}
}

// TestSweep: what no entry names goes once it is old enough, also what was cut
// off while it was written; what is named stays.
func TestSweep(t *testing.T) {
	t.Parallel()
	m := newMap(t)
	ana := enrol(t, m, "Ana Bel", pass)
	var all []string
	for i := range 3 {
		file, err := identities.Seal(identities.Bound{Origin: origin, Identity: "w-0123456789abcdef"}, somebody(), []identities.Opener{ana}, identities.Share{byte(i)}, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		name, err := m.Put(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, name)
	}
	sealed := filepath.Join(m.Dir(), "sealed")
	for i, name := range all {
		at := day()
		if i == 0 {
			at = day().Add(90 * time.Minute)
		}
		if err := os.Chtimes(filepath.Join(sealed, name), at, at); err != nil {
			t.Fatal(err)
		}
	}
	half := filepath.Join(sealed, strings.Repeat("0", 64)+".new")
	if err := os.WriteFile(half, []byte("cut off"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(half, day(), day()); err != nil {
		t.Fatal(err)
	}
	// all[0] is young and unnamed, all[1] named, all[2] old and unnamed.
	n, err := m.Sweep(map[string]bool{all[1]: true}, day().Add(2*time.Hour), time.Hour)
	if err != nil || n != 2 {
		t.Fatalf("Sweep = %d, %v; want 2", n, err)
	}
	for i, want := range []error{nil, nil, fault.NotFound} {
		if _, err := m.Get(all[i]); !errors.Is(err, want) {
			t.Errorf("file %d: %v, want %v", i, err, want)
		}
	}
	if _, err := os.Stat(half); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file whose writing was cut off is still there: %v", err)
	}
}

func TestCopyAndLeave(t *testing.T) {
	t.Parallel()
	m := newMap(t)
	ana := enrol(t, m, "Ana Bel", pass)
	bound, share := identities.Bound{Origin: origin, Identity: "w-0123456789abcdef"}, identities.Share{1}
	file, err := identities.Seal(bound, somebody(), []identities.Opener{ana}, share, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	name, err := m.Put(file)
	if err != nil {
		t.Fatal(err)
	}
	to, err := m.CopyTo(t.Context(), filepath.Join(t.TempDir(), "stick", "map"), origin)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Leave(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(m.Dir()); err != nil || len(left) != 0 {
		t.Errorf("the old place still has %v, %v", left, err)
	}
	key, err := to.Unlock(ana, way(t, pass))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := to.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := key.Open(bound, kept, share); err != nil || got.Names[0] != "Ilvane Torresk" {
		t.Errorf("from the copy: %v, %v", got.Names, err)
	}
}

func TestContentRefused(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]identities.Content{
		"no name":                {Note: "x"},
		"a name without letters": {Names: []string{" - "}},
		"two lines in a name":    {Names: []string{"Ilvane\nTorresk"}},
		"no UTF-8":               {Names: []string{"Ilvane"}, Note: "\xff"},
		"too large a picture":    {Names: []string{"Ilvane"}, Photo: make([]byte, identities.MostPhoto+1)},
		"too long a note":        {Names: []string{"Ilvane"}, Note: strings.Repeat("x", identities.LongestOne+1)},
	} {
		err := c.Check()
		if !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want fault.Invalid", what, err)
		}
		if err != nil && strings.Contains(err.Error(), "Ilvane") {
			t.Errorf("%s: the message says who it is: %v", what, err)
		}
	}
	largest := identities.Content{Names: []string{"Ilvane"}, Photo: make([]byte, identities.MostPhoto)}
	if err := largest.Check(); err != nil {
		t.Errorf("the largest picture: %v", err)
	}
}

func TestPseudonyms(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 200 {
		p, err := identities.DrawPseudonym(rand.Reader)
		if err != nil || identities.CheckPseudonym(p) != nil || len(p) != len("Witness KD-47") {
			t.Fatalf("drawn: %q, %v", p, err)
		}
		seen[p] = true
	}
	if len(seen) < 150 {
		t.Errorf("200 draws gave %d pseudonyms", len(seen))
	}
	if got, err := identities.DrawPseudonym(bytes.NewReader([]byte{0, 24, 255, 3, 17})); err != nil || got != "Witness AB-37" {
		t.Errorf("drawn of 0, 24, 255, 3, 17: %q, %v; want Witness AB-37, as 24 is 1 modulo 23 and 255 is drawn again", got, err)
	}
	for _, p := range []string{"Witness KD-47", "The baker's neighbour", "شاهد 12"} {
		if err := identities.CheckPseudonym(p); err != nil {
			t.Errorf("%q: %v", p, err)
		}
	}
	for _, p := range []string{"", " x", "x ", "1. x", "-x", "a*b*", "[x](y)", "{{quote c}}", "a\nb", "<b>", strings.Repeat("x", 61)} {
		if err := identities.CheckPseudonym(p); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v, want fault.Invalid", p, err)
		}
	}
}

func TestOver(t *testing.T) {
	t.Parallel()
	got := identities.Content{Contact: "new"}.Over(somebody())
	want := somebody()
	want.Contact = "new"
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
