// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"strings"

	"recount/casework"
	"recount/fault"
	"recount/intake/mapping"
	"recount/register"
	"recount/store"
)

// ownFieldsPage lists the fields of the case's own, and takes declarations.
type ownFieldsPage struct {
	base
	Fields []ownFieldLine
	Lists  []codeListLine
	File   aloneForm // a file of declarations
}

// ownFieldLine is a field of the case's own.
type ownFieldLine struct {
	Name, To string
	Label    labelled
	Records  int64
	Type     string // "" not declared
	Handling string // "" as the record
	List     link
}

// codeListLine is a list of codes.
type codeListLine struct {
	ID, To string
	Label  labelled
	Codes  int64
}

// labelled is how a thing is called in the visitor's language, or in another one,
// which is told then: nothing is passed over for want of a translation.
type labelled struct {
	Text    string
	Instead string // the language that it is in, where it is another
	Mark    string // the word for not translated
}

func (v *visit) label(labels []string) labelled {
	text, instead := register.LabelIn(labels, v.words.Tag)
	return labelled{text, instead, v.words.T("own.untranslated")}
}

func (s *Server) ownFields(v *visit) error {
	p, err := v.ownFieldsPage()
	if err != nil {
		return err
	}
	return s.show(v, p)
}

func (v *visit) ownFieldsPage() (*ownFieldsPage, error) {
	p := &ownFieldsPage{base: v.base("own.title")}
	p.File = v.declaring(v.link("fields", "file"), "own.file.button", group{Fields: []field{
		{Name: "text", Label: v.words.T("own.file.text"), Hint: v.words.T("own.file.hint"), Kind: "long", Rows: 10, Required: true},
	}})
	return p, v.read(func(ctx context.Context, r store.Reader) error {
		all, err := casework.OwnNames(ctx, r)
		if err != nil {
			return err
		}
		for _, n := range all {
			line := ownFieldLine{Name: n.Name, To: v.ownFieldLink(n.Name), Records: n.Records, Handling: n.Handling, Label: labelled{Mark: v.words.T("not-said")}}
			if f := n.Declared; f != nil {
				line.Label, line.Type = v.label(f.Labels), f.Type
				if f.CodeList != "" {
					line.List = link{Text: f.CodeList, To: v.codeListLink(f.CodeList)}
				}
			}
			p.Fields = append(p.Fields, line)
		}
		lists, err := r.CodeLists(ctx)
		for _, l := range lists {
			p.Lists = append(p.Lists, codeListLine{l.CodeList, v.codeListLink(l.CodeList), v.label(l.Labels), int64(len(l.Codes))})
		}
		return err
	})
}

// A field's name can have any letter, so that it is no part of an address' path.
func (v *visit) ownFieldLink(name string) string {
	return base{}.Query(v.link("fields", "one"), "field", name)
}

func (v *visit) codeListLink(id string) string {
	return base{}.Query(v.link("fields", "codes"), "list", id)
}

// ownFile sends all that is declared, as a file for another case.
func (s *Server) ownFile(v *visit) error {
	var f register.OwnFile
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		f, err = casework.Declared(ctx, r)
		return err
	})
	if err != nil {
		return err
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(f); err != nil {
		return fmt.Errorf("%w: writing the declarations: %v", fault.Invalid, err)
	}
	head := v.w.Header()
	head.Set("Content-Type", "application/json; charset=utf-8")
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "own-fields.json"}))
	if _, err := v.w.Write(text.Bytes()); err != nil {
		return errDone // the reader went away
	}
	return nil
}

// declareFile declares what a file says.
func (s *Server) declareFile(v *visit) error {
	f, err := mapping.ParseOwnFile([]byte(v.text("text")))
	if err == nil {
		_, err = v.desk().Declare(v.Context(), f, v.why())
	}
	if err == nil {
		return v.goTo(v.link("fields") + "?done=declared")
	}
	p, err2 := v.ownFieldsPage()
	if err2 != nil {
		return errors.Join(err, err2)
	}
	return s.refusedAlone(v, err, &p.File, func() error { return s.show(v, p) })
}

// declaring is a form of a declaration, which is as closed as what it is about.
func (v *visit) declaring(action, button string, groups ...group) aloneForm {
	f := v.alone(action, button, groups...)
	f.NoClass = true
	return f
}

// labelsOf are the labels that a form gives: one in each language of the pages,
// and further ones a line each.
func (v *visit) labelsOf() (labels []string) {
	for _, l := range v.s.Words.Languages() {
		if text := v.text("label_" + l.Tag); text != "" {
			labels = append(labels, l.Tag+" "+strings.Join(strings.Fields(text), " "))
		}
	}
	return append(labels, lines(v.text("labels"))...)
}

// labelFields ask for labels.
func (v *visit) labelFields(labels []string) (fields []field) {
	others := []string{}
	own := map[string]string{}
	for _, l := range labels {
		tag, text, _ := strings.Cut(l, " ")
		own[tag] = text
		others = append(others, l)
	}
	for _, l := range v.s.Words.Languages() {
		fields = append(fields, field{Name: "label_" + l.Tag, Label: v.words.T("own.label", "language", l.Name), Lang: l.Tag}.with(own[l.Tag]))
		others = without(others, l.Tag+" ")
	}
	return append(fields, field{Name: "labels", Label: v.words.T("own.labels"), Hint: v.words.T("own.labels.hint"), Kind: "long", Rows: 2}.with(strings.Join(others, "\n")))
}

func without(all []string, prefix string) (left []string) {
	for _, s := range all {
		if !strings.HasPrefix(s, prefix) {
			left = append(left, s)
		}
	}
	return left
}
