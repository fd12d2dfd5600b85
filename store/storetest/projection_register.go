// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"recount/fault"
	"recount/figure"
	"recount/journal"
	"recount/register"
	"recount/store"
)

func (d *desk) source(name string) register.Source {
	return register.Source{Source: d.id("s"), Name: name, Kind: "list", Reliability: "B", Language: "en"}
}

func describedThings(d *desk) {
	one := d.source("Registry of Orlen")
	first := d.act(one.Draft("received", "public", "internal"))
	incident := register.Incident{Incident: d.id("i"), Title: "Shelling of Karvel", WhenWritten: "26 Feb", When: "2031-02-26", Kind: "shelling", Context: "unknown"}
	d.act(incident.Draft("named", "duty", "internal"))
	again := one
	again.Name, again.Reliability, again.DerivedFrom = "Civil registry of Orlen", "", []string{d.id("s"), d.id("s")}
	second := d.act(again.Draft("graded too high", "duty", "restricted"))
	other := incident
	other.Title, other.When = "Shelling of Karvel and Tessen", "2031-02-26/2031-02-27"
	third := d.act(other.Draft("went on", "duty", "internal"))

	d.read(func(r store.Reader) error {
		got, err := r.Source(d.ctx, one.Source)
		d.equal("the source now", got, again)
		d.equal("the size", r.Size(), third+1)
		list, err2 := r.Sources(d.ctx, store.Page{})
		d.equal("the sources now", list, []register.Source{again})
		found, err3 := r.Incident(d.ctx, incident.Incident)
		d.equal("the incident now", found, other)
		history, err4 := r.History(d.ctx, one.Source)
		var acts []string
		for _, h := range history {
			acts = append(acts, fmt.Sprint(h.Seq, " ", h.Actor, " ", h.Reason, " ", h.Handling))
		}
		d.equal("the history", acts, []string{fmt.Sprint(first, " ann received internal"), fmt.Sprint(second, " ann graded too high restricted")})
		return errors.Join(err, err2, err3, err4)
	})
	for size := first + 1; size <= second; size++ {
		d.at(size, func(r store.Reader) error {
			got, err := r.Source(d.ctx, one.Source)
			d.equal(fmt.Sprint("the source at ", size), got, one)
			return err
		})
	}
	d.at(third, func(r store.Reader) error {
		got, err := r.Incident(d.ctx, incident.Incident)
		d.equal("the incident before the last entry", got, incident)
		list, err2 := r.Incidents(d.ctx, store.Page{})
		d.equal("the incidents before the last entry", list, []register.Incident{incident})
		return errors.Join(err, err2)
	})
	d.at(first, func(r store.Reader) error {
		if _, err := r.Source(d.ctx, one.Source); !errors.Is(err, fault.NotFound) {
			d.t.Errorf("a source before it was described: %v; fault.NotFound is right", err)
		}
		list, err := r.Sources(d.ctx, store.Page{})
		d.equal("sources before there were any", len(list), 0)
		return err
	})
	if err := d.c.Read(d.ctx, func(r store.Reader) error { _, err := r.At(third + 2); return err }); !errors.Is(err, fault.Invalid) {
		d.t.Errorf("a size that the log has not: %v; fault.Invalid is right", err)
	}
}

func pagedThings(d *desk) {
	var want []string
	for i := range 7 {
		s := d.source(fmt.Sprint("Source ", i))
		s.Source = fmt.Sprintf("s-%016x", 100-i) // ids do not sort as they came
		want = append(want, s.Source)
		d.act(s.Draft("received", "public", "internal"))
	}
	d.read(func(r store.Reader) error {
		for _, limit := range []int{0, 1, 2, 3, 7, 8} {
			var got []string
			after := ""
			for {
				page, err := r.Sources(d.ctx, store.Page{After: after, Limit: limit})
				if err != nil {
					return err
				}
				for _, s := range page {
					got = append(got, s.Source)
				}
				if limit == 0 || len(page) < limit {
					break
				}
				after = page[len(page)-1].Source
			}
			d.equal(fmt.Sprint("pages of ", limit), got, want)
		}
		if _, err := r.Sources(d.ctx, store.Page{After: "s-ffffffffffffffff"}); !errors.Is(err, fault.Invalid) {
			d.t.Errorf("a page after what is not there: %v; fault.Invalid is right", err)
		}
		return nil
	})
}

