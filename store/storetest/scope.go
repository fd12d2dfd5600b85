// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"recount/access"
	"recount/consent"
	"recount/fault"
	"recount/figure"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// Scopes holds the answers to what access decides: for everything in a case in
// which all handling classes occur, everywhere that a class can come from, what
// Can says of one thing and what a Reader of ReadAs shows are the same.
func Scopes(t *testing.T, engine Engine) {
	t.Run("what may not be seen is not there", func(t *testing.T) {
		t.Parallel()
		g := newGround(t, engine)
		s := guarded{ground: g}
		s.furnish()
		g.index()
		for _, who := range []access.Account{
			{}, {ID: "a-3", Name: "eve", Role: access.Administrator},
			seated("ann", nil, access.Reader), seated("ben", nil, access.Analyst), seated("ira", []string{compartment}, access.Auditor),
			seated("cel", []string{compartment}, access.Reader), seated("dor", []string{compartment, elsewhere}, access.Custodian, access.Publisher),
		} {
			s.as(who)
		}
		s.whole()
	})
	t.Run("what is closed of records is not in them", func(t *testing.T) {
		t.Parallel()
		fieldScopes(newGround(t, engine))
	})
}

// Two compartments of the case, in one of which most of the closed things are.
const (
	compartment = "k-00000000000000c1"
	elsewhere   = "k-00000000000000c2"
)

func seated(name string, compartments []string, roles ...access.Role) access.Account {
	return access.Account{ID: "a-" + name, Name: name, Role: access.Member}.In(access.Seat{Roles: roles, Compartments: compartments})
}

// guarded is a case with things of all classes.
type guarded struct {
	*ground
	things []guardedThing
	source string // one that everybody sees
}

type guardedThing struct {
	kind, id string
	classes  []string // its own, and those of what it came with
	entry    int64    // the entry that describes it; -1: none of its own
	get      func(r store.Reader) error
}

func (s *guarded) has(kind, id string, entry int64, get func(r store.Reader) error, classes ...string) {
	s.things = append(s.things, guardedThing{kind, id, classes, entry, get})
}

func (s *guarded) furnish() {
	var classes []string
	for _, c := range register.HandlingCodes() {
		classes = append(classes, c.Code)
	}
	if testing.Short() { // under the race detector, where each class costs five times as much
		classes = []string{"public", "internal", "restricted"}
	}
	classes = append(classes, "sealed/"+compartment)
	sources := map[string]string{}
	for _, a := range classes {
		sources[a] = s.sourceOf(a)
	}
	s.source = sources["internal"]
	for _, a := range classes {
		s.incidentOf(a)
		s.consentOn(sources[a], "internal", a)
		s.consentOn(sources["internal"], a)
		s.withdrawnAs(a)
		s.figureOf(a)
		s.dossierOf(a)
		s.identityOf(a)
	}
	plain := s.exhibitOf(sources["internal"], "internal", "internal")
	for _, a := range classes {
		s.citationOf(plain, a, "internal")
		for _, b := range classes {
			exhibit := s.exhibitOf(sources[a], b, a)
			s.citationOf(exhibit, "internal", a, b)
			s.redactionOf(exhibit, plain, "internal", a, b)
			s.recordOf(sources["internal"], exhibit, "internal", "internal", a, b)
			s.recordOf(sources[a], plain, b, "internal", a)
			s.recordOf(sources["internal"], plain, a, b)
		}
	}
	// Described anew as something open: it stays as closed as it was.
	again := s.newSource("planted again")
	s.act(again.Draft("described", "duty", "sealed"))
	seq := s.act(again.Draft("described", "duty", "public"))
	s.has("source", again.Source, seq, func(r store.Reader) error { return second(r.Source(s.ctx, again.Source)) }, "sealed", "public")
	for _, from := range []string{"public", "confidential/" + compartment, "restricted/" + elsewhere} {
		for _, to := range []string{"public", "sealed/" + compartment} {
			if to != from {
				s.changed(from, to)
			}
		}
	}
}

