// SPDX-License-Identifier: Apache-2.0

package edtf

import (
	"strings"
	"unicode"
)

// levelTwo says why a text is refused that is recognisably of a kind that is not
// supported: a number form of level 2, or an older draft. It is ""
// where the text has to be read to know.
func levelTwo(s string) string {
	switch {
	case s == "":
		return "it is empty; " + plain
	case strings.ContainsFunc(s, unicode.IsSpace):
		return "a date has no white space; " + plain
	case strings.ContainsAny(s, "()"):
		return "brackets belong to a draft of before 2019; write the mark ? or ~ after the part it is about, such as 2004-06~-11"
	case hasNumberForm(s):
		return "exponents and significant digits are level 2 and not supported; write the year in full, or X for the digits not known, such as 19XX"
	case ofOldDraft(s):
		return "it is of a draft of before 2019; write X for an unspecified digit, .. for an open end, nothing for an unknown end and Y before a long year"
	case hasPartOpen(s):
		return "an open end beside a date is level 2 and not supported; write .. in the place of the end, such as 2004-06-01/.."
	}
	return ""
}

// hasNumberForm reports whether a digit is followed by E or S.
func hasNumberForm(s string) bool {
	for i := 1; i < len(s); i++ {
		if (s[i] == 'E' || s[i] == 'S') && s[i-1] >= '0' && s[i-1] <= '9' {
			return true
		}
	}
	return false
}

func hasPartOpen(s string) bool {
	for part := range strings.SplitSeq(s, "/") {
		if part != ".." && (strings.HasPrefix(part, "..") || strings.HasSuffix(part, "..")) {
			return true
		}
	}
	return false
}

// oldWords turns the words of the drafts before 2019 into today's signs.
func oldWords(s string) string {
	if !strings.ContainsAny(s, "uoxy") {
		return s // no word begins with another letter; most dates have none
	}
	return strings.NewReplacer("unknown", "", "open", "..", "u", "X", "x", "X", "y", "Y").Replace(s)
}

// ofOldDraft reports whether s would be of today's signs but for such a word.
func ofOldDraft(s string) bool {
	today := oldWords(s)
	return today != s && strings.ContainsAny(today, "0123456789") && strings.Trim(today, "0123456789XY-/?~%.[]{},") == ""
}
