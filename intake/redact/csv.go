// SPDX-License-Identifier: Apache-2.0

package redact

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"recount/intake/table"
)

// CSV copies a CSV and blanks what the order says. Bytes of rows that are not
// blanked stay as they are, ends of lines and quotes among them, in whatever
// encoding: the file is never decoded and written anew. opt is what it was read
// with. Errors are *table.Refusal where the file is at fault.
func CSV(src io.ReaderAt, size int64, out io.Writer, opt table.Options, o Order) (Report, error) {
	look, err := table.Look(io.NewSectionReader(src, 0, size), size, opt)
	if err != nil {
		return Report{}, err
	}
	info := look.Info()
	if err := look.Close(); err != nil {
		return Report{}, err
	}
	if info.Format != "csv" {
		return Report{}, refused(opt, "it is no CSV")
	}
	s, err := newScribe(io.NewSectionReader(src, 0, size), info, opt)
	if err != nil {
		return Report{}, err
	}
	w := bufio.NewWriter(out)
	report, err := s.copy(w, o)
	return report, errors.Join(err, w.Flush())
}

// scribe reads a CSV record by record as bytes, by the rules of package table.
type scribe struct {
	in        *bufio.Reader
	width     int  // bytes of one unit: 2 in UTF-16
	big       bool // the first of two bytes is the high one
	delimiter rune
	decode    func([]byte) string
	head      []byte // mark and "sep=" line, which are no rows

	raw    []byte
	fields [][2]int // where each field lies in raw, its quotes included
	end    int      // where the end of line begins
}

func newScribe(r io.Reader, info table.Info, opt table.Options) (*scribe, error) {
	s := &scribe{in: bufio.NewReaderSize(r, 64<<10), width: 1, delimiter: rune(info.Delimiter[0]), decode: func(b []byte) string { return string(b) }}
	mark := 0
	switch info.Encoding {
	case "utf-8":
		mark = 3
	case "utf-16le", "utf-16be":
		s.width, s.big, mark = 2, info.Encoding == "utf-16be", 2
		s.decode = s.utf16
	default:
		e, known := table.EncodingNamed(info.Encoding)
		if !known {
			return nil, refused(opt, "its encoding "+info.Encoding+" is not known here")
		}
		s.decode = func(b []byte) string {
			text, err := e.NewDecoder().Bytes(b)
			if err != nil {
				return string(b)
			}
			return string(text)
		}
	}
	if info.BOM {
		s.head = make([]byte, mark)
		if _, err := io.ReadFull(s.in, s.head); err != nil {
			return nil, err
		}
	}
	return s, s.separator()
}

// separator takes in the line "sep=;" that some programs write and hide.
func (s *scribe) separator() error {
	line, err := s.in.Peek(8 * s.width)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	text := s.decode(line)
	if !strings.HasPrefix(text, "sep=") || len(text) < 6 || text[5] != '\r' && text[5] != '\n' {
		return nil
	}
	n := 6
	if text[5] == '\r' && len(text) > 6 && text[6] == '\n' {
		n = 7
	}
	s.head = append(s.head, line[:n*s.width]...)
	_, err = s.in.Discard(n * s.width)
	return err
}

// unit is the unit that begins at i of b.
func (s *scribe) unit(b []byte) rune {
	switch {
	case s.width == 1:
		return rune(b[0])
	case s.big:
		return rune(b[0])<<8 | rune(b[1])
	}
	return rune(b[1])<<8 | rune(b[0])
}

func (s *scribe) utf16(b []byte) string {
	var units []rune
	for ; len(b) > 1; b = b[2:] {
		u := s.unit(b)
		if last := len(units) - 1; last >= 0 && units[last] >= 0xd800 && units[last] < 0xdc00 && u >= 0xdc00 && u < 0xe000 {
			units[last] = (units[last]-0xd800)<<10 | (u - 0xdc00) + 0x10000
			continue
		}
		units = append(units, u)
	}
	return string(units)
}

// take reads one unit into raw. A last byte that is no whole unit counts as the
// end, and stays with the record.
func (s *scribe) take() (rune, bool, error) {
	b, err := s.in.Peek(s.width)
	if len(b) < s.width {
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, false, err
		}
		s.raw = append(s.raw, b...)
		_, err := s.in.Discard(len(b))
		return 0, false, err
	}
	s.raw = append(s.raw, b...)
	u := s.unit(b)
	_, err = s.in.Discard(s.width)
	return u, true, err
}