// changed plants one of each kind in a class and gives it another: that alone
// decides from then on, of the thing and of the entry that describes it.
func (s *guarded) changed(from, to string) {
	begin := len(s.things)
	s.sourceOf(from)
	s.incidentOf(from)
	s.figureOf(from)
	s.dossierOf(from)
	plain := s.sourceOf("public")
	s.exhibitOf(plain, from, "public")
	open := s.exhibitOf(plain, "public", "public")
	s.citationOf(open, from, "public")
	s.recordOf(plain, open, from, "public", "public")
	for i := range s.things[begin:] {
		x := &s.things[begin+i]
		if !slices.Contains(x.classes, from) || x.id == plain || x.kind == "person" || x.kind == "record" && x.classes[len(x.classes)-2] != from {
			continue
		}
		s.act(register.Reclassed{SubjectKind: x.kind, Subject: x.id, From: from, To: to, Decision: s.id("q")}.Draft("decided", "duty", to))
	}
	for i := range s.things[begin:] {
		x := &s.things[begin+i]
		if x.id == plain {
			continue
		}
		for j, class := range x.classes {
			if class == from {
				x.classes[j] = to
			}
		}
	}
}

func (s *guarded) sourceOf(class string) string {
	x := s.newSource("planted source " + class)
	seq := s.act(x.Draft("described", "duty", class))
	s.has("source", x.Source, seq, func(r store.Reader) error { return second(r.Source(s.ctx, x.Source)) }, class)
	return x.Source
}

func (s *guarded) exhibitOf(source, class string, from ...string) string {
	x := register.Exhibit{Exhibit: s.id("e"), Source: source, Title: "planted exhibit", FileName: "planted.csv", MediaType: "text/csv", Size: 10,
		SHA256: strings.Repeat("ab", 32), Object: strings.Repeat("cd", 32)}
	seq := s.act(x.Draft("received", "duty", class))
	s.has("exhibit", x.Exhibit, seq, func(r store.Reader) error { return second(r.Exhibit(s.ctx, x.Exhibit)) }, append(from, class)...)
	return x.Exhibit
}

func (s *guarded) citationOf(exhibit, class string, from ...string) {
	x := register.Citation{Citation: s.id("c"), Exhibit: exhibit, ExhibitSHA256: strings.Repeat("ab", 32), Scheme: "cell", Pinpoint: "B7", Quote: "planted words"}
	seq := s.act(x.Draft("cited", "duty", class))
	s.has("citation", x.Citation, seq, func(r store.Reader) error { return second(r.Citation(s.ctx, x.Citation)) }, append(from, class)...)
}

// redactionOf is as closed as both exhibits.
func (s *guarded) redactionOf(exhibit, successor, class string, from ...string) {
	x := register.Redaction{Exhibit: exhibit, Successor: successor, SuccessorSHA256: strings.Repeat("ab", 32), Erasure: s.id("z"), Method: register.ByHand}
	seq := s.act(x.Draft("redacted", "duty", class))
	s.has("redaction", exhibit, seq, func(r store.Reader) error { return second(r.Redaction(s.ctx, exhibit)) }, append(from, class)...)
}

func (s *guarded) incidentOf(class string) {
	x := register.Incident{Incident: s.id("i"), Title: "planted incident", Kind: "unknown", Context: "unknown"}
	seq := s.act(x.Draft("described", "duty", class))
	s.has("incident", x.Incident, seq, func(r store.Reader) error { return second(r.Incident(s.ctx, x.Incident)) }, class)
}

func (s *guarded) figureOf(class string) {
	d := figure.Definition{Figure: s.id("f"), Title: "planted figure", Unit: figure.Unit, Harms: []string{"killed"}, Rule: figure.Rule}
	seq := s.act(journal.Draft{Kind: "figure.defined@1", Reason: "asked", Basis: "duty", Handling: class, Fields: map[string]journal.Value{
		"figure": journal.Text(d.Figure), "definition": journal.Text(string(d.JSON())), "definition_sha256": journal.Text(strings.Repeat("ef", 32)),
	}})
	s.has("figure", d.Figure, seq, func(r store.Reader) error { return second(r.Figure(s.ctx, d.Figure)) }, class)
}

// consentOn plants a consent of a class that covers something of others.
func (s *guarded) consentOn(subject, class string, from ...string) string {
	x := consent.Consent{Consent: s.id("n"), Subject: subject, Uses: consent.Rules{{Purpose: "ngo", Recipient: "any", Form: "any", Answer: "yes"}}}
	seq := s.act(x.Draft("agreed", "consent", class))
	s.has("consent", x.Consent, seq, func(r store.Reader) error { return second(r.Consent(s.ctx, x.Consent)) }, append(from, class)...)
	return x.Consent
}

