// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"recount/fault"
	"recount/verify"
)

// renderMain renders a statement (CommonMark and tables) and puts into the i-th
// place what placed answers. It refuses what a statement cannot be shown with
// (fault.Invalid, with the line): HTML, images, code, a place that is not in
// the text, and everything that verify.CheckMain would not find again.
func renderMain(c Composed, placed func(i int) string) (string, error) {
	markdown := goldmark.New(goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute))))
	input := []byte(c.Marked())
	tree := markdown.Parser().Parse(text.NewReader(input))
	if err := plain(tree, input, c.First); err != nil {
		return "", err
	}
	var out bytes.Buffer
	if err := markdown.Renderer().Render(&out, input, tree); err != nil {
		return "", fmt.Errorf("rendering the statement: %w", err)
	}
	main, err := fill(out.String(), c, placed)
	if err != nil {
		return "", err
	}
	return main, acceptable(verify.CheckMain(main, c.Statement, placed))
}

// acceptable says of a page that would not be found to show its statement what
// would be accepted instead.
func acceptable(err error) error {
	var m *verify.Mismatch
	if !errors.As(err, &m) {
		return err
	}
	return fmt.Errorf("%w: statement: %s: expected %s, the page would have %s; accepted are paragraphs, headings that begin with #, *emphasis*, [links](https://…) without a title and with %%xx for other characters, "+
		"lists numbered one after the other as 1. 2. 3., lists that begin with -, quoted blocks with > on each line, tables with | at both ends of each line, rules ---, and of character references &amp; &lt; &gt; &quot;",
		fault.Invalid, m.Where(), m.Expected, m.Found)
}

// placeMark is what each mark of a place begins with.
const placeMark = "\uFDD0"

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
			if bytes.Contains(n.Destination, []byte(placeMark)) || bytes.Contains(n.Title, []byte(placeMark)) {
				problem = "a figure or quotation within the address or the title of a link; accepted is one in the text"
			}
		case *ast.AutoLink:
			if bytes.Contains(n.URL(source), []byte(placeMark)) {
				problem = "a figure or quotation within an address; accepted is one in the text"
			}
		case *ast.CodeSpan, *ast.CodeBlock, *ast.FencedCodeBlock:
			problem = "code, that is text between ` or lines with four spaces before them; a statement holds prose, and quotes with {{quote ID}} or >"
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
func fill(page string, c Composed, placed func(i int) string) (string, error) {
	for i, p := range c.Places {
		mark := verify.Mark(i)
		from := mark
		if p.Quote != "" {
			from = "<p>" + mark + "</p>"
		}
		if strings.Count(page, from) != 1 || strings.Count(page, mark) != 1 {
			what := "a figure stands where it cannot be shown; accepted is a place in the text"
			if p.Quote != "" {
				what = "a quotation does not stand alone; accepted is a place on a line of its own, with an empty line before and after"
			}
			return "", fmt.Errorf("%w: statement, line %d: %s", fault.Invalid, p.Line, what)
		}
	}
	for i, p := range c.Places {
		from := verify.Mark(i)
		if p.Quote != "" {
			from = "<p>" + from + "</p>"
		}
		page = strings.Replace(page, from, placed(i), 1)
	}
	return page, nil
}

// renderPage makes the whole page that readers will see.
func renderPage(c Composed, f verify.Frozen, origin string) (string, error) {
	placed := make([]string, len(c.Places))
	for i, p := range c.Places {
		var err error
		if placed[i], err = verify.PlaceMarkup(p, f, c.Quotes); err != nil {
			return "", err
		}
	}
	main, err := renderMain(c, func(i int) string { return placed[i] })
	if err != nil {
		return "", err
	}
	return verify.Page(main, c.Statement, f, origin), nil
}
