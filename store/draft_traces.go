// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"recount/fault"
	"recount/journal"
	"recount/names"
)

// traces are what tells that a text speaks of a person: ids, and the name as
// records write it, folded.
type traces struct{ ids, names []string }

// tracesOf are those of the records among leaves that can still be read: their
// leaves, the ids of persons of whom all records are among them, and their names.
func (r Reader) tracesOf(ctx context.Context, leaves map[journal.Leaf]bool) (found traces, err error) {
	persons := map[string]bool{}
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
		for _, spelling := range record.Said.Spellings() {
			if folded := names.Fold(spelling); folded != "" && !slices.Contains(found.names, folded) {
				found.names = append(found.names, folded)
			}
		}
	}
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
// was typed or in what it is about, or the parts of a name fill fields of their own.
func (f traces) in(d Draft) bool {
	texts := []string{d.About}
	for _, values := range d.Fields {
		texts = append(texts, values...)
	}
	folded := make([]string, len(texts))
	for i, text := range texts {
		if slices.ContainsFunc(f.ids, func(id string) bool { return strings.Contains(text, id) }) {
			return true
		}
		folded[i] = names.Fold(text)
	}
	return slices.ContainsFunc(f.names, func(name string) bool {
		return slices.ContainsFunc(folded, func(text string) bool { return stands(name, text) }) || inParts(name, folded)
	})
}

// stands tells whether a folded name stands in a folded text: inside of words
// too, which many languages inflect, but a name of few letters as words alone.
func stands(name, text string) bool {
	if utf8.RuneCountInString(strings.ReplaceAll(name, " ", "")) < 4 {
		return strings.Contains(" "+text+" ", " "+name+" ")
	}
	return strings.Contains(text, name)
}

// inParts tells whether texts that hold words of a name alone hold all of them.
func inParts(name string, texts []string) bool {
	words := strings.Fields(name)
	there := map[string]bool{}
	for _, text := range texts {
		parts := strings.Fields(text)
		if slices.ContainsFunc(parts, func(part string) bool { return !slices.Contains(words, part) }) {
			continue
		}
		for _, part := range parts {
			there[part] = true
		}
	}
	return !slices.ContainsFunc(words, func(word string) bool { return !there[word] })
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
