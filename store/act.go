// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"

	"recount/fault"
	"recount/journal"
)

// Receipt is what an act leaves in the hands of who did it.
type Receipt struct {
	Seq        int64
	Leaf       journal.Leaf
	Checkpoint []byte // signed, of the log that ends with this entry
}

// Act records one act: decide sees the case and answers the entry, the entry
// is appended to the log and applied to the projections, all in one
// transaction in which nobody else acts. When Act returns nil the entry is on
// the disk, and it is in the log once, for ever.
//
// An error of decide ends the act and is returned as it is. fault.Conflict
// also answers a log that is older than what is known of it elsewhere (see
// Publish), and a batch that is not there as the draft describes it.
func (c *Case) Act(ctx context.Context, actor string, decide func(View) (journal.Draft, error)) (r Receipt, err error) {
	defer fault.Wrap(&err, "case %s", c.id)
	if err := c.grows(); err != nil {
		return Receipt{}, err
	}
	c.pause("before")
	t, err := c.place.begin(ctx, acting)
	if err != nil {
		return Receipt{}, err
	}
	defer t.rollback()
	t.origin = c.origin
	if err := c.notBehind(ctx, t); err != nil {
		return Receipt{}, err
	}
	draft, err := decide(newReader(t))
	if err != nil {
		return Receipt{}, err
	}
	if err := c.checkBatch(ctx, t, draft); err != nil {
		return Receipt{}, err
	}
	r, err = c.append(ctx, t, actor, draft, func(seq int64, leaf journal.Leaf, key journal.Key) error {
		return c.keepEntryKey(ctx, t, seq, leaf, key)
	})
	if err != nil {
		return Receipt{}, err
	}
	c.pause("entry")
	if err := t.commit(); err != nil {
		return Receipt{}, fmt.Errorf("entry %d was not recorded: %w", r.Seq, err)
	}
	c.settleBatches(draft)
	c.pause("after")
	return r, nil
}

// keepEntryKey makes the key of an entry durable before the entry is: an entry
// without its key would be unreadable for ever, a key without its entry is
// replaced by that of the next.
func (c *Case) keepEntryKey(ctx context.Context, t *tx, seq int64, leaf journal.Leaf, key journal.Key) error {
	keys, err := c.keys(ctx, acting)
	if err != nil {
		return err
	}
	defer keys.t.rollback()
	keyed, err := keys.keyed(ctx)
	if err != nil {
		return err
	}
	if keyed > t.size+1 {
		return fmt.Errorf("%w: this log has %d entries, and there are keys for %d: tables of an older copy were put beside newer keys. Put back the newer tables, or the keys of the same day", fault.Conflict, t.size, keyed)
	}
	if err := keys.putEntry(ctx, seq, leaf, key); err != nil {
		return err
	}
	if err := keys.t.commit(); err != nil {
		return err
	}
	c.pause("keys")
	return nil
}

// append seals the draft, appends it and applies it, within t.
func (c *Case) append(ctx context.Context, t *tx, actor string, draft journal.Draft, keep func(int64, journal.Leaf, journal.Key) error) (Receipt, error) {
	if c.skey == "" {
		return Receipt{}, fmt.Errorf("%w: this is a look back at a case, made by a rebuild: it has no keys and nothing can be recorded in it", fault.Forbidden)
	}
	header, sealed, key, err := c.sealer.SealEntry(draft, t.size, c.now(), actor)
	if err != nil {
		return Receipt{}, err
	}
	if err := keep(header.Seq, header.Leaf, key); err != nil {
		return Receipt{}, err
	}
	record := header.Marshal()
	_, err = t.exec(ctx, `INSERT INTO j_entry (seq, leaf, kind, header, body) VALUES (?, ?, ?, ?, ?)`, header.Seq, header.Leaf[:], sealed.Kind, record, sealed.Body)
	if err != nil {
		return Receipt{}, err
	}
	if err := addToTree(ctx, t, header.Seq, record); err != nil {
		return Receipt{}, err
	}
	entry, err := journal.OpenEntry(header, key, sealed)
	if err != nil {
		return Receipt{}, err
	}
	if err := checkErasure(ctx, t, entry); err != nil {
		return Receipt{}, err
	}
	if err := c.apply(ctx, t, entry); err != nil {
		return Receipt{}, fmt.Errorf("applying entry %d (%s): %w", header.Seq, sealed.Kind, err)
	}
	if err := settle(ctx, t, entry); err != nil {
		return Receipt{}, err
	}
	t.size++
	checkpoint, err := c.checkpoint(ctx, t)
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{Seq: header.Seq, Leaf: header.Leaf, Checkpoint: checkpoint}, nil
}
