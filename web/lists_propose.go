// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"recount/derive"
	"recount/intake/propose"
	"recount/intake/table"
)

// propose fills the form of a list with what its columns probably mean, when it is
// opened: whoever reads the list changes what is wrong. What was chosen already is
// not touched, and ?empty=1 begins with nothing.
func (v *visit) propose(t derive.Table) (proposed propose.Proposal, is bool) {
	if v.Method != http.MethodGet || v.text("empty") != "" {
		return proposed, false
	}
	columns := table.Columns(t.Header)
	rows := make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = row.Cells
	}
	proposed = propose.Propose(columns, rows)
	if err := v.ParseForm(); err != nil {
		return proposed, false
	}
	set := func(name, value string) {
		if value != "" && !v.Form.Has(name) {
			v.Form.Set(name, value)
		}
	}
	var orders []string
	for i, c := range proposed.Columns {
		set("meaning"+strconv.Itoa(i), c.As)
		for n, value := range distinct(t.Rows, i) {
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
	between := " "
	if slices.ContainsFunc(proposed.Unknown, func(s string) bool { return strings.ContainsAny(s, " ;؛") }) {
		between = "; "
	}
	unknown := strings.Join(proposed.Unknown, between)
	if len(proposed.Unknown) == 1 && between == "; " {
		unknown += ";"
	}
	set("unknown", unknown)
	return proposed, true
}

// whyProposed says under each column why it is proposed, or is not.
func (p *listPage) whyProposed(proposed propose.Proposal) {
	p.Empty = p.Query(p.Query(p.To("lists", "new"), "exhibit", p.Exhibit.Exhibit), "empty", "1")
	for i := range min(len(p.Columns), len(proposed.Columns)) {
		c := proposed.Columns[i]
		if c.Why == "" {
			continue
		}
		said := p.T("lists.why."+c.Why, "other", c.Taken, "fit", c.Fit, "of", c.Of)
		if c.Sensitive != "" {
			said = p.T("lists.sensitive." + c.Sensitive)
		}
		p.Columns[i].Why, p.Columns[i].Check = said, c.As != "" && !c.Sure && c.Sensitive == "" || len(c.Undecided) > 0
	}
}
