// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"recount/fault"
)

// encodings are the names that a mapping may give, with their decoders. UTF-8
// is not among them: it is read as it stands and checked.
func encodings() map[string]encoding.Encoding {
	return map[string]encoding.Encoding{
		"utf-16le":     unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		"utf-16be":     unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
		"windows-1250": charmap.Windows1250, "windows-1251": charmap.Windows1251,
		"windows-1252": charmap.Windows1252, "windows-1253": charmap.Windows1253,
		"windows-1254": charmap.Windows1254, "windows-1255": charmap.Windows1255,
		"windows-1256": charmap.Windows1256, "windows-1257": charmap.Windows1257,
		"windows-1258": charmap.Windows1258, "windows-874": charmap.Windows874,
		"iso-8859-1": charmap.ISO8859_1, "iso-8859-2": charmap.ISO8859_2,
		"iso-8859-5": charmap.ISO8859_5, "iso-8859-6": charmap.ISO8859_6,
		"iso-8859-7": charmap.ISO8859_7, "iso-8859-8": charmap.ISO8859_8,
		"iso-8859-9": charmap.ISO8859_9, "iso-8859-15": charmap.ISO8859_15,
		"koi8-r": charmap.KOI8R, "koi8-u": charmap.KOI8U,
		"ibm866": charmap.CodePage866, "ibm437": charmap.CodePage437, "ibm850": charmap.CodePage850,
		"macintosh": charmap.Macintosh, "x-mac-cyrillic": charmap.MacintoshCyrillic,
	}
}

// Encodings are the names of encodings that a mapping may give, sorted.
func Encodings() []string {
	names := []string{"utf-8"}
	for n := range encodings() {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// EncodingNamed is an encoding of one byte, or UTF-16, by a name of Encodings;
// false for UTF-8 and for what is none.
func EncodingNamed(name string) (encoding.Encoding, bool) {
	e, ok := encodings()[name]
	return e, ok
}

// CheckEncoding accepts a name of Encodings and "", which means UTF-8.
func CheckEncoding(name string) error {
	if name == "" || name == "utf-8" {
		return nil
	}
	if _, ok := encodings()[name]; !ok {
		return fmt.Errorf("%w: unknown encoding %q; accepted: %s", fault.Invalid, name, strings.Join(Encodings(), ", "))
	}
	return nil
}

// markOf names the encoding that a byte order mark at the start states, and
// the mark's length in bytes.
func markOf(head []byte) (name string, length int) {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return "utf-8", 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return "utf-16le", 2
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return "utf-16be", 2
	}
	return "", 0
}

// unmarked names UTF-16 where text in Latin letters, or the signs and numbers of a
// list, are written so without a mark: every second byte is 00. It is "" where that is
// not plain.
func unmarked(head []byte) string {
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch few := len(head) / 8; {
	case zeros[1] > few && zeros[0] == 0:
		return "utf-16le"
	case zeros[0] > few && zeros[1] == 0:
		return "utf-16be"
	}
	return ""
}

func markedAs(head []byte) string {
	name, _ := markOf(head)
	return name
}

// hexOf shows the bytes around the first one that is not UTF-8.
func hexOf(b []byte) string {
	at := 0
	for at < len(b) {
		r, n := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && n <= 1 {
			break
		}
		at += n
	}
	end := at
	for end < len(b) && end < at+8 && b[end] >= 0x80 {
		end++
	}
	return fmt.Sprintf("% x", b[at:end])
}
