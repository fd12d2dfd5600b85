// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strings"

	"recount/audit"
	"recount/casework"
	"recount/consent"
	"recount/register"
	"recount/store"
)

type consentShowCmd struct {
	Subject string `arg:"" placeholder:"s-…|p-…|LEAF|n-…" help:"A source, a person, a record, or one consent."`
}

// Help is shown under the command's flags.
func (consentShowCmd) Help() string {
	return `States: given · expired · withdrawn. Exit codes: 0 shown · 3 no such thing · 8 not accepted · 64 usage.`
}

type basisJSON struct {
	Source     string        `json:"source"`
	Ground     string        `json:"ground"`
	LegalBasis string        `json:"legal_basis,omitempty"`
	Uses       consent.Rules `json:"uses"`
	Until      string        `json:"until,omitempty"`
	Note       string        `json:"note,omitempty"`
	Stated     bool          `json:"stated"` // else it follows from the source's own entry
}

type consentJSON struct {
	Consent   string        `json:"consent"`
	Subject   string        `json:"subject"`
	State     string        `json:"state"`
	Missing   []string      `json:"missing"`
	Uses      consent.Rules `json:"uses"`
	Explained string        `json:"explained_by,omitempty"`
	Language  string        `json:"language,omitempty"`
	Obtained  string        `json:"obtained_by,omitempty"`
	Date      string        `json:"date,omitempty"`
	Until     string        `json:"until,omitempty"`
	Contact   string        `json:"contact,omitempty"`
	Seq       int64         `json:"seq"`
	Withdrawn []int64       `json:"withdrawn"` // entries that took something back
}

func consentAnswer(c consent.Consent, today string) consentJSON {
	a := consentJSON{
		Consent: c.Consent, Subject: c.Subject, State: c.State(today), Missing: c.Missing(), Uses: c.Uses, Explained: c.ExplainedBy, Language: c.Language,
		Obtained: c.ObtainedBy, Date: c.Date, Until: c.Until, Contact: c.Contact, Seq: c.Seq, Withdrawn: []int64{},
	}
	if a.Missing == nil {
		a.Missing = []string{}
	}
	for _, w := range c.Withdrawn {
		a.Withdrawn = append(a.Withdrawn, w.Seq)
	}
	return a
}

type consentShown struct {
	Basis    *basisJSON    `json:"basis,omitempty"`
	Consents []consentJSON `json:"consents"`
}

// Run carries the command out.
func (x *consentShowCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Viewed, "consents", x.Subject), func(c glance) error {
		a := consentShown{Consents: []consentJSON{}}
		err := c.Read(d.ctx, func(r store.Reader) error {
			list, err := consentsOf(d, r, x.Subject)
			if err != nil {
				return err
			}
			for _, one := range list {
				a.Consents = append(a.Consents, consentAnswer(one, consent.Today(c.Now())))
			}
			if register.CheckID("s", x.Subject) != nil {
				return nil
			}
			b, err := r.Basis(d.ctx, x.Subject)
			a.Basis = &basisJSON{b.Source, b.Ground, b.LegalBasis, b.Uses, b.Until, b.Note, b.Seq >= 0}
			return err
		})
		if err != nil {
			return err
		}
		return d.out.answer(a, func(w io.Writer) { a.text(w) })
	})
}

// consentsOf are those about a subject, or the one consent that is named.
func consentsOf(d *desk, r store.Reader, id string) ([]consent.Consent, error) {
	if strings.HasPrefix(id, "n-") {
		one, err := r.Consent(d.ctx, id)
		return []consent.Consent{one}, err
	}
	return r.Consents(d.ctx, id, store.Page{})
}

func (a consentShown) text(w io.Writer) {
	if b := a.Basis; b != nil {
		how := "by the source's own entry"
		if b.Stated {
			how = "as stated"
		}
		ground := b.Ground
		if ground == "" {
			ground = "none said: treated as confidential"
		}
		fmt.Fprintf(w, "ground   %s, %s\n", plain(ground), how)
		for _, line := range [][2]string{{"law", b.LegalBasis}, {"until", b.Until}, {"note", b.Note}} {
			if line[1] != "" {
				fmt.Fprintf(w, "%-8s %s\n", line[0], plain(line[1]))
			}
		}
		for _, rule := range b.Uses {
			fmt.Fprintf(w, "permits  %s\n", rule)
		}
	}
	if len(a.Consents) == 0 {
		fmt.Fprintln(w, "No consent is recorded.")
	}
	for _, c := range a.Consents {
		fmt.Fprintf(w, "\n%s  %s, about %s, entry %d\n", c.Consent, c.State, c.Subject, c.Seq)
		if len(c.Missing) > 0 {
			fmt.Fprintf(w, "  does not count: it does not say %s\n", strings.ReplaceAll(strings.Join(c.Missing, ", "), "_", " "))
		}
		for _, rule := range c.Uses {
			fmt.Fprintf(w, "  %s\n", rule)
		}
		if c.Explained != "" {
			fmt.Fprintf(w, "  explained by %s in %s, obtained by %s on %s", plain(c.Explained), plain(c.Language), plain(c.Obtained), c.Date)
			if c.Until != "" {
				fmt.Fprintf(w, ", until %s", c.Until)
			}
			fmt.Fprintln(w)
		}
	}
}

