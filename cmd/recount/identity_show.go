// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/fault"
	"recount/internal/durable"
	"recount/register"
)

type identityListCmd struct{}

// Run carries the command out.
func (x *identityListCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Listed, "identities", ""), func(c glance) error {
		all, err := casework.Identities(d.ctx, c.Read)
		return listedAs(d, all, err, func(k casework.KnownIdentity) casework.KnownIdentity { return k },
			[]string{"id", "pseudonym", "stands for", "openers", "opened", "called"}, func(k casework.KnownIdentity) []string {
				var called []string
				for _, p := range k.Called {
					called = append(called, p.Dossier+": "+p.Pseudonym)
				}
				return []string{k.Identity, k.Pseudonym, k.StandsFor, strings.Join(k.Openers, ", "), fmt.Sprint(len(k.Opened)), strings.Join(called, ", ")}
			})
	})
}

type identityOpenCmd struct {
	Decision string `arg:"" placeholder:"ID" help:"What another person asked for, q-…."`
	PhotoTo  string `placeholder:"FILE" help:"Write the picture into this file, which must not be there yet. It is not sealed: destroy it yourself."`
	secondOutside
	identityWay
	act
}

// Help is shown under the command's flags.
func (identityOpenCmd) Help() string {
	return `Shows who it is, once, on this terminal. Before that the journal says who opened it, for whom and why, and the audit journal does. Nothing that is
shown is kept; what the terminal keeps is out of the program's reach.`
}

// revealedAnswer is an identity that was opened.
type revealedAnswer struct {
	Identity  string   `json:"identity"`
	Pseudonym string   `json:"pseudonym"`
	Seq       int64    `json:"seq"`
	Names     []string `json:"names"`
	Contact   string   `json:"contact,omitempty"`
	Residence string   `json:"residence,omitempty"`
	Relatives string   `json:"relatives,omitempty"`
	Note      string   `json:"note,omitempty"`
	Photo     int      `json:"photo_bytes,omitempty"`
}

// Run carries the command out.
func (x *identityOpenCmd) Run(d *desk) error {
	return d.work(access.Confirm, func(w casework.Desk) error {
		if x.Reason == "" {
			return fmt.Errorf("%w: why is it opened? accepted: --reason TEXT, which names nobody", fault.Invalid)
		}
		if err := (decision{x.Decision}).seen(d, w.Case); err != nil {
			return err
		}
		if err := x.secondOutside.lay(&w); err != nil {
			return err
		}
		way, err := x.given(d, ownIdentityPassphrase)
		if err != nil {
			return err
		}
		defer way.Forget()
		got, err := w.Reveal(d.ctx, x.Decision, "", way, x.why())
		if err != nil {
			return err
		}
		c := got.Content
		if x.PhotoTo != "" {
			if err := durable.WriteFile(durable.OS(), x.PhotoTo, c.Photo, 0o600, false); err != nil {
				d.out.warn("the picture was not written: %s", err)
			}
		}
		answer := revealedAnswer{got.Identity, got.Pseudonym, got.Done.Seq, c.Names, c.Contact, c.Residence, c.Relatives, c.Note, len(c.Photo)}
		return d.out.answer(answer, func(out io.Writer) { revealedText(out, answer) })
	})
}

func revealedText(out io.Writer, a revealedAnswer) {
	fmt.Fprintf(out, "%s, %s (entry %d)\n", a.Identity, a.Pseudonym, a.Seq)
	rows := [][]string{}
	for _, name := range a.Names {
		rows = append(rows, []string{"name", plain(name)})
	}
	for _, row := range [][]string{{"contact", a.Contact}, {"residence", a.Residence}, {"relatives", a.Relatives}, {"note", a.Note}} {
		for line := range strings.SplitSeq(row[1], "\n") {
			if line != "" {
				rows = append(rows, []string{row[0], plain(line)})
			}
		}
	}
	if a.Photo > 0 {
		rows = append(rows, []string{"picture", fmt.Sprintf("%d bytes", a.Photo)})
	}
	columns(out, rows)
}

type identityPseudonymCmd struct {
	oneIdentity
	Dossier   string `arg:"" placeholder:"DOSSIER" help:"The dossier, d-…."`
	Pseudonym string `placeholder:"TEXT" help:"What the person is called there; without it one is drawn that says nothing."`
	LinkedTo  string `placeholder:"DOSSIER" help:"Use the pseudonym of this dossier on purpose: readers of both will know that it is one person."`
	act
}

// Run carries the command out.
func (x *identityPseudonymCmd) Run(d *desk) error {
	return d.work(access.Compose, func(w casework.Desk) error {
		if err := errors.Join(x.seen(d, w.Case), d.sees(w.Case, "dossier", x.Dossier)); err != nil {
			return err
		}
		done, name, err := w.GivePseudonym(d.ctx, register.GivenPseudonym{Identity: x.Identity, Dossier: x.Dossier, Pseudonym: x.Pseudonym, LinkedTo: x.LinkedTo}, x.why())
		if err != nil {
			return err
		}
		d.out.note("From the next edition of %s on the person is called so (entry %d)", x.Dossier, done.Seq)
		return d.out.answer(map[string]any{"identity": x.Identity, "dossier": x.Dossier, "pseudonym": name, "seq": done.Seq}, d.out.line(name))
	})
}

