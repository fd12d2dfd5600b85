// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode"

	"recount/fault"
)

// The page that readers see is made once, at the freeze, and its SHA-256
// stands in the log. What is checked of its content beyond that are the
// fragments below, which every page holds byte for byte, and its words.

// The marks between which the statement stands in a page.
const (
	MainStart = `<main id="statement">` + "\n"
	MainEnd   = "</main>\n"
)

// rowID names the row of a figure or a part in the page's table.
func rowID(id, part string) string {
	if part == "" {
		return "row-" + id
	}
	return "row-" + id + "." + part
}

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

// FigureRow is the row of a figure or a part in the page's table.
func FigureRow(f Frozen, c Counted, unit, standard string) string {
	if standard == "" {
		standard = "not stated"
	}
	kind := "figure"
	if c.Part != "" {
		kind = "part"
	}
	return fmt.Sprintf(`<tr id="%s" class="%s"><th scope="row" dir="auto">%s</th><td>%s</td><td dir="ltr">%d</td><td dir="ltr">%s</td><td dir="ltr">%d</td><td dir="ltr">%d</td><td>%d</td><td dir="auto">%s</td></tr>`,
		rowID(c.Figure, c.Part), kind, html.EscapeString(c.Title), html.EscapeString(unit), c.Totals.Point(), rangeText(c.Totals),
		c.Totals.Unknown, c.Totals.N(), f.BaseSize, html.EscapeString(standard))
}

// PageRows are all rows of the page's table.
func PageRows(f Frozen, standard string) []string {
	var rows []string
	for _, c := range f.Columns() {
		for _, count := range f.Counts {
			if count.Definition.Figure == c.Figure {
				rows = append(rows, FigureRow(f, c, count.Definition.Unit, standard))
				break
			}
		}
	}
	return rows
}

// CheckPage holds a page to its statement and to the entry: every figure and
// quotation in its place and with the value that the entry gives, every row of
// the table there, nothing else that looks like one, and the words of the
// statement in their order and no others between them. The error
// (fault.Tampered) says what was expected and what was found.
func CheckPage(page string, s Statement, f Frozen, quotes []Quotation) error {
	start := strings.Index(page, MainStart)
	end := strings.LastIndex(page, MainEnd)
	if start < 0 || end < start {
		return &Mismatch{What: "the page has no statement between its marks", Expected: strings.TrimSpace(MainStart), Found: "none"}
	}
	main, rest := page[start+len(MainStart):end], page[:start]+page[end:]
	prose, err := takePlaces(main, s, f, quotes)
	if err != nil {
		return err
	}
	rows := PageRows(f, s.Standard)
	for _, row := range rows {
		if strings.Count(rest, row) != 1 {
			id := row[:strings.Index(row, " class=")]
			return &Mismatch{What: "a row of the table of figures", Expected: row, Found: rowLike(rest, id)}
		}
	}
	if n := strings.Count(rest, `<tr id="row-`); n != len(rows) {
		return &Mismatch{What: "rows in the table of figures", Expected: fmt.Sprint(len(rows)), Found: fmt.Sprint(n)}
	}
	return sameWords(s, prose)
}

// Mismatch is an error that says what was expected and what was found.
type Mismatch struct{ What, Expected, Found string }

// Error makes Mismatch an error of the kind fault.Tampered.
func (m *Mismatch) Error() string {
	return fmt.Sprintf("%v: %s: expected %s, found %s", fault.Tampered, m.What, m.Expected, m.Found)
}

// Unwrap gives the kind.
func (m *Mismatch) Unwrap() error { return fault.Tampered }

// rowLike is what stands where a row was expected.
func rowLike(text, start string) string {
	i := strings.Index(text, start)
	if i < 0 {
		return "no such row"
	}
	line, _, _ := strings.Cut(text[i:], "\n")
	return line
}

var placeLike = regexp.MustCompile(`<[^>]*(?:class="(?:figure|quote)"|data-value=|data-quote=)`)

// takePlaces cuts the figures and quotations out of the statement as it is
// shown, each where the next is expected, and answers what remains.
func takePlaces(main string, s Statement, f Frozen, quotes []Quotation) (string, error) {
	var prose strings.Builder
	rest := main
	for _, p := range s.Places {
		want, err := placed(p, f, quotes)
		if err != nil {
			return "", err
		}
		next := placeLike.FindStringIndex(rest)
		if next == nil || !strings.HasPrefix(rest[next[0]:], want) {
			found := "nothing"
			if next != nil {
				found = clip(rest[next[0]:], len(want)+40)
			}
			return "", &Mismatch{What: fmt.Sprintf("what stands on the page for line %d of the statement", p.Line), Expected: want, Found: found}
		}
		prose.WriteString(rest[:next[0]])
		rest = rest[next[0]+len(want):]
	}
	if next := placeLike.FindStringIndex(rest); next != nil {
		return "", &Mismatch{What: "after the last place of the statement", Expected: "no figure and no quotation", Found: clip(rest[next[0]:], 160)}
	}
	prose.WriteString(rest)
	return prose.String(), nil
}

func placed(p Place, f Frozen, quotes []Quotation) (string, error) {
	if p.Quote != "" {
		for _, q := range quotes {
			if q.Citation == p.Quote {
				return QuoteBlock(q), nil
			}
		}
		return "", &Mismatch{What: fmt.Sprintf("line %d of the statement", p.Line), Expected: "a citation that the entry names", Found: p.Quote}
	}
	t, ok := f.Totals(p.Figure, p.Part)
	if !ok {
		return "", &Mismatch{What: fmt.Sprintf("line %d of the statement", p.Line), Expected: "a figure that the entry states", Found: p.Figure + " " + p.Part}
	}
	return FigureLink(p, PlaceText(p.Value, t)), nil
}

var markup = regexp.MustCompile(`(?s)<!--.*?-->|<[^>]*>`)

// sameWords refuses a page whose letters and digits are not those of the
// statement, in their order. The statement may have more: addresses of links,
// numbers of lists.
func sameWords(s Statement, prose string) error {
	var body strings.Builder
	at := 0
	for _, p := range s.Places {
		body.WriteString(s.Body[at:p.Start])
		at = p.End
	}
	body.WriteString(s.Body[at:])
	have := letters(html.UnescapeString(body.String()))
	want := letters(html.UnescapeString(markup.ReplaceAllString(prose, "")))
	i := 0
	for n, r := range want {
		for i < len(have) && have[i] != r {
			i++
		}
		if i == len(have) {
			return &Mismatch{What: "the words of the page", Expected: "those of statement.md in their order",
				Found: "something else near " + fmt.Sprintf("%q", string(want[max(0, n-20):min(len(want), n+20)]))}
		}
		i++
	}
	return nil
}

func letters(s string) []rune {
	var out []rune
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) {
			out = append(out, r)
		}
	}
	return out
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
