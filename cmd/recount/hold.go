// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

type holdCmd struct {
	Place holdPlaceCmd `cmd:"" help:"Forbid that something is erased, at once and by one person."`
	List  holdListCmd  `cmd:"" help:"Show the holds that are not lifted."`
	Lift  holdLiftCmd  `cmd:"" help:"Propose that a hold is lifted; another person has to agree."`
}

type holdPlaceCmd struct {
	Subject string `arg:"" placeholder:"p-…|LEAF|s-…|e-…|d-…|case" help:"What is held: a person, a record by its leaf, a source, an exhibit, a dossier, or the word case."`
	Ground  string `required:"" placeholder:"TEXT" help:"On which ground: an order, a letter of a court. Stays readable: name nobody."`
	Until   string `placeholder:"YYYY-MM-DD" help:"The last day on which it is in force; without it until it is lifted."`
	act
}

// Help is shown under the command's flags.
func (holdPlaceCmd) Help() string {
	return `A legal hold outranks every erasure: while it is in force, a decision to erase that touches what it holds is refused, and says which hold.
Of a person it holds the records that stand under it, of a source its records and files, of an exhibit the file and its redacted copies, of a
record every version of it. The plan of an erasure lists the holds that it meets.

One person places a hold; lifting it takes two.

Prints the hold's id. Exit codes: 0 placed · 3 no such thing · 8 not accepted · 64 usage.`
}

// subjectOf is the kind of thing that an argument names, and its id.
func subjectOf(text string, kinds []register.Code) (kind, subject string, err error) {
	if text == "case" {
		kind = "case"
	} else if _, err := journal.ParseLeaf(text); err == nil {
		kind, subject = "record", text
	} else if prefix, _, ok := strings.Cut(text, "-"); ok {
		kind, subject = map[string]string{"p": "person", "s": "source", "e": "exhibit", "d": "dossier"}[prefix], text
	}
	var accepted []string
	for _, k := range kinds {
		if k.Code == kind {
			return kind, subject, nil
		}
		accepted = append(accepted, k.Label)
	}
	return "", "", fmt.Errorf("%w: %.80q: accepted is the id of one of these: %s (a record by its leaf, 64 hex digits)", fault.Invalid, text, strings.Join(accepted, ", "))
}

// Run carries the command out.
func (x *holdPlaceCmd) Run(d *desk) error {
	kind, subject, err := subjectOf(x.Subject, register.HeldKinds())
	if err != nil {
		return err
	}
	return d.work(access.Decide, func(desk casework.Desk) error {
		if err := d.sees(desk.Case, kind, subject); err != nil {
			return err
		}
		done, err := desk.PlaceHold(d.ctx, register.Hold{SubjectKind: kind, Subject: subject, Ground: x.Ground, Until: x.Until}, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, "held: "+strings.TrimSpace(kind+" "+subject))
	})
}

type holdListCmd struct{}

// Help is shown under the command's flags.
func (holdListCmd) Help() string {
	return `A hold whose last day is over stays in the list and holds nothing any more.

Exit codes: 0 shown · 64 usage.`
}

// Run carries the command out.
func (x *holdListCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Listed, "holds", ""), func(c glance) error {
		var all []register.Hold
		err := c.Read(d.ctx, func(r store.Reader) (err error) {
			all, err = r.Holds(d.ctx)
			return err
		})
		if err != nil {
			return err
		}
		day := d.program.now().UTC().Format(time.DateOnly)
		return d.out.answer(all, func(w io.Writer) {
			rows := [][]string{{"hold", "on", "until", "ground"}}
			for _, h := range all {
				until := h.Until
				if !h.InForce(day) {
					until += " (over)"
				}
				rows = append(rows, []string{h.Hold, strings.TrimSpace(h.SubjectKind + " " + h.Subject), until, plain(h.Ground)})
			}
			if len(all) == 0 {
				fmt.Fprintln(w, "Nothing is held.")
				return
			}
			columns(w, rows)
		})
	})
}

type holdLiftCmd struct {
	Hold string `arg:"" placeholder:"h-…" help:"The hold."`
	act
}

// Help is shown under the command's flags.
func (holdLiftCmd) Help() string {
	return `Prints the id of the decision, to which another person agrees with recount decide agree, or somebody from outside by signature.

Exit codes: 0 proposed · 3 no such hold · 8 not accepted · 64 usage.`
}

// Run carries the command out.
func (x *holdLiftCmd) Run(d *desk) error {
	return d.work(access.Decide, func(desk casework.Desk) error {
		done, err := desk.ProposeLifting(d.ctx, x.Hold, x.why())
		if err != nil {
			return err
		}
		return d.answerDone(done, "proposed to lift it; another person has to agree (recount decide agree)")
	})
}
