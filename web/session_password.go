// SPDX-License-Identifier: Apache-2.0

package web

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strconv"

	"recount/fault"
	"recount/names"
	"recount/signin"
	"recount/store"
)

// mostFailures is how often signing in to an account may fail in one window of
// the store's, over all addresses and restarts, before a password is not taken
// until the next. A link still is.
const mostFailures = 30

// signInByPassword signs somebody in by name, password and code, or a recovery
// code in the code's place. Whoever has no account, or no password, gets the same
// answer after the same work.
func (s *Server) signInByPassword(v *visit) error {
	tried := []string{"name " + names.Fold(v.text("name")), "from " + origin(v.RemoteAddr)}
	if s.heldBack(v, tried...) {
		return s.refuseSignIn(v, http.StatusTooManyRequests, "sign-in.wait")
	}
	token, known, err := s.checkPassword(v)
	switch {
	case errors.Is(err, fault.NotFound):
		if err := s.noteFailed(v, known, tried...); err != nil {
			return err
		}
		return s.refuseSignIn(v, http.StatusForbidden, "sign-in.refused")
	case err != nil:
		return err
	}
	s.tries.Passed(tried[0])
	return s.seat(v, token, local(v.text("after")))
}

// heldBack reports whether one of those who try has to wait, and says in a header how long.
func (s *Server) heldBack(v *visit, tried ...string) bool {
	for _, who := range tried {
		if wait := s.tries.Wait(who, s.Now()); wait > 0 {
			v.w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())+1))
			return true
		}
	}
	return false
}

// noteFailed counts a sign-in that failed, by whatever way: for whoever tried,
// for the account ("" where none of ours was meant), and for the auditor.
func (s *Server) noteFailed(v *visit, account string, tried ...string) error {
	for _, who := range tried {
		s.tries.Failed(who, s.Now())
	}
	s.gather.refuse(account)
	return s.office.NoteFailed(v.Context(), account)
}

// checkPassword answers a new session's token, or fault.NotFound, which does not
// say what was wrong; account is whose password was asked for, "" nobody's.
func (s *Server) checkPassword(v *visit) (token, account string, err error) {
	of, err := s.office.PasswordOf(v.Context(), v.text("name"))
	if errors.Is(err, fault.NotFound) {
		of = store.Password{Secret: make([]byte, signin.SecretBytes)} // the work is the same
	} else if err != nil {
		return "", "", err
	}
	right, err := s.passwords.Check(v.Context(), v.PostFormValue("password"), of.Hash)
	if err != nil {
		return "", "", err
	}
	step, inTime := signin.Codes(of.Secret).Check(v.text("code"), s.Now())
	if !right || of.Failed >= mostFailures {
		return "", of.Account, fault.NotFound
	}
	browser := agent(v.Header.Get("User-Agent"))
	if inTime {
		token, _, err = s.office.EnterByCode(v.Context(), of.Account, step, browser)
	} else {
		token, _, err = s.office.EnterByRecovery(v.Context(), of.Account, signin.RecoveryHash(v.text("code")), browser)
	}
	return token, of.Account, err
}

func (s *Server) refuseSignIn(v *visit, status int, key string) error {
	v.status = status
	p := s.signInPage(v)
	p.Refused, p.Name = v.words.T(key), v.text("name")
	return s.show(v, p)
}

// origin is whom an address is counted as: of IPv6 the first 64 bits, which one
// subscriber has to himself.
func origin(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if ip = ip.Unmap(); ip.Is6() {
		prefix, err := ip.WithZone("").Prefix(64)
		if err == nil {
			return prefix.String()
		}
	}
	return ip.String()
}
