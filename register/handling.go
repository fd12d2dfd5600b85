// SPDX-License-Identifier: Apache-2.0

package register

import (
	"fmt"
	"strings"

	"recount/fault"
)

// A handling text is a class of HandlingCodes, or a class, a slash and the id of
// a compartment: "restricted/k-0011223344556677" is seen by members of that
// compartment alone (docs/formats/kinds.md).

// SplitHandling parts a handling text into its class and its compartment, ""
// where there is none.
func SplitHandling(handling string) (class, compartment string) {
	class, compartment, _ = strings.Cut(handling, "/")
	return class, compartment
}

// InCompartment is the handling text of a class in a compartment; "" is none.
func InCompartment(class, compartment string) string {
	if compartment == "" {
		return class
	}
	return class + "/" + compartment
}

// CheckHandling accepts a handling text; it is never absent.
func CheckHandling(handling string) error {
	class, compartment := SplitHandling(handling)
	if err := check("handling class", HandlingCodes(), class, false); err != nil {
		return err
	}
	if strings.Contains(handling, "/") {
		return CheckID("k", compartment)
	}
	return nil
}

// MoreClosed reports whether one handling text hides from somebody who could see
// what has the other: a higher class, or a compartment that the other is not in.
func MoreClosed(one, other string) bool {
	class, in := SplitHandling(one)
	was, before := SplitHandling(other)
	return closeness(class) > closeness(was) || in != "" && in != before
}

// MoreOpen reports whether somebody may see what has one who could not see what
// has the other. Between two compartments both are true.
func MoreOpen(one, other string) bool { return MoreClosed(other, one) }

// Sealed reports whether a handling text seals.
func Sealed(handling string) bool {
	class, _ := SplitHandling(handling)
	return class == "sealed"
}

// Raise lifts the handling class of a record and of its harms to restricted
// where one of the harms is sexual violence (I-26). A higher class stays, and
// the compartment; the class is never lowered here.
func Raise(r *Record, harms []Harm) {
	sensitive := false
	for i := range harms {
		if harms[i].Code == "sexual-violence" {
			sensitive = true
			harms[i].Handling = atLeast(harms[i].Handling, "restricted")
		}
	}
	if sensitive {
		r.Handling = atLeast(r.Handling, "restricted")
	}
}

// atLeast is a handling text with its class, or with floor where that is more closed.
func atLeast(handling, floor string) string {
	class, compartment := SplitHandling(handling)
	if closeness(class) < closeness(floor) {
		class = floor
	}
	return InCompartment(class, compartment)
}

// closeness is the place of a class in HandlingCodes, -1 for none.
func closeness(class string) int {
	for i, c := range HandlingCodes() {
		if c.Code == class {
			return i
		}
	}
	return -1
}

// CheckFirst accepts the handling text that one person may give a new thing:
// sealing takes two.
func CheckFirst(handling string) error {
	if Sealed(handling) {
		return fmt.Errorf("%w: sealing takes two people: accepted at first are public, internal, confidential and restricted, in a compartment or not; then propose to seal it, and another person agrees", fault.Invalid)
	}
	return CheckHandling(handling)
}
