// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Nothing in a file of one byte a letter says which letters are meant, and a wrong
// guess gives names that look like names. So none is taken: readings shows the file's
// own words in the encodings that fit them best, and a person names one.

// guessed are the encodings that lists come in, the commoner first.
func guessed() []string {
	return []string{
		"windows-1251", "windows-1252", "windows-1250", "windows-1254", "windows-1256", "windows-1253", "windows-1255", "windows-1257", "iso-8859-2", "iso-8859-5",
		"koi8-r", "ibm866", "ibm850", "macintosh", "x-mac-cyrillic",
	}
}

// reading is a text in one encoding, and how well its words look.
type reading struct {
	name  string
	score int
}

// mostReadings is how many are shown.
const mostReadings = 5

// readings shows how a cell that is not UTF-8 would read in the encodings that fit
// the file best, beside the first line of it that has such letters. sample is the
// beginning of the file: a cell alone says too little, and a header alone as well.
func readings(sample, cell []byte) string {
	var fit []reading
	all := append(append(bytes.Clone(sample), '\n'), cell...)
	for _, name := range guessed() {
		if s, ok := decoded(name, all); ok {
			score := plausible(s)
			if name == "macintosh" && bytes.ContainsRune(sample, '\r') && !bytes.ContainsRune(sample, '\n') {
				score += 3 // lines end as they did on that system
			}
			fit = append(fit, reading{name, score})
		}
	}
	slices.SortStableFunc(fit, func(a, b reading) int { return b.score - a.score })
	line := firstForeign(sample)
	var shown []string
	for i, r := range fit {
		if i == mostReadings || i > 1 && r.score < fit[0].score/4 {
			break
		}
		s, _ := decoded(r.name, cell)
		text := fmt.Sprintf("%s reads %q", r.name, clip(s, 40))
		if s, _ := decoded(r.name, line); len(line) > 0 && strings.TrimSpace(s) != "" {
			text += fmt.Sprintf(", and a line of the file %q", clip(s, 60))
		}
		shown = append(shown, text)
	}
	if len(shown) == 0 {
		return ""
	}
	return "by its letters the likelier first: " + strings.Join(shown, "; ")
}

func decoded(name string, b []byte) (string, bool) {
	s, err := encodings()[name].NewDecoder().Bytes(b)
	return string(s), err == nil && !bytes.ContainsRune(s, utf8.RuneError)
}

// firstForeign is the first line that is not ASCII.
func firstForeign(sample []byte) []byte {
	for line := range bytes.FieldsFuncSeq(sample, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if slices.ContainsFunc(line, func(b byte) bool { return b >= 0x80 }) {
			return line
		}
	}
	return nil
}

// plausible scores words that are not ASCII alone: letters of one script, capitals at
// the beginning, accents here and there and not everywhere, no signs inside of words.
func plausible(text string) (score int) {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r < 0x80 && !unicode.IsLetter(r) }) {
		foreign, signs := 0, 0
		for _, r := range word {
			switch {
			case r < 0x80:
			case unicode.IsLetter(r), unicode.IsMark(r):
				foreign++
			case strings.ContainsRune("«»“”„‘’–—№ \u00ad\u200c\u200d\u200e\u200f·،؛؟", r):
			default:
				signs++
			}
		}
		score += foreign - 5*signs
		if foreign == 0 {
			continue
		}
		letters := []rune(strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }))
		score -= 6*(scriptsIn(letters)-1) + 3*turns(letters)
		if crowded(letters, foreign) || unspoken(letters) {
			score -= 2 * foreign
		}
		for _, r := range letters {
			if strings.ContainsRune(common, unicode.ToLower(r)) {
				score++
			}
		}
	}
	return score
}

// common are the letters beyond ASCII that lists have most, of the scripts that these
// encodings hold.
const common = "оеаинтсрвлкмдпуяыьгзбчйхж" + "éèêàâçñöäüßåøíóúáãõłśżćęąčšžřěýđğış" + "اليمنترسدبةعكحهشوج" + "αειοτνσηρπκμλ" + "אבדהוילמנרשת"

func script(r rune) *unicode.RangeTable {
	for _, t := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Arabic, unicode.Hebrew, unicode.Armenian, unicode.Georgian} {
		if unicode.Is(t, r) {
			return t
		}
	}
	return nil
}

// scriptsIn is of how many scripts the letters of a word are.
func scriptsIn(word []rune) int {
	var seen []*unicode.RangeTable
	for _, r := range word {
		if s := script(r); s != nil && !slices.Contains(seen, s) {
			seen = append(seen, s)
		}
	}
	return max(len(seen), 1)
}

// turns is how often a capital stands behind a small letter.
func turns(word []rune) (n int) {
	for i := 1; i < len(word); i++ {
		if unicode.IsLower(word[i-1]) && unicode.IsUpper(word[i]) {
			n++
		}
	}
	return n
}

// crowded: a Latin word of three letters and more most of which have accents is one
// of another script, read wrongly.
func crowded(word []rune, foreign int) bool {
	return len(word) >= 3 && script(word[0]) == unicode.Latin && foreign*5 > len(word)*3
}

// unspoken: a Cyrillic word of three letters and more without a vowel, or one that
// begins with a sign that no word begins with.
func unspoken(word []rune) bool {
	if len(word) < 2 || script(word[0]) != unicode.Cyrillic {
		return false
	}
	if strings.ContainsRune("ьъыЬЪЫ", word[0]) {
		return true
	}
	return len(word) >= 3 && !strings.ContainsAny(string(word), "аеёиоуыэюяіїєАЕЁИОУЫЭЮЯІЇЄрР")
}

// MixedScripts reports whether the letters of one word are of two scripts that no
// word has together: a sign of a wrong encoding, or of a letter from another keyboard.
func MixedScripts(text string) bool {
	ascii := true
	for i := 0; i < len(text) && ascii; i++ {
		ascii = text[i] < 0x80
	}
	if ascii {
		return false
	}
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		if scriptsIn([]rune(word)) > 1 {
			return true
		}
	}
	return false
}
