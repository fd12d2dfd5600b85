// SPDX-License-Identifier: Apache-2.0

package consent_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recount/consent"
	"recount/fault"
	"recount/journal"
	"recount/register"
)

func rules(t *testing.T, lines string) consent.Rules {
	t.Helper()
	r, err := consent.ParseLines(lines)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// whole is a consent that lacks nothing, of an invented witness.
func whole(t *testing.T, uses string) consent.Consent {
	t.Helper()
	return consent.Consent{
		Consent: "n-0000000000000001", Subject: "s-0000000000000001", Uses: rules(t, uses), ExplainedBy: "Ada Holm", Language: "en", Explained: "e-0000000000000001",
		Way: "oral", ObtainedBy: "Ben Iversen", Date: "2031-05-02", Until: "2031-12-31",
	}
}

const (
	day   = "2031-06-01"
	after = "2032-01-01"
)

// The rules of the package's own documentation: a consent is asked for each
// purpose, recipient and form, and what is not said is no; a withdrawal
// stops new use at once (I-22); what is missing of a consent makes it count for
// nothing; a duty laid down by law does not rest on consent.
func TestMay(t *testing.T) {
	t.Parallel()
	quote := consent.Use{Purpose: "publish-anonymised", Recipient: "public", Form: "quotation"}
	named := consent.Use{Purpose: "publish-named", Recipient: "public", Form: "quotation"}
	yes := whole(t, "publish-anonymised public quotation yes\npublish-named any any no\nicc icc any ask")
	with := func(c consent.Consent, change func(*consent.Consent)) []consent.Consent {
		change(&c)
		return []consent.Consent{c}
	}
	only := []consent.Consent{yes}
	byConsent := consent.Basis{Ground: "consent"}
	for name, test := range map[string]struct {
		basis    consent.Basis
		consents []consent.Consent
		use      consent.Use
		today    string
		value    string
		codes    []string
	}{
		"no consent":                 {byConsent, nil, quote, day, "no", []string{consent.NoConsent}},
		"yes":                        {byConsent, only, quote, day, "yes", []string{consent.ConsentPermits}},
		"the last day":               {byConsent, only, quote, "2031-12-31", "yes", []string{consent.ConsentPermits}},
		"expired":                    {byConsent, only, quote, after, "no", []string{consent.ConsentExpired}},
		"said no":                    {byConsent, only, named, day, "no", []string{consent.ConsentForbids}},
		"a no does not expire":       {byConsent, only, named, after, "no", []string{consent.ConsentForbids}},
		"not spoken of":              {byConsent, only, consent.Use{Purpose: "ngo", Recipient: "ngo", Form: "copy"}, day, "no", []string{consent.ConsentSilent}},
		"another form":               {byConsent, only, consent.Use{Purpose: "publish-anonymised", Recipient: "public", Form: "copy"}, day, "no", []string{consent.ConsentSilent}},
		"ask":                        {byConsent, only, consent.Use{Purpose: "icc", Recipient: "icc", Form: "copy"}, day, "ask", []string{consent.ConsentAsks}},
		"withdrawn":                  {byConsent, with(yes, func(c *consent.Consent) { c.Withdrawn = []consent.Withdrawn{{Consent: c.Consent}} }), quote, day, "no", []string{consent.ConsentRevoked}},
		"withdrawn for this":         {byConsent, with(yes, func(c *consent.Consent) { c.Withdrawn = []consent.Withdrawn{{Uses: rules(t, "publish-anonymised")}} }), quote, day, "no", []string{consent.ConsentRevoked}},
		"withdrawn for another":      {byConsent, with(yes, func(c *consent.Consent) { c.Withdrawn = []consent.Withdrawn{{Uses: rules(t, "icc")}} }), quote, day, "yes", []string{consent.ConsentPermits}},
		"nobody explained it":        {byConsent, with(yes, func(c *consent.Consent) { c.ExplainedBy = " " }), quote, day, "no", []string{consent.ConsentLacks}},
		"a child without a guardian": {byConsent, with(yes, func(c *consent.Consent) { c.Minor, c.Assent = "yes", "yes" }), quote, day, "no", []string{consent.ConsentLacks}},
		"a child without assent":     {byConsent, with(yes, func(c *consent.Consent) { c.Minor, c.Guardian, c.Assent = "yes", "her aunt", "no" }), quote, day, "no", []string{consent.ConsentLacks}},
		"a child with both":          {byConsent, with(yes, func(c *consent.Consent) { c.Minor, c.Guardian, c.Assent = "yes", "her aunt", "yes" }), quote, day, "yes", []string{consent.ConsentPermits}},
		"one of two withdrawn": {byConsent, []consent.Consent{yes, with(yes, func(c *consent.Consent) {
			c.Consent, c.Withdrawn = "n-0000000000000002", []consent.Withdrawn{{}}
		})[0]}, quote, day, "no", []string{consent.ConsentRevoked}},
		"one expired, one stands": {byConsent, []consent.Consent{with(yes, func(c *consent.Consent) { c.Until = "2031-05-03" })[0], yes}, quote, day, "yes", []string{consent.ConsentPermits}},

		"already public":               {consent.Basis{Ground: "public"}, nil, named, day, "yes", []string{consent.GroundPermits}},
		"public, but said no":          {consent.Basis{Ground: "public"}, only, named, day, "no", []string{consent.ConsentForbids}},
		"confidential, quoted":         {consent.Basis{Ground: "confidential"}, nil, quote, day, "no", []string{consent.GroundForbids}},
		"no ground, quoted":            {consent.Basis{}, nil, quote, day, "no", []string{consent.GroundForbids}},
		"confidential, counted":        {consent.Basis{Ground: "confidential"}, nil, consent.Use{Purpose: "publish-anonymised", Recipient: "public", Form: "figures"}, day, "yes", []string{consent.GroundPermits}},
		"a consent gives no more":      {consent.Basis{Ground: "confidential"}, only, quote, day, "no", []string{consent.GroundForbids}},
		"uses stated":                  {consent.Basis{Ground: "confidential", Uses: rules(t, "publish-anonymised public quotation")}, nil, quote, day, "yes", []string{consent.GroundPermits}},
		"uses stated narrow":           {consent.Basis{Ground: "public", Uses: rules(t, "publish-anonymised public quotation")}, nil, named, day, "no", []string{consent.GroundForbids}},
		"uses stated narrow a consent": {consent.Basis{Ground: "consent", Uses: rules(t, "record")}, only, quote, day, "no", []string{consent.GroundForbids}},
		"lapsed":                       {consent.Basis{Ground: "public", Until: "2031-05-31"}, nil, quote, day, "no", []string{consent.GroundLapsed}},
		"ask the family":               {consent.Basis{Ground: "family"}, nil, consent.Use{Purpose: "icc", Recipient: "icc", Form: "copy"}, day, "ask", []string{consent.GroundAsks}},
		"the family agreed":            {consent.Basis{Ground: "family"}, []consent.Consent{whole(t, "icc icc copy yes")}, consent.Use{Purpose: "icc", Recipient: "icc", Form: "copy"}, day, "yes", []string{consent.GroundAsks, consent.ConsentPermits}},
		"a duty": {consent.Basis{Ground: "duty", LegalBasis: "Act 12"}, with(yes, func(c *consent.Consent) { c.Withdrawn = []consent.Withdrawn{{}} }),
			consent.Use{Purpose: "national-prosecutor", Recipient: "national-prosecutor", Form: "copy"}, day, "yes", []string{consent.Statutory, consent.DespiteRevoked}},
		"a duty does not publish words": {consent.Basis{Ground: "duty", LegalBasis: "Act 12"}, nil, quote, day, "no", []string{consent.GroundForbids}},
	} {
		got := consent.May(test.basis, test.consents, test.use, test.today)
		var codes []string
		for _, r := range got.Reasons {
			codes = append(codes, r.Code)
			if r.String() == r.Code {
				t.Errorf("%s: the reason %s has no words", name, r.Code)
			}
		}
		if got.Value != test.value || !cmp.Equal(codes, test.codes) || got.Permitted() != (test.value == "yes") {
			t.Errorf("%s: %s for %v; %s for %v is right", name, got.Value, codes, test.value, test.codes)
		}
	}
}

// The narrowest rule decides; of equally narrow ones the strictest.
func TestRulesAnswer(t *testing.T) {
	t.Parallel()
	r := rules(t, "ngo\nngo ngo any no\nngo any copy ask\nngo ngo copy yes\n# a note\n\nun")
	for use, want := range map[consent.Use]string{
		{Purpose: "ngo", Recipient: "media", Form: "figures"}: "yes",
		{Purpose: "ngo", Recipient: "ngo", Form: "figures"}:   "no",
		{Purpose: "ngo", Recipient: "media", Form: "copy"}:    "ask",
		{Purpose: "ngo", Recipient: "ngo", Form: "copy"}:      "yes",
		{Purpose: "icc", Recipient: "icc", Form: "copy"}:      "no",
	} {
		if got, _ := r.Answer(use); got != want {
			t.Errorf("%s: %s; %s is right", use, got, want)
		}
	}
	equal := rules(t, "ngo ngo any yes\nngo any copy no")
	if got, _ := equal.Answer(consent.Use{Purpose: "ngo", Recipient: "ngo", Form: "copy"}); got != "no" {
		t.Errorf("of two equally narrow rules: %s; the stricter is right", got)
	}
}

func TestRulesRefused(t *testing.T) {
	t.Parallel()
	for _, lines := range []string{"everything", "ngo everybody", "ngo ngo paper", "ngo ngo copy perhaps", "ngo any any yes\nngo", "ngo ngo copy yes more", "any", "ngo x-Own"} {
		if _, err := consent.ParseLines(lines); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v; fault.Invalid is right", lines, err)
		}
	}
	for _, text := range []string{"[]", " ", "null", "{}", `[{"purpose":"ngo"}]`, `[{"purpose":"ngo","recipient":"any","form":"any","answer":"yes"}] `,
		`[{"recipient":"any","purpose":"ngo","form":"any","answer":"yes"}]`, `[{"purpose":"ngo","recipient":"any","form":"any","answer":"yes","more":1}]`} {
		if _, err := consent.ParseRules(text); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v; fault.Invalid is right", text, err)
		}
	}
}

