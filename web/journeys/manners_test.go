// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// beginsSource begins to describe a source, and leaves the form open.
func (p *page) beginsSource(name, note string) {
	p.t.Helper()
	p.open(in("sources", "new"))
	p.fill("Name", name)
	p.choose("Kind", "A person who saw it")
	p.click("How it weighs")
	p.fill("Note", note)
	p.fill("Why this is done", "Spoke to us (invented)")
}

// TestSessionEnds: a session that is ended in the middle of a form loses
// nothing: the page keeps what was typed, and sends it after a new sign-in.
func TestSessionEnds(t *testing.T) {
	r := onStage(t).open(t)
	p := r.writer()
	p.beginsSource("Witness 77", "Came on foot (invented).")
	p.waits("Kept as a draft")
	r.stage.run(t, "invite", "Writer of the test", "--dismiss", "--archive", r.archive)
	p.follow("Record it")
	p.sees("Your session is over", "What you typed is kept in this page", "Witness 77", "Came on foot (invented).", "Spoke to us (invented)")

	// Another tab of the same browser signs in with a new link.
	ctx, end := chromedp.NewContext(p.ctx)
	defer end()
	other := &page{t: t, ctx: ctx, room: r}
	link := r.invite("Writer of the test")
	other.open(link[len(r.address):])
	other.follow("Sign in")

	p.follow("Send it again")
	p.sees("The source is described.", "Witness 77", "Came on foot (invented).", "Spoke to us (invented)")
}

// TestConnectionLost: the server goes away while somebody types. The page says
// so; when the server is back, the draft arrives by itself, and another visit
// finds it in the form.
func TestConnectionLost(t *testing.T) {
	r := onStage(t).open(t)
	p := r.writer()
	p.beginsSource("Witness 78", "Before.")
	p.waits("Kept as a draft")
	r.stop()
	p.fill("Note", "Typed while nobody answered (invented).")
	p.waits("No connection: what you type stays in this page")
	p.holds("Note", "Typed while nobody answered (invented).")
	r.start()
	p.waits("Kept as a draft")

	p.open(in("sources", "new"))
	p.sees("You began this before", "What you typed is back in the form")
	p.holds("Note", "Typed while nobody answered (invented).")
	p.holds("Name", "Witness 78")
	p.holds("Why this is done", "Spoke to us (invented)")
	p.follow("Record it")
	p.sees("The source is described.", "Witness 78", "Typed while nobody answered (invented).")
}

// TestTwoEditors: two people change one source. Whoever sends second sees what
// it was, what it is now and what was typed; nothing was overwritten, and the
// second version can be sent on purpose.
func TestTwoEditors(t *testing.T) {
	r := onStage(t).open(t)
	one := r.writer()
	other := r.enter(r.invite("Colleague of the test"))
	for _, p := range []*page{one, other} {
		p.open(in("sources"))
		p.follow("Witness 05")
		p.follow("Describe anew")
	}
	one.fill("Note", "Spoken to twice (invented).")
	one.fill("Why this is done", "A second talk (invented)")
	one.follow("Record it")
	one.sees("The source is described.", "Spoken to twice (invented).")

	other.fill("Note", "Has left the town (invented).")
	other.fill("Why this is done", "Heard from a neighbour (invented)")
	other.follow("Record it")
	other.sees("This was changed while you had it open", "Writer of the test", "Spoken to twice (invented).", "Has left the town (invented).")
	one.do(chromedp.Reload())
	one.sees("Spoken to twice (invented).")
	one.missing("Has left the town")

	other.follow("Send my version anyway")
	other.sees("The source is described.", "Has left the town (invented).", "Heard from a neighbour (invented)", "A second talk (invented)")
}

// TestKeyboard walks without a mouse: the skip link comes first, Tab goes on
// from there, keys lead through the parts of the case and its lists.
func TestKeyboard(t *testing.T) {
	p := onStage(t).open(t).writer()
	focus := func() string {
		return eval[string](p, `(document.activeElement.innerText || document.activeElement.id || document.activeElement.tagName).trim()`)
	}
	wants := func(when, want string) {
		t.Helper()
		if got := focus(); got != want {
			t.Errorf("%s the keyboard is at %q, want %q", when, got, want)
		}
	}
	p.key("\t")
	wants("after the first Tab", "Skip to the content")
	if !eval[bool](p, `document.activeElement.getBoundingClientRect().top >= 0`) {
		t.Error("the skip link cannot be seen when the keyboard is at it")
	}
	p.key("\r")
	p.until("the content", `document.activeElement.id === "content"`)
	p.key("\t")
	if !eval[bool](p, `document.activeElement.closest("main") !== null`) {
		t.Errorf("Tab after the skip link leads to %q, outside of the content", focus())
	}
	if !eval[bool](p, `(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0; })()`) {
		t.Error("it cannot be seen where the keyboard is")
	}
	p.leaving(func() { p.key("gp") })
	p.at(in("persons"))
	rows := p.all("table.list tbody tr > :first-child a")
	p.key("j")
	p.key("j")
	wants("after j j", rows[1])
	p.key("k")
	wants("after k", rows[0])
	p.leaving(func() { p.key("\r") })
	p.at(in("persons", "p-"))

	p.key("/")
	wants("after /", "search")
	p.write("gp?") // in a field keys are letters
	p.at(in("persons", "p-"))
	p.leaving(func() { p.key("\r") })
	p.at(in("search"))
	p.leaving(func() { p.key("gs") })
	p.at(in("sources"))
	p.leaving(func() { p.key("n") })
	p.at(in("sources", "new"))
	p.do(chromedp.KeyEvent("\t"))
	p.leaving(func() { p.key("?") })
	p.at("/help")
	p.sees("Next row of a list")
}
