// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"recount/journal"
	"recount/register"
)

// fill asks for records, reads what they say and brings their harms.
func (r Reader) fill(ctx context.Context, q *recordQuery, order string, limit ...any) ([]Record, error) {
	l := layouts()["record@1"]
	cells, dest := l.table.cells()
	var seq int64
	var person sql.NullString
	dest = append(dest, &seq, &person)
	args := append([]any{r.size, r.size}, q.args...)
	records, err := collect(ctx, r, func(rows *sql.Rows) (Record, error) {
		if err := rows.Scan(dest...); err != nil {
			return Record{}, err
		}
		return r.recordOf(l, cells, seq, person)
	}, `SELECT r.`+strings.Join(l.table.columnNames(), ", r.")+`, b.from_seq, m.person
		FROM p_record r CROSS JOIN p_batch b `+memberJoin+`
		WHERE b.batch = r.batch AND `+strings.Join(q.where, ` AND `)+order, append(args, limit...)...)
	if err != nil {
		return nil, err
	}
	for i := range records {
		if records[i].Harms, err = r.harms(ctx, records[i].Leaf); err != nil {
			return nil, err
		}
	}
	return records, nil
}

func (r Reader) recordOf(l layout, cells []cell, seq int64, person sql.NullString) (Record, error) {
	values, err := r.t.valuesOf(l, cells)
	if err != nil {
		return Record{}, err
	}
	x := Record{Seq: seq, Until: -1}
	if x.Said, err = register.RecordFrom(values); err != nil {
		return Record{}, err
	}
	for i, c := range l.table.columns {
		switch c.name {
		case "leaf":
			if x.Leaf, err = leafOf(cells[i].raw); err != nil {
				return Record{}, err
			}
		case "batch":
			x.Batch = cells[i].chars.String
		case "to_seq":
			if cells[i].number.Valid && cells[i].number.Int64 < r.size {
				x.Until = cells[i].number.Int64
			}
		}
	}
	x.Person = x.Said.Person
	if person.Valid {
		x.Person = person.String
	}
	return x, nil
}

// rowsOf reads the rows of a kind that belong to a record and stand at the
// reader's size, in the order of the table's key.
func rowsOf[T any](ctx context.Context, r Reader, kind string, record journal.Leaf, from func(leaf journal.Leaf, seq int64, values []journal.Value) (T, error)) ([]T, error) {
	l := layouts()[kind]
	cells, dest := l.table.cells()
	var seq int64
	dest = append(dest, &seq)
	leaf := slices.Index(l.fields, isLeaf)
	return collect(ctx, r, func(rows *sql.Rows) (T, error) {
		var none T
		if err := rows.Scan(dest...); err != nil {
			return none, err
		}
		values, err := r.t.valuesOf(l, cells)
		if err != nil {
			return none, err
		}
		of, err := leafOf(cells[leaf].raw)
		if err != nil {
			return none, err
		}
		return from(of, seq, values)
	}, `SELECT h.`+strings.Join(l.table.columnNames(), ", h.")+`, b.from_seq FROM `+l.table.name+` h CROSS JOIN p_batch b
		WHERE h.part`+allParts+`AND h.record = ? AND b.batch = h.batch AND b.from_seq < ?`, record[:], r.size)
}

func (r Reader) harms(ctx context.Context, record journal.Leaf) ([]Harm, error) {
	harms, err := rowsOf(ctx, r, "harm@1", record, func(leaf journal.Leaf, seq int64, values []journal.Value) (Harm, error) {
		said, err := register.HarmFrom(values)
		return Harm{leaf, seq, said}, err
	})
	slices.SortFunc(harms, func(a, b Harm) int {
		if a.Said.Number != b.Said.Number {
			return a.Said.Number - b.Said.Number
		}
		return strings.Compare(string(a.Leaf[:]), string(b.Leaf[:]))
	})
	return harms, err
}

// Rungs are the rungs of a record that were computed after it was written.
func (r Reader) Rungs(ctx context.Context, record journal.Leaf) ([]register.Rung, error) {
	return rowsOf(ctx, r, "rung@1", record, func(_ journal.Leaf, _ int64, values []journal.Value) (register.Rung, error) {
		return register.RungFrom(values)
	})
}

// Extras are the fields of the case's own that a record has.
func (r Reader) Extras(ctx context.Context, record journal.Leaf) ([]register.Extra, error) {
	return rowsOf(ctx, r, "extra@1", record, func(_ journal.Leaf, _ int64, values []journal.Value) (register.Extra, error) {
		return register.ExtraFrom(values)
	})
}

// Group is an assertion about unnamed people.
type Group struct {
	Leaf journal.Leaf
	Seq  int64
	Said register.Group
}

// Groups are the groups that a source speaks of, or with "" all, in the order
// of their leaves. After is a leaf in hex.
func (r Reader) Groups(ctx context.Context, source string, p Page) ([]Group, error) {
	l := layouts()["group@1"]
	cells, dest := l.table.cells()
	var seq int64
	condition, args := `b.batch = g.batch AND b.from_seq < ?`, []any{r.size}
	if source != "" {
		condition, args = condition+` AND g.source = ?`, append(args, source)
	}
	if p.After != "" {
		leaf, err := journal.ParseLeaf(p.After)
		if err != nil {
			return nil, err
		}
		condition, args = condition+` AND g.leaf > ?`, append(args, leaf[:])
	}
	return collect(ctx, r, func(rows *sql.Rows) (g Group, err error) {
		if err := rows.Scan(append(dest, &seq)...); err != nil {
			return g, err
		}
		values, err := r.t.valuesOf(l, cells)
		if err != nil {
			return g, err
		}
		if g.Said, err = register.GroupFrom(values); err != nil {
			return g, err
		}
		g.Seq = seq
		g.Leaf, err = leafOf(cells[0].raw)
		return g, err
	}, `SELECT g.`+strings.Join(l.table.columnNames(), ", g.")+`, b.from_seq FROM p_group g CROSS JOIN p_batch b
		WHERE `+condition+` ORDER BY g.leaf LIMIT ?`, append(args, p.limit())...)
}
