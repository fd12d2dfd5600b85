// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"errors"
	"fmt"

	"recount/fault"
	"recount/intake/mapping"
	"recount/journal"
	"recount/register"
)

// Added is a record that a person wrote down.
type Added struct {
	Leaf   journal.Leaf
	Person string // that the record stands under
	Seq    int64  // of the entry
	Known  bool   // it was added under Act.Once before: nothing was added
}

// AddRecord records one record with its harms, written down by a person from a
// place in an exhibit (mapping.ParseStatement). Its person is a new one; a
// record that corrects another names it, and stands under that one's person.
// What is closed to whoever corrects stays as it was.
// A record is corrected once: fault.Conflict for one that was corrected
// already, by whomever and whenever before the entry is written; the newest is
// the one to correct.
func (c *Clerk) AddRecord(ctx context.Context, s *mapping.Statement, a Act) (Added, error) {
	a = a.orDefault()
	s, shut, err := c.keeping(ctx, s)
	if err != nil {
		return Added{}, err
	}
	p := mapping.Person{Record: s.Record, Harms: s.Harms, Own: s.Own}
	if p.Record.Person, err = register.NewID(c.Rand, "p"); err != nil {
		return Added{}, err
	}
	once := a.Once != "" && p.Record.Supersedes == (journal.Leaf{}) // a record is corrected once in any case
	if once {
		p.Record.Person = register.OnceID("p", c.Actor, a.Once)
	}
	var before Added
	var exhibit register.Exhibit
	look := func(v View) error {
		if exhibit, err = v.Exhibit(ctx, s.Exhibit); err != nil {
			return fmt.Errorf("exhibit %s: %w", s.Exhibit, err)
		}
		if err := checkSource(ctx, v, s.Source); err != nil {
			return err
		}
		return checkHarms(ctx, v, p.Harms)
	}
	if err := c.Case.Look(ctx, func(v View) error {
		if err := look(v); err != nil {
			return err
		}
		if p.Own, err = ownBy(ctx, v, p.Record.Supersedes, s.Own, shut); err != nil {
			return err
		}
		if once {
			if before, err = addedBefore(ctx, v, p.Record); err != nil {
				return err
			}
		}
		return underPerson(ctx, v, &p.Record, false)
	}); err != nil || before.Known {
		return before, err
	}
	if err := p.Record.Check(); err != nil {
		return Added{}, err
	}
	batch, err := c.Case.Stage(ctx, nil)
	if err != nil {
		return Added{}, err
	}
	leaf, err := addPerson(batch, &p)
	if err != nil {
		return Added{}, errors.Join(err, batch.Abort())
	}
	for _, h := range p.Harms {
		if err := h.Check(); err != nil {
			return Added{}, errors.Join(err, batch.Abort())
		}
	}
	file, err := batch.Finish(ctx)
	if err != nil {
		return Added{}, errors.Join(err, batch.Abort())
	}
	x := register.Addition{Source: s.Source, Exhibit: s.Exhibit, ExhibitSHA256: exhibit.SHA256, RowFile: file}
	seq, err := c.Case.Act(ctx, c.Actor, func(v View) (journal.Draft, error) {
		if err := errors.Join(look(v), underPerson(ctx, v, &p.Record, true), c.stillShut(ctx, v, p.Record.Supersedes, shut)); err != nil {
			return journal.Draft{}, err
		}
		if once {
			if before, err = addedBefore(ctx, v, p.Record); err != nil {
				return journal.Draft{}, err
			}
			if before.Known {
				return journal.Draft{}, errAlreadyThere
			}
		}
		return x.Draft(a.Reason, a.Basis, a.Handling), nil
	})
	if errors.Is(err, errAlreadyThere) {
		return before, batch.Abort()
	}
	if err != nil {
		return Added{}, errors.Join(err, batch.Abort())
	}
	return Added{Leaf: leaf, Person: p.Record.Person, Seq: seq}, nil
}

