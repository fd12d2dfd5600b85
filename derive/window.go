// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"recount/fault"
)

// A page ends with the first line that ends behind pageLetters characters; a
// line, or what is left of it, that is longer than that is cut into pieces, at
// white space where there is some among the last spaceLetters.
const (
	pageLetters  = 20_000
	spaceLetters = 200
)

// window counts the characters of the whole text and keeps the page asked for.
func (t *Text) window(text []byte) error {
	s := splitter{text: text, line: 1, leaf: 0}
	if t.Form == Extracted {
		s.leaf = 1
	}
	page, letters := 1, int64(0)
	t.Paragraphs = []Paragraph{}
	for {
		piece, ok := s.next()
		if !ok {
			break
		}
		if letters >= pageLetters {
			page, letters = page+1, 0
		}
		letters += piece.letters
		t.count(piece.text)
		if page == t.Page {
			p := piece.Paragraph
			p.Text = shown(piece.text)
			t.Paragraphs = append(t.Paragraphs, p)
		}
	}
	t.Pages, t.Total = page, s.offset
	if t.Page > t.Pages {
		return fmt.Errorf("%w: the text has %d pages, and no page %d", fault.NotFound, t.Pages, t.Page)
	}
	return nil
}

// piece is a paragraph with its characters, line end included.
type piece struct {
	Paragraph
	text    []byte
	letters int64
}

// splitter cuts a text into pieces.
type splitter struct {
	text   []byte
	offset int64
	line   int64
	leaf   int
	within bool // of a line of which a piece was given
}

func (s *splitter) next() (piece, bool) {
	if len(s.text) == 0 {
		return piece{}, false
	}
	p := piece{Paragraph: Paragraph{Offset: s.offset, Line: s.line, Leaf: s.leaf, Continued: s.within}}
	end, size, letters := s.scan()
	p.text, p.letters = s.text[:end], letters
	ender := s.text[end : end+size]
	switch {
	case size > 0 && ender[size-1] == '\n':
		s.line, s.within = s.line+1, false
	case size > 0 && ender[0] == '\f':
		s.leaf, s.within = s.leaf+1, false
	default:
		s.within = true
	}
	s.text = s.text[end+size:]
	s.offset += letters
	return p, true
}

// scan finds the end of the next piece: its bytes, those of its line end, and
// the characters of both. A CR alone ends a piece too, though not a line.
func (s *splitter) scan() (end, size int, letters int64) {
	space, spaceLetter := 0, int64(0)
	for end < len(s.text) {
		c := s.text[end]
		switch {
		case c == '\n', c == '\f' && s.leaf > 0:
			return end, 1, letters + 1
		case c == '\r' && end+1 < len(s.text) && s.text[end+1] == '\n':
			return end, 2, letters + 2
		case c == '\r':
			return end, 1, letters + 1
		}
		if letters == pageLetters {
			if letters-spaceLetter <= spaceLetters && space > 0 {
				return space, 0, spaceLetter
			}
			return end, 0, letters
		}
		n := 1
		if c >= utf8.RuneSelf {
			_, n = utf8.DecodeRune(s.text[end:])
		}
		end += n
		letters++
		if c == ' ' || c == '\t' {
			space, spaceLetter = end, letters
		}
	}
	return end, 0, letters
}

// count notes what a person should know of a piece.
func (t *Text) count(text []byte) {
	for i := 0; i < len(text); {
		c := text[i]
		if c >= 0x20 && c < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		i += n
		switch {
		case r == utf8.RuneError:
			t.Damaged++
		case isControl(r):
			t.Controls++
		case isBidi(r):
			t.Bidi++
		}
	}
}

func isControl(r rune) bool { return r != '\t' && (r < 0x20 || r >= 0x7f && r < 0xa0) }

// isBidi is true of the formatting characters of UAX #9, 2.
func isBidi(r rune) bool {
	return r == 0x61c || r == 0x200e || r == 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// shown is a piece as it can be put on a page: control characters as their
// pictures (U+2400 and on), those that have none and the two that override the
// direction of text, by which a text can be made to read as what it is not, as
// U+FFFD. Each character stays one.
func shown(text []byte) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 0x7f:
			return 0x2421
		case r < 0x20 && r != '\t':
			return 0x2400 + r
		case isControl(r), r == 0x202d, r == 0x202e:
			return utf8.RuneError
		}
		return r
	}, string(text))
}

// shownCell is shown for a cell, in which lines may end.
func shownCell(text string) string {
	if !strings.ContainsAny(text, "\r\n") {
		return shown([]byte(text))
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = shown([]byte(lines[i]))
	}
	return strings.Join(lines, "\n")
}
