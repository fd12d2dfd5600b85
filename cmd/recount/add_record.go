// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/fault"
	"recount/intake"
	"recount/intake/mapping"
	"recount/journal"
	"recount/register"
)

type addRecordCmd struct {
	File string `arg:"" type:"existingfile" help:"The record, as JSON (docs/mapping.md, \"A record written by hand\")."`
	once
	act
}

// Help is shown under the command's flags.
func (addRecordCmd) Help() string {
	return `What one source says about one person, with the harms that it speaks of, cited to a place in an exhibit. The record is a person of its
own until it is linked. One that corrects another names it as "supersedes"; the older stays in the journal. A record is corrected once:
what was corrected is corrected further by naming the newest.

Prints the record's leaf. Exit codes: 0 recorded · 3 source, exhibit or incident missing · 5 the record was corrected already ·
8 not accepted · 64 usage.`
}

type recordAnswer struct {
	Leaf   journal.Leaf `json:"leaf"`
	Person string       `json:"person"`
	Seq    int64        `json:"seq"`
	Known  bool         `json:"known,omitempty"`
}

// Run carries the command out.
func (x *addRecordCmd) Run(d *desk) error {
	text, err := os.ReadFile(x.File)
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	s, err := mapping.ParseStatement(text)
	if err != nil {
		return fmt.Errorf("%s: %w", x.File, err)
	}
	return d.work(access.Receive, func(desk casework.Desk) error {
		added, err := desk.Clerk().AddRecord(d.ctx, s, x.under(x.why()).Act())
		if err != nil {
			return fmt.Errorf("%s: %w", x.File, err)
		}
		if added.Known {
			d.out.note("recorded before under this key, as entry %d, under person %s; nothing was added", added.Seq, added.Person)
		} else {
			d.out.note("recorded as entry %d, under person %s", added.Seq, added.Person)
		}
		return d.out.answer(recordAnswer{added.Leaf, added.Person, added.Seq, added.Known}, d.out.line(added.Leaf.String()))
	})
}

func (a act) intake() intake.Act {
	return intake.Act{Reason: a.Reason, Basis: a.Basis, Handling: a.Handling}
}

type addCitationCmd struct {
	Exhibit     string `arg:"" placeholder:"e-…" help:"The exhibit."`
	Quote       string `arg:"" help:"The words, exactly as they stand there."`
	ID          string `name:"id" placeholder:"c-…" help:"Make this citation anew instead of adding one."`
	Scheme      string `default:"whole" help:"${schemes}"`
	Pinpoint    string `placeholder:"TEXT" help:"The place, in the scheme: page 12, lines 3-4, 00:01:10-00:01:15."`
	Before      string `placeholder:"TEXT" help:"What stands before it, where the words come more than once."`
	After       string `placeholder:"TEXT" help:"What stands behind it."`
	Language    string `placeholder:"TAG" help:"BCP 47 tag of the quote."`
	Attribution string `placeholder:"TEXT" help:"Whose words they are, as a dossier shall say it."`
	act
}

// Help is shown under the command's flags.
func (addCitationCmd) Help() string {
	return `Where the exhibit is text, the words are looked for and must stand there character by character; what stands around them is kept, so that
they are found again. Of a picture, a recording or a PDF they are kept as given, and that is said.

Prints the citation's id. Exit codes: 0 recorded · 3 no such exhibit · 8 not accepted, with the place where the words come nearest ·
64 usage.`
}

type citationAnswer struct {
	Citation register.Citation `json:"citation"`
	Seq      int64             `json:"seq"`
	Checked  bool              `json:"checked"`
	Offset   int64             `json:"offset"` // in characters; -1 where it was not checked
	Why      string            `json:"not_checked_because,omitempty"`
}

// Run carries the command out.
func (x *addCitationCmd) Run(d *desk) error {
	return d.working(access.Receive, lookAt(audit.Viewed, "exhibits", x.Exhibit), func(desk casework.Desk) error {
		c, err := desk.Clerk().Cite(d.ctx, register.Citation{
			Citation: x.ID, Exhibit: x.Exhibit, Quote: x.Quote, Scheme: x.Scheme, Pinpoint: x.Pinpoint,
			Before: x.Before, After: x.After, Language: x.Language, Attribution: x.Attribution,
		}, x.intake())
		if err != nil {
			return d.told(err)
		}
		if c.Checked {
			d.out.note("the words stand in the exhibit, %d characters from its beginning (entry %d)", c.Offset, c.Seq)
		} else {
			d.out.note("kept as given, not looked for: %s (entry %d)", plain(c.Unasked), c.Seq)
		}
		a := citationAnswer{c.Citation, c.Seq, c.Checked, c.Offset, c.Unasked}
		return d.out.answer(a, func(w io.Writer) { fmt.Fprintln(w, c.Citation.Citation) })
	})
}
