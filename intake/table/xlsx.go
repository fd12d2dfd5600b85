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
	book *workbook
	opt  Options
	part io.ReadCloser
	in   *counter
	x    *xmlScanner

	number  int  // of the row read last, as the file states it
	hidden  bool // that row is hidden
	cells   int64
	columns int // hidden columns
	formula int
	merged  int
	wide    []Cell // cells of the row by position, before the width is known
	filled  []bool // which of them stood in the file, not only left of one that did
	value   []byte
	gather  textGatherer
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
	part, err := book.pack.open(sheet.part)
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
	for _, s := range book.sheets {
		info.Sheets = append(info.Sheets, s.Sheet)
	}
	return newGrid(opt, info, t)
}

// chooseSheet takes the sheet that is named, or the only visible one.
func chooseSheet(sheets []bookSheet, opt Options) (bookSheet, error) {
	var visible []bookSheet
	var names []string
	for _, s := range sheets {
		if s.Name == opt.Sheet && opt.Sheet != "" {
			return s, nil
		}
		if !s.Hidden {
			visible = append(visible, s)
		}
		names = append(names, strconv.Quote(s.Name))
	}
	all := strings.Join(names, ", ")
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
	return found{number: t.number, cells: t.wide, hidden: t.hidden}, nil
}

// at is a refusal of the sheet for the cell in column i of the row read last.
func (t *xlsxRows) at(i int, why, want string) *Refusal {
	r := t.opt.refuse(why, want)
	r.Row, r.Column, r.InColumn, r.cell = t.number, columnName(i), true, i+1
	return r
}

func (t *xlsxRows) notices() []string {
	n := noticed(nil, t.columns, "hidden columns, read like the others")
	n = noticed(n, t.formula, "cells with a formula, of which the value was taken that the file holds")
	n = noticed(n, t.merged, "merged areas, whose value stands in their first cell alone")
	hidden := 0
	for _, s := range t.book.sheets {
		if s.Hidden {
			hidden++
		}
	}
	n = noticed(n, hidden, "hidden sheets in the workbook")
	if t.book.date1904 {
		n = append(n, "the workbook counts its days from 1904")
	}
	return n
}
