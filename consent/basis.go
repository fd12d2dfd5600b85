// SPDX-License-Identifier: Apache-2.0

package consent

import (
	"strings"

	"recount/journal"
	"recount/register"
)

const (
	kindBasis     = "basis.stated@1"
	kindGiven     = "consent.given@1"
	kindWithdrawn = "consent.withdrawn@1"
	kindShared    = "bundle.shared@1"
)

// Basis is on which ground a source is held and what it may be used for; its
// records inherit it. Where nobody has stated one, it follows from the entry
// that describes the source.
type Basis struct {
	Source     string // id, s-…
	Ground     string // register.BasisCodes
	LegalBasis string // the law or mandate, in words; required for the ground duty
	Uses       Rules  // in place of what the ground permits; none: what it permits
	Until      string // the last day on which it holds, YYYY-MM-DD; "" without end
	Note       string

	Seq int64 // the entry that it stands since; -1: it follows from the source's own entry
}

func (x *Basis) slots() []slot {
	return []slot{
		{"source", &x.Source}, {"ground", &x.Ground}, {"legal_basis", &x.LegalBasis},
		{"uses", &x.Uses}, {"until", &x.Until}, {"note", &x.Note},
	}
}

// Draft is the entry basis.stated@1 that says x.
func (x Basis) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindBasis, x.slots(), reason, basis, handling)
}

// BasisFrom reads an entry basis.stated@1.
func BasisFrom(e journal.Entry) (Basis, error) {
	x := Basis{Seq: e.Header.Seq}
	err := read(kindBasis, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Basis) Check() error {
	c := checks{what: "basis"}
	c.add("source", register.CheckID("s", x.Source))
	c.add("ground", register.CheckBasis(x.Ground))
	if x.Ground == "duty" && strings.TrimSpace(x.LegalBasis) == "" {
		c.failf("legal_basis", "it is missing; a duty is laid down somewhere: accepted is the law or the mandate, with its article")
	}
	c.day("until", x.Until)
	c.texts(x.slots())
	return c.err()
}

// rules are what the basis permits: what is stated, or what its ground does.
func (x Basis) rules() Rules {
	if len(x.Uses) > 0 {
		return x.Uses
	}
	return Ground(x.Ground)
}
