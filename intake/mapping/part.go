// SPDX-License-Identifier: Apache-2.0

package mapping

// Part is a field that a mapping can have, by the name that a mapping gives it.
type Part struct {
	Name  string
	At    **Field
	Coded bool // its values are read by codes
	Dated bool // it is a date
	Text  bool // it is kept as written, and can come from several columns
	Place bool
}

// Parts are the fields that a record can have, in order.
func (r *Record) Parts() []Part { return partsOf(r.slots()) }

// Parts are the fields that a harm can have, in order.
func (h *Harm) Parts() []Part { return partsOf(h.slots()) }

// Parts are the fields that a group can have, in order.
func (g *Group) Parts() []Part { return partsOf(g.slots()) }

// Parts are the fields that the question for consent can have, in order.
func (c *Consent) Parts() []Part { return partsOf(c.slots()) }

func partsOf(slots []slot) []Part {
	all := make([]Part, len(slots))
	for i, s := range slots {
		all[i] = Part{s.name, s.at, s.kind == asCode, s.kind == asDate, s.kind == asText, s.role == rolePlace}
	}
	return all
}

// Numbers reports whether a column is one of the numbered columns that are repeated.
func (r *Repeat) Numbers(column string) bool {
	if r.Columns == "" {
		return false
	}
	_, _, ok := childOf(r.Columns, column)
	return ok
}
