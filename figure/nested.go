// SPDX-License-Identifier: Apache-2.0

package figure

import (
	"fmt"

	"recount/fault"
)

// Published are the totals of a figure, or of a figure with one of its parts,
// as readers see them.
type Published struct {
	Edition    string // what to call the edition in a message; "" the one at hand
	Definition Definition
	Part       string // name of the part; "" the figure itself
	Totals     Totals
}

// CheckNested looks for small groups that follow from the totals of different
// figures: where everybody whom one counts is counted by the other, the
// difference of two totals is the number of those whom only the wider one
// counts (I-24). Lines of different figures cannot be joined with each other,
// totals can.
//
// One counts whom another counts when it asks for the same or for fewer harms,
// districts and sources, for the same period or one within it, and, as a part,
// for what implies the other's. Those who are in, and those who are in or
// unknown, are then among the other's likewise. The numbers of those unknown
// are of no set within another; their difference follows from these two.
//
// The error is fault.Forbidden and names figures, parts and limit, never the
// totals. Two of one figure are not compared: Plan does that.
func CheckNested(all []Published, limit int) error {
	for i, one := range all {
		for _, other := range all[i+1:] {
			if one.Definition.Figure == other.Definition.Figure || one.Edition != "" && other.Edition != "" {
				continue
			}
			for _, pair := range [][2]Published{{one, other}, {other, one}} {
				if err := checkWithin(pair[0], pair[1], int64(limit)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func checkWithin(narrow, wide Published, limit int64) error {
	p, q := narrow.part(), wide.part()
	if !narrow.Definition.implies(wide.Definition) || !p.implies(q) {
		return nil
	}
	small := func(n int64) bool { return n > 0 && n < limit }
	apart := small(wide.Totals.In - narrow.Totals.In)
	if p.Child == q.Child || q.Child == "" {
		// Without a step from flag or age to "either", whoever could be in the
		// narrower could be in the wider as well.
		apart = apart || small(wide.Totals.Max()-narrow.Totals.Max())
	}
	if !apart {
		return nil
	}
	return fmt.Errorf("%w: %s counts whom %s counts and fewer than %d persons more, so that their totals together show a small group; "+
		"accepted: one of the two left out of the statement, one figure made wide enough to count both groups, or a lower limit",
		fault.Forbidden, wide.name(), narrow.name(), limit)
}

func (p Published) part() Part {
	if c := p.Definition.Column(p.Part); c > 0 {
		return p.Definition.Parts[c-1]
	}
	return Part{}
}

func (p Published) name() string {
	name := "figure " + p.Definition.Figure + " (" + p.Definition.Title + ")"
	if p.Part != "" {
		name = "part " + p.Part + " of " + name
	}
	if p.Edition != "" {
		name += " in edition " + p.Edition
	}
	return name
}

// implies reports whether whoever is in d is in e as well, their parts aside,
// and whoever is unknown in d is not out of e.
func (d Definition) implies(e Definition) bool {
	return narrower(d.Harms, e.Harms) && narrower(d.District, e.District) && narrower(d.Sources, e.Sources) && within(d.Period, e.Period)
}

// within reports whether a period lies within another; "" is all time.
func within(inner, outer string) bool {
	if outer == "" || inner == outer {
		return true
	}
	if inner == "" {
		return false
	}
	a, err := ParsePeriod(inner)
	b, err2 := ParsePeriod(outer)
	return err == nil && err2 == nil && a.First >= b.First && a.Last <= b.Last
}
