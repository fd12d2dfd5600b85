// SPDX-License-Identifier: Apache-2.0

package revise

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"recount/fault"
	"recount/intake/mapping"
)

// Twice says that two columns were given one meaning that only one can have.
type Twice struct{ One, Other, Means string }

func (t *Twice) Error() string {
	return fmt.Sprintf("the columns %q and %q are both given as %s; accepted: one of them", t.One, t.Other, t.Means)
}

// Unwrap is the kind of the error.
func (t *Twice) Unwrap() error { return fault.Invalid }

// Change puts what was chosen into m, where it is otherwise than m had it, and leaves
// out the parts that drop names (Kept.ID). The mapping is checked by mapping.Parse
// afterwards, as a file is.
func Change(m *mapping.Mapping, of List, chosen Choices, drop []string) error {
	dropFields(m, drop)
	was := Shown(m, of)
	if err := changeWhole(m, was, chosen); err != nil {
		return err
	}
	x := changing{m: m, dates: chosen.Dates, calendar: chosen.Calendar, several: severalOf(m)}
	for _, key := range of.Columns { // first out, then in, so that two columns can change places
		x.out(key, was.Columns[key], chosen.Columns[key])
	}
	for _, key := range of.Columns {
		if err := x.in(key, was.Columns[key], chosen.Columns[key]); err != nil {
			return err
		}
	}
	for _, key := range of.Columns {
		if now := chosen.Columns[key].Class; now != was.Columns[key].Class {
			m.Classes = m.Classes.With(key, now)
		}
	}
	for i, code := range chosen.All {
		x.ofAll(i, code, was.All[i])
	}
	dropWholes(m, drop)
	m.Harms = slices.DeleteFunc(m.Harms, func(h mapping.Harm) bool { return h.Repeat == "" && none(h.Parts()) })
	if c := m.Consent; c != nil && none(c.Parts()) && len(c.Uses) == 0 && c.ExplainedBy+c.Language+c.Explained+c.Way+c.ObtainedBy == "" {
		m.Consent = nil
	}
	return nil
}

func none(parts []mapping.Part) bool {
	return !slices.ContainsFunc(parts, func(p mapping.Part) bool { return *p.At != nil })
}

// changeWhole changes what is said of the list as a whole.
func changeWhole(m *mapping.Mapping, was, now Choices) error {
	for _, x := range []struct {
		to       *string
		was, now string
	}{
		{&m.Row, was.Row, now.Row}, {&m.Sections, was.Sections, now.Sections}, {&m.Encoding, was.Encoding, now.Encoding}, {&m.Delimiter, was.Delimiter, now.Delimiter},
	} {
		if x.was != x.now {
			*x.to = x.now
		}
	}
	if was.HeaderRows != now.HeaderRows {
		n, err := strconv.Atoi(now.HeaderRows)
		if now.HeaderRows != "" && (err != nil || n < 1 || n > 9) {
			return fmt.Errorf("%w: header_rows is how many rows the header has, 1 to 9", fault.Invalid)
		}
		m.HeaderRows = n
	}
	if was.Unknown != now.Unknown {
		blank := slices.Contains(m.Unknown, "") // it cannot be typed
		if m.Unknown = Markers(now.Unknown); blank {
			m.Unknown = append(m.Unknown, "")
		}
	}
	if was.Dates != now.Dates || was.Calendar != now.Calendar {
		changeDates(m, was, now)
	}
	changeConsent(m, was, now)
	return nil
}

func changeDates(m *mapping.Mapping, was, now Choices) {
	for _, p := range places(m) {
		f := *p.At
		if !p.Dated || f == nil || f.Constant != nil {
			continue
		}
		if was.Dates != now.Dates && now.Dates != AsItStands {
			f.Date = now.Dates
		}
		if was.Calendar != now.Calendar && now.Calendar != AsItStands {
			f.Calendar = now.Calendar
		}
	}
}

func changeConsent(m *mapping.Mapping, was, now Choices) {
	text := func(was, now string, to func(*mapping.Consent) *string) {
		if was == now {
			return
		}
		if m.Consent == nil {
			m.Consent = &mapping.Consent{}
		}
		*to(m.Consent) = now
	}
	text(was.ExplainedBy, now.ExplainedBy, func(c *mapping.Consent) *string { return &c.ExplainedBy })
	text(was.Language, now.Language, func(c *mapping.Consent) *string { return &c.Language })
	text(was.Explained, now.Explained, func(c *mapping.Consent) *string { return &c.Explained })
	text(was.Way, now.Way, func(c *mapping.Consent) *string { return &c.Way })
	text(was.ObtainedBy, now.ObtainedBy, func(c *mapping.Consent) *string { return &c.ObtainedBy })
	lines := func(s string) (all []string) {
		for line := range strings.Lines(s) {
			if line = strings.Join(strings.Fields(line), " "); line != "" {
				all = append(all, line)
			}
		}
		return all
	}
	if !slices.Equal(lines(was.Uses), lines(now.Uses)) {
		if m.Consent == nil {
			m.Consent = &mapping.Consent{}
		}
		m.Consent.Uses = lines(now.Uses)
	}
}

// severalOf are the meanings that several columns had together.
func severalOf(m *mapping.Mapping) map[string]bool {
	out := map[string]bool{"group.description": true}
	for _, p := range places(m) {
		if f := *p.At; f != nil && len(f.Columns) > 1 {
			out[p.means] = true
		}
	}
	return out
}

// changing is a mapping that is changed column by column.
type changing struct {
	m               *mapping.Mapping
	dates, calendar string
	several         map[string]bool
}

