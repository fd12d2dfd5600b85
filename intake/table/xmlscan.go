// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// xmlScanner reads the XML of a workbook's parts as a flat run of tags and
// texts, in memory that the limits below bound whatever the part unfolds to.
// It knows what workbooks use: elements, attributes, the five entities and
// character references, CDATA; comments and instructions are passed over, a
// document type is refused (ISO/IEC 29500-2 forbids it).
type xmlScanner struct {
	r        io.Reader
	buf      []byte
	pos, end int
	err      error

	tag   []byte // the inside of the tag read last
	name  []byte // its local name, without prefix
	text  []byte // the text read last, entities resolved
	empty bool   // the tag read last closed itself: its end comes next
	depth int    // of elements that are open, the one whose tag was read last among them
}

type xmlToken uint8

const (
	xmlStart xmlToken = iota
	xmlEnd
	xmlText
)

const (
	maxTag  = 64 << 10
	maxText = 1 << 20 // a cell holds at most 32,767 letters (ECMA-376)
)

var (
	errTagTooLong  = errors.New("a tag is longer than 64 KiB")
	errTextTooLong = errors.New("a text is longer than 1 MiB")
	errDoctype     = errors.New("a document type stands in a part of the workbook")
	errXMLEnds     = errors.New("a part of the workbook ends inside a tag")
	errXMLCut      = errors.New("a part of the workbook ends before its last element does: it was cut off")
)

func newXMLScanner(r io.Reader) *xmlScanner {
	return &xmlScanner{r: inUTF8(r), buf: make([]byte, 32<<10)}
}

// inUTF8 is XML in UTF-8 also where it is UTF-16 by its mark, the other encoding that
// parts of workbooks can have (ISO/IEC 29500-2, 8.2.1.3).
func inUTF8(r io.Reader) io.Reader {
	head := make([]byte, 2)
	n, err := io.ReadFull(r, head)
	rest := io.MultiReader(bytes.NewReader(head[:n]), r)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return io.MultiReader(bytes.NewReader(head[:n]), failing{err})
	}
	marked, _ := markOf(head[:n])
	if by, ok := EncodingNamed(marked); ok {
		return transform.NewReader(rest, by.NewDecoder())
	}
	return rest
}

// failing is a reader that has failed.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func (x *xmlScanner) fill() bool {
	if x.err != nil {
		return false
	}
	x.pos, x.end = 0, 0
	for range 100 {
		n, err := x.r.Read(x.buf)
		x.end = n
		if err != nil {
			x.err = err
		}
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	x.err = io.ErrNoProgress
	return false
}

func (x *xmlScanner) byte() (byte, bool) {
	if x.pos == x.end && !x.fill() {
		return 0, false
	}
	c := x.buf[x.pos]
	x.pos++
	return c, true
}

// next reads the next tag or text; io.EOF at the end.
func (x *xmlScanner) next() (xmlToken, error) {
	if x.empty {
		x.empty = false
		x.depth--
		return xmlEnd, nil
	}
	for {
		c, ok := x.byte()
		if !ok && x.err == io.EOF && x.depth > 0 { //nolint:errorlint // it is kept as it was answered
			return 0, errXMLCut
		}
		if !ok {
			return 0, x.err
		}
		if c != '<' {
			x.pos--
			return xmlText, x.readText()
		}
		c, ok = x.byte()
		if !ok {
			return 0, x.unfinished()
		}
		switch c {
		case '?':
			if err := x.skipTo("?>"); err != nil {
				return 0, err
			}
		case '!':
			cdata, err := x.declaration()
			if err != nil || cdata {
				return xmlText, err
			}
		default:
			x.pos--
			return x.readTag()
		}
	}
}

func (x *xmlScanner) unfinished() error {
	if x.err == io.EOF {
		return errXMLEnds
	}
	return x.err
}

func (x *xmlScanner) readTag() (xmlToken, error) {
	x.tag = x.tag[:0]
	var quote byte
	for {
		c, ok := x.byte()
		if !ok {
			return 0, x.unfinished()
		}
		if quote == 0 && c == '>' {
			break
		}
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
		if x.tag = append(x.tag, c); len(x.tag) > maxTag {
			return 0, errTagTooLong
		}
	}
	t := x.tag
	token := xmlStart
	if x.depth++; len(t) > 0 && t[0] == '/' {
		token, t = xmlEnd, t[1:]
		x.depth -= 2
	} else if len(t) > 0 && t[len(t)-1] == '/' {
		x.empty, t = true, t[:len(t)-1]
		x.tag = t
	}
	name := t
	if i := bytes.IndexAny(t, " \t\r\n"); i >= 0 {
		name = t[:i]
	}
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	x.name = name
	return token, nil
}

