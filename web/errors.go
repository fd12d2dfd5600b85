// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"recount/fault"
)

// errSignedOut is what somebody meets whose session is over, or who has none.
var errSignedOut = fmt.Errorf("%w: nobody is signed in", fault.Forbidden)

// errBroke is what somebody meets whose handler broke off.
var errBroke = errors.New("a handler broke off")

// problem is the page of everything that went wrong: what, why, and what can
// be done, with what was typed kept.
type problem struct {
	base
	Kind   string // fault.Name: the page's heading and advice in the catalogue
	Detail string // what the error says, for kinds that speak to the reader
	Typed  []typed
	Again  string // where what was typed can be sent to once more
}

// typed is a field of a form that could not be taken, kept in the page.
type typed struct{ Name, Value string }

// fail is the one place where an error becomes a page. An error of no kind is
// ours: its text goes to the log, without a value of the case in it, and the
// reader is told only that it happened.
func (s *Server) fail(v *visit, err error) {
	if errors.Is(err, errDone) || errors.Is(err, context.Canceled) {
		return
	}
	v.failed = true
	status, kind := fault.HTTPStatus(err), fault.Name(err)
	signedOut := errors.Is(err, errSignedOut)
	switch {
	case signedOut && (v.Method == http.MethodGet || v.Method == http.MethodHead):
		s.askToSignIn(v)
		return
	case signedOut:
		status, kind = http.StatusUnauthorized, "signed-out"
	}
	if _, known := fault.KindOf(err); !known || errors.Is(err, fault.Tampered) {
		s.Log.Error("request failed", "route", v.route.pattern, "kind", kind, "error", err.Error())
	}
	p := &problem{base: v.base("error." + kind + ".title"), Kind: kind, Typed: v.typed(), Again: v.URL.RequestURI()}
	// What is not there and what is not the reader's to see look the same.
	if kind != "internal" && kind != "not-found" && !signedOut {
		p.Detail = err.Error()
	}
	if len(p.Typed) == 0 {
		p.Again = ""
	}
	v.w.WriteHeader(status)
	if err := s.show(v, p); err != nil {
		s.Log.Error("the page of an error failed", "error", err.Error())
	}
}

// mend answers for a handler that broke off: whoever asked is told that the
// fault is ours, and what was typed comes back. Where it broke off is logged, and
// of what was asked for nothing but the route.
func (s *Server) mend(v *visit) {
	broken := recover()
	if broken == nil {
		return
	}
	if broken == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
		panic(broken)
	}
	s.Log.Error("a handler broke off", "route", v.route.pattern, "at", string(debug.Stack()))
	s.fail(v, errBroke)
}

// typed are the fields of the form that was sent, so that the page can carry
// them on. A file is not among them: the reader has it.
func (v *visit) typed() []typed {
	if v.route.noun() == "identities" {
		return nil // who somebody is: what a page carries on might be read by whoever signs in next
	}
	var all []typed
	for name, values := range v.PostForm {
		switch name {
		case "once": // what is sent from another page is another form
			continue
		case "password", "password_again", "passphrase", "passphrase_again", "secret", "code", "link", "ceremony", "answer": // no page shows them again
			continue
		}
		for _, value := range values {
			all = append(all, typed{name, value})
		}
	}
	slices.SortStableFunc(all, func(a, b typed) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// nowhere answers an address that the site map does not have.
func (s *Server) nowhere(v *visit) error {
	return fmt.Errorf("%w: there is no page of this address", fault.NotFound)
}

// refuseForeign answers a form that another site sent (http.CrossOriginProtection).
func (s *Server) refuseForeign(w http.ResponseWriter, r *http.Request) {
	v := &visit{Request: r, w: w, s: s, words: s.language(r)}
	s.fail(v, fmt.Errorf("%w: the form was sent by another site; open the page here and send it again", fault.Forbidden))
}
