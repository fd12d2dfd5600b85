// SPDX-License-Identifier: Apache-2.0

package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"recount/access"
	"recount/audit"
	"recount/store"
)

// looked waits until what was gathered is written, and answers it, newest first.
func (r *reading) looked(enough func([]store.Looked) bool) []store.Looked {
	r.t.Helper()
	return r.lookedAt(r.Case, enough)
}

// outside is looked, of what belongs to no case.
func (r *reading) outside(enough func([]store.Looked) bool) []store.Looked {
	r.t.Helper()
	return r.lookedAt(r.Archive, enough)
}

func (r *reading) lookedAt(of audited, enough func([]store.Looked) bool) []store.Looked {
	r.t.Helper()
	a, err := of.Audit(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	for range 200 {
		all, err := a.Newest(r.t.Context(), audit.Filter{}, -1, 1000)
		if err != nil {
			r.t.Fatal(err)
		}
		if enough(all) {
			return all
		}
		time.Sleep(50 * time.Millisecond)
	}
	r.t.Fatal("who looked was not written within ten seconds")
	return nil
}

// TestEveryRouteIsAudited walks the site map twice: with handlers that show
// something in every way there is, so that no route is left out because nothing
// is there, and with the routes' own handlers.
func TestEveryRouteIsAudited(t *testing.T) {
	t.Parallel()
	r := open(t)
	mux := http.NewServeMux()
	for _, route := range r.routes {
		route.handle = func(_ *Server, v *visit) error {
			if v.Header.Get("Status") == "409" {
				v.w.WriteHeader(http.StatusConflict)
			}
			_, err := io.WriteString(v.w, "content of a case")
			return err
		}
		mux.HandleFunc(route.pattern, r.serve(route))
	}
	tried := 0
	for _, route := range r.routes {
		method, address, _ := strings.Cut(route.pattern, " ")
		if !strings.HasPrefix(address, "/case/{case}") || method == http.MethodPost && route.act.Changes() || !route.audited() {
			continue // that an act may name what is there is asked before its handler
		}
		tried++
		as := writer
		if route.act == access.Audit {
			as = access.Auditor
		}
		address = wildcard.ReplaceAllString(strings.ReplaceAll(address, "{case}", "case-1"), "x-0000000000000000")
		for _, status := range []string{"200", "409"} {
			req := httptest.NewRequest(method, address, nil)
			req.Header.Set("Status", status)
			r.seat(as)
			req.AddCookie(r.cookies[as])
			w, n := httptest.NewRecorder(), r.gather.taken.Load()
			mux.ServeHTTP(w, req)
			if got := r.gather.taken.Load() - n; got != 1 || w.Body.String() != "content of a case" {
				t.Errorf("%s, shown with %s: %d events, want one; %s", route.pattern, status, got, w.Body)
			}
		}
	}
	if tried < 40 {
		t.Errorf("%d routes were tried: this test would say little", tried)
	}
}

// TestRoutesAreAudited: the routes' own answers. What shows nothing of the case
// leaves no event.
func TestRoutesAreAudited(t *testing.T) {
	t.Parallel()
	r := open(t)
	shown, nothing := 0, 0
	for _, route := range r.routes {
		method, address, _ := strings.Cut(route.pattern, " ")
		if !strings.HasPrefix(address, "/case/{case}") {
			continue
		}
		if want := route.pattern != "POST /case/{case}/drafts"; route.audited() != want {
			t.Errorf("%s is audited: %t, want %t", route.pattern, route.audited(), want)
		}
		as, form := writer, ""
		if route.act == access.Audit {
			as = access.Auditor
		}
		if method == http.MethodPost {
			form = "x=1"
		}
		address = wildcard.ReplaceAllString(strings.ReplaceAll(address, "{case}", "case-1"), "x-0000000000000000")
		n := r.gather.taken.Load()
		w := r.send(as, method, address, form)
		got := r.gather.taken.Load() - n
		switch {
		case w.Code == http.StatusOK && route.audited():
			if shown++; got != 1 {
				t.Errorf("%s shows a page, and left %d events, want one", route.pattern, got)
			}
		case w.Code == http.StatusNotFound: // asked for in vain; a job that is over has a page
			if nothing++; got != 1 {
				t.Errorf("%s: what was asked for in vain left %d events, want one", route.pattern, got)
			}
		case w.Code >= 300 && w.Code < 400, !route.audited():
			if nothing++; got != 0 {
				t.Errorf("%s: %d shows nothing, and left %d events", route.pattern, w.Code, got)
			}
		}
	}
	if shown < 15 || nothing < 15 {
		t.Errorf("%d routes showed something and %d did not: this test would say little", shown, nothing)
	}
}

func TestLooks(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.get("/case/case-1/records")
	r.get("/case/case-1/sources/new")
	r.get("/case/case-1/search?q=Dovra+Lenk")
	if w := r.send(access.Reader, "GET", "/case/case-1/persons/p-0000000000000000", ""); w.Code != http.StatusNotFound {
		t.Fatalf("a person that is not there: %d", w.Code)
	}
	all := r.looked(func(all []store.Looked) bool { return len(all) >= 4 })
	if len(all) != 4 {
		t.Fatalf("%d events, want the three pages that were shown, and what was not", len(all))
	}
	if got := all[0]; got.Act != audit.Refused || got.Kind != "persons" || got.ID != "p-0000000000000000" || got.Actor != "A reader" || got.Shown != 0 {
		t.Errorf("what was asked for in vain is noted as %+v", got)
	}
	all = all[1:]
	for i, want := range []audit.Event{
		{Act: audit.Searched, Kind: "search", Class: "internal"},
		{Act: audit.Viewed, Kind: "sources", Shown: 1},
		{Act: audit.Listed, Kind: "records"},
	} {
		got := all[i].Event
		if len(got.Session) != 8 || got.Actor != "A writer" {
			t.Errorf("event %d is by %q in the session %q", i, got.Actor, got.Session)
		}
		got.Time, got.Actor, got.Session, got.Words = "", "", "", ""
		if got != want {
			t.Errorf("event %d is %+v, want %+v", i, got, want)
		}
	}
	if all[0].Text != "Dovra Lenk" {
		t.Errorf("what was searched for is kept as %q", all[0].Text)
	}
}

// TestAuditPage: for auditors alone, and they see nothing else of a case.
func TestAuditPage(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.get("/case/case-1/records")
	r.get("/case/case-1/search?q=" + "%3Cscript%3Ealert(1)%3C%2Fscript%3E")
	r.looked(func(all []store.Looked) bool { return len(all) >= 2 })
	for _, role := range []access.Role{access.Reader, writer} {
		if w := r.send(role, "GET", "/case/case-1/audit", ""); w.Code != http.StatusForbidden {
			t.Errorf("who looked, for a %s: %d, want 403", role, w.Code)
		}
	}
	page := r.send(access.Auditor, "GET", "/case/case-1/audit", "")
	if body := page.Body.String(); page.Code != http.StatusOK || !strings.Contains(body, "A writer") || !strings.Contains(body, "&lt;script&gt;alert(1)") || strings.Contains(body, "<script>alert") || strings.Contains(body, `role="search"`) {
		t.Errorf("the auditor's page: %d %s", page.Code, body)
	}
	listed := r.send(access.Auditor, "GET", "/case/case-1/audit?act=listed&who=A+writer&kind=records", "").Body.String()
	if !strings.Contains(listed, "A writer") || strings.Contains(listed, "alert(1)") {
		t.Errorf("filtered: %s", listed)
	}
	if w := r.send(access.Auditor, "GET", "/case/case-1/audit?act=glanced", ""); w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusBadRequest {
		t.Errorf("an act that is none: %d", w.Code)
	}
	for _, address := range []string{"/case/case-1", "/case/case-1/records", "/case/case-1/search?q=x", "/case/case-1/journal", "/accounts"} {
		if w := r.send(access.Auditor, "GET", address, ""); w.Code != http.StatusForbidden {
			t.Errorf("%s for an auditor: %d, want 403", address, w.Code)
		}
	}
	if w := r.send(access.Auditor, "GET", "/", ""); w.Header().Get("Location") != "/case/case-1/audit" {
		t.Errorf("an auditor enters at %q", w.Header().Get("Location"))
	}
	all := r.looked(func(all []store.Looked) bool { return len(all) >= 4 })
	if all[0].Actor != "A auditor" || all[0].Kind != "audit" {
		t.Errorf("the auditor's own look is noted as %+v", all[0])
	}
}

// TestUnwritten: what cannot be written down is not shown.
func TestUnwritten(t *testing.T) {
	t.Parallel()
	r := open(t)
	// A file where the journal's folder should be: nothing can be written there.
	dir := filepath.Join(r.dir, "cases", "case-1", "audit")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r.get("/case/case-1/records") // gathered; that it cannot be written is found a moment later
	for range 200 {
		if r.gather.failing.Load() {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	w := r.send(writer, "GET", "/case/case-1/records", "")
	if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), `class="list"`) {
		t.Errorf("a page that cannot be audited: %d", w.Code)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	// Nothing was dropped: the first look is written once it can be.
	r.looked(func(all []store.Looked) bool { return len(all) == 1 })
	r.get("/case/case-1/records")
}

// TestFailedSignIns: one event for a quarter of an hour, however often they fail.
func TestFailedSignIns(t *testing.T) {
	t.Parallel()
	r := open(t)
	for range 3 {
		r.send("", "POST", "/sign-in", "link=none")
	}
	r.gather.tellRefused(false)
	if all := refusals(r.outside(func([]store.Looked) bool { return true })); len(all) != 0 {
		t.Fatalf("%d events before the time is over", len(all))
	}
	r.gather.tellRefused(true)
	all := refusals(r.outside(func(all []store.Looked) bool { return len(refusals(all)) > 0 }))
	if len(all) != 1 {
		t.Fatalf("%d events, want one", len(all))
	}
	if all[0].Act != audit.Refused || all[0].Actor != "unknown" || all[0].Times != 3 {
		t.Errorf("failed sign-ins are noted as %+v", all[0])
	}
}

// TestUnwrittenDownload: what cannot be written down is not downloaded.
func TestUnwrittenDownload(t *testing.T) {
	t.Parallel()
	r := open(t)
	exhibit := r.exhibit("letter.txt", []byte("a letter\n"))
	dir := filepath.Join(r.dir, "cases", "case-1", "audit")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err) // nobody has looked yet
	}
	for range 2 {
		w := r.send(writer, "GET", exhibit+"/file", "")
		if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "a letter") || w.Header().Get("Content-Disposition") != "" {
			t.Errorf("a download that cannot be noted: %d %v", w.Code, w.Header())
		}
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if w := r.send(writer, "GET", exhibit+"/file", ""); w.Code != http.StatusOK || w.Body.String() != "a letter\n" {
		t.Errorf("once it can be noted: %d", w.Code)
	}
}
