// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"recount/audit"
	"recount/store"
)

// BenchmarkLooks is what it costs to write down who looks: alone, as before a
// download or an export, where the answer waits for the disk; and a hundred
// together, as pages are written that were gathered, where nobody waits.
func BenchmarkLooks(b *testing.B) {
	for _, many := range []int{1, 100} {
		b.Run(fmt.Sprintf("together=%d", many), func(b *testing.B) {
			ctx := context.Background()
			a, err := store.Create(ctx, store.Config{Dir: b.TempDir(), Now: time.Now, Rand: rand.Reader},
				store.Opening{PublicName: "archive.example", CaseID: "main", Title: "Invented", Actor: "ann"})
			if err != nil {
				b.Fatal(err)
			}
			defer a.Close()
			c, err := a.Case(ctx, "main")
			if err != nil {
				b.Fatal(err)
			}
			looks, err := c.Audit(ctx)
			if err != nil {
				b.Fatal(err)
			}
			all := make([]store.Look, many)
			for i := range all {
				all[i] = store.Look{Event: audit.Event{Actor: "Mira Olten", Session: "0a1b2c3d", Act: audit.Viewed, Kind: "records", ID: fmt.Sprintf("%064x", i), Shown: 1}}
			}
			if many == 1 {
				all[0].Act = audit.Downloaded
			}
			for b.Loop() {
				if err := looks.Note(ctx, all...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*many), "µs/look")
		})
	}
}
