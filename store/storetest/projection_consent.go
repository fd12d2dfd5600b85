// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"strings"

	"recount/consent"
	"recount/fault"
	"recount/journal"
	"recount/store"
)

// basisAndConsents: the basis of a source follows from its entry until one is
// stated; a consent comes back with what was withdrawn of it since it was last
// given, at every size.
func basisAndConsents(d *desk) {
	source, other := d.source("Harbour witness"), d.source("Ferry book")
	d.act(source.Draft("received", "consent", "internal"))
	d.act(other.Draft("received", "public", "internal"))
	uses := consent.Rules{{Purpose: "ngo", Recipient: "any", Form: "any", Answer: "yes"}, {Purpose: "un", Recipient: "un", Form: "copy", Answer: "ask"}}
	about := consent.Consent{Consent: d.id("n"), Subject: source.Source, Uses: uses, ExplainedBy: "Ada Holm", Language: "en", Date: "2031-05-02"}
	person, record := about, about
	person.Consent, person.Subject = d.id("n"), d.id("p")
	record.Consent, record.Subject = d.id("n"), strings.Repeat("0e", 32)
	about.Seq = d.act(about.Draft("agreed", "consent", "internal"))
	person.Seq = d.act(person.Draft("agreed", "consent", "internal"))
	record.Seq = d.act(record.Draft("agreed", "consent", "internal"))
	taken := consent.Withdrawn{Consent: about.Consent, Uses: consent.Rules{uses[0]}, Note: "by letter"}
	taken.Seq = d.act(taken.Draft("withdrawn", "consent", "internal"))
	revoked := about
	revoked.Withdrawn = []consent.Withdrawn{taken}
	d.read(func(r store.Reader) error {
		one, err := r.Consent(d.ctx, about.Consent)
		d.equal("the consent", one, revoked)
		all, err2 := r.Consents(d.ctx, "", store.Page{})
		d.equal("all consents", all, []consent.Consent{revoked, person, record})
		next, err3 := r.Consents(d.ctx, "", store.Page{After: about.Consent, Limit: 1})
		d.equal("the next page", next, []consent.Consent{person})
		for subject, want := range map[string][]consent.Consent{source.Source: {revoked}, person.Subject: {person}, record.Subject: {record}, other.Source: nil} {
			got, err := r.Consents(d.ctx, subject, store.Page{})
			d.equal("those about "+subject, got, want)
			err2 = errors.Join(err2, err)
		}
		basis, err4 := r.Basis(d.ctx, source.Source)
		d.equal("the basis that follows from the entry", basis, consent.Basis{Source: source.Source, Ground: "consent", Seq: -1})
		history, err5 := r.History(d.ctx, about.Consent)
		d.equal("how often it was given", len(history), 1)
		if _, err := r.Consents(d.ctx, "everybody", store.Page{}); !errors.Is(err, fault.Invalid) {
			d.t.Errorf("consents about nothing that there is: %v; fault.Invalid is right", err)
		}
		if _, err := r.Consent(d.ctx, "n-ffffffffffffffff"); !errors.Is(err, fault.NotFound) {
			d.t.Errorf("a consent that is not there: %v; fault.NotFound is right", err)
		}
		if _, err := r.Basis(d.ctx, "s-ffffffffffffffff"); !errors.Is(err, fault.NotFound) {
			d.t.Errorf("the basis of no source: %v; fault.NotFound is right", err)
		}
		return errors.Join(err, err2, err3, err4, err5)
	})
	d.at(taken.Seq, func(r store.Reader) error {
		one, err := r.Consent(d.ctx, about.Consent)
		d.equal("before it was withdrawn", one, about)
		return err
	})
	renewedAndStated(d, about)
}

// renewedAndStated: given again under its id, a consent stands anew; a basis
// that is stated stands in the place of what the entry says, and of an earlier one.
func renewedAndStated(d *desk, about consent.Consent) {
	about.Seq = d.act(about.Draft("agreed again", "consent", "internal"))
	first := consent.Basis{Source: about.Subject, Ground: "duty", LegalBasis: "Act 12", Uses: about.Uses, Until: "2033-01-01"}
	first.Seq = d.act(first.Draft("stated", "duty", "internal"))
	second := consent.Basis{Source: about.Subject, Ground: "family"}
	second.Seq = d.act(second.Draft("stated", "duty", "internal"))
	shared := consent.Shared{Dossier: d.id("d"), Edition: 3, Recipient: "un", Name: "the mechanism", Purpose: "un", Until: "2033-01-01", Conditions: "for the inquiry alone", TagManifest: strings.Repeat("ab", 32)}
	shared.Seq = d.act(shared.Draft("handed over", "duty", "internal"))
	d.read(func(r store.Reader) error {
		one, err := r.Consent(d.ctx, about.Consent)
		d.equal("given again", one, about)
		basis, err2 := r.Basis(d.ctx, about.Subject)
		d.equal("the basis", basis, second)
		history, err3 := r.BasisHistory(d.ctx, about.Subject)
		d.equal("how often it was stated", len(history), 2)
		for _, dossier := range []string{shared.Dossier, ""} {
			got, err := r.Shared(d.ctx, dossier)
			d.equal("what was handed over", got, []consent.Shared{shared})
			err3 = errors.Join(err3, err)
		}
		return errors.Join(err, err2, err3)
	})
	d.at(second.Seq, func(r store.Reader) error {
		basis, err := r.Basis(d.ctx, about.Subject)
		d.equal("the basis before", basis, first)
		return err
	})
	if _, err := d.c.Act(d.ctx, "ann", func(store.View) (journal.Draft, error) { return consent.Consent{}.Draft("", "", ""), nil }); !errors.Is(err, fault.Invalid) {
		d.t.Errorf("a consent without an id: %v; fault.Invalid is right", err)
	}
}
