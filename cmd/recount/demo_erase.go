// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"

	"recount/casework"
	"recount/fault"
	"recount/store"
)

// forget erases what is held of one person of an imported list.
func (w *walk) forget() error {
	person, row, err := w.withOneRecord()
	if err != nil {
		return err
	}
	w.screen.say("A family asks that one person be taken out of what is held. Erasing destroys keys: what they sealed becomes unreadable, in the list's rows, in the tables and in the lines of what was frozen. " +
		"It is planned first, and the plan shows every place:")
	if _, err := w.run(cmd("erase", "plan", person)); err != nil {
		return err
	}
	w.screen.say("The file that the list came in names many others, so it is kept, on a stated basis. Two people decide; it cannot be undone.")
	decide := []string{"erase", "decide", person, "--ground", "The family withdrew its consent (invented)", "--decider", demoActor, "--decider", demoSecond}
	for _, e := range row.kept {
		decide = append(decide, "--keep", e+"=Names others, who have not asked (invented)")
	}
	if _, err := w.run(cmd(decide...)); err != nil {
		return err
	}
	w.answer.Erased = &erasedInDemo{Person: person, Leaf: row.leaf}
	if _, err := w.run(cmd("show", "record", row.leaf)); err != nil {
		return err
	}
	w.screen.say("What had left before cannot be called back. It names nobody, and it still verifies:")
	if err := w.check("the bundle, after the erasure", w.pinned("./bundle").since("holds").first(4)); err != nil {
		return err
	}
	w.screen.say("The edition stays what was frozen. Exported from now on, it lacks the person's lines, one in each count file, and says so. " +
		"Its numbers are those of the freeze, but nobody can count all lines any more: that stays undecided, and is no fault.")
	if _, err := w.run(cmd("dossier", "export", w.dossier, "--out", "./bundle-later").first(2)); err != nil {
		return err
	}
	if err := w.check("the edition exported after the erasure", w.pinned("./bundle-later").ends(2).since("holds").first(7)); err != nil {
		return err
	}
	w.screen.say("A figure asked anew no longer counts the person, and says how much was erased:")
	return w.runAll(cmd("figure", "answer", w.made.Figures[0].Figure).first(8))
}

// erasedInDemo is who was erased.
type erasedInDemo struct {
	Person string `json:"person"`
	Leaf   string `json:"record"`
}

type oneRecord struct {
	leaf string
	kept []string
}

// withOneRecord is a person of whom one list alone speaks: the first in the
// families' list of whom it says that they were killed.
func (w *walk) withOneRecord() (person string, row oneRecord, err error) {
	err = w.inCase(func(desk casework.Desk) error {
		for _, l := range w.made.Lists {
			if l.Key != "families" {
				continue
			}
			if person, row, err = w.oneIn(desk, l.Exhibit); err != nil || person != "" {
				return err
			}
		}
		return fmt.Errorf("%w: nobody stands in the families' list alone", fault.NotFound)
	})
	if err != nil {
		return "", row, err
	}
	plan, err := w.planOf(person)
	row.kept = plan
	return person, row, err
}

func (w *walk) oneIn(desk casework.Desk, exhibit string) (person string, row oneRecord, err error) {
	err = desk.Case.Read(w.d.ctx, func(r store.Reader) error {
		all, err := r.Records(w.d.ctx, store.RecordFilter{Exhibit: exhibit}, store.Page{})
		if err != nil {
			return err
		}
		for _, rec := range all {
			p, err := r.Person(w.d.ctx, rec.Person)
			if err != nil {
				return err
			}
			if len(p.Records) == 1 && len(rec.Harms) > 0 && rec.Harms[0].Said.Code == "killed" {
				person, row.leaf = rec.Person, rec.Leaf.String()
				return nil
			}
		}
		return nil
	})
	return person, row, err
}

// planOf lists what an erasure has to decide on and the walk keeps: files, and
// records of others who have that name too.
func (w *walk) planOf(person string) (kept []string, err error) {
	err = w.inCase(func(desk casework.Desk) error {
		plan, err := casework.PlanErasure(w.d.ctx, desk.Case, person, nil)
		for _, e := range plan.Exhibits {
			if !e.Possible {
				kept = append(kept, e.Exhibit)
			}
		}
		for _, e := range plan.Texts {
			if !e.Possible {
				kept = append(kept, e.ID)
			}
		}
		if slices.ContainsFunc(plan.Others, func(o casework.PlanOther) bool { return !o.Possible }) {
			kept = append(kept, casework.AllOthers)
		}
		return err
	})
	return kept, err
}
