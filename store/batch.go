// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/vault"
)

// Batch is a bulk of rows that is written before the entry that names it.
// Nobody sees its rows until Act has appended such an entry. It ends with that
// entry, with Abort, or when the process ends: what is left then is swept.
type Batch struct {
	// Progress, if set before Finish, is called now and then with the number
	// of rows written and of all rows.
	Progress func(done, all int64)

	c       *Case
	ctx     context.Context // of the whole batch
	id      string
	number  int64 // stands for the batch in the table of keys
	spill   *spill
	object  *vault.Address // the row file, once it is in the vault
	release func()         // the lease of staging
	n       atomic.Int64
	once    sync.Once
	ended   atomic.Bool // nothing can be added any more

	work   *Work         // nil: what is cut off of it is swept
	unlock func()        // lets others take the work up; set where work is
	at     Mark          // how far it was marked
	left   bool          // given up, to be gone on with
	laid   *journal.Leaf // up to here its rows stand in the tables already,
	keyed  *journal.Leaf // and up to here their keys
	whole  *Staged       // it was written to its end before
}

// Staged says what a batch holds; the draft of its entry repeats it.
type Staged struct {
	Batch  string
	N      int64
	Root   tlog.Hash
	Object vault.Address // the row file
}

// RowFile is s as the fields of an entry say it.
func (s Staged) RowFile() register.RowFile {
	return register.RowFile{Batch: s.Batch, N: s.N, Root: hex.EncodeToString(s.Root[:]), Object: s.Object.String()}
}

// Stage begins a batch. While it lasts, the case is not rebuilt and nothing in
// it is erased. ctx ends the batch as Abort does, but for what is left to be
// swept when the case is opened next.
func (c *Case) Stage(ctx context.Context) (b *Batch, err error) {
	defer fault.Wrap(&err, "staging rows of case %s", c.id)
	release, err := c.mayStage(ctx)
	if err != nil {
		return nil, err
	}
	if b, err = c.newBatch(ctx, nil); err != nil {
		release()
		return nil, err
	}
	c.underWay(b, release)
	return b, nil
}

// mayStage takes the lease of who stages rows.
func (c *Case) mayStage(ctx context.Context) (release func(), err error) {
	if err := c.grows(); err != nil {
		return nil, err
	}
	if c.skey == "" {
		return nil, fmt.Errorf("%w: this is a look back at a case: nothing can be recorded in it", fault.Forbidden)
	}
	release, _, err = c.place.lease(ctx, staging, false, true)
	return release, err
}

// newBatch makes a batch, of work where that is to be gone on with.
func (c *Case) newBatch(ctx context.Context, w *Work) (b *Batch, err error) {
	b = &Batch{c: c, ctx: ctx, work: w, unlock: func() {}}
	b.release = func() { b.unlock() }
	if b.id, err = register.NewID(c.config.Rand, "b"); err != nil {
		return nil, err
	}
	b.spill = newSpill(c.config.Files, c.spillFile(b.id), c.config.Rand)
	if w != nil {
		unlock, _, err := c.claim(b.id)
		if err != nil {
			return nil, err
		}
		b.unlock = unlock
	}
	if err := b.register(ctx); err != nil {
		return nil, errors.Join(err, b.Abort())
	}
	return b, nil
}

// underWay puts a batch among those of this process; release ends its lease.
func (c *Case) underWay(b *Batch, release func()) {
	b.release = func() {
		b.once.Do(func() {
			if b.work != nil {
				b.unlock()
			}
			release()
		})
	}
	c.mu.Lock()
	c.batches[b.id] = b
	c.mu.Unlock()
}

func (c *Case) spillFile(batch string) string {
	return filepath.Join(c.dir, "staging-"+batch)
}

// register writes down that the batch has begun, first where it is swept from,
// then in the keys, where its number is the next that is free.
func (b *Batch) register(ctx context.Context) error {
	if err := b.c.note(ctx, `INSERT INTO o_batch (batch) VALUES (?)`, b.id); err != nil {
		return err
	}
	keys, err := b.c.keys(ctx, acting)
	if err != nil {
		return err
	}
	defer keys.t.rollback()
	if err := keys.t.get(ctx, []any{&b.number}, `SELECT COALESCE(MAX(number), 0) + 1 FROM k_batch`); err != nil {
		return err
	}
	if _, err := keys.t.exec(ctx, `INSERT INTO k_batch (number, batch) VALUES (?, ?)`, b.number, b.id); err != nil {
		return err
	}
	return keys.t.commit()
}

