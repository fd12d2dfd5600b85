// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"fmt"

	"recount/fault"
	"recount/intake"
	"recount/register"
	"recount/store"
)

// An act can succeed and its answer be lost. Whoever acts under a key of their own
// (Why.Once) asks again and finds what is there: its id follows from the key.

var errBefore = errors.New("added before")

// drawOnce fills in an id where there is none: of the key, where there is one.
func (d Desk) drawOnce(prefix string, id *string, why Why) error {
	if *id == "" && why.Once != "" {
		*id = register.OnceID(prefix, d.Actor, why.Once)
	}
	return d.draw(prefix, id)
}

// before is nil where nothing stands under a new id, and errBefore where the same
// does; err is what looking for it answered.
func before(same bool, err error) error {
	switch {
	case errors.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	case !same:
		return fmt.Errorf("%w: under this key something else was added; accepted: the same again, or another key", fault.Conflict)
	}
	return errBefore
}

// onceDone is the answer of an act, or what stands since the one before.
func (d Desk) onceDone(ctx context.Context, id string, done Done, err error) (Done, error) {
	if !errors.Is(err, errBefore) {
		return done, err
	}
	err = d.Case.Read(ctx, func(r store.Reader) error {
		history, err := r.History(ctx, id)
		if err == nil && len(history) > 0 {
			done.Seq = history[0].Seq
		}
		return err
	})
	return Done{ID: id, Seq: done.Seq, Known: true}, err
}

// broughtBy is the record with which a person came into the case, wherever it stands.
func broughtBy(ctx context.Context, r store.Reader, person string) (intake.Brought, error) {
	p, err := r.Person(ctx, person)
	if err != nil {
		return intake.Brought{}, err
	}
	all := p.Records
	for _, m := range p.Moves {
		rec, err := r.Record(ctx, m.Record)
		if err != nil && !errors.Is(err, fault.NotFound) {
			return intake.Brought{}, err
		}
		all = append(all, rec)
	}
	for _, rec := range all {
		if rec.Said.Person == person {
			return intake.Brought{Leaf: rec.Leaf, Seq: rec.Seq, Record: rec.Said}, nil
		}
	}
	return intake.Brought{}, fmt.Errorf("%w: the record of person %s", fault.NotFound, person)
}
