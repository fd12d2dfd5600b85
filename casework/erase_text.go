// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"bytes"
	"errors"
	"html"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

const (
	pieceOfText = 1 << 20
	overlap     = 4 << 10 // of two pieces: more than the words of a name lie apart
)

// text looks through a text, in UTF-8, in UTF-16, or in one of the older
// encodings of one byte that can write the names.
func (e *eye) text(r io.Reader, head []byte) error {
	order, marked := byteOrder(head)
	switch {
	case order != nil:
		return e.pieces(order.NewDecoder().Reader(r), nil)
	case !marked && bytes.IndexByte(head, 0) >= 0:
		e.blind("no text")
		return nil
	case bytes.HasPrefix(head, []byte(`{\rtf`)), bytes.Contains(head, []byte("Content-Transfer-Encoding:")):
		e.blind("a text in a form of which only a part can be read")
	}
	if startsUTF8(head) {
		return e.pieces(r, nil)
	}
	if len(e.writings) == 0 {
		e.blind("a text in an encoding that is not known")
	}
	return e.pieces(r, e.writings)
}

// startsUTF8 tells whether these bytes, which may end within a character, are
// UTF-8.
func startsUTF8(head []byte) bool {
	for cut := range min(utf8.UTFMax, len(head)+1) {
		if utf8.Valid(head[:len(head)-cut]) {
			return true
		}
	}
	return false
}

// byteOrder is the UTF-16 that a text begins to be in: by its mark, or since
// one byte of two is 0 in most letters of many scripts.
func byteOrder(head []byte) (e encoding.Encoding, marked bool) {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), true
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), true
	}
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i&1]++
		}
	}
	half := len(head) / 2
	switch {
	case half < 4:
	case zeros[1] > half/5 && zeros[0] <= zeros[1]/20:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), false
	case zeros[0] > half/5 && zeros[1] <= zeros[0]/20:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), false
	}
	return nil, false
}

// pieces reads a text in pieces that overlap.
func (e *eye) pieces(r io.Reader, writings []*charmap.Charmap) error {
	var kept []byte
	buffer := make([]byte, pieceOfText)
	for !e.seen.Whole {
		n, err := io.ReadFull(r, buffer)
		piece := append(kept, buffer[:n]...)
		e.piece(piece, writings)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return err
		}
		kept = bytes.Clone(piece[max(0, len(piece)-overlap):])
	}
	return nil
}

// piece looks through a piece as it stands, in the encodings that may be its
// own, and as it is read by people where there are tags or escapes in it.
func (e *eye) piece(piece []byte, writings []*charmap.Charmap) {
	e.shown(string(piece))
	for _, w := range writings {
		if decoded, err := w.NewDecoder().Bytes(piece); err == nil && !e.seen.Whole {
			e.shown(string(decoded))
		}
	}
}

var (
	tags    = regexp.MustCompile(`<[^<>]*>`)
	escapes = regexp.MustCompile(`\\u[0-9a-fA-F]{4}`)
)

// shown takes a text in as it stands, and as people see it: a name may be cut
// by tags, and letters written by entities (HTML) or escapes (JSON).
func (e *eye) shown(text string) {
	e.say(plainOf(text))
	if e.seen.Whole || !strings.ContainsAny(text, `<&\`) {
		return
	}
	text = escapes.ReplaceAllStringFunc(text, func(escape string) string {
		code, err := strconv.ParseUint(escape[2:], 16, 16)
		if err != nil {
			return escape
		}
		return string(rune(code)) // half of a surrogate pair becomes U+FFFD: no letter of a name is lost that folds
	})
	text = plainOf(text)
	for _, between := range []string{"", " "} {
		if !e.seen.Whole {
			e.say(html.UnescapeString(tags.ReplaceAllString(text, between)))
		}
	}
}

// writingsOf are the encodings of one byte in which the names can be written,
// one of each way to write them. Those that do not hold ASCII are left out.
func writingsOf(spellings []string) (all []*charmap.Charmap) {
	ways := map[string]bool{}
	for _, e := range charmap.All {
		c, ok := e.(*charmap.Charmap)
		if !ok || c.DecodeByte('a') != 'a' {
			continue
		}
		var way strings.Builder
		for _, spelling := range spellings {
			if written, err := c.NewEncoder().String(spelling); err == nil {
				way.WriteString(written)
			}
			way.WriteByte(0)
		}
		if key := way.String(); strings.Trim(key, "\x00") != "" && !ways[key] {
			ways[key] = true
			all = append(all, c)
		}
	}
	return all
}
