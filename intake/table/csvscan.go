// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"
)

// csvScanner splits bytes into records by the rules of RFC 4180, with any of
// LF, CRLF and CR alone as the end of a line, also mixed. What stands between
// the quotes is kept as it is.
type csvScanner struct {
	r         io.Reader
	buf       []byte
	pos, end  int
	err       error // of the reader, once met
	delimiter byte
	limit     int  // bytes of one record
	skipLF    bool // the last record ended with CR: an LF right after belongs to it

	line int // of the file, 1-based, where the reading stands

	// Of the record read last:
	out    []byte // the texts of its fields, one behind the other
	ends   []int  // where each field ends in out
	began  int    // the line that it begins on
	last   int    // the line that it ends on
	long   bool   // it is over the limit: what is behind that was passed over
	quoted bool   // at least one field was in quotes
	bare   int    // 1-based field with a quote inside unquoted text; 0: none
	after  int    // 1-based field with text behind its closing quote; 0: none
}

// openQuote is the error of a file that ends inside quotes.
type openQuote struct{ field, line int }

func (o openQuote) Error() string {
	return fmt.Sprintf("the quote that opens in field %d on line %d of the file is never closed", o.field, o.line)
}

func newCSVScanner(r io.Reader, delimiter byte, limit int) *csvScanner {
	return &csvScanner{r: r, buf: make([]byte, 64<<10), delimiter: delimiter, limit: limit, line: 1}
}

// fill reads more bytes; false at the end of the input or on an error.
func (s *csvScanner) fill() bool {
	if s.err != nil {
		return false
	}
	s.pos, s.end = 0, 0
	for tries := 0; s.end == 0; tries++ {
		n, err := s.r.Read(s.buf)
		s.end = n
		if err != nil {
			s.err = err
			return n > 0
		}
		if tries > 100 {
			s.err = io.ErrNoProgress
			return false
		}
	}
	return true
}

// peek is the next byte; false at the end.
func (s *csvScanner) peek() (byte, bool) {
	if s.pos == s.end && !s.fill() {
		return 0, false
	}
	return s.buf[s.pos], true
}

// next reads one record; io.EOF when there is none. A blank line is a record
// of one empty field.
func (s *csvScanner) next() error {
	s.out, s.ends = s.out[:0], s.ends[:0]
	s.long, s.quoted, s.bare, s.after = false, false, 0, 0
	c, ok := s.peek()
	if ok && s.skipLF && c == '\n' {
		s.pos++
		c, ok = s.peek()
	}
	s.skipLF = false
	if !ok {
		return s.err
	}
	s.began, s.last = s.line, 0
	if c == byteOrderMark[0] && s.markBeforeQuote() { // as where files were put one behind the other
		s.out = append(s.out, byteOrderMark...)
		s.pos += len(byteOrderMark)
		c = '"'
	}
	for {
		var last bool
		var err error
		if c == '"' {
			last, err = s.quotedField()
		} else {
			last, err = s.plainField()
		}
		if err != nil {
			return err
		}
		s.endField()
		if last {
			s.lastLine()
			return nil
		}
		if c, ok = s.peek(); !ok { // a delimiter was the last byte: one more, empty field
			if s.err != io.EOF {
				return s.err
			}
			s.endField()
			s.lastLine()
			return nil
		}
	}
}

// lastLine notes where the record ends that the end of the file ends.
func (s *csvScanner) lastLine() {
	if s.last == 0 {
		s.last = s.line
	}
}

// byteOrderMark is U+FEFF in UTF-8.
const byteOrderMark = "\ufeff"

// markBeforeQuote is true where a mark stands here and a quote behind it.
func (s *csvScanner) markBeforeQuote() bool {
	const both = byteOrderMark + `"`
	if s.end-s.pos < len(both) {
		s.end = copy(s.buf, s.buf[s.pos:s.end])
		s.pos = 0
		for s.end < len(both) && s.err == nil {
			n, err := s.r.Read(s.buf[s.end:])
			s.end, s.err = s.end+n, err
		}
	}
	return bytes.HasPrefix(s.buf[s.pos:s.end], []byte(both))
}

// take adds to the text of the field, until the record is over its limit. Empty
// fields count as well: a row of delimiters alone would need memory for each.
func (s *csvScanner) take(b []byte) {
	if len(s.out)+len(b)+len(s.ends) > s.limit {
		s.long = true
	}
	if !s.long {
		s.out = append(s.out, b...)
	}
}

func (s *csvScanner) endField() {
	if s.take(nil); !s.long {
		s.ends = append(s.ends, len(s.out))
	}
}

// plainField reads up to the next delimiter or end of line.
func (s *csvScanner) plainField() (last bool, err error) {
	for {
		b := s.buf[s.pos:s.end]
		for i, c := range b {
			if c != s.delimiter && c != '\n' && c != '\r' {
				if c == '"' && s.bare == 0 {
					s.bare = len(s.ends) + 1
				}
				continue
			}
			s.take(b[:i])
			s.pos += i + 1
			return s.endOf(c), nil
		}
		s.take(b)
		s.pos = s.end
		if !s.fill() {
			return true, s.atEnd()
		}
	}
}

// endOf is true where c ends the record, and counts the line.
func (s *csvScanner) endOf(c byte) bool {
	if c == s.delimiter {
		return false
	}
	s.last = s.line
	s.line++
	s.skipLF = c == '\r'
	return true
}

// quotedField reads a field that begins with a quote.
func (s *csvScanner) quotedField() (last bool, err error) {
	opened := openQuote{field: len(s.ends) + 1, line: s.line}
	s.quoted = true
	s.pos++
	cr := false // the byte before was CR, for the count of lines
	for {
		if s.pos == s.end && !s.fill() {
			if err := s.atEnd(); err != nil {
				return false, err
			}
			return false, opened
		}
		b := s.buf[s.pos:s.end]
		i := 0
		for i < len(b) && b[i] != '"' {
			if b[i] == '\r' || (b[i] == '\n' && !cr) {
				s.line++
			}
			cr = b[i] == '\r'
			i++
		}
		s.take(b[:i])
		s.pos += i
		if i == len(b) {
			continue
		}
		s.pos++ // the quote
		cr = false
		c, ok := s.peek()
		if !ok {
			return true, s.atEnd()
		}
		if c == '"' {
			s.take([]byte{'"'})
			s.pos++
			continue
		}
		if c == s.delimiter || c == '\n' || c == '\r' {
			s.pos++
			return s.endOf(c), nil
		}
		s.after = len(s.ends) + 1
		return s.plainField()
	}
}

// atEnd turns the end of the input into nil and keeps other errors.
func (s *csvScanner) atEnd() error {
	if s.err == io.EOF {
		return nil
	}
	return s.err
}

// invalidField is the 0-based field with bytes that are not UTF-8, and its
// bytes; -1 when all are.
func (s *csvScanner) invalidField() (int, []byte) {
	start := 0
	for i, end := range s.ends {
		if !utf8.Valid(s.out[start:end]) {
			return i, s.out[start:end]
		}
		start = end
	}
	return -1, nil
}