// Every ground has its table, but consent, which permits nothing by itself; the
// table permits what docs/consent.md says, in examples.
func TestGrounds(t *testing.T) {
	t.Parallel()
	for _, ground := range register.BasisCodes() {
		got := consent.Ground(ground.Code)
		if (len(got) == 0) != (ground.Code == "consent") {
			t.Errorf("%s has %d rules", ground.Code, len(got))
		}
	}
	for ground, want := range map[string][4]string{ // counted, quoted, named, the whole file, for the public
		"public": {"yes", "yes", "yes", "yes"}, "family": {"yes", "yes", "yes", "no"}, "duty": {"yes", "no", "no", "no"},
		"confidential": {"yes", "no", "no", "no"}, "consent": {"no", "no", "no", "no"}, "": {"yes", "no", "no", "no"}, "rumour": {"yes", "no", "no", "no"},
	} {
		for i, use := range []consent.Use{{Purpose: "publish-anonymised", Recipient: "public", Form: "figures"}, {Purpose: "publish-anonymised", Recipient: "public", Form: "quotation"},
			{Purpose: "publish-named", Recipient: "public", Form: "quotation"}, {Purpose: "publish-named", Recipient: "public", Form: "copy"}} {
			if got, _ := consent.Ground(ground).Answer(use); got != want[i] {
				t.Errorf("%q, %s: %s; %s is right", ground, use, got, want[i])
			}
		}
	}
}

