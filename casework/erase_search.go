// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"recount/fault"
	"recount/journal"
	"recount/names"
	"recount/store"
	"recount/vault"
	"recount/verify"
)

// search fills a plan, place by place.
type search struct {
	c        *store.Case
	r        store.Reader
	plan     ErasurePlan
	progress func(done, all int64)
	done     int64
	all      int64

	found     []store.Record
	ours      map[journal.Leaf]bool // records of the plan
	ids       []string              // theirs, and of the person
	spellings []string              // as the records write the name
	sought    names.Sought
	common    map[string]bool // parts of names that many others have

	files   []planFile  // texts of dossiers that the vault holds, whether they name the person or not
	frozen  []planPrint // editions
	sayings map[int64]names.Sight
}

// named tells whether a text holds a whole name of the person.
func (s *search) named(text string) bool { return s.sought.In(plainOf(text)).Whole }

func (s *search) advance() {
	s.done++
	if s.progress != nil {
		s.progress(s.done, s.all)
	}
}

// records are those of the person, or the one that was named, with all that
// they correct and that corrects them, and what is said beside each.
func (s *search) records(ctx context.Context) error {
	first, err := s.target(ctx)
	if err != nil {
		return err
	}
	s.ours = map[journal.Leaf]bool{}
	for _, rec := range first {
		if s.ours[rec.Leaf] || rec.Erased {
			continue
		}
		// Every version goes: without its correction the older one would stand again.
		versions, beside, err := s.r.Versions(ctx, rec.Leaf)
		if err != nil {
			return err
		}
		for _, leaf := range versions {
			if s.ours[leaf] {
				continue
			}
			v, err := s.r.Record(ctx, leaf)
			if err != nil {
				return err
			}
			s.ours[leaf] = true
			s.found = append(s.found, v)
			s.plan.Records = append(s.plan.Records, leaf)
			s.spellings = append(s.spellings, v.Said.Spellings()...)
			s.ids = append(s.ids, leaf.String(), v.Person, v.Said.Person)
		}
		s.plan.Rows = append(s.plan.Rows, beside...)
	}
	if len(s.plan.Records) == 0 {
		return fmt.Errorf("%w: everything about %s has been erased already", fault.NotFound, s.plan.Target)
	}
	s.sought = names.Seek(s.spellings...)
	s.plan.Nameless = s.sought.Empty()
	return nil
}

// target are the records that were named.
func (s *search) target(ctx context.Context) ([]store.Record, error) {
	if strings.HasPrefix(s.plan.Target, "p-") {
		p, err := s.r.Person(ctx, s.plan.Target)
		return p.Records, err
	}
	leaf, err := journal.ParseLeaf(s.plan.Target)
	if err != nil {
		return nil, fmt.Errorf("%w: %.80q: accepted is a person (p-…) or the leaf of a record (64 hex digits)", fault.Invalid, s.plan.Target)
	}
	one, err := s.r.Record(ctx, leaf)
	return []store.Record{one}, err
}

// count finds out how much there is to do.
func (s *search) count(ctx context.Context) error {
	rows, err := s.r.CountWritten(ctx)
	if err != nil {
		return err
	}
	exhibits, err := s.r.Exhibits(ctx, store.Page{})
	s.all = rows + s.plan.Size + int64(len(exhibits))
	return err
}

// cited are the files that the records were read from, and the redacted copies
// that stand in their place by now.
func (s *search) cited(ctx context.Context) error {
	seen := map[string]bool{}
	for _, rec := range s.found {
		id := rec.Said.Exhibit
		for id != "" && !rec.Erased && !seen[id] {
			seen[id] = true
			if err := s.citedOne(ctx, id); err != nil {
				return err
			}
			next, err := s.r.Redaction(ctx, id)
			if err != nil && !errors.Is(err, fault.NotFound) {
				return err
			}
			id = next.Successor
		}
	}
	return nil
}

func (s *search) citedOne(ctx context.Context, id string) error {
	x, err := s.r.Exhibit(ctx, id)
	if errors.Is(err, fault.NotFound) {
		s.unseen(id, "its description was erased, and its file with it", false)
		return nil
	}
	if err != nil {
		return err
	}
	return s.addExhibit(ctx, PlanExhibit{Exhibit: id, Object: x.Object, Cited: true})
}

