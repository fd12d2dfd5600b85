// SPDX-License-Identifier: Apache-2.0

package access

import (
	"fmt"
	"slices"
	"strings"

	"recount/fault"
	"recount/register"
)

// Scope is what of a case somebody may see, by handling class. It goes with
// every question that is put to the store for them, so that what they may not
// see is not there for them: in no list, count, search or page. The zero Scope
// sees nothing.
type Scope struct{ classes string } // the admitted ones, each between two commas

// ScopeOf is what an account may see. Those who may read see what is public,
// internal and confidential; those who may also write see what is restricted
// besides. What is sealed nobody sees without a decision, which this release
// cannot take yet.
func ScopeOf(who Account) Scope {
	if who.ID == "" {
		return Scope{}
	}
	switch who.Role {
	case Reader:
		return upTo("confidential")
	case Writer:
		return upTo("restricted")
	}
	return Scope{}
}

// AuditScope is which search texts an account may see in the audit journal, by
// the class of what they found: an auditor those that found nothing above internal.
func AuditScope(who Account) Scope {
	if who.ID == "" || who.Role != Auditor {
		return Scope{}
	}
	return upTo("internal")
}

// Scopes are the scopes that accounts have, the narrowest first.
func Scopes() []Scope {
	var all []Scope
	for _, role := range Roles() {
		all = append(all, ScopeOf(Account{ID: "any", Role: role}))
	}
	return all
}

// Whole sees everything. It is for the machine's own work, never for an answer.
func Whole() Scope { return upTo("sealed") }

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

// Admits reports whether what is of a class may be seen. What has none, or one
// that this release does not know, may not.
func (s Scope) Admits(class string) bool {
	return class != "" && strings.Contains(s.classes, ","+class+",")
}

// Classes are the admitted classes, the most open first.
func (s Scope) Classes() []string {
	return slices.DeleteFunc(strings.Split(s.classes, ","), func(c string) bool { return c == "" })
}

// see is nil where what an account sees has all the classes in it: that of a
// thing, and those of what it came with.
func see(who Account, classes []string) error {
	scope := ScopeOf(who)
	for _, class := range classes {
		if !scope.Admits(class) {
			return fmt.Errorf("%w: this account may not see that", fault.Forbidden)
		}
	}
	return nil
}
