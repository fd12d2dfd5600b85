// SPDX-License-Identifier: Apache-2.0

package register

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"recount/fault"
	"recount/journal"
	"recount/names"
)

const (
	kindSeated      = "member.seated@1"
	kindCompartment = "compartment.described@1"
)

// Seated is what somebody does in a case from now on, in the place of what was
// said of them before. Without a role they do nothing in it any more.
type Seated struct {
	Member string   // the name, folded: MemberOf
	Name   string   // as it is written; the journal names the actor so
	Roles  []string // access.CaseRoles
	Until  string   // the last day, YYYY-MM-DD; "" without end
}

// MemberOf is how a member is named, whatever the case of the letters and the
// space between: accounts' names are compared in the same way.
func MemberOf(name string) string { return names.Fold(name) }

func (x *Seated) slots() []slot {
	return []slot{{"member", &x.Member}, {"name", &x.Name}, {"roles", &x.Roles}, {"until", &x.Until}}
}

// Draft is the entry member.seated@1 that says x.
func (x Seated) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindSeated, x.slots(), reason, basis, handling)
}

// SeatedFrom reads an entry member.seated@1.
func SeatedFrom(e journal.Entry) (Seated, error) {
	var x Seated
	err := read(kindSeated, x.slots(), e)
	return x, err
}

// Check returns all that is wrong with x, or nil (fault.Invalid). Which roles
// there are is for package access to say.
func (x Seated) Check() error {
	c := checks{what: "member"}
	c.line("name", x.Name)
	if x.Member == "" || x.Member != MemberOf(x.Name) {
		c.failf("member", "%q is not %q folded; accepted is a name with letters or digits", clip(x.Member), clip(x.Name))
	}
	if x.Until != "" {
		c.add("until", checkDay(x.Until))
	}
	c.texts(x.slots())
	return c.err()
}

// checkDay accepts a day of the calendar, YYYY-MM-DD.
func checkDay(s string) error {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return fmt.Errorf("%w: %q: accepted is a day, YYYY-MM-DD", fault.Invalid, clip(s))
	}
	return nil
}

// Compartment is a part of a case that only its members see, whatever the roles
// of the others: need to know. What describes it is itself in it.
type Compartment struct {
	Compartment string // id, k-…
	Name        string
	Members     []string // folded names, MemberOf
	Note        string
}

func (x *Compartment) slots() []slot {
	return []slot{{"compartment", &x.Compartment}, {"name", &x.Name}, {"members", &x.Members}, {"note", &x.Note}}
}

// Draft is the entry compartment.described@1 that says x. It is restricted to
// the compartment, whatever handling is asked for.
func (x Compartment) Draft(reason, basis, _ string) journal.Draft {
	return draft(kindCompartment, x.slots(), reason, basis, InCompartment("restricted", x.Compartment))
}

// CompartmentFrom reads an entry compartment.described@1.
func CompartmentFrom(e journal.Entry) (Compartment, error) {
	var x Compartment
	err := read(kindCompartment, x.slots(), e)
	return x, err
}

// Has reports whether somebody is a member, by name as written or folded.
func (x Compartment) Has(name string) bool { return slices.Contains(x.Members, MemberOf(name)) }

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Compartment) Check() error {
	c := checks{what: "compartment"}
	c.id("compartment", "k", x.Compartment)
	c.line("name", x.Name)
	if len(x.Members) == 0 {
		c.failf("members", "there is none, and nobody could see what is in it; accepted is at least one member of the case, by name")
	}
	for i, m := range x.Members {
		if m == "" || m != MemberOf(m) || strings.Contains(m, "\n") || slices.Contains(x.Members[:i], m) {
			c.failf("members", "%q: accepted is each member once, by name", clip(m))
		}
	}
	c.texts(x.slots())
	return c.err()
}
