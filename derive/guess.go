// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// candidate is an encoding that a guess may name, with the letters that stand
// most in texts of its languages among those that are not ASCII.
type candidate struct {
	name   string
	by     *charmap.Charmap
	common string
}

// candidates in the order in which they win where they fit alike.
func candidates() []candidate {
	return []candidate{
		{"windows-1252", charmap.Windows1252, "éèàçêîôùâûäöüßñáíóúãõåæøëïÉÄÖÜ"},
		{"windows-1250", charmap.Windows1250, "ąęłśżźćńěščřžýáíéúůőűđĄŁŚŻŠČŘŽ"},
		{"windows-1254", charmap.Windows1254, "ışğüöçİâŞÇ"},
		{"windows-1257", charmap.Windows1257, "āčēģīķļņšūžėįųąõäöü"},
		{"windows-1251", charmap.Windows1251, "оеаинтсрвлкмдпуяыьгзбчйхжіїєў"},
		{"windows-1253", charmap.Windows1253, "αοιετσνηυρπκμλςάίόέήδγω"},
		{"windows-1255", charmap.Windows1255, "יוהלאמרתבשנכדעפחקםן"},
		{"windows-1256", charmap.Windows1256, "اليمونرتبةعدسفكهحجقشپچگ"},
	}
}

// guess names the encoding under which the bytes that are not ASCII read most
// like words. It is a guess, and what is shown says so.
func guess(data []byte) (string, encoding.Encoding) {
	data = data[:min(len(data), sampleBytes)]
	all := candidates()
	best, most := all[0], 0
	for i, c := range all {
		if fit := c.fit(data); i == 0 || fit > most {
			best, most = c, fit
		}
	}
	return best.name, best.by
}

// fit adds up over the letters that are not ASCII: a common one counts for it,
// any other a little against it, and so does what words do not do: two scripts
// in one word, a capital behind a small letter, a sign between two letters, a
// byte without a character, and of Latin letters three accents in a row.
func (c candidate) fit(data []byte) int {
	sum, row := 0, 0
	before := ' '
	for _, b := range data {
		r := c.by.DecodeByte(b)
		if b < utf8.RuneSelf {
			if unicode.IsLetter(before) && before >= utf8.RuneSelf && unicode.IsLetter(r) && !unicode.Is(unicode.Latin, before) {
				sum -= 4
			}
			before, row = r, 0
			continue
		}
		sum += c.worth(r, before)
		if row++; row >= 3 && unicode.Is(unicode.Latin, r) {
			sum -= 3
		}
		before = r
	}
	return sum
}

func (c candidate) worth(r, before rune) int {
	switch {
	case r == utf8.RuneError || isControl(r):
		return -10
	case !unicode.IsLetter(r) && !unicode.IsMark(r):
		if unicode.IsLetter(before) && !unicode.IsPunct(r) && r != 0xa0 {
			return -4
		}
		return 0
	}
	worth := -1
	if strings.ContainsRune(c.common, r) {
		worth = 3
	}
	if unicode.IsUpper(r) && unicode.IsLower(before) {
		worth -= 4
	}
	if unicode.IsLetter(before) && unicode.Is(unicode.Latin, r) != unicode.Is(unicode.Latin, before) {
		worth -= 4
	}
	return worth
}
