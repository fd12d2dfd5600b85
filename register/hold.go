// SPDX-License-Identifier: Apache-2.0

package register

import (
	"recount/edtf"
	"recount/journal"
)

const (
	kindHoldPlaced = "hold.placed@1"
	kindHoldLifted = "hold.lifted@1"
	kindHidden     = "thing.hidden@1"
	kindShown      = "thing.shown@1"
)

// HeldKinds are the things that a legal hold can be placed on.
func HeldKinds() []Code {
	return []Code{
		{"case", "the whole case"}, {"person", "person"}, {"record", "record"}, {"source", "source"},
		{"exhibit", "exhibit"}, {"dossier", "dossier"},
	}
}

// Hold forbids that something is erased: a court asks for it, a proceeding is
// expected. It outranks every erasure while it is in force.
type Hold struct {
	Hold        string // id, h-…
	SubjectKind string // HeldKinds
	Subject     string // an id, a record's leaf; "" for the whole case
	Ground      string // in words: an order, a letter of a court
	Until       string // the last day on which it is in force, YYYY-MM-DD; "" until it is lifted
}

func (x *Hold) slots() []slot {
	return []slot{{"hold", &x.Hold}, {"subject_kind", &x.SubjectKind}, {"subject", &x.Subject}, {"ground", &x.Ground}, {"until", &x.Until}}
}

// Draft is the entry hold.placed@1 that says x.
func (x Hold) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindHoldPlaced, x.slots(), reason, basis, handling)
}

// HoldFrom reads an entry hold.placed@1.
func HoldFrom(e journal.Entry) (Hold, error) {
	var x Hold
	err := read(kindHoldPlaced, x.slots(), e)
	return x, err
}

// MarshalJSON writes x by the names of its fields.
func (x Hold) MarshalJSON() ([]byte, error) { return object(x.slots()) }

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Hold) Check() error {
	c := checks{what: "hold " + clip(x.Hold)}
	c.id("hold", "h", x.Hold)
	c.subject(HeldKinds(), x.SubjectKind, x.Subject)
	c.line("ground", x.Ground)
	c.day("until", x.Until)
	c.texts(x.slots())
	return c.err()
}

// InForce tells whether the hold holds on a day, YYYY-MM-DD.
func (x Hold) InForce(day string) bool { return x.Until == "" || day <= x.Until }

// subject: the id that goes with a kind of thing.
func (c *checks) subject(kinds []Code, kind, subject string) {
	if err := check("kind of thing", kinds, kind, false); err != nil {
		c.add("subject_kind", err)
		return
	}
	switch kind {
	case "case":
		if subject != "" {
			c.failf("subject", "the whole case has no id here; accepted is nothing")
		}
	case "record":
		_, err := journal.ParseLeaf(subject)
		c.add("subject", err)
	default:
		c.id("subject", kind[:1], subject)
	}
}

// day: a whole day or nothing.
func (c *checks) day(field, day string) {
	if day == "" {
		return
	}
	d, err := edtf.Parse(day)
	if err != nil || len(day) != len("2006-01-02") || d.String() != day || day[4] != '-' || day[7] != '-' {
		c.failf(field, "%q: accepted is a day, YYYY-MM-DD, or nothing", clip(day))
	}
}

// LiftedHold ends a hold, by two people.
type LiftedHold struct {
	Hold     string // id, h-…
	Decision string // id, q-…, that another person made
	Outside  string // the agreement of a second from outside, signed; "" where an account agreed
}

func (x *LiftedHold) slots() []slot {
	return []slot{{"hold", &x.Hold}, {"decision", &x.Decision}, {"outside", &x.Outside}}
}

// Draft is the entry hold.lifted@1 that says x.
func (x LiftedHold) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindHoldLifted, x.slots(), reason, basis, handling)
}

// LiftedHoldFrom reads an entry hold.lifted@1.
func LiftedHoldFrom(e journal.Entry) (LiftedHold, error) {
	var x LiftedHold
	err := read(kindHoldLifted, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x LiftedHold) Check() error {
	c := checks{what: "hold " + clip(x.Hold)}
	c.id("hold", "h", x.Hold)
	c.id("decision", "q", x.Decision)
	c.texts(x.slots())
	return c.err()
}

// HiddenKinds are the things that one person can hide at once.
func HiddenKinds() []Code {
	return []Code{{"person", "person"}, {"record", "record"}, {"source", "source"}, {"exhibit", "exhibit"}}
}

// HiddenAs is the handling text of what is hidden: no scope admits it, and it
// keeps what it was.
func HiddenAs(handling string) string { return "hidden/" + handling }

// Hiding takes a thing out of everybody's sight, by one person, until two bring
// it back or erase it. Of a person it hides the records that stand under it then.
type Hiding struct {
	SubjectKind string // HiddenKinds
	Subject     string // an id, a record's leaf
}

func (x *Hiding) slots() []slot {
	return []slot{{"subject_kind", &x.SubjectKind}, {"subject", &x.Subject}}
}

// Draft is the entry thing.hidden@1 that says x.
func (x Hiding) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindHidden, x.slots(), reason, basis, handling)
}

// HidingFrom reads an entry thing.hidden@1.
func HidingFrom(e journal.Entry) (Hiding, error) {
	var x Hiding
	err := read(kindHidden, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Hiding) Check() error {
	c := checks{what: "hiding"}
	c.subject(HiddenKinds(), x.SubjectKind, x.Subject)
	return c.err()
}

// Showing brings back what was hidden, by two people.
type Showing struct {
	SubjectKind string // HiddenKinds
	Subject     string
	Decision    string // id, q-…, that another person made
	Outside     string // the agreement of a second from outside, signed; "" where an account agreed
}

func (x *Showing) slots() []slot {
	return []slot{{"subject_kind", &x.SubjectKind}, {"subject", &x.Subject}, {"decision", &x.Decision}, {"outside", &x.Outside}}
}

// Draft is the entry thing.shown@1 that says x.
func (x Showing) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindShown, x.slots(), reason, basis, handling)
}

// ShowingFrom reads an entry thing.shown@1.
func ShowingFrom(e journal.Entry) (Showing, error) {
	var x Showing
	err := read(kindShown, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Showing) Check() error {
	c := checks{what: "showing"}
	c.subject(HiddenKinds(), x.SubjectKind, x.Subject)
	c.id("decision", "q", x.Decision)
	c.texts(x.slots())
	return c.err()
}
