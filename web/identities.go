// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"recount/casework"
	"recount/fault"
	"recount/identities"
	"recount/register"
	"recount/store"
	"recount/strongroom"
)

// aloneForm is one of several forms of a page, none of which keeps a draft.
type aloneForm struct {
	base
	Link string // unused here: the form of the first start carries one
	Form form
}

func (v *visit) alone(action, button string, groups ...group) aloneForm {
	f := aloneForm{base: v.base(button), Form: v.formAlone(action, button, groups...)}
	if f.Act.Handling == "" {
		f.Act.Handling = "confidential"
	}
	return f
}

// identitiesPage lists those who are known by a pseudonym, and has the form by
// which somebody becomes an opener or changes their passphrase.
type identitiesPage struct {
	base
	List    []identityLine
	Openers []string
	Opener  bool // the visitor is one
	Away    string
	Own     aloneForm
}

type identityLine struct {
	casework.KnownIdentity
	Last   string // when it was opened last, "" never
	Stands link
}

func (s *Server) identitiesPage(v *visit) (*identitiesPage, error) {
	p := &identitiesPage{base: v.base("identities.title")}
	all, err := casework.Identities(v.Context(), v.readFor)
	if err != nil {
		return nil, err
	}
	err = v.read(func(ctx context.Context, r store.Reader) error {
		n := namer{v: v, ctx: ctx, r: r, seq: r.Size(), known: map[string]link{}}
		for _, k := range all {
			line := identityLine{KnownIdentity: k}
			if len(k.Opened) > 0 {
				line.Last = p.Time(k.Opened[len(k.Opened)-1].At)
			}
			if line.Stands, err = n.name(k.StandsFor); err != nil {
				return err
			}
			p.List = append(p.List, line)
		}
		openers, err := r.IdentityOpeners(ctx, store.Page{Limit: mostOpeners})
		for _, o := range openers {
			p.Openers = append(p.Openers, o.Name)
			p.Opener = p.Opener || o.Opener == register.OpenerOf(v.who.Name)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	p.Away = v.mapAway(len(p.Openers) > 0)
	w := v.words
	fields := []field{
		{Name: "new_passphrase", Kind: "passphrase", Label: w.T("identities.passphrase.new"), Hint: w.T("identities.passphrase.hint")},
		{Name: "new_passphrase_again", Kind: "passphrase", Label: w.T("identities.passphrase.again")},
	}
	button := "identities.become"
	if p.Opener {
		fields = append([]field{{Name: "passphrase", Kind: "passphrase", Label: w.T("identities.passphrase")}}, fields...)
		button = "identities.change"
	}
	p.Own = v.alone(v.link("identities", "passphrase"), button, group{Fields: fields})
	p.Own.Form.NoAct = p.Opener // nothing of it stands in the journal
	return p, nil
}

// mostOpeners is how many openers a page lists.
const mostOpeners = 100

// readFor is read for those who bring a context of their own.
func (v *visit) readFor(ctx context.Context, ask func(store.Reader) error) error {
	return v.read(func(_ context.Context, r store.Reader) error { return ask(r) })
}

// mapAway says that the map of identities is not here, "" where it is. Where it
// lies is for whoever keeps the machine to know.
func (v *visit) mapAway(expected bool) string {
	if !expected {
		return ""
	}
	if _, err := v.room.IdentityMap(v.Context(), false); err != nil {
		return v.words.T("identities.away")
	}
	return ""
}

// withoutPlace keeps an error of the map from telling where on the machine it lies.
func (v *visit) withoutPlace(err error) error {
	if errors.Is(err, fault.Unavailable) && v.mapAway(true) != "" {
		return fmt.Errorf("%w: %s", fault.Unavailable, v.words.T("identities.away"))
	}
	return err
}

func (s *Server) identities(v *visit) error {
	p, err := s.identitiesPage(v)
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// ownIdentityPassphrase makes the visitor an opener, or changes their passphrase.
func (s *Server) ownIdentityPassphrase(v *visit) error {
	p, err := s.identitiesPage(v)
	if err != nil {
		return err
	}
	way, err := strongroom.Passphrase(v.PostFormValue("new_passphrase"))
	if err == nil {
		err = way.Fit()
	}
	switch {
	case err != nil:
		p.Own.Form.beside("new_passphrase", err)
	case v.PostFormValue("new_passphrase") != v.PostFormValue("new_passphrase_again"):
		err = fmt.Errorf("%w: %s", fault.Invalid, v.words.T("begin.passphrase.differs"))
		p.Own.Form.beside("new_passphrase_again", err)
	case p.Opener:
		err = s.changeIdentityPassphrase(v, way)
	default:
		_, err = v.desk().BecomeOpener(v.Context(), way, strongroom.UsualCost(), v.whyOr("identities.become.why"))
	}
	way.Forget()
	if err == nil {
		return v.goTo(v.link("identities") + "?done=identity-passphrase")
	}
	return s.refusedAlone(v, err, &p.Own, func() error { return s.show(v, p) })
}

func (s *Server) changeIdentityPassphrase(v *visit, way strongroom.Way) error {
	old, err := strongroom.Passphrase(v.PostFormValue("passphrase"))
	if err != nil {
		return err
	}
	defer old.Forget()
	return v.desk().ChangeIdentityPassphrase(v.Context(), old, way, strongroom.UsualCost())
}

// whyOr is why, with a reason of the catalogue where none was typed.
func (v *visit) whyOr(key string) casework.Why {
	why := v.why()
	if why.Reason == "" {
		why.Reason = v.words.T(key)
	}
	if why.Basis == "" {
		why.Basis = "confidential"
	}
	if why.Handling == "" {
		why.Handling = "internal"
	}
	return why
}

// refusedAlone shows a page again with what was wrong in the form that was sent.
// A passphrase that does not open is told in the form as well.
func (s *Server) refusedAlone(v *visit, err error, f *aloneForm, show func() error) error {
	err = v.withoutPlace(err)
	if f.Form.refuse(v, err) {
		return show()
	}
	if errors.Is(err, fault.Forbidden) || errors.Is(err, fault.Unavailable) {
		v.status, f.Form.Problem = fault.HTTPStatus(err), err.Error()
		return show()
	}
	return err
}

// identityNewPage is the form that seals who somebody is. Nothing of it is kept
// as a draft.
type identityNewPage struct {
	base
	NoOpeners bool
	Away      string
	Seal      aloneForm
}

func (s *Server) identityNewPage(v *visit) (*identityNewPage, error) {
	p := &identityNewPage{base: v.base("identities.new")}
	p.Crumbs = []link{{Text: v.words.T("identities.title"), To: v.link("identities")}}
	var openers []register.IdentityOpener
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		openers, err = r.IdentityOpeners(ctx, store.Page{Limit: mostOpeners})
		return err
	})
	if err != nil {
		return nil, err
	}
	p.NoOpeners, p.Away = len(openers) == 0, v.mapAway(len(openers) > 0)
	groups := v.identityGroups(openers)
	groups[0].Fields[0].Required = true
	p.Seal = v.alone(v.link("identities"), "identities.seal", groups...)
	return p, nil
}

// identityGroups are the fields of who somebody is, of who may open it, and of how
// the case knows them.
func (v *visit) identityGroups(openers []register.IdentityOpener) []group {
	w := v.words
	may := group{Title: w.T("identities.openers")}
	for i, o := range openers {
		may.Fields = append(may.Fields, field{Name: fmt.Sprintf("opener-%d", i), Label: o.Name, Kind: "check"})
	}
	return []group{{Title: w.T("identities.who"), Fields: []field{
		{Name: "true_names", Kind: "long", Rows: 2, Label: w.T("identities.names"), Hint: w.T("identities.names.hint")},
		{Name: "contact", Kind: "long", Rows: 2, Label: w.T("identities.contact")},
		{Name: "residence", Kind: "long", Rows: 2, Label: w.T("identities.residence")},
		{Name: "relatives", Kind: "long", Rows: 2, Label: w.T("identities.relatives")},
		{Name: "sealed_note", Kind: "long", Rows: 2, Label: w.T("identities.note")},
	}}, may, {Title: w.T("identities.known"), Fields: []field{
		{Name: "pseudonym", Label: w.T("identities.pseudonym"), Hint: w.T("identities.pseudonym.hint")},
		{Name: "stands_for", Label: w.T("identities.stands-for"), Hint: w.T("identities.stands-for.hint")},
	}}}
}

func (s *Server) newIdentity(v *visit) error {
	p, err := s.identityNewPage(v)
	if err != nil {
		return err
	}
	return s.show(v, p)
}

func (s *Server) protectIdentity(v *visit) error {
	p, err := s.identityNewPage(v)
	if err != nil {
		return err
	}
	done, err := v.protect(v.toProtect(p.Seal.Form.Groups[1]))
	if err == nil {
		return v.goTo(v.link("identities", done.ID) + "?done=identity-sealed")
	}
	return s.refusedAlone(v, err, &p.Seal, func() error { return s.show(v, p) })
}

// toProtect is what was typed into the fields of identityGroups.
func (v *visit) toProtect(openers group) casework.ToProtect {
	x := casework.ToProtect{Pseudonym: v.text("pseudonym"), StandsFor: v.text("stands_for"), Content: identities.Content{
		Contact: v.text("contact"), Residence: v.text("residence"), Relatives: v.text("relatives"), Note: v.text("sealed_note"),
	}}
	for line := range strings.SplitSeq(v.text("true_names"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			x.Content.Names = append(x.Content.Names, line)
		}
	}
	for _, f := range openers.Fields {
		if v.text(f.Name) != "" {
			x.Openers = append(x.Openers, f.Label)
		}
	}
	return x
}

// protect seals who somebody is for the first time.
func (v *visit) protect(x casework.ToProtect) (casework.Done, error) {
	if len(x.Openers) == 0 {
		return casework.Done{}, fmt.Errorf("%w: %s", fault.Invalid, v.words.T("identities.openers.none"))
	}
	if err := v.standsThere(x); err != nil {
		return casework.Done{}, err
	}
	return v.desk().Protect(v.Context(), x, v.why())
}

// standsThere checks that what an identity stands for is there for the visitor.
func (v *visit) standsThere(x casework.ToProtect) error {
	return v.read(func(ctx context.Context, r store.Reader) (err error) {
		switch {
		case strings.HasPrefix(x.StandsFor, "s-"):
			_, err = r.Source(ctx, x.StandsFor)
		case strings.HasPrefix(x.StandsFor, "p-"):
			_, err = r.Person(ctx, x.StandsFor)
		}
		return err
	})
}

// dossierOptions are the dossiers that the visitor may see, to choose from.
func (v *visit) dossierOptions(none string) (options []option, err error) {
	options = []option{{Text: v.words.T(none)}}
	err = v.read(func(ctx context.Context, r store.Reader) error {
		all, err := r.Dossiers(ctx, store.Page{Limit: 500})
		for _, d := range slices.Backward(all) {
			options = append(options, option{Value: d.Dossier, Text: d.Title})
		}
		return err
	})
	return options, err
}
