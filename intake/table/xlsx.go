// SPDX-License-Identifier: Apache-2.0

package table

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxColumn is the number of columns a sheet can have: A to XFD.
const maxColumn = 16384

type xlsxTable struct {
	book *workbook
	opt  Options
	info Info
	part io.ReadCloser
	in   *counter
	x    *xmlScanner

	row     Row
	number  int  // of the row read last, as the file states it
	hidden  bool // that row is hidden
	held    bool // that row is still to be given
	cells   int64
	blank   int
	hiddens int
	columns int // hidden columns
	formula int
	merged  int
	wide    []Cell // cells of the row by position, before the width is known
	filled  []bool // which of them stood in the file, not only left of one that did
	bom     int    // rows with a byte order mark inside
	damaged int    // rows with U+FFFD
	control int    // rows with control characters
	value   []byte
	gather  textGatherer
	done    error
}

func openXLSX(src io.ReaderAt, size int64, opt Options) (*xlsxTable, error) {
	opt.Limits = opt.Limits.orDefault()
	if opt.Delimiter != "" || opt.Encoding != "" {
		return nil, opt.refuse("the mapping names a delimiter or an encoding, but the file is a workbook", "the mapping without them, or a CSV")
	}
	book, err := openWorkbook(src, size, opt)
	if err != nil {
		return nil, err
	}
	sheet, err := book.choose(opt)
	if err != nil {
		return nil, err
	}
	opt.Sheet = sheet.Name
	book.pack.opt.Sheet = sheet.Name
	part, err := book.pack.open(sheet.part)
	if errors.Is(err, errNoPart) {
		return nil, opt.refuse("the workbook has no rows for this sheet", "a workbook that opens in a spreadsheet program")
	}
	if err != nil {
		return nil, err
	}
	t := &xlsxTable{book: book, opt: opt, part: part, in: &counter{r: part}}
	t.x = newXMLScanner(t.in)
	t.info = Info{Format: "xlsx", Sheet: sheet.Name, Date1904: book.date1904, HeaderRow: opt.headerRow()}
	t.info.Size = int64(book.pack.find(sheet.part).UncompressedSize64)
	for _, s := range book.sheets {
		t.info.Sheets = append(t.info.Sheets, s.Sheet)
	}
	if opt.asFound {
		t.info.HeaderRow = 0
		return t, nil
	}
	if err := t.readHeader(); err != nil {
		return nil, errors.Join(err, part.Close())
	}
	return t, nil
}

// choose takes the sheet that is named, or the only visible one.
func (w *workbook) choose(opt Options) (bookSheet, error) {
	var visible []bookSheet
	var names []string
	for _, s := range w.sheets {
		if s.Name == opt.Sheet && opt.Sheet != "" {
			return s, nil
		}
		if !s.Hidden {
			visible = append(visible, s)
		}
		names = append(names, strconv.Quote(s.Name))
	}
	all := strings.Join(names, ", ")
	if opt.Sheet != "" {
		return bookSheet{}, opt.refuse("the workbook has no such sheet", "one of its sheets: "+all)
	}
	if len(visible) > 1 && opt.asFound {
		return visible[0], nil
	}
	if len(visible) != 1 {
		return bookSheet{}, opt.refuse(fmt.Sprintf("the workbook has %d visible sheets", len(visible)), `the mapping's "sheet" naming one of them: `+all)
	}
	return visible[0], nil
}

func (t *xlsxTable) readHeader() error {
	if t.opt.NoHeader {
		return t.nameByLetters()
	}
	for {
		err := t.scanRow()
		if errors.Is(err, io.EOF) || (err == nil && t.number > t.info.HeaderRow) {
			r := t.opt.refuse("the header row is blank", `the mapping's "header_row" naming the row that holds the names of the columns`)
			r.Row = t.info.HeaderRow
			return r
		}
		if err != nil {
			return err
		}
		if t.number == t.info.HeaderRow {
			break
		}
	}
	width := t.width()
	if width == 0 {
		r := t.opt.refuse("the header row is blank", `the mapping's "header_row" naming the row that holds the names of the columns`)
		r.Row = t.info.HeaderRow
		return r
	}
	names := make([]string, width)
	for i := range names {
		if bad := unreadable(t.wide[i].Raw); bad != "" {
			return t.at(i, bad, "text in UTF-8")
		}
		names[i] = t.wide[i].Text
	}
	t.info.Columns = columnsOf(names)
	return nil
}

// width is how far the row read last is filled.
func (t *xlsxTable) width() int {
	width := 0
	for i := range t.wide {
		if !IsBlank(t.wide[i].Text) {
			width = i + 1
		}
	}
	return width
}

