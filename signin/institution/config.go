// SPDX-License-Identifier: Apache-2.0

// Package institution asks an institution who somebody is, by OpenID Connect: the
// code flow with PKCE, state and nonce (OpenID Connect Core 1.0, section 3.1; RFC
// 7636; RFC 9700). Nothing goes out before it is asked for the first time.
package institution

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"recount/fault"
)

// Config is what whoever runs the archive says of an institution, as JSON.
type Config struct {
	Issuer           string   `json:"issuer"`                  // https://…, as the institution writes it
	ClientID         string   `json:"client_id"`               // what the institution calls this archive
	ClientSecretFile string   `json:"client_secret_file"`      // its secret, in a file of its own; beside this one where it is no path from the root
	Label            string   `json:"label"`                   // what people call the institution
	Address          string   `json:"address,omitempty"`       // of the reading room; "" is the one that it is asked at
	EmailDomains     []string `json:"email_domains,omitempty"` // none: e-mail addresses do not matter
}

// longestLabel is in characters.
const longestLabel = 60

// ParseConfig reads what is said of an institution; fault.Invalid says which
// field is wrong and what would be accepted.
func ParseConfig(text []byte) (c Config, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return Config{}, fmt.Errorf("%w: %w (accepted: one JSON object with issuer, client_id, client_secret_file and label, and if need be address and email_domains)", fault.Invalid, err)
	}
	if d.More() {
		return Config{}, fmt.Errorf("%w: something follows the JSON object (accepted: one institution)", fault.Invalid)
	}
	return c, c.check()
}

func (c Config) check() error {
	if !place(c.Issuer, true) {
		return fmt.Errorf("%w: issuer %.120q (accepted: the institution's https address as it writes it itself, without ? and #)", fault.Invalid, c.Issuer)
	}
	if c.Address != "" && !place(c.Address, false) {
		return fmt.Errorf("%w: address %.120q (accepted: the reading room's address, such as https://archive.example)", fault.Invalid, c.Address)
	}
	switch {
	case strings.TrimSpace(c.ClientID) == "":
		return fmt.Errorf("%w: client_id is missing (accepted: what the institution calls this archive)", fault.Invalid)
	case c.ClientSecretFile == "":
		return fmt.Errorf("%w: client_secret_file is missing (accepted: the name of a file that holds the secret alone)", fault.Invalid)
	case strings.TrimSpace(c.Label) == "" || utf8.RuneCountInString(c.Label) > longestLabel || strings.ContainsFunc(c.Label, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }):
		return fmt.Errorf("%w: label (accepted: what people call the institution, up to %d characters)", fault.Invalid, longestLabel)
	}
	for _, domain := range c.EmailDomains {
		if domain == "" || strings.ContainsAny(domain, "@ /") || domain != strings.ToLower(domain) {
			return fmt.Errorf("%w: email_domains: %.80q (accepted: domains in small letters without @, such as court.example)", fault.Invalid, domain)
		}
	}
	return nil
}

// place reports whether an address is one that nothing is said to in the clear:
// https, or http on this machine. Only with path may it have one.
func place(address string, path bool) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(address, "?#") || !path && u.Path != "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}