// Each kind's fields are all held by its type, and come back.
func TestEntries(t *testing.T) {
	t.Parallel()
	c := whole(t, "ngo ngo copy ask")
	c.Minor, c.Guardian, c.Assent, c.Interpreter, c.Skipped, c.Stopped, c.Contact, c.Note = "yes", "an aunt", "yes", "a colleague", "yes", "no", "through", "by letter"
	b := consent.Basis{Source: "s-0000000000000001", Ground: "duty", LegalBasis: "Act 12, article 3", Uses: rules(t, "un un copy"), Until: "2033-01-01", Note: "until the inquiry ends"}
	w := consent.Withdrawn{Consent: c.Consent, Uses: rules(t, "ngo"), Note: "by telephone"}
	s := consent.Shared{Dossier: "d-0000000000000001", Edition: 2, Recipient: "un", Name: "the invented mechanism", Purpose: "un", Until: "2033-01-01", Conditions: "not to be passed on", TagManifest: "ab"}
	for _, d := range []journal.Draft{c.Draft("r", "duty", "internal"), b.Draft("r", "duty", "internal"), w.Draft("r", "duty", "internal"), s.Draft("r", "duty", "internal")} {
		kind, values, err := d.Values(7, time.Date(2031, 5, 2, 0, 0, 0, 0, time.UTC), "ann")
		if err != nil {
			t.Fatal(err)
		}
		e := journal.Entry{Header: journal.Header{Seq: 7}, Kind: kind, Values: values}
		for _, field := range kind.Fields {
			if subject := kind.Name == "consent.given@1" && (field == "person" || field == "record"); !subject && !e.Get(field).Present() {
				t.Errorf("%s: nothing is in the field %s", kind.Name, field)
			}
		}
		var got, want any
		switch kind.Name {
		case "consent.given@1":
			x := c
			x.Seq = 7
			want = x
			got, err = consent.ConsentFrom(e)
		case "basis.stated@1":
			x := b
			x.Seq = 7
			want = x
			got, err = consent.BasisFrom(e)
		case "consent.withdrawn@1":
			x := w
			x.Seq = 7
			want = x
			got, err = consent.WithdrawnFrom(e)
		default:
			x := s
			x.Seq = 7
			want = x
			got, err = consent.SharedFrom(e)
		}
		if err != nil || !cmp.Equal(want, got) {
			t.Errorf("%s: %v\n%s", kind.Name, err, cmp.Diff(want, got))
		}
	}
	for _, err := range []error{c.Check(), b.Check(), w.Check(), s.Check()} {
		if err != nil {
			t.Error(err)
		}
	}
}

