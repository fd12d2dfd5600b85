// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/note"

	"recount/fault"
	"recount/journal"
)

// What an audit journal is copied as (docs/formats/audit.md).
const (
	auditPieceLine = "recount audit piece/1"
	auditKeysLine  = "recount audit keys/1"
)

// AuditCopy is an audit journal as it was at one moment, to be copied elsewhere.
// It is valid within the call of Audit.Copying that made it, for one goroutine.
type AuditCopy struct {
	a          *Audit
	t          *tx
	size       int64
	number     int64
	key        epochKey
	signed     []byte
	sealed     []byte // the signing keys, as they are kept
	skey, vkey string
}

// Copying calls f with one snapshot of the journal. Others note meanwhile.
func (a *Audit) Copying(ctx context.Context, f func(*AuditCopy) error) (err error) {
	defer fault.Wrap(&err, "copying the audit journal of %s", a.whose)
	// No forgetting comes between what the tables say and its key.
	release, err := fileLock(ctx, a.keyDir, "lock", true)
	if err != nil {
		return err
	}
	locked := true
	defer func() {
		if locked {
			release()
		}
	}()
	return a.in(ctx, reading, func(t *tx) error {
		c, err := a.snapshot(ctx, t)
		release()
		locked = false
		if err != nil {
			return err
		}
		return f(c)
	})
}

func (a *Audit) snapshot(ctx context.Context, t *tx) (c *AuditCopy, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.readKeys(ctx, t); err != nil {
		return nil, err
	}
	c = &AuditCopy{a: a, t: t, number: a.number, key: a.key, skey: a.skey, vkey: a.vkey}
	if c.size, err = a.size(ctx, t); err != nil {
		return nil, err
	}
	if c.sealed, err = a.state(ctx, t, "skey"); err != nil {
		return nil, err
	}
	c.signed, err = a.state(ctx, t, "checkpoint")
	if err != nil {
		return nil, removed(err, c.size, "signed checkpoint")
	}
	return c, c.Holds(ctx, c.signed)
}

// Origin is the journal's name in its proofs.
func (c *AuditCopy) Origin() string { return c.a.origin }

// Of is the origin of the case whose it is; "" of the archive's own.
func (c *AuditCopy) Of() string { return c.a.of }

// VKey is the public key that its checkpoints are checked with.
func (c *AuditCopy) VKey() string { return c.vkey }

// Size is the number of events.
func (c *AuditCopy) Size() int64 { return c.size }

// Epoch is the number of the key that search texts' keys are wrapped under. It
// grows with each forgetting.
func (c *AuditCopy) Epoch() int64 { return c.number }

// Checkpoint is the signed checkpoint of so many events.
func (c *AuditCopy) Checkpoint() []byte { return c.signed }

// Holds tells whether the journal leads to a checkpoint that it has signed:
// fault.Conflict where it is shorter, fault.Tampered where it has another history.
func (c *AuditCopy) Holds(ctx context.Context, signed []byte) error {
	checkpoint, _, err := journal.OpenCheckpoint(signed, c.vkey)
	if err != nil {
		return fmt.Errorf("%w: the checkpoint of the audit journal: %w", fault.Tampered, err)
	}
	if checkpoint.Size > c.size {
		return fmt.Errorf("%w: this audit journal has %d events, and there was one of %d: this is an older copy of it", fault.Conflict, c.size, checkpoint.Size)
	}
	root, err := journal.RootAt(checkpoint.Size, auditHashes{ctx, c.t})
	if err != nil {
		return err
	}
	if checkpoint.Origin != c.a.origin || checkpoint.Root != root {
		return fmt.Errorf("%w: the checkpoint of %d events has another root than the journal: it was rewritten", fault.Tampered, checkpoint.Size)
	}
	return nil
}

// Sign signs a text with the journal's key (c2sp.org/signed-note).
func (c *AuditCopy) Sign(text []byte) ([]byte, error) {
	signer, err := note.NewSigner(c.skey)
	if err != nil {
		return nil, fmt.Errorf("%w: the key of the audit journal: %w", fault.Tampered, err)
	}
	signed, err := note.Sign(&note.Note{Text: string(text)}, signer)
	if err != nil {
		return nil, fmt.Errorf("%w: what is signed is a text of whole lines without control characters: %w", fault.Invalid, err)
	}
	return signed, nil
}

// WriteEvents writes the events from ≤ seq < to, each held against its header,
// with what was searched for, sealed.
func (c *AuditCopy) WriteEvents(ctx context.Context, w io.Writer, from, to int64) (err error) {
	out := bufio.NewWriterSize(w, 1<<16)
	fmt.Fprintf(out, "%s\n%s\n%d\n%d\n", auditPieceLine, c.a.origin, from, to) // what is wrong with w Flush says
	rows, err := c.t.query(ctx, `SELECT e.seq, e.header, e.event, e.actor, e.act, e.kind, e.id, w.body FROM a_event e LEFT JOIN a_words w ON w.seq = e.seq WHERE e.seq >= ? AND e.seq < ? ORDER BY e.seq`, from, to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	next := from
	for ; rows.Next(); next++ {
		var row storedLook
		var words []byte
		if err := rows.Scan(&row.seq, &row.header, &row.event, &row.actor, &row.act, &row.kind, &row.id, &words); err != nil {
			return err
		}
		if row.seq != next {
			return fmt.Errorf("%w: event %d is missing", fault.Tampered, next)
		}
		e, err := row.open(c.a.origin)
		if err != nil {
			return err
		}
		if err := holdWords(row.seq, e, words); err != nil {
			return err
		}
		for _, part := range [][]byte{row.event, words} {
			if _, err := out.Write(long(part)); err != nil {
				return err
			}
		}
	}
	if err := c.t.dialect.fault(rows.Err()); err != nil {
		return err
	}
	if next != to {
		return fmt.Errorf("%w: event %d is missing", fault.Tampered, next)
	}
	return out.Flush()
}

// WriteKeys writes what opens the search texts that were not forgotten, and the
// signing key: as secret as both. The same keys are the same bytes.
func (c *AuditCopy) WriteKeys(ctx context.Context, w io.Writer) error {
	keys, err := collect(ctx, Reader{t: c.t}, func(rows *sql.Rows) (k wrappedKey, err error) {
		err = rows.Scan(&k.seq, &k.wrapped)
		return k, err
	}, `SELECT seq, wrapped FROM a_key ORDER BY seq`)
	if err != nil {
		return err
	}
	of := c.a.of
	if of == "" {
		of = "-"
	}
	out, base64 := bufio.NewWriterSize(w, 1<<16), base64.StdEncoding.EncodeToString
	fmt.Fprintf(out, "%s\nof %s\norigin %s\nvkey %s\nepoch %d %s\nskey %s\nwords %d\n", auditKeysLine, of, c.a.origin, c.vkey, c.number, base64(c.key[:]), base64(c.sealed), len(keys))
	for _, k := range keys {
		if len(k.wrapped) != 32 {
			return fmt.Errorf("%w: the key of event %d has %d bytes; 32 were written", fault.Tampered, k.seq, len(k.wrapped))
		}
		fmt.Fprintf(out, "%d %s\n", k.seq, base64(k.wrapped))
	}
	return out.Flush()
}
