// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"
	"html"
	"strings"

	"recount/fault"
)

// The page that readers see is made once, at the freeze, and its SHA-256
// stands in the log. Beyond that all of it is held against what was frozen:
// the statement as it is shown by CheckMain, what is around it by Page.

// What the statement stands between in a page: the first of the one, the last
// of the other.
const (
	MainStart = `<main id="statement">` + "\n"
	MainEnd   = "</main>\n"
)

// FigureLink is a figure in its place: a link to its row in the table.
func FigureLink(p Place, text string) string {
	return fmt.Sprintf(`<a class="figure" dir="ltr" href="#%s" data-value="%s">%s</a>`, rowID(p.Figure, p.Part), p.Value, html.EscapeString(text))
}

// QuoteBlock is a quotation in its place.
func QuoteBlock(q Quotation) string {
	lang := ""
	if q.Language != "" {
		lang = ` lang="` + html.EscapeString(q.Language) + `"`
	}
	var source []string
	for _, s := range []string{q.Attribution, q.Place(), "entry " + fmt.Sprint(q.Seq)} {
		if s != "" {
			source = append(source, html.EscapeString(s))
		}
	}
	return fmt.Sprintf(`<blockquote class="quote" dir="auto" data-quote="%s"><p%s>%s</p><footer>%s</footer></blockquote>`,
		html.EscapeString(q.Citation), lang, html.EscapeString(q.Quote), strings.Join(source, ", "))
}

// CheckPage holds a page to its statement and to the entry, whose log has that
// origin: outside the statement it is what Page makes, byte for byte; in it
// CheckMain finds every figure and quotation in its place, with the value that
// the entry gives, and the words of the statement and no others. The error is a
// *Mismatch (fault.Tampered), which says what was expected and what was found.
func CheckPage(page string, s Statement, f Frozen, quotes []Quotation, origin string) error {
	start, end := strings.Index(page, MainStart), strings.LastIndex(page, MainEnd)
	if start < 0 || end < start+len(MainStart) {
		return &Mismatch{What: "the page has no statement between its marks", Expected: strings.TrimSpace(MainStart), Found: "none"}
	}
	main := page[start+len(MainStart) : end]
	placed := make([]string, len(s.Places))
	for i, p := range s.Places {
		text, err := PlaceMarkup(p, f, quotes)
		if err != nil {
			return err
		}
		placed[i] = text
	}
	if want := Page(main, s, f, origin); page != want {
		at, expected, found := difference(want, page)
		return &Mismatch{What: "the page around the statement, from byte " + itoa(int64(at)) + " on", Expected: expected, Found: found}
	}
	return CheckMain(main, s, func(i int) string { return placed[i] })
}

// difference is where two texts begin to differ, with a piece of each.
func difference(want, found string) (at int, expected, instead string) {
	for at < len(want) && at < len(found) && want[at] == found[at] {
		at++
	}
	near := func(s string) string { return clip(strings.ToValidUTF8(s[max(0, at-30):], ""), 120) }
	return at, near(want), near(found)
}

// Mismatch is an error that says what was expected and what was found.
type Mismatch struct {
	What            string
	Line            int // of the statement, from 1; 0 where it is about none
	Expected, Found string
}

// Error makes Mismatch an error of the kind fault.Tampered.
func (m *Mismatch) Error() string {
	return fmt.Sprintf("%v: %s: expected %s, found %s", fault.Tampered, m.Where(), m.Expected, m.Found)
}

// Where is What with the line of the statement.
func (m *Mismatch) Where() string {
	if m.Line == 0 {
		return m.What
	}
	return fmt.Sprintf("%s, line %d of the statement", m.What, m.Line)
}

// Unwrap gives the kind.
func (m *Mismatch) Unwrap() error { return fault.Tampered }

// PlaceMarkup is what stands on a page in a place of the statement.
func PlaceMarkup(p Place, f Frozen, quotes []Quotation) (string, error) {
	if p.Quote != "" {
		for _, q := range quotes {
			if q.Citation == p.Quote {
				return QuoteBlock(q), nil
			}
		}
		return "", &Mismatch{What: "a place", Line: p.Line, Expected: "a citation that the entry names", Found: p.Quote}
	}
	t, ok := f.Totals(p.Figure, p.Part)
	if !ok {
		return "", &Mismatch{What: "a place", Line: p.Line, Expected: "a figure that the entry states", Found: p.Figure + " " + p.Part}
	}
	return FigureLink(p, PlaceText(p.Value, t)), nil
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
