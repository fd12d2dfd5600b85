// SPDX-License-Identifier: Apache-2.0

package table

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// sheetRows are the rows of a sheet, or of what is like one: cells at their places,
// of any width.
type sheetRows interface {
	// next reads a row. Its cells are good until the next one.
	next() (found, error)
	notices() []string
	bytesRead() int64
	close() error
}

// found is a row as it was found, before its header says how wide it is.
type found struct {
	number  int // as a person sees it
	cells   []Cell
	hidden  bool
	refused *Refusal // the row cannot be taken, and the others can
}

// grid is a list in a sheet: it finds the header, holds every row to its width, and
// says what a person should look at.
type grid struct {
	opt  Options
	info Info
	rows sheetRows
	now  found
	held bool // that row is still to be given
	row  Row
	done error

	padded []Cell // the cells of a row that is filled less far than the header

	blank, hidden         int
	bom, damaged, control int // rows with a byte order mark inside, with U+FFFD, with control characters
}

// newGrid finds the columns, unless the rows have named them already.
func newGrid(opt Options, info Info, rows sheetRows) (*grid, error) {
	t := &grid{opt: opt, info: info, rows: rows}
	switch {
	case opt.asFound:
		t.info.HeaderRow = 0
		return t, nil
	case info.Columns != nil:
		return t, nil
	}
	if err := t.readHeader(); err != nil {
		return nil, errors.Join(err, rows.close())
	}
	return t, nil
}

func (t *grid) Info() Info       { return t.info }
func (t *grid) BytesRead() int64 { return t.rows.bytesRead() }
func (t *grid) Close() error     { return t.rows.close() }

func (t *grid) scan() (err error) {
	t.now, err = t.rows.next()
	if r := t.now.refused; r != nil && r.cell > 0 {
		r.Column = t.nameOf(r.cell - 1)
	}
	return err
}

func (t *grid) readHeader() error {
	if t.opt.NoHeader {
		return t.nameByLetters()
	}
	blank := t.opt.refuse("the header row is blank", `the mapping's "header_row" naming the row that holds the names of the columns`)
	blank.Row = t.info.HeaderRow
	for {
		err := t.scan()
		if errors.Is(err, io.EOF) || err == nil && t.now.number > t.info.HeaderRow {
			return blank
		}
		if err != nil {
			return err
		}
		if t.now.number == t.info.HeaderRow {
			break
		}
	}
	if t.now.refused != nil {
		return t.now.refused
	}
	if t.width() == 0 {
		return blank
	}
	storeys, err := t.storeys()
	if err != nil {
		return err
	}
	t.info.Columns = columnsOf(storeyed(storeys))
	return nil
}

// storeys are the rows of the header, the first of which was read. A row that the
// sheet does not have is blank.
func (t *grid) storeys() (rows [][]string, err error) {
	last := t.now.number + max(t.opt.Storeys, 1) - 1
	for {
		names := make([]string, t.width())
		for i := range names {
			if bad := unreadable(t.now.cells[i].Raw); bad != "" {
				return nil, t.at(i, bad, "text in UTF-8")
			}
			names[i] = t.now.cells[i].Text
		}
		if rows = append(rows, names); t.now.number >= last {
			return rows, nil
		}
		if err := t.scan(); errors.Is(err, io.EOF) {
			return nil, t.opt.refuse("the sheet ends within its header", "a sheet with rows below its header")
		} else if err != nil {
			return nil, err
		}
		if t.now.refused != nil {
			return nil, t.now.refused
		}
		if t.now.number > last {
			t.held = true
			return rows, nil
		}
	}
}

// width is how far the row read last is filled.
func (t *grid) width() int {
	width := 0
	for i := range t.now.cells {
		if !IsBlank(t.now.cells[i].Text) {
			width = i + 1
		}
	}
	return width
}

// nameByLetters takes the width of the list from its first row that is not blank.
func (t *grid) nameByLetters() error {
	for {
		if err := t.scan(); errors.Is(err, io.EOF) {
			return t.opt.refuse("the sheet has no rows", "at least one")
		} else if err != nil {
			return err
		}
		if t.now.refused != nil {
			return t.now.refused
		}
		if width := t.width(); width > 0 {
			t.held = true
			t.info.Columns = Lettered(width)
			return nil
		}
		t.blank++
	}
}

