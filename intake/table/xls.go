// SPDX-License-Identifier: Apache-2.0

package table

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// xlsMost is how many rows a sheet of an old workbook can have, xlsColumns how many
// columns: A to IV.
const (
	xlsMost    = 1 << 16
	xlsColumns = 256
)

// xlsRows are the rows of a sheet of an old workbook.
type xlsRows struct {
	book     *xlsBook
	opt      Options
	sheets   []Sheet // all of the workbook
	from, to int     // where the sheet stands in the stream

	runs   []xlsRun
	run    int     // the first one that was not read yet
	stated xlsFlag // rows of which the sheet says something
	hide   xlsFlag // rows that are hidden

	number int // of the row read last
	read   int
	cells  int64
	sheetNotices
	wide    []Cell
	filled  []bool   // which of them stood in the file, not only left of one that did
	refused *Refusal // of the row read last: why it cannot be taken
}

// xlsRun are cells of one row that stand one behind the other. Most programs write
// a sheet row by row, and some in the order in which a person typed.
type xlsRun struct {
	row uint16
	at  int
}

// xlsFlag is a flag for every row that a sheet can have.
type xlsFlag [xlsMost / 64]uint64

func (f *xlsFlag) set(row int)      { f[row/64] |= 1 << (row % 64) }
func (f *xlsFlag) has(row int) bool { return f[row/64]>>(row%64)&1 != 0 }

func openXLS(src io.ReaderAt, size int64, opt Options) (*grid, error) {
	opt.Limits = opt.Limits.orDefault()
	file, err := openCompound(src, size, opt)
	if err != nil {
		return nil, err
	}
	stream, err := file.workbook()
	if err != nil {
		return nil, err
	}
	if opt.Delimiter != "" || opt.Encoding != "" {
		return nil, opt.refuse("the mapping names a delimiter or an encoding, but the file is a workbook", "the mapping without them, or a CSV")
	}
	book, err := readXLS(stream, opt)
	if err != nil {
		return nil, err
	}
	sheet, err := chooseSheet(book.sheets, opt)
	if err != nil {
		return nil, err
	}
	opt.Sheet, book.opt.Sheet = sheet.Name, sheet.Name
	at, err := strconv.Atoi(sheet.part)
	if err != nil {
		return nil, book.damaged(err)
	}
	t := &xlsRows{book: book, opt: opt}
	if t.from, _, err = begins(stream, at); err != nil {
		return nil, book.damaged(err)
	}
	if err := t.survey(); err != nil {
		return nil, book.damaged(err)
	}
	info := Info{Format: "xls", Sheet: sheet.Name, Date1904: book.date1904, HeaderRow: opt.headerRow(), Size: int64(t.to - t.from)}
	info.Sheets = sheetsOf(book.sheets)
	t.sheets = info.Sheets
	return newGrid(opt, info, t)
}

// survey finds where the cells of each row stand, and what the sheet says of rows
// and columns. Where the sheet says that its rows end is not asked.
func (t *xlsRows) survey() error {
	in := substream{stream: t.book.stream, at: t.from}
	sorted := true
	for {
		r, err := in.next()
		if t.to = in.at; errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch {
		case r.id == biffMerged:
			if len(r.data) >= 2 {
				t.merged += min(int(binary.LittleEndian.Uint16(r.data)), (len(r.data)-2)/8)
			}
		case r.id == biffRow && len(r.data) >= 14:
			row := int(binary.LittleEndian.Uint16(r.data))
			t.stated.set(row)
			if binary.LittleEndian.Uint16(r.data[12:])&0x20 != 0 {
				t.hide.set(row)
			}
		case r.id == biffColInfo && len(r.data) >= 10:
			from, to := int(binary.LittleEndian.Uint16(r.data)), int(binary.LittleEndian.Uint16(r.data[2:]))
			if binary.LittleEndian.Uint16(r.data[8:])&1 != 0 && to >= from {
				t.columns += max(min(to, xlsColumns-1)-from+1, 0)
			}
		case isXLSCell(r.id):
			if len(r.data) < 6 {
				return errRecordShort
			}
			row := binary.LittleEndian.Uint16(r.data)
			if n := len(t.runs); n == 0 || t.runs[n-1].row != row {
				sorted = sorted && (n == 0 || t.runs[n-1].row < row)
				t.runs = append(t.runs, xlsRun{row, r.end - len(r.data) - 4})
			}
		}
	}
	if !sorted {
		slices.SortStableFunc(t.runs, func(a, b xlsRun) int { return int(a.row) - int(b.row) })
	}
	return nil
}

func (t *xlsRows) bytesRead() int64 { return int64(t.read) }
func (t *xlsRows) close() error     { return nil }

// next reads the next row that has cells, or of which the sheet says something.
func (t *xlsRows) next() (found, error) {
	for t.number < xlsMost {
		row := t.number
		t.number++
		has := func() bool { return t.run < len(t.runs) && int(t.runs[t.run].row) == row }
		if !has() && !t.stated.has(row) {
			continue
		}
		t.wide, t.filled, t.refused = t.wide[:0], t.filled[:0], nil
		for ; has(); t.run++ {
			if err := t.readRun(t.runs[t.run]); err != nil {
				return found{}, t.book.damaged(err)
			}
		}
		return found{number: t.number, cells: t.wide, hidden: t.hide.has(row), refused: t.refused}, nil
	}
	return found{}, io.EOF
}

// readRun reads cells until one of another row.
func (t *xlsRows) readRun(run xlsRun) error {
	in := substream{stream: t.book.stream, at: run.at}
	for {
		r, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !isXLSCell(r.id) {
			continue
		}
		if binary.LittleEndian.Uint16(r.data) != run.row {
			return nil
		}
		t.read = max(t.read, r.end-t.from)
		if err := t.readCells(r); err != nil {
			return err
		}
	}
}

// refuse refuses the row for the cell in column i, for the first reason.
func (t *xlsRows) refuse(i int, why string) {
	if t.refused == nil {
		t.refused = damagedCell(t.opt, t.number, i, why)
	}
}

// put sets the cell of a column.
func (t *xlsRows) put(at int, c Cell) error {
	if t.cells++; t.cells > t.opt.Limits.Cells {
		return t.opt.refuse(fmt.Sprintf("the sheet has more than %d cells", t.opt.Limits.Cells), "the list as CSV, which has no limit")
	}
	if at >= xlsColumns {
		return fmt.Errorf("row %d has more cells than a sheet has columns", t.number)
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

func (t *xlsRows) notices() []string {
	n := t.said(t.sheets)
	if t.book.date1904 {
		n = append(n, notice1904)
	}
	return n
}
