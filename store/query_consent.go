// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"recount/consent"
	"recount/journal"
	"recount/register"
)

func bases() said[consent.Basis] {
	return said[consent.Basis]{"basis.stated@1", "p_basis", consent.BasisFrom}
}

func consents() said[consent.Consent] {
	return said[consent.Consent]{"consent.given@1", "p_consent", consent.ConsentFrom}
}

func withdrawals() said[consent.Withdrawn] {
	return said[consent.Withdrawn]{"consent.withdrawn@1", "p_withdrawal", consent.WithdrawnFrom}
}

// Basis is on which ground a source is held: as it was stated last, or, where
// nobody has stated it, as the entry says by which the source stands (Seq -1).
// fault.NotFound where there is no such source.
func (r Reader) Basis(ctx context.Context, source string) (consent.Basis, error) {
	ground, err := collect(ctx, r, scanOne[string], `SELECT COALESCE(e.basis, '') FROM p_source d JOIN p_entry e ON e.seq = d.from_seq WHERE `+standing("d")+` AND d.source = ?`, r.size, r.size, source)
	if err != nil {
		return consent.Basis{}, err
	}
	if len(ground) == 0 {
		return consent.Basis{}, r.missing(ctx, "source "+source, "source.described@1")
	}
	stated, err := bases().matching(ctx, r, standing("d")+` AND d.source = ?`, r.size, r.size, source)
	if err != nil {
		return consent.Basis{}, err
	}
	if len(stated) > 0 {
		return stated[0], nil
	}
	return consent.Basis{Source: source, Ground: ground[0], Seq: -1}, nil
}

// BasisHistory are the entries that stated the basis of a source, oldest first.
func (r Reader) BasisHistory(ctx context.Context, source string) ([]EntryLine, error) {
	return collect(ctx, r, scanLine, entryQuery+` WHERE seq < ? AND seq IN (SELECT from_seq FROM p_basis WHERE source = ?) ORDER BY seq`, r.size, source)
}

// Consents are what was agreed to about a source, a person or a record (their
// ids, or the leaf of a record), with what was withdrawn of it since; "" all of
// the case. After is an id.
func (r Reader) Consents(ctx context.Context, subject string, p Page) ([]consent.Consent, error) {
	var list []consent.Consent
	var err error
	leaf, leafErr := journal.ParseLeaf(subject)
	switch {
	case subject == "":
		list, err = consents().all(ctx, r, p, "")
	case register.CheckID("s", subject) == nil:
		list, err = consents().all(ctx, r, p, "d.source = ?", subject)
	case register.CheckID("p", subject) == nil:
		list, err = consents().all(ctx, r, p, "d.person = ?", subject)
	case leafErr == nil:
		list, err = consents().all(ctx, r, p, "d.record = ?", leaf[:])
	default:
		err = consent.CheckSubject(subject)
	}
	if err != nil {
		return nil, err
	}
	return r.withdrawn(ctx, list)
}

// Consent is one consent, with what was withdrawn of it. fault.NotFound.
func (r Reader) Consent(ctx context.Context, id string) (consent.Consent, error) {
	one, err := consents().one(ctx, r, "consent", id)
	if err != nil {
		return one, err
	}
	list, err := r.withdrawn(ctx, []consent.Consent{one})
	if err != nil {
		return one, err
	}
	return list[0], nil
}

// withdrawn puts to each consent what was taken back since it was last given.
func (r Reader) withdrawn(ctx context.Context, list []consent.Consent) ([]consent.Consent, error) {
	for i, c := range list {
		taken, err := withdrawals().matching(ctx, r, `d.from_seq < ? AND d.from_seq > ? AND d.consent = ? ORDER BY d.from_seq`, r.size, c.Seq, c.Consent)
		if err != nil {
			return nil, err
		}
		list[i].Withdrawn = taken
	}
	return list, nil
}

// Shared are the handings over of the bundles of a dossier, oldest first; "" of
// all dossiers.
func (r Reader) Shared(ctx context.Context, dossier string) ([]consent.Shared, error) {
	condition, args := `d.from_seq < ?`, []any{r.size}
	if dossier != "" {
		condition, args = condition+` AND d.dossier = ?`, append(args, dossier)
	}
	return said[consent.Shared]{"bundle.shared@1", "p_shared", consent.SharedFrom}.matching(ctx, r, condition+` ORDER BY d.from_seq`, args...)
}

// Speaking are the sources that any record of the case is the word of, by id.
func (r Reader) Speaking(ctx context.Context) ([]string, error) {
	return collect(ctx, r, scanOne[string], `SELECT DISTINCT s.source FROM p_batch_source s JOIN p_batch b ON b.batch = s.batch WHERE b.from_seq < ? AND s.source <> '' ORDER BY s.source`, r.size)
}
