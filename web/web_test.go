// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"crypto/rand"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"recount/access"
	"recount/casework"
	"recount/register"
	"recount/store"
	"recount/web/words"
)

// here is the folder of this package.
func here() fs.FS { return os.DirFS(".") }

// reading is a reading room of an archive with one case, and who may enter it.
type reading struct {
	*Server
	t       *testing.T
	dir     string // the archive's folder
	Case    *store.Case
	handler http.Handler
	cookies map[access.Role]*http.Cookie
	seats   map[access.Role]bool

	mu    sync.Mutex
	asked []access.Act // of each request, in order
}

// writer is whoever opened the case, who may do every work in it.
const writer access.Role = "writer"

// open makes an archive in a folder of its own and a reading room over it.
func open(t *testing.T) *reading {
	t.Helper()
	return openIn(t, "")
}

// openIn is open with the tables in a database of PostgreSQL, or "" in SQLite.
func openIn(t *testing.T, postgres string) *reading {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	a, err := store.Create(ctx, store.Config{Dir: dir, Postgres: postgres, Now: time.Now, Rand: rand.Reader}, store.Opening{
		PublicName: "archive.example", CaseID: "case-1", Title: "Invented case", Actor: "A writer", Reason: "a test",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return over(t, dir, a)
}

// over is a reading room over an archive that has the case.
func over(t *testing.T, dir string, a *store.Archive) *reading {
	t.Helper()
	ctx := context.Background()
	book, err := words.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &reading{t: t, dir: dir, cookies: map[access.Role]*http.Cookie{}, seats: map[access.Role]bool{}}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r.Server, err = New(ctx, Config{Archive: a, Now: time.Now, Rand: rand.Reader, Words: book, Version: "test", May: r.may, Program: self})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	r.handler = r.Handler()
	if r.Case, err = a.Case(ctx, "case-1"); err != nil {
		t.Fatal(err)
	}
	for _, role := range everybody() {
		secret, err := r.office.Invite(ctx, "A "+string(role), inArchive(role), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		answer := r.send("", "POST", "/sign-in", "link="+secret)
		if answer.Code != http.StatusSeeOther || len(answer.Result().Cookies()) != 1 {
			t.Fatalf("signing in as %s: %d", role, answer.Code)
		}
		r.cookies[role] = answer.Result().Cookies()[0]
	}
	return r
}

// everybody are all who may enter: one of each role in the case, and in the archive.
func everybody() []access.Role {
	return append(access.CaseRoles(), writer, access.Member, access.Administrator)
}

func inArchive(role access.Role) access.Role {
	switch role {
	case writer, access.Administrator:
		return access.Administrator
	case access.Auditor:
		return access.Auditor
	}
	return access.Member
}

// may is access.Can, and remembers that it was asked.
func (r *reading) may(who access.Account, act access.Act, what access.Thing) error {
	r.mu.Lock()
	r.asked = append(r.asked, act)
	r.mu.Unlock()
	return access.Can(who, act, what)
}

// seat gives a role its seat in the case, once, when it is first needed: entries of
// tests that need none have the numbers that they say.
func (r *reading) seat(role access.Role) {
	r.t.Helper()
	r.mu.Lock()
	has := r.seats[role]
	r.seats[role] = true
	r.mu.Unlock()
	if has || !slices.Contains(access.CaseRoles(), role) {
		return
	}
	if _, err := r.desk().Seat(context.Background(), register.Seated{Name: "A " + string(role), Roles: []string{string(role)}}, casework.Why{Reason: "a test"}); err != nil {
		r.t.Fatal(err)
	}
}

// send is one request by somebody of a role ("" is nobody); form is a POST's body.
func (r *reading) send(as access.Role, method, address, form string) *httptest.ResponseRecorder {
	r.t.Helper()
	req := httptest.NewRequest(method, address, strings.NewReader(form))
	if form != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if c := r.cookies[as]; c != nil {
		r.seat(as)
		req.AddCookie(c)
	}
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, req)
	return w
}

// get is a page that must be there, as the writer sees it.
func (r *reading) get(address string) string {
	r.t.Helper()
	w := r.send(writer, "GET", address, "")
	if w.Code != http.StatusOK {
		r.t.Fatalf("GET %s: %d %s", address, w.Code, w.Body)
	}
	return w.Body.String()
}

var wildcard = regexp.MustCompile(`\{([a-z]+)\}`) //nolint:gochecknoglobals // never changes

// TestEveryRouteAsks walks the site map: each route says what it does, access
// is asked for exactly that before anything else, nobody gets in without a
// session, and a reader does not get to write.
func TestEveryRouteAsks(t *testing.T) {
	t.Parallel()
	r := open(t)
	if len(r.routes) < 8 {
		t.Fatalf("%d routes: this test would say nothing", len(r.routes))
	}
	for _, route := range r.routes {
		method, address, ok := strings.Cut(route.pattern, " ")
		if !ok {
			t.Errorf("%s has no method", route.pattern)
			continue
		}
		address = strings.ReplaceAll(address, "{$}", "")
		address = strings.ReplaceAll(address, "{case}", "case-1")
		address = wildcard.ReplaceAllString(address, "x-0000000000000000")
		if !slices.Contains(access.Acts(), route.act) || strings.HasPrefix(address, "/case/") && (route.act == access.Visit || route.act == access.Administer || route.act == access.Open) {
			t.Errorf("%s asks for %v", route.pattern, route.act)
		}
		if method != "GET" && route.act == access.Open && !strings.HasPrefix(address, "/sign-in") {
			t.Errorf("%s changes something and is open to nobody", route.pattern)
		}
		form := ""
		if method == "POST" {
			form = "x=1"
		}
		r.mu.Lock()
		r.asked = nil
		r.mu.Unlock()
		nobody := r.send("", method, address, form)
		r.mu.Lock()
		if len(r.asked) == 0 || r.asked[0] != route.act {
			t.Errorf("%s: access was asked for %v, first of all should be %v", route.pattern, r.asked, route.act)
		}
		r.mu.Unlock()
		if route.act != access.Open {
			if want := map[string]int{"GET": 303, "POST": 401}[method]; nobody.Code != want {
				t.Errorf("%s for nobody: %d, want %d", route.pattern, nobody.Code, want)
			}
		}
		for _, role := range everybody() {
			who, thing := access.Account{ID: "any", Role: inArchive(role)}, access.Thing{}
			if strings.HasPrefix(address, "/case/") {
				thing.Case = "case-1"
				who = who.In(access.Seat{Roles: []access.Role{role}})
				if role == writer {
					who = who.In(access.Seat{Roles: access.EveryWork()})
				}
			}
			if access.Can(who, route.act, thing) == nil || role == access.Auditor && thing.Case == "" {
				continue
			}
			if w := r.send(role, method, address, form); w.Code != http.StatusForbidden {
				t.Errorf("%s for a %s: %d, want 403", route.pattern, role, w.Code)
			}
		}
	}
}

// TestForeignForms: a form that another site's page sends is refused before
// anything is asked (http.CrossOriginProtection).
func TestForeignForms(t *testing.T) {
	t.Parallel()
	r := open(t)
	req := httptest.NewRequest("POST", "/sign-out", strings.NewReader("x=1"))
	req.AddCookie(r.cookies[writer])
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, req)
	if w.Code != http.StatusForbidden {
		t.Errorf("a foreign form: %d, want 403", w.Code)
	}
	r.get("/help") // still signed in
}

// TestHeaders: every answer, errors too, forbids what we do not bring.
func TestHeaders(t *testing.T) {
	t.Parallel()
	r := open(t)
	for _, address := range []string{"/", "/case/case-1", "/case/none", "/nowhere", "/static/recount.css", "/sign-in"} {
		w := r.send(writer, "GET", address, "")
		if got := w.Header().Get("Content-Security-Policy"); got != policy || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: Content-Security-Policy %q", address, got)
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Cache-Control") == "" {
			t.Errorf("%s: headers %v", address, w.Header())
		}
	}
	if body := r.get("/help"); !strings.Contains(body, "Not for real cases yet") {
		t.Error("a page does not say that it is not for real cases yet")
	}
}

