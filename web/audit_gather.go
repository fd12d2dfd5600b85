// SPDX-License-Identifier: Apache-2.0

package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"recount/audit"
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
	failing atomic.Bool
	taken   atomic.Int64 // looks that were let through

	mu      sync.Mutex
	refused map[string]int64 // sign-ins that failed, by account; "" all names that are none
	since   time.Time
}

type gathered struct {
	room *store.Case
	look store.Look
}

func newGatherer(s *Server) *gatherer {
	return &gatherer{s: s, in: make(chan gathered, mostGathered), stop: make(chan struct{}), done: make(chan struct{}), refused: map[string]int64{}}
}

// look takes what somebody looks at. When it answers nil, the look is written,
// or will be within a second.
func (g *gatherer) look(ctx context.Context, room *store.Case, look store.Look) error {
	select {
	case <-g.stop:
		return g.write(ctx, room, look)
	default:
	}
	if look.Act.Grave() || g.failing.Load() {
		err := g.write(ctx, room, look)
		if err == nil {
			g.taken.Add(1)
		}
		return err
	}
	g.start.Do(func() { go g.run() })
	select {
	case g.in <- gathered{room, look}:
		g.taken.Add(1)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write writes down at once.
func (g *gatherer) write(ctx context.Context, room *store.Case, looks ...store.Look) error {
	a, err := room.Audit(ctx)
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
	waiting, n := map[*store.Case][]store.Look{}, 0
	tick := time.NewTicker(gatherFor)
	defer tick.Stop()
	for {
		in := g.in
		if n >= mostGathered {
			in = nil // whoever looks waits until these are written
		}
		select {
		case next := <-in:
			var more bool
			if waiting[next.room], more = joined(waiting[next.room], next.look); more {
				n++
			}
		case <-tick.C:
			n = g.flush(waiting)
			g.tellRefused(false)
		case <-g.stop:
			for len(g.in) > 0 {
				next := <-g.in
				waiting[next.room], _ = joined(waiting[next.room], next.look)
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
func (g *gatherer) flush(waiting map[*store.Case][]store.Look) (left int) {
	for room, looks := range waiting {
		ctx, end := context.WithTimeout(context.Background(), writeFor)
		err := g.write(ctx, room, looks...)
		end()
		if err != nil {
			left += len(looks)
			g.s.Log.Error("who looked could not be written", "case", room.ID(), "looks", len(looks), "error", err.Error())
			continue
		}
		delete(waiting, room)
	}
	g.failing.Store(left > 0)
	return left
}

// refuse counts a sign-in that failed: by account, or all together where the
// name is none of ours ("").
func (g *gatherer) refuse(account string) {
	g.start.Do(func() { go g.run() })
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.refused) == 0 {
		g.since = g.s.Now()
	}
	g.refused[account]++
}

// tellRefused writes down the sign-ins that failed, one event for each account,
// when their time is over: in the first case, as they are of none.
func (g *gatherer) tellRefused(now bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.refused) == 0 || !now && g.s.Now().Sub(g.since) < refusedFor {
		return
	}
	ctx, end := context.WithTimeout(context.Background(), writeFor)
	defer end()
	ids, err := g.s.Archive.Cases(ctx)
	if err != nil || len(ids) == 0 {
		return // told when there is a case
	}
	r, err := g.s.opened(ctx, ids[0])
	accounts, listErr := g.s.office.Accounts(ctx)
	named := map[string]string{"": "unknown"}
	for _, a := range accounts {
		named[a.ID] = a.Name
	}
	var looks []store.Look
	for account, times := range g.refused {
		e := audit.Event{Actor: cmp.Or(named[account], account), Act: audit.Refused, Kind: "sign-in", Times: times}
		looks = append(looks, store.Look{Event: e})
	}
	if err = errors.Join(err, listErr); err == nil {
		err = g.write(ctx, r.Case, looks...)
	}
	if err != nil {
		g.s.Log.Error("failed sign-ins could not be written", "accounts", len(looks), "error", err.Error())
		return
	}
	clear(g.refused)
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