func exhibitsAndCitations(d *desk) {
	hash := strings.Repeat("ab", 32)
	e := register.Exhibit{Exhibit: d.id("e"), Source: d.id("s"), Title: "Ledger", FileName: "ledger.csv", MediaType: "text/csv", Size: 1 << 40, SHA256: hash, Object: strings.Repeat("cd", 32), Custody: "by post"}
	same := e
	same.Exhibit, same.Title = d.id("e"), "Ledger, second copy"
	d.act(e.Draft("received", "public", "internal"))
	d.act(same.Draft("received", "public", "internal"))
	q := register.Citation{Citation: d.id("c"), Exhibit: e.Exhibit, ExhibitSHA256: hash, Scheme: "cell", Pinpoint: "Sheet1!B7", Quote: "all nine ", Before: "of ", After: "in Karvel", Language: "en", Attribution: "the ledger"}
	d.act(q.Draft("for the statement", "public", "internal"))
	d.read(func(r store.Reader) error {
		got, err := r.Exhibit(d.ctx, e.Exhibit)
		d.equal("the exhibit", got, e)
		both, err2 := r.ExhibitBySHA256(d.ctx, hash)
		d.equal("the same bytes", both, []register.Exhibit{e, same})
		none, err3 := r.ExhibitBySHA256(d.ctx, strings.Repeat("00", 32))
		d.equal("no such bytes", len(none), 0)
		of, err4 := r.ExhibitsOf(d.ctx, e.Source, store.Page{Limit: 1})
		d.equal("of the source", of, []register.Exhibit{e})
		cited, err5 := r.CitationsOf(d.ctx, e.Exhibit, store.Page{})
		d.equal("citations of the exhibit", cited, []register.Citation{q})
		uncited, err6 := r.CitationsOf(d.ctx, same.Exhibit, store.Page{})
		d.equal("citations of the other", len(uncited), 0)
		one, err7 := r.Citation(d.ctx, q.Citation)
		d.equal("the citation", one, q)
		all, err8 := r.Citations(d.ctx, store.Page{})
		d.equal("all citations", all, []register.Citation{q})
		return errors.Join(err, err2, err3, err4, err5, err6, err7, err8)
	})
}

func figuresAndDossiers(d *desk) {
	def := figure.Definition{Figure: d.id("f"), Title: "Killed in Karvel", Unit: figure.Unit, Harms: []string{"killed"}, Rule: figure.Rule}
	define := func(x figure.Definition) int64 {
		return d.act(journal.Draft{Kind: "figure.defined@1", Reason: "asked", Basis: "duty", Handling: "internal", Fields: map[string]journal.Value{
			"figure": journal.Text(x.Figure), "definition": journal.Text(string(x.JSON())), "definition_sha256": journal.Text(strings.Repeat("ef", 32)),
		}})
	}
	first := define(def)
	later := def
	later.Harms = []string{"died-in-custody", "killed"}
	define(later)
	dossier := d.id("d")
	composed := d.act(journal.Draft{Kind: "dossier.composed@1", Reason: "draft", Basis: "duty", Handling: "internal", Fields: map[string]journal.Value{
		"dossier": journal.Text(dossier), "title": journal.Text("Karvel"), "statement_sha256": journal.Text(strings.Repeat("12", 32)), "object": journal.Text(strings.Repeat("34", 32)),
	}})
	frozen := d.act(journal.Draft{Kind: "dossier.frozen@1", Reason: "published", Basis: "duty", Handling: "public", Fields: map[string]journal.Value{
		"dossier": journal.Text(dossier), "edition": journal.Text("1"), "title": journal.Text("Karvel"), "statement_sha256": journal.Text(strings.Repeat("12", 32)),
		"base_size": journal.Text("4"), "base_root": journal.Text(strings.Repeat("56", 32)), "limit": journal.Text("5"), "counts": journal.Text("[]"), "quotes": journal.Text("[]"),
	}})
	d.read(func(r store.Reader) error {
		now, err := r.Figure(d.ctx, def.Figure)
		read, err2 := now.Parse()
		d.equal("the figure now", read, later)
		list, err3 := r.Figures(d.ctx, store.Page{})
		d.equal("figures", list, []store.FigureDefined{now})
		c, err4 := r.Dossier(d.ctx, dossier)
		d.equal("the dossier", c, store.DossierComposed{Dossier: dossier, Seq: composed, Title: "Karvel", StatementSHA256: strings.Repeat("12", 32), Object: strings.Repeat("34", 32)})
		all, err5 := r.Dossiers(d.ctx, store.Page{})
		d.equal("dossiers", all, []store.DossierComposed{c})
		editions, err6 := r.Frozen(d.ctx, dossier)
		d.equal("editions", editions, []store.DossierFrozen{{Seq: frozen, Dossier: dossier, Edition: 1, Title: "Karvel", StatementSHA256: strings.Repeat("12", 32),
			BaseSize: 4, BaseRoot: strings.Repeat("56", 32), Limit: 5, Counts: "[]", Quotes: "[]"}})
		every, err7 := r.Frozen(d.ctx, "")
		d.equal("editions of all", every, editions)
		return errors.Join(err, err2, err3, err4, err5, err6, err7)
	})
	d.at(first+1, func(r store.Reader) error {
		then, err := r.Figure(d.ctx, def.Figure)
		read, err2 := then.Parse()
		d.equal("the figure as it was first", read, def)
		return errors.Join(err, err2)
	})
}

