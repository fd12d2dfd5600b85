// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"recount/fault"
	"recount/journal"
	"recount/vault"
)

const (
	chunkRows       = 1024  // rows that are handed on at a time
	transactionRows = 49152 // rows to a transaction; Config.StageRows
)

// Finish sorts the rows and writes them: to a row file in the vault, their
// keys, and themselves into the projections, where nobody sees them yet. When
// it returns nil all of it is durable, and Act can append the entry that names
// it. After an error the batch is gone; one of StageWork is to be given up
// (GiveUp) by whoever began it.
func (b *Batch) Finish(ctx context.Context) (s Staged, err error) {
	defer fault.Wrap(&err, "staging batch %s", b.id)
	if b.ended.Swap(true) {
		return Staged{}, fmt.Errorf("%w: it is at its end", fault.Conflict)
	}
	if b.whole != nil {
		return *b.whole, nil
	}
	defer func() {
		if err != nil && b.work == nil {
			err = errors.Join(err, b.Abort())
		}
	}()
	s = Staged{Batch: b.id, N: b.n.Load()}
	file, err := b.c.vault.Writer(ctx)
	if err != nil {
		return s, err
	}
	rows := journal.NewRowWriter(file, b.c.origin)
	if err := b.write(ctx, rows); err != nil {
		return s, errors.Join(err, file.Abort())
	}
	n, root, err := rows.Close()
	if err != nil {
		return s, errors.Join(err, file.Abort())
	}
	if n != s.N {
		return s, errors.Join(fmt.Errorf("%w: %d rows were added, %d written", fault.Tampered, s.N, n), file.Abort())
	}
	b.c.pause("staged.rows")
	object, err := file.Finish(ctx)
	if err != nil {
		return s, err
	}
	b.object = &object.Address
	if err := b.c.KeepObject(ctx, object); err != nil {
		return s, err
	}
	b.c.pause("staged.object")
	s.Root, s.Object = root, object.Address
	if err := b.c.note(ctx, `UPDATE o_batch SET n = ?, root = ?, object = ? WHERE batch = ?`, n, root[:], object.Address[:], b.id); err != nil {
		return s, err
	}
	b.c.pause("staged")
	if b.work != nil {
		return s, nil // its files go when it has its entry, with the lock that lies among them
	}
	return s, b.spill.remove()
}

// write leads the sorted rows to three writers at once.
func (b *Batch) write(ctx context.Context, file *journal.RowWriter) error {
	toFile, toKeys, toLayout := make(chan []spilled, 2), make(chan []spilled, 2), make(chan []spilled, 2)
	toTables := make(chan laid, 2)
	return together(ctx,
		func(ctx context.Context) error {
			defer close(toFile)
			defer close(toKeys)
			defer close(toLayout)
			return b.spill.sorted(ctx, func(rows []spilled) error {
				for len(rows) > 0 {
					chunk := rows[:min(chunkRows, len(rows))]
					rows = rows[len(chunk):]
					for _, to := range []chan<- []spilled{toFile, toKeys, toLayout} {
						if err := send(ctx, to, chunk); err != nil {
							return err
						}
					}
				}
				return nil
			})
		},
		func(ctx context.Context) error { return b.writeFile(ctx, file, toFile) },
		func(ctx context.Context) error { return b.writeKeys(ctx, toKeys) },
		func(ctx context.Context) error { return b.layOut(ctx, toLayout, toTables) },
		func(ctx context.Context) error { return b.writeTables(ctx, toTables) },
	)
}

// stageRows is how many rows of a batch go into one transaction.
func (c *Case) stageRows() int {
	if c.config.StageRows > 0 {
		return c.config.StageRows
	}
	return transactionRows
}

