// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"recount/access"
	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// act is store.Act for whoever sits at the desk: what is said in it has a
// handling that one person may give.
func (d Desk) act(ctx context.Context, decide func(store.View) (journal.Draft, error)) (store.Receipt, error) {
	return d.Case.Act(ctx, d.Actor, func(v store.View) (journal.Draft, error) { return held(ctx, v, d.Actor, decide) })
}

func held(ctx context.Context, v store.View, actor string, decide func(store.View) (journal.Draft, error)) (journal.Draft, error) {
	draft, err := decide(v)
	if err != nil {
		return draft, err
	}
	if follows(draft.Kind) {
		return draft, nil
	}
	return draft, mayGive(ctx, v, actor, draft.Handling)
}

// follows tells the kinds whose entries are as closed as what they are about.
func follows(kind string) bool {
	return slices.Contains([]string{"handling.changed@1", "decision.proposed@1", "decision.dropped@1", "compartment.described@1", "exhibit.redacted@1", "thing.hidden@1", "thing.shown@1", "hold.placed@1", "hold.lifted@1", "erasure.decided@2", "identity.opened@1", "pseudonym.given@1"}, kind)
}

// mayGive refuses what one person cannot give to a new thing: that it is sealed,
// or in a compartment that they are no member of. Such a compartment is not
// there for them.
func mayGive(ctx context.Context, v store.View, actor, handling string) error {
	if handling == "" {
		return nil // the entry itself says that it is missing
	}
	if err := register.CheckFirst(handling); err != nil {
		return fmt.Errorf("handling: %w", err)
	}
	return memberOf(ctx, v, actor, handling)
}

// memberOf refuses a compartment that somebody is no member of.
func memberOf(ctx context.Context, v store.View, actor, handling string) error {
	_, id := register.SplitHandling(handling)
	if id == "" {
		return nil
	}
	k, err := v.Compartment(ctx, id)
	if err != nil || !k.Has(actor) {
		return fmt.Errorf("%w: compartment %s: accepted are those that whoever acts is a member of", fault.NotFound, id)
	}
	return nil
}

// shutTo are the fields of records that are closed to somebody, by their seat in
// the case.
func shutTo(ctx context.Context, v store.View, actor string, now time.Time) (register.Shut, error) {
	seat, err := v.SeatOf(ctx, actor, now)
	if err != nil {
		return nil, err
	}
	return v.ShutTo(ctx, access.ScopeOf(access.Account{ID: actor, Name: actor}.In(seat)))
}

// closed are the handling texts of rows that are not everybody's to give.
type closed struct {
	mu  sync.Mutex
	all []string
}

// note remembers the handling of a row where it seals or names a compartment.
func (c *closed) note(kind string, values []journal.Value) {
	k, ok := journal.KindNamed(kind)
	at := k.Index("handling")
	if !ok || at < 0 || at >= len(values) {
		return
	}
	handling := values[at].Text()
	if _, in := register.SplitHandling(handling); in == "" && !register.Sealed(handling) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.all, handling) {
		c.all = append(c.all, handling)
	}
}

func (c *closed) check(ctx context.Context, v store.View, actor string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, handling := range c.all {
		if err := mayGive(ctx, v, actor, handling); err != nil {
			return fmt.Errorf("rows: %w", err)
		}
	}
	return nil
}
