// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"

	"recount/fault"
	"recount/journal"
	"recount/vault"
)

// rows applies the rows of an entry's row file.
func (r *replay) rows(ctx context.Context, e journal.Entry) (err error) {
	batch := e.Get("batch").Text()
	address, err := vault.ParseAddress(e.Get("object").Text())
	if err != nil {
		return fmt.Errorf("%w: the address of its row file: %w", fault.Tampered, err)
	}
	object, err := r.keys.object(ctx, address)
	if errors.Is(err, fault.NotFound) && r.decided.objects[address] {
		return nil // the whole row file was erased
	}
	if err != nil {
		return err
	}
	file, err := r.c.vault.OpenChecked(ctx, object)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	reader := journal.NewRowReader(file, r.c.origin)
	if err := r.applyRows(ctx, batch, reader); err != nil {
		return err
	}
	root := reader.Root()
	if got := (Staged{Batch: batch, N: reader.Size(), Root: root, Object: address}).RowFile(); strconv.FormatInt(got.N, 10) != e.Get("n").Text() || got.Root != e.Get("root").Text() {
		return fmt.Errorf("%w: row file %s has %d rows with the root %s; the entry says %s with %s", fault.Tampered, address, got.N, got.Root, e.Get("n").Text(), e.Get("root").Text())
	}
	return nil
}

// opened is a chunk of rows on its way: read, opened by one of several
// goroutines, applied in the order of reading.
type opened struct {
	sealed []journal.Sealed
	keys   []journal.Key
	lost   []bool // the key is destroyed
	values [][]journal.Value
	err    error
	done   chan struct{}
}

const replayRows = 512 // rows to a chunk

func (r *replay) applyRows(ctx context.Context, batch string, reader *journal.RowReader) error {
	work, ordered := make(chan *opened, 4), make(chan *opened, 8)
	openers := runtime.GOMAXPROCS(0)
	steps := []func(context.Context) error{
		func(ctx context.Context) error {
			defer close(ordered)
			defer close(work)
			return r.readRows(ctx, batch, reader, func(o *opened) error {
				if err := send(ctx, work, o); err != nil {
					return err
				}
				return send(ctx, ordered, o)
			})
		},
		func(ctx context.Context) error { return r.applyOpened(ctx, batch, ordered) },
	}
	for range openers {
		steps = append(steps, func(context.Context) error {
			for o := range work {
				o.open(r.c.origin)
				close(o.done)
			}
			return nil
		})
	}
	return together(ctx, steps...)
}

// readRows reads a row file beside the keys of its batch, both in ascending
// order of the leaves.
func (r *replay) readRows(ctx context.Context, batch string, reader *journal.RowReader, emit func(*opened) error) (err error) {
	keys, err := r.keys.rowsOf(ctx, batch)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keys.close()) }()
	for end := false; !end; {
		o := &opened{done: make(chan struct{})}
		for len(o.sealed) < replayRows {
			sealed, err := reader.Next()
			if err == io.EOF {
				end = true
				break
			}
			if err != nil {
				return err
			}
			key, found, err := keys.find(sealed.Leaf)
			if err != nil {
				return err
			}
			if !found && !r.decided.leaves[sealed.Leaf] {
				return errKeyLost("row", sealed.Leaf)
			}
			o.sealed, o.keys, o.lost = append(o.sealed, sealed), append(o.keys, key), append(o.lost, !found)
		}
		if err := emit(o); err != nil {
			return err
		}
	}
	return nil
}

func (o *opened) open(origin string) {
	o.values = make([][]journal.Value, len(o.sealed))
	for i, s := range o.sealed {
		if o.lost[i] {
			continue
		}
		kind, ok := journal.KindNamed(s.Kind)
		if !ok {
			o.err = fmt.Errorf("row %s: %w: %q", s.Leaf, journal.ErrUnknownKind, s.Kind)
			return
		}
		if o.values[i], o.err = journal.Open(origin, kind, o.keys[i], s); o.err != nil {
			return
		}
	}
}

func (r *replay) applyOpened(ctx context.Context, batch string, in <-chan *opened) error {
	rows := newRowApplier(ctx, r.to, batch)
	for o := range in {
		select {
		case <-o.done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if o.err != nil {
			return o.err
		}
		for i, s := range o.sealed {
			var err error
			if o.lost[i] {
				err = rows.erased(s.Leaf, s.Kind)
			} else {
				err = rows.apply(s.Leaf, s.Kind, o.values[i])
			}
			if err != nil {
				return err
			}
		}
		r.advance(int64(len(o.sealed)))
	}
	return rows.close()
}

// rowKeys walks through the keys of one batch.
type rowKeys struct {
	k    *keyring
	rows *sql.Rows
	leaf []byte // of the key at hand; nil at the end
	raw  []byte
}

func (k *keyring) rowsOf(ctx context.Context, batch string) (*rowKeys, error) {
	var number int64
	err := k.t.get(ctx, []any{&number}, `SELECT number FROM k_batch WHERE batch = ?`, batch)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	rows, err := k.t.query(ctx, `SELECT leaf, wrapped FROM k_row WHERE batch = ? ORDER BY leaf`, number)
	if err != nil {
		return nil, err
	}
	w := &rowKeys{k: k, rows: rows}
	if err := w.next(); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *rowKeys) next() error {
	w.leaf = nil
	if !w.rows.Next() {
		return w.k.t.dialect.fault(w.rows.Err())
	}
	return w.rows.Scan(&w.leaf, &w.raw)
}

// find answers the key of a leaf; leaves are asked for in ascending order.
func (w *rowKeys) find(leaf journal.Leaf) (journal.Key, bool, error) {
	for w.leaf != nil {
		switch slices.Compare(w.leaf, leaf[:]) {
		case 0:
			key, err := w.k.unwrap(tagKey, leaf, w.raw)
			return key, true, err
		case 1:
			return journal.Key{}, false, nil
		}
		if err := w.next(); err != nil {
			return journal.Key{}, false, err
		}
	}
	return journal.Key{}, false, nil
}

func (w *rowKeys) close() error { return w.rows.Close() }
