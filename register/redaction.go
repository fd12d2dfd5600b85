// SPDX-License-Identifier: Apache-2.0

package register

import (
	"regexp"

	"recount/journal"
)

const kindRedaction = "exhibit.redacted@1"

// How a redacted copy was made.
const (
	ByProgram = "program@1" // rows and cells were blanked by this program
	ByHand    = "by-hand"   // those who decided brought the copy
)

// Redaction says that a copy without what was erased stands in the place of an
// exhibit. Rows keep their numbers in the copy.
type Redaction struct {
	Exhibit         string   // id, e-…, whose bytes are destroyed
	Successor       string   // id, e-…, of the copy
	SuccessorSHA256 string   // of the copy's bytes, hex
	Erasure         string   // id, z-…, of the erasure that it was made for
	Method          string   // ByProgram or ByHand
	Rows            []string // that were blanked: "7", or "2:7" in the second sheet of a workbook
	Cells           []string // rows of which single cells were blanked, written likewise
	Left            []string // what else the copy lost, in words: "pivot tables"
}

func (x *Redaction) slots() []slot {
	return []slot{
		{"exhibit", &x.Exhibit}, {"successor", &x.Successor}, {"successor_sha256", &x.SuccessorSHA256}, {"erasure", &x.Erasure},
		{"method", &x.Method}, {"rows", &x.Rows}, {"cells", &x.Cells}, {"left", &x.Left},
	}
}

// Draft is the entry exhibit.redacted@1 that says x.
func (x Redaction) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindRedaction, x.slots(), reason, basis, handling)
}

// RedactionFrom reads an entry exhibit.redacted@1.
func RedactionFrom(e journal.Entry) (Redaction, error) {
	var x Redaction
	err := read(kindRedaction, x.slots(), e)
	return x, err
}

// MarshalJSON writes x by the names of its fields.
func (x Redaction) MarshalJSON() ([]byte, error) { return object(x.slots()) }

var blankedPlace = regexp.MustCompile(`^([1-9][0-9]{0,3}:)?[1-9][0-9]{0,9}$`)

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Redaction) Check() error {
	c := checks{what: "redaction of " + clip(x.Exhibit)}
	c.id("exhibit", "e", x.Exhibit)
	c.id("successor", "e", x.Successor)
	c.sha256("successor_sha256", x.SuccessorSHA256)
	c.id("erasure", "z", x.Erasure)
	if x.Exhibit == x.Successor {
		c.failf("successor", "an exhibit does not take its own place; accepted is another one")
	}
	if x.Method != ByProgram && x.Method != ByHand {
		c.failf("method", "%q: accepted is %s or %s", clip(x.Method), ByProgram, ByHand)
	}
	for field, places := range map[string][]string{"rows": x.Rows, "cells": x.Cells} {
		for _, p := range places {
			if !blankedPlace.MatchString(p) {
				c.failf(field, "%q: accepted is the number of a row, in a workbook behind that of its sheet, as in 7 or 2:7", clip(p))
			}
		}
	}
	for _, what := range x.Left {
		c.line("left", what)
	}
	c.texts(x.slots())
	return c.err()
}
