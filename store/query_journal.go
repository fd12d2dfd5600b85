// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"strings"

	"recount/journal"
)

// JournalFilter chooses entries of the history. Without kinds it is all kinds,
// without an actor everybody; of an erased entry nobody knows who acted.
type JournalFilter struct {
	Kinds []string
	Actor string
}

// Newest are the entries that a filter chooses, newest first, that stand before
// the entry of number before (negative: from the end), at most limit of them.
func (r Reader) Newest(ctx context.Context, f JournalFilter, before int64, limit int) ([]EntryLine, error) {
	if before < 0 || before > r.size {
		before = r.size
	}
	if len(f.Kinds) == 0 && f.Actor == "" {
		return collect(ctx, r, scanLine, entryQuery+` WHERE seq < ? ORDER BY seq DESC LIMIT ?`, before, limit)
	}
	kinds := f.Kinds
	if len(kinds) == 0 {
		for _, k := range journal.Kinds() {
			kinds = append(kinds, k.Name)
		}
	}
	// The newest of each kind, each found in an index, and of those the newest.
	var each []string
	var args []any
	for _, kind := range kinds {
		one, of := `SELECT seq FROM p_entry WHERE kind = ?`, []any{kind}
		if f.Actor != "" {
			one, of = one+` AND actor = ?`, append(of, f.Actor)
		}
		each = append(each, `SELECT seq FROM (`+one+` AND seq < ? ORDER BY seq DESC LIMIT ?) AS one`)
		args = append(append(args, of...), before, limit)
	}
	return collect(ctx, r, scanLine, entryQuery+` WHERE seq IN (`+strings.Join(each, ` UNION ALL `)+`) ORDER BY seq DESC LIMIT ?`, append(args, limit)...)
}

// Actors are those who acted, by name, at most limit of them. It goes from one
// name to the next in an index, whatever the number of entries, and asks of each
// whether an entry may be seen: both in one question has PostgreSQL look through
// all that is closed for each step.
func (r Reader) Actors(ctx context.Context, limit int) (all []string, err error) {
	entries := "p_entry"
	if r.t.scope != nil {
		entries = r.t.scope.schema + ".p_entry" // the table itself, which no condition stands before
	}
	for name := ""; len(all) < limit; {
		var next sql.NullString
		if err := r.t.get(ctx, []any{&next}, `SELECT MIN(actor) FROM `+entries+` WHERE actor > ?`, name); err != nil {
			return nil, err
		}
		if !next.Valid {
			break
		}
		name = next.String
		seen, err := collect(ctx, r, scanOne[string], `SELECT actor FROM p_entry WHERE actor = ? AND seq < ? LIMIT 1`, name, r.size)
		if err != nil {
			return nil, err
		}
		all = append(all, seen...)
	}
	return all, nil
}
