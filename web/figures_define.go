// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"recount/fault"
	"recount/figure"
	"recount/register"
	"recount/store"
)

// definePage is the form in which a figure is defined by choosing; the answer
// can be looked at before anything is recorded.
type definePage struct {
	base
	Form    form
	Again   bool            // the figure is there and is defined anew
	Preview *figureAnswer   // what the records say to what was chosen
	Words   definitionWords // of the preview
}

// maxSourcesShown bounds the sources that the form offers to tick.
const maxSourcesShown = 200

// partsOffered is how many "of whom" the form has at least.
const partsOffered = 3

func (s *Server) defineFigureForm(v *visit) error { return s.showDefine(v, figure.Definition{}, -1) }

// redefineFigureForm is the same form, filled with the definition that stands.
func (s *Server) redefineFigureForm(v *visit) error {
	defined, d, err := v.definition(v.PathValue("figure"), -1)
	if err != nil {
		return err
	}
	return s.showDefine(v, d, defined.Seq)
}

func (s *Server) showDefine(v *visit, d figure.Definition, since int64) error {
	p, err := v.definePage(d)
	if err != nil {
		return err
	}
	p.Form.setBase(v, since)
	return s.show(v, p)
}

// definePage is the page with the form filled by a definition, or by what was typed.
func (v *visit) definePage(d figure.Definition) (*definePage, error) {
	id := v.PathValue("figure")
	p := &definePage{base: v.base("figures.define"), Again: id != ""}
	p.Crumbs = []link{{Text: v.words.T("nav.figures"), To: v.link("figures")}}
	if id != "" {
		p.base.Title = v.words.T("figures.redefine", "title", d.Title)
		p.Crumbs = append(p.Crumbs, link{Text: d.Title, To: v.link("figures", id)})
	}
	groups, err := v.defineGroups(d)
	if err != nil {
		return nil, err
	}
	if p.Form, err = v.form("figure", id, groups...); err != nil {
		return nil, err
	}
	p.Form.Button, p.Form.Preview = v.words.T("figures.record"), v.words.T("figures.preview")
	return p, nil
}

func (v *visit) defineGroups(d figure.Definition) ([]group, error) {
	w := v.words
	groups := []group{
		{Fields: []field{{Name: "title", Label: w.T("figures.field.title"), Hint: w.T("figures.field.title.hint"), Value: d.Title, Required: true}}},
		v.ticks(w.T("figures.field.harms"), "harm.", register.HarmCodes(), d.Harms),
		{Title: w.T("figures.field.when-where"), Fields: []field{
			{Name: "period", Label: w.T("figures.field.period"), Hint: w.T("figures.field.period.hint"), Value: d.Period},
			{Name: "district", Label: w.T("figures.field.district"), Hint: w.T("figures.field.district.hint"), Kind: "long", Rows: 2, Value: strings.Join(d.District, "\n")},
		}},
	}
	own := slices.DeleteFunc(slices.Clone(d.Harms), func(code string) bool { return !strings.HasPrefix(code, "x-") })
	groups[2].Fields = append(groups[2].Fields, field{Name: "own", Label: w.T("figures.field.own"), Hint: w.T("figures.field.own.hint"), Kind: "long", Rows: 2, Value: strings.Join(own, "\n")})
	sources, err := v.sourceCodes(d.Sources)
	if err != nil {
		return nil, err
	}
	among := v.ticks(w.T("figures.field.sources"), "source.", sources, d.Sources)
	among.Folded = true
	groups = append(groups, among)
	n := max(partsOffered, len(d.Parts)+1, v.partsTyped()+1)
	for i := range n {
		part := figure.Part{}
		if i < len(d.Parts) {
			part = d.Parts[i]
		}
		groups = append(groups, v.partGroup(i+1, part))
	}
	return groups, nil
}

// ticks are codes to tick, any number of them.
func (v *visit) ticks(title, prefix string, codes []register.Code, chosen []string) group {
	g := group{Title: title}
	set := strings.TrimSuffix(prefix, ".")
	for _, c := range codes {
		f := field{Name: prefix + c.Code, Kind: "check", Label: base{Language: v.words}.Code(set, c.Code, c.Label)}
		if slices.Contains(chosen, c.Code) {
			f.Value = "yes"
		}
		g.Fields = append(g.Fields, f)
	}
	return g
}

