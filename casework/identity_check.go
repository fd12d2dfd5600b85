// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"recount/audit"
	"recount/identities"
	"recount/register"
	"recount/store"
	"recount/strongroom"
)

// NamedIn is a protected person of whom a dossier's text holds a true name.
type NamedIn struct {
	Identity  string `json:"identity"`
	Pseudonym string `json:"pseudonym"`
	Lines     []int  `json:"lines"` // of the statement, from 1; none where it is the title or over more than one line
	Whole     bool   `json:"whole"` // all of a name; else words of it, which may be anybody's
}

// CheckNames looks for true names in a dossier's title and statement: those of
// all protected persons whom whoever acts may open. What it opens stays in
// memory and is not answered; the audit journal says that it was asked.
func (d Desk) CheckNames(ctx context.Context, dossierID, session string, way strongroom.Way, why string) (found []NamedIn, looked int, err error) {
	var all []store.IdentityProtected
	var composed store.DossierComposed
	err = d.Case.Read(ctx, func(r store.Reader) error {
		if composed, err = r.Dossier(ctx, dossierID); err != nil {
			return err
		}
		return eachIdentity(ctx, r, func(x store.IdentityProtected) error {
			if slices.Contains(x.Openers, register.OpenerOf(d.Actor)) {
				all = append(all, x)
			}
			return nil
		})
	})
	if err != nil {
		return nil, 0, err
	}
	text, err := Statement(ctx, d.Case, composed)
	if err != nil {
		return nil, 0, err
	}
	m, err := d.Case.IdentityMap(ctx, false)
	if err != nil {
		return nil, 0, err
	}
	key, err := d.ownKey(ctx, m, dossierID, session, way)
	if err != nil {
		return nil, 0, err
	}
	for _, x := range all {
		content, err := d.openWith(ctx, m, key, x)
		if err != nil {
			return nil, 0, fmt.Errorf("identity %s: %w", x.Identity, err)
		}
		looked++
		if n, is := wherein(content, x, composed.Title, string(text)); is {
			found = append(found, n)
		}
	}
	return found, looked, d.look(ctx, audit.Verified, dossierID, session, why)
}

func wherein(content identities.Content, x store.IdentityProtected, title, text string) (NamedIn, bool) {
	n := NamedIn{Identity: x.Identity, Pseudonym: x.Pseudonym, Lines: []int{}}
	whole, parts := content.In(title + "\n" + text)
	n.Whole = whole
	for i, line := range strings.Split(text, "\n") {
		if all, some := content.In(line); all || !whole && len(some) > 0 {
			n.Lines = append(n.Lines, i+1)
		}
	}
	return n, whole || len(parts) > 0
}
