// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"strings"
	"testing"
	"time"

	"recount/signin"
)

// TestPassword: somebody sets a password with the codes of an authenticator,
// signs out, and signs in by them; then by a recovery code.
func TestPassword(t *testing.T) {
	r := onStage(t).open(t)
	p := r.writer()
	p.click("Writer of the test")
	p.follow("Signed in")
	p.follow("Set a password")
	codes, err := signin.ParseCodes(p.all("dd code")[0])
	if err != nil {
		t.Fatal(err)
	}
	if box := eval[float64](p, `document.querySelector("svg.qr").getBoundingClientRect().width`); box < 150 {
		t.Errorf("the QR code is %v px wide", box)
	}
	p.fill("Password", "by the old ferry")
	p.fill("The password again", "by the old ferry")
	p.fill("Code", codes.At(signin.Step(time.Now())-1))
	p.follow("Set the password")
	p.sees("Recovery codes", "shown now and never again")
	recovery := p.all("ol.recovery code")
	p.follow("I have written them down")
	p.sees("10 recovery codes are left")

	for _, code := range []func() string{
		func() string { return codes.At(signin.Step(time.Now())) },
		func() string { return strings.ToLower(recovery[0]) },
	} {
		p.click("Writer of the test")
		p.follow("Sign out")
		p.fill("Name", "Writer of the test")
		p.fill("Password", "by the old ferry")
		p.fill("Code", "000000")
		p.follow("Sign in")
		p.sees("were not taken together")
		p.fill("Password", "by the old ferry")
		p.fill("Code", code())
		p.follow("Sign in")
		p.open(in())
		p.at(in())
	}
	p.open("/account")
	p.sees("9 recovery codes are left")
}
