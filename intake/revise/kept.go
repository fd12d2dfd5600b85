// SPDX-License-Identifier: Apache-2.0

package revise

import (
	"slices"
	"strconv"
	"strings"

	"recount/intake/mapping"
)

// Kept is a part of a mapping that the form does not show, and keeps.
type Kept struct {
	ID     string // by which it can be left out; "" it cannot
	What   string // one of Whats
	Name   string // of what is repeated, of a harm its number, or the text that is kept
	Names  []string
	Key    string
	Parent string
	By     string
	Fields []Field
}

// Whats are the kinds of what is kept.
//
//	title, source, handling, basis   what is said of the list, in Name
//	only                             rows are read whose column Key says one of Names
//	only-not                         or none of Names
//	was                              Names say which key a row had before, behind By
//	languages, languages-first       rows with the same Names are one, in the languages of Key, first that in Name
//	pivot                            rows with the same Names are one; Key says which thing, Parent what
//	columns, sheet, split            of what is repeated
//	others                           further persons, each of Name
//	harm                             harm Name, one for each of Key
//	field                            a field from columns that have another meaning as well, or are none of the list
//	details                          how a field that is shown is read
//	class                            a column that is none of the list, Key, has the class Name
func Whats() []string {
	return []string{"title", "source", "handling", "basis", "only", "only-not", "was", "languages", "languages-first", "pivot", "columns", "sheet", "split", "others", "harm", "field", "details", "class"}
}

// Field is a field with what is said of it.
type Field struct {
	Means   string
	Columns []string
	Absent  bool // none of the columns is one of the list
	Same    string
	IsSame  bool // all have Same
	Codes   int
	Details []Detail
}

// Detail is how a field is read, beside its columns.
type Detail struct{ What, Name string }

// Details are their kinds.
func Details() []string {
	return []string{"unknown", "x-", "calendar", "date", "months", "year-is-birth", "join", "split", "range", "interval", "open", "unlike"}
}

// KeptOf is what the form does not show of a mapping.
func KeptOf(m *mapping.Mapping, of List) []Kept {
	var all []Kept
	said := func(what, name, otherwise string) {
		if name != otherwise {
			all = append(all, Kept{What: what, Name: name})
		}
	}
	said("title", m.Title, "")
	said("source", m.Source, "")
	said("handling", m.Handling, "confidential")
	said("basis", m.Basis, "confidential")
	if m.Only != nil {
		k := Kept{ID: "only", What: "only", Key: m.Only.Column, Names: m.Only.Values}
		if len(m.Only.Not) > 0 {
			k.What, k.Names = "only-not", m.Only.Not
		}
		all = append(all, k)
	}
	if m.Was != nil {
		all = append(all, Kept{ID: "was", What: "was", Names: m.Was.Columns, By: m.Was.Prefix})
	}
	if l := m.Languages; l != nil {
		k := Kept{ID: "languages", What: "languages", Names: l.By, Key: l.Column, Name: l.First}
		if l.First != "" {
			k.What = "languages-first"
		}
		all = append(all, k)
	}
	if m.Pivot != nil {
		all = append(all, Kept{ID: "pivot", What: "pivot", Names: m.Pivot.By, Key: m.Pivot.Name, Parent: m.Pivot.Value})
	}
	for _, c := range m.Classes {
		if !of.Has(c.Column) {
			all = append(all, Kept{ID: "classes." + c.Column, What: "class", Key: c.Column, Name: c.Handling})
		}
	}
	for _, r := range m.Repeats {
		k := Kept{ID: "repeats." + r.Name, Name: r.Name}
		switch {
		case r.Columns != "":
			k.What, k.Names = "columns", []string{r.Columns}
		case r.Sheet != "":
			k.What, k.Names, k.Key, k.Parent = "sheet", []string{r.Sheet}, r.Key, r.Parent
		default:
			k.What, k.Names, k.By = "split", r.Split, r.By
		}
		all = append(all, k)
	}
	for i := range m.Others {
		o := &m.Others[i]
		k := Kept{ID: "others." + strconv.Itoa(i), What: "others", Name: o.Repeat, Fields: fieldsOf("", o.Record.Parts())}
		for j := range o.Harms {
			k.Fields = append(k.Fields, fieldsOf("harm.", o.Harms[j].Parts())...)
		}
		all = append(all, k)
	}
	for i := range m.Harms {
		if h := &m.Harms[i]; i >= Harms || !shows(h) {
			all = append(all, Kept{ID: "harms." + strconv.Itoa(i), What: "harm", Name: strconv.Itoa(i + 1), Key: h.Repeat, Fields: fieldsOf("harm.", h.Parts())})
		} else if h.Repeat != "" {
			all = append(all, Kept{What: "harm", Name: strconv.Itoa(i + 1), Key: h.Repeat})
		}
	}
	return append(all, keptFields(m, of)...)
}

