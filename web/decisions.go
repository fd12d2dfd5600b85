// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"recount/fault"
	"recount/register"
	"recount/store"
)

// decisionsPage lists what takes two people: what waits for a second, and what
// came of the rest.
type decisionsPage struct {
	base
	Waiting, Settled []decisionLine
}

// decisionLine is a proposal, as it is told.
type decisionLine struct {
	store.Proposed
	Does    string
	Subject link
	Becomes string // in words
	Mine    bool   // the visitor proposed it, and cannot agree
}

func (s *Server) decisions(v *visit) error {
	p := &decisionsPage{base: v.base("nav.decisions")}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		all, err := r.Proposals(ctx)
		slices.Reverse(all)
		for _, one := range all {
			line, err := v.decisionLine(ctx, r, one)
			if err != nil {
				return err
			}
			if one.Open() {
				p.Waiting = append(p.Waiting, line)
			} else {
				p.Settled = append(p.Settled, line)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

func (v *visit) decisionLine(ctx context.Context, r store.Reader, p store.Proposed) (decisionLine, error) {
	line := decisionLine{Proposed: p, Does: v.code("decision", p.Act), Mine: p.Entry.Actor == v.who.Name}
	if p.To != "" {
		line.Becomes = v.handlingOf(p.SubjectKind, p.To, v.compartmentNames())
	}
	var err error
	line.Subject, err = v.aboutLink(ctx, r, p.SubjectKind, p.Proposal.Subject)
	if p.Act == "show" && p.Open() || p.Act == "erase" && !p.Open() {
		line.Subject.To = "" // there is nothing to see there, yet or any more
	}
	return line, err
}

// aboutLink is what a decision is about: by its name where it has one.
func (v *visit) aboutLink(ctx context.Context, r store.Reader, kind, subject string) (link, error) {
	word := v.code("subject", kind)
	switch kind {
	case "source", "exhibit", "citation", "incident", "figure", "dossier", "identity":
		n := namer{v: v, ctx: ctx, r: r, seq: r.Size(), known: map[string]link{}}
		named, err := n.name(subject)
		if named.Text == "" {
			named.Text = subject
		}
		return link{Text: word + ": " + named.Text, To: named.To}, err
	case "record":
		return link{Text: word + ": " + cutTo(subject, 12) + "…", To: v.link("records", subject)}, nil
	case "person":
		return link{Text: v.code("held", kind) + ": " + subject, To: v.link("persons", subject)}, nil
	case "case":
		return link{Text: v.code("held", kind)}, nil
	case "hold":
		return link{Text: v.words.T("holds.one") + ": " + subject, To: v.link("holds")}, nil
	case "field":
		return link{Text: word + ": " + v.fieldName(subject), To: v.link("members") + "#fields"}, nil
	case "entry":
		return link{Text: word + ": " + subject, To: v.link("journal", subject)}, nil
	}
	return link{Text: word + ": " + subject}, nil
}

// decisionPage is one proposal, with what a second person can do about it.
type decisionPage struct {
	base
	decisionLine
	Reason  string
	Ground  string      // of an erasure
	Asked   []askedLine // what is to be done with what, of an erasure
	Seconds []string    // from outside, whose signature counts today
}

func (s *Server) decision(v *visit) error {
	p := &decisionPage{base: v.base("decisions.one")}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		one, err := r.Proposed(ctx, v.PathValue("decision"))
		if err != nil {
			return err
		}
		p.Reason = one.Entry.Reason
		if p.Seconds, err = v.countingSeconds(ctx, r); err != nil {
			return err
		}
		if p.decisionLine, err = v.decisionLine(ctx, r, one); one.Act == "erase" {
			p.asks(v, one)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// askedLine is what becomes of some things of an erasure's plan.
type askedLine struct {
	Way string
	IDs []string
}

// asks tells what an erasure was proposed to do, in words.
func (p *decisionPage) asks(v *visit, one store.Proposed) {
	asked, err := erasureAsked(one)
	if err != nil {
		return // it is shown as it was recorded
	}
	p.Ground, p.decisionLine.Detail = asked.Ground, ""
	keep := slices.Sorted(maps.Keys(asked.Keep))
	for i, id := range keep {
		keep[i] = id + ": " + asked.Keep[id]
	}
	for _, line := range []askedLine{{"redact", asked.Redact}, {"destroy", asked.Destroy}, {"erase", asked.Erase}, {"keep", keep}} {
		if len(line.IDs) > 0 {
			p.Asked = append(p.Asked, askedLine{v.words.T("erase.do." + line.Way), line.IDs})
		}
	}
}

// Erases reports whether it waits to be carried out on the page of its plan.
func (p *decisionPage) Erases() bool {
	return p.Proposed.Act == "erase" && p.SubjectKind != "identity" && p.Open()
}

// Handled reports whether agreeing here carries the decision out; others are
// carried out on a page of their own.
func (p *decisionPage) Handled() bool {
	return slices.Contains([]string{"lower", "seal", "show", "lift-hold"}, p.Proposed.Act)
}

// Becoming says in words what agreeing does, for acts that need more than a name.
func (p *decisionPage) Becoming() string {
	if key := "decisions.does." + p.Proposed.Act; p.Open() && p.Has(key) {
		return p.T(key)
	}
	return ""
}

// Join is a list in the reader's language.
func (p *decisionPage) Join(all []string) string { return p.Listed(all...) }

func (s *Server) confirmDecision(v *visit) error {
	if _, _, err := v.proposedErasure(); err == nil {
		return s.eraseDecided(v)
	}
	desk := v.desk()
	desk.Outside = v.outside()
	if _, err := desk.Confirm(v.Context(), v.PathValue("decision"), v.why()); err != nil {
		return err
	}
	return v.goTo(v.link("decisions") + "?done=agreed")
}

func (s *Server) refuseDecision(v *visit) error {
	if _, err := v.desk().Drop(v.Context(), v.PathValue("decision"), false, v.why()); err != nil {
		return err
	}
	return v.goTo(v.link("decisions") + "?done=refused")
}

func (s *Server) withdrawDecision(v *visit) error {
	if _, err := v.desk().Drop(v.Context(), v.PathValue("decision"), true, v.why()); err != nil {
		return err
	}
	return v.goTo(v.link("decisions") + "?done=withdrawn")
}

// handlingPage changes who sees a thing: closing it is done at once, opening it
// and sealing it are proposed.
type handlingPage struct {
	base
	Subject link
	Now     string
	Link    string // unused here: the form of the first start carries one
	Form    form
}

func (s *Server) handlingPage(v *visit) (*handlingPage, error) {
	kind, subject := v.text("subject_kind"), v.text("subject")
	p := &handlingPage{base: v.base("decisions.handling")}
	var now string
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		if now, err = r.HandlingOf(ctx, kind, subject); err != nil {
			return err
		}
		p.Subject, err = v.aboutLink(ctx, r, kind, subject)
		return err
	})
	if err != nil {
		return nil, err
	}
	names := v.compartmentNames()
	p.Now = v.handlingOf(kind, now, names)
	choices := v.handlings(names, true)
	for i := range choices {
		choices[i].Text = v.handlingOf(kind, choices[i].Value, names)
	}
	p.Form = v.formAlone(v.link("decisions"), "decisions.button", group{Fields: []field{
		field{Name: "subject_kind", Kind: "hidden"}.with(kind), field{Name: "subject", Kind: "hidden"}.with(subject),
		field{Name: "to", Label: v.words.T("decisions.to"), Hint: v.words.T("decisions.to.hint"), Kind: "choose", Options: choices}.with(now),
	}})
	return p, nil
}

// handlingOf is a handling text in words: a field that is open is seen by
// whoever sees the record.
func (v *visit) handlingOf(kind, handling string, compartments map[string]string) string {
	if kind == "field" && handling == register.OpenField {
		return v.words.T("fields.open")
	}
	return base{Language: v.words, compartments: compartments}.Code("handling", handling, "")
}

func (s *Server) handling(v *visit) error {
	p, err := s.handlingPage(v)
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// changeHandling closes a thing at once, or proposes what takes two people.
func (s *Server) changeHandling(v *visit) error {
	kind, subject, to := v.text("subject_kind"), v.text("subject"), v.text("to")
	p, err := s.handlingPage(v)
	if err != nil {
		return err
	}
	var now string
	if err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		now, err = r.HandlingOf(ctx, kind, subject)
		return err
	}); err != nil {
		return err
	}
	change, done := register.Reclassed{SubjectKind: kind, Subject: subject, From: now, To: to}, "closed"
	err = register.CheckHandling(to)
	if err != nil {
		err = fmt.Errorf("to: %w", err)
	} else if change.TakesTwo() {
		done = "proposed"
		_, err = v.desk().Propose(v.Context(), register.Proposal{Act: "lower", SubjectKind: kind, Subject: subject, To: to}, v.why())
	} else if to == now {
		err = fmt.Errorf("%w: to: it has that already", fault.Invalid)
	} else {
		_, err = v.desk().Close(v.Context(), kind, subject, to, v.why())
	}
	if err == nil {
		return v.goTo(v.link("decisions") + "?done=" + done)
	}
	if !p.Form.refuse(v, err) {
		return err
	}
	return s.show(v, p)
}