func send[T any](ctx context.Context, to chan<- T, v T) error {
	select {
	case to <- v:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// together runs the functions at once, ends the others when one fails, waits
// for all, and answers the first error.
func together(ctx context.Context, fs ...func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan error, len(fs))
	for _, f := range fs {
		go func() {
			err := f(ctx)
			if err != nil {
				cancel(err)
			}
			done <- err
		}()
	}
	var failed bool
	for range fs {
		if err := <-done; err != nil {
			failed = true
		}
	}
	if failed {
		return context.Cause(ctx)
	}
	return nil
}

func (b *Batch) writeFile(_ context.Context, file *journal.RowWriter, in <-chan []spilled) error {
	for rows := range in {
		for i := range rows {
			if err := file.Write(journal.Sealed{Leaf: rows[i].leaf, Kind: rows[i].kind, Body: rows[i].body}); err != nil {
				return err
			}
		}
	}
	return nil
}

// leafKey is what of a row goes into the table of keys.
type leafKey struct {
	leaf journal.Leaf
	key  journal.Key
}

// writeKeys gathers keys first and then writes them in one go: a transaction
// on keys that waited for rows would keep those who act from their keys, and
// they would keep the tables from taking rows.
func (b *Batch) writeKeys(ctx context.Context, in <-chan []spilled) error {
	var held []leafKey
	for rows := range in {
		for i := range rows {
			if upTo(rows[i].leaf, b.keyed) {
				continue
			}
			held = append(held, leafKey{rows[i].leaf, rows[i].key})
		}
		if len(held) >= b.c.stageRows() {
			if err := b.putKeys(ctx, held); err != nil {
				return err
			}
			held = held[:0]
		}
	}
	return b.putKeys(ctx, held)
}

func (b *Batch) putKeys(ctx context.Context, held []leafKey) error {
	keys, err := b.c.keys(ctx, writing)
	if err != nil {
		return err
	}
	defer keys.t.rollback()
	in := newInserter(keys.t, "k_row", []string{"batch", "leaf", "wrapped"}, 200)
	for i := range held {
		if err := in.add(ctx, b.number, held[i].leaf[:], keys.wrapped(tagKey, held[i].leaf, held[i].key)); err != nil {
			return err
		}
	}
	if err := in.flush(ctx); err != nil {
		return err
	}
	return keys.t.commit()
}

// writeTables writes rows in transactions of some thousands.
func (b *Batch) writeTables(ctx context.Context, in <-chan laid) error {
	var done int64
	for rows, more := <-in; more; rows, more = <-in {
		b.c.pause("staging")
		n, err := b.writeRows(ctx, rows, in)
		if err != nil {
			return err
		}
		if done += int64(n); b.Progress != nil {
			b.Progress(done, b.n.Load())
		}
	}
	return nil
}

// writeRows fills one transaction, beginning with rows, and commits it.
func (b *Batch) writeRows(ctx context.Context, rows laid, in <-chan laid) (n int, err error) {
	t, err := b.c.place.begin(ctx, writing)
	if err != nil {
		return 0, err
	}
	defer t.rollback()
	for more := true; more; rows, more = <-in {
		for _, s := range rows.statements {
			if err := t.insert(ctx, s.query, s.args); err != nil {
				return 0, err
			}
		}
		if n += rows.n; rows.last != nil {
			if b.work != nil {
				if _, err := t.exec(ctx, `UPDATE o_staging SET laid = ? WHERE batch = ?`, rows.last[:], b.id); err != nil {
					return 0, err
				}
			}
			break
		}
	}
	return n, t.commit()
}

// upTo tells whether a leaf stands at or before another; nil is before all.
func upTo(leaf journal.Leaf, last *journal.Leaf) bool {
	return last != nil && slices.Compare(leaf[:], last[:]) <= 0
}

// noting is a case's store of objects. Before an object gets its place it is
// noted as work under way, so that one which no entry comes to name is found
// again and taken away.
type noting struct {
	vault.Backend
	c *Case
}

// Create makes noting a vault.Backend.
func (n noting) Create(ctx context.Context) (vault.Staged, error) {
	if err := n.c.grows(); err != nil {
		return nil, err
	}
	s, err := n.Backend.Create(ctx)
	if err != nil {
		return nil, err
	}
	return notingStaged{s, n.c}, nil
}

type notingStaged struct {
	vault.Staged
	c *Case
}

func (n notingStaged) Commit(ctx context.Context, a vault.Address) error {
	if err := n.c.note(ctx, `INSERT INTO o_object (address) VALUES (?) ON CONFLICT DO NOTHING`, a[:]); err != nil {
		return errors.Join(err, n.Staged.Abort())
	}
	n.c.pause("object.noted")
	if err := n.Staged.Commit(ctx, a); err != nil {
		return err
	}
	n.c.pause("object")
	return nil
}