// sourceCodes are the sources to tick: the first of the case, and those that
// the definition names already.
func (v *visit) sourceCodes(named []string) (codes []register.Code, err error) {
	err = v.read(func(ctx context.Context, r store.Reader) error {
		list, err := r.Sources(ctx, store.Page{Limit: maxSourcesShown})
		for _, x := range list {
			codes = append(codes, register.Code{Code: x.Source, Label: x.Name})
		}
		for _, id := range named {
			if err == nil && !slices.ContainsFunc(codes, func(c register.Code) bool { return c.Code == id }) {
				var x register.Source
				x, err = r.Source(ctx, id)
				codes = append(codes, register.Code{Code: id, Label: x.Name})
			}
		}
		return err
	})
	return codes, err
}

// partGroup are the fields of one "of whom".
func (v *visit) partGroup(n int, p figure.Part) group {
	w, at := v.words, "part."+strconv.Itoa(n)+"."
	child := []option{{Text: w.T("figures.child.any")}}
	for _, how := range []string{figure.ChildEither, figure.ChildByFlag, figure.ChildByAge} {
		child = append(child, option{Value: how, Text: w.T("figures.child." + how)})
	}
	g := group{Title: w.T("figures.field.part", "n", n), Folded: true, Fields: []field{
		{Name: at + "title", Label: w.T("figures.field.part.title"), Hint: w.T("figures.field.part.title.hint"), Value: p.Title},
		{Name: at + "part", Label: w.T("figures.field.part.name"), Hint: w.T("figures.field.part.name.hint"), Value: p.Part},
		field{Name: at + "child", Label: w.T("figures.field.part.child"), Kind: "choose", Options: child}.with(p.Child),
	}}
	sex := v.ticks("", at+"sex.", register.SexCodes(), p.Sex)
	for i, c := range register.SexCodes() {
		sex.Fields[i].Label = w.T("figures.field.part.sex", "sex", v.code("sex", c.Code))
	}
	g.Fields = append(g.Fields, sex.Fields...)
	for _, b := range figure.AgeBands() {
		f := field{Name: at + "band." + b, Kind: "check", Label: w.T("figures.field.part.band", "band", b)}
		if slices.Contains(p.AgeBand, b) {
			f.Value = "yes"
		}
		g.Fields = append(g.Fields, f)
	}
	return g
}

// defineFigure shows what the chosen definition comes to, or records it.
func (s *Server) defineFigure(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return fmt.Errorf("%w: the form could not be read: %w", fault.Invalid, err)
	}
	id, d := v.PathValue("figure"), v.chosen()
	var stood figure.Definition
	if id != "" {
		newest, out, err := v.newest(id, v.baseSeq())
		if err != nil {
			return err
		}
		if _, stood, err = v.definition(id, -1); err != nil {
			return err
		}
		if out && v.text("preview") == "" {
			was, err := v.definitionBefore(id)
			if err != nil {
				return err
			}
			return s.stale(v, newest, v.definitionsDiffer(was, stood, d))
		}
	}
	p, err := v.definePage(stood)
	if err != nil {
		return err
	}
	if v.text("preview") != "" {
		return s.previewFigure(v, p, d)
	}
	done, err := v.desk().DefineFigure(v.Context(), d, v.why())
	if err != nil {
		if p.Form.refuse(v, err) {
			p.Form.beside(wrongField(d), err)
			return s.show(v, p)
		}
		return err
	}
	return v.sent("figure", id, v.link("figures", done.ID), "figure-defined")
}

// previewFigure answers what was chosen without recording it.
func (s *Server) previewFigure(v *visit, p *definePage, d figure.Definition) error {
	if d.Figure == "" {
		d.Figure = "f-preview" // it gets an id of its own when it is recorded
	}
	t, err := s.tallied(v, -1)
	if err != nil {
		return err
	}
	for _, code := range d.Harms {
		if err == nil {
			err = register.CheckHarm(code)
		}
	}
	if err == nil {
		err = d.Check()
	}
	if err != nil {
		if p.Form.refuse(v, err) {
			p.Form.beside(wrongField(d), err)
			return s.show(v, p)
		}
		return err
	}
	a, err := t.columns.Answer(d) // not kept: the next choice is another one
	if err != nil {
		return err
	}
	a.Stamp = t.stamp
	err = v.read(func(ctx context.Context, r store.Reader) error {
		shown, err := v.answer(ctx, r, a)
		if err != nil {
			return err
		}
		p.Preview = &shown
		p.Words, err = v.inWords(ctx, r, d)
		return err
	})
	if err != nil {
		return err
	}
	v.status = http.StatusOK
	return s.show(v, p)
}