// ownBy are the fields of the case's own that a record gets which somebody wrote
// down: read as they are declared, and, of one that corrects another, with those
// that stay.
func ownBy(ctx context.Context, v View, corrects journal.Leaf, given []register.Extra, shut register.Shut) ([]register.Extra, error) {
	var was []register.Extra
	var err error
	if corrects != (journal.Leaf{}) {
		if was, err = v.Own(ctx, corrects); err != nil {
			return nil, err
		}
	}
	own, err := shut.KeepOwn(given, was)
	if err != nil {
		return nil, err
	}
	declared, err := v.Declared(ctx)
	if err != nil {
		return nil, err
	}
	return own, declared.ReadOwn(own, was)
}

// addedBefore is the record that was added under the same key, with Known; nothing
// where there is none, and fault.Conflict where it says something else.
func addedBefore(ctx context.Context, v View, r register.Record) (Added, error) {
	b, err := v.Brought(ctx, r.Person)
	if errors.Is(err, fault.NotFound) {
		return Added{}, nil
	}
	if err != nil {
		return Added{}, err
	}
	if b.Record != r {
		return Added{}, fmt.Errorf("%w: under this key another record was added, in entry %d; accepted: the same again, or another key", fault.Conflict, b.Seq)
	}
	return Added{Leaf: b.Leaf, Person: r.Person, Seq: b.Seq, Known: true}, nil
}

// keeping is a statement with what stays of the record that it corrects, and
// which fields are closed to whoever acts.
func (c *Clerk) keeping(ctx context.Context, s *mapping.Statement) (kept *mapping.Statement, shut register.Shut, err error) {
	if s.Record.Supersedes == (journal.Leaf{}) {
		return s, nil, nil
	}
	err = c.Case.Look(ctx, func(v View) error {
		old, err := v.ClosedOf(ctx, c.Actor, s.Record.Supersedes)
		if err != nil {
			return fmt.Errorf("the record that is corrected: %w", err)
		}
		if kept, shut = s, old.Shut; len(shut) == 0 {
			return nil
		}
		kept, err = s.Keeping(shut, old.Record, old.Harms)
		return err
	})
	return kept, shut, err
}

// stillShut refuses to go on where other fields are closed to whoever acts than
// when they began.
func (c *Clerk) stillShut(ctx context.Context, v View, record journal.Leaf, shut register.Shut) error {
	if record == (journal.Leaf{}) {
		return nil
	}
	now, err := v.ClosedOf(ctx, c.Actor, record)
	if err == nil && !now.Shut.Equal(shut) {
		err = fmt.Errorf("%w: who sees which fields of records was changed meanwhile; accepted: the same again", fault.Conflict)
	}
	return err
}

// underPerson puts a correction under the person of the record that it
// corrects; when sealed already, it sees that this is still so.
func underPerson(ctx context.Context, v View, r *register.Record, sealed bool) error {
	if r.Supersedes == (journal.Leaf{}) {
		return nil
	}
	person, err := v.PersonOf(ctx, r.Supersedes)
	if err != nil {
		return fmt.Errorf("the record that is corrected: %w", err)
	}
	if sealed && person != r.Person {
		return fmt.Errorf("%w: the record that is corrected was put under another person meanwhile; accepted: the same again", fault.Conflict)
	}
	r.Person = person
	return uncorrected(ctx, v, r.Supersedes)
}

// uncorrected refuses a second correction of a record: two would stand beside
// each other, and the person be counted by both.
func uncorrected(ctx context.Context, v View, record journal.Leaf) error {
	by, err := v.CorrectedBy(ctx, record)
	if err != nil || len(by) == 0 {
		return err
	}
	newest := by[len(by)-1]
	for next := by; len(next) > 0; { // ends: a leaf is a hash over the leaf that it names
		newest = next[len(next)-1]
		if next, err = v.CorrectedBy(ctx, newest.Leaf); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: record %s was corrected already, in entry %d by %s; accepted: a correction of the newest, %s (entry %d)",
		fault.Conflict, record, by[0].Seq, by[0].Leaf, newest.Leaf, newest.Seq)
}
