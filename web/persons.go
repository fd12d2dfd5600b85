// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"slices"
	"strings"

	"recount/casework"
	"recount/journal"
	"recount/store"
)

// personsPage lists persons: each is the records that were judged to be about
// one human being.
type personsPage struct {
	base
	Persons []personLine
	Pager   pager
	Linked  bool // only those with more than one record, or moved by a decision
}

// personLine is a person in a list: every name that a source gives.
type personLine struct {
	Person  string
	Names   []string
	Records int64
	Sources []link
}

func (s *Server) persons(v *visit) error {
	p := &personsPage{base: v.base("nav.persons"), Linked: v.text("linked") != ""}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		list, err := r.Persons(ctx, store.PersonFilter{Linked: p.Linked}, v.page())
		if err != nil {
			return err
		}
		list, p.Pager = paged(v, list, func(x store.PersonLine) string { return x.Person })
		for _, x := range list {
			line, err := v.personLine(ctx, r, x)
			if err != nil {
				return err
			}
			p.Persons = append(p.Persons, line)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

func (v *visit) personLine(ctx context.Context, r store.Reader, x store.PersonLine) (personLine, error) {
	line := personLine{Person: x.Person, Records: int64(len(x.Records))}
	names, sources := map[string]bool{}, map[string]bool{}
	for _, record := range x.Records {
		if name := casework.NameOf(record.Said); name != "" && !names[name] {
			names[name] = true
			line.Names = append(line.Names, name)
		}
		if !sources[record.Said.Source] {
			sources[record.Said.Source] = true
			l, err := v.sourceLink(ctx, r, record.Said.Source)
			if err != nil {
				return line, err
			}
			line.Sources = append(line.Sources, l)
		}
	}
	return line, nil
}

// personPage is one person: what every source says, side by side, why these
// records stand together, and what can be decided about them.
type personPage struct {
	base
	Person    string
	Compared  []comparedRow
	Versions  []versionHead
	Erased    int64
	Count     int64 // of records that stand here
	Differing int64 // fields in which they cannot all be right
	Moves     []moveLine
	Decisions []store.Decision
	Problem   string
	Alike     []recordLine // records of others whose name is the same when folded
	Guard     guard
	Withheld  string // fields that are closed to the visitor
}

// versionHead is the head of a column: who says it, and where.
type versionHead struct {
	Source   link
	Leaf     string
	Pinpoint string
}

// comparedRow is a field over all versions.
type comparedRow struct {
	Label  string
	Cells  []casework.Cell
	Differ bool
}

// moveLine says why a record stands under a person.
type moveLine struct {
	store.Move
	Leaf string
}

func (s *Server) person(v *visit) error { return s.showPerson(v, "") }

// showPerson shows a person, with why a decision about it was not taken.
func (s *Server) showPerson(v *visit, problem string) error {
	id := v.PathValue("person")
	p := &personPage{Person: id, Problem: problem}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		x, err := r.Person(ctx, id)
		if err != nil {
			return err
		}
		compared, err := casework.Compare(ctx, r, x)
		if err != nil {
			return err
		}
		p.fill(v, x, compared)
		if p.Alike, err = v.alike(ctx, r, x); err != nil {
			return err
		}
		p.Withheld = v.withheld(r)
		p.Guard, err = v.guard(ctx, r, "person", id)
		return err
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

func (p *personPage) fill(v *visit, x store.Person, c casework.Comparison) {
	name := ""
	for _, version := range c.Versions {
		said := version.Record.Said
		p.Versions = append(p.Versions, versionHead{link{Text: version.Source, To: v.link("sources", said.Source)}, version.Record.Leaf.String(), said.Pinpoint})
		if name == "" {
			name = casework.NameOf(said)
		}
	}
	p.Count, p.Erased, p.Differing, p.Decisions = int64(len(c.Versions)), int64(len(x.Records)-len(c.Versions)), int64(c.Differing()), x.Decisions
	for _, f := range c.Fields {
		p.Compared = append(p.Compared, comparedRow{v.words.T("field." + f.Field), v.cells(f, c.Versions), f.Differ})
	}
	for _, m := range x.Moves {
		m.Why = shortLeaves(m.Why)
		p.Moves = append(p.Moves, moveLine{m, m.Record.String()})
	}
	if p.base = v.baseNamed(name); name == "" {
		p.base = v.base("persons.nameless")
	}
}

// cells are a compared field's cells with codes and ages in the reader's words.
func (v *visit) cells(f casework.Compared, versions []casework.Version) []casework.Cell {
	cells := make([]casework.Cell, len(f.Cells))
	for i, cell := range f.Cells {
		switch {
		case f.Field == "sex":
			cell.Read = v.code("sex", cell.Read)
		case f.Field == "child":
			cell.Read = v.child(versions[i].Record.Said)
		case f.Field == "age":
			cell.Read = v.age(versions[i].Record.Said)
		}
		if readable(f.Field) && cell.Written != "" && cell.Read == "" {
			cell.Read = v.words.T("not-known")
		}
		cells[i] = cell
	}
	return cells
}

// readable tells whether what a source writes there is read as something else:
// where nothing was read, what it wrote says that it does not know, or nothing
// that could be read.
func readable(field string) bool {
	return slices.Contains([]string{"sex", "age", "birth", "child"}, field)
}

// shortLeaves cuts the names of records in a rule's words to what tells them
// apart for a reader: the record itself is linked beside them.
func shortLeaves(why string) string {
	words := strings.Split(why, " ")
	for i, word := range words {
		if _, err := journal.ParseLeaf(word); err == nil {
			words[i] = word[:12] + "…"
		}
	}
	return strings.Join(words, " ")
}
