// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"recount/fault"
	"recount/journal"
	"recount/vault"
)

// settle strikes what an entry names off the lists of work under way: every
// batch whose id stands in one of its fields, and every object whose address
// does as 64 hex digits. A frozen dossier names many.
func settle(ctx context.Context, t *tx, e journal.Entry) error {
	batches, err := batchesUnderWay(ctx, t)
	if err != nil {
		return err
	}
	for _, batch := range batches {
		if mentions(e.Values, batch) {
			for _, statement := range []string{`DELETE FROM o_batch WHERE batch = ?`, `DELETE FROM o_staging WHERE batch = ?`} {
				if _, err := t.exec(ctx, statement, batch); err != nil {
					return err
				}
			}
		}
	}
	open, err := noted(ctx, t)
	if err != nil {
		return err
	}
	for _, a := range open {
		if mentions(e.Values, a.String()) {
			if _, err := t.exec(ctx, `DELETE FROM o_object WHERE address = ?`, a[:]); err != nil {
				return err
			}
		}
	}
	return nil
}

func mentions(fields []journal.Value, id string) bool {
	return slices.ContainsFunc(fields, func(v journal.Value) bool { return strings.Contains(v.Text(), id) })
}

// batchesUnderWay are the ids of the batches that no entry names.
func batchesUnderWay(ctx context.Context, t *tx) (batches []string, err error) {
	for _, table := range officeTables() {
		if table.name != "o_batch" {
			continue
		}
		err = table.each(ctx, t, "", func(cells []cell) error {
			batches = append(batches, cells[0].chars.String)
			return nil
		})
	}
	return batches, err
}

// noted are the objects that no entry names.
func noted(ctx context.Context, t *tx) (open []vault.Address, err error) {
	for _, table := range officeTables() {
		if table.name != "o_object" {
			continue
		}
		err = table.each(ctx, t, "", func(cells []cell) error {
			if len(cells[0].raw) != len(vault.Address{}) {
				return fmt.Errorf("%w: a noted object of %d bytes", fault.Tampered, len(cells[0].raw))
			}
			open = append(open, vault.Address(cells[0].raw))
			return nil
		})
	}
	return open, err
}

// sweep takes away what was cut off: batches and objects that no entry names,
// and files of generations that were not finished or are done with. It is
// called while nobody else has the case open. Rows of work that can be gone on
// with are kept. In a log that is older than what
// is known of it nothing is swept: what it does not name, a newer copy may.
func (c *Case) sweep(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "sweeping")
	kept, err := c.kept(ctx)
	if err != nil {
		return err
	}
	batches, objects, err := c.orphans(ctx, kept)
	if err != nil {
		return err
	}
	for _, batch := range batches {
		if err := c.dropBatch(ctx, batch); err != nil {
			return err
		}
	}
	for _, a := range objects {
		if err := c.dropObject(ctx, a); err != nil {
			return err
		}
	}
	if folder, ok := c.store.(*vault.FolderBackend); ok {
		if _, err := folder.Sweep(ctx, time.Now()); err != nil {
			return err
		}
	}
	return c.sweepFiles(ctx, kept)
}

func (c *Case) orphans(ctx context.Context, kept []string) (batches []string, objects []vault.Address, err error) {
	t, err := c.place.begin(ctx, reading)
	if err != nil {
		return nil, nil, err
	}
	defer t.rollback()
	if older, err := c.older(ctx, t); err != nil || older {
		return nil, nil, err
	}
	if batches, err = batchesUnderWay(ctx, t); err != nil {
		return nil, nil, err
	}
	if objects, err = noted(ctx, t); err != nil {
		return nil, nil, err
	}
	batches = slices.DeleteFunc(batches, func(id string) bool { return slices.Contains(kept, id) })
	for _, id := range kept {
		var object []byte
		if err := t.get(ctx, []any{&object}, `SELECT object FROM o_batch WHERE batch = ?`, id); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, nil, err
		}
		objects = slices.DeleteFunc(objects, func(a vault.Address) bool { return bytes.Equal(a[:], object) })
	}
	return batches, objects, nil
}

// older tells whether the log is behind its keys or behind what was published.
func (c *Case) older(ctx context.Context, t *tx) (bool, error) {
	if err := c.notBehind(ctx, t); err != nil {
		if errors.Is(err, fault.Conflict) || errors.Is(err, fault.Tampered) {
			return true, nil // Act and Verify say so
		}
		return false, err
	}
	keys, err := c.keys(ctx, reading)
	if err != nil {
		return false, err
	}
	defer keys.t.rollback()
	keyed, err := keys.keyed(ctx)
	return keyed > t.size+1, err
}

// dropBatch takes a batch away that no entry names: rows, keys, the noted
// object, and last the note that it had begun.
func (c *Case) dropBatch(ctx context.Context, id string) (err error) {
	defer fault.Wrap(&err, "dropping batch %s", id)
	object, begun, err := c.dropRows(ctx, id)
	if err != nil || !begun {
		return err
	}
	keys, err := c.keys(ctx, acting)
	if err != nil {
		return err
	}
	defer keys.t.rollback()
	for _, statement := range []string{
		`DELETE FROM k_row WHERE batch IN (SELECT number FROM k_batch WHERE batch = ?)`,
		`DELETE FROM k_batch WHERE batch = ?`,
	} {
		if _, err := keys.t.exec(ctx, statement, id); err != nil {
			return err
		}
	}
	if err := keys.t.commit(); err != nil {
		return err
	}
	if object != nil {
		if err := c.dropObject(ctx, vault.Address(object)); err != nil {
			return err
		}
	}
	return c.note(ctx, `DELETE FROM o_batch WHERE batch = ?`, id)
}

// dropRows takes the rows of a batch out of the projections; begun is false
// for a batch that an entry names.
func (c *Case) dropRows(ctx context.Context, id string) (object []byte, begun bool, err error) {
	t, err := c.place.begin(ctx, writing)
	if err != nil {
		return nil, false, err
	}
	defer t.rollback()
	err = t.get(ctx, []any{&object}, `SELECT object FROM o_batch WHERE batch = ?`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	for _, table := range projectionTables() {
		if table.has("batch") {
			if _, err := t.exec(ctx, "DELETE FROM "+table.name+" WHERE batch = ?", id); err != nil {
				return nil, false, err
			}
		}
	}
	// First of all nobody takes up any more what is about to lack something.
	if _, err := t.exec(ctx, `DELETE FROM o_staging WHERE batch = ? AND lost IS NULL`, id); err != nil {
		return nil, false, err
	}
	return object, true, t.commit()
}

// dropNoted takes an object away unless an entry names it.
func (c *Case) dropNoted(ctx context.Context, a vault.Address) error {
	t, err := c.place.begin(ctx, reading)
	if err != nil {
		return err
	}
	open, err := noted(ctx, t)
	t.rollback()
	if err != nil || !slices.Contains(open, a) {
		return err
	}
	return c.dropObject(ctx, a)
}

// dropObject takes an object away that no entry names, with its key.
func (c *Case) dropObject(ctx context.Context, a vault.Address) error {
	keys, err := c.keys(ctx, acting)
	if err != nil {
		return err
	}
	defer keys.t.rollback()
	if _, err := keys.t.exec(ctx, `DELETE FROM k_object WHERE address = ?`, a[:]); err != nil {
		return err
	}
	if err := keys.t.commit(); err != nil {
		return err
	}
	if err := c.store.Remove(ctx, a); err != nil && !errors.Is(err, fault.NotFound) {
		return err
	}
	return c.note(ctx, `DELETE FROM o_object WHERE address = ?`, a[:])
}
