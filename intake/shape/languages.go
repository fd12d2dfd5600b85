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

// Languages is of lists that say the same thing in several languages, a row for each:
// rows that have the same key become one row, at the place of the first of them. Those
// that do not follow each other are held in memory. The zero Languages is of none.
type Languages struct {
	By     []string // columns of the key
	Column string   // that says the language
	First  string   // the language of the row that comes first; "": that of the list's first row
}

// languageSign stands between the name of a column and the language.
const languageSign = "__"

// languages makes one row of the rows of one key. Behind the list's own columns stand
// those of the other languages, "title__es", and only where they say something else.
func (s Shape) languages(first table.Table, again func() (table.Table, error), opt table.Options) (table.Table, error) {
	at, err := columnsOf(first, append(slices.Clone(s.Languages.By), s.Languages.Column), opt, "languages")
	if err != nil {
		return nil, errors.Join(err, first.Close())
	}
	own := first.Info().Columns
	l := &spoken{
		Table: first, opt: opt, first: s.Languages.First, column: at[len(at)-1],
		keys:   &gathered{at: at[:len(at)-1], opt: opt, seed: maphash.MakeSeed(), apart: map[uint64]bool{}},
		places: map[place]int{}, width: len(own),
	}
	if err := errors.Join(l.measure(), first.Close()); err != nil {
		return nil, err
	}
	if err := l.gather(again); err != nil {
		return nil, err
	}
	names := make([]string, 0, len(own)+len(l.places))
	for _, c := range own {
		names = append(names, c.Name)
	}
	for _, language := range l.others {
		for i, c := range own {
			if _, differs := l.places[place{language, i}]; differs {
				l.places[place{language, i}] = len(names)
				names = append(names, c.Key+languageSign+language)
			}
		}
	}
	if len(names) > maxColumns {
		return nil, tooWide(opt, len(names))
	}
	l.columns = table.Columns(names)
	l.Table, err = again()
	l.ahead, l.ended = nil, false
	return l, err
}

// place is a column in another language.
type place struct {
	language string
	column   int
}

// spoken are rows in several languages, as one each.
type spoken struct {
	table.Table
	opt       table.Options
	keys      *gathered // knows the key of a row, and which stand apart
	column    int       // that says the language
	first     string
	others    []string      // the other languages, in the order in which they stand in the list
	places    map[place]int // where a column of another language stands
	width     int           // columns of the list itself
	columns   []table.Column
	ahead     *table.Row
	ended     bool
	apart     map[string][]*table.Row // rows of a key that do not all follow each other, until they are given
	row       table.Row
	elsewhere int // rows that do not stand in the first language
	together  int // rows that were put to another one
}

// says: a cell says something that the other one does not.
func says(c, other table.Cell) bool {
	return (!table.IsBlank(c.Text) || c.Kind == table.Error) && strings.TrimSpace(c.Text) != strings.TrimSpace(other.Text)
}

func (l *spoken) language(row *table.Row) string { return strings.TrimSpace(row.Cells[l.column].Text) }

// main is the row whose columns have their own names: that in the first language, or
// else the first one. The language of a list is that of its first row.
func (l *spoken) main(group []*table.Row) *table.Row {
	if l.first == "" {
		l.first = l.language(group[0])
	}
	for _, row := range group {
		if l.language(row) == l.first {
			return row
		}
	}
	return group[0]
}

// group are the rows of the next key; one that cannot be read is alone.
func (l *spoken) group() (group []*table.Row, err error) {
	for {
		row := l.ahead
		if l.ahead = nil; row == nil {
			if l.ended {
				err = io.EOF
			} else {
				row, err = l.Table.Next()
			}
		}
		if errors.Is(err, io.EOF) {
			if l.ended = true; len(group) > 0 {
				err = nil
			}
			return group, err
		}
		if err != nil {
			return nil, err
		}
		kept := *row
		kept.Cells = slices.Clone(row.Cells)
		if len(group) > 0 && (row.Refused != nil || group[0].Refused != nil || l.keys.key(row.Cells) == "" || l.keys.key(row.Cells) != l.keys.key(group[0].Cells)) {
			l.ahead = &kept
			return group, nil
		}
		group = append(group, &kept)
	}
}

// Info is that of the list, with the columns of the other languages behind its own.
func (l *spoken) Info() table.Info {
	info := l.Table.Info()
	info.Columns = l.columns
	return info
}

// Next is the next row with what it says in all languages.
func (l *spoken) Next() (*table.Row, error) {
	group, err := l.nextGroup()
	if err != nil {
		return nil, err
	}
	if group[0].Refused != nil {
		return group[0], nil
	}
	main := l.main(group)
	if l.language(main) != l.first {
		l.elsewhere++
	}
	l.row = table.Row{Number: main.Number, Cells: make([]table.Cell, len(l.columns))}
	copy(l.row.Cells, main.Cells)
	seen := []string{l.language(main)}
	for _, row := range group {
		if row == main {
			continue
		}
		language := l.language(row)
		if slices.Contains(seen, language) {
			return l.refused(row, "a second row with this key stands in the same language, and nothing says which one holds", "one row for each language"), nil
		}
		seen = append(seen, language)
		l.together++
		for i := range row.Cells {
			if at := l.places[place{language, i}]; at >= l.width && says(row.Cells[i], main.Cells[i]) {
				l.row.Cells[at] = row.Cells[i]
			}
		}
	}
	return &l.row, nil
}

// nextGroup are all rows of the next key.
func (l *spoken) nextGroup() ([]*table.Row, error) {
	for {
		group, err := l.group()
		if err != nil || group[0].Refused != nil {
			return group, err
		}
		key := l.keys.key(group[0].Cells)
		if key == "" || !l.keys.apart[maphash.String(l.keys.seed, key)] {
			return group, nil
		}
		if all := l.apart[key]; all != nil {
			delete(l.apart, key)
			return all, nil
		} // else they were given with the first of them
	}
}

func (l *spoken) refused(row *table.Row, why, want string) *table.Row {
	return &table.Row{Number: row.Number, Refused: &table.Refusal{File: l.opt.File, Sheet: l.Table.Info().Sheet, Row: row.Number, Why: why, Want: want}}
}

// Notices say how many rows were put together, and how many say nothing in the first
// language.
func (l *spoken) Notices() []string {
	n := l.Table.Notices()
	if l.together > 0 {
		n = append(n, fmt.Sprintf("%d rows in another language, put to the row that says the same in %q", l.together, l.first))
	}
	if l.elsewhere > 0 {
		n = append(n, fmt.Sprintf("%d rows that do not stand in %q are read in the language that they have", l.elsewhere, l.first))
	}
	return n
}
