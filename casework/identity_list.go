// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"time"

	"recount/fault"
	"recount/register"
	"recount/store"
)

// KnownIdentity is a protected identity as those know it who may see that it is
// protected: everything but who it is.
type KnownIdentity struct {
	Identity  string                    `json:"identity"`
	Pseudonym string                    `json:"pseudonym"`
	StandsFor string                    `json:"stands_for,omitempty"`
	Openers   []string                  `json:"openers"` // as they write themselves
	Seq       int64                     `json:"seq"`
	Opened    []Opening                 `json:"opened"` // the oldest first
	Called    []register.GivenPseudonym `json:"called"` // in dossiers, the oldest first
}

// Opening is that an identity was opened.
type Opening struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	ForWhom string    `json:"for_whom"`
	Reason  string    `json:"reason"`
}

// Identities are the protected identities that a reader may see.
func Identities(ctx context.Context, read func(context.Context, func(store.Reader) error) error) ([]KnownIdentity, error) {
	all := []KnownIdentity{}
	err := read(ctx, func(r store.Reader) error {
		return eachIdentity(ctx, r, func(x store.IdentityProtected) error {
			k, err := KnownAs(ctx, r, x)
			all = append(all, k)
			return err
		})
	})
	return all, err
}

// eachIdentity goes through all protected identities that a reader may see.
func eachIdentity(ctx context.Context, r store.Reader, do func(store.IdentityProtected) error) error {
	page := store.Page{Limit: 500}
	for {
		list, err := r.Identities(ctx, page)
		if err != nil {
			return err
		}
		for _, x := range list {
			if err := do(x); err != nil {
				return err
			}
		}
		if len(list) < page.Limit {
			return nil
		}
		page.After = list[len(list)-1].Identity
	}
}

// KnownAs is what a reader may see of a protected identity.
func KnownAs(ctx context.Context, r store.Reader, x store.IdentityProtected) (KnownIdentity, error) {
	k := KnownIdentity{Identity: x.Identity, Pseudonym: x.Pseudonym, StandsFor: x.StandsFor, Seq: x.Seq, Openers: []string{}, Opened: []Opening{}, Called: []register.GivenPseudonym{}}
	for _, folded := range x.Openers {
		o, err := r.IdentityOpener(ctx, folded)
		if errors.Is(err, fault.NotFound) {
			o.Name, err = folded, nil
		}
		if err != nil {
			return k, err
		}
		k.Openers = append(k.Openers, o.Name)
	}
	openings, err := r.IdentityOpenings(ctx, x.Identity)
	if err != nil {
		return k, err
	}
	for _, o := range openings {
		k.Opened = append(k.Opened, Opening{o.Entry.Seq, o.Entry.Time, o.Entry.Actor, o.ForWhom, o.Entry.Reason})
	}
	given, err := r.Pseudonyms(ctx, "")
	if err != nil {
		return k, err
	}
	for _, g := range given {
		if g.Identity == x.Identity {
			k.Called = append(k.Called, g)
		}
	}
	return k, nil
}
