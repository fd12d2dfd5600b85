// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
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

	nested bool // a table stands in a cell of the row read last
	sheetNotices
}

func (t *odsRows) bytesRead() int64 { return t.in.n }
func (t *odsRows) close() error     { return t.part.Close() }

func (t *odsRows) notices() []string { return t.said(t.book.sheets) }

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
			if repeated > 1 && allBlank(t.wide) && !t.nested {
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

func (t *odsRows) found() found {
	f := found{number: t.number, cells: t.wide, hidden: t.hide}
	if t.nested {
		f.refused = t.opt.refuse("a table stands inside of a cell", "a table with texts in its cells")
		f.refused.Row = t.number
	}
	return f
}

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
	t.wide, t.nested = t.wide[:0], false
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
	if s := value["string-value"]; s != "" && kind != "error" {
		text = s
	}
	return odsCell(kind, value, text, t.book.shows[style]), nil
}

// odsCell is a cell by its type, its values and what is written in it, which is kept
// where the value of its type is not there.
func odsCell(kind string, value map[string]string, text string, show shown) Cell {
	switch number, day, truth := value["value"], value["date-value"], value["boolean-value"]; {
	case kind == "error":
		return Cell{Raw: text, Text: text, Kind: Error}
	case kind == "float" && number != "", kind == "percentage" && number != "", kind == "currency" && number != "":
		plain, doubt := plainNumber(number)
		if doubt == "" && kind == "float" {
			doubt = shownOtherwise(plain, text)
		}
		return Cell{Raw: number, Text: plain, Doubt: doubt, Kind: Number}
	case kind == "date" && day != "":
		return Cell{Raw: day, Text: odsDate(day, show), Kind: Date}
	case kind == "time":
		return Cell{Raw: text, Text: text, Kind: Date}
	case kind == "boolean" && truth != "":
		return truthCell(truth)
	case kind == "float", kind == "percentage", kind == "currency", kind == "date", kind == "boolean":
		c := textCell(text)
		if c.Kind != Empty {
			c.Doubt = "its value is not there as its type says; what is written in the cell was taken"
		}
		return c
	}
	return textCell(text)
}

// shownOtherwise says that a number is shown with zeros in front, or with words.
func shownOtherwise(plain, text string) string {
	text = strings.TrimSpace(text)
	switch {
	case len(text) > len(plain) && strings.TrimLeft(text, "0") == plain:
		return zerosInFront
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) && r != 'E' && r != 'e' }):
		return dressedNumber
	}
	return ""
}

// odsDate is a day as far as its format shows it, its clock only where it has one.
func odsDate(raw string, show shown) string {
	day, clock, _ := strings.Cut(raw, "T")
	switch {
	case show == showsYear && len(day) == len("1992-02-26"):
		return day[:4]
	case show == showsMonth && len(day) == len("1992-02-26"):
		return day[:7]
	case strings.Trim(clock, "0:.Z") == "":
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
		case token == xmlStart && name == "table":
			t.nested = true
			if err := t.passOver(name); err != nil {
				return "", err
			}
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
