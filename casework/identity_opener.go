// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"recount/fault"
	"recount/identities"
	"recount/register"
	"recount/store"
	"recount/strongroom"
)

// ownPassphrase refuses another way than a passphrase that is long enough.
func ownPassphrase(way strongroom.Way) error {
	if way.Kind() != strongroom.ByPassphrase {
		return fmt.Errorf("%w: identities are opened by a passphrase of the opener's own; accepted is a passphrase", fault.Invalid)
	}
	return way.Fit()
}

// BecomeOpener makes whoever acts an opener, to whom identities can be sealed
// from now on. The key lies in the map, and only their passphrase opens it.
func (d Desk) BecomeOpener(ctx context.Context, way strongroom.Way, cost strongroom.Cost, why Why) (Done, error) {
	if err := ownPassphrase(way); err != nil {
		return Done{}, err
	}
	name := strings.Join(strings.Fields(d.Actor), " ")
	already := func(v store.Reader) error {
		if x, err := v.IdentityOpener(ctx, name); err == nil {
			return fmt.Errorf("%w: %s is an opener already; accepted is to change the passphrase", fault.Conflict, x.Name)
		} else if !errors.Is(err, fault.NotFound) {
			return err
		}
		return nil
	}
	if err := d.Case.Read(ctx, already); err != nil {
		return Done{}, err
	}
	m, err := d.Case.IdentityMap(ctx, true)
	if err != nil {
		return Done{}, err
	}
	o, err := m.Enrol(name, way, cost, d.Case.Now(), d.Rand)
	if err != nil {
		return Done{}, err
	}
	x := register.IdentityOpener{Opener: register.OpenerOf(name), Name: name, Key: o.Text()}
	return d.record(ctx, x.Name, x, why, func(v store.View) error { return already(v) })
}

// ChangeIdentityPassphrase has another passphrase open what is sealed to whoever
// acts. No entry says so: nothing but the ring in the map changes.
func (d Desk) ChangeIdentityPassphrase(ctx context.Context, old, way strongroom.Way, cost strongroom.Cost) error {
	if err := ownPassphrase(way); err != nil {
		return err
	}
	o, err := d.ownOpener(ctx)
	if err != nil {
		return err
	}
	m, err := d.Case.IdentityMap(ctx, false)
	if err != nil {
		return err
	}
	return m.Change(o, old, way, cost, d.Case.Now(), d.Rand)
}

// ownOpener is whoever acts, as an opener.
func (d Desk) ownOpener(ctx context.Context) (o identities.Opener, err error) {
	err = d.Case.Read(ctx, func(r store.Reader) error {
		x, err := r.IdentityOpener(ctx, d.Actor)
		if err != nil {
			return err
		}
		o, err = identities.ParseOpener(x.Name, x.Key)
		return err
	})
	return o, err
}

// openersOf are the openers of those names, each once, with their keys.
func openersOf(ctx context.Context, r store.Reader, list []string) (all []identities.Opener, folded []string, err error) {
	for _, name := range list {
		if slices.Contains(folded, register.OpenerOf(name)) {
			continue
		}
		x, err := r.IdentityOpener(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		o, err := identities.ParseOpener(x.Name, x.Key)
		if err != nil {
			return nil, nil, fmt.Errorf("opener %s: %w", x.Name, err)
		}
		all, folded = append(all, o), append(folded, x.Opener)
	}
	return all, folded, nil
}

// IsOpener tells whether identities can be sealed to whoever acts.
func (d Desk) IsOpener(ctx context.Context) (is bool, err error) {
	err = d.Case.Read(ctx, func(r store.Reader) error {
		_, err := r.IdentityOpener(ctx, d.Actor)
		is = err == nil
		if errors.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
	return is, err
}
