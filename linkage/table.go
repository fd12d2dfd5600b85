// SPDX-License-Identifier: Apache-2.0

package linkage

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"recount/edtf"
	"recount/fault"
	"recount/journal"
	"recount/names"
	"recount/register"
)

// unknown is the number of a value that is not known.
const unknown int32 = -1

// interval is a span of days or months, both ends included. An end that is
// open or unknown is infinite.
type interval struct{ low, high int64 }

const (
	lowest  = math.MinInt64
	highest = math.MaxInt64
)

// row is a Row with every text made a number, about 90 bytes.
type row struct {
	leaf             journal.Leaf
	order            int64
	person           int32 // index of persons
	source           int32
	name, place      int32
	date, end, birth int32 // index of spans
	ageLow, ageHigh  int16 // months, -1 unknown
	sex              uint8 // one bit of a set of sexes, 0 unknown
}

// table is all rows, oldest first, and what their numbers mean.
type table struct {
	rows    []row
	persons []string // by the age of their oldest record, oldest first
	sources int      // how many there are
	spans   []interval
}

// gatherer makes a table out of a stream; its maps are dropped afterwards.
type gatherer struct {
	table
	person, source, name, place, folded map[string]int32
	dates                               map[string]int32
	bounds                              map[interval]int32
}

// gather reads all rows. Errors: of the stream and of ctx, and fault.Invalid
// for a row that no register would have taken.
func gather(ctx context.Context, rows iter.Seq2[Row, error]) (table, error) {
	g := gatherer{
		person: map[string]int32{}, source: map[string]int32{}, name: map[string]int32{},
		place: map[string]int32{}, folded: map[string]int32{}, dates: map[string]int32{}, bounds: map[interval]int32{},
	}
	for r, err := range rows {
		if err != nil {
			return table{}, err
		}
		if len(g.rows)%4096 == 0 && ctx.Err() != nil {
			return table{}, ctx.Err()
		}
		if len(g.rows) == math.MaxInt32 {
			return table{}, fmt.Errorf("%w: more than %d records in one run", fault.Invalid, math.MaxInt32)
		}
		if err := g.add(r); err != nil {
			return table{}, fmt.Errorf("record %s: %w", r.Leaf, err)
		}
	}
	g.sources = len(g.source)
	return g.sorted()
}

func (g *gatherer) add(r Row) (err error) {
	if r.Person == "" || r.Source == "" {
		return fmt.Errorf("%w: it has no person or no source", fault.Invalid)
	}
	out := row{leaf: r.Leaf, order: r.Order, ageLow: -1, ageHigh: -1}
	out.person = intern(g.person, r.Person)
	out.source = intern(g.source, r.Source)
	out.name = internKnown(g.name, sortWords(r.NameFold))
	out.place = g.placeOf(r.Place)
	if out.date, err = g.span(r.Date); err == nil {
		out.end, err = g.span(r.End)
	}
	if err == nil {
		out.birth, err = g.span(r.Birth)
	}
	if err != nil {
		return err
	}
	if r.AgeLow.Known && r.AgeHigh.Known {
		if r.AgeLow.N < 0 || r.AgeLow.N > r.AgeHigh.N || r.AgeHigh.N > register.MaxMonths {
			return fmt.Errorf("%w: an age of %d to %d months; accepted are 0 to %d", fault.Invalid, r.AgeLow.N, r.AgeHigh.N, register.MaxMonths)
		}
		out.ageLow, out.ageHigh = int16(r.AgeLow.N), int16(r.AgeHigh.N)
	}
	if err := register.CheckSex(r.Sex); err != nil {
		return err
	}
	for i, c := range register.SexCodes() {
		if c.Code == r.Sex {
			out.sex = 1 << i
		}
	}
	g.rows = append(g.rows, out)
	return nil
}

func intern(m map[string]int32, s string) int32 {
	n, ok := m[s]
	if !ok {
		n = int32(len(m))
		m[strings.Clone(s)] = n
	}
	return n
}

func internKnown(m map[string]int32, s string) int32 {
	if s == "" {
		return unknown
	}
	return intern(m, s)
}

// placeOf folds each writing of a place once.
func (g *gatherer) placeOf(written string) int32 {
	if n, ok := g.place[written]; ok {
		return n
	}
	n := internKnown(g.folded, names.Fold(written))
	g.place[strings.Clone(written)] = n
	return n
}

// span reads each text of a date once. Two texts with the same bounds have the
// same number. A day that programs write where none was entered is not known: as
// many as share it are born on it in name alone.
func (g *gatherer) span(text string) (int32, error) {
	if text == "" {
		return unknown, nil
	}
	if n, ok := g.dates[text]; ok {
		return n, nil
	}
	date, err := edtf.Parse(text)
	if err != nil {
		return 0, err
	}
	n := unknown
	if in := daysOf(date.Bounds()); in != (interval{lowest, highest}) && !edtf.Placeholder(date) {
		var ok bool
		if n, ok = g.bounds[in]; !ok {
			n = int32(len(g.spans))
			g.spans = append(g.spans, in)
			g.bounds[in] = n
		}
	}
	g.dates[strings.Clone(text)] = n
	return n, nil
}

// daysOf numbers the days so that their order is kept; it is no calendar.
func daysOf(b edtf.Bounds) interval {
	number := func(d edtf.Day) int64 { return int64(d.Year)*372 + int64(d.Month-1)*31 + int64(d.Day-1) }
	in := interval{lowest, highest}
	if b.Start == edtf.EdgeDay {
		in.low = number(b.Earliest)
	}
	if b.End == edtf.EdgeDay {
		in.high = number(b.Latest)
	}
	return in
}

// closed: both ends are known, so that two of them can be said to be equal.
func (in interval) closed() bool { return in.low != lowest && in.high != highest }

// sortWords puts the words of a folded name in order, so that the order in
// which a list writes given and family name does not count.
func sortWords(folded string) string {
	words := strings.Fields(folded)
	if slices.IsSorted(words) && len(words) == strings.Count(folded, " ")+1 {
		return folded
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// sorted puts the rows in the order of their age and numbers the persons by
// their oldest record, so that nothing hangs on the order of the stream.
func (g *gatherer) sorted() (table, error) {
	slices.SortFunc(g.rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.order, b.order), bytes.Compare(a.leaf[:], b.leaf[:]))
	})
	for i := 1; i < len(g.rows); i++ {
		if g.rows[i].leaf == g.rows[i-1].leaf {
			return table{}, fmt.Errorf("%w: record %s stands twice", fault.Invalid, g.rows[i].leaf)
		}
	}
	ids := make([]string, len(g.person))
	for id, n := range g.person {
		ids[n] = id
	}
	again := make([]int32, len(ids))
	for i := range again {
		again[i] = unknown
	}
	g.persons = make([]string, 0, len(ids))
	for i := range g.rows {
		n := g.rows[i].person
		if again[n] == unknown {
			again[n] = int32(len(g.persons))
			g.persons = append(g.persons, ids[n])
		}
		g.rows[i].person = again[n]
	}
	return g.table, nil
}
