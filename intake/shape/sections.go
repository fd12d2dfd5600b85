// SPDX-License-Identifier: Apache-2.0

package shape

import (
	"fmt"
	"slices"
	"strings"

	"recount/intake/table"
)

// sections carries headings between rows, such as the name of a village, into a
// column of their own. A heading is a row of which one cell alone is filled, the
// first one of the row.
type sections struct {
	table.Table
	name    string
	heading table.Cell
	row     table.Row
	found   int
}

// Info is that of the list, with the column of the headings behind the others.
func (s *sections) Info() table.Info {
	info := s.Table.Info()
	names := make([]string, 0, len(info.Columns)+1)
	for _, c := range info.Columns {
		names = append(names, c.Name)
	}
	info.Columns = table.Columns(append(names, s.name))
	return info
}

// Next is the next row that is no heading.
func (s *sections) Next() (*table.Row, error) {
	for {
		row, err := s.Table.Next()
		if err != nil || row.Refused != nil {
			return row, err
		}
		if heading, is := headingIn(row.Cells); is {
			s.heading = heading
			s.found++
			continue
		}
		s.row = table.Row{Number: row.Number, Cells: append(append(s.row.Cells[:0], row.Cells...), s.heading)}
		return &s.row, nil
	}
}

// headingIn is the only filled cell of a row, where it is the first one.
func headingIn(cells []table.Cell) (table.Cell, bool) {
	for i := range cells {
		if (i == 0) == table.IsBlank(cells[i].Text) {
			return table.Cell{}, false
		}
	}
	return cells[0], len(cells) > 1
}

// Notices say how many headings there were: a person of whom nothing but a name is
// known would be one.
func (s *sections) Notices() []string {
	if s.found == 0 {
		return s.Table.Notices()
	}
	return append(s.Table.Notices(), fmt.Sprintf("%d rows of which the first cell alone is filled, taken for headings: what they say stands in the column %q of the rows below them", s.found, s.name))
}

// filled gives a blank cell what stands above it.
type filled struct {
	table.Table
	at    []int
	above map[int]table.Cell
	row   table.Row
	cells int
}

// Next is the next row, with what stands above in its blank cells.
func (f *filled) Next() (*table.Row, error) {
	row, err := f.Table.Next()
	if err != nil || row.Refused != nil {
		return row, err
	}
	f.row = table.Row{Number: row.Number, Cells: append(f.row.Cells[:0], row.Cells...)}
	for _, at := range f.at {
		if !table.IsBlank(row.Cells[at].Text) || row.Cells[at].Kind == table.Error {
			f.above[at] = row.Cells[at]
		} else if above, ok := f.above[at]; ok {
			f.row.Cells[at] = above
			f.cells++
		}
	}
	return &f.row, nil
}

// Notices say how many cells were filled.
func (f *filled) Notices() []string {
	if f.cells == 0 {
		return f.Table.Notices()
	}
	return append(f.Table.Notices(), fmt.Sprintf("%d blank cells, taken for what stands above them", f.cells))
}

// meant are the rows of the kind that is meant.
type meant struct {
	table.Table
	at     int
	only   Only
	passed int
}

// Next is the next row that is meant.
func (m *meant) Next() (*table.Row, error) {
	for {
		row, err := m.Table.Next()
		if err != nil || row.Refused != nil || m.only.means(row.Cells[m.at].Text) {
			return row, err
		}
		m.passed++
	}
}

// means: the rows with this are meant.
func (o Only) means(text string) bool {
	text = strings.TrimSpace(text)
	if len(o.Values) > 0 {
		return slices.Contains(o.Values, text)
	}
	return !slices.Contains(o.Not, text)
}

// Notices say how many rows are of another kind.
func (m *meant) Notices() []string {
	if m.passed == 0 {
		return m.Table.Notices()
	}
	return append(m.Table.Notices(), fmt.Sprintf("%d rows of another kind, passed over because the mapping's only asks for one", m.passed))
}
