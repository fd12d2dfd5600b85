// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"recount/fault"
	"recount/journal"
	"recount/names"
)

// traces are what tells that a text speaks of a person: ids, and the name as
// records write it.
type traces struct {
	ids   []string
	names names.Sought
}

// tracesOf are those of the records among leaves that can still be read: their
// leaves, the ids of persons of whom all records are among them, and their names.
func (r Reader) tracesOf(ctx context.Context, leaves map[journal.Leaf]bool) (found traces, err error) {
	persons := map[string]bool{}
	var spellings []string
	for leaf := range leaves {
		record, err := r.Record(ctx, leaf)
		if errors.Is(err, fault.NotFound) || err == nil && record.Erased {
			continue // a row of another kind, or gone already
		}
		if err != nil {
			return found, err
		}
		found.ids = append(found.ids, leaf.String())
		persons[record.Person], persons[record.Said.Person] = true, true
		spellings = append(spellings, record.Said.Spellings()...)
	}
	found.names = names.Seek(spellings...)
	for person := range persons {
		standing, err := r.Records(ctx, RecordFilter{Person: person, Corrected: true}, Page{})
		if err != nil {
			return found, err
		}
		if !slices.ContainsFunc(standing, func(other Record) bool { return !leaves[other.Leaf] }) {
			found.ids = append(found.ids, person)
		}
	}
	return found, nil
}

// in tells whether a draft speaks of the person: an id or a name stands in what
// was typed or in what it is about, or the parts of a name fill fields of their
// own, in whatever order.
func (f traces) in(d Draft) bool {
	texts := []string{d.About}
	for _, field := range slices.Sorted(maps.Keys(d.Fields)) {
		texts = append(texts, d.Fields[field]...)
	}
	for _, text := range texts {
		if slices.ContainsFunc(f.ids, func(id string) bool { return strings.Contains(text, id) }) || f.names.In(text).Whole {
			return true
		}
	}
	return f.names.In(strings.Join(texts, " ")).Whole || f.names.In(shortest(texts)).Whole
}

// shortest are those of the texts that may be parts of a name alone, together.
func shortest(texts []string) string {
	const mostWords = 4
	texts = slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return len(strings.Fields(text)) > mostWords })
	return strings.Join(texts, " ")
}

// DraftsOn are the drafts, of all accounts, that speak of the persons of these
// records, whose other rows may be among leaves as well: those that carrying
// out the erasure of these leaves takes away. By account, form and what they are about.
func (r Reader) DraftsOn(ctx context.Context, leaves []journal.Leaf) ([]Draft, error) {
	wanted := map[journal.Leaf]bool{}
	for _, leaf := range leaves {
		wanted[leaf] = true
	}
	return r.draftsOn(ctx, wanted)
}

func (r Reader) draftsOn(ctx context.Context, leaves map[journal.Leaf]bool) (all []Draft, err error) {
	defer fault.Wrap(&err, "looking through drafts")
	var n int64
	if err := r.t.get(ctx, []any{&n}, `SELECT COUNT(*) FROM o_draft`); err != nil || n == 0 {
		return nil, err
	}
	speak, err := r.tracesOf(ctx, leaves)
	if err != nil {
		return nil, err
	}
	rows, err := r.t.query(ctx, draftColumns+` ORDER BY account, form, about`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		d, err := scanDraft(rows)
		if errors.Is(err, fault.Tampered) { // what nobody can read may name anybody
			all = append(all, d)
			continue
		}
		if err != nil {
			return nil, err
		}
		if speak.in(d) {
			all = append(all, d)
		}
	}
	return all, r.t.dialect.fault(rows.Err())
}

// forgetDrafts takes the drafts away that speak of whom somebody has decided to
// forget. It comes before the keys are destroyed, while the names can still be
// read, and before the tables are written anew: the file that had the drafts,
// and its log, are overwritten then.
func (c *Case) forgetDrafts(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "taking drafts away")
	return c.office(ctx, acting, func(t *tx) error {
		keys, err := c.keys(ctx, reading)
		if err != nil {
			return err
		}
		defer keys.t.rollback()
		d, err := decided(ctx, t, keys)
		if err != nil {
			return err
		}
		drafts, err := newReader(t).draftsOn(ctx, d.leaves)
		if err != nil {
			return err
		}
		for _, draft := range drafts {
			if _, err := t.exec(ctx, dropDraft, draft.Account, draft.Form, draft.About); err != nil {
				return fmt.Errorf("a draft of %s: %w", draft.Form, err)
			}
		}
		return nil
	})
}
