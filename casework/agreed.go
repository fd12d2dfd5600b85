// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"recount/fault"
	"recount/register"
	"recount/store"
)

// AgreementOn is what a second from outside signs to agree to a proposal.
func (d Desk) AgreementOn(ctx context.Context, decision string) (a register.Agreement, err error) {
	err = d.Case.Read(ctx, func(r store.Reader) error {
		p, err := r.Proposed(ctx, decision)
		a = register.AgreementTo(d.Case.Origin(), p.Proposal, p.Entry.Leaf)
		return err
	})
	return a, err
}

// signed holds that somebody from outside, who is named in the case and counts
// today, has signed this proposal.
func (d Desk) signed(ctx context.Context, v store.View, p store.Proposed) (register.Second, error) {
	seconds, err := v.Seconds(ctx)
	if err != nil {
		return register.Second{}, err
	}
	day := today(d.Case)
	seconds = slices.DeleteFunc(seconds, func(s register.Second) bool { return !s.Counts(day) })
	return register.AgreementTo(d.Case.Origin(), p.Proposal, p.Entry.Leaf).SignedBy(d.Outside, seconds)
}

// ProposeShowing asks for what is hidden to be shown again.
func (d Desk) ProposeShowing(ctx context.Context, kind, subject string, why Why) (Done, error) {
	err := d.Case.Read(ctx, func(r store.Reader) error { return d.mayShow(ctx, r, kind, subject) })
	if err != nil {
		return Done{}, err
	}
	if why, err = d.asClosed(ctx, kind, subject, why); err != nil {
		return Done{}, err
	}
	return d.Propose(ctx, register.Proposal{Act: "show", SubjectKind: kind, Subject: subject}, why)
}

func (d Desk) mayShow(ctx context.Context, v store.View, kind, subject string) error {
	hidden, err := isHidden(ctx, v, kind, subject)
	if err == nil && !hidden {
		err = fmt.Errorf("%w: %s %s is not hidden", fault.Invalid, kind, subject)
	}
	return err
}

// asClosed gives what is said about a thing the most closed class that it has.
func (d Desk) asClosed(ctx context.Context, kind, subject string, why Why) (Why, error) {
	err := d.Case.Read(ctx, func(r store.Reader) (err error) {
		why, err = mostClosed(ctx, r, kind, subject, why)
		return err
	})
	return why, err
}

// ProposeLifting asks for a hold to be lifted.
func (d Desk) ProposeLifting(ctx context.Context, hold string, why Why) (Done, error) {
	var x register.Hold
	err := d.Case.Read(ctx, func(r store.Reader) (err error) {
		x, err = r.Hold(ctx, hold)
		return err
	})
	if err != nil {
		return Done{}, err
	}
	// What it is on may be erased by now, and the hold with nothing left to hold.
	if why, err = d.asClosed(ctx, x.SubjectKind, x.Subject, why); err != nil && !errors.Is(err, fault.NotFound) {
		return Done{}, err
	}
	return d.Propose(ctx, register.Proposal{Act: "lift-hold", SubjectKind: "hold", Subject: hold}, why)
}

// carryOut does what was proposed about a hidden thing or a hold; the second
// person is the one who acts, or has signed.
func (d Desk) carryOut(ctx context.Context, p store.Proposed, why Why) (Done, error) {
	var x thing
	want := register.Proposal{Act: p.Act, SubjectKind: p.SubjectKind, Subject: p.Subject}
	before := func(v store.View) error { return d.mayShow(ctx, v, p.SubjectKind, p.Subject) }
	switch p.Act {
	case "show":
		x = register.Showing{SubjectKind: p.SubjectKind, Subject: p.Subject, Decision: p.Decision, Outside: d.Outside}
	default:
		x = register.LiftedHold{Hold: p.Subject, Decision: p.Decision, Outside: d.Outside}
		before = func(v store.View) error {
			_, err := v.Hold(ctx, p.Subject)
			return err
		}
	}
	why.Handling = p.Entry.Handling
	return d.record(ctx, p.Subject, x, why, func(v store.View) error {
		if _, err := d.agreed(ctx, v, p.Decision, want); err != nil {
			return err
		}
		return before(v)
	})
}
