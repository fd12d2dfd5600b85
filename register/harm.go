// SPDX-License-Identifier: Apache-2.0

package register

import (
	"recount/journal"
)

const (
	kindHarm  = "harm@1"
	kindGroup = "group@1"
	kindRung  = "rung@1"
	kindExtra = "extra@1"
)

// Harm is one kind of act upon the person of a record.
type Harm struct {
	Record        journal.Leaf // the record that says so
	Number        int          // from 1, within the record
	Code          string       // HarmCodes or x-…
	CodeWritten   journal.Value
	Incident      string // id, i-…, "" none
	DateWritten   journal.Value
	Date          string // EDTF, "" unknown
	EndWritten    journal.Value
	End           string // EDTF, "" unknown or the same day
	PlaceWritten  journal.Value
	Place         string // as read, most exact part first: "village, district, region"
	CauseWritten  journal.Value
	Cause         string        // CauseCodes or x-…, "" unknown
	Alleged       journal.Value // who is said to be responsible, as written
	Month         string        // rung: YYYY-MM, "" not known or not in one month
	District      string        // rung: folded place up to its first comma, "" unknown
	Determination string        // DeterminationCodes
	Standard      string        // StandardCodes
	Handling      string        // HandlingCodes
}

func (h *Harm) slots() []slot {
	return []slot{
		{"record", &h.Record}, {"number", &h.Number}, {"code", &h.Code},
		{"code_written", &h.CodeWritten}, {"incident", &h.Incident},
		{"date_written", &h.DateWritten}, {"date", &h.Date},
		{"end_written", &h.EndWritten}, {"end", &h.End},
		{"place_written", &h.PlaceWritten}, {"place", &h.Place},
		{"cause_written", &h.CauseWritten}, {"cause", &h.Cause}, {"alleged", &h.Alleged},
		{"month", &h.Month}, {"district", &h.District},
		{"determination", &h.Determination}, {"standard", &h.Standard}, {"handling", &h.Handling},
	}
}

// Values are the fields of harm@1 in their order.
func (h Harm) Values() []journal.Value { return values(h.slots()) }

// HarmFrom reads the fields of harm@1 in their order.
func HarmFrom(from []journal.Value) (Harm, error) {
	var h Harm
	err := readRow(kindHarm, h.slots(), from)
	return h, err
}

// Check returns all that is wrong with h, or nil (fault.Invalid).
func (h Harm) Check() error {
	c := checks{what: "harm"}
	c.leaf("record", h.Record)
	if h.Number < 1 {
		c.failf("number", "%d: accepted is a whole number from 1", h.Number)
	}
	if h.Code != "" { // what happened is not known: counted as unknown, never as none
		c.add("code", CheckHarm(h.Code))
	}
	c.optionalID("incident", "i", h.Incident)
	c.date("date", h.Date)
	c.date("end", h.End)
	c.optionalLine("place", h.Place)
	c.add("cause", CheckCause(h.Cause))
	if h.Month != "" && !isMonth(h.Month) {
		c.failf("month", "%q: accepted is YYYY-MM", clip(h.Month))
	}
	c.add("determination", CheckDetermination(h.Determination))
	c.add("standard", CheckStandard(h.Standard))
	c.add("handling", CheckHandling(h.Handling))
	if h.Code == "sexual-violence" && CheckHandling(h.Handling) == nil && atLeast(h.Handling, "restricted") != h.Handling {
		c.failf("handling", "%s: accepted for sexual violence are restricted and sealed (I-26)", h.Handling)
	}
	c.texts(h.slots())
	return c.err()
}

func (c *checks) leaf(field string, leaf journal.Leaf) {
	if leaf == (journal.Leaf{}) {
		c.failf(field, "it is missing; accepted is the leaf of a record")
	}
}

