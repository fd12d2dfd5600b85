// SPDX-License-Identifier: Apache-2.0

// Package worksheet is records as a table: one row a record, its harms and the
// fields of the case's own behind it. People work in it with the programs that
// they know, machines read it, and it is read back without loss: what was absent,
// blank and filled stays so, and a program that takes some texts for formulas is
// kept from it. docs/formats/worksheet.md is its page.
package worksheet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"recount/journal"
	"recount/names"
	"recount/register"
)

// Row is one record as it stands in a case.
type Row struct {
	Leaf   journal.Leaf // zero: it stands in no case yet
	Record register.Record
	Harms  []register.Harm
	Own    []register.Extra
}

// Columns that say which record a row is; they are not read as what it says.
const (
	ColumnRecord = "record" // leaf, in hex
	columnCells  = "cells"  // which cells are blank, and which have an apostrophe in front
	columnNamed  = "name_known"
	ownPrefix    = "own."
)

// Layout is which columns a worksheet has: those of as many harms as its longest
// record has, and those of the own fields that any of its records has.
type Layout struct {
	Harms int
	Own   []string // by name, sorted
	Whole bool     // also the row as it stood
}

// LayoutOf has room for every row.
func LayoutOf(rows []Row, whole bool) Layout {
	l := Layout{Whole: whole}
	for _, r := range rows {
		l.Take(r)
	}
	return l
}

// Take makes room for one more row.
func (l *Layout) Take(r Row) {
	l.Harms = max(l.Harms, len(r.Harms))
	for _, x := range r.Own {
		if at, found := slices.BinarySearch(l.Own, x.Name); !found {
			l.Own = slices.Insert(l.Own, at, x.Name)
		}
	}
}

// from are fields that say where a record is from, or that follow from others.
func from() []string {
	return []string{"source", "exhibit", "pinpoint", "row", "person", "supersedes", "name_fold", "child_age", "age_band", "raw"}
}

// ofHarm are the same of a harm.
func ofHarm() []string { return []string{"record", "number", "month", "district"} }

// told are the fields of a kind without some.
func told(kind string, without []string) []string {
	k, _ := journal.KindNamed(kind)
	return slices.DeleteFunc(slices.Clone(k.Fields), func(f string) bool { return slices.Contains(without, f) })
}

// place are the columns before what a record says: where it stands.
func place() []string { return []string{"person", "source", "exhibit", "pinpoint"} }

// Columns are the names of the columns, in their order.
func (l Layout) Columns() []string {
	out := append([]string{ColumnRecord}, place()...)
	out = append(out, told("record@1", from())...)
	out = append(out, columnNamed)
	for n := range l.Harms {
		for _, f := range told("harm@1", ofHarm()) {
			out = append(out, harmColumn(n+1, f))
		}
	}
	for _, name := range l.Own {
		out = append(out, ownPrefix+name, ownPrefix+name+".value")
	}
	out = append(out, columnCells)
	if l.Whole {
		out = append(out, "raw")
	}
	return out
}

func harmColumn(n int, field string) string { return "harm" + strconv.Itoa(n) + "." + field }

// harmOf is the number and the field of a column of a harm.
func harmOf(column string) (n int, field string, ok bool) {
	number, field, cut := strings.Cut(strings.TrimPrefix(column, "harm"), ".")
	n, err := strconv.Atoi(number)
	if !cut || !strings.HasPrefix(column, "harm") || err != nil || n < 1 || n > maxHarms {
		return 0, "", false
	}
	return n, field, slices.Contains(told("harm@1", ofHarm()), field)
}

// maxHarms is how many harms of one record a worksheet can have.
const maxHarms = 1000

// values are what a row says, by column; absent ones are not in it.
func (r Row) values() map[string]journal.Value {
	v := map[string]journal.Value{}
	put := func(kind, prefix string, values []journal.Value, fields []string) {
		k, _ := journal.KindNamed(kind)
		for _, f := range fields {
			if x := values[k.Index(f)]; x.Present() {
				v[prefix+f] = x
			}
		}
	}
	put("record@1", "", r.Record.Values(), append(told("record@1", from()), append(place(), "raw")...))
	for n, h := range r.Harms {
		put("harm@1", fmt.Sprintf("harm%d.", n+1), h.Values(), told("harm@1", ofHarm()))
	}
	for _, x := range r.Own {
		if x.Written.Present() {
			v[ownPrefix+x.Name] = x.Written
		}
		if x.Value != "" {
			v[ownPrefix+x.Name+".value"] = journal.Text(x.Value)
		}
	}
	return v
}

// finish computes what follows from what a row says, as an import does. A name
// that says that none is known has no key.
func (r *Row) finish(named bool) {
	if r.Record.NameFold = ""; named {
		r.Record.NameFold = names.Key(r.Record.Name.Text())
	}
	r.Record.SetRungs(r.events()...)
	for i := range r.Harms {
		r.Harms[i].SetRungs()
	}
	register.Raise(&r.Record, r.Harms)
}
