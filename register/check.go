// SPDX-License-Identifier: Apache-2.0

package register

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"recount/edtf"
	"recount/fault"
	"recount/journal"
)

// MaxField is the most that one field of an entry or row holds, in bytes.
const MaxField = 65_535

// maxName bounds names, titles and other things of one line, in bytes.
const maxName = 2_000

// checks gathers what is wrong with one value, so that a person who mends a
// form sees all of it at once.
type checks struct {
	what string // "source s-…": never what is said about a person
	errs []error
}

func (c *checks) add(field string, err error) {
	if err != nil {
		c.errs = append(c.errs, &Wrong{c.what, field, err})
	}
}

// Wrong is what is wrong with one field of one value.
type Wrong struct {
	What  string // "source s-…"
	Field string // by its name in the journal
	Err   error
}

func (w *Wrong) Error() string { return fmt.Sprintf("%s, %s: %v", w.What, w.Field, w.Err) }

// Unwrap gives what is wrong its kind.
func (w *Wrong) Unwrap() error { return w.Err }

// Wrongs are all fields that an error says something about, so that a form can
// say it beside them.
func Wrongs(err error) (all []*Wrong) {
	switch x := err.(type) { //nolint:errorlint // walks the tree itself
	case nil:
	case *Wrong:
		return []*Wrong{x}
	case interface{ Unwrap() []error }:
		for _, one := range x.Unwrap() {
			all = append(all, Wrongs(one)...)
		}
	case interface{ Unwrap() error }:
		return Wrongs(x.Unwrap())
	}
	return all
}

func (c *checks) failf(field, format string, args ...any) {
	c.add(field, fmt.Errorf("%w: "+format, append([]any{fault.Invalid}, args...)...))
}

// err is nil or all that was found.
func (c *checks) err() error { return errors.Join(c.errs...) }

// id: a required id; optionalID: one that may be "".
func (c *checks) id(field, prefix, id string) { c.add(field, CheckID(prefix, id)) }

func (c *checks) optionalID(field, prefix, id string) {
	if id != "" {
		c.id(field, prefix, id)
	}
}

// line: a required text of one line.
func (c *checks) line(field, s string) {
	if strings.TrimSpace(s) == "" {
		c.failf(field, "it is missing; accepted is a text of one line, 1 to %d bytes", maxName)
		return
	}
	c.optionalLine(field, s)
}

func (c *checks) optionalLine(field, s string) {
	if strings.ContainsAny(s, "\n\r\x00") {
		c.failf(field, "it holds a line break or a zero byte; accepted is a text of one line")
	}
	if len(s) > maxName {
		c.failf(field, "it has %d bytes; accepted are at most %d", len(s), maxName)
	}
}

// sha256: hex of 32 bytes, required.
func (c *checks) sha256(field, s string) {
	if !isHex(s, 64) {
		c.failf(field, "%q: accepted are 64 hex digits in small letters", clip(s))
	}
}

func (c *checks) optionalSHA256(field, s string) {
	if s != "" {
		c.sha256(field, s)
	}
}

// date: "" or EDTF.
func (c *checks) date(field, s string) {
	if s == "" {
		return
	}
	if _, err := edtf.Parse(s); err != nil {
		c.add(field, err)
	}
}

func (c *checks) notNegative(field string, n int64) {
	if n < 0 {
		c.failf(field, "%d: accepted is a whole number of 0 or more", n)
	}
}

// texts checks every slot for what no field may hold: text that is no UTF-8,
// and more than MaxField bytes.
func (c *checks) texts(slots []slot) {
	for _, s := range slots {
		if p, ok := s.at.(*[]string); ok {
			for _, item := range *p {
				if item == "" || strings.Contains(item, "\n") {
					c.failf(s.name, "an item is empty or holds a line break; accepted is one item a line")
				}
			}
		}
		v := valueOf(s.at)
		c.add(s.name, checkValue(v))
	}
}

func checkValue(v journal.Value) error {
	if v == "" || v == journal.Absent {
		return nil
	}
	if v[0] != 1 {
		return fmt.Errorf("%w: its bytes are no encoded value (journal.Text makes one)", fault.Invalid)
	}
	if n := len(v) - 1; n > MaxField {
		return fmt.Errorf("%w: it has %d bytes; accepted are at most %d", fault.Invalid, n, MaxField)
	}
	if !utf8.ValidString(string(v[1:])) {
		return fmt.Errorf("%w: it is no valid UTF-8; say which encoding the file has when it is read", fault.Invalid)
	}
	return nil
}