// nameByLetters takes the width of the list from its first row that is not blank.
func (t *xlsxTable) nameByLetters() error {
	for {
		if err := t.scanRow(); errors.Is(err, io.EOF) {
			return t.opt.refuse("the sheet has no rows", "at least one")
		} else if err != nil {
			return err
		}
		if width := t.width(); width > 0 {
			t.held = true
			t.info.Columns = Lettered(width)
			return nil
		}
		t.blank++
	}
}

func (t *xlsxTable) Info() Info       { return t.info }
func (t *xlsxTable) BytesRead() int64 { return t.in.n }
func (t *xlsxTable) Close() error     { return t.part.Close() }

// Next reads the next row that is not blank.
func (t *xlsxTable) Next() (*Row, error) {
	for t.done == nil {
		if !t.held {
			if t.done = t.scanRow(); t.done != nil {
				break
			}
		}
		t.held = false
		if allBlank(t.wide) {
			t.blank++
			continue
		}
		if t.hidden {
			t.hiddens++
		}
		t.row.Number, t.row.Refused = t.number, nil
		t.row.Refused = t.check()
		t.row.Cells = t.wide
		if !t.opt.asFound {
			t.row.Cells = t.wide[:min(len(t.wide), len(t.info.Columns))]
		}
		return &t.row, nil
	}
	return nil, t.done
}

// check gives the row the header's width, or says why it cannot be taken.
func (t *xlsxTable) check() *Refusal {
	width := len(t.info.Columns)
	if t.opt.asFound {
		for width = len(t.wide); width > 0 && IsBlank(t.wide[width-1].Text); {
			width--
		}
		t.wide = t.wide[:width]
	}
	for i := width; i < len(t.wide); i++ {
		if !IsBlank(t.wide[i].Text) {
			r := t.opt.refuse(fmt.Sprintf("cell %s%d stands right of the last column of the %s", columnName(i), t.number, t.opt.measure()),
				"a header above every column that is filled")
			r.Row = t.number
			return r
		}
	}
	for len(t.wide) < width {
		t.wide = append(t.wide, Cell{})
	}
	for i := range t.wide[:width] {
		if bad := unreadable(t.wide[i].Raw); bad != "" {
			return t.at(i, bad, "text in UTF-8")
		}
	}
	t.lookAtMarks(t.wide[:width])
	if !t.opt.asFound && !t.opt.NoHeader && repeatsHeader(t.wide[:width], t.info.Columns) {
		r := t.opt.refuse("the row repeats the header", "the sheet without that row")
		r.Row = t.number
		return r
	}
	return nil
}

// unreadable says why a text cannot be taken, "" where it can.
func unreadable(raw string) string {
	switch {
	case !utf8.ValidString(raw):
		return "the cell is not UTF-8: bytes " + hexOf([]byte(raw)) + " (hex)"
	case strings.IndexByte(raw, 0) >= 0:
		return "the cell holds a NUL byte (hex 00)"
	}
	return ""
}

// lookAtMarks flags what csvTable.lookAtMarks does.
func (t *xlsxTable) lookAtMarks(cells []Cell) {
	var row marks
	for i := range cells {
		m := marksIn(cells[i].Text)
		if m == (marks{}) {
			continue
		}
		row = marks{row.bom || m.bom, row.replaced || m.replaced, row.control || m.control}
		if c := &cells[i]; c.Doubt == "" {
			c.Doubt = m.doubt()
		}
	}
	row.count(&t.bom, &t.damaged, &t.control)
}

// at is a refusal of the row read last for its column i.
func (t *xlsxTable) at(i int, why, want string) *Refusal {
	r := t.opt.refuse(why, want)
	r.Row, r.Column, r.InColumn = t.number, t.nameOf(i), true
	return r
}

// nameOf is the key of column i, its letters where there is no header.
func (t *xlsxTable) nameOf(i int) string {
	if i < len(t.info.Columns) {
		return t.info.Columns[i].Key
	}
	return columnName(i)
}

// Notices say what a person should know of the rows read so far.
func (t *xlsxTable) Notices() []string {
	var n []string
	add := func(count int, text string) {
		if count > 0 {
			n = append(n, fmt.Sprintf("%s: %d", text, count))
		}
	}
	add(t.blank, "blank rows passed over")
	add(t.hiddens, "hidden rows, read like the others")
	add(t.columns, "hidden columns, read like the others")
	add(t.formula, "cells with a formula, of which the value was taken that the file holds")
	add(t.bom, noticeBOM)
	add(t.damaged, noticeReplaced)
	add(t.control, noticeControl)
	add(t.merged, "merged areas, whose value stands in their first cell alone")
	hidden := 0
	for _, s := range t.info.Sheets {
		if s.Hidden {
			hidden++
		}
	}
	add(hidden, "hidden sheets in the workbook")
	if t.info.Date1904 {
		n = append(n, "the workbook counts its days from 1904")
	}
	return n
}