// withdrawnAs plants an open consent that was withdrawn by an entry of a class.
func (s *guarded) withdrawnAs(class string) {
	x := consent.Consent{Consent: s.id("n"), Subject: s.source, Uses: consent.Rules{{Purpose: "ngo", Recipient: "any", Form: "any", Answer: "yes"}}}
	seq := s.act(x.Draft("agreed", "consent", "internal"))
	s.act(consent.Withdrawn{Consent: x.Consent}.Draft("withdrawn", "consent", class))
	s.has("consent", x.Consent, seq, func(r store.Reader) error { return second(r.Consent(s.ctx, x.Consent)) }, "internal", class)
}

func (s *guarded) dossierOf(class string) {
	id := s.id("d")
	seq := s.act(journal.Draft{Kind: "dossier.composed@1", Reason: "draft", Basis: "duty", Handling: class, Fields: map[string]journal.Value{
		"dossier": journal.Text(id), "title": journal.Text("planted dossier"), "statement_sha256": journal.Text(strings.Repeat("12", 32)), "object": journal.Text(strings.Repeat("34", 32)),
	}})
	s.has("dossier", id, seq, func(r store.Reader) error { return second(r.Dossier(s.ctx, id)) }, class)
}

func (s *guarded) identityOf(class string) {
	x := register.ProtectedIdentity{Identity: s.id("w"), Pseudonym: "Witness AB-12", Openers: []string{"ann"}, Share: strings.Repeat("ab", 32), Sealed: strings.Repeat("cd", 32)}
	seq := s.act(x.Draft("protected", "duty", class))
	s.has("identity", x.Identity, seq, func(r store.Reader) error { return second(r.Identity(s.ctx, x.Identity)) }, class)
	opening := register.OpenedIdentity{Identity: x.Identity, ForWhom: "the court", Decision: "q-0123456789abcdef"}
	seq = s.act(opening.Draft("opened", "duty", "internal"))
	s.has("entry", fmt.Sprint(seq), seq, func(r store.Reader) error { return second(r.Entry(s.ctx, seq)) }, class)
	o := register.IdentityOpener{Opener: register.OpenerOf("opener " + class), Name: "opener " + class, Key: "AA=="}
	seq = s.act(o.Draft("named", "duty", class))
	s.has("opener", o.Opener, seq, func(r store.Reader) error { return second(r.IdentityOpener(s.ctx, o.Name)) }, class)
}

