// SPDX-License-Identifier: Apache-2.0

package web

import (
	"errors"
	"fmt"
	"time"

	"recount/access"
	"recount/audit"
	"recount/fault"
)

// invitationLasts is how long a link made here can be used.
const invitationLasts = 24 * time.Hour

// accountsPage lists who may enter, invites and dismisses. Accounts are the
// archive's: what is here holds for all of its cases.
type accountsPage struct {
	base
	Accounts []access.Account
	Invited  string // the one-time link, shown in the answer to the form and nowhere else
	For      string // whom it signs in
	Until    time.Time
	Link     string // unused here: the form of the first start carries one
	Form     form
}

func (s *Server) accountsPage(v *visit) (*accountsPage, error) {
	all, err := s.office.Accounts(v.Context())
	if err != nil {
		return nil, err
	}
	v.shown = len(all)
	p := &accountsPage{base: v.base("accounts.title"), Accounts: all}
	roles := make([]option, 0, len(access.ArchiveRoles()))
	for _, r := range access.ArchiveRoles() {
		roles = append(roles, option{Value: string(r), Text: v.words.T("archive-role." + string(r))})
	}
	p.Form = v.formAlone("/accounts", "accounts.invite", group{Title: v.words.T("accounts.invite.title"), Fields: []field{
		{Name: "name", Label: v.words.T("accounts.name"), Hint: v.words.T("accounts.name.hint"), Required: true},
		field{Name: "role", Label: v.words.T("accounts.role"), Kind: "choose", Options: roles}.with(string(access.Member)),
	}})
	p.Form.NoAct = true
	if v.text("role") != "" {
		p.Form.Groups[0].Fields[1] = p.Form.Groups[0].Fields[1].with(v.text("role"))
	}
	return p, nil
}

func (s *Server) accounts(v *visit) error {
	p, err := s.accountsPage(v)
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// invite makes a link and shows it, in this answer only: the archive keeps its hash.
func (s *Server) invite(v *visit) error {
	secret, err := s.office.Invite(v.Context(), v.text("name"), access.Role(v.text("role")), invitationLasts)
	if err != nil {
		p, pageErr := s.accountsPage(v)
		if pageErr != nil || !p.Form.refuse(v, err) {
			return errors.Join(err, pageErr)
		}
		return s.show(v, p)
	}
	who, err := s.office.Invited(v.Context(), secret)
	if err != nil {
		return err
	}
	if err := s.noteAccount(v, audit.Invited, "accounts", who.ID); err != nil {
		return err
	}
	p, err := s.accountsPage(v)
	if err != nil {
		return err
	}
	scheme := "http"
	if s.Secure {
		scheme = "https"
	}
	p.Invited, p.For, p.Until = scheme+"://"+v.Host+"/sign-in?link="+secret, who.Name, s.Now().Add(invitationLasts)
	p.Form.Groups[0].Fields[0].Value = ""
	return s.show(v, p)
}

// dismiss ends all sessions and links of an account. Nobody can shut out
// himself here: signing out does that, and a mistake would leave nobody in.
func (s *Server) dismiss(v *visit) error {
	id := v.PathValue("account")
	if id == v.who.ID {
		return fmt.Errorf("%w: this is your own account; accepted: another one (to leave, sign out)", fault.Invalid)
	}
	if err := s.office.Dismiss(v.Context(), id); err != nil {
		return err
	}
	if err := s.noteAccount(v, audit.Changed, "accounts", id); err != nil {
		return err
	}
	return v.goTo("/accounts?done=dismissed")
}
