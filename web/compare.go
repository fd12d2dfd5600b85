// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"recount/fault"
	"recount/intake"
	"recount/intake/collate"
	"recount/intake/table"
	"recount/register"
	"recount/store"
)

// comparePage sets a list beside an earlier edition of it: what became of each row.
type comparePage struct {
	base
	Newer    register.Exhibit
	With     []option // lists that were imported
	Older    register.Exhibit
	Compared bool
	Outcome  collate.Outcome
	Parts    []comparePart
	Problem  string
}

// comparePart are the rows of one verdict, the first of them.
type comparePart struct {
	Verdict string
	Count   int64
	Rows    []collate.Found
	Shown   bool // with their cells
}

// More is how many rows are not shown.
func (p comparePart) More() int64 { return p.Count - int64(len(p.Rows)) }

// How much the page compares while somebody waits for it, and shows.
const (
	comparedBytes = 64 << 20
	comparedRows  = 200
)

// compare shows a list beside the one that ?with= names; without it the choice.
func (s *Server) compare(v *visit) error {
	p := &comparePage{base: v.base("compare.title")}
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		if p.Newer, err = r.Exhibit(ctx, v.PathValue("exhibit")); err != nil {
			return err
		}
		with := v.text("with")
		if said, err := r.Edition(ctx, p.Newer.Exhibit); err == nil && with == "" {
			p.Older.Exhibit = said.EditionOf // offered first
		} else if err != nil && !errors.Is(err, fault.NotFound) {
			return err
		}
		if with != "" {
			p.Older, err = r.Exhibit(ctx, with)
		}
		return err
	})
	if err != nil {
		return err
	}
	if p.With, err = v.earlierLists(p.Newer.Exhibit); err != nil {
		return err
	}
	if len(p.With) > 0 {
		p.With = field{Options: p.With[1:]}.with(p.Older.Exhibit).Options
	}
	if v.text("with") == "" {
		return s.show(v, p)
	}
	if err := p.fill(v); err != nil {
		if !errors.Is(err, fault.Invalid) {
			return err
		}
		v.status, p.Problem = http.StatusUnprocessableEntity, err.Error()
	}
	return s.show(v, p)
}

// fill compares the two lists.
func (p *comparePage) fill(v *visit) error {
	if p.Newer.Size+p.Older.Size > comparedBytes {
		return fmt.Errorf("%w: the two lists have more than %d MiB; accepted: the command recount compare, which has no limit", fault.Invalid, comparedBytes>>20)
	}
	clerk := v.desk().Clerk()
	older, err := clerk.ExhibitEdition(v.Context(), p.Older.Exhibit, nil, table.Limits{})
	if err != nil {
		return err
	}
	newer, err := clerk.ExhibitEdition(v.Context(), p.Newer.Exhibit, nil, table.Limits{})
	if errors.Is(err, fault.Invalid) { // not imported yet: its columns mean what those of the older one mean
		newer, err = clerk.ExhibitEdition(v.Context(), p.Newer.Exhibit, older.Mapping, table.Limits{})
	}
	if err != nil {
		return err
	}
	rows := map[collate.Verdict][]collate.Found{}
	p.Outcome, err = intake.Compare(v.Context(), older, newer, func(f collate.Found) error {
		if f.Verdict != collate.Same && len(rows[f.Verdict]) < comparedRows {
			rows[f.Verdict] = append(rows[f.Verdict], f)
		}
		return nil
	})
	if err != nil {
		return toldError(err)
	}
	p.Compared = true
	for _, verdict := range collate.Verdicts() {
		p.Parts = append(p.Parts, comparePart{string(verdict), p.Outcome.Counts[verdict], rows[verdict], verdict == collate.Changed || verdict == collate.Other || slices.ContainsFunc(rows[verdict], func(f collate.Found) bool { return f.Why != "" })})
	}
	return nil
}

// editionsOf are of which list an exhibit is a later edition, and its own later ones.
func (v *visit) editionsOf(ctx context.Context, r store.Reader, id string) (earlier link, later []link, err error) {
	named := func(exhibit string) (link, error) {
		x, err := r.Exhibit(ctx, exhibit)
		if errors.Is(err, fault.NotFound) {
			return link{}, nil // erased; what is closed is not said to be an edition at all
		}
		return link{Text: x.Title, To: v.link("exhibits", exhibit)}, err
	}
	said, err := r.Edition(ctx, id)
	if err == nil {
		earlier, err = named(said.EditionOf)
	}
	if err != nil && !errors.Is(err, fault.NotFound) {
		return earlier, nil, err
	}
	all, err := r.EditionsOf(ctx, id)
	for _, x := range all {
		one, err := named(x.Exhibit)
		if err != nil {
			return earlier, later, err
		}
		if one.To != "" {
			later = append(later, one)
		}
	}
	return earlier, later, err
}
