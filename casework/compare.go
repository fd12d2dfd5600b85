// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"recount/edtf"
	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// Comparison is what the records of one person say, field by field, each
// beside the name of who says it. It has no column for what is true.
type Comparison struct {
	Versions []Version
	Fields   []Compared // those that any version has something in
}

// Version is one record and who speaks in it.
type Version struct {
	Source string // the source's name as described, its id where it is not
	Record store.Record
}

// Compared is one field over all versions.
type Compared struct {
	Field  string // name father family sex birth age child occupation status harms
	Cells  []Cell // one for each version
	Differ bool   // they cannot all be so; nothing here decides which
}

// Cell is a field of one record: as the source wrote it, and as it was read.
// Read is "" where what was written says nothing.
type Cell struct{ Written, Read string }

// Empty reports whether the source says nothing there.
func (c Cell) Empty() bool { return c.Written == "" && c.Read == "" }

// Compare puts the records of a person beside each other. Erased ones are left out.
func Compare(ctx context.Context, r store.Reader, p store.Person) (c Comparison, err error) {
	for _, record := range p.Records {
		if record.Erased {
			continue
		}
		name := record.Said.Source
		source, err := r.Source(ctx, record.Said.Source)
		switch {
		case err == nil:
			name = source.Name
		case !errors.Is(err, fault.NotFound):
			return c, err
		}
		c.Versions = append(c.Versions, Version{name, record})
	}
	for _, f := range fieldsToCompare() {
		row, said := Compared{Field: f.name}, false
		for _, v := range c.Versions {
			cell := f.said(v.Record)
			row.Cells, said = append(row.Cells, cell), said || !cell.Empty()
		}
		row.Differ = f.exclude != nil && c.anyExclude(f.exclude)
		if said {
			c.Fields = append(c.Fields, row)
		}
	}
	return c, nil
}

// anyExclude tells whether any two versions exclude each other, or one itself:
// a record may call a man of thirty a child.
func (c Comparison) anyExclude(exclude func(a, b register.Record) bool) bool {
	for i := range c.Versions {
		for j := range i + 1 {
			if exclude(c.Versions[i].Record.Said, c.Versions[j].Record.Said) {
				return true
			}
		}
	}
	return false
}

// Differing is how many fields the versions exclude each other in.
func (c Comparison) Differing() (n int) {
	for _, f := range c.Fields {
		if f.Differ {
			n++
		}
	}
	return n
}

type fieldToCompare struct {
	name    string
	said    func(store.Record) Cell
	exclude func(a, b register.Record) bool // nil: versions never exclude each other
}

func fieldsToCompare() []fieldToCompare {
	known := func(a, b string) bool { return a != "" && b != "" && a != b }
	plain := func(value func(register.Record) journal.Value) func(store.Record) Cell {
		return func(r store.Record) Cell { s := value(r.Said).Text(); return Cell{s, s} }
	}
	return []fieldToCompare{
		{"name", func(r store.Record) Cell { s := NameOf(r.Said); return Cell{s, s} }, nil},
		{"father", plain(func(r register.Record) journal.Value { return r.Father }), nil},
		{"other_names", plain(func(r register.Record) journal.Value { return r.OtherNames }), nil},
		{"sex", func(r store.Record) Cell { return Cell{r.Said.SexWritten.Text(), r.Said.Sex} },
			func(a, b register.Record) bool { return known(a.Sex, b.Sex) }},
		{"birth", func(r store.Record) Cell { return Cell{r.Said.BirthWritten.Text(), r.Said.Birth} }, birthsExclude},
		{"age", func(r store.Record) Cell {
			return Cell{r.Said.AgeWritten.Text(), Months(r.Said.AgeLow, r.Said.AgeHigh)}
		}, agesExclude},
		{"child", func(r store.Record) Cell { return Cell{r.Said.ChildWritten.Text(), r.Said.ChildFlag} },
			func(a, b register.Record) bool {
				return known(a.ChildFlag, b.ChildFlag) || known(a.ChildFlag, b.ChildAge) || known(a.ChildAge, b.ChildFlag)
			}},
		{"occupation", plain(func(r register.Record) journal.Value { return r.Occupation }), nil},
		{"status", plain(func(r register.Record) journal.Value { return r.Status }), nil},
		{"harms", harmsSaid, nil},
	}
}

// NameOf is the name as the source wrote it, whole or in its parts; "" for none.
func NameOf(r register.Record) string {
	if s := r.Name.Text(); s != "" {
		return s
	}
	return strings.Join(said(r.Given.Text(), r.Father.Text(), r.Family.Text()), " ")
}

// Months says an interval of ages in whole months (register.Record.AgeLow).
func Months(low, high register.Number) string {
	switch {
	case !low.Known || !high.Known:
		return ""
	case low.N%12 == 0 && high.N == low.N+11:
		return fmt.Sprintf("%d years", low.N/12)
	case low.N == high.N:
		return fmt.Sprintf("%d months", low.N)
	}
	return fmt.Sprintf("%d to %d months", low.N, high.N)
}

// harmsSaid says what was done, when and where, one line a harm.
func harmsSaid(r store.Record) Cell {
	var written, read []string
	for _, h := range r.Harms {
		read = append(read, strings.Join(said(h.Said.Code, h.Said.Date, h.Said.Place), ", "))
		written = append(written, strings.Join(said(h.Said.CodeWritten.Text(), h.Said.DateWritten.Text(), h.Said.PlaceWritten.Text()), ", "))
	}
	return Cell{strings.Join(written, "\n"), strings.Join(read, "\n")}
}

func said(all ...string) (some []string) {
	for _, s := range all {
		if s != "" {
			some = append(some, s)
		}
	}
	return some
}

// birthsExclude: the two dates have no day in common.
func birthsExclude(a, b register.Record) bool {
	one, err := edtf.Parse(a.Birth)
	if err != nil {
		return false // not known
	}
	other, err := edtf.Parse(b.Birth)
	return err == nil && edtf.Equal(one, other) == edtf.False
}

// agesExclude: the two ages have no month in common.
func agesExclude(a, b register.Record) bool {
	if !a.AgeLow.Known || !a.AgeHigh.Known || !b.AgeLow.Known || !b.AgeHigh.Known {
		return false
	}
	return a.AgeLow.N > b.AgeHigh.N || b.AgeLow.N > a.AgeHigh.N
}
