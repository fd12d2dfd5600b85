// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// withDevice plugs a device into the browser's tab that holds passkeys and makes
// sure of its holder, as the browser's own virtual one.
func (p *page) withDevice() {
	p.t.Helper()
	p.do(func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		if _, err := chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return chromedp.Void{}, err
		}
		_, err := chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}})
		return chromedp.Void{}, err
	})
}

// byName is the room by a name: a passkey cannot be bound to a number.
func (r *room) byName() *room {
	named := *r
	named.address, named.server = strings.Replace(r.address, "127.0.0.1", "localhost", 1), nil
	named.link = strings.Replace(r.link, "127.0.0.1", "localhost", 1)
	return &named
}

// TestPasskey: somebody makes a passkey, signs out, and signs in by it without
// typing anything; once it is removed it opens nothing. By a number the page says
// where passkeys work.
func TestPasskey(t *testing.T) {
	numbered := onStage(t).open(t)
	outside := numbered.browse(numbered.address + "/sign-in")
	outside.sees("Passkeys do not work at this address", "http://localhost:")
	outside.missing("Sign in with a passkey")

	r := numbered.byName()
	p := r.enter(r.link)
	p.withDevice()
	p.click("Writer of the test")
	p.follow("Signed in")
	p.missing("Passkeys need scripts")
	p.fill("Name of the device", "Blue laptop")
	p.follow("Make a passkey")
	p.sees("The passkey is made.", "localhost")
	p.click("Writer of the test")
	p.follow("Sign out")
	p.follow("Sign in with a passkey")
	p.at("/")
	p.open("/account")
	p.sees("Last used")
	p.missing("never")
	p.follow("Remove")
	p.sees("There is none yet.")
	p.click("Writer of the test")
	p.follow("Sign out")
	p.follow("Sign in with a passkey")
	p.sees("This passkey was not taken")
	p.at("/sign-in")
}
