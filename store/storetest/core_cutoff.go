// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"recount/journal"
	"recount/store"
)

// cutAt opens the archive once more and does f there, in a goroutine that ends
// at the point: nothing behind it is done, as after a crash, but for the locks
// that go with a process. It answers the point if that was reached.
func (g *ground) cutAt(point string, f func(c *store.Case) error) (reached string) {
	g.t.Helper()
	return g.cutAtNth(point, 1, f)
}

// cutAtNth is cutAt at the nth time that the point is reached.
func (g *ground) cutAtNth(point string, nth int, f func(c *store.Case) error) (reached string) {
	g.t.Helper()
	config := g.config
	config.Pause = func(at string) {
		if at == point {
			if nth--; nth == 0 {
				reached = at
				runtime.Goexit()
			}
		}
	}
	a, err := store.Open(g.ctx, config)
	if err != nil {
		g.t.Fatal(err)
	}
	g.others = append(g.others, a)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := a.Case(g.ctx, g.caseID)
		if err == nil {
			err = f(c)
		}
		if err != nil {
			g.t.Errorf("before %s was reached: %v", point, err)
		}
	}()
	<-done
	return reached
}

// failures ends an act and an import at each of their points. The log has the
// entry or it has not, and all else agrees with it.
func failures(g *ground) {
	for _, point := range []string{"before", "keys", "entry", "after"} {
		before := g.size(g.c)
		draft := draftOf(g.newSource("list of " + point))
		g.equal("where it ended", g.cutAt(point, func(c *store.Case) error {
			_, err := c.Act(g.ctx, "ann", func(store.View) (journal.Draft, error) { return draft, nil })
			return err
		}), point)
		want := before
		if point == "after" {
			want++
		}
		g.equal("the size after "+point, g.size(g.c), want)
		g.reopenAlone()
		g.verify(g.c)
		g.equal("the next number", g.act(draftOf(g.newSource("list after "+point))), want)
	}
	before := g.dump(g.c)
	for _, point := range []string{"staged.rows", "staged.object", "staged"} {
		g.equal("where it ended", g.cutAt(point, func(c *store.Case) error {
			b, _, err := g.fill(c, 30)
			if err == nil {
				_, err = b.Finish(g.ctx)
			}
			return err
		}), point)
		g.reopenAlone()
		g.leavesNothing("after "+point, before)
		g.verify(g.c)
	}
	g.cancelled(before)
}

// cancelled ends an import by its context at each point.
func (g *ground) cancelled(before string) {
	for _, point := range []string{"staging", "staged.rows", "staged.object"} {
		ctx, cancel := context.WithCancel(g.ctx)
		_, c := g.beside(func(at string) {
			if at == point {
				cancel()
			}
		})
		b, _, err := g.fill(c, 30)
		if err != nil {
			g.t.Fatal(err)
		}
		if _, err := b.Finish(ctx); !errors.Is(err, context.Canceled) {
			g.t.Errorf("cancelled at %s: %v", point, err)
		}
		g.leavesNothing(fmt.Sprintf("cancelled at %s", point), before)
	}
}
