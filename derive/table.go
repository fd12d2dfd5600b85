// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"recount/fault"
	"recount/intake/table"
)

// maxTable is how many bytes the cells of a window may have together.
const maxTable = 4 << 20

// makeTable answers rows of a list, by the readers that an import has.
func makeTable(q request, found string, r *bufio.Reader) (t Table, err error) {
	t = Table{Found: found, From: q.From, To: q.From - 1, Sheet: q.Sheet, Rows: []Row{}}
	opt := table.Options{Sheet: q.Sheet, Limits: table.Limits{
		// A workbook is held in memory, and so are its texts.
		Workbook: q.Memory / 4, Strings: q.Memory / 8, Unpacked: 2 * q.Memory, Row: 1 << 20,
	}}
	in, err := t.settle(&opt, r)
	if err != nil {
		return t, err
	}
	list, err := table.Look(in, 0, opt)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, list.Close()) }()
	info := list.Info()
	t.Encoding, t.Delimiter, t.Sheet = info.Encoding, info.Delimiter, info.Sheet
	if t.Named = info.Columns != nil; t.Named {
		for _, c := range info.Columns {
			t.Header = append(t.Header, shownCell(c.Key))
		}
		t.Columns = len(t.Header)
	}
	for _, s := range info.Sheets {
		t.Sheets = append(t.Sheets, Sheet{s.Name, s.Hidden})
	}
	if err := t.window(list, q.To); err != nil {
		return t, err
	}
	t.Notices = list.Notices()
	return t, nil
}

// sampleList is how much of a list is looked at to guess its encoding.
const sampleList = 64 << 10

// settle decides how the list is read, and refuses what is none.
func (t *Table) settle(opt *table.Options, r *bufio.Reader) (io.Reader, error) {
	if t.Found == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" || t.Found == openDocument || t.Found == wordDocument || isJSON(t.Found) || t.Found == "application/zip" ||
		t.Found == compoundFile || t.Found == oldWorkbook || t.Found == "application/pdf" {
		return r, nil // the reader says what is wrong with those that are no list
	}
	in := bufio.NewReaderSize(r, sampleList)
	head, err := in.Peek(sampleList)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the file: %w", err)
	}
	if err == nil {
		head = wholeRunes(head)
	}
	how, err := encodingOf(t.Found, head)
	if err != nil {
		return nil, fmt.Errorf("%w: the file is %s; accepted: CSV, a workbook (.xlsx, .ods, .xls), JSON, or a page or document with a table", fault.Invalid, t.Found)
	}
	// One that begins with a mark says its encoding itself.
	if how.guessed && how.by != nil && table.CheckEncoding(how.name) == nil {
		opt.Encoding, t.Guessed = how.name, true
	}
	return in, nil
}

// window reads up to row to, and takes the header and the rows from t.From on.
func (t *Table) window(list table.Found, to int) error {
	size := 0
	for {
		row, err := list.Next()
		if errors.Is(err, io.EOF) {
			t.To = to
			return nil
		}
		var refused *table.Refusal
		if errors.As(err, &refused) && (t.HeaderRow > 0 || t.Named) {
			// Nothing behind it can be read; what stands before is shown.
			t.Rows, t.To = append(t.Rows, Row{Number: refused.Row, Cells: []string{}, Refused: refused.Error()}), to
			return nil
		}
		if err != nil {
			return err
		}
		if t.HeaderRow == 0 && !t.Named && row.Refused == nil {
			t.HeaderRow, t.Header = row.Number, cellsOf(row)
			t.Columns = max(t.Columns, len(t.Header))
			continue
		}
		if row.Number < t.From {
			continue
		}
		if size += sizeOf(row); row.Number > to || size > maxTable && len(t.Rows) > 0 {
			t.To, t.More = min(to, row.Number-1), true
			return nil
		}
		t.Rows = append(t.Rows, rowOf(row))
		t.Columns = max(t.Columns, len(row.Cells))
	}
}

func rowOf(row *table.Row) Row {
	if row.Refused != nil {
		return Row{Number: row.Number, Cells: []string{}, Refused: row.Refused.Error()}
	}
	return Row{Number: row.Number, Cells: cellsOf(row)}
}

// cellsOf are the texts of a row's cells, control characters as pictures but
// for the line ends that a cell may have.
func cellsOf(row *table.Row) []string {
	cells := make([]string, len(row.Cells))
	for i := range row.Cells {
		cells[i] = shownCell(row.Cells[i].Text)
	}
	return cells
}

func sizeOf(row *table.Row) int {
	n := 0
	for i := range row.Cells {
		n += len(row.Cells[i].Text) + 3
	}
	return n
}
