// SPDX-License-Identifier: Apache-2.0

package worksheet

import (
	"slices"
	"strings"

	"recount/journal"
)

// Said is what the cells of a row say, without asking whether they can be what they
// say: so that a cell that somebody has spoiled can be shown beside the record.
type Said struct {
	Leaf    journal.Leaf
	Columns []string // that the worksheet has, in its order
	Values  Values
	Named   string // "yes", "no", "" where the worksheet does not say
}

// Values are what is said, by column. What is absent is not in it.
type Values map[string]journal.Value

// Has reports whether anything is said in a column.
func (v Values) Has(column string) bool { return v[column].Present() }

// Set says something in a column, or nothing any more.
func (v Values) Set(column string, to journal.Value) {
	if delete(v, column); to.Present() {
		v[column] = to
	}
}

// Said is what a record says, by column.
func (r Row) Said() Values { return r.values() }

// Said reads a row's cells as they are.
func (b *Binding) Said(cells []string) (Said, error) {
	values, leaf, err := b.values(cells)
	if err != nil {
		return Said{}, err
	}
	s := Said{Leaf: leaf, Values: values, Named: strings.TrimSpace(values[columnNamed].Text())}
	for _, c := range b.columns {
		if _, known := b.at[c]; known && c != ColumnRecord && c != columnNamed && c != columnCells {
			s.Columns = append(s.Columns, c)
		}
	}
	for _, c := range []string{ColumnRecord, columnNamed, columnCells} {
		delete(values, c)
	}
	for c, v := range values {
		if trimmed(c[strings.LastIndex(c, ".")+1:]) {
			s.Values.Set(c, journal.Optional(strings.TrimSpace(v.Text())))
		}
	}
	return s, nil
}

// NamedFor reports whether the name is one: as the worksheet says; where somebody
// has changed the name and not that cell, it is one if there is any.
func (s Said) NamedFor(taken, now Row) bool {
	name, was := s.Values["name"], taken.Record.Name
	wasNamed := taken.Record.NameFold != ""
	switch {
	case slices.Contains(s.Columns, "name") && name != was && (s.Named == "" || (s.Named == "yes") == wasNamed):
		return strings.TrimSpace(name.Text()) != ""
	case s.Named == "":
		return now.Record.NameFold != ""
	}
	return s.Named == "yes"
}

// Put makes a row of what is said. Errors are those of Read.
func Put(said Values, named bool) (Row, error) {
	columns := make([]string, 0, len(said)+1)
	for c := range said {
		columns = append(columns, c)
	}
	if !said.Has("name") {
		columns = append(columns, "name")
	}
	slices.Sort(columns)
	b, err := Bind(columns)
	if err != nil {
		return Row{}, err
	}
	return b.row(map[string]journal.Value(said), journal.Leaf{}, named)
}

// IsPlace: a column that says which record a row is, and where it is from.
func IsPlace(column string) bool { return slices.Contains(place(), column) }

// IsHandling: a column that says who may see it, and on which ground it is held.
func IsHandling(column string) bool {
	return column == "handling" || column == "basis" || strings.HasSuffix(column, ".handling") && strings.HasPrefix(column, "harm")
}