func TestChecksRefuse(t *testing.T) {
	t.Parallel()
	c := whole(t, "ngo")
	for name, err := range map[string]error{
		"a duty without a law":   consent.Basis{Source: "s-0000000000000001", Ground: "duty"}.Check(),
		"a ground of one's own":  consent.Basis{Source: "s-0000000000000001", Ground: "rumour"}.Check(),
		"a month":                consent.Basis{Source: "s-0000000000000001", Ground: "public", Until: "2031-05"}.Check(),
		"no uses":                consent.Consent{Consent: c.Consent, Subject: c.Subject}.Check(),
		"nothing covered":        consent.Consent{Consent: c.Consent, Subject: "everything", Uses: c.Uses}.Check(),
		"over before it began":   consent.Consent{Consent: c.Consent, Subject: c.Subject, Uses: c.Uses, Date: "2031-05-02", Until: "2031-05-01"}.Check(),
		"no way that there is":   consent.Consent{Consent: c.Consent, Subject: c.Subject, Uses: c.Uses, Way: "by nod"}.Check(),
		"a withdrawal of nobody": consent.Withdrawn{}.Check(),
		"nobody gets it":         consent.Shared{Dossier: "d-0000000000000001", Edition: 1, Recipient: "un", Purpose: "un"}.Check(),
		"two lines of conditions": consent.Shared{Dossier: "d-0000000000000001", Edition: 1, Recipient: "un", Name: "them", Purpose: "un",
			Conditions: "one\ntwo"}.Check(),
	} {
		if !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v; fault.Invalid is right", name, err)
		}
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	c := whole(t, "ngo")
	part, all := c, c
	part.Withdrawn = []consent.Withdrawn{{Uses: rules(t, "ngo")}}
	all.Withdrawn = append(part.Withdrawn, consent.Withdrawn{})
	got := []string{c.State(day), c.State(after), part.State(day), all.State(day), all.State(after)}
	if want := []string{"given", "expired", "given", "withdrawn", "withdrawn"}; !cmp.Equal(got, want) {
		t.Errorf("%v; %v is right", got, want)
	}
}

func FuzzParseLines(f *testing.F) {
	f.Add("publish-anonymised public quotation yes\nicc icc any ask")
	f.Add("ngo\n# x\n\nngo x-press copy no")
	f.Fuzz(func(t *testing.T, lines string) {
		r, err := consent.ParseLines(lines)
		if err != nil {
			return
		}
		again, err := consent.ParseRules(r.JSON())
		if err != nil || again.JSON() != r.JSON() {
			t.Fatalf("%q: %v", r.JSON(), err)
		}
		if back, err := consent.ParseLines(r.Lines()); err != nil || back.JSON() != r.JSON() {
			t.Fatalf("%q: %v", r.Lines(), err)
		}
	})
}
