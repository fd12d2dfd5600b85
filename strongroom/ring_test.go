// SPDX-License-Identifier: Apache-2.0

package strongroom

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
)

// counting answers 00 01 02 …, so that vectors can be written down.
type counting struct{ n byte }

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = c.n
		c.n++
	}
	return len(p), nil
}

func day() time.Time { return time.Date(2031, 5, 1, 10, 0, 0, 0, time.UTC) }

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// twoWays is a ring with a key file and a recovery key.
func twoWays(t *testing.T) (ring *Ring, key *Key, file, recovery Way) {
	t.Helper()
	rand := &counting{}
	file = must[Way](t)(KeyFile(must[[]byte](t)(NewKeyFile(rand))))
	recovery = must[Way](t)(Recovery(must[string](t)(NewRecovery(rand))))
	key = must[*Key](t)(NewKey(rand))
	ring = must[*Ring](t)(New(key, file, UsualCost(), day(), rand))
	if n, err := ring.Add(key, recovery, UsualCost(), day(), rand); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	return ring, key, file, recovery
}

func TestLeastCost(t *testing.T) {
	t.Parallel()
	// RFC 9106, section 4, second recommended option: t=3, m=2^16 KiB, p=4.
	least := Cost{Passes: 3, KiB: 65536, Lanes: 4}
	if LeastCost() != least || UsualCost().Passes < least.Passes || UsualCost().KiB < least.KiB || UsualCost().Lanes < least.Lanes {
		t.Errorf("least %+v, usual %+v", LeastCost(), UsualCost())
	}
	key := must[*Key](t)(NewKey(&counting{}))
	way := must[Way](t)(Passphrase("gulls over the old harbour"))
	for _, c := range []Cost{{2, 65536, 4}, {3, 65535, 4}, {3, 65536, 3}, {65, 65536, 4}, {3, 2<<20 + 1, 4}, {3, 65536, 65}, {}} {
		if _, err := New(key, way, c, day(), &counting{}); !errors.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v; fault.Invalid is right", c, err)
		}
	}
	text := "recount ring/1\nslot 1 passphrase 2031-05-01 argon2id,3,65535,4 " + strings.Repeat("A", 43) + "= " + strings.Repeat("A", 64) + "\nmac " + strings.Repeat("A", 43) + "=\n"
	if _, err := Parse(summed(text)); !errors.Is(err, fault.Tampered) || !strings.Contains(err.Error(), "65535 KiB") {
		t.Errorf("a ring with a cost below the least: %v; fault.Tampered is right", err)
	}
	if _, err := Parse(summed(strings.Replace(text, "65535", "65536", 1))); err != nil {
		t.Errorf("the same with the least: %v", err)
	}
}

// summed puts a right sum under a text.
func summed(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return []byte(text + "sum " + hex.EncodeToString(sum[:]) + "\n")
}

func TestPassphrases(t *testing.T) {
	t.Parallel()
	key := must[*Key](t)(NewKey(&counting{}))
	// One as composed, with a no-break space; typed elsewhere decomposed.
	way := must[Way](t)(Passphrase("M\u00f6wen\u00a0am Hafen"))
	ring := must[*Ring](t)(New(key, way, LeastCost(), day(), &counting{}))
	ring = must[*Ring](t)(Parse(ring.Text()))
	got, err := ring.Open(must[Way](t)(Passphrase("Mo\u0308wen am Hafen")))
	if err != nil || got.master != key.master {
		t.Errorf("the same text typed otherwise: %v", err)
	}
	if _, err := ring.Open(must[Way](t)(Passphrase("mo\u0308wen am Hafen"))); !errors.Is(err, fault.Forbidden) {
		t.Errorf("another passphrase: %v; fault.Forbidden is right", err)
	}
	for _, typed := range []string{"", "two\nlines of it", "bell\a of the harbour", "\xff of the harbour"} {
		if _, err := Passphrase(typed); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v; fault.Invalid is right", typed, err)
		}
	}
	if _, err := New(key, must[Way](t)(Passphrase("eleven char")), LeastCost(), day(), &counting{}); !errors.Is(err, fault.Invalid) {
		t.Errorf("a short one: %v; fault.Invalid is right", err)
	}
}

