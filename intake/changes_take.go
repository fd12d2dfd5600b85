// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"errors"
	"fmt"

	"recount/edtf"
	"recount/fault"
	"recount/intake/mapping"
	"recount/journal"
	"recount/register"
)

// Taken is what was recorded of a worksheet.
type Taken struct {
	Seq       int64 `json:"seq"`
	Corrected int64 `json:"corrected"`
	Added     int64 `json:"added"`
	Left      int64 `json:"left"` // rows in conflict, and refused ones
}

// Take records what a worksheet proposes, as one entry: every row that proposes
// something is a record that corrects the one it was made from, under the same
// person, with what is closed to whoever acts as it was. Nobody sees any of it
// before that entry, and on any error nothing is left.
//
// Rows that were refused or are in conflict stop it, unless leaveOut. A record that
// was corrected after the worksheet was read is fault.Conflict.
func (c *Clerk) Take(ctx context.Context, changes Changes, a Act, leaveOut bool) (Taken, error) {
	left := int64(len(changes.Refused)) + changes.Conflicts
	if left > 0 && !leaveOut {
		return Taken{}, fmt.Errorf("%w: %w: %d rows are refused and %d are in conflict; nothing was written; accepted: the worksheet mended, or those rows left out", fault.Invalid, ErrRefused, len(changes.Refused), changes.Conflicts)
	}
	t := Taken{Left: left}
	var people []mapping.Person
	var shuts []register.Shut
	err := c.Case.Look(ctx, func(v View) error {
		for i := range changes.Proposed {
			x := &changes.Proposed[i]
			if x.Conflict {
				continue
			}
			p, shut, err := c.proposed(ctx, v, x)
			if err != nil {
				return fmt.Errorf("row %d: %w", x.Row, err)
			}
			people, shuts = append(people, p), append(shuts, shut)
			if p.Record.Supersedes == (journal.Leaf{}) {
				t.Added++
			} else {
				t.Corrected++
			}
		}
		return nil
	})
	if err == nil && len(people) == 0 {
		err = fmt.Errorf("%w: the worksheet proposes nothing that can be recorded; accepted: one in which a cell was changed", fault.Invalid)
	}
	if err != nil {
		return Taken{}, err
	}
	t.Seq, err = c.recordPeople(ctx, people, shuts, a.orDefault())
	return t, err
}

// proposed is what a row would record.
func (c *Clerk) proposed(ctx context.Context, v View, x *RowChange) (p mapping.Person, shut register.Shut, err error) {
	p = mapping.Person{Record: x.row.Record, Harms: x.row.Harms, Own: x.row.Own}
	p.Record.Row = register.Number{}
	if x.Record == "" {
		if err := errors.Join(checkSource(ctx, v, p.Record.Source), checkHarms(ctx, v, p.Harms)); err != nil {
			return p, nil, err
		}
		if _, err := v.Exhibit(ctx, p.Record.Exhibit); err != nil {
			return p, nil, fmt.Errorf("exhibit %s: %w", p.Record.Exhibit, err)
		}
		if p.Own, err = ownBy(ctx, v, journal.Leaf{}, x.row.Own, nil); err != nil {
			return p, nil, err
		}
		p.Record.Person, err = register.NewID(c.Rand, "p")
		return p, nil, err
	}
	old, err := v.ClosedOf(ctx, c.Actor, x.row.Leaf)
	if err != nil {
		return p, nil, err
	}
	was := old.Record
	p.Record.Supersedes, p.Record.Row = x.row.Leaf, was.Row
	p.Record.Source, p.Record.Exhibit, p.Record.Pinpoint = was.Source, was.Exhibit, was.Pinpoint
	p.Record.Basis, p.Record.Handling = was.Basis, x.handling
	if p.Record.Raw = was.Raw; len(old.Shut) > 0 { // it has what is closed; Keep puts it back
		p.Record.Raw = journal.Absent
	}
	if err := errors.Join(old.Shut.KeepRecord(&p.Record, was), old.Shut.KeepHarms(p.Harms, old.Harms)); err != nil {
		return p, nil, err
	}
	if p.Own, err = ownBy(ctx, v, x.row.Leaf, x.row.Own, old.Shut); err != nil {
		return p, nil, err
	}
	ruled(&p) // what was closed is back in its place: what follows from it follows again
	return p, old.Shut, errors.Join(checkHarms(ctx, v, p.Harms), underPerson(ctx, v, &p.Record, false))
}

// ruled computes what follows from what a record says.
func ruled(p *mapping.Person) {
	var events []edtf.Date
	for i := range p.Harms {
		p.Harms[i].SetRungs()
		if d, err := edtf.Parse(p.Harms[i].Date); err == nil && p.Harms[i].Date != "" {
			events = append(events, d)
		}
	}
	p.Record.SetRungs(events...)
	register.Raise(&p.Record, p.Harms)
}

// recordPeople stages people and records them as one entry, once it has seen again
// that what they correct is the newest and stands where it did.
func (c *Clerk) recordPeople(ctx context.Context, people []mapping.Person, shuts []register.Shut, a Act) (int64, error) {
	for i := range people {
		err := people[i].Record.Check()
		for _, h := range people[i].Harms {
			h.Record = journal.Leaf{1} // it has one once its record is sealed
			err = errors.Join(err, h.Check())
		}
		if err != nil {
			return 0, err
		}
	}
	batch, err := c.Case.Stage(ctx, nil)
	if err != nil {
		return 0, err
	}
	for i := range people {
		if _, err := addPerson(batch, &people[i]); err != nil {
			return 0, errors.Join(err, batch.Abort())
		}
	}
	file, err := batch.Finish(ctx)
	if err != nil {
		return 0, errors.Join(err, batch.Abort())
	}
	x := register.Addition{RowFile: file}
	seq, err := c.Case.Act(ctx, c.Actor, func(v View) (journal.Draft, error) {
		for i := range people {
			r := &people[i].Record
			if err := errors.Join(underPerson(ctx, v, r, true), c.stillShut(ctx, v, r.Supersedes, shuts[i])); err != nil {
				return journal.Draft{}, err
			}
		}
		return x.Draft(a.Reason, a.Basis, a.Handling), nil
	})
	if err != nil {
		return 0, errors.Join(err, batch.Abort())
	}
	return seq, nil
}
