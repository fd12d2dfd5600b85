// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"

	"recount/audit"
	"recount/fault"
	"recount/journal"
)

// Look is an event to be noted, and what was searched for, if anything was.
type Look struct {
	audit.Event
	Text string
}

// Note appends events; when it returns nil they are on the disk. The time is
// the archive's where none is given.
func (a *Audit) Note(ctx context.Context, looks ...Look) (err error) {
	defer fault.Wrap(&err, "noting who looked at %s", a.whose)
	if len(looks) == 0 {
		return nil
	}
	return a.alone(ctx, func(t *tx) error {
		for _, look := range looks {
			if err := a.append(ctx, t, look); err != nil {
				return err
			}
		}
		return nil
	})
}

// alone appends in one transaction, signs what came of it, and keeps that as the
// head. Nobody else appends meanwhile, so that the head never goes back.
func (a *Audit) alone(ctx context.Context, work func(*tx) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	release, err := fileLock(ctx, a.keyDir, "lock", true)
	if err != nil {
		return err
	}
	defer release()
	var head []byte
	err = a.in(ctx, acting, func(t *tx) error {
		if err := a.readKeys(ctx, t); err != nil {
			return err
		}
		if err := work(t); err != nil {
			return err
		}
		head, err = a.sign(ctx, t)
		return err
	})
	if err != nil {
		return err
	}
	return a.config.writeFile(a.headFile(), head)
}

func (a *Audit) append(ctx context.Context, t *tx, look Look) error {
	seq, err := a.size(ctx, t)
	if err != nil {
		return err
	}
	e := look.Event
	if e.Time == "" {
		e.Time = audit.At(a.config.Now())
	}
	if look.Text != "" {
		if e.Words, err = a.seal(ctx, t, seq, e.Time, look.Text); err != nil {
			return err
		}
	}
	text, err := e.JSON()
	if err != nil {
		return err
	}
	return a.insert(ctx, t, seq, e, text)
}

// padText hides how long a search text is, in steps of so many bytes.
const padText = 256

// tagAudit is what keys of search texts are wrapped with (docs/audit.md).
const tagAudit = "rc1 wrap audit\n"

// seal keeps what was searched for under a key of its own, and answers the
// hash by which the event holds it.
func (a *Audit) seal(ctx context.Context, t *tx, seq int64, when, text string) (string, error) {
	var key epochKey
	if _, err := io.ReadFull(a.config.Rand, key[:]); err != nil {
		return "", fmt.Errorf("%w: no random bytes: %w", fault.Unavailable, err)
	}
	padded := text + string(make([]byte, padText-len(text)%padText))
	body, err := newWrapper(key).sealSecret(secretAudit, padded, a.config.Rand)
	if err != nil {
		return "", err
	}
	if _, err := t.exec(ctx, `INSERT INTO a_words (seq, body) VALUES (?, ?)`, seq, body); err != nil {
		return "", err
	}
	sum := sha256.Sum256(body)
	wrapped := newWrapper(a.key).wrap(tagAudit, sum, key)
	_, err = t.exec(ctx, `INSERT INTO a_key (seq, time, wrapped) VALUES (?, ?, ?)`, seq, when, wrapped[:])
	return hex.EncodeToString(sum[:]), err
}

// unseal answers what was searched for; forgotten where its key is gone.
func (a *Audit) unseal(ctx context.Context, t *tx, seq int64, e audit.Event) (text string, forgotten bool, err error) {
	if e.Words == "" {
		return "", false, nil
	}
	var body, wrapped []byte
	if err := t.get(ctx, []any{&body}, `SELECT body FROM a_words WHERE seq = ?`, seq); err != nil {
		return "", false, removed(err, seq, "sealed search text")
	}
	sum := sha256.Sum256(body)
	if hex.EncodeToString(sum[:]) != e.Words {
		return "", false, fmt.Errorf("%w: the search text of event %d is not the one that was noted", fault.Tampered, seq)
	}
	err = t.get(ctx, []any{&wrapped}, `SELECT wrapped FROM a_key WHERE seq = ?`, seq)
	if errors.Is(err, sql.ErrNoRows) {
		return "", true, nil
	}
	if err != nil {
		return "", false, err
	}
	if len(wrapped) != 32 {
		return "", false, fmt.Errorf("%w: the key of event %d has %d bytes; 32 were written", fault.Tampered, seq, len(wrapped))
	}
	key := newWrapper(a.key).wrap(tagAudit, sum, [32]byte(wrapped))
	padded, err := newWrapper(epochKey(key)).openSecret(secretAudit, body)
	return string(bytes.TrimRight([]byte(padded), "\x00")), false, err
}

func removed(err error, seq int64, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%w: event %d has no %s any more", fault.Tampered, seq, what)
	}
	return err
}

func (a *Audit) size(ctx context.Context, t *tx) (n int64, err error) {
	err = t.get(ctx, []any{&n}, `SELECT COALESCE(MAX(seq), -1) + 1 FROM a_event`)
	return n, err
}

// sign signs the head of the journal as t sees it, and keeps it there.
func (a *Audit) sign(ctx context.Context, t *tx) ([]byte, error) {
	size, err := a.size(ctx, t)
	if err != nil {
		return nil, err
	}
	root, err := journal.RootAt(size, auditHashes{ctx, t})
	if err != nil {
		return nil, err
	}
	signed, err := journal.SignCheckpoint(journal.Checkpoint{Origin: a.origin, Size: size, Root: root}, a.skey)
	if err != nil {
		return nil, err
	}
	return signed, a.setState(ctx, t, "checkpoint", signed)
}

// auditHashes reads the stored hashes of the tree over the events.
type auditHashes struct {
	ctx context.Context // of the one call that reads
	t   *tx
}

// ReadHashes makes auditHashes a tlog.HashReader.
func (h auditHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, number := range indexes {
		var raw []byte
		err := h.t.get(h.ctx, []any{&raw}, `SELECT hash FROM a_hash WHERE number = ?`, number)
		if errors.Is(err, sql.ErrNoRows) || err == nil && len(raw) != tlog.HashSize {
			return nil, fmt.Errorf("%w: hash %d of the audit journal's tree is missing", fault.Tampered, number)
		}
		if err != nil {
			return nil, err
		}
		hashes[i] = tlog.Hash(raw)
	}
	return hashes, nil
}
