// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// odsRows are the rows of a sheet of an OpenDocument spreadsheet.
type odsRows struct {
	pack *pack
	book *odsBook
	opt  Options
	part io.ReadCloser
	in   *counter
	x    *xmlScanner

	number int
	wide   []Cell
	again  int // how often the row read last still stands there
	hide   bool
	cells  int64
	done   bool

	columns, formula, merged int
}

func (t *odsRows) bytesRead() int64 { return t.in.n }
func (t *odsRows) close() error     { return t.part.Close() }

func (t *odsRows) notices() []string {
	n := noticed(nil, t.columns, "hidden columns, read like the others")
	n = noticed(n, t.formula, "cells with a formula, of which the value was taken that the file holds")
	n = noticed(n, t.merged, "merged areas, whose value stands in their first cell alone")
	hidden := 0
	for _, s := range t.book.sheets {
		if s.Hidden {
			hidden++
		}
	}
	return noticed(n, hidden, "hidden sheets in the workbook")
}

// skipTo reads up to the beginning of a sheet, by its number.
func (t *odsRows) skipTo(sheet int) error {
	for depth := 0; ; {
		token, err := t.x.next()
		if err != nil {
			return err
		}
		if token == xmlText || string(t.x.name) != "table" {
			continue
		}
		if token == xmlEnd {
			depth--
		} else if depth++; depth == 1 {
			if sheet == 0 {
				return nil
			}
			sheet--
		}
	}
}

func (t *odsRows) next() (found, error) {
	if t.again > 0 {
		t.again--
		t.number++
		return t.found(), t.countCells()
	}
	for !t.done {
		token, err := t.x.next()
		if err != nil {
			return found{}, t.cutOff(err)
		}
		switch name := string(t.x.name); {
		case token == xmlEnd && name == "table":
			t.done = true
		case token != xmlStart:
		case name == "table-row":
			repeated, err := t.readRow()
			if err != nil {
				return found{}, err
			}
			if repeated > 1 && allBlank(t.wide) {
				t.number = min(t.number+repeated, mostRows) // a blank rest of a sheet is a million rows
				continue
			}
			if t.number++; t.number > mostRows {
				return found{}, t.pack.damaged(fmt.Errorf("the sheet has more than %d rows", mostRows))
			}
			t.again = repeated - 1
			return t.found(), t.countCells()
		case name == "table-column":
			if v, _ := t.x.attr("visibility"); v == "collapse" || v == "filter" {
				t.columns += min(t.times("number-columns-repeated"), maxColumn)
			}
		case name == "table": // a sheet inside of a cell's shapes is none of the list
			if err := t.passOver("table"); err != nil {
				return found{}, err
			}
		}
	}
	return found{}, io.EOF
}

func (t *odsRows) found() found { return found{number: t.number, cells: t.wide, hidden: t.hide} }

func (t *odsRows) countCells() error {
	if t.cells += int64(len(t.wide)); t.cells > t.opt.Limits.Cells {
		return t.opt.refuse(fmt.Sprintf("the sheet has more than %d cells", t.opt.Limits.Cells), "the list as CSV, which has no limit")
	}
	return nil
}

func (t *odsRows) cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		err = errXMLEnds
	}
	return t.pack.damaged(err)
}

// mostTimes bounds how often anything stands there, and mostRows which row is the
// last: more than any program has. A file can say any number.
const (
	mostTimes = 1 << 21
	mostRows  = 1 << 24
)

// times is an attribute that says how often, 1 where it is not there.
func (t *odsRows) times(name string) int {
	s, ok := t.x.attr(name)
	if !ok {
		return 1
	}
	n, err := strconv.Atoi(s)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return mostTimes
	case err != nil || n < 1:
		return 1
	}
	return min(n, mostTimes)
}

