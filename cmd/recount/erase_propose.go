// SPDX-License-Identifier: Apache-2.0

package main

import (
	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/store"
)

type eraseProposeCmd struct {
	Target  string            `arg:"" placeholder:"p-…|LEAF" help:"The person, or one record by its leaf."`
	Ground  string            `required:"" placeholder:"TEXT" help:"On which ground: a withdrawal, an order."`
	Destroy []string          `placeholder:"ID" help:"As of erase decide."`
	Redact  []string          `placeholder:"e-…" help:"As of erase decide."`
	Erase   []string          `placeholder:"LEAF|entry-N" help:"As of erase decide."`
	Keep    map[string]string `placeholder:"ID=BASIS" mapsep:"none" help:"As of erase decide."`
	Plan    string            `placeholder:"HEX" help:"The hash that erase plan printed: refuses if the plan has changed since."`
	act
}

// Help is shown under the command's flags.
func (eraseProposeCmd) Help() string {
	return `One person proposes, with a decision for each thing of the plan; another looks at the same plan and carries it out with recount decide agree. Nothing
is erased before that. If the plan is another one by then, nothing is erased either: take the proposal back and make it anew. In an office of
one person somebody from outside signs (recount second).

What is in danger meanwhile can be hidden at once (recount hide).

Prints the decision's id. Exit codes: 0 proposed · 3 nothing there · 6 a legal hold · 5 the plan has changed · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *eraseProposeCmd) Run(d *desk) error {
	return d.working(access.Decide, lookAt(audit.Viewed, "erasures", x.Target), func(desk casework.Desk) error {
		plan, err := d.plan(desk.Case, x.Target)
		if err != nil {
			return err
		}
		done, err := desk.ProposeErasure(d.ctx, plan, casework.ErasureDecision{
			Ground: x.Ground, Destroy: x.Destroy, Redact: x.Redact, Erase: x.Erase, Keep: x.Keep, Plan: x.Plan,
		}, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, "proposed; another person has to agree (recount decide agree)")
	})
}

// eraseProposed carries an erasure out that another person has proposed.
func (d *desk) eraseProposed(desk casework.Desk, p store.Proposed, why casework.Why) error {
	plan, err := d.plan(desk.Case, p.Proposal.Subject)
	if err != nil {
		return err
	}
	progress := d.progress("erasing", "keys")
	done, err := desk.CarryOutErasure(d.ctx, p.Decision, plan, why, progress.at)
	progress.done()
	if err != nil {
		return err
	}
	d.out.note("erased: %s keys destroyed (entry %d)", group(int64(done.Leaves)), done.Seq)
	return d.out.answer(done, d.out.line(done.ID))
}
