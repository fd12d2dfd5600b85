// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"fmt"
	"slices"

	"recount/fault"
	"recount/identities"
	"recount/journal"
	"recount/names"
	"recount/register"
	"recount/store"
)

// drawTries is how often a pseudonym is drawn until it is free.
const drawTries = 100

// drawPseudonym fills in one that nobody has where there is none.
func (d Desk) drawPseudonym(ctx context.Context, p *string) error {
	if *p != "" {
		return nil
	}
	return d.Case.Read(ctx, func(r store.Reader) error {
		for range drawTries {
			drawn, err := identities.DrawPseudonym(d.Rand)
			if err != nil {
				return err
			}
			if pseudonymFree(ctx, r, register.GivenPseudonym{Pseudonym: drawn}) == nil {
				*p = drawn
				return nil
			}
		}
		return fmt.Errorf("%w: no free pseudonym was drawn in %d tries; accepted is one that is typed", fault.Conflict, drawTries)
	})
}

// pseudonymFree refuses a pseudonym that is another person's, or the same
// person's elsewhere: readers could join the two. Only one that is linked on
// purpose may be that of another dossier. An empty dossier is the case itself.
func pseudonymFree(ctx context.Context, r store.Reader, x register.GivenPseudonym) error {
	folded := names.Fold(x.Pseudonym)
	err := eachIdentity(ctx, r, func(other store.IdentityProtected) error {
		if names.Fold(other.Pseudonym) == folded && (other.Identity != x.Identity || x.Dossier != "") {
			return fmt.Errorf("%w: the pseudonym %q is one that the case itself uses; accepted is another", fault.Conflict, x.Pseudonym)
		}
		return nil
	})
	if err != nil {
		return err
	}
	given, err := r.Pseudonyms(ctx, "")
	if err != nil {
		return err
	}
	for _, g := range given {
		same := g.Identity == x.Identity && (g.Dossier == x.Dossier || x.LinkedTo != "" && x.LinkedTo == g.Dossier)
		if names.Fold(g.Pseudonym) == folded && !same {
			return fmt.Errorf("%w: the pseudonym %q is used in another dossier, or for somebody else in this one: whoever reads both would take the two for one person; accepted is another, or, for the same person, to link the two dossiers on purpose", fault.Conflict, x.Pseudonym)
		}
	}
	return nil
}

// GivePseudonym says what a protected person is called in a dossier from its
// next edition on. Without a pseudonym it is that of the dossier that it is
// linked to, or else one is drawn; the one that was given is answered.
func (d Desk) GivePseudonym(ctx context.Context, x register.GivenPseudonym, why Why) (Done, string, error) {
	if x.LinkedTo != "" && x.Pseudonym == "" {
		err := d.Case.Read(ctx, func(r store.Reader) (err error) {
			x.Pseudonym, err = calledIn(ctx, r, x.LinkedTo, x.Identity)
			return err
		})
		if err != nil {
			return Done{}, "", err
		}
	}
	if err := d.drawPseudonym(ctx, &x.Pseudonym); err != nil {
		return Done{}, "", err
	}
	if err := identities.CheckPseudonym(x.Pseudonym); err != nil {
		return Done{}, "", err
	}
	if err := x.Check(); err != nil {
		return Done{}, "", err
	}
	r, err := d.act(ctx, func(v store.View) (journal.Draft, error) {
		protected, err := v.Identity(ctx, x.Identity)
		if err != nil {
			return journal.Draft{}, err
		}
		if _, err := v.Dossier(ctx, x.Dossier); err != nil {
			return journal.Draft{}, err
		}
		if err := pseudonymFree(ctx, v, x); err != nil {
			return journal.Draft{}, err
		}
		handling, err := d.handlingOf(ctx, v, protected)
		return x.Draft(why.Reason, why.Basis, handling), err
	})
	return Done{ID: x.Identity, Seq: r.Seq}, x.Pseudonym, err
}

// calledIn is what a protected person is called in a dossier. fault.NotFound.
func calledIn(ctx context.Context, r store.Reader, dossierID, id string) (string, error) {
	given, err := r.Pseudonyms(ctx, dossierID)
	if err != nil {
		return "", err
	}
	for _, g := range slices.Backward(given) {
		if g.Identity == id {
			return g.Pseudonym, nil
		}
	}
	return "", fmt.Errorf("%w: %s has no pseudonym in dossier %s; recount identity pseudonym %s %s gives one", fault.NotFound, id, dossierID, id, dossierID)
}
