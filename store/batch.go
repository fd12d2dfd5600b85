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
	if err := c.grows(); err != nil {
		return nil, err
	}
	if c.skey == "" {
		return nil, fmt.Errorf("%w: this is a look back at a case: nothing can be recorded in it", fault.Forbidden)
	}
	b = &Batch{c: c, ctx: ctx}
	if b.id, err = register.NewID(c.config.Rand, "b"); err != nil {
		return nil, err
	}
	release, _, err := c.place.lease(ctx, staging, false, true)
	if err != nil {
		return nil, err
	}
	b.release = func() { b.once.Do(release) }
	if b.spill, err = newSpill(c.spillFile(b.id), c.config.Rand); err != nil {
		b.release()
		return nil, err
	}
	if err := b.register(ctx); err != nil {
		return nil, errors.Join(err, b.Abort())
	}
	c.mu.Lock()
	c.batches[b.id] = b
	c.mu.Unlock()
	return b, nil
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
// Finish, and does nothing once an entry names the batch.
func (b *Batch) Abort() error {
	b.ended.Store(true)
	b.c.mu.Lock()
	delete(b.c.batches, b.id)
	b.c.mu.Unlock()
	defer b.release()
	ctx := context.WithoutCancel(b.ctx) // what ended the batch must not keep it from being cleared away
	err := errors.Join(b.spill.remove(), b.c.dropBatch(ctx, b.id))
	if b.object != nil {
		err = errors.Join(err, b.c.dropNoted(ctx, *b.object))
	}
	return err
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
		b.release()
	}
}
