// SPDX-License-Identifier: Apache-2.0

package tally

import (
	"fmt"
	"strings"

	"recount/fault"
	"recount/figure"
)

// Difference is what changed between two answers to one question.
type Difference struct {
	Figure   string   `json:"figure"`
	From     Stamp    `json:"from"`
	To       Stamp    `json:"to"`
	Columns  []Column `json:"columns"`  // the figure, then its parts
	Persons  []Change `json:"persons"`  // whose verdict in the figure itself changed, ascending
	Redrawn  bool     `json:"redrawn"`  // the definition is not the same at both
	Entered  int64    `json:"entered"`  // persons of the universe who are new to it
	Departed int64    `json:"departed"` // persons who are no longer of it
}

// Column is a count at both sizes.
type Column struct {
	Part string        `json:"part"` // "" for the figure itself
	From figure.Totals `json:"from"`
	To   figure.Totals `json:"to"`
}

// Change is a person whose verdict changed.
type Change struct {
	Person string `json:"person"`
	From   string `json:"from"` // in, unknown, out; "" not of the universe
	To     string `json:"to"`
	// Into is the persons under whom its records stand now, where the id is no
	// longer used: a merge. Empty where its records are gone or superseded.
	Into []string `json:"into,omitempty"`
}

// Changed compares two answers to the same figure, b being the later. Errors:
// fault.Invalid for answers to different figures, or in the wrong order.
func Changed(a, b *Answer) (Difference, error) {
	if a.Definition.Figure != b.Definition.Figure {
		return Difference{}, fmt.Errorf("%w: figure %s and figure %s; accepted are two answers to one figure", fault.Invalid, a.Definition.Figure, b.Definition.Figure)
	}
	if a.Size > b.Size {
		return Difference{}, fmt.Errorf("%w: size %d and then size %d; accepted is the earlier first", fault.Invalid, a.Size, b.Size)
	}
	d := Difference{
		Figure: a.Definition.Figure, From: a.Stamp, To: b.Stamp, Persons: []Change{},
		Redrawn: string(a.Definition.JSON()) != string(b.Definition.JSON()),
		Columns: columnsOf(a, b),
	}
	// Both lists of persons ascend by id.
	for i, j := 0, 0; i < len(a.profile) || j < len(b.profile); {
		switch order := a.compare(i, b, j); {
		case order < 0:
			d.note(a, b, int32(i), none)
			i++
		case order > 0:
			d.note(a, b, none, int32(j))
			j++
		default:
			d.note(a, b, int32(i), int32(j))
			i, j = i+1, j+1
		}
	}
	return d, nil
}

// compare orders the i-th person of a and the j-th of b; one past the end comes
// last.
func (a *Answer) compare(i int, b *Answer, j int) int {
	switch {
	case i == len(a.profile):
		return 1
	case j == len(b.profile):
		return -1
	}
	return strings.Compare(a.columns.persons[i], b.columns.persons[j])
}

func (d *Difference) note(a, b *Answer, i, j int32) {
	from, to := a.word(i), b.word(j)
	switch {
	case from == to:
		return
	case from == "":
		d.Entered++
	case to == "":
		d.Departed++
	}
	c := Change{From: from, To: to}
	if i != none {
		c.Person = a.columns.persons[i]
	} else {
		c.Person = b.columns.persons[j]
	}
	if j == none {
		c.Into = b.columns.nowUnder(a.columns, i)
	}
	d.Persons = append(d.Persons, c)
}

// word is a person's verdict, "" when it is not of the universe.
func (a *Answer) word(p int32) string {
	if p == none {
		return ""
	}
	v, ok := a.verdict(p, 0)
	if !ok {
		return ""
	}
	return v.String()
}

// nowUnder are the persons under whom the records of an earlier person stand,
// each once, in the order of the records.
func (c *Columns) nowUnder(earlier *Columns, p int32) []string {
	var out []string
	seen := map[string]bool{}
	for _, leaf := range earlier.leavesOf(earlier.recordsOf(p)) {
		id, err := c.PersonOf(leaf)
		if err != nil || seen[id] {
			continue // a record that is gone stands under nobody
		}
		seen[id] = true
		out = append(out, id)
	}
	return out
}

// columnsOf pairs the figure and the parts by name, in the order of b and then
// of what only a has.
func columnsOf(a, b *Answer) []Column {
	out := []Column{{From: a.Total, To: b.Total}}
	before := map[string]figure.Totals{}
	for _, p := range a.Parts {
		before[p.Part] = p.Total
	}
	for _, p := range b.Parts {
		out = append(out, Column{p.Part, before[p.Part], p.Total})
		delete(before, p.Part)
	}
	for _, p := range a.Parts {
		if t, ok := before[p.Part]; ok {
			out = append(out, Column{Part: p.Part, From: t})
		}
	}
	return out
}
