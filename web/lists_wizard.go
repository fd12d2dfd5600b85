// SPDX-License-Identifier: Apache-2.0

package web

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"recount/derive"
	"recount/fault"
	"recount/intake/mapping"
	"recount/intake/revise"
	"recount/register"
)

// wizard is the form of a list: the mapping that it began with, and what was chosen
// since. What the form does not show of the mapping is kept.
type wizard struct {
	table  derive.Table
	cells  map[string][]string // by column
	of     revise.List
	began  string // canonical; "" with nothing
	shown  revise.Choices
	chosen revise.Choices
	kept   []revise.Kept
	base   *mapping.Mapping
}

// wizard is the form as it was sent.
func (s *Server) wizard(v *visit, x register.Exhibit) (w wizard, err error) {
	if w.base, err = mappingBegun(v.text("began")); err != nil {
		return w, err
	}
	w.began = v.text("began")
	if w.table, err = s.listTable(v, x); err != nil {
		return w, err
	}
	sections := w.base.Sections
	if v.Form.Has("sections") {
		sections = v.text("sections")
	}
	keys, cells := columnsOf(w.table, w.base, sections)
	w.cells, w.of = cells, listOf(keys, cells)
	w.shown, w.kept = revise.Shown(w.base, w.of), revise.KeptOf(w.base, w.of)
	w.chosen = v.columnsChosen(w.shown, w.of)
	return w, nil
}

// mappingBegun is the mapping that a form began with.
func mappingBegun(began string) (*mapping.Mapping, error) {
	if began == "" {
		return revise.Empty(), nil
	}
	return mapping.Parse([]byte(began))
}

// columnsChosen is what the form says, and of what it does not ask what was shown.
func (v *visit) columnsChosen(shown revise.Choices, of revise.List) revise.Choices {
	c := shown
	c.Columns = map[string]revise.Choice{}
	for name, to := range map[string]*string{
		"row": &c.Row, "unknown": &c.Unknown, "header_rows": &c.HeaderRows, "sections": &c.Sections, "encoding": &c.Encoding, "dates": &c.Dates, "calendar": &c.Calendar,
		"harm_of_all": &c.All[0], "harm2_of_all": &c.All[1], "harm3_of_all": &c.All[2], "consent_by": &c.ExplainedBy, "consent_language": &c.Language,
		"consent_explained": &c.Explained, "consent_way": &c.Way, "consent_obtained": &c.ObtainedBy, "consent_uses": &c.Uses,
	} {
		if v.Form.Has(name) {
			*to = v.text(name)
		}
	}
	if c.Row == "" {
		c.Row = mapping.RowPerson
	}
	if c.HeaderRows == "1" {
		c.HeaderRows = ""
	}
	numbers := v.columnNumbers(of)
	for _, key := range of.Columns {
		c.Columns[key] = v.choice(numbers[key], shown.Columns[key], of.Values[key])
	}
	return c
}

// columnNumbers are the numbers by which the form asked for the columns. Where the
// header is another row now, a column that is called the same keeps what was chosen.
func (v *visit) columnNumbers(of revise.List) map[string]int {
	numbers := map[string]int{}
	for n := 0; v.Form.Has("column" + strconv.Itoa(n)); n++ {
		numbers[v.Form.Get("column"+strconv.Itoa(n))] = n
	}
	named := len(numbers) > 0
	for n, key := range of.Columns {
		if _, asked := numbers[key]; named && !asked {
			numbers[key] = -1
		} else if !named {
			numbers[key] = n
		}
	}
	return numbers
}

func (v *visit) choice(n int, shown revise.Choice, values []string) revise.Choice {
	in := func(field string) string { return field + strconv.Itoa(n) }
	if n < 0 || !v.Form.Has(in("meaning")) {
		return shown
	}
	c := revise.Choice{
		Means: v.text(in("meaning")), Also: v.text(in("also")), Identifier: v.text(in("ident")) != "", Key: v.text(in("key")) != "", Fill: v.text(in("fill")) != "", Rows: v.text(in("rows")) != "",
	}
	if c.Class = shown.Class; v.Form.Has(in("class")) {
		c.Class = v.text(in("class"))
	}
	if c.Means == revise.Own {
		c.Own = v.text(in("own"))
	}
	if !revise.Coded(c.Means) {
		return c
	}
	c.Codes = map[string]string{}
	for i, value := range values {
		if at := v.valueNumber(n, i, value); at >= 0 {
			if code := v.text(valueField(n, at)); code != "" {
				c.Codes[value] = code
			}
		} else if code := shown.Codes[value]; code != "" && c.Means == shown.Means {
			c.Codes[value] = code
		}
	}
	return c
}

