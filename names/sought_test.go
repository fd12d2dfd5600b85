// SPDX-License-Identifier: Apache-2.0

package names

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSought(t *testing.T) {
	t.Parallel()
	whole := Sight{Whole: true}
	for _, test := range []struct {
		spelling, text string
		want           Sight
	}{
		{"Zyxqwv Plomvark", "brother of Zyxqwv Plomvark", whole},
		{"Zyxqwv Plomvark", "PLOMVARK, zyxqwv", whole},
		{"Zyxqwv Plomvark", "the Plomvarks: young Zyxqwva", whole},
		{"Zyxqwv Plomvark", "zyxqwvplomvark@example.org", whole},
		{"Zyxqwv Plom-Vark", "Zyxqwv Plomvark", whole},
		{"Zyxqwv Plomvark", "Plomvark is not Bo", Sight{Parts: []string{"plomvark"}}},
		{"Zyxqwv Plomvark", "Plomvark " + strings.Repeat("and ", 40) + "Zyxqwv", Sight{Parts: []string{"zyxqwv", "plomvark"}}},
		{"Zyxqwv Plomvark", "Plom vark", Sight{}},
		{"Zyxqwv Plomvark", "", Sight{}},
		// A short word must stand alone, and no part is named that is short.
		{"Bo Li", "Li, Bo", whole},
		{"Bo Li", "Boxes of Lime", Sight{}},
		{"Bo Plomvark", "Bo came; the boxes", Sight{}},
		{"Bo Plomvark", "Plomvark had boxes", Sight{Parts: []string{"plomvark"}}},
		// A script without spaces.
		{"王小明", "他是王小明的弟弟", whole},
		// Accents and marks, by names.Fold.
		{"Müller Jörg", "JORG MULLER", whole},
		{"أحمد الكرمي", "احمد الكرمي", whole},
		// No name at all finds nothing.
		{"— ?", "— ?", Sight{}},
	} {
		if diff := cmp.Diff(test.want, Seek(test.spelling).In(test.text)); diff != "" {
			t.Errorf("%q in %q (-want +got):\n%s", test.spelling, test.text, diff)
		}
	}
	if (Sought{}).In("anything").Whole || !Seek("?").Empty() {
		t.Error("nothing sought finds something")
	}
}

// TestPlainFold: what is folded the short way is what the rules give.
func FuzzPlainFold(f *testing.F) {
	for _, s := range []string{"", " a", "A-b  C.", "x'y", "10\x00\x7f\t9", "~`^_"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := plainFold(s)
		if want := foldAll(s); ok && got != want {
			t.Errorf("plainFold(%q) = %q, want %q", s, got, want)
		}
	})
}
