// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
)

// alone takes the lease under which nobody stages rows.
func (c *Case) alone(ctx context.Context) (release func(), err error) {
	release, taken, err := c.place.lease(ctx, staging, true, false)
	if err != nil {
		return nil, err
	}
	if !taken {
		return nil, fmt.Errorf("%w: rows are being imported into this case; let that end first, or end it", fault.Unavailable)
	}
	return release, nil
}

// Rebuild drops the projections and writes them anew from journal, vault and
// keys. Every entry and every row is checked on the way; when anything is
// wrong the projections stay as they were. Readers and writers wait meanwhile.
// progress, which may be nil, gets entries and rows done and of all.
func (c *Case) Rebuild(ctx context.Context, progress func(done, all int64)) (err error) {
	defer fault.Wrap(&err, "rebuilding case %s", c.id)
	release, err := c.alone(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := c.loseStagedWork(ctx, LostRebuilt); err != nil {
		return err
	}
	return c.place.replace(ctx, nil, func(ctx context.Context, r replacement) error {
		keys, err := c.ring(r.oldKeys)
		if err != nil {
			return err
		}
		again := replay{c: c, from: r.old, keys: keys, to: r.tables, progress: progress}
		return again.run(ctx, r.old.size)
	})
}

// RebuildInto makes an archive in the folder dir with this case as it was when
// its log had at entries: to be asked, not to be acted on. It gets no keys, so
// that a later erasure has nothing to follow there but the folder itself,
// which is to be removed when it has served.
func (c *Case) RebuildInto(ctx context.Context, at int64, dir string) (err error) {
	defer fault.Wrap(&err, "looking back at case %s", c.id)
	from, err := c.place.begin(ctx, reading)
	if err != nil {
		return err
	}
	defer from.rollback()
	if at < 0 || at > from.size {
		return fmt.Errorf("%w: the log has %d entries; 0 to %d can be asked for, not %d", fault.Invalid, from.size, from.size, at)
	}
	keys, err := c.keys(ctx, reading)
	if err != nil {
		return err
	}
	defer keys.t.rollback()
	config := c.config.elsewhere(dir)
	a, err := Create(ctx, config, Opening{PublicName: c.publicName})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	past := identity{publicName: c.publicName, origin: c.origin, vkey: c.vkey, sealVKey: c.sealVKey}
	return a.makeCase(ctx, c.id, past, func(_ *Case, to *tx, _ *keyring) error {
		if err := copyJournal(ctx, from, to, at); err != nil {
			return err
		}
		again := replay{c: c, from: from, keys: keys, to: to}
		return again.run(ctx, at)
	})
}

// copyJournal copies the first size entries and their tree, without j_case.
func copyJournal(ctx context.Context, from, to *tx, size int64) error {
	for _, t := range journalTables() {
		limit := ""
		switch t.name {
		case "j_entry":
			limit = fmt.Sprintf(" WHERE seq < %d", size)
		case "j_hash":
			limit = fmt.Sprintf(" WHERE number < %d", tlog.StoredHashCount(size))
		case "j_checkpoint":
			limit = fmt.Sprintf(" WHERE size <= %d", size)
		default:
			continue
		}
		if err := copyTable(ctx, from, to, t, limit); err != nil {
			return err
		}
	}
	return nil
}
