// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"recount/casework"
	"recount/fault"
	"recount/journal"
	"recount/names"
	"recount/store"
)

// howManyAlike bounds the list of namesakes on a person's page.
const howManyAlike = 20

// alike are records of other persons that have a name of this one's, folded
// and whatever the order of its parts (names.Key).
func (v *visit) alike(ctx context.Context, r store.Reader, x store.Person) ([]recordLine, error) {
	var found []store.Record
	seen := map[string]bool{}
	for _, record := range x.Records {
		key := names.Key(casework.NameOf(record.Said))
		if record.Erased || key == "" || seen[key] || len(found) >= howManyAlike {
			continue
		}
		seen[key] = true
		list, err := r.Records(ctx, store.RecordFilter{Name: key}, store.Page{Limit: howManyAlike})
		if err != nil {
			return nil, err
		}
		for _, other := range list {
			if other.Person != x.Person && len(found) < howManyAlike {
				found = append(found, other)
			}
		}
	}
	return v.recordLines(ctx, r, found)
}

// besidePage puts two persons beside each other, so that somebody can decide
// whether they are one.
type besidePage struct {
	base
	One, Other string
	Versions   []versionHead
	Compared   []comparedRow
	Differing  int64
	First      int64 // how many columns are the first person's
	Problem    string
	Withheld   string // fields that are closed to the visitor
	Apart      bool   // somebody decided that they are not one
}

func (s *Server) beside(v *visit) error { return s.showBeside(v, "") }

func (s *Server) showBeside(v *visit, problem string) error {
	p := &besidePage{base: v.base("persons.two"), One: v.PathValue("person"), Other: v.PathValue("other"), Problem: problem}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		p.Withheld = v.withheld(r)
		one, err := r.Person(ctx, p.One)
		if err != nil {
			return err
		}
		other, err := r.Person(ctx, p.Other)
		if err != nil {
			return err
		}
		apart, err := r.SaidApart(ctx, p.One, p.Other)
		if err != nil {
			return err
		}
		p.Apart = len(apart) > 0
		both, err := casework.Compare(ctx, r, store.Person{Records: append(one.Records[:len(one.Records):len(one.Records)], other.Records...)})
		if err != nil {
			return err
		}
		p.Differing = int64(both.Differing())
		for _, version := range both.Versions {
			said := version.Record.Said
			p.Versions = append(p.Versions, versionHead{link{Text: version.Source, To: v.link("sources", said.Source)}, version.Record.Leaf.String(), said.Pinpoint})
			if version.Record.Person == p.One {
				p.First++
			}
		}
		for _, f := range both.Fields {
			p.Compared = append(p.Compared, comparedRow{v.words.T("field." + f.Field), v.cells(f, both.Versions), f.Differ})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// mergePersons decides that two persons are one.
func (s *Server) mergePersons(v *visit) error {
	merge := v.desk().Merge
	if v.text("against_decision") != "" {
		merge = v.desk().MergeAgainst
	}
	done, err := merge(v.Context(), v.PathValue("person"), v.PathValue("other"), v.why())
	return s.decided(v, s.showBeside, "merged", done.ID, err)
}

// distinguishPersons decides that two persons are not one.
func (s *Server) distinguishPersons(v *visit) error {
	_, err := v.desk().Distinguish(v.Context(), v.PathValue("person"), v.PathValue("other"), v.why())
	return s.decided(v, s.showBeside, "distinguished", v.PathValue("person"), err)
}

// splitPerson decides that some records of a person are about another one.
func (s *Server) splitPerson(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return fmt.Errorf("%w: the form could not be read: %w", fault.Invalid, err)
	}
	var records []journal.Leaf
	for _, text := range v.PostForm["record"] {
		leaf, err := journal.ParseLeaf(text)
		if err != nil {
			return s.decided(v, s.showPerson, "split", "", err)
		}
		records = append(records, leaf)
	}
	if len(records) == 0 {
		return s.decided(v, s.showPerson, "split", "", fmt.Errorf("%w: %s", fault.Invalid, v.words.T("persons.split.none")))
	}
	done, err := v.desk().Split(v.Context(), v.PathValue("person"), records, v.why())
	return s.decided(v, s.showPerson, "split", done.ID, err)
}

// decided leads to what came of a decision; one that was refused comes back
// with the reason, and nothing has changed.
func (s *Server) decided(v *visit, again func(*visit, string) error, what, person string, err error) error {
	if errors.Is(err, fault.Invalid) || errors.Is(err, fault.Conflict) {
		v.status = http.StatusUnprocessableEntity
		return again(v, err.Error())
	}
	if err != nil {
		return err
	}
	return v.goTo(base{}.Query(v.link("persons", person), "done", what))
}