// keptFields are fields that have no place in the form, and what is said of those
// that have one.
func keptFields(m *mapping.Mapping, of List) (all []Kept) {
	c, left := show(m, of)
	put := func(means, id string, f *mapping.Field, ofAll bool) {
		x := fieldOf(means, f)
		if columns := left[id]; len(columns) > 0 {
			x.Columns, x.Absent = columns, !slices.ContainsFunc(columns, of.Has)
			all = append(all, Kept{ID: id, What: "field", Fields: []Field{x}})
			return
		}
		if x.IsSame {
			if !ofAll {
				all = append(all, Kept{ID: id, What: "field", Fields: []Field{x}})
			}
			return
		}
		x.Details = slices.DeleteFunc(x.Details, func(d Detail) bool {
			return d.What == "months" || d.What == "date" && c.Dates != AsItStands || d.What == "calendar" && c.Calendar != AsItStands || d.What == "join" && strings.HasSuffix(means, "place")
		})
		if len(x.Details) > 0 {
			all = append(all, Kept{What: "details", Fields: []Field{x}})
		}
	}
	for _, p := range places(m) {
		if f := *p.At; f != nil {
			put(p.means, p.id, f, strings.HasSuffix(p.means, ".code"))
		}
	}
	for i := range m.Own {
		put(Own, "own."+m.Own[i].Name, &m.Own[i].Field, false)
		if n := len(all) - 1; n >= 0 && all[n].ID == "own."+m.Own[i].Name {
			all[n].Name = m.Own[i].Name
		}
	}
	return all
}

func fieldsOf(before string, parts []mapping.Part) (all []Field) {
	for _, p := range parts {
		if *p.At != nil {
			all = append(all, fieldOf(before+p.Name, *p.At))
		}
	}
	return all
}

func fieldOf(means string, f *mapping.Field) Field {
	x := Field{Means: means, Columns: f.Columns, Codes: len(f.Codes), IsSame: f.Constant != nil}
	if x.IsSame {
		x.Same = *f.Constant
	}
	for _, d := range []Detail{
		{"unknown", strings.Join(f.Unknown, ", ")}, {"x-", cond(f.Other == "x-", f.Other)}, {"calendar", f.Calendar}, {"date", cond(f.Date != "iso", f.Date)},
		{"months", cond(f.Unit == "months", f.Unit)}, {"year-is-birth", cond(f.YearIsBirth, "yes")}, {"join", cond(f.Join != " ", f.Join)},
		{"split", f.Split}, {"range", strings.Join(f.Range, " ")}, {"interval", strings.Join(f.Interval, ", ")}, {"open", strings.Join(f.Open, ", ")}, {"unlike", strings.Join(f.Unlike, ", ")},
	} {
		if d.Name != "" {
			x.Details = append(x.Details, d)
		}
	}
	return x
}

func cond(is bool, s string) string {
	if is {
		return s
	}
	return ""
}

// dropFields leaves out the fields that are named.
func dropFields(m *mapping.Mapping, drop []string) {
	_, left := show(m, List{})
	for _, p := range places(m) {
		if *p.At != nil && slices.Contains(drop, p.id) && (len(left[p.id]) > 0 || (*p.At).Constant != nil) {
			*p.At = nil
		}
	}
	m.Own = slices.DeleteFunc(m.Own, func(o mapping.Own) bool { return slices.Contains(drop, "own."+o.Name) })
}

// dropWholes leaves out what is larger than a field. A harm goes last to first, so
// that their numbers hold.
func dropWholes(m *mapping.Mapping, drop []string) {
	if slices.Contains(drop, "only") {
		m.Only = nil
	}
	if slices.Contains(drop, "pivot") {
		m.Pivot = nil
	}
	if slices.Contains(drop, "was") {
		m.Was = nil
	}
	if slices.Contains(drop, "languages") {
		m.Languages = nil
	}
	for _, c := range m.Classes {
		if slices.Contains(drop, "classes."+c.Column) {
			m.Classes = m.Classes.With(c.Column, "")
		}
	}
	m.Repeats = slices.DeleteFunc(m.Repeats, func(r mapping.Repeat) bool { return slices.Contains(drop, "repeats."+r.Name) })
	for i := len(m.Others) - 1; i >= 0; i-- {
		if slices.Contains(drop, "others."+strconv.Itoa(i)) {
			m.Others = slices.Delete(m.Others, i, i+1)
		}
	}
	for i := len(m.Harms) - 1; i >= 0; i-- {
		if slices.Contains(drop, "harms."+strconv.Itoa(i)) {
			m.Harms = slices.Delete(m.Harms, i, i+1)
		}
	}
}
