// SPDX-License-Identifier: Apache-2.0

package register

import (
	"crypto/sha256"
	"encoding/hex"

	"recount/journal"
)

const (
	kindProposed  = "decision.proposed@1"
	kindDropped   = "decision.dropped@1"
	kindReclassed = "handling.changed@1"
)

// DecisionActs are what takes two people: one proposes, and another, who agrees,
// does it.
func DecisionActs() []Code {
	return []Code{
		{"lower", "Open something to more people"}, {"seal", "Seal something"}, {"reveal", "Open a protected identity"},
		{"erase", "Erase"}, {"lift-hold", "Lift a legal hold"}, {"show", "Bring back what is hidden"},
	}
}

// Proposal is what one person asks for and a second has to agree to.
type Proposal struct {
	Decision     string // id, q-…
	Act          string // DecisionActs
	SubjectKind  string // what it is about, and which
	Subject      string
	To           string // what it becomes, where the act changes something into something
	Detail       string // whatever else the second has to see, in the act's own form
	DetailSHA256 string // of Detail, hex; "" without
}

func (x *Proposal) slots() []slot {
	return []slot{
		{"decision", &x.Decision}, {"act", &x.Act}, {"subject_kind", &x.SubjectKind}, {"subject", &x.Subject},
		{"to", &x.To}, {"detail", &x.Detail}, {"detail_sha256", &x.DetailSHA256},
	}
}

// Draft is the entry decision.proposed@1 that says x.
func (x Proposal) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindProposed, x.slots(), reason, basis, handling)
}

// ProposalFrom reads an entry decision.proposed@1.
func ProposalFrom(e journal.Entry) (Proposal, error) {
	var x Proposal
	err := read(kindProposed, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Proposal) Check() error {
	c := checks{what: "decision"}
	c.id("decision", "q", x.Decision)
	c.add("act", check("act", DecisionActs(), x.Act, false))
	c.line("subject_kind", x.SubjectKind)
	c.line("subject", x.Subject)
	c.optionalLine("to", x.To)
	if x.DetailSHA256 != DetailSHA256(x.Detail) {
		c.failf("detail_sha256", "it is not that of the detail")
	}
	c.texts(x.slots())
	return c.err()
}

// DetailSHA256 is the hash of a proposal's detail in hex, "" without one.
func DetailSHA256(detail string) string {
	if detail == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(detail))
	return hex.EncodeToString(sum[:])
}

// Dropped says that a proposal is not to be carried out: refused, or taken back.
type Dropped struct{ Decision string }

func (x *Dropped) slots() []slot { return []slot{{"decision", &x.Decision}} }

// Draft is the entry decision.dropped@1 that says x.
func (x Dropped) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindDropped, x.slots(), reason, basis, handling)
}

// DroppedFrom reads an entry decision.dropped@1.
func DroppedFrom(e journal.Entry) (Dropped, error) {
	var x Dropped
	err := read(kindDropped, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Dropped) Check() error {
	c := checks{what: "decision"}
	c.id("decision", "q", x.Decision)
	return c.err()
}

// SubjectKinds are the things whose handling can be changed.
func SubjectKinds() []Code {
	return []Code{
		{"source", "source"}, {"exhibit", "exhibit"}, {"citation", "citation"}, {"incident", "incident"},
		{"figure", "figure"}, {"dossier", "dossier"}, {"record", "record"}, {"consent", "consent"}, {"identity", "protected identity"}, {"list", "list or other batch of records"}, {"entry", "entry of the journal"},
		{"field", "field of all records"},
	}
}

// Reclassed changes who sees a thing: all that was ever said of it has that
// handling from now on.
type Reclassed struct {
	SubjectKind string // SubjectKinds
	Subject     string // an id, a record's leaf, a list's batch, an entry's number, a code of FieldCodes
	From, To    string // handling texts
	Decision    string // id, q-…, where it took two people
	Outside     string // the agreement of a second from outside, signed; "" where an account agreed
}

func (x *Reclassed) slots() []slot {
	return []slot{
		{"subject_kind", &x.SubjectKind}, {"subject", &x.Subject}, {"from", &x.From}, {"to", &x.To},
		{"decision", &x.Decision}, {"outside", &x.Outside},
	}
}

// Draft is the entry handling.changed@1 that says x.
func (x Reclassed) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindReclassed, x.slots(), reason, basis, handling)
}

// ReclassedFrom reads an entry handling.changed@1.
func ReclassedFrom(e journal.Entry) (Reclassed, error) {
	var x Reclassed
	err := read(kindReclassed, x.slots(), e)
	return x, err
}

// TakesTwo reports whether the change opens the thing to anybody, or seals it.
func (x Reclassed) TakesTwo() bool {
	return MoreOpen(x.To, x.From) || Sealed(x.To) && !Sealed(x.From)
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Reclassed) Check() error {
	c := checks{what: "handling"}
	c.add("subject_kind", check("kind of thing", SubjectKinds(), x.SubjectKind, false))
	c.line("subject", x.Subject)
	if x.SubjectKind == "field" {
		c.add("subject", CheckField(x.Subject))
	}
	c.add("from", CheckHandling(x.From))
	c.add("to", CheckHandling(x.To))
	switch _, in := SplitHandling(x.To); {
	case x.To == x.From:
		c.failf("to", "%s: it has that already", clip(x.To))
	case Sealed(x.To) && in == "":
		c.failf("to", "sealed, and in no compartment: nobody could see it ever again; accepted is sealed in a compartment, such as sealed/k-0011223344556677")
	}
	if x.TakesTwo() {
		c.id("decision", "q", x.Decision)
	}
	c.texts(x.slots())
	return c.err()
}
