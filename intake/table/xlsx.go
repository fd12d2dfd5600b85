// SPDX-License-Identifier: Apache-2.0

package table

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxColumn is the number of columns a sheet can have: A to XFD.
const maxColumn = 16384

// xlsxRows are the rows of a sheet of a workbook.
type xlsxRows struct {
	book   *workbook
	opt    Options
	sheets []Sheet // all of the workbook
	part   io.ReadCloser
	in     *counter
	x      *xmlScanner

	number int  // of the row read last, as the file states it
	hidden bool // that row is hidden
	cells  int64
	sheetNotices
	wide    []Cell // cells of the row by position, before the width is known
	filled  []bool // which of them stood in the file, not only left of one that did
	value   []byte
	gather  textGatherer
	refused *Refusal // of the row read last: why it cannot be taken
}

func openXLSX(p *pack, opt Options) (*grid, error) {
	if opt.Delimiter != "" || opt.Encoding != "" {
		return nil, opt.refuse("the mapping names a delimiter or an encoding, but the file is a workbook", "the mapping without them, or a CSV")
	}
	book, err := openWorkbook(p)
	if err != nil {
		return nil, err
	}
	sheet, err := chooseSheet(book.sheets, opt)
	if err != nil {
		return nil, err
	}
	opt.Sheet = sheet.Name
	book.pack.opt.Sheet = sheet.Name
	part, err := book.pack.open(sheet.part) // of no part: there is none of that name
	if errors.Is(err, errNoPart) {
		return nil, opt.refuse("the workbook has no rows for this sheet", "a workbook that opens in a spreadsheet program")
	}
	if err != nil {
		return nil, err
	}
	t := &xlsxRows{book: book, opt: opt, part: part, in: &counter{r: part}}
	t.x = newXMLScanner(t.in)
	info := Info{Format: "xlsx", Sheet: sheet.Name, Date1904: book.date1904, HeaderRow: opt.headerRow()}
	info.Size = int64(book.pack.find(sheet.part).UncompressedSize64)
	info.Sheets = sheetsOf(book.sheets)
	t.sheets = info.Sheets
	return newGrid(opt, info, t)
}

// sheetsOf are the sheets alone.
func sheetsOf(of []bookSheet) (sheets []Sheet) {
	for _, s := range of {
		sheets = append(sheets, s.Sheet)
	}
	return sheets
}

// chooseSheet takes the sheet that is named, or the only visible one.
func chooseSheet(sheets []bookSheet, opt Options) (bookSheet, error) {
	var visible, exact []bookSheet
	var names []string
	for _, s := range sheets {
		if s.Name == opt.Sheet && opt.Sheet != "" {
			exact = append(exact, s)
		}
		if !s.Hidden {
			visible = append(visible, s)
		}
		names = append(names, strconv.Quote(s.Name))
	}
	all := strings.Join(names, ", ")
	if len(exact) == 1 {
		return exact[0], nil
	}
	if len(exact) > 1 {
		return bookSheet{}, opt.refuse("two sheets of the workbook have this name, and nothing says which one is meant", "a workbook whose sheets have different names")
	}
	if same := named(sheets, opt.Sheet); len(same) == 1 {
		return same[0], nil
	}
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

// named are the sheets of a name in which accented letters are composed otherwise.
func named(sheets []bookSheet, name string) (same []bookSheet) {
	for _, s := range sheets {
		if name != "" && sameName(s.Name, name) {
			same = append(same, s)
		}
	}
	return same
}

func (t *xlsxRows) bytesRead() int64 { return t.in.n }
func (t *xlsxRows) close() error     { return t.part.Close() }

func (t *xlsxRows) next() (found, error) {
	if err := t.scanRow(); err != nil {
		return found{}, err
	}
	return found{number: t.number, cells: t.wide, hidden: t.hidden, refused: t.refused}, nil
}

// refuse refuses the row for the cell in column i, for the first reason.
func (t *xlsxRows) refuse(i int, why string) {
	if t.refused == nil {
		t.refused = damagedCell(t.opt, t.number, i, why)
	}
}

// damagedCell is the refusal of a row for its cell in column i, -1 for none: others of
// the sheet can be read all the same.
func damagedCell(opt Options, row, i int, why string) *Refusal {
	r := opt.refuse("the workbook is damaged: "+why, wantWhole)
	if r.Row = row; i >= 0 {
		r.Column, r.InColumn, r.cell = columnName(i), true, i+1
	}
	return r
}

// twiceIn says that a cell stands in a sheet two times.
func twiceIn(row, i int) string {
	return fmt.Sprintf("cell %s%d stands there twice, and nothing says which one holds", columnName(i), row)
}

func (t *xlsxRows) notices() []string {
	n := t.said(t.sheets)
	if t.book.date1904 {
		n = append(n, notice1904)
	}
	return n
}

// sheetNotices count what a person should know of the sheet of any workbook.
type sheetNotices struct {
	columns int // hidden columns
	formula int
	nothing int // formulas whose value is a text of no letters
	merged  int
}

func (c *sheetNotices) said(sheets []Sheet) []string {
	n := noticed(nil, c.columns, "hidden columns, read like the others")
	n = noticed(n, c.formula, "cells with a formula, of which the value was taken that the file holds")
	n = noticed(n, c.nothing, "cells with a formula whose value is an empty text, as it also is where a program did not work it out")
	n = noticed(n, c.merged, "merged areas, whose value stands in their first cell alone")
	hidden := 0
	for _, s := range sheets {
		if s.Hidden {
			hidden++
		}
	}
	return noticed(n, hidden, "hidden sheets in the workbook")
}

const notice1904 = "the workbook counts its days from 1904"
