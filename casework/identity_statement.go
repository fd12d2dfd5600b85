// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"recount/dossier"
	"recount/fault"
	"recount/names"
	"recount/register"
	"recount/store"
)

// nameless stands in a preview where a protected person has no pseudonym yet.
const nameless = "(no pseudonym yet)"

// called is a statement with what protected persons are called in this dossier.
// Where it is to be frozen each must have a pseudonym there; before, each must
// be a protected person of this case.
func called(ctx context.Context, r store.Reader, dossierID string, statement []byte, freeze bool) ([]byte, error) {
	text, err := dossier.CallWitnesses(statement, func(id string) (string, error) {
		if register.CheckID("w", id) != nil {
			return "", fmt.Errorf("%w: witness %.40q; accepted is the id of a protected person, w-…", fault.Invalid, id)
		}
		if _, err := r.Identity(ctx, id); err != nil {
			return "", fmt.Errorf("%w: there is no protected person %s in this case", fault.Invalid, id)
		}
		name, err := calledIn(ctx, r, dossierID, id)
		if errors.Is(err, fault.NotFound) && !freeze {
			return nameless, nil
		}
		if errors.Is(err, fault.NotFound) {
			return "", fmt.Errorf("%w: %s has no pseudonym in this dossier; accepted is to give one first: recount identity pseudonym %s %s", fault.Invalid, id, id, dossierID)
		}
		return name, err
	})
	if before, _, found := strings.Cut(string(text), "{{witness"); found {
		return nil, fmt.Errorf("%w: statement, line %d: a place of a witness that cannot be read; accepted is {{witness w-…}}, with the id of a protected person", fault.Invalid, 1+strings.Count(before, "\n"))
	}
	return text, err
}

var identityID = regexp.MustCompile(`w-[0-9a-f]{16}`)

// keepsApart refuses to freeze what holds an id of a protected person, the
// pseudonym that the case uses, or one of another dossier that is not shared on
// purpose.
func keepsApart(ctx context.Context, r store.Reader, id, title string, c dossier.Composed, statement []byte) error {
	texts := []string{title, string(statement)}
	for _, q := range c.Quotes {
		texts = append(texts, q.Quote, q.Attribution)
	}
	for _, f := range c.Figures {
		texts = append(texts, f.Title)
		for _, part := range f.Parts {
			texts = append(texts, part.Title)
		}
	}
	text := strings.Join(texts, "\n")
	if found := identityID.FindString(text); found != "" {
		return fmt.Errorf("%w: the text names the protected person %s by their id, which does not leave the archive; accepted is {{witness %s}}", fault.Forbidden, found, found)
	}
	own, forbidden, err := pseudonymsBeside(ctx, r, id)
	if err != nil || len(forbidden) == 0 {
		return err
	}
	folded := " " + names.Fold(text) + " "
	for _, name := range forbidden {
		if f := names.Fold(name); !own[f] && strings.Contains(folded, " "+f+" ") {
			return fmt.Errorf("%w: the title, the statement, a quotation or a figure of dossier %s holds %q, a pseudonym of the case itself or of another dossier: readers could join the two; accepted is {{witness w-…}}, which becomes the pseudonym of this dossier", fault.Forbidden, id, name)
		}
	}
	return nil
}

// pseudonymsBeside are those of a dossier, folded, and all others.
func pseudonymsBeside(ctx context.Context, r store.Reader, id string) (own map[string]bool, others []string, err error) {
	own = map[string]bool{}
	given, err := r.Pseudonyms(ctx, "")
	if err != nil {
		return nil, nil, err
	}
	for _, g := range given {
		if g.Dossier == id {
			own[names.Fold(g.Pseudonym)] = true
		} else {
			others = append(others, g.Pseudonym)
		}
	}
	err = eachIdentity(ctx, r, func(x store.IdentityProtected) error {
		others = append(others, x.Pseudonym)
		return nil
	})
	return own, others, err
}
