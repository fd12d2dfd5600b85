// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"recount/casework"
	"recount/dossier"
	"recount/fault"
	"recount/store"
	"recount/verify"
)

// composePage is the form in which a statement is written: figures and
// quotations are named in it, never typed.
type composePage struct {
	base
	Form     form
	Figures  []pickFigure
	Quotes   []pickQuote
	MoreFigs bool // there are more than are shown
	More     bool
}

// pickFigure is a figure with the places that can be put into a statement.
type pickFigure struct {
	Figure, Title string
	Places        []insertion
}

// insertion is what is written into a statement, and what will stand there.
type insertion struct{ Text, Means string }

// pickQuote is a citation that can be quoted.
type pickQuote struct{ Citation, Quote, Language, Attribution, Place string }

const (
	figuresToPick = 100
	quotesToPick  = 100
)

func (s *Server) composeForm(v *visit) error { return s.showCompose(v, "", "", -1) }

// recomposeForm is the same form with what stands.
func (s *Server) recomposeForm(v *visit) error {
	var kept store.DossierComposed
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		kept, err = r.Dossier(ctx, v.PathValue("dossier"))
		return err
	})
	if err != nil {
		return err
	}
	text, err := casework.Statement(v.Context(), v.room, kept)
	if err != nil && !errors.Is(err, fault.NotFound) {
		return err
	}
	return s.showCompose(v, kept.Title, string(text), kept.Seq)
}

func (s *Server) showCompose(v *visit, title, statement string, since int64) error {
	p, err := v.composePage(title, statement)
	if err != nil {
		return err
	}
	p.Form.setBase(v, since)
	return s.show(v, p)
}

func (v *visit) composePage(title, statement string) (*composePage, error) {
	id, w := v.PathValue("dossier"), v.words
	p := &composePage{base: v.base("dossiers.compose")}
	p.Crumbs = []link{{Text: w.T("nav.dossiers"), To: v.link("dossiers")}}
	preview := v.link("dossiers", "preview")
	if id != "" {
		p.Crumbs = append(p.Crumbs, link{Text: title, To: v.link("dossiers", id)})
		p.base.Title, preview = w.T("dossiers.recompose", "title", title), v.link("dossiers", id, "preview")
	}
	var err error
	p.Form, err = v.form("dossier", id, group{Fields: []field{
		{Name: "title", Label: w.T("dossiers.field.title"), Hint: w.T("dossiers.field.title.hint"), Value: title, Required: true},
		{Name: "statement", Label: w.T("dossiers.field.statement"), Hint: w.T("dossiers.field.statement.hint"), Kind: "long", Rows: 24, Value: statement, Required: true},
	}})
	if err != nil {
		return nil, err
	}
	p.Form.Preview, p.Form.PreviewTo = w.T("dossiers.preview"), preview
	return p, v.read(func(ctx context.Context, r store.Reader) error {
		if err := p.pickFigures(ctx, v, r); err != nil {
			return err
		}
		return p.pickQuotes(ctx, r)
	})
}

func (p *composePage) pickFigures(ctx context.Context, v *visit, r store.Reader) error {
	list, err := r.Figures(ctx, store.Page{Limit: figuresToPick + 1})
	if err != nil {
		return err
	}
	if len(list) > figuresToPick {
		list, p.MoreFigs = list[:figuresToPick], true
	}
	for _, x := range list {
		d, err := x.Parse()
		if err != nil {
			return err
		}
		pick := pickFigure{Figure: x.Figure, Title: d.Title}
		add := func(name, of string) {
			for _, value := range []string{verify.ValuePoint, verify.ValueUnknown, verify.ValueRange} {
				text, means := "{{figure "+name+" "+value+"}}", v.words.T("dossiers.place."+value)
				if value == verify.ValuePoint {
					text = "{{figure " + name + "}}" // what stands there where nothing else is asked
				}
				if of != "" {
					means = of + ": " + means
				}
				pick.Places = append(pick.Places, insertion{text, means})
			}
		}
		add(x.Figure, "")
		for _, part := range d.Parts {
			add(x.Figure+"."+part.Part, part.Title)
		}
		p.Figures = append(p.Figures, pick)
	}
	return nil
}

