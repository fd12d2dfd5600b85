// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"recount/access"
)

// TestAgent: the beginnings are those of the browsers' own headers.
func TestAgent(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                  "Firefox, Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":           "Edge, Windows",
		"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":                         "Chromium, Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":                   "Safari, Mac",
		"": "", "<script>": "", "curl/8.5.0": "",
	} {
		if got := agent(header); got != want {
			t.Errorf("agent(%q) = %q, want %q", header, got, want)
		}
	}
}

// again signs a role's account in once more, and answers the cookie.
func (r *reading) again(role access.Role) *http.Cookie {
	r.t.Helper()
	secret, err := r.office.Invite(r.t.Context(), "A "+string(role), "", time.Hour)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.send("", "POST", "/sign-in", "link="+secret).Result().Cookies()[0]
}

var endOf = regexp.MustCompile(`/account/sessions/(v-[0-9a-f]{16})/end`) //nolint:gochecknoglobals // never changes

// TestOwnSessions: somebody sees his own sessions, ends one, and all others.
func TestOwnSessions(t *testing.T) {
	t.Parallel()
	r := open(t)
	r.cookies["reader again"] = r.again(access.Reader)
	mine := r.send(access.Reader, "GET", "/account", "").Body.String()
	if n := len(endOf.FindAllString(mine, -1)); n != 2 || strings.Count(mine, "this one") != 1 {
		t.Fatalf("%d sessions are shown, want 2, one of them this one:\n%s", n, mine)
	}
	foreign := endOf.FindStringSubmatch(mine)[1]
	r.post("/account/sessions/"+foreign+"/end", url.Values{"x": {"1"}}, http.StatusNotFound) // the writer asks
	if w := r.send(access.Reader, "POST", "/account/sessions/end", "x=1"); w.Code != http.StatusSeeOther {
		t.Fatalf("ending all others: %d", w.Code)
	}
	if w := r.send("reader again", "GET", "/account", ""); w.Code != http.StatusSeeOther {
		t.Errorf("the other session: %d, want to sign in", w.Code)
	}
	mine = r.send(access.Reader, "GET", "/account?done=sessions-ended", "").Body.String()
	has(t, mine, "All other sessions have ended.", "this one")
	own := endOf.FindStringSubmatch(mine)[1]
	if w := r.send(access.Reader, "POST", "/account/sessions/"+own+"/end", "x=1"); w.Header().Get("Location") != "/sign-in" {
		t.Errorf("ending one's own: %d to %q", w.Code, w.Header().Get("Location"))
	}
}

// TestSessionsOfOthers: whoever may write ends another account's sessions, not his own here.
func TestSessionsOfOthers(t *testing.T) {
	t.Parallel()
	r := open(t)
	reader, err := r.office.Session(t.Context(), r.cookies[access.Reader].Value)
	if err != nil {
		t.Fatal(err)
	}
	to, _ := r.post("/accounts/"+reader.Account.ID+"/end", url.Values{"x": {"1"}}, http.StatusSeeOther)
	has(t, r.get(to), "All sessions of the account have ended.")
	if w := r.send(access.Reader, "GET", "/account", ""); w.Code != http.StatusSeeOther {
		t.Errorf("the reader: %d", w.Code)
	}
	writer, err := r.office.Session(t.Context(), r.cookies[writer].Value)
	if err != nil {
		t.Fatal(err)
	}
	r.post("/accounts/"+writer.Account.ID+"/end", url.Values{"x": {"1"}}, http.StatusUnprocessableEntity)
}

// TestSignInRotates: signing in ends the session that the browser had, and gives another token.
func TestSignInRotates(t *testing.T) {
	t.Parallel()
	r := open(t)
	before := r.cookies[writer]
	secret, err := r.office.Invite(t.Context(), "A writer", "", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	after := r.send(writer, "POST", "/sign-in", "link="+secret).Result().Cookies()[0]
	if after.Value == before.Value || !after.HttpOnly || after.SameSite != http.SameSiteLaxMode {
		t.Errorf("the cookie after signing in anew: %+v", after)
	}
	if w := r.send(writer, "GET", "/", ""); w.Code != http.StatusSeeOther {
		t.Errorf("the old session goes on: %d", w.Code)
	}
}
