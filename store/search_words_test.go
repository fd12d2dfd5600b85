// SPDX-License-Identifier: Apache-2.0

package store

import (
	"strings"
	"testing"
	"unicode/utf8"

	"recount/names"
)

// fold takes a way of its own for plain letters; it must lead to the same.
func FuzzFold(f *testing.F) {
	var all strings.Builder
	for c := range byte(utf8.RuneSelf) {
		all.WriteByte(c)
	}
	for _, s := range []string{all.String(), "", "  A-b'C ", "x\x00y", "Zelený", "Ünal 12"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := fold(s), names.Fold(s); got != want {
			t.Errorf("fold(%q) is %q, names.Fold %q", s, got, want)
		}
	})
}

// Whatever a text is asked for by that it has itself, the index has it, and
// matching finds it.
func FuzzTerms(f *testing.F) {
	for _, s := range []string{"Ana Brandt", "الخطيبو سمرين", "ال", "王小明 abc王", "กขค", "row 12 x7", strings.Repeat("ж", 300), "ab…c", "\xff\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := newDoc(1, "", []string{s})
		if len(s) > 4_000 {
			return
		}
		has := map[string]bool{}
		for _, word := range strings.Fields(d.words) {
			has[word] = true
		}
		for _, term := range searchTerms(s) {
			if !term.in(fold(s)) {
				t.Errorf("%q: %+v is not matched", s, term)
			}
			if !term.run && !has[term.text] {
				t.Errorf("%q: %+v is not in the index", s, term)
			}
			if term.run {
				pairs(term.text, func(pair string) {
					if !has[pair] {
						t.Errorf("%q: the pair %q is not in the index", s, pair)
					}
				})
			}
		}
	})
}