func TestSlots(t *testing.T) {
	t.Parallel()
	ring, key, file, recovery := twoWays(t)
	want := []Slot{{Number: 1, Kind: ByKeyFile, Added: "2031-05-01"}, {Number: 2, Kind: ByRecovery, Added: "2031-05-01"}}
	if diff := cmp.Diff(want, ring.Slots()); diff != "" {
		t.Error(diff)
	}
	ring = must[*Ring](t)(Parse(ring.Text()))
	for _, way := range []Way{file, recovery} {
		if got, err := ring.Open(way); err != nil || got.master != key.master {
			t.Errorf("%s: %v", way.Kind(), err)
		}
	}
	other := must[Way](t)(KeyFile(must[[]byte](t)(NewKeyFile(&counting{9}))))
	_, err := ring.Open(other)
	if !errors.Is(err, fault.Forbidden) || !strings.Contains(err.Error(), "its key file, its recovery key") {
		t.Errorf("another key file: %v; fault.Forbidden with what opens it is right", err)
	}
	if _, err := ring.Open(must[Way](t)(Passphrase("gulls over the old harbour"))); !errors.Is(err, fault.Forbidden) {
		t.Errorf("a way that it does not have: %v; fault.Forbidden is right", err)
	}
	stranger := must[*Key](t)(NewKey(&counting{77}))
	for what, err := range map[string]error{
		"adding with another key":   second(ring.Add(stranger, other, UsualCost(), day(), &counting{})),
		"removing with another key": ring.Remove(stranger, 1),
	} {
		if !errors.Is(err, fault.Tampered) {
			t.Errorf("%s: %v; fault.Tampered is right", what, err)
		}
	}
	if err := ring.Remove(key, 3); !errors.Is(err, fault.NotFound) {
		t.Errorf("removing what is not there: %v", err)
	}
	if err := ring.Remove(key, 1); err != nil {
		t.Fatal(err)
	}
	if err := ring.Remove(key, 2); !errors.Is(err, fault.Conflict) {
		t.Errorf("removing the last slot: %v; fault.Conflict is right", err)
	}
	ring = must[*Ring](t)(Parse(ring.Text()))
	if _, err := ring.Open(file); !errors.Is(err, fault.Forbidden) {
		t.Errorf("a way that was removed: %v; fault.Forbidden is right", err)
	}
	for n := 1; n < mostSlots; n++ {
		if _, err := ring.Add(key, other, UsualCost(), day(), &counting{byte(n)}); err != nil {
			t.Fatal(n, err)
		}
	}
	if _, err := ring.Add(key, other, UsualCost(), day(), &counting{}); !errors.Is(err, fault.Conflict) {
		t.Errorf("a slot too many: %v; fault.Conflict is right", err)
	}
	if _, err := Parse(ring.Text()); err != nil {
		t.Errorf("a ring of the most slots: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// TestTampered changes each byte of a ring: by itself, and by somebody who
// computes the sum anew.
func TestTampered(t *testing.T) {
	t.Parallel()
	ring, _, file, recovery := twoWays(t)
	text := ring.Text()
	for i := range text {
		for _, bit := range []byte{1, 0x20} {
			changed := bytes.Clone(text)
			changed[i] ^= bit
			if _, err := Parse(changed); !errors.Is(err, fault.Tampered) {
				t.Errorf("byte %d ^ %#x: %v; fault.Tampered is right", i, bit, err)
			}
		}
	}
	body := text[:bytes.LastIndex(text, []byte("sum "))]
	for i := range body {
		changed := bytes.Clone(body)
		changed[i] ^= 1
		forged, err := Parse(summed(string(changed)))
		if err != nil {
			if !errors.Is(err, fault.Tampered) {
				t.Errorf("byte %d, with a sum: %v", i, err)
			}
			continue
		}
		for _, way := range []Way{file, recovery} {
			if _, err := forged.Open(way); !errors.Is(err, fault.Tampered) && !errors.Is(err, fault.Forbidden) {
				t.Errorf("byte %d, with a sum, by the %s: %v; it has to be refused", i, way.Kind(), err)
			}
		}
	}
	for n := range text {
		if _, err := Parse(text[:n]); !errors.Is(err, fault.Tampered) {
			t.Errorf("cut off at %d: %v", n, err)
		}
	}
	if _, err := Parse(append(bytes.Clone(text), '\n')); !errors.Is(err, fault.Tampered) {
		t.Errorf("a line too many: %v", err)
	}
}

func TestSealedFiles(t *testing.T) {
	t.Parallel()
	key := must[*Key](t)(NewKey(&counting{}))
	text := must[[]byte](t)(key.Seal("last-backup", []byte("a note"), &counting{}))
	if got, err := key.Open("last-backup", text); string(got) != "a note" || err != nil || !Sealed(text) {
		t.Errorf("%q %v", got, err)
	}
	if _, err := key.Open("other", text); !errors.Is(err, fault.Tampered) {
		t.Errorf("under another name: %v; fault.Tampered is right", err)
	}
	for i := range text {
		changed := bytes.Clone(text)
		changed[i] ^= 1
		if _, err := key.Open("last-backup", changed); !errors.Is(err, fault.Tampered) {
			t.Errorf("byte %d: %v; fault.Tampered is right", i, err)
		}
	}
	if _, err := key.Seal("x", nil, bytes.NewReader(nil)); !errors.Is(err, fault.Unavailable) {
		t.Errorf("without random bytes: %v", err)
	}
	other := must[*Key](t)(key.Copy())
	key.Forget()
	for what, err := range map[string]error{
		"deriving": second(key.Derive(nil, "x")), "copying": second(key.Copy()),
		"adding": second((&Ring{}).Add(key, must[Way](t)(KeyFile(must[[]byte](t)(NewKeyFile(&counting{})))), UsualCost(), day(), &counting{})),
	} {
		if !errors.Is(err, fault.Forbidden) {
			t.Errorf("%s from a key that was forgotten: %v; fault.Forbidden is right", what, err)
		}
	}
	if key.master != [32]byte{} {
		t.Error("the key is still in memory")
	}
	if _, err := other.Open("last-backup", text); err != nil {
		t.Errorf("by the copy: %v", err)
	}
}

func TestRecovery(t *testing.T) {
	t.Parallel()
	printed := must[string](t)(NewRecovery(&counting{}))
	if len(printed) != 47 || strings.Count(printed, "-") != 7 {
		t.Fatal(printed)
	}
	want := must[Way](t)(Recovery(printed))
	for _, typed := range []string{strings.ToLower(printed), strings.ReplaceAll(printed, "-", " "), strings.ReplaceAll(printed, "-", "") + "\n"} {
		if got, err := Recovery(typed); err != nil || !bytes.Equal(got.secret, want.secret) {
			t.Errorf("%q: %v", typed, err)
		}
	}
	for i, c := range printed {
		if c == '-' {
			continue
		}
		other := 'A'
		if c == 'A' {
			other = 'B'
		}
		if _, err := Recovery(printed[:i] + string(other) + printed[i+1:]); !errors.Is(err, fault.Invalid) {
			t.Errorf("letter %d mistyped: %v; fault.Invalid is right", i, err)
		}
	}
	for _, typed := range []string{"", "ABCDE", printed + "A", "01890-" + printed[6:]} {
		if _, err := Recovery(typed); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v; fault.Invalid is right", typed, err)
		}
	}
	for _, text := range []string{"", "recount key file/1\n", "recount key file/2\n" + strings.Repeat("A", 43) + "=\n", "recount key file/1\n" + strings.Repeat("A", 43) + "=\n\n"} {
		if _, err := KeyFile([]byte(text)); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v; fault.Invalid is right", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	rand := &counting{}
	file, err := NewKeyFile(rand)
	if err != nil {
		f.Fatal(err)
	}
	way, _ := KeyFile(file)
	key, _ := NewKey(rand)
	ring, err := New(key, way, UsualCost(), day(), rand)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(ring.Text())
	f.Add([]byte("recount ring/1\nmac \nsum \n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Parse(text)
		if err != nil {
			if !errors.Is(err, fault.Tampered) {
				t.Errorf("%v; fault.Tampered is right", err)
			}
			return
		}
		if !bytes.Equal(r.Text(), text) {
			t.Errorf("%q is read as %q", text, r.Text())
		}
	})
}

var _ io.Reader = (*counting)(nil)
