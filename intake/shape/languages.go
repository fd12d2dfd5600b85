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
// rows that follow each other and have the same key become one row. The zero Languages
// is of none.
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
	if err := l.measure(); err != nil {
		return nil, errors.Join(err, first.Close())
	}
	if err := first.Close(); err != nil {
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
	l.ahead, l.ended, l.elsewhere, l.together = nil, false, 0, 0
	l.Table, err = again()
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
	row       table.Row
	elsewhere int // rows that do not stand in the first language
	together  int // rows that were put to another one
}

// measure reads the list for its languages, and what they say differently.
func (l *spoken) measure() error {
	seen := map[uint64]bool{}
	for {
		group, err := l.group()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if group[0].Refused != nil {
			continue
		}
		sum := maphash.String(l.keys.seed, l.keys.key(group[0].Cells))
		if seen[sum] {
			l.keys.apart[sum] = true
		}
		seen[sum] = true
		main := l.main(group)
		for _, row := range group {
			language := l.language(row)
			if row == main {
				continue
			}
			if !slices.Contains(l.others, language) {
				l.others = append(l.others, language)
			}
			for i := range row.Cells {
				if says(row.Cells[i], main.Cells[i]) {
					l.places[place{language, i}] = 0
				}
			}
		}
	}
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
	group, err := l.group()
	if err != nil {
		return nil, err
	}
	if group[0].Refused != nil {
		return group[0], nil
	}
	key := l.keys.key(group[0].Cells)
	if key != "" && l.keys.apart[maphash.String(l.keys.seed, key)] {
		return l.refused(group[0], "the rows with this key do not all follow each other, so that nobody can say that they are one thing in several languages", `the list sorted by the columns of "by" in "languages"`), nil
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
