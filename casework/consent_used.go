// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"slices"
	"strings"

	"recount/consent"
	"recount/fault"
	"recount/store"
	"recount/verify"
)

// Usage is an edition in which something was used before.
type Usage struct {
	Dossier string           `json:"dossier"`
	Edition int64            `json:"edition"`
	Title   string           `json:"title"`
	Seq     int64            `json:"seq"`
	Quotes  []string         `json:"quotes"`  // ids of citations
	Figures []string         `json:"figures"` // ids of figures whose lines may hold its records
	Shared  []consent.Shared `json:"shared"`  // to whom the bundle was handed under conditions
}

// Used are the editions in which the words of a source stand, or its records
// were counted; of a person or a record, those whose figures may count them.
// They stay as they are: a withdrawal reaches new uses only.
func Used(ctx context.Context, c *store.Case, r store.Reader, subject string) ([]Usage, error) {
	if err := consent.CheckSubject(subject); err != nil {
		return nil, err
	}
	sources, err := sourcesAbout(ctx, r, subject)
	if err != nil {
		return nil, err
	}
	editions, err := r.Frozen(ctx, "")
	if err != nil {
		return nil, err
	}
	var all []Usage
	for _, e := range editions {
		frozen, err := parseFrozen(ctx, c, e.Seq)
		if err != nil {
			return nil, err
		}
		u := Usage{Dossier: e.Dossier, Edition: e.Edition, Title: e.Title, Seq: e.Seq, Quotes: []string{}, Figures: []string{}, Shared: []consent.Shared{}}
		if strings.HasPrefix(subject, "s-") {
			if u.Quotes, err = quotedFrom(ctx, r, frozen, subject); err != nil {
				return nil, err
			}
		}
		if u.Figures, err = countedFrom(ctx, r, frozen, sources); err != nil {
			return nil, err
		}
		if len(u.Quotes)+len(u.Figures) == 0 {
			continue
		}
		shared, err := r.Shared(ctx, e.Dossier)
		if err != nil {
			return nil, err
		}
		for _, s := range shared {
			if s.Edition == e.Edition {
				u.Shared = append(u.Shared, s)
			}
		}
		all = append(all, u)
	}
	return all, nil
}

// quotedFrom are the citations in an edition that are words of a source.
func quotedFrom(ctx context.Context, r store.Reader, f verify.Frozen, source string) ([]string, error) {
	quotes := []string{}
	for _, q := range f.Quotes {
		c, err := r.Citation(ctx, q.Citation)
		if errors.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		x, err := r.Exhibit(ctx, c.Exhibit)
		if err != nil && !errors.Is(err, fault.NotFound) {
			return nil, err
		}
		if x.Source == source {
			quotes = append(quotes, q.Citation)
		}
	}
	return quotes, nil
}

// countedFrom are the figures of an edition in whose universe one of the
// sources was by then.
func countedFrom(ctx context.Context, r store.Reader, f verify.Frozen, sources []string) ([]string, error) {
	figures := []string{}
	then, err := r.At(min(f.BaseSize, r.Size()))
	if err != nil {
		return nil, err
	}
	speaking, err := then.Speaking(ctx)
	if err != nil {
		return nil, err
	}
	for _, count := range f.Counts {
		d := count.Definition
		counts := slices.ContainsFunc(sources, func(s string) bool {
			return slices.Contains(speaking, s) && (len(d.Sources) == 0 || slices.Contains(d.Sources, s))
		})
		if counts && !slices.Contains(figures, d.Figure) {
			figures = append(figures, d.Figure)
		}
	}
	return figures, nil
}