// addExhibit puts a file in the plan, once.
func (s *search) addExhibit(ctx context.Context, e PlanExhibit) (err error) {
	for i, listed := range s.plan.Exhibits {
		if listed.Exhibit == e.Exhibit {
			s.plan.Exhibits[i].Possible = listed.Possible && e.Possible
			return nil
		}
	}
	if e.Gone, err = s.gone(ctx, e.Object); err != nil {
		return err
	}
	of, err := originals(ctx, s.r, e.Exhibit)
	if err != nil {
		return err
	}
	list := false
	for _, id := range of {
		n, err := s.r.CountRecords(ctx, id)
		if err != nil {
			return err
		}
		e.Others += n
		lists, err := s.r.Imports(ctx, store.ImportFilter{Exhibit: id})
		if err != nil {
			return err
		}
		list = list || slices.ContainsFunc(lists, func(i store.Imported) bool { return i.List })
	}
	for _, rec := range s.found {
		if slices.Contains(of, rec.Said.Exhibit) {
			e.Others--
		}
	}
	if !e.Gone {
		x, err := s.r.Exhibit(ctx, e.Exhibit)
		if err != nil {
			return err
		}
		e.Copy = wayToCopy(x, list)
	}
	s.plan.Exhibits = append(s.plan.Exhibits, e)
	return nil
}

func (s *search) unseen(what, why string, part bool) {
	s.plan.Unseen = append(s.plan.Unseen, PlanUnseen{what, why, part})
}

func (s *search) gone(ctx context.Context, object string) (bool, error) {
	a, err := vault.ParseAddress(object)
	if err != nil {
		return false, err
	}
	_, err = s.c.ObjectKey(ctx, a)
	if errors.Is(err, fault.NotFound) {
		return true, nil
	}
	return false, err
}

// linesOf are the lines of a count of a frozen dossier whose members are
// records of the plan, with those members; and those of records of others that
// may be erased too.
func (s *search) linesOf(ctx context.Context, count verify.Count) (found bool, err error) {
	of := map[string]*[]journal.Leaf{} // where the lines of a record go, by its leaf in hex
	for i := range s.plan.Others {
		o := &s.plan.Others[i]
		for _, leaf := range append([]journal.Leaf{o.Leaf}, o.With...) {
			of[leaf.String()] = &o.With
		}
	}
	for _, leaf := range s.plan.Records {
		of[leaf.String()] = &s.plan.Lines
	}
	members := map[string][]*[]journal.Leaf{} // by leaf, in hex
	err = s.eachRow(ctx, count.Members.Object, "member@1", "record", func(leaf journal.Leaf, record string) {
		if list := of[record]; list != nil {
			members[leaf.String()] = append(members[leaf.String()], list)
			*list = append(*list, leaf)
			found = found || list == &s.plan.Lines
		}
	})
	if err != nil || len(members) == 0 {
		return found, err
	}
	return found, s.eachRow(ctx, count.Object, "line@1", "members", func(leaf journal.Leaf, all string) {
		for member := range strings.FieldsSeq(all) {
			for _, list := range members[member] {
				*list = append(*list, leaf)
			}
		}
	})
}

// eachRow gives one field of every row of a row file that can still be opened.
func (s *search) eachRow(ctx context.Context, object, kindName, field string, each func(journal.Leaf, string)) error {
	a, err := vault.ParseAddress(object)
	if err != nil {
		return err
	}
	kind, ok := journal.KindNamed(kindName)
	if !ok {
		return fmt.Errorf("%w: no kind %s", fault.Invalid, kindName)
	}
	for row, err := range (rowsOf{s.c}).Rows(ctx, a) {
		if err != nil {
			return err
		}
		if row.Erased || row.Sealed.Kind != kindName {
			continue
		}
		values, err := journal.Open(s.c.Origin(), kind, row.Key, row.Sealed)
		if err != nil {
			return err
		}
		each(row.Sealed.Leaf, values[kind.Index(field)].Text())
	}
	return nil
}

// drafts are those that carrying out the plan takes away.
func (s *search) drafts(ctx context.Context) error {
	all, err := s.r.DraftsOn(ctx, s.plan.Records)
	for _, d := range all {
		s.plan.Drafts = append(s.plan.Drafts, PlanDraft{d.Account, d.Form, d.About})
	}
	return err
}

// holds are those in force on anything that the plan lists.
func (s *search) holds(ctx context.Context) error {
	held, err := heldIn(ctx, s.r, s.plan, struck{}, today(s.c))
	s.plan.Holds = append(s.plan.Holds, held...)
	return err
}
