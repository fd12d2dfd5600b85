// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"recount/fault"
	"recount/verify"
)

// Two characters that are none mark the place of a figure or quotation while
// Markdown is read; ParseStatement lets neither into a statement.
const (
	openMark  = "\uFDD0"
	closeMark = "\uFDD1"
)

func mark(i int) string { return openMark + strconv.Itoa(i) + closeMark }

// renderMain renders a statement (CommonMark and tables) with its figures and
// quotations in their places. With nil as frozen it only finds what cannot be
// rendered: HTML, images, a place within the address of a link, a quotation
// that does not stand alone (fault.Invalid, with the line).
func renderMain(c Composed, frozen *verify.Frozen) (string, error) {
	var source strings.Builder
	at := 0
	for i, p := range c.Places {
		source.WriteString(c.Body[at:p.Start] + mark(i))
		at = p.End
	}
	source.WriteString(c.Body[at:])
	first := 1 + strings.Count(string(c.text[:len(c.text)-len(c.Body)]), "\n")
	markdown := goldmark.New(goldmark.WithExtensions(extension.Table))
	input := []byte(source.String())
	tree := markdown.Parser().Parse(text.NewReader(input))
	if err := plain(tree, input, first); err != nil {
		return "", err
	}
	var out bytes.Buffer
	if err := markdown.Renderer().Render(&out, input, tree); err != nil {
		return "", fmt.Errorf("rendering the statement: %w", err)
	}
	return fill(out.String(), c, frozen)
}

// plain refuses what a page must not hold.
func plain(tree ast.Node, source []byte, first int) error {
	return ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		problem := ""
		switch n := n.(type) {
		case *ast.RawHTML, *ast.HTMLBlock:
			problem = "HTML, which a statement does not hold; accepted is Markdown"
		case *ast.Image:
			problem = "an image; a statement holds text alone, so that the page needs nothing from outside"
		case *ast.Link:
			if bytes.Contains(n.Destination, []byte(openMark)) || bytes.Contains(n.Title, []byte(openMark)) {
				problem = "a figure or quotation within the address or the title of a link; accepted is one in the text"
			}
		case *ast.AutoLink:
			if bytes.Contains(n.URL(source), []byte(openMark)) {
				problem = "a figure or quotation within an address; accepted is one in the text"
			}
		case *ast.FencedCodeBlock:
			if n.Info != nil && bytes.Contains(n.Info.Segment.Value(source), []byte(openMark)) {
				problem = "a figure or quotation behind the opening of a block of code; accepted is one in the text"
			}
		}
		if problem == "" {
			return ast.WalkContinue, nil
		}
		return ast.WalkStop, fmt.Errorf("%w: statement, line %d: %s", fault.Invalid, first+lineOf(n, source), problem)
	})
}

// lineOf is the line of a node within the source, from 0: that of its own
// text, or of the block around it.
func lineOf(n ast.Node, source []byte) int {
	for ; n != nil; n = n.Parent() {
		if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			return bytes.Count(source[:n.Lines().At(0).Start], []byte("\n"))
		}
	}
	return 0
}

// fill puts figures and quotations into their places.
func fill(page string, c Composed, frozen *verify.Frozen) (string, error) {
	for i, p := range c.Places {
		from, to := mark(i), ""
		if p.Quote != "" {
			from = "<p>" + from + "</p>"
		}
		if strings.Count(page, from) != 1 || strings.Count(page, mark(i)) != 1 {
			what := "a figure stands where it cannot be shown; accepted is a place in the text"
			if p.Quote != "" {
				what = "a quotation does not stand alone; accepted is a place on a line of its own, with an empty line before and after"
			}
			return "", fmt.Errorf("%w: statement, line %d: %s", fault.Invalid, p.Line, what)
		}
		if frozen != nil {
			var err error
			if to, err = placed(p, c, *frozen); err != nil {
				return "", err
			}
		}
		page = strings.Replace(page, from, to, 1)
	}
	return page, nil
}

func placed(p verify.Place, c Composed, frozen verify.Frozen) (string, error) {
	if p.Quote == "" {
		totals, ok := frozen.Totals(p.Figure, p.Part)
		if !ok {
			return "", fmt.Errorf("%w: figure %s was not frozen", fault.NotFound, p.Figure)
		}
		return verify.FigureLink(p, verify.PlaceText(p.Value, totals)), nil
	}
	for _, q := range c.Quotes {
		if q.Citation == p.Quote {
			return verify.QuoteBlock(q), nil
		}
	}
	return "", fmt.Errorf("%w: citation %s was not composed", fault.NotFound, p.Quote)
}
