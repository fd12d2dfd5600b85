// SPDX-License-Identifier: Apache-2.0

package shape

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"strings"

	"recount/intake/table"
)

// Pivot is of lists that say one thing a row: which one in one column, and what in
// another. Rows that follow each other and have the same key become one row. The zero
// Pivot is of none.
type Pivot struct {
	By    []string // columns of the key
	Name  string   // column that says which thing; its values become columns, NAME.VALUE
	Value string   // column that says what
}

// pivot makes one row of rows of the same key.
func (s Shape) pivot(first table.Table, again func() (table.Table, error), opt table.Options) (table.Table, error) {
	at, err := columnsOf(first, append(slices.Clone(s.Pivot.By), s.Pivot.Name, s.Pivot.Value), opt, "pivot")
	if err != nil {
		return nil, errors.Join(err, first.Close())
	}
	by := at[:len(at)-2]
	p := &pivoted{opt: opt, of: at[len(at)-2], value: at[len(at)-1], things: map[string]int{}, keys: &gathered{at: by, opt: opt, seed: maphash.MakeSeed(), apart: map[uint64]bool{}}}
	var names []string
	for i, c := range first.Info().Columns {
		if i != p.of && i != p.value {
			p.others = append(p.others, i)
			names = append(names, c.Name)
		}
	}
	if err := p.measure(first, s.Pivot.Name, &names); err != nil {
		return nil, err
	}
	if len(names) > maxColumns {
		return nil, tooWide(opt, len(names))
	}
	p.columns = table.Columns(names)
	p.Table, err = again()
	return p, err
}

type pivoted struct {
	table.Table
	opt       table.Options
	keys      *gathered // knows the key of a row, and which stand apart
	of, value int
	others    []int          // the other columns
	things    map[string]int // which thing → its column
	columns   []table.Column
	ahead     *table.Row
	row       table.Row
}

// measure reads the list for which things there are, and whose rows stand apart.
func (p *pivoted) measure(t table.Table, name string, names *[]string) error {
	seen := map[uint64]bool{}
	last := uint64(0)
	return each(t, func(row *table.Row) error {
		if row.Refused != nil {
			return nil
		}
		thing := strings.TrimSpace(row.Cells[p.of].Text)
		if _, known := p.things[thing]; !known {
			p.things[thing] = len(*names)
			*names = append(*names, name+"."+thing)
		}
		sum := maphash.String(p.keys.seed, p.keys.key(row.Cells))
		if sum != last && seen[sum] {
			p.keys.apart[sum] = true
		}
		seen[sum], last = true, sum
		return nil
	})
}

// Info is that of the list, with a column for each thing.
func (p *pivoted) Info() table.Info {
	info := p.Table.Info()
	info.Columns = p.columns
	return info
}

func (p *pivoted) next() (*table.Row, error) {
	if row := p.ahead; row != nil {
		p.ahead = nil
		return row, nil
	}
	row, err := p.Table.Next()
	if err != nil {
		return nil, err
	}
	kept := *row
	kept.Cells = slices.Clone(row.Cells)
	return &kept, nil
}

// Next is the next key with all that is said of it. Several values of one thing are
// joined by semicolons.
func (p *pivoted) Next() (*table.Row, error) {
	first, err := p.next()
	if err != nil || first.Refused != nil {
		return first, err
	}
	key := p.keys.key(first.Cells)
	if key == "" || p.keys.apart[maphash.String(p.keys.seed, key)] {
		return &table.Row{Number: first.Number, Refused: &table.Refusal{File: p.opt.File, Sheet: p.Table.Info().Sheet, Row: first.Number,
			Why: "the rows with this key do not all follow each other, or it is blank: nobody can say that they are of one thing", Want: `the list sorted by the columns of the pivot's "by"`}}, nil
	}
	p.row = table.Row{Number: first.Number, Cells: make([]table.Cell, len(p.columns))}
	for row := first; ; {
		p.put(row)
		if row, err = p.next(); errors.Is(err, io.EOF) {
			return &p.row, nil
		}
		if err != nil {
			return nil, err
		}
		if row.Refused != nil || p.keys.key(row.Cells) != key {
			p.ahead = row
			return &p.row, nil
		}
	}
}

// put puts what one row says into the cells.
func (p *pivoted) put(row *table.Row) {
	for to, from := range p.others {
		add(&p.row.Cells[to], row.Cells[from])
	}
	if at, ok := p.things[strings.TrimSpace(row.Cells[p.of].Text)]; ok {
		add(&p.row.Cells[at], row.Cells[p.value])
	}
}

// add puts a value behind those that a cell has, each once.
func add(to *table.Cell, c table.Cell) {
	switch {
	case table.IsBlank(c.Text) && c.Kind != table.Error:
	case to.Text == "":
		*to = c
	case !slices.Contains(strings.Split(to.Text, "; "), c.Text):
		to.Raw, to.Text = fmt.Sprintf("%s; %s", to.Raw, c.Raw), fmt.Sprintf("%s; %s", to.Text, c.Text)
	}
}
