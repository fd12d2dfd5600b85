// SPDX-License-Identifier: Apache-2.0

// Package shape puts the rows of a list together where one row of it is not one
// person: headings between rows, cells that are filled once for many rows, several
// rows of one person, sheets whose rows belong to rows of another. What comes out is
// a list again, one row a person, in which nothing of the list is missing.
package shape

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"recount/intake/table"
)

// Shape says how rows are put together. The zero Shape leaves them as they are.
type Shape struct {
	Totals    bool      // rows that state a total are passed over, and told
	Only      Only      // rows of other kinds are passed over, and counted
	Pivot     Pivot     // of lists that say one thing a row
	Languages Languages // of lists that have a row for each language
	Sections  string    // the column that headings between rows become, "" there are none
	FillDown  []string  // columns in which a blank cell means what stands above it
	RowsOf    []string  // columns by which rows that follow each other are of one person
	Person    []string  // with RowsOf: columns that say something of the person, once
	Beside    []Beside  // other sheets of the same file
}

// Only says which rows of a list are meant. The zero Only is all of them.
type Only struct {
	Column string
	Values []string
	Not    []string // without Values: all but the rows with these
}

// Beside is a sheet whose rows belong to rows of the list.
type Beside struct {
	Name   string // its columns become NAME[1].COLUMN, NAME[2].COLUMN, …
	Sheet  string
	Key    string // column of the list
	Parent string // column of the sheet that says the key of the row it belongs to
}

// Rows is the name under which the rows of one person become columns of one row.
const Rows = "rows"

// Open opens the list anew each time that it is asked, by its options.
type Open func(table.Options) (table.Table, error)

// List is the list in that shape. It is read once more than it would be where that
// is the only way to know how wide it becomes.
func (s Shape) List(open Open, opt table.Options) (table.Table, error) {
	make := func() (table.Table, error) {
		t, err := open(opt)
		if err != nil {
			return nil, err
		}
		if s.Totals {
			t = &totals{Table: t}
		}
		if s.Only.Column != "" {
			at, err := columnsOf(t, []string{s.Only.Column}, opt, "only")
			if err != nil {
				return nil, errors.Join(err, t.Close())
			}
			t = &meant{Table: t, at: at[0], only: s.Only}
		}
		if s.Sections != "" {
			t = &sections{Table: t, name: s.Sections}
		}
		if len(s.FillDown) > 0 {
			at, err := columnsOf(t, s.FillDown, opt, "fill_down")
			if err != nil {
				return nil, errors.Join(err, t.Close())
			}
			t = &filled{Table: t, at: at, above: map[int]table.Cell{}}
		}
		return t, nil
	}
	t, err := make()
	if err != nil {
		return nil, err
	}
	for _, put := range s.put() {
		under := make
		make = func() (table.Table, error) {
			t, err := under()
			if err != nil {
				return nil, err
			}
			return put(t, under, opt)
		}
		if t, err = put(t, under, opt); err != nil {
			return nil, err
		}
	}
	if len(s.RowsOf) > 0 {
		if t, err = s.rowsOf(t, make, opt); err != nil {
			return nil, err
		}
	}
	for _, b := range s.Beside {
		if t, err = b.beside(t, open, opt); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// putting makes one row of several, of a table that it reads to its end and then again.
type putting func(first table.Table, again func() (table.Table, error), opt table.Options) (table.Table, error)

// put are those that are asked for and come before rows_of.
func (s Shape) put() (all []putting) {
	if s.Pivot.Name != "" {
		all = append(all, s.pivot)
	}
	if s.Languages.Column != "" {
		all = append(all, s.languages)
	}
	return all
}

// columnsOf are the places of columns; one that is not there is a refusal.
func columnsOf(t table.Table, wanted []string, opt table.Options, why string) ([]int, error) {
	keys := t.Info().Keys()
	at := make([]int, len(wanted))
	for i, c := range wanted {
		if at[i] = slices.Index(keys, c); at[i] < 0 {
			return nil, missing(t, c, opt, why)
		}
	}
	return at, nil
}

func missing(t table.Table, column string, opt table.Options, why string) error {
	quoted := ""
	for i, k := range t.Info().Keys() {
		if i > 0 {
			quoted += ", "
		}
		quoted += strconv.Quote(k)
	}
	return &table.Refusal{File: opt.File, Sheet: t.Info().Sheet, Row: t.Info().HeaderRow, Column: column, InColumn: true,
		Why: fmt.Sprintf("the mapping's %s names this column, and the list does not have it", why), Want: "one of the columns that are there: " + quoted}
}

// child is the column of one of several things that belong to a row.
func child(name string, n int, column string) string {
	return name + "[" + strconv.Itoa(n) + "]." + column
}

// widen are the columns of a list with those of so many children behind them.
func widen(columns []table.Column, name string, most int, of []table.Column) []table.Column {
	out := slices.Clone(columns)
	for n := 1; n <= most; n++ {
		for _, c := range of {
			key := child(name, n, c.Key)
			out = append(out, table.Column{Name: key, Key: key})
		}
	}
	return out
}

// maxColumns is how wide a list may become.
const maxColumns = 16_384

func tooWide(opt table.Options, width int) error {
	return &table.Refusal{File: opt.File, Sheet: opt.Sheet, Why: fmt.Sprintf("put together, the rows have %d columns", width), Want: fmt.Sprintf("rows of one person, or of one row of another sheet, that have at most %d cells together", maxColumns)}
}

// each reads a table to its end, and closes it.
func each(t table.Table, visit func(*table.Row) error) error {
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			return t.Close()
		}
		if err == nil {
			err = visit(row)
		}
		if err != nil {
			return errors.Join(err, t.Close())
		}
	}
}
