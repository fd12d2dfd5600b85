// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// furnish gives a case something of most kinds.
func (g *ground) furnish() {
	g.t.Helper()
	g.act(draftOf(g.newSource("Harbour list")))
	p, records := g.three()
	g.run(moveOf(records[1], p[0]))
	b, _ := g.mustFill(700)
	g.act(addition(g.finish(b)))
}

func rebuiltIsLive(g *ground) {
	g.furnish()
	live := g.dump(g.c)
	for range 2 {
		var done, all int64
		if err := g.c.Rebuild(g.ctx, func(d, a int64) { done, all = d, a }); err != nil {
			g.t.Fatal(err)
		}
		g.equal("what was told at the end", done, all)
		if g.dump(g.c) != live {
			g.t.Error("rebuilt is not live")
		}
		g.verify(g.c)
	}
	g.act(draftOf(g.newSource("Another list")))
	g.reopen()
	g.equal("the size", g.size(g.c), int64(6))
	g.verify(g.c)
}

// otherRelease: projections that were laid out by another release are made
// anew when the case is opened.
func otherRelease(g *ground) {
	g.furnish()
	live := g.dump(g.c)
	g.edit(false, "UPDATE p_source SET name = 'as an earlier release had it'")
	g.edit(false, "UPDATE o_state SET value = 'that of an earlier release'")
	g.reopenAlone()
	if g.dump(g.c) != live {
		g.t.Error("the projections are not those of this release")
	}
	g.verify(g.c)
}

// rebuiltUnderWriters: no acknowledged act is lost when the tables are
// replaced under those who write them. Renaming a file under an open writer
// loses what that one goes on to write.
func rebuiltUnderWriters(g *ground) {
	_, other := g.beside(nil)
	var done atomic.Bool
	var acts atomic.Int64
	var wait sync.WaitGroup
	for w := range 4 {
		c := []*store.Case{g.c, other}[w%2]
		wait.Go(func() {
			for n := 0; !done.Load(); n++ {
				s := register.Source{Source: fmt.Sprintf("s-%08d%08d", w, n), Name: "list", Kind: "list"}
				if _, err := c.Act(g.ctx, "ann", func(store.View) (journal.Draft, error) { return draftOf(s), nil }); err != nil {
					g.t.Error(err)
					return
				}
				acts.Add(1)
			}
		})
	}
	for n := range 6 {
		if err := []*store.Case{g.c, other}[n%2].Rebuild(g.ctx, nil); err != nil {
			g.t.Error(err)
		}
	}
	done.Store(true)
	wait.Wait()
	g.equal("sources", int64(g.count(false, "p_source")), acts.Load())
	g.equal("the size", g.size(g.c), acts.Load()+1)
	g.verify(other)
}

// readWhileReading: who reads within a read gets through, although a rebuild
// waits for the first read to end and lets nobody in before itself.
func readWhileReading(g *ground) {
	_, other := g.beside(nil)
	ctx, stop := context.WithTimeout(g.ctx, time.Minute)
	defer stop()
	rebuilt := make(chan error, 1)
	err := g.c.Read(ctx, func(store.Reader) error {
		go func() { rebuilt <- other.Rebuild(ctx, nil) }()
		for {
			began := time.Now()
			if err := g.c.Read(ctx, func(store.Reader) error { return nil }); err != nil {
				return err
			}
			if time.Since(began) > time.Second { // it was held up: the rebuild was waiting
				return nil
			}
		}
	})
	if err := errors.Join(err, <-rebuilt); err != nil {
		g.t.Error(err)
	}
	g.verify(g.c)
}

// lookedBack compares a look back at each size with the dump of then.
func lookedBack(g *ground) {
	dumps := []string{g.dump(g.c)}
	for n := range 4 {
		switch n {
		case 1:
			b, _ := g.mustFill(20)
			g.act(addition(g.finish(b)))
		default:
			g.act(draftOf(g.newSource(fmt.Sprint("list ", n))))
		}
		dumps = append(dumps, g.dump(g.c))
	}
	for n, want := range dumps {
		dir := filepath.Join(g.t.TempDir(), "past")
		if err := g.c.RebuildInto(g.ctx, int64(n+1), dir); err != nil {
			g.t.Fatal(err)
		}
		config := g.config
		config.Dir, config.Postgres = dir, ""
		a, err := store.Open(g.ctx, config)
		if err != nil {
			g.t.Fatal(err)
		}
		past := g.open(a)
		if g.dump(past) != want {
			g.t.Errorf("the look back at %d is not what was then", n+1)
		}
		g.verify(past)
		_, err = past.Act(g.ctx, "ann", func(store.View) (journal.Draft, error) { return draftOf(g.newSource("x")), nil })
		if !errors.Is(err, fault.Forbidden) {
			g.t.Errorf("an act in a look back: %v; fault.Forbidden is right", err)
		}
		if err := a.Close(); err != nil {
			g.t.Error(err)
		}
	}
	if err := g.c.RebuildInto(g.ctx, 6, filepath.Join(g.t.TempDir(), "future")); !errors.Is(err, fault.Invalid) {
		g.t.Errorf("a look at entries that are not there: %v; fault.Invalid is right", err)
	}
	if err := g.c.RebuildInto(g.ctx, 1, g.config.Dir); !errors.Is(err, fault.Conflict) {
		g.t.Errorf("a look back into the archive itself: %v; fault.Conflict is right", err)
	}
}

// copied copies to SQLite and, on PostgreSQL, back: the same dump, and a case
// that can go on.
func copied(g *ground) {
	g.furnish()
	signed, err := g.c.Checkpoint(g.ctx, 3)
	if err == nil {
		err = g.c.Publish(g.ctx, signed)
	}
	if err != nil {
		g.t.Fatal(err)
	}
	config := g.config
	config.Dir, config.Postgres = filepath.Join(g.t.TempDir(), "copy"), ""
	there := g.copyTo(g.a, config)
	if g.config.Postgres != "" {
		// The schemas have the name of the case: the original makes room.
		if err := g.a.Close(); err != nil {
			g.t.Fatal(err)
		}
		dropSchemas(g.t, g.config.Postgres, g.caseID)
		config.Dir, config.Postgres = filepath.Join(g.t.TempDir(), "back"), g.config.Postgres
		g.copyTo(there, config)
	}
}

func (g *ground) copyTo(from *store.Archive, config store.Config) *store.Archive {
	g.t.Helper()
	to, err := store.Create(g.ctx, config, store.Opening{PublicName: "archive.example"})
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = to.Close() })
	if err := store.Copy(g.ctx, from, to, g.caseID); err != nil {
		g.t.Fatal(err)
	}
	c := g.open(to)
	if g.dump(c) != g.dump(g.open(from)) {
		g.t.Error("the copy has another dump")
	}
	g.verify(c)
	if err := store.Copy(g.ctx, from, to, g.caseID); !errors.Is(err, fault.Conflict) {
		g.t.Errorf("copying twice: %v; fault.Conflict is right", err)
	}
	if err := c.Rebuild(g.ctx, nil); err != nil {
		g.t.Error(err)
	}
	return to
}
