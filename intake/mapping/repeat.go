// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"recount/intake/shape"
	"recount/intake/table"
)

// Repeat is something that a row can say several times: harms of one person,
// members of one family. It is one of four things: numbered columns, rows of another
// sheet, values in one cell, or with rows_of the rows of one person.
type Repeat struct {
	Name    string   `json:"-"`
	Columns string   `json:"columns,omitempty"` // numbered: # is the number, * the name of the column
	Sheet   string   `json:"sheet,omitempty"`   // another sheet of the file, whose rows
	Key     string   `json:"key,omitempty"`     // say with the column Parent what stands in this column of the list
	Parent  string   `json:"parent,omitempty"`
	Split   []string `json:"split,omitempty"` // columns whose cells hold several values,
	By      string   `json:"by,omitempty"`    // parted by this
}

// Repeats are such things, sorted by name; in JSON an object by name.
type Repeats []Repeat

// MarshalJSON writes them as a mapping has them.
func (r Repeats) MarshalJSON() ([]byte, error) {
	return objectOf(len(r), func(i int) (string, any) { return r[i].Name, r[i] })
}

// Other is a further person of whom a row speaks.
type Other struct {
	Repeat string `json:"repeat"`
	Record Record `json:"record"`
	Harms  []Harm `json:"harms,omitempty"`
}

// valueColumn is what the one column of numbered columns without a name is called.
const valueColumn = "value"

// pattern is the form of its columns; "" for cells with several values.
func (r *Repeat) pattern() string {
	switch {
	case r.Columns != "":
		return r.Columns
	case len(r.Split) > 0:
		return ""
	}
	return r.Name + "[#].*"
}

// child is the number and the name of a column of the pattern.
func childOf(pattern, column string) (n int, name string, ok bool) {
	before, after, _ := strings.Cut(pattern, "#")
	rest, ok := strings.CutPrefix(column, before)
	if !ok {
		return 0, "", false
	}
	digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	n, err := strconv.Atoi(digits)
	if err != nil || n > maxRepeats {
		return 0, "", false
	}
	rest = rest[len(digits):]
	middle, end, star := strings.Cut(after, "*")
	if !star {
		return n, valueColumn, rest == after
	}
	if !strings.HasPrefix(rest, middle) || !strings.HasSuffix(rest[len(middle):], end) {
		return 0, "", false
	}
	name = strings.TrimSuffix(rest[len(middle):], end)
	return n, name, name != ""
}

// maxRepeats is how many of one kind a row can have.
const maxRepeats = 9999

// Shape is how the rows of the list are put together before they are read.
func (m *Mapping) Shape() shape.Shape {
	s := shape.Shape{Totals: m.Row == RowPerson, Sections: m.Sections, FillDown: m.FillDown, RowsOf: m.RowsOf}
	if m.Only != nil {
		s.Only = shape.Only{Column: m.Only.Column, Values: m.Only.Values, Not: m.Only.Not}
	}
	if m.Pivot != nil {
		s.Pivot = shape.Pivot{By: m.Pivot.By, Name: m.Pivot.Name, Value: m.Pivot.Value}
	}
	if l := m.Languages; l != nil {
		s.Languages = shape.Languages{By: l.By, Column: l.Column, First: l.First}
	}
	for _, slot := range m.Record.slots() {
		if f := *slot.at; f != nil {
			s.Person = append(s.Person, f.Columns...)
		}
	}
	for _, o := range m.Own {
		s.Person = append(s.Person, o.Field.Columns...)
	}
	for _, r := range m.Repeats {
		if r.Sheet != "" {
			s.Beside = append(s.Beside, shape.Beside{Name: r.Name, Sheet: r.Sheet, Key: r.Key, Parent: r.Parent})
		}
	}
	return s
}

// repeat is the one of that name; the rows of one person are one by themselves.
func (m *Mapping) repeat(name string) (Repeat, bool) {
	if name == shape.Rows && len(m.RowsOf) > 0 {
		return Repeat{Name: name}, true
	}
	at := slices.IndexFunc(m.Repeats, func(r Repeat) bool { return r.Name == name })
	if at < 0 {
		return Repeat{}, false
	}
	return m.Repeats[at], true
}

