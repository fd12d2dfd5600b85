// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"testing"
	"time"
)

// TestLeaveFast: Escape twice, while somebody types, clears the page and puts a
// neutral one in its place; Back shows nothing of the case. The button does the same.
func TestLeaveFast(t *testing.T) {
	r := onStage(t).open(t)
	p := r.writer()
	for _, leave := range []func(){
		func() { p.key("\x1b"); p.key("\x1b") },
		func() { p.click("Leave fast") },
	} {
		p.open(in("sources"))
		p.open(in("sources", "new"))
		p.fill("Name", "Witness 81")
		p.key("\x1b") // once does nothing
		time.Sleep(1100 * time.Millisecond)
		p.sees("Leave fast")
		leave()
		p.until("a neutral page", `location.href === "about:blank" && !document.body.innerText.trim()`)
		eval[bool](p, `(history.back(), true)`)
		p.until("the page before", `location.href !== "about:blank" && document.readyState === "complete"`)
		p.at("/sign-in")
		p.missing("Witness")
		p.open(r.invite("Writer of the test")[len(r.address):])
		p.follow("Sign in")
	}
}

// TestOwnSessions: two browsers are signed in under one name; one ends the other.
func TestOwnSessions(t *testing.T) {
	r := onStage(t).open(t)
	p, other := r.writer(), r.enter(r.invite("Writer of the test"))
	p.click("Writer of the test")
	p.follow("Signed in")
	p.sees("Sessions", "Chromium, Linux", "this one")
	p.follow("End all others")
	p.sees("All other sessions have ended.")
	other.open(in())
	other.at("/sign-in")
	p.open(in())
	p.at(in())
}
