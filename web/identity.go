// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"slices"
	"strings"

	"recount/casework"
	"recount/fault"
	"recount/identities"
	"recount/register"
	"recount/store"
	"recount/strongroom"
)

// identityPage is one protected person: the pseudonym, and what may be done.
type identityPage struct {
	base
	casework.KnownIdentity
	Stands                   link
	CalledIn                 []calledIn
	Asked                    []store.Proposed // to open it, and not settled
	Erasing                  []store.Proposed // likewise, to destroy it
	Away                     string
	MayOpen                  bool // the visitor is one of its openers
	Ask, Call, Open, AskGone aloneForm
	Gone, Amend              aloneForm
	Opens, Destroys          bool // somebody else has asked for it
}

// calledIn is a pseudonym with the dossier that has it.
type calledIn struct {
	Pseudonym string
	Dossier   link
}

func (s *Server) identityPage(v *visit) (*identityPage, error) {
	p := &identityPage{}
	id := v.PathValue("identity")
	err := v.read(func(ctx context.Context, r store.Reader) error {
		x, err := r.Identity(ctx, id)
		if err != nil {
			return err
		}
		if p.KnownIdentity, err = casework.KnownAs(ctx, r, x); err != nil {
			return err
		}
		p.MayOpen = slices.Contains(x.Openers, register.OpenerOf(v.who.Name))
		n := namer{v: v, ctx: ctx, r: r, seq: r.Size(), known: map[string]link{}}
		if p.Stands, err = n.name(x.StandsFor); err != nil {
			return err
		}
		for _, g := range p.Called {
			to, err := v.dossierLink(ctx, r, g.Dossier)
			if err != nil {
				return err
			}
			p.CalledIn = append(p.CalledIn, calledIn{g.Pseudonym, to})
		}
		all, err := r.Proposals(ctx)
		for _, one := range all {
			if one.SubjectKind != "identity" || one.Proposal.Subject != id || !one.Open() {
				continue
			}
			if one.Proposal.Act == "reveal" {
				p.Asked = append(p.Asked, one)
			} else if one.Proposal.Act == "erase" {
				p.Erasing = append(p.Erasing, one)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	p.base, p.Away = v.baseNamed(p.Pseudonym), v.mapAway(true)
	p.Crumbs = []link{{Text: v.words.T("identities.title"), To: v.link("identities")}}
	return p, p.forms(v)
}

func (v *visit) dossierLink(ctx context.Context, r store.Reader, id string) (link, error) {
	d, err := r.Dossier(ctx, id)
	return v.named("dossiers", id, d.Title, err)
}

// waiting are those of somebody else, to choose from.
func (v *visit) waiting(all []store.Proposed) (options []option) {
	for _, one := range all {
		if one.Entry.Actor == v.who.Name {
			continue
		}
		said := v.words.T("identities.asked.one", "actor", one.Entry.Actor, "whom", one.Detail, "reason", one.Entry.Reason)
		if one.Proposal.Act == "erase" {
			said = v.words.T("identities.asked.gone", "actor", one.Entry.Actor, "ground", one.Detail, "reason", one.Entry.Reason)
		}
		options = append(options, option{Value: one.Decision, Text: said})
	}
	return options
}

func (p *identityPage) forms(v *visit) error {
	w, id := v.words, p.Identity
	p.Ask = v.alone(v.link("identities", id, "ask"), "identities.ask", group{Fields: []field{
		{Name: "for_whom", Label: w.T("identities.for-whom"), Hint: w.T("identities.for-whom.hint"), Required: true},
	}})
	in, err := v.dossierOptions("identities.choose-dossier")
	if err != nil {
		return err
	}
	linked, err := v.dossierOptions("identities.not-linked")
	if err != nil {
		return err
	}
	p.Call = v.alone(v.link("identities", id, "pseudonym"), "identities.call", group{Fields: []field{
		{Name: "dossier", Kind: "choose", Label: w.T("identities.in-dossier"), Options: in},
		{Name: "pseudonym", Label: w.T("identities.pseudonym"), Hint: w.T("identities.pseudonym.hint")},
		{Name: "linked_to", Kind: "choose", Label: w.T("identities.linked-to"), Hint: w.T("identities.linked-to.hint"), Options: linked},
	}})
	asked, erasing := v.waiting(p.Asked), v.waiting(p.Erasing)
	p.Opens, p.Destroys = len(asked) > 0 && p.MayOpen, len(erasing) > 0
	p.Open = v.alone(v.link("identities", id, "open"), "identities.open", group{Fields: []field{
		{Name: "opening", Kind: "choose", Label: w.T("identities.asked"), Options: asked},
		{Name: "passphrase", Kind: "passphrase", Label: w.T("identities.passphrase")},
	}})
	p.AskGone = v.alone(v.link("identities", id, "erase"), "identities.ask-gone", group{Fields: []field{
		{Name: "ground", Label: w.T("identities.ground"), Hint: w.T("identities.ground.hint"), Required: true},
	}})
	p.Gone = v.alone(v.link("identities", id, "destroy"), "identities.gone", group{Fields: []field{
		{Name: "erasing", Kind: "choose", Label: w.T("identities.asked"), Options: erasing},
	}})
	return p.amendForm(v)
}

func (s *Server) identity(v *visit) error {
	p, err := s.identityPage(v)
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// onIdentity does something with the identity of the address and leads back to
// it, or shows what was wrong in the form that was sent.
func (s *Server) onIdentity(v *visit, form func(*identityPage) *aloneForm, done string, do func() error) error {
	p, err := s.identityPage(v)
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		return s.refusedAlone(v, err, form(p), func() error { return s.show(v, p) })
	}
	return v.goTo(v.link("identities", p.Identity) + "?done=" + done)
}

func (s *Server) askForIdentity(v *visit) error {
	return s.onIdentity(v, func(p *identityPage) *aloneForm { return &p.Ask }, "identity-asked", func() error {
		_, err := v.desk().ProposeReveal(v.Context(), v.PathValue("identity"), v.text("for_whom"), v.why())
		return err
	})
}

func (s *Server) callIdentity(v *visit) error {
	return s.onIdentity(v, func(p *identityPage) *aloneForm { return &p.Call }, "identity-called", func() error {
		x := register.GivenPseudonym{Identity: v.PathValue("identity"), Dossier: v.text("dossier"), Pseudonym: v.text("pseudonym"), LinkedTo: v.text("linked_to")}
		_, _, err := v.desk().GivePseudonym(v.Context(), x, v.why())
		return err
	})
}

func (s *Server) askToEraseIdentity(v *visit) error {
	return s.onIdentity(v, func(p *identityPage) *aloneForm { return &p.AskGone }, "identity-asked", func() error {
		_, err := v.desk().ProposeErasingIdentity(v.Context(), v.PathValue("identity"), v.text("ground"), v.why())
		return err
	})
}

// proposalChosen is a proposal about the identity of the address that was chosen in a
// form; one about something else is not there.
func (v *visit) proposalChosen(name string) (string, error) {
	id := v.text(name)
	err := v.read(func(ctx context.Context, r store.Reader) error {
		one, err := r.Proposed(ctx, id)
		if err == nil && (one.SubjectKind != "identity" || one.Proposal.Subject != v.PathValue("identity")) {
			err = fault.NotFound
		}
		return err
	})
	return id, err
}

func (s *Server) eraseIdentity(v *visit) error {
	p, err := s.identityPage(v)
	if err != nil {
		return err
	}
	decision, err := v.proposalChosen("erasing")
	if err == nil {
		_, err = v.desk().EraseIdentity(v.Context(), decision, v.why(), nil)
	}
	if err != nil && !errors.Is(err, casework.ErrMapAway) {
		return s.refusedAlone(v, err, &p.Gone, func() error { return s.show(v, p) })
	}
	return v.goTo(v.link("identities") + "?done=identity-erased")
}

// revealedPage shows who somebody is, in the answer to the form and nowhere else.
type revealedPage struct {
	base
	Content   identities.Content
	Pseudonym string
	Seq       int64
}

// Lines are a text of several lines.
func (p *revealedPage) Lines(text string) []string { return strings.Split(text, "\n") }

func (s *Server) openIdentity(v *visit) error {
	p, err := s.identityPage(v)
	if err != nil {
		return err
	}
	got, err := s.reveal(v)
	if err != nil {
		return s.refusedAlone(v, err, &p.Open, func() error { return s.show(v, p) })
	}
	page := &revealedPage{base: v.base("identities.revealed"), Content: got.Content, Pseudonym: got.Pseudonym, Seq: got.Done.Seq}
	page.Crumbs = []link{{Text: v.words.T("identities.title"), To: v.link("identities")}, {Text: got.Pseudonym, To: v.link("identities", got.Identity)}}
	v.w.Header().Set("Cache-Control", "no-store")
	return s.show(v, page)
}

func (s *Server) reveal(v *visit) (casework.Revealed, error) {
	decision, err := v.proposalChosen("opening")
	if err != nil {
		return casework.Revealed{}, err
	}
	way, err := strongroom.Passphrase(v.PostFormValue("passphrase"))
	if err != nil {
		return casework.Revealed{}, err
	}
	defer way.Forget()
	return v.desk().Reveal(v.Context(), decision, shortID(v.token), way, v.why())
}
