// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"recount/casework"
	"recount/fault"
	"recount/store"
)

// doomed is the person or record that a visitor would have erased, by the address
// of its own, or of the entry that hid it.
type doomed struct {
	Kind, ID string
	Page     string // where its plan is
	About    link
}

// planned is what came of looking through the case for an erasure, and of what
// was then asked.
type planned struct {
	target  string
	plan    casework.ErasurePlan
	sum     string
	refused error  // why it was not proposed, or not carried out
	done    string // the decision that was proposed, or carried out
	typed   []typed
}

// doomed finds it. What is hidden is there for nobody, and may be erased by whoever
// could see it before.
func (v *visit) doomed() (d doomed, err error) {
	err = v.read(func(ctx context.Context, r store.Reader) error {
		switch {
		case v.PathValue("person") != "":
			d = doomed{Kind: "person", ID: v.PathValue("person"), Page: v.link("persons", v.PathValue("person"), "erase")}
		case v.PathValue("record") != "":
			d = doomed{Kind: "record", ID: v.PathValue("record"), Page: v.link("records", v.PathValue("record"), "erase")}
		default:
			all, err := v.hiddenThings(ctx, r)
			if err != nil {
				return err
			}
			at := slices.IndexFunc(all, func(h hiddenLine) bool {
				return h.Erasable() && strconv.FormatInt(h.Seq, 10) == v.PathValue("hiding")
			})
			if at < 0 {
				return fmt.Errorf("%w: no person and no record is hidden by that entry", fault.NotFound)
			}
			d = doomed{Kind: all[at].SubjectKind, ID: all[at].Hidden.Subject, Page: v.link("hidden", v.PathValue("hiding"), "erase")}
			d.About, err = v.aboutLink(ctx, r, d.Kind, d.ID)
			d.About.To = ""
			return err
		}
		if err := casework.IsThere(ctx, r, d.Kind, d.ID); err != nil {
			if errors.Is(err, fault.Invalid) {
				return fmt.Errorf("%w: there is no such record", fault.NotFound)
			}
			return err
		}
		d.About, err = v.aboutLink(ctx, r, d.Kind, d.ID)
		return err
	})
	return d, err
}

// erasurePage begins an erasure: what it is, before the case is looked through.
type erasurePage struct {
	base
	About   link
	Action  string
	Waiting string // the open decision about it, "" none
}

// planErasure is the page of an erasure: its beginning, the work under way, or
// the plan that came of it (?work=).
func (s *Server) planErasure(v *visit) error {
	d, err := v.doomed()
	if err != nil {
		return err
	}
	if v.text("work") != "" {
		return s.showPlanned(v, d.ID, func(work planned) error { return s.showPlan(v, d, work) })
	}
	p := &erasurePage{base: v.base("erase.title"), About: d.About, Action: d.Page}
	err = v.read(func(ctx context.Context, r store.Reader) (err error) {
		p.Waiting, err = r.Waiting(ctx, "erase", d.ID)
		return err
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// showPlanned shows work on an erasure while it goes on, or what came of it.
func (s *Server) showPlanned(v *visit, target string, show func(planned) error) error {
	one, err := s.jobs.of(v, v.text("work"))
	if err == nil && one.ended && one.err == nil {
		work, ok := one.result.(planned)
		if ok && work.target == target {
			work.typed = one.typed
			return show(work)
		}
		err = fmt.Errorf("%w: this work is about something else", fault.NotFound)
	}
	if err != nil {
		return s.jobGone(v)
	}
	if one.ended {
		return one.err
	}
	return s.jobUnderWay(v, one)
}

// startPlan looks through the whole case, as long work.
func (s *Server) startPlan(v *visit) error {
	d, err := v.doomed()
	if err != nil {
		return err
	}
	return s.plans(v, d.ID, d.Page, nil)
}

// plans begins to look through the case, and then does with the plan what was asked.
func (s *Server) plans(v *visit, target, page string, then func(context.Context, *planned, func(done, all int64)) error) error {
	room := v.room
	id, err := s.jobs.start(v, "plan", func(ctx context.Context, tell func(string, int64, int64)) (any, error) {
		work := planned{target: target}
		var err error
		if work.plan, err = casework.PlanErasure(ctx, room, target, func(done, all int64) { tell("looking", done, all) }); err != nil {
			return nil, err
		}
		if work.sum, err = work.plan.SHA256(); err != nil || then == nil {
			return work, err
		}
		err = then(ctx, &work, func(done, all int64) { tell("erasing", done, all) })
		for _, kind := range []error{fault.Invalid, fault.Conflict, fault.Forbidden, fault.NotFound} {
			if errors.Is(err, kind) {
				work.refused = err
				return work, nil
			}
		}
		return work, err
	})
	if err != nil {
		return err
	}
	return v.goTo(base{}.Query(page, "work", id))
}

// proposeErasure asks for what was decided of each thing of the plan that the
// visitor has before him. If the plan is another one by now, nothing is proposed.
func (s *Server) proposeErasure(v *visit) error {
	d, err := v.doomed()
	if err != nil {
		return err
	}
	if err := v.notWaiting("erase", d.ID); err != nil {
		return err
	}
	decision, why, desk := v.decided(), v.why(), v.desk()
	if decision.Plan == "" {
		return fmt.Errorf("%w: plan: which plan was looked at is not said; accepted is the form beneath the plan", fault.Invalid)
	}
	return s.plans(v, d.ID, d.Page, func(ctx context.Context, work *planned, _ func(int64, int64)) error {
		done, err := desk.ProposeErasure(ctx, work.plan, decision, why)
		work.done = done.ID
		return err
	})
}

// decided reads what is chosen of each thing of the plan: fields "do-ID" and, of
// what is kept, the basis in "basis-ID".
func (v *visit) decided() casework.ErasureDecision {
	d := casework.ErasureDecision{Ground: v.text("ground"), Plan: v.text("plan"), Keep: map[string]string{}}
	for name := range v.PostForm {
		id, ok := strings.CutPrefix(name, "do-")
		if !ok {
			continue
		}
		switch v.text(name) {
		case "destroy":
			d.Destroy = append(d.Destroy, id)
		case "redact":
			d.Redact = append(d.Redact, id)
		case "erase":
			d.Erase = append(d.Erase, id)
		case "keep":
			d.Keep[id] = v.text("basis-" + id)
		}
	}
	for _, list := range [][]string{d.Destroy, d.Redact, d.Erase} {
		slices.Sort(list)
	}
	return d
}

// asTyped is the same, of a form that was sent before.
func asTyped(all []typed) (do, basis map[string]string, rest map[string]string) {
	do, basis, rest = map[string]string{}, map[string]string{}, map[string]string{}
	for _, t := range all {
		if id, ok := strings.CutPrefix(t.Name, "do-"); ok {
			do[id] = t.Value
		} else if id, ok := strings.CutPrefix(t.Name, "basis-"); ok {
			basis[id] = t.Value
		} else {
			rest[t.Name] = t.Value
		}
	}
	return do, basis, rest
}
