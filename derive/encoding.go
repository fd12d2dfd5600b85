// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"

	"recount/fault"
)

// coding is how the bytes of a text are to be read.
type coding struct {
	name    string
	guessed bool
	exact   bool // intake reads it the same way when it looks for a quote
	skip    int  // bytes of a byte order mark
	by      encoding.Encoding
}

// encodingOf finds a text's encoding: by its byte order mark; UTF-8 where its
// bytes are; what HTML says of itself; and else by a guess. What is no text is
// fault.Invalid.
func encodingOf(found string, data []byte) (coding, error) {
	little, big := utf16(unicode.LittleEndian), utf16(unicode.BigEndian)
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return coding{name: "utf-8", exact: isClean(data), skip: 3}, nil
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return coding{name: "utf-16le", exact: true, skip: 2, by: little}, nil
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return coding{name: "utf-16be", exact: true, skip: 2, by: big}, nil
	}
	if !isText(found) && found != "application/octet-stream" {
		return coding{}, fmt.Errorf("%w: the file is %s, of which no text can be shown", fault.Invalid, found)
	}
	if name := zerosOf(data); name == "utf-16le" {
		return coding{name: name, guessed: true, by: little}, nil
	} else if name == "utf-16be" {
		return coding{name: name, guessed: true, by: big}, nil
	}
	if !isText(found) && isBinary(data) {
		return coding{}, fmt.Errorf("%w: the file is not text, and of no kind that can be shown", fault.Invalid)
	}
	if isClean(data) {
		return coding{name: "utf-8", exact: true}, nil
	}
	if mostlyUTF8(data) {
		return coding{name: "utf-8", guessed: !utf8.Valid(data)}, nil
	}
	if found == "text/html" {
		if by, name, sure := charset.DetermineEncoding(data[:min(len(data), 1024)], ""); sure && name != "utf-8" {
			return coding{name: name, by: by}, nil
		}
	}
	name, by := guess(data)
	return coding{name: name, guessed: true, by: by}, nil
}

func utf16(order unicode.Endianness) encoding.Encoding {
	return unicode.UTF16(order, unicode.IgnoreBOM)
}

// isClean is true of UTF-8 without NUL.
func isClean(data []byte) bool { return utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 }

// decode reads data; what its encoding does not have becomes U+FFFD, one for
// each byte. A character that the cut of a long text went through is left out.
func (c coding) decode(data []byte, cut bool) ([]byte, error) {
	data = data[c.skip:]
	if c.by == nil {
		if cut {
			data = wholeRunes(data)
		}
		if utf8.Valid(data) {
			return data, nil
		}
		return lossy(data), nil
	}
	out, err := c.by.NewDecoder().Bytes(data)
	if err != nil && !errors.Is(err, encoding.ErrInvalidUTF8) {
		return nil, err
	}
	return out, nil
}

// wholeRunes takes a character off the end that is not whole.
func wholeRunes(data []byte) []byte {
	for i := len(data) - 1; i >= 0 && i >= len(data)-utf8.UTFMax; i-- {
		if utf8.RuneStart(data[i]) {
			if !utf8.FullRune(data[i:]) {
				return data[:i]
			}
			break
		}
	}
	return data
}

// lossy puts U+FFFD for each byte that is not UTF-8.
func lossy(data []byte) []byte {
	out := make([]byte, 0, len(data)+len(data)/8)
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		out = utf8.AppendRune(out, r)
		data = data[n:]
	}
	return out
}

// sampleBytes is how much of a text a guess looks at.
const sampleBytes = 256 << 10

// zerosOf guesses UTF-16 without a mark: of its letters, in most scripts, many
// have a byte that is 0, or few different ones, always in the same place.
func zerosOf(data []byte) string {
	data = data[:min(len(data), sampleBytes)&^1]
	var zeros [2]int
	for i, c := range data {
		if c == 0 {
			zeros[i&1]++
		}
	}
	half := len(data) / 2
	switch {
	case half < 4:
	case zeros[1] > half/5 && zeros[0] <= zeros[1]/20:
		return "utf-16le"
	case zeros[0] > half/5 && zeros[1] <= zeros[0]/20:
		return "utf-16be"
	}
	return ""
}

// isBinary is true of bytes of which more than one in twenty is a control
// character that does not stand in texts.
func isBinary(data []byte) bool {
	data = data[:min(len(data), sampleBytes)]
	odd := 0
	for _, c := range data {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b {
			odd++
		}
	}
	return odd*20 > len(data)
}

// mostlyUTF8 is true where bytes that are not UTF-8 are few among characters
// of several bytes that are: a text that was damaged.
func mostlyUTF8(data []byte) bool {
	good, bad := 0, 0
	for data = data[:min(len(data), sampleBytes)]; len(data) > 0; {
		r, n := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		data = data[n:]
	}
	return bad == 0 || good >= 8*bad
}
