// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
	"recount/journal"
)

// Verify checks the whole case: the headers are contiguous and this case's;
// the tree is the one over them; every checkpoint is signed and has the root
// that it claims, and the published one is among them; every payload and every
// row that was not erased is what its leaf says; every row file has the rows
// and the root that its entry says; and the projections are what a replay of
// all that gives, in a database that SQLite finds whole and whose schema is this
// program's. Anything else answers fault.Tampered and says where.
func (c *Case) Verify(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "verifying case %s", c.id)
	defer func() {
		if errors.Is(err, fault.NotFound) { // the case is there: what it names has to be there as well
			err = fmt.Errorf("%w: something that the journal names is missing: %v", fault.Tampered, err)
		}
	}()
	t, err := c.place.begin(ctx, reading)
	if err != nil {
		return err
	}
	defer t.rollback()
	t.origin = c.origin
	if err := c.verifyLog(ctx, t); err != nil {
		return err
	}
	if err := c.verifyCheckpoints(ctx, t); err != nil {
		return err
	}
	if err := c.notBehind(ctx, t); err != nil {
		return err
	}
	if err := c.verifyTravel(ctx, t); err != nil {
		return err
	}
	if c.skey == "" && c.travel == nil {
		return nil // a look back has no keys to open payloads with
	}
	if err := c.verifyAgreed(ctx, t); err != nil {
		return err
	}
	return c.verifyProjections(ctx, t)
}

// verifyLog computes the tree anew from the headers.
func (c *Case) verifyLog(ctx context.Context, t *tx) error {
	var tree journal.Tree
	for seq := range t.size {
		s, err := readStored(ctx, t, seq)
		if errors.Is(err, fault.NotFound) {
			return fmt.Errorf("%w: entry %d is missing; the log has %d", fault.Tampered, seq, t.size)
		}
		if err != nil {
			return err
		}
		if s.header.Origin != c.origin {
			return fmt.Errorf("%w: entry %d is of %s; this case is %s", fault.Tampered, seq, s.header.Origin, c.origin)
		}
		if err := tree.Add(s.record); err != nil {
			return err
		}
	}
	next, count := int64(0), tlog.StoredHashCount(t.size)
	for _, table := range journalTables() {
		if table.name != "j_hash" {
			continue
		}
		err := table.each(ctx, t, "", func(cells []cell) error {
			want, err := tree.ReadHashes([]int64{next})
			if err != nil || cells[0].number.Int64 != next || !slices.Equal(cells[1].raw, want[0][:]) {
				return fmt.Errorf("%w: hash %d of the tree is not the one over the headers", fault.Tampered, cells[0].number.Int64)
			}
			next++
			return nil
		})
		if err != nil {
			return err
		}
	}
	if next != count {
		return fmt.Errorf("%w: the tree has %d hashes; %d belong to %d entries", fault.Tampered, next, count, t.size)
	}
	return nil
}

func (c *Case) verifyCheckpoints(ctx context.Context, t *tx) error {
	size := int64(0)
	for _, table := range journalTables() {
		if table.name != "j_checkpoint" {
			continue
		}
		var notes [][]byte
		err := table.each(ctx, t, "", func(cells []cell) error {
			if size++; cells[0].number.Int64 != size {
				return fmt.Errorf("%w: the checkpoint of size %d is missing", fault.Tampered, size)
			}
			notes = append(notes, cells[1].raw)
			return nil
		})
		if err != nil {
			return err
		}
		for i, note := range notes {
			checkpoint, _, err := journal.OpenCheckpoint(note, c.vkey)
			if err != nil || checkpoint.Size != int64(i)+1 {
				return fmt.Errorf("%w: the checkpoint of size %d is not one that this case signed: %v", fault.Tampered, i+1, err)
			}
			if err := c.holds(ctx, t, checkpoint); err != nil {
				return fmt.Errorf("%w: %w", fault.Tampered, err)
			}
		}
	}
	if size != t.size {
		return fmt.Errorf("%w: there are %d checkpoints for %d entries", fault.Tampered, size, t.size)
	}
	return nil
}

// verifyProjections replays into a temporary database and compares the dumps.
func (c *Case) verifyProjections(ctx context.Context, t *tx) (err error) {
	dir, err := os.MkdirTemp(c.dir, "staging-verify-")
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := c.verifyDatabases(ctx, t, dir); err != nil {
		return err
	}
	scratch, err := c.config.disk().under(passingEpoch).newFresh(ctx, filepath.Join(dir, "case.db"), (*tx).schema)
	if err != nil {
		return err
	}
	defer scratch.drop()
	keys, err := c.keys(ctx, reading)
	if err != nil {
		return err
	}
	defer keys.t.rollback()
	again := replay{c: c, from: t, keys: keys, to: scratch.tx}
	if err := again.run(ctx, t.size); err != nil {
		return err
	}
	want, err := dump(ctx, scratch.tx, io.Discard, "")
	if err != nil {
		return err
	}
	got, err := dump(ctx, t, io.Discard, liveRows)
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%w: the projections (dump %x) are not what the journal gives (dump %x): they were changed by hand or by a fault; a rebuild puts them right", fault.Tampered, got, want)
	}
	return nil
}
