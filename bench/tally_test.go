// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"runtime"
	"sync"
	"testing"

	"recount/figure"
	"recount/journal"
	"recount/register"
	"recount/tally"
)

// million is an invented case of n records about n/2 persons, two sources each,
// with one harm a record, and a second for every tenth.
type million struct{ n int }

func (m million) leaf(i int) (l journal.Leaf) {
	binary.BigEndian.PutUint64(l[:], uint64(i+1)<<20)
	return l
}

func (m million) TallyRecords(context.Context) iter.Seq2[tally.Record, error] {
	bands, sexes, flags := register.AgeBands(), []string{"female", "male", ""}, []string{"", "yes", "no"}
	return func(yield func(tally.Record, error) bool) {
		for i := range m.n {
			who := i % (m.n / 2)
			low := who % 80 * 12
			r := tally.Record{
				Leaf: m.leaf(i), Person: fmt.Sprintf("p-%016x", uint64(who)*0x9e3779b97f4a7c15), Source: fmt.Sprintf("s-%016x", i/(m.n/2)),
				Sex: sexes[who%3], ChildFlag: flags[i%7%3], AgeLow: register.Exactly(int64(low)), AgeHigh: register.Exactly(int64(low + 11)),
			}
			r.AgeBand = register.AgeBand(r.AgeLow, r.AgeHigh)
			r.ChildAge = register.ChildByAge(r.AgeLow, r.AgeHigh)
			if i%11 == 0 {
				r.AgeBand, r.ChildAge = "", ""
			}
			if r.AgeBand != "" && r.AgeBand == bands[0] {
				r.Birth = "2009"
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (m million) TallyHarms(context.Context) iter.Seq2[tally.Harm, error] {
	codes := register.HarmCodes()
	return func(yield func(tally.Harm, error) bool) {
		for i := range m.n {
			who := i % (m.n / 2)
			h := tally.Harm{
				Record: m.leaf(i), Code: codes[who%7].Code, Month: fmt.Sprintf("20%02d-%02d", who%12, 1+who%12),
				Date: fmt.Sprintf("20%02d-%02d-%02d", who%12, 1+who%12, 1+i%28), District: fmt.Sprintf("district %d", who%300), Determination: "included",
			}
			if !yield(h, nil) {
				return
			}
			if i%10 == 0 {
				h.Code, h.Date, h.Month = "displaced", "", ""
				if !yield(h, nil) {
					return
				}
			}
		}
	}
}

func (million) TallyGroups(context.Context) iter.Seq2[tally.Group, error] {
	return func(func(tally.Group, error) bool) {}
}

// loaded reads the case once for all benchmarks of answers.
var loaded = sync.OnceValues(func() (*tally.Columns, error) {
	return tally.Load(context.Background(), million{1_000_000}, tally.Stamp{Size: 2})
})

// BenchmarkLoad1M reads 1,000,000 records into columns; heap-MiB is what the
// heap holds in use at the end, before anything is collected.
func BenchmarkLoad1M(b *testing.B) {
	for b.Loop() {
		c, err := tally.Load(context.Background(), million{1_000_000}, tally.Stamp{Size: 2})
		if err != nil || c.Records() != 1_000_000 {
			b.Fatal(err)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapSys)/(1<<20), "heap-MiB")
	}
}

// BenchmarkAnswer1M answers two figures from columns of 1,000,000 records that
// are in memory: a plain one, and one that asks for everything.
func BenchmarkAnswer1M(b *testing.B) {
	c, err := loaded()
	if err != nil {
		b.Fatal(err)
	}
	plain := figure.Definition{Figure: "f-0000000000000001", Title: "Killed", Unit: figure.Unit, Harms: []string{"killed"}, Rule: figure.Rule}
	whole := plain
	whole.Period, whole.Sources = "2001/2008", []string{"s-0000000000000000", "s-0000000000000001"}
	for i := range 40 {
		whole.District = append(whole.District, fmt.Sprintf("district %d", i*3))
	}
	whole.Parts = []figure.Part{
		{Part: "flag", Title: "Children, as the source says", Child: figure.ChildByFlag},
		{Part: "age", Title: "Children, by age", Child: figure.ChildByAge},
		{Part: "either", Title: "Children", Child: figure.ChildEither},
		{Part: "women", Title: "Women", Sex: []string{"female"}, AgeBand: []string{"18-29", "30-44", "45-59", "60+"}},
	}
	for _, d := range []figure.Definition{plain, whole} {
		name := "plain"
		if len(d.Parts) > 0 {
			name = "whole"
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				a, err := c.Answer(d)
				if err != nil || a.Total.N() != 500_000 {
					b.Fatalf("%d persons (%v)", a.Total.N(), err)
				}
				b.ReportMetric(float64(a.Total.In), "in")
				b.ReportMetric(float64(a.Total.Unknown), "unknown")
			}
		})
	}
}
