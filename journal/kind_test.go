// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
)

func TestKinds(t *testing.T) {
	t.Parallel()
	list, err := parseKinds(kindsText)
	if err != nil || len(list) < 21 {
		t.Fatalf("%d kinds, %v", len(list), err)
	}
	for _, k := range Kinds() {
		if got, ok := KindNamed(k.Name); !ok || cmp.Diff(k, got) != "" {
			t.Errorf("%s is not found by its name", k.Name)
		}
		if k.IsEntry() != strings.Contains(k.Name, ".") {
			t.Errorf("%s: IsEntry %v", k.Name, k.IsEntry())
		}
	}
	for _, bad := range []string{"a", "A@1 b", "a@0 b", "a@1", "a@1  b", "a@1 b b", "a@1 B", "a@01 b", strings.Repeat("a", 63) + "@1 b", "a@1 b\na@1 c", "@1 b", "a@1 b "} {
		if _, err := parseKinds(bad); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// The page of the kinds has the table as it is embedded.
func TestKindsPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/formats/kinds.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```\n")
	got, _, _ := strings.Cut(rest, "```")
	want := ""
	for line := range strings.Lines(kindsText) {
		if line[0] != '#' {
			want += line
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for _, k := range Kinds() {
		if !strings.Contains(string(page), "| `"+k.Name+"` |") {
			t.Errorf("%s is not described", k.Name)
		}
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	for _, list := range [][]Leaf{{}, {{1}}, {{2}, {1}, {2}}} {
		v := LeafList(list)
		got, err := ParseLeafList(v.Text())
		if err != nil || cmp.Diff(list, got) != "" || !v.Present() {
			t.Errorf("%v: %v, %v", list, got, err)
		}
	}
	for _, bad := range []string{"0", strings.Repeat("A", 64), Leaf{}.String() + "\n", Leaf{}.String() + "," + Leaf{}.String()} {
		if _, err := ParseLeafList(bad); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
