// SPDX-License-Identifier: Apache-2.0

// Package casework is what people do in a case, act by act: describe a source,
// run the rules that link, merge and split persons, answer a figure, freeze
// and export a dossier, plan an erasure and carry it out. It asks the domain
// packages what follows from what, and has store.Act record it. Commands, and
// whatever other face there may be, do the same acts through it.
package casework

import (
	"context"
	"fmt"
	"io"
	"reflect"

	"recount/fault"
	"recount/intake"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// Desk is a case with somebody at work in it.
type Desk struct {
	Case  *store.Case
	Actor string    // who acts, as the journal will say
	Rand  io.Reader // draws ids

	// Outside is the agreement of somebody from outside, signed, in the place of a
	// second account (docs/formats/agreement.md); "" without.
	Outside string

	// Expect is the entry by which a thing stood when somebody began to change
	// it, by the thing's id. Where it stands by another one, nothing is written
	// and the error is Stale.
	Expect map[string]int64
}

// Stale says that a thing was changed while somebody else was changing it.
type Stale struct {
	ID     string
	Newest store.EntryLine
}

func (s *Stale) Error() string {
	return fmt.Sprintf("%v: entry %d has changed %s meanwhile; nothing was written", fault.Conflict, s.Newest.Seq, s.ID)
}

// Unwrap makes it a fault.Conflict.
func (s *Stale) Unwrap() error { return fault.Conflict }

// expected refuses to go on where the thing stands by another entry.
func (d Desk) expected(ctx context.Context, v store.View, id string) error {
	seq, asked := d.Expect[id]
	if !asked {
		return nil
	}
	history, err := v.History(ctx, id)
	if err != nil {
		return err
	}
	if len(history) == 0 || history[len(history)-1].Seq == seq {
		return nil
	}
	return &Stale{ID: id, Newest: history[len(history)-1]}
}

// Why is what every act says of itself: the reason, the basis and the handling
// class (register.BasisCodes, register.HandlingCodes).
// Once is a key of whoever acts: what is new is added one time under it, and is
// found when the same is asked for again. "" each time anew.
type Why struct{ Reason, Basis, Handling, Once string }

// Act is the same, as intake has it.
func (w Why) Act() intake.Act {
	return intake.Act{Reason: w.Reason, Basis: w.Basis, Handling: w.Handling, Once: w.Once}
}

// Done is what an act leaves: the id of the thing and the entry's number.
type Done struct {
	ID  string `json:"id"`
	Seq int64  `json:"seq"`

	Known   bool    `json:"known,omitempty"`   // it was added under this key before: nothing was added
	Against []int64 `json:"against,omitempty"` // entries of decisions that this one sets aside
}

// thing is whatever describes itself to the journal.
type thing interface {
	Check() error
	Draft(reason, basis, handling string) journal.Draft
}

// record appends the entry that says x, once before finds nothing against it.
func (d Desk) record(ctx context.Context, id string, x thing, why Why, before func(store.View) error) (Done, error) {
	if err := x.Check(); err != nil {
		return Done{}, err
	}
	r, err := d.act(ctx, func(v store.View) (journal.Draft, error) {
		if err := d.expected(ctx, v, id); err != nil {
			return journal.Draft{}, err
		}
		if before != nil {
			if err := before(v); err != nil {
				return journal.Draft{}, err
			}
		}
		return x.Draft(why.Reason, why.Basis, why.Handling), nil
	})
	return Done{ID: id, Seq: r.Seq}, err
}

// DescribeSource records a source; without an id it is new.
func (d Desk) DescribeSource(ctx context.Context, x register.Source, why Why) (Done, error) {
	isNew := x.Source == ""
	if err := d.drawOnce("s", &x.Source, why); err != nil {
		return Done{}, err
	}
	done, err := d.record(ctx, x.Source, x, why, func(v store.View) error {
		for _, id := range x.DerivedFrom {
			if _, err := v.Source(ctx, id); err != nil {
				return fmt.Errorf("derived from: %w", err)
			}
		}
		if isNew {
			old, err := v.Source(ctx, x.Source)
			return before(reflect.DeepEqual(old, x), err)
		}
		_, err := v.Source(ctx, x.Source)
		return err
	})
	return d.onceDone(ctx, x.Source, done, err)
}

// DescribeIncident records an incident; without an id it is new. Of one that is
// described anew, what is closed to whoever acts stays as it was.
func (d Desk) DescribeIncident(ctx context.Context, x register.Incident, why Why) (Done, error) {
	isNew := x.Incident == ""
	if err := d.drawOnce("i", &x.Incident, why); err != nil {
		return Done{}, err
	}
	given := x
	if !isNew {
		if err := d.Case.Read(ctx, func(r store.Reader) error { return d.keepIncident(ctx, r, &x) }); err != nil {
			return Done{}, err
		}
	}
	done, err := d.record(ctx, x.Incident, x, why, func(v store.View) error {
		if x.Parent != "" {
			if _, err := v.Incident(ctx, x.Parent); err != nil {
				return fmt.Errorf("part of: %w", err)
			}
		}
		if isNew {
			old, err := v.Incident(ctx, x.Incident)
			return before(old == x, err)
		}
		now := given
		if err := d.keepIncident(ctx, v, &now); err != nil {
			return err
		}
		if now != x {
			return fmt.Errorf("%w: what is closed of incident %s, or to whom, was changed meanwhile; accepted: the same again", fault.Conflict, x.Incident)
		}
		return nil
	})
	return d.onceDone(ctx, x.Incident, done, err)
}

// keepIncident puts what is closed to whoever acts of an incident as it stands
// into what they describe it as.
func (d Desk) keepIncident(ctx context.Context, v store.View, x *register.Incident) error {
	old, err := v.Incident(ctx, x.Incident)
	if err != nil {
		return err
	}
	shut, err := shutTo(ctx, v, d.Actor, d.Case.Now())
	if err != nil {
		return err
	}
	return shut.KeepIncident(x, old)
}

// draw fills in an id where there is none.
func (d Desk) draw(prefix string, id *string) error {
	if *id != "" {
		return nil
	}
	var err error
	*id, err = register.NewID(d.Rand, prefix)
	return err
}

// unchanged refuses an act that was prepared on an earlier state of the case.
func unchanged(v store.View, base int64, what string) error {
	if v.Size() == base {
		return nil
	}
	return fmt.Errorf("%w: while %s was being prepared, %d other acts were recorded (the case had %d entries and has %d now); nothing was written, run it again", fault.Conflict, what, v.Size()-base, base, v.Size())
}