// Group is an assertion about unnamed people: how many at least and at most.
// A group is never added to a count of persons (I-05).
type Group struct {
	Source       string // id, s-…
	Exhibit      string // id, e-…
	Pinpoint     string
	Description  journal.Value // as the source has it
	Low          Number        // at least; known
	High         Number        // at most, inclusive; unknown: no upper end is given
	Code         string        // HarmCodes or x-…
	DateWritten  journal.Value
	Date         string // EDTF, "" unknown
	PlaceWritten journal.Value
	Place        string
	Handling     string
	Basis        string
	Raw          journal.Value
}

func (g *Group) slots() []slot {
	return []slot{
		{"source", &g.Source}, {"exhibit", &g.Exhibit}, {"pinpoint", &g.Pinpoint},
		{"description", &g.Description}, {"low", &g.Low}, {"high", &g.High}, {"code", &g.Code},
		{"date_written", &g.DateWritten}, {"date", &g.Date},
		{"place_written", &g.PlaceWritten}, {"place", &g.Place},
		{"handling", &g.Handling}, {"basis", &g.Basis}, {"raw", &g.Raw},
	}
}

// Values are the fields of group@1 in their order.
func (g Group) Values() []journal.Value { return values(g.slots()) }

// GroupFrom reads the fields of group@1 in their order.
func GroupFrom(from []journal.Value) (Group, error) {
	var g Group
	err := readRow(kindGroup, g.slots(), from)
	return g, err
}

// Check returns all that is wrong with g, or nil (fault.Invalid; I-04).
func (g Group) Check() error {
	c := checks{what: "group"}
	c.id("source", "s", g.Source)
	c.id("exhibit", "e", g.Exhibit)
	c.line("pinpoint", g.Pinpoint)
	switch {
	case !g.Low.Known:
		c.failf("low", "it is missing; accepted is the least number of people, 0 when the source gives none")
	case g.Low.N < 0, g.High.Known && g.High.N < g.Low.N:
		c.failf("low", "%s to %s: accepted are 0 ≤ low ≤ high, or no high", g.Low, g.High)
	}
	c.add("code", CheckHarm(g.Code))
	c.date("date", g.Date)
	c.optionalLine("place", g.Place)
	c.add("handling", CheckHandling(g.Handling))
	c.add("basis", CheckBasis(g.Basis))
	c.texts(g.slots())
	return c.err()
}

// Rung is a rung that was computed after its record was written, by a rule of
// a later version: one rung per rule.
type Rung struct {
	Record journal.Leaf
	Rung   string // name: child_age, month
	Rule   string // name and version: child-age@2
	Value  string // "" can not be told
}

func (x *Rung) slots() []slot {
	return []slot{{"record", &x.Record}, {"rung", &x.Rung}, {"rule", &x.Rule}, {"value", &x.Value}}
}

// Values are the fields of rung@1 in their order.
func (x Rung) Values() []journal.Value { return values(x.slots()) }

// RungFrom reads the fields of rung@1 in their order.
func RungFrom(from []journal.Value) (Rung, error) {
	var x Rung
	err := readRow(kindRung, x.slots(), from)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Rung) Check() error {
	c := checks{what: "rung"}
	c.leaf("record", x.Record)
	c.line("rung", x.Rung)
	c.line("rule", x.Rule)
	c.optionalLine("value", x.Value)
	c.texts(x.slots())
	return c.err()
}

// Extra is a field of the case's own: a column of a list that no field of a
// record stands for.
type Extra struct {
	Record  journal.Leaf
	Name    string        // of the field, as the case calls it
	Written journal.Value // as the source has it
	Value   string        // as read, "" not read
}

func (x *Extra) slots() []slot {
	return []slot{{"record", &x.Record}, {"name", &x.Name}, {"written", &x.Written}, {"value", &x.Value}}
}

// Values are the fields of extra@1 in their order.
func (x Extra) Values() []journal.Value { return values(x.slots()) }

// ExtraFrom reads the fields of extra@1 in their order.
func ExtraFrom(from []journal.Value) (Extra, error) {
	var x Extra
	err := readRow(kindExtra, x.slots(), from)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Extra) Check() error {
	c := checks{what: "extra field"}
	c.leaf("record", x.Record)
	c.line("name", x.Name)
	c.texts(x.slots())
	return c.err()
}
