// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"fmt"
	"slices"
	"strings"

	"recount/intake/table"
	"recount/register"
)

// Class is what a column's values are to be at least: seen by whoever sees that
// class.
type Class struct{ Column, Handling string }

// Classes are such columns, sorted; in JSON an object by column.
type Classes []Class

// Of is the class of a column, "" none.
func (c Classes) Of(column string) string {
	for _, x := range c {
		if x.Column == column {
			return x.Handling
		}
	}
	return ""
}

// With is c with another class for a column; "" is none.
func (c Classes) With(column, handling string) Classes {
	all := slices.DeleteFunc(slices.Clone(c), func(x Class) bool { return x.Column == column })
	if handling != "" {
		all = append(all, Class{column, handling})
	}
	slices.SortFunc(all, func(a, b Class) int { return strings.Compare(a.Column, b.Column) })
	if len(all) == 0 {
		return nil
	}
	return all
}

// MarshalJSON writes them as a mapping has them.
func (c Classes) MarshalJSON() ([]byte, error) {
	return objectOf(len(c), func(i int) (string, any) { return c[i].Column, c[i].Handling })
}

func (m *Mapping) readClasses(n node) error {
	if n.kind != "object" {
		return n.errorf(`classes is a %s; accepted: an object from a column to the class of its values: {"Phone": "restricted"}`, n.kind)
	}
	for _, x := range n.members {
		c := Class{Column: x.key}
		if err := text(&c.Handling, register.CheckFirst)(x.value); err != nil {
			return err
		}
		m.Classes = append(m.Classes, c)
	}
	slices.SortFunc(m.Classes, func(a, b Class) int { return strings.Compare(a.Column, b.Column) })
	return nil
}

// FieldClass is a field of all records of a case (register.CheckField), and the class
// that a list asks for it.
type FieldClass struct {
	Field    string `json:"field"`
	Handling string `json:"handling"`
}

// Closes are the fields that the mapping's classes of columns close: the field that
// a column is read into, and, where it is read into none, rows as they stood. They
// are sorted, each once for each class.
func (r *Reader) Closes() []FieldClass { return r.closes }

func (r *Reader) bindClasses() error {
	for _, c := range r.m.Classes {
		col, err := r.find(c.Column, "classes")
		if err != nil {
			return err
		}
		fields := []string{}
		for _, b := range r.bounds {
			if !slices.Contains(b.cols, col) {
				continue
			}
			code := fieldCode(b.slot)
			if code == "" {
				return &table.Refusal{File: r.file, Sheet: r.info.Sheet, Row: r.info.HeaderRow, Column: c.Column, InColumn: true,
					Why:  fmt.Sprintf("the mapping gives this column a class, and reads it as %s, which has none of its own", b.name),
					Want: "a class for columns that are read into another field, into one of the case's own, or into none; or the handling of all records"}
			}
			fields = append(fields, code)
		}
		if len(fields) == 0 {
			fields = append(fields, "row")
		}
		for _, code := range fields {
			if x := (FieldClass{code, c.Handling}); !slices.Contains(r.closes, x) {
				r.closes = append(r.closes, x)
			}
		}
	}
	slices.SortFunc(r.closes, func(a, b FieldClass) int { return strings.Compare(a.Field+" "+a.Handling, b.Field+" "+b.Handling) })
	return nil
}

// fieldCode is the field of all records that a mapped field is; "" for one that
// cannot be closed by itself.
func fieldCode(s slot) string {
	switch s.role {
	case roleOwn:
		return register.OwnFieldCode(s.name)
	case roleOtherNames:
		return "other-names"
	case roleFather, roleBirth, roleOccupation, roleNationality, roleAffiliation, roleStatus, roleNote, rolePlace, roleAlleged:
		return s.name
	}
	return ""
}
