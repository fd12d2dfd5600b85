// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
	"recount/journal"
	"recount/vault"
)

// Work says what the rows of a batch are made of. When it is cut off, the same
// work finds the batch again and goes on with it (docs/decisions/0018).
type Work struct {
	ID    string // a hash over all that decides what rows are made
	Actor string
	About string // the exhibit that they are read from
	Said  string // JSON: what is needed to begin the work again
}

// Mark is how far work has come.
type Mark struct {
	Rows   int64    // that were read
	Leaves int64    // in the batch
	Digest [32]byte // of what was made of these rows, but for what is random
}

// Why nothing is left of work to go on with.
const (
	LostErased  = "erased"  // somebody was erased meanwhile, who may have stood in it
	LostRebuilt = "rebuilt" // the tables were made anew
	LostDamaged = "damaged" // a file of it is missing or was changed
	LostOther   = "other"   // it was ordered in another way
)

// CutOff is work that was cut off and can be gone on with.
type CutOff struct {
	Batch string
	Work
	Rows  int64
	Begun time.Time
}

// keptFor is how long rows of work that was cut off are kept.
const keptFor = 7 * 24 * time.Hour

// StageWork begins a batch as Stage does, or takes the one up that the same work
// of the same actor has left: its Mark says from where on. lost says why one that
// was there is begun anew, "" mostly. What another work about the same exhibit by
// the same actor has left is dropped.
func (c *Case) StageWork(ctx context.Context, w Work) (b *Batch, lost string, err error) {
	defer fault.Wrap(&err, "staging rows of case %s", c.id)
	release, err := c.mayStage(ctx)
	if err != nil {
		return nil, "", err
	}
	b, lost, err = c.takeUp(ctx, w)
	if err == nil && b == nil {
		b, err = c.newBatch(ctx, &w)
	}
	if err != nil {
		release()
		return nil, lost, err
	}
	c.underWay(b, release)
	return b, lost, nil
}

// stagedWork is a row of o_staging.
type stagedWork struct {
	CutOff
	mark  Mark
	parts []sealedPart
	laid  []byte
	lost  string
}

func (c *Case) stagedWork(ctx context.Context, t *tx) (all []stagedWork, err error) {
	return collect(ctx, Reader{t: t}, scanStagedWork, `SELECT batch, work, actor, about, said, begun, row_count, leaf_count, digest, parts, laid, lost FROM o_staging ORDER BY begun, batch`)
}

func scanStagedWork(rows *sql.Rows) (s stagedWork, err error) {
	var begun int64
	var digest []byte
	var parts string
	var lost sql.NullString
	if err := rows.Scan(&s.Batch, &s.ID, &s.Actor, &s.About, &s.Said, &begun, &s.mark.Rows, &s.mark.Leaves, &digest, &parts, &s.laid, &lost); err != nil {
		return s, err
	}
	s.Begun, s.Rows, s.lost = moment(begun), s.mark.Rows, lost.String
	if s.lost != "" {
		return s, nil
	}
	if copy(s.mark.Digest[:], digest) != len(s.mark.Digest) || json.Unmarshal([]byte(parts), &s.parts) != nil {
		s.lost = LostDamaged
	}
	return s, nil
}

// readStagedWork reads it in a transaction of its own.
func (c *Case) readStagedWork(ctx context.Context) (all []stagedWork, err error) {
	err = c.office(ctx, reading, func(t *tx) (err error) { all, err = c.stagedWork(ctx, t); return err })
	return all, err
}

// CutOff is the work of an actor that was cut off, and that nobody goes on with
// at this moment.
func (c *Case) CutOff(ctx context.Context, actor string) (left []CutOff, err error) {
	defer fault.Wrap(&err, "looking for work that was cut off")
	all, err := c.readStagedWork(ctx)
	for _, s := range all {
		if s.Actor != actor || s.lost != "" {
			continue
		}
		unlock, free, err := c.claim(s.Batch)
		if err != nil {
			return nil, err
		}
		if free {
			unlock()
			left = append(left, s.CutOff)
		}
	}
	return left, err
}

// DropCutOff gives up work of an actor that was cut off. fault.NotFound where
// there is none, or where somebody goes on with it.
func (c *Case) DropCutOff(ctx context.Context, actor, batch string) (err error) {
	defer fault.Wrap(&err, "giving up work that was cut off")
	all, err := c.readStagedWork(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(s stagedWork) bool { return s.Batch == batch && s.Actor == actor })
	unlock, free := func() {}, false
	if i >= 0 {
		if unlock, free, err = c.claim(batch); err != nil {
			return err
		}
	}
	if !free {
		return fmt.Errorf("%w: no work of this name was cut off, or it is gone on with", fault.NotFound)
	}
	return c.dropWork(ctx, all[i], unlock)
}

// claim takes a batch for this process alone; free is false when it is at work.
func (c *Case) claim(batch string) (unlock func(), free bool, err error) {
	c.mu.Lock()
	_, here := c.batches[batch]
	c.mu.Unlock()
	if here {
		return nil, false, nil
	}
	return tryFileLock(c.dir, filepath.Base(c.spillFile(batch))+".lock", true)
}

