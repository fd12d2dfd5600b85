// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"iter"

	"recount/linkage"
	"recount/register"
)

// LinkRows are what the rules see of the records that stand, in ascending
// order of their leaves. Date, end and place are those of the fatal harm, or
// else of the first. Order is the entry that brought the record and then its
// row in the list.
func (r Reader) LinkRows(ctx context.Context) iter.Seq2[linkage.Row, error] {
	return func(yield func(linkage.Row, error) bool) {
		if err := r.eachLinkRow(ctx, func(row linkage.Row) bool { return yield(row, nil) }); err != nil {
			yield(linkage.Row{}, err)
		}
	}
}

func (r Reader) eachLinkRow(ctx context.Context, yield func(linkage.Row) bool) error {
	records, err := r.newRecordStream(ctx, `row_no, name_fold, birth, sex, age_low, age_high`, scanLinkRecord)
	if err != nil {
		return err
	}
	harms, err := r.newHarmStream(ctx, `date, end_date, place`, func(raw rawRow, row *harmRow, w words) {
		row.date, row.end, row.place = w.of(raw.bytes(5)), w.of(raw.bytes(6)), w.of(raw.bytes(7))
	})
	if err != nil {
		return err
	}
	ahead := harmAhead{harms: harms}
	for {
		record, err := records.next(ctx)
		if err != nil || record == nil {
			return err
		}
		row := linkage.Row{
			Leaf: record.leaf, Person: record.person, Source: record.source, NameFold: record.name, Birth: record.birth,
			Sex: record.sex, AgeLow: record.ageLow, AgeHigh: record.ageHigh, Order: linkOrder(record.seq, record.row),
		}
		if err := ahead.into(ctx, &row); err != nil {
			return err
		}
		if !yield(row) {
			return nil
		}
	}
}

// linkOrder puts the entry before the row; a list has fewer than 2^31 rows.
func linkOrder(seq, row int64) int64 { return seq<<31 | row&(1<<31-1) }

func scanLinkRecord(raw rawRow, row *recordRow, w words) (err error) {
	number, err := raw.number(4)
	if err != nil {
		return err
	}
	row.row, row.name, row.birth, row.sex = number.N, string(raw.bytes(5)), w.of(raw.bytes(6)), w.of(raw.bytes(7))
	if row.ageLow, err = raw.number(8); err != nil {
		return err
	}
	row.ageHigh, err = raw.number(9)
	return err
}

// harmAhead holds the harm that is read and belongs to a later record.
type harmAhead struct {
	harms *harmStream
	held  *harmRow
	end   bool
}

// into gives a row the date, end and place of its fatal harm, or else of its
// first. Harms of records that were left out are passed over.
func (h *harmAhead) into(ctx context.Context, row *linkage.Row) (err error) {
	found, fatal := false, false
	for !h.end {
		if h.held == nil {
			if h.held, err = h.harms.next(ctx); err != nil {
				return err
			}
			if h.held == nil {
				h.end = true
				return nil
			}
		}
		if before(row.Leaf, h.held.record) {
			return nil
		}
		if h.held.record == row.Leaf {
			if deadly := register.Fatal(h.held.code); !found || deadly && !fatal {
				row.Date, row.End, row.Place = h.held.date, h.held.end, h.held.place
				found, fatal = true, deadly
			}
		}
		h.held = nil
	}
	return nil
}