const longestRecord = 64 << 20

// next reads one record; false behind the last one.
func (s *scribe) next(opt table.Options) (bool, error) {
	s.raw, s.fields, s.end = s.raw[:0], s.fields[:0], 0
	start, begun, quoted, shut := 0, false, false, false // of the field: where it begins, that it has; open quotes, and a quote that may close them
	for {
		at := len(s.raw)
		u, more, err := s.take()
		if err != nil {
			return false, err
		}
		switch {
		case !more && quoted && !shut:
			return false, refused(opt, "a quote is opened and never closed")
		case len(s.raw) > longestRecord:
			return false, refused(opt, "one of its rows is too long")
		case !more:
			if at == 0 && len(s.raw) == 0 {
				return false, nil
			}
			s.fields, s.end = append(s.fields, [2]int{start, at}), at
			return true, nil
		case quoted && !shut:
			shut = u == '"'
		case quoted && u == '"':
			shut = false // two quotes are one
		case u == s.delimiter:
			s.fields = append(s.fields, [2]int{start, at})
			start, begun, quoted, shut = len(s.raw), false, false, false
		case u == '\n' || u == '\r':
			s.fields, s.end = append(s.fields, [2]int{start, at}), at
			return true, s.takeLF(u)
		case !begun:
			begun, quoted = true, u == '"'
		default:
			quoted = false // what stands behind closing quotes is text as it is
		}
	}
}

// takeLF takes the LF that belongs to a CR.
func (s *scribe) takeLF(u rune) error {
	if u != '\r' {
		return nil
	}
	b, err := s.in.Peek(s.width)
	if len(b) == s.width && s.unit(b) == '\n' {
		_, _, err = s.take()
		return err
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// ascii writes a text of ASCII in the file's units.
func (s *scribe) ascii(text string) []byte {
	var b bytes.Buffer
	for _, c := range []byte(text) {
		switch {
		case s.width == 1:
			b.WriteByte(c)
		case s.big:
			b.Write([]byte{0, c})
		default:
			b.Write([]byte{c, 0})
		}
	}
	return b.Bytes()
}

func (s *scribe) copy(w *bufio.Writer, o Order) (report Report, err error) {
	if _, err := w.Write(s.head); err != nil {
		return report, err
	}
	found, opt := Rows{}, table.Options{}
	for number := 1; ; number++ {
		more, err := s.next(opt)
		if err != nil {
			return report, err
		}
		if !more {
			return report, missing(o, found)
		}
		found.Add("", number)
		if _, err := w.Write(s.row(number, o, &report)); err != nil {
			return report, err
		}
	}
}

// row is the record as it goes into the copy.
func (s *scribe) row(number int, o Order, report *Report) []byte {
	blank := make([]bool, len(s.fields))
	switch {
	case o.Erase.Has("", number):
	case o.Keep.Has("", number) || !o.Holds(s.decode(s.raw)):
		return s.raw
	default:
		some := false
		for i, f := range s.fields {
			blank[i] = o.Holds(s.decode(s.raw[f[0]:f[1]]))
			some = some || blank[i]
		}
		if some {
			report.Cells = append(report.Cells, place(0, number))
			return s.blanked(func(i int) bool { return blank[i] }, func(int) bool { return true })
		}
	}
	report.Rows = append(report.Rows, place(0, number))
	return s.blanked(func(int) bool { return true }, func(i int) bool { return i == 0 })
}

// blanked is the record without the fields of which it is asked; marked ones
// say so.
func (s *scribe) blanked(blank, marked func(int) bool) []byte {
	mark := Mark
	if strings.ContainsRune(mark, s.delimiter) {
		mark = `"` + mark + `"`
	}
	var out []byte
	for i, f := range s.fields {
		if i > 0 {
			out = append(out, s.ascii(string(s.delimiter))...)
		}
		switch {
		case !blank(i):
			out = append(out, s.raw[f[0]:f[1]]...)
		case marked(i):
			out = append(out, s.ascii(mark)...)
		}
	}
	return append(out, s.raw[s.end:]...)
}
