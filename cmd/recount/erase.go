// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strings"

	"recount/casework"
	"recount/fault"
	"recount/store"
)

type eraseCmd struct {
	Plan   erasePlanCmd   `cmd:"" help:"Show every place that holds something about a person or a record; changes nothing."`
	Decide eraseDecideCmd `cmd:"" help:"Record the decision of two people and carry it out. Cannot be undone."`
}

type erasePlanCmd struct {
	Target string `arg:"" placeholder:"p-…|LEAF" help:"The person, or one record by its leaf."`
}

// Help is shown under the command's flags.
func (erasePlanCmd) Help() string {
	return `The plan names places, never what stands there: rows, what is said beside them, lines of frozen dossiers, entries whose text holds a name
as a record writes it, drafts that hold one, and the files that the rows were read from or that hold such a name. Files that are packed or drawn (workbooks,
pictures) are not looked into for names.

What no plan reaches is listed: bundles that have left, older copies of the epoch key, and entries that brought a list, a record or a
linking and hold a name in their reason: these stay, as their rows would vanish with them. Name nobody in a reason.

Exit codes: 0 shown · 3 no such person or record, or erased already · 8 not accepted · 64 usage.`
}

type planAnswer struct {
	casework.ErasurePlan
	SHA256 string `json:"plan_sha256"`
}

// Run carries the command out.
func (x *erasePlanCmd) Run(d *desk) error {
	return d.withCase(func(c *store.Case) error {
		plan, err := casework.PlanErasure(d.ctx, c, x.Target)
		if err != nil {
			return err
		}
		sum, err := plan.SHA256()
		if err != nil {
			return err
		}
		return d.out.answer(planAnswer{plan, sum}, func(w io.Writer) { planText(w, plan, sum) })
	})
}

func planText(w io.Writer, p casework.ErasurePlan, sum string) {
	fmt.Fprintf(w, "To forget %s, as the case stands at entry %d, these keys would be destroyed:\n", p.Target, p.Size)
	columns(w, [][]string{
		{"  records", group(int64(len(p.Records)))}, {"  rows beside them", group(int64(len(p.Rows)))},
		{"  lines of frozen dossiers, with members", group(int64(len(p.Lines)))}, {"  entries that hold a name", group(int64(len(p.Entries)))},
	})
	for _, e := range p.Entries {
		fmt.Fprintf(w, "    entry %d, %s\n", e.Seq, e.Kind)
	}
	for _, e := range p.Staying {
		fmt.Fprintf(w, "Entry %d, %s, holds a name in what was said of it and stays: it brings rows, those of others too, which would all vanish with it.\n", e.Seq, e.Kind)
	}
	if len(p.Drafts) > 0 {
		fmt.Fprintln(w, "These drafts, typed in the reading room and not sent, would be taken away:")
	}
	for _, e := range p.Drafts {
		fmt.Fprintf(w, "    account %s, form %s %s\n", e.Account, plain(e.Form), plain(e.About))
	}
	if len(p.Exhibits) > 0 {
		fmt.Fprintln(w, "Of each file, decide: --destroy ID, with what it says of everybody else, or --keep ID=BASIS:")
	}
	for _, e := range p.Exhibits {
		state := fmt.Sprintf("%s records of others cite it", group(e.Others))
		if e.Gone {
			state = "destroyed already"
		}
		fmt.Fprintf(w, "    %s: %s\n", e.Exhibit, state)
	}
	for _, e := range p.Dossiers {
		fmt.Fprintf(w, "Out of reach: copies of dossier %s that have left. They name nobody, and still verify.\n", e)
	}
	fmt.Fprintln(w, "Out of reach as well: backups that hold the present epoch key, until they expire.")
	fmt.Fprintf(w, "plan %s\n", sum)
}

type eraseDecideCmd struct {
	Target  string            `arg:"" placeholder:"p-…|LEAF" help:"The person, or one record by its leaf."`
	Ground  string            `required:"" placeholder:"TEXT" help:"On which ground: a withdrawal, an order."`
	Decider []string          `required:"" sep:"none" placeholder:"NAME" help:"Who decided; give it twice, for two different people."`
	Destroy []string          `placeholder:"e-…" help:"A file of the plan whose key is destroyed."`
	Keep    map[string]string `placeholder:"e-…=BASIS" mapsep:"none" help:"A file of the plan that stays, with the basis in words."`
	Plan    string            `placeholder:"HEX" help:"The hash that erase plan printed: refuses if the plan has changed since."`
	act
}

// Help is shown under the command's flags.
func (eraseDecideCmd) Help() string {
	return `Destroys the keys of everything in the plan: the table of keys is written anew under a new epoch key, the old one is overwritten, the files
decided on are taken out of the vault, and every table is written anew without what can no longer be opened, nor drafts that name the person. The journal keeps proving
that something stood there. Bundles that have left still verify.

Cannot be undone. Older copies of the epoch key, in backups for instance, have to be destroyed where they lie.

Prints the erasure's id. Exit codes: 0 erased · 3 nothing there · 5 the plan has changed · 8 not accepted: two deciders, and a decision
for each file · 64 usage.`
}

type erasedAnswer struct {
	casework.Done
	Leaves  int      `json:"leaves"`
	Objects []string `json:"destroyed"`
	Kept    []string `json:"kept"`
}

// Run carries the command out.
func (x *eraseDecideCmd) Run(d *desk) error {
	for _, id := range x.Destroy {
		if !strings.HasPrefix(id, "e-") {
			return fmt.Errorf("%w: --destroy %q: accepted is the id of an exhibit, e-…", fault.Invalid, id)
		}
	}
	return d.work(func(desk casework.Desk) error {
		plan, err := casework.PlanErasure(d.ctx, desk.Case, x.Target)
		if err != nil {
			return err
		}
		p := d.progress("erasing", "keys")
		done, err := desk.DecideErasure(d.ctx, plan, casework.ErasureDecision{
			Ground: x.Ground, Deciders: x.Decider, Destroy: x.Destroy, Keep: x.Keep, Plan: x.Plan,
		}, x.why(), p.at)
		p.done()
		if err != nil {
			return err
		}
		a := erasedAnswer{Done: done, Leaves: len(plan.Leaves()), Objects: x.Destroy, Kept: []string{}}
		for id := range x.Keep {
			a.Kept = append(a.Kept, id)
		}
		d.out.note("erased: %s keys destroyed (entry %d)", group(int64(a.Leaves)), done.Seq)
		return d.out.answer(a, d.out.line(done.ID))
	})
}
