// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"recount/fault"
	"recount/intake/table"
)

// ImportFile preserves a list and imports it. It is tried first, from the first
// row to the last, so that a list which is refused leaves nothing: no exhibit
// and no entry. What it does not refuse is Import's to record.
//
// Errors are those of Import and Preserve; fault.Conflict too where the file
// has other bytes when it is preserved than it had when it was tried. The error
// of rows that were refused is a *RowsRefused, and each row is told once.
func (c *Clerk) ImportFile(ctx context.Context, path string, d Delivery, o Order) (Preserved, Receipt, error) {
	tried, goesOn, err := c.try(ctx, path, o)
	if err != nil {
		return Preserved{}, Receipt{}, err
	}
	d.tried = tried
	p, err := c.Preserve(ctx, path, d)
	if err != nil {
		return Preserved{}, Receipt{}, err
	}
	if o.Exhibit = p.Exhibit.Exhibit; !goesOn {
		o.Refused = nil // told when it was tried
	}
	r, err := c.Import(ctx, o)
	return p, r, err
}

// try reads a list as Import would and writes nothing. It answers the SHA-256
// of the bytes that it read. An import that goes on was tried before, and its list
// is preserved: of that no row is read.
func (c *Clerk) try(ctx context.Context, path string, o Order) (sum string, goesOn bool, err error) {
	f, before, err := openRegular(path)
	if err != nil {
		return "", false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	hash := sha256.New()
	size, err := io.Copy(hash, f)
	if err != nil {
		return "", false, fileError(path, err)
	}
	sum = hex.EncodeToString(hash.Sum(nil))
	known, err := c.known(ctx, sum)
	if err != nil && !errors.Is(err, fault.NotFound) {
		return "", false, err
	}
	o.Exhibit = known.Exhibit // "": new to the case
	j, err := c.prepare(ctx, o)
	if err != nil || j.receipt.Unchanged {
		return sum, false, err
	}
	if goesOn, err = j.left(ctx); err != nil || goesOn {
		return sum, goesOn, err
	}
	if err := j.try(ctx, f, size, shownName(before.Name())); err != nil {
		return "", false, err
	}
	return sum, false, unchanged(path, f, before, size)
}

// try reads every row and keeps none.
func (j *importing) try(ctx context.Context, f *os.File, size int64, name string) (err error) {
	t, err := openFile(f, size, name, j.order.Mapping, j.order.Limits)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	if err := j.readUpdate(ctx, FileEdition(f, size, name, j.order.Mapping, j.order.Limits)); err != nil {
		return err
	}
	trial, err := j.newTrial(t.Info(), name)
	if err != nil {
		return err
	}
	err = trial.read(ctx, t)
	trial.wait()
	if err != nil {
		return err
	}
	j.receipt.count(trial.counts, t.Notices(), j.earlier, j.updated())
	return errors.Join(ctx.Err(), j.acceptable())
}

// refuse counts a refused row and tells it.
func (j *importing) refuse(f *table.Refusal) {
	j.receipt.refuse(f)
	if j.order.Refused != nil {
		j.order.Refused(f)
	}
}

// acceptable is what a list must be as a whole, once all rows were read.
func (j *importing) acceptable() error { return j.order.takes(&j.receipt) }

// takes says why a list that was read to its end is not taken.
func (o *Order) takes(r *Receipt) error {
	switch {
	case r.Rows == 0:
		return fmt.Errorf("%w: the list has no rows below its header; accepted: at least one", fault.Invalid)
	case r.Edition != nil && r.Records+r.Refused == 0:
		return fmt.Errorf("%w: no row of this edition differs from the one before: there is nothing to import; accepted: to preserve it without an import (recount add exhibit)", fault.Invalid)
	case r.Records == 0 || r.Refused > 0 && !o.AcceptRefused:
		return &RowsRefused{Refused: r.Refused, Rows: r.Rows, First: r.first, Listed: r.RefusedRows}
	case (r.Standing > r.Records/2 || notCompared(r.Earlier)) && !o.Another && r.Edition == nil:
		return &AlreadyStanding{Lists: r.Earlier, Standing: r.Standing, Rows: r.Records}
	}
	return nil
}

// RowsRefused is the error of an import that was stopped by refused rows:
// fault.Invalid and ErrRefused. It holds no value.
type RowsRefused struct {
	Refused, Rows int64
	First         *table.Refusal
	Listed        []Listed // at most maxListed of them
}

// Error says how many, and where the first stands.
func (e *RowsRefused) Error() string { return e.Count() + "; the first: " + e.First.Error() }

// Count says how many alone, for those who were told each row.
func (e *RowsRefused) Count() string {
	if e.Refused == e.Rows {
		return fmt.Sprintf("%s: every one of %d rows was refused; nothing was written", fault.Invalid, e.Rows)
	}
	return fmt.Sprintf("%s: %s: %d of %d; nothing was written", fault.Invalid, ErrRefused, e.Refused, e.Rows)
}

// Unwrap makes it fault.Invalid, ErrRefused and the first refusal.
func (e *RowsRefused) Unwrap() []error { return []error{fault.Invalid, ErrRefused, e.First} }
