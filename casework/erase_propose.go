// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"recount/fault"
	"recount/names"
	"recount/register"
	"recount/store"
)

// ProposedErasure is what one person asks to be erased: the detail of a proposal
// with the act erase, as canonical JSON. The second person sees the same plan, or
// it is another one and nothing is erased.
type ProposedErasure struct {
	Plan    string            `json:"plan_sha256"`
	Ground  string            `json:"ground"`
	Destroy []string          `json:"destroy,omitempty"`
	Redact  []string          `json:"redact,omitempty"`
	Erase   []string          `json:"erase,omitempty"`
	Keep    map[string]string `json:"keep,omitempty"`
}

func (p ProposedErasure) decision(deciders ...string) ErasureDecision {
	return ErasureDecision{Ground: p.Ground, Deciders: deciders, Destroy: p.Destroy, Redact: p.Redact, Erase: p.Erase, Keep: p.Keep, Plan: p.Plan}
}

// targetKind is what a plan is about: a person, or a record.
func targetKind(target string) string {
	if strings.HasPrefix(target, "p-") {
		return "person"
	}
	return "record"
}

// ProposeErasure asks for what a plan lists to be erased, as it was decided of
// each thing in it. Nothing is erased before a second person has carried it out.
func (d Desk) ProposeErasure(ctx context.Context, plan ErasurePlan, decision ErasureDecision, why Why) (Done, error) {
	sum, err := plan.SHA256()
	if err != nil {
		return Done{}, err
	}
	if decision.Plan != "" && decision.Plan != sum {
		return Done{}, changedPlan(decision.Plan, sum)
	}
	if len(decision.Redacted) > 0 {
		return Done{}, fmt.Errorf("%w: copies that were made by hand are brought by both deciders together; accepted is recount erase decide", fault.Invalid)
	}
	x, err := decision.settle(plan)
	if err != nil {
		return Done{}, err
	}
	if strings.TrimSpace(decision.Ground) == "" {
		return Done{}, fmt.Errorf("%w: the ground is missing; accepted is the reason in words", fault.Invalid)
	}
	if err := d.namesNobody(ctx, plan, decision, why); err != nil {
		return Done{}, err
	}
	if err := d.Case.Read(ctx, func(r store.Reader) error { return d.notHeld(ctx, r, plan, x) }); err != nil {
		return Done{}, err
	}
	detail, err := json.Marshal(ProposedErasure{Plan: sum, Ground: decision.Ground, Destroy: decision.Destroy, Redact: decision.Redact, Erase: decision.Erase, Keep: decision.Keep})
	if err != nil {
		return Done{}, err
	}
	if why, err = d.asClosed(ctx, targetKind(plan.Target), plan.Target, why); err != nil {
		return Done{}, err
	}
	return d.Propose(ctx, register.Proposal{Act: "erase", SubjectKind: targetKind(plan.Target), Subject: plan.Target, Detail: string(detail)}, why)
}

func changedPlan(was, now string) error {
	return fmt.Errorf("%w: the plan that was decided on has the hash %.64s, the plan as the case stands now has %s: look at it again", fault.Conflict, was, now)
}

// Erasing is the proposal to erase that is open about a person or a record.
// fault.NotFound.
func Erasing(ctx context.Context, r store.Reader, target string) (store.Proposed, ProposedErasure, error) {
	all, err := r.Proposals(ctx)
	if err != nil {
		return store.Proposed{}, ProposedErasure{}, err
	}
	at := slices.IndexFunc(all, func(p store.Proposed) bool { return p.Open() && p.Act == "erase" && p.Subject == target })
	if at < 0 {
		return store.Proposed{}, ProposedErasure{}, fmt.Errorf("%w: nobody has proposed to erase %s", fault.NotFound, target)
	}
	asked, err := erasureOf(all[at])
	return all[at], asked, err
}

func erasureOf(p store.Proposed) (asked ProposedErasure, err error) {
	if p.Act != "erase" {
		return asked, fmt.Errorf("%w: %s is about something else: %s of %s %s", fault.Invalid, p.Decision, p.Act, p.SubjectKind, p.Subject)
	}
	if err := json.Unmarshal([]byte(p.Detail), &asked); err != nil {
		return asked, fmt.Errorf("%w: what %s asks for cannot be read: %w", fault.Invalid, p.Decision, err)
	}
	return asked, nil
}

// MayAgree is nil where whoever sits at the desk may agree to an open proposal, in
// their own name or by a signature from outside. It is asked anew when acting.
func (d Desk) MayAgree(ctx context.Context, decision string) error {
	return d.Case.Read(ctx, func(r store.Reader) error {
		p, err := r.Proposed(ctx, decision)
		if err == nil {
			_, err = d.agreed(ctx, r, decision, register.Proposal{SubjectKind: p.SubjectKind, Subject: p.Subject, To: p.To})
		}
		return err
	})
}

// CarryOutErasure erases what another person has proposed, from the plan as it is
// now, which has to be the one that was proposed. The deciders are both; where
// somebody from outside has signed (Desk.Outside), whoever acts and they.
func (d Desk) CarryOutErasure(ctx context.Context, decision string, plan ErasurePlan, why Why, progress func(done, all int64)) (Erased, error) {
	var p store.Proposed
	var asked ProposedErasure
	var deciders []string
	err := d.Case.Read(ctx, func(r store.Reader) (err error) {
		if p, err = d.agreed(ctx, r, decision, register.Proposal{Act: "erase", SubjectKind: targetKind(plan.Target), Subject: plan.Target}); err != nil {
			return err
		}
		if asked, err = erasureOf(p); err != nil {
			return err
		}
		deciders, err = d.deciders(ctx, r, p)
		return err
	})
	if err != nil {
		return Erased{}, err
	}
	what := asked.decision(deciders...)
	what.decision, what.outside = decision, d.Outside
	why.Handling = p.Entry.Handling
	return d.DecideErasure(ctx, plan, what, why, progress)
}

// deciders are those who decide by carrying a proposal out: who made it and who
// acts; where somebody from outside has signed, they too.
func (d Desk) deciders(ctx context.Context, r store.Reader, p store.Proposed) ([]string, error) {
	all := []string{p.Entry.Actor}
	if names.Key(p.Entry.Actor) != names.Key(d.Actor) {
		all = append(all, d.Actor)
	}
	if d.Outside == "" {
		return all, nil
	}
	second, err := d.signed(ctx, r, p)
	return append(all, second.Name+" ("+second.Capacity+")"), err
}
