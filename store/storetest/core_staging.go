// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// bulkWork is the work that these tests cut off: records of whom each is known by
// the number in its name.
func bulkWork() store.Work {
	return store.Work{ID: "a list by a mapping", Actor: "ann", About: "e-0000000000000001", Said: `{"list": 1}`}
}

const (
	workRows  = 900
	workMarks = 300 // rows between two marks
)

// work stages the rows that are missing, marks them and finishes. It answers from
// which row on it went, and why it began anew.
func (g *ground) work(c *store.Case, ctx context.Context, w store.Work) (b *store.Batch, s store.Staged, from int64, lost string, err error) {
	if b, lost, err = c.StageWork(ctx, w); err != nil {
		return b, s, 0, lost, err
	}
	from = b.TakenUp().Rows
	for i := from; i < workRows; i++ {
		record := g.person("s-0000000000000001", w.About, fmt.Sprint("Tomas Vell ", i), "tomas vell", i)
		leaf, err := b.Add("record@1", record.Values())
		if err != nil {
			return b, s, from, lost, err
		}
		h := killed("2031-02-26", "2031-02", "Karvel", "karvel")
		h.Record, h.Number = leaf, 1
		if _, err := b.Add("harm@1", h.Values()); err != nil {
			return b, s, from, lost, err
		}
		if (i+1)%workMarks == 0 {
			if err := b.Mark(ctx, store.Mark{Rows: i + 1, Digest: [32]byte{byte(i)}}); err != nil {
				return b, s, from, lost, err
			}
		}
	}
	s, err = b.Finish(ctx)
	return b, s, from, lost, err
}

// cutOffWork has work end at a point, the nth time that it is passed. While
// several goroutines write, at "staging", it is the context that ends, and nobody
// clears away what there is.
func (g *ground) cutOffWork(point string, nth int) {
	g.t.Helper()
	if point != "staging" {
		g.equal("where it ended", g.cutAtNth(point, nth, func(c *store.Case) error {
			_, _, _, _, err := g.work(c, g.ctx, bulkWork())
			return err
		}), point)
		return
	}
	ctx, cancel := context.WithCancel(g.ctx)
	_, c := g.beside(func(at string) {
		if at == point {
			if nth--; nth == 0 {
				cancel()
			}
		}
	})
	if _, _, _, _, err := g.work(c, ctx, bulkWork()); !errors.Is(err, context.Canceled) {
		g.t.Fatalf("ended at %s: %v", point, err)
	}
}

// bulkGoesOn: work that was cut off anywhere behind its first mark is taken up
// there, and ends as if nothing had happened.
func bulkGoesOn(g *ground) {
	g.config.StageRows = 128
	before := g.dump(g.c)
	for n, cut := range []struct {
		point string
		nth   int
		rows  int64
	}{
		{"marked", 1, 300}, {"marked", 2, 600}, {"marked", 3, 900}, {"staging", 1, 900}, {"staging", 4, 900},
		{"staged.rows", 1, 900}, {"staged.object", 1, 900}, {"staged", 1, 900},
	} {
		what := fmt.Sprintf("cut off at %s %d", cut.point, cut.nth)
		g.cutOffWork(cut.point, cut.nth)
		g.reopenAlone()
		if g.dump(g.c) != before {
			g.t.Errorf("%s: rows are seen that no entry names", what)
		}
		g.verify(g.c)
		left, err := g.c.CutOff(g.ctx, "ann")
		if err != nil || len(left) != 1 || left[0].Rows != cut.rows || left[0].Said != bulkWork().Said {
			g.t.Fatalf("%s: left is %+v, %v", what, left, err)
		}
		if of, err := g.c.CutOff(g.ctx, "ben"); err != nil || len(of) != 0 {
			g.t.Errorf("%s: somebody else is offered %+v, %v", what, of, err)
		}
		b, s, from, lost, err := g.work(g.c, g.ctx, bulkWork())
		if err != nil {
			g.t.Fatalf("%s: going on: %v", what, err)
		}
		g.equal(what+": gone on from, lost, rows, batch", []any{from, lost, s.N, s.Batch}, []any{cut.rows, "", int64(2 * workRows), left[0].Batch})
		if left, err := g.c.CutOff(g.ctx, "ann"); err != nil || len(left) != 0 {
			g.t.Errorf("%s: while it is gone on with it is offered: %+v, %v", what, left, err)
		}
		g.act(addition(s))
		if err := b.Abort(); err != nil {
			g.t.Error(err)
		}
		g.equal(what+": records", g.count(false, "p_record"), (n+1)*workRows)
		g.equal(what+": harms", g.count(false, "p_harm"), (n+1)*workRows)
		g.equal(what+": keys", g.count(true, "k_row"), (n+1)*2*workRows)
		g.named(s.Batch)
		g.nothingUnderWay(what)
		g.verify(g.c)
		before = g.dump(g.c)
	}
	if err := g.c.Rebuild(g.ctx, nil); err != nil {
		g.t.Error(err)
	}
	if g.dump(g.c) != before {
		g.t.Error("rebuilt is not live")
	}
}

// named sees that a batch has each of its people once.
func (g *ground) named(batch string) {
	g.t.Helper()
	var records []journal.Leaf
	g.read(func(r store.Reader) error {
		return r.AsItStood(g.ctx, batch, func(s register.Stood) error { records = append(records, s.Record); return nil })
	})
	seen := map[string]bool{}
	g.read(func(r store.Reader) error {
		for _, leaf := range records {
			record, err := r.Record(g.ctx, leaf)
			if err != nil {
				return err
			}
			seen[record.Said.Name.Text()] = true
		}
		return nil
	})
	g.equal("records of the batch", len(records), workRows)
	g.equal("people of the batch", len(seen), workRows)
}

