// SPDX-License-Identifier: Apache-2.0

package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"recount/audit"
	"recount/fault"
)

// The ceremonies by which an institution says who somebody is, as the office
// tells them apart: to sign in, to connect an account, and to confirm that.
const (
	ceremonyVouch   = "institution enter"
	ceremonyConnect = "institution connect"
	ceremonyBind    = "institution bind"
)

// vouchingLasts is how long somebody may take at the institution.
const vouchingLasts = 10 * time.Minute

// vouching is what waits while the browser is at the institution.
type vouching struct {
	Waits    []byte `json:"waits"`
	Callback string `json:"callback"`
	After    string `json:"after,omitempty"`
}

// bound is whom the institution named, until the holder of the account says yes.
type bound struct{ Issuer, Subject string }

func (s *Server) vouchCookie() string { return s.cookieName() + "-institution" }

// keepVouching binds what was begun to this browser: the answer of another one is
// not taken. The cookie comes along when the institution leads back here.
func (s *Server) keepVouching(w http.ResponseWriter, secret string) {
	c := &http.Cookie{Name: s.vouchCookie(), Value: secret, Path: "/", HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode, MaxAge: int(vouchingLasts.Seconds())}
	if secret == "" {
		c.Expires, c.MaxAge = time.Unix(1, 0), -1
	}
	http.SetCookie(w, c)
}

func errNoInstitution() error {
	return fmt.Errorf("%w: no institution signs anybody in here", fault.NotFound)
}

// callback is where the institution sends the browser back to.
func (s *Server) callback(v *visit) string {
	at := s.Institution.Address
	if at == "" {
		at = "http://" + v.Host
		if s.Secure {
			at = "https://" + v.Host
		}
	}
	return at + "/sign-in/institution/answer"
}

// vouchToEnter and vouchToConnect lead to the institution. They are links, since
// the pages' policy lets no form lead elsewhere; nothing of an account changes by them.
func (s *Server) vouchToEnter(v *visit) error {
	if s.Institution != nil && s.heldBack(v, "from "+origin(v.RemoteAddr)) {
		return s.refuseSignIn(v, http.StatusTooManyRequests, "sign-in.wait")
	}
	return s.vouch(v, ceremonyVouch, "", local(v.text("after")))
}

func (s *Server) vouchToConnect(v *visit) error {
	return s.vouch(v, ceremonyConnect, v.who.ID, "")
}

func (s *Server) vouch(v *visit, kind, account, after string) error {
	if s.Institution == nil {
		return errNoInstitution()
	}
	callback := s.callback(v)
	address, waits, err := s.Institution.Begin(v.Context(), callback, s.Rand)
	if err != nil {
		return err
	}
	pending, err := json.Marshal(vouching{waits, callback, after})
	if err != nil {
		return err
	}
	secret, err := s.office.BeginCeremony(v.Context(), kind, account, pending, vouchingLasts)
	if err != nil {
		return err
	}
	mark := "e"
	if kind == ceremonyConnect {
		mark = "c"
	}
	s.keepVouching(v.w, mark+secret)
	return v.goTo(address)
}

// vouched takes what the browser brings back from the institution.
func (s *Server) vouched(v *visit) error {
	if s.Institution == nil {
		return errNoInstitution()
	}
	cookie, err := v.Cookie(s.vouchCookie())
	if err != nil {
		return s.refuseSignIn(v, http.StatusForbidden, "sign-in.institution.lost")
	}
	s.keepVouching(v.w, "")
	secret, connects := strings.CutPrefix(cookie.Value, "c")
	if connects {
		return s.vouchedToConnect(v, secret)
	}
	token, after, err := s.enterVouched(v, strings.TrimPrefix(secret, "e"))
	switch {
	case err == nil:
		return s.seat(v, token, after)
	case errors.Is(err, errNotConnected), errors.Is(err, fault.Forbidden), errors.Is(err, fault.NotFound):
		key := "sign-in.institution.refused"
		if errors.Is(err, errNotConnected) {
			key = "sign-in.institution.unknown"
		}
		if err := s.noteFailed(v, "", "from "+origin(v.RemoteAddr)); err != nil {
			return err
		}
		return s.refuseSignIn(v, http.StatusForbidden, key)
	}
	return err
}

var errNotConnected = errors.New("no account is connected to whom the institution names")

func (s *Server) enterVouched(v *visit, secret string) (token, after string, err error) {
	pending, err := s.office.EndCeremony(v.Context(), ceremonyVouch, "", secret)
	if err != nil {
		return "", "", err
	}
	var w vouching
	if err := json.Unmarshal(pending, &w); err != nil {
		return "", "", err
	}
	who, err := s.Institution.End(v.Context(), w.Callback, w.Waits, v.URL.Query())
	if err != nil {
		return "", "", err
	}
	token, _, err = s.office.EnterVouched(v.Context(), who.Issuer, who.Subject, agent(v.Header.Get("User-Agent")))
	if errors.Is(err, fault.NotFound) {
		return "", "", errNotConnected
	}
	return token, local(w.After), err
}

// connectPage asks whether the account is to be connected to whom the
// institution named: whoever is signed in here need not be whoever is signed in there.
type connectPage struct {
	base
	Label    string
	As       string // how the institution names him; "" where it does not
	Subject  string
	Ceremony string
}

func (s *Server) vouchedToConnect(v *visit, secret string) error {
	if v.who.ID == "" {
		return v.goTo("/sign-in?after=" + url.QueryEscape("/account"))
	}
	pending, err := s.office.EndCeremony(v.Context(), ceremonyConnect, v.who.ID, secret)
	if err != nil {
		return err
	}
	var w vouching
	if err := json.Unmarshal(pending, &w); err != nil {
		return err
	}
	who, err := s.Institution.End(v.Context(), w.Callback, w.Waits, v.URL.Query())
	if err != nil {
		return err
	}
	named, err := json.Marshal(bound{who.Issuer, who.Subject})
	if err != nil {
		return err
	}
	p := &connectPage{base: v.base("connect.title", "label", s.Institution.Label), Label: s.Institution.Label, As: strings.TrimSpace(who.Name + " " + who.Email), Subject: who.Subject}
	p.Path = "/account" // the page's own address is used up
	if p.Ceremony, err = s.office.BeginCeremony(v.Context(), ceremonyBind, v.who.ID, named, vouchingLasts); err != nil {
		return err
	}
	return s.show(v, p)
}

func (s *Server) connect(v *visit) error {
	pending, err := s.office.EndCeremony(v.Context(), ceremonyBind, v.who.ID, v.text("ceremony"))
	if err != nil {
		return err
	}
	var b bound
	if err := json.Unmarshal(pending, &b); err != nil {
		return err
	}
	if err := s.office.Vouch(v.Context(), v.who.ID, b.Issuer, b.Subject); err != nil {
		return err
	}
	if err := s.noteAccount(v, audit.Changed, "institutions", v.who.ID); err != nil {
		return err
	}
	return v.goTo("/account?done=connected")
}

func (s *Server) disconnect(v *visit) error {
	if err := s.office.EndVouched(v.Context(), v.who.ID, v.PathValue("connection")); err != nil {
		return err
	}
	if err := s.noteAccount(v, audit.Changed, "institutions", v.who.ID); err != nil {
		return err
	}
	return v.goTo("/account?done=disconnected")
}