func valueField(column, value int) string { return fmt.Sprintf("code%d_%d", column, value) }

// valueNumber is the number by which the form asked for a value, -1 where it did not.
func (v *visit) valueNumber(column, i int, value string) int {
	field := fmt.Sprintf("value%d_", column)
	if !v.Form.Has(field + "0") {
		if v.Form.Has(valueField(column, i)) {
			return i
		}
		return -1
	}
	for at := range howManyValues {
		if v.Form.Get(field+strconv.Itoa(at)) == value {
			return at
		}
	}
	return -1
}

// mapping is what was chosen, as a mapping that is checked as a file is.
func (w wizard) mapping(v *visit) (*mapping.Mapping, error) {
	if strings.TrimSpace(v.text("file")) != "" {
		return nil, fmt.Errorf("%w: %s", fault.Invalid, v.words.T("lists.file-waits"))
	}
	m, err := w.changed(v)
	if err != nil {
		return nil, err
	}
	if err := w.valuesGiven(v); err != nil {
		return nil, err
	}
	raw, err := m.JSON()
	if err != nil {
		return nil, err
	}
	return mapping.Parse(raw)
}

// changed is the mapping with what was chosen, not checked as a whole yet.
func (w wizard) changed(v *visit) (*mapping.Mapping, error) {
	m, err := mappingBegun(w.began)
	if err != nil {
		return nil, err
	}
	err = revise.Change(m, w.of, w.chosen, v.Form["drop"])
	var twice *revise.Twice
	if errors.As(err, &twice) {
		return nil, fmt.Errorf("%w: %s", fault.Invalid, v.words.T("lists.means-twice", "one", twice.One, "other", twice.Other, "meaning", v.meaning(twice.Means)))
	}
	if err != nil {
		return nil, err
	}
	w.place(v, m)
	if s := v.text("basis"); s != "" && (w.began == "" || s != v.text("was_basis")) {
		m.Basis = s
	}
	if s := v.text("handling"); s != "" && (w.began == "" || s != v.text("was_handling")) {
		m.Handling = s
	}
	if s := v.text("source"); m.Source != "" && s != "" {
		m.Source = s
	}
	return m, nil
}

// place says where in the file the list stands. A mapping that the form began with
// keeps what it says of that, unless something else was chosen.
func (w wizard) place(v *visit, m *mapping.Mapping) {
	if w.began == "" || v.text("sheet") != v.text("was_sheet") {
		m.Sheet = w.table.Sheet
	}
	n := v.whole("header_row", 1)
	switch {
	case w.table.Named, w.began != "" && v.text("header_row") == v.text("was_header_row"):
	case w.table.HeaderRow == 0:
		m.Header, m.HeaderRow, m.HeaderRows = "none", 0, 0
	case n > 1:
		m.Header, m.HeaderRow = "", int(n)
	default:
		m.Header, m.HeaderRow = "", 0
	}
}

// valuesGiven refuses a column whose values have no meaning, by the names that the
// page gives it.
func (w wizard) valuesGiven(v *visit) error {
	for _, key := range w.of.Columns {
		c := w.chosen.Columns[key]
		if !revise.Coded(c.Means) || len(w.of.Values[key]) == 0 || c.Means == w.shown.Columns[key].Means {
			continue
		}
		if !slices.ContainsFunc(w.of.Values[key], func(value string) bool { return c.Codes[value] != "" }) {
			return fmt.Errorf("%w: %s", fault.Invalid, v.words.T("lists.values-needed", "column", key, "meaning", v.meaning(c.Means)))
		}
	}
	return nil
}
