// SPDX-License-Identifier: Apache-2.0

package journeys

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// violation is what axe-core finds against a rule (axe API, "Results Object").
type violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"` // minor, moderate, serious or critical
	Help   string `json:"help"`
	Nodes  []struct {
		Target  []any  `json:"target"`
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// TestAccessible has axe-core judge every page of the site map, in English and
// Arabic, light and dark, wide and narrow: nothing serious or critical may be
// found. What the browser shows is judged, with the invented case in it.
func TestAccessible(t *testing.T) {
	axe := axeCore(t)
	r := onStage(t).open(t)
	p := r.writer()
	p.beginsSource("Witness 80", "Has begun (invented).") // so that a draft waits
	p.waits("Kept as a draft")
	tour := r.tour()
	delete(tour, "/sign-in") // judged below, without a session
	for _, language := range []string{"en", "ar"} {
		p.prefers(language, "")
		for _, pattern := range slices.Sorted(maps.Keys(tour)) {
			p.open(tour[pattern])
			p.unseal()
			p.judged(axe, language+" "+pattern)
		}
	}
	p.do(chromedp.Navigate(r.address + in("sources", "s-0000000000000000")))
	p.judged(axe, "not found")
	p.prefers("en", "")
	p.open(in())
	p.click("Writer of the test")
	p.follow("Sign out")
	p.judged(axe, "signed out")
}

// TestAccessibleCanFail shows that a page with a fault is found.
func TestAccessibleCanFail(t *testing.T) {
	axe := axeCore(t)
	p := onStage(t).open(t).writer()
	eval[bool](p, `(() => { document.querySelector("main").insertAdjacentHTML("beforeend", "<img src='/static/recount.svg'><input>"); return true })()`)
	var found []string
	for _, v := range p.axe(axe) {
		found = append(found, v.ID)
	}
	for _, want := range []string{"image-alt", "label"} {
		if !slices.Contains(found, want) {
			t.Errorf("axe found %q, want %q among it", found, want)
		}
	}
}

// unseal copies a page in which its policy lets no script run at all, as a
// dossier's, into an empty one: there axe-core can look at it.
func (p *page) unseal() {
	p.t.Helper()
	if !strings.HasSuffix(p.where(), "/page") && !strings.HasSuffix(p.where(), "/preview") {
		return
	}
	html := eval[string](p, `document.documentElement.outerHTML`)
	p.do(chromedp.Navigate("about:blank"))
	eval[bool](p, `(() => { document.open(); document.write("<!DOCTYPE html>" + `+quote(html)+`); document.close(); return true })()`)
	p.until("the page", `document.readyState === "complete"`)
}

func axeCore(t *testing.T) string {
	t.Helper()
	path := os.Getenv("RECOUNT_TEST_AXE")
	if path == "" {
		t.Skip("no axe-core: RECOUNT_TEST_AXE does not name an axe.min.js")
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

// schemes are the schemes in which a page of a width is judged. English wide
// and Arabic narrow are light, the others dark: each language, width and scheme
// meets each other one. RECOUNT_TEST_EVERY_LOOK judges all of them.
func schemes(what string, width int64) []string {
	switch {
	case os.Getenv("RECOUNT_TEST_EVERY_LOOK") != "":
		return []string{"light", "dark"}
	case strings.HasPrefix(what, "ar ") == (width < 600):
		return []string{"light"}
	}
	return []string{"dark"}
}

// judged reports what axe finds on the page as it stands, wide and narrow.
func (p *page) judged(axe, what string) {
	p.t.Helper()
	for _, width := range []int64{1280, 390} {
		p.do(chromedp.EmulateViewport(width, 900))
		// A dossier's page has the style that its format gives it, and is not held to this.
		if over := eval[float64](p, `location.protocol === "about:" ? 0 : document.documentElement.scrollWidth - innerWidth`); over > 0 {
			p.t.Errorf("%s, %d wide: the page is %v px wider than the window", what, width, over)
		}
		for _, scheme := range schemes(what, width) {
			p.do(chromedp.EmulateViewport(width, 900), media("", scheme))
			for _, v := range p.axe(axe) {
				if v.Impact != "serious" && v.Impact != "critical" {
					continue
				}
				for _, n := range v.Nodes[:min(3, len(v.Nodes))] {
					p.t.Errorf("%s, %s, %d wide: %s (%s): %v %.200s %s", what, scheme, width, v.ID, v.Help, n.Target, n.HTML, strings.ReplaceAll(n.Summary, "\n", " "))
				}
			}
		}
	}
	p.do(chromedp.EmulateViewport(1280, 900), media("", ""))
}

// axe runs axe-core over the page and gives what breaks its rules. The pages'
// policy forbids foreign scripts; DevTools evaluates it beside the page's own.
func (p *page) axe(source string) []violation {
	p.t.Helper()
	if !eval[bool](p, `typeof window.axe === "object"`) {
		p.do(func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
			answer, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: source + "\n;0"})
			if err == nil && answer.ExceptionDetails != nil {
				err = fmt.Errorf("axe-core: %s", answer.ExceptionDetails.Text)
			}
			return chromedp.Void{}, err
		})
	}
	ctx, end := context.WithTimeout(p.ctx, longest)
	defer end()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]violation](
		`axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations)`, chromedp.EvalAwaitPromise))
	if err != nil {
		p.fatal("axe-core: %v", err)
	}
	return found
}

// media has the page shown as on a medium ("print"), by a device that is set
// to light or dark; "" is as it comes.
func media(medium, scheme string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		params := emulation.SetEmulatedMediaParams{Media: medium}
		if scheme != "" {
			params.Features = []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
		}
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, params)
		return chromedp.Void{}, err
	}
}

// prefers sets language and look as the page's own settings do.
func (p *page) prefers(language, look string) {
	p.t.Helper()
	p.open(in())
	p.leaving(func() {
		eval[bool](p, `(() => { const f = document.querySelector("form[action='/settings']"); f.elements.language.value = `+quote(language)+`; f.elements.look.value = `+quote(look)+`; f.requestSubmit(); return true })()`)
	})
}
