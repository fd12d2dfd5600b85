// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"recount/access"
	"recount/audit"
	"recount/fault"
	"recount/store"
)

// mostVain is how much that a session asks for in vain is written down with its
// id within one time of refusedFor; what comes after is counted without.
const mostVain = 100

// identifier is what an id in an address may look like to be written down.
// Anything else was typed, and could be content.
var identifier = regexp.MustCompile(`^([a-z]-[0-9a-f]{16}|[0-9a-f]{64}|[0-9]{1,16})$`)

// refused writes down that somebody who is signed in asked for what is not shown
// to them. What is not there and what is not theirs to see leaves the same event.
func (s *Server) refused(v *visit, err error) {
	kind, known := fault.KindOf(err)
	if v.who.ID == "" || v.route.act == access.Open || !known || !errors.Is(kind, fault.NotFound) && !errors.Is(kind, fault.Forbidden) {
		return
	}
	e := audit.Event{
		Time: audit.At(s.Now()), Actor: v.who.Name, Session: shortID(v.token), Act: audit.Refused,
		Kind: v.route.noun(), ID: v.asked(),
	}
	if e.Kind == "" {
		e.Kind = "cases"
	}
	var of audited = s.Archive
	if v.room != nil {
		of = v.room
	}
	if !s.gather.inVain(v.token) {
		e.ID = ""
	}
	if err := s.gather.look(context.WithoutCancel(v.Context()), of, store.Look{Event: e}); err != nil {
		s.Log.Error("what was refused could not be written down", "case", whose(of), "error", err.Error())
	}
}

// asked are the ids in the address, as far as they look like ids.
func (v *visit) asked() string {
	parts := strings.Split(v.things(), "/")
	for i, p := range parts {
		if !identifier.MatchString(p) {
			parts[i] = ""
		}
	}
	return strings.Trim(strings.Join(parts, "/"), "/")
}

// inVain counts what a session asks for in vain, and tells whether its ids are
// still written down.
func (g *gatherer) inVain(session string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.s.Now(); now.Sub(g.vainly) >= refusedFor {
		g.vainly = now
		clear(g.vain)
	}
	g.vain[session]++
	return g.vain[session] <= mostVain
}

// refuse counts a sign-in that failed: by the account's id, or all together where
// the name is none of ours ("").
func (g *gatherer) refuse(account string) {
	g.start.Do(func() { go g.run() })
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.refused) == 0 {
		g.since = g.s.Now()
	}
	g.refused[account]++
}

// tellRefused writes down the sign-ins that failed, one event for each account,
// when their time is over, in the archive's own audit journal.
func (g *gatherer) tellRefused(now bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.refused) == 0 || !now && g.s.Now().Sub(g.since) < refusedFor {
		return
	}
	ctx, end := context.WithTimeout(context.Background(), writeFor)
	defer end()
	accounts, err := g.s.office.Accounts(ctx)
	var looks []store.Look
	for _, id := range slices.Sorted(maps.Keys(g.refused)) {
		e := audit.Event{Actor: "unknown", Act: audit.Refused, Kind: "sign-in", ID: id, Times: g.refused[id]}
		for _, a := range accounts {
			if a.ID == id {
				e.Actor = a.Name
			}
		}
		looks = append(looks, store.Look{Event: e})
	}
	if err == nil {
		err = g.write(ctx, g.s.Archive, looks...)
	}
	if err != nil {
		g.s.Log.Error("failed sign-ins could not be written", "accounts", len(looks), "error", err.Error())
		return
	}
	clear(g.refused)
}

// noteAccount writes down what was done to an account, durably.
func (s *Server) noteAccount(v *visit, act audit.Act, kind, id string) error {
	e := audit.Event{Time: audit.At(s.Now()), Actor: v.who.Name, Session: shortID(v.token), Act: act, Kind: kind, ID: id, Shown: 1}
	return s.gather.look(v.Context(), s.Archive, store.Look{Event: e})
}

// noteSignedIn writes down that a session began, whatever way led to it.
func (s *Server) noteSignedIn(ctx context.Context, token string) error {
	session, err := s.office.Session(ctx, token)
	if err != nil {
		return err
	}
	e := audit.Event{Time: audit.At(s.Now()), Actor: session.Account.Name, Session: shortID(token), Act: audit.SignedIn, Kind: "sign-in", ID: session.Account.ID}
	return s.gather.look(ctx, s.Archive, store.Look{Event: e})
}

// outside tells routes of no case that show more than one's own account: who
// there is, which cases there are, who looked.
func (r route) outside() bool {
	method, path, _ := strings.Cut(r.pattern, " ")
	switch r.noun() {
	case "{$}", "accounts", "audit":
		return r.act != access.Open && !strings.HasPrefix(path, "/case/") && (method == http.MethodGet || path == "/accounts")
	}
	return false
}
