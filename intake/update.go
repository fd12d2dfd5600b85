// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"recount/fault"
	"recount/intake/collate"
	"recount/intake/mapping"
	"recount/intake/table"
	"recount/journal"
	"recount/register"
)

// update is what an edition of a list changes in the case: rows that stand there
// already are not recorded again, rows that were changed supersede the record of
// the row before, and what nobody can say for certain is refused.
type update struct {
	same    map[int]bool
	changed map[int]standing
	refused map[int]notTaken
	out     collate.Outcome
}

// notTaken is a row that cannot be taken for a correction, and why: without a value.
type notTaken struct{ key, why string }

// standing is the record of a row that an edition changes.
type standing struct {
	record journal.Leaf
	person string
}

// Updated counts what an edition of a list does to the case.
type Updated struct {
	EditionOf string          `json:"edition_of"` // id of the exhibit
	Outcome   collate.Outcome `json:"compared"`
	Same      int64           `json:"same"`    // rows that stand in the case already
	Changed   int64           `json:"changed"` // rows that supersede a record
	Gone      int64           `json:"gone"`    // rows of the edition before whose records still stand
}

// wantEdition is what is accepted of rows that cannot be taken for a correction.
const wantEdition = "a correction of that record by hand, or a new record by hand where it is somebody new"

// readUpdate compares a list with the edition before it, and finds the records of
// rows that were changed. newer is the list that is imported.
func (j *importing) readUpdate(ctx context.Context, newer Edition) error {
	if j.order.EditionOf == "" {
		return nil
	}
	var lists []register.Import
	err := j.clerk.Case.Look(ctx, func(v View) (err error) { lists, err = j.editionsBefore(ctx, v); return err })
	if err != nil {
		return err
	}
	for _, list := range lists {
		if err := j.clerk.Case.Sees(ctx, j.clerk.Actor, list.Exhibit); errors.Is(err, fault.NotFound) {
			return fmt.Errorf("%w: an edition before this one is closed to you, and what is refused would tell what stands in it; accepted: an import by somebody who sees all of them", fault.Forbidden)
		} else if err != nil {
			return err
		}
	}
	older, err := j.clerk.ExhibitEdition(ctx, j.order.EditionOf, nil, j.order.Limits)
	if err != nil {
		return fmt.Errorf("the edition before: %w", err)
	}
	u := &update{same: map[int]bool{}, changed: map[int]standing{}, refused: map[int]notTaken{}}
	var found []collate.Found
	u.out, err = Compare(ctx, older, newer, func(f collate.Found) error {
		if f.Verdict != collate.Gone {
			f.Cells = nil // a million of them need not be remembered
			found = append(found, f)
		}
		return nil
	})
	if err != nil {
		return err
	}
	j.update = u
	return j.clerk.Case.Look(ctx, func(v View) error {
		held, err := readHeld(ctx, v, lists)
		if err != nil {
			return err
		}
		for _, f := range found {
			if err := u.settle(ctx, v, f, held); err != nil {
				return err
			}
		}
		return nil
	})
}

// settle says what a row of the list does to the case.
func (u *update) settle(ctx context.Context, v View, f collate.Found, held *held) error {
	old := held.of(f.Key)
	if f.Was != "" {
		old = held.of(f.Was)
	}
	switch {
	case f.Verdict == collate.Other:
		return u.refuse(f, "its key stood for somebody else in the edition before, or may have: "+f.Why)
	case f.Verdict == collate.Twice && f.Why != "":
		return u.refuse(f, f.Why)
	case f.Verdict == collate.Twice:
		return u.refuse(f, "its key stands in several rows of an edition, and not with the same cells in both")
	case f.Verdict == collate.Keyless && u.out.KeylessOlder > 0:
		return u.refuse(f, "it has no key, and rows without one stand in the edition before, which it may correct")
	case f.Verdict == collate.Keyless || f.Verdict == collate.Added && len(old) == 0:
		return nil // it is new
	case f.Verdict == collate.Added:
		return u.refuse(f, "its key does not stand in the edition before, but in an earlier one, whose record still stands")
	case len(old) == 0 && held.lost && f.Key != "":
		return u.refuse(f, "its record is not there any more")
	case f.Verdict == collate.Same:
		u.same[f.Row] = f.Key == "" || len(old) > 0
	case len(old) == 1:
		return u.supersede(ctx, v, f, old[0])
	case len(old) > 1:
		return u.refuse(f, "several records have its key")
	}
	return nil
}

// refuse keeps a row from being taken.
func (u *update) refuse(f collate.Found, why string) error {
	u.refused[f.Row] = notTaken{f.Key, why}
	return nil
}

// supersede has a row take the place of a record, under the same person. What
// people have decided of that record since is not undone by a list.
func (u *update) supersede(ctx context.Context, v View, f collate.Found, old heldRecord) error {
	const since = "its record was corrected, closed, hidden or erased since"
	by, err := v.CorrectedBy(ctx, old.record)
	if err != nil {
		return err
	}
	if old.decided || len(by) > 0 {
		return u.refuse(f, since)
	}
	person, err := v.PersonOf(ctx, old.record)
	if errors.Is(err, fault.NotFound) {
		return u.refuse(f, since)
	}
	u.changed[f.Row] = standing{old.record, person}
	return err
}

// notice says what the edition does, without a value.
func (u *Updated) notice() string {
	said := fmt.Sprintf("a later edition of exhibit %s; rows that stand in the case already, and are not recorded again: %d; rows that supersede a record: %d", u.EditionOf, u.Same, u.Changed)
	if u.Gone > 0 {
		said += fmt.Sprintf("; rows of the edition before that are not there any more, whose records stand until somebody decides otherwise: %d", u.Gone)
	}
	if gone := u.Outcome.ColumnsGone; len(gone) > 0 {
		said += "; columns that are gone: " + strings.Join(gone, ", ")
	}
	return said
}

// refuses says why a row of the list cannot be taken, nil where it can.
func (j *importing) refuses(row int) *table.Refusal {
	if j.update == nil {
		return nil
	}
	no, there := j.update.refused[row]
	if !there {
		return nil
	}
	return &table.Refusal{File: j.exhibit.FileName, Sheet: j.order.Mapping.Sheet, Row: row, Column: strings.Join(j.order.Mapping.KeyColumns(), mapping.KeyBetween),
		InColumn: true, Value: no.key, HasValue: no.key != "", Why: no.why, Want: wantEdition}
}

// skips tells whether a row stands in the case already.
func (j *importing) skips(row int) bool { return j.update != nil && j.update.same[row] }

// stillStanding sees, when the entry is written, that no record which is
// superseded was corrected or moved meanwhile.
func (j *importing) stillStanding(ctx context.Context, v View) error {
	if j.update == nil {
		return nil
	}
	for _, old := range j.update.changed {
		person, err := v.PersonOf(ctx, old.record)
		if err != nil {
			return err
		}
		by, err := v.CorrectedBy(ctx, old.record)
		if err != nil {
			return err
		}
		if person != old.person || len(by) > 0 {
			return fmt.Errorf("%w: record %s was corrected, or put under another person, meanwhile; nothing was written; try again", fault.Conflict, old.record)
		}
	}
	return nil
}

// updated is what the receipt says of the edition.
func (j *importing) updated() *Updated {
	if j.update == nil {
		return nil
	}
	u := &Updated{EditionOf: j.order.EditionOf, Outcome: j.update.out, Changed: int64(len(j.update.changed)), Gone: j.update.out.Counts[collate.Gone]}
	for _, is := range j.update.same {
		if is {
			u.Same++
		}
	}
	return u
}
