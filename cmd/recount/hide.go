// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/register"
	"recount/store"
)

type hideCmd struct {
	Thing hideThingCmd `cmd:"" default:"withargs" help:"Hide a thing, at once and by one person (this is what \"recount hide\" does)."`
	List  hideListCmd  `cmd:"" help:"List what is hidden, for whoever may agree to bring it back."`
	Undo  hideUndoCmd  `cmd:"" help:"Propose that something is shown again; another person has to agree."`
}

type hideThingCmd struct {
	Subject string `arg:"" placeholder:"p-…|LEAF|s-…|e-…" help:"What is hidden: a person, a record by its leaf, a source or an exhibit."`
	act
}

// Help is shown under the command's flags.
func (hideThingCmd) Help() string {
	return `Somebody is in danger, or has withdrawn, and a second person cannot be asked at once. From now on nobody is shown the thing: no page, list,
search, link or export has it, for anybody, nor what comes with it: of a source its files and records, of an exhibit what is cited or was read from
it, of a person the records that stand under it. Figures count as before.

Nothing is destroyed. Two people bring it back, or decide to erase it. Whoever has the files and keys of the archive can still read it.

Exit codes: 0 hidden · 3 no such thing · 5 hidden already · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *hideThingCmd) Run(d *desk) error {
	kind, subject, err := subjectOf(x.Subject, register.HiddenKinds())
	if err != nil {
		return err
	}
	return d.work(access.Decide, func(desk casework.Desk) error {
		if err := d.sees(desk.Case, kind, subject); err != nil {
			return err
		}
		done, err := desk.Hide(d.ctx, register.Hiding{SubjectKind: kind, Subject: subject}, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, "hidden: "+kind+" "+subject)
	})
}

// sees refuses what is not there for whoever acts.
func (d *desk) sees(c *store.Case, kind, subject string) error {
	who, err := d.may(c, access.Read)
	if err != nil {
		return err
	}
	return c.ReadAs(d.ctx, access.ScopeOf(who), func(r store.Reader) error { return casework.IsThere(d.ctx, r, kind, subject) })
}

type hideListCmd struct{}

type hiddenJSON struct {
	Kind    string `json:"subject_kind"`
	Subject string `json:"subject"`
	Seq     int64  `json:"seq"`
}

// Run carries the command out.
func (x *hideListCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Listed, "hidden", ""), func(c glance) error {
		if err := access.Can(c.who, access.Decide, access.Thing{Case: c.ID()}); err != nil {
			return err
		}
		all := []hiddenJSON{}
		err := c.Case.Read(d.ctx, func(r store.Reader) error {
			list, err := r.Hidden(d.ctx)
			for _, h := range list {
				all = append(all, hiddenJSON{h.SubjectKind, h.Subject, h.Seq})
			}
			return err
		})
		if err != nil {
			return err
		}
		return d.out.answer(all, func(w io.Writer) {
			for _, h := range all {
				fmt.Fprintf(w, "%s %s (entry %d)\n", h.Kind, h.Subject, h.Seq)
			}
			if len(all) == 0 {
				fmt.Fprintln(w, "Nothing is hidden.")
			}
		})
	})
}

type hideUndoCmd struct {
	Subject string `arg:"" placeholder:"p-…|LEAF|s-…|e-…" help:"What is hidden."`
	act
}

// Run carries the command out.
func (x *hideUndoCmd) Run(d *desk) error {
	kind, subject, err := subjectOf(x.Subject, register.HiddenKinds())
	if err != nil {
		return err
	}
	return d.work(access.Decide, func(desk casework.Desk) error {
		done, err := desk.ProposeShowing(d.ctx, kind, subject, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, "proposed to show it again; another person has to agree (recount decide agree)")
	})
}
