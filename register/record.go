// SPDX-License-Identifier: Apache-2.0

package register

import (
	"recount/journal"
)

const kindRecord = "record@1"

// MaxMonths is the highest age held: 150 years.
const MaxMonths = 150 * 12

// Record is one source's assertion about one person. Its harms are rows of
// their own (Harm).
//
// Fields of type journal.Value hold what the source wrote, so that an absent
// column, an empty cell and "unknown" stay apart; Values gives what was
// written, From gives it back, and an absent one is "" in memory.
type Record struct {
	Source     string       // id, s-…
	Exhibit    string       // id, e-…
	Pinpoint   string       // where in the exhibit: "Sheet1!12", "row 12"
	Row        Number       // number of the row in the list, from 1
	Person     string       // id, p-…: the person that this record is until linked
	Supersedes journal.Leaf // the record that this one corrects; zero: none

	Name, Given, Family, Father, OtherNames journal.Value
	NameFold                                string // names.Key of the name: order-free, for linking and search

	SexWritten   journal.Value
	Sex          string // SexCodes, "" unknown
	AgeWritten   journal.Value
	AgeLow       Number // whole months on the day of the event, inclusive
	AgeHigh      Number
	BirthWritten journal.Value
	Birth        string // EDTF, "" unknown
	Occupation   journal.Value
	Nationality  journal.Value
	Affiliation  journal.Value
	ChildWritten journal.Value
	ChildFlag    string // rung: yes or no, what the source says; "" it does not
	ChildAge     string // rung: yes or no by age under 18 years; "" it can not be told
	AgeBand      string // rung: AgeBands, "" not known or not in one band
	Status       journal.Value
	Note         journal.Value
	Handling     string        // HandlingCodes
	Basis        string        // BasisCodes
	Raw          journal.Value // the row as it stood
}

func (r *Record) slots() []slot {
	return []slot{
		{"source", &r.Source}, {"exhibit", &r.Exhibit}, {"pinpoint", &r.Pinpoint},
		{"row", &r.Row}, {"person", &r.Person}, {"supersedes", &r.Supersedes},
		{"name", &r.Name}, {"given", &r.Given}, {"family", &r.Family}, {"father", &r.Father},
		{"other_names", &r.OtherNames}, {"name_fold", &r.NameFold},
		{"sex_written", &r.SexWritten}, {"sex", &r.Sex}, {"age_written", &r.AgeWritten},
		{"age_low", &r.AgeLow}, {"age_high", &r.AgeHigh},
		{"birth_written", &r.BirthWritten}, {"birth", &r.Birth},
		{"occupation", &r.Occupation}, {"nationality", &r.Nationality},
		{"affiliation", &r.Affiliation}, {"child_written", &r.ChildWritten},
		{"child_flag", &r.ChildFlag}, {"child_age", &r.ChildAge}, {"age_band", &r.AgeBand},
		{"status", &r.Status}, {"note", &r.Note}, {"handling", &r.Handling},
		{"basis", &r.Basis}, {"raw", &r.Raw},
	}
}

// Values are the fields of record@1 in their order.
func (r Record) Values() []journal.Value { return values(r.slots()) }

// RecordFrom reads the fields of record@1 in their order.
func RecordFrom(from []journal.Value) (Record, error) {
	var r Record
	err := readRow(kindRecord, r.slots(), from)
	return r, err
}

// Check returns all that is wrong with r, or nil (fault.Invalid). Messages
// name fields and codes, never what is said about the person.
func (r Record) Check() error {
	c := checks{what: "record"}
	c.id("source", "s", r.Source)
	c.id("exhibit", "e", r.Exhibit)
	c.line("pinpoint", r.Pinpoint)
	c.id("person", "p", r.Person)
	c.add("sex", CheckSex(r.Sex))
	c.age(r.AgeLow, r.AgeHigh)
	c.date("birth", r.Birth)
	c.add("child_flag", CheckFlag("child flag", r.ChildFlag))
	c.add("child_age", CheckFlag("child by age", r.ChildAge))
	if r.AgeBand != "" && !known(AgeBands(), r.AgeBand) {
		c.failf("age_band", "%q: accepted are %s", clip(r.AgeBand), listed(bandCodes()))
	}
	c.add("handling", CheckHandling(r.Handling))
	c.add("basis", CheckBasis(r.Basis))
	c.texts(r.slots())
	return c.err()
}

func (c *checks) age(low, high Number) {
	switch {
	case low.Known != high.Known:
		c.failf("age_low", "only one end of the age is known; accepted are both, in whole months, or neither")
	case low.Known && (low.N < 0 || high.N > MaxMonths || low.N > high.N):
		c.failf("age_low", "%d to %d months: accepted are 0 ≤ age_low ≤ age_high ≤ %d", low.N, high.N, MaxMonths)
	}
}
