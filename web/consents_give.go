// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"strings"

	"recount/consent"
	"recount/register"
	"recount/store"
)

// consentFormPage is the form of a consent, new or renewed, or of the basis of
// a source; beside it stand the codes that uses are written in.
type consentFormPage struct {
	base
	Form  form
	About link
	Codes []codeTable
}

// codeTable is a list of codes with what they mean.
type codeTable struct {
	Title string
	Codes []option
}

func (v *visit) useCodes() []codeTable {
	b := base{Language: v.words}
	table := func(set string, all []register.Code) codeTable {
		return codeTable{v.words.T("consents.codes." + set), b.codes(set, all, "")}
	}
	return []codeTable{table("purpose", consent.Purposes()), table("recipient", consent.Recipients()), table("form", consent.Forms()), table("answer", consent.Answers())}
}

// nothingYet is what stands in a new form: every purpose, and no to each, so
// that whoever fills it in sees what was not asked.
func nothingYet() string {
	var b strings.Builder
	for _, p := range consent.Purposes() {
		b.WriteString(consent.Rule{Purpose: p.Code, Recipient: consent.Any, Form: consent.Any, Answer: consent.No}.String() + "\n")
	}
	return b.String()
}

func (v *visit) consentFields(x consent.Consent) []group {
	b := base{Language: v.words}
	label := func(name string) string { return v.words.T("consents.field." + name) }
	notSaid := option{Text: v.words.T("not-said")}
	choose := func(name, shown, set string, all []register.Code, value string) field {
		return field{Name: name, Label: label(shown), Kind: "choose", Options: append([]option{notSaid}, b.codes(set, all, "")...)}.with(value)
	}
	uses := x.Uses.Lines()
	if uses == "" {
		uses = nothingYet()
	}
	return []group{
		{Title: v.words.T("consents.what"), Fields: []field{
			{Name: "uses", Label: label("uses"), Hint: label("uses.hint"), Kind: "long", Rows: 14, Value: uses, Required: true},
			{Name: "until", Label: label("until"), Hint: label("until.hint"), Value: x.Until},
		}},
		{Title: v.words.T("consents.how"), Fields: []field{
			{Name: "explained_by", Label: label("explained-by"), Value: x.ExplainedBy},
			{Name: "language", Label: label("language"), Hint: v.words.T("sources.language.hint"), Value: x.Language},
			{Name: "explained", Label: label("explained"), Hint: label("explained.hint"), Value: x.Explained},
			choose("way", "way", "way", consent.Ways(), x.Way),
			{Name: "obtained_by", Label: label("obtained-by"), Value: x.ObtainedBy},
			{Name: "date", Label: label("date"), Hint: label("until.hint"), Value: x.Date},
			{Name: "interpreter", Label: label("interpreter"), Value: x.Interpreter},
		}},
		{Title: v.words.T("consents.child"), Folded: true, Fields: []field{
			choose("minor", "minor", "yes-no", register.YesNo(), x.Minor),
			{Name: "guardian", Label: label("guardian"), Value: x.Guardian},
			choose("assent", "assent", "yes-no", register.YesNo(), x.Assent),
		}},
		{Title: v.words.T("consents.more"), Fields: []field{
			{Name: "skipped", Label: label("skipped"), Kind: "check", Value: onlyYes(x.Skipped)},
			{Name: "stopped", Label: label("stopped"), Hint: label("stopped.hint"), Kind: "check", Value: onlyYes(x.Stopped)},
			choose("contact", "contact", "contact", consent.Contacts(), x.Contact),
			{Name: "note", Label: label("note"), Kind: "long", Value: x.Note},
		}},
	}
}

func onlyYes(flag string) string {
	if flag == "yes" {
		return flag
	}
	return ""
}

// newConsent shows the form of a new consent about ?subject=.
func (s *Server) newConsent(v *visit) error {
	about, err := v.subjectOfForm()
	if err != nil {
		return err
	}
	return s.consentForm(v, consent.Consent{Subject: v.text("subject")}, about, -1)
}

// renewConsent shows the form with what was agreed to before.
func (s *Server) renewConsent(v *visit) error {
	var x consent.Consent
	var about link
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		if x, err = r.Consent(ctx, v.PathValue("consent")); err != nil {
			return err
		}
		about, err = v.subjectLink(ctx, r, x.Subject)
		return err
	})
	if err != nil {
		return err
	}
	return s.consentForm(v, x, about, x.Seq)
}

func (s *Server) consentForm(v *visit, x consent.Consent, about link, from int64) error {
	p, err := v.consentFormPage(x, about)
	if err != nil {
		return err
	}
	p.Form.setBase(v, from)
	return s.show(v, p)
}

func (v *visit) consentFormPage(x consent.Consent, about link) (*consentFormPage, error) {
	p := &consentFormPage{base: v.base("consents.new", "name", about.Text), About: about, Codes: v.useCodes()}
	p.Crumbs = []link{{Text: v.words.T("consents.title"), To: v.link("consents")}}
	groups := append(v.consentFields(x), group{Fields: []field{{Name: "subject", Kind: "hidden", Value: x.Subject}}})
	key := x.Consent
	if key == "" {
		key = x.Subject
	}
	f, err := v.form("consent", key, groups...)
	f.Action, f.Button = v.link("consents"), v.words.T("consents.record")
	if x.Consent != "" {
		f.Action = v.link("consents", x.Consent)
	}
	p.Form = f
	return p, err
}

// giveConsent records what somebody agreed to.
func (s *Server) giveConsent(v *visit) error {
	about, err := v.subjectOfForm()
	if err != nil {
		return err
	}
	x := consent.Consent{
		Consent: v.PathValue("consent"), Subject: v.text("subject"), ExplainedBy: v.text("explained_by"), Language: v.text("language"), Explained: v.text("explained"),
		Way: v.text("way"), ObtainedBy: v.text("obtained_by"), Date: v.text("date"), Until: v.text("until"), Minor: v.text("minor"), Guardian: v.text("guardian"),
		Assent: v.text("assent"), Interpreter: v.text("interpreter"), Skipped: v.text("skipped"), Stopped: v.text("stopped"), Contact: v.text("contact"), Note: v.text("note"),
	}
	key := x.Consent
	if key == "" {
		key = x.Subject
	}
	if x.Uses, err = consent.ParseLines(v.FormValue("uses")); err != nil {
		err = &register.Wrong{What: "consent", Field: "uses", Err: err}
	} else {
		done, actErr := v.deskFor(x.Consent).GiveConsent(v.Context(), x, v.why())
		if actErr == nil {
			return v.sent("consent", key, v.link("consents", done.ID), "consent")
		}
		err = actErr
	}
	p, pageErr := v.consentFormPage(x, about)
	if pageErr != nil {
		return pageErr
	}
	handled, staleErr := s.ifStale(v, err, p.Form, func(size int64) (map[string]string, error) {
		return asFields(v, size, func(ctx context.Context, r store.Reader) ([]group, error) {
			x, err := r.Consent(ctx, x.Consent)
			return v.consentFields(x), err
		})
	})
	if handled {
		return staleErr
	}
	if !p.Form.refuse(v, err) {
		return err
	}
	return s.show(v, p)
}
