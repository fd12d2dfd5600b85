// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"recount/access"
	"recount/fault"
	"recount/journal"
	"recount/vault"
)

// leaving finds out what of a snapshot stays at home. Nothing goes that is not
// found to be admitted.
type leaving struct {
	s       *Snapshot
	narrow  bool                   // something is not admitted
	entries map[int64]bool         // admitted
	rows    map[journal.Leaf]bool  // admitted
	held    map[string]bool        // exhibits of which something was taken that is not admitted
	batches map[string]bool        // that go, of those that an entry names
	objects map[vault.Address]bool // that go
	fields  int64                  // records, groups and incidents that stay for a closed field alone
}

// Leave leaves out of the snapshot whatever the scope does not admit, and the
// keys that the case signs with: what WriteJournal, WriteKeys and Objects give
// from then on is a travel copy's. Of an exhibit from which something was taken
// that stays, the file stays too, since it says the same; so do the lines of
// frozen figures where anything stays, and all that was ever said about hiding.
// t says what was chosen and when; the answer has the rest. fault.Invalid where
// the scope does not admit the entry that opened the case.
func (s *Snapshot) Leave(ctx context.Context, t Travel, who access.Scope) (_ Travel, err error) {
	defer fault.Wrap(&err, "choosing what travels of case %s", s.c.id)
	l := leaving{s: s, entries: map[int64]bool{}, rows: map[journal.Leaf]bool{}, held: map[string]bool{}, batches: map[string]bool{}, objects: map[vault.Address]bool{}}
	if err := l.admitted(ctx, who); err != nil {
		return t, err
	}
	t.Origin, t.Size, t.ForFields = s.c.origin, s.t.size, l.fields
	if t.Root, err = journal.RootAt(s.t.size, hashReader{ctx, s.t}); err != nil {
		return t, err
	}
	for leaf := range s.decided.leaves {
		t.leaves = append(t.leaves, leaf)
	}
	for a := range s.decided.objects {
		t.objects = append(t.objects, a)
	}
	for _, step := range []func(context.Context, *Travel) error{l.leaveEntries, l.leaveRows, l.leaveObjects} {
		if err := step(ctx, &t); err != nil {
			return t, err
		}
	}
	slices.SortFunc(t.leaves, func(a, b journal.Leaf) int { return slices.Compare(a[:], b[:]) })
	slices.SortFunc(t.objects, func(a, b vault.Address) int { return slices.Compare(a[:], b[:]) })
	t.into(&s.decided)
	s.unsigned = true
	return t, nil
}

// rowTables are the projections of rows, each with the leaf of its row.
func rowTables() []string {
	return []string{"p_record", "p_harm", "p_group", "p_rung", "p_extra", "p_member"}
}

// admitted asks, through the one scope that stands before every question, what
// may be seen.
func (l *leaving) admitted(ctx context.Context, who access.Scope) (err error) {
	t := l.s.t
	shut, err := shutTo(ctx, t, who)
	if err != nil {
		return err
	}
	narrowed := newScope(l.s.c.schemaName(), who, nil, nil) // rows are left whole, for a field too: leaveFields
	if l.narrow, err = narrowed.hides(ctx, t); err != nil {
		return err
	}
	l.narrow = l.narrow || len(shut) > 0
	taken, err := takenFrom(ctx, t)
	if err != nil {
		return err
	}
	t.setScope(narrowed)
	defer t.setScope(nil)
	seen, err := takenFrom(ctx, t)
	if err != nil {
		return err
	}
	for exhibit, n := range taken {
		l.held[exhibit] = seen[exhibit] != n
	}
	err = eachRow(ctx, t, `SELECT seq FROM p_entry`, func(rows *sql.Rows) error {
		var seq int64
		err := rows.Scan(&seq)
		l.entries[seq] = true
		return err
	})
	if err != nil {
		return err
	}
	for _, table := range rowTables() {
		err := eachRow(ctx, t, `SELECT leaf FROM `+table+` WHERE leaf IS NOT NULL`, func(rows *sql.Rows) error {
			var raw []byte
			if err := rows.Scan(&raw); err != nil {
				return err
			}
			leaf, err := leafOf(raw)
			l.rows[leaf] = true
			return err
		})
		if err != nil {
			return err
		}
	}
	t.setScope(nil)
	return l.leaveFields(ctx, shut)
}

