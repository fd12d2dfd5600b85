// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"recount/fault"
	"recount/journal"
	"recount/store"
	"recount/vault"
	"recount/verify"
)

// search fills a plan, place by place.
type search struct {
	c    *store.Case
	r    store.Reader
	plan ErasurePlan

	found []store.Record
	names []string // as the records write them
}

// records are those of the person, or the one that was named, with all that
// they correct and that corrects them.
func (s *search) records(ctx context.Context) error {
	if strings.HasPrefix(s.plan.Target, "p-") {
		p, err := s.r.Person(ctx, s.plan.Target)
		if err != nil {
			return err
		}
		s.found = p.Records
	} else {
		leaf, err := journal.ParseLeaf(s.plan.Target)
		if err != nil {
			return fmt.Errorf("%w: %.80q: accepted is a person (p-…) or the leaf of a record (64 hex digits)", fault.Invalid, s.plan.Target)
		}
		one, err := s.r.Record(ctx, leaf)
		if err != nil {
			return err
		}
		s.found = []store.Record{one}
	}
	seen := map[journal.Leaf]bool{}
	for i := 0; i < len(s.found); i++ {
		rec := s.found[i]
		if seen[rec.Leaf] || rec.Erased {
			continue
		}
		seen[rec.Leaf] = true
		s.plan.Records = append(s.plan.Records, rec.Leaf)
		s.names = append(s.names, rec.Said.Spellings()...)
		// Every version goes: without its correction the older one would stand again.
		versions, err := s.r.Corrections(ctx, rec.Leaf)
		if err != nil {
			return err
		}
		for _, leaf := range versions {
			v, err := s.r.Record(ctx, leaf)
			if err != nil {
				return err
			}
			s.found = append(s.found, v)
		}
	}
	if len(s.plan.Records) == 0 {
		return fmt.Errorf("%w: everything about %s has been erased already", fault.NotFound, s.plan.Target)
	}
	return nil
}

// beside is what is said beside the records.
func (s *search) beside(ctx context.Context) error {
	for _, leaf := range s.plan.Records {
		rec, err := s.r.Record(ctx, leaf)
		if err != nil {
			return err
		}
		for _, h := range rec.Harms {
			s.plan.Rows = append(s.plan.Rows, h.Leaf)
		}
		moves, err := s.r.MovesOf(ctx, leaf)
		if err != nil {
			return err
		}
		for _, m := range moves {
			if m.ByRule {
				s.plan.Rows = append(s.plan.Rows, m.Row)
			}
		}
		more, err := s.r.RowsBeside(ctx, leaf)
		if err != nil {
			return err
		}
		s.plan.Rows = append(s.plan.Rows, more...)
	}
	return nil
}

func (s *search) exhibits(ctx context.Context) error {
	ours := map[journal.Leaf]bool{}
	for _, leaf := range s.plan.Records {
		ours[leaf] = true
	}
	seen := map[string]bool{}
	for _, rec := range s.found {
		id := rec.Said.Exhibit
		if rec.Erased || seen[id] {
			continue
		}
		seen[id] = true
		x, err := s.r.Exhibit(ctx, id)
		if err != nil {
			return err
		}
		e := PlanExhibit{Exhibit: id, Object: x.Object}
		if e.Gone, err = s.gone(ctx, x.Object); err != nil {
			return err
		}
		if e.Others, err = s.r.CountRecords(ctx, id); err != nil {
			return err
		}
		for _, other := range s.found {
			if other.Said.Exhibit == id && ours[other.Leaf] {
				e.Others--
			}
		}
		s.plan.Exhibits = append(s.plan.Exhibits, e)
	}
	return nil
}

