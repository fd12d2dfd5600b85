// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

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
// which scan takes from the fifth on.
func (r Reader) newRecordStream(ctx context.Context, more string, scan func(raw []sql.RawBytes, row *recordRow, w words) error) (*recordStream, error) {
	seqs, err := r.batchSeqs(ctx)
	if err != nil {
		return nil, err
	}
	raw, dest := rawColumns(4 + strings.Count(more, ",") + 1)
	w := words{}
	s := &recordStream{}
	s.rows = &stream[recordRow]{
		r: r, args: []any{r.size}, key: []string{"leaf"},
		query: `SELECT leaf, batch, source, person, ` + more + ` FROM p_record WHERE (to_seq IS NULL OR to_seq >= ?)`,
		keyOf: func(row *recordRow) []any { return []any{row.leaf[:]} },
		scan: func(rows *sql.Rows, row *recordRow) (err error) {
			if err := rows.Scan(dest...); err != nil {
				return err
			}
			if row.leaf, err = leafOf(raw[0]); err != nil {
				return err
			}
			row.seq, row.seen = seqs[string(raw[1])]
			row.source, row.person = w.of(raw[2]), string(raw[3])
			return scan(raw[4:], row, w)
		},
	}
	s.members = &stream[memberRow]{
		r: r, args: []any{r.size, r.size}, key: []string{"record"},
		query: `SELECT record, person FROM p_member WHERE from_seq < ? AND (to_seq IS NULL OR to_seq >= ?)`,
		keyOf: func(row *memberRow) []any { return []any{row.record[:]} },
		scan: func(rows *sql.Rows, row *memberRow) (err error) {
			var record, person sql.RawBytes
			if err := rows.Scan(&record, &person); err != nil {
				return err
			}
			row.person = string(person)
			row.record, err = leafOf(record)
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

func rawColumns(n int) (raw []sql.RawBytes, dest []any) {
	raw, dest = make([]sql.RawBytes, n), make([]any, n)
	for i := range raw {
		dest[i] = &raw[i]
	}
	return raw, dest
}

func rawNumber(raw sql.RawBytes) (register.Number, error) {
	if raw == nil {
		return register.Number{}, nil
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	return register.Exactly(n), err
}

// harmRow is what the streams hold of a harm.
type harmRow struct {
	record, leaf                               journal.Leaf
	number                                     int64
	code, month, district, date, determination string
	end, place                                 string
	seen                                       bool
}

// harmStream walks through the harms in the order of their records, and of
// their numbers within a record: the parts of the table side by side.
type harmStream struct{ parts []*stream[harmRow] }

// newHarmStream reads the columns record, number, leaf, batch and code, and
// more, which scan takes from the sixth on.
func (r Reader) newHarmStream(ctx context.Context, more string, scan func(raw []sql.RawBytes, row *harmRow, w words)) (*harmStream, error) {
	seqs, err := r.batchSeqs(ctx)
	if err != nil {
		return nil, err
	}
	raw, dest := rawColumns(5 + strings.Count(more, ",") + 1)
	w := words{}
	s := &harmStream{}
	for part := range parts {
		s.parts = append(s.parts, &stream[harmRow]{
			r: r, args: []any{part}, key: []string{"record", "number", "leaf"},
			query: `SELECT record, number, leaf, batch, code, ` + more + ` FROM p_harm WHERE part = ?`,
			keyOf: func(row *harmRow) []any { return []any{row.record[:], row.number, row.leaf[:]} },
			scan: func(rows *sql.Rows, row *harmRow) (err error) {
				if err := rows.Scan(dest...); err != nil {
					return err
				}
				if row.record, err = leafOf(raw[0]); err != nil {
					return err
				}
				if row.leaf, err = leafOf(raw[2]); err != nil {
					return err
				}
				if row.number, err = strconv.ParseInt(string(raw[1]), 10, 64); err != nil {
					return err
				}
				_, row.seen = seqs[string(raw[3])]
				row.code = w.of(raw[4])
				scan(raw[5:], row, w)
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
		return h.number < o.number
	}
	return before(h.leaf, o.leaf)
}
