// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"
	"strings"
	"unicode"

	"recount/fault"
)

// isControl reports whether a character has no place in a statement: control
// characters but tab and line feed, and the two that mark places.
func isControl(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || isMark(r)
}

// checkDirections refuses what makes text look other than it is written
// (UAX #9): overrides, which turn digits round, and embeddings and isolates
// that do not end within their paragraph, the lines between two empty ones.
func checkDirections(text string) error {
	var open []rune // what would end each that was begun
	began := 0
	bad := func(line int, what string) error {
		return fmt.Errorf("%w: statement, line %d: %s; accepted are text as it is, dir: in the head, and U+2066, U+2067, U+2068 or U+202A, U+202B with their ends U+2069 or U+202C in the same paragraph", fault.Invalid, line, what)
	}
	line := 0
	for text := range strings.SplitSeq(text, "\n") {
		line++
		if strings.Trim(text, " \t") == "" && len(open) > 0 {
			return bad(began, "a change of direction that does not end in its paragraph")
		}
		for _, r := range text {
			switch r {
			case '\u202D', '\u202E':
				return bad(line, "an override of direction, U+202D or U+202E")
			case '\u202A', '\u202B':
				open, began = append(open, '\u202C'), line
			case '\u2066', '\u2067', '\u2068':
				open, began = append(open, '\u2069'), line
			case '\u202C', '\u2069':
				if len(open) == 0 || open[len(open)-1] != r {
					return bad(line, "the end of a change of direction that did not begin there")
				}
				open = open[:len(open)-1]
			}
		}
	}
	if len(open) > 0 {
		return bad(began, "a change of direction that does not end in its paragraph")
	}
	return nil
}

// figureMark stands for a figure in the text that touches looks at.
const figureMark = '\uFDD0'

// touches answers the numbers, from 0, of the figures that would be read as
// part of another number or of a word: a letter, digit, mark or figure touches
// them, or a sign between digits does with a digit behind it, or three digits
// follow after a space, as thousands are written.
func touches(text []rune) []int {
	var list []int
	n := -1
	for i, r := range text {
		if r != figureMark {
			continue
		}
		n++
		before := func(k int) rune { return visible(text, i, -1, k) }
		after := func(k int) rune { return visible(text, i, 1, k) }
		thousands := after(0) == ' ' && unicode.IsNumber(after(1)) && unicode.IsNumber(after(2)) && unicode.IsNumber(after(3)) && !unicode.IsNumber(after(4))
		if isWord(before(0)) || isWord(after(0)) || thousands ||
			isJoint(before(0)) && isDigit(before(1)) || isJoint(after(0)) && isDigit(after(1)) {
			list = append(list, n)
		}
	}
	return list
}

// visible is the k-th character from text[i] on in one direction, from 0, that
// is not a format character; 0 behind the end.
func visible(text []rune, i, step, k int) rune {
	for i += step; i >= 0 && i < len(text); i += step {
		if unicode.Is(unicode.Cf, text[i]) {
			continue
		}
		if k == 0 {
			return text[i]
		}
		k--
	}
	return 0
}

func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || r == figureMark
}
func isDigit(r rune) bool { return unicode.IsNumber(r) || r == figureMark }

// isJoint reports whether a sign stands between the digits of one number in
// some way of writing.
func isJoint(r rune) bool { return strings.ContainsRune(".,'’·٫٬\u00A0\u2007\u2009\u202F", r) }
