// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"recount/fault"
	"recount/journal"
	"recount/register"
)

// EntryLine is an entry as the history of a case shows it. Of an erased one
// there are number, leaf and kind.
type EntryLine struct {
	register.Act
	Leaf   journal.Leaf
	Kind   string
	Erased bool
}

// Entries are the entries from number from (inclusive) to number to
// (exclusive), in their order. Numbers beyond the end are left out.
func (r Reader) Entries(ctx context.Context, from, to int64) ([]EntryLine, error) {
	return collect(ctx, r, scanLine, entryQuery+` WHERE seq >= ? AND seq < ? ORDER BY seq`, from, min(to, r.size))
}

// Entry is one line of the history. fault.NotFound beyond the end.
func (r Reader) Entry(ctx context.Context, seq int64) (EntryLine, error) {
	lines, err := r.Entries(ctx, seq, seq+1)
	if err == nil && len(lines) == 0 {
		err = fmt.Errorf("%w: entry %d; %d are known here", fault.NotFound, seq, r.size)
	}
	if err != nil {
		return EntryLine{}, err
	}
	return lines[0], nil
}

const entryQuery = `SELECT seq, leaf, kind, erased, time, actor, reason, basis, handling FROM p_entry`

func scanLine(rows *sql.Rows) (EntryLine, error) { return scanEntry(rows) }

// scanEntry reads the columns of entryQuery and what follows them.
func scanEntry(rows *sql.Rows, more ...any) (e EntryLine, err error) {
	var leaf []byte
	var erased int64
	var at, actor, reason, basis, handling sql.NullString
	dest := append([]any{&e.Seq, &leaf, &e.Kind, &erased, &at, &actor, &reason, &basis, &handling}, more...)
	if err := rows.Scan(dest...); err != nil {
		return e, err
	}
	if e.Leaf, err = leafOf(leaf); err != nil {
		return e, err
	}
	e.Erased = erased != 0
	e.Actor, e.Reason, e.Basis, e.Handling = actor.String, reason.String, basis.String, handling.String
	if !at.Valid {
		return e, nil
	}
	if e.Time, err = time.Parse(time.RFC3339, at.String); err != nil {
		return e, fmt.Errorf("%w: entry %d has no time that can be read", fault.Tampered, e.Seq)
	}
	return e, nil
}

// leafOf is a column of 32 bytes.
func leafOf(b []byte) (journal.Leaf, error) {
	if len(b) != len(journal.Leaf{}) {
		return journal.Leaf{}, fmt.Errorf("%w: a leaf of %d bytes in the projections; 32 were written", fault.Tampered, len(b))
	}
	return journal.Leaf(b), nil
}

// KindCount is how many leaves of a kind there are.
type KindCount struct {
	Kind string
	N    int64
}

// Erased is how many leaves of those recorded up to this size, entries and
// rows, have been erased since. Any answer may have been another before.
func (r Reader) Erased(ctx context.Context) (n int64, err error) {
	counts, err := r.ErasedKinds(ctx)
	for _, c := range counts {
		n += c.N
	}
	return n, err
}

// ErasedKinds is Erased by kind: records by "record@1". Rows of an entry that
// was erased itself are not among them: nobody knows any more that they were.
func (r Reader) ErasedKinds(ctx context.Context) ([]KindCount, error) {
	return collect(ctx, r, func(rows *sql.Rows) (c KindCount, err error) {
		return c, rows.Scan(&c.Kind, &c.N)
	}, `SELECT kind, SUM(n) FROM (
			SELECT kind, COUNT(*) AS n FROM p_entry WHERE erased = 1 AND seq < ? GROUP BY kind
			UNION ALL
			SELECT e.kind, COUNT(*) AS n FROM p_erased e JOIN p_batch b ON b.batch = e.batch WHERE b.from_seq < ? GROUP BY e.kind
		) AS counted GROUP BY kind ORDER BY kind`, r.size, r.size)
}

// IsErased tells whether a row of that leaf stood here and was erased, and of
// which kind it was. The leaf may also be that of an entry.
func (r Reader) IsErased(ctx context.Context, leaf journal.Leaf) (kind string, erased bool, err error) {
	kinds, err := collect(ctx, r, scanOne[string], `SELECT e.kind FROM p_erased e JOIN p_batch b ON b.batch = e.batch WHERE e.leaf = ? AND b.from_seq < ?
		UNION ALL SELECT kind FROM p_entry WHERE leaf = ? AND erased = 1 AND seq < ?`, leaf[:], r.size, leaf[:], r.size)
	if err != nil || len(kinds) == 0 {
		return "", false, err
	}
	return kinds[0], true, nil
}