// takenFrom counts what was taken from each exhibit.
func takenFrom(ctx context.Context, t *tx) (map[string]int64, error) {
	taken := map[string]int64{}
	for _, table := range []string{"p_record", "p_group", "p_citation"} {
		err := eachRow(ctx, t, `SELECT exhibit, COUNT(*) FROM `+table+` WHERE exhibit IS NOT NULL GROUP BY exhibit`, func(rows *sql.Rows) error {
			var exhibit string
			var n int64
			err := rows.Scan(&exhibit, &n)
			taken[exhibit] += n
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return taken, nil
}

func eachRow(ctx context.Context, t *tx, query string, visit func(*sql.Rows) error) (err error) {
	rows, err := t.query(ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := visit(rows); err != nil {
			return err
		}
	}
	return t.dialect.fault(rows.Err())
}

// leaveEntries leaves entries, and notes which batches and objects the others name.
func (l *leaving) leaveEntries(ctx context.Context, t *Travel) error {
	if !l.entries[0] {
		return fmt.Errorf("%w: the class %s does not admit the entry that opened the case, and without it there is no case; accepted is a class that does", fault.Invalid, t.Class)
	}
	for seq := range l.s.t.size {
		stored, err := readStored(ctx, l.s.t, seq)
		if err != nil {
			return err
		}
		leaf := stored.header.Leaf
		if l.s.decided.leaves[leaf] {
			continue
		}
		// Hidden things stay, so nothing has to say that they are; why they are
		// may name them.
		if !l.entries[seq] || strings.HasPrefix(stored.sealed.Kind, "thing.") {
			t.leaves = append(t.leaves, leaf)
			t.Entries++
			continue
		}
		e, err := stored.open(ctx, l.s.keys)
		if err != nil {
			return err
		}
		if e.Erased() {
			return errKeyLost("entry", leaf)
		}
		if err := l.named(e); err != nil {
			return err
		}
	}
	return nil
}

func (l *leaving) named(e journal.Entry) error {
	if e.Kind.Index("batch") >= 0 {
		l.batches[e.Get("batch").Text()] = true
	}
	if e.Kind.Name == "exhibit.received@1" && l.held[e.Get("exhibit").Text()] {
		return nil
	}
	for _, field := range []string{"object", "statement_object", "page_object"} {
		if e.Kind.Index(field) < 0 || e.Get(field).Text() == "" {
			continue
		}
		a, err := vault.ParseAddress(e.Get(field).Text())
		if err != nil {
			return fmt.Errorf("%w: entry %d, field %s: %w", fault.Tampered, e.Header.Seq, field, err)
		}
		l.objects[a] = true
	}
	return nil
}

// leaveRows leaves the rows of lists that stay, and of those that go what is not
// admitted. What no projection has, such as the lines of a frozen figure, goes
// only where all goes: nothing says of whom it is.
func (l *leaving) leaveRows(ctx context.Context, t *Travel) error {
	under, goes := map[int64]bool{}, map[int64]bool{}
	err := keyTable("k_batch").each(ctx, l.s.keys.t, "", func(cells []cell) error {
		number, id := cells[0].number.Int64, cells[1].chars.String
		under[number], goes[number] = l.s.underWay.batches[id], l.batches[id]
		if !l.batches[id] {
			l.s.underWay.batches[id] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	return keyTable("k_row").each(ctx, l.s.keys.t, "", func(cells []cell) error {
		number := cells[0].number.Int64
		leaf, err := leafOf(cells[1].raw)
		if err != nil || under[number] || l.s.decided.leaves[leaf] {
			return err
		}
		if goes[number] && (!l.narrow || l.rows[leaf]) {
			return nil
		}
		t.Rows++
		if goes[number] {
			t.leaves = append(t.leaves, leaf)
		}
		return nil
	})
}

// leaveObjects leaves every object that nothing names which goes.
func (l *leaving) leaveObjects(ctx context.Context, t *Travel) error {
	return l.s.Objects(ctx, func(a vault.Address, _ int64) error {
		if !l.objects[a] {
			t.objects = append(t.objects, a)
			t.Objects++
		}
		return nil
	})
}
