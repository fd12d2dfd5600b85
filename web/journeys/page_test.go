// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// longest is how long a journey waits for anything before it gives up.
const longest = 90 * time.Second

// lost is after how long a click that the page has not seen will not come any more.
const lost = 10 * time.Second

// page is one tab of the browser. What it does, it does as a person would:
// by what can be seen on the page, with mouse and keyboard.
type page struct {
	t    *testing.T
	ctx  context.Context
	room *room
}

// do carries actions out, in time.
func (p *page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := p.try(actions...); err != nil {
		p.fatal("%v", err)
	}
}

func (p *page) try(actions ...chromedp.Action[chromedp.Void]) error {
	if err := chromedp.Do(p.ctx); err != nil { // the tab, whose life must not end with this deadline
		return err
	}
	ctx, end := context.WithTimeout(p.ctx, longest)
	defer end()
	return chromedp.Do(ctx, actions...)
}

// eval is the value of an expression in the page.
func eval[T any](p *page, js string) T {
	p.t.Helper()
	ctx, end := context.WithTimeout(p.ctx, longest)
	defer end()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js))
	if err != nil {
		p.fatal("%v in %s", err, js)
	}
	return v
}

// until waits for an expression to become true. A page that is just going away
// answers nothing; it is asked again.
func (p *page) until(what, js string) {
	p.t.Helper()
	for ends := time.Now().Add(longest); ; time.Sleep(50 * time.Millisecond) {
		ctx, end := context.WithTimeout(p.ctx, longest/9)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](js))
		end()
		if err == nil && ok {
			return
		}
		if time.Now().After(ends) {
			p.fatal("waited in vain for %s (%v)", what, err)
		}
	}
}

// fatal ends the journey with what stands on the page; RECOUNT_TEST_SHOTS names
// a folder for a picture of it.
func (p *page) fatal(format string, args ...any) {
	p.t.Helper()
	ctx, end := context.WithTimeout(p.ctx, 20*time.Second)
	defer end()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	if err != nil {
		text = err.Error()
	}
	if dir := os.Getenv("RECOUNT_TEST_SHOTS"); dir != "" {
		if png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100)); err == nil {
			_ = os.WriteFile(filepath.Join(dir, strings.ReplaceAll(p.t.Name(), "/", "-")+".png"), png, 0o600)
		}
	}
	if len(text) > 3000 {
		text = text[:3000] + "…"
	}
	p.t.Fatalf(format+"\non the page %s", append(args, text)...)
}

// open goes to an address of the room.
func (p *page) open(address string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.room.address + address))
}

// leaving does something that leads to another page, and waits for that page.
// Chromium loses a click now and then while a page is put in place, and what
// never came to the page is done again; what came is not.
func (p *page) leaving(act func()) {
	p.t.Helper()
	eval[bool](p, `(() => { window.left = "no";
		for (const kind of ["keydown", "submit"]) addEventListener(kind, () => { window.left = "asked" }, { capture: true });
		addEventListener("click", (e) => { if (e.target.closest("a, button, summary, label, input")) window.left = "asked" }, { capture: true });
		return true })()`)
	for try := 1; ; try++ {
		act()
		came, ends := false, time.Now().Add(lost)
		for !came && time.Now().Before(ends) {
			time.Sleep(20 * time.Millisecond)
			ctx, end := context.WithTimeout(p.ctx, longest/9)
			still, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`window.left === "no"`))
			end()
			came = err != nil || !still
		}
		if came || try == 3 {
			break
		}
		p.t.Logf("a click did not come to %s; once more", p.where())
	}
	p.until("the next page", `!window.left && document.readyState === "complete"`)
}

// quote is a text as a string of JavaScript.
func quote(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		return `""` // a string always has a form
	}
	return string(raw)
}

// words is what can be read on the page, blanks as one.
func (p *page) words() string {
	p.t.Helper()
	return strings.Join(strings.Fields(eval[string](p, `document.body.innerText`)), " ")
}

// sees fails where one of the texts cannot be read on the page.
func (p *page) sees(texts ...string) {
	p.t.Helper()
	words := strings.ToLower(p.words())
	for _, text := range texts {
		if !strings.Contains(words, strings.ToLower(text)) {
			p.fatal("%q cannot be read", text)
		}
	}
}

// waits for a text to be read on the page, and for all of the page: what is
// clicked on before that can move away.
func (p *page) waits(text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("%q", text), `document.readyState === "complete" && document.body.innerText.replace(/\s+/g, " ").toLowerCase().includes(`+quote(strings.ToLower(text))+`)`)
}

// missing fails where the text can be read on the page.
func (p *page) missing(text string) {
	p.t.Helper()
	if strings.Contains(strings.ToLower(p.words()), strings.ToLower(text)) {
		p.fatal("%q can be read and should not", text)
	}
}

// at fails where the page's address does not begin so.
func (p *page) at(prefix string) {
	p.t.Helper()
	if got := p.where(); !strings.HasPrefix(got, prefix) {
		p.fatal("at %s, want %s…", got, prefix)
	}
}

