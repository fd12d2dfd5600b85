// SPDX-License-Identifier: Apache-2.0

package table

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// scanRow reads up to the end of the next <row> into t.wide, cells at their
// place by their reference.
func (t *xlsxRows) scanRow() error {
	for {
		token, err := t.x.next()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return io.EOF
			}
			return t.book.pack.damaged(err)
		}
		if token != xmlStart {
			continue
		}
		switch string(t.x.name) {
		case "row":
			return t.readRow()
		case "col":
			t.countHiddenColumns()
		case "mergeCell":
			t.merged++
		}
	}
}

func (t *xlsxRows) countHiddenColumns() {
	if h, _ := t.x.attr("hidden"); h != "1" && h != "true" {
		return
	}
	from, to := t.intAttr("min"), t.intAttr("max")
	if from > 0 && to >= from {
		t.columns += min(to, maxColumn) - from + 1
	}
}

func (t *xlsxRows) intAttr(name string) int {
	s, _ := t.x.attr(name)
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func (t *xlsxRows) readRow() error {
	number := t.number + 1
	if s, ok := t.x.attr("r"); ok {
		n, err := strconv.Atoi(s)
		if err != nil || n <= t.number {
			return t.book.pack.damaged(fmt.Errorf("row %q stands behind row %d; nothing behind it can be read", s, t.number))
		}
		number = n
	}
	t.number = number
	h, _ := t.x.attr("hidden")
	t.hidden = h == "1" || h == "true"
	t.wide, t.filled, t.refused = t.wide[:0], t.filled[:0], nil
	for {
		token, err := t.x.next()
		if err != nil {
			return t.cutOff(err)
		}
		switch {
		case token == xmlEnd && string(t.x.name) == "row":
			return nil
		case token == xmlStart && string(t.x.name) == "c":
			if err := t.readCell(); err != nil {
				return err
			}
		}
	}
}

// cutOff is the error of a sheet that ends inside a row.
func (t *xlsxRows) cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		err = errXMLEnds
	}
	return t.book.pack.damaged(err)
}

// wantWhole is what is accepted in the place of a workbook that contradicts itself.
const wantWhole = "a workbook that opens in a spreadsheet program, or CSV"

// readCell reads one <c>: where it stands, its type and style, and its value.
func (t *xlsxRows) readCell() error {
	if t.cells++; t.cells > t.opt.Limits.Cells {
		return t.opt.refuse(fmt.Sprintf("the sheet has more than %d cells", t.opt.Limits.Cells), "the list as CSV, which has no limit")
	}
	at := t.place()
	kind, _ := t.x.attr("t")
	style := t.intAttr("s")
	formula, err := t.readValue()
	if err != nil || at < 0 {
		return err
	}
	c, bad := t.cell(kind, style, formula)
	if bad != "" {
		t.refuse(at, bad)
		return nil
	}
	for len(t.wide) <= at {
		t.wide, t.filled = append(t.wide, Cell{}), append(t.filled, false)
	}
	if t.filled[at] {
		t.refuse(at, twiceIn(t.number, at))
		return nil
	}
	t.wide[at], t.filled[at] = c, true
	return nil
}

// place is the column of the cell whose tag was read; -1, and the row is refused, where
// it cannot be told.
func (t *xlsxRows) place() int {
	at := len(t.wide)
	if ref, ok := t.x.attr("r"); ok {
		n := columnIndex(ref)
		if n < 0 {
			t.refuse(-1, fmt.Sprintf("a cell says that it is %q, which is no place of a sheet", clip(ref, 20)))
			return -1
		}
		if s := strings.TrimLeft(ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"); s != strconv.Itoa(t.number) {
			t.refuse(n, fmt.Sprintf("the cell says that it is %s%s, and stands in row %d", columnName(n), clip(s, 20), t.number))
			return -1
		}
		at = n
	}
	if at >= maxColumn {
		t.refuse(-1, "the row has more cells than a sheet has columns")
		return -1
	}
	return at
}