type consentListCmd struct{}

// Help is shown under the command's flags.
func (consentListCmd) Help() string {
	return `Those that expire within 90 days, or lack something, come first. Exit codes: 0 listed · 64 usage.`
}

// Run carries the command out.
func (x *consentListCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Listed, "consents", ""), func(c glance) error {
		var all []casework.ConsentSeen
		err := c.Read(d.ctx, func(r store.Reader) (err error) {
			all, err = casework.ConsentsIn(d.ctx, c.Case, r)
			return err
		})
		form := func(s casework.ConsentSeen) consentJSON { return consentAnswer(s.Consent, consent.Today(c.Now())) }
		return listedAs(d, all, err, form, []string{"consent", "state", "until", "about", "remark"}, func(s casework.ConsentSeen) []string {
			remark := ""
			switch {
			case s.Soon:
				remark = "expires soon"
			case len(s.Missing()) > 0:
				remark = "does not count: it does not say " + strings.ReplaceAll(strings.Join(s.Missing(), ", "), "_", " ")
			}
			return []string{s.Consent.Consent, s.Stands, s.Until, s.Subject, remark}
		})
	})
}

type consentMayCmd struct {
	Source    string `arg:"" placeholder:"s-…" help:"The source."`
	Purpose   string `arg:"" help:"What for."`
	Recipient string `arg:"" help:"To whom."`
	Form      string `arg:"" help:"In which form."`
}

// Help is shown under the command's flags.
func (consentMayCmd) Help() string {
	return usesHelp + `Exit codes: 0 permitted · 3 no such source · 6 not permitted, or only after asking · 8 not accepted · 64 usage.`
}

type mayAnswer struct {
	Answer  string   `json:"answer"`
	Reasons []string `json:"reasons"`
}

// Run carries the command out.
func (x *consentMayCmd) Run(d *desk) error {
	use := consent.Use{Purpose: x.Purpose, Recipient: x.Recipient, Form: x.Form}
	if err := use.Check(); err != nil {
		return err
	}
	return d.reading(lookAt(audit.Viewed, "consents", x.Source), func(c glance) error {
		if err := c.Read(d.ctx, func(r store.Reader) error { _, err := r.Source(d.ctx, x.Source); return err }); err != nil {
			return err
		}
		answer, err := casework.May(d.ctx, c.Case, x.Source, use)
		if err != nil {
			return err
		}
		a := mayAnswer{answer.Value, []string{}}
		for _, r := range answer.Reasons {
			a.Reasons = append(a.Reasons, r.String())
		}
		err = d.out.answer(a, func(w io.Writer) { fmt.Fprintf(w, "%s: %s\n", a.Answer, plain(strings.Join(a.Reasons, "; "))) })
		if err == nil && !answer.Permitted() {
			err = &casework.Unpermitted{Objections: []casework.Objection{{Source: x.Source, Use: use, Answer: answer}}}
		}
		return err
	})
}

type consentUsedCmd struct {
	Subject string `arg:"" placeholder:"s-…|p-…|LEAF|n-…" help:"A source, a person, a record, or a consent: what it covers."`
}

// Help is shown under the command's flags.
func (consentUsedCmd) Help() string {
	return `Editions that were frozen stay as they are: this lists where the words of a source stand and which figures may count its records, and to
whom a bundle was handed under conditions. Who took a public bundle stands in recount audit list --act exported.

Exit codes: 0 listed · 3 no such consent · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *consentUsedCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Listed, "dossiers", ""), func(c glance) error {
		var all []casework.Usage
		err := c.Read(d.ctx, func(r store.Reader) (err error) {
			subject := x.Subject
			if strings.HasPrefix(subject, "n-") {
				one, err := r.Consent(d.ctx, subject)
				if err != nil {
					return err
				}
				subject = one.Subject
			}
			all, err = casework.Used(d.ctx, c.Case, r, subject)
			return err
		})
		return listed(d, all, err, []string{"dossier", "edition", "entry", "quotations", "figures", "handed to", "title"}, func(u casework.Usage) []string {
			var names []string
			for _, s := range u.Shared {
				names = append(names, s.Name)
			}
			return []string{u.Dossier, fmt.Sprint(u.Edition), fmt.Sprint(u.Seq), strings.Join(u.Quotes, " "), strings.Join(u.Figures, " "), strings.Join(names, "; "), u.Title}
		})
	})
}
