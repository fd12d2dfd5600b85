// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"strings"

	"recount/register"
	"recount/store"
)

// sourcesPage lists who speaks in this case.
type sourcesPage struct {
	base
	Sources []register.Source
	Pager   pager
}

func (s *Server) sources(v *visit) error {
	p := &sourcesPage{base: v.base("nav.sources")}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		list, err := r.Sources(ctx, v.page())
		p.Sources, p.Pager = paged(v, list, func(x register.Source) string { return x.Source })
		return err
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// sourcePage is one source: who it is, what it gave, what was said of it before.
type sourcePage struct {
	base
	Source   register.Source
	Derived  []link
	Exhibits []register.Exhibit
	MoreEx   bool
	Groups   bool // it speaks of people without names
	Basis    heldBasis
	Consents []consentLine
	History  []store.EntryLine
	Guard    guard
}

// howManyBeside bounds the lists that stand beside a thing on its page.
const howManyBeside = 10

func (s *Server) source(v *visit) error {
	id := v.PathValue("source")
	p := &sourcePage{}
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		if p.Source, err = r.Source(ctx, id); err != nil {
			return err
		}
		for _, from := range p.Source.DerivedFrom {
			l, err := v.sourceLink(ctx, r, from)
			if err != nil {
				return err
			}
			p.Derived = append(p.Derived, l)
		}
		if p.Exhibits, err = r.ExhibitsOf(ctx, id, store.Page{Limit: howManyBeside + 1}); err != nil {
			return err
		}
		if p.MoreEx = len(p.Exhibits) > howManyBeside; p.MoreEx {
			p.Exhibits = p.Exhibits[:howManyBeside]
		}
		if p.Basis, err = v.basisOf(ctx, r, id); err != nil {
			return err
		}
		groups, err := r.Groups(ctx, id, store.Page{Limit: 1})
		if err != nil {
			return err
		}
		p.Groups = len(groups) > 0
		if p.Consents, err = v.consentsAbout(ctx, r, id); err != nil {
			return err
		}
		if p.History, err = r.History(ctx, id); err != nil {
			return err
		}
		p.Guard, err = v.guard(ctx, r, "source", id)
		return err
	})
	if err != nil {
		return err
	}
	p.base = v.baseNamed(p.Source.Name)
	return s.show(v, p)
}

// sourceFormPage is the form of a source, new or described anew.
type sourceFormPage struct {
	base
	Form form
}

func (v *visit) sourceFields(x register.Source) []group {
	b := base{Language: v.words}
	label := func(name string) string { return v.words.T("sources." + name) }
	return []group{
		{Fields: []field{
			field{Name: "name", Label: label("name"), Hint: label("name.hint"), Required: true}.with(x.Name),
			field{Name: "kind", Label: label("kind"), Kind: "choose", Options: b.codes("source", register.SourceKinds(), "")}.with(x.Kind),
			field{Name: "affiliation", Label: label("affiliation"), Hint: label("affiliation.hint")}.with(x.Affiliation),
			field{Name: "language", Label: label("language"), Hint: label("language.hint")}.with(x.Language),
		}},
		{Title: label("weight"), Folded: true, Fields: []field{
			field{Name: "independence", Label: label("independence"), Hint: label("independence.hint")}.with(x.Independence),
			field{Name: "reliability", Label: label("reliability"), Kind: "choose", Options: append([]option{{Text: v.words.T("not-said")}}, b.codes("reliability", register.ReliabilityCodes(), "")...)}.with(x.Reliability),
			field{Name: "derived_from", Label: label("derived-from"), Hint: label("derived-from.hint")}.with(strings.Join(x.DerivedFrom, " ")),
			field{Name: "note", Label: label("note"), Kind: "long"}.with(x.Note),
		}},
	}
}

// newSource and editSource show the form; describeSource takes it.
func (s *Server) newSource(v *visit) error {
	return s.sourceForm(v, register.Source{Kind: "unknown"}, -1)
}

func (s *Server) editSource(v *visit) error {
	id := v.PathValue("source")
	var x register.Source
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		x, err = r.Source(ctx, id)
		return err
	})
	if err != nil {
		return err
	}
	newest, _, err := v.newest(id, -1)
	if err != nil {
		return err
	}
	return s.sourceForm(v, x, newest.Seq)
}

func (s *Server) sourceForm(v *visit, x register.Source, from int64) error {
	f, err := v.form("source", x.Source, v.sourceFields(x)...)
	if err != nil {
		return err
	}
	f.setBase(v, from)
	f.Action = v.link("sources")
	title := v.base("sources.new")
	if x.Source != "" {
		f.Action = v.link("sources", x.Source)
		title = v.baseNamed(x.Name)
	}
	return s.show(v, &sourceFormPage{base: title, Form: f})
}

func (s *Server) describeSource(v *visit) error {
	id := v.PathValue("source")
	x := register.Source{
		Source: id, Name: v.text("name"), Kind: v.text("kind"), Affiliation: v.text("affiliation"), Language: v.text("language"),
		Independence: v.text("independence"), Reliability: v.text("reliability"), DerivedFrom: strings.Fields(v.text("derived_from")), Note: v.text("note"),
	}
	done, err := v.deskFor(id).DescribeSource(v.Context(), x, v.why())
	if err == nil {
		return v.sent("source", id, v.link("sources", done.ID), "source")
	}
	f, formErr := v.form("source", id, v.sourceFields(x)...)
	if formErr != nil {
		return formErr
	}
	handled, staleErr := s.ifStale(v, err, f, func(size int64) (map[string]string, error) {
		return asFields(v, size, func(ctx context.Context, r store.Reader) ([]group, error) {
			x, err := r.Source(ctx, id)
			return v.sourceFields(x), err
		})
	})
	if handled {
		return staleErr
	}
	if !f.refuse(v, err) {
		return err
	}
	return s.show(v, &sourceFormPage{base: v.base("sources.new"), Form: f})
}

// asFields are a thing's fields by the names of its form's, as the case stood
// at a size.
func asFields(v *visit, size int64, ask func(context.Context, store.Reader) ([]group, error)) (map[string]string, error) {
	fields := map[string]string{}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		then, err := r.At(size)
		if err != nil {
			return err
		}
		groups, err := ask(ctx, then)
		for _, g := range groups {
			for _, x := range g.Fields {
				fields[x.Name] = x.Value
			}
		}
		return err
	})
	return fields, err
}