// recordOf adds a record of a class by an entry of another, and its person.
func (s *guarded) recordOf(source, exhibit, class, batch string, from ...string) {
	r := s.person(source, exhibit, "planted person", "planted person", int64(len(s.things)))
	r.Handling = class
	harm := killed("2031-02-26", "2031-02", "planted place", "karvel")
	harm.Handling = class
	b, err := s.c.Stage(s.ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	leaf, err := b.Add("record@1", r.Values())
	if err != nil {
		s.t.Fatal(err)
	}
	harm.Record, harm.Number = leaf, 1
	if _, err := b.Add("harm@1", harm.Values()); err != nil {
		s.t.Fatal(err)
	}
	seq := s.act(register.Addition{RowFile: s.finish(b).RowFile()}.Draft("added", "duty", batch))
	s.consentOn(leaf.String(), "internal", append(slices.Clone(from), class, batch)...)
	s.consentOn(r.Person, "internal", append(slices.Clone(from), class, batch)...)
	classes := append(slices.Clone(from), class, batch)
	s.has("record", leaf.String(), -1, func(r store.Reader) error { return second(r.Record(s.ctx, leaf)) }, classes...)
	s.has("person", r.Person, -1, func(rd store.Reader) error { return second(rd.Person(s.ctx, r.Person)) }, classes...)
	s.has("entry", fmt.Sprint(seq), seq, func(r store.Reader) error { return second(r.Entry(s.ctx, seq)) }, batch)
}

// as compares all that somebody is shown with what access says.
func (s *guarded) as(who access.Account) {
	s.t.Helper()
	allowed := map[string][]string{}
	for _, x := range s.things {
		err := access.Can(who, access.Read, access.Thing{Case: s.caseID, Kind: x.kind, ID: x.id, Handling: x.classes})
		if err == nil {
			allowed[x.kind] = append(allowed[x.kind], x.id)
		}
	}
	err := s.c.ReadAs(s.ctx, access.ScopeOf(who), func(r store.Reader) error {
		for _, x := range s.things {
			err := x.get(r)
			may := slices.Contains(allowed[x.kind], x.id)
			if (err == nil) != may || err != nil && !errors.Is(err, fault.NotFound) {
				s.t.Errorf("%q, %s of %v: shown with %v; that it may be seen is %t", who.Role, x.kind, x.classes, err, may)
			}
		}
		return s.listed(who, r, allowed)
	})
	if err != nil {
		s.t.Error(err)
	}
}

// listed: lists, search and counts show what may be seen, all of it and no more.
func (s *guarded) listed(who access.Account, r store.Reader, allowed map[string][]string) error {
	all := store.Page{}
	sources, err := r.Sources(s.ctx, all)
	exhibits, err2 := r.Exhibits(s.ctx, all)
	citations, err3 := r.Citations(s.ctx, all)
	incidents, err4 := r.Incidents(s.ctx, all)
	figures, err5 := r.Figures(s.ctx, all)
	dossiers, err6 := r.Dossiers(s.ctx, all)
	protected, err10 := r.Identities(s.ctx, all)
	openings, err11 := r.IdentityOpenings(s.ctx, "")
	openers, err12 := r.IdentityOpeners(s.ctx, all)
	records, err7 := r.Records(s.ctx, store.RecordFilter{}, all)
	persons, err8 := r.Persons(s.ctx, store.PersonFilter{}, store.Page{Limit: 1000})
	found, err9 := r.Search(s.ctx, store.Query{Words: "planted"}, store.Page{Limit: 10000})
	agreed, err13 := r.Consents(s.ctx, "", all)
	if err := errors.Join(err, err2, err3, err4, err5, err6, err7, err8, err9, err10, err11, err12, err13); err != nil {
		return err
	}
	shown := map[string][]string{
		"source": idsOf(sources, func(x register.Source) string { return x.Source }), "exhibit": idsOf(exhibits, func(x register.Exhibit) string { return x.Exhibit }),
		"citation": idsOf(citations, func(x register.Citation) string { return x.Citation }), "incident": idsOf(incidents, func(x register.Incident) string { return x.Incident }),
		"figure": idsOf(figures, func(x store.FigureDefined) string { return x.Figure }), "dossier": idsOf(dossiers, func(x store.DossierComposed) string { return x.Dossier }),
		"record": idsOf(records, func(x store.Record) string { return x.Leaf.String() }), "person": idsOf(persons, func(x store.PersonLine) string { return x.Person }),
		"consent": idsOf(agreed, func(x consent.Consent) string { return x.Consent }),
	}
	s.equal(fmt.Sprintf("%q: openings of identities that are not seen", who.Role), len(openings), len(protected))
	shown["identity"] = idsOf(protected, func(x store.IdentityProtected) string { return x.Identity })
	shown["opener"] = idsOf(openers, func(x register.IdentityOpener) string { return x.Opener })
	hits := map[string][]string{}
	for _, hit := range found.Hits {
		hits[hit.Kind] = append(hits[hit.Kind], hit.ID)
	}
	for kind, ids := range shown {
		s.equal(fmt.Sprintf("%q: the list of every %s", who.Role, kind), sorted(ids), sorted(append([]string{}, allowed[kind]...)))
		if kind != "person" && kind != "identity" && kind != "opener" && kind != "consent" { // which no search finds
			s.equal(fmt.Sprintf("%q: what is found of every %s", who.Role, kind), sorted(append([]string{}, hits[kind]...)), sorted(append([]string{}, allowed[kind]...)))
		}
	}
	for _, x := range s.things {
		if x.entry < 0 || x.kind == "entry" {
			continue
		}
		_, err := r.Entry(s.ctx, x.entry)
		if may := slices.Contains(allowed[x.kind], x.id); (err == nil) != may {
			s.t.Errorf("%q: the entry that describes a %s of %v: shown with %v; that it may be seen is %t", who.Role, x.kind, x.classes, err, may)
		}
	}
	return nil
}

func idsOf[T any](list []T, id func(T) string) []string {
	ids := []string{}
	for _, x := range list {
		ids = append(ids, id(x))
	}
	return ids
}

// whole: the machine's own work sees everything, so a figure's answer never
// depends on who reads it.
func (s *guarded) whole() {
	s.t.Helper()
	err := s.c.Read(s.ctx, func(r store.Reader) error {
		for _, x := range s.things {
			if err := x.get(r); err != nil {
				return fmt.Errorf("%s of %v: %w", x.kind, x.classes, err)
			}
		}
		return nil
	})
	if err != nil {
		s.t.Error(err)
	}
}