// out takes a column out of what it means no more.
func (x *changing) out(key string, was, now Choice) {
	if was.Means != now.Means || was.Means == Own && was.Own != now.Own {
		x.remove(key, was.Means, was.Own)
	}
	if was.Also != now.Also || was.Also == Own && was.Own != now.Own {
		x.remove(key, was.Also, was.Own)
	}
	for _, flag := range x.flags(was, now) {
		if flag.was && !flag.now {
			*flag.list = without(*flag.list, key)
		}
	}
}

type flag struct {
	list     *[]string
	was, now bool
}

func (x *changing) flags(was, now Choice) []flag {
	return []flag{
		{&x.m.Identifiers, was.Identifier || was.Means == "identifier", now.Identifier || now.Means == "identifier"},
		{&x.m.NotMapped, was.Means == "not-mapped", now.Means == "not-mapped"},
		{&x.m.Key, was.Key, now.Key}, {&x.m.FillDown, was.Fill, now.Fill}, {&x.m.RowsOf, was.Rows, now.Rows},
	}
}

func without(list []string, key string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == key })
}

func (x *changing) remove(key, means, own string) {
	if means == Own {
		for i := range x.m.Own {
			if x.m.Own[i].Name == own {
				x.m.Own[i].Field.Columns = without(x.m.Own[i].Field.Columns, key)
			}
		}
		x.m.Own = slices.DeleteFunc(x.m.Own, func(o mapping.Own) bool { return o.Field.Constant == nil && len(o.Field.Columns) == 0 })
		return
	}
	for _, p := range places(x.m) {
		if f := *p.At; p.means == means && f != nil {
			cut(p.At, key)
		}
	}
}

// cut takes a column out of a field, which goes with its last one.
func cut(at **mapping.Field, key string) {
	f := *at
	if f.Columns = without(f.Columns, key); len(f.Columns) == 0 && f.Constant == nil {
		*at = nil
	} else if len(f.Columns) < 2 {
		f.Join = ""
	}
}

// in puts a column to what it means now.
func (x *changing) in(key string, was, now Choice) error {
	moved := was.Means != now.Means || was.Means == Own && was.Own != now.Own
	if moved {
		if err := x.add(key, now.Means, now.Own); err != nil {
			return err
		}
	}
	if was.Also != now.Also || was.Also == Own && was.Own != now.Own {
		if err := x.add(key, now.Also, now.Own); err != nil {
			return err
		}
	}
	for _, flag := range x.flags(was, now) {
		if !flag.was && flag.now && !slices.Contains(*flag.list, key) {
			*flag.list = append(*flag.list, key)
		}
	}
	if Coded(now.Means) && (moved || !maps.Equal(was.Codes, now.Codes)) {
		x.code(now, was, moved)
	}
	return nil
}

func (x *changing) add(key, means, own string) error {
	if means == "" || means == "identifier" || means == "not-mapped" {
		return nil
	}
	if means == Own {
		return x.own(key, own)
	}
	p, ok := at(x.m, means)
	if !ok {
		return fmt.Errorf("%w: the column %q cannot mean %.60q; accepted: a meaning that the form offers", fault.Invalid, key, means)
	}
	f := *p.At
	switch {
	case f == nil || f.Constant != nil:
		f = &mapping.Field{Columns: []string{key}}
		if means == months {
			f.Unit = "months"
		}
		if p.Dated && x.dates != AsItStands {
			f.Date = x.dates
		}
		if p.Dated && x.calendar != AsItStands {
			f.Calendar = x.calendar
		}
		*p.At = f
	case slices.Contains(f.Columns, key):
	case p.Place || x.several[means]:
		f.Columns = append(f.Columns, key)
	default:
		return &Twice{f.Columns[0], key, means}
	}
	return nil
}

func (x *changing) own(key, name string) error {
	if name == "" {
		name = key
	}
	for i := range x.m.Own {
		if x.m.Own[i].Name == name {
			return &Twice{strings.Join(x.m.Own[i].Field.Columns, ", "), key, name}
		}
	}
	x.m.Own = append(x.m.Own, mapping.Own{Name: name, Field: mapping.Field{Columns: []string{key}}})
	slices.SortFunc(x.m.Own, func(a, b mapping.Own) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// code puts the codes that were chosen to the values that were offered; those of
// other values stay.
func (x *changing) code(now, was Choice, moved bool) {
	p, ok := at(x.m, now.Means)
	if !ok || *p.At == nil {
		return
	}
	f := *p.At
	if f.Codes == nil {
		f.Codes = map[string]*string{}
	}
	values := maps.Clone(now.Codes)
	for value := range was.Codes {
		if _, stays := values[value]; !moved && !stays {
			values[value] = ""
		}
	}
	for value, code := range values {
		if !moved && was.Codes[value] == code {
			continue
		}
		written, there := writtenIn(f.Codes, value)
		if !there {
			written = value
		}
		switch code {
		case "":
			delete(f.Codes, written)
		case None:
			f.Codes[written] = nil
		default:
			f.Codes[written] = &code
		}
	}
}

// ofAll sets the code that all rows have, unless a column says it.
func (x *changing) ofAll(i int, now, was string) {
	if now == was {
		return
	}
	means := harmPrefix(i) + "code"
	if x.m.Row == mapping.RowGroup {
		if means = "group.code"; i > 0 {
			return
		}
	}
	p, ok := at(x.m, means)
	switch {
	case !ok || *p.At != nil && (*p.At).Constant == nil:
	case now == "":
		*p.At = nil
	default:
		*p.At = &mapping.Field{Constant: &now}
	}
}
