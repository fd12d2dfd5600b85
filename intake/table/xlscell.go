// SPDX-License-Identifier: Apache-2.0

package table

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
)

// isXLSCell is true of records that are cells: each begins with its row, its column
// and the number of its style.
func isXLSCell(id uint16) bool {
	switch id {
	case biffFormula, biffMulRK, biffMulBlank, biffRString, biffLabelSST, biffBlank, biffNumber, biffLabel, biffBoolErr, biffRK:
		return true
	}
	return false
}

// xlsCellLength is how long a record of a cell is at least.
func xlsCellLength(id uint16) int {
	switch id {
	case biffFormula:
		return 16
	case biffNumber:
		return 14
	case biffLabelSST, biffRK:
		return 10
	case biffBoolErr:
		return 8
	}
	return 6
}

// readCells reads the cell or the cells of a record.
func (t *xlsRows) readCells(r record) error {
	d := r.data
	if len(d) < xlsCellLength(r.id) {
		return errRecordShort
	}
	column, style := int(binary.LittleEndian.Uint16(d[2:])), int(binary.LittleEndian.Uint16(d[4:]))
	switch r.id {
	case biffMulRK: // row, first column, a style and a number for each, last column
		for d = d[4 : len(d)-2]; len(d) >= 6; d = d[6:] {
			if err := t.put(column, t.numberCell(rkNumber(binary.LittleEndian.Uint32(d[2:])), int(binary.LittleEndian.Uint16(d)))); err != nil {
				return err
			}
			column++
		}
		return nil
	case biffMulBlank: // likewise, without numbers
		for range (len(d) - 6) / 2 {
			if err := t.put(column, Cell{}); err != nil {
				return err
			}
			column++
		}
		return nil
	}
	c, err := t.cell(r, style)
	if err != nil {
		return err
	}
	return t.put(column, c)
}

// cell reads the value of a record that is one cell.
func (t *xlsRows) cell(r record, style int) (Cell, error) {
	d := r.data
	p := pieces{t.book.stream, d[6:], r.end}
	switch r.id {
	case biffLabelSST:
		s, ok := t.book.shared.at(int(binary.LittleEndian.Uint32(d[6:])))
		if !ok {
			t.refuse(int(binary.LittleEndian.Uint16(d[2:])), "the cell points to a text that the workbook does not have")
		}
		return textCell(s), nil
	case biffLabel, biffRString:
		s, err := t.book.text(&p, 2)
		return textCell(s), err
	case biffNumber:
		return t.numberCell(math.Float64frombits(binary.LittleEndian.Uint64(d[6:])), style), nil
	case biffRK:
		return t.numberCell(rkNumber(binary.LittleEndian.Uint32(d[6:])), style), nil
	case biffBoolErr:
		if d[7] != 0 {
			return errorCell(d[6]), nil
		}
		return boolCell(d[6]), nil
	case biffFormula:
		t.formula++
		return t.formulaCell(r, style)
	}
	return Cell{}, nil
}

// formulaCell reads the value that a formula had when the file was saved ([MS-XLS]
// 2.5.133). A text stands in a record of its own, behind the formula; but there are
// programs in wide use that write the number 0 in the place of it, and the file does
// not tell.
func (t *xlsRows) formulaCell(r record, style int) (Cell, error) {
	d := r.data
	if d[12] != 0xff || d[13] != 0xff {
		f := math.Float64frombits(binary.LittleEndian.Uint64(d[6:]))
		c := t.numberCell(f, style)
		if f == 0 && c.Doubt == "" {
			c.Doubt = "a formula whose value is 0 in the file, as some programs also write where it is a text"
		}
		return c, nil
	}
	switch d[6] {
	case 1:
		return boolCell(d[8]), nil
	case 2:
		return errorCell(d[8]), nil
	case 3: // a text of no letters
		t.nothing++
		return Cell{}, nil
	}
	for {
		next, err := recordAt(t.book.stream, r.end)
		if err != nil {
			return Cell{}, err
		}
		switch next.id {
		case biffShared, biffArray, biffTable, biffContinue:
			r = next
			continue
		case biffString:
			s, err := t.book.text(&pieces{t.book.stream, next.data, next.end}, 2)
			return textCell(s), err
		}
		return Cell{Kind: Error, Doubt: formulaUnknown}, nil
	}
}

// numberCell is a number, as a day where its style shows one.
func (t *xlsRows) numberCell(n float64, style int) Cell {
	var f numberFormat
	if style < len(t.book.styles) {
		f = t.book.styles[style]
	}
	return numberCell(doubleText(n), f, t.book.date1904)
}

// doubleText writes a double with no more digits than tell it from others. From 17
// digits before the point on it has an exponent, as in newer workbooks, since the
// last ones would be made up.
func doubleText(f float64) string {
	if a := math.Abs(f); a >= 1e17 || a < 1e-5 && a > 0 {
		return strconv.FormatFloat(f, 'E', -1, 64)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// rkNumber unfolds a number of four bytes ([MS-XLS] 2.5.217): 30 bits that are a
// whole number or the upper ones of a double, and whether it is to be divided by 100.
func rkNumber(rk uint32) float64 {
	var f float64
	if rk&2 != 0 {
		f = float64(int32(rk) >> 2)
	} else {
		f = math.Float64frombits(uint64(rk&^3) << 32)
	}
	if rk&1 != 0 {
		f /= 100
	}
	return f
}

func boolCell(b byte) Cell {
	if b != 0 {
		return Cell{Raw: "1", Text: "TRUE", Kind: Bool}
	}
	return Cell{Raw: "0", Text: "FALSE", Kind: Bool}
}

// errorCell names an error as programs show it ([MS-XLS] 2.5.10).
func errorCell(code byte) Cell {
	text := fmt.Sprintf("#ERROR %d", code)
	switch code {
	case 0x00:
		text = "#NULL!"
	case 0x07:
		text = "#DIV/0!"
	case 0x0f:
		text = "#VALUE!"
	case 0x17:
		text = "#REF!"
	case 0x1d:
		text = "#NAME?"
	case 0x24:
		text = "#NUM!"
	case 0x2a:
		text = "#N/A"
	case 0x2b:
		text = "#GETTING_DATA"
	}
	return Cell{Raw: text, Text: text, Kind: Error}
}
