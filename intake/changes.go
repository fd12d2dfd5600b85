// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"recount/fault"
	"recount/intake/mapping"
	"recount/intake/table"
	"recount/intake/worksheet"
	"recount/journal"
)

// Standing is a record of a worksheet as somebody may see it: as it was taken out,
// and as it stands now, which is another where it was corrected since.
type Standing struct {
	Taken, Now worksheet.Row
	Handling   string // that the record has now, by whatever decision
}

// CellChange is one cell of a worksheet that says another thing than the record.
// Was is what the record says now, To what the worksheet says, each "" for nothing.
type CellChange struct {
	Column   string `json:"column"`
	Was      string `json:"was"`
	To       string `json:"to"`
	Conflict bool   `json:"conflict"`         // it was changed since it was taken out, to something else
	Taken    string `json:"taken,omitempty"`  // of a conflict: what was taken out
	Notice   string `json:"notice,omitempty"` // what a person should look at
}

// RowChange is a row of a worksheet that proposes something.
type RowChange struct {
	Row      int          `json:"row"`
	Record   string       `json:"record,omitempty"` // leaf that would be corrected; "" a new record
	Name     string       `json:"name"`
	Cells    []CellChange `json:"cells"`
	Conflict bool         `json:"conflict"`

	row      worksheet.Row
	handling string
}

// Changes are what a worksheet proposes. Values are in it: it is for whoever
// brings the worksheet.
type Changes struct {
	Rows      int64            `json:"rows"`
	Same      int64            `json:"same"` // that say what the records say
	Cells     int64            `json:"cells"`
	Conflicts int64            `json:"conflicts"` // rows with one
	Proposed  []RowChange      `json:"proposed"`
	Refused   []*table.Refusal `json:"refused,omitempty"`
}

// Standings answers what records say. A record that is not there, or not for
// whoever asks, is fault.NotFound.
type Standings interface {
	Standing(ctx context.Context, record journal.Leaf) (Standing, error)
}

// ReadChanges compares a worksheet with the records it was made from, cell by cell.
// Nothing is written. A row whose record is not there, which stands twice, or whose
// cells cannot be what they say is refused, and the others are read all the same.
//
// A cell counts as changed where it differs from what was taken out; where the
// record was corrected since, in the same cell and to something else, it is a
// conflict. A row that was deleted from the worksheet proposes nothing.
func ReadChanges(ctx context.Context, list Edition, from Standings) (c Changes, err error) {
	t, shut, err := list.Open(ctx)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, shut()) }()
	columns := t.Info().Keys()
	binding, err := worksheet.Bind(columns)
	if err != nil {
		return c, fmt.Errorf("%s: %w", list.File, err)
	}
	if !binding.Has(worksheet.ColumnRecord) {
		return c, fmt.Errorf(`%w: %s has no column %q, so that nobody can say which record a row is; accepted: a worksheet as "recount export" wrote it`, fault.Invalid, list.File, worksheet.ColumnRecord)
	}
	r := changesReader{binding: binding, columns: columns, info: t.Info(), file: list.File, from: from, seen: map[journal.Leaf]int{}}
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return c, err
		}
		c.Rows++
		if err := r.read(ctx, row, &c); err != nil {
			return c, err
		}
	}
	return c, nil
}

type changesReader struct {
	binding *worksheet.Binding
	columns []string
	info    table.Info
	file    string
	from    Standings
	seen    map[journal.Leaf]int
}

func (r *changesReader) refuse(c *Changes, row int, column, why, want string) {
	c.Refused = append(c.Refused, &table.Refusal{File: r.file, Sheet: r.info.Sheet, Row: row, Column: column, InColumn: column != "", Why: why, Want: want})
}

func (r *changesReader) read(ctx context.Context, row *table.Row, c *Changes) error {
	if row.Refused != nil {
		c.Refused = append(c.Refused, row.Refused)
		return nil
	}
	cells := make([]string, len(row.Cells))
	for i := range row.Cells {
		cells[i] = row.Cells[i].Text
	}
	mine, err := r.binding.Said(cells)
	if err != nil {
		return r.wrong(c, row.Number, cells, err)
	}
	if mine.Leaf == (journal.Leaf{}) {
		return r.fresh(c, row.Number, cells)
	}
	if first, twice := r.seen[mine.Leaf]; twice {
		r.refuse(c, row.Number, worksheet.ColumnRecord, fmt.Sprintf("the same record stands in row %d", first), "one row a record")
		return nil
	}
	r.seen[mine.Leaf] = row.Number
	standing, err := r.from.Standing(ctx, mine.Leaf)
	if errors.Is(err, fault.NotFound) {
		r.refuse(c, row.Number, worksheet.ColumnRecord, "there is no such record in this case", "a row of a worksheet that was taken out of this case")
		return nil
	}
	if err != nil {
		return err
	}
	return r.merge(c, row.Number, cells, mine, standing)
}

