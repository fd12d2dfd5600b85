// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

func (d *desk) newSource(name string) register.Source {
	return register.Source{Source: d.id("s"), Name: name, Kind: "list", Reliability: "unknown"}
}

func draftOf(s register.Source) journal.Draft { return s.Draft("described", "duty", "internal") }

// actsAreProven: a receipt's checkpoint opens under the case's key, its root
// is that of the log (RFC 6962, recomputed by journal.Tree), the proofs hold.
func actsAreProven(g *ground) {
	var tree journal.Tree
	var last journal.Checkpoint
	for n := range int64(9) {
		if n > 0 {
			seq := g.act(draftOf(g.newSource(fmt.Sprint("Harbour list ", n))))
			g.equal("the number", seq, n)
		}
		header, err := g.c.Header(g.ctx, n)
		if err != nil {
			g.t.Fatal(err)
		}
		if err := tree.Add(header); err != nil {
			g.t.Fatal(err)
		}
		signed, err := g.c.Checkpoint(g.ctx, n+1)
		if err != nil {
			g.t.Fatal(err)
		}
		checkpoint, _, err := journal.OpenCheckpoint(signed, g.c.VKey())
		if err != nil {
			g.t.Fatal(err)
		}
		root, err := journal.RootAt(n+1, &tree)
		if err != nil {
			g.t.Fatal(err)
		}
		g.equal("the checkpoint", checkpoint, journal.Checkpoint{Origin: g.c.Origin(), Size: n + 1, Root: root})
		if last.Size > 0 {
			consistency, err := g.c.ProveConsistency(g.ctx, last.Size, n+1)
			if err == nil {
				err = consistency.Verify(last, checkpoint)
			}
			if err != nil {
				g.t.Error(err)
			}
		}
		last = checkpoint
	}
	for seq := range last.Size {
		path, err := g.c.ProveInclusion(g.ctx, seq, last.Size)
		header, err2 := g.c.Header(g.ctx, seq)
		if err := errors.Join(err, err2); err != nil {
			g.t.Fatal(err)
		}
		if err := (journal.Proof{Seq: seq, Path: path}).Verify(header, last); err != nil {
			g.t.Error(err)
		}
	}
	g.disclosed(3)
	g.sealed()
	for what, err := range map[string]error{
		"a header that is not there":     second(g.c.Header(g.ctx, 9)),
		"an entry that is not there":     second(g.c.OpenEntry(g.ctx, 9)),
		"a checkpoint that is not there": second(g.c.Checkpoint(g.ctx, 10)),
		"a proof in a log not so long":   second(g.c.ProveInclusion(g.ctx, 0, 10)),
	} {
		if !errors.Is(err, fault.NotFound) {
			g.t.Errorf("%s: %v; fault.NotFound is right", what, err)
		}
	}
	g.verify(g.c)
}

func second[T any](_ T, err error) error { return err }

// disclosed: an opening shows the fields that were asked for and leads to the
// leaf in the header.
func (g *ground) disclosed(seq int64) {
	opening, err := g.c.Disclose(g.ctx, seq, func(field string) bool { return field == "name" })
	if err != nil {
		g.t.Fatal(err)
	}
	leaf, err := opening.Leaf(g.c.Origin())
	if err != nil {
		g.t.Fatal(err)
	}
	entry, err := g.c.OpenEntry(g.ctx, seq)
	if err != nil {
		g.t.Fatal(err)
	}
	name, shown := opening.Get("name")
	_, actor := opening.Get("actor")
	g.equal("what is shown", []any{leaf, name, shown, actor}, []any{entry.Header.Leaf, journal.Text(fmt.Sprint("Harbour list ", seq)), true, false})
	g.equal("the entry", []string{entry.Get("seq").Text(), entry.Get("actor").Text(), entry.Get("reason").Text()}, []string{strconv.FormatInt(seq, 10), "ann", "described"})
}

