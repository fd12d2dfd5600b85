// SPDX-License-Identifier: Apache-2.0

package shape

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"recount/intake/table"
)

// besideBytes is how much of another sheet is held in memory.
const besideBytes = 128 << 20

// beside puts the rows of another sheet to the rows that they belong to.
func (b Beside) beside(t table.Table, open Open, opt table.Options) (_ table.Table, err error) {
	at, err := columnsOf(t, []string{b.Key}, opt, "repeats")
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	j := &joined{Table: t, key: at[0], of: b, rows: map[string][][]table.Cell{}, taken: map[string]bool{}}
	opt.Sheet, opt.HeaderRow, opt.Storeys, opt.Wanted = b.Sheet, 0, 0, []string{b.Parent}
	other, err := open(opt)
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	if err := j.read(other, opt); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	own := t.Info().Columns
	if width := len(own) + j.most*len(j.children); width > maxColumns {
		return nil, errors.Join(tooWide(opt, width), t.Close())
	}
	j.columns = widen(own, b.Name, j.most, j.children)
	return j, nil
}

// joined is a list with the rows of another sheet beside its own.
type joined struct {
	table.Table
	of       Beside
	key      int
	children []table.Column
	columns  []table.Column
	rows     map[string][][]table.Cell // by key
	taken    map[string]bool           // keys of rows that were read
	most     int
	refused  int // rows of the other sheet that cannot be read
	orphans  int // rows of the other sheet without a key
	twice    int // rows of the list whose key stood before
	row      table.Row
}

func (j *joined) read(other table.Table, opt table.Options) error {
	parents, err := columnsOf(other, []string{j.of.Parent}, opt, "repeats")
	if err != nil {
		return errors.Join(err, other.Close())
	}
	j.children = slices.Clone(other.Info().Columns)
	held := 0
	return each(other, func(row *table.Row) error {
		if row.Refused != nil {
			j.refused++
			return nil
		}
		key := strings.TrimSpace(row.Cells[parents[0]].Text)
		if key == "" {
			j.orphans++
			return nil
		}
		for i := range row.Cells {
			held += len(row.Cells[i].Text) + len(row.Cells[i].Raw) + 64
		}
		if held > besideBytes {
			return &table.Refusal{File: opt.File, Sheet: opt.Sheet, Why: fmt.Sprintf("the sheet beside the list is more than %d MiB", besideBytes>>20), Want: "a file with fewer rows in that sheet"}
		}
		j.rows[key] = append(j.rows[key], slices.Clone(row.Cells))
		j.most = max(j.most, len(j.rows[key]))
		return nil
	})
}

// Info is that of the list, with the columns of the other sheet behind its own.
func (j *joined) Info() table.Info {
	info := j.Table.Info()
	info.Columns = j.columns
	return info
}

// Next is the next row with what belongs to it.
func (j *joined) Next() (*table.Row, error) {
	row, err := j.Table.Next()
	if err != nil || row.Refused != nil {
		return row, err
	}
	j.row = table.Row{Number: row.Number, Cells: append(j.row.Cells[:0], row.Cells...)}
	key := strings.TrimSpace(row.Cells[j.key].Text)
	if key != "" && j.taken[key] && len(j.rows[key]) > 0 {
		j.twice++ // whose are they? the first row's, and it is told
	} else {
		for _, cells := range j.rows[key] {
			j.row.Cells = append(j.row.Cells, cells...)
		}
		j.taken[key] = key != ""
	}
	for len(j.row.Cells) < len(j.columns) {
		j.row.Cells = append(j.row.Cells, table.Cell{})
	}
	return &j.row, nil
}

// Notices say what of the other sheet belongs to no row. They are whole when the
// list was read to its end.
func (j *joined) Notices() []string {
	lost := j.orphans
	for key, rows := range j.rows {
		if !j.taken[key] {
			lost += len(rows)
		}
	}
	n := j.Table.Notices()
	if lost > 0 {
		n = append(n, fmt.Sprintf("%d rows of the sheet %q belong to no row of the list, and are not read", lost, j.of.Sheet))
	}
	if j.refused > 0 {
		n = append(n, fmt.Sprintf("%d rows of the sheet %q cannot be read", j.refused, j.of.Sheet))
	}
	if j.twice > 0 {
		n = append(n, fmt.Sprintf("%d rows have a key that stood before, and got nothing of the sheet %q", j.twice, j.of.Sheet))
	}
	return n
}
