// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// PlaceHold records a legal hold, at once and by one person; without an id it is
// new. While it is in force no erasure touches what it holds. What is said of it is
// as closed as what it is on.
func (d Desk) PlaceHold(ctx context.Context, x register.Hold, why Why) (Done, error) {
	if err := d.draw("h", &x.Hold); err != nil {
		return Done{}, err
	}
	given := why.Handling
	why, err := d.asClosed(ctx, x.SubjectKind, x.Subject, why)
	if err != nil && !errors.Is(err, fault.NotFound) && !errors.Is(err, fault.Invalid) { // these two are said below, of the thing itself
		return Done{}, err
	}
	if x.Until != "" && !x.InForce(today(d.Case)) {
		return Done{}, fmt.Errorf("%w: until: %.20s is over; accepted is a day to come, or nothing", fault.Invalid, x.Until)
	}
	return d.record(ctx, x.Hold, x, why, func(v store.View) error {
		if err := mayGive(ctx, v, d.Actor, given); err != nil {
			return err
		}
		return IsThere(ctx, v, x.SubjectKind, x.Subject)
	})
}

// today is the day on which holds are in force or not, in UTC.
func today(c *store.Case) string { return c.Now().UTC().Format(time.DateOnly) }

// IsThere answers fault.NotFound for a thing that is not there for the reader:
// a person, record, source, exhibit, dossier or protected identity; the case is
// always there.
func IsThere(ctx context.Context, v store.View, kind, subject string) (err error) {
	switch kind {
	case "person":
		_, err = v.Person(ctx, subject)
	case "record":
		var leaf journal.Leaf
		if leaf, err = journal.ParseLeaf(subject); err == nil {
			var x store.Record
			if x, err = v.Record(ctx, leaf); err == nil && x.Erased {
				err = fmt.Errorf("%w: record %s is erased", fault.NotFound, subject)
			}
		}
	case "source":
		_, err = v.Source(ctx, subject)
	case "exhibit":
		_, err = v.Exhibit(ctx, subject)
	case "dossier":
		_, err = v.Dossier(ctx, subject)
	case "identity":
		_, err = v.Identity(ctx, subject)
	}
	return err
}

// PlanHold is a legal hold, in force, on something that the plan would erase.
type PlanHold struct {
	Hold        string `json:"hold"`
	SubjectKind string `json:"subject_kind"`
	Subject     string `json:"subject,omitempty"`
}

// struck is what an erasure does away with; all of it where Leaves is nil.
type struck struct{ leaves, objects map[string]bool }

func (s struck) leaf(leaf string) bool     { return s.leaves == nil || s.leaves[leaf] }
func (s struck) object(object string) bool { return s.objects == nil || s.objects[object] }

// heldIn are the holds in force that touch what of a plan goes.
func heldIn(ctx context.Context, r store.Reader, p ErasurePlan, goes struck, day string) (held []PlanHold, err error) {
	all, err := r.Holds(ctx)
	if err != nil {
		return nil, err
	}
	for _, h := range all {
		if !h.InForce(day) {
			continue
		}
		touched, err := touches(ctx, r, h, p, goes)
		if err != nil {
			return nil, fmt.Errorf("hold %s: %w", h.Hold, err)
		}
		if touched {
			held = append(held, PlanHold{h.Hold, h.SubjectKind, h.Subject})
		}
	}
	return held, nil
}

// touches tells whether a hold is on something that goes.
func touches(ctx context.Context, r store.Reader, h register.Hold, p ErasurePlan, goes struck) (bool, error) {
	switch h.SubjectKind {
	case "case":
		return true, nil
	case "exhibit":
		return fileHeld(ctx, r, p, goes, func(of []string) (bool, error) { return slices.Contains(of, h.Subject), nil })
	case "dossier":
		return slices.ContainsFunc(p.Texts, func(t PlanText) bool { return t.Dossier == h.Subject && goes.object(t.Object) }) ||
			slices.ContainsFunc(p.Dossiers, func(e PlanDossier) bool { return e.Dossier == h.Subject && e.Counts }), nil
	}
	for _, leaf := range recordsOf(p) {
		if !goes.leaf(leaf.String()) {
			continue
		}
		if held, err := recordHeld(ctx, r, h, leaf); err != nil || held {
			return held, err
		}
	}
	if h.SubjectKind != "source" {
		return false, nil
	}
	return fileHeld(ctx, r, p, goes, func(of []string) (bool, error) {
		for _, id := range of {
			x, err := r.Exhibit(ctx, id)
			if err == nil && x.Source == h.Subject {
				return true, nil
			}
			if _, known := fault.KindOf(err); err != nil && !known {
				return false, err
			}
		}
		return false, nil
	})
}

// recordsOf are the records of a plan: those of the person, and those of others
// that may go with them.
func recordsOf(p ErasurePlan) []journal.Leaf {
	all := slices.Clone(p.Records)
	for _, o := range p.Others {
		if o.Kind == "record@1" {
			all = append(all, o.Leaf)
		}
	}
	return all
}

// recordHeld tells whether a hold on a person, record or source is on a record.
func recordHeld(ctx context.Context, r store.Reader, h register.Hold, leaf journal.Leaf) (bool, error) {
	switch h.SubjectKind {
	case "record":
		versions, _, err := r.Versions(ctx, leaf)
		return slices.ContainsFunc(versions, func(v journal.Leaf) bool { return v.String() == h.Subject }), err
	case "person":
		person, err := r.PersonOf(ctx, leaf)
		return person == h.Subject, err
	}
	rec, err := r.Record(ctx, leaf)
	return rec.Said.Source == h.Subject, err
}

// fileHeld asks of every file that goes, with those in whose place it stands.
func fileHeld(ctx context.Context, r store.Reader, p ErasurePlan, goes struck, held func([]string) (bool, error)) (bool, error) {
	for _, e := range p.Exhibits {
		if e.Gone || !goes.object(e.Object) {
			continue
		}
		of, err := originals(ctx, r, e.Exhibit)
		if err != nil {
			return false, err
		}
		if is, err := held(of); err != nil || is {
			return is, err
		}
	}
	return false, nil
}

// notHeld refuses an erasure that touches what is held.
func (d Desk) notHeld(ctx context.Context, v store.View, plan ErasurePlan, x register.Erasure) error {
	goes := struck{leaves: map[string]bool{}, objects: map[string]bool{}}
	for _, leaf := range x.Leaves {
		goes.leaves[leaf] = true
	}
	for _, object := range x.Objects {
		goes.objects[object] = true
	}
	held, err := heldIn(ctx, v, plan, goes, today(d.Case))
	if err != nil || len(held) == 0 {
		return err
	}
	var said []string
	for _, h := range held {
		said = append(said, strings.TrimSpace(fmt.Sprintf("%s on the %s %s", h.Hold, h.SubjectKind, h.Subject)))
	}
	return fmt.Errorf("%w: a legal hold outranks an erasure, and this one touches what is held: %s; accepted is to leave that out (--keep), or to have the hold lifted by two people", fault.Forbidden, strings.Join(said, ", "))
}
