// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"recount/consent"
	"recount/dossier"
	"recount/fault"
	"recount/figure"
	"recount/journal"
	"recount/names"
	"recount/register"
	"recount/store"
)

// Objection is one use that is not permitted: words of a source that would be
// quoted, or its records that would be counted.
type Objection struct {
	Source   string // id; "" where an exhibit names none
	Citation string // id, where words would be quoted
	Figure   string // id, where records would be counted
	Subject  string // the person or record whose consent is against it; "" the source as a whole
	Use      consent.Use
	Answer   consent.Answer
}

// String names what is missing, by ids alone: what is said of persons, and what
// a source is called, is for pages that know who reads them.
func (o Objection) String() string {
	what, of := "the quotation "+o.Citation, "source "+o.Source
	switch {
	case o.Figure != "":
		what = "the figure " + o.Figure
	case o.Citation == "":
		what = "the use"
	}
	if o.Source == "" {
		of = "an exhibit without a source"
	}
	if o.Subject != "" {
		of += ", " + o.Subject
	}
	return fmt.Sprintf("%s (%s) needs %s: %s", what, of, o.Use, o.Answer)
}

// Unpermitted says which uses are not permitted. It is a fault.Forbidden.
type Unpermitted struct{ Objections []Objection }

func (u *Unpermitted) Error() string {
	texts := make([]string, len(u.Objections))
	for i, o := range u.Objections {
		texts[i] = o.String()
	}
	return fmt.Sprintf("%v: what was given may not be used so: %s (accepted: a statement without it, a basis or a consent that permits it; docs/consent.md)", fault.Forbidden, strings.Join(texts, "; "))
}

// Unwrap makes it a fault.Forbidden.
func (u *Unpermitted) Unwrap() error { return fault.Forbidden }

// refusal is nil where there is nothing to object to.
func refusal(objections []Objection) error {
	if len(objections) == 0 {
		return nil
	}
	return &Unpermitted{objections}
}

// Outlet is to whom something goes, and what for. The zero Outlet is
// publication: anyone, with or without names as the words demand.
type Outlet struct{ Recipient, Purpose string }

func (o Outlet) use(purpose, form string) consent.Use {
	u := consent.Use{Purpose: purpose, Recipient: "public", Form: form}
	if o.Recipient != "" {
		u.Recipient, u.Purpose = o.Recipient, o.Purpose
	}
	return u
}

// permits asks for many uses, and reads each basis and each consent once.
type permits struct {
	ctx    context.Context
	r      store.Reader // as the case stands: bases and consents
	then   store.Reader // as it stood when figures were answered
	today  string
	outlet Outlet
	bases  map[string]consent.Basis
	about  map[string][]consent.Consent
	found  []Objection
}

func newPermits(ctx context.Context, c *store.Case, r store.Reader, outlet Outlet) *permits {
	return &permits{ctx: ctx, r: r, then: r, today: consent.Today(c.Now()), outlet: outlet, bases: map[string]consent.Basis{}, about: map[string][]consent.Consent{}}
}

// objections are all that is against showing these quotations and figures.
func objections(ctx context.Context, c *store.Case, r store.Reader, s dossier.Composed, outlet Outlet) ([]Objection, error) {
	return newPermits(ctx, c, r, outlet).objections(s)
}

func (p *permits) objections(s dossier.Composed) ([]Objection, error) {
	for _, q := range s.Quotes {
		if err := p.quotation(q.Citation); err != nil {
			return nil, err
		}
	}
	for _, d := range s.Figures {
		if err := p.figure(d); err != nil {
			return nil, err
		}
	}
	return p.found, nil
}

func (p *permits) basis(source string) (b consent.Basis, err error) {
	b, known := p.bases[source]
	if !known {
		if b, err = p.r.Basis(p.ctx, source); err == nil {
			p.bases[source] = b
		}
	}
	return b, err
}

func (p *permits) consents(subject string) (list []consent.Consent, err error) {
	list, known := p.about[subject]
	if !known {
		if list, err = p.r.Consents(p.ctx, subject, store.Page{}); err == nil {
			p.about[subject] = list
		}
	}
	return list, err
}

// ask notes an objection where a use of a source is not permitted.
func (p *permits) ask(o Objection) error {
	b, err := p.basis(o.Source)
	if err != nil {
		return err
	}
	list, err := p.consents(o.Source)
	if err != nil {
		return err
	}
	if o.Subject != "" {
		more, err := p.consents(o.Subject)
		if err != nil {
			return err
		}
		list = slices.Concat(list, more)
	}
	if o.Answer = consent.May(b, list, o.Use, p.today); !o.Answer.Permitted() {
		p.found = append(p.found, o)
	}
	return nil
}

