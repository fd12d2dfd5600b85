// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"sync"
	"time"
)

// Tries holds back who fails too often, by whatever name they are told apart: an
// account's as it is typed, or an address. It keeps in memory as many as fit,
// and is safe for concurrent use.
type Tries struct {
	free  int           // failures that cost nothing
	most  time.Duration // the longest wait
	limit int

	mu    sync.Mutex
	known map[string]tried
}

type tried struct {
	failed int
	next   time.Time // no try before
	last   time.Time
}

// NewTries lets free failures pass; after each further one the wait doubles,
// from a second up to a quarter of an hour.
func NewTries(free int) *Tries {
	return &Tries{free: free, most: 15 * time.Minute, limit: 10_000, known: map[string]tried{}}
}

// Wait is how long somebody has to wait before the next try; 0: not at all.
func (t *Tries) Wait(who string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(0, t.known[who].next.Sub(now))
}

// Failed notes a failure.
func (t *Tries) Failed(who string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := t.known[who]
	if now.Sub(one.last) > 2*t.most {
		one = tried{}
	}
	one.failed, one.last = one.failed+1, now
	if over := one.failed - t.free; over > 0 {
		one.next = now.Add(min(t.most, time.Second<<min(over-1, 20)))
	}
	if _, there := t.known[who]; !there && len(t.known) >= t.limit {
		t.drop(now)
	}
	t.known[who] = one
}

// Passed forgets somebody who got in.
func (t *Tries) Passed(who string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.known, who)
}

// drop makes room: all that are out of date, or else whoever failed longest ago.
func (t *Tries) drop(now time.Time) {
	oldest, at := "", now
	for who, one := range t.known {
		if now.Sub(one.last) > 2*t.most {
			delete(t.known, who)
		} else if !one.last.After(at) {
			oldest, at = who, one.last
		}
	}
	if len(t.known) >= t.limit {
		delete(t.known, oldest)
	}
}
