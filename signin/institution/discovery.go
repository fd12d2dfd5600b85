// SPDX-License-Identifier: Apache-2.0

package institution

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// patience is how long the institution may take for an answer, longestAnswer how
// many bytes it may have.
const (
	patience      = 10 * time.Second
	longestAnswer = 1 << 20
)

// newClient asks where it is told to and nowhere else: it follows no redirect,
// since what is sent holds a secret.
func newClient() *http.Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSHandshakeTimeout: patience, IdleConnTimeout: time.Minute}
	return &http.Client{
		Timeout: patience, Transport: bounded{transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("it leads elsewhere") },
	}
}

// bounded cuts answers off that are too long.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(answer.Body, longestAnswer), answer.Body}
	return answer, nil
}

// provider finds out what the institution says of itself, once (OpenID Connect
// Discovery 1.0, section 4); where that fails, whoever asks next tries again.
func (i *Institution) provider(ctx context.Context) (*provider, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.found != nil {
		return i.found, nil
	}
	ctx, end := context.WithTimeout(oidc.ClientContext(ctx, i.client), patience)
	defer end()
	p, err := oidc.NewProvider(ctx, i.Issuer)
	if err != nil {
		why := unreachable(err)
		if why == nil { // what it answered may be anything
			why = errors.New("it does not answer as OpenID Connect Discovery says, under this issuer")
		}
		return nil, i.unavailable("its configuration", why)
	}
	var says struct {
		Token   string   `json:"token_endpoint"`
		Ask     string   `json:"authorization_endpoint"`
		Keys    string   `json:"jwks_uri"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
		Iss     bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := p.Claims(&says); err != nil {
		return nil, i.unavailable("its configuration", errors.New("it cannot be read"))
	}
	for _, address := range []string{says.Token, says.Ask, says.Keys} {
		if u, err := url.Parse(address); err != nil || !place(u.Scheme+"://"+u.Host+u.Path, true) {
			return nil, i.unavailable("its configuration", errors.New("it names an address that is not https"))
		}
	}
	found := &provider{endpoint: p.Endpoint(), namesIss: says.Iss}
	found.endpoint.AuthStyle = oauth2.AuthStyleInHeader // what is supported where nothing is said (Discovery 1.0, section 3)
	if len(says.Methods) > 0 && !slices.Contains(says.Methods, "client_secret_basic") {
		found.endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	found.keys = oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), i.client), says.Keys)
	i.found = found
	return found, nil
}

// noting remembers that keys could not be had: the library tells that and a wrong
// signature in one way.
type noting struct {
	oidc.KeySet
	away error
}

func (n *noting) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	payload, err := n.KeySet.VerifySignature(ctx, jwt)
	if err != nil && strings.HasPrefix(err.Error(), "fetching keys") { // the library's words where they could not be had
		if n.away = unreachable(err); n.away == nil {
			n.away = errors.New("there are none to be had")
		}
	}
	return payload, err
}

// unreachable is why a machine could not be asked, without the address, which may
// hold what nobody else should read; nil where it answered.
func unreachable(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	var answered *oauth2.RetrieveError
	if errors.As(err, &answered) && answered.Response.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("it answers %d", answered.Response.StatusCode)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return context.DeadlineExceeded
	}
	return nil
}