// readValue reads to the end of a cell: its value into t.value, its texts into
// t.gather. What stands deeper, such as extensions of programs, is none of it.
func (t *xlsxRows) readValue() (formula bool, err error) {
	t.value = t.value[:0]
	t.gather.reset()
	inValue, cell := false, t.x.depth
	for {
		token, err := t.x.next()
		if err != nil {
			return formula, t.cutOff(err)
		}
		name := string(t.x.name)
		if token == xmlEnd && name == "c" {
			return formula, nil
		}
		switch {
		case token == xmlStart && name == "v":
			inValue = t.x.depth == cell+1
		case token == xmlEnd && name == "v":
			inValue = false
		case token == xmlStart && name == "f":
			formula = true
		case token == xmlText && inValue:
			if t.value = append(t.value, t.x.text...); len(t.value) > maxText {
				return formula, t.book.pack.damaged(errTextTooLong)
			}
		}
		if t.gather.take(token, name, t.x.text); len(t.gather.text) > maxText {
			return formula, t.book.pack.damaged(errTextTooLong)
		}
	}
}

// cell reads a value by the cell's type (ECMA-376 part 1, 18.18.11); bad says why it
// cannot be read. A text that stands where its type does not say is its text.
func (t *xlsxRows) cell(kind string, style int, formula bool) (c Cell, bad string) {
	if formula {
		t.formula++
	}
	raw := string(t.value)
	inline := string(unescapeX(t.gather.text))
	switch {
	case kind == "inlineStr" && inline == "":
		return textCell(string(unescapeX(t.value))), ""
	case kind == "inlineStr", raw == "" && inline != "":
		return textCell(inline), ""
	}
	switch kind {
	case "s":
		if raw = strings.TrimSpace(raw); raw == "" {
			return Cell{}, ""
		}
		i, err := strconv.Atoi(raw)
		s, ok := t.book.shared.at(i)
		if err != nil || !ok {
			return Cell{}, "the cell points to a text that the workbook does not have"
		}
		return textCell(s), ""
	case "str":
		return textCell(string(unescapeX(t.value))), ""
	case "e":
		return Cell{Raw: raw, Text: raw, Kind: Error}, ""
	case "b":
		return truthCell(raw), ""
	case "d":
		return Cell{Raw: raw, Text: odsDate(raw, showsDayTime), Kind: Date}, ""
	}
	if raw == "" {
		if formula {
			return Cell{Kind: Error, Doubt: formulaUnknown}, ""
		}
		return Cell{}, ""
	}
	var f numberFormat
	if style >= 0 && style < len(t.book.styles) {
		f = t.book.styles[style]
	}
	return numberCell(raw, f, t.book.date1904), ""
}

const formulaUnknown = "a formula whose value the file does not hold"

// truthCell is a value that is true or false; one that is neither is kept as it stands.
func truthCell(raw string) Cell {
	switch strings.ToLower(strings.TrimSpace(raw)) {
	case "":
		return Cell{}
	case "1", "true":
		return Cell{Raw: raw, Text: "TRUE", Kind: Bool}
	case "0", "false":
		return Cell{Raw: raw, Text: "FALSE", Kind: Bool}
	}
	return Cell{Raw: raw, Text: raw, Doubt: "said to be true or false, and neither", Kind: Text}
}

func textCell(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{Raw: s, Text: s, Kind: Text}
}

// columnIndex reads the letters of a reference such as "AB12": 0 for A; -1
// where it is none.
func columnIndex(ref string) int {
	n, i := 0, 0
	for i < len(ref) && i < 4 && (ref[i]|0x20) >= 'a' && (ref[i]|0x20) <= 'z' {
		n = n*26 + int(ref[i]|0x20-'a') + 1
		i++
	}
	if i == 0 || i == len(ref) || n > maxColumn {
		return -1
	}
	return n - 1
}

// columnName is the letters of column i, 0 for A.
func columnName(i int) string {
	var s string
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}
