// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"recount/fault"
	"recount/journal"
	"recount/linkage"
	"recount/store"
)

// Linked is what a run of the rules did. Seq is -1 where nothing had to move
// and nothing was recorded.
type Linked struct {
	Seq int64
	linkage.Result
}

// Link runs the rules over the case as it stands and records the moves; with
// dry it only says what would move. fault.Conflict where the case changed
// meanwhile. A run that moves nothing records nothing.
func (d Desk) Link(ctx context.Context, rules linkage.Rules, why Why, dry bool, progress func(done, all int64)) (Linked, error) {
	out := Linked{Seq: -1}
	var base int64
	err := d.Case.Read(ctx, func(r store.Reader) (err error) {
		base = r.Size()
		apart, err := r.Apart(ctx)
		if err != nil {
			return err
		}
		out.Result, err = linkage.Link(ctx, rules, r.LinkRows(ctx), apart)
		return err
	})
	if err != nil || dry || len(out.Moves) == 0 {
		return out, err
	}
	batch, err := d.Case.Stage(ctx)
	if err != nil {
		return out, err
	}
	batch.Progress = progress
	out.Seq, err = d.recordMoves(ctx, batch, base, rules, out.Result, why)
	if err != nil {
		return out, errors.Join(err, batch.Abort())
	}
	return out, nil
}

func (d Desk) recordMoves(ctx context.Context, batch *store.Batch, base int64, rules linkage.Rules, result linkage.Result, why Why) (int64, error) {
	for _, move := range result.Moves {
		if _, err := batch.Add("member@1", move.Values()); err != nil {
			return -1, err
		}
	}
	staged, err := batch.Finish(ctx)
	if err != nil {
		return -1, err
	}
	text := rules.JSON()
	sum := sha256.Sum256(text)
	linked := linkage.Linked{
		Base: base, Rules: string(text), RulesSHA256: hex.EncodeToString(sum[:]),
		RowFile: staged.RowFile(), Moved: int64(len(result.Moves)), Persons: result.After,
	}
	r, err := d.Case.Act(ctx, d.Actor, func(v store.View) (journal.Draft, error) {
		if err := unchanged(v, base, "the run of the rules"); err != nil {
			return journal.Draft{}, err
		}
		return linked.Draft(why.Reason, why.Basis, why.Handling), nil
	})
	return r.Seq, err
}

// Merge records somebody's decision that two persons are one. The one with the
// older record stays.
func (d Desk) Merge(ctx context.Context, one, other string, why Why) (Done, error) {
	var into string
	r, err := d.Case.Act(ctx, d.Actor, func(v store.View) (journal.Draft, error) {
		a, err := v.Person(ctx, one)
		if err != nil {
			return journal.Draft{}, err
		}
		b, err := v.Person(ctx, other)
		if err != nil {
			return journal.Draft{}, err
		}
		if one == other {
			return journal.Draft{}, fmt.Errorf("%w: %s and %s are one person already", fault.Invalid, one, other)
		}
		if len(a.Records) == 0 || len(b.Records) == 0 {
			return journal.Draft{}, fmt.Errorf("%w: merging needs two persons with records; %s has %d and %s has %d", fault.Invalid, one, len(a.Records), other, len(b.Records))
		}
		if older(b.Records[0], a.Records[0]) {
			a, b = b, a
		}
		into = a.Person
		x := linkage.Merged{Into: a.Person, From: b.Person, Records: leavesOf(b)}
		return x.Draft(why.Reason, why.Basis, why.Handling), x.Check()
	})
	return Done{ID: into, Seq: r.Seq}, err
}

// Split records somebody's decision that some records of a person are about
// another one. The rules never join the two again.
func (d Desk) Split(ctx context.Context, person string, records []journal.Leaf, why Why) (Done, error) {
	var into string
	if err := d.draw("p", &into); err != nil {
		return Done{}, err
	}
	r, err := d.Case.Act(ctx, d.Actor, func(v store.View) (journal.Draft, error) {
		p, err := v.Person(ctx, person)
		if err != nil {
			return journal.Draft{}, err
		}
		stands := map[journal.Leaf]bool{}
		for _, leaf := range leavesOf(p) {
			stands[leaf] = true
		}
		for _, leaf := range records {
			if !stands[leaf] {
				return journal.Draft{}, fmt.Errorf("%w: record %s does not stand under %s; its records are listed by recount show person %s", fault.Invalid, leaf, person, person)
			}
			delete(stands, leaf)
		}
		if len(stands) == 0 {
			return journal.Draft{}, fmt.Errorf("%w: all records of %s were named; a split leaves at least one where it is", fault.Invalid, person)
		}
		x := linkage.Split{Person: person, Into: into, Records: records}
		return x.Draft(why.Reason, why.Basis, why.Handling), x.Check()
	})
	return Done{ID: into, Seq: r.Seq}, err
}

// Distinguish records somebody's decision that two persons are not one.
func (d Desk) Distinguish(ctx context.Context, one, other string, why Why) (Done, error) {
	x := linkage.Distinguished{One: one, Other: other}
	return d.record(ctx, one, x, why, func(v store.View) error {
		for _, id := range []string{one, other} {
			if _, err := v.Person(ctx, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// older tells whether a record came into the case before another; the records
// of a person are in that order.
func older(a, b store.Record) bool {
	if a.Seq != b.Seq {
		return a.Seq < b.Seq
	}
	if a.Said.Row.N != b.Said.Row.N {
		return a.Said.Row.N < b.Said.Row.N
	}
	return bytes.Compare(a.Leaf[:], b.Leaf[:]) < 0
}

func leavesOf(p store.Person) []journal.Leaf {
	var leaves []journal.Leaf
	for _, r := range p.Records {
		leaves = append(leaves, r.Leaf)
	}
	return leaves
}
