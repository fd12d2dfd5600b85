// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"crypto/rand"
	"errors"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"recount/store"
	"recount/web/words"
)

// beginning is a server without an archive, and a browser before it.
type beginning struct {
	t          *testing.T
	server     *httptest.Server
	client     *http.Client
	link       string
	archive    *store.Archive // nil until it is made
	passphrase string         // that create got
	failing    error          // what create answers, where it is to fail
	breaking   bool           // create breaks off
}

func beginAt(t *testing.T) *beginning {
	t.Helper()
	book, err := words.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &beginning{t: t}
	config := Config{Now: time.Now, Rand: rand.Reader, Words: book, Version: "test"}
	folder := filepath.Join(t.TempDir(), "archive")
	handler, secret, err := NewBegin(config, folder, true, func(ctx context.Context, o store.Opening, passphrase string) (*Server, error) {
		b.passphrase = passphrase
		if b.breaking {
			panic("broken")
		}
		if b.failing != nil {
			return nil, b.failing
		}
		a, err := store.Create(ctx, store.Config{Dir: folder, Now: time.Now, Rand: rand.Reader}, o)
		if err != nil {
			return nil, err
		}
		b.archive = a
		c := config
		c.Archive = a
		return New(ctx, c)
	})
	if err != nil {
		t.Fatal(err)
	}
	b.link, b.server = secret, httptest.NewServer(handler)
	t.Cleanup(func() {
		b.server.Close()
		if b.archive != nil {
			if err := b.archive.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	b.forget()
	return b
}

// forget is another browser: one without cookies, that follows no redirect.
func (b *beginning) forget() {
	b.client = &http.Client{Jar: oneJar{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// oneJar keeps cookies by name, for one host.
type oneJar map[string]*http.Cookie

func (j oneJar) SetCookies(_ *url.URL, all []*http.Cookie) {
	for _, c := range all {
		j[c.Name] = c
	}
}

func (j oneJar) Cookies(*url.URL) (all []*http.Cookie) {
	for _, c := range j {
		all = append(all, c)
	}
	return all
}

// ask is one request: a GET, or a POST where there is a form.
func (b *beginning) ask(address string, form url.Values) (status int, to, page string) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.server.URL+address, nil)
	if form != nil {
		req, err = http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.server.URL+address, strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if err != nil {
		b.t.Fatal(err)
	}
	answer, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.Header.Get("Content-Security-Policy") != policy || answer.Header.Get("Cache-Control") == "" {
		b.t.Errorf("%s: headers %v", address, answer.Header)
	}
	var body strings.Builder
	if err := answer.Write(&body); err != nil {
		b.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("Location"), body.String()
}

// filled is the form of the first start, filled in well.
func (b *beginning) filled(change ...string) url.Values {
	form := url.Values{
		"link": {b.link}, "public_name": {"tarn.example"}, "actor": {"A.  Analyst"}, "case_id": {"tarn-2031"}, "title": {"Тарн, <b>February</b>"},
		"passphrase": {"gulls over the old harbour"}, "passphrase_again": {"gulls over the old harbour"},
		"reason": {"the first list came in"}, "basis": {"consent"}, "handling": {"restricted"},
	}
	for i := 0; i+1 < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

// TestBegin: from no archive to a case, by the link alone, in one browser.
func TestBegin(t *testing.T) {
	t.Parallel()
	b := beginAt(t)
	if status, to, _ := b.ask("/", nil); status != http.StatusSeeOther || to != "/begin" {
		t.Errorf("/ without a link: %d %s", status, to)
	}
	for _, address := range []string{"/begin", "/begin?link=wrong", "/begin?link="} {
		if status, _, page := b.ask(address, nil); status != http.StatusForbidden || strings.Contains(page, "<form") {
			t.Errorf("%s: %d, want 403 and no form", address, status)
		}
	}
	if status, _, _ := b.ask("/begin", b.filled("link", "wrong")); status != http.StatusForbidden || b.archive != nil {
		t.Errorf("the form without the link: %d", status)
	}
	status, _, page := b.ask("/begin?link="+b.link, nil)
	if status != http.StatusOK {
		t.Fatalf("the page: %d", status)
	}
	has(t, page, "Begin an archive", "Strangers see it for ever", "Make the archive", "Not for real cases yet", "/static/recount.css", "archive</bdi>")
	if strings.Contains(page, "data-draft") {
		t.Error("the form would keep drafts where nothing keeps them")
	}
	if status, _, _ := b.ask("/static/recount.css", nil); status != http.StatusOK {
		t.Errorf("the style sheet: %d", status)
	}

	hidden := hiddenFields(page)
	if hidden.Get("once") == "" || hidden.Get("link") != b.link {
		t.Errorf("the form carries %v; a mark and the link are right", hidden)
	}

	// A cookie that another archive's server gave to this address is nobody's here.
	b.client.Jar.SetCookies(nil, []*http.Cookie{{Name: "recount", Value: "of-another-archive"}})
	status, to, _ := b.ask("/begin", b.filled("once", hidden.Get("once")))
	if status != http.StatusSeeOther || to != "/case/tarn-2031?done=begun" {
		t.Fatalf("making the archive: %d %s", status, to)
	}
	_, _, page = b.ask(to, nil)
	has(t, page, "The archive is made", "Тарн, &lt;b&gt;February&lt;/b&gt;", "Signed in as A. Analyst, administrator")
	if b.passphrase != "gulls over the old harbour" {
		t.Errorf("the passphrase is %q", b.passphrase)
	}
	if b.archive.PublicName() != "tarn.example" {
		t.Errorf("the public name is %q", b.archive.PublicName())
	}

	// The link is used up, and another browser is nobody.
	if status, to, _ := b.ask("/begin?link="+b.link, nil); status != http.StatusNotFound {
		t.Errorf("the link a second time: %d %s", status, to)
	}
	b.forget()
	if status, to, _ := b.ask("/case/tarn-2031", nil); status != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in") {
		t.Errorf("another browser: %d %s", status, to)
	}
}

// hiddenFields are those that a form of a page carries unseen.
func hiddenFields(page string) url.Values {
	fields := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		fields.Set(m[1], html.UnescapeString(m[2]))
	}
	return fields
}

// TestBeginRefused: what was typed comes back, with what is wrong beside it,
// and nothing is made.
func TestBeginRefused(t *testing.T) {
	t.Parallel()
	b := beginAt(t)
	for name, c := range map[string]struct{ field, value, says string }{
		"a name with a space":  {"public_name", "north archive", "visible ASCII"},
		"no public name":       {"public_name", "", "this is needed"},
		"a long public name":   {"public_name", strings.Repeat("n", 300), "origin"},
		"nobody":               {"actor", " ", "needs letters or digits"},
		"a turning name":       {"actor", "A\u202eB", "turn the text"},
		"an id with a capital": {"case_id", "Tarn", "a small letter"},
		"no passphrase":        {"passphrase", "", "Choose a passphrase"},
		"a short passphrase":   {"passphrase", "gulls", "12 characters or more"},
		"two passphrases":      {"passphrase_again", "gulls over the new harbour", "not the same"},
		"both ways":            {"plain", "yes", "one of the two"},
		"no title":             {"title", "", "title"},
		"markup in the id":     {"case_id", `"><script>alert(1)</script>`, "a small letter"},
	} {
		status, _, page := b.ask("/begin", b.filled(c.field, c.value))
		if status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d, want 422", name, status)
		}
		has(t, page, "What you typed is still here", `aria-invalid="true"`, c.says, b.link)
		if c.field != "title" {
			has(t, page, "Тарн, &lt;b&gt;February&lt;/b&gt;")
		}
		if strings.Contains(page, "gulls") {
			t.Errorf("%s: the passphrase is shown again", name)
		}
		if strings.Contains(page, "<script>alert") || b.archive != nil {
			t.Errorf("%s: markup is markup, or an archive was made", name)
		}
	}
	b.failing = errors.New("a disk that burns")
	if status, _, page := b.ask("/begin", b.filled()); status != http.StatusInternalServerError || strings.Contains(page, "burns") || strings.Contains(page, "gulls") || !strings.Contains(page, "tarn.example") {
		t.Errorf("an error of ours: %d %s", status, page)
	}
	b.breaking = true
	for range 2 { // a second sending of a form that broke off is not left waiting
		if status, _, page := b.ask("/begin", b.filled("once", "0123456789abcdef")); status != http.StatusInternalServerError || strings.Contains(page, "gulls") || !strings.Contains(page, "tarn.example") {
			t.Errorf("a handler that breaks off: %d %s", status, page)
		}
	}
	b.breaking = false
	b.failing = nil
	if status, _, _ := b.ask("/begin", b.filled("passphrase", "", "passphrase_again", "", "plain", "yes")); status != http.StatusSeeOther || b.passphrase != "" {
		t.Errorf("after a failure, and plain: %d, want 303", status)
	}
}

// TestBeginForeign: another site's page cannot make an archive, not even with the link.
func TestBeginForeign(t *testing.T) {
	t.Parallel()
	b := beginAt(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.server.URL+"/begin", strings.NewReader(b.filled().Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	answer, err := b.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusForbidden || b.archive != nil {
		t.Errorf("a foreign form: %d", answer.StatusCode)
	}
}
