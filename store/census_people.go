// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"hash/maphash"
)

// countPeople walks once through the records that stand, and their harms
// beside them.
func (r Reader) countPeople(ctx context.Context, c *Census) error {
	records, err := r.newRecordStream(ctx, `name_fold, sex, birth, age_low, age_high`, scanCounted)
	if err != nil {
		return err
	}
	harms, err := r.newHarmStream(ctx, `date, place, determination`, func(raw rawRow, row *harmRow, w words) {
		row.date, row.place, row.determination = w.of(raw.bytes(5)), w.of(raw.bytes(6)), w.of(raw.bytes(7))
	})
	if err != nil {
		return err
	}
	n := Census{}
	seed := maphash.MakeSeed()
	persons := map[uint64]struct{}{}
	for {
		row, err := records.next(ctx)
		if err != nil {
			return err
		}
		if row == nil {
			break
		}
		n.Records++
		persons[maphash.String(seed, row.person)] = struct{}{}
		one(&n.Nameless, row.name == "")
		one(&n.Sexless, row.sex == "")
		one(&n.Ageless, row.birth == "")
		if err := harms.count(ctx, row, &n); err != nil {
			return err
		}
	}
	c.Records, c.Persons = n.Records, int64(len(persons))
	c.Nameless, c.Sexless, c.Ageless = n.Nameless, n.Sexless, n.Ageless
	c.Undated, c.Placeless, c.Pending = n.Undated, n.Placeless, n.Pending
	return nil
}

// scanCounted keeps of name and birth only whether they are known, birth for
// age as well.
func scanCounted(raw rawRow, row *recordRow, w words) (err error) {
	row.name, row.birth = "", ""
	if len(raw.bytes(4)) > 0 {
		row.name = "known"
	}
	row.sex = w.of(raw.bytes(5))
	if row.ageLow, err = raw.number(7); err != nil {
		return err
	}
	if row.ageHigh, err = raw.number(8); err != nil {
		return err
	}
	if len(raw.bytes(6)) > 0 || row.ageLow.Known || row.ageHigh.Known {
		row.birth = "known"
	}
	return nil
}

func one(to *int64, yes bool) {
	if yes {
		*to++
	}
}

// count takes the harms of a record.
func (s *harmStream) count(ctx context.Context, record *recordRow, n *Census) error {
	dated, placed := false, false
	for {
		row, from, err := s.first(ctx)
		if err != nil {
			return err
		}
		if row == nil || before(record.leaf, row.record) {
			break
		}
		if row.record == record.leaf && row.seen {
			dated = dated || row.date != ""
			placed = placed || row.place != ""
			one(&n.Pending, row.determination == "pending")
		}
		from.pop()
	}
	one(&n.Undated, !dated)
	one(&n.Placeless, !placed)
	return nil
}
