// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"recount/journal"
	"recount/register"
)

// recordRow is what the streams hold of a record.
type recordRow struct {
	leaf                               journal.Leaf
	seq                                int64 // of the entry that brought it
	source, person, sex, birth         string
	childFlag, childAge, ageBand, name string
	row                                int64
	ageLow, ageHigh                    register.Number
	seen                               bool // at the reader's size
}

// recordStream walks through the records that stand, in the order of their
// leaves, and puts each under the person that it is at the reader's size.
type recordStream struct {
	rows    *stream[recordRow]
	members *stream[memberRow]
}

type memberRow struct {
	record journal.Leaf
	person string
}

// newRecordStream reads the columns leaf, batch, source and person, and more,
// which scan takes from column 4 on.
func (r Reader) newRecordStream(ctx context.Context, more string, scan func(raw rawRow, row *recordRow, w words) error) (*recordStream, error) {
	seqs, err := r.batchSeqs(ctx)
	if err != nil {
		return nil, err
	}
	w := words{}
	s := &recordStream{}
	s.rows = &stream[recordRow]{
		r: r, args: []any{r.size}, key: []string{"leaf"},
		query: `SELECT leaf, batch, source, person, ` + more + ` FROM p_record WHERE (to_seq IS NULL OR to_seq >= ?)`,
		keyOf: func(row *recordRow) []any { return []any{row.leaf[:]} },
		scan: func(raw rawRow, row *recordRow) (err error) {
			if row.leaf, err = leafOf(raw.bytes(0)); err != nil {
				return err
			}
			row.seq, row.seen = seqs[string(raw.bytes(1))]
			row.source, row.person = w.of(raw.bytes(2)), string(raw.bytes(3))
			return scan(raw, row, w)
		},
	}
	s.members = &stream[memberRow]{
		r: r, args: []any{r.size, r.size}, key: []string{"record"},
		query: `SELECT record, person FROM p_member WHERE from_seq < ? AND (to_seq IS NULL OR to_seq >= ?)`,
		keyOf: func(row *memberRow) []any { return []any{row.record[:]} },
		scan: func(raw rawRow, row *memberRow) (err error) {
			row.person = string(raw.bytes(1))
			row.record, err = leafOf(raw.bytes(0))
			return err
		},
	}
	return s, nil
}

// next is the next record, nil at the end; it is good until the next call.
func (s *recordStream) next(ctx context.Context) (*recordRow, error) {
	for {
		row, err := s.rows.peek(ctx)
		if err != nil || row == nil {
			return nil, err
		}
		s.rows.pop()
		if !row.seen {
			continue
		}
		for {
			m, err := s.members.peek(ctx)
			if err != nil {
				return nil, err
			}
			if m == nil || before(row.leaf, m.record) {
				return row, nil
			}
			if m.record == row.leaf {
				row.person = m.person
			}
			s.members.pop()
		}
	}
}

func before(a, b journal.Leaf) bool { return string(a[:]) < string(b[:]) }

// harmRow is what the streams hold of a harm.
type harmRow struct {
	record, leaf                               journal.Leaf
	number                                     register.Number // never unknown
	code, month, district, date, determination string
	end, place                                 string
	seen                                       bool
}

// harmStream walks through the harms in the order of their records, and of
// their numbers within a record: the parts of the table side by side.
type harmStream struct{ parts []*stream[harmRow] }

// newHarmStream reads the columns record, number, leaf, batch and code, and
// more, which scan takes from column 5 on.
func (r Reader) newHarmStream(ctx context.Context, more string, scan func(raw rawRow, row *harmRow, w words)) (*harmStream, error) {
	seqs, err := r.batchSeqs(ctx)
	if err != nil {
		return nil, err
	}
	w := words{}
	s := &harmStream{}
	for part := range parts {
		s.parts = append(s.parts, &stream[harmRow]{
			r: r, args: []any{part}, key: []string{"record", "number", "leaf"},
			query: `SELECT record, number, leaf, batch, code, ` + more + ` FROM p_harm WHERE part = ?`,
			keyOf: func(row *harmRow) []any { return []any{row.record[:], row.number.N, row.leaf[:]} },
			scan: func(raw rawRow, row *harmRow) (err error) {
				if row.record, err = leafOf(raw.bytes(0)); err != nil {
					return err
				}
				if row.leaf, err = leafOf(raw.bytes(2)); err != nil {
					return err
				}
				if row.number, err = raw.number(1); err != nil {
					return err
				}
				_, row.seen = seqs[string(raw.bytes(3))]
				row.code = w.of(raw.bytes(4))
				scan(raw, row, w)
				return nil
			},
		})
	}
	return s, nil
}

// next is the next harm, nil at the end; it is good until the next call.
func (s *harmStream) next(ctx context.Context) (*harmRow, error) {
	for {
		row, from, err := s.first(ctx)
		if err != nil || row == nil {
			return nil, err
		}
		from.pop()
		if row.seen {
			return row, nil
		}
	}
}

// first is the least row of all parts.
func (s *harmStream) first(ctx context.Context) (least *harmRow, from *stream[harmRow], err error) {
	for _, part := range s.parts {
		row, err := part.peek(ctx)
		if err != nil {
			return nil, nil, err
		}
		if row != nil && (least == nil || row.before(least)) {
			least, from = row, part
		}
	}
	return least, from, nil
}

func (h *harmRow) before(o *harmRow) bool {
	switch {
	case h.record != o.record:
		return before(h.record, o.record)
	case h.number != o.number:
		return h.number.N < o.number.N
	}
	return before(h.leaf, o.leaf)
}
