// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const openersPhrase = "gulls over the old harbour"

// TestProtectedIdentity: a reviewer becomes an opener, a writer seals who
// somebody is and asks for it to be opened, and the reviewer opens it. It is
// shown once; neither the writer's pages, nor the way back, nor a search have it.
func TestProtectedIdentity(t *testing.T) {
	r := onStage(t).open(t)
	reviewer := r.enter(r.inviteAs("Reviewer of the test", "reviewer"))
	reviewer.open(in("identities"))
	reviewer.sees("Nobody is protected here", "Become an opener")
	reviewer.fill("New identity passphrase", openersPhrase)
	reviewer.fill("The same again", openersPhrase)
	reviewer.fill("Why this is done", "to open for courts (invented)")
	reviewer.follow("Become an opener")
	reviewer.sees("The identity passphrase was set.", "Reviewer of the test")

	p := r.writer()
	p.open(in("identities"))
	p.pictured("identities-none")
	p.follow("Protect an identity")
	p.fill("True names", "Sorvane Teldrick")
	p.fill("Where they live", "Lower Brambeck 4 (invented)")
	p.click("Reviewer of the test")
	p.fill("Pseudonym", "Witness AB-12")
	p.fill("Why this is done", "She asked for it (invented)")
	p.pictured("identity-new")
	p.follow("Seal it")
	p.sees("The identity was sealed.", "Witness AB-12", "never opened")
	p.missing("Teldrick")
	at := p.where()
	p.fill("For whom", "the court of appeal (invented)")
	p.fillIn(`form[action$="/ask"]`, "Why this is done", "A summons (invented)")
	p.follow("Ask for it to be opened")
	p.sees("It was asked for.", "the court of appeal")
	p.pictured("identity")

	reviewer.open(at)
	reviewer.fill("Your identity passphrase", "not the right one at all")
	reviewer.fillIn(`form[action$="/open"]`, "Why this is done", "A summons (invented)")
	reviewer.pictured("identity-to-open")
	reviewer.follow("Open it")
	reviewer.sees("not the identity passphrase")
	reviewer.missing("Teldrick")
	reviewer.fill("Your identity passphrase", openersPhrase)
	reviewer.follow("Open it")
	reviewer.sees("Sorvane Teldrick", "Lower Brambeck 4", "shown this once")
	reviewer.pictured("identity-open")
	reviewer.open(at)
	reviewer.sees("by Reviewer of the test, for the court of appeal")
	reviewer.missing("Teldrick")

	for _, place := range []string{in("search") + "?q=Teldrick", in("identities"), in("journal"), in("decisions"), at} {
		p.open(place)
		if strings.Contains(strings.ReplaceAll(p.words(), "“Teldrick”", ""), "Sorvane") {
			t.Errorf("%s has the true name:\n%s", place, p.words())
		}
	}
	p.prefers("ar", "")
	p.open(in("identities"))
	p.pictured("identities-ar")
	p.open(at)
	p.pictured("identity-ar")
}

// pictured writes pictures of a page as it stands, wide, narrow and printed,
// into RECOUNT_LOOK, for whoever wants to look at it.
func (p *page) pictured(name string) {
	p.t.Helper()
	dir := os.Getenv("RECOUNT_LOOK")
	if dir == "" {
		return
	}
	for as, width := range map[string]int64{"wide": 1280, "narrow": 390} {
		p.do(chromedp.EmulateViewport(width, 2200))
		shot, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			p.fatal("a picture of %s: %v", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+"-"+as+".png"), shot, 0o600); err != nil {
			p.fatal("%v", err)
		}
	}
	p.do(chromedp.EmulateViewport(1280, 960))
}
