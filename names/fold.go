// SPDX-License-Identifier: Apache-2.0

// Package names compares names in many scripts by folding them: the forms of a
// name that differ only in case, accents, vowel signs, writing of a letter or
// punctuation have one fold. The rules are those of docs/formats/fold.md.
//
// A fold is a key beside a name, never a name: the name as it was written is
// kept and shown. A name without any letter or digit folds to "", and "" is no
// name at all: two records without a name agree in nothing. No function of this
// package answers that question for its caller, who must ask whether both keys
// are there before comparing them.
//
// # Compatibility
//
// Folds are stored with each record and hashed. The rules of fold@1, with the
// tables of Unicode 15.0, are frozen, and a golden test over every code point
// holds them; another rule would be fold@2 beside it.
package names

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Version is the name of the rules that Fold and Key follow.
const Version = "fold@1"

// Fold is the key under which two writings of one name are found: case folded,
// decomposed (NFKD), without vowel and accent marks, without invisible
// characters, letters that are written in several ways made one, and each run of
// anything that is not a letter or a digit made one space; no space at either
// end. It is "" where s has no letter and no digit.
//
// Fold(Fold(s)) is Fold(s). A byte that is not UTF-8 becomes U+FFFD and is kept,
// so that a damaged name is never the same as a whole one. There is no limit of
// length; the work grows with it linearly.
func Fold(s string) string {
	if folded, ok := plainFold(s); ok {
		return folded
	}
	return foldAll(s)
}

// plainFold is the fold of a text of ASCII alone, which need not be decomposed.
func plainFold(s string) (folded string, ok bool) {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return "", false
		}
	}
	out := make([]byte, 0, len(s))
	gap := false
	for i := range len(s) {
		c := s[i]
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		default:
			gap = true
			continue
		}
		if gap && len(out) > 0 {
			out = append(out, ' ')
		}
		gap = false
		out = append(out, c)
	}
	return string(out), true
}

func foldAll(s string) string {
	s = strings.Map(func(r rune) rune { return r }, s) // a wrong byte becomes U+FFFD
	// Decomposing shows letters that case folding has not seen, such as those in
	// a circle or of mathematics, and folding shows letters to decompose.
	s = lower(norm.NFKD.String(lower(s)))
	return decomposed(keep(norm.NFKD.String(s)))
}

// lower is Unicode's full case folding: not the lower case of a language.
func lower(s string) string { return cases.Fold().String(s) }

// decomposed puts marks that have come together in their order again. The joiner
// that the library puts into more than 30 marks in a row is left out.
func decomposed(s string) string {
	const graphemeJoiner = "\u034f"
	return strings.ReplaceAll(norm.NFKD.String(s), graphemeJoiner, "")
}

// keep leaves out what is left out, changes single letters, and makes every run
// of anything else one space.
func keep(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		if isDropped(r) {
			continue
		}
		if !isKept(r) {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		if other, ok := letters(r); ok {
			b.WriteString(other)
			continue
		}
		b.WriteRune(digit(r))
	}
	return b.String()
}

// isKept reports whether r is part of a word. Private and unassigned code points
// are: old fonts keep letters there, and leaving them out would make different
// names the same.
func isKept(r rune) bool {
	switch {
	case isApostrophe(r):
		return false
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r), r == unicode.ReplacementChar:
		return true
	}
	return !unicode.In(r, unicode.P, unicode.S, unicode.Z, unicode.Cc)
}

// isApostrophe is true of letters that are only another way to write an
// apostrophe, as in transliterated Arabic and in Ukrainian.
func isApostrophe(r rune) bool {
	return r >= 0x02B9 && r <= 0x02C1 || r == 0x02C8 || r == 0x02EE || r == 0xA78B || r == 0xA78C
}

// isDropped reports whether r is left out as if it were not there.
func isDropped(r rune) bool {
	switch {
	case r == 0x0640, // Arabic tatweel stretches a line
		r == 0x115F, r == 0x1160: // Hangul fillers are not to be seen
		return true
	case unicode.Is(unicode.Cf, r):
		return true
	}
	return unicode.In(r, unicode.Mn, unicode.Me) && isAccent(r)
}

// isAccent reports whether the mark r may be left out of a name. It may in the
// scripts that write names with and without it. In others the marks are the
// vowels or other letters, and leaving them out would make different names the
// same: those of South and South-East Asia, Thaana, Ethiopic, and the voiced
// sounds of Japanese (U+3099, U+309A).
func isAccent(r rune) bool {
	if r == 0x3099 || r == 0x309A {
		return false
	}
	return unicode.In(r, unicode.Inherited, unicode.Common, unicode.Latin, unicode.Greek, unicode.Cyrillic,
		unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Nko)
}

// Tokens are the words of the fold of s, in their order; none where it is "".
func Tokens(s string) []string { return strings.Fields(Fold(s)) }

// Key is the words of all parts, folded, sorted and joined by single spaces, so
// that the order in which a list has given, family and father's name does not
// count. A word that stands twice is kept twice. Key is "" where no part has a
// word: then it is no key, and equals nothing.
func Key(parts ...string) string {
	var tokens []string
	for _, part := range parts {
		tokens = append(tokens, Tokens(part)...)
	}
	slices.Sort(tokens)
	return strings.Join(tokens, " ")
}
