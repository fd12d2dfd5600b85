// SPDX-License-Identifier: Apache-2.0

package store

import (
	"fmt"
	"slices"
	"sync"

	"recount/fault"
	"recount/journal"
)

// layout says where the fields of a kind of rows lie: those that have a column
// of their own in the table, and the others together in the column rest. A text
// that its column cannot hold as it is stands in rest as well, so that no row
// comes back other than it went in.
type layout struct {
	kind   journal.Kind
	table  table
	rest   bool  // the table has the column rest
	packed []int // the fields in rest, by their number
	fields []int // for each column of table its field, or one of the following
}

// What a column holds that is no field.
const (
	isLeaf  = -1 - iota // the row's leaf
	isBatch             // its batch
	isPart              // the first four bits of its leaf
	isRest              // the packed fields
	isLater             // NULL until an entry says otherwise
)

// layouts are those of all kinds of rows that have a projection of their own.
var layouts = sync.OnceValue(func() map[string]layout {
	all := map[string]layout{}
	for _, l := range []struct{ kind, table string }{
		{"record@1", "p_record"}, {"harm@1", "p_harm"}, {"group@1", "p_group"},
		{"rung@1", "p_rung"}, {"extra@1", "p_extra"}, {"member@1", "p_member"},
	} {
		all[l.kind] = newLayout(l.kind, l.table)
	}
	return all
})

func newLayout(kind, name string) layout {
	l := layout{table: projectionTable(name)}
	l.rest = l.table.has("rest")
	l.kind, _ = journal.KindNamed(kind)
	own := map[int]bool{}
	for _, c := range l.table.columns {
		at := l.kind.Index(fieldOf(c.name))
		if at < 0 {
			at = specialColumn(c.name)
		} else {
			own[at] = true
		}
		l.fields = append(l.fields, at)
	}
	for i := range l.kind.Fields {
		if !own[i] {
			l.packed = append(l.packed, i)
		}
	}
	return l
}

func specialColumn(name string) int {
	switch name {
	case "leaf":
		return isLeaf
	case "batch":
		return isBatch
	case "part":
		return isPart
	case "rest":
		return isRest
	}
	return isLater
}

// cells are the columns of one row, in their order, appended to to.
func (l layout) cells(to []any, leaf journal.Leaf, batch string, values []journal.Value) ([]any, error) {
	var rest []byte
	if l.rest {
		rest = pack(nil, values, l.packed)
	}
	for i, at := range l.fields {
		switch at {
		case isLeaf:
			to = append(to, leaf[:])
		case isBatch:
			to = append(to, batch)
		case isPart:
			to = append(to, partOf(leaf))
		case isRest: // the last column
			to = append(to, rest)
		case isLater:
			to = append(to, nil)
		default:
			c, err := cellOf(values[at], l.table.columns[i].kind)
			if err != nil {
				return nil, fmt.Errorf("%s, field %s: %w", l.kind.Name, l.kind.Fields[at], err)
			}
			if c == nil && slices.Contains(l.table.key, l.table.columns[i].name) {
				return nil, fmt.Errorf("%w: %s, field %s: it is missing", fault.Invalid, l.kind.Name, l.kind.Fields[at])
			}
			if whole, isText := c.(string); isText && l.rest {
				if c = clipCell(whole); c != values[at].Text() {
					rest = packAgain(rest, at, values[at])
				}
			}
			to = append(to, c)
		}
	}
	return to, nil
}

// values are the fields of a row out of its columns, the last of which is rest.
func (l layout) values(cells []cell) ([]journal.Value, error) {
	values := make([]journal.Value, len(l.kind.Fields))
	for i, at := range l.fields {
		if at >= 0 {
			values[at] = valueOfCell(&cells[i])
		}
	}
	if !l.rest {
		return values, nil
	}
	return values, unpack(cells[len(cells)-1].raw, values, l.packed)
}

func (l layout) check(values []journal.Value) error {
	if len(values) != len(l.kind.Fields) {
		return fmt.Errorf("%w: a row of %s has %d fields, not %d", fault.Invalid, l.kind.Name, len(l.kind.Fields), len(values))
	}
	return nil
}

// partOf is in which of the sixteen parts of a table a row lies.
func partOf(leaf journal.Leaf) int64 { return int64(leaf[0] >> 4) }

// parts is how many there are.
const parts = 16

// allParts stands in a query behind a table's part, so that an index that
// begins with it serves.
const allParts = " IN (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) "
