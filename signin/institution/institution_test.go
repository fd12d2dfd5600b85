// SPDX-License-Identifier: Apache-2.0

package institution_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/signin/institution"
	"recount/signin/institution/institutiontest"
)

const callback = "https://archive.example/sign-in/institution/answer"

func provider(t *testing.T) *institutiontest.Provider {
	t.Helper()
	p, err := institutiontest.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func of(p *institutiontest.Provider, domains ...string) *institution.Institution {
	return institution.New(institution.Config{Issuer: p.URL, ClientID: institutiontest.ClientID, Label: "The court", EmailDomains: domains}, institutiontest.ClientSecret, time.Now)
}

// walk goes to the institution and back, as a browser does.
func walk(t *testing.T, i *institution.Institution, change func(url.Values)) (institution.Who, error) {
	t.Helper()
	address, waits, err := i.Begin(t.Context(), callback, rand.Reader)
	if err != nil {
		return institution.Who{}, err
	}
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	back, err := answer.Location()
	if err != nil || !strings.HasPrefix(back.String(), callback) {
		t.Fatalf("the institution leads to %v, %v (%s)", back, err, answer.Status)
	}
	q := back.Query()
	if change != nil {
		change(q)
	}
	return i.End(t.Context(), callback, waits, q)
}

// TestSigns: keys of both kinds, both ways to show the secret, and nothing is asked before Begin.
func TestSigns(t *testing.T) {
	t.Parallel()
	for alg, method := range map[string]string{"RS256": "client_secret_basic", "ES256": "client_secret_post"} {
		p := provider(t)
		p.Alg, p.Says = alg, func(says map[string]any) { says["token_endpoint_auth_methods_supported"] = []string{method} }
		var asked atomic.Int32
		p.Asked = func(*http.Request) { asked.Add(1) }
		i := of(p)
		if asked.Load() != 0 {
			t.Error("the institution was asked before anybody wanted to sign in")
		}
		for range 2 {
			who, err := walk(t, i, nil)
			if want := (institution.Who{Issuer: p.URL, Subject: "17", Email: "mira@court.example", Name: "Mira of the test"}); err != nil || who != want {
				t.Errorf("%s: %s, %v", alg, cmp.Diff(want, who), err)
			}
		}
		if n := asked.Load(); n != 2+1+1+2 { // twice there, configuration and keys once, a token twice
			t.Errorf("%s: the institution was asked %d times, want 6", alg, n)
		}
	}
}

// TestRefused: whatever does not hold is refused, and of what was sent nothing is told.
func TestRefused(t *testing.T) {
	t.Parallel()
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for what, test := range map[string]struct {
		at     func(*institutiontest.Provider)
		answer func(url.Values)
	}{
		"another nonce":     {at: claim("nonce", "another")},
		"no nonce":          {at: claim("nonce", nil)},
		"another audience":  {at: claim("aud", "another")},
		"more audiences":    {at: claim("aud", []string{institutiontest.ClientID, "another"})},
		"another party":     {at: claim("azp", "another")},
		"another issuer":    {at: claim("iss", "https://evil.example")},
		"no subject":        {at: claim("sub", nil)},
		"a long subject":    {at: claim("sub", strings.Repeat("1", 256))},
		"out of date":       {at: claim("exp", time.Now().Add(-time.Minute).Unix())},
		"not yet":           {at: claim("nbf", time.Now().Add(time.Hour).Unix())},
		"alg none":          {at: func(p *institutiontest.Provider) { p.Alg = "none" }},
		"the shared secret": {at: func(p *institutiontest.Provider) { p.Alg = "HS256" }},
		"a stranger's key": {at: func(p *institutiontest.Provider) {
			p.Foreign = func(sum []byte) []byte { s, _ := rsa.SignPKCS1v15(rand.Reader, stranger, crypto.SHA256, sum); return s }
		}},
		"no signature": {at: func(p *institutiontest.Provider) { p.Foreign = func([]byte) []byte { return nil } }},
		"no keys": {at: func(p *institutiontest.Provider) {
			p.Keys = func() map[string]any { return map[string]any{"keys": []any{}} }
		}},
		"no token":             {at: func(p *institutiontest.Provider) { p.Token = func(a map[string]any) { delete(a, "id_token") } }},
		"a token that is none": {at: func(p *institutiontest.Provider) { p.Token = func(a map[string]any) { a["id_token"] = "x.y.z" } }},
		"another state":        {answer: func(q url.Values) { q.Set("state", "another") }},
		"no state":             {answer: func(q url.Values) { q.Del("state") }},
		"another code":         {answer: func(q url.Values) { q.Set("code", "another") }},
		"no code":              {answer: func(q url.Values) { q.Del("code") }},
		"it said no": {answer: func(q url.Values) {
			q.Del("code")
			q.Set("error", "access_denied")
			q.Set("error_description", "<b>call 555</b>")
		}},
		"another one's answer": {answer: func(q url.Values) { q.Set("iss", "https://evil.example") }},
		"an answer unnamed": {at: func(p *institutiontest.Provider) {
			p.Says = func(s map[string]any) { s["authorization_response_iss_parameter_supported"] = true }
		}},
	} {
		p := provider(t)
		if test.at != nil {
			test.at(p)
		}
		who, err := walk(t, of(p), test.answer)
		if !errors.Is(err, fault.Forbidden) || who != (institution.Who{}) {
			t.Errorf("%s: %+v, %v", what, who, err)
		}
		if err != nil && (strings.Contains(err.Error(), "another\"") || strings.Contains(err.Error(), "555") || strings.Contains(err.Error(), institutiontest.ClientSecret)) {
			t.Errorf("%s: the error tells what was sent: %v", what, err)
		}
	}
	p := provider(t)
	i := of(p)
	if _, err := i.End(t.Context(), callback, []byte("{}"), url.Values{"state": {""}, "code": {"x"}}); !errors.Is(err, fault.Tampered) {
		t.Errorf("nothing was asked: %v", err)
	}
	wrong := institution.New(i.Config, "another secret", time.Now)
	if _, err := walk(t, wrong, nil); !errors.Is(err, fault.Forbidden) {
		t.Errorf("another secret: %v", err)
	}
}

func claim(name string, value any) func(*institutiontest.Provider) {
	return func(p *institutiontest.Provider) {
		p.Claims = func(c map[string]any) {
			c[name] = value
			if value == nil {
				delete(c, name)
			}
		}
	}
}

// TestDomains: where domains are named, a checked address of one of them is needed.
func TestDomains(t *testing.T) {
	t.Parallel()
	for what, test := range map[string]struct {
		email, verified any
		want            bool
	}{
		"its own": {"mira@court.example", true, true}, "in capitals": {"Mira@Court.Example", true, true}, "true as a text": {"mira@court.example", "true", true}, "another's": {"mira@evil.example", true, false},
		"part of it": {"mira@court.example.evil.example", true, false}, "before it": {"mira@evilcourt.example", true, false}, "two of them": {"mira@court.example@evil.example", true, false},
		"unchecked": {"mira@court.example", false, false}, "not said": {"mira@court.example", nil, false}, "none": {nil, true, false}, "only a domain": {"@court.example", true, false},
	} {
		p := provider(t)
		p.Claims = func(c map[string]any) {
			c["email"], c["email_verified"] = test.email, test.verified
		}
		if _, err := walk(t, of(p, "court.example"), nil); (err == nil) != test.want || err != nil && !errors.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestUnavailable: what cannot be asked is named, and asked again next time.
func TestUnavailable(t *testing.T) {
	t.Parallel()
	p := provider(t)
	for path, what := range map[string]string{"/.well-known/openid-configuration": "its configuration", "/token": "its token endpoint", "/keys": "its keys"} {
		i := of(p)
		p.Broken[path] = http.StatusBadGateway
		_, err := walk(t, i, nil)
		if !errors.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), what) || !strings.Contains(err.Error(), "The court") || strings.Contains(err.Error(), "broken by the test") {
			t.Errorf("%s: %v", path, err)
		}
		delete(p.Broken, path)
		if _, err := walk(t, i, nil); err != nil {
			t.Errorf("%s, once it is back: %v", path, err)
		}
	}
	i := of(p)
	for what, says := range map[string]func(map[string]any){
		"another issuer": func(s map[string]any) { s["issuer"] = "https://evil.example" }, "in the clear": func(s map[string]any) { s["token_endpoint"] = "http://court.example/token" },
		"no keys": func(s map[string]any) { delete(s, "jwks_uri") }, "a script": func(s map[string]any) { s["authorization_endpoint"] = "javascript:x" },
	} {
		p := provider(t)
		p.Says = says
		if _, err := walk(t, of(p), nil); !errors.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", what, err)
		}
	}
	address, waits, err := i.Begin(t.Context(), callback, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	state, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
	_, err = i.End(t.Context(), callback, waits, url.Values{"state": {state.Query().Get("state")}, "code": {"secret-code"}})
	if !errors.Is(err, fault.Unavailable) || strings.Contains(err.Error(), "secret-code") {
		t.Errorf("the machine is away: %v", err)
	}
	if _, _, err := of(p).Begin(t.Context(), callback, rand.Reader); !errors.Is(err, fault.Unavailable) {
		t.Errorf("the machine is away from the start: %v", err)
	}
}

// TestRedirects: what holds the secret follows nobody elsewhere.
func TestRedirects(t *testing.T) {
	t.Parallel()
	p, elsewhere := provider(t), provider(t)
	var asked atomic.Int32
	elsewhere.Asked = func(*http.Request) { asked.Add(1) }
	i := of(p)
	if _, _, err := i.Begin(t.Context(), callback, rand.Reader); err != nil {
		t.Fatal(err)
	}
	p.Config.Handler = http.RedirectHandler(elsewhere.URL+"/token", http.StatusTemporaryRedirect)
	address, waits, err := i.Begin(t.Context(), callback, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.End(t.Context(), callback, waits, url.Values{"state": {u.Query().Get("state")}, "code": {"x"}}); !errors.Is(err, fault.Unavailable) || asked.Load() != 0 {
		t.Errorf("%v; the other machine was asked %d times", err, asked.Load())
	}
}

// TestParseConfig: each field that is not right is named.
func TestParseConfig(t *testing.T) {
	t.Parallel()
	right := map[string]any{"issuer": "https://id.example/realms/one", "client_id": "archive-1", "client_secret_file": "secret", "label": "المحكمة"}
	for _, test := range []struct {
		field string
		value any
		ok    bool
	}{
		{"label", "The court", true}, {"issuer", "http://localhost:8080/realm", true}, {"issuer", "http://[::1]:8080", true}, {"address", "https://archive.example", true}, {"email_domains", []string{"court.example"}, true},
		{"issuer", "http://id.example", false}, {"issuer", "", false}, {"issuer", "https://id.example?x", false}, {"issuer", "https://id.example#", false}, {"issuer", "https://u:p@id.example", false}, {"issuer", "id.example", false},
		{"address", "https://archive.example/", false}, {"address", "http://archive.example", false}, {"client_id", " ", false}, {"client_secret_file", "", false}, {"label", "", false},
		{"label", "a\u202eb", false}, {"label", strings.Repeat("x", 61), false}, {"email_domains", []string{"@court.example"}, false}, {"email_domains", []string{"Court.example"}, false}, {"email_domains", []string{""}, false},
		{"client_secret", "x", false}, {"issuer", 7, false},
	} {
		c := map[string]any{}
		for k, v := range right {
			c[k] = v
		}
		c[test.field] = test.value
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		_, err = institution.ParseConfig(text)
		if (err == nil) != test.ok || err != nil && (!errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "accepted: ")) {
			t.Errorf("%s %v: %v", test.field, test.value, err)
		}
	}
	for _, wrong := range []string{"", "[]", "{} {}", "nothing"} {
		if _, err := institution.ParseConfig([]byte(wrong)); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

// FuzzParseConfig: what is taken asks nobody in the clear but this machine.
func FuzzParseConfig(f *testing.F) {
	f.Add([]byte(`{"issuer":"https://id.example","client_id":"a","client_secret_file":"b","label":"c","email_domains":["d"]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := institution.ParseConfig(text)
		if err != nil {
			if !errors.Is(err, fault.Invalid) {
				t.Errorf("%v", err)
			}
			return
		}
		u, err := url.Parse(c.Issuer)
		if err != nil || u.Scheme != "https" && u.Hostname() != "localhost" && !net.ParseIP(u.Hostname()).IsLoopback() || u.User != nil || c.ClientID == "" || c.Label == "" {
			t.Errorf("%q is taken as %+v", text, c)
		}
	})
}
