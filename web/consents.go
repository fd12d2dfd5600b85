// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"recount/casework"
	"recount/consent"
	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// consentsPage lists what people agreed to, those first that somebody has to
// see to.
type consentsPage struct {
	base
	Consents []consentLine
}

// consentLine is a consent in a list, and on the page of what it covers.
type consentLine struct {
	casework.ConsentSeen
	About   link
	Lacks   []string // what it lacks so that it counts
	State   string   // in words
	Answers []useLine
}

// useLine is the answer for a use, in words.
type useLine struct{ Use, Answer string }

func (s *Server) consents(v *visit) error {
	p := &consentsPage{base: v.base("consents.title")}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		all, err := casework.ConsentsIn(ctx, v.room, r)
		for _, x := range all {
			line := v.consentLine(x)
			var err error
			if line.About, err = v.subjectLink(ctx, r, x.Subject); err != nil {
				return err
			}
			p.Consents = append(p.Consents, line)
		}
		return err
	})
	if err != nil {
		return err
	}
	v.shown = len(p.Consents)
	return s.show(v, p)
}

func (v *visit) consentLine(x casework.ConsentSeen) consentLine {
	line := consentLine{ConsentSeen: x, State: v.words.T("consents.state." + x.Stands), Answers: v.useLines(x.Uses)}
	for _, field := range x.Missing() {
		line.Lacks = append(line.Lacks, v.words.T("consents.field."+strings.ReplaceAll(field, "_", "-")))
	}
	return line
}

func (v *visit) useLines(rules consent.Rules) (lines []useLine) {
	word := func(set, code string) string {
		if code == consent.Any {
			return v.words.T("consents.any." + set)
		}
		return v.code(set, code)
	}
	for _, r := range rules {
		lines = append(lines, useLine{v.words.Listed(word("purpose", r.Purpose), word("recipient", r.Recipient), word("form", r.Form)), v.code("answer", r.Answer)})
	}
	return lines
}

// consentsAbout are those about a subject, for its page.
func (v *visit) consentsAbout(ctx context.Context, r store.Reader, subject string) (lines []consentLine, err error) {
	list, err := r.Consents(ctx, subject, store.Page{})
	for _, x := range list {
		lines = append(lines, v.consentLine(casework.See(v.room, x)))
	}
	return lines, err
}

// subjectLink is what a consent covers, by its name. fault.NotFound where it is
// not there for the visitor.
func (v *visit) subjectLink(ctx context.Context, r store.Reader, subject string) (link, error) {
	switch {
	case register.CheckID("s", subject) == nil:
		s, err := r.Source(ctx, subject)
		return link{Text: s.Name, To: v.link("sources", subject)}, err
	case register.CheckID("p", subject) == nil:
		p, err := r.Person(ctx, subject)
		if err != nil || len(p.Records) == 0 {
			return link{Text: subject, To: v.link("persons", subject)}, err
		}
		return link{Text: v.nameOr(casework.NameOf(p.Records[0].Said)), To: v.link("persons", subject)}, nil
	}
	leaf, err := journal.ParseLeaf(subject)
	if err != nil {
		return link{}, consent.CheckSubject(subject)
	}
	x, err := r.Record(ctx, leaf)
	return link{Text: v.nameOr(casework.NameOf(x.Said)), To: v.link("records", subject)}, err
}

func (v *visit) nameOr(name string) string {
	if name == "" {
		return v.words.T("persons.nameless")
	}
	return name
}

// consentPage is one consent: what was agreed to, how, and where what it covers
// was used before.
type consentPage struct {
	base
	Line      consentLine
	Withdrawn []withdrawnLine
	Used      []usedLine
	History   []store.EntryLine
	Form      form // of a withdrawal
}

type withdrawnLine struct {
	Entry store.EntryLine
	Uses  []useLine // none: all of it
	Note  string
}

type usedLine struct {
	casework.Usage
	To              string
	Quoted, Counted int64 // quotations and figures
}

func (s *Server) consent(v *visit) error {
	p, err := v.consentPage()
	if err != nil {
		return err
	}
	return s.show(v, p)
}

func (v *visit) consentPage() (*consentPage, error) {
	id := v.PathValue("consent")
	p := &consentPage{}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		x, err := r.Consent(ctx, id)
		if err != nil {
			return err
		}
		p.Line = v.consentLine(casework.See(v.room, x))
		if p.Line.About, err = v.subjectLink(ctx, r, x.Subject); errors.Is(err, fault.NotFound) {
			p.Line.About = link{Text: x.Subject} // erased since
		} else if err != nil {
			return err
		}
		if err := p.withdrawals(ctx, v, r, x); err != nil {
			return err
		}
		used, err := casework.Used(ctx, v.room, r, x.Subject)
		for _, u := range used {
			p.Used = append(p.Used, usedLine{u, v.link("dossiers", u.Dossier, "editions", seq(u.Edition)), int64(len(u.Quotes)), int64(len(u.Figures))})
		}
		if err != nil {
			return err
		}
		p.History, err = r.History(ctx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	p.base = v.base("consents.one", "name", p.Line.About.Text)
	p.Crumbs = []link{{Text: v.words.T("consents.title"), To: v.link("consents")}}
	p.Form, err = v.form("withdrawal", id, group{Fields: []field{
		{Name: "uses", Label: v.words.T("consents.withdraw.uses"), Hint: v.words.T("consents.withdraw.uses.hint"), Kind: "long"},
		{Name: "note", Label: v.words.T("consents.field.note")},
	}})
	p.Form.Action, p.Form.Button = v.link("consents", id, "withdraw"), v.words.T("consents.withdraw")
	return p, err
}

func (p *consentPage) withdrawals(ctx context.Context, v *visit, r store.Reader, x consent.Consent) error {
	for _, w := range x.Withdrawn {
		entry, err := r.Entry(ctx, w.Seq)
		if err != nil {
			return err
		}
		p.Withdrawn = append(p.Withdrawn, withdrawnLine{entry, v.useLines(w.Uses), w.Note})
	}
	return nil
}

// withdrawConsent takes a consent back, in whole or for some uses.
func (s *Server) withdrawConsent(v *visit) error {
	id := v.PathValue("consent")
	rules, err := consent.ParseLines(v.FormValue("uses"))
	if err != nil {
		err = &register.Wrong{What: "withdrawal", Field: "uses", Err: err}
	} else {
		_, err = v.desk().WithdrawConsent(v.Context(), consent.Withdrawn{Consent: id, Uses: rules, Note: v.text("note")}, v.why())
	}
	if err == nil {
		return v.sent("withdrawal", id, v.link("consents", id), "consent-withdrawn")
	}
	p, pageErr := v.consentPage()
	if pageErr != nil {
		return pageErr
	}
	if !p.Form.refuse(v, err) {
		return err
	}
	return s.show(v, p)
}

// subjectOfForm is what a consent is to cover: that it is there is looked at first.
func (v *visit) subjectOfForm() (link, error) {
	subject := v.text("subject")
	if subject == "" {
		return link{}, fmt.Errorf("%w: a consent covers a source, a person or a record; it is begun on the page of one", fault.Invalid)
	}
	var about link
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		about, err = v.subjectLink(ctx, r, subject)
		return err
	})
	return about, err
}
