// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/vault"
)

// decisions are the leaves and objects that somebody has decided to erase.
type decisions struct {
	leaves  map[journal.Leaf]bool
	objects map[vault.Address]bool
	size    int64 // of the log up to the last decision
}

const erasureKind = "erasure.decided@"

// decided reads all decisions to erase out of a journal. A decision cannot
// itself be erased (see checkErasure): what was erased stays decided.
func decided(ctx context.Context, from *tx, keys *keyring) (decisions, error) {
	d := decisions{leaves: map[journal.Leaf]bool{}, objects: map[vault.Address]bool{}}
	keys.left.into(&d)
	seqs, err := decisionsIn(ctx, from)
	if err != nil {
		return d, err
	}
	for _, seq := range seqs {
		s, err := readStored(ctx, from, seq)
		if err != nil {
			return d, err
		}
		e, err := s.open(ctx, keys)
		if err != nil {
			return d, err
		}
		if e.Erased() && d.leaves[e.Header.Leaf] {
			d.size = seq + 1 // left at home; what it names is missing here too
			continue
		}
		if e.Erased() {
			return d, errKeyLost("the decision to erase, entry", e.Header.Leaf)
		}
		erasure, err := register.ErasureFrom(e)
		if err != nil {
			return d, err
		}
		if err := d.add(erasure); err != nil {
			return d, fmt.Errorf("entry %d: %w", seq, err)
		}
		d.size = seq + 1
	}
	return d, nil
}

func decisionsIn(ctx context.Context, from *tx) (seqs []int64, err error) {
	rows, err := from.query(ctx, `SELECT seq FROM j_entry WHERE kind LIKE '`+erasureKind+`%' ORDER BY seq`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var seq int64
		if err := rows.Scan(&seq); err != nil {
			return nil, err
		}
		seqs = append(seqs, seq)
	}
	return seqs, from.dialect.fault(rows.Err())
}

func (d *decisions) add(e register.Erasure) error {
	for _, text := range e.Leaves {
		leaf, err := journal.ParseLeaf(text)
		if err != nil {
			return err
		}
		d.leaves[leaf] = true
	}
	for _, text := range e.Objects {
		address, err := vault.ParseAddress(text)
		if err != nil {
			return err
		}
		d.objects[address] = true
	}
	return nil
}

// checkErasure refuses a decision to erase a decision to erase: without it
// nobody could tell what was erased from what was lost.
func checkErasure(ctx context.Context, t *tx, e journal.Entry) error {
	if len(e.Kind.Name) < len(erasureKind) || e.Kind.Name[:len(erasureKind)] != erasureKind {
		return nil
	}
	erasure, err := register.ErasureFrom(e)
	if err != nil {
		return err
	}
	d := decisions{leaves: map[journal.Leaf]bool{}, objects: map[vault.Address]bool{}}
	if err := d.add(erasure); err != nil {
		return err
	}
	lines, err := collect(ctx, newReader(t), scanLine, entryQuery+` WHERE erased = 0 ORDER BY seq`)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if d.leaves[line.Leaf] && Stays(line.Kind) {
			return fmt.Errorf("%w: entry %d (%s) is itself a decision to erase, or says who may see what, and must stay readable; leave its leaf out", fault.Invalid, line.Seq, line.Kind)
		}
	}
	return keepsBatches(ctx, t, d)
}

// Stays reports whether entries of a kind are never erased: without a decision to
// erase nobody could tell what was erased from what was lost, and without those
// that close a thing it would stand open.
func Stays(kind string) bool {
	for _, prefix := range []string{erasureKind, "handling.changed@", "member.seated@", "compartment.described@"} {
		if strings.HasPrefix(kind, prefix) {
			return true
		}
	}
	return false
}

// BringsRows reports whether entries of a kind bring rows: without such an
// entry nobody could tell which rows stood there, or how many were erased.
func BringsRows(kind journal.Kind) bool { return kind.Index("batch") >= 0 }

// keepsBatches refuses a decision to erase an entry that brings rows: all of
// them would vanish, those of everybody, and be counted nowhere as erased.
func keepsBatches(ctx context.Context, t *tx, d decisions) (err error) {
	rows, err := t.query(ctx, `SELECT e.seq, e.leaf, e.kind FROM p_entry e JOIN p_batch b ON b.from_seq = e.seq WHERE e.erased = 0 ORDER BY e.seq`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var seq int64
		var raw []byte
		var kind string
		if err := rows.Scan(&seq, &raw, &kind); err != nil {
			return t.dialect.fault(err)
		}
		leaf, err := leafOf(raw)
		if err != nil {
			return err
		}
		if d.leaves[leaf] {
			return fmt.Errorf("%w: entry %d (%s) brings rows, which would all vanish with it and be counted nowhere as erased; accepted: the leaves of its rows, by erasing the person or the record", fault.Invalid, seq, kind)
		}
	}
	return t.dialect.fault(rows.Err())
}

