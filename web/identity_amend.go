// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"

	"recount/register"
	"recount/store"
	"recount/strongroom"
)

// amendForm is for one of the openers: what is left empty stays as it is, and
// nothing of what is sealed is shown.
func (p *identityPage) amendForm(v *visit) error {
	if !p.MayOpen {
		return nil
	}
	var openers []register.IdentityOpener
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		openers, err = r.IdentityOpeners(ctx, store.Page{Limit: mostOpeners})
		return err
	})
	groups := v.identityGroups(openers)
	groups[2].Fields[0].Hint = "" // it stays, and none is drawn
	own := group{Fields: []field{{Name: "passphrase", Kind: "passphrase", Label: v.words.T("identities.passphrase")}}}
	p.Amend = v.alone(v.link("identities", p.Identity, "amend"), "identities.amend", append(groups, own)...)
	return err
}

func (s *Server) amendIdentity(v *visit) error {
	return s.onIdentity(v, func(p *identityPage) *aloneForm { return &p.Amend }, "identity-amended", func() error {
		p := &identityPage{MayOpen: true}
		p.Identity = v.PathValue("identity")
		if err := p.amendForm(v); err != nil {
			return err
		}
		x := v.toProtect(p.Amend.Form.Groups[1])
		x.Identity = p.Identity
		if err := v.standsThere(x); err != nil {
			return err
		}
		way, err := strongroom.Passphrase(v.PostFormValue("passphrase"))
		if err != nil {
			return err
		}
		defer way.Forget()
		_, err = v.desk().Amend(v.Context(), x, way, v.why())
		return err
	})
}
