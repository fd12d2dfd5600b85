// SPDX-License-Identifier: Apache-2.0

package institution

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"recount/fault"
)

// Institution is one that can be asked. It is safe for concurrent use.
type Institution struct {
	Config
	secret string
	now    func() time.Time
	client *http.Client

	mu    sync.Mutex
	found *provider // once it has been found
}

// provider is what the institution says of itself.
type provider struct {
	endpoint oauth2.Endpoint
	keys     oidc.KeySet
	namesIss bool // its answers say who it is (RFC 9207)
}

// Who is somebody as the institution knows him. Issuer and Subject together are
// one human being for ever; the rest is for him to recognise himself by, is not
// kept, and nothing depends on it but the domains of the configuration.
type Who struct{ Issuer, Subject, Email, Name string }

// New is the institution of a configuration that was checked.
func New(c Config, secret string, now func() time.Time) *Institution {
	return &Institution{Config: c, secret: secret, now: now, client: newClient()}
}

// pending is what waits for the answer.
type pending struct {
	State, Nonce, Verifier string
}

// Begin answers where to send the browser, and what End is given later and the
// browser never. callback is where the institution sends it back to.
// fault.Unavailable where the institution cannot be reached or is none.
func (i *Institution) Begin(ctx context.Context, callback string, rand io.Reader) (address string, waits []byte, err error) {
	p, err := i.provider(ctx)
	if err != nil {
		return "", nil, err
	}
	var w pending
	for _, to := range []*string{&w.State, &w.Nonce, &w.Verifier} {
		var raw [32]byte
		if _, err := io.ReadFull(rand, raw[:]); err != nil {
			return "", nil, fmt.Errorf("%w: no random bytes to ask with: %w", fault.Unavailable, err)
		}
		*to = base64.RawURLEncoding.EncodeToString(raw[:])
	}
	address = i.asks(p, callback).AuthCodeURL(w.State, oidc.Nonce(w.Nonce), oauth2.S256ChallengeOption(w.Verifier))
	waits, err = json.Marshal(w)
	return address, waits, err
}

// asks is the archive as the institution knows it.
func (i *Institution) asks(p *provider, callback string) *oauth2.Config {
	scopes := []string{oidc.ScopeOpenID}
	if len(i.EmailDomains) > 0 {
		scopes = append(scopes, "email")
	}
	return &oauth2.Config{ClientID: i.ClientID, ClientSecret: i.secret, Endpoint: p.endpoint, RedirectURL: callback, Scopes: scopes}
}

// End takes what the browser brought back. fault.Forbidden for whatever does not
// hold, without what was sent; fault.Unavailable where the institution did not
// answer in time.
func (i *Institution) End(ctx context.Context, callback string, waits []byte, answer url.Values) (Who, error) {
	var w pending
	if err := json.Unmarshal(waits, &w); err != nil || w.State == "" || w.Nonce == "" || w.Verifier == "" {
		return Who{}, fmt.Errorf("%w: a question to the institution that this program did not ask", fault.Tampered)
	}
	p, err := i.provider(ctx)
	if err != nil {
		return Who{}, err
	}
	if err := i.comesFrom(p, w, answer); err != nil {
		return Who{}, err
	}
	ctx, end := context.WithTimeout(oidc.ClientContext(ctx, i.client), patience)
	defer end()
	token, err := i.asks(p, callback).Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(w.Verifier))
	if err != nil {
		if away := unreachable(err); away != nil {
			return Who{}, i.unavailable("its token endpoint", away)
		}
		return Who{}, refused("it did not take the code that it had given")
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return Who{}, refused("it did not say who this is")
	}
	return i.read(ctx, p, w, raw)
}

// comesFrom checks that the answer is to the question that was asked.
func (i *Institution) comesFrom(p *provider, w pending, answer url.Values) error {
	switch {
	case !same(answer.Get("state"), w.State):
		return refused("the answer is not to what was asked")
	case answer.Has("iss") && answer.Get("iss") != i.Issuer, p.namesIss && !answer.Has("iss"):
		return refused("the answer is another institution's")
	case answer.Get("error") == "access_denied":
		return refused("whoever was asked there said no")
	case answer.Has("error") || answer.Get("code") == "":
		return refused("it answered with an error")
	}
	return nil
}

// same compares secrets in constant time.
func same(one, other string) bool {
	return subtle.ConstantTimeCompare([]byte(one), []byte(other)) == 1
}

// read checks an ID token (OpenID Connect Core 1.0, section 3.1.3.7).
func (i *Institution) read(ctx context.Context, p *provider, w pending, raw string) (Who, error) {
	keys := &noting{KeySet: p.keys}
	token, err := oidc.NewVerifier(i.Issuer, keys, &oidc.Config{ClientID: i.ClientID, Now: i.now, SupportedSigningAlgs: signedBy()}).Verify(ctx, raw)
	var expired *oidc.TokenExpiredError
	switch {
	case keys.away != nil:
		return Who{}, i.unavailable("its keys", keys.away)
	case errors.As(err, &expired):
		return Who{}, refused("what it says is out of date; look at the clocks of both machines")
	case err != nil:
		return Who{}, refused("what it says is not signed by it, or not meant for this archive")
	}
	var claims struct {
		Party    string `json:"azp"`
		Email    string `json:"email"`
		Verified any    `json:"email_verified"`
		Name     string `json:"name"`
	}
	if err := token.Claims(&claims); err != nil {
		return Who{}, refused("what it says cannot be read")
	}
	switch {
	case !same(token.Nonce, w.Nonce):
		return Who{}, refused("what it says was said to somebody else")
	case claims.Party != "" && claims.Party != i.ClientID, len(token.Audience) > 1 && claims.Party == "":
		return Who{}, refused("what it says is not meant for this archive")
	case token.Subject == "" || len(token.Subject) > 255:
		return Who{}, refused("it did not say who this is")
	case len(i.EmailDomains) > 0 && !i.admits(claims.Email, claims.Verified):
		return Who{}, refused("it does not vouch for an e-mail address of a domain that is accepted here")
	}
	return Who{Issuer: i.Issuer, Subject: token.Subject, Email: claims.Email, Name: claims.Name}, nil
}

// admits reports whether an address is one that the institution has checked, in
// one of the domains. Some write true as a text.
func (i *Institution) admits(email string, verified any) bool {
	at := strings.LastIndexByte(email, '@')
	return at > 0 && (verified == true || verified == "true") && slices.Contains(i.EmailDomains, strings.ToLower(email[at+1:]))
}

// signedBy are the ways of signing that are accepted: with a private key only
// (RFC 7518, section 3.1), so neither "none" nor one that a shared secret makes.
func signedBy() []string {
	return []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}
}

func refused(why string) error {
	return fmt.Errorf("%w: the institution did not sign anybody in: %s (accepted: to begin again)", fault.Forbidden, why)
}

func (i *Institution) unavailable(what string, why error) error {
	return fmt.Errorf("%w: %s cannot be asked now: %s at %s: %w (accepted: another way to sign in, or to try later)", fault.Unavailable, i.Label, what, i.Issuer, why)
}
