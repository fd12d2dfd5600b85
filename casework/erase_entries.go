// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"recount/journal"
	"recount/names"
	"recount/store"
	"recount/verify"
)

// planFile is a text of a dossier in the vault.
type planFile struct {
	PlanText
	seen   names.Sight
	unread bool // it could not be searched
}

// planPrint is an edition with where its texts are looked for.
type planPrint struct {
	frozen verify.Frozen
	seen   names.Sight // of the title and the figures' titles
}

// entries are those whose text holds a name: reasons, quotations, titles. An
// entry that is about the person is one for a single part of a name.
func (s *search) entries(ctx context.Context) error {
	s.sayings = map[int64]names.Sight{}
	return s.c.EachEntry(ctx, s.plan.Size, func(e journal.Entry) error {
		s.advance()
		if e.Erased() || s.asksForThis(e) {
			return nil
		}
		seen, fields := s.inEntry(e)
		s.quoted(e)
		objects, err := s.dossierTexts(e)
		if err != nil {
			return err
		}
		if !seen.Whole && len(seen.Parts) == 0 {
			return nil
		}
		item := PlanEntry{Seq: e.Header.Seq, Kind: e.Kind.Name, Leaf: e.Header.Leaf, Fields: fields, Possible: !seen.Whole, Decide: bearing(e.Kind), Objects: objects}
		switch {
		case store.BringsRows(e.Kind) || store.Stays(e.Kind.Name):
			s.plan.Staying = append(s.plan.Staying, item)
			return nil
		case e.Kind.Name == "exhibit.received@1":
			item.Exhibit = e.Get("exhibit").Text()
			err = s.addExhibit(ctx, PlanExhibit{Exhibit: item.Exhibit, Object: e.Get("object").Text(), Possible: item.Possible})
		}
		s.plan.Entries = append(s.plan.Entries, item)
		return err
	})
}

// asksForThis tells the proposal to erase what the plan is about. It names nobody
// (namesNobody), and a plan that listed it would not be the one that it asks for.
func (s *search) asksForThis(e journal.Entry) bool {
	return e.Kind.Name == "decision.proposed@1" && e.Get("act").Text() == "erase" && e.Get("subject").Text() == s.plan.Target
}

// bearing tells kinds of entries with which more goes than their words: a
// figure that is asked, a dossier, the case itself.
func bearing(kind journal.Kind) bool {
	return kind.Index("figure") >= 0 || kind.Index("dossier") >= 0 || strings.HasPrefix(kind.Name, "case.")
}

// quoted notes what a quotation holds in the fields that a bundle shows.
func (s *search) quoted(e journal.Entry) {
	if e.Kind.Name != verify.KindCitation {
		return
	}
	var seen names.Sight
	for _, field := range verify.QuotationFields() {
		seen = both(seen, s.seenIn(e.Get(field).Text()))
	}
	s.sayings[e.Header.Seq] = seen
}

func (s *search) inEntry(e journal.Entry) (seen names.Sight, fields []string) {
	about := slices.ContainsFunc(e.Values, func(v journal.Value) bool {
		return slices.ContainsFunc(s.ids, func(id string) bool { return strings.Contains(v.Text(), id) })
	})
	for i, v := range e.Values {
		if isID(v.Text()) {
			continue
		}
		one := s.seenIn(plainOf(v.Text()))
		if about && len(one.Parts) > 0 {
			one = names.Sight{Whole: true}
		}
		if one.Whole || len(one.Parts) > 0 {
			fields = append(fields, e.Kind.Fields[i])
			seen.Whole = seen.Whole || one.Whole
			seen.Parts = append(seen.Parts, one.Parts...)
		}
	}
	return seen, fields
}

// seenIn looks through a text without the parts that are common.
func (s *search) seenIn(text string) names.Sight {
	seen := s.sought.In(text)
	seen.Parts = slices.DeleteFunc(seen.Parts, func(part string) bool { return s.common[part] })
	return seen
}