// readRow reads a row into t.wide, up to its last cell that is filled.
func (t *odsRows) readRow() (repeated int, err error) {
	repeated = t.times("number-rows-repeated")
	v, _ := t.x.attr("visibility")
	t.hide = v == "collapse" || v == "filter"
	t.wide = t.wide[:0]
	at := 0
	for {
		token, err := t.x.next()
		if err != nil {
			return 0, t.cutOff(err)
		}
		switch name := string(t.x.name); {
		case token == xmlEnd && name == "table-row":
			return repeated, nil
		case token == xmlStart && (name == "table-cell" || name == "covered-table-cell"):
			times := t.times("number-columns-repeated")
			c, err := t.readCell(name)
			if err != nil {
				return 0, err
			}
			if c.Kind != Empty {
				if at+times > maxColumn {
					return 0, t.pack.damaged(fmt.Errorf("row %d has more cells than a sheet has columns", t.number+1))
				}
				for len(t.wide) < at {
					t.wide = append(t.wide, Cell{})
				}
				for range times {
					t.wide = append(t.wide, c)
				}
			}
			at = min(at+times, maxColumn+1)
		}
	}
}

// readCell reads a cell by the type of its value (OpenDocument part 3, 19.389).
func (t *odsRows) readCell(element string) (Cell, error) {
	kind, _ := t.x.attr("value-type")
	style, _ := t.x.attr("style-name")
	value := map[string]string{}
	for _, name := range []string{"value", "date-value", "boolean-value", "string-value"} {
		if v, ok := t.x.attr(name); ok {
			value[name] = v
		}
	}
	if bytes.Contains(t.x.tag, []byte(`value-type="error"`)) {
		kind = "error"
	}
	if _, ok := t.x.attr("formula"); ok {
		t.formula++
	}
	if t.times("number-columns-spanned") > 1 || t.times("number-rows-spanned") > 1 {
		t.merged++
	}
	text, err := t.cellText(element)
	if err != nil {
		return Cell{}, err
	}
	switch kind {
	case "float", "percentage", "currency":
		plain, doubt := plainNumber(value["value"])
		return Cell{Raw: value["value"], Text: plain, Doubt: doubt, Kind: Number}, nil
	case "date":
		raw := value["date-value"]
		return Cell{Raw: raw, Text: odsDate(raw, t.book.shows[style]), Kind: Date}, nil
	case "time":
		return Cell{Raw: text, Text: text, Kind: Date}, nil
	case "boolean":
		return Cell{Raw: value["boolean-value"], Text: strings.ToUpper(value["boolean-value"]), Kind: Bool}, nil
	case "error":
		return Cell{Raw: text, Text: text, Kind: Error}, nil
	}
	if s, ok := value["string-value"]; ok {
		text = s
	}
	return textCell(text), nil
}

// odsDate is a day as far as its format shows it, its clock only where it has one.
func odsDate(raw string, show shown) string {
	day, clock, _ := strings.Cut(raw, "T")
	switch {
	case show == showsYear && len(day) == len("1992-02-26"):
		return day[:4]
	case show == showsMonth && len(day) == len("1992-02-26"):
		return day[:7]
	case strings.Trim(clock, "0:.") == "":
		return day
	}
	return raw
}

// cellText is what is written in a cell: its paragraphs, one below the other.
// Comments and drawings that hang on the cell are none of it.
func (t *odsRows) cellText(element string) (string, error) {
	var text []byte
	paragraphs, inside := 0, 0
	for {
		token, err := t.x.next()
		if err != nil {
			return "", t.cutOff(err)
		}
		name := string(t.x.name)
		switch {
		case token == xmlEnd && name == element:
			return string(text), nil
		case token == xmlStart && (name == "annotation" || name == "frame" || name == "shapes" || name == "custom-shape"):
			if err := t.passOver(name); err != nil {
				return "", err
			}
		case token == xmlStart && name == "p":
			if paragraphs++; paragraphs > 1 {
				text = append(text, '\n')
			}
			inside++
		case token == xmlEnd && name == "p":
			inside--
		case token == xmlStart && name == "s":
			text = append(text, strings.Repeat(" ", min(t.times("c"), maxTag))...)
		case token == xmlStart && name == "tab":
			text = append(text, '\t')
		case token == xmlStart && name == "line-break":
			text = append(text, '\n')
		case token == xmlText && inside > 0:
			text = append(text, t.x.text...)
		}
		if len(text) > maxText {
			return "", t.pack.damaged(errTextTooLong)
		}
	}
}

// passOver reads to the end of an element whose beginning was read.
func (t *odsRows) passOver(element string) error {
	for depth := 1; depth > 0; {
		token, err := t.x.next()
		if err != nil {
			return t.cutOff(err)
		}
		if token == xmlText || string(t.x.name) != element {
			continue
		}
		if token == xmlStart {
			depth++
		} else {
			depth--
		}
	}
	return nil
}
