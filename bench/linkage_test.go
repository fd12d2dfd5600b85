// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"

	"recount/linkage"
	"recount/register"
)

// listTwice streams n/2 invented people from two sources each, the second time
// in another order. About 7 % of the dates are not known.
func listTwice(n int) iter.Seq2[linkage.Row, error] {
	return func(yield func(linkage.Row, error) bool) {
		rng := rand.New(rand.NewPCG(1, 2))
		order := rng.Perm(n / 2)
		for i := range n {
			who, source := i, "s-0000000000000001"
			if i >= n/2 {
				who, source = order[i-n/2], "s-0000000000000002"
			}
			r := linkage.Row{
				Person: fmt.Sprintf("p-%016x", uint64(i)*0x9e3779b97f4a7c15), Source: source, Order: int64(2 * i / n),
				NameFold: fmt.Sprintf("family%d given%d of%d", who%1009, who, who%31),
				Place:    "village " + strconv.Itoa(who%400), Sex: []string{"female", "male"}[who%2],
				AgeLow: register.Exactly(int64(who % 80 * 12)), AgeHigh: register.Exactly(int64(who%80*12 + 11)),
			}
			if who%14 != 0 {
				r.Date = fmt.Sprintf("2010-%02d-%02d", 1+who%12, 1+who%28)
			}
			binary.BigEndian.PutUint64(r.Leaf[:], uint64(i)*0x9e3779b97f4a7c15)
			binary.BigEndian.PutUint64(r.Leaf[24:], uint64(i))
			if !yield(r, nil) {
				return
			}
		}
	}
}

// BenchmarkLink1M joins 1,000,000 records by the default rules. heap-MiB is
// what the heap holds in use at the end, before anything is collected.
func BenchmarkLink1M(b *testing.B) {
	const n = 1_000_000
	for b.Loop() {
		result, err := linkage.Link(context.Background(), linkage.DefaultRules(), listTwice(n), nil)
		if err != nil || result.After != n/2 {
			b.Fatalf("%d persons, want %d (%v)", result.After, n/2, err)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapSys)/(1<<20), "heap-MiB")
		b.ReportMetric(float64(len(result.Moves)), "moves")
	}
}
