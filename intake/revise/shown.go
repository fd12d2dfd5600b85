// SPDX-License-Identifier: Apache-2.0

package revise

import (
	"slices"
	"strconv"
	"strings"

	"recount/intake/mapping"
)

// Shown is a mapping as the form shows it.
func Shown(m *mapping.Mapping, of List) Choices {
	c, _ := show(m, of)
	return c
}

// hidden are the columns of a field that the form does not show: each has more
// meanings than a column of the form.
type hidden map[string][]string // id of the field → columns

func show(m *mapping.Mapping, of List) (Choices, hidden) {
	c := Choices{Row: m.Row, Unknown: JoinMarkers(m.Unknown), Sections: m.Sections, Encoding: m.Encoding, Delimiter: m.Delimiter, Columns: map[string]Choice{}}
	if m.HeaderRows > 0 {
		c.HeaderRows = strconv.Itoa(m.HeaderRows)
	}
	if x := m.Consent; x != nil {
		c.Uses, c.ExplainedBy, c.Language, c.Explained, c.Way, c.ObtainedBy = strings.Join(x.Uses, "\n"), x.ExplainedBy, x.Language, x.Explained, x.Way, x.ObtainedBy
	}
	c.All = ofAll(m)
	c.Dates, c.Calendar = datesOf(m)
	left := c.means(m, of)
	for _, key := range of.Columns {
		x := c.Columns[key]
		if slices.Contains(m.Identifiers, key) {
			if x.Identifier = x.Means != ""; !x.Identifier {
				x.Means = "identifier"
			}
		}
		if slices.Contains(m.NotMapped, key) && x.Means == "" {
			x.Means = "not-mapped"
		}
		x.Key, x.Fill, x.Rows = slices.Contains(m.Key, key), slices.Contains(m.FillDown, key), slices.Contains(m.RowsOf, key)
		x.Class = m.Classes.Of(key)
		x.Codes = codesOf(m, x.Means, of.Values[key])
		c.Columns[key] = x
	}
	return c, left
}

// means puts each field to its columns.
func (c Choices) means(m *mapping.Mapping, of List) hidden {
	left := hidden{}
	put := func(means, id, own string, f *mapping.Field, coded bool) {
		for _, key := range f.Columns {
			x := c.Columns[key]
			switch {
			case !of.Has(key):
				left[id] = append(left[id], key)
				continue
			case x.Means == "":
				x.Means = means
			case x.Also == "" && !coded && own == "":
				x.Also = means
			case x.Also == "" && !Coded(x.Means) && x.Means != Own && own == "": // codes have their place beside the first meaning
				x.Means, x.Also = means, x.Means
			default:
				left[id] = append(left[id], key)
				continue
			}
			if own != "" {
				x.Own = own
			}
			c.Columns[key] = x
		}
	}
	for _, p := range places(m) {
		if f := *p.At; f != nil {
			put(p.means, p.id, "", f, p.Coded)
		}
	}
	for i := range m.Own {
		put(Own, "own."+m.Own[i].Name, m.Own[i].Name, &m.Own[i].Field, false)
	}
	return left
}

// ofAll are the codes that are the same for all rows.
func ofAll(m *mapping.Mapping) (all [Harms]string) {
	for i := range min(Harms, len(m.Harms)) {
		if f := m.Harms[i].Code; shows(&m.Harms[i]) && f != nil && f.Constant != nil {
			all[i] = *f.Constant
		}
	}
	if f := m.Group.Code; f != nil && f.Constant != nil {
		all[0] = *f.Constant
	}
	return all
}

// datesOf are the order and the calendar that all dates have.
func datesOf(m *mapping.Mapping) (order, calendar string) {
	first := true
	for _, p := range places(m) {
		f := *p.At
		if !p.Dated || f == nil || f.Constant != nil {
			continue
		}
		of := f.Date
		if of == "iso" {
			of = ""
		}
		if !slices.Contains(Orders(), of) || !first && of != order {
			of = AsItStands
		}
		with := f.Calendar
		if !slices.Contains(Calendars(), with) || !first && with != calendar {
			with = AsItStands
		}
		order, calendar, first = of, with, false
	}
	return order, calendar
}

// Orders are the orders of dates that the form offers.
func Orders() []string { return []string{"", "dmy", "mdy", "ymd"} }

// Calendars are those that the form offers.
func Calendars() []string { return []string{"", "julian", "hijri", "solar-hijri"} }

// codesOf are the codes of the values that are offered.
func codesOf(m *mapping.Mapping, means string, values []string) map[string]string {
	if !Coded(means) {
		return nil
	}
	out := map[string]string{}
	for _, p := range places(m) {
		f := *p.At
		if p.means != means || f == nil {
			continue
		}
		for _, value := range values {
			if written, ok := writtenIn(f.Codes, value); ok {
				if code := f.Codes[written]; code != nil {
					out[value] = *code
				} else {
					out[value] = None
				}
			}
		}
	}
	return out
}

// writtenIn is the value as the codes have it: white space around it does not count.
func writtenIn(codes map[string]*string, value string) (string, bool) {
	if _, ok := codes[value]; ok {
		return value, true
	}
	for written := range codes {
		if strings.TrimSpace(written) == value {
			return written, true
		}
	}
	return "", false
}

// Markers are what a list writes where it does not know: with spaces between, or
// with semicolons where one has a space in it.
func Markers(typed string) []string {
	all := []string{}
	split := strings.Fields(typed)
	if strings.ContainsAny(typed, ";؛") {
		split = strings.FieldsFunc(typed, func(r rune) bool { return r == ';' || r == '؛' })
	}
	for _, one := range split {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// JoinMarkers writes markers as they are typed.
func JoinMarkers(all []string) string {
	all = slices.DeleteFunc(slices.Clone(all), func(s string) bool { return strings.TrimSpace(s) == "" })
	if !slices.ContainsFunc(all, func(s string) bool { return strings.ContainsAny(s, " ;؛") }) {
		return strings.Join(all, " ")
	}
	if len(all) == 1 {
		return all[0] + ";"
	}
	return strings.Join(all, "; ")
}
