// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"recount/casework"
	"recount/fault"
	"recount/store"
)

// proposedErasure is the decision of an address, which has to be one to erase,
// and what it asks for.
func (v *visit) proposedErasure() (p store.Proposed, asked casework.ProposedErasure, err error) {
	err = v.read(func(ctx context.Context, r store.Reader) (err error) {
		p, err = r.Proposed(ctx, v.PathValue("decision"))
		return err
	})
	if err != nil {
		return p, asked, err
	}
	if p.Act != "erase" || p.SubjectKind == "identity" { // an identity is destroyed on a page of its own
		return p, asked, fmt.Errorf("%w: %s is no decision to erase", fault.NotFound, p.Decision)
	}
	asked, err = erasureAsked(p)
	return p, asked, err
}

// erasureAsked reads what a proposal to erase asks for.
func erasureAsked(p store.Proposed) (asked casework.ProposedErasure, err error) {
	if err := json.Unmarshal([]byte(p.Detail), &asked); err != nil {
		return asked, fmt.Errorf("%w: what %s asks for cannot be read: %w", fault.Invalid, p.Decision, err)
	}
	return asked, nil
}

// choices are what a proposal says of each thing, by its id.
func choices(asked casework.ProposedErasure) map[string]string {
	do := map[string]string{}
	for way, ids := range map[string][]string{"destroy": asked.Destroy, "redact": asked.Redact, "erase": asked.Erase, "keep": slices.Collect(maps.Keys(asked.Keep))} {
		for _, id := range ids {
			do[id] = way
		}
	}
	return do
}

// startProposedPlan looks through the case for the second person, who sees the
// plan as it is now.
func (s *Server) startProposedPlan(v *visit) error {
	p, _, err := v.proposedErasure()
	if err != nil {
		return err
	}
	if !p.Open() {
		return fmt.Errorf("%w: %s was settled by entry %d already", fault.Conflict, p.Decision, p.Settled)
	}
	return s.plans(v, p.Proposal.Subject, v.link("decisions", p.Decision, "plan"), nil)
}

// proposedPlan shows it, with what the first person has decided and the form to
// agree; what was carried out leads on.
func (s *Server) proposedPlan(v *visit) error {
	p, asked, err := v.proposedErasure()
	if err != nil {
		return err
	}
	page := v.link("decisions", p.Decision)
	if v.text("work") == "" {
		return v.goTo(page)
	}
	return s.showPlanned(v, p.Proposal.Subject, func(work planned) error {
		if work.done != "" && work.refused == nil {
			return v.goTo(page + "?done=erased")
		}
		if !p.Open() {
			return v.goTo(page)
		}
		to := &planPage{base: v.base("erase.plan"), Sum: work.sum, Action: page + "/confirm", Ground: asked.Ground, Decision: p.Decision,
			Changed: work.sum != asked.Plan, Mine: p.Entry.Actor == v.who.Name}
		if work.refused != nil {
			v.status, to.Problem = fault.HTTPStatus(work.refused), work.refused.Error()
		}
		err := v.read(func(ctx context.Context, r store.Reader) (err error) {
			if to.About, err = v.aboutLink(ctx, r, p.SubjectKind, p.Proposal.Subject); err != nil {
				return err
			}
			to.Seconds, err = v.countingSeconds(ctx, r)
			return err
		})
		if err != nil {
			return err
		}
		return s.tellPlan(v, to, work, choices(asked), asked.Keep, true)
	})
}

// eraseDecided carries out what another person has proposed. Whoever agrees says
// which plan was looked at, and it has to be the one that was proposed.
func (s *Server) eraseDecided(v *visit) error {
	p, asked, err := v.proposedErasure()
	if err != nil {
		return err
	}
	switch seen := v.text("plan"); {
	case seen == "":
		return fmt.Errorf("%w: plan: nobody agrees to an erasure without having looked at its plan; accepted is the form beneath the plan", fault.Invalid)
	case seen != asked.Plan:
		return fmt.Errorf("%w: the plan that you looked at is another one than was proposed; accepted is that it is taken back or refused, and proposed anew", fault.Conflict)
	}
	desk, why := v.desk(), v.why()
	desk.Outside = v.outside()
	if err := desk.MayAgree(v.Context(), p.Decision); err != nil {
		return err
	}
	return s.plans(v, p.Proposal.Subject, v.link("decisions", p.Decision, "plan"), func(ctx context.Context, work *planned, tell func(int64, int64)) error {
		done, err := desk.CarryOutErasure(ctx, p.Decision, work.plan, why, tell)
		if done.ID != "" && done.Seq > 0 {
			for _, e := range work.plan.Exhibits { // nothing that was made of a file outlives it
				s.derive.Forget(e.Object)
			}
			work.done = p.Decision
		}
		return err
	})
}
