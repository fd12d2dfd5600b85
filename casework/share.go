// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"recount/consent"
	"recount/dossier"
	"recount/figure"
	"recount/store"
	"recount/verify"
)

// ShareDossier writes the bundle of an edition for somebody, with the
// conditions that travel with it, once all in it is permitted for that
// recipient and purpose; and records to whom it went. The bundle stands in its
// place before it is recorded: where recording fails, the error says so.
func (d Desk) ShareDossier(ctx context.Context, x consent.Shared, dir, zip string, why Why) (dossier.Exported, Done, error) {
	if err := x.Check(); err != nil {
		return dossier.Exported{}, Done{}, err
	}
	e, err := exportTo(ctx, d.Case, x.Dossier, x.Edition, Outlet{x.Recipient, x.Purpose}, dossier.Publication{
		Dir: dir, Zip: zip, Conditions: &verify.Conditions{Recipient: x.Recipient, Name: x.Name, Purpose: x.Purpose, Until: x.Until, Conditions: x.Conditions},
	})
	if err != nil {
		return e, Done{}, err
	}
	x.Edition, x.TagManifest = e.Frozen.Edition, e.TagManifest
	done, err := d.record(ctx, x.Dossier, x, why, nil)
	if err != nil {
		err = fmt.Errorf("the bundle was written, but not that it was handed over; do not hand it over: %w", err)
	}
	return e, done, err
}

// permitted asks of an edition that was frozen whether all that it shows may go
// to an outlet now. Of its lines the figure's sources are asked.
func permitted(ctx context.Context, c *store.Case, seq int64, to Outlet) error {
	frozen, err := parseFrozen(ctx, c, seq)
	if err != nil {
		return err
	}
	return c.Read(ctx, func(r store.Reader) error {
		p := newPermits(ctx, c, r, to)
		var err error
		if p.then, err = r.At(min(frozen.BaseSize, r.Size())); err != nil {
			return err
		}
		against, err := p.objections(shownIn(frozen))
		return errors.Join(err, refusal(against))
	})
}

// shownIn are the quotations and figures of an edition.
func shownIn(f verify.Frozen) dossier.Composed {
	var s dossier.Composed
	for _, q := range f.Quotes {
		s.Quotes = append(s.Quotes, verify.Quotation{Citation: q.Citation, Seq: q.Seq})
	}
	for _, count := range f.Counts {
		if !slices.ContainsFunc(s.Figures, func(d figure.Definition) bool { return d.Figure == count.Definition.Figure }) {
			s.Figures = append(s.Figures, count.Definition)
		}
	}
	return s
}

// Objections are what is against freezing a dossier as it is composed.
func Objections(ctx context.Context, c *store.Case, id string) (against []Objection, err error) {
	err = c.Read(ctx, func(r store.Reader) error {
		kept, err := r.Dossier(ctx, id)
		if err != nil {
			return err
		}
		statement, err := readObject(ctx, c, kept.Object)
		if err != nil {
			return err
		}
		composed, err := dossier.Compose(ctx, namedIn{r}, statement)
		if err != nil {
			return err
		}
		against, err = objections(ctx, c, r, composed, Outlet{})
		return err
	})
	return against, err
}

var _ thing = consent.Shared{} // what is recorded describes itself to the journal
