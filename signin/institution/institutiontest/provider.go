// SPDX-License-Identifier: Apache-2.0

// Package institutiontest is an institution for tests: an OpenID Connect provider
// on this machine, with keys of its own, that can be told to answer wrongly.
package institutiontest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"time"
)

// The archive as the institution knows it.
const (
	ClientID     = "archive-1"
	ClientSecret = "a secret of the test & more"
)

// Provider is an institution. What a test sets before it is asked holds from then on.
type Provider struct {
	*httptest.Server
	Subject string                  // whom it signs in
	Alg     string                  // RS256, ES256, HS256 or none
	Ask     bool                    // whether it shows a page with a button first
	Claims  func(map[string]any)    // changes what a token says
	Answer  func(url.Values)        // changes what the browser brings back
	Keys    func() map[string]any   // in place of its keys
	Broken  map[string]int          // an endpoint's path and the status it fails with
	Says    func(map[string]any)    // changes what it says of itself
	Token   func(map[string]any)    // changes the token endpoint's answer
	Asked   func(r *http.Request)   // looks at what was asked
	Now     func() time.Time        // its clock
	Foreign func(sum []byte) []byte // signs in its place, by another key

	mu    sync.Mutex
	codes map[string]url.Values
	rsa   *rsa.PrivateKey
	ec    *ecdsa.PrivateKey
}

// New starts one; Close ends it.
func New() (*Provider, error) {
	p := &Provider{Subject: "17", Alg: "RS256", codes: map[string]url.Values{}, Broken: map[string]int{}, Now: time.Now}
	var err error
	if p.rsa, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return nil, err
	}
	if p.ec, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.describe)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.Asked != nil {
			p.Asked(r)
		}
		if status := p.Broken[r.URL.Path]; status != 0 {
			http.Error(w, "broken by the test", status)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	return p, nil
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // whoever asked is gone, if this fails
}

func (p *Provider) describe(w http.ResponseWriter, _ *http.Request) {
	says := map[string]any{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256", "ES256", "none"},
	}
	if p.Says != nil {
		p.Says(says)
	}
	reply(w, says)
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	if p.Keys != nil {
		reply(w, p.Keys())
		return
	}
	point, err := p.ec.PublicKey.Bytes() // 4 ‖ x ‖ y
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	exponent := binary.BigEndian.AppendUint32(nil, uint32(p.rsa.E))
	reply(w, map[string]any{"keys": []any{ // RFC 7518, section 6
		map[string]any{"kty": "RSA", "kid": "RS256", "use": "sig", "alg": "RS256", "n": encode(p.rsa.N.Bytes()), "e": encode(exponent[1:])},
		map[string]any{"kty": "EC", "kid": "ES256", "use": "sig", "alg": "ES256", "crv": "P-256", "x": encode(point[1:33]), "y": encode(point[33:])},
	}})
}

var asks = template.Must(template.New("").Parse(`<!DOCTYPE html><html lang="en"><title>The test's institution</title><h1>The test's institution</h1><p><a href="{{.}}">Go on as {{"Mira"}}</a></p></html>`)) //nolint:gochecknoglobals // never changes

// authorize leads the browser back with a code.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != ClientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("state") == "" || q.Get("nonce") == "" {
		http.Error(w, "the question is wrong", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = q
	p.mu.Unlock()
	answer := url.Values{"code": {code}, "state": {q.Get("state")}}
	if p.Answer != nil {
		p.Answer(answer)
	}
	back.RawQuery = answer.Encode()
	if p.Ask {
		_ = asks.Execute(w, back.String())
		return
	}
	http.Redirect(w, r, back.String(), http.StatusSeeOther)
}

// token gives an ID token for a code, once, to whoever knows the secret and the verifier.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if basic {
		id, _ = url.QueryUnescape(id) // RFC 6749, section 2.3.1
		secret, _ = url.QueryUnescape(secret)
	} else {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	p.mu.Lock()
	asked, known := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || id != ClientID || secret != ClientSecret || encode(sum[:]) != asked.Get("code_challenge") || r.PostFormValue("redirect_uri") != asked.Get("redirect_uri") {
		w.WriteHeader(http.StatusBadRequest)
		reply(w, map[string]any{"error": "invalid_grant"})
		return
	}
	now := p.Now()
	claims := map[string]any{
		"iss": p.URL, "sub": p.Subject, "aud": ClientID, "nonce": asked.Get("nonce"), "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		"email": "mira@court.example", "email_verified": true, "name": "Mira of the test",
	}
	if p.Claims != nil {
		p.Claims(claims)
	}
	signed, err := p.sign(claims)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer := map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 300, "id_token": signed}
	if p.Token != nil {
		p.Token(answer)
	}
	reply(w, answer)
}

// sign makes a JSON Web Token (RFC 7515, section 3.1).
func (p *Provider) sign(claims map[string]any) (string, error) {
	body, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	text := encode(fmt.Appendf(nil, `{"alg":%q,"kid":%q,"typ":"JWT"}`, p.Alg, p.Alg)) + "." + encode(body)
	sum := sha256.Sum256([]byte(text))
	var signature []byte
	switch {
	case p.Foreign != nil:
		signature = p.Foreign(sum[:])
	case p.Alg == "RS256":
		signature, err = rsa.SignPKCS1v15(rand.Reader, p.rsa, crypto.SHA256, sum[:])
	case p.Alg == "ES256": // r ‖ s, RFC 7518, section 3.4
		r, s, signErr := ecdsa.Sign(rand.Reader, p.ec, sum[:])
		if err = signErr; err == nil {
			signature = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		}
	case p.Alg == "HS256": // by what both know
		mac := hmac.New(sha256.New, []byte(ClientSecret))
		_, _ = mac.Write([]byte(text)) // never fails
		signature = mac.Sum(nil)
	}
	return text + "." + encode(signature), err
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
