// SPDX-License-Identifier: Apache-2.0

package audit_test

import (
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"recount/audit"
	"recount/fault"
)

func event() audit.Event {
	return audit.Event{Time: "2031-04-05T06:07:08Z", Actor: "Mira Olten", Act: audit.Viewed, Kind: "records", Shown: 2}
}

// TestForm: the form that is hashed never changes.
func TestForm(t *testing.T) {
	t.Parallel()
	const want = `{"time":"2031-04-05T06:07:08Z","actor":"Mira Olten","act":"viewed","kind":"records","shown":2}`
	got, err := event().JSON()
	if err != nil || string(got) != want {
		t.Fatalf("JSON = %s, %v; want %s", got, err, want)
	}
	// docs/audit.md: the leaf is SHA-256 over a tag and the JSON.
	if got, want := audit.Leaf(got), sha256.Sum256([]byte("rc1 audit\n"+want)); got != want {
		t.Errorf("Leaf = %s, want %x", got, want)
	}
	if back, err := audit.Parse(got); err != nil || back != event() {
		t.Errorf("Parse = %+v, %v", back, err)
	}
}

// TestGrave: what leaves the archive, opens what is closed or lets somebody in is
// written down before the answer is given; looking at pages need not be.
func TestGrave(t *testing.T) {
	t.Parallel()
	light := map[audit.Act]bool{audit.Viewed: true, audit.Listed: true, audit.Searched: true, audit.Verified: true, audit.Refused: true, audit.SignedIn: true}
	for _, act := range audit.Acts() {
		if act.Grave() == light[act] {
			t.Errorf("%s: grave is %t", act, act.Grave())
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	good, err := event().JSON()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"nothing":             "",
		"no event":            "[]",
		"a space":             strings.Replace(string(good), ":", ": ", 1),
		"a key more":          strings.Replace(string(good), "{", `{"name":"x",`, 1),
		"an act that is none": strings.Replace(string(good), "viewed", "glanced", 1),
		"something after":     string(good) + "\n",
		"an empty key":        strings.Replace(string(good), `"shown":2`, `"id":""`, 1),
	} {
		if _, err := audit.Parse([]byte(text)); !errors.Is(err, fault.Tampered) {
			t.Errorf("%s: Parse = %v, want fault.Tampered", name, err)
		}
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	one, other := event(), event()
	other.Time, other.Times = audit.At(time.Unix(0, 0)), 3
	if !one.Same(other) {
		t.Error("time and times make no difference")
	}
	if other.ID = "x"; one.Same(other) {
		t.Error("another thing is another look")
	}
}

func FuzzParse(f *testing.F) {
	good, err := event().JSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := audit.Parse(text)
		if err != nil {
			return
		}
		if again, err := e.JSON(); err != nil || string(again) != string(text) {
			t.Errorf("%q is read as %q, %v", text, again, err)
		}
	})
}
