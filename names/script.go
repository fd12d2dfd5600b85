// SPDX-License-Identifier: Apache-2.0

package names

import "unicode"

// The answers of Script that are not one script (ISO 15924).
const (
	NoScript      = "Zyyy" // no letters at all
	UnknownScript = "Zzzz" // letters of a script that is not in the table
)

// Script is the ISO 15924 code of the script that most letters of s are of, such
// as "Arab" or "Latn"; of two with as many letters the one that comes first.
// Only letters are counted: spaces, digits, signs and marks are of no script.
func Script(s string) string {
	counts, best := map[string]int{}, NoScript
	var order []string
	for _, r := range s {
		if code, ok := scriptOf(r); ok {
			if counts[code] == 0 {
				order = append(order, code)
			}
			counts[code]++
		}
	}
	for _, code := range order {
		if counts[code] > counts[best] {
			best = code
		}
	}
	return best
}

// Mixed reports whether any word of s has letters of two scripts, such as a
// Cyrillic а in a Latin word: a sign of a wrong encoding or of a homoglyph.
func Mixed(s string) bool {
	word := ""
	for _, r := range s {
		code, isLetter := scriptOf(r)
		switch {
		case isLetter && word != "" && code != word && !(isJapanese(code) && isJapanese(word)):
			return true
		case isLetter:
			word = code
		case !unicode.IsMark(r) && !unicode.Is(unicode.Cf, r):
			word = ""
		}
	}
	return false
}

// scriptOf is the script of a letter. Letters of no one script, such as º and
// the long mark of Japanese, are left out.
func scriptOf(r rune) (string, bool) {
	if !unicode.IsLetter(r) || unicode.In(r, unicode.Common, unicode.Inherited) {
		return "", false
	}
	for _, script := range scripts() {
		if unicode.Is(script.table, r) {
			return script.code, true
		}
	}
	return UnknownScript, true
}

type script struct {
	code  string
	table *unicode.RangeTable
}

// isJapanese is true of the scripts that one Japanese word may have together.
func isJapanese(code string) bool { return code == "Hani" || code == "Hira" || code == "Kana" }

// scripts are those in which names are commonly written today.
func scripts() []script {
	return []script{
		{"Latn", unicode.Latin}, {"Arab", unicode.Arabic}, {"Cyrl", unicode.Cyrillic},
		{"Armn", unicode.Armenian}, {"Hebr", unicode.Hebrew}, {"Geor", unicode.Georgian},
		{"Grek", unicode.Greek}, {"Hani", unicode.Han}, {"Hang", unicode.Hangul},
		{"Hira", unicode.Hiragana}, {"Kana", unicode.Katakana}, {"Deva", unicode.Devanagari},
		{"Beng", unicode.Bengali}, {"Mymr", unicode.Myanmar}, {"Thai", unicode.Thai},
		{"Khmr", unicode.Khmer}, {"Laoo", unicode.Lao}, {"Tibt", unicode.Tibetan},
		{"Sinh", unicode.Sinhala}, {"Taml", unicode.Tamil}, {"Telu", unicode.Telugu},
		{"Knda", unicode.Kannada}, {"Mlym", unicode.Malayalam}, {"Gujr", unicode.Gujarati},
		{"Guru", unicode.Gurmukhi}, {"Orya", unicode.Oriya}, {"Ethi", unicode.Ethiopic},
		{"Syrc", unicode.Syriac}, {"Thaa", unicode.Thaana}, {"Nkoo", unicode.Nko},
		{"Mong", unicode.Mongolian}, {"Cher", unicode.Cherokee}, {"Tfng", unicode.Tifinagh},
		{"Adlm", unicode.Adlam}, {"Rohg", unicode.Hanifi_Rohingya},
	}
}
