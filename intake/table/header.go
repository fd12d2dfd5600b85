// SPDX-License-Identifier: Apache-2.0

package table

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// FoldHeader is the name of a column for comparing: how an accented letter is
// composed, white space around it and how much of it stands between words, also the
// end of a line, do not count, nor what nobody sees: byte order marks, marks of
// direction, spaces of no width. Case counts.
func FoldHeader(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] > ' ' && s[i] < 0x7f
	}
	if plain {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if IsUnseen(r) {
			return -1
		}
		return r
	}, norm.NFC.String(s))
	return strings.Join(strings.Fields(s), " ")
}

// IsUnseen is true of characters that show nothing and join nothing. The joiners
// that Persian and Indian scripts need are not among them.
func IsUnseen(r rune) bool {
	switch {
	case r == 0xad, r == 0x61c, r == 0x180e, r == 0x200b, r == 0x200e, r == 0x200f, r == 0xfeff:
		return true
	}
	return r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x2064 || r >= 0x2066 && r <= 0x206f
}
