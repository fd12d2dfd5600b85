// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"recount/access"
	"recount/casework"
	"recount/fault"
	"recount/store"
	"recount/web/words"
)

// route is a line of the site map. The zero act is refused by access.
type route struct {
	pattern string
	act     access.Act
	handle  func(*Server, *visit) error
}

// noun is what the route is about, from its address: "records" in
// "GET /case/{case}/records/{record}".
func (r route) noun() string {
	_, path, _ := strings.Cut(r.pattern, " ")
	path = strings.TrimPrefix(strings.TrimPrefix(path, "/case/{case}"), "/")
	noun, _, _ := strings.Cut(path, "/")
	return noun
}

// visit is one request: who asks, in which case and language, and what was sent.
type visit struct {
	*http.Request
	w     http.ResponseWriter
	s     *Server
	who   access.Account
	room  *store.Case // the case; nil outside of one
	words words.Language
	route route

	token     string // of the session
	session   string // its id
	look      string // "", "light" or "dark"
	caseTitle string
	status    int    // of the answer, where it is not 200
	led       string // where a form that was carried out leads
	shown     int    // how many things of a list are shown
	failed    bool   // the answer says what went wrong, and nothing else
}

// serve asks access, opens the case that the address names, and lets the route
// answer. Every answer that is an error is rendered by fail, and only there.
func (s *Server) serve(r route) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		v := &visit{Request: req, w: w, s: s, route: r, words: s.language(req)}
		defer s.mend(v)
		if err := s.admit(v); err != nil {
			s.refused(v, err)
			s.fail(v, err)
			return
		}
		h := v.hold()
		if err := h.end(s.carryOut(v)); err != nil {
			s.refused(v, err)
			s.fail(v, err)
		}
	}
}

// admit finds who asks, has access decide, and only then opens the case.
func (s *Server) admit(v *visit) error {
	who, err := s.account(v)
	if err != nil {
		return err
	}
	caseID := v.PathValue("case")
	if v.who, err = s.seated(v.Context(), who, caseID); err != nil {
		return err
	}
	who = v.who
	if err := s.May(who, v.route.act, access.Thing{Case: caseID, Kind: v.route.noun(), ID: v.thingID()}); err != nil {
		if who.ID == "" && v.route.act != access.Open {
			// What was typed is kept in the answer, as far as it can be read.
			return errors.Join(errSignedOut, v.bound())
		}
		return err
	}
	if err := v.bound(); err != nil {
		return err
	}
	if caseID == "" {
		return nil
	}
	r, err := s.opened(v.Context(), caseID)
	if err != nil {
		return err
	}
	v.room, v.caseTitle = r.Case, r.title
	return v.acted()
}

// seated is the account with the seat that it has in a case. A case that is not
// there gives none, so that it is told like one that is and is not open to them.
func (s *Server) seated(ctx context.Context, who access.Account, caseID string) (access.Account, error) {
	if caseID == "" || who.ID == "" {
		return who, nil
	}
	r, err := s.opened(ctx, caseID)
	if errors.Is(err, fault.NotFound) || errors.Is(err, fault.Invalid) {
		return who, nil
	}
	if err != nil {
		return who, err
	}
	err = r.Read(ctx, func(r store.Reader) error {
		seat, err := r.SeatOf(ctx, who.Name, s.Now())
		who = who.In(seat)
		return err
	})
	return who, err
}

// thingID is the last wildcard of the address, other than the case.
func (v *visit) thingID() string {
	name := v.route.pattern[strings.LastIndexByte(v.route.pattern, '{')+1:]
	name, _, _ = strings.Cut(name, "}")
	if name == "case" || name == "" {
		return ""
	}
	return v.PathValue(name)
}

// read asks the case in one snapshot for what the visitor may see.
func (v *visit) read(ask func(ctx context.Context, r store.Reader) error) error {
	return v.room.ReadAs(v.Context(), access.ScopeOf(v.who), func(r store.Reader) error { return ask(v.Context(), r) })
}

// readWhole asks it for all that there is: for a figure's answer, which does not
// depend on who reads it, and for nothing that is shown beside it.
func (v *visit) readWhole(ask func(ctx context.Context, r store.Reader) error) error {
	return v.room.Read(v.Context(), func(r store.Reader) error { return ask(v.Context(), r) })
}

// desk is the case with the visitor at work in it.
func (v *visit) desk() casework.Desk {
	return casework.Desk{Case: v.room, Actor: v.who.Name, Rand: v.s.Rand}
}

// why reads the three fields that every form of an act has.
func (v *visit) why() casework.Why {
	return casework.Why{Reason: v.text("reason"), Basis: v.text("basis"), Handling: v.text("handling")}
}

// text is a field of a form or of the address, without the space around it.
func (v *visit) text(name string) string { return strings.TrimSpace(v.FormValue(name)) }

// link is an address within the case, its parts escaped: v.link("records", id).
func (v *visit) link(parts ...string) string {
	if v.room == nil {
		return "/" + join(parts)
	}
	return caseLink(v.PathValue("case"), parts...)
}

func caseLink(id string, parts ...string) string {
	return strings.TrimSuffix("/case/"+url.PathEscape(id)+"/"+join(parts), "/")
}

func join(parts []string) string {
	escaped := make([]string, len(parts))
	for i, p := range parts {
		escaped[i] = url.PathEscape(p)
	}
	return strings.Join(escaped, "/")
}

// goTo answers a form that was carried out: look there now (303, RFC 9110 section 15.4.4).
func (v *visit) goTo(address string) error {
	v.led = address
	http.Redirect(v.w, v.Request, address, http.StatusSeeOther)
	return nil
}
