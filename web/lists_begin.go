// SPDX-License-Identifier: Apache-2.0

package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"recount/derive"
	"recount/fault"
	"recount/intake/mapping"
	"recount/intake/propose"
	"recount/intake/revise"
	"recount/intake/table"
	"recount/register"
	"recount/store"
)

// begun is with what the form of a list began, to be said on the page.
type begun struct {
	Known    propose.Known     // the kind of list that it is; Name "" for none
	Proposed *propose.Proposal // nil: nothing is proposed
	Like     string            // title of the list whose mapping it began with
	Taken    bool              // a mapping was taken from the field for one
	Draft    store.Draft       // what was typed before, and was not sent
	Problem  error             // why the mapping that was to be taken was not
}

// begin fills the form of a list when it is opened: with what was typed before and
// not sent, with the mapping of an earlier list (?like=), with nothing (?empty=1), or
// with what is known or proposed of its columns. A mapping that stands in the field
// for one takes the place of what was chosen.
func (s *Server) begin(v *visit, x register.Exhibit) (b begun, err error) {
	if err := v.ParseForm(); err != nil {
		return b, err
	}
	if v.Method != http.MethodGet {
		if v.text("step") == "take" {
			b.Taken, b.Problem = v.take()
		}
		return b, nil
	}
	switch like := v.text("like"); {
	case like != "":
		b.Like, err = v.beginLike(like)
		return b, err
	case v.text("empty") != "":
		return b, nil
	}
	if b.Draft, err = v.room.Draft(v.Context(), v.who.ID, "list", x.Exhibit); err == nil {
		v.Form = url.Values(b.Draft.Fields)
		v.Form.Set("exhibit", x.Exhibit)
		return b, nil
	}
	if !errors.Is(err, fault.NotFound) {
		return b, err
	}
	t, err := s.listTable(v, x)
	if err != nil {
		return b, err
	}
	return b, s.propose(v, x, t, &b)
}

// take begins from the mapping in the field for one. What is said of the act, and
// whose word the list is, stays.
func (v *visit) take() (taken bool, refused error) {
	m, err := mapping.Parse([]byte(v.text("file")))
	if err != nil {
		return false, err
	}
	return true, v.beginFrom(m)
}

// stays are the fields of the form that no mapping says.
func stays(field string) bool {
	return slices.Contains([]string{"exhibit", "source", "reason", "basis", "handling", "edition_of", "accept_refused", "another_edition", "step"}, field)
}

func (v *visit) beginFrom(m *mapping.Mapping) error {
	raw, err := m.JSON()
	if err != nil {
		return err
	}
	for field := range v.Form {
		if !stays(field) {
			v.Form.Del(field)
		}
	}
	v.Form.Set("began", string(raw))
	set := func(field, value string) {
		if value != "" {
			v.Form.Set(field, value)
		}
	}
	set("handling", m.Handling)
	set("basis", m.Basis)
	set("sheet", m.Sheet)
	set("source", m.Source)
	if m.NoHeader() {
		set("header_row", "0")
	} else if m.HeaderRow > 0 {
		set("header_row", strconv.Itoa(m.HeaderRow))
	}
	if m.HeaderRows > 0 {
		set("header_rows", strconv.Itoa(m.HeaderRows))
	}
	return nil
}

// beginLike begins with the mapping by which another list was imported.
func (v *visit) beginLike(exhibit string) (title string, err error) {
	title, m, err := v.importedBy(exhibit)
	if err != nil {
		return "", err
	}
	return title, v.beginFrom(m)
}

// propose fills the form with what the columns probably mean, and of a list that is
// known begins with its mapping.
func (s *Server) propose(v *visit, x register.Exhibit, t derive.Table, b *begun) error {
	header := make([]string, len(t.Header))
	for i, h := range t.Header {
		header[i] = strings.TrimSpace(h)
	}
	columns, rows := table.Columns(header), make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = row.Cells
	}
	proposed := propose.Propose(columns, rows)
	known, is, err := propose.Recognise(columns)
	if err != nil {
		return err
	}
	if is {
		b.Known = known
		of := table.Info{Columns: known.ColumnsIn(columns, rows), Sheet: t.Sheet, Delimiter: t.Delimiter, HeaderRow: t.HeaderRow}
		sheets, err := s.repeatedSheets(v, x, t, known)
		if err != nil {
			return err
		}
		text, _, err := known.Mapping(of, proposed, sheets)
		if err != nil {
			return err
		}
		// A form none of whose questions is known has no mapping yet: its columns are proposed alone.
		if m, err := mapping.Parse(text); err == nil {
			if known.Form {
				b.Proposed = &proposed
			}
			return v.beginFrom(m)
		}
	}
	b.Proposed = &proposed
	v.fillProposed(proposed, columns, rows)
	return nil
}

// fillProposed chooses what is proposed, where nothing is chosen.
func (v *visit) fillProposed(proposed propose.Proposal, columns []table.Column, rows [][]string) {
	set := func(name, value string) {
		if value != "" && !v.Form.Has(name) {
			v.Form.Set(name, value)
		}
	}
	var orders []string
	for i, c := range proposed.Columns {
		set("meaning"+strconv.Itoa(i), c.As)
		set("class"+strconv.Itoa(i), c.Class())
		var cells []string
		for _, row := range rows {
			if i < len(row) {
				cells = append(cells, row[i])
			}
		}
		for n, value := range distinct(cells) {
			if n < howManyValues {
				set(valueField(i, n), c.Codes[value])
			}
		}
		if c.Order != "" && !slices.Contains(orders, c.Order) {
			orders = append(orders, c.Order)
		}
	}
	if len(orders) == 1 {
		set("dates", orders[0])
	}
	set("unknown", revise.JoinMarkers(proposed.Unknown))
}

// mostSheets bounds the sheets that are looked at for rows which belong to the list's.
const mostSheets = 20

// repeatedSheets are the other sheets of a form whose rows belong to its answers.
func (s *Server) repeatedSheets(v *visit, x register.Exhibit, t derive.Table, known propose.Known) (sheets []string, err error) {
	if known.Parent == "" {
		return nil, nil
	}
	for _, sheet := range t.Sheets[:min(mostSheets, len(t.Sheets))] {
		if sheet.Name == t.Sheet {
			continue
		}
		open, err := v.opener(x)
		if err != nil {
			return nil, err
		}
		other, err := s.derive.Table(v.Context(), x.Object, open, sheet.Name, 1, 5)
		if err == nil && slices.Contains(other.Header, known.Parent) { // else no list: a sheet of remarks
			sheets = append(sheets, sheet.Name)
		}
	}
	return sheets, nil
}

// whyProposed says under each column why it is proposed, or is not.
func (p *listPage) whyProposed(proposed propose.Proposal) {
	for i := range p.Columns {
		at := slices.IndexFunc(proposed.Columns, func(c propose.Column) bool { return c.Key == p.Columns[i].Key })
		if at < 0 || proposed.Columns[at].Why == "" {
			continue
		}
		c := proposed.Columns[at]
		said := p.T("lists.why."+c.Why, "other", c.Taken, "fit", c.Fit, "of", c.Of)
		if c.Sensitive != "" {
			said = p.T("lists.sensitive." + c.Sensitive)
		}
		p.Columns[i].Why, p.Columns[i].Check = said, c.As != "" && !c.Sure && c.Sensitive == "" || len(c.Undecided) > 0
	}
}
