// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"os"
	"path/filepath"
	"testing"
)

// TestBegin: from no archive to a case that is encrypted, and into it again the
// next day, in the browser alone: nothing is typed into the program's window.
func TestBegin(t *testing.T) {
	const phrase = "gulls over the old harbour"
	r := onStage(t).serve(t, filepath.Join(t.TempDir(), "archive"))
	p := r.browse(r.link)
	p.sees("Begin an archive", "What to keep apart")
	judge := func(string) {}
	if os.Getenv("RECOUNT_TEST_AXE") != "" {
		axe := axeCore(t)
		judge = func(what string) { p.unseal(); p.judged(axe, what) }
	}
	judge("begin")
	p.fill("Public name", "archive.example")
	p.fill("Who you are", "A. Analyst")
	p.fill("Title of the case", "Tarnvale (invented)")
	p.fill("Id of the case", "tarnvale")
	p.fill("Passphrase", phrase)
	p.fill("The same again", "gulls over the new harbour")
	p.fill("Why this is done", "the first list came in")
	p.follow("Make the archive")
	p.sees("not the same", "What you typed is still here")
	p.holds("Title of the case", "Tarnvale (invented)")
	judge("begin, refused")
	p.fill("Passphrase", phrase)
	p.fill("The same again", phrase)
	p.follow("Make the archive")
	p.sees("The archive is made", "Tarnvale (invented)")
	p.at("/case/tarnvale")
	r.stop()

	r.actor = "A. Analyst"
	r.start()
	p = r.browse(r.link)
	p.sees("This archive is locked", "It is encrypted")
	p.missing("Tarnvale")
	judge("unlock")
	p.fill("Passphrase, or recovery key", "gulls over the hill")
	p.follow("Open the archive")
	p.sees("It was not opened")
	p.fill("Passphrase, or recovery key", phrase)
	p.follow("Open the archive")
	p.sees("This link signs you in as")
	p.follow("Sign in")
	p.open("/case/tarnvale")
	p.sees("Tarnvale (invented)")
}
