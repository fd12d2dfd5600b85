// SPDX-License-Identifier: Apache-2.0

// Package sheet writes records as worksheets: CSV for machines and for spreadsheet
// programs, and workbooks. What a worksheet is says intake/worksheet, which reads
// them.
package sheet

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"recount/fault"
	"recount/intake/worksheet"
)

// Format is how a worksheet is written.
type Format string

// The formats. Each is read back to the same records.
const (
	CSV      Format = "csv"   // UTF-8, comma, LF: for machines
	ForExcel Format = "excel" // CSV with a byte order mark and CRLF, texts that look like formulas guarded
	XLSX     Format = "xlsx"  // every cell a text
)

// Writer writes rows of one layout, one after the other.
type Writer struct {
	layout  worksheet.Layout
	guarded bool
	line    func([]string) error
	end     func() error
}

// NewWriter begins a worksheet with its header. delimiter is that of a CSV, 0 a
// comma. Close ends it; before that it is not whole.
func NewWriter(to io.Writer, format Format, l worksheet.Layout, delimiter rune) (*Writer, error) {
	w := &Writer{layout: l}
	switch format {
	case XLSX:
		if err := w.workbook(to); err != nil {
			return nil, err
		}
	case CSV, ForExcel:
		if w.guarded = format == ForExcel; w.guarded {
			if _, err := io.WriteString(to, "\ufeff"); err != nil {
				return nil, unavailable(err)
			}
		}
		c := &csvWriter{to: bufio.NewWriter(to), delimiter: ",", end: "\n"}
		if w.guarded {
			c.end = "\r\n"
		}
		if delimiter != 0 {
			c.delimiter = string(delimiter)
		}
		w.line = func(cells []string) error { return unavailable(c.write(cells)) }
		w.end = func() error { return unavailable(c.to.Flush()) }
	default:
		return nil, fmt.Errorf("%w: %q is no format of a worksheet; accepted: csv, excel, xlsx", fault.Invalid, format)
	}
	return w, w.line(l.Columns())
}

// csvWriter writes cells as they are (RFC 4180): that of the standard library
// changes the ends of lines inside of cells where lines end in CR LF.
type csvWriter struct {
	to             *bufio.Writer
	delimiter, end string
}

func (c *csvWriter) write(cells []string) error {
	for i, cell := range cells {
		if i > 0 {
			c.to.WriteString(c.delimiter) //nolint:errcheck // told by the last write
		}
		if strings.ContainsAny(cell, "\"\r\n"+c.delimiter) || cell != strings.TrimSpace(cell) || cell == "sep=" {
			cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		c.to.WriteString(cell) //nolint:errcheck // as above
	}
	_, err := c.to.WriteString(c.end)
	return err
}

func unavailable(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: writing the worksheet: %w", fault.Unavailable, err)
}

// Write writes one row.
func (w *Writer) Write(r worksheet.Row) error { return w.line(w.layout.Cells(r, w.guarded)) }

// Close ends the worksheet.
func (w *Writer) Close() error { return w.end() }

// maxCell is what a cell of a workbook holds, in UTF-16 units (ECMA-376 leaves it
// open; the programs have this limit).
const maxCell = 32_767

// workbook writes into one sheet, "records", whose cells are texts: a program that
// opens it turns no code into a number, and runs nothing.
func (w *Writer) workbook(to io.Writer) error {
	f := excelize.NewFile()
	const sheet = "records"
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return unavailable(err)
	}
	asText, err := f.NewStyle(&excelize.Style{NumFmt: 49}) // "@": stays a text when somebody edits it
	if err != nil {
		return unavailable(err)
	}
	bold, err := f.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return unavailable(err)
	}
	s, err := f.NewStreamWriter(sheet)
	if err != nil {
		return unavailable(err)
	}
	if err := errors.Join(s.SetColWidth(1, len(w.layout.Columns()), 18), s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})); err != nil {
		return unavailable(err)
	}
	n, style := 0, bold
	w.line = func(cells []string) error {
		n++
		row := make([]any, len(cells))
		for i, text := range cells {
			if len(text) > maxCell && len(utf16.Encode([]rune(text))) > maxCell {
				return fmt.Errorf("%w: row %d, column %q: a cell of a workbook holds %d characters, and this one has more; accepted: a CSV, which holds it", fault.Invalid, n, w.layout.Columns()[i], maxCell)
			}
			row[i] = excelize.Cell{StyleID: style, Value: text}
		}
		style = asText
		at, err := excelize.CoordinatesToCellName(1, n)
		if err != nil {
			return unavailable(err)
		}
		return unavailable(s.SetRow(at, row))
	}
	w.end = func() error {
		if err := s.Flush(); err != nil {
			return unavailable(err)
		}
		return errors.Join(unavailable(f.Write(to)), unavailable(f.Close()))
	}
	return nil
}
