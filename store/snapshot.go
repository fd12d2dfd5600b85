// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"recount/fault"
	"recount/journal"
	"recount/vault"
)

// Snapshot is a case as it is at one moment, to be copied elsewhere: its
// journal, the keys of what that journal names, and the objects. Others read
// and act meanwhile; a rebuild and an erasure wait until Close. It is for one
// goroutine.
type Snapshot struct {
	c         *Case
	t         *tx
	keys      *keyring
	decided   decisions
	published []byte // the largest checkpoint that was published; nil: none
	unsigned  bool   // the keys to sign with are left out
	underWay  struct {
		objects map[vault.Address]bool
		batches map[string]bool
	}
}

// Snapshot takes one. What is decided to be erased is not in it, whether or
// not that has been carried out; neither is work under way, which no entry
// names. fault.Forbidden for a look back, which has no keys.
func (c *Case) Snapshot(ctx context.Context) (s *Snapshot, err error) {
	defer fault.Wrap(&err, "taking a snapshot of case %s", c.id)
	if c.travel != nil {
		return nil, fmt.Errorf("%w: this is a travel copy of case %s; accepted is to copy the case itself, at home", fault.Conflict, c.id)
	}
	if c.skey == "" {
		return nil, fmt.Errorf("%w: this is a look back at a case: it has no keys to be kept", fault.Forbidden)
	}
	s = &Snapshot{c: c}
	var keys *tx
	s.t, keys, err = c.place.snapshot(ctx, func() (err error) {
		// Nobody publishes meanwhile, so it is not ahead of the journal.
		s.published, err = c.config.readFile(c.publishedFile())
		if errors.Is(err, fs.ErrNotExist) {
			s.published, err = nil, nil
		}
		if err != nil {
			return fmt.Errorf("the published checkpoint: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if s.keys, err = c.ring(keys); err != nil {
		keys.rollback()
		s.t.rollback()
		return nil, err
	}
	if err := s.read(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Snapshot) read(ctx context.Context) (err error) {
	if s.published != nil {
		if err := s.Holds(ctx, s.published); err != nil {
			return fmt.Errorf("what was published: %w", err)
		}
	}
	if s.decided, err = decided(ctx, s.t, s.keys); err != nil {
		return err
	}
	open, err := noted(ctx, s.t)
	if err != nil {
		return err
	}
	s.underWay.objects = map[vault.Address]bool{}
	for _, a := range open {
		s.underWay.objects[a] = true
	}
	batches, err := batchesUnderWay(ctx, s.t)
	s.underWay.batches = map[string]bool{}
	for _, b := range batches {
		s.underWay.batches[b] = true
	}
	return err
}

// Close lets the snapshot go.
func (s *Snapshot) Close() {
	s.keys.t.rollback()
	s.t.rollback()
}

// Size is the number of entries in the snapshot's journal.
func (s *Snapshot) Size() int64 { return s.t.size }

// Erased is the size of the log up to its last decision to erase; 0: none.
func (s *Snapshot) Erased() int64 { return s.decided.size }

// Published is the largest checkpoint of the case that has left the archive,
// as it was signed; nil where none has.
func (s *Snapshot) Published() []byte { return s.published }

// Checkpoint is the signed checkpoint of the snapshot's journal.
func (s *Snapshot) Checkpoint(ctx context.Context) (signed []byte, err error) {
	err = s.t.get(ctx, []any{&signed}, `SELECT note FROM j_checkpoint WHERE size = ?`, s.t.size)
	return signed, err
}

// Holds tells whether the journal leads to a checkpoint that was signed by
// this case: fault.Conflict where the journal is shorter, fault.Tampered
// where it has another history.
func (s *Snapshot) Holds(ctx context.Context, signed []byte) error {
	checkpoint, _, err := journal.OpenCheckpoint(signed, s.c.vkey)
	if err != nil {
		return err
	}
	if checkpoint.Size > s.t.size {
		return fmt.Errorf("%w: this journal has %d entries, and there was one of %d: this is an older copy of the case", fault.Conflict, s.t.size, checkpoint.Size)
	}
	return s.c.holds(ctx, s.t, checkpoint)
}

// ErasedEntries are the numbers, ascending, of the entries whose content is
// decided to be erased.
func (s *Snapshot) ErasedEntries(ctx context.Context) (seqs []int64, err error) {
	if len(s.decided.leaves) == 0 {
		return nil, nil
	}
	rows, err := s.t.query(ctx, `SELECT seq, leaf FROM j_entry ORDER BY seq`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var seq int64
		var leaf []byte
		if err := rows.Scan(&seq, &leaf); err != nil {
			return nil, err
		}
		if whole, err := thirtyTwo(leaf); err != nil {
			return nil, err
		} else if s.decided.leaves[whole] {
			seqs = append(seqs, seq)
		}
	}
	return seqs, s.t.dialect.fault(rows.Err())
}

// Objects calls visit with the address and the number of stored bytes of each
// object that the journal names and that is not erased, by address.
func (s *Snapshot) Objects(ctx context.Context, visit func(a vault.Address, stored int64) error) error {
	return keyTable("k_object").each(ctx, s.keys.t, "", func(cells []cell) error {
		a, err := thirtyTwo(cells[0].raw)
		if err != nil || s.leftOut(a) {
			return err
		}
		return visit(a, cells[4].number.Int64)
	})
}

// Erases tells whether an object is decided to be erased.
func (s *Snapshot) Erases(a vault.Address) bool { return s.decided.objects[a] }

// ErasedLeaves is how many entries and rows are decided to be erased.
func (s *Snapshot) ErasedLeaves() int64 { return int64(len(s.decided.leaves)) }

func (s *Snapshot) leftOut(a vault.Address) bool {
	return s.underWay.objects[a] || s.decided.objects[a]
}

// KeptObjects are the addresses of all objects that there are keys for at this
// moment, those under way among them.
func (c *Case) KeptObjects(ctx context.Context) ([]vault.Address, error) { return c.keyedObjects(ctx) }

// OpenStored reads the stored bytes of an object: sealed, as they lie in the
// vault. fault.NotFound once it was erased.
func (c *Case) OpenStored(ctx context.Context, a vault.Address) (io.ReadCloser, error) {
	return c.store.Open(ctx, a)
}

func keyTable(name string) table {
	for _, t := range keyTables() {
		if t.name == name {
			return t
		}
	}
	return table{}
}

// CarryPublished notes a checkpoint that was published before this case was
// put back from a copy, whether or not the journal leads to it: where it does
// not, the case refuses to grow. behind tells how many entries are missing.
func (c *Case) CarryPublished(ctx context.Context, signed []byte) (behind int64, err error) {
	defer fault.Wrap(&err, "carrying over what was published of case %s", c.id)
	checkpoint, _, err := journal.OpenCheckpoint(signed, c.vkey)
	if err != nil {
		return 0, err
	}
	if checkpoint.Origin != c.origin {
		return 0, fmt.Errorf("%w: a checkpoint of %s; this case is %s", fault.Invalid, checkpoint.Origin, c.origin)
	}
	t, err := c.place.begin(ctx, acting)
	if err != nil {
		return 0, err
	}
	defer t.rollback()
	before, err := c.published()
	if err != nil {
		return 0, err
	}
	if checkpoint.Size > before.Size {
		if err := c.writePublished(signed); err != nil {
			return 0, err
		}
	}
	return max(0, max(checkpoint.Size, before.Size)-t.size), nil
}

func encoded(b []byte) string {
	if b == nil {
		return "-"
	}
	return base64.StdEncoding.EncodeToString(b)
}

func decoded(text string) ([]byte, error) {
	if text == "-" {
		return nil, nil
	}
	return base64.StdEncoding.Strict().DecodeString(text)
}