// readRepeats reads name → what is repeated.
func (m *Mapping) readRepeats(n node) error {
	if n.kind != "object" {
		return n.errorf(`repeats is a %s; accepted: an object from a name to what is repeated, such as {"injuries": {"columns": "Injury #"}}`, n.kind)
	}
	for _, x := range n.members {
		r := Repeat{Name: x.key}
		f := form{
			"columns": text(&r.Columns, checkPattern), "sheet": text(&r.Sheet, nil), "key": text(&r.Key, nil), "parent": text(&r.Parent, nil),
			"split": texts(&r.Split), "by": text(&r.By, nil),
		}
		if err := f.read("repeats."+x.key, x.value); err != nil {
			return err
		}
		sheet, ways := r.Sheet != "" || r.Key != "" || r.Parent != "", 0
		for _, said := range []bool{r.Columns != "", sheet, len(r.Split) > 0 || r.By != ""} {
			if said {
				ways++
			}
		}
		switch {
		case x.key == "" || x.key == shape.Rows || strings.ContainsAny(x.key, "[]#*\n"):
			return x.value.errorf(`%q cannot be the name of what is repeated; accepted: a word other than %q, without brackets, # and *`, x.key, shape.Rows)
		case ways != 1:
			return x.value.errorf(`repeats.%s says not what is repeated; accepted one of: "columns" with a #, "sheet" with "key" and "parent", "split" with "by"`, x.key)
		case sheet && (r.Sheet == "" || r.Key == "" || r.Parent == ""):
			return x.value.errorf(`repeats.%s: rows of another sheet need "sheet", "key", the column of the list, and "parent", the column of that sheet which says the same`, x.key)
		case (r.By != "") != (len(r.Split) > 0):
			return x.value.errorf(`repeats.%s: "split", columns with several values in a cell, goes with "by", what parts them`, x.key)
		}
		m.Repeats = append(m.Repeats, r)
	}
	slices.SortFunc(m.Repeats, func(a, b Repeat) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// readOnly reads which rows are meant.
func (m *Mapping) readOnly(n node) error {
	m.Only = &Only{}
	if err := (form{"column": text(&m.Only.Column, nil), "values": texts(&m.Only.Values), "not": texts(&m.Only.Not)}).read("only", n); err != nil {
		return err
	}
	if (len(m.Only.Values) == 0) == (len(m.Only.Not) == 0) {
		return n.errorf(`only says no values, or both kinds; accepted: {"column": "schema", "values": ["Person"]}, or "not" in the place of "values"`)
	}
	slices.Sort(m.Only.Values)
	slices.Sort(m.Only.Not)
	return nil
}

// readLanguages reads which rows say the same in several languages.
func (m *Mapping) readLanguages(n node) error {
	l := &Languages{}
	if err := (form{"by": texts(&l.By), "column": text(&l.Column, nil), "first": text(&l.First, nil)}).read("languages", n); err != nil {
		return err
	}
	if len(l.By) == 0 || l.Column == "" {
		return n.errorf(`languages needs "by", the columns of the key, and "column", that of the language; accepted: {"by": ["sharedId"], "column": "language"}`)
	}
	m.Languages = l
	return nil
}

// readPivot reads which columns of a list say what of whom.
func (m *Mapping) readPivot(n node) error {
	m.Pivot = &Pivot{}
	if err := (form{"by": texts(&m.Pivot.By), "name": text(&m.Pivot.Name, nil), "value": text(&m.Pivot.Value, nil)}).read("pivot", n); err != nil {
		return err
	}
	if len(m.Pivot.By) == 0 || m.Pivot.Name == "" || m.Pivot.Value == "" {
		return n.errorf(`pivot needs all three: accepted: {"by": ["entity_id"], "name": "prop", "value": "value"}`)
	}
	return nil
}

func checkPattern(s string) error {
	before, after, found := strings.Cut(s, "#")
	if !found || strings.Contains(after, "#") || strings.Contains(before, "*") || strings.Count(after, "*") > 1 || before == "" && strings.HasPrefix(after, "*") {
		return invalidf(`%q cannot be a form of columns; accepted: one # for the number and at most one * behind it for the column's name, such as "Injury #", "child#_*"`, s)
	}
	return nil
}

// readOthers reads the further persons of a row.
func (m *Mapping) readOthers(n node) error {
	if n.kind != "list" {
		return n.errorf("others is a %s; accepted: a list of objects", n.kind)
	}
	for _, item := range n.items {
		var o Other
		f := form{"repeat": text(&o.Repeat, nil), "record": o.Record.read, "harms": func(n node) (err error) { o.Harms, err = readHarmsOf(n); return err }}
		if err := f.read("others", item); err != nil {
			return err
		}
		if o.Repeat == "" {
			return item.errorf(`it does not say which of the "repeats" these persons are; accepted: "repeat" with a name`)
		}
		m.Others = append(m.Others, o)
	}
	return nil
}

// othersAlone reports whether a row is about its further persons alone, as that of a
// household is.
func (m *Mapping) othersAlone() bool {
	for _, s := range m.Record.slots() {
		if *s.at != nil {
			return false
		}
	}
	return len(m.Others) > 0 && len(m.Harms)+len(m.Own) == 0
}

// Rows are how many rows of a list these counts are of.
func (c Counts) Rows() int64 { return c.Read - c.Others + c.Nobody + c.Refused }

// checkRepeats sees that what is repeated is there, and can be repeated.
func (m *Mapping) checkRepeats(n node) error {
	names := map[string]bool{}
	for i := range m.Harms {
		names[m.Harms[i].Repeat] = true
	}
	for i := range m.Others {
		o := &m.Others[i]
		names[o.Repeat] = true
		if r, _ := m.repeat(o.Repeat); len(r.Split) > 0 {
			return n.errorf(`others[%d] are values in one cell, which are no persons; accepted: numbered columns, or rows of another sheet`, i)
		}
		for j := range o.Harms {
			if o.Harms[j].Repeat != "" {
				return n.errorf(`others[%d].harms[%d] has a "repeat" of its own; accepted: that of the person`, i, j)
			}
		}
	}
	delete(names, "")
	for name := range names {
		if _, ok := m.repeat(name); !ok {
			return n.errorf(`%q is repeated, and "repeats" does not say what that is; accepted: one of its names, or %q together with "rows_of"`, name, shape.Rows)
		}
	}
	if m.Row != RowPerson && len(names)+len(m.Repeats) > 0 {
		return n.errorf(`rows of this mapping are no persons ("row": %q); accepted: "repeats" where a row is a person`, m.Row)
	}
	return nil
}

// repeated is a repeat in the columns of a list.
type repeated struct {
	name    string
	most    int                    // the highest number
	columns map[string]map[int]int // column's name → number → its place in the list
	split   []int
	by      string
}

func (r *Reader) repeated(x Repeat, used map[int]bool) (*repeated, error) {
	out := &repeated{name: x.Name, columns: map[string]map[int]int{}, by: x.By}
	for _, c := range x.Split {
		i, err := r.find(c, "repeats")
		if err != nil {
			return nil, err
		}
		out.split = append(out.split, i)
		used[i] = true
	}
	pattern := x.pattern()
	if pattern == "" {
		return out, nil
	}
	for i, c := range r.info.Columns {
		n, name, ok := childOf(pattern, c.Key)
		if !ok {
			continue
		}
		if out.columns[name] == nil {
			out.columns[name] = map[int]int{}
		}
		out.columns[name][n] = i
		out.most = max(out.most, n)
		if n > 1 { // a further column of the same name is not told anew
			used[i] = true
		}
	}
	if len(out.columns) == 0 && x.Sheet == "" && x.Name != shape.Rows {
		return nil, &table.Refusal{File: r.file, Sheet: r.info.Sheet, Row: r.info.HeaderRow,
			Why: fmt.Sprintf("the mapping's repeats name columns of the form %q, and the list has none", x.Columns), Want: "a form that columns of the list have"}
	}
	return out, nil
}

// place is where a column of the n-th one stands: -1 where that one has none. A
// column that is none of what is repeated is one of the row.
func (x *repeated) place(column string, n int) (at int, ofChild bool) {
	numbers, ok := x.columns[column]
	if !ok {
		return 0, false
	}
	if at, ok = numbers[n]; !ok {
		at = -1
	}
	return at, true
}
