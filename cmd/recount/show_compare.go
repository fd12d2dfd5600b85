// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"recount/edtf"
	"recount/fault"
	"recount/register"
	"recount/store"
)

// sideBySide is what the records of one person say, each beside the name of
// who says it.
type sideBySide struct {
	versions []sourceVersion
}

type sourceVersion struct {
	source string // its name, as described
	said   store.Record
}

// compared puts the records of a person beside each other.
func compared(ctx context.Context, r store.Reader, p store.Person) (s sideBySide, err error) {
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
			return s, err
		}
		s.versions = append(s.versions, sourceVersion{name, record})
	}
	return s, nil
}

// text prints field by field what each source has, each in its own script.
// Where the sources cannot all be right it says so, and leaves it there.
func (s sideBySide) text(w io.Writer) {
	rows := [][]string{}
	for _, f := range comparedFields() {
		field := f.label
		for _, v := range s.versions {
			if said := f.said(v.said); said != "" {
				rows, field = append(rows, []string{"  " + field, plain(v.source), plain(said)}), ""
			}
		}
		if f.differ != nil && s.differ(f.differ) {
			rows = append(rows, []string{"          (these cannot all be so; nothing here decides which)"})
		}
	}
	columns(w, rows)
}

// differ tells whether any two versions exclude each other.
func (s sideBySide) differ(exclude func(a, b register.Record) bool) bool {
	for i := range s.versions {
		for j := range i {
			if exclude(s.versions[i].said.Said, s.versions[j].said.Said) {
				return true
			}
		}
	}
	return false
}

type comparedField struct {
	label  string
	said   func(store.Record) string
	differ func(a, b register.Record) bool // nil: versions never exclude each other
}

func comparedFields() []comparedField {
	known := func(a, b string) bool { return a != "" && b != "" && a != b }
	return []comparedField{
		{"name", func(r store.Record) string { return nameOf(r.Said) }, nil},
		{"father", func(r store.Record) string { return r.Said.Father.Text() }, nil},
		{"sex", func(r store.Record) string { return asRead(r.Said.SexWritten, r.Said.Sex) },
			func(a, b register.Record) bool { return known(a.Sex, b.Sex) }},
		{"birth", func(r store.Record) string { return asRead(r.Said.BirthWritten, r.Said.Birth) }, birthsExclude},
		{"age", func(r store.Record) string { return asRead(r.Said.AgeWritten, months(r.Said.AgeLow, r.Said.AgeHigh)) }, agesExclude},
		{"child", func(r store.Record) string { return asRead(r.Said.ChildWritten, r.Said.ChildFlag) },
			func(a, b register.Record) bool { return known(a.ChildFlag, b.ChildFlag) }},
		{"work", func(r store.Record) string { return r.Said.Occupation.Text() }, nil},
		{"harms", harmsOf, nil},
	}
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

// harmsOf says what was done, when and where, as read.
func harmsOf(r store.Record) string {
	var all []string
	for _, h := range r.Harms {
		all = append(all, strings.Join(nonBlank(h.Said.Code, h.Said.Date, h.Said.PlaceWritten.Text()), ", "))
	}
	return strings.Join(all, "; ")
}

// showCompared is showPerson, field by field.
func (x *showCmd) showCompared(d *desk, r store.Reader) error {
	p, err := r.Person(d.ctx, x.ID)
	if err != nil {
		return err
	}
	s, err := compared(d.ctx, r, p)
	if err != nil {
		return err
	}
	return d.out.answer(jsonOfPerson(p), func(w io.Writer) {
		fmt.Fprintf(w, "%s: %s. Each source has its own version.\n\n", p.Person, counted(int64(len(p.Records)), "record", "records"))
		s.text(w)
	})
}

// counted is a number with its noun.
func counted(n int64, one, more string) string {
	if n == 1 {
		return group(n) + " " + one
	}
	return group(n) + " " + more
}
