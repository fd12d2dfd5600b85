// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"recount/audit"
	"recount/fault"
	"recount/identities"
	"recount/register"
	"recount/store"
	"recount/strongroom"
)

// unsealed opens an identity with the passphrase of whoever acts. That it did
// not open is in the audit journal.
func (d Desk) unsealed(ctx context.Context, m *identities.Map, id, session string, way strongroom.Way) (x store.IdentityProtected, c identities.Content, err error) {
	err = d.Case.Read(ctx, func(r store.Reader) error {
		if x, err = r.Identity(ctx, id); err != nil {
			return err
		}
		_, err = d.handlingOf(ctx, r, x)
		return err
	})
	if err != nil {
		return x, c, err
	}
	if !slices.Contains(x.Openers, register.OpenerOf(d.Actor)) {
		err := fmt.Errorf("%w: %s is no opener of identity %s; accepted is one of those who are named as its openers", fault.Forbidden, d.Actor, id)
		return x, c, errors.Join(err, d.look(ctx, audit.Refused, id, session, didNotOpen))
	}
	key, err := d.ownKey(ctx, m, id, session, way)
	if err != nil {
		return x, c, err
	}
	if c, err = d.openWith(ctx, m, key, x); errors.Is(err, fault.Forbidden) || errors.Is(err, fault.Tampered) {
		err = errors.Join(err, d.look(ctx, audit.Refused, id, session, didNotOpen))
	}
	return x, c, err
}

const didNotOpen = "it did not open"

// ownKey is the key of whoever acts, which their passphrase opens. A passphrase
// that does not is in the audit journal, with what it was tried on.
func (d Desk) ownKey(ctx context.Context, m *identities.Map, id, session string, way strongroom.Way) (identities.OpenerKey, error) {
	o, err := d.ownOpener(ctx)
	if err != nil {
		return identities.OpenerKey{}, err
	}
	key, err := m.Unlock(o, way)
	if errors.Is(err, fault.Forbidden) || errors.Is(err, fault.Tampered) {
		err = errors.Join(err, d.look(ctx, audit.Refused, id, session, didNotOpen))
	}
	return key, err
}

// openWith opens the sealed file of an identity with an opener's key and the
// share that its entry holds.
func (d Desk) openWith(ctx context.Context, m *identities.Map, key identities.OpenerKey, x store.IdentityProtected) (identities.Content, error) {
	e, err := d.Case.OpenEntry(ctx, x.Seq)
	if err != nil {
		return identities.Content{}, err
	}
	whole, err := register.ProtectedIdentityFrom(e)
	if err != nil {
		return identities.Content{}, err
	}
	share, err := identities.ParseShare(whole.Share)
	if err != nil {
		return identities.Content{}, err
	}
	file, err := m.Get(x.Sealed)
	if err != nil {
		return identities.Content{}, err
	}
	return key.Open(identities.Bound{Origin: d.Case.Origin(), Identity: x.Identity}, file, share)
}

// sweepGrace is how long a sealed file waits for the entry that names it.
const sweepGrace = time.Hour

// SweepIdentities destroys the files of the map that the journal names no more,
// or never came to name.
func (d Desk) SweepIdentities(ctx context.Context, m *identities.Map) error {
	named := map[string]bool{}
	err := d.Case.Read(ctx, func(r store.Reader) error {
		return eachIdentity(ctx, r, func(x store.IdentityProtected) error {
			named[x.Sealed] = true
			return nil
		})
	})
	if err != nil {
		return err
	}
	_, err = m.Sweep(named, d.Case.Now(), sweepGrace)
	return err
}
