// SPDX-License-Identifier: Apache-2.0

package table

import (
	"errors"
	"fmt"
	"io"
	"strconv"
)

// docxMain is the part of a document that holds its text (ECMA-376 part 1, 11.3.10).
const docxMain = "word/document.xml"

// openDOCX opens a table of a document. Tables have no names there: they are
// "table 1", "table 2"; those inside of others do not count.
func openDOCX(p *pack, opt Options) (*grid, error) {
	if opt.Delimiter != "" || opt.Encoding != "" {
		return nil, opt.refuse("the mapping names a delimiter or an encoding, but the file is a document", "the mapping without them, or a CSV")
	}
	open := func() (*docxRows, error) {
		part, err := p.open(docxMain)
		if err != nil {
			return nil, p.damaged(err)
		}
		in := &counter{r: part}
		return &docxRows{pack: p, opt: opt, part: part, in: in, x: newXMLScanner(in)}, nil
	}
	look, err := open()
	if err != nil {
		return nil, err
	}
	tables, err := look.count()
	if err = errors.Join(err, look.close()); err != nil {
		return nil, err
	}
	p.left = opt.Limits.Unpacked // what was unfolded to count the tables is unfolded again for their rows
	if tables == 0 {
		return nil, opt.refuse("a document without a table", "a document with a table, a workbook, or CSV")
	}
	info := Info{Format: "docx", HeaderRow: opt.headerRow(), Size: int64(p.find(docxMain).UncompressedSize64)}
	all := make([]bookSheet, tables)
	for i := range all {
		all[i] = bookSheet{Sheet{Name: "table " + strconv.Itoa(i+1)}, strconv.Itoa(i)}
		info.Sheets = append(info.Sheets, all[i].Sheet)
	}
	sheet, err := chooseSheet(all, opt)
	if err != nil {
		return nil, err
	}
	opt.Sheet, p.opt.Sheet, info.Sheet = sheet.Name, sheet.Name, sheet.Name
	rows, err := open()
	if err != nil {
		return nil, err
	}
	at, err := strconv.Atoi(sheet.part)
	if err == nil {
		err = rows.skipTo(at)
	}
	if err != nil {
		return nil, errors.Join(p.damaged(err), rows.close())
	}
	return newGrid(opt, info, rows)
}

// docxRows are the rows of one table of a document.
type docxRows struct {
	pack *pack
	opt  Options
	part io.ReadCloser
	in   *counter
	x    *xmlScanner

	number  int
	wide    []Cell
	cells   int64
	merged  int
	deleted int // rows in which text is marked as deleted, which is left out
	done    bool
}

func (t *docxRows) bytesRead() int64 { return t.in.n }
func (t *docxRows) close() error     { return t.part.Close() }
func (t *docxRows) notices() []string {
	n := noticed(nil, t.merged, "merged areas, whose value stands in their first cell alone")
	return noticed(n, t.deleted, "rows in which text is marked as deleted, which was left out")
}

func (t *docxRows) cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		err = errXMLEnds
	}
	return t.pack.damaged(err)
}

func (t *docxRows) count() (tables int, err error) {
	for depth := 0; ; {
		token, err := t.x.next()
		if errors.Is(err, io.EOF) {
			return tables, nil
		}
		if err != nil {
			return 0, t.pack.damaged(err)
		}
		if token == xmlText || string(t.x.name) != "tbl" {
			continue
		}
		if token == xmlEnd {
			depth--
		} else if depth++; depth == 1 {
			tables++
		}
	}
}

func (t *docxRows) skipTo(table int) error {
	for depth := 0; ; {
		token, err := t.x.next()
		if err != nil {
			return err
		}
		if token == xmlText || string(t.x.name) != "tbl" {
			continue
		}
		if token == xmlEnd {
			depth--
		} else if depth++; depth == 1 {
			if table == 0 {
				return nil
			}
			table--
		}
	}
}

func (t *docxRows) next() (found, error) {
	for !t.done {
		token, err := t.x.next()
		if err != nil {
			return found{}, t.cutOff(err)
		}
		switch name := string(t.x.name); {
		case token == xmlEnd && name == "tbl":
			t.done = true
		case token == xmlStart && name == "tr":
			return t.readRow()
		}
	}
	return found{}, io.EOF
}

