// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/fault"
	"recount/journal"
	"recount/store"
)

type eraseCmd struct {
	Plan    erasePlanCmd    `cmd:"" help:"Show every place found that holds something about a person or a record, and what could not be looked into; changes nothing."`
	Propose eraseProposeCmd `cmd:"" help:"Ask for an erasure; a second person carries it out with recount decide agree."`
	Decide  eraseDecideCmd  `cmd:"" help:"Both sit here: record the decision of two people and carry it out. Cannot be undone."`
}

type erasePlanCmd struct {
	Target string `arg:"" placeholder:"p-…|LEAF" help:"The person, or one record by its leaf."`
}

// Help is shown under the command's flags.
func (erasePlanCmd) Help() string {
	return `The plan names places, never what stands there: rows, what is said beside them, lines of frozen dossiers; records of others, entries,
statements, drafts and files that hold a name. A name is found by its words in any case, order and accents, near each other, in every text of the case:
in rows as they stood, fields of the case's own, titles, reasons, quotations, and in files of text, also in UTF-16, in workbooks and in what is packed.
Where only a part of the name stands that hardly anybody else has, the place is listed as "possible".

What could not be looked into is listed by its id: pictures, PDF, recordings, what is too large.

What no plan reaches is listed: bundles that have left, with whether they name the person, older copies of the epoch key, and entries that brought a list,
a record or a linking and hold a name in their reason: these stay, as their rows would vanish with them. Name nobody in a reason.

Exit codes: 0 shown · 3 no such person or record, or erased already · 8 not accepted · 64 usage.`
}

type planAnswer struct {
	casework.ErasurePlan
	SHA256 string `json:"plan_sha256"`
}

// isThere refuses a person or record that is not there for whoever asks.
func isThere(ctx context.Context, r store.Reader, target string) (err error) {
	if strings.HasPrefix(target, "p-") {
		_, err = r.Person(ctx, target)
		return err
	}
	leaf, err := journal.ParseLeaf(target)
	if err != nil {
		return fmt.Errorf("%w: %.80q is no person and no record (accepted: p-… or the leaf of a record)", fault.Invalid, target)
	}
	_, err = r.Record(ctx, leaf)
	return err
}

// plan looks through the whole case.
func (d *desk) plan(c *store.Case, target string) (casework.ErasurePlan, error) {
	p := d.progress("looking through the case", "rows, entries and files")
	defer p.done()
	return casework.PlanErasure(d.ctx, c, target, p.at)
}

// Run carries the command out.
func (x *erasePlanCmd) Run(d *desk) error {
	return d.reading(lookAt(audit.Viewed, "erasures", x.Target), func(c glance) error {
		if err := c.Read(d.ctx, func(r store.Reader) error { return isThere(d.ctx, r, x.Target) }); err != nil {
			return err
		}
		plan, err := d.plan(c.Case, x.Target)
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

type eraseDecideCmd struct {
	Target   string            `arg:"" placeholder:"p-…|LEAF" help:"The person, or one record by its leaf."`
	Ground   string            `required:"" placeholder:"TEXT" help:"On which ground: a withdrawal, an order."`
	Decider  []string          `required:"" sep:"none" placeholder:"NAME" help:"Who decided; give it twice, for two different people."`
	Destroy  []string          `placeholder:"ID" help:"A file (e-…) or a text of a dossier (statement-N, page-N) of the plan whose key is destroyed."`
	Redact   []string          `placeholder:"e-…" help:"A list of the plan, CSV or .xlsx, in whose place a copy stands from then on: rows that are erased are blanked, all others stay, and the original's key is destroyed."`
	Redacted map[string]string `placeholder:"e-…=FILE" mapsep:"none" help:"Likewise for any file, with the copy that was made by hand. It is searched for the name first."`
	Erase    []string          `placeholder:"LEAF|entry-N" help:"What else of the plan is erased: a record of somebody else, with all that it says, or an entry; others: all records of others that are not named."`
	Keep     map[string]string `placeholder:"ID=BASIS" mapsep:"none" help:"What of the plan stays, with the basis in words: a file, a record, an entry, a text, or others."`
	Plan     string            `placeholder:"HEX" help:"The hash that erase plan printed: refuses if the plan has changed since."`
	act
}

// Help is shown under the command's flags.
func (eraseDecideCmd) Help() string {
	return `Destroys the keys of everything in the plan: the table of keys is written anew under a new epoch key, the old one is overwritten, the files
decided on are taken out of the vault, and every table is written anew without what can no longer be opened, nor drafts that name the person. The journal keeps proving
that something stood there. Bundles that have left still verify.

Every file, text and record of somebody else that the plan lists needs a decision, but for those that are only possible: these stay if nothing is said.
Entries that hold a name are erased unless they are kept. Ground, reason and basis must not name the person: they stay readable.

A file that many stand in need not be lost. With --redact the program makes a copy of a CSV or .xlsx list: the rows of whom is erased keep their place and say
"[erased]", a cell of another row that holds the name too, and every other row, sheet and column stays as it was. What a workbook keeps besides (shared texts, remarks,
properties, values that formulas and charts had, pivot tables) is cleared. Of other files bring the copy with --redacted. A copy in which the name still stands is refused, with the place.
The copy is an exhibit of its own, as closed as the original; records and citations lead to it.

Cannot be undone. Older copies of the epoch key, in backups for instance, have to be destroyed where they lie.

Prints the erasure's id. Exit codes: 0 erased · 3 nothing there · 5 the plan has changed · 8 not accepted: two deciders, and a decision
for each thing · 64 usage.`
}

// Run carries the command out.
func (x *eraseDecideCmd) Run(d *desk) error {
	return d.working(access.Confirm, lookAt(audit.Viewed, "erasures", x.Target), func(desk casework.Desk) error {
		plan, err := d.plan(desk.Case, x.Target)
		if err != nil {
			return err
		}
		p := d.progress("erasing", "keys")
		done, err := desk.DecideErasure(d.ctx, plan, casework.ErasureDecision{
			Ground: x.Ground, Deciders: x.Decider, Destroy: x.Destroy, Redact: x.Redact, Redacted: filesOf(x.Redacted), Erase: x.Erase, Keep: x.Keep, Plan: x.Plan,
		}, x.why(), p.at)
		p.done()
		if err != nil {
			return err
		}
		d.out.note("erased: %s keys destroyed (entry %d)", group(int64(done.Leaves)), done.Seq)
		return d.out.answer(done, d.out.line(done.ID))
	})
}

// filesOf are redacted copies that lie in files.
func filesOf(paths map[string]string) map[string]casework.RedactedFile {
	all := map[string]casework.RedactedFile{}
	for id, path := range paths {
		all[id] = casework.RedactedFile{Name: filepath.Base(path), Open: func() (io.ReadCloser, error) {
			f, err := os.Open(path)
			if errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("%w: there is no file %s", fault.NotFound, path)
			}
			if err != nil {
				return nil, fmt.Errorf("%w: %w", fault.Unavailable, err)
			}
			return f, nil
		}}
	}
	return all
}
