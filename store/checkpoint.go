// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"

	"recount/fault"
	"recount/journal"
)

// checkpoint signs the head of the log as t sees it and stores it.
func (c *Case) checkpoint(ctx context.Context, t *tx) ([]byte, error) {
	root, err := journal.RootAt(t.size, hashReader{ctx, t})
	if err != nil {
		return nil, err
	}
	signed, err := journal.SignCheckpoint(journal.Checkpoint{Origin: c.origin, Size: t.size, Root: root}, c.skey)
	if err != nil {
		return nil, err
	}
	_, err = t.exec(ctx, `INSERT INTO j_checkpoint (size, note) VALUES (?, ?)`, t.size, signed)
	return signed, err
}

// Checkpoint is the signed checkpoint of the log at that size, as it was made
// by the act that the log then ended with. fault.NotFound for a size that the
// log does not have, and for 0.
func (c *Case) Checkpoint(ctx context.Context, size int64) ([]byte, error) {
	t, err := c.place.begin(ctx, reading)
	if err != nil {
		return nil, err
	}
	defer t.rollback()
	var signed []byte
	err = t.get(ctx, []any{&signed}, `SELECT note FROM j_checkpoint WHERE size = ?`, size)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%w: no checkpoint with %d entries; the log has %d", fault.NotFound, size, t.size)
	}
	return signed, err
}

// publishedFile holds the largest checkpoint that has left the archive. It
// lies with the keys and apart from the tables, so that it does not go back
// when they are put back from an older copy.
func (c *Case) publishedFile() string { return filepath.Join(c.keyDir, "published") }

// Publish notes that a checkpoint of this case is to leave the archive: call
// it before it does. From then on a log that does not lead to this checkpoint
// refuses to grow, as two histories under one name would come of it.
func (c *Case) Publish(ctx context.Context, signed []byte) (err error) {
	defer fault.Wrap(&err, "publishing a checkpoint of case %s", c.id)
	checkpoint, _, err := journal.OpenCheckpoint(signed, c.vkey)
	if err != nil {
		return err
	}
	// As an act, so that two who publish do not take each other's place.
	t, err := c.place.begin(ctx, acting)
	if err != nil {
		return err
	}
	defer t.rollback()
	if err := c.holds(ctx, t, checkpoint); err != nil {
		return err
	}
	before, err := c.published()
	if err != nil || before.Size >= checkpoint.Size {
		return err
	}
	return c.writePublished(signed)
}

func (c *Case) writePublished(signed []byte) error {
	return c.config.writeFile(c.publishedFile(), signed)
}

// published is the largest checkpoint that was published; of size 0 where none was.
func (c *Case) published() (journal.Checkpoint, error) {
	signed, err := c.config.readFile(c.publishedFile())
	if errors.Is(err, fs.ErrNotExist) {
		return journal.Checkpoint{}, nil
	}
	if err != nil {
		return journal.Checkpoint{}, fmt.Errorf("the published checkpoint: %w", err)
	}
	checkpoint, _, err := journal.OpenCheckpoint(signed, c.vkey)
	if err != nil {
		return checkpoint, fmt.Errorf("%w: the note of the published checkpoint, %s: %w", fault.Tampered, c.publishedFile(), err)
	}
	return checkpoint, nil
}

// notBehind refuses a log that was put back from a copy older than what was
// published of it.
func (c *Case) notBehind(ctx context.Context, t *tx) error {
	checkpoint, err := c.published()
	if err != nil || checkpoint.Size == 0 {
		return err
	}
	return c.holds(ctx, t, checkpoint)
}

// LeadsTo checks that this case's log leads to a checkpoint that somebody kept
// or has from another hand: the root over the headers of its first entries is
// the checkpoint's. Another root, or a log that is shorter, is fault.Tampered;
// a checkpoint of another case, or one that is not signed by this case's key
// and of its root, fault.Invalid.
func (c *Case) LeadsTo(ctx context.Context, checkpoint []byte) (err error) {
	defer fault.Wrap(&err, "comparing case %s with a checkpoint", c.id)
	kept, err := journal.ReadCheckpoint(checkpoint)
	if err != nil {
		return fmt.Errorf("%w: no checkpoint; accepted is what recount show checkpoint prints: %v", fault.Invalid, err)
	}
	if kept.Origin != c.origin {
		return fmt.Errorf("%w: a checkpoint of %.120s; accepted is one of this case, %s", fault.Invalid, kept.Origin, c.origin)
	}
	_, _, unsigned := journal.OpenCheckpoint(checkpoint, c.vkey)
	t, err := c.place.begin(ctx, reading)
	if err != nil {
		return err
	}
	defer t.rollback()
	if kept.Size > t.size {
		if unsigned != nil {
			return fmt.Errorf("%w: a checkpoint of %d entries that this case's key has not signed; accepted is one that recount show checkpoint printed", fault.Invalid, kept.Size)
		}
		return fmt.Errorf("%w: this log has %d entries, and the checkpoint, signed by its key, has %d: the log was cut short, or is an older copy", fault.Tampered, t.size, kept.Size)
	}
	var tree journal.Tree
	for seq := range kept.Size {
		s, err := readStored(ctx, t, seq)
		if err != nil {
			return err
		}
		if err := tree.Add(s.record); err != nil {
			return err
		}
	}
	root, err := journal.RootAt(kept.Size, &tree)
	if err != nil {
		return err
	}
	if root == kept.Root {
		return nil
	}
	if unsigned != nil {
		return fmt.Errorf("%w: a checkpoint that this case's key has not signed, and with another root than this log has at %d entries; accepted is one that recount show checkpoint printed", fault.Invalid, kept.Size)
	}
	return fmt.Errorf("%w: the checkpoint of %d entries, signed by this case's key, has another root than this log at that size: the log was rewritten, or has two histories", fault.Tampered, kept.Size)
}

// holds tells whether the log leads to a checkpoint of it.
func (c *Case) holds(ctx context.Context, t *tx, checkpoint journal.Checkpoint) error {
	if checkpoint.Origin != c.origin {
		return fmt.Errorf("%w: a checkpoint of %s; this case is %s", fault.Invalid, checkpoint.Origin, c.origin)
	}
	if checkpoint.Size > t.size {
		return fmt.Errorf("%w: this log has %d entries, and a checkpoint with %d was published: this is an older copy. Put back the newer one; nothing is recorded in this one", fault.Conflict, t.size, checkpoint.Size)
	}
	root, err := journal.RootAt(checkpoint.Size, hashReader{ctx, t})
	if err != nil {
		return err
	}
	if root != checkpoint.Root {
		return fmt.Errorf("%w: the checkpoint with %d entries that was published has another root than this log at that size: this log has another history", fault.Tampered, checkpoint.Size)
	}
	return nil
}

// SignSeal signs a text with the case's seal key, as a note
// (c2sp.org/signed-note). The text ends with a newline.
func (c *Case) SignSeal(text []byte) ([]byte, error) {
	if err := c.grows(); err != nil {
		return nil, err
	}
	if c.sealKey == "" {
		return nil, fmt.Errorf("%w: this is a look back at a case: it has no key to seal with", fault.Forbidden)
	}
	signer, err := note.NewSigner(c.sealKey)
	if err != nil {
		return nil, fmt.Errorf("%w: the seal key: %w", fault.Tampered, err)
	}
	signed, err := note.Sign(&note.Note{Text: string(text)}, signer)
	if err != nil {
		return nil, fmt.Errorf("%w: a seal is a text of whole lines without control characters: %w", fault.Invalid, err)
	}
	return signed, nil
}
