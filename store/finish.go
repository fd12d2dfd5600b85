// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"

	"recount/fault"
	"recount/journal"
	"recount/vault"
)

const (
	chunkRows       = 1024  // rows that are handed on at a time
	transactionRows = 49152 // rows to a transaction
)

// Finish sorts the rows and writes them: to a row file in the vault, their
// keys, and themselves into the projections, where nobody sees them yet. When
// it returns nil all of it is durable, and Act can append the entry that names
// it. After an error the batch is gone.
func (b *Batch) Finish(ctx context.Context) (s Staged, err error) {
	defer fault.Wrap(&err, "staging batch %s", b.id)
	if b.ended.Swap(true) {
		return Staged{}, fmt.Errorf("%w: it is at its end", fault.Conflict)
	}
	defer func() {
		if err != nil {
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
	if err := b.c.KeepObject(ctx, object); err != nil {
		return s, err
	}
	b.c.pause("staged.object")
	s.Root, s.Object = root, object.Address
	if err := b.c.note(ctx, `UPDATE o_batch SET n = ?, root = ?, object = ? WHERE batch = ?`, n, root[:], object.Address[:], b.id); err != nil {
		return s, err
	}
	b.c.pause("staged")
	return s, b.spill.remove()
}

// write leads the sorted rows to three writers at once.
func (b *Batch) write(ctx context.Context, file *journal.RowWriter) error {
	toFile, toKeys, toTables := make(chan []spilled, 2), make(chan []spilled, 2), make(chan []spilled, 2)
	return together(ctx,
		func(ctx context.Context) error {
			defer close(toFile)
			defer close(toKeys)
			defer close(toTables)
			return b.spill.sorted(ctx, func(rows []spilled) error {
				for len(rows) > 0 {
					chunk := rows[:min(chunkRows, len(rows))]
					rows = rows[len(chunk):]
					for _, to := range []chan<- []spilled{toFile, toKeys, toTables} {
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
		func(ctx context.Context) error { return b.writeTables(ctx, toTables) },
	)
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

// inTransactions gives the chunks to write in transactions of some thousands
// of rows: begin opens one, and what it answers writes a chunk and ends it.
func inTransactions(in <-chan []spilled, begin func() (chunkWriter, error)) error {
	for open := true; open; {
		rows, more := <-in
		if !more {
			return nil
		}
		w, err := begin()
		if err != nil {
			return err
		}
		for n := 0; ; rows, open = <-in {
			if err := w.write(rows); err != nil {
				w.rollback()
				return err
			}
			if n += len(rows); n >= transactionRows || !open {
				break
			}
		}
		if err := w.commit(); err != nil {
			return err
		}
	}
	return nil
}

// chunkWriter is one transaction on keys or on projections.
type chunkWriter interface {
	write(rows []spilled) error
	commit() error
	rollback()
}

type keyWriter struct {
	ctx   context.Context
	keys  *keyring
	in    *inserter
	batch int64
}

func (b *Batch) writeKeys(ctx context.Context, in <-chan []spilled) error {
	return inTransactions(in, func() (chunkWriter, error) {
		keys, err := b.c.keys(ctx, writing)
		if err != nil {
			return nil, err
		}
		return &keyWriter{ctx, keys, newInserter(keys.t, "k_row", []string{"batch", "leaf", "wrapped"}, 200), b.number}, nil
	})
}

func (w *keyWriter) write(rows []spilled) error {
	for i := range rows {
		if err := w.in.add(w.ctx, w.batch, rows[i].leaf[:], w.keys.wrapped(tagKey, rows[i].leaf, rows[i].key)); err != nil {
			return err
		}
	}
	return nil
}

func (w *keyWriter) commit() error {
	defer w.rollback()
	if err := w.in.flush(w.ctx); err != nil {
		return err
	}
	return w.keys.t.commit()
}

func (w *keyWriter) rollback() { w.keys.t.rollback() }

type tableWriter struct {
	b      *Batch
	t      *tx
	rows   rowApplier
	values []journal.Value
	done   *int64
}

func (b *Batch) writeTables(ctx context.Context, in <-chan []spilled) error {
	var done int64
	return inTransactions(in, func() (chunkWriter, error) {
		b.c.pause("staging")
		t, err := b.c.place.begin(ctx, writing)
		if err != nil {
			return nil, err
		}
		t.origin = b.c.origin
		rows, err := newRowApplier(ctx, t, b.id)
		if err != nil {
			t.rollback()
			return nil, err
		}
		return &tableWriter{b: b, t: t, rows: rows, done: &done}, nil
	})
}

func (w *tableWriter) write(rows []spilled) (err error) {
	for i := range rows {
		if w.values, err = rows[i].split(w.values); err != nil {
			return err
		}
		if err := w.rows.apply(rows[i].leaf, rows[i].kind, w.values); err != nil {
			return err
		}
	}
	*w.done += int64(len(rows))
	return nil
}

func (w *tableWriter) commit() error {
	defer w.rollback()
	if err := w.rows.close(); err != nil {
		return err
	}
	if err := w.t.commit(); err != nil {
		return err
	}
	if w.b.Progress != nil {
		w.b.Progress(*w.done, w.b.n.Load())
	}
	return nil
}

func (w *tableWriter) rollback() { w.t.rollback() }

// noting is a case's store of objects. Before an object gets its place it is
// noted as work under way, so that one which no entry comes to name is found
// again and taken away.
type noting struct {
	vault.Backend
	c *Case
}

// Create makes noting a vault.Backend.
func (n noting) Create(ctx context.Context) (vault.Staged, error) {
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
	return n.Staged.Commit(ctx, a)
}
