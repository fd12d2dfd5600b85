// SPDX-License-Identifier: Apache-2.0

package shape

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"strconv"
	"strings"

	"recount/intake/table"
)

// rowsOf makes one row of rows that follow each other and have the same key.
func (s Shape) rowsOf(first table.Table, again func() (table.Table, error), opt table.Options) (table.Table, error) {
	at, err := columnsOf(first, s.RowsOf, opt, "rows_of")
	if err != nil {
		return nil, errors.Join(err, first.Close())
	}
	g := &gathered{at: at, opt: opt, seed: maphash.MakeSeed(), apart: map[uint64]bool{}}
	for _, c := range s.Person {
		if i := slices.Index(first.Info().Keys(), c); i >= 0 && !slices.Contains(at, i) {
			g.person = append(g.person, i)
		}
	}
	if err := g.measure(first); err != nil {
		return nil, err
	}
	if g.Table, err = again(); err != nil {
		return nil, err
	}
	own := g.Table.Info().Columns
	if width := len(own) * (g.most + 1); width > maxColumns {
		return nil, errors.Join(tooWide(opt, width), g.Table.Close())
	}
	g.columns = widen(own, Rows, g.most, own)
	return g, nil
}

// gathered are rows of one person each.
type gathered struct {
	table.Table
	opt     table.Options
	at      []int // columns of the key
	person  []int // columns that say something of the person
	most    int   // rows that one person has
	columns []table.Column
	seed    maphash.Seed
	apart   map[uint64]bool // keys whose rows do not all follow each other
	ahead   *table.Row      // read, and of the next person
	row     table.Row
	rows    int // that were put to another one
}

// measure reads the list for how many rows a person has, and whose stand apart.
func (g *gathered) measure(t table.Table) error {
	seen := map[uint64]bool{}
	var last uint64
	n, keyed := 0, false
	err := each(t, func(row *table.Row) error {
		if row.Refused != nil {
			keyed = false
			return nil
		}
		key := g.key(row.Cells)
		sum := maphash.String(g.seed, key)
		if keyed && key != "" && sum == last {
			n++
		} else {
			if n = 1; key != "" && seen[sum] {
				g.apart[sum] = true
			}
			seen[sum] = true
		}
		last, keyed = sum, key != ""
		g.most = max(g.most, n)
		return nil
	})
	return err
}

// key is "" where nothing stands in any of its columns.
func (g *gathered) key(cells []table.Cell) string {
	var b strings.Builder
	blank := true
	for _, i := range g.at {
		text := strings.TrimSpace(cells[i].Text)
		blank = blank && text == ""
		b.WriteString(strconv.Itoa(len(text)) + ":" + text)
	}
	if blank {
		return ""
	}
	return b.String()
}

// Info is that of the list, with the columns of each row behind its own.
func (g *gathered) Info() table.Info {
	info := g.Table.Info()
	info.Columns = g.columns
	return info
}

func (g *gathered) next() (*table.Row, error) {
	if row := g.ahead; row != nil {
		g.ahead = nil
		return row, nil
	}
	row, err := g.Table.Next()
	if err != nil {
		return nil, err
	}
	kept := *row
	kept.Cells = slices.Clone(row.Cells)
	return &kept, nil
}

// Next is the next person.
func (g *gathered) Next() (*table.Row, error) {
	first, err := g.next()
	if err != nil || first.Refused != nil {
		return first, err
	}
	key := g.key(first.Cells)
	if g.apart[maphash.String(g.seed, key)] && key != "" {
		return &table.Row{Number: first.Number, Refused: &table.Refusal{File: g.opt.File, Sheet: g.Table.Info().Sheet, Row: first.Number,
			Why: "the rows with this key do not all follow each other, so that nobody can say that they are one person", Want: `the list sorted by the columns of "rows_of"`}}, nil
	}
	width := len(first.Cells)
	g.row = table.Row{Number: first.Number, Cells: append(append(g.row.Cells[:0], first.Cells...), first.Cells...)}
	for key != "" {
		more, err := g.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if more.Refused != nil || g.key(more.Cells) != key {
			g.ahead = more
			break
		}
		g.rows++
		g.row.Cells = append(g.row.Cells, more.Cells...)
		g.compare(more)
	}
	for len(g.row.Cells) < width*(g.most+1) {
		g.row.Cells = append(g.row.Cells, table.Cell{})
	}
	return &g.row, nil
}

// compare says where a further row says another thing of the person. What the first
// rows leave blank is taken from it.
func (g *gathered) compare(more *table.Row) {
	for _, i := range g.person {
		own, other := &g.row.Cells[i], more.Cells[i]
		switch {
		case table.IsBlank(other.Text):
		case table.IsBlank(own.Text):
			*own = other
		case strings.TrimSpace(own.Text) != strings.TrimSpace(other.Text) && own.Doubt == "":
			own.Doubt = fmt.Sprintf("another row of the same person says something else of it; the same key stands in row %d", more.Number)
		}
	}
}

// Notices say how many rows were put together.
func (g *gathered) Notices() []string {
	if g.rows == 0 {
		return g.Table.Notices()
	}
	return append(g.Table.Notices(), fmt.Sprintf("%d rows that were put to the row of the same person above them", g.rows))
}
