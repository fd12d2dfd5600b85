// SPDX-License-Identifier: Apache-2.0

// Package revise changes a mapping by what a person chose of each column in a form,
// and leaves the rest of it as it was: a form shows less than a mapping can say. What
// is not chosen otherwise than it stood changes nothing, so that a mapping which is
// shown and sent back is the same, byte for byte. What the form cannot show is told.
package revise

import (
	"slices"
	"strings"

	"recount/intake/mapping"
)

// Harms is how many harms of a row the form shows.
const Harms = 3

// None is chosen for a value that says that there is no such thing.
const None = "-"

// Own is the meaning of a column that becomes a field of the case's own.
const Own = "own"

// AsItStands is the order, or the calendar, of dates that a mapping states for each
// column apart, or in a way that the form does not offer.
const AsItStands = "as-it-stands"

// List is what the form shows of a list.
type List struct {
	Columns []string            // keys, in order
	Values  map[string][]string // of a column: those for which codes can be chosen
}

// Has reports whether the list has the column.
func (l List) Has(column string) bool { return slices.Contains(l.Columns, column) }

// Choice is what was chosen of one column.
type Choice struct {
	Means string            // "", "not-mapped", "identifier", "name", "harm.date", "harm2.date", "group.low", "consent.answer", Own, …
	Also  string            // a second meaning, of a field that has no codes
	Own   string            // the name of the field of the case's own; "" as the column
	Codes map[string]string // value that is offered → code, None or ""

	Class string // what its values are to be at least, as handling texts; "" nothing is asked

	Identifier, Key, Fill, Rows bool // it is one of the identifiers, of the key, of fill_down, of rows_of as well
}

// Choices are what was chosen of a list.
type Choices struct {
	Row, Unknown, HeaderRows, Sections, Encoding, Delimiter string
	Dates, Calendar                                         string
	All                                                     [Harms]string // the code that each row has, of each harm, or of the group
	Uses, ExplainedBy, Language, Explained, Way, ObtainedBy string        // of the question for consent
	Columns                                                 map[string]Choice
}

// Empty is a mapping that says nothing yet.
func Empty() *mapping.Mapping {
	return &mapping.Mapping{Format: mapping.Format, Row: mapping.RowPerson, Handling: "confidential", Basis: "confidential"}
}

// place is a field that the form can show, by its meaning: "name", "harm2.date".
type place struct {
	means string
	id    string // as it is told and left out: "harms.1.date"
	mapping.Part
}

// months is the meaning of a column of ages in months.
const months = "age-months"

// places are the fields of a mapping that the form can show, in its order.
func places(m *mapping.Mapping) []place {
	var all []place
	add := func(before, id string, parts []mapping.Part) {
		for _, p := range parts {
			means := before + p.Name
			if f := *p.At; means == "age" && f != nil && f.Unit == "months" {
				means = months
			}
			all = append(all, place{means, id + p.Name, p})
		}
	}
	add("", "record.", m.Record.Parts())
	for i := range min(Harms, len(m.Harms)) {
		if h := &m.Harms[i]; shows(h) {
			add(harmPrefix(i), harmID(i), h.Parts())
		}
	}
	add("group.", "group.", m.Group.Parts())
	if m.Consent != nil {
		add("consent.", "consent.", m.Consent.Parts())
	}
	return all
}

// shows: a harm that is made for each of what is repeated is told, and not shown.
func shows(h *mapping.Harm) bool { return h.Repeat == "" || h.Repeat == "rows" }

func harmPrefix(i int) string { return [Harms]string{"harm.", "harm2.", "harm3."}[i] }

func harmID(i int) string { return "harms." + string(rune('0'+i)) + "." }

// at is the field of a meaning; what it stands in is made where it is not there.
func at(m *mapping.Mapping, means string) (place, bool) {
	for i := range Harms {
		name, of := strings.CutPrefix(means, harmPrefix(i))
		if !of {
			continue
		}
		for len(m.Harms) <= i {
			m.Harms = append(m.Harms, mapping.Harm{Determination: "pending", Standard: "ns"})
		}
		return named(m.Harms[i].Parts(), name, means, harmID(i)+name)
	}
	if name, of := strings.CutPrefix(means, "group."); of {
		return named(m.Group.Parts(), name, means, means)
	}
	if name, of := strings.CutPrefix(means, "consent."); of {
		if m.Consent == nil {
			m.Consent = &mapping.Consent{}
		}
		return named(m.Consent.Parts(), name, means, means)
	}
	name := means
	if means == months {
		name = "age"
	}
	return named(m.Record.Parts(), name, means, "record."+name)
}

func named(parts []mapping.Part, name, means, id string) (place, bool) {
	for _, p := range parts {
		if p.Name == name {
			return place{means, id, p}, true
		}
	}
	return place{}, false
}

// Coded reports whether the values of a column that means this are read by codes.
func Coded(means string) bool {
	_, name, ofPart := strings.Cut(means, ".")
	switch {
	case means == "sex", means == "child":
		return true
	case ofPart:
		return name == "code" || name == "cause" || name == "answer" || name == "precision"
	}
	return false
}
