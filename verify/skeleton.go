// SPDX-License-Identifier: Apache-2.0

package verify

import (
	_ "embed" // for the skeletons below
	"encoding/base64"
	"fmt"
	"html"
	"slices"
	"strings"

	"recount/figure"
	"recount/journal"
)

// The texts that every bundle has around what was frozen. A name between two
// @ is a place for a value. docs/formats/skeleton holds the same files for
// those who write a checker of their own.
var (
	//go:embed skeleton/page.html
	pageSkeleton string
	//go:embed skeleton/figures.html
	figuresSkeleton string
	//go:embed skeleton/definition.html
	definitionSkeleton string
	//go:embed skeleton/verify.txt
	verifySkeleton string
)

// filled puts values, named in turn, into the places of a skeleton. What a
// value holds is not read again.
func filled(skeleton string, values ...string) string {
	pairs := slices.Clone(values)
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "@" + pairs[i] + "@"
	}
	return strings.NewReplacer(pairs...).Replace(skeleton)
}

// Page is the whole page around a statement as it is shown. It asks for
// nothing from outside, runs nothing, and is a function of its arguments.
func Page(main string, s Statement, f Frozen, origin string) string {
	return filled(pageSkeleton, "LANG", html.EscapeString(s.Lang), "DIR", s.Dir, "TITLE", html.EscapeString(f.Title),
		"DOSSIER", html.EscapeString(f.Dossier), "EDITION", itoa(f.Edition), "ORIGIN", html.EscapeString(origin),
		"BASE_SIZE", itoa(f.BaseSize), "BASE_ROOT", base64.StdEncoding.EncodeToString(f.BaseRoot[:]),
		"MAIN", main, "FIGURES", figuresSection(s, f))
}

// PageStyle is the style sheet that stands in every page.
func PageStyle() string {
	_, style, _ := strings.Cut(pageSkeleton, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	return style
}

func figuresSection(s Statement, f Frozen) string {
	if len(f.Counts) == 0 {
		return ""
	}
	var rows, definitions strings.Builder
	for _, row := range pageRows(f, s.Standard) {
		rows.WriteString(row + "\n")
	}
	for i, c := range f.Counts {
		d := c.Definition
		of := func(x Count) bool { return x.Definition.Figure == d.Figure }
		if slices.IndexFunc(f.Counts, of) != i {
			continue
		}
		var files []string
		for _, x := range f.Counts {
			if of(x) {
				files = append(files, fmt.Sprintf("%s (%d lines, root %s)", CountPath(x.File), x.N, x.Root))
			}
		}
		definitions.WriteString(filled(definitionSkeleton, "TITLE", html.EscapeString(d.Title), "FIGURE", html.EscapeString(d.Figure),
			"RULE", html.EscapeString(d.Rule), "UNIVERSE", html.EscapeString(c.Universe),
			"DEFINITION", html.EscapeString(string(canonical(d))), "FILES", html.EscapeString(strings.Join(files, "; "))))
	}
	return filled(figuresSkeleton, "ROWS", rows.String(), "DEFINITIONS", definitions.String(), "LIMIT", itoa(max(1, f.Limit)))
}

// rowID names the row of a figure or a part in the page's table.
func rowID(id, part string) string {
	if part == "" {
		return "row-" + id
	}
	return "row-" + id + "." + part
}

// figureRow is the row of a figure or a part in the page's table.
func figureRow(f Frozen, c Counted, unit, standard string) string {
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

// pageRows are all rows of the page's table.
func pageRows(f Frozen, standard string) []string {
	var rows []string
	for _, c := range f.Columns() {
		at := slices.IndexFunc(f.Counts, func(x Count) bool { return x.Definition.Figure == c.Figure })
		rows = append(rows, figureRow(f, c, f.Counts[at].Definition.Unit, standard))
	}
	return rows
}

// Listing says how many files a bundle has and for whom it is.
type Listing struct {
	Payload   int64 // files under data/
	Bytes     int64 // of these
	Files     int64 // all
	Recipient string
}

// VerifyText is the file VERIFY.txt: how to check the bundle with tools that
// its makers did not write. seq is the number of the entry of the freeze.
func VerifyText(f Frozen, seq int64, c journal.Checkpoint, l Listing) string {
	named := ""
	if l.Recipient != "" {
		list := NotShown(LevelNamed)
		named = "- " + list[len(list)-1] + "\n"
	}
	return filled(verifySkeleton, "DOSSIER", f.Dossier, "EDITION", itoa(f.Edition), "PAYLOAD_FILES", itoa(l.Payload), "FILES", itoa(l.Files),
		"SEQ", itoa(seq), "STATEMENT_SHA256", f.StatementSHA256, "PAGE_SHA256", f.PageSHA256,
		"ORIGIN", c.Origin, "SIZE", itoa(c.Size), "ROOT", journal.Leaf(c.Root).String(), "NAMED", named)
}

// BagInfo is the file bag-info.txt; frozenAt is the time that the entry of the
// freeze gives itself.
func BagInfo(f Frozen, frozenAt string, l Listing) string {
	day, _, _ := strings.Cut(frozenAt, "T")
	info := fmt.Sprintf("Bag-Software-Agent: recount\nBagging-Date: %s\nExternal-Identifier: %s/%d\nPayload-Oxum: %d.%d\n", day, f.Dossier, f.Edition, l.Bytes, l.Payload)
	if l.Recipient != "" {
		info += "Recipient: " + l.Recipient + "\n"
	}
	return info
}

// PlaceText is what stands in the place of a figure.
func PlaceText(value string, t figure.Totals) string {
	switch value {
	case ValueUnknown:
		return itoa(t.Unknown)
	case ValueRange:
		return rangeText(t)
	}
	return itoa(t.Point())
}

func rangeText(t figure.Totals) string {
	if t.Min() == t.Max() {
		return itoa(t.Min())
	}
	return itoa(t.Min()) + "–" + itoa(t.Max())
}
