// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"recount/fault"
	"recount/register"
	"recount/store"
)

// ProposeErasingIdentity asks for an identity to be destroyed, on a ground.
func (d Desk) ProposeErasingIdentity(ctx context.Context, id, ground string, why Why) (Done, error) {
	err := d.Case.Read(ctx, func(r store.Reader) error {
		x, err := r.Identity(ctx, id)
		if err != nil {
			return err
		}
		return d.identityNotHeld(ctx, r, x)
	})
	if err != nil {
		return Done{}, err
	}
	return d.proposeAbout(ctx, id, "erase", ground, why)
}

// EraseIdentity destroys an identity that another person proposed to destroy:
// the keys of the entries that hold its shares, and of its pseudonyms, and then
// its file in the map. Where the map is not here, the file is of no use to
// anybody from now on, and is destroyed when the map is here again.
func (d Desk) EraseIdentity(ctx context.Context, decision string, why Why, progress func(done, all int64)) (Erased, error) {
	p, err := d.proposed(ctx, decision, "erase")
	if err != nil {
		return Erased{}, err
	}
	x := register.Erasure{Ground: p.Detail, Decision: decision, Outside: d.Outside, Kept: []string{"openings of " + p.Subject + ": who opened it, when and why"}}
	var was store.IdentityProtected
	var size int64
	err = d.Case.Read(ctx, func(r store.Reader) (err error) {
		size = r.Size()
		was, err = d.goesWith(ctx, r, p, &x)
		return err
	})
	if err != nil {
		return Erased{}, err
	}
	if err := twoPeople(x.Deciders); err != nil {
		return Erased{}, err
	}
	if err := d.draw("z", &x.Erasure); err != nil {
		return Erased{}, err
	}
	done, err := d.record(ctx, x.Erasure, x, Why{Reason: why.Reason, Basis: why.Basis, Handling: p.Entry.Handling}, func(v store.View) error {
		if _, err := d.agreed(ctx, v, decision, p.Proposal); err != nil {
			return err
		}
		return errors.Join(d.identityNotHeld(ctx, v, was), unchanged(v, size, "the erasure"))
	})
	erased := Erased{Done: done, Leaves: len(x.Leaves), Destroyed: []string{p.Subject}, Redacted: map[string]string{}, Kept: x.Kept}
	if err != nil {
		return erased, err
	}
	if err := d.Case.Erase(ctx, progress); err != nil {
		return erased, fmt.Errorf("the decision is recorded as entry %d, and is carried out when the case is opened next: %w", done.Seq, err)
	}
	return erased, d.dropSealed(ctx, was)
}

// goesWith fills in what an erasure of an identity destroys, and who decides.
func (d Desk) goesWith(ctx context.Context, r store.Reader, p store.Proposed, x *register.Erasure) (was store.IdentityProtected, err error) {
	if was, err = r.Identity(ctx, p.Subject); err != nil {
		return was, err
	}
	if _, err := d.handlingOf(ctx, r, was); err != nil {
		return was, err
	}
	if x.Leaves, err = leavesOfIdentity(ctx, r, p.Subject); err != nil {
		return was, err
	}
	sum := sha256.Sum256([]byte("recount identity erasure/1\n" + p.Subject + "\n" + strings.Join(x.Leaves, "\n") + "\n"))
	x.PlanSHA256 = hex.EncodeToString(sum[:])
	x.Deciders, err = d.deciders(ctx, r, p)
	return was, err
}

// identityNotHeld refuses to erase an identity while a legal hold is in force on
// the case, or on the source or person that it stands for.
func (d Desk) identityNotHeld(ctx context.Context, v store.View, x store.IdentityProtected) error {
	all, err := v.Holds(ctx)
	if err != nil {
		return err
	}
	for _, h := range all {
		if h.InForce(today(d.Case)) && (h.SubjectKind == "case" || x.StandsFor != "" && h.Subject == x.StandsFor) {
			return fmt.Errorf("%w: a legal hold outranks an erasure: %s on the %s %s holds this identity; accepted is to have the hold lifted by two people", fault.Forbidden, h.Hold, h.SubjectKind, h.Subject)
		}
	}
	return nil
}

// dropSealed destroys the file of an identity whose keys are destroyed already.
func (d Desk) dropSealed(ctx context.Context, x store.IdentityProtected) error {
	m, err := d.Case.IdentityMap(ctx, false)
	if errors.Is(err, fault.Unavailable) {
		return fmt.Errorf("%w: identity %s is erased, and what the map still holds of it opens for nobody; it is destroyed once the map is here and recount identity sweep is run: %w", ErrMapAway, x.Identity, err)
	}
	if err != nil {
		return err
	}
	return m.Drop(x.Sealed)
}

// ErrMapAway is wrapped where an erasure was carried out but for the file in a
// map that is not here.
var ErrMapAway = errors.New("the map of identities is away")

// leavesOfIdentity are the entries that hold shares of an identity's key, and
// those of its pseudonyms.
func leavesOfIdentity(ctx context.Context, r store.Reader, id string) ([]string, error) {
	history, err := r.History(ctx, id)
	if err != nil {
		return nil, err
	}
	var leaves []string
	for _, e := range history {
		leaves = append(leaves, e.Leaf.String())
	}
	given, err := r.PseudonymEntries(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, e := range given {
		leaves = append(leaves, e.Leaf.String())
	}
	return onceEach(leaves), nil
}
