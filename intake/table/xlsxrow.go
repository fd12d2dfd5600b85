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
			return t.book.pack.damaged(fmt.Errorf("row %q after row %d", s, t.number))
		}
		number = n
	}
	t.number = number
	h, _ := t.x.attr("hidden")
	t.hidden = h == "1" || h == "true"
	t.wide, t.filled = t.wide[:0], t.filled[:0]
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
	at := len(t.wide)
	if ref, ok := t.x.attr("r"); ok {
		n := columnIndex(ref)
		if n < 0 {
			return t.book.pack.damaged(fmt.Errorf("cell reference %q in row %d", ref, t.number))
		}
		if s := strings.TrimLeft(ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"); s != strconv.Itoa(t.number) {
			return t.at(n, fmt.Sprintf("the workbook is damaged: the cell says that it is %s%s, and stands in row %d", columnName(n), s, t.number), wantWhole)
		}
		at = n
	}
	if at >= maxColumn {
		return t.book.pack.damaged(fmt.Errorf("row %d has more cells than a sheet has columns", t.number))
	}
	kind, _ := t.x.attr("t")
	style := t.intAttr("s")
	formula := false
	t.value = t.value[:0]
	t.gather.reset()
	inValue := false
	for {
		token, err := t.x.next()
		if err != nil {
			return t.cutOff(err)
		}
		name := string(t.x.name)
		if token == xmlEnd && name == "c" {
			break
		}
		switch {
		case token != xmlText && name == "v":
			inValue = token == xmlStart
		case token == xmlStart && name == "f":
			formula = true
		case token == xmlText && inValue:
			if t.value = append(t.value, t.x.text...); len(t.value) > maxText {
				return t.book.pack.damaged(errTextTooLong)
			}
		}
		if t.gather.take(token, name, t.x.text); len(t.gather.text) > maxText {
			return t.book.pack.damaged(errTextTooLong)
		}
	}
	c, err := t.cell(kind, style, formula)
	if err != nil {
		return err
	}
	for len(t.wide) <= at {
		t.wide, t.filled = append(t.wide, Cell{}), append(t.filled, false)
	}
	if t.filled[at] {
		return t.at(at, fmt.Sprintf("the workbook is damaged: cell %s%d stands there twice, and nothing says which one holds", columnName(at), t.number), wantWhole)
	}
	t.wide[at], t.filled[at] = c, true
	return nil
}

// cell reads a value by the cell's type (ECMA-376 part 1, 18.18.11).
func (t *xlsxRows) cell(kind string, style int, formula bool) (Cell, error) {
	if formula {
		t.formula++
	}
	raw := string(t.value)
	switch kind {
	case "inlineStr":
		return textCell(string(unescapeX(t.gather.text))), nil
	case "s":
		if raw == "" {
			return Cell{}, nil
		}
		i, err := strconv.Atoi(raw)
		s, ok := t.book.shared.at(i)
		if err != nil || !ok {
			return Cell{}, t.book.pack.damaged(fmt.Errorf("row %d points to a text that the workbook does not have", t.number))
		}
		return textCell(s), nil
	case "str":
		return textCell(string(unescapeX(t.value))), nil
	case "e":
		return Cell{Raw: raw, Text: raw, Kind: Error}, nil
	case "b":
		text := "FALSE"
		if raw == "1" || raw == "true" {
			text = "TRUE"
		}
		return Cell{Raw: raw, Text: text, Kind: Bool}, nil
	case "d":
		return Cell{Raw: raw, Text: raw, Kind: Date}, nil
	}
	if raw == "" {
		if formula {
			return Cell{Kind: Error, Doubt: "a formula whose value the file does not hold"}, nil
		}
		return Cell{}, nil
	}
	text, doubt := plainNumber(raw)
	if style > 0 || len(t.book.styles) > 0 {
		if style >= 0 && style < len(t.book.styles) && t.book.styles[style] != notDate && doubt == "" {
			text, doubt = dateText(text, t.book.styles[style], t.book.date1904)
			return Cell{Raw: raw, Text: text, Doubt: doubt, Kind: Date}, nil
		}
	}
	return Cell{Raw: raw, Text: text, Doubt: doubt, Kind: Number}, nil
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
