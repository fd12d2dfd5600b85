// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"recount/fault"
	"recount/journal"
	"recount/register"
)

// sourceOf is whose word a list was imported as.
func (c *Clerk) sourceOf(ctx context.Context, exhibit string) (source string, err error) {
	err = c.Case.Look(ctx, func(v View) error {
		if _, err := v.Exhibit(ctx, exhibit); err != nil {
			return fmt.Errorf("exhibit %s: %w", exhibit, err)
		}
		lists, err := v.Imports(ctx, exhibit)
		if err != nil {
			return err
		}
		if len(lists) == 0 {
			return fmt.Errorf("%w: exhibit %s was not imported, so that nothing can be an edition of its list; accepted: an exhibit that was", fault.Invalid, exhibit)
		}
		source = lists[len(lists)-1].Source
		return nil
	})
	return source, err
}

// editionsBefore are the lists of the editions before, the last one first. All of
// them are the word of the same source.
func (j *importing) editionsBefore(ctx context.Context, v View) ([]register.Import, error) {
	if _, err := j.named(ctx, v); err != nil {
		return nil, err
	}
	if err := j.isNewest(ctx, v); err != nil {
		return nil, err
	}
	shut, err := v.ClosedTo(ctx, j.clerk.Actor)
	if err != nil {
		return nil, err
	}
	if len(shut) > 0 {
		return nil, fmt.Errorf("%w: fields of records are closed to you, and an edition tells what stands in them; accepted: an import by somebody who sees all fields", fault.Forbidden)
	}
	var all []register.Import
	seen := []string{j.exhibit.Exhibit}
	for exhibit := j.order.EditionOf; ; {
		if slices.Contains(seen, exhibit) {
			return nil, fmt.Errorf("%w: exhibit %s is said to be an edition of itself; accepted: one that was there before", fault.Conflict, exhibit)
		}
		seen = append(seen, exhibit)
		lists, err := v.Imports(ctx, exhibit)
		if err != nil {
			return nil, err
		}
		for _, list := range lists {
			if list.Source != j.source {
				return nil, fmt.Errorf("%w: exhibit %s was imported as the word of source %s, not of %s; accepted: an edition by the same source", fault.Conflict, exhibit, list.Source, j.source)
			}
		}
		all = append(all, lists...)
		before, err := v.Edition(ctx, exhibit)
		if errors.Is(err, fault.NotFound) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		exhibit = before.EditionOf
	}
}

// isNewest refuses a second edition after the same one: its rows would stand beside
// those of the first.
func (j *importing) isNewest(ctx context.Context, v View) error {
	later, err := v.EditionsOf(ctx, j.order.EditionOf)
	if err != nil {
		return err
	}
	for _, x := range later {
		lists, err := v.Imports(ctx, x.Exhibit)
		if err != nil {
			return err
		}
		if x.Exhibit != j.exhibit.Exhibit && len(lists) > 0 {
			return fmt.Errorf("%w: exhibit %s has a later edition already, %s; accepted: an edition of that one", fault.Conflict, j.order.EditionOf, x.Exhibit)
		}
	}
	return nil
}

// nameEdition records of which list this one is a later edition, unless that is said.
func (j *importing) nameEdition(ctx context.Context) error {
	if j.update == nil {
		return nil
	}
	said := false
	x := register.Edition{Exhibit: j.exhibit.Exhibit, EditionOf: j.order.EditionOf}
	if err := j.clerk.Case.Look(ctx, func(v View) (err error) { said, err = j.named(ctx, v); return err }); err != nil || said {
		return err
	}
	if err := x.Check(); err != nil {
		return err
	}
	_, err := j.clerk.Case.Act(ctx, j.clerk.Actor, func(v View) (journal.Draft, error) {
		if _, err := j.named(ctx, v); err != nil {
			return journal.Draft{}, err
		}
		return x.Draft(j.order.Reason, j.order.Basis, j.order.Handling), nil
	})
	return err
}

// sameEdition refuses a list that was imported already, as an edition of another
// or of none.
func (j *importing) sameEdition(ctx context.Context, v View) error {
	if j.order.EditionOf == "" {
		return nil
	}
	said, err := j.named(ctx, v)
	if err == nil && !said {
		err = fmt.Errorf("%w: exhibit %s was imported already, and not as an edition of another; accepted: corrections of single records", fault.Conflict, j.exhibit.Exhibit)
	}
	return err
}

// named tells whether the case says already of which list this is an edition:
// fault.Conflict where it is another.
func (j *importing) named(ctx context.Context, v View) (bool, error) {
	said, err := v.Edition(ctx, j.exhibit.Exhibit)
	switch {
	case errors.Is(err, fault.NotFound):
		return false, nil
	case err != nil:
		return false, err
	case said.EditionOf != j.order.EditionOf:
		return false, fmt.Errorf("%w: exhibit %s is said to be an edition of %s already, not of %s", fault.Conflict, j.exhibit.Exhibit, said.EditionOf, j.order.EditionOf)
	}
	return true, nil
}
