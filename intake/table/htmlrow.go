// SPDX-License-Identifier: Apache-2.0

package table

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlCell is a cell that is being read.
type htmlCell struct {
	text   strings.Builder
	space  bool // white space stands before the next word
	line   bool // the next word begins a line
	across int
	down   int
}

// readRow reads a row whose tag was read. As in a browser, a row ends with the
// next one, and a cell with the next cell (HTML, 13.2.6.4.14).
func (t *htmlRows) readRow() (found, error) {
	t.number++
	f := found{number: t.number, hidden: t.hide}
	t.wide, t.begun = t.wide[:0], false
	var cell *htmlCell
	nested, silent := 0, atom.Atom(0)
	for {
		kind := t.z.Next()
		if kind == html.ErrorToken && !errors.Is(t.z.Err(), io.EOF) {
			return found{}, t.cutOff(t.z.Err())
		}
		tag := tagOf(t.z, kind)
		switch {
		case kind == html.ErrorToken, nested == 0 && tag == atom.Table && kind == html.EndTagToken:
			t.done, t.cut = true, kind == html.ErrorToken
			return t.ended(f, cell, t.cut && (cell != nil || nested > 0)), nil
		case silent != 0:
			if tag == silent && kind == html.EndTagToken {
				silent = 0
			}
		case kind == html.StartTagToken && (tag == atom.Script || tag == atom.Style || tag == atom.Template):
			silent = tag
		case tag == atom.Table && kind == html.StartTagToken:
			nested++
			f.refused = t.opt.refuse("a table stands inside of a cell", "a table with texts in its cells")
			f.refused.Row = t.number
		case tag == atom.Table && kind == html.EndTagToken:
			nested--
		case nested > 0:
		case tag == atom.Tr && kind == html.EndTagToken:
			return t.ended(f, cell, false), nil
		case tag == atom.Tr && kind == html.StartTagToken:
			t.begun, t.hide = true, t.isHidden()
			return t.ended(f, cell, false), nil
		case (tag == atom.Td || tag == atom.Th) && kind == html.StartTagToken:
			t.put(cell)
			cell = &htmlCell{across: 1, down: 1}
			cell.spans(t.z)
		case (tag == atom.Td || tag == atom.Th) && kind == html.EndTagToken:
			t.put(cell)
			cell = nil
		case cell == nil:
		case kind == html.TextToken:
			cell.write(string(t.z.Text()))
		case tag == atom.Br, tag == atom.P, tag == atom.Div, tag == atom.Li:
			cell.line = true
		}
		if len(t.wide) > maxColumn || cell != nil && cell.text.Len() > maxText {
			return found{}, t.opt.refuse("a row of the table has more cells or text than a sheet could have", "a table of texts, or CSV")
		}
	}
}

// ended is the row with its last cell.
func (t *htmlRows) ended(f found, last *htmlCell, cut bool) found {
	t.put(last)
	t.reachDown(len(t.wide)) // cells above that reach down behind the last one
	if cut {
		f.refused = t.opt.refuse("the page ends inside of a cell", "the whole page")
		f.refused.Row = t.number
	}
	f.cells = t.wide
	return f
}

// put puts a cell where the cells above leave room.
func (t *htmlRows) put(c *htmlCell) {
	if c == nil {
		return
	}
	at := len(t.wide)
	for at < len(t.below) && t.below[at] > 0 {
		t.below[at]--
		t.wide = append(t.wide, Cell{})
		at++
	}
	if c.across > 1 || c.down > 1 {
		t.merged++
	}
	for i := range c.across {
		for len(t.below) <= at+i {
			t.below = append(t.below, 0)
		}
		t.below[at+i] = c.down - 1
		if i == 0 {
			t.wide = append(t.wide, textCell(c.text.String()))
		} else {
			t.wide = append(t.wide, Cell{})
		}
	}
}

func (t *htmlRows) reachDown(from int) {
	for i := from; i < len(t.below); i++ {
		if t.below[i] > 0 {
			t.below[i]--
		}
	}
}

// mostSpan bounds how far a cell reaches, as browsers do (HTML, 4.9.11).
const mostSpan = 1000

func (c *htmlCell) spans(z *html.Tokenizer) {
	for {
		name, value, more := z.TagAttr()
		n, err := strconv.Atoi(strings.TrimSpace(string(value)))
		if err == nil && n > 0 {
			switch string(name) {
			case "colspan":
				c.across = min(n, mostSpan)
			case "rowspan":
				c.down = min(n, mostSpan)
			}
		}
		if !more {
			return
		}
	}
}

// isHidden is true of a row that a browser does not show.
func (t *htmlRows) isHidden() bool {
	for {
		name, value, more := t.z.TagAttr()
		style := strings.ReplaceAll(strings.ToLower(string(value)), " ", "")
		if string(name) == "hidden" || string(name) == "style" && strings.Contains(style, "display:none") {
			return true
		}
		if !more {
			return false
		}
	}
}

// write adds text as a browser shows it: runs of white space as one space. Bytes
// that are no letters stay, so that the cell is refused for them.
func (c *htmlCell) write(s string) {
	for i, size := 0, 0; i < len(s); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(s[i:])
		if unicode.IsSpace(r) && r != '\u00a0' {
			c.space = true
			continue
		}
		if c.text.Len() > 0 {
			if c.line {
				c.text.WriteByte('\n')
			} else if c.space {
				c.text.WriteByte(' ')
			}
		}
		c.space, c.line = false, false
		c.text.WriteString(s[i : i+size])
	}
}
