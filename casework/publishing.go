// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"io"
	"iter"

	"recount/dossier"
	"recount/fault"
	"recount/figure"
	"recount/journal"
	"recount/store"
	"recount/vault"
	"recount/verify"
)

// The case as dossier wants it.

// namedIn knows the figures and citations that a statement can name.
type namedIn struct{ r store.Reader }

// Figure is a stored definition.
func (n namedIn) Figure(ctx context.Context, id string) (figure.Definition, error) {
	defined, err := n.r.Figure(ctx, id)
	if err != nil {
		return figure.Definition{}, err
	}
	return defined.Parse()
}

// Quotation is what a publication shows of a citation.
func (n namedIn) Quotation(ctx context.Context, id string) (verify.Quotation, error) {
	c, err := n.r.Citation(ctx, id)
	if err != nil {
		return verify.Quotation{}, err
	}
	history, err := n.r.History(ctx, id)
	if err != nil {
		return verify.Quotation{}, err
	}
	return verify.Quotation{
		Citation: id, Seq: history[len(history)-1].Seq, Scheme: c.Scheme, Pinpoint: c.Pinpoint,
		Quote: c.Quote, Language: c.Language, Attribution: c.Attribution,
	}, nil
}

// objects are the preserved bytes of a case.
type objects struct{ c *store.Case }

// Keep seals what r gives, durably.
func (o objects) Keep(ctx context.Context, r io.Reader) (vault.Address, error) {
	object, err := o.c.Vault().Seal(ctx, r)
	if err != nil {
		return vault.Address{}, err
	}
	return object.Address, o.c.KeepObject(ctx, object)
}

// Open is an object's content.
func (o objects) Open(ctx context.Context, a vault.Address) (io.ReadCloser, error) {
	object, err := o.c.ObjectKey(ctx, a)
	if err != nil {
		return nil, err
	}
	return o.c.Vault().OpenChecked(ctx, object)
}

func openObject(ctx context.Context, c *store.Case, address string) (io.ReadCloser, error) {
	a, err := vault.ParseAddress(address)
	if err != nil {
		return nil, err
	}
	return objects{c}.Open(ctx, a)
}

// stager begins row files, and can give up all that it began.
type stager struct {
	c     *store.Case
	begun []*store.Batch
}

// Stage begins a row file.
func (s *stager) Stage(ctx context.Context) (dossier.Batch, error) {
	b, err := s.c.Stage(ctx)
	if err != nil {
		return nil, err
	}
	s.begun = append(s.begun, b)
	return stagedBatch{b}, nil
}

func (s *stager) abort() error {
	var errs []error
	for _, b := range s.begun {
		errs = append(errs, b.Abort())
	}
	return errors.Join(errs...)
}

type stagedBatch struct{ *store.Batch }

// Finish writes the rows.
func (b stagedBatch) Finish(ctx context.Context) (dossier.Staged, error) {
	s, err := b.Batch.Finish(ctx)
	return dossier.Staged{Batch: s.Batch, N: s.N, Root: s.Root, Object: s.Object}, err
}

// logOf is the journal as a publication shows it.
type logOf struct{ *store.Case }

// rowsOf reads row files back.
type rowsOf struct{ c *store.Case }

// Rows are the rows of a row file, ascending by leaf, each with its key.
func (f rowsOf) Rows(ctx context.Context, object vault.Address) iter.Seq2[dossier.Row, error] {
	return func(yield func(dossier.Row, error) bool) {
		in, err := objects(f).Open(ctx, object)
		if err != nil {
			yield(dossier.Row{}, err)
			return
		}
		defer in.Close() // only read from: what was read has been checked
		rows := journal.NewRowReader(in, f.c.Origin())
		stopped := false
		err = f.c.RowKeys(ctx, func(key func(journal.Leaf) (journal.Key, error)) error {
			for {
				row, err := nextRow(rows, key)
				if errors.Is(err, io.EOF) {
					return nil
				}
				if err != nil {
					return err
				}
				if !yield(row, nil) {
					stopped = true
					return nil
				}
			}
		})
		if err != nil && !stopped {
			yield(dossier.Row{}, err)
		}
	}
}

func nextRow(rows *journal.RowReader, key func(journal.Leaf) (journal.Key, error)) (row dossier.Row, err error) {
	if row.Sealed, err = rows.Next(); err != nil {
		return row, err
	}
	row.Key, err = key(row.Sealed.Leaf)
	if errors.Is(err, fault.NotFound) {
		row.Erased, err = true, nil
	}
	return row, err
}
