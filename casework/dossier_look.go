// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"fmt"

	"recount/dossier"
	"recount/fault"
	"recount/store"
	"recount/verify"
)

// PreviewDossier makes the page that freezing a statement would, and writes
// nothing. id is "" for a dossier that is not there yet. The figures are
// answered by answers, which are of the case as it stands or of a moment ago.
func PreviewDossier(ctx context.Context, c *store.Case, answers dossier.Answers, id, title string, statement []byte, limit int) (p dossier.Previewed, err error) {
	err = c.Read(ctx, func(r store.Reader) error {
		f := freezing{edition: 1}
		if statement, err = called(ctx, r, id, statement, false); err != nil {
			return err
		}
		if f.composed, err = dossier.Compose(ctx, namedIn{r}, statement); err != nil {
			return err
		}
		if err := f.before(ctx, c, r, id); err != nil {
			return err
		}
		if id == "" {
			id = "d-preview"
		}
		showing := dossier.Showing{Limit: limit}
		if showing.Closed, err = closedFields(ctx, r); err != nil {
			return err
		}
		p, err = dossier.Preview(ctx, dossier.Case{Origin: c.Origin(), Answers: answers, Objects: objects{c}}, f.composed,
			dossier.Edition{Dossier: id, Edition: f.edition, Title: title, Showing: showing, Earlier: f.earlier})
		if err != nil {
			return err
		}
		against, err := objections(ctx, c, r, f.composed, Outlet{})
		p.Refused = errors.Join(p.Refused, refusal(against))
		return err
	})
	return p, err
}

// Statement is the text of a dossier as it was composed. fault.NotFound once it was erased.
func Statement(ctx context.Context, c *store.Case, d store.DossierComposed) ([]byte, error) {
	return readObject(ctx, c, d.Object)
}

// Edition is one edition of a dossier: what its entry says.
type Edition struct {
	store.DossierFrozen
	Frozen verify.Frozen
}

// FrozenEdition is the edition of that number. fault.NotFound.
func FrozenEdition(ctx context.Context, c *store.Case, id string, edition int64) (e Edition, err error) {
	err = c.Read(ctx, func(r store.Reader) error {
		all, err := r.Frozen(ctx, id)
		if err != nil {
			return err
		}
		for _, f := range all {
			if f.Edition == edition {
				e.DossierFrozen = f
				e.Frozen, err = parseFrozen(ctx, c, f.Seq)
				return err
			}
		}
		return fmt.Errorf("%w: dossier %s has no edition %d; it has %d", fault.NotFound, id, edition, len(all))
	})
	return e, err
}

// EditionPage is the page of an edition, as it was frozen. fault.NotFound once it was erased.
func EditionPage(ctx context.Context, c *store.Case, e Edition) ([]byte, error) {
	return readObject(ctx, c, e.PageObject)
}
