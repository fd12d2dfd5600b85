// SPDX-License-Identifier: Apache-2.0

package web

import (
	"io/fs"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sheet is the style sheet, without its comments.
func sheet(t *testing.T) string {
	t.Helper()
	raw, err := fs.ReadFile(files, "static/recount.css")
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(string(raw), "")
}

// colours are the custom properties with a colour in the first block that the
// selector opens.
func colours(t *testing.T, css, selector string) map[string]string {
	t.Helper()
	_, after, ok := strings.Cut(css, selector+" {")
	if !ok {
		t.Fatalf("the style sheet has no block %q", selector)
	}
	block, _, _ := strings.Cut(after, "}")
	found := map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]+);`).FindAllStringSubmatch(block, -1) {
		found[m[1]] = m[2]
	}
	return found
}

// luminance is the relative luminance of #rgb or #rrggbb (WCAG 2.2, "relative luminance").
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	hex := strings.TrimPrefix(colour, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || len(hex) != 6 {
		t.Fatalf("%q is no colour", colour)
	}
	linear := func(c uint64) float64 {
		s := float64(c&0xff) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n)
}

// contrast is the contrast ratio of WCAG 2.2.
func contrast(t *testing.T, one, other string) float64 {
	t.Helper()
	a, b := luminance(t, one), luminance(t, other)
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

// TestContrast: text has 4.5 to 1 on every ground it stands on, edges of what
// can be worked have 3 to 1 (WCAG 2.2, success criteria 1.4.3 and 1.4.11).
func TestContrast(t *testing.T) {
	t.Parallel()
	if got := contrast(t, "#fff", "#777777"); math.Abs(got-4.48) > 0.005 { // the best known near miss: 4.48 to 1
		t.Fatalf("contrast of #777 on white: %.3f", got)
	}
	css := sheet(t)
	dark := colours(t, css, ":root[data-look=dark]")
	if diff := cmp.Diff(dark, colours(t, css, ":root:not([data-look=light])")); diff != "" {
		t.Errorf("dark by choice and dark by the device differ: %s", diff)
	}
	_, light, _ := strings.Cut(css, "color-scheme: light;")
	for look, have := range map[string]map[string]string{"light": colours(t, ":root {"+light, ":root"), "dark": dark} {
		for _, ground := range []string{"page", "sheet", "one-wash", "two-wash"} {
			for text, least := range map[string]float64{"ink": 4.5, "quiet": 4.5, "one": 4.5, "two": 4.5, "edge": 3} {
				if got := contrast(t, have[text], have[ground]); got < least {
					t.Errorf("%s: --%s on --%s has a contrast of %.2f, less than %.1f", look, text, ground, got, least)
				}
			}
		}
		if got := contrast(t, have["on-one"], have["one"]); got < 4.5 {
			t.Errorf("%s: text of a button has a contrast of %.2f", look, got)
		}
	}
}

// physical are declarations that name a side or an axis of the screen instead of the text's.
func physical() *regexp.Regexp {
	return regexp.MustCompile(`[;{]\s*((?:(?:min-|max-)?(?:width|height)|(?:[a-z-]+-)?(?:left|right|top|bottom)(?:-[a-z-]+)?|float)\s*:[^;}]*|text-align:\s*(?:left|right))`)
}

// TestLogicalProperties: one style sheet serves both directions of writing.
func TestLogicalProperties(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"a { margin-left: 0 }", "a { color: red; width: 1px }", "a{border-top-width:0}", "a { text-align: right; }"} {
		if !physical().MatchString(bad) {
			t.Fatalf("%s passes", bad)
		}
	}
	for _, m := range physical().FindAllStringSubmatch(sheet(t), -1) {
		t.Errorf("%q names a side of the screen", m[1])
	}
}

// TestNoInlineStyle: the policy of the headers forbids style in a page; a browser would drop it without a word.
func TestNoInlineStyle(t *testing.T) {
	t.Parallel()
	inline := regexp.MustCompile(`<style|\sstyle=|\son[a-z]+="`)
	if !inline.MatchString(`<p style="x">`) || !inline.MatchString(`<p onclick="x">`) {
		t.Fatal("inline style passes")
	}
	for name, text := range sources(t) {
		if m := inline.FindString(text); m != "" && strings.HasSuffix(name, ".html") {
			t.Errorf("%s has %q", name, m)
		}
	}
}
