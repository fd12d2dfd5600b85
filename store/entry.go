// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"recount/fault"
	"recount/journal"
)

// stored is an entry as the log has it.
type stored struct {
	header journal.Header
	record []byte // the header as hashed
	sealed journal.Sealed
}

// scanStored makes sense of one row of j_entry.
func scanStored(seq int64, leaf, record []byte, kind string, body []byte) (stored, error) {
	s := stored{record: record, sealed: journal.Sealed{Kind: kind, Body: body}}
	var err error
	if s.header, err = journal.ParseHeader(record); err != nil {
		return s, fmt.Errorf("%w: entry %d: %w", fault.Tampered, seq, err)
	}
	s.sealed.Leaf = s.header.Leaf
	if s.header.Seq != seq || string(leaf) != string(s.header.Leaf[:]) {
		return s, fmt.Errorf("%w: entry %d stands under the header of entry %d", fault.Tampered, seq, s.header.Seq)
	}
	return s, nil
}

func readStored(ctx context.Context, t *tx, seq int64) (stored, error) {
	var leaf, record, body []byte
	var kind string
	err := t.get(ctx, []any{&leaf, &kind, &record, &body}, `SELECT leaf, kind, header, body FROM j_entry WHERE seq = ?`, seq)
	if errors.Is(err, sql.ErrNoRows) {
		return stored{}, fmt.Errorf("%w: entry %d; the log has %d", fault.NotFound, seq, t.size)
	}
	if err != nil {
		return stored{}, err
	}
	return scanStored(seq, leaf, record, kind, body)
}

// open opens an entry with its key. Where the key is destroyed it answers the
// header and the kind.
func (s stored) open(ctx context.Context, keys *keyring) (journal.Entry, error) {
	key, err := keys.entry(ctx, s.header.Seq, s.header.Leaf)
	if errors.Is(err, fault.NotFound) {
		kind, ok := journal.KindNamed(s.sealed.Kind)
		if !ok {
			kind = journal.Kind{Name: s.sealed.Kind}
		}
		return journal.Entry{Header: s.header, Kind: kind}, nil
	}
	if err != nil {
		return journal.Entry{}, err
	}
	return journal.OpenEntry(s.header, key, s.sealed)
}

// withEntry reads an entry and opens a keyring for it.
func (c *Case) withEntry(ctx context.Context, seq int64, f func(stored, *keyring) error) error {
	t, err := c.place.begin(ctx, reading)
	if err != nil {
		return err
	}
	defer t.rollback()
	s, err := readStored(ctx, t, seq)
	if err != nil {
		return err
	}
	keys, err := c.keys(ctx, reading)
	if err != nil {
		return err
	}
	defer keys.t.rollback()
	return f(s, keys)
}

// OpenEntry reads an entry. One whose key was destroyed comes back with its
// header and kind alone (Entry.Erased).
func (c *Case) OpenEntry(ctx context.Context, seq int64) (e journal.Entry, err error) {
	err = c.withEntry(ctx, seq, func(s stored, keys *keyring) error {
		e, err = s.open(ctx, keys)
		return err
	})
	return e, err
}

// Disclose shows the chosen fields of an entry and keeps the others closed.
// fault.NotFound once the entry was erased.
func (c *Case) Disclose(ctx context.Context, seq int64, fields func(field string) bool) (o journal.Opening, err error) {
	err = c.withEntry(ctx, seq, func(s stored, keys *keyring) error {
		kind, ok := journal.KindNamed(s.sealed.Kind)
		if !ok {
			return fmt.Errorf("entry %d: %w: %q", seq, journal.ErrUnknownKind, s.sealed.Kind)
		}
		key, err := keys.entry(ctx, seq, s.header.Leaf)
		if err != nil {
			return err
		}
		o, err = journal.Disclose(c.origin, kind, key, s.sealed, fields)
		return err
	})
	return o, err
}

// Header is the header of an entry, as it was hashed.
func (c *Case) Header(ctx context.Context, seq int64) ([]byte, error) {
	t, err := c.place.begin(ctx, reading)
	if err != nil {
		return nil, err
	}
	defer t.rollback()
	s, err := readStored(ctx, t, seq)
	return s.record, err
}

// RowKeys calls read with a look-up of the keys of rows, for showing or
// disclosing many of them out of one snapshot. Of an erased row it answers
// fault.NotFound. The look-up ends with read and is for one goroutine.
func (c *Case) RowKeys(ctx context.Context, read func(key func(journal.Leaf) (journal.Key, error)) error) error {
	keys, err := c.keys(ctx, reading)
	if err != nil {
		return err
	}
	defer keys.t.rollback()
	return read(func(leaf journal.Leaf) (journal.Key, error) { return keys.row(ctx, leaf) })
}

// RowKey is the key of one row. fault.NotFound once erased.
func (c *Case) RowKey(ctx context.Context, leaf journal.Leaf) (key journal.Key, err error) {
	err = c.RowKeys(ctx, func(look func(journal.Leaf) (journal.Key, error)) error {
		key, err = look(leaf)
		return err
	})
	return key, err
}
