// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"io"

	"recount/fault"
	"recount/vault"
)

// Copy copies a case into another archive, which may be on the other engine:
// journal, keys under a new epoch key, objects, and what was published. The
// projections are written anew there. What is decided to be erased is erased
// first, so that it does not go along. Both archives then hold the same case
// with the same keys: only one may go on recording in it. fault.Conflict where
// the other archive has a case of that id.
func Copy(ctx context.Context, from, to *Archive, id string) (err error) {
	defer fault.Wrap(&err, "copying the case %q", id)
	c, err := from.Case(ctx, id)
	if err != nil {
		return err
	}
	if err := c.grows(); err != nil {
		return err
	}
	if err := c.Erase(ctx, nil); err != nil {
		return err
	}
	t, err := c.place.begin(ctx, reading)
	if err != nil {
		return err
	}
	defer t.rollback()
	keys, err := c.keys(ctx, reading)
	if err != nil {
		return err
	}
	defer keys.t.rollback()
	err = to.makeCase(ctx, id, identity{}, func(made *Case, tables *tx, ring *keyring) error {
		if err := copyObjects(ctx, c, keys, to, made); err != nil {
			return err
		}
		if err := copyTables(ctx, t, tables, journalTables()); err != nil {
			return err
		}
		d, err := decided(ctx, t, keys)
		if err != nil {
			return err
		}
		if err := rewrap(ctx, keys, ring, d, c.config.Rand); err != nil {
			return err
		}
		again := replay{c: c, from: t, keys: keys, to: tables}
		return again.run(ctx, t.size)
	})
	if err != nil {
		return err
	}
	keys.t.rollback()
	t.rollback()
	made, err := to.Case(ctx, id)
	if err != nil {
		return err
	}
	published, err := c.published()
	if err != nil || published.Size == 0 {
		return err
	}
	signed, err := c.Checkpoint(ctx, published.Size)
	if err != nil {
		return err
	}
	return made.Publish(ctx, signed)
}

// copyObjects copies the stored bytes of every object that has a key.
func copyObjects(ctx context.Context, c *Case, keys *keyring, to *Archive, made *Case) error {
	store, err := to.backend(made)
	if err != nil {
		return err
	}
	var addresses []vault.Address
	for _, t := range keyTables() {
		if t.name != "k_object" {
			continue
		}
		err := t.each(ctx, keys.t, "", func(cells []cell) error {
			address, err := thirtyTwo(cells[0].raw)
			addresses = append(addresses, address)
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, a := range addresses {
		if err := copyObject(ctx, c.store, store, a); err != nil {
			return fmt.Errorf("object %s: %w", a, err)
		}
	}
	return nil
}

func copyObject(ctx context.Context, from Stored, to vault.Backend, a vault.Address) (err error) {
	r, err := from.Open(ctx, a)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	s, err := to.Create(ctx)
	if err != nil {
		return err
	}
	if _, err := io.Copy(s, r); err != nil {
		return errors.Join(err, s.Abort())
	}
	return s.Commit(ctx, a)
}
