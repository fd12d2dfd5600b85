// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"errors"
	"slices"

	"recount/fault"
	"recount/names"
	"recount/store"
)

// looked is what came of looking into an object.
type looked struct {
	seen   names.Sight
	gone   bool   // erased already
	unseen string // why it, or a part of it, could not be looked into
	part   bool   // only a part
}

// exhibits looks into every file that no record of the plan was read from.
func (s *search) exhibits(ctx context.Context) error {
	all, err := s.r.Exhibits(ctx, store.Page{})
	if err != nil {
		return err
	}
	for _, x := range all {
		s.advance()
		if s.sought.Empty() || slices.ContainsFunc(s.plan.Exhibits, func(e PlanExhibit) bool { return e.Exhibit == x.Exhibit && !e.Possible }) {
			continue
		}
		got, err := s.look(ctx, x.Object)
		if err != nil {
			return err
		}
		if got.unseen != "" && !got.seen.Whole {
			s.unseen(x.Exhibit, got.unseen, got.part)
		}
		if got.gone || !got.seen.Whole && len(got.seen.Parts) == 0 {
			continue
		}
		if err := s.addExhibit(ctx, PlanExhibit{Exhibit: x.Exhibit, Object: x.Object, Possible: !got.seen.Whole}); err != nil {
			return err
		}
	}
	return nil
}

// look looks through what an object of the vault holds.
func (s *search) look(ctx context.Context, object string) (got looked, err error) {
	in, err := openObject(ctx, s.c, object)
	if errors.Is(err, fault.NotFound) {
		return looked{gone: true}, nil
	}
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	e := &eye{sought: s.sought, common: s.common, writings: writingsOf(s.spellings)}
	if err := e.read(in, 0); err != nil {
		return got, err
	}
	return looked{seen: e.seen, unseen: e.unseen, part: e.part}, nil
}
