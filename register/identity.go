// SPDX-License-Identifier: Apache-2.0

package register

import (
	"recount/journal"
	"recount/names"
)

const (
	kindOpener    = "opener.named@1"
	kindProtected = "identity.protected@1"
	kindOpened    = "identity.opened@1"
	kindPseudonym = "pseudonym.given@1"
)

// IdentityOpener is somebody to whom identities can be sealed from now on, by
// the key that this entry names.
type IdentityOpener struct {
	Opener string // the name, folded: OpenerOf
	Name   string // as it is written
	Key    string // the public half, base64 (docs/formats/identities.md)
}

// OpenerOf is how an opener is named, whatever the case of the letters and the
// space between.
func OpenerOf(name string) string { return names.Fold(name) }

func (x *IdentityOpener) slots() []slot {
	return []slot{{"opener", &x.Opener}, {"name", &x.Name}, {"key", &x.Key}}
}

// Draft is the entry opener.named@1 that says x.
func (x IdentityOpener) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindOpener, x.slots(), reason, basis, handling)
}

// IdentityOpenerFrom reads an entry opener.named@1.
func IdentityOpenerFrom(e journal.Entry) (IdentityOpener, error) {
	var x IdentityOpener
	err := read(kindOpener, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x IdentityOpener) Check() error {
	c := checks{what: "opener"}
	c.line("name", x.Name)
	if x.Opener == "" || x.Opener != OpenerOf(x.Name) {
		c.failf("opener", "%q is not %q folded; accepted is a name with letters or digits", clip(x.Opener), clip(x.Name))
	}
	c.line("key", x.Key)
	c.texts(x.slots())
	return c.err()
}

// ProtectedIdentity is a person who is known in the case by a pseudonym alone.
// Nothing here tells who it is: that lies sealed in the map of identities.
type ProtectedIdentity struct {
	Identity  string   // id, w-…
	Pseudonym string   // within the case; publications have others
	StandsFor string   // id of the source or person that it is, "" not said
	Openers   []string // folded names, OpenerOf, of those to whom it is sealed
	Share     string   // the journal's half of the key, hex; "" where it was read from the tables
	Sealed    string   // name of the sealed file, hex
}

func (x *ProtectedIdentity) slots() []slot {
	return []slot{
		{"identity", &x.Identity}, {"pseudonym", &x.Pseudonym}, {"stands_for", &x.StandsFor},
		{"openers", &x.Openers}, {"share", &x.Share}, {"sealed", &x.Sealed},
	}
}

// Draft is the entry identity.protected@1 that says x.
func (x ProtectedIdentity) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindProtected, x.slots(), reason, basis, handling)
}

// ProtectedIdentityFrom reads an entry identity.protected@1.
func ProtectedIdentityFrom(e journal.Entry) (ProtectedIdentity, error) {
	var x ProtectedIdentity
	err := read(kindProtected, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x ProtectedIdentity) Check() error {
	c := checks{what: "identity " + clip(x.Identity)}
	c.id("identity", "w", x.Identity)
	c.line("pseudonym", x.Pseudonym)
	if x.StandsFor != "" && CheckID("s", x.StandsFor) != nil && CheckID("p", x.StandsFor) != nil {
		c.failf("stands_for", "%q; accepted is the id of a source, s-…, or of a person, p-…", clip(x.StandsFor))
	}
	if len(x.Openers) == 0 {
		c.failf("openers", "there is none, and nobody could ever open it; accepted is at least one, by name")
	}
	for _, o := range x.Openers {
		c.line("openers", o)
	}
	c.sha256("share", x.Share)
	c.sha256("sealed", x.Sealed)
	c.texts(x.slots())
	return c.err()
}

// OpenedIdentity says that an identity was opened, by whom the entry says.
type OpenedIdentity struct {
	Identity string // id, w-…
	ForWhom  string // who is told
	Decision string // id, q-…, of what another person proposed
	Outside  string // the agreement of a second from outside; "" where an account agreed
}

func (x *OpenedIdentity) slots() []slot {
	return []slot{{"identity", &x.Identity}, {"for_whom", &x.ForWhom}, {"decision", &x.Decision}, {"outside", &x.Outside}}
}

// Draft is the entry identity.opened@1 that says x.
func (x OpenedIdentity) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindOpened, x.slots(), reason, basis, handling)
}

// OpenedIdentityFrom reads an entry identity.opened@1.
func OpenedIdentityFrom(e journal.Entry) (OpenedIdentity, error) {
	var x OpenedIdentity
	err := read(kindOpened, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x OpenedIdentity) Check() error {
	c := checks{what: "identity " + clip(x.Identity)}
	c.id("identity", "w", x.Identity)
	c.line("for_whom", x.ForWhom)
	c.id("decision", "q", x.Decision)
	c.texts(x.slots())
	return c.err()
}

// GivenPseudonym is what a protected person is called in a publication.
type GivenPseudonym struct {
	Identity  string // id, w-…
	Dossier   string // id, d-…
	Pseudonym string
	LinkedTo  string // id of the dossier whose pseudonym this is on purpose, "" none
}

func (x *GivenPseudonym) slots() []slot {
	return []slot{{"identity", &x.Identity}, {"dossier", &x.Dossier}, {"pseudonym", &x.Pseudonym}, {"linked_to", &x.LinkedTo}}
}

// Draft is the entry pseudonym.given@1 that says x.
func (x GivenPseudonym) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindPseudonym, x.slots(), reason, basis, handling)
}

// GivenPseudonymFrom reads an entry pseudonym.given@1.
func GivenPseudonymFrom(e journal.Entry) (GivenPseudonym, error) {
	var x GivenPseudonym
	err := read(kindPseudonym, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x GivenPseudonym) Check() error {
	c := checks{what: "pseudonym"}
	c.id("identity", "w", x.Identity)
	c.id("dossier", "d", x.Dossier)
	c.line("pseudonym", x.Pseudonym)
	c.optionalID("linked_to", "d", x.LinkedTo)
	c.texts(x.slots())
	return c.err()
}
