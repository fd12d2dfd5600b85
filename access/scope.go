// SPDX-License-Identifier: Apache-2.0

package access

import (
	"slices"
	"strings"

	"recount/register"
)

// Scope is what of a case somebody may see, by handling text. It goes with
// every question that is put to the store for them, so that what they may not
// see is not there for them: in no list, count, search or page. The zero Scope
// sees nothing.
type Scope struct{ handling string } // the admitted texts, each between two commas

// ScopeOf is what an account may see in the case in which it has its seat: up to
// the class that its roles see, and up to another one in the compartments that
// it is a member of. What is sealed is seen in a compartment or not at all.
func ScopeOf(who Account) Scope {
	if who.ID == "" {
		return Scope{}
	}
	outside, inside := "", ""
	for _, role := range who.Seat.Roles {
		out, in := ceiling(role)
		outside, inside = moreClosed(outside, out), moreClosed(inside, in)
	}
	if outside == "" {
		return Scope{}
	}
	scope := upTo(outside)
	for _, k := range slices.Sorted(slices.Values(who.Seat.Compartments)) {
		if register.CheckID("k", k) != nil {
			continue // a text that is no id of a compartment admits to none
		}
		for _, class := range upTo(inside).Handling() {
			scope.handling += register.InCompartment(class, k) + ","
		}
	}
	return scope
}

func moreClosed(one, other string) string {
	if one == "" || other != "" && register.MoreClosed(other, one) {
		return other
	}
	return one
}

// AuditScope is which search texts an account may see in the audit journal, by
// the class of what they found: an auditor those that found nothing above internal.
func AuditScope(who Account) Scope {
	if who.ID == "" || !slices.Contains(who.Seat.Roles, Auditor) {
		return Scope{}
	}
	return upTo("internal")
}

// Within is what of a scope is left by a choice: outside of compartments up to a
// class, inside of those that are named all of it. It never admits more.
func (s Scope) Within(class string, compartments []string) Scope {
	chosen := ","
	for _, text := range s.Handling() {
		c, k := register.SplitHandling(text)
		if k == "" && !register.MoreClosed(c, class) || k != "" && slices.Contains(compartments, k) {
			chosen += text + ","
		}
	}
	return Scope{chosen}
}

// Scopes are the scopes that accounts have who are in no compartment, the
// narrowest first.
func Scopes() []Scope { return []Scope{upTo("confidential"), upTo("restricted")} }

func upTo(class string) Scope {
	var s strings.Builder
	s.WriteByte(',')
	for _, c := range register.HandlingCodes() { // from the most open to the most closed
		s.WriteString(c.Code + ",")
		if c.Code == class {
			break
		}
	}
	return Scope{s.String()}
}

// Admits reports whether what has a handling text may be seen. What has none, or
// one that this release does not know, may not.
func (s Scope) Admits(handling string) bool {
	return handling != "" && !strings.Contains(handling, ",") && strings.Contains(s.handling, ","+handling+",")
}

// Highest is the most closed class that is admitted anywhere, "" for none.
func (s Scope) Highest() (class string) {
	for _, text := range s.Handling() {
		c, _ := register.SplitHandling(text)
		class = moreClosed(class, c)
	}
	return class
}

// Handling are the admitted texts: classes, the most open first, and then those
// in compartments.
func (s Scope) Handling() []string {
	return slices.DeleteFunc(strings.Split(s.handling, ","), func(c string) bool { return c == "" })
}
