// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"strings"

	"recount/audit"
	"recount/fault"
	"recount/store"
)

// ownAccountPage is what somebody can look over of his own account: where he is
// signed in, and how. Nobody sees another's.
type ownAccountPage struct {
	base
	Session  string // the id of the one that asks
	Sessions []store.Sitting
	Ways     store.Ways
	Keys     []store.Passkey
	Passkeys passkeysHere

	Institution string // what people call the one that can be asked; "" none
	Vouched     []store.Vouched
	Connected   bool // to the one that can be asked
	Idle        int  // minutes
	Lasts       int  // hours
}

func (s *Server) ownAccount(v *visit) error {
	p := &ownAccountPage{base: v.base("account.title"), Session: v.session, Idle: int(store.SessionIdle.Minutes()), Lasts: int(store.SessionLasts.Hours())}
	var err error
	if p.Sessions, err = s.office.Sessions(v.Context(), v.who.ID); err != nil {
		return err
	}
	if p.Ways, err = s.office.Ways(v.Context(), v.who.ID); err != nil {
		return err
	}
	p.Passkeys = s.passkeysHere(v)
	if p.Keys, err = s.office.Passkeys(v.Context(), v.who.ID); err != nil {
		return err
	}
	p.Institution = s.institution()
	if p.Vouched, err = s.office.VouchedFor(v.Context(), v.who.ID); err != nil {
		return err
	}
	for _, b := range p.Vouched {
		p.Connected = p.Connected || s.Institution != nil && b.Issuer == s.Institution.Issuer
	}
	return s.show(v, p)
}

func (s *Server) endSession(v *visit) error {
	id := v.PathValue("session")
	if err := s.office.EndSession(v.Context(), v.who.ID, id); err != nil {
		return err
	}
	if id == v.session {
		s.keepSession(v.w, "")
		return v.goTo("/sign-in")
	}
	return v.goTo("/account?done=session-ended")
}

func (s *Server) endOtherSessions(v *visit) error {
	if err := s.office.EndSessions(v.Context(), v.who.ID, v.session); err != nil {
		return err
	}
	return v.goTo("/account?done=sessions-ended")
}

// endSessionsOf ends another account's sessions; its links and its ways to sign
// in stay.
func (s *Server) endSessionsOf(v *visit) error {
	id := v.PathValue("account")
	if id == v.who.ID {
		return fmt.Errorf("%w: this is your own account; accepted: another one (your own sessions are ended on the page Signed in)", fault.Invalid)
	}
	if err := s.office.EndSessions(v.Context(), id, ""); err != nil {
		return err
	}
	if err := s.noteAccount(v, audit.Changed, "sessions", id); err != nil {
		return err
	}
	return v.goTo("/accounts?done=sessions-of-ended")
}

// agent is what kind of browser asks, so coarsely that it tells one's own
// devices apart and nobody else's.
func agent(header string) string {
	first := func(of [][2]string) string {
		for _, pair := range of { // an earlier one also claims to be later ones
			if strings.Contains(header, pair[0]) {
				return pair[1]
			}
		}
		return ""
	}
	browser := first([][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS", "Firefox"}, {"Chrome/", "Chromium"}, {"CriOS", "Chromium"}, {"Safari/", "Safari"}})
	system := first([][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "Mac"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}})
	if browser != "" && system != "" {
		return browser + ", " + system
	}
	return browser + system
}