// where is the page's address in the room.
func (p *page) where() string {
	p.t.Helper()
	return eval[string](p, `location.pathname + location.search`)
}

// all are the texts of the elements that a selector finds.
func (p *page) all(selector string) []string {
	p.t.Helper()
	return eval[[]string](p, `[...document.querySelectorAll(`+quote(selector)+`)].map(e => e.innerText.replace(/\s+/g, " ").trim())`)
}

// point is the middle of an element in the window, after scrolling it there.
type point struct{ X, Y float64 }

// visible is JavaScript that finds what people would click on by its words: the
// element that has exactly these words, or else the first that begins with them.
const visible = `((selector, name) => {
  const norm = (s) => (s || "").replace(/\s+/g, " ").trim();
  const shown = [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled);
  return shown.find((e) => norm(e.innerText) === name || e.getAttribute("aria-label") === name) || shown.find((e) => norm(e.innerText).startsWith(name));
})`

// control is JavaScript that finds a field by its label, inside of what a selector names.
const control = `((inside, label) => {
  const norm = (s) => (s || "").replace(/\s+/g, " ").trim();
  for (const root of document.querySelectorAll(inside)) {
    const labels = [...root.querySelectorAll("label")].filter((l) => l.checkVisibility() && l.control);
    const own = (l) => norm([...l.childNodes].filter((n) => n !== l.control).map((n) => n.textContent).join(" "));
    const found = labels.find((l) => own(l) === label) || labels.find((l) => own(l).startsWith(label));
    if (found) return found.control;
  }
})`

// middle is where to click on what an expression finds.
func (p *page) middle(what, find string) point {
	p.t.Helper()
	at := eval[*point](p, `(() => { const e = `+find+`; if (!e) return null;
		e.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
		const r = e.getClientRects()[0]; return { X: r.x + r.width / 2, Y: r.y + r.height / 2 }; })()`)
	if at == nil {
		p.fatal("there is no %s", what)
	}
	return *at
}

// clickable is what has words to click on.
const clickable = `a, button, summary, main label`

// click clicks on what has these words.
func (p *page) click(name string) {
	p.t.Helper()
	at := p.middle(fmt.Sprintf("%q to click on", name), visible+`(`+quote(clickable)+`, `+quote(name)+`)`)
	p.do(chromedp.MouseClickXY(at.X, at.Y))
}

// clickOn clicks on what a selector finds first.
func (p *page) clickOn(selector string) {
	p.t.Helper()
	at := p.middle(selector, `document.querySelector(`+quote(selector)+`)`)
	p.do(chromedp.MouseClickXY(at.X, at.Y))
}

// follow clicks on what has these words and waits for the page it leads to.
func (p *page) follow(name string) {
	p.t.Helper()
	p.leaving(func() { p.click(name) })
}

func (p *page) followOn(selector string) {
	p.t.Helper()
	p.leaving(func() { p.clickOn(selector) })
}

// fill types a text into the field with this label, in place of what was there.
func (p *page) fill(label, text string) { p.t.Helper(); p.fillIn("main", label, text) }

func (p *page) fillIn(inside, label, text string) {
	p.t.Helper()
	at := p.middle(fmt.Sprintf("field %q", label), control+`(`+quote(inside)+`, `+quote(label)+`)`)
	p.do(chromedp.MouseClickXY(at.X, at.Y))
	eval[bool](p, `(document.activeElement.select && document.activeElement.select(), true)`)
	p.write(text)
}

// write types a text where the cursor stands, in any script.
func (p *page) write(text string) {
	p.t.Helper()
	p.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text})
		return chromedp.Void{}, err
	})
}

// choose takes the option with this text, or that begins with it.
func (p *page) choose(label, text string) { p.t.Helper(); p.chooseIn("main", label, text) }

func (p *page) chooseIn(inside, label, text string) {
	p.t.Helper()
	if !eval[bool](p, `(() => { const e = `+control+`(`+quote(inside)+`, `+quote(label)+`); if (!e || !e.options) return false;
		const text = `+quote(text)+`, all = [...e.options];
		const o = all.find((o) => o.text.trim() === text) || all.find((o) => o.text.trim().startsWith(text));
		if (!o) return false;
		e.focus(); e.value = o.value; e.dispatchEvent(new Event("input", { bubbles: true })); e.dispatchEvent(new Event("change", { bubbles: true }));
		return true; })()`) {
		p.fatal("there is no field %q with %q to choose", label, text)
	}
}

// holds fails where the field with this label does not hold the text.
func (p *page) holds(label, text string) {
	p.t.Helper()
	got := eval[string](p, `(() => { const e = `+control+`("main", `+quote(label)+`); return e ? e.value : "no such field"; })()`)
	if got != text {
		p.fatal("the field %q holds %q, want %q", label, got, text)
	}
}

// key presses a key, or several one after the other.
func (p *page) key(keys string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys))
}

// takes puts files into the page's file field, as the browser's own dialogue does.
func (p *page) takes(files ...string) {
	p.t.Helper()
	p.do(chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), files))
}
