// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"recount/fault"
	"recount/register"
)

// node is a value of a JSON file with the line it stands on.
type node struct {
	line    int
	kind    string // "object", "list", "text", "number", "yes or no", "null"
	text    string // of a text or a number
	yes     bool
	items   []node
	members []member
}

type member struct {
	key   string
	line  int
	value node
}

const maxDepth = 12 // a mapping has six levels

// parser reads JSON into nodes. encoding/json would drop doubled keys and
// forget lines, and a person who mends a mapping needs the line.
type parser struct {
	dec    *json.Decoder
	data   []byte
	offset int // up to where line is counted
	line   int
}

func parseJSON(data []byte) (node, error) {
	if !utf8.Valid(data) {
		return node{}, fmt.Errorf("%w: the mapping is not UTF-8", fault.Invalid)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	p := &parser{dec: json.NewDecoder(bytes.NewReader(data)), data: data, line: 1}
	p.dec.UseNumber()
	n, err := p.value(0)
	if err == nil {
		if _, after := p.dec.Token(); !errors.Is(after, io.EOF) {
			return node{}, p.errorf("more stands behind the end of the mapping")
		}
	}
	return n, err
}

// at is the line of the token read last.
func (p *parser) at() int {
	end := min(int(p.dec.InputOffset()), len(p.data))
	p.line += bytes.Count(p.data[p.offset:end], []byte("\n"))
	p.offset = end
	return p.line
}

// next is the line on which whatever follows the token read last begins.
func (p *parser) next() int {
	line := p.at()
	rest := p.data[p.offset:]
	space := rest[:len(rest)-len(bytes.TrimLeft(rest, " \t\r\n:,"))]
	return line + bytes.Count(space, []byte("\n"))
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("%w: line %d: %s", fault.Invalid, p.at(), fmt.Sprintf(format, args...))
}

func (p *parser) token() (json.Token, error) {
	from := p.dec.InputOffset()
	t, err := p.dec.Token()
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		if s, ok := t.(string); ok {
			return t, p.isText(s, p.data[from:p.dec.InputOffset()])
		}
		return t, nil
	case errors.As(err, &syntax):
		return nil, fmt.Errorf("%w: line %d: not JSON: %s", fault.Invalid, p.next(), syntax.Error())
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, p.errorf("the mapping ends too early")
	}
	return nil, p.errorf("not JSON: %s", err)
}

// isText refuses what would be kept as another character than was written: a
// zero byte, and one half of a pair of escapes, which stands for nothing.
func (p *parser) isText(s string, written []byte) error {
	if strings.IndexByte(s, 0) >= 0 {
		return p.errorf("a text holds a zero byte (\\u0000); accepted: text")
	}
	if strings.Contains(s, "\ufffd") && !bytes.Contains(written, []byte("\ufffd")) && !bytes.Contains(bytes.ToLower(written), []byte(`\ufffd`)) {
		return p.errorf("a text holds half of a pair of escapes (\\ud800 to \\udfff), which is no character; accepted: both halves, or the character itself")
	}
	return nil
}

func (p *parser) value(depth int) (node, error) {
	t, err := p.token()
	if err != nil {
		return node{}, err
	}
	n := node{line: p.at()}
	switch v := t.(type) {
	case json.Delim:
		if depth >= maxDepth {
			return node{}, p.errorf("more than %d levels", maxDepth)
		}
		if v == '{' {
			n.kind = "object"
			return p.object(n, depth)
		}
		n.kind = "list"
		return p.list(n, depth)
	case string:
		n.kind, n.text = "text", v
	case json.Number:
		n.kind, n.text = "number", v.String()
	case bool:
		n.kind, n.yes = "yes or no", v
	default:
		n.kind = "null"
	}
	return n, nil
}

func (p *parser) object(n node, depth int) (node, error) {
	seen := map[string]bool{}
	for p.dec.More() {
		t, err := p.token()
		if err != nil {
			return node{}, err
		}
		key, ok := t.(string)
		if !ok {
			return node{}, p.errorf("a key must be a text")
		}
		if seen[key] {
			return node{}, p.errorf("the key %q stands twice", key)
		}
		seen[key] = true
		line := p.at()
		v, err := p.value(depth + 1)
		if err != nil {
			return node{}, err
		}
		n.members = append(n.members, member{key, line, v})
	}
	_, err := p.token()
	return n, err
}

func (p *parser) list(n node, depth int) (node, error) {
	for p.dec.More() {
		v, err := p.value(depth + 1)
		if err != nil {
			return node{}, err
		}
		n.items = append(n.items, v)
	}
	_, err := p.token()
	return n, err
}

// form says which keys an object may have and what each does with its value.
type form map[string]func(node) error

// read gives each member to its reader; an unknown key is refused with its
// line and what is accepted.
func (f form) read(what string, n node) error {
	if n.kind != "object" {
		return n.errorf("%s is a %s; accepted: an object with %s", what, n.kind, f.keys())
	}
	for _, m := range n.members {
		if err := f.one(what, m); err != nil {
			return err
		}
	}
	return nil
}

func (f form) one(what string, m member) error {
	read, ok := f[m.key]
	if !ok {
		return fmt.Errorf("%w: line %d: %s has no %q; accepted: %s", fault.Invalid, m.line, what, m.key, f.keys())
	}
	return read(m.value)
}

// readAll is read that does not stop at the first member that is wrong: each is
// a *register.Wrong with its key, so that a form can say it beside its field.
func (f form) readAll(what string, n node) error {
	if n.kind != "object" {
		return n.errorf("%s is a %s; accepted: an object with %s", what, n.kind, f.keys())
	}
	var errs []error
	for _, m := range n.members {
		err := f.one(what, m)
		if err != nil && len(register.Wrongs(err)) == 0 {
			err = &register.Wrong{What: what, Field: m.key, Err: err}
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (f form) keys() string {
	keys := make([]string, 0, len(f))
	for k := range f {
		keys = append(keys, strconv.Quote(k))
	}
	sort.Strings(keys)
	return strings.Join(keys, ", ")
}

func (n node) errorf(format string, args ...any) error {
	return fmt.Errorf("%w: line %d: %s", fault.Invalid, n.line, fmt.Sprintf(format, args...))
}

// text reads a text into *to, checked by check where there is one.
func text(to *string, check func(string) error) func(node) error {
	return func(n node) error {
		if n.kind != "text" {
			return n.errorf("a %s stands where a text is accepted", n.kind)
		}
		if check != nil {
			if err := check(n.text); err != nil {
				return n.wrap(err)
			}
		}
		*to = n.text
		return nil
	}
}

// wrap puts the line before an error that says what would be accepted.
func (n node) wrap(err error) error {
	return fmt.Errorf("line %d: %w", n.line, err)
}

// texts reads a list of texts.
func texts(to *[]string) func(node) error {
	return func(n node) error {
		if n.kind != "list" {
			return n.errorf("a %s stands where a list of texts is accepted", n.kind)
		}
		seen := map[string]bool{}
		*to = []string{}
		for _, item := range n.items {
			if item.kind != "text" {
				return item.errorf("a %s stands where a text is accepted", item.kind)
			}
			if seen[item.text] {
				return item.errorf("%q stands twice in the list", item.text)
			}
			seen[item.text] = true
			*to = append(*to, item.text)
		}
		return nil
	}
}

// oneOf checks a text against a few words.
func oneOf(words ...string) func(string) error {
	return func(s string) error {
		for _, w := range words {
			if s == w {
				return nil
			}
		}
		return fmt.Errorf("%w: %q; accepted: %s", fault.Invalid, s, strings.Join(words, ", "))
	}
}
