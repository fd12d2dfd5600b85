// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"recount/fault"
	"recount/store"
)

// How long a look waits for others before it is written, how many wait at most,
// how long writing may take, and for how long sign-ins that fail are one event.
const (
	gatherFor    = 500 * time.Millisecond
	mostGathered = 1024
	writeFor     = 30 * time.Second
	refusedFor   = 15 * time.Minute
)

// gatherer writes down who looked, many looks at once. No look is dropped: when
// it can take no more, whoever looks waits; when it cannot write, each look is
// tried by itself, and what cannot be written down is not shown.
type gatherer struct {
	s       *Server
	in      chan gathered
	start   sync.Once
	ended   sync.Once
	stop    chan struct{}
	done    chan struct{}
	tick    func() (at <-chan time.Time, end func()) // when what waits is written
	failing atomic.Bool
	taken   atomic.Int64 // looks that were let through

	mu      sync.Mutex
	refused map[string]int64 // sign-ins that failed, by the account's id; "" all names that are none
	since   time.Time
	vain    map[string]int // what was asked for in vain, by session
	vainly  time.Time      // since when
}

type gathered struct {
	of   audited
	look store.Look
}

// audited is whose audit journal a look belongs into: a case, or the archive for
// what is of none.
type audited interface {
	Audit(context.Context) (*store.Audit, error)
}

// whose is an audited as the log names it.
func whose(of audited) string {
	if c, is := of.(*store.Case); is {
		return c.ID()
	}
	return "the archive"
}

func newGatherer(s *Server) *gatherer {
	return &gatherer{s: s, tick: everyNow, in: make(chan gathered, mostGathered), stop: make(chan struct{}), done: make(chan struct{}), refused: map[string]int64{}, vain: map[string]int{}}
}

// everyNow ticks as often as looks are written.
func everyNow() (<-chan time.Time, func()) {
	t := time.NewTicker(gatherFor)
	return t.C, t.Stop
}

// look takes what somebody looks at. When it answers nil, the look is written,
// or will be within a second.
func (g *gatherer) look(ctx context.Context, of audited, look store.Look) error {
	select {
	case <-g.stop:
		return g.write(ctx, of, look)
	default:
	}
	if look.Act.Grave() || g.failing.Load() {
		err := g.write(ctx, of, look)
		if err == nil {
			g.taken.Add(1)
		}
		return err
	}
	g.start.Do(func() { go g.run() })
	select {
	case g.in <- gathered{of, look}:
		g.taken.Add(1)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write writes down at once.
func (g *gatherer) write(ctx context.Context, of audited, looks ...store.Look) error {
	a, err := of.Audit(ctx)
	if err == nil {
		err = a.Note(ctx, looks...)
	}
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%w: who looks is written down before anything is shown, and that cannot be done now: %v", fault.Unavailable, err)
}

// run gathers until it is stopped, and then writes what it has.
func (g *gatherer) run() {
	defer close(g.done)
	waiting, n := map[audited][]store.Look{}, 0
	tick, end := g.tick()
	defer end()
	for {
		in := g.in
		if n >= mostGathered {
			in = nil // whoever looks waits until these are written
		}
		select {
		case next := <-in:
			var more bool
			if waiting[next.of], more = joined(waiting[next.of], next.look); more {
				n++
			}
		case <-tick:
			n = g.flush(waiting)
			g.tellRefused(false)
		case <-g.stop:
			for len(g.in) > 0 {
				next := <-g.in
				waiting[next.of], _ = joined(waiting[next.of], next.look)
			}
			g.flush(waiting)
			return
		}
	}
}

// joined puts a look to others; the same look by the same session is counted.
func joined(all []store.Look, look store.Look) (_ []store.Look, more bool) {
	for i, l := range all {
		if l.Event.Same(look.Event) && l.Text == look.Text {
			all[i].Times = max(l.Times, 1) + 1
			return all, false
		}
	}
	return append(all, look), true
}

// flush writes what waits, by case, and answers how much still does.
func (g *gatherer) flush(waiting map[audited][]store.Look) (left int) {
	for of, looks := range waiting {
		ctx, end := context.WithTimeout(context.Background(), writeFor)
		err := g.write(ctx, of, looks...)
		end()
		if err != nil {
			left += len(looks)
			g.s.Log.Error("who looked could not be written", "case", whose(of), "looks", len(looks), "error", err.Error())
			continue
		}
		delete(waiting, of)
	}
	g.failing.Store(left > 0)
	return left
}

// close writes what was gathered. Nobody looks any more by then.
func (g *gatherer) close() {
	g.ended.Do(func() {
		close(g.stop)
		g.start.Do(func() { close(g.done) })
		<-g.done
		g.tellRefused(true)
	})
}
