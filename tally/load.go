// SPDX-License-Identifier: Apache-2.0

package tally

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"

	"recount/edtf"
	"recount/fault"
	"recount/journal"
	"recount/register"
)

// loader fills columns; what only loading needs is dropped with it.
type loader struct {
	*Columns
	ids                                  []string // of the person of each record
	keep                                 keeper
	sexCode, yesNo, bandCode, determined map[string]uint8
}

// Load reads a snapshot. Errors: of the streams and of ctx as they are;
// fault.Invalid for rows that no register would have taken or that come in
// another order than Source says.
func Load(ctx context.Context, from Source, at Stamp) (*Columns, error) {
	l := loader{
		Columns: &Columns{stamp: at}, sexCode: bits(register.SexCodes()), yesNo: bits(register.YesNo()),
		determined: bits(register.DeterminationCodes()), bandCode: map[string]uint8{},
	}
	for i, band := range register.AgeBands() {
		l.bandCode[band] = 1 << i
	}
	if err := l.records(ctx, from); err != nil {
		return nil, err
	}
	if err := l.harms(ctx, from); err != nil {
		return nil, err
	}
	for g, err := range from.TallyGroups(ctx) {
		if err != nil {
			return nil, err
		}
		l.groups = append(l.groups, g)
	}
	slices.SortFunc(l.groups, func(a, b Group) int { return bytes.Compare(a.Leaf[:], b.Leaf[:]) })
	l.arrange()
	for p := range l.Columns.persons {
		l.contrary = append(l.contrary, l.contradictory(int32(p)))
	}
	return l.Columns, nil
}

func bits(codes []register.Code) map[string]uint8 {
	out := map[string]uint8{}
	for i, c := range codes {
		out[c.Code] = 1 << i
	}
	return out
}

func (l *loader) records(ctx context.Context, from Source) error {
	for r, err := range from.TallyRecords(ctx) {
		if err != nil {
			return err
		}
		if n := len(l.leaves); n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		} else if n > 0 && bytes.Compare(l.leaves[n-1][:], r.Leaf[:]) >= 0 {
			return fmt.Errorf("%w: record %s follows record %s; accepted is ascending order of leaves", fault.Invalid, r.Leaf, l.leaves[n-1])
		} else if n == math.MaxInt32 {
			return fmt.Errorf("%w: more than %d records in one case", fault.Invalid, math.MaxInt32)
		}
		if err := l.record(r); err != nil {
			return fmt.Errorf("record %s: %w", r.Leaf, err)
		}
	}
	return nil
}

func (l *loader) record(r Record) error {
	if r.Person == "" || r.Source == "" {
		return fmt.Errorf("%w: it has no person or no source", fault.Invalid)
	}
	var s said
	for _, v := range []struct {
		what, text string
		codes      map[string]uint8
		to         *uint8
	}{
		{"sex", r.Sex, l.sexCode, &s.sex}, {"child flag", r.ChildFlag, l.yesNo, &s.flag},
		{"child by age", r.ChildAge, l.yesNo, &s.age}, {"age band", r.AgeBand, l.bandCode, &s.band},
	} {
		bit, ok := v.codes[v.text]
		if !ok && v.text != "" {
			return fmt.Errorf("%w: %s %.40q is none of the register's codes", fault.Invalid, v.what, v.text)
		}
		*v.to = bit
	}
	age := ages{-1, -1}
	if r.AgeLow.Known && r.AgeHigh.Known {
		if r.AgeLow.N < 0 || r.AgeLow.N > r.AgeHigh.N || r.AgeHigh.N > register.MaxMonths {
			return fmt.Errorf("%w: an age of %d to %d months; accepted are 0 to %d", fault.Invalid, r.AgeLow.N, r.AgeHigh.N, register.MaxMonths)
		}
		age = ages{int16(r.AgeLow.N), int16(r.AgeHigh.N)}
	}
	birth, err := l.dateOf(r.Birth)
	if err != nil {
		return err
	}
	l.leaves = append(l.leaves, r.Leaf)
	l.ids = append(l.ids, l.keep.of(r.Person))
	l.source = append(l.source, l.sources.of(r.Source))
	l.said, l.ages, l.birth = append(l.said, s), append(l.ages, age), append(l.birth, birth)
	return nil
}

// dateOf reads each text of a date once.
func (l *loader) dateOf(text string) (int32, error) {
	n := l.dateWords.of(text)
	if n == none || int(n) < len(l.dates) {
		return n, nil
	}
	date, err := edtf.Parse(text)
	l.dates = append(l.dates, date)
	return n, err
}

// harms joins the harms to the records: both come ascending by leaf.
func (l *loader) harms(ctx context.Context, from Source) error {
	l.harmsOf = make([]int32, 1, len(l.leaves)+1)
	at := 0 // the record whose harms are being read
	var last journal.Leaf
	for h, err := range from.TallyHarms(ctx) {
		if err != nil {
			return err
		}
		if len(l.code)%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if bytes.Compare(h.Record[:], last[:]) < 0 {
			return fmt.Errorf("%w: a harm of record %s follows one of record %s; accepted is ascending order of leaves", fault.Invalid, h.Record, last)
		}
		last = h.Record
		for at < len(l.leaves) && bytes.Compare(l.leaves[at][:], h.Record[:]) < 0 {
			l.harmsOf = append(l.harmsOf, int32(len(l.code)))
			at++
		}
		if at == len(l.leaves) || l.leaves[at] != h.Record {
			l.orphans++
			continue
		}
		if err := l.harm(h); err != nil {
			return fmt.Errorf("a harm of record %s: %w", h.Record, err)
		}
	}
	for ; at < len(l.leaves); at++ {
		l.harmsOf = append(l.harmsOf, int32(len(l.code)))
	}
	return nil
}

func (l *loader) harm(h Harm) error {
	if _, seen := l.codes.number[h.Code]; h.Code != "" && !seen { // "" is not known, and could be any
		if err := register.CheckHarm(h.Code); err != nil {
			return err
		}
	}
	if _, ok := l.determined[h.Determination]; !ok {
		return register.CheckDetermination(h.Determination)
	}
	date, err := l.dateOf(h.Date)
	if err != nil {
		return err
	}
	l.code = append(l.code, l.codes.of(h.Code))
	l.month = append(l.month, l.months.of(h.Month))
	l.district = append(l.district, l.districts.of(h.District))
	l.date = append(l.date, date)
	l.excluded = append(l.excluded, h.Determination == "excluded")
	return nil
}