// TestLocal: after signing in nobody is led elsewhere.
func TestLocal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/case/x?q=1": "/case/x?q=1", "": "/", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/",
		"javascript:alert(1)": "/", "/\tx": "/", "x": "/", "/a\r\nb": "/",
	} {
		if got := local(in); got != want {
			t.Errorf("local(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestBodies: a form has a bounded size, and no form but that of exhibits takes
// files: they would lie unsealed in the folder for temporary files.
func TestBodies(t *testing.T) {
	t.Parallel()
	r := open(t)
	if w := r.send(writer, "POST", "/case/case-1/sources", "name="+strings.Repeat("x", longestForm)); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a form of more than %d bytes: %d", longestForm, w.Code)
	}
	req := httptest.NewRequest("POST", "/case/case-1/sources", strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\nx\r\n--b--\r\n"))
	req.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	req.AddCookie(r.cookies[writer])
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, req)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "takes no files") {
		t.Errorf("a file where none is taken: %d", w.Code)
	}
}

// TestExpiredSession: whoever's session ended in the middle of a form gets what
// was typed back, ready to be sent again after signing in; nothing is written.
func TestExpiredSession(t *testing.T) {
	t.Parallel()
	r := open(t)
	w := r.send("", "POST", "/case/case-1/sources", "name=Witness+12&kind=witness&note=%3Cb%3Ewhat+she+said%3C%2Fb%3E")
	if w.Code != http.StatusUnauthorized {
		t.Fatalf("a form without a session: %d", w.Code)
	}
	body := w.Body.String()
	for _, want := range []string{"Your session is over", `name="name" value="Witness 12"`, "&lt;b&gt;what she said&lt;/b&gt;", `action="/case/case-1/sources"`, "/sign-in"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if strings.Contains(r.get("/case/case-1/sources"), "Witness 12") {
		t.Error("something was written for nobody")
	}
}
