// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxHTML is how long HTML may be of which the visible text is shown, in bytes;
// longer, it is shown as it is written.
const maxHTML = 8 << 20

// visibleText is what a reader would see of HTML: no scripts, styles, comments
// or what is marked hidden; what is meant for readers without scripts is there; one line for each block; white space as one space
// but in <pre>. Alternative texts of pictures and what stands in fields is
// left out. Nothing is fetched and nothing is run. False where it cannot be
// told.
func visibleText(source []byte) ([]byte, bool) {
	if len(source) > maxHTML {
		return nil, false
	}
	root, err := html.ParseWithOptions(bytes.NewReader(source), html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil, false
	}
	var w lineWriter
	for n := root; n != nil; {
		next := w.enter(n)
		if next != nil {
			n = next
			continue
		}
		for n != nil && n.NextSibling == nil {
			n = n.Parent
			if n != nil {
				w.close(n.DataAtom)
			}
		}
		if n != nil {
			n = n.NextSibling
		}
	}
	return bytes.TrimRight(w.out.Bytes(), "\n"), true
}

// enter writes what a node begins with, and answers its first child, nil where
// there is none to be shown.
func (w *lineWriter) enter(n *html.Node) *html.Node {
	switch n.Type {
	case html.TextNode:
		w.text(n.Data)
	case html.ElementNode:
		if isHidden(n) {
			return nil
		}
		w.open(n.DataAtom)
		if n.FirstChild == nil {
			w.close(n.DataAtom)
		}
		return n.FirstChild
	case html.DocumentNode:
		return n.FirstChild
	}
	return nil
}

func isHidden(tag *html.Node) bool {
	switch tag.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Head, atom.Iframe, atom.Object, atom.Svg, atom.Math, atom.Textarea, atom.Select:
		return true
	}
	for _, a := range tag.Attr {
		style := strings.ToLower(strings.ReplaceAll(a.Val, " ", ""))
		if a.Key == "hidden" || a.Key == "style" && (strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")) {
			return true
		}
	}
	return false
}

// isBlock is true of elements that stand on lines of their own.
func isBlock(a atom.Atom) bool {
	switch a {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Caption, atom.Dd, atom.Details, atom.Div, atom.Dl, atom.Dt,
		atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6,
		atom.Header, atom.Hr, atom.Legend, atom.Li, atom.Main, atom.Menu, atom.Nav, atom.Ol, atom.Option, atom.P, atom.Pre, atom.Section,
		atom.Summary, atom.Table, atom.Tbody, atom.Tfoot, atom.Thead, atom.Tr, atom.Ul:
		return true
	}
	return false
}

// lineWriter writes words and lines.
type lineWriter struct {
	out   bytes.Buffer
	space bool // white space stands before the next word
	pre   int  // <pre> that are open
}

func (w *lineWriter) atStart() bool {
	b := w.out.Bytes()
	return len(b) == 0 || b[len(b)-1] == '\n' || b[len(b)-1] == '\t'
}

func (w *lineWriter) text(s string) {
	if w.pre > 0 {
		w.out.WriteString(s)
		return
	}
	for _, r := range s {
		if strings.ContainsRune(" \t\n\r\f", r) { // white space of HTML; a no-break space is none
			w.space = true
			continue
		}
		if w.space && !w.atStart() {
			w.out.WriteByte(' ')
		}
		w.space = false
		w.out.WriteRune(r)
	}
}

func (w *lineWriter) line() {
	w.space = false
	if b := w.out.Bytes(); len(b) > 0 && b[len(b)-1] != '\n' {
		w.out.WriteByte('\n')
	}
}

func (w *lineWriter) open(a atom.Atom) {
	switch {
	case a == atom.Br:
		w.space = false
		w.out.WriteByte('\n')
	case a == atom.Td || a == atom.Th:
		if !w.atStart() {
			w.out.WriteByte('\t')
		}
		w.space = false
	case isBlock(a):
		w.line()
	}
	if a == atom.Pre {
		w.pre++
	}
}

func (w *lineWriter) close(a atom.Atom) {
	if a == atom.Pre && w.pre > 0 {
		w.pre--
	}
	if isBlock(a) {
		w.line()
	}
}
