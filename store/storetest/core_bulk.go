// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// fill stages n records and their harms.
func (d *desk) fill(c *store.Case, n int) (*store.Batch, []journal.Leaf, error) {
	b, err := c.Stage(d.ctx)
	if err != nil {
		return nil, nil, err
	}
	source, exhibit := d.id("s"), d.id("e")
	var leaves []journal.Leaf
	for i := range n {
		record, err := b.Add("record@1", d.person(source, exhibit, fmt.Sprint("Tomas Vell ", i), "tomas vell", int64(i)).Values())
		if err != nil {
			return b, nil, err
		}
		h := killed("2031-02-26", "2031-02", "Karvel", "karvel")
		h.Record, h.Number = record, 1
		if _, err := b.Add("harm@1", h.Values()); err != nil {
			return b, nil, err
		}
		leaves = append(leaves, record)
	}
	return b, leaves, nil
}

func (d *desk) mustFill(n int) (*store.Batch, []journal.Leaf) {
	d.t.Helper()
	b, leaves, err := d.fill(d.c, n)
	if err != nil {
		d.t.Fatal(err)
	}
	return b, leaves
}

func (d *desk) finish(b *store.Batch) store.Staged {
	d.t.Helper()
	staged, err := b.Finish(d.ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	return staged
}

func addition(s store.Staged) journal.Draft {
	return register.Addition{RowFile: s.RowFile()}.Draft("added", "duty", "internal")
}

func bulk(g *ground) {
	before := g.dump(g.c)
	b, leaves := g.mustFill(3000)
	var told []int64
	b.Progress = func(done, all int64) { told = append(told, done, all) }
	staged := g.finish(b)
	g.equal("rows", staged.N, int64(6000))
	g.equal("the last that was told", told[len(told)-2:], []int64{6000, 6000})
	if after := g.dump(g.c); after != before {
		g.t.Error("staged rows are in the dump before an entry names them")
	}
	g.verify(g.c)
	if _, err := b.Add("harm@1", nil); !errors.Is(err, fault.Conflict) {
		g.t.Errorf("adding to a finished batch: %v; fault.Conflict is right", err)
	}
	g.act(addition(staged))
	g.read(func(r store.Reader) error {
		record, err := r.Record(g.ctx, leaves[2999])
		g.equal("a record", []any{record.Said.Name.Text(), len(record.Harms)}, []any{"Tomas Vell 2999", 1})
		return err
	})
	object, err := g.c.ObjectKey(g.ctx, staged.Object)
	if err != nil {
		g.t.Fatal(err)
	}
	file, err := g.c.Vault().OpenChecked(g.ctx, object)
	if err != nil {
		g.t.Fatal(err)
	}
	defer file.Close()
	reader := journal.NewRowReader(file, g.c.Origin())
	for err == nil {
		_, err = reader.Next()
	}
	g.equal("the row file", []any{reader.Size(), reader.Root()}, []any{staged.N, staged.Root})
	if err := b.Abort(); err != nil {
		g.t.Error(err)
	}
	g.reopen()
	g.equal("rows after Abort and a new opening", g.count(true, "k_row"), 6000)
	g.verify(g.c)
}

// bulkGivenUp: at each stage of its life a batch can go, and takes all with it.
func bulkGivenUp(g *ground) {
	before := g.dump(g.c)
	for what, giveUp := range map[string]func(*store.Batch) error{
		"before it is finished": func(b *store.Batch) error { return b.Abort() },
		"when it is finished": func(b *store.Batch) error {
			_, err := b.Finish(g.ctx)
			return errors.Join(err, b.Abort())
		},
		"twice": func(b *store.Batch) error { return errors.Join(b.Abort(), b.Abort()) },
		"by the context": func(b *store.Batch) error {
			ctx, cancel := context.WithCancel(g.ctx)
			b.Progress = func(int64, int64) { cancel() }
			if _, err := b.Finish(ctx); !errors.Is(err, context.Canceled) {
				return fmt.Errorf("finishing under a cancelled context: %w", err)
			}
			return nil
		},
	} {
		b, _ := g.mustFill(200)
		if err := giveUp(b); err != nil {
			g.t.Errorf("%s: %v", what, err)
		}
		g.leavesNothing(what, before)
	}
	if err := g.c.Rebuild(g.ctx, nil); err != nil {
		g.t.Errorf("the batches still hold their lock: %v", err)
	}
}

// leavesNothing looks into every table, the vault and the folder.
func (g *ground) leavesNothing(what, before string) {
	g.t.Helper()
	if g.dump(g.c) != before {
		g.t.Errorf("%s: the projections have changed", what)
	}
	for _, table := range []string{"p_record", "p_harm", "o_batch", "o_object"} {
		if n := g.count(false, table); n != 0 {
			g.t.Errorf("%s: %s has %d rows", what, table, n)
		}
	}
	for _, table := range []string{"k_row", "k_batch", "k_object"} {
		if n := g.count(true, table); n != 0 {
			g.t.Errorf("%s: %s has %d rows", what, table, n)
		}
	}
	if n := g.objects(); n != 0 {
		g.t.Errorf("%s: %d objects are in the vault", what, n)
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

func bulkMisnamed(g *ground) {
	b, _ := g.mustFill(10)
	staged := g.finish(b)
	refused := func(what string, draft journal.Draft, want error) {
		_, err := g.c.Act(g.ctx, "ann", func(store.View) (journal.Draft, error) { return draft, nil })
		if !errors.Is(err, want) {
			g.t.Errorf("%s: %v; %v is right", what, err, want)
		}
	}
	fewer, other, elsewhere := staged, staged, staged
	fewer.N--
	other.Root[0]++
	elsewhere.Object[0]++
	refused("fewer rows", addition(fewer), fault.Invalid)
	refused("another root", addition(other), fault.Invalid)
	refused("another object", addition(elsewhere), fault.Invalid)
	open, _ := g.mustFill(1)
	started := staged
	started.Batch = "b-ffffffffffffffff"
	refused("a batch that is not there", addition(started), fault.Conflict)
	if err := open.Abort(); err != nil {
		g.t.Error(err)
	}
	g.act(addition(staged))
	refused("a batch that has its entry", addition(staged), fault.Conflict)
	g.verify(g.c)
}

// bulkBesideActs: imports of two openings beside acts of both; rebuilding is
// refused as long as one is under way.
func bulkBesideActs(g *ground) {
	_, other := g.beside(nil)
	held, _ := g.mustFill(1)
	for _, c := range []*store.Case{g.c, other} {
		if err := c.Rebuild(g.ctx, nil); !errors.Is(err, fault.Unavailable) {
			g.t.Errorf("rebuilding beside an import: %v; fault.Unavailable is right", err)
		}
	}
	var wait sync.WaitGroup
	for i, c := range []*store.Case{g.c, other} {
		work := &desk{t: g.t, ctx: g.ctx, c: c, last: 1000 * (i + 1)}
		wait.Go(func() {
			for range 3 {
				b, _, err := work.fill(c, 100)
				if err != nil {
					g.t.Error(err)
					return
				}
				staged, err := b.Finish(g.ctx)
				if err == nil {
					_, err = c.Act(g.ctx, "ann", func(store.View) (journal.Draft, error) { return addition(staged), nil })
				}
				if err != nil {
					g.t.Error(err)
				}
			}
		})
		wait.Go(func() {
			for n := range 10 {
				s := register.Source{Source: fmt.Sprintf("s-%08d%08d", i, n), Name: "list", Kind: "list"}
				if _, err := c.Act(g.ctx, "ben", func(store.View) (journal.Draft, error) { return draftOf(s), nil }); err != nil {
					g.t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if err := held.Abort(); err != nil {
		g.t.Error(err)
	}
	g.equal("records", g.count(false, "p_record"), 600)
	if err := other.Rebuild(g.ctx, nil); err != nil {
		g.t.Error(err)
	}
	g.verify(g.c)
}

// sweptWhenAlone: a batch that a process has left is taken away by the next
// opening, but not while another has the case open.
func sweptWhenAlone(g *ground) {
	before := g.dump(g.c)
	b, _ := g.mustFill(50)
	g.finish(b)
	g.mustFill(50)
	if _, err := g.c.Vault().Seal(g.ctx, strings.NewReader("a file that no entry names")); err != nil {
		g.t.Fatal(err)
	}
	_, other := g.beside(nil)
	if n := g.count(false, "o_batch"); n != 2 {
		g.t.Fatalf("%d batches are left beside a process that is at work on 2", n)
	}
	if g.dump(other) != before {
		g.t.Error("another opening sees rows that no entry names")
	}
	if err := g.a.Close(); err != nil { // what a process leaves that ends
		g.t.Fatal(err)
	}
	if n := g.count(false, "o_batch"); n != 2 {
		g.t.Errorf("%d batches are left, and nobody has swept", n)
	}
	g.reopenAlone()
	g.leavesNothing("swept", before)
	g.verify(g.c)
}
