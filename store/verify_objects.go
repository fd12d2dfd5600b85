// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"

	"recount/fault"
	"recount/vault"
)

// VerifyObjects reads every object of the case, exhibits as well as row files,
// and compares its bytes with its address. It answers how many there are; an
// object that differs or is missing is fault.Tampered. What was erased is not
// asked for. It reads all that the vault holds: Verify does without. progress is
// told before the first object and after each; it may be nil.
func (c *Case) VerifyObjects(ctx context.Context, progress func(done, all int64)) (n int64, err error) {
	defer fault.Wrap(&err, "verifying the objects of case %s", c.id)
	if err := c.verifyObjectKeys(ctx); err != nil {
		return 0, err
	}
	addresses, err := c.keyedObjects(ctx)
	if err != nil {
		return 0, err
	}
	if progress == nil {
		progress = func(int64, int64) {}
	}
	for i, a := range addresses {
		progress(int64(i), int64(len(addresses)))
		err := c.vault.Check(ctx, a)
		if err != nil {
			// One that was erased meanwhile, or given up, has no key any more.
			if _, gone := c.ObjectKey(ctx, a); errors.Is(gone, fault.NotFound) {
				continue
			}
		}
		if errors.Is(err, fault.NotFound) {
			return n, fmt.Errorf("%w: object %s is missing: %v", fault.Tampered, a, err)
		}
		if err != nil {
			return n, err
		}
		n++
	}
	progress(int64(len(addresses)), int64(len(addresses)))
	return n, nil
}

// keyedObjects are the objects that there are keys for.
func (c *Case) keyedObjects(ctx context.Context) (all []vault.Address, err error) {
	keys, err := c.keys(ctx, reading)
	if err != nil {
		return nil, err
	}
	defer keys.t.rollback()
	rows, err := keys.t.query(ctx, `SELECT address FROM k_object ORDER BY address`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var raw []byte
		if err := rows.Scan(&raw); err != nil {
			return nil, keys.t.dialect.fault(err)
		}
		if len(raw) != len(vault.Address{}) {
			return nil, fmt.Errorf("%w: the key of an object whose address has %d bytes", fault.Tampered, len(raw))
		}
		all = append(all, vault.Address(raw))
	}
	return all, keys.t.dialect.fault(rows.Err())
}

// verifyObjectKeys holds that every object that an entry names has its key,
// unless it was decided to be erased.
func (c *Case) verifyObjectKeys(ctx context.Context) error {
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
	d, err := decided(ctx, t, keys)
	if err != nil {
		return err
	}
	for seq := range t.size {
		s, err := readStored(ctx, t, seq)
		if err != nil {
			return err
		}
		e, err := s.open(ctx, keys)
		if err != nil {
			return err
		}
		for _, field := range []string{"object", "statement_object", "page_object"} {
			if e.Erased() || e.Kind.Index(field) < 0 {
				continue
			}
			a, err := vault.ParseAddress(e.Get(field).Text())
			if err != nil || d.objects[a] {
				continue // what an entry says wrong is Verify's to find
			}
			var there int64
			if err := keys.t.get(ctx, []any{&there}, `SELECT COUNT(*) FROM k_object WHERE address = ?`, a[:]); err != nil {
				return err
			}
			if there == 0 {
				return fmt.Errorf("%w: the key of object %s, which entry %d (%s) names, is missing, and nobody decided to erase it", fault.Tampered, a, seq, e.Kind.Name)
			}
		}
	}
	return nil
}
