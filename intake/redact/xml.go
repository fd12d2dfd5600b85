// SPDX-License-Identifier: Apache-2.0

package redact

import (
	"bytes"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"strings"
)

// token is a piece of a part as it stands there, with what it is. A part is the
// concatenation of the raw bytes of its tokens.
type token struct {
	raw        []byte
	start, end string // local name of the element that begins, or ends
	prefix     string // of that name, with its colon
	text       string // of character data, unescaped
	attrs      []xml.Attr
}

// attr is an attribute by its local name, "" where there is none.
func (t token) attr(name string) string {
	for _, a := range t.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// scan gives the tokens of a part in their order. An element without content
// comes as its start, with all of its bytes, and an end without any.
func (b *book) scan(part string, data []byte, each func(token) error) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("an encoding that is not UTF-8") }
	for {
		from := d.InputOffset()
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return refused(b.opt, "its part "+part+" is no XML that can be read")
		}
		t := token{raw: data[from:d.InputOffset()]}
		switch x := tok.(type) {
		case xml.StartElement:
			t.start, t.prefix, t.attrs = x.Name.Local, prefixOf(x.Name), x.Attr
		case xml.EndElement:
			t.end, t.prefix = x.Name.Local, prefixOf(x.Name)
		case xml.CharData:
			t.text = string(x)
		}
		if err := each(t); err != nil {
			return err
		}
	}
}

func prefixOf(n xml.Name) string {
	if n.Space == "" {
		return ""
	}
	return n.Space + ":"
}

// escaped is a text as it stands between tags.
func escaped(text string) []byte {
	var b bytes.Buffer
	// A buffer takes everything: EscapeText has no other error.
	_ = xml.EscapeText(&b, []byte(text))
	return b.Bytes()
}

// scrubTag puts other values in the place of attributes whose values must not
// stay. The rest of the tag stays byte for byte.
func scrubTag(raw []byte, instead func(name, value string) (string, bool)) []byte {
	var out []byte
	rest := raw
	for {
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return append(out, rest...)
		}
		name := string(bytes.TrimSpace(rest[:eq]))
		if i := strings.LastIndexAny(name, " \t\r\n"); i >= 0 {
			name = name[i+1:]
		}
		open := bytes.IndexAny(rest[eq:], `"'`)
		if open < 0 {
			return append(out, rest...)
		}
		open += eq
		shut := bytes.IndexByte(rest[open+1:], rest[open])
		if shut < 0 {
			return append(out, rest...)
		}
		shut += open + 1
		value := html.UnescapeString(string(rest[open+1 : shut]))
		if i := strings.IndexByte(name, ':'); i >= 0 {
			name = name[i+1:]
		}
		out = append(out, rest[:open+1]...)
		if other, yes := instead(name, value); yes {
			out = append(out, escaped(other)...)
		} else {
			out = append(out, rest[open+1:shut]...)
		}
		out = append(out, rest[shut])
		rest = rest[shut+1:]
	}
}
