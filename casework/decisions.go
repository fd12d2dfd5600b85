// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"fmt"

	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// Propose records what one person asks for and a second has to agree to; without
// an id it is new. The entry is as closed as what it is about.
func (d Desk) Propose(ctx context.Context, x register.Proposal, why Why) (Done, error) {
	if err := d.draw("q", &x.Decision); err != nil {
		return Done{}, err
	}
	x.DetailSHA256 = register.DetailSHA256(x.Detail)
	switch x.Act {
	case "lower", "seal":
		return d.proposeHandling(ctx, x, why)
	}
	return d.record(ctx, x.Decision, x, why, nil)
}

func (d Desk) proposeHandling(ctx context.Context, x register.Proposal, why Why) (Done, error) {
	err := d.Case.Read(ctx, func(r store.Reader) error {
		change, err := d.change(ctx, r, x.SubjectKind, x.Subject, x.To)
		if err != nil {
			return err
		}
		if !change.TakesTwo() {
			return fmt.Errorf("%w: to %s from %s closes it, which one person does at once: nothing is to be proposed", fault.Invalid, change.To, change.From)
		}
		change.Decision = x.Decision
		if err := change.Check(); err != nil {
			return err
		}
		x.Act = "lower"
		if register.Sealed(x.To) && !register.MoreOpen(x.To, change.From) {
			x.Act = "seal"
		}
		why.Handling = change.From
		return nil
	})
	if err != nil {
		return Done{}, err
	}
	return d.record(ctx, x.Decision, x, why, nil)
}

// change is what changing the handling of a thing comes to, as it stands now.
func (d Desk) change(ctx context.Context, v store.View, kind, subject, to string) (register.Reclassed, error) {
	from, err := v.HandlingOf(ctx, kind, subject)
	if err != nil {
		return register.Reclassed{}, err
	}
	if memberOf(ctx, v, d.Actor, from) != nil {
		return register.Reclassed{}, fmt.Errorf("%w: %s %s", fault.NotFound, kind, subject)
	}
	if err := memberOf(ctx, v, d.Actor, to); err != nil {
		return register.Reclassed{}, err
	}
	return register.Reclassed{SubjectKind: kind, Subject: subject, From: from, To: to}, nil
}

// Close gives a thing a more closed handling, at once and by one person.
func (d Desk) Close(ctx context.Context, kind, subject, to string, why Why) (Done, error) {
	return d.reclass(ctx, kind, subject, to, "", why)
}

func (d Desk) reclass(ctx context.Context, kind, subject, to, decision string, why Why) (Done, error) {
	var x register.Reclassed
	r, err := d.act(ctx, func(v store.View) (journal.Draft, error) {
		var err error
		if x, err = d.change(ctx, v, kind, subject, to); err != nil {
			return journal.Draft{}, err
		}
		x.Decision, x.Outside = decision, d.Outside
		if decision != "" {
			if _, err := d.agreed(ctx, v, decision, register.Proposal{SubjectKind: kind, Subject: subject, To: to}); err != nil {
				return journal.Draft{}, err
			}
		} else if x.TakesTwo() {
			return journal.Draft{}, fmt.Errorf("%w: %s to %s: opening something to more people, and sealing it, take two people; accepted is to propose it, and have another person agree", fault.Forbidden, x.From, to)
		}
		if err := x.Check(); err != nil {
			return journal.Draft{}, err
		}
		handling := x.From
		if register.MoreClosed(x.To, x.From) {
			handling = x.To
		}
		return x.Draft(why.Reason, why.Basis, handling), nil
	})
	return Done{ID: subject, Seq: r.Seq}, err
}

// agreed is the proposal that an act carries out: open, about the same, and made
// by somebody else than who acts now.
func (d Desk) agreed(ctx context.Context, v store.View, decision string, want register.Proposal) (store.Proposed, error) {
	p, err := v.Proposed(ctx, decision)
	if err != nil {
		return p, err
	}
	switch {
	case !p.Open():
		return p, fmt.Errorf("%w: %s was settled by entry %d already", fault.Conflict, decision, p.Settled)
	case p.SubjectKind != want.SubjectKind || p.Subject != want.Subject || p.To != want.To || want.Act != "" && p.Act != want.Act:
		return p, fmt.Errorf("%w: %s is about something else: %s of %s %s to %q", fault.Invalid, decision, p.Act, p.SubjectKind, p.Subject, p.To)
	case d.Outside != "":
		_, err := d.signed(ctx, v, p)
		return p, err
	case p.Entry.Actor == "" || samePerson(p.Entry.Actor, d.Actor):
		return p, fmt.Errorf("%w: %s was proposed by %s: whoever proposes cannot agree; accepted is another person, or the signed agreement of somebody from outside who is named in this case", fault.Forbidden, decision, d.Actor)
	}
	return p, nil
}

// Confirm agrees, as a second person, to what another has proposed, and does it.
func (d Desk) Confirm(ctx context.Context, decision string, why Why) (Done, error) {
	var p store.Proposed
	err := d.Case.Read(ctx, func(r store.Reader) (err error) {
		p, err = r.Proposed(ctx, decision)
		return err
	})
	if err != nil {
		return Done{}, err
	}
	switch p.Act {
	case "lower", "seal":
		return d.reclass(ctx, p.SubjectKind, p.Subject, p.To, decision, why)
	case "show", "lift-hold":
		return d.carryOut(ctx, p, why)
	}
	if p.Act == "reveal" {
		return Done{}, fmt.Errorf("%w: %s asks for an identity to be opened, which one of its openers does with their own passphrase: recount identity open %s, or its page", fault.Invalid, decision, decision)
	}
	return Done{}, fmt.Errorf("%w: %s, to %s, is carried out where that is done, not here", fault.Invalid, decision, p.Act)
}

// Drop settles a proposal without carrying it out: whoever made it takes it
// back (own), anybody else refuses it.
func (d Desk) Drop(ctx context.Context, decision string, own bool, why Why) (Done, error) {
	r, err := d.act(ctx, func(v store.View) (journal.Draft, error) {
		p, err := v.Proposed(ctx, decision)
		if err != nil {
			return journal.Draft{}, err
		}
		if !p.Open() {
			return journal.Draft{}, fmt.Errorf("%w: %s was settled by entry %d already", fault.Conflict, decision, p.Settled)
		}
		if made := samePerson(p.Entry.Actor, d.Actor); own && !made {
			return journal.Draft{}, fmt.Errorf("%w: %s was proposed by somebody else: accepted is to refuse it, as a second person", fault.Forbidden, decision)
		} else if made && !own {
			return journal.Draft{}, fmt.Errorf("%w: %s was proposed by %s, who can take it back and not refuse it", fault.Forbidden, decision, d.Actor)
		}
		return register.Dropped{Decision: decision}.Draft(why.Reason, why.Basis, p.Entry.Handling), nil
	})
	return Done{ID: decision, Seq: r.Seq}, err
}