// note writes one row of the tables of work under way, durably.
func (c *Case) note(ctx context.Context, query string, args ...any) error {
	t, err := c.place.begin(ctx, acting)
	if err != nil {
		return err
	}
	defer t.rollback()
	if _, err := t.exec(ctx, query, args...); err != nil {
		return err
	}
	return t.commit()
}

// Add seals one row of a kind and takes it into the batch; the leaf is for the
// rows that name it. It is safe for concurrent use, and worth using so: most
// of its time is hashing.
func (b *Batch) Add(kind string, values []journal.Value) (journal.Leaf, error) {
	if b.ended.Load() {
		return journal.Leaf{}, fmt.Errorf("%w: batch %s is at its end", fault.Conflict, b.id)
	}
	if err := b.ctx.Err(); err != nil {
		return journal.Leaf{}, err
	}
	k, ok := journal.KindNamed(kind)
	if !ok || k.IsEntry() {
		return journal.Leaf{}, fmt.Errorf("%w: %.64q is no kind of rows that this release knows", fault.Invalid, kind)
	}
	sealed, key, err := b.c.sealer.Seal(k, values)
	if err != nil {
		return journal.Leaf{}, err
	}
	if err := b.spill.add(sealed, key, values); err != nil {
		return journal.Leaf{}, err
	}
	b.n.Add(1)
	return sealed.Leaf, nil
}

// Abort gives the batch up and leaves nothing of it. It may be called after
// Finish, and does nothing once an entry names the batch, or it was left.
func (b *Batch) Abort() error {
	b.ended.Store(true)
	b.c.mu.Lock()
	delete(b.c.batches, b.id)
	b.c.mu.Unlock()
	if b.left {
		return nil
	}
	ctx := context.WithoutCancel(b.ctx) // what ended the batch must not keep it from being cleared away
	err := b.c.dropBatch(ctx, b.id)
	if b.object != nil {
		err = errors.Join(err, b.c.dropNoted(ctx, *b.object))
	}
	b.release() // before its file goes, which cannot be removed everywhere while it is held
	return errors.Join(err, b.spill.remove())
}

// checkBatch sees that the batch which a draft names is there, whole, and what
// the draft says it is.
func (c *Case) checkBatch(ctx context.Context, t *tx, draft journal.Draft) error {
	id := draft.Fields["batch"].Text()
	if id == "" {
		return nil
	}
	var s Staged
	var n sql.NullInt64
	var root, object []byte
	err := t.get(ctx, []any{&n, &root, &object}, `SELECT n, root, object FROM o_batch WHERE batch = ?`, id)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !n.Valid {
		return fmt.Errorf("%w: there is no finished batch %q: it was swept, given up, or an entry names it already", fault.Conflict, id)
	}
	if err != nil {
		return err
	}
	s = Staged{Batch: id, N: n.Int64, Root: tlog.Hash(root), Object: vault.Address(object)}
	want := s.RowFile()
	for _, field := range [][2]string{{"n", fmt.Sprint(want.N)}, {"root", want.Root}, {"object", want.Object}} {
		if got := draft.Fields[field[0]].Text(); got != field[1] {
			return fmt.Errorf("%w: the draft says %s %.80q of batch %s, which has %s", fault.Invalid, field[0], got, id, field[1])
		}
	}
	return nil
}

// settleBatches lets the leases of the batches go that an entry names now.
func (c *Case) settleBatches(draft journal.Draft) {
	fields := slices.Collect(maps.Values(draft.Fields))
	var settled []*Batch
	c.mu.Lock()
	for id, b := range c.batches {
		if mentions(fields, id) {
			settled = append(settled, b)
			delete(c.batches, id)
		}
	}
	c.mu.Unlock()
	for _, b := range settled {
		if b.release(); b.work != nil {
			_ = b.spill.remove() // else the next opening does: the entry is there
		}
	}
}
