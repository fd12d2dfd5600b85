// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/consent"
	"recount/dossier"
	"recount/fault"
	"recount/figure"
	"recount/store"
	"recount/verify"
)

type dossierCmd struct {
	Compose dossierComposeCmd `cmd:"" help:"Keep a statement: Markdown in which figures and quotations are named, not typed."`
	Freeze  dossierFreezeCmd  `cmd:"" help:"Answer its figures, and fix statement, answers and lines by an entry."`
	Export  dossierExportCmd  `cmd:"" help:"Write the bundle of a frozen edition that anyone can check offline."`
	List    dossierListCmd    `cmd:"" help:"List the dossiers with their editions."`
}

type dossierComposeCmd struct {
	Statement string `arg:"" type:"existingfile" help:"The statement, in Markdown."`
	ID        string `name:"id" placeholder:"d-…" help:"Compose this dossier anew instead of adding one."`
	Title     string `placeholder:"TEXT" required:"" help:"Its title."`
	act
}

// Help is shown under the command's flags.
func (dossierComposeCmd) Help() string {
	return `What stands in the place of a figure or quotation is put there when the dossier is frozen:

  {{figure f-…}}                 the number counted
  {{figure f-….PART}}            the number of an "of whom"
  {{figure f-… unknown}}         of whom it cannot be said
  {{figure f-… range}}           from the minimum to the maximum
  {{quote c-…}}                  the words of a citation, with who said them and where they stand

Prints the dossier's id. Exit codes: 0 kept · 3 no such dossier · 8 not accepted, such as a figure that does not exist, with its line ·
64 usage.`
}

// Run carries the command out.
func (x *dossierComposeCmd) Run(d *desk) error {
	text, err := os.ReadFile(x.Statement)
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	return d.work(access.Compose, func(desk casework.Desk) error {
		done, err := desk.ComposeDossier(d.ctx, x.ID, x.Title, text, x.why())
		if err != nil {
			return fmt.Errorf("%s: %w", x.Statement, err)
		}
		return d.answerDone(done, "dossier "+x.Title+" composed")
	})
}

type dossierFreezeCmd struct {
	Dossier        string `arg:"" placeholder:"d-…" help:"The dossier."`
	Limit          int    `default:"5" help:"No group of fewer persons is shown, within this edition or by comparing it with earlier ones."`
	SexualViolence bool   `help:"Let figures of this edition ask for sexual violence; needs --reason."`
	act
}

// Help is shown under the command's flags.
func (dossierFreezeCmd) Help() string {
	return `From then on the edition never changes: later records, merges and erasures do not reach it. A person stands in it as a line without
name, under a pseudonym that no other dossier shares. Lines whose open values would make a group smaller than the limit show the
verdict alone; what would still single somebody out is refused, naming the figure.

Figures that are nested, such as the killed and the killed of one month, show a group by their difference: where that is smaller than
the limit the edition is refused, and the refusal names both.

The limit is part of what is frozen and printed in the bundle.

A figure that asks for sexual violence is refused unless --sexual-violence says, with a reason, that this edition may show it.

Exit codes: 0 frozen · 3 no such dossier · 5 the case changed meanwhile · 6 it would show a group below the limit, or sexual violence ·
8 not accepted · 64 usage.`
}

type frozenAnswer struct {
	Dossier string        `json:"dossier"`
	Edition int64         `json:"edition"`
	Seq     int64         `json:"seq"`
	Limit   int64         `json:"limit"`
	Base    int64         `json:"base_size"`
	Counts  []countAnswer `json:"counts"`
}

type countAnswer struct {
	Figure string          `json:"figure"`
	Parts  []string        `json:"parts"`
	Lines  int64           `json:"lines"`
	Totals []figure.Totals `json:"totals"`
}