func (g *ground) sealed() {
	signed, err := g.c.SignSeal([]byte("recount seal\nline\n"))
	if err != nil {
		g.t.Fatal(err)
	}
	if !strings.HasPrefix(string(signed), "recount seal\nline\n\n— "+g.c.Origin()+"/seal ") {
		g.t.Errorf("the seal: %q", signed)
	}
	if g.c.SealVKey() == g.c.VKey() {
		g.t.Error("seal and checkpoint are signed with one key")
	}
}

func refusedActs(g *ground) {
	before, sum := g.size(g.c), g.sum(g.c)
	reason := errors.New("it changed meanwhile")
	for what, test := range map[string]struct {
		draft journal.Draft
		err   error
		want  error
	}{
		"the decision fails":              {err: reason, want: reason},
		"a kind that nobody knows":        {draft: journal.Draft{Kind: "nothing@1"}, want: fault.Invalid},
		"a kind of rows":                  {draft: journal.Draft{Kind: "record@1"}, want: fault.Invalid},
		"a field that the kind has not":   {draft: journal.Draft{Kind: "source.described@1", Fields: map[string]journal.Value{"colour": "\x01red"}}, want: fault.Invalid},
		"a field that is too long":        {draft: journal.Draft{Kind: "source.described@1", Fields: map[string]journal.Value{"note": journal.Text(strings.Repeat("x", 65536))}}, want: fault.Invalid},
		"a batch that never was":          {draft: register.Addition{RowFile: register.RowFile{Batch: "b-0000000000000001"}}.Draft("", "", ""), want: fault.Conflict},
		"a projection that says no":       {draft: register.Source{}.Draft("", "", ""), want: fault.Invalid},
		"a decision that looks and fails": {err: fmt.Errorf("%w: somebody was faster", fault.Conflict), want: fault.Conflict},
	} {
		_, err := g.c.Act(g.ctx, "ann", func(v store.View) (journal.Draft, error) {
			if v.Size() != before {
				g.t.Errorf("%s: the view has %d entries, not %d", what, v.Size(), before)
			}
			return test.draft, test.err
		})
		if !errors.Is(err, test.want) {
			g.t.Errorf("%s: %v; %v is right", what, err, test.want)
		}
	}
	if _, err := g.c.Act(g.ctx, "", func(store.View) (journal.Draft, error) { return draftOf(g.newSource("x")), nil }); !errors.Is(err, fault.Invalid) {
		g.t.Errorf("an act of nobody: %v", err)
	}
	g.equal("the size", g.size(g.c), before)
	g.equal("the projections", g.sum(g.c), sum)
	g.equal("the next number", g.act(draftOf(g.newSource("Harbour list"))), before)
	g.verify(g.c)
}

// manyAct: eight writers through two openings of the archive; each number is
// given out once and the log is whole.
func manyAct(g *ground) {
	_, other := g.beside(nil)
	const writers, acts = 8, 6
	var wait sync.WaitGroup
	seqs := make(chan int64, writers*acts)
	for w := range writers {
		c := []*store.Case{g.c, other}[w%2]
		wait.Go(func() {
			for n := range acts {
				s := register.Source{Source: fmt.Sprintf("s-%08d%08d", w, n), Name: fmt.Sprint("list ", w, n), Kind: "list"}
				receipt, err := c.Act(g.ctx, fmt.Sprint("writer ", w), func(store.View) (journal.Draft, error) { return draftOf(s), nil })
				if err != nil {
					g.t.Error(err)
					return
				}
				seqs <- receipt.Seq
			}
		})
	}
	wait.Wait()
	close(seqs)
	seen := map[int64]bool{}
	for seq := range seqs {
		seen[seq] = true
	}
	g.equal("numbers given out", len(seen), writers*acts)
	g.equal("the size", g.size(other), int64(writers*acts+1))
	g.verify(g.c)
}
