// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/register"
	"recount/store"
)

// TestRefusedAlike: what is there and closed to somebody, and what is not there,
// are told alike and leave the same event, but for the id that was asked for.
func TestRefusedAlike(t *testing.T) {
	t.Parallel()
	r := open(t)
	desk := casework.Desk{Case: r.Case, Actor: "ann", Rand: r.Rand}
	closed, err := desk.DescribeSource(t.Context(), register.Source{Name: "A closed list", Kind: "list", Reliability: "C"}, casework.Why{Reason: "a test", Basis: "duty", Handling: "restricted"})
	if err != nil {
		t.Fatal(err)
	}
	there := r.send(access.Reader, "GET", "/case/case-1/sources/"+closed.ID, "")
	none := r.send(access.Reader, "GET", "/case/case-1/sources/s-0123456789abcdef", "")
	same := func(w string, id string) string { return strings.ReplaceAll(w, id, "ID") }
	if there.Code != http.StatusNotFound || none.Code != there.Code || same(there.Body.String(), closed.ID) != same(none.Body.String(), "s-0123456789abcdef") {
		t.Errorf("closed: %d, not there: %d, or the pages differ", there.Code, none.Code)
	}
	all := r.looked(func(all []store.Looked) bool { return len(all) >= 2 })
	if len(all) != 2 {
		t.Fatalf("%d events, want two", len(all))
	}
	if all[0].ID != "s-0123456789abcdef" || all[1].ID != closed.ID {
		t.Errorf("the ids are %q, %q", all[0].ID, all[1].ID)
	}
	for i := range all {
		all[i].ID, all[i].Time = "", ""
	}
	if all[0].Event != all[1].Event || all[0].Act != audit.Refused || all[0].Kind != "sources" {
		t.Errorf("the events differ: %+v, %+v", all[0].Event, all[1].Event)
	}
}

// TestRefusedHoldsNoContent: of an address that somebody typed only what looks
// like an id is written down, and of one who tries many not even that.
func TestRefusedHoldsNoContent(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.send(access.Reader, "GET", "/case/case-1/sources/"+url.PathEscape("Dovra Lenk"), "")
	if all := r.looked(func(all []store.Looked) bool { return len(all) == 1 }); all[0].ID != "" {
		t.Errorf("what was typed is written down: %q", all[0].ID)
	}
	r.send(access.Reader, "GET", "/case/case-1/accounts", "") // no such page: the site map does not have it
	r.send(access.Reader, "GET", "/case/no-such-case/records", "")
	r.send(access.Auditor, "GET", "/case/case-1/records", "")
	tries := 0
	for r.gather.inVain("a session") {
		tries++
	}
	if tries != mostVain {
		t.Errorf("%d ids of one session are written down, want %d", tries, mostVain)
	}
	outside := r.outside(func(all []store.Looked) bool { return len(refusals(all)) >= 1 })
	if got := refusals(outside); len(got) == 0 || got[0].Shown != 0 {
		t.Errorf("refused by role: %+v", got)
	}
}

func refusals(all []store.Looked) (some []store.Looked) {
	for _, l := range all {
		if l.Act == audit.Refused {
			some = append(some, l)
		}
	}
	return some
}

// TestOutsideOfCases: sign-ins and what is done to accounts are in the archive's
// own journal, which auditors see and nobody else.
func TestOutsideOfCases(t *testing.T) {
	t.Parallel()
	r := open(t)
	if w := r.send(writer, "POST", "/accounts", "name=Mira+Olten&role=member"); w.Code != http.StatusOK {
		t.Fatalf("inviting: %d", w.Code)
	}
	accounts, err := r.office.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var mira access.Account
	for _, a := range accounts {
		if a.Name == "Mira Olten" {
			mira = a
		}
	}
	r.send(writer, "POST", "/accounts/"+mira.ID+"/end", "x=1")
	r.send(writer, "POST", "/accounts/"+mira.ID+"/dismiss", "x=1")
	want := map[audit.Act]int{audit.SignedIn: len(everybody()), audit.Invited: 1, audit.Changed: 2, audit.Listed: 1}
	all := r.outside(func(all []store.Looked) bool { return len(all) >= len(everybody())+4 })
	got := map[audit.Act]int{}
	for _, l := range all {
		got[l.Act]++
		if l.Act == audit.Invited && (l.Actor != "A writer" || l.ID != mira.ID) {
			t.Errorf("an invitation is noted as %+v", l)
		}
	}
	for act, n := range want {
		if got[act] != n {
			t.Errorf("%s: %d events, want %d; %v", act, got[act], n, got)
		}
	}
	for _, role := range []access.Role{access.Reader, writer} {
		if w := r.send(role, "GET", "/audit", ""); w.Code != http.StatusForbidden {
			t.Errorf("who signed in, for a %s: %d, want 403", role, w.Code)
		}
	}
	page := r.send(access.Auditor, "GET", "/audit?act=invited", "")
	if page.Code != http.StatusOK || !strings.Contains(page.Body.String(), mira.ID) || strings.Contains(page.Body.String(), "signed-in") && !strings.Contains(page.Body.String(), "<option") {
		t.Errorf("the auditor's page: %d %s", page.Code, page.Body)
	}
	looked := r.outside(func(all []store.Looked) bool { return all[0].Actor == "A auditor" && all[0].Kind == "audit" })
	if looked[0].Act != audit.Listed || looked[0].Shown != 1 {
		t.Errorf("the auditor's own look: %+v", looked[0])
	}
}

// TestWrittenWithinTheTick: a page may be shown before it is written that it was,
// and is written with the next tick; what leaves is written before its first byte.
// The order is that of events: the clock of the gatherer stands until it is moved.
func TestWrittenWithinTheTick(t *testing.T) {
	t.Parallel()
	r := open(t)
	tick := make(chan time.Time)
	g := newGatherer(r.Server)
	g.tick = func() (<-chan time.Time, func()) { return tick, func() {} }
	r.gather.close()
	r.gather = g
	r.get("/case/case-1/records")
	if all := r.looked(func([]store.Looked) bool { return true }); len(all) != 0 {
		t.Fatalf("%d events before the clock was moved", len(all))
	}
	tick <- time.Time{} // the look may come to the gatherer after this one
	tick <- time.Time{}
	tick <- time.Time{} // by now the second is over
	if all := r.looked(func([]store.Looked) bool { return true }); len(all) != 1 || all[0].Kind != "records" {
		t.Fatalf("after the clock was moved: %+v", all)
	}
	exhibit := r.exhibit("letter.txt", []byte("a letter\n"))
	for range 3 {
		tick <- time.Time{}
	}
	before := len(r.looked(func([]store.Looked) bool { return true }))
	w := &watching{header: http.Header{}, first: func() int {
		return len(r.looked(func([]store.Looked) bool { return true }))
	}}
	req, err := http.NewRequestWithContext(t.Context(), "GET", exhibit+"/file", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(r.cookies[writer])
	r.handler.ServeHTTP(w, req)
	if w.body != "a letter\n" || w.seen != before+1 {
		t.Errorf("of a download %q was sent; %d events stood by its first byte, want %d", w.body, w.seen, before+1)
	}
}

// watching asks something when the first byte of an answer is sent.
type watching struct {
	header http.Header
	first  func() int
	seen   int
	body   string
}

func (w *watching) Header() http.Header { return w.header }
func (w *watching) WriteHeader(int)     {}
func (w *watching) Write(b []byte) (int, error) {
	if w.body == "" {
		w.seen = w.first()
	}
	w.body += string(b)
	return len(b), nil
}