// wrong refuses a row for what is wrong with its cells.
func (r *changesReader) wrong(c *Changes, row int, cells []string, err error) error {
	column, why, want := mapping.WrongCell(err)
	if why == "" {
		return err
	}
	r.refuse(c, row, column, why, want)
	if at := slices.Index(r.columns, column); at >= 0 {
		last := c.Refused[len(c.Refused)-1]
		last.Value, last.HasValue = cells[at], true
	}
	return nil
}

// fresh is a row that somebody has added: a new record.
func (r *changesReader) fresh(c *Changes, number int, cells []string) error {
	row, err := r.binding.Read(cells)
	if err != nil {
		return r.wrong(c, number, cells, err)
	}
	if row.Record.Source == "" || row.Record.Exhibit == "" || strings.TrimSpace(row.Record.Pinpoint) == "" {
		r.refuse(c, number, "exhibit", "a new record says neither whose word it is nor where that stands", `the columns "source", "exhibit" and "pinpoint" filled; or the row taken out`)
		return nil
	}
	change := RowChange{Row: number, Name: row.Record.Name.Text(), row: row}
	for _, column := range r.columns {
		if v, ok := row.Said()[column]; ok && !worksheet.IsPlace(column) {
			change.Cells = append(change.Cells, CellChange{Column: column, To: v.Text()})
		}
	}
	c.Cells += int64(len(change.Cells))
	c.Proposed = append(c.Proposed, change)
	return nil
}

// merge puts what was changed in the worksheet onto the record as it stands.
func (r *changesReader) merge(c *Changes, number int, cells []string, mine worksheet.Said, s Standing) error {
	taken, now := s.Taken.Said(), s.Now.Said()
	change := RowChange{Row: number, Record: s.Now.Leaf.String(), Name: s.Now.Record.Name.Text(), handling: s.Handling}
	for _, column := range mine.Columns {
		to, was := mine.Values[column], taken[column]
		if to == was || isNothing(to) && isNothing(was) || column == "raw" || column == "person" {
			continue
		}
		if worksheet.IsPlace(column) || worksheet.IsHandling(column) {
			if taken.Has(column) || !worksheet.IsHandling(column) {
				r.refuse(c, number, column, "this says where a record is from or who may see it, and is not changed by a worksheet", `the cell as it was; handling is changed by "recount handle"`)
				return nil
			}
		}
		stands := now[column]
		if stands == to || isNothing(stands) && isNothing(to) {
			continue // somebody has made the same change
		}
		cell := CellChange{Column: column, Was: stands.Text(), To: to.Text()}
		if stands != was && !(isNothing(stands) && isNothing(was)) {
			cell.Conflict, cell.Taken, change.Conflict = true, was.Text(), true
		}
		change.Cells = append(change.Cells, cell)
		now.Set(column, to)
	}
	if len(change.Cells) == 0 {
		c.Same++
		return nil
	}
	row, err := worksheet.Put(now, mine.NamedFor(s.Taken, s.Now))
	if err != nil {
		return r.wrong(c, number, cells, err)
	}
	row.Leaf = s.Now.Leaf
	change.row = row
	change.notice()
	c.Cells += int64(len(change.Cells))
	if change.Conflict {
		c.Conflicts++
	}
	c.Proposed = append(c.Proposed, change)
	return nil
}

// isNothing: a person who looks at a cell cannot tell an absent one from a blank.
func isNothing(v journal.Value) bool { return v.Text() == "" }

// notice says where what is written was changed, and not what is read from it.
func (x *RowChange) notice() {
	for i := range x.Cells {
		column := x.Cells[i].Column
		read, isWritten := strings.CutSuffix(column, "_written")
		if !isWritten {
			continue
		}
		also := slices.ContainsFunc(x.Cells, func(c CellChange) bool {
			return c.Column == read || strings.HasPrefix(c.Column, read+"_") && c.Column != column
		})
		if !also {
			x.Cells[i].Notice = "as written was changed, and not what is read from it"
		}
	}
}
