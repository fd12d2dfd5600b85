// SPDX-License-Identifier: Apache-2.0

// Package passkey has somebody registered and signed in by a passkey: a pair of
// keys of which the private one never leaves the device, used after the device has
// made sure of its holder (W3C Web Authentication, level 3). It keeps nothing:
// package store does.
package passkey

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"recount/fault"
)

// Lasts is for how many seconds a ceremony that was begun can be ended.
const Lasts = 5 * 60

// Site is what a passkey is bound to: the host at which the reading room is
// reached, without its port. One that was made for a host is of no use at another.
type Site struct {
	Host  string
	rooms *webauthn.WebAuthn
}

// SiteOf is the site of a request's Host header. fault.Unavailable where it is a
// number: a passkey is bound to a name (Web Authentication, section 5.1.3, "effective
// domain").
func SiteOf(hostport string) (Site, error) {
	host := hostport
	if name, _, err := net.SplitHostPort(hostport); err == nil {
		host = name
	}
	host = strings.ToLower(host)
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return Site{}, fmt.Errorf("%w: passkeys are bound to a name, and %.60s is a number (accepted: an address with a name, such as localhost or archive.example)", fault.Unavailable, host)
	}
	origins := []string{"https://" + withPort(host, hostport)}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") { // browsers hold it to be secure without TLS
		origins = append(origins, "http://"+withPort(host, hostport))
	}
	if err := protocol.ValidateRPID(host); err != nil {
		return Site{}, fmt.Errorf("%w: no passkey can be bound to %.60q (accepted: an address with a name, such as localhost or archive.example)", fault.Unavailable, host)
	}
	rooms, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: "Recount", RPOrigins: origins, AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(), UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return Site{}, fmt.Errorf("%w: no passkey can be bound to %.60q: %w", fault.Unavailable, host, err)
	}
	return Site{Host: host, rooms: rooms}, nil
}

// withPort is the host in lower case with the port that it was reached at.
func withPort(host, hostport string) string {
	if _, port, err := net.SplitHostPort(hostport); err == nil {
		return net.JoinHostPort(host, port)
	}
	return host
}