// Run carries the command out.
func (x *dossierFreezeCmd) Run(d *desk) error {
	return d.work(access.Publish, func(desk casework.Desk) error {
		frozen, seq, err := desk.FreezeDossier(d.ctx, x.Dossier, dossier.Showing{Limit: x.Limit, SexualViolence: x.SexualViolence}, x.why())
		if err != nil {
			return err
		}
		a := frozenAnswer{Dossier: frozen.Dossier, Edition: frozen.Edition, Seq: seq, Limit: frozen.Limit, Base: frozen.BaseSize}
		for _, c := range frozen.Counts {
			a.Counts = append(a.Counts, countAnswer{c.Definition.Figure, c.Parts, c.N, c.Totals})
		}
		return d.out.answer(a, func(w io.Writer) {
			fmt.Fprintf(w, "%s, edition %d, frozen as entry %d on what was known with %s; groups below %d are not shown.\n", a.Dossier, a.Edition, a.Seq, sized(a.Base), a.Limit)
			rows := [][]string{{"figure", "lines", "counted", "unknown"}}
			for _, c := range a.Counts {
				for i, t := range c.Totals {
					name := c.Figure
					if i > 0 {
						name = "  of whom " + c.Parts[i-1]
					}
					rows = append(rows, []string{name, group(c.Lines), group(t.Point()), group(t.Unknown)})
				}
			}
			columns(w, rows)
		})
	})
}

type dossierExportCmd struct {
	Dossier string `arg:"" placeholder:"d-…" help:"The dossier."`
	Out     string `placeholder:"DIR" help:"The folder to make."`
	Zip     string `placeholder:"FILE" help:"The zip file to make."`
	Edition int64  `placeholder:"N" help:"The edition; without it the newest."`

	To         string `placeholder:"RECIPIENT" help:"Hand it to one recipient, under conditions that travel with it: a code as in recount consent, or a case's own x-…."`
	Name       string `placeholder:"TEXT" help:"With --to: who that is."`
	Purpose    string `placeholder:"PURPOSE" help:"With --to: what for."`
	Until      string `placeholder:"YYYY-MM-DD" help:"With --to: the last day on which it may be used."`
	Conditions string `placeholder:"TEXT" help:"With --to: anything else that was agreed, in one line."`
	act
}

// Help is shown under the command's flags.
func (dossierExportCmd) Help() string {
	return `Writes the public level: the statement as a page, the definitions, one line for each person without name, the checkpoint, the proofs, and
VERIFY.txt, which tells a stranger how to check all of it with ordinary tools. It is a BagIt 1.0 bag. Before it gets its name it is
searched for what must not leave and checked as a stranger would check it; on any error nothing is left.

What is quoted and counted must be permitted now, for the recipient and the purpose: a consent that was withdrawn since the freeze refuses
the export, naming the source and the use. With --to the bundle gets a file CONDITIONS.txt under its seal, which recount verify shows, and an
entry says to whom it went; --reason, --basis and --handling are of that entry.

Exporting shows a checkpoint to others. From then on an older copy of this archive refuses to record anything.

Exit codes: 0 written · 3 no such dossier or edition · 4 the archive does not check · 5 something is in the place ·
6 the bundle would show what it must not, or what is not permitted · 7 disk full · 64 usage.`
}

type exportAnswer struct {
	Dossier     string        `json:"dossier"`
	Edition     int64         `json:"edition"`
	Dir         string        `json:"dir,omitempty"`
	Zip         string        `json:"zip,omitempty"`
	Files       int64         `json:"files"`
	Bytes       int64         `json:"bytes"`
	Erased      int64         `json:"erased_lines"`
	TagManifest string        `json:"tag_manifest_sha256"`
	VKey        string        `json:"vkey"`
	SealVKey    string        `json:"seal_vkey"`
	Report      verify.Report `json:"report"`
}

