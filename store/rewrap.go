// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"
	"io"

	"recount/fault"
	"recount/journal"
	"recount/vault"
)

// keyTables are the tables of keys, but for k_state.
func keyTables() []table {
	return []table{
		{"k_entry", []string{"seq"}, []column{{"seq", integer}, {"leaf", octets}, {"wrapped", octets}}},
		{"k_batch", []string{"number"}, []column{{"number", integer}, {"batch", text}}},
		{"k_row", []string{"batch", "leaf"}, []column{{"batch", integer}, {"leaf", octets}, {"wrapped", octets}}},
		{"k_object", []string{"address"}, []column{{"address", octets}, {"wrapped", octets}, {"plain", octets}, {"size", integer}, {"stored", integer}}},
		{"k_secret", []string{"name"}, []column{{"name", text}, {"body", octets}}},
	}
}

// rewrap writes all keys into another keyring, under its epoch, but for those
// that are decided to be erased.
func rewrap(ctx context.Context, from, to *keyring, without decisions, rand io.Reader) error {
	if err := to.putState(ctx, "epoch", to.t.epoch); err != nil {
		return err
	}
	if err := to.putState(ctx, "erased", without.size); err != nil {
		return err
	}
	removed, err := from.state(ctx, "removed")
	if err != nil {
		return err
	}
	if err := to.putState(ctx, "removed", removed); err != nil {
		return err
	}
	r := rewrapping{from, to, without, rand}
	for _, t := range keyTables() {
		in := newInserter(to.t, t.name, t.columnNames(), 100)
		err := t.each(ctx, from.t, "", func(cells []cell) error {
			row := make([]any, len(cells))
			for i := range cells {
				row[i] = cells[i].value()
			}
			keep, err := r.row(t.name, row)
			if err != nil || !keep {
				return err
			}
			return in.add(ctx, row...)
		})
		if err == nil {
			err = in.flush(ctx)
		}
		if err != nil {
			return fmt.Errorf("writing table %s anew: %w", t.name, err)
		}
	}
	return nil
}

type rewrapping struct {
	from, to *keyring
	without  decisions
	rand     io.Reader
}

// row wraps the keys in one row anew; keep is false for a row to be left out.
func (r rewrapping) row(table string, row []any) (keep bool, err error) {
	switch table {
	case "k_entry", "k_row":
		leaf, err := thirtyTwo(row[1])
		if err != nil || r.without.leaves[journal.Leaf(leaf)] {
			return false, err
		}
		row[2], err = r.again(tagKey, leaf, row[2])
		return true, err
	case "k_object":
		address, err := thirtyTwo(row[0])
		if err != nil || r.without.objects[vault.Address(address)] {
			return false, err
		}
		if row[1], err = r.again(tagKey, address, row[1]); err != nil {
			return false, err
		}
		row[2], err = r.again(tagPlain, address, row[2])
		return true, err
	case "k_secret":
		name, body := row[0].(string), row[1].([]byte)
		secret, err := r.from.w.openSecret(name, body)
		if err != nil {
			return false, err
		}
		row[1], err = r.to.w.sealSecret(name, secret, r.rand)
		return true, err
	}
	return true, nil
}

func (r rewrapping) again(tag string, of [32]byte, wrapped any) ([]byte, error) {
	w, err := thirtyTwo(wrapped)
	if err != nil {
		return nil, err
	}
	return r.to.wrapped(tag, of, r.from.w.wrap(tag, of, w)), nil
}

func thirtyTwo(v any) ([32]byte, error) {
	b, ok := v.([]byte)
	if !ok || len(b) != 32 {
		return [32]byte{}, fmt.Errorf("%w: a leaf, address or key of %d bytes; 32 were written", fault.Tampered, len(b))
	}
	return [32]byte(b), nil
}
