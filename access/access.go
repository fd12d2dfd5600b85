// SPDX-License-Identifier: Apache-2.0

// Package access decides who may do what: one function, asked on every path by
// which something can be read or written (docs/design.md, "access").
//
// An account has a role in the archive, and in each case that it works in a
// seat: roles there, and the compartments that it is a member of. Nothing of a
// case is open by virtue of a role in the archive: whoever keeps the machine has
// no seat, and sees nothing, unless a custodian of the case gives one.
package access

import (
	"fmt"
	"slices"

	"recount/fault"
)

// Act is what somebody wants to do. The zero Act is none and always refused,
// so that a route that forgot to say what it does opens nothing.
type Act uint8

const (
	Open       Act = iota + 1 // needs nobody: signing in, the style sheet
	Visit                     // be signed in: help, one's own account, the list of one's cases
	Read                      // look at something of a case
	Draft                     // keep what one is typing, by whoever may do any of the next
	Receive                   // bring in: sources, exhibits, citations, incidents, records, lists
	Link                      // judge which records are about one person
	Define                    // say what a figure counts
	Compose                   // write a statement
	Publish                   // freeze it, and let it leave
	Decide                    // close something, or propose what takes two people
	Confirm                   // be the second of two people
	Admit                     // say who is in the case, and in which compartments
	Audit                     // see who looked
	Administer                // make accounts, open new cases
)

// Acts are all acts, in their order.
func Acts() []Act {
	var all []Act
	for a := Open; a <= Administer; a++ {
		all = append(all, a)
	}
	return all
}

// String is the act's word in messages.
func (a Act) String() string {
	words := []string{"nothing", "open", "visit", "read", "draft", "receive", "link", "define", "compose", "publish", "decide", "confirm", "admit", "audit", "administer"}
	if int(a) < len(words) {
		return words[a]
	}
	return words[0]
}

// Changes reports whether an act is one on a case that stands in its journal.
func (a Act) Changes() bool { return a >= Receive && a <= Admit }

// Seat is what somebody is in one case. The zero Seat is none.
type Seat struct {
	Roles        []Role
	Compartments []string // ids, k-…
}

// Account is somebody who is signed in. The zero Account is nobody.
type Account struct {
	ID   string // "a-" and 16 hex digits
	Name string // as the journal names the actor
	Role Role   // in the archive
	Seat Seat   // in the case that is asked about
}

// In is the account in a case in which it has that seat.
func (a Account) In(seat Seat) Account {
	a.Seat = seat
	return a
}

// Thing is what is asked about: the noun of its address, and its id. An empty
// id is the whole list; an empty case is the archive. Handling are the handling
// texts of the thing and of what it came with, a record's source and exhibit
// say, where they are known; a list has none, and is asked for with a Scope.
type Thing struct {
	Case, Kind, ID string
	Handling       []string
}

// Can is nil where who may do act to what. Otherwise it is fault.Forbidden and
// says what would be needed; it never says whether the thing, or the case, is
// there.
func Can(who Account, act Act, what Thing) error {
	switch {
	case act == Open:
		return nil
	case who.ID == "":
		return fmt.Errorf("%w: nobody is signed in (accepted: the one-time link that recount serve or recount invite prints)", fault.Forbidden)
	case what.Case == "":
		return inArchive(who, act)
	}
	if err := inCase(who, act); err != nil {
		return err
	}
	scope := ScopeOf(who)
	for _, handling := range what.Handling {
		if !scope.Admits(handling) {
			return fmt.Errorf("%w: this account may not see that", fault.Forbidden)
		}
	}
	return nil
}

func inArchive(who Account, act Act) error {
	switch {
	case act == Visit && slices.Contains(ArchiveRoles(), who.Role):
		return nil
	case act == Administer && who.Role == Administrator, act == Audit && who.Role == Auditor:
		return nil
	case act == Administer:
		return fmt.Errorf("%w: accounts are made, and cases opened, by an administrator of the archive (recount invite --archive-role administrator makes one)", fault.Forbidden)
	case act == Audit:
		return fmt.Errorf("%w: who signed in is for auditors of the archive (recount invite --archive-role auditor makes one)", fault.Forbidden)
	}
	return fmt.Errorf("%w: this account may not do that", fault.Forbidden)
}

func inCase(who Account, act Act) error {
	for _, role := range who.Seat.Roles {
		if may(role, act) {
			return nil
		}
	}
	if len(who.Seat.Roles) == 0 {
		return fmt.Errorf("%w: there is no such case, or this account has no seat in it (a custodian of the case gives one)", fault.Forbidden)
	}
	if act == Read {
		return fmt.Errorf("%w: an auditor sees who looked, and nothing of the case", fault.Forbidden)
	}
	return fmt.Errorf("%w: this account's seat in the case (%s) does not allow to %v; %s could (a custodian of the case says who is what)",
		fault.Forbidden, Listed(who.Seat.Roles), act, Listed(rolesFor(act)))
}
