// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"strings"

	"recount/journal"
	"recount/register"
)

// findable is a thing as the search sees it: fields has what it is found by,
// as written.
type findable struct {
	kind, id, title string
	seq             int64 // the entry that it stands since
	fields          []string
}

// findableKind reads the things of a kind that stand and meet a condition on
// the table d.
type findableKind struct {
	name, entry, table string
	of                 func(ctx context.Context, r Reader, where string, args ...any) ([]findable, error)
}

// findableKinds are those of SearchKinds that entries describe: all but
// records.
func findableKinds() []findableKind {
	return []findableKind{
		findableAs("source", sources(), func(x register.Source) findable {
			return findable{id: x.Source, title: x.Name, fields: []string{x.Name, x.Affiliation, x.Note}}
		}),
		findableAs("exhibit", exhibits(), func(x register.Exhibit) findable {
			return findable{id: x.Exhibit, title: either(x.Title, x.FileName), fields: []string{x.Title, x.FileName}}
		}),
		findableAs("citation", citations(), func(x register.Citation) findable {
			return findable{id: x.Citation, title: excerpt(x.Quote, nil, 80), fields: []string{x.Quote}}
		}),
		findableAs("incident", incidents(), func(x register.Incident) findable {
			return findable{id: x.Incident, title: x.Title, fields: []string{x.Title, x.PlaceWritten, x.Place, x.Note}}
		}),
		findableAs("figure", figures(), func(x FigureDefined) findable {
			d, err := x.Parse()
			if err != nil { // what is recorded without a title is not found by one
				return findable{id: x.Figure}
			}
			return findable{id: x.Figure, title: d.Title, fields: []string{d.Title}}
		}),
		findableAs("dossier", dossiers(), func(x DossierComposed) findable {
			return findable{id: x.Dossier, title: x.Title, fields: []string{x.Title}}
		}),
	}
}

func findableAs[T any](name string, s said[T], as func(T) findable) findableKind {
	things := said[findable]{s.kind, s.table, func(e journal.Entry) (findable, error) {
		said, err := s.from(e)
		if err != nil {
			return findable{}, err
		}
		x := as(said)
		x.kind, x.seq = name, e.Header.Seq
		return x, nil
	}}
	return findableKind{name, s.kind, s.table, func(ctx context.Context, r Reader, where string, args ...any) ([]findable, error) {
		return things.all(ctx, r, Page{}, where, args...)
	}}
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// findableRecord is a record with the places of its harms.
func findableRecord(x Record) findable {
	s := x.Said
	var places []string
	for _, h := range x.Harms {
		places = append(places, h.Said.PlaceWritten.Text(), h.Said.Place)
	}
	return recordFields(x.Leaf, s.Name, s.Given, s.Father, s.Family, s.OtherNames, s.Occupation, s.Note, s.Pinpoint, places)
}

// recordFields puts what a record is found by in its order.
func recordFields(leaf journal.Leaf, name, given, father, family, others, occupation, note journal.Value, pinpoint string, places []string) findable {
	f := findable{kind: "record", id: leaf.String(), title: strings.TrimSpace(name.Text())}
	var parts []string
	for _, v := range []journal.Value{given, father, family} {
		if part := strings.TrimSpace(v.Text()); part != "" {
			parts = append(parts, part)
		}
	}
	inParts := strings.Join(parts, " ")
	f.title = either(f.title, inParts)
	f.fields = append(f.fields, name.Text(), inParts, others.Text())
	f.fields = append(append(f.fields, places...), occupation.Text(), pinpoint, note.Text())
	return f
}