// Erase carries out every decision to erase (entries erasure.decided) that is
// not carried out yet. The keys of what is named are destroyed: the table of
// keys is written anew without them, under a new epoch key, and the old table
// and the old epoch key are overwritten and removed. The projections are
// written anew without what can no longer be opened, nor drafts that speak of
// whom it was about, and the named objects are taken out of the vault. What was cut off is finished when the case is opened
// next. Doing it again does nothing.
//
// What it does not reach is older copies of the epoch key, of the projections
// and of the file system's own blocks; and what has left the archive.
func (c *Case) Erase(ctx context.Context, progress func(done, all int64)) (err error) {
	defer fault.Wrap(&err, "erasing in case %s", c.id)
	due, err := c.erasuresDue(ctx)
	if err != nil {
		return err
	}
	if due {
		if err := c.destroyKeys(ctx, progress); err != nil {
			return err
		}
	}
	return c.removeErased(ctx)
}

// finishErasures is Erase at the opening of a case. While another process is
// staging rows it leaves the work to the next opening.
func (c *Case) finishErasures(ctx context.Context) error {
	due, err := c.erasuresDue(ctx)
	if err != nil {
		return err
	}
	if due {
		release, err := c.alone(ctx)
		if errors.Is(err, fault.Unavailable) {
			return nil
		}
		if err != nil {
			return err
		}
		release()
	}
	return c.Erase(ctx, nil)
}

// erasuresDue tells whether a decision's keys are still there.
func (c *Case) erasuresDue(ctx context.Context) (bool, error) {
	t, err := c.place.begin(ctx, reading)
	if err != nil {
		return false, err
	}
	defer t.rollback()
	seqs, err := decisionsIn(ctx, t)
	if err != nil || len(seqs) == 0 {
		return false, err
	}
	keys, err := c.keys(ctx, reading)
	if err != nil {
		return false, err
	}
	defer keys.t.rollback()
	done, err := keys.state(ctx, "erased")
	return seqs[len(seqs)-1] >= done, err
}

// destroyKeys replaces keys and projections in one step.
func (c *Case) destroyKeys(ctx context.Context, progress func(done, all int64)) error {
	release, err := c.alone(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := c.loseStagedWork(ctx, LostErased); err != nil {
		return err
	}
	if err := c.forgetDrafts(ctx); err != nil {
		return err
	}
	var epoch epochKey
	draw := func(number int64) (err error) {
		if epoch, err = newEpoch(c.config, c.keyDir, number); err == nil {
			c.pause("erasing.epoch")
		}
		return err
	}
	return c.place.replace(ctx, draw, func(ctx context.Context, r replacement) error {
		old, err := c.ring(r.oldKeys)
		if err != nil {
			return err
		}
		fresh := &keyring{t: r.keys, w: newWrapper(epoch)}
		d, err := decided(ctx, r.old, old)
		if err != nil {
			return err
		}
		if err := rewrap(ctx, old, fresh, d, c.config.Rand); err != nil {
			return err
		}
		again := replay{c: c, from: r.old, keys: fresh, to: r.tables, progress: progress}
		return again.run(ctx, r.old.size)
	})
}

// removeErased destroys what earlier generations have left, and takes erased
// objects out of the vault.
func (c *Case) removeErased(ctx context.Context) error {
	t, err := c.place.begin(ctx, reading)
	if err != nil {
		return err
	}
	defer t.rollback()
	keys, err := c.keys(ctx, reading)
	if err != nil {
		return err
	}
	defer keys.t.rollback()
	if err := c.destroyOld(keys.t.epoch); err != nil {
		return err
	}
	erased, err := keys.state(ctx, "erased")
	if err != nil {
		return err
	}
	removed, err := keys.state(ctx, "removed")
	if err != nil || removed >= erased {
		return err
	}
	d, err := decided(ctx, t, keys)
	if err != nil {
		return err
	}
	for a := range d.objects {
		if err := c.store.Remove(ctx, a); err != nil && !errors.Is(err, fault.NotFound) {
			return err
		}
	}
	keys.t.rollback()
	t.rollback()
	c.pause("erasing.objects")
	if err := c.setState(ctx, "removed", erased); err != nil {
		return err
	}
	c.pause("erased")
	return nil
}

func (c *Case) setState(ctx context.Context, name string, value int64) error {
	keys, err := c.keys(ctx, acting)
	if err != nil {
		return err
	}
	defer keys.t.rollback()
	if _, err := keys.t.exec(ctx, `DELETE FROM k_state WHERE name = ?`, name); err != nil {
		return err
	}
	if err := keys.putState(ctx, name, value); err != nil {
		return err
	}
	return keys.t.commit()
}
