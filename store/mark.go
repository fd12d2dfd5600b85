// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"recount/fault"
)

// tagSpill stands before the key of a temporary file that is written down. It
// is wrapped under the epoch key: erasing makes it unreadable as it does others.
const tagSpill = "rc1 wrap spill\n"

// spillOf is what the key of a batch's temporary file belongs to: another for each,
// so that no pad serves twice. number is that of the file.
func spillOf(batch string, number int) [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%s.%d", batch, number))
}

// TakenUp is how far the batch was when it was cut off; zero for one that is new.
func (b *Batch) TakenUp() Mark { return b.at }

// Mark makes durable what the batch holds, so that the same work can go on from
// here when it is cut off. Nothing is added meanwhile. It does nothing for a batch
// that Stage has begun.
func (b *Batch) Mark(ctx context.Context, m Mark) (err error) {
	defer fault.Wrap(&err, "marking batch %s", b.id)
	if b.work == nil || b.whole != nil {
		return nil
	}
	if b.ended.Load() {
		return fmt.Errorf("%w: it is at its end", fault.Conflict)
	}
	keys, err := b.c.keys(ctx, reading)
	if err != nil {
		return err
	}
	keys.t.rollback() // the epoch is the same as long as rows are staged
	parts, err := b.spill.marked(func(number int, key [32]byte) []byte { return keys.wrapped(tagSpill, spillOf(b.id, number), key) })
	if err != nil {
		return err
	}
	text, err := json.Marshal(parts)
	if err != nil {
		return err
	}
	m.Leaves = b.n.Load()
	err = b.c.note(ctx, `INSERT INTO o_staging (batch, work, actor, about, said, begun, row_count, leaf_count, digest, parts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (batch) DO UPDATE SET row_count = excluded.row_count, leaf_count = excluded.leaf_count, digest = excluded.digest, parts = excluded.parts`,
		b.id, b.work.ID, b.work.Actor, b.work.About, b.work.Said, b.c.now().Unix(), m.Rows, m.Leaves, m.Digest[:], string(text))
	if err != nil {
		return err
	}
	b.at = m
	b.c.pause("marked")
	return nil
}

// GiveUp ends the batch for the reason that work was cut off: what was marked is
// left to be gone on with where its context has ended, or something was not to be
// had that may be there again, as room on the disk. Else it does what Abort does.
func (b *Batch) GiveUp(why error) error {
	cutOff := b.ctx.Err() != nil || errors.Is(why, context.Canceled) || errors.Is(why, fault.Unavailable)
	if b.work == nil || b.at.Rows == 0 || !cutOff {
		return b.Abort()
	}
	b.left = true
	b.ended.Store(true)
	b.c.mu.Lock()
	delete(b.c.batches, b.id)
	b.c.mu.Unlock()
	err := b.spill.close()
	b.release()
	return err
}