// takeUp takes the batch up that the same work has left; nil where there is none.
func (c *Case) takeUp(ctx context.Context, w Work) (b *Batch, lost string, err error) {
	all, err := c.readStagedWork(ctx)
	if err != nil {
		return nil, "", err
	}
	for _, s := range all {
		if s.Actor != w.Actor || s.About != w.About {
			continue
		}
		unlock, free, err := c.claim(s.Batch)
		if err != nil {
			return nil, "", err
		}
		if !free {
			continue
		}
		if b == nil && s.ID == w.ID && s.lost == "" {
			if b, err = c.reopenBatch(ctx, w, s); err == nil {
				b.unlock = unlock
				continue
			}
			b = nil
			if ctx.Err() != nil {
				unlock()
				return nil, "", err
			}
			s.lost = LostDamaged
		}
		if lost = s.lost; lost == "" {
			lost = LostOther
		}
		if err := c.dropWork(ctx, s, unlock); err != nil {
			if b != nil {
				b.unlock()
				err = errors.Join(err, b.spill.close())
			}
			return nil, lost, err
		}
	}
	return b, lost, nil
}

// dropWork takes away what work has left, and the note of it last.
func (c *Case) dropWork(ctx context.Context, s stagedWork, unlock func()) error {
	err := c.dropBatch(ctx, s.Batch)
	if err == nil {
		err = c.note(ctx, `DELETE FROM o_staging WHERE batch = ?`, s.Batch)
	}
	unlock()
	return errors.Join(err, removeSpill(c.config.Files, c.spillFile(s.Batch)))
}

// loseStagedWork takes all rows away that were kept to go on with, before keys
// or tables are made anew: who is erased may stand among them. That there were
// any is kept. Nobody stages rows meanwhile.
func (c *Case) loseStagedWork(ctx context.Context, why string) error {
	all, err := c.readStagedWork(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.lost != "" {
			continue
		}
		err := c.note(ctx, `UPDATE o_staging SET said = '', digest = NULL, parts = '', laid = NULL, lost = ? WHERE batch = ?`, why, s.Batch)
		if err == nil {
			err = c.dropBatch(ctx, s.Batch)
		}
		if err := errors.Join(err, removeSpill(c.config.Files, c.spillFile(s.Batch))); err != nil {
			return err
		}
	}
	return nil
}

// reopenBatch opens a batch as its mark has left it.
func (c *Case) reopenBatch(ctx context.Context, w Work, s stagedWork) (b *Batch, err error) {
	b = &Batch{c: c, ctx: ctx, id: s.Batch, work: &w, at: s.mark, spill: newSpill(c.config.Files, c.spillFile(s.Batch), c.config.Rand)}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.spill.close())
		}
	}()
	b.n.Store(s.mark.Leaves)
	if len(s.laid) == len(journal.Leaf{}) {
		b.laid = (*journal.Leaf)(s.laid)
	}
	if b.whole, err = c.finished(ctx, s.Batch); err != nil {
		return nil, err
	}
	keys, err := c.keys(ctx, reading)
	if err != nil {
		return nil, err
	}
	defer keys.t.rollback()
	if err := keys.t.get(ctx, []any{&b.number}, `SELECT number FROM k_batch WHERE batch = ?`, b.id); err != nil {
		return nil, err
	}
	var last []byte
	err = keys.t.get(ctx, []any{&last}, `SELECT leaf FROM k_row WHERE batch = ? ORDER BY leaf DESC LIMIT 1`, b.number)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if len(last) == len(journal.Leaf{}) {
		b.keyed = (*journal.Leaf)(last)
	}
	if b.whole != nil {
		b.object = &b.whole.Object
		return b, nil
	}
	return b, b.spill.reopen(s.parts, func(number int, wrapped []byte) ([32]byte, error) {
		return keys.unwrap(tagSpill, spillOf(b.id, number), wrapped)
	})
}

// finished is what a batch holds that was written to its end; nil for one that
// was not.
func (c *Case) finished(ctx context.Context, batch string) (whole *Staged, err error) {
	err = c.office(ctx, reading, func(t *tx) error {
		var n sql.NullInt64
		var root, object []byte
		if err := t.get(ctx, []any{&n, &root, &object}, `SELECT n, root, object FROM o_batch WHERE batch = ?`, batch); err != nil {
			return err
		}
		if n.Valid && len(root) == len(tlog.Hash{}) && len(object) == len(vault.Address{}) {
			whole = &Staged{Batch: batch, N: n.Int64, Root: tlog.Hash(root), Object: vault.Address(object)}
		}
		return nil
	})
	return whole, err
}

// kept are the batches that are kept to be gone on with, when nobody has the
// case open. What lies there for too long, or is not whole, is none.
func (c *Case) kept(ctx context.Context) (ids []string, err error) {
	all, err := c.readStagedWork(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		late := c.now().Sub(s.Begun) > keptFor
		if s.lost == "" && !late && c.partsThere(ctx, s) {
			ids = append(ids, s.Batch)
		} else if s.lost == "" || late {
			if err := c.note(ctx, `DELETE FROM o_staging WHERE batch = ?`, s.Batch); err != nil {
				return nil, err
			}
		}
	}
	return ids, nil
}

// partsThere tells whether the temporary files of work have all that was marked.
// Those of a batch that was written to its end are done with.
func (c *Case) partsThere(ctx context.Context, s stagedWork) bool {
	spill := newSpill(c.config.Files, c.spillFile(s.Batch), c.config.Rand)
	for i, p := range s.parts {
		info, err := os.Stat(spill.partName(i + 1))
		if err != nil {
			whole, err := c.finished(ctx, s.Batch)
			return err == nil && whole != nil
		}
		if info.Size() < p.End {
			return false
		}
	}
	return true
}
