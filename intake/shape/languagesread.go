// SPDX-License-Identifier: Apache-2.0

package shape

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"

	"recount/intake/table"
)

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
		l.note(group)
	}
}

// note notes what the rows of one key say differently.
func (l *spoken) note(group []*table.Row) {
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

// gather reads the list again for the rows of keys that do not follow each other.
func (l *spoken) gather(again func() (table.Table, error)) (err error) {
	if len(l.keys.apart) == 0 {
		return nil
	}
	if l.Table, err = again(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Table.Close()) }()
	l.ahead, l.ended, l.apart = nil, false, map[string][]*table.Row{}
	held := 0
	for {
		group, err := l.group()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		key := ""
		if group[0].Refused == nil {
			key = l.keys.key(group[0].Cells)
		}
		if key == "" || !l.keys.apart[maphash.String(l.keys.seed, key)] {
			continue
		}
		for _, row := range group {
			for i := range row.Cells {
				held += len(row.Cells[i].Text) + len(row.Cells[i].Raw) + 64
			}
		}
		if held > besideBytes {
			return &table.Refusal{File: l.opt.File, Sheet: l.opt.Sheet, Why: fmt.Sprintf("rows of one key that do not follow each other are more than %d MiB", besideBytes>>20), Want: `the list sorted by the columns of "by" in "languages"`}
		}
		l.apart[key] = append(l.apart[key], group...)
	}
	for _, group := range l.apart {
		l.note(group)
	}
	slices.Sort(l.others) // the order of a map is none
	return nil
}
