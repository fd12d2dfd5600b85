// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"iter"

	"recount/journal"
	"recount/register"
	"recount/tally"
)

var _ tally.Source = Reader{}

// Stamp is what every answer out of this snapshot depends on.
func (r Reader) Stamp(ctx context.Context) (s tally.Stamp, err error) {
	s.Size = r.size
	if s.Root, err = journal.RootAt(r.size, hashReader{ctx, r.t}); err != nil {
		return s, err
	}
	s.Erased, err = r.Erased(ctx)
	return s, err
}

// TallyRecords makes a Reader a tally.Source: records that stand, in ascending
// order of their leaves, each under the person that it is at this size. They
// are read ahead: nothing else may be asked of the Reader before the end.
func (r Reader) TallyRecords(ctx context.Context) iter.Seq2[tally.Record, error] {
	return ahead(ctx, r.eachTallyRecord)
}

func (r Reader) eachTallyRecord(ctx context.Context, yield func(tally.Record) bool) error {
	s, err := r.newRecordStream(ctx, `sex, child_flag, child_age, age_band, age_low, age_high, birth`, scanTallyRecord)
	if err != nil {
		return err
	}
	for {
		row, err := s.next(ctx)
		if err != nil || row == nil {
			return err
		}
		if !yield(tally.Record{
			Leaf: row.leaf, Person: row.person, Source: row.source, Sex: row.sex, ChildFlag: row.childFlag,
			ChildAge: row.childAge, AgeBand: row.ageBand, AgeLow: row.ageLow, AgeHigh: row.ageHigh, Birth: row.birth,
		}) {
			return nil
		}
	}
}

func scanTallyRecord(raw rawRow, row *recordRow, w words) (err error) {
	row.sex, row.childFlag, row.childAge, row.ageBand = w.of(raw.bytes(4)), w.of(raw.bytes(5)), w.of(raw.bytes(6)), w.of(raw.bytes(7))
	if row.ageLow, err = raw.number(8); err != nil {
		return err
	}
	row.birth = w.of(raw.bytes(10))
	row.ageHigh, err = raw.number(9)
	return err
}

// TallyHarms makes a Reader a tally.Source: harms in ascending order of their
// records. Those of a corrected record are left out; those of an erased one are
// there, without it. They are read ahead as TallyRecords are.
func (r Reader) TallyHarms(ctx context.Context) iter.Seq2[tally.Harm, error] {
	return ahead(ctx, r.eachTallyHarm)
}

func (r Reader) eachTallyHarm(ctx context.Context, yield func(tally.Harm) bool) error {
	corrected, err := r.corrected(ctx)
	if err != nil {
		return err
	}
	s, err := r.newHarmStream(ctx, `month, district, determination, date`, func(raw rawRow, row *harmRow, w words) {
		row.month, row.district, row.determination, row.date = w.of(raw.bytes(5)), w.of(raw.bytes(6)), w.of(raw.bytes(7)), w.of(raw.bytes(8))
	})
	if err != nil {
		return err
	}
	for {
		row, err := s.next(ctx)
		if err != nil || row == nil {
			return err
		}
		if corrected[row.record] {
			continue
		}
		if !yield(tally.Harm{
			Record: row.record, Code: row.code, Date: row.date, Month: row.month, District: row.district, Determination: row.determination,
		}) {
			return nil
		}
	}
}

// corrected are the records that another stands in the place of.
func (r Reader) corrected(ctx context.Context) (map[journal.Leaf]bool, error) {
	list, err := collect(ctx, r, scanOne[[]byte], `SELECT leaf FROM p_record WHERE to_seq IS NOT NULL AND to_seq < ?`, r.size)
	set := make(map[journal.Leaf]bool, len(list))
	for _, raw := range list {
		leaf, err := leafOf(raw)
		if err != nil {
			return nil, err
		}
		set[leaf] = true
	}
	return set, err
}

// TallyGroups makes a Reader a tally.Source.
func (r Reader) TallyGroups(ctx context.Context) iter.Seq2[tally.Group, error] {
	return func(yield func(tally.Group, error) bool) {
		for after := ""; ; {
			groups, err := r.Groups(ctx, "", Page{After: after, Limit: chunkOfStream})
			if err != nil {
				yield(tally.Group{}, err)
				return
			}
			for _, g := range groups {
				if !yield(tallyGroup(g.Leaf, g.Said), nil) {
					return
				}
			}
			if len(groups) < chunkOfStream {
				return
			}
			after = groups[len(groups)-1].Leaf.String()
		}
	}
}

func tallyGroup(leaf journal.Leaf, g register.Group) tally.Group {
	return tally.Group{Leaf: leaf, Source: g.Source, Code: g.Code, Date: g.Date, Place: g.Place, Low: g.Low, High: g.High}
}
