// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/store"
)

// travelVector is the one of docs/formats/travel.md.
func travelVector(t testing.TB) []byte {
	t.Helper()
	page, err := os.ReadFile("../docs/formats/travel.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(page), "```\n")
	text, _, ended := strings.Cut(text, "```")
	if !found || !ended {
		t.Fatal("docs/formats/travel.md has no vector")
	}
	return []byte(text)
}

func TestTravelText(t *testing.T) {
	t.Parallel()
	text := travelVector(t)
	got, err := store.ParseTravel(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), string(got.Text())); diff != "" {
		t.Errorf("written again (-read +written):\n%s", diff)
	}
	if got.Size != 3 || got.Entries != 1 || got.Objects != 1 || got.Class != "internal" || len(got.Compartments) != 1 || got.Made.Format("2006-01-02 15:04:05") != "2031-04-05 06:07:08" {
		t.Errorf("read as %+v", got)
	}
	for i, line := range strings.SplitAfter(string(text), "\n") {
		if line == "" || strings.HasPrefix(line, "leaf") || strings.HasPrefix(line, "object ") {
			continue // without one of these it is another text
		}
		if _, err := store.ParseTravel([]byte(strings.Replace(string(text), line, "", 1))); !errors.Is(err, fault.Invalid) {
			t.Errorf("without line %d: %v", i+1, err)
		}
	}
	for _, more := range []string{"x", "\n", "leaf 00\n", "row 00\n", "object\n"} {
		if _, err := store.ParseTravel([]byte(string(text) + more)); !errors.Is(err, fault.Invalid) {
			t.Errorf("with %q at its end: %v", more, err)
		}
	}
	for _, other := range [][2]string{{"size 3", "size 03"}, {"size 3", "size -3"}, {"class internal", "class any"}, {"k-0011223344556677", "p-0011223344556677"}, {"08Z", "08+00:00"}, {"HR8=", "HR8"}} {
		changed := bytes.Replace(text, []byte(other[0]), []byte(other[1]), 1)
		if _, err := store.ParseTravel(changed); !bytes.Equal(changed, text) && !errors.Is(err, fault.Invalid) {
			t.Errorf("%s for %s: %v", other[1], other[0], err)
		}
	}
}

// FuzzParseTravel: what is read is what would be written, to the byte.
func FuzzParseTravel(f *testing.F) {
	f.Add(travelVector(f))
	f.Add([]byte("recount travel/1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		read, err := store.ParseTravel(text)
		if err != nil {
			if !errors.Is(err, fault.Invalid) {
				t.Errorf("%v is no fault.Invalid", err)
			}
			return
		}
		if !bytes.Equal(read.Text(), text) {
			t.Errorf("%q is written again as %q", text, read.Text())
		}
	})
}
