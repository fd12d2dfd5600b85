// SPDX-License-Identifier: Apache-2.0

package linkage

import (
	"recount/journal"
	"recount/register"
)

// Row is what the rules see of one record.
type Row struct {
	Leaf   journal.Leaf
	Person string // id of the person that the record is now
	Source string // id
	// NameFold is the folded name (names.Key or names.Fold); the order of its
	// words does not count. "" is no name.
	NameFold string
	Date     string // EDTF: of the fatal harm, or else of the first; "" unknown
	End      string // EDTF, "" unknown
	Place    string // any writing of it, most exact part first; compared folded; "" unknown
	AgeLow   register.Number
	AgeHigh  register.Number // whole months on the day of the event, inclusive
	Birth    string          // EDTF, "" unknown
	Sex      string          // a code of register.SexCodes, "" unknown
	// Order is the age of the record in the journal: the less, the older. The
	// seq of the entry that brought it will do; the leaf settles equal ones.
	Order int64
}

// Pair is two persons that people said are not one, by the ids they have now.
// Whoever keeps the pairs carries them along when a person is merged.
type Pair struct{ One, Other string }

// Move is a record that is to stand under another person, and why, in words.
type Move struct {
	Record journal.Leaf
	Person string
	Why    string
}

// Result is what one run says.
type Result struct {
	Moves  []Move // only what changes, in the order of the leaves
	Before int64  // persons before the run
	After  int64  // persons after it
	Rows   int64  // records looked at
	Rules  []RuleResult
	// Contested are the agreements that could be followed in more than one way,
	// so that nobody was joined; at most MaxContested of them are listed.
	Contested      []Contested
	ContestedTotal int64
	// Idle are pairs that bind nothing: an id that no record stands under now, or
	// two ids of one person.
	Idle []Pair
}

// RuleResult is what one rule did.
type RuleResult struct {
	Name      string
	Joined    int64 // persons that it made fewer
	NotUnique int64 // agreements that stand for several persons of one source, where the rule wants one
}

// Contested is one agreement that fits more than one way.
type Contested struct {
	Rule    string
	Records []journal.Leaf // one of each person concerned, oldest first
}

// MaxContested is the most agreements that a Result lists.
const MaxContested = 1_000
