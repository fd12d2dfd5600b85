// SPDX-License-Identifier: Apache-2.0

package words

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"

	"recount/fault"
)

var place = regexp.MustCompile(`\{[a-z]+\}`) //nolint:gochecknoglobals // never changes

// Places are the places for values in a text, sorted, each once: {n}, {name}.
func Places(text string) []string {
	found := place.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// Places are those of all forms.
func (t Text) Places() []string { return Places(strings.Join(values(t.Forms), " ")) }

func values(m map[string]string) (all []string) {
	for _, v := range m {
		all = append(all, v)
	}
	return all
}

// PluralForms are the plural categories that whole numbers have in a language,
// in the order of CLDR ("Language Plural Rules", cardinal).
func PluralForms(tag string) []string {
	l, have := language.Make(tag), map[string]bool{"other": true}
	for n := range int64(1001) { // the rules look at n modulo 10, 100 and, in Breton and Cornish, 1000 …
		have[pluralForm(l, n)] = true
	}
	for _, n := range []int64{100_000, 1_000_000} { // … and some at thousands and millions
		have[pluralForm(l, n)] = true
	}
	var all []string
	for _, form := range forms() {
		if have[form] {
			all = append(all, form)
		}
	}
	return all
}

// Counted reports whether the source has plural forms for a key, so that each
// language needs its own.
func (b *Book) Counted(key string) bool { return len(b.texts[Source][key].Forms) > 1 }

// Check says what is wrong with one form of a translation of a key, or nil: a
// form that the language does not have, markup, characters that control or
// turn the text, a place that is missing or that the source does not have.
// The forms zero, one and two may write the number out and leave out {n}.
func (b *Book) Check(tag, key, form, text string) error {
	source, ok := b.texts[Source][key]
	switch {
	case !ok:
		return fmt.Errorf("%w: the key %q, which English does not have", fault.Invalid, key)
	case !b.Counted(key) && form != "other":
		return fmt.Errorf("%w: the plural form %q of a text that counts nothing (accepted: none)", fault.Invalid, form)
	case !slices.Contains(PluralForms(tag), form):
		return fmt.Errorf("%w: the plural form %q (accepted in this language: %s)", fault.Invalid, form, strings.Join(PluralForms(tag), ", "))
	case strings.TrimSpace(text) == "":
		return fmt.Errorf("%w: an empty text", fault.Invalid)
	case strings.ContainsAny(text, "<>"):
		return fmt.Errorf("%w: markup, by its < or > (accepted: text)", fault.Invalid)
	}
	for _, r := range text {
		if unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == unicode.ReplacementChar {
			return fmt.Errorf("%w: the character U+%04X, which controls or turns the text", fault.Invalid, r)
		}
	}
	has, wants := Places(text), source.Places()
	for _, p := range has {
		if !slices.Contains(wants, p) {
			return fmt.Errorf("%w: the place %s, which English does not have (accepted: %s)", fault.Invalid, p, named(wants))
		}
	}
	for _, p := range wants {
		spelled := p == "{n}" && slices.Contains([]string{"zero", "one", "two"}, form) && b.Counted(key)
		if !spelled && !slices.Contains(has, p) && inAll(source, p) {
			return fmt.Errorf("%w: the place %s is missing", fault.Invalid, p)
		}
	}
	if rest := place.ReplaceAllString(text, ""); strings.ContainsAny(rest, "{}") {
		return fmt.Errorf("%w: a brace that belongs to no place (accepted: %s)", fault.Invalid, named(wants))
	}
	return nil
}

// inAll reports whether the form for many has the place: what only the form
// for one leaves out must be there.
func inAll(t Text, p string) bool { return slices.Contains(Places(t.Forms["other"]), p) }

func named(places []string) string {
	if len(places) == 0 {
		return "none"
	}
	return strings.Join(places, " ")
}
