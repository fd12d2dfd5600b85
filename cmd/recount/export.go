// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"recount/audit"
	"recount/casework"
	"recount/fault"
	"recount/names"
	"recount/store"
)

type exportCmd struct {
	Out        string `arg:"" help:"The new file; - prints it."`
	Format     string `enum:"csv,excel,xlsx,followthemoney,pfif," default:"" placeholder:"FORMAT" help:"csv, excel, xlsx, followthemoney or pfif (below); without it by the file's ending: .csv, .xlsx, .xml."`
	Source     string `placeholder:"s-…" help:"Only the word of this source."`
	Exhibit    string `placeholder:"e-…" help:"Only from this exhibit."`
	Incident   string `placeholder:"i-…" help:"Only who was harmed in this incident."`
	Person     string `placeholder:"p-…" help:"Only of this person."`
	Name       string `placeholder:"TEXT" help:"Only whose name begins so, in whatever case and accents."`
	Corrected  bool   `help:"Also records that were corrected since."`
	WithoutRow bool   `help:"Leave out the row as it stood in the list, which has every column of it."`
	Delimiter  string `placeholder:"CHAR" help:"Of csv and excel: another delimiter, such as ';' where spreadsheet programs expect it."`
	Domain     string `default:"recount.invalid" placeholder:"NAME" help:"Of pfif: the domain of your office, which stands before the ids of records."`
	To         string `placeholder:"RECIPIENT" help:"To whom it goes, a code as in recount consent: then each record must be permitted to go there. Without it, it is for the team's own work."`
	Purpose    string `placeholder:"PURPOSE" help:"With --to: what for."`
}

// Help is shown under the command's flags.
func (exportCmd) Help() string {
	return `Takes out what this account may see, and writes down who took it out. The file has people's data in it.

  csv             one row a record, UTF-8, for machines. Every cell is what the
                  record says, with its id, harms and own fields beside it
  excel           the same for spreadsheet programs: with a byte order mark, so
                  that no letter is garbled, and an apostrophe in front of what
                  they would take for a formula
  xlsx            the same as a workbook of texts: no program makes a number or
                  a date of a code. Work in it, and bring it back with "recount
                  changes"
  followthemoney  statements: one for each thing that one source says of one
                  person
  pfif            PFIF 1.4, as registers of missing persons read it

The first three are read back without loss: "recount import FILE" with a mapping that says {"format": "recount mapping/1", "row": "record"}.
What the other two have no place for is written into their notes, and never made more exact than it is: 25 or 26 February 1992 is "1992-02".

--to says to whom it goes: a source or a person whose basis and consent do not permit records to go there stops it, and nothing is written.

Exit codes: 0 written · 3 no such records · 5 the file is there already · 6 not permitted · 7 disk full · 8 not accepted · 64 usage.`
}

// Validate sees that who gets it is said whole.
func (x *exportCmd) Validate() error {
	if (x.To == "") != (x.Purpose == "") {
		return errors.New("--to says to whom, and --purpose what for: both, or neither")
	}
	return nil
}

// exported is the command's answer.
type exported struct {
	File    string `json:"file"`
	Format  string `json:"format"`
	Records int64  `json:"records"`
}

// Run carries the command out.
func (x *exportCmd) Run(d *desk) error {
	h, err := x.handout()
	if err != nil {
		return err
	}
	return d.takingOut(lookAt(audit.Exported, "records", x.of()), func(c glance) error {
		p := d.progress("taking out", "records")
		h.Progress = func(n int64) { p.at(n, 0) }
		var n int64
		err := c.Read(d.ctx, func(r store.Reader) (err error) {
			if x.Out == "-" {
				n, err = h.Write(d.ctx, c.Case, r, d.out.out)
				return err
			}
			n, err = x.file(d, c, h, r)
			return err
		})
		p.done()
		if err != nil || x.Out == "-" {
			return err
		}
		a := exported{x.Out, h.Format, n}
		return d.out.answer(a, func(w io.Writer) { fmt.Fprintf(w, "%s stand in %s.\n", howManyOf(n, "record"), a.File) })
	})
}

// howManyOf is a number with what it counts.
func howManyOf(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return group(n) + " " + what + "s"
}

// of is what is taken out, for who asks later.
func (x *exportCmd) of() string {
	for _, id := range []string{x.Person, x.Incident, x.Exhibit, x.Source} {
		if id != "" {
			return id
		}
	}
	return ""
}

func (x *exportCmd) handout() (h casework.Handout, err error) {
	if x.Format == "" {
		switch {
		case strings.HasSuffix(x.Out, ".xlsx"):
			x.Format = "xlsx"
		case strings.HasSuffix(x.Out, ".csv"), x.Out == "-":
			x.Format = "csv"
		case strings.HasSuffix(x.Out, ".xml"):
			x.Format = "pfif"
		default:
			return h, fmt.Errorf("%w: as what? the ending of %s does not say it; accepted: --format with one of %s", fault.Invalid, x.Out, strings.Join(casework.HandoutFormats(), ", "))
		}
	}
	h = casework.Handout{
		Which:  store.RecordFilter{Source: x.Source, Exhibit: x.Exhibit, Incident: x.Incident, Person: x.Person, Name: names.Key(x.Name), Corrected: x.Corrected},
		Format: x.Format, Whole: !x.WithoutRow, Domain: x.Domain, Outlet: casework.Outlet{Recipient: x.To, Purpose: x.Purpose},
	}
	if x.Delimiter != "" {
		if len(x.Delimiter) != 1 || strings.ContainsAny(x.Delimiter, "\"\r\n") || x.Format != "csv" && x.Format != "excel" {
			return h, fmt.Errorf("%w: the delimiter %q; accepted: one character such as ';' or a tab, of csv and excel", fault.Invalid, x.Delimiter)
		}
		h.Delimiter = rune(x.Delimiter[0])
	}
	return h, nil
}

// file writes into a new file, and leaves none where that fails.
func (x *exportCmd) file(d *desk, c glance, h casework.Handout, r store.Reader) (n int64, err error) {
	f, err := os.OpenFile(x.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return 0, fmt.Errorf("%w: %s is there already; accepted: a new file", fault.Conflict, x.Out)
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	n, err = h.Write(d.ctx, c.Case, r, f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		err = errors.Join(err, os.Remove(x.Out))
	}
	return n, err
}
