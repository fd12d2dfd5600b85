// SPDX-License-Identifier: Apache-2.0

package tally

import (
	"slices"

	"recount/edtf"
	"recount/figure"
	"recount/journal"
	"recount/register"
)

// GroupRange is what one source says about unnamed people. It is never added
// to persons, nor to another group: the same people may be meant (I-05).
type GroupRange struct {
	Group  journal.Leaf `json:"group"`
	Source string       `json:"source"`
	Code   string       `json:"code"`
	Min    int64        `json:"min"`
	Max    *int64       `json:"max"` // nil: the source gives no upper end
	// Verdict: whether the figure would count them by code, time and place.
	Verdict string `json:"verdict"`
}

// groupsFor are the groups that a figure would count, or could, by leaf.
func (c *Columns) groupsFor(d figure.Definition) []GroupRange {
	out := []GroupRange{}
	for _, g := range c.groups {
		if len(d.Sources) > 0 && !slices.Contains(d.Sources, g.Source) {
			continue
		}
		harm := figure.Harm{Code: g.Code, Month: figure.Unknowns, District: figure.Unknowns}
		if date, err := edtf.Parse(g.Date); err == nil {
			if month, ok := edtf.Month(date); ok {
				harm.Month = month
			}
		}
		if district := register.District(g.Place); district != "" {
			harm.District = district
		}
		verdict := d.Decide(d.Reduce(figure.Rungs{Harms: []figure.Harm{harm}}))[0]
		if verdict == figure.Out {
			continue
		}
		r := GroupRange{Group: g.Leaf, Source: g.Source, Code: g.Code, Min: g.Low.N, Verdict: verdict.String()}
		if g.High.Known {
			most := g.High.N
			r.Max = &most
		}
		out = append(out, r)
	}
	return out
}
