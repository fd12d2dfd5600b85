// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

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
		if err := d.mayCompare(ctx, r, rules); err != nil {
			return err
		}
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

// mayCompare refuses rules that compare what is closed to whoever runs them: who
// is joined would tell it. The name of a father is part of names that were put
// together of their parts.
func (d Desk) mayCompare(ctx context.Context, r store.Reader, rules linkage.Rules) error {
	shut, err := shutTo(ctx, r, d.Actor, d.Case.Now())
	if err != nil {
		return err
	}
	for code, fields := range map[string][]string{"birth": {"birth", "age"}, "father": {"name"}, "place": {"place"}} {
		if shut.Has(code) && rules.Compare(fields...) {
			return fmt.Errorf("%w: these rules compare %s, and the field %s is closed to you: who is joined would tell it; accepted are rules without, or a run by somebody who sees it", fault.Forbidden, strings.Join(fields, " or "), code)
		}
	}
	return nil
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
	r, err := d.act(ctx, func(v store.View) (journal.Draft, error) {
		if err := unchanged(v, base, "the run of the rules"); err != nil {
			return journal.Draft{}, err
		}
		return linked.Draft(why.Reason, why.Basis, why.Handling), nil
	})
	return r.Seq, err
}

// Merge records somebody's decision that two persons are one. The one with the
// older record stays. fault.Conflict where they are one already; a *SaidApart,
// which is one too, where people said that they are not.
func (d Desk) Merge(ctx context.Context, one, other string, why Why) (Done, error) {
	return d.merge(ctx, one, other, why, false)
}

// MergeAgainst is Merge also where people said that the two are not one.
func (d Desk) MergeAgainst(ctx context.Context, one, other string, why Why) (Done, error) {
	return d.merge(ctx, one, other, why, true)
}

func (d Desk) merge(ctx context.Context, one, other string, why Why, against bool) (Done, error) {
	var into string
	var apart []int64
	r, err := d.act(ctx, func(v store.View) (journal.Draft, error) {
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
		if err := stand(a, b); err != nil {
			return journal.Draft{}, err
		}
		if apart, err = v.SaidApart(ctx, one, other); err != nil {
			return journal.Draft{}, err
		}
		if len(apart) > 0 && !against {
			return journal.Draft{}, &SaidApart{One: one, Other: other, Entries: apart}
		}
		if older(b.Records[0], a.Records[0]) {
			a, b = b, a
		}
		into = a.Person
		x := linkage.Merged{Into: a.Person, From: b.Person, Records: leavesOf(b)}
		return x.Draft(why.Reason, why.Basis, why.Handling), x.Check()
	})
	return Done{ID: into, Seq: r.Seq, Against: apart}, err
}

// Split records somebody's decision that some records of a person are about
// another one. The rules never join the two again.
func (d Desk) Split(ctx context.Context, person string, records []journal.Leaf, why Why) (Done, error) {
	var into string
	if err := d.draw("p", &into); err != nil {
		return Done{}, err
	}
	r, err := d.act(ctx, func(v store.View) (journal.Draft, error) {
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
// fault.Conflict where that was said already, or where they are one.
func (d Desk) Distinguish(ctx context.Context, one, other string, why Why) (Done, error) {
	x := linkage.Distinguished{One: one, Other: other}
	return d.record(ctx, one, x, why, func(v store.View) error {
		a, err := v.Person(ctx, one)
		if err != nil {
			return err
		}
		b, err := v.Person(ctx, other)
		if err != nil {
			return err
		}
		if err := stand(a, b); err != nil {
			return err
		}
		apart, err := v.SaidApart(ctx, one, other)
		if err != nil || len(apart) == 0 {
			return err
		}
		return fmt.Errorf("%w: %s already says that %s and %s are not one; nothing was written", fault.Conflict, entries(apart), one, other)
	})
}

// SaidApart is the error of a merge against what people decided: fault.Conflict.
type SaidApart struct {
	One, Other string
	Entries    []int64 // that say so
}

// Error says which entries.
func (e *SaidApart) Error() string {
	return fmt.Sprintf("%s: by %s somebody decided that %s and %s are not one; nothing was written; accepted: the merge, said to be against that decision", fault.Conflict, entries(e.Entries), e.One, e.Other)
}

// Unwrap makes it a fault.Conflict.
func (e *SaidApart) Unwrap() error { return fault.Conflict }

// entries names entries: "entry 7", "entries 7 and 9".
func entries(numbers []int64) string {
	if len(numbers) == 1 {
		return fmt.Sprintf("entry %d", numbers[0])
	}
	text := fmt.Sprintf("entries %d", numbers[0])
	for _, n := range numbers[1 : len(numbers)-1] {
		text += fmt.Sprintf(", %d", n)
	}
	return text + fmt.Sprintf(" and %d", numbers[len(numbers)-1])
}

// stand refuses persons without records, and says where those stand now.
func stand(a, b store.Person) error {
	for _, p := range [][2]store.Person{{a, b}, {b, a}} {
		gone, other := p[0], p[1]
		if len(gone.Records) > 0 {
			continue
		}
		var now []string
		seq := int64(-1)
		for _, m := range gone.MovedOn() {
			seq = max(seq, m.Seq)
			if !slices.Contains(now, m.Person) {
				now = append(now, m.Person)
			}
		}
		switch {
		case len(now) == 0:
			return fmt.Errorf("%w: no record stands under %s any more; two persons with records are accepted", fault.Invalid, gone.Person)
		case slices.Contains(now, other.Person):
			return fmt.Errorf("%w: the records of %s stand under %s since entry %d: the two are one person already; nothing was written", fault.Conflict, gone.Person, strings.Join(now, ", "), seq)
		}
		return fmt.Errorf("%w: no record stands under %s any more: since entry %d they stand under %s; nothing was written; accepted: that person", fault.Conflict, gone.Person, seq, strings.Join(now, ", "))
	}
	return nil
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
