// SPDX-License-Identifier: Apache-2.0

package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"recount/access"
	"recount/fault"
)

// cookieName is the session's cookie. Over TLS the name's prefix binds it to
// this host and to TLS (RFC 6265bis section 4.1.3).
func (s *Server) cookieName() string {
	if s.Secure {
		return "__Host-recount"
	}
	return "recount"
}

// account is who sends the request: the zero Account where nobody is signed in.
func (s *Server) account(v *visit) (access.Account, error) {
	cookie, err := v.Cookie(s.cookieName())
	if err != nil || s.office == nil { // before the first start's page is filled in there are no accounts
		return access.Account{}, nil //nolint:nilerr // no cookie is nobody, not an error
	}
	session, err := s.office.Session(v.Context(), cookie.Value)
	if errors.Is(err, fault.NotFound) {
		return access.Account{}, nil
	}
	if err != nil {
		return access.Account{}, err
	}
	v.token, v.session, v.look = cookie.Value, session.ID, session.Look
	if session.Language != "" {
		v.words = s.Words.Language(s.Words.Match(session.Language, v.Header.Get("Accept-Language")))
	}
	return session.Account, nil
}

// keepSession gives the browser its token, or takes it away. The cookie holds
// nothing else, no script can read it, and it ends with the browser.
func (s *Server) keepSession(w http.ResponseWriter, token string) {
	c := &http.Cookie{Name: s.cookieName(), Value: token, Path: "/", HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode}
	if token == "" {
		c.Expires, c.MaxAge = time.Unix(1, 0), -1
	}
	http.SetCookie(w, c)
}

// seat gives the browser a session that has just begun and ends the one that it
// had: no token from before signing in goes on after it.
func (s *Server) seat(v *visit, token, to string) error {
	if v.token != "" {
		if err := s.office.SignOut(v.Context(), v.token); err != nil {
			return err
		}
	}
	if err := s.noteSignedIn(v.Context(), token); err != nil {
		return err
	}
	s.keepSession(v.w, token)
	return v.goTo(to)
}

// signInPage shows whom a one-time link signs in, and asks to go on: a link
// that is only looked at, by a mail program or a preview, is not used up.
type signInPage struct {
	base
	Link    string
	As      string // "" without a link that works
	Role    string
	Bad     bool
	After   string // where the reader wanted to go
	Refused string // why name, password and code were not taken
	Name    string // as it was typed

	Passkeys    passkeysHere
	Institution string // what people call the one that can be asked; "" none
}

func (s *Server) signInPage(v *visit) *signInPage {
	return &signInPage{base: v.base("sign-in.title"), After: local(v.text("after")), Passkeys: s.passkeysHere(v), Institution: s.institution()}
}

// institution is what people call the one that can be asked; "" none.
func (s *Server) institution() string {
	if s.Institution == nil {
		return ""
	}
	return s.Institution.Label
}

func (s *Server) signInForm(v *visit) error {
	p := s.signInPage(v)
	p.Link = v.text("link")
	if p.Link == "" {
		return s.show(v, p)
	}
	who, err := s.office.Invited(v.Context(), p.Link)
	switch {
	case errors.Is(err, fault.NotFound):
		p.Bad, v.status = true, http.StatusNotFound
	case err != nil:
		return err
	default:
		p.As, p.Role = who.Name, v.words.T("archive-role."+string(who.Role))
	}
	return s.show(v, p)
}

func (s *Server) signIn(v *visit) error {
	if v.PostForm.Has("password") {
		return s.signInByPassword(v)
	}
	token, _, err := s.office.SignIn(v.Context(), v.text("link"), agent(v.Header.Get("User-Agent")))
	if errors.Is(err, fault.NotFound) {
		s.gather.refuse("")
		v.status = http.StatusNotFound
		p := s.signInPage(v)
		p.Bad = true
		return s.show(v, p)
	}
	if err != nil {
		return err
	}
	return s.seat(v, token, local(v.text("after")))
}

// askToSignIn answers somebody who is not signed in and wants to look at a page.
func (s *Server) askToSignIn(v *visit) {
	http.Redirect(v.w, v.Request, "/sign-in?after="+url.QueryEscape(v.URL.RequestURI()), http.StatusSeeOther)
}

func (s *Server) signOut(v *visit) error {
	if err := s.office.SignOut(v.Context(), v.token); err != nil {
		return err
	}
	s.keepSession(v.w, "")
	return v.goTo("/sign-in")
}

// keepSettings keeps the language and the look of the pages, by account.
func (s *Server) keepSettings(v *visit) error {
	if err := s.office.Prefer(v.Context(), v.token, v.text("language"), v.text("look")); err != nil {
		return err
	}
	return v.goTo(local(v.text("after")))
}

// local is an address of ours: whatever could lead elsewhere becomes "/".
func local(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") || strings.ContainsAny(address, "\\\r\n\t") {
		return "/"
	}
	return address
}