// nothingUnderWay looks for what no entry names.
func (g *ground) nothingUnderWay(what string) {
	g.t.Helper()
	for _, table := range []string{"o_batch", "o_object", "o_staging"} {
		if n := g.count(false, table); n != 0 {
			g.t.Errorf("%s: %s has %d rows", what, table, n)
		}
	}
	entries, err := os.ReadDir(g.caseDir())
	if err != nil {
		g.t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), "staging-") {
			g.t.Errorf("%s: %s is left", what, entry.Name())
		}
	}
}

// bulkBeginsAnew: what makes rows that were kept unfit is said, and they go.
func bulkBeginsAnew(g *ground) {
	g.config.StageRows = 128
	leaves, _ := g.witness()
	for _, change := range []struct {
		what, lost string
		do         func()
	}{
		{"the tables were made anew", store.LostRebuilt, func() {
			if err := g.c.Rebuild(g.ctx, nil); err != nil {
				g.t.Error(err)
			}
		}},
		{"somebody was erased", store.LostErased, func() {
			g.decide(leaves)
			if err := g.c.Erase(g.ctx, nil); err != nil {
				g.t.Error(err)
			}
		}},
		{"a temporary file was cut", store.LostDamaged, func() {
			for _, name := range g.files(g.caseDir(), "staging-") {
				if err := os.Truncate(name, 1000); err != nil && !strings.HasSuffix(name, ".lock") {
					g.t.Error(err)
				}
			}
		}},
	} {
		before := g.dump(g.c)
		g.cutOffWork("staging", 2)
		for _, a := range g.others {
			if err := a.Close(); err != nil {
				g.t.Fatal(err)
			}
		}
		g.a, g.c = g.beside(nil)
		change.do()
		b, s, from, lost, err := g.work(g.c, g.ctx, bulkWork())
		if err != nil {
			g.t.Fatalf("%s: %v", change.what, err)
		}
		g.equal(change.what+": from, lost, rows", []any{from, lost, s.N}, []any{int64(0), change.lost, int64(2 * workRows)})
		if err := b.Abort(); err != nil {
			g.t.Error(err)
		}
		g.nothingUnderWay(change.what)
		if change.lost != store.LostErased && g.dump(g.c) != before {
			g.t.Errorf("%s: given up, and the case is another", change.what)
		}
		g.verify(g.c)
	}
	other := bulkWork()
	other.ID = "the list by another mapping"
	g.cutOffWork("marked", 2)
	g.reopenAlone()
	b, s, from, lost, err := g.work(g.c, g.ctx, other)
	if err != nil {
		g.t.Fatal(err)
	}
	g.equal("another mapping: from, lost, rows", []any{from, lost, s.N}, []any{int64(0), store.LostOther, int64(2 * workRows)})
	g.act(addition(s))
	if err := b.Abort(); err != nil {
		g.t.Error(err)
	}
	g.nothingUnderWay("another mapping")
}

// bulkIsLeft: ended by its context, or by somebody who gives it up, work leaves
// what it said; after a week nobody goes on with it.
func bulkIsLeft(g *ground) {
	before := g.dump(g.c)
	ctx, cancel := context.WithCancel(g.ctx)
	_, c := g.beside(func(at string) {
		if at == "staging" {
			cancel()
		}
	})
	b, _, _, _, err := g.work(c, ctx, bulkWork())
	if !errors.Is(err, context.Canceled) {
		g.t.Fatalf("cancelled: %v", err)
	}
	if err := errors.Join(b.GiveUp(err), b.Abort()); err != nil {
		g.t.Error(err)
	}
	left, err := g.c.CutOff(g.ctx, "ann")
	if err != nil || len(left) != 1 {
		g.t.Fatalf("left is %+v, %v", left, err)
	}
	if err := g.c.DropCutOff(g.ctx, "ben", left[0].Batch); !errors.Is(err, fault.NotFound) {
		g.t.Errorf("somebody else gives it up: %v", err)
	}
	if err := g.c.DropCutOff(g.ctx, "ann", left[0].Batch); err != nil {
		g.t.Error(err)
	}
	g.leavesNothing("given up", before)
	g.nothingUnderWay("given up")

	g.cutOffWork("marked", 2)
	now := g.config.Now
	g.config.Now = func() time.Time { return now().Add(8 * 24 * time.Hour) }
	g.reopenAlone()
	g.leavesNothing("after a week", before)
	g.nothingUnderWay("after a week")
	g.config.Now = now
	g.stagedSecretly()
}

// stagedSecretly: what lies on the disk between two processes shows no name
// beyond what the tables themselves show.
func (g *ground) stagedSecretly() {
	g.cutOffWork("marked", 3)
	for _, name := range g.files(g.caseDir(), "staging-") {
		content, err := os.ReadFile(name)
		if err != nil {
			g.t.Fatal(err)
		}
		if strings.Contains(string(content), "Tomas") {
			g.t.Errorf("%s shows a name", filepath.Base(name))
		}
	}
	g.reopenAlone()
	_, s, _, _, err := g.work(g.c, g.ctx, bulkWork())
	if err != nil {
		g.t.Fatal(err)
	}
	_, err = g.c.Act(g.ctx, "ann", func(store.View) (journal.Draft, error) { return addition(s), nil })
	if err != nil {
		g.t.Error(err)
	}
	g.nothingUnderWay("at last")
}