// isID tells ids, hashes and lists of them, whose digits may look like words.
func isID(text string) bool {
	for word := range strings.FieldsSeq(text) {
		if len(word) > 2 && word[1] == '-' {
			word = word[2:]
		}
		if len(word) < 16 || strings.Trim(word, "0123456789abcdef") != "" {
			return false
		}
	}
	return true
}

// dossierTexts notes the texts of a dossier that an entry leads to, and
// answers all objects of the vault that nothing would lead to without it.
func (s *search) dossierTexts(e journal.Entry) (objects []string, err error) {
	note := func(kind, object string) {
		objects = append(objects, object)
		s.files = append(s.files, planFile{PlanText: PlanText{ID: fmt.Sprintf("%s-%d", kind, e.Header.Seq), Dossier: e.Get("dossier").Text(), Object: object}})
	}
	switch e.Kind.Name {
	case "dossier.composed@1":
		note("statement", e.Get("object").Text())
	case verify.KindFrozen:
		f, err := verify.ParseFrozen(func(field string) (journal.Value, bool) { return e.Get(field), true })
		if err != nil {
			return nil, err
		}
		note("statement", f.StatementObject)
		note("page", f.PageObject)
		print := planPrint{frozen: f, seen: s.seenIn(f.Title)}
		for _, c := range f.Counts {
			objects = append(objects, c.Object, c.Members.Object, c.Plan)
			print.seen = both(print.seen, s.seenIn(c.Definition.Title))
			for _, part := range c.Definition.Parts {
				print.seen = both(print.seen, s.seenIn(part.Title))
			}
		}
		s.frozen = append(s.frozen, print)
	}
	return objects, nil
}

// both is what two texts hold together.
func both(a, b names.Sight) names.Sight {
	return names.Sight{Whole: a.Whole || b.Whole, Parts: append(slices.Clone(a.Parts), b.Parts...)}
}

// texts looks through the statements and pages of dossiers.
func (s *search) texts(ctx context.Context) error {
	listed := map[string]bool{}
	for i := range s.files {
		f := &s.files[i]
		got, err := s.look(ctx, f.Object)
		if err != nil {
			return err
		}
		f.seen, f.unread = got.seen, got.gone || got.unseen != ""
		if listed[f.Object] || got.gone {
			continue
		}
		listed[f.Object] = true
		if got.unseen != "" {
			s.unseen(f.ID, got.unseen, got.part)
		}
		if f.Possible = !f.seen.Whole; f.seen.Whole || len(f.seen.Parts) > 0 {
			s.plan.Texts = append(s.plan.Texts, f.PlanText)
		}
	}
	return nil
}

// editions tells of each edition of a dossier whether it counts the person,
// and whether it names them.
func (s *search) editions(ctx context.Context) error {
	for _, p := range s.frozen {
		e := PlanDossier{Dossier: p.frozen.Dossier, Edition: p.frozen.Edition}
		for _, count := range p.frozen.Counts {
			found, err := s.linesOf(ctx, count)
			if err != nil {
				return err
			}
			e.Counts = e.Counts || found
		}
		seen, unread := p.seen, false
		for _, f := range s.files {
			if f.Object == p.frozen.StatementObject || f.Object == p.frozen.PageObject {
				seen, unread = both(seen, f.seen), unread || f.unread
			}
		}
		for _, q := range p.frozen.Quotes {
			said, readable := s.sayings[q.Seq]
			seen, unread = both(seen, said), unread || !readable
		}
		switch {
		case seen.Whole:
			e.Names = NamesPerson
		case unread || s.plan.Nameless:
			e.Names = CannotBeSearched
		case len(seen.Parts) > 0:
			e.Names = MayNamePerson
		default:
			e.Names = DoesNotName
		}
		if e.Counts || e.Names == NamesPerson || e.Names == MayNamePerson {
			s.plan.Dossiers = append(s.plan.Dossiers, e)
		}
	}
	return nil
}