// others adds exhibits that no record of the plan was read from and in whose
// bytes a name stands as a record writes it: statements, for instance. What is
// packed or drawn (a workbook, a picture) is not looked into.
func (s *search) others(ctx context.Context) error {
	all, err := s.r.Exhibits(ctx, store.Page{})
	if err != nil {
		return err
	}
	for _, x := range all {
		listed := slices.ContainsFunc(s.plan.Exhibits, func(e PlanExhibit) bool { return e.Exhibit == x.Exhibit })
		if listed || len(s.names) == 0 {
			continue
		}
		speaks, err := s.holdsName(ctx, x.Object)
		if err != nil {
			return err
		}
		if !speaks {
			continue
		}
		e := PlanExhibit{Exhibit: x.Exhibit, Object: x.Object}
		if e.Others, err = s.r.CountRecords(ctx, x.Exhibit); err != nil {
			return err
		}
		s.plan.Exhibits = append(s.plan.Exhibits, e)
	}
	return nil
}

// holdsName reads an object in pieces that overlap by the longest name.
func (s *search) holdsName(ctx context.Context, object string) (found bool, err error) {
	in, err := openObject(ctx, s.c, object)
	if errors.Is(err, fault.NotFound) {
		return false, nil // erased already
	}
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	const piece = 1 << 20
	var kept []byte
	buffer := make([]byte, piece)
	for {
		n, err := io.ReadFull(in, buffer)
		text := append(kept, buffer[:n]...)
		for _, name := range s.names {
			if bytes.Contains(text, []byte(name)) {
				return true, nil
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		kept = slices.Clone(text[max(0, len(text)-1024):])
	}
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

// lines are the lines of frozen dossiers whose members are records of the
// plan, with those members.
func (s *search) lines(ctx context.Context) error {
	frozen, err := s.r.Frozen(ctx, "")
	if err != nil {
		return err
	}
	for _, f := range frozen {
		e, err := s.c.OpenEntry(ctx, f.Seq)
		if err != nil {
			return err
		}
		edition, err := verify.ParseFrozen(func(field string) (journal.Value, bool) { return e.Get(field), true })
		if err != nil {
			return err
		}
		before := len(s.plan.Lines)
		for _, count := range edition.Counts {
			if err := s.linesOf(ctx, count); err != nil {
				return err
			}
		}
		if len(s.plan.Lines) > before {
			s.plan.Dossiers = append(s.plan.Dossiers, fmt.Sprintf("%s, edition %d", f.Dossier, f.Edition))
		}
	}
	return nil
}

func (s *search) linesOf(ctx context.Context, count verify.Count) error {
	ours := map[string]bool{}
	for _, leaf := range s.plan.Records {
		ours[leaf.String()] = true
	}
	members := map[string]bool{} // leaves, in hex
	err := s.eachRow(ctx, count.Members.Object, "member@1", "record", func(leaf journal.Leaf, record string) {
		if ours[record] {
			members[leaf.String()] = true
			s.plan.Lines = append(s.plan.Lines, leaf)
		}
	})
	if err != nil || len(members) == 0 {
		return err
	}
	return s.eachRow(ctx, count.Object, "line@1", "members", func(leaf journal.Leaf, all string) {
		if slices.ContainsFunc(strings.Fields(all), func(m string) bool { return members[m] }) {
			s.plan.Lines = append(s.plan.Lines, leaf)
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

// entries are those whose text holds a name as a record writes it: reasons,
// quotations, titles. What decided an erasure itself stays readable.
func (s *search) entries(ctx context.Context) error {
	if len(s.names) == 0 {
		return nil
	}
	for seq := range s.plan.Size {
		e, err := s.c.OpenEntry(ctx, seq)
		if err != nil {
			return err
		}
		if e.Erased() || strings.HasPrefix(e.Kind.Name, "erasure.") || !s.speaksOf(e) {
			continue
		}
		list := &s.plan.Entries
		if store.BringsRows(e.Kind) {
			list = &s.plan.Staying
		}
		*list = append(*list, PlanEntry{seq, e.Kind.Name, e.Header.Leaf})
	}
	return nil
}

func (s *search) speaksOf(e journal.Entry) bool {
	for _, v := range e.Values {
		text := strings.ToLower(v.Text())
		for _, name := range s.names {
			if strings.Contains(text, strings.ToLower(name)) {
				return true
			}
		}
	}
	return false
}
