// SPDX-License-Identifier: Apache-2.0

package register

import (
	"strings"

	"recount/journal"
)

const (
	kindIncident = "incident.described@1"
	kindCase     = "case.opened@1"
	kindErasure  = "erasure.decided@1"

	kindErasureProposed = "erasure.decided@2"
)

// Incident is a happening that harms are tied to.
type Incident struct {
	Incident     string // id, i-…
	Title        string // one line
	WhenWritten  string // as the source has it
	When         string // EDTF, "" unknown
	PlaceWritten string
	Place        string
	Kind         string // IncidentKinds or x-…
	Context      string // Contexts, "" not said
	Parent       string // id of the incident that it is part of
	Note         string
}

func (x *Incident) slots() []slot {
	return []slot{
		{"incident", &x.Incident}, {"title", &x.Title}, {"when_written", &x.WhenWritten},
		{"when", &x.When}, {"place_written", &x.PlaceWritten}, {"place", &x.Place},
		{"kind", &x.Kind}, {"context", &x.Context}, {"parent", &x.Parent}, {"note", &x.Note},
	}
}

// Draft is the entry incident.described@1 that says x.
func (x Incident) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindIncident, x.slots(), reason, basis, handling)
}

// IncidentFrom reads an entry incident.described@1.
func IncidentFrom(e journal.Entry) (Incident, error) {
	var x Incident
	err := read(kindIncident, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Incident) Check() error {
	c := checks{what: "incident " + clip(x.Incident)}
	c.id("incident", "i", x.Incident)
	c.line("title", x.Title)
	c.date("when", x.When)
	c.optionalLine("place", x.Place)
	c.add("kind", CheckIncidentKind(x.Kind))
	c.add("context", CheckContext(x.Context))
	c.optionalID("parent", "i", x.Parent)
	if x.Parent != "" && x.Parent == x.Incident {
		c.failf("parent", "an incident is not part of itself; accepted is another incident")
	}
	c.texts(x.slots())
	return c.err()
}

// CaseOpened is the first entry of a journal.
type CaseOpened struct {
	Title      string // for those who work on it
	PublicName string // for the world; it says nothing about the case
}

func (x *CaseOpened) slots() []slot {
	return []slot{{"title", &x.Title}, {"public_name", &x.PublicName}}
}

// Draft is the entry case.opened@1 that says x.
func (x CaseOpened) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindCase, x.slots(), reason, basis, handling)
}

// CaseOpenedFrom reads an entry case.opened@1.
func CaseOpenedFrom(e journal.Entry) (CaseOpened, error) {
	var x CaseOpened
	err := read(kindCase, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x CaseOpened) Check() error {
	c := checks{what: "case"}
	c.line("title", x.Title)
	c.line("public_name", x.PublicName)
	c.texts(x.slots())
	return c.err()
}

// Erasure is the decision to destroy keys. It names what shall be destroyed
// and who decided, never what it said.
type Erasure struct {
	Erasure    string   // id, z-…
	Ground     string   // in words: a withdrawal, a court's order
	Deciders   []string // the accounts that decided, at least one; two for a shared exhibit
	Leaves     []string // hex: rows, count lines, payloads
	Objects    []string // hex: addresses in the vault
	Kept       []string // "what: on which ground it stays", one a line
	PlanSHA256 string   // of the plan that the deciders saw, hex
	Decision   string   // id, q-…, of the proposal that this carries out; "" where both decided at one desk
	Outside    string   // the agreement of a second from outside, signed; "" where an account agreed
}

func (x *Erasure) slots() []slot {
	return []slot{
		{"erasure", &x.Erasure}, {"ground", &x.Ground}, {"deciders", &x.Deciders},
		{"leaves", &x.Leaves}, {"objects", &x.Objects}, {"kept", &x.Kept},
		{"plan_sha256", &x.PlanSHA256},
	}
}

// proposed are the slots of an erasure that one person proposed and a second
// carried out.
func (x *Erasure) proposed() []slot {
	return append(x.slots(), slot{"decision", &x.Decision}, slot{"outside", &x.Outside})
}

// Draft is the entry that says x: erasure.decided@2 where it carries out a
// proposal, else erasure.decided@1.
func (x Erasure) Draft(reason, basis, handling string) journal.Draft {
	if x.Decision != "" {
		return draft(kindErasureProposed, x.proposed(), reason, basis, handling)
	}
	return draft(kindErasure, x.slots(), reason, basis, handling)
}

// ErasureFrom reads an entry erasure.decided@1 or @2.
func ErasureFrom(e journal.Entry) (Erasure, error) {
	var x Erasure
	if e.Kind.Name == kindErasureProposed {
		err := read(kindErasureProposed, x.proposed(), e)
		return x, err
	}
	err := read(kindErasure, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid). One entry
// holds about a thousand leaves; a longer plan is decided in several.
func (x Erasure) Check() error {
	c := checks{what: "erasure " + clip(x.Erasure)}
	c.id("erasure", "z", x.Erasure)
	c.optionalID("decision", "q", x.Decision)
	if strings.TrimSpace(x.Ground) == "" {
		c.failf("ground", "it is missing; accepted is the reason in words")
	}
	if len(x.Deciders) == 0 {
		c.failf("deciders", "nobody is named; accepted is at least one account")
	}
	if len(x.Leaves)+len(x.Objects) == 0 {
		c.failf("leaves", "nothing is named that shall be erased; accepted is at least one leaf or object")
	}
	for _, leaf := range x.Leaves {
		c.sha256("leaves", leaf)
	}
	for _, object := range x.Objects {
		c.sha256("objects", object)
	}
	c.sha256("plan_sha256", x.PlanSHA256)
	c.texts(x.slots())
	return c.err()
}

// CheckAct checks what every act says beside its own fields.
func CheckAct(reason, basis, handling string) error {
	c := checks{what: "act"}
	if strings.TrimSpace(reason) == "" {
		c.failf("reason", "it is missing; accepted is why this is done, in words")
	}
	c.texts([]slot{{"reason", &reason}})
	c.add("basis", CheckBasis(basis))
	c.add("handling", CheckHandling(handling))
	return c.err()
}
