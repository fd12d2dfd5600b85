// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"slices"
	"time"

	"recount/intake"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// Clerk takes files, lists and records into the case, in the actor's name.
func (d Desk) Clerk() *intake.Clerk {
	return &intake.Clerk{Case: counter{d.Case, &closed{}}, Actor: d.Actor, Rand: d.Rand}
}

// counter is the case as intake wants it, and what was put into its batches that
// not everybody may put there.
type counter struct {
	*store.Case
	closed *closed
}

// Look gives a view of the case in one snapshot.
func (c counter) Look(ctx context.Context, look func(intake.View) error) error {
	return c.Read(ctx, func(r store.Reader) error { return look(counterView{r, c.Now()}) })
}

// Sees answers fault.NotFound where an exhibit is closed to somebody.
func (c counter) Sees(ctx context.Context, actor, exhibit string) error {
	return seeing(ctx, c.Case, actor, func(r store.Reader) error {
		_, err := r.Exhibit(ctx, exhibit)
		return err
	})
}

// Act appends the entry that decide answers.
func (c counter) Act(ctx context.Context, actor string, decide func(intake.View) (journal.Draft, error)) (int64, error) {
	r, err := c.Case.Act(ctx, actor, func(v store.View) (journal.Draft, error) {
		if err := c.closed.check(ctx, v, actor); err != nil {
			return journal.Draft{}, err
		}
		return held(ctx, v, actor, func(v store.View) (journal.Draft, error) { return decide(counterView{v, c.Now()}) })
	})
	return r.Seq, err
}

// Stage begins a batch of rows.
func (c counter) Stage(ctx context.Context, progress func(done, all int64)) (intake.Batch, error) {
	b, err := c.Case.Stage(ctx)
	if err != nil {
		return nil, err
	}
	b.Progress = progress
	return counterBatch{b, c.closed}, nil
}

type counterBatch struct {
	*store.Batch
	closed *closed
}

// Add takes a row, and remembers its handling where that is for some only.
func (b counterBatch) Add(kind string, values []journal.Value) (journal.Leaf, error) {
	b.closed.note(kind, values)
	return b.Batch.Add(kind, values)
}

// Finish writes the rows.
func (b counterBatch) Finish(ctx context.Context) (register.RowFile, error) {
	staged, err := b.Batch.Finish(ctx)
	if err != nil {
		return register.RowFile{}, err
	}
	return staged.RowFile(), nil
}

// StageWork begins a batch, or takes up the one that the same work has left.
func (c counter) StageWork(ctx context.Context, w intake.Work, progress func(done, all int64)) (intake.Marked, string, error) {
	b, lost, err := c.Case.StageWork(ctx, store.Work(w))
	if err != nil {
		return nil, lost, err
	}
	b.Progress = progress
	return counterBatch{b, c.closed}, lost, nil
}

// Left tells whether work was cut off and can be gone on with.
func (c counter) Left(ctx context.Context, w intake.Work) (bool, error) {
	left, err := c.CutOff(ctx, w.Actor)
	return slices.ContainsFunc(left, func(x store.CutOff) bool { return x.ID == w.ID }), err
}

// TakenUp is how far the batch was when it was cut off.
func (b counterBatch) TakenUp() intake.Mark {
	m := b.Batch.TakenUp()
	return intake.Mark{Rows: m.Rows, Digest: m.Digest}
}

// Mark makes durable what was added.
func (b counterBatch) Mark(ctx context.Context, m intake.Mark) error {
	return b.Batch.Mark(ctx, store.Mark{Rows: m.Rows, Digest: m.Digest})
}

// There remembers the handling of a row that is in the batch already.
func (b counterBatch) There(kind string, values []journal.Value) { b.closed.note(kind, values) }

type counterView struct {
	store.Reader
	now time.Time
}

// ExhibitsBySHA256 are the exhibits with these bytes, oldest first.
func (v counterView) ExhibitsBySHA256(ctx context.Context, hex string) ([]register.Exhibit, error) {
	return v.Reader.ExhibitBySHA256(ctx, hex)
}

// Brought is the record with which a person came into the case, wherever it stands.
func (v counterView) Brought(ctx context.Context, person string) (intake.Brought, error) {
	return broughtBy(ctx, v.Reader, person)
}

// Imports are the lists that were imported from an exhibit.
func (v counterView) Imports(ctx context.Context, exhibit string) ([]register.Import, error) {
	found, err := v.Reader.Imports(ctx, store.ImportFilter{Exhibit: exhibit})
	if err != nil {
		return nil, err
	}
	var lists []register.Import
	for _, i := range found {
		if i.List {
			lists = append(lists, i.Import)
		}
	}
	return lists, nil
}

// Lists are the lists that were imported as the word of a source.
func (v counterView) Lists(ctx context.Context, source string) ([]intake.Imported, error) {
	found, err := v.Reader.Imports(ctx, store.ImportFilter{Source: source})
	var lists []intake.Imported
	for _, i := range found {
		if i.List {
			lists = append(lists, intake.Imported{Seq: i.Seq, Import: i.Import})
		}
	}
	return lists, err
}

// CorrectedBy are the records that correct a record directly.
func (v counterView) CorrectedBy(ctx context.Context, record journal.Leaf) ([]intake.Correction, error) {
	found, err := v.Reader.CorrectedBy(ctx, record)
	var all []intake.Correction
	for _, c := range found {
		all = append(all, intake.Correction(c))
	}
	return all, err
}

// Declared are the fields of the case's own that are declared.
func (v counterView) Declared(ctx context.Context) (register.DeclaredFields, error) {
	return DeclaredFields(ctx, v.Reader)
}

// Own are the fields of the case's own that a record has.
func (v counterView) Own(ctx context.Context, record journal.Leaf) ([]register.Extra, error) {
	return v.Extras(ctx, record)
}

// ClosedTo are the fields of records that are closed to somebody.
func (v counterView) ClosedTo(ctx context.Context, actor string) (register.Shut, error) {
	return shutTo(ctx, v.Reader, actor, v.now)
}

// ClosedOf is what a record says that somebody corrects, and which of its fields
// are closed to them.
func (v counterView) ClosedOf(ctx context.Context, actor string, record journal.Leaf) (x intake.Closed, err error) {
	if x.Shut, err = shutTo(ctx, v.Reader, actor, v.now); err != nil {
		return x, err
	}
	old, err := v.Record(ctx, record)
	x.Record = old.Said
	for _, h := range old.Harms {
		x.Harms = append(x.Harms, h.Said)
	}
	return x, err
}
