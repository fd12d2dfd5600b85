// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"recount/access"
	"recount/signin/institution"
	"recount/signin/institution/institutiontest"
	"recount/store"
)

// withInstitution has an institution of this machine vouch for people.
func (r *reading) withInstitution() *institutiontest.Provider {
	r.t.Helper()
	p, err := institutiontest.New()
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(p.Close)
	r.Institution = institution.New(institution.Config{Issuer: p.URL, ClientID: institutiontest.ClientID, Label: "The test's court"}, institutiontest.ClientSecret, time.Now)
	return p
}

// there goes to the institution from an address of the room, and answers where it
// leads back to, and what the browser has kept.
func (r *reading) there(as access.Role, address string) (back string, kept *http.Cookie) {
	r.t.Helper()
	w := r.send(as, "GET", address, "")
	if w.Code != http.StatusSeeOther {
		r.t.Fatalf("%s: %d %s", address, w.Code, w.Body)
	}
	kept = w.Result().Cookies()[0]
	if !kept.HttpOnly || kept.SameSite != http.SameSiteLaxMode || kept.MaxAge != 600 {
		r.t.Errorf("the cookie %+v", kept)
	}
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get(w.Header().Get("Location"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	to, err := answer.Location()
	if err != nil {
		r.t.Fatalf("the institution answers %s", answer.Status)
	}
	if to.Host != testHost || to.Path != "/sign-in/institution/answer" {
		r.t.Errorf("the institution leads to %s", to)
	}
	return to.RequestURI(), kept
}

// back brings the institution's answer, as a browser with cookies.
func (r *reading) back(as access.Role, address string, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	r.t.Helper()
	req := httptest.NewRequest("GET", address, nil)
	req.Header.Set("Sec-Fetch-Site", "cross-site") // it comes from there
	if c := r.cookies[as]; c != nil {
		cookies = append(cookies, c)
	}
	for _, c := range cookies {
		req.AddCookie(c)
	}
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, req)
	return w
}

var bindIn = regexp.MustCompile(`name="ceremony" value="([A-Za-z0-9_-]{43})"`) //nolint:gochecknoglobals // never changes

// connected connects the writer's account.
func (r *reading) connected() {
	r.t.Helper()
	address, kept := r.there(writer, "/account/institution")
	w := r.back(writer, address, kept)
	has(r.t, w.Body.String(), "mira@court.example", "Mira of the test", ">17<", "A writer")
	form := url.Values{"ceremony": {bindIn.FindStringSubmatch(w.Body.String())[1]}}
	r.post("/account/institution", form, http.StatusSeeOther)
	r.post("/account/institution", form, http.StatusNotFound) // once
}

// TestInstitution: an account that was connected is entered through it; one that
// was not is not, whatever its e-mail address.
func TestInstitution(t *testing.T) {
	t.Parallel()
	r := open(t)
	if page := r.get("/account") + r.send("", "GET", "/sign-in", "").Body.String(); strings.Contains(page, "institution") {
		t.Error("the pages speak of an institution where there is none")
	}
	for _, address := range []string{"/sign-in/institution", "/sign-in/institution/answer", "/account/institution"} {
		if w := r.send(writer, "GET", address, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s without an institution: %d", address, w.Code)
		}
	}
	p := r.withInstitution()
	has(t, r.send("", "GET", "/sign-in?after=/help", "").Body.String(), `href="/sign-in/institution?after=%2Fhelp"`, "Go to The test&#39;s court")

	address, kept := r.there("", "/sign-in/institution")
	if w := r.back("", address, kept); w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "no account here is connected") {
		t.Errorf("a subject that nobody is: %d", w.Code)
	}
	r.connected()
	page := r.get("/account?done=connected")
	has(t, page, "The account is connected.", p.URL, "never used")
	if strings.Contains(page, "/account/institution\"") {
		t.Error("it can be connected twice")
	}

	address, kept = r.there("", "/sign-in/institution?after=/help")
	for what, cookies := range map[string][]*http.Cookie{"a browser that did not begin": nil, "another one that did": {{Name: kept.Name, Value: kept.Value + "x"}}} {
		if w := r.back("", address, cookies...); w.Code != http.StatusForbidden || len(sessionOf(w)) != 0 {
			t.Errorf("%s: %d", what, w.Code)
		}
	}
	w := r.back("", address, kept)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/help" || len(sessionOf(w)) != 1 {
		t.Fatalf("signing in: %d %s", w.Code, w.Body)
	}
	if again := r.back("", address, kept); again.Code != http.StatusForbidden {
		t.Errorf("the same answer again: %d", again.Code)
	}
	r.cookies["vouched"] = sessionOf(w)[0]
	page = r.send("vouched", "GET", "/account", "").Body.String()
	has(t, page, "A writer", "last used on")
	end := regexp.MustCompile(`/account/institution/v-[0-9a-f]{16}/end`).FindString(page)
	if w := r.send(access.Reader, "POST", end, "x=1"); w.Code != http.StatusNotFound {
		t.Errorf("another's is disconnected: %d", w.Code)
	}
	to, _ := r.post(end, url.Values{"x": {"1"}}, http.StatusSeeOther)
	has(t, r.get(to), "not connected any more", `href="/account/institution"`)
	address, kept = r.there("", "/sign-in/institution")
	if w := r.back("", address, kept); w.Code != http.StatusForbidden {
		t.Errorf("an account that was disconnected: %d", w.Code)
	}
}