func protectedIdentities(d *desk) {
	person := register.ProtectedIdentity{Identity: d.id("w"), Pseudonym: "Witness AB-12", StandsFor: d.id("s"), Openers: []string{"ana bel"}, Share: strings.Repeat("ab", 32), Sealed: strings.Repeat("cd", 32)}
	first := d.act(person.Draft("asked for it", "duty", "confidential"))
	again := person
	again.Openers, again.Share, again.Sealed = []string{"ana bel", "tomas erlik"}, strings.Repeat("ef", 32), strings.Repeat("12", 32)
	now := d.act(again.Draft("a second opener", "duty", "confidential"))
	opener := register.IdentityOpener{Opener: "ana bel", Name: "Ana Bel", Key: "AA=="}
	d.act(opener.Draft("named", "duty", "internal"))
	given := register.GivenPseudonym{Identity: person.Identity, Dossier: d.id("d"), Pseudonym: "Witness CD-34"}
	d.act(given.Draft("for a report", "duty", "confidential"))
	opened := register.OpenedIdentity{Identity: person.Identity, ForWhom: "the court", Decision: d.id("q")}
	when := d.act(opened.Draft("summons", "duty", "confidential"))
	d.read(func(r store.Reader) error {
		one, err := r.Identity(d.ctx, person.Identity)
		want := again
		want.Share = "" // no table has it
		d.equal("the identity", one, store.IdentityProtected{ProtectedIdentity: want, Seq: now})
		all, err2 := r.Identities(d.ctx, store.Page{})
		d.equal("all identities", all, []store.IdentityProtected{one})
		who, err3 := r.IdentityOpener(d.ctx, "ANA  Bel")
		d.equal("the opener", who, opener)
		_, none := r.IdentityOpener(d.ctx, "Nobody")
		d.equal("no opener", errors.Is(none, fault.NotFound), true)
		names, err4 := r.Pseudonyms(d.ctx, given.Dossier)
		d.equal("pseudonyms", names, []register.GivenPseudonym{given})
		elsewhere, err5 := r.Pseudonyms(d.ctx, "d-0000000000000000")
		d.equal("of another dossier", len(elsewhere), 0)
		openings, err6 := r.IdentityOpenings(d.ctx, person.Identity)
		if len(openings) != 1 || openings[0].OpenedIdentity != opened || openings[0].Entry.Seq != when || openings[0].Entry.Reason != "summons" {
			d.t.Errorf("openings: %+v", openings)
		}
		return errors.Join(err, err2, err3, err4, err5, err6)
	})
	d.at(first+1, func(r store.Reader) error {
		then, err := r.Identity(d.ctx, person.Identity)
		d.equal("the openers of then", then.Openers, person.Openers)
		return err
	})
}

func historyOfEntries(d *desk) {
	s := d.source("Registry")
	seq := d.act(s.Draft("received\nby hand", "public", "restricted"))
	d.read(func(r store.Reader) error {
		lines, err := r.Entries(d.ctx, 0, 100)
		var got []string
		for _, l := range lines {
			got = append(got, fmt.Sprintf("%d %s %s %q %s %s", l.Seq, l.Kind, l.Actor, l.Reason, l.Basis, l.Handling))
			if l.Time.IsZero() || l.Time.Location() != time.UTC || l.Time.Nanosecond() != 0 {
				d.t.Errorf("entry %d has the time %v; whole seconds in UTC are right", l.Seq, l.Time)
			}
		}
		d.equal("how many", len(lines), int(seq)+1)
		d.equal("the last", got[len(got)-1], fmt.Sprintf("%d source.described@1 ann %q public restricted", seq, "received\nby hand"))
		one, err2 := r.Entry(d.ctx, seq)
		d.equal("one", one, lines[seq])
		_, err3 := r.Entry(d.ctx, seq+1)
		if !errors.Is(err3, fault.NotFound) {
			d.t.Errorf("an entry beyond the end: %v; fault.NotFound is right", err3)
		}
		opened, err4 := r.Opened(d.ctx)
		if opened.PublicName == "" {
			d.t.Error("the case has no public name")
		}
		return errors.Join(err, err2, err4)
	})
	d.at(seq, func(r store.Reader) error {
		lines, err := r.Entries(d.ctx, 0, 100)
		d.equal("before the last", len(lines), int(seq))
		return err
	})
}
