// SPDX-License-Identifier: Apache-2.0

// Package access decides who may do what: one function, asked on every path by
// which something can be read or written (docs/design.md, "access").
//
// It knows three roles: one who may read a case, one who may also write, and one
// who may see who looked, and nothing of the case itself.
package access

import (
	"fmt"

	"recount/fault"
)

// Role is what an account may do.
type Role string

const (
	Auditor Role = "auditor" // may see who looked, and nothing of any case
	Reader  Role = "reader"  // may look at the archive's cases: at what is public, internal and confidential there
	Writer  Role = "writer"  // may also look at what is restricted, add to them and decide
)

// Roles are all roles there are, the least first.
func Roles() []Role { return []Role{Auditor, Reader, Writer} }

// ParseRole reads a role's name; another one is fault.Invalid.
func ParseRole(s string) (Role, error) {
	for _, r := range Roles() {
		if s == string(r) {
			return r, nil
		}
	}
	return "", fmt.Errorf("%w: role %q (accepted: auditor, who may see who looked; reader, who may look; writer, who may also add and decide)", fault.Invalid, s)
}

// Act is what somebody wants to do. The zero Act is none and always refused,
// so that a route that forgot to say what it does opens nothing.
type Act uint8

const (
	Open  Act = iota + 1 // needs nobody: signing in, the style sheet, help
	Read                 // look at something
	Write                // add, change, decide, publish
	Audit                // see who looked
)

// String is the act's word in messages.
func (a Act) String() string {
	switch a {
	case Open:
		return "open"
	case Read:
		return "read"
	case Write:
		return "write"
	case Audit:
		return "audit"
	}
	return "nothing"
}

// Account is somebody who is signed in. The zero Account is nobody.
type Account struct {
	ID   string // "a-" and 16 hex digits
	Name string // as the journal names the actor
	Role Role
}

// Thing is what is asked about: the noun of its address, and its id. An empty
// id is the whole list; an empty case is the archive. Classes are the handling
// classes of the thing and of what it came with, a record's source and exhibit
// say, where they are known; a list has none, and is asked for with a Scope.
type Thing struct {
	Case, Kind, ID string
	Classes        []string
}

// Can is nil where who may do act to what. Otherwise it is fault.Forbidden and
// says what would be needed; it never says whether the thing is there.
func Can(who Account, act Act, what Thing) error {
	if err := mayAct(who, act, what); err != nil || act == Open {
		return err
	}
	return see(who, what.Classes)
}

func mayAct(who Account, act Act, what Thing) error {
	switch {
	case act == Open:
		return nil
	case who.ID == "":
		return fmt.Errorf("%w: nobody is signed in (accepted: the one-time link that recount serve or recount invite prints)", fault.Forbidden)
	case act == Read && (who.Role == Reader || who.Role == Writer):
		return nil
	case act == Read && who.Role == Auditor && what.Case == "": // the list of cases, help, signing out
		return nil
	case act == Write && who.Role == Writer:
		return nil
	case act == Audit && who.Role == Auditor:
		return nil
	case act == Audit:
		return fmt.Errorf("%w: who looked is for auditors (an auditor's account can; recount invite --role auditor makes one)", fault.Forbidden)
	case who.Role == Auditor:
		return fmt.Errorf("%w: an auditor sees who looked, and nothing of the case", fault.Forbidden)
	case act == Write:
		return fmt.Errorf("%w: this account may read but not write (a writer's account can; recount invite --role writer makes one)", fault.Forbidden)
	}
	return fmt.Errorf("%w: this account may not do that", fault.Forbidden)
}
