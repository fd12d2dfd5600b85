// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"recount/store"
)

// BenchmarkSearch fills the index of the case's records, unless an earlier run
// has, and asks 200 times for 50 of what is found: names, words that one record
// in eight has and one that every record has, beginnings, rows, and words that
// are found in nothing. RECOUNT_BENCH_ARCHIVE names an archive that was made
// before.
func BenchmarkSearch(b *testing.B) {
	archive, n := os.Getenv("RECOUNT_BENCH_ARCHIVE"), rows()
	if archive == "" {
		c, err := ready()
		if err != nil {
			b.Fatal(err)
		}
		archive = c.archive
	}
	ctx := context.Background()
	a, err := store.Open(ctx, store.Config{Dir: archive, Now: time.Now, Rand: rand.Reader})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	c, err := a.Case(ctx, "main")
	if err != nil {
		b.Fatal(err)
	}
	before, start := size(b, archive), time.Now()
	var indexed int64
	if err := c.Index(ctx, func(done, _ int64) { indexed = done }); err != nil {
		b.Fatal(err)
	}
	if indexed > 0 {
		b.ReportMetric(float64(indexed)/time.Since(start).Seconds(), "indexed/s")
		b.ReportMetric(float64(size(b, archive)-before)/(1<<20), "index-MiB")
	}
	var took []time.Duration
	slowest := ""
	for b.Loop() {
		took = took[:0]
		for _, words := range questions(b, ctx, c) {
			start := time.Now()
			if err := c.Read(ctx, func(r store.Reader) error {
				_, err := r.Search(ctx, store.Query{Words: words}, store.Page{Limit: 50})
				return err
			}); err != nil {
				b.Fatal(err)
			}
			d := time.Since(start)
			if len(took) == 0 || d > slices.Max(took) {
				slowest = words
			}
			took = append(took, d)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "slowest-ms")
	b.Logf("%d records, %d questions; slowest: %q", n, len(took), slowest)
}

// questions are 200, made of names that the case has.
func questions(b *testing.B, ctx context.Context, c *store.Case) (all []string) {
	b.Helper()
	var names []string
	if err := c.Read(ctx, func(r store.Reader) error {
		records, err := r.Records(ctx, store.RecordFilter{}, store.Page{Limit: 40})
		for _, x := range records {
			names = append(names, strings.TrimSpace(x.Said.Given.Text()+" "+x.Said.Family.Text()+" "+x.Said.Name.Text()))
		}
		return err
	}); err != nil {
		b.Fatal(err)
	}
	fixed := []string{"mason", "teacher", "row", "ro", "b", "ba", "te", "tea", "mason driver", "nothing", "zzz", "csv"}
	for i := range 200 {
		name := names[i%len(names)]
		switch i / len(names) {
		case 0:
			all = append(all, name)
		case 1:
			all = append(all, strings.Fields(name)[0])
		case 2:
			all = append(all, name[:min(len(name), 2+i%5)])
		case 3:
			all = append(all, "mason "+strings.Fields(name)[0])
		default:
			all = append(all, fixed[i%len(fixed)])
		}
	}
	return all
}

// size is how many bytes the databases of an archive have.
func size(b *testing.B, archive string) (bytes int64) {
	b.Helper()
	files, err := filepath.Glob(filepath.Join(archive, "cases", "main", "case.*.db*"))
	if err != nil {
		b.Fatal(err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			b.Fatal(err)
		}
		bytes += info.Size()
	}
	return bytes
}