// quotation asks whether the words of a citation may be shown.
func (p *permits) quotation(id string) error {
	c, err := p.r.Citation(p.ctx, id)
	if errors.Is(err, fault.NotFound) {
		return nil // erased: nothing of it is shown
	}
	if err != nil {
		return err
	}
	x, err := p.r.Exhibit(p.ctx, c.Exhibit)
	if err != nil {
		return err
	}
	if x.Source == "" {
		return p.unsourced(id, x)
	}
	s, err := p.r.Source(p.ctx, x.Source)
	if err != nil {
		return err
	}
	purpose := "publish-anonymised"
	if namesItself(s, c.Attribution) {
		purpose = "publish-named"
	}
	return p.ask(Objection{Source: x.Source, Citation: id, Use: p.outlet.use(purpose, "quotation")})
}

// unsourced: an exhibit that names no source is held as its own entry says.
func (p *permits) unsourced(citation string, x register.Exhibit) error {
	history, err := p.r.History(p.ctx, x.Exhibit)
	if err != nil || len(history) == 0 {
		return err
	}
	o := Objection{Citation: citation, Use: p.outlet.use("publish-anonymised", "quotation")}
	b := consent.Basis{Ground: history[len(history)-1].Basis, Seq: -1}
	if o.Answer = consent.May(b, nil, o.Use, p.today); !o.Answer.Permitted() {
		p.found = append(p.found, o)
	}
	return nil
}

// bodies are the kinds of sources that are no person: to print what they are
// called names nobody.
func bodies() []string {
	return []string{"state-body", "armed-group", "prosecution", "court", "commission", "international", "ngo", "medical", "media", "publication", "list", "database", "archive"}
}

// namesItself reports whether the name of a source that may be a person stands
// in the words under which it would be quoted. A name with a digit in it, such
// as "Witness 12", is a pseudonym and names nobody.
func namesItself(s register.Source, attribution string) bool {
	name := names.Fold(s.Name)
	return name != "" && !strings.ContainsFunc(name, unicode.IsDigit) && !slices.Contains(bodies(), s.Kind) && strings.Contains(" "+names.Fold(attribution)+" ", " "+name+" ")
}

// figure asks whether the records of each source in the figure's universe may
// be counted; then whether anybody whose records they are is against it.
func (p *permits) figure(d figure.Definition) error {
	sources := d.Sources
	if len(sources) == 0 {
		var err error
		if sources, err = p.then.Speaking(p.ctx); err != nil {
			return err
		}
	}
	use := p.outlet.use("publish-anonymised", "figures")
	before := len(p.found)
	for _, source := range sources {
		if err := p.ask(Objection{Source: source, Figure: d.Figure, Use: use}); err != nil {
			return err
		}
	}
	refused := map[string]bool{}
	for _, o := range p.found[before:] {
		refused[o.Source] = true
	}
	all, err := p.consents("")
	if err != nil {
		return err
	}
	for _, c := range all {
		if strings.HasPrefix(c.Subject, "s-") || consent.May(consent.Basis{Ground: "public"}, []consent.Consent{c}, use, p.today).Permitted() {
			continue
		}
		spoken, err := sourcesAbout(p.ctx, p.r, c.Subject)
		if err != nil {
			return err
		}
		for _, source := range spoken {
			if slices.Contains(sources, source) && !refused[source] {
				if err := p.ask(Objection{Source: source, Figure: d.Figure, Subject: c.Subject, Use: use}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// sourcesAbout are the sources whose word a consent covers: the source itself,
// or those of the records of a person, or of one record.
func sourcesAbout(ctx context.Context, r store.Reader, subject string) ([]string, error) {
	if strings.HasPrefix(subject, "s-") {
		return []string{subject}, nil
	}
	leaves, err := coveredLeaves(ctx, r, subject)
	if err != nil {
		return nil, err
	}
	var sources []string
	for _, leaf := range leaves {
		record, err := r.Record(ctx, leaf)
		if errors.Is(err, fault.NotFound) {
			continue // erased
		}
		if err != nil {
			return nil, err
		}
		if s := record.Said.Source; s != "" && !slices.Contains(sources, s) {
			sources = append(sources, s)
		}
	}
	return sources, nil
}

// coveredLeaves are the records that a consent of a person or a record covers; those
// that were moved on from a person are still that person's.
func coveredLeaves(ctx context.Context, r store.Reader, subject string) ([]journal.Leaf, error) {
	if !strings.HasPrefix(subject, "p-") {
		leaf, err := journal.ParseLeaf(subject)
		return []journal.Leaf{leaf}, err
	}
	person, err := r.Person(ctx, subject)
	if errors.Is(err, fault.NotFound) {
		return nil, nil // erased
	}
	if err != nil {
		return nil, err
	}
	var leaves []journal.Leaf
	for _, record := range person.Records {
		leaves = append(leaves, record.Leaf)
	}
	for _, m := range person.MovedOn() {
		leaves = append(leaves, m.Record)
	}
	return leaves, nil
}