// attr is the value of the attribute of that local name in the tag read last; one
// without a prefix goes before one with.
func (x *xmlScanner) attr(local string) (string, bool) {
	var found []byte
	t := x.tag
	for {
		i := bytes.IndexByte(t, '=')
		if i < 0 {
			break
		}
		name := bytes.TrimSpace(t[:i])
		if j := bytes.LastIndexAny(name, " \t\r\n"); j >= 0 {
			name = name[j+1:]
		}
		prefix := bytes.LastIndexByte(name, ':')
		name = name[prefix+1:]
		rest := bytes.TrimLeft(t[i+1:], " \t\r\n")
		if len(rest) == 0 || (rest[0] != '"' && rest[0] != '\'') {
			break
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			break
		}
		if string(name) == local && (found == nil || prefix < 0) {
			if found = rest[1 : 1+end]; prefix < 0 {
				break
			}
		}
		t = rest[end+2:]
	}
	if found == nil || bytes.IndexByte(found, '&') < 0 {
		return string(found), found != nil
	}
	s, err := appendResolved(nil, found)
	return string(s), err == nil
}

// readText reads up to the next tag.
func (x *xmlScanner) readText() error {
	raw := x.text[:0]
	entity := false
	for {
		b := x.buf[x.pos:x.end]
		i := bytes.IndexByte(b, '<')
		if i >= 0 {
			b = b[:i]
		}
		entity = entity || bytes.IndexByte(b, '&') >= 0
		raw = append(raw, b...)
		x.pos += len(b)
		if len(raw) > maxText {
			return errTextTooLong
		}
		if i >= 0 || !x.fill() {
			break
		}
	}
	x.text = raw
	if x.err != nil && x.err != io.EOF {
		return x.err
	}
	if entity {
		s, err := appendResolved(nil, raw)
		if err != nil {
			return err
		}
		x.text = s
	}
	return nil
}

// declaration handles what begins with "<!": true for CDATA, whose text is
// then in x.text.
func (x *xmlScanner) declaration() (cdata bool, err error) {
	var head [7]byte
	for i := range head {
		c, ok := x.byte()
		if !ok {
			return false, x.unfinished()
		}
		head[i] = c
		if i == 1 && string(head[:2]) == "--" {
			return false, x.skipTo("-->")
		}
	}
	if string(head[:]) != "[CDATA[" {
		return false, errDoctype
	}
	x.text = x.text[:0]
	for {
		c, ok := x.byte()
		if !ok {
			return false, x.unfinished()
		}
		if x.text = append(x.text, c); len(x.text) > maxText {
			return false, errTextTooLong
		}
		if bytes.HasSuffix(x.text, []byte("]]>")) {
			x.text = x.text[:len(x.text)-3]
			return true, nil
		}
	}
}

// skipTo passes over everything up to and with mark.
func (x *xmlScanner) skipTo(mark string) error {
	var last [3]byte
	for {
		c, ok := x.byte()
		if !ok {
			return x.unfinished()
		}
		last[0], last[1], last[2] = last[1], last[2], c
		if strings.HasSuffix(string(last[:]), mark) {
			return nil
		}
	}
}

// appendResolved resolves the entities of raw.
func appendResolved(dst, raw []byte) ([]byte, error) {
	for {
		i := bytes.IndexByte(raw, '&')
		if i < 0 {
			return append(dst, raw...), nil
		}
		dst = append(dst, raw[:i]...)
		raw = raw[i+1:]
		end := bytes.IndexByte(raw[:min(len(raw), 12)], ';')
		if end < 0 {
			return nil, errors.New("an & without its entity stands in a part of the workbook")
		}
		r, err := entityRune(string(raw[:end]))
		if err != nil {
			return nil, err
		}
		dst = utf8.AppendRune(dst, r)
		raw = raw[end+1:]
	}
}

func entityRune(name string) (rune, error) {
	switch name {
	case "lt":
		return '<', nil
	case "gt":
		return '>', nil
	case "amp":
		return '&', nil
	case "quot":
		return '"', nil
	case "apos":
		return '\'', nil
	}
	digits, base := strings.TrimPrefix(name, "#"), 10
	if strings.HasPrefix(digits, "x") || strings.HasPrefix(digits, "X") {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if !strings.HasPrefix(name, "#") || err != nil || n == 0 || !utf8.ValidRune(rune(n)) {
		return 0, fmt.Errorf("an entity that workbooks do not use stands in a part of the workbook")
	}
	return rune(n), nil
}
