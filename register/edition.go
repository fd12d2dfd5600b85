// SPDX-License-Identifier: Apache-2.0

package register

import "recount/journal"

const kindEdition = "edition.named@1"

// Edition says that an exhibit is a later edition of another: of the same list or
// report, by whoever made both. The older one stays what it is, and can be cited.
type Edition struct {
	Exhibit   string // id, e-…, of the later one
	EditionOf string // id, e-…, of the one before it
}

func (x *Edition) slots() []slot {
	return []slot{{"exhibit", &x.Exhibit}, {"edition_of", &x.EditionOf}}
}

// Draft is the entry edition.named@1 that says x.
func (x Edition) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindEdition, x.slots(), reason, basis, handling)
}

// EditionFrom reads an entry edition.named@1.
func EditionFrom(e journal.Entry) (Edition, error) {
	var x Edition
	err := read(kindEdition, x.slots(), e)
	return x, err
}

// MarshalJSON writes x by the names of its fields.
func (x Edition) MarshalJSON() ([]byte, error) { return object(x.slots()) }

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x Edition) Check() error {
	c := checks{what: "edition " + clip(x.Exhibit)}
	c.id("exhibit", "e", x.Exhibit)
	c.id("edition_of", "e", x.EditionOf)
	if x.Exhibit == x.EditionOf {
		c.failf("edition_of", "it is the exhibit itself; accepted is an earlier one")
	}
	return c.err()
}
