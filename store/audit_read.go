// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math"

	"recount/audit"
	"recount/fault"
	"recount/journal"
)

// Looked is an event that was noted.
type Looked struct {
	Seq int64
	audit.Event
	Text      string // what was searched for
	Forgotten bool   // something was searched for, and its key is destroyed
}

// mostLooks bounds what is answered at once.
const mostLooks = 1000

// Newest are the events of the filter with numbers below before (all, where it
// is negative), newest first, at most limit and never more than 1,000.
func (a *Audit) Newest(ctx context.Context, f audit.Filter, before int64, limit int) (all []Looked, err error) {
	defer fault.Wrap(&err, "reading who looked at %s", a.whose)
	if before < 0 {
		before = math.MaxInt64
	}
	where, args := "seq < ?", []any{before}
	for _, c := range []struct{ column, value string }{{"actor", f.Actor}, {"act", string(f.Act)}, {"kind", f.Kind}, {"id", f.ID}} {
		if c.value != "" {
			where, args = where+" AND "+c.column+" = ?", append(args, c.value)
		}
	}
	args = append(args, min(max(limit, 1), mostLooks))
	a.mu.Lock()
	defer a.mu.Unlock()
	err = a.in(ctx, reading, func(t *tx) error {
		if err := a.readKeys(ctx, t); err != nil {
			return err
		}
		rows, err := collect(ctx, Reader{t: t}, scanLook, `SELECT seq, header, event, actor, act, kind, id FROM a_event WHERE `+where+` ORDER BY seq DESC LIMIT ?`, args...)
		if err != nil {
			return err
		}
		for _, row := range rows {
			e, err := row.open(a.origin)
			if err != nil {
				return err
			}
			l := Looked{Seq: row.seq, Event: e}
			if l.Text, l.Forgotten, err = a.unseal(ctx, t, row.seq, e); err != nil {
				return err
			}
			all = append(all, l)
		}
		return nil
	})
	return all, err
}

// storedLook is a row of a_event.
type storedLook struct {
	seq                  int64
	header, event        []byte
	actor, act, kind, id string
}

func scanLook(rows *sql.Rows) (s storedLook, err error) {
	err = rows.Scan(&s.seq, &s.header, &s.event, &s.actor, &s.act, &s.kind, &s.id)
	return s, err
}

// open holds a row against itself: its header, its event, and what it is found by.
func (s storedLook) open(origin string) (audit.Event, error) {
	e, err := audit.Parse(s.event)
	if err != nil {
		return e, fmt.Errorf("event %d: %w", s.seq, err)
	}
	if !bytes.Equal(journal.Header{Origin: origin, Seq: s.seq, Leaf: audit.Leaf(s.event)}.Marshal(), s.header) {
		return e, fmt.Errorf("%w: event %d is not the one that was noted", fault.Tampered, s.seq)
	}
	if e.Actor != s.actor || string(e.Act) != s.act || e.Kind != s.kind || e.ID != s.id {
		return e, fmt.Errorf("%w: event %d is listed under what it does not say", fault.Tampered, s.seq)
	}
	return e, nil
}

// AuditState is what a check of the whole audit journal has found to hold.
type AuditState struct {
	Size       int64  // events
	Forgotten  int64  // of which the search text's key is destroyed
	Checkpoint string // signed
	VKey       string
}

// Verify reads the whole audit journal: each event against its header, the
// headers against the tree, the tree against the signed checkpoint, and that
// against the head that is kept with the keys. Whatever was changed, removed
// or added is fault.Tampered.
func (a *Audit) Verify(ctx context.Context) (s AuditState, err error) {
	defer fault.Wrap(&err, "checking the audit journal of %s", a.whose)
	a.mu.Lock()
	defer a.mu.Unlock()
	err = a.in(ctx, reading, func(t *tx) error {
		if err := a.readKeys(ctx, t); err != nil {
			return err
		}
		var tree journal.Tree
		const step = 500
		for {
			rows, err := collect(ctx, Reader{t: t}, scanLook, `SELECT seq, header, event, actor, act, kind, id FROM a_event WHERE seq >= ? ORDER BY seq LIMIT ?`, tree.Size(), step)
			if err != nil {
				return err
			}
			for _, row := range rows {
				if err := a.replay(ctx, t, row, &tree, &s); err != nil {
					return err
				}
			}
			if len(rows) < step {
				break
			}
		}
		return a.heads(ctx, t, &tree, &s)
	})
	return s, err
}

// replay checks one event and puts it into the tree.
func (a *Audit) replay(ctx context.Context, t *tx, row storedLook, tree *journal.Tree, s *AuditState) error {
	if row.seq != tree.Size() {
		return fmt.Errorf("%w: event %d is missing", fault.Tampered, tree.Size())
	}
	e, err := row.open(a.origin)
	if err != nil {
		return err
	}
	_, forgotten, err := a.unseal(ctx, t, row.seq, e)
	if err != nil {
		return err
	}
	if forgotten {
		s.Forgotten++
	}
	return tree.Add(row.header)
}

// heads holds the tree against the checkpoint and against the head, which may
// be of less where a noting was cut off.
func (a *Audit) heads(ctx context.Context, t *tx, tree *journal.Tree, s *AuditState) error {
	s.Size, s.VKey = tree.Size(), a.vkey
	signed, err := a.state(ctx, t, "checkpoint")
	if err != nil {
		return removed(err, s.Size, "signed checkpoint")
	}
	head, err := a.config.readFile(a.headFile())
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the head of the audit journal, %s, is missing", fault.Tampered, a.headFile())
	}
	if err != nil {
		return err
	}
	s.Checkpoint = string(signed)
	size, err := a.leads(signed, tree)
	if err != nil {
		return err
	}
	if size != s.Size {
		return fmt.Errorf("%w: the audit journal has %d events, and its checkpoint %d: events were added to it", fault.Tampered, s.Size, size)
	}
	_, err = a.leads(head, tree)
	return err
}

// leads tells that a tree leads to a checkpoint that the journal's key has signed.
func (a *Audit) leads(signed []byte, tree *journal.Tree) (int64, error) {
	c, _, err := journal.OpenCheckpoint(signed, a.vkey)
	if err != nil {
		return 0, fmt.Errorf("%w: the checkpoint of the audit journal: %w", fault.Tampered, err)
	}
	if c.Size > tree.Size() {
		return 0, fmt.Errorf("%w: the audit journal has %d events, and %d were signed for: its end was removed", fault.Tampered, tree.Size(), c.Size)
	}
	root, err := journal.RootAt(c.Size, tree)
	if err != nil {
		return 0, err
	}
	if root != c.Root || c.Origin != a.origin {
		return 0, fmt.Errorf("%w: the checkpoint of %d events has another root than the journal: it was rewritten", fault.Tampered, c.Size)
	}
	return c.Size, nil
}
