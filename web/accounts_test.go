// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// TestFurtherCase: a further case is opened by its form and has a page of its own.
func TestFurtherCase(t *testing.T) {
	t.Parallel()
	r := open(t)
	has(t, r.get("/case/case-1"), "/cases/new", "/accounts")
	has(t, r.get("/cases/new"), "Open a further case")
	_, page := r.post("/cases", url.Values{"title": {`"><img src=x>`}, "case_id": {"Case 2"}}, http.StatusUnprocessableEntity)
	has(t, page, "a small letter", "Case 2", "&#34;&gt;&lt;img src=x&gt;")
	_, page = r.post("/cases", url.Values{"title": {"Another"}, "case_id": {"case-1"}}, http.StatusConflict)
	has(t, page, "Another")
	to, _ := r.post("/cases", url.Values{"title": {"The ferry"}, "case_id": {"ferry"}, "reason": {"a second inquiry"}}, http.StatusSeeOther)
	has(t, r.get(to), "The ferry", "The case is open.")
	has(t, r.get("/"), "Invented case", "The ferry", "/case/ferry")
}

var shownLink = regexp.MustCompile(`value="http://example.com(/sign-in\?link=([A-Za-z0-9_-]{43}))"`) //nolint:gochecknoglobals // never changes

// TestAccounts: a colleague is invited by a link that is shown once, and dismissed.
func TestAccounts(t *testing.T) {
	t.Parallel()
	r := open(t)
	has(t, r.get("/accounts"), "A reader", "A writer", "administrator: makes accounts", "Invite somebody")
	_, page := r.post("/accounts", url.Values{"name": {"<script>x</script>"}, "role": {"king"}}, http.StatusUnprocessableEntity)
	has(t, page, "&lt;script&gt;x&lt;/script&gt;", "member")
	_, page = r.post("/accounts", url.Values{"name": {"B. Colleague"}, "role": {"member"}}, http.StatusOK)
	found := shownLink.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no link is shown:\n%s", page)
	}
	again := r.get("/accounts")
	has(t, again, "B. Colleague")
	if strings.Contains(again, found[2]) {
		t.Error("the link is shown a second time")
	}
	answer := r.send("", "POST", "/sign-in", "link="+found[2])
	if answer.Code != http.StatusSeeOther {
		t.Fatalf("signing in by the link: %d", answer.Code)
	}
	r.cookies["colleague"] = answer.Result().Cookies()[0]
	if w := r.send("colleague", "GET", "/case/case-1", ""); w.Code != http.StatusForbidden {
		t.Errorf("the colleague without a seat: %d, want 403", w.Code)
	}
	has(t, r.send("colleague", "GET", "/", "").Body.String(), "You are in no case yet")
	r.post("/case/case-1/members", url.Values{"name": {"B. Colleague"}, "role-reader": {"yes"}, "reason": {"helps"}}, http.StatusSeeOther)
	has(t, r.get("/case/case-1/members"), "B. Colleague", "reader")
	if w := r.send("colleague", "GET", "/case/case-1", ""); w.Code != http.StatusOK {
		t.Errorf("the colleague: %d", w.Code)
	}
	if w := r.send("colleague", "GET", "/accounts", ""); w.Code != http.StatusForbidden {
		t.Errorf("a reader at the accounts: %d, want 403", w.Code)
	}

	id := regexp.MustCompile(`/accounts/(a-[0-9a-f]{16})/dismiss"><button class="plain">Dismiss<span class="unseen"> B\. Colleague`).FindStringSubmatch(again)
	if id == nil {
		t.Fatalf("nobody can be dismissed:\n%s", again)
	}
	to, _ := r.post("/accounts/"+id[1]+"/dismiss", url.Values{"x": {"1"}}, http.StatusSeeOther)
	has(t, r.get(to), "All sessions and links of the account have ended.")
	if w := r.send("colleague", "GET", "/case/case-1", ""); w.Code != http.StatusSeeOther {
		t.Errorf("the colleague, dismissed: %d", w.Code)
	}
	me, err := r.office.Session(t.Context(), r.cookies[writer].Value)
	if err != nil {
		t.Fatal(err)
	}
	r.post("/accounts/"+me.Account.ID+"/dismiss", url.Values{"x": {"1"}}, http.StatusUnprocessableEntity)
	r.post("/accounts/a-0000000000000000/dismiss", url.Values{"x": {"1"}}, http.StatusNotFound)
}
