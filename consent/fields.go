// SPDX-License-Identifier: Apache-2.0

package consent

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"recount/fault"
	"recount/journal"
	"recount/register"
)

// slot binds a field of a kind to where it is held: a *string, an *int64, the
// *Rules of permitted uses, or a subject, which stands in the one field that
// fits its form.
type slot struct {
	name string
	at   any
}

// subject is what a consent covers, in the field of its form.
type subject struct {
	of   *string
	fits func(string) bool
}

func draft(kind string, slots []slot, reason, basis, handling string) journal.Draft {
	d := journal.Draft{Kind: kind, Reason: reason, Basis: basis, Handling: handling, Fields: map[string]journal.Value{}}
	for _, s := range slots {
		switch p := s.at.(type) {
		case *string:
			d.Fields[s.name] = journal.Optional(*p)
		case subject:
			if p.fits(*p.of) {
				d.Fields[s.name] = journal.Text(*p.of)
			}
		case *int64:
			d.Fields[s.name] = journal.Text(fmt.Sprint(*p))
		case *Rules:
			d.Fields[s.name] = journal.Optional(p.JSON())
		}
	}
	return d
}

// read fills the slots from an entry of the kind.
func read(kind string, slots []slot, e journal.Entry) error {
	if e.Kind.Name != kind {
		return fmt.Errorf("%w: entry %d is %s, not %s", fault.Invalid, e.Header.Seq, e.Kind.Name, kind)
	}
	for _, s := range slots {
		var err error
		v := e.Get(s.name)
		switch p := s.at.(type) {
		case *string:
			*p = v.Text()
		case subject:
			if v.Present() {
				*p.of = v.Text()
			}
		case *int64:
			*p, err = number(v.Text())
		case *Rules:
			*p, err = ParseRules(v.Text())
		}
		if err != nil {
			return fmt.Errorf("entry %d (%s), field %s: %w", e.Header.Seq, kind, s.name, err)
		}
	}
	return nil
}

func number(text string) (int64, error) {
	var n int64
	if _, err := fmt.Sscan(text, &n); err != nil || fmt.Sprint(n) != text || n < 0 {
		return 0, fmt.Errorf("%w: %.20q is no whole number of 0 or more", fault.Invalid, text)
	}
	return n, nil
}

// checks gathers all that is wrong with one value, field by field.
type checks struct {
	what string
	errs []error
}

func (c *checks) add(field string, err error) {
	if err != nil {
		c.errs = append(c.errs, &register.Wrong{What: c.what, Field: field, Err: err})
	}
}

func (c *checks) failf(field, format string, args ...any) {
	c.add(field, fmt.Errorf("%w: "+format, append([]any{fault.Invalid}, args...)...))
}

func (c *checks) err() error { return errors.Join(c.errs...) }

// day accepts "" or a whole day.
func (c *checks) day(field, s string) {
	if s == "" {
		return
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		c.failf(field, "%.20q: accepted is a day such as 2031-05-02", s)
	}
}

// choice accepts "" or a code of a list.
func (c *checks) choice(field string, list []register.Code, code string) {
	if code != "" {
		c.add(field, checkCode(field, list, code, false))
	}
}

// texts holds every text to what a field can take.
func (c *checks) texts(slots []slot) {
	for _, s := range slots {
		text := ""
		switch p := s.at.(type) {
		case *string:
			text = *p
		case *Rules:
			text = p.JSON()
			if _, err := ParseRules(text); err != nil {
				c.add(s.name, err)
			}
		}
		if len(text) > register.MaxField {
			c.failf(s.name, "it has %d bytes; accepted are at most %d", len(text), register.MaxField)
		}
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			c.failf(s.name, "it is no text in UTF-8")
		}
	}
}

// Today is the day of a moment, as dates of consents are compared: in UTC.
func Today(now time.Time) string { return now.UTC().Format(time.DateOnly) }

// over reports whether a last day has passed. Days compare as their texts do.
func over(until, today string) bool { return until != "" && until < today }
