// SPDX-License-Identifier: Apache-2.0

package access

import (
	"fmt"
	"slices"
	"strings"

	"recount/fault"
)

// Role is what somebody does: in the archive, or in one of its cases.
type Role string

// In the archive. An account has one of these; none of them opens a case.
const (
	Member        Role = "member"        // enters, and is in the cases that it has a seat in
	Auditor       Role = "auditor"       // also a role in a case: sees who looked, and nothing of the case itself
	Administrator Role = "administrator" // makes accounts and opens new cases
)

// In a case. Somebody may have several of these.
const (
	Custodian    Role = "custodian"    // keeps the case: what comes in, who is in it, who sees what
	Investigator Role = "investigator" // brings in what sources say, and judges who is whom
	Analyst      Role = "analyst"      // links and counts
	Lawyer       Role = "lawyer"       // defines what is counted, and writes
	Reviewer     Role = "reviewer"     // the second person of a decision
	Publisher    Role = "publisher"    // writes and publishes
	Reader       Role = "reader"       // looks
)

// ArchiveRoles are the roles that an account has in the archive.
func ArchiveRoles() []Role { return []Role{Member, Auditor, Administrator} }

// CaseRoles are the roles that a seat in a case is made of.
func CaseRoles() []Role {
	return []Role{Custodian, Investigator, Analyst, Lawyer, Reviewer, Publisher, Reader, Auditor}
}

// EveryWork are the roles of whoever opens a case: all that do something in it.
func EveryWork() []Role {
	return []Role{Custodian, Investigator, Analyst, Lawyer, Reviewer, Publisher}
}

// ParseRole reads the name of a role that an account has in the archive;
// another one is fault.Invalid.
func ParseRole(s string) (Role, error) { return parseRole(s, "an account", ArchiveRoles()) }

// ParseCaseRoles reads names of roles in a case, each once, in their order.
func ParseCaseRoles(all []string) ([]Role, error) {
	var roles []Role
	for _, s := range all {
		role, err := parseRole(s, "a seat in a case", CaseRoles())
		if err != nil {
			return nil, err
		}
		roles = append(roles, role)
	}
	return slices.DeleteFunc(CaseRoles(), func(r Role) bool { return !slices.Contains(roles, r) }), nil
}

func parseRole(s, whose string, roles []Role) (Role, error) {
	if slices.Contains(roles, Role(s)) {
		return Role(s), nil
	}
	return "", fmt.Errorf("%w: role %.80q of %s (accepted: %s)", fault.Invalid, s, whose, Listed(roles))
}

// Listed are roles in a sentence.
func Listed(roles []Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return strings.Join(words, ", ")
}

// may tells what a role in a case allows.
func may(role Role, act Act) bool {
	switch role {
	case Custodian:
		return slices.Contains([]Act{Read, Draft, Receive, Decide, Confirm, Admit}, act)
	case Investigator:
		return slices.Contains([]Act{Read, Draft, Receive, Link, Decide}, act)
	case Analyst:
		return slices.Contains([]Act{Read, Draft, Link, Define, Decide}, act)
	case Lawyer:
		return slices.Contains([]Act{Read, Draft, Define, Compose, Decide}, act)
	case Reviewer:
		return slices.Contains([]Act{Read, Confirm}, act)
	case Publisher:
		return slices.Contains([]Act{Read, Draft, Compose, Publish, Decide}, act)
	case Reader:
		return act == Read
	case Auditor:
		return act == Audit
	}
	return false
}

// ceiling is the most closed class that a role in a case sees outside of
// compartments, "" nothing; inside those that somebody is a member of it is one
// more for those who work with what is restricted.
func ceiling(role Role) (outside, inside string) {
	switch role {
	case Custodian, Investigator, Analyst, Lawyer, Reviewer:
		return "restricted", "sealed"
	case Publisher, Reader:
		return "confidential", "confidential"
	}
	return "", ""
}

// rolesFor are the roles in a case that allow an act.
func rolesFor(act Act) []Role {
	return slices.DeleteFunc(CaseRoles(), func(r Role) bool { return !may(r, act) })
}