// Run carries the command out.
func (x *dossierExportCmd) Run(d *desk) error {
	if x.Out == "" && x.Zip == "" {
		return fmt.Errorf("%w: where to? accepted: --out DIR, --zip FILE, or both", fault.Invalid)
	}
	if x.To == "" && x.Name+x.Purpose+x.Until+x.Conditions != "" {
		return fmt.Errorf("%w: --name, --purpose, --until and --conditions are of a bundle for one recipient (accepted: --to RECIPIENT with them)", fault.Invalid)
	}
	return d.takingOut(lookAt(audit.Exported, "dossiers", fmt.Sprintf("%s/%d", x.Dossier, x.Edition)), func(c glance) error {
		if err := c.Read(d.ctx, func(r store.Reader) error { _, err := r.Dossier(d.ctx, x.Dossier); return err }); err != nil {
			return err
		}
		e, err := x.export(d, c.Case)
		if err != nil {
			return err
		}
		a := exportAnswer{x.Dossier, e.Frozen.Edition, x.Out, x.Zip, e.Files, e.Bytes, e.Erased, e.TagManifest, c.VKey(), c.SealVKey(), e.Report}
		return d.out.answer(a, func(w io.Writer) { a.text(w) })
	})
}

// export writes the bundle, for anyone or for the one recipient that is named.
func (x *dossierExportCmd) export(d *desk, c *store.Case) (dossier.Exported, error) {
	if x.To == "" {
		return casework.ExportDossier(d.ctx, c, x.Dossier, x.Edition, x.Out, x.Zip)
	}
	actor, err := d.actor(c)
	if err != nil {
		return dossier.Exported{}, err
	}
	e, done, err := casework.Desk{Case: c, Actor: actor, Rand: d.program.rand}.ShareDossier(d.ctx, consent.Shared{
		Dossier: x.Dossier, Edition: x.Edition, Recipient: x.To, Name: x.Name, Purpose: x.Purpose, Until: x.Until, Conditions: x.Conditions,
	}, x.Out, x.Zip, x.why())
	if err == nil {
		d.out.note("handed to %s, entry %d", plain(x.Name), done.Seq)
	}
	return e, err
}

func (a exportAnswer) text(w io.Writer) {
	where := a.Dir
	if where == "" {
		where = a.Zip
	}
	fmt.Fprintf(w, "%s, edition %d: %s files, %s bytes of content, checked before it was written.\n", a.Dossier, a.Edition, group(a.Files), group(a.Bytes))
	if a.Erased > 0 {
		fmt.Fprintf(w, "%s erased since the freeze, and not shown.\n", counted(a.Erased, "line was", "lines were"))
	}
	fmt.Fprintf(w, "A stranger checks it with:\n  recount verify %s --vkey '%s' --vkey '%s'\n", plain(where), a.VKey, a.SealVKey)
	fmt.Fprintln(w, "Publish the two keys in another place than the bundle.")
}

type dossierListCmd struct{}

type dossierLine struct {
	Dossier  string  `json:"dossier"`
	Title    string  `json:"title"`
	Seq      int64   `json:"seq"`
	Editions []int64 `json:"editions"`
}

// Run carries the command out.
func (x *dossierListCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Listed, "dossiers", ""), func(c glance) error {
		var all []dossierLine
		err := c.Read(d.ctx, func(r store.Reader) error {
			kept, err := r.Dossiers(d.ctx, store.Page{})
			if err != nil {
				return err
			}
			for _, k := range kept {
				line := dossierLine{Dossier: k.Dossier, Title: k.Title, Seq: k.Seq, Editions: []int64{}}
				frozen, err := r.Frozen(d.ctx, k.Dossier)
				if err != nil {
					return err
				}
				for _, f := range frozen {
					line.Editions = append(line.Editions, f.Edition)
				}
				all = append(all, line)
			}
			return nil
		})
		return listed(d, all, err, []string{"dossier", "entry", "editions", "title"}, func(l dossierLine) []string {
			return []string{l.Dossier, fmt.Sprint(l.Seq), fmt.Sprint(len(l.Editions)), l.Title}
		})
	})
}