// Next reads the next row that is not blank.
func (t *grid) Next() (*Row, error) {
	for t.done == nil {
		if !t.held {
			if t.done = t.scan(); t.done != nil {
				break
			}
		}
		t.held = false
		if t.now.refused == nil && allBlank(t.now.cells) {
			t.blank++
			continue
		}
		if t.now.hidden {
			t.hidden++
		}
		t.row.Number, t.row.Refused = t.now.number, t.now.refused
		if t.row.Refused == nil {
			t.row.Refused = t.check()
		}
		t.row.Cells = t.now.cells
		if !t.opt.asFound {
			t.row.Cells = t.now.cells[:min(len(t.now.cells), len(t.info.Columns))]
		}
		return &t.row, nil
	}
	return nil, t.done
}

// check gives the row the header's width, or says why it cannot be taken.
func (t *grid) check() *Refusal {
	width := len(t.info.Columns)
	if t.opt.asFound {
		for width = len(t.now.cells); width > 0 && IsBlank(t.now.cells[width-1].Text); {
			width--
		}
		t.now.cells = t.now.cells[:width]
	}
	for i := width; i < len(t.now.cells); i++ {
		if !IsBlank(t.now.cells[i].Text) {
			r := t.opt.refuse(fmt.Sprintf("cell %s%d stands right of the last column of the %s", columnName(i), t.now.number, t.opt.measure()),
				"a header above every column that is filled")
			r.Row = t.now.number
			return r
		}
	}
	if len(t.now.cells) < width {
		t.padded = append(t.padded[:0], t.now.cells...)
		for len(t.padded) < width {
			t.padded = append(t.padded, Cell{})
		}
		t.now.cells = t.padded
	}
	for i := range t.now.cells[:width] {
		if bad := unreadable(t.now.cells[i].Raw); bad != "" {
			return t.at(i, bad, "text in UTF-8")
		}
	}
	t.lookAtMarks(t.now.cells[:width])
	if !t.opt.asFound && !t.opt.NoHeader && repeatsHeader(t.now.cells[:width], t.info.Columns) {
		r := t.opt.refuse("the row repeats the header", "the sheet without that row")
		r.Row = t.now.number
		return r
	}
	return nil
}

// unreadable says why a text cannot be taken, "" where it can.
func unreadable(raw string) string {
	switch {
	case !utf8.ValidString(raw):
		return "the cell is not UTF-8: bytes " + hexOf([]byte(raw)) + " (hex)"
	case strings.IndexByte(raw, 0) >= 0:
		return "the cell holds a NUL byte (hex 00)"
	}
	return ""
}

// lookAtMarks flags what csvTable.lookAtMarks does.
func (t *grid) lookAtMarks(cells []Cell) {
	var row marks
	for i := range cells {
		m := marksIn(cells[i].Text)
		if m == (marks{}) {
			continue
		}
		row = marks{row.bom || m.bom, row.replaced || m.replaced, row.control || m.control}
		if c := &cells[i]; c.Doubt == "" {
			c.Doubt = m.doubt()
		}
	}
	row.count(&t.bom, &t.damaged, &t.control)
}

// at is a refusal of the row read last for its column i.
func (t *grid) at(i int, why, want string) *Refusal {
	r := t.opt.refuse(why, want)
	r.Row, r.Column, r.InColumn = t.now.number, t.nameOf(i), true
	return r
}

// nameOf is the key of column i, its letters where there is no header.
func (t *grid) nameOf(i int) string {
	if i < len(t.info.Columns) {
		return t.info.Columns[i].Key
	}
	return columnName(i)
}

// Notices say what a person should know of the rows read so far.
func (t *grid) Notices() []string {
	n := noticed(nil, t.blank, "blank rows passed over")
	n = noticed(n, t.hidden, "hidden rows, read like the others")
	n = noticed(n, t.bom, noticeBOM)
	n = noticed(n, t.damaged, noticeReplaced)
	n = noticed(n, t.control, noticeControl)
	return append(n, t.rows.notices()...)
}

// noticed adds how often something was found, where it was.
func noticed(to []string, count int, what string) []string {
	if count == 0 {
		return to
	}
	return append(to, fmt.Sprintf("%s: %d", what, count))
}
