// SPDX-License-Identifier: Apache-2.0

package table

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// memberName is what a file of a ZIP is called. A ZIP says only of UTF-8 in which
// letters its names are, and many programs do not say even that.
type memberName struct {
	shown    string   // as it is shown and named
	readings []string // what it can be named as well: the other letters that it may be in
	guessed  bool     // shown was found by which letters stand together
	letters  string   // those that shown is read as then, as an encoding of Encodings
}

// namesIn are the letters in which names of ZIPs come most, beside UTF-8: those of
// the systems that made them. The order is that of preference among equals.
func namesIn() []string {
	return []string{"windows-1252", "ibm866", "windows-1251", "ibm437", "ibm850", "windows-1256", "koi8-r"}
}

// nameOfMember reads a name: by the field that holds it in UTF-8 where a program
// wrote one, as UTF-8 where it is that, whatever the flag says, else by guess. extra
// is the file's extra field.
func nameOfMember(raw string, extra []byte) memberName {
	if name, ok := unicodePath(raw, extra); ok {
		return memberName{shown: plainName(name)}
	}
	if utf8.ValidString(raw) {
		return memberName{shown: plainName(raw)}
	}
	m := memberName{guessed: true}
	best := 0
	for _, name := range namesIn() {
		e := encodings()[name]
		s, err := e.NewDecoder().String(raw)
		if err != nil || strings.ContainsRune(s, utf8.RuneError) || strings.ContainsFunc(s, unicode.IsControl) {
			continue
		}
		s = plainName(s)
		odd := oddness(s)
		if m.shown == "" || odd < best {
			m.shown, m.letters, best = s, name, odd
		}
		m.readings = append(m.readings, s)
	}
	if m.shown == "" {
		m.shown = plainName(strings.ToValidUTF8(raw, "\ufffd"))
	}
	return m
}

// is tells whether a mapping means this file: by any of its readings, and whether
// an accented letter is one character or two does not count.
func (m memberName) is(named string) bool {
	if sameName(m.shown, named) {
		return true
	}
	for _, r := range m.readings {
		if sameName(r, named) {
			return true
		}
	}
	return false
}

// sameName: systems compose accented letters differently, and copy the rest.
func sameName(a, b string) bool { return a == b || norm.NFC.String(a) == norm.NFC.String(b) }

// unicodePath is the name that the extra field 0x7075 gives, which is of this name
// where it has its checksum (APPNOTE.TXT 6.3, 4.6.9).
func unicodePath(raw string, extra []byte) (string, bool) {
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if n > len(extra)-4 {
			return "", false
		}
		field := extra[4 : 4+n]
		if id == 0x7075 && n > 5 && field[0] == 1 && binary.LittleEndian.Uint32(field[1:]) == crc32.ChecksumIEEE([]byte(raw)) && utf8.Valid(field[5:]) {
			return string(field[5:]), true
		}
		extra = extra[4+n:]
	}
	return "", false
}

// plainName is a name with the separators of every system as one, and without
// characters that cannot be seen or that turn the direction of what follows.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\\':
			return '/'
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\u2028', r == '\u2029':
			return '\ufffd'
		}
		return r
	}, s)
}

// oddness is how little a name looks like one: signs that no name has, letters of
// two scripts in one word, a great letter behind a small one, accented letters in a
// row.
func oddness(s string) (odd int) {
	var before rune
	for _, r := range s {
		letter := unicode.IsLetter(r)
		switch {
		case r < 0x80 || r == '’': // an apostrophe is likelier than the letter Æ
		case !letter && strings.ContainsRune("‘“”–—«»№", r):
			odd += 2
		case !letter && !unicode.Is(unicode.M, r):
			odd += 6
		case unicode.Is(unicode.Latin, r) && before >= 0x80 && unicode.IsLetter(before):
			odd += 3
		case unicode.Is(unicode.Greek, r):
			odd += 3
		}
		if letter && unicode.IsLetter(before) {
			if scriptOf(r) != scriptOf(before) {
				odd += 5
			}
			if unicode.IsUpper(r) && unicode.IsLower(before) {
				odd += 4
			}
		}
		before = r
	}
	return odd
}

func scriptOf(r rune) int {
	for i, t := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Arabic} {
		if unicode.Is(t, r) {
			return i
		}
	}
	return -1
}

// said is the notice about a name that was read by guess. It goes into receipts, which
// hold no names of files.
func (m memberName) said() string {
	if m.letters == "" {
		return "the ZIP does not say in which letters the name of this file is, and it is in none that are known"
	}
	return fmt.Sprintf("the ZIP does not say in which letters the name of this file is; it was read as %s, by which letters stand together", m.letters)
}

// meantBy are the places of the files that a mapping means: the only one where it
// names none, those of exactly that name, else those of which it is a reading.
func meantBy(named string, names []memberName) (at []int) {
	if named == "" {
		if len(names) == 1 {
			return []int{0}
		}
		return nil
	}
	for _, means := range []func(memberName) bool{
		func(m memberName) bool { return m.shown == named },
		func(m memberName) bool { return m.is(named) },
	} {
		for i, m := range names {
			if means(m) {
				at = append(at, i)
			}
		}
		if len(at) > 0 {
			return at
		}
	}
	return nil
}
