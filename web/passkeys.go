// SPDX-License-Identifier: Apache-2.0

package web

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"time"

	"recount/audit"
	"recount/fault"
	"recount/signin/passkey"
	"recount/store"
)

// The ceremonies of passkeys, as the office tells them apart.
const (
	ceremonyAdd   = "passkey add"
	ceremonyEnter = "passkey enter"
)

// passkeysHere says whether passkeys work at the address at which the pages are
// asked for, and if not, at which they would.
type passkeysHere struct {
	Work  bool
	There string // the same room by a name, where this machine serves itself; "" elsewhere
}

func (s *Server) passkeysHere(v *visit) passkeysHere {
	if _, err := passkey.SiteOf(v.Host); err == nil {
		return passkeysHere{Work: true}
	}
	host, port, err := net.SplitHostPort(v.Host)
	if err != nil {
		host, port = v.Host, ""
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() || s.Secure { // a certificate names what it is for
		return passkeysHere{}
	}
	if port != "" {
		return passkeysHere{There: "http://" + net.JoinHostPort("localhost", port) + "/sign-in"}
	}
	return passkeysHere{There: "http://localhost/sign-in"}
}

// beginCeremony hands the browser's script what the browser is to do, and what
// names the ceremony when it comes back.
func (s *Server) beginCeremony(v *visit, kind, account string, options, pending []byte) error {
	secret, err := s.office.BeginCeremony(v.Context(), kind, account, pending, passkey.Lasts*time.Second)
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(v.w).Encode(struct {
		Ceremony string          `json:"ceremony"`
		Options  json.RawMessage `json:"options"`
	}{secret, options})
}

func (s *Server) offerPasskey(v *visit) error {
	site, err := passkey.SiteOf(v.Host)
	if err != nil {
		return err
	}
	has, err := s.office.Passkeys(v.Context(), v.who.ID)
	if err != nil {
		return err
	}
	keys := make([]passkey.Key, len(has))
	for i, k := range has {
		keys[i] = kept(k)
	}
	options, pending, err := site.Offer(v.who.ID, v.who.Name, keys, s.Rand)
	if err != nil {
		return err
	}
	return s.beginCeremony(v, ceremonyAdd, v.who.ID, options, pending)
}

func kept(k store.Passkey) passkey.Key {
	return passkey.Key{ID: k.Credential, Record: k.Record, Counter: k.Counter}
}

func (s *Server) addPasskey(v *visit) error {
	site, err := passkey.SiteOf(v.Host)
	if err != nil {
		return err
	}
	pending, err := s.office.EndCeremony(v.Context(), ceremonyAdd, v.who.ID, v.text("ceremony"))
	if err != nil {
		return err
	}
	k, err := site.Take(v.who.ID, pending, []byte(v.text("answer")))
	if err != nil {
		return err
	}
	name := v.text("name")
	if name == "" {
		name = agent(v.Header.Get("User-Agent"))
	}
	err = s.office.AddPasskey(v.Context(), v.who.ID, store.Passkey{Name: name, Site: site.Host, Credential: k.ID, Record: k.Record, Counter: k.Counter})
	if err == nil {
		err = s.noteAccount(v, audit.Changed, "passkeys", v.who.ID)
	}
	if err != nil {
		return err
	}
	return v.goTo("/account?done=passkey-added")
}

func (s *Server) namePasskey(v *visit) error {
	if err := s.office.NamePasskey(v.Context(), v.who.ID, v.PathValue("passkey"), v.text("name")); err != nil {
		return err
	}
	return v.goTo("/account?done=passkey-named")
}

func (s *Server) removePasskey(v *visit) error {
	if err := s.office.RemovePasskey(v.Context(), v.who.ID, v.PathValue("passkey")); err != nil {
		return err
	}
	if err := s.noteAccount(v, audit.Changed, "passkeys", v.who.ID); err != nil {
		return err
	}
	return v.goTo("/account?done=passkey-removed")
}

// askForPasskey begins to sign somebody in of whom nothing is known: the device
// knows for whom it has a passkey here.
func (s *Server) askForPasskey(v *visit) error {
	site, err := passkey.SiteOf(v.Host)
	if err != nil {
		return err
	}
	if s.heldBack(v, "from "+origin(v.RemoteAddr)) {
		return s.refuseSignIn(v, http.StatusTooManyRequests, "sign-in.wait")
	}
	options, pending, err := site.Ask(s.Rand)
	if err != nil {
		return err
	}
	return s.beginCeremony(v, ceremonyEnter, "", options, pending)
}

// signInByPasskey signs in whoever's passkey signed what was asked for. A
// passkey that nobody has and one that signed wrongly are told alike; that there
// is a copy of one is told, as whoever reads it holds the key.
func (s *Server) signInByPasskey(v *visit) error {
	from := "from " + origin(v.RemoteAddr)
	if s.heldBack(v, from) {
		return s.refuseSignIn(v, http.StatusTooManyRequests, "sign-in.wait")
	}
	token, known, err := s.checkPasskey(v)
	switch {
	case err == nil:
		return s.seat(v, token, local(v.text("after")))
	case errors.Is(err, passkey.ErrCopied), errors.Is(err, fault.NotFound), errors.Is(err, fault.Forbidden):
		if err := s.noteFailed(v, known, from); err != nil {
			return err
		}
		if errors.Is(err, passkey.ErrCopied) {
			return s.refuseSignIn(v, http.StatusForbidden, "sign-in.passkey.copied")
		}
		return s.refuseSignIn(v, http.StatusForbidden, "sign-in.passkey.refused")
	}
	return err
}

// checkPasskey answers a new session's token; account is whose passkey it is, ""
// nobody's.
func (s *Server) checkPasskey(v *visit) (token, account string, err error) {
	site, err := passkey.SiteOf(v.Host)
	if err != nil {
		return "", "", err
	}
	pending, err := s.office.EndCeremony(v.Context(), ceremonyEnter, "", v.text("ceremony"))
	if err != nil {
		return "", "", err
	}
	var was store.Passkey
	_, now, err := site.Check(pending, []byte(v.text("answer")), func(claimed string, id []byte) (passkey.Key, error) {
		found, err := s.office.PasskeyOf(v.Context(), claimed, id)
		if err == nil { // only now is it an account of ours
			was, account = found, claimed
		}
		return kept(found), err
	})
	if errors.Is(err, passkey.ErrCopied) {
		err = errors.Join(err, s.office.PasskeyCopied(v.Context(), account, was.Credential))
	}
	if err != nil {
		return "", account, err
	}
	token, err = s.office.EnterByPasskey(v.Context(), account, was, now.Record, now.Counter, agent(v.Header.Get("User-Agent")))
	return token, account, err
}