func (p *composePage) pickQuotes(ctx context.Context, r store.Reader) error {
	list, err := r.Citations(ctx, store.Page{Limit: quotesToPick + 1})
	if err != nil {
		return err
	}
	if len(list) > quotesToPick {
		list, p.More = list[:quotesToPick], true
	}
	for _, c := range list {
		if c.Quote != "" { // without words there is nothing to quote
			p.Quotes = append(p.Quotes, pickQuote{c.Citation, begin(c.Quote, 160), c.Language, c.Attribution, "{{quote " + c.Citation + "}}"})
		}
	}
	return nil
}

// begin is the beginning of a text, of at most so many characters.
func begin(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}

// markdown is what was typed, with lines that end as a statement's do: a form
// sends carriage returns too (HTML, "normalize newlines").
func (v *visit) markdown() []byte {
	return []byte(strings.ReplaceAll(v.FormValue("statement"), "\r\n", "\n"))
}

// compose keeps a statement, of a new dossier or of one that is there.
func (s *Server) compose(v *visit) error {
	id, title := v.PathValue("dossier"), v.text("title")
	var stood store.DossierComposed
	if id != "" {
		newest, out, err := v.newest(id, v.baseSeq())
		if err != nil {
			return err
		}
		if stood, err = v.composed(id, -1); err != nil {
			return err
		}
		if out {
			fields, err := v.statementsDiffer(stood)
			if err != nil {
				return err
			}
			return s.stale(v, newest, fields)
		}
	}
	done, err := v.desk().ComposeDossier(v.Context(), id, title, v.markdown(), v.why())
	if err != nil {
		p, pageErr := v.composePage(stood.Title, "")
		if pageErr != nil {
			return errors.Join(err, pageErr)
		}
		if !p.Form.refuse(v, err) {
			return err
		}
		wrong := "statement"
		if title == "" {
			wrong = "title"
		}
		p.Form.beside(wrong, err)
		return s.show(v, p)
	}
	return v.sent("dossier", id, v.link("dossiers", done.ID), "dossier-composed")
}

// composed is a dossier as it was known at a size.
func (v *visit) composed(id string, at int64) (d store.DossierComposed, err error) {
	err = v.readAt(at, func(ctx context.Context, r store.Reader) error {
		d, err = r.Dossier(ctx, id)
		return err
	})
	return d, err
}

// statementsDiffer sets the statement that the form was made from, the one that
// stands and the one that was typed beside each other.
func (v *visit) statementsDiffer(now store.DossierComposed) ([]staleField, error) {
	was, err := v.composed(now.Dossier, v.baseSeq()+1)
	if err != nil {
		return nil, err
	}
	texts := [2]string{}
	for i, d := range []store.DossierComposed{was, now} {
		text, err := casework.Statement(v.Context(), v.room, d)
		if err != nil && !errors.Is(err, fault.NotFound) {
			return nil, err
		}
		texts[i] = string(text)
	}
	return []staleField{
		{v.words.T("dossiers.field.title"), was.Title, now.Title, v.text("title")},
		{v.words.T("dossiers.field.statement"), texts[0], texts[1], string(v.markdown())},
	}, nil
}

// previewDossier answers with the page as a freeze would make it, alone: of
// what was typed, or of what is kept. Nothing is recorded.
func (s *Server) previewDossier(v *visit) error {
	id, title, text := v.PathValue("dossier"), v.text("title"), v.markdown()
	if v.Method != http.MethodPost {
		kept, err := v.composed(id, -1)
		if err != nil {
			return err
		}
		title = kept.Title
		if text, err = casework.Statement(v.Context(), v.room, kept); err != nil {
			return err
		}
	}
	t, err := s.tallied(v, -1)
	if err != nil {
		return err
	}
	p, err := casework.PreviewDossier(v.Context(), v.room, t, id, title, text, dossier.DefaultLimit)
	if err != nil {
		return err
	}
	return v.pageAlone([]byte(p.Page))
}