type identityCheckCmd struct {
	Dossier string `arg:"" placeholder:"DOSSIER" help:"The dossier, d-…."`
	identityWay
	Reason string `placeholder:"TEXT" default:"before it is published" help:"Why it is checked; kept in the audit journal."`
}

// Help is shown under the command's flags.
func (identityCheckCmd) Help() string {
	return `Looks through the title and the statement for true names of all protected persons whom you may open, in any case, accents and order of the words. It
shows no name: of each hit the identity, the pseudonym and the lines. Words of a name that stand alone may be anybody's, and are said to be so.

Exit codes: 0 no name was found · 5 a name was found · the rest as for recount identity.`
}

// checkedAnswer is what a check for names answers.
type checkedAnswer struct {
	Looked int                `json:"looked_for"`
	Found  []casework.NamedIn `json:"found"`
}

// Run carries the command out.
func (x *identityCheckCmd) Run(d *desk) error {
	return d.work(access.Read, func(w casework.Desk) error {
		if err := d.sees(w.Case, "dossier", x.Dossier); err != nil {
			return err
		}
		way, err := x.given(d, ownIdentityPassphrase)
		if err != nil {
			return err
		}
		defer way.Forget()
		found, looked, err := w.CheckNames(d.ctx, x.Dossier, "", way, x.Reason)
		if err != nil {
			return err
		}
		whole := 0
		err = d.out.answer(checkedAnswer{looked, append([]casework.NamedIn{}, found...)}, func(out io.Writer) {
			fmt.Fprintf(out, "Looked for the names of %d protected persons.\n", looked)
			for _, n := range found {
				what := "holds a true name"
				if !n.Whole {
					what = "holds words of a true name, which may be anybody's"
				}
				fmt.Fprintf(out, "%s, %s: the text %s; lines %s\n", n.Identity, n.Pseudonym, what, strings.Trim(fmt.Sprint(n.Lines), "[]"))
			}
		})
		for _, n := range found {
			if n.Whole {
				whole++
			}
		}
		if err == nil && whole > 0 {
			err = fmt.Errorf("%w: true names of %d protected persons stand in dossier %s; accepted is {{witness w-…}}", fault.Conflict, whole, x.Dossier)
		}
		return err
	})
}

type identityPlaceCmd struct {
	Dir string `arg:"" optional:"" placeholder:"DIR" help:"Where the map is to lie; without it, where it lies is shown."`
}

// Help is shown under the command's flags.
func (identityPlaceCmd) Help() string {
	return `Moves the map to the folder, on a stick say, and notes where it is; the old place is cleared. Where the map lies there already, moved by hand, that
alone is noted. While its medium is away, identities can be neither sealed nor opened, and all else works. Writing over files on a stick or a
solid-state disk may leave older bytes behind: they are sealed.`
}

// Run carries the command out.
func (x *identityPlaceCmd) Run(d *desk) error {
	if x.Dir == "" {
		return d.work(access.Read, d.mapPlace)
	}
	return d.working(access.Admit, lookAt(audit.Exported, "identities", ""), func(w casework.Desk) error {
		if err := w.PlaceIdentities(d.ctx, x.Dir); err != nil {
			return err
		}
		return d.mapPlace(w)
	})
}

// mapPlace says where the map of identities lies, and whether it is there now.
func (d *desk) mapPlace(w casework.Desk) error {
	at, err := w.Case.IdentityPlace()
	if err != nil {
		return err
	}
	here := w.Case.FindIdentities(at) == nil
	return d.out.answer(map[string]any{"place": at, "here": here}, func(out io.Writer) {
		fmt.Fprintln(out, at)
		if !here {
			d.out.note("No map is there now: its medium is away, or nobody is an opener yet.")
		}
	})
}

type identityCopyCmd struct {
	Dir string `arg:"" placeholder:"DIR" help:"A folder for the copy, on another medium."`
}

// Run carries the command out.
func (x *identityCopyCmd) Run(d *desk) error {
	return d.working(access.Admit, lookAt(audit.Exported, "identities", ""), func(w casework.Desk) error {
		if err := w.CopyIdentities(d.ctx, x.Dir); err != nil {
			return err
		}
		return d.out.answer(map[string]string{"copy": x.Dir}, d.out.line(x.Dir))
	})
}

type identitySweepCmd struct{}

// Run carries the command out.
func (x *identitySweepCmd) Run(d *desk) error {
	return d.work(access.Admit, func(w casework.Desk) error {
		m, err := w.Case.IdentityMap(d.ctx, false)
		if err != nil {
			return err
		}
		if err := w.SweepIdentities(d.ctx, m); err != nil {
			return err
		}
		return d.out.answer(map[string]string{"swept": m.Dir()}, func(out io.Writer) {
			fmt.Fprintln(out, "What the journal does not name, and is older than an hour, is destroyed.")
		})
	})
}
