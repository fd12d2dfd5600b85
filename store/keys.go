// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"recount/fault"
	"recount/journal"
	"recount/vault"
)

// keyring is one transaction on the keys of a case and the wrapper of their
// epoch. It ends as the transaction does.
type keyring struct {
	t    *tx
	w    *wrapper
	left *Travel // what is to be missing, in a travel copy; else nil
}

// keys opens a keyring. The caller commits it or rolls it back.
func (c *Case) keys(ctx context.Context, m mode) (*keyring, error) {
	t, err := c.place.beginKeys(ctx, m)
	if err != nil {
		return nil, err
	}
	ring, err := c.ring(t)
	if err != nil {
		t.rollback()
	}
	return ring, err
}

// ring makes a keyring of a transaction on keys.
func (c *Case) ring(t *tx) (*keyring, error) {
	key, err := c.epoch(t.epoch)
	if err != nil {
		return nil, err
	}
	return &keyring{t: t, w: newWrapper(key), left: c.travel}, nil
}

// epoch answers the key of an epoch, read from its file once.
func (c *Case) epoch(number int64) (epochKey, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epochNumber == number {
		return c.epochKey, nil
	}
	key, err := readEpoch(c.config, c.keyDir, number)
	if err != nil {
		return key, err
	}
	c.epochNumber, c.epochKey = number, key
	return key, nil
}

func (k *keyring) unwrap(tag string, of [32]byte, wrapped []byte) ([32]byte, error) {
	if len(wrapped) != 32 {
		return [32]byte{}, fmt.Errorf("%w: a wrapped key of %d bytes; 32 were written", fault.Tampered, len(wrapped))
	}
	return k.w.wrap(tag, of, [32]byte(wrapped)), nil
}

func (k *keyring) wrapped(tag string, of, key [32]byte) []byte {
	w := k.w.wrap(tag, of, key)
	return w[:]
}

// errNoKey is the answer where a key is not there, mostly because it was
// destroyed.
func errNoKey(what string) error {
	return fmt.Errorf("%w: there is no key for %s", fault.NotFound, what)
}

func (k *keyring) entry(ctx context.Context, seq int64, leaf journal.Leaf) (journal.Key, error) {
	var wrapped []byte
	err := k.t.get(ctx, []any{&wrapped}, `SELECT wrapped FROM k_entry WHERE seq = ? AND leaf = ?`, seq, leaf[:])
	if errors.Is(err, sql.ErrNoRows) {
		return journal.Key{}, errNoKey(fmt.Sprintf("entry %d", seq))
	}
	if err != nil {
		return journal.Key{}, err
	}
	key, err := k.unwrap(tagKey, leaf, wrapped)
	return key, err
}

// putEntry also takes the place of the key of an act that was cut off.
func (k *keyring) putEntry(ctx context.Context, seq int64, leaf journal.Leaf, key journal.Key) error {
	if _, err := k.t.exec(ctx, `DELETE FROM k_entry WHERE seq >= ?`, seq); err != nil {
		return err
	}
	_, err := k.t.exec(ctx, `INSERT INTO k_entry (seq, leaf, wrapped) VALUES (?, ?, ?)`, seq, leaf[:], k.wrapped(tagKey, leaf, key))
	return err
}

// keyed is the size that the log has by its keys; the log itself may be one
// entry shorter, after an act that was cut off.
func (k *keyring) keyed(ctx context.Context) (n int64, err error) {
	err = k.t.get(ctx, []any{&n}, `SELECT COALESCE(MAX(seq), -1) + 1 FROM k_entry`)
	return n, err
}

func (k *keyring) row(ctx context.Context, leaf journal.Leaf) (journal.Key, error) {
	var wrapped []byte
	// CROSS JOIN keeps SQLite to this order: the few batches, then the key of
	// the table; by its own choice it reads every row.
	err := k.t.get(ctx, []any{&wrapped}, `SELECT r.wrapped FROM k_batch b CROSS JOIN k_row r WHERE r.batch = b.number AND r.leaf = ?`, leaf[:])
	if errors.Is(err, sql.ErrNoRows) {
		return journal.Key{}, errNoKey("row " + leaf.String())
	}
	if err != nil {
		return journal.Key{}, err
	}
	key, err := k.unwrap(tagKey, leaf, wrapped)
	return key, err
}

func (k *keyring) putObject(ctx context.Context, o vault.Object) error {
	_, err := k.t.exec(ctx, `INSERT INTO k_object (address, wrapped, plain, size, stored) VALUES (?, ?, ?, ?, ?)`,
		o.Address[:], k.wrapped(tagKey, o.Address, o.Key), k.wrapped(tagPlain, o.Address, o.Plain), o.Size, o.StoredSize)
	return err
}

func (k *keyring) object(ctx context.Context, a vault.Address) (vault.Object, error) {
	o := vault.Object{Address: a}
	var wrapped, plain []byte
	err := k.t.get(ctx, []any{&wrapped, &plain, &o.Size, &o.StoredSize}, `SELECT wrapped, plain, size, stored FROM k_object WHERE address = ?`, a[:])
	if errors.Is(err, sql.ErrNoRows) {
		return o, errNoKey("object " + a.String())
	}
	if err != nil {
		return o, err
	}
	if o.Key, err = k.unwrap(tagKey, a, wrapped); err != nil {
		return o, err
	}
	o.Plain, err = k.unwrap(tagPlain, a, plain)
	return o, err
}

func (k *keyring) putState(ctx context.Context, name string, value int64) error {
	_, err := k.t.exec(ctx, `INSERT INTO k_state (name, value) VALUES (?, ?)`, name, value)
	return err
}

// state is 0 where nothing was noted.
func (k *keyring) state(ctx context.Context, name string) (value int64, err error) {
	err = k.t.get(ctx, []any{&value}, `SELECT value FROM k_state WHERE name = ?`, name)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return value, err
}

func (k *keyring) putSecret(ctx context.Context, name, secret string, rand io.Reader) error {
	body, err := k.w.sealSecret(name, secret, rand)
	if err != nil {
		return err
	}
	_, err = k.t.exec(ctx, `INSERT INTO k_secret (name, body) VALUES (?, ?)`, name, body)
	return err
}

// secret is "" and no error where there is none: in a look back.
func (k *keyring) secret(ctx context.Context, name string) (string, error) {
	var body []byte
	err := k.t.get(ctx, []any{&body}, `SELECT body FROM k_secret WHERE name = ?`, name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return k.w.openSecret(name, body)
}

// KeepObject keeps the key of an object that was sealed into the case's vault,
// durably: before the entry that names the object. An object that no entry
// names when all have closed the case is taken away with its key.
func (c *Case) KeepObject(ctx context.Context, o vault.Object) (err error) {
	defer fault.Wrap(&err, "keeping the key of object %s", o.Address)
	if err := c.grows(); err != nil {
		return err
	}
	keys, err := c.keys(ctx, acting)
	if err != nil {
		return err
	}
	defer keys.t.rollback()
	if err := keys.putObject(ctx, o); err != nil {
		return err
	}
	if err := keys.t.commit(); err != nil {
		return err
	}
	c.pause("object.kept")
	return nil
}

// ObjectKey is what is needed to open an object. fault.NotFound once it was
// erased, and for one that this case never had.
func (c *Case) ObjectKey(ctx context.Context, a vault.Address) (vault.Object, error) {
	keys, err := c.keys(ctx, reading)
	if err != nil {
		return vault.Object{}, err
	}
	defer keys.t.rollback()
	return keys.object(ctx, a)
}
