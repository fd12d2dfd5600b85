// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"
	"strconv"

	"recount/fault"
	"recount/journal"
)

// replay writes the projections anew from headers, surviving payloads and
// surviving rows, in the order of the log, and checks each of them on the way.
type replay struct {
	c        *Case
	from     *tx      // has the journal
	keys     *keyring // opens it; nothing else is asked of it meanwhile
	to       *tx      // has empty projections
	decided  decisions
	progress func(done, all int64) // entries and rows; may be nil
	done     int64
	all      int64
}

// run replays the first size entries.
func (r *replay) run(ctx context.Context, size int64) (err error) {
	r.to.origin = r.c.origin
	if r.decided, err = decided(ctx, r.from, r.keys); err != nil {
		return err
	}
	if err := r.count(ctx, size); err != nil {
		return err
	}
	for seq := range size {
		r.to.size = seq
		if err := r.entry(ctx, seq); err != nil {
			return fmt.Errorf("replaying entry %d: %w", seq, err)
		}
		r.advance(1)
	}
	r.to.size = size
	return nil
}

// count finds out how much there is to do.
func (r *replay) count(ctx context.Context, size int64) error {
	r.all = size
	if r.progress == nil {
		return nil
	}
	for seq := range size {
		s, err := readStored(ctx, r.from, seq)
		if err != nil {
			return err
		}
		kind, _ := journal.KindNamed(s.sealed.Kind)
		if kind.Index("batch") < 0 {
			continue
		}
		e, err := s.open(ctx, r.keys)
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(e.Get("n").Text(), 10, 64)
		if err == nil {
			r.all += n
		}
	}
	return nil
}

func (r *replay) advance(n int64) {
	r.done += n
	if r.progress != nil {
		r.progress(r.done, r.all)
	}
}

func (r *replay) entry(ctx context.Context, seq int64) error {
	s, err := readStored(ctx, r.from, seq)
	if err != nil {
		return err
	}
	e, err := s.open(ctx, r.keys)
	if err != nil {
		return err
	}
	if e.Erased() {
		if !r.decided.leaves[e.Header.Leaf] {
			return errKeyLost("entry", e.Header.Leaf)
		}
		return applyErased(ctx, r.to, e.Header, s.sealed.Kind)
	}
	if e.Get("batch").Text() != "" {
		if err := r.rows(ctx, e); err != nil {
			return err
		}
	}
	return r.c.apply(ctx, r.to, e)
}

// errKeyLost: a key is gone that nobody has decided to destroy.
func errKeyLost(what string, leaf journal.Leaf) error {
	return fmt.Errorf("%w: the key of %s %s is missing, and no erasure names it; the keys are incomplete", fault.Tampered, what, leaf)
}
