// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
	"recount/journal"
)

// hashReader reads the stored hashes of the tree over the headers.
type hashReader struct {
	ctx context.Context // of the one call that reads
	t   *tx
}

// ReadHashes makes a hashReader a tlog.HashReader.
func (h hashReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, number := range indexes {
		var raw []byte
		err := h.t.get(h.ctx, []any{&raw}, `SELECT hash FROM j_hash WHERE number = ?`, number)
		if errors.Is(err, sql.ErrNoRows) || err == nil && len(raw) != tlog.HashSize {
			return nil, fmt.Errorf("%w: hash %d of the tree is missing", fault.Tampered, number)
		}
		if err != nil {
			return nil, err
		}
		hashes[i] = tlog.Hash(raw)
	}
	return hashes, nil
}

// addToTree stores the hashes that a new header brings.
func addToTree(ctx context.Context, t *tx, seq int64, header []byte) error {
	hashes, err := journal.HashesFor(seq, header, hashReader{ctx, t})
	if err != nil {
		return err
	}
	first := tlog.StoredHashIndex(0, seq)
	for i, hash := range hashes {
		if _, err := t.exec(ctx, `INSERT INTO j_hash (number, hash) VALUES (?, ?)`, first+int64(i), hash[:]); err != nil {
			return err
		}
	}
	return nil
}

// ProveInclusion is the path that shows entry seq in the tree of that size.
func (c *Case) ProveInclusion(ctx context.Context, seq, size int64) (path []tlog.Hash, err error) {
	err = c.proving(ctx, size, func(r tlog.HashReader) error {
		path, err = journal.ProveInclusion(seq, size, r)
		return err
	})
	return path, err
}

// ProveConsistency shows that the tree of the size now begins with that of the
// size old.
func (c *Case) ProveConsistency(ctx context.Context, old, now int64) (p journal.Consistency, err error) {
	err = c.proving(ctx, now, func(r tlog.HashReader) error {
		p, err = journal.ProveConsistency(old, now, r)
		return err
	})
	return p, err
}

// RootAt is the root of the log's first size entries.
func (c *Case) RootAt(ctx context.Context, size int64) (root tlog.Hash, err error) {
	err = c.proving(ctx, size, func(r tlog.HashReader) error {
		root, err = journal.RootAt(size, r)
		return err
	})
	return root, err
}

func (c *Case) proving(ctx context.Context, size int64, prove func(tlog.HashReader) error) error {
	t, err := c.place.begin(ctx, reading)
	if err != nil {
		return err
	}
	defer t.rollback()
	if size > t.size {
		return fmt.Errorf("%w: the log has %d entries, not %d", fault.NotFound, t.size, size)
	}
	return prove(hashReader{ctx, t})
}

// EntryHashes are the RFC 6962 leaf hashes of the first size entries.
func (c *Case) EntryHashes(ctx context.Context, size int64) (entries []tlog.Hash, err error) {
	err = c.proving(ctx, size, func(r tlog.HashReader) error {
		indexes := make([]int64, size)
		for seq := range size {
			indexes[seq] = tlog.StoredHashIndex(0, seq)
		}
		entries, err = r.ReadHashes(indexes)
		return err
	})
	return entries, err
}
