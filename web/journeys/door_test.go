// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"testing"
	"time"

	"recount/signin"
)

// TestDoorAccessible has axe-core judge the pages of signing in with all that can
// stand on them, in English and Arabic: one's own account with a passkey, a
// password and an institution, the recovery codes, what confirms a connection,
// the sign-in page and what it refuses, and the auditor's page.
func TestDoorAccessible(t *testing.T) {
	axe := axeCore(t)
	s := onStage(t)
	numbered := s.serve(t, s.archive(t), "--oidc", vouching(t))
	r := numbered.byName()
	auditor := r.inviteAs("Auditor of the test", "auditor")
	p := r.enter(r.link)
	p.withDevice()
	p.open("/account")
	p.fill("Name of the device", "Blue laptop")
	p.follow("Make a passkey")
	p.follow("Connect The test's court")
	p.follow("Go on as Mira")
	p.judged(axe, "en connect")
	p.follow("Connect")
	p.setsPassword()
	p.judged(axe, "en recovery codes")
	for _, language := range []string{"en", "ar"} {
		p.prefers(language, "")
		p.open("/account")
		if !eval[bool](p, `document.querySelectorAll("form[action$='/remove'], form[action$='/end'] button").length >= 3 && !document.querySelector("form[data-passkey]").hidden`) {
			p.fatal("the page has not all that can stand on it")
		}
		p.judged(axe, language+" /account")
	}
	p.prefers("en", "")
	p.open("/account")
	p.click("Writer of the test")
	p.follow("Sign out")
	p.sees("Sign in with a passkey", "Go to The test's court")
	p.judged(axe, "en /sign-in")
	p.fill("Name", "Writer of the test")
	p.fill("Password", "by another ferry")
	p.fill("Code", "000000")
	p.followOn("form[action='/sign-in'] button")
	p.sees("were not taken together")
	p.judged(axe, "en /sign-in, refused")

	by := numbered.browse(numbered.address + "/sign-in")
	by.judged(axe, "en /sign-in by a number")

	a := r.enter(auditor)
	a.open(in("audit"))
	a.sees("Writer of the test")
	a.judged(axe, "en the auditor's page")
	a.open("/account")
	a.judged(axe, "en /account of an auditor")
}

// setsPassword sets a password on the page for it, up to the recovery codes.
func (p *page) setsPassword() {
	p.t.Helper()
	p.open("/account/password")
	codes, err := signin.ParseCodes(p.all("dd code")[0])
	if err != nil {
		p.t.Fatal(err)
	}
	p.fill("Password", "by the old ferry")
	p.fill("The password again", "by the old ferry")
	p.fill("Code", codes.At(signin.Step(time.Now())-1))
	p.follow("Set the password")
	p.sees("shown now and never again")
}