// readRow reads a row: cells that span columns, or go on with the one above, leave
// blank ones.
func (t *docxRows) readRow() (found, error) {
	t.number++
	f := found{number: t.number}
	t.wide = t.wide[:0]
	deleted := false
	for {
		token, err := t.x.next()
		if err != nil {
			return found{}, t.cutOff(err)
		}
		switch name := string(t.x.name); {
		case token == xmlEnd && name == "tr":
			if deleted {
				t.deleted++
			}
			f.cells = t.wide
			return f, nil
		case token == xmlStart && name == "gridBefore":
			for range min(t.value(), maxColumn) {
				t.wide = append(t.wide, Cell{})
			}
		case token == xmlStart && name == "tc":
			c, err := t.readCell()
			if err != nil {
				return found{}, err
			}
			deleted = deleted || c.deleted
			if c.nested {
				f.refused = t.opt.refuse("a table stands inside of a cell", "a table with texts in its cells")
				f.refused.Row = t.number
			}
			t.put(c)
		}
		if len(t.wide) > maxColumn {
			return found{}, t.pack.damaged(fmt.Errorf("row %d has more cells than a sheet has columns", t.number))
		}
		if t.cells > t.opt.Limits.Cells {
			return found{}, t.opt.refuse(fmt.Sprintf("the table has more than %d cells", t.opt.Limits.Cells), "the list as CSV, which has no limit")
		}
	}
}

// docxCell is a cell that was read.
type docxCell struct {
	text            []byte
	across          int
	goesOn          bool // with the cell above
	nested, deleted bool
}

func (t *docxRows) put(c docxCell) {
	if c.across > 1 {
		t.merged++
	}
	cell := textCell(string(c.text))
	if c.goesOn {
		cell = Cell{}
	}
	t.wide = append(t.wide, cell)
	for range c.across - 1 {
		t.wide = append(t.wide, Cell{})
	}
	t.cells += int64(c.across)
}

// value is the number in the attribute val, 1 where there is none.
func (t *docxRows) value() int {
	s, _ := t.x.attr("val")
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 1
	}
	return n
}

// readCell reads a cell: its paragraphs, one below the other. Text that is marked
// as deleted is no text of the document.
func (t *docxRows) readCell() (c docxCell, err error) {
	c.across = 1
	paragraphs, tables, properties, moved, inText := 0, 0, 0, 0, false
	for {
		token, err := t.x.next()
		if err != nil {
			return c, t.cutOff(err)
		}
		name := string(t.x.name)
		switch {
		case token == xmlText:
			if inText && tables == 0 && moved == 0 {
				c.text = append(c.text, t.x.text...)
			}
		case name == "tbl" && token == xmlStart:
			c.nested = true
			tables++
		case name == "tbl":
			tables--
		case tables > 0:
		case name == "tc" && token == xmlEnd:
			return c, nil
		case name == "moveFrom": // what stands elsewhere now
			c.deleted = true
			if moved--; token == xmlStart {
				moved += 2
			}
		case name == "t":
			inText = token == xmlStart
		case name == "pPr" || name == "rPr":
			if properties--; token == xmlStart {
				properties += 2
			}
		case token == xmlEnd || properties > 0 || moved > 0:
		case name == "gridSpan":
			c.across = min(t.value(), maxColumn)
		case name == "vMerge":
			said, _ := t.x.attr("val")
			c.goesOn = said != "restart"
			if !c.goesOn {
				t.merged++
			}
		case name == "p":
			if paragraphs++; paragraphs > 1 {
				c.text = append(c.text, '\n')
			}
		case name == "tab":
			c.text = append(c.text, '\t')
		case name == "br" || name == "cr":
			c.text = append(c.text, '\n')
		case name == "noBreakHyphen":
			c.text = append(c.text, "\u2011"...)
		case name == "softHyphen":
			c.text = append(c.text, "\u00ad"...)
		case name == "sym": // a sign of a font of signs, which is no letter
			c.text = append(c.text, "\ufffd"...)
		case name == "delText":
			c.deleted = true
		}
		if len(c.text) > maxText {
			return c, t.pack.damaged(errTextTooLong)
		}
	}
}
