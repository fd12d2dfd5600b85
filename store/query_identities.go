// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"

	"recount/fault"
	"recount/journal"
	"recount/register"
)

func identityOpeners() said[register.IdentityOpener] {
	return said[register.IdentityOpener]{"opener.named@1", "p_opener", register.IdentityOpenerFrom}
}

// IdentityOpeners are those to whom identities can be sealed.
func (r Reader) IdentityOpeners(ctx context.Context, p Page) ([]register.IdentityOpener, error) {
	return identityOpeners().all(ctx, r, p, "")
}

// IdentityOpener is the opener of that name. fault.NotFound.
func (r Reader) IdentityOpener(ctx context.Context, name string) (register.IdentityOpener, error) {
	list, err := identityOpeners().all(ctx, r, Page{Limit: 1}, `d.opener = ?`, register.OpenerOf(name))
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("%w: %.80q is no opener of identities in this case; whoever is to become one chooses an identity passphrase first, with recount identity passphrase or on the page of protected identities", fault.NotFound, name)
	}
	if err != nil {
		return register.IdentityOpener{}, err
	}
	return list[0], nil
}

// IdentityProtected is a protected identity and the entry that it stands since.
// The share of its key is not in it, since no table has that: OpenEntry answers
// it with the entry.
type IdentityProtected struct {
	register.ProtectedIdentity
	Seq int64
}

func protectedIdentities() said[IdentityProtected] {
	return said[IdentityProtected]{"identity.protected@1", "p_identity", func(e journal.Entry) (IdentityProtected, error) {
		x, err := register.ProtectedIdentityFrom(e)
		return IdentityProtected{x, e.Header.Seq}, err
	}}
}

// Identities are the protected identities, as they were first protected. After is an id.
func (r Reader) Identities(ctx context.Context, p Page) ([]IdentityProtected, error) {
	return protectedIdentities().all(ctx, r, p, "")
}

// Identity is one protected identity. fault.NotFound.
func (r Reader) Identity(ctx context.Context, id string) (IdentityProtected, error) {
	return protectedIdentities().one(ctx, r, "protected identity", id)
}

// IdentityOpening is that an identity was opened, and the entry that says so,
// with who opened it, when and why.
type IdentityOpening struct {
	register.OpenedIdentity
	Entry EntryLine
}

// IdentityOpenings are the openings of an identity, or with "" of all, the
// oldest first.
func (r Reader) IdentityOpenings(ctx context.Context, id string) ([]IdentityOpening, error) {
	condition, args := `d.from_seq < ?`, []any{r.size}
	if id != "" {
		condition, args = condition+` AND d.identity = ?`, append(args, id)
	}
	list, err := said[IdentityOpening]{"identity.opened@1", "p_opening", func(e journal.Entry) (IdentityOpening, error) {
		x, err := register.OpenedIdentityFrom(e)
		return IdentityOpening{x, EntryLine{Act: register.Act{Seq: e.Header.Seq}}}, err
	}}.matching(ctx, r, condition+` ORDER BY d.from_seq`, args...)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Entry, err = r.Entry(ctx, list[i].Entry.Seq); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Pseudonyms are those that were given for a dossier, or with "" for all, the
// oldest first: of two for one identity in one dossier the later one stands.
func (r Reader) Pseudonyms(ctx context.Context, dossier string) ([]register.GivenPseudonym, error) {
	condition, args := `d.from_seq < ?`, []any{r.size}
	if dossier != "" {
		condition, args = condition+` AND d.dossier = ?`, append(args, dossier)
	}
	return said[register.GivenPseudonym]{"pseudonym.given@1", "p_pseudonym", register.GivenPseudonymFrom}.matching(ctx, r, condition+` ORDER BY d.from_seq`, args...)
}

// PseudonymEntries are the entries that gave an identity its pseudonyms.
func (r Reader) PseudonymEntries(ctx context.Context, id string) ([]EntryLine, error) {
	return collect(ctx, r, scanLine, entryQuery+` WHERE seq < ? AND seq IN (SELECT from_seq FROM p_pseudonym WHERE identity = ?) ORDER BY seq`, r.size, id)
}
