// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"

	"recount/consent"
	"recount/register"
	"recount/store"
)

// heldBasis is on which ground a source is held, as its page and the pages of
// its records tell it.
type heldBasis struct {
	Ground     string // in words
	Stated     bool   // else it follows from the source's own entry
	LegalBasis string
	Statutory  bool // it is processed under a law, and does not rest on consent
	Until      string
	Lapsed     bool
	Note       string
	Permits    []useLine
	Seq        int64
}

func (v *visit) basisOf(ctx context.Context, r store.Reader, source string) (heldBasis, error) {
	b, err := r.Basis(ctx, source)
	if err != nil {
		return heldBasis{}, err
	}
	ground := b.Ground
	if ground == "" {
		ground = "confidential" // what has no ground is treated so
	}
	rules := b.Uses
	if len(rules) == 0 {
		rules = consent.Ground(ground)
	}
	return heldBasis{
		Ground: v.code("basis", ground), Stated: b.Seq >= 0, LegalBasis: b.LegalBasis, Statutory: ground == "duty", Until: b.Until,
		Lapsed: b.Until != "" && b.Until < consent.Today(v.s.Now()), Note: b.Note, Permits: v.useLines(rules), Seq: b.Seq,
	}, nil
}

func (v *visit) basisFields(x consent.Basis) []group {
	b := base{Language: v.words}
	label := func(name string) string { return v.words.T("consents.field." + name) }
	return []group{{Fields: []field{
		field{Name: "ground", Label: label("ground"), Kind: "choose", Options: b.codes("basis", register.BasisCodes(), "")}.with(x.Ground),
		{Name: "legal_basis", Label: label("legal-basis"), Hint: label("legal-basis.hint"), Value: x.LegalBasis},
		{Name: "uses", Label: label("uses"), Hint: label("basis-uses.hint"), Kind: "long", Rows: 8, Value: x.Uses.Lines()},
		{Name: "until", Label: label("until"), Hint: label("until.hint"), Value: x.Until},
		{Name: "note", Label: label("note"), Kind: "long", Value: x.Note},
	}}}
}

// basisForm shows on which ground a source is held, to be stated anew.
func (s *Server) basisForm(v *visit) error {
	p, err := v.basisPage()
	if err != nil {
		return err
	}
	return s.show(v, p)
}

func (v *visit) basisPage() (*consentFormPage, error) {
	id := v.PathValue("source")
	var x consent.Basis
	var source register.Source
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		if source, err = r.Source(ctx, id); err != nil {
			return err
		}
		x, err = r.Basis(ctx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	if x.Ground == "" {
		x.Ground = "confidential"
	}
	p := &consentFormPage{base: v.base("consents.basis.of", "name", source.Name), About: link{Text: source.Name, To: v.link("sources", id)}, Codes: v.useCodes()}
	p.Crumbs = []link{{Text: v.words.T("nav.sources"), To: v.link("sources")}, p.About}
	p.Form, err = v.form("basis", id, v.basisFields(x)...)
	p.Form.Action, p.Form.Button = v.link("sources", id, "basis"), v.words.T("consents.basis.state")
	return p, err
}

// stateBasis records on which ground a source is held.
func (s *Server) stateBasis(v *visit) error {
	id := v.PathValue("source")
	rules, err := consent.ParseLines(v.FormValue("uses"))
	if err != nil {
		err = &register.Wrong{What: "basis", Field: "uses", Err: err}
	} else {
		x := consent.Basis{Source: id, Ground: v.text("ground"), LegalBasis: v.text("legal_basis"), Uses: rules, Until: v.text("until"), Note: v.text("note")}
		_, err = v.desk().StateBasis(v.Context(), x, v.why())
	}
	if err == nil {
		return v.sent("basis", id, v.link("sources", id), "basis")
	}
	p, pageErr := v.basisPage()
	if pageErr != nil {
		return pageErr
	}
	if !p.Form.refuse(v, err) {
		return err
	}
	return s.show(v, p)
}