// sessionOf are the cookies of a session that an answer gives.
func sessionOf(w *httptest.ResponseRecorder) []*http.Cookie {
	var all []*http.Cookie
	for _, c := range w.Result().Cookies() {
		if c.Name == "recount" && c.Value != "" {
			all = append(all, c)
		}
	}
	return all
}

// TestInstitutionRefused: what does not hold signs nobody in, tells nothing of what
// was sent, and is counted as of nobody; what was begun by one is not another's.
func TestInstitutionRefused(t *testing.T) {
	t.Parallel()
	r := open(t)
	p := r.withInstitution()
	r.connected()
	r.tries.Passed("from 192.0.2.1")
	for what, change := range map[string]func(){
		"another nonce": func() { p.Claims = func(c map[string]any) { c["nonce"] = "x" } }, "another audience": func() { p.Claims = func(c map[string]any) { c["aud"] = "x" } },
		"out of date": func() { p.Claims = func(c map[string]any) { c["exp"] = time.Now().Add(-time.Hour).Unix() } }, "not signed": func() { p.Claims, p.Alg = nil, "none" },
		"another state": func() { p.Claims, p.Alg, p.Answer = nil, "ES256", func(q url.Values) { q.Set("state", "x") } },
		"it says no": func() {
			p.Claims, p.Alg, p.Answer = nil, "ES256", func(q url.Values) { q.Set("error", "plantedanswer"); q.Del("code") }
		},
	} {
		p.Claims, p.Alg, p.Answer = nil, "RS256", nil
		change()
		address, kept := r.there("", "/sign-in/institution")
		w := r.back("", address, kept)
		if w.Code != http.StatusForbidden || len(sessionOf(w)) != 0 || strings.Contains(w.Body.String(), "plantedanswer") || !strings.Contains(w.Body.String(), "did not sign you in here") {
			t.Errorf("%s: %d", what, w.Code)
		}
		r.tries.Passed("from 192.0.2.1") // httptest's address
	}
	r.gather.tellRefused(true)
	// They are counted together for a while: on a slow machine that can end meanwhile.
	failed := func(all []store.Looked) (times int64) {
		for _, l := range refusals(all) {
			if l.Kind == "sign-in" && l.Actor == "unknown" {
				times += l.Times
			}
		}
		return times
	}
	if all := r.outside(func(all []store.Looked) bool { return failed(all) > 5 }); failed(all) != 6 {
		t.Errorf("failures are noted as %+v; six of nobody are right", refusals(all))
	}

	p.Claims, p.Alg, p.Answer, p.Subject = nil, "RS256", nil, "18"
	address, kept := r.there(access.Reader, "/account/institution")
	if w := r.back(writer, address, kept); w.Code != http.StatusNotFound {
		t.Errorf("what the reader began, brought back by the writer: %d", w.Code)
	}
	address, kept = r.there(access.Reader, "/account/institution")
	if w := r.back("", address, kept); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/sign-in") {
		t.Errorf("brought back by nobody: %d", w.Code)
	}
	p.Subject = "17" // the writer's
	address, kept = r.there(access.Reader, "/account/institution")
	page := r.back(access.Reader, address, kept).Body.String()
	form := url.Values{"ceremony": {bindIn.FindStringSubmatch(page)[1]}}.Encode()
	if w := r.send(writer, "POST", "/account/institution", form); w.Code != http.StatusNotFound {
		t.Errorf("what the reader is to confirm, confirmed by the writer: %d", w.Code)
	}
	if w := r.send(access.Reader, "POST", "/account/institution", form); w.Code != http.StatusConflict {
		t.Errorf("a subject that is another's: %d", w.Code)
	}
	p.Close()
	r.withInstitution().Broken["/.well-known/openid-configuration"] = http.StatusInternalServerError
	if w := r.send("", "GET", "/sign-in/institution", ""); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "cannot be asked now") {
		t.Errorf("an institution that is away: %d %s", w.Code, w.Body)
	}
}
