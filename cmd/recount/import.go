// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"recount/access"
	"recount/casework"
	"recount/fault"
	"recount/intake"
	"recount/intake/mapping"
	"recount/intake/table"
)

type importCmd struct {
	List          string `arg:"" help:"The list: a file (CSV, XLSX, XLS, ODS, JSON, HTML, DOCX, or a ZIP of one), which is preserved with it, or the id of an exhibit (e-…)."`
	Mapping       string `type:"existingfile" placeholder:"FILE" help:"The mapping: what the columns mean (docs/mapping.md)."`
	Propose       bool   `help:"Print a mapping to begin with, by what the columns are called and by the first 5,000 rows, and why; import nothing."`
	Sheet         string `placeholder:"NAME" help:"With --propose: the sheet, where there are several."`
	HeaderRow     int    `placeholder:"N" help:"With --propose: the row with the names of the columns, without it row 1."`
	HeaderRows    int    `placeholder:"N" help:"With --propose: how many rows the header has, where it has several."`
	NoHeader      bool   `help:"With --propose: the list has no names of columns."`
	Encoding      string `placeholder:"NAME" help:"With --propose: the encoding of a CSV that is not UTF-8."`
	Source        string `placeholder:"s-…" help:"The source that speaks in the list, where the mapping does not name it."`
	Preview       bool   `help:"Show what is understood, the doubtful cells first, and write nothing."`
	AcceptRefused bool   `help:"Import although rows are refused; the receipt lists them."`
	Another       bool   `name:"another-edition" help:"Import although most rows stand in an earlier list of this source, or could not be compared with it: their people will stand in the case twice."`
	EditionOf     string `placeholder:"e-…" help:"The list is a later edition of this one: rows that were changed supersede the records of the rows before, and those that stand there already are not recorded again."`
	RefusedTo     string `placeholder:"FILE" help:"Write the refused rows to this new file, a CSV with the list's own columns and the reason of each, to be mended and imported. It holds what the list says of people."`
	Receipt       string `placeholder:"FILE" help:"Also write the receipt to this new file. It names rows and columns, never what is said of a person."`
	act

	refused []*table.Refusal
}

// Help is shown under the command's flags.
func (importCmd) Help() string {
	return `One row is what one source says about one person. The row is kept as it stood beside what was read from it. Nothing is guessed: a value
that the mapping does not know is refused, a date that cannot be read is left unknown and reported. One refused row stops the import
and nothing is written, not even the list is preserved, unless --accept-refused.

An import that was cut off - by Ctrl-C, a full disk, the power - has left what it had sealed, for a week, seen by nobody: the same command,
by the same person, goes on there and ends as if nothing had happened. Where somebody was erased meanwhile, or other rows would be made now,
it begins anew, and says so.

The same file with the same mapping and source again changes nothing, and says so. The same file with another mapping is a conflict: its
people would stand in the case twice. A list most of whose rows stand in an earlier list of the same source, with the same cells or with the
same identifiers and name, is a conflict as well; how many rows do is said in any case. With --another-edition all of it is recorded beside
the earlier one. With --edition-of it takes the earlier one's place, row by row, by the key that the mapping names: a row that was changed
supersedes the record of the row before, under the same person; one that stands there already is not recorded again; one whose key stands
for somebody else now, or stands twice, or whose record people have corrected since, is refused. Records of rows that are gone stay, and are
counted. The earlier list stays, and can be cited ("recount compare" shows what differs).

--propose is a beginning: it prints a mapping, and why each column is taken for what it is, by what the columns are called in some twenty
languages and by what stands in them. Redirect it to a file, look at it, and import by that.

--preview ends as the import would, after it has printed what is understood. With --source (or a mapping that names it) and an archive it
compares with the source's earlier lists too.

What is wrong with a row is shown to you with its value, and written into the receipt without.

Exit codes: 0 imported, or imported before · 3 file, exhibit or source missing · 5 imported before in another way, or mostly in an
earlier list · 7 disk full ·
8 not accepted · 64 usage.`
}

// Validate sees that there is a mapping, or that one is asked for.
func (x *importCmd) Validate() error {
	switch {
	case x.Mapping == "" && !x.Propose:
		return errors.New("missing flags: --mapping=FILE (or --propose, to begin one)")
	case x.Mapping != "" && x.Propose:
		return errors.New("--propose begins a mapping: it is used without --mapping")
	case !x.Propose && (x.Sheet != "" || x.HeaderRow != 0 || x.HeaderRows != 0 || x.NoHeader || x.Encoding != ""):
		return errors.New("--sheet, --header-row, --header-rows, --no-header and --encoding go with --propose; of an import the mapping says it")
	case x.NoHeader && x.HeaderRow+x.HeaderRows != 0:
		return errors.New("--header-row names a row, and --no-header says that there is none")
	}
	return nil
}

// Run carries the command out.
func (x *importCmd) Run(d *desk) error {
	if x.Propose {
		return x.propose(d)
	}
	if x.Preview && x.RefusedTo != "" {
		return fmt.Errorf("%w: --refused-to writes what an import has refused; accepted: without --preview, which shows it", fault.Invalid)
	}
	text, err := os.ReadFile(x.Mapping)
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	m, err := mapping.Parse(text)
	if err != nil {
		return fmt.Errorf("%s: %w", x.Mapping, err)
	}
	if x.Preview {
		return x.preview(d, m)
	}
	// Rows are short-lived and what lives long is bounded: collecting less often
	// gives a tenth of the time back. Some 110 MiB more are SQLite's, and the
	// program's own; in all an import stays below 300 MiB.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(160 << 20)
	return d.work(access.Receive, func(desk casework.Desk) error {
		receipt, err := x.bring(d, desk, m)
		if err != nil {
			return err
		}
		if m.Consent != nil {
			if receipt.Consents, err = x.consents(d, desk, receipt.Exhibit); err != nil {
				return fmt.Errorf("the list is imported, and its answers on consent not all recorded (the same command goes on): %w", err)
			}
		}
		if err := x.keep(receipt); err != nil {
			return err
		}
		return d.out.answer(receipt, func(w io.Writer) { receiptText(w, receipt) })
	})
}

// bring imports the list, preserving it unless it is named as an exhibit.
func (x *importCmd) bring(d *desk, desk casework.Desk, m *mapping.Mapping) (receipt intake.Receipt, err error) {
	p := d.progress("import", "rows")
	refused := 0
	order := intake.Order{
		Act: x.intake(), Source: x.Source, Mapping: m, AcceptRefused: x.AcceptRefused, Another: x.Another, EditionOf: x.EditionOf,
		Progress: func(now intake.Progress) { p.what = now.Stage; p.at(now.Rows, now.Of) },
		GoingOn:  func(g intake.GoingOn) { p.done(); d.out.warn("%s", goingOnText(g)) },
		Refused: func(r *table.Refusal) {
			x.refused = append(x.refused, r)
			if refused++; refused <= refusedShown && !d.out.json {
				p.done()
				d.out.warn("refused: %s", plain(r.Tell()))
			}
		},
	}
	if order.Exhibit = x.exhibit(); order.Exhibit != "" {
		receipt, err = desk.Clerk().Import(d.ctx, order)
	} else {
		var kept intake.Preserved
		kept, receipt, err = desk.Clerk().ImportFile(d.ctx, x.List, intake.Delivery{Act: x.intake(), Source: x.Source}, order)
		if err == nil {
			p.done()
			d.outcomeNote(intake.Outcome{Path: x.List, Preserved: kept})
		}
	}
	p.done()
	if refused > refusedShown && !d.out.json {
		d.out.warn("%s: … and %s more rows refused", plain(x.List), group(int64(refused-refusedShown)))
	}
	if kept := x.keepRefused(d, desk.Clerk(), m); kept != nil {
		return receipt, errors.Join(x.failed(d, err), kept)
	}
	return receipt, x.failed(d, err)
}

// goingOnText says that an import was cut off before, and what becomes of it.
func goingOnText(g intake.GoingOn) string {
	switch g.Anew {
	case "":
		return fmt.Sprintf("this import was cut off before; going on behind the first %s rows", group(g.Rows))
	case "erased":
		return "this import was cut off before, and somebody was erased since, who may have stood in it; beginning anew"
	case "rebuilt":
		return "this import was cut off before, and the tables were made anew since; beginning anew"
	case "damaged":
		return "this import was cut off before, and what it has left is damaged; beginning anew"
	case "other":
		return "an import of this list was cut off before that was ordered in another way; beginning anew"
	}
	return "this import was cut off before, and the list is read in another way now; beginning anew"
}

// consents records what people have answered to the question for consent.
func (x *importCmd) consents(d *desk, desk casework.Desk, exhibit string) (int64, error) {
	p := d.progress("consents", "answers")
	defer p.done()
	return desk.TakeConsents(d.ctx, exhibit, x.why(), p.at)
}

// keepRefused writes the refused rows to a file of their own.
func (x *importCmd) keepRefused(d *desk, clerk *intake.Clerk, m *mapping.Mapping) (err error) {
	if x.RefusedTo == "" || len(x.refused) == 0 {
		return nil
	}
	why := map[int]string{}
	for _, r := range x.refused {
		why[r.Row] = r.Why
	}
	list, shut, err := editionOf(d, clerk, x.List, m)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shut()) }()
	f, err := os.OpenFile(x.RefusedTo, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("%w: the refused rows need a new file: %w", fault.Invalid, err)
	}
	if err := errors.Join(intake.WriteRefused(d.ctx, f, list, why), f.Close()); err != nil {
		return errors.Join(err, os.Remove(x.RefusedTo))
	}
	d.out.note("%s refused rows stand in %s", group(int64(len(why))), x.RefusedTo)
	return nil
}

// refusedShown is how many refused rows are said one by one.
const refusedShown = 20

// exhibit is the id of the exhibit that the list is named by, "" for a file.
func (x *importCmd) exhibit() string {
	if !strings.HasPrefix(x.List, "e-") {
		return ""
	}
	if _, err := os.Stat(x.List); err == nil {
		return ""
	}
	return x.List
}

// failed says of refused rows how many they were: each was said already.
func (x *importCmd) failed(d *desk, err error) error {
	var rows *intake.RowsRefused
	var standing *intake.AlreadyStanding
	switch {
	case errors.As(err, &standing):
		d.out.note("recount: hint: where it takes the place of the earlier list, import it with --edition-of; where those people shall stand twice, with --another-edition")
		return err
	case !errors.As(err, &rows):
		return d.told(err)
	}
	d.out.note("recount: hint: mend the list or the mapping, or leave those rows out with --accept-refused")
	return rowsToldError{rows}
}

// rowsToldError is the error of rows that were said one by one.
type rowsToldError struct{ *intake.RowsRefused }

// Error says how many there were.
func (e rowsToldError) Error() string { return e.Count() }

// keep writes the receipt to a file of its own.
func (x *importCmd) keep(receipt intake.Receipt) error {
	if x.Receipt == "" {
		return nil
	}
	f, err := os.OpenFile(x.Receipt, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("%w: the list is imported, but its receipt needs a new file: %w", fault.Invalid, err)
	}
	return errors.Join(receipt.Write(f), f.Close())
}

func receiptText(w io.Writer, r intake.Receipt) {
	if r.Unchanged {
		fmt.Fprintf(w, "The same list was imported before: nothing changed.\n")
	} else {
		fmt.Fprintf(w, "Imported as entry %d.\n", r.Seq)
	}
	rows := [][]string{
		{"rows", group(r.Rows)}, {"records", group(r.Records)}, {"harms", group(r.Harms)},
		{"refused rows", group(r.Refused)}, {"records with a doubt", group(r.Doubtful)},
		{"child flag against age", group(r.Contradictions)},
		{"exhibit", r.Exhibit}, {"SHA-256 of the list", r.SHA256}, {"SHA-256 of the mapping", r.MappingSHA256},
	}
	if r.Groups > 0 {
		rows = append(rows, []string{"of the records, people without names", group(r.Groups)})
	}
	if r.Consents > 0 {
		rows = append(rows, []string{"consents recorded", group(r.Consents)})
	}
	if r.Own > 0 {
		rows = append(rows, []string{"fields of the case's own", group(r.Own)})
	}
	columns(w, rows)
	for _, n := range r.Notices {
		fmt.Fprintf(w, "notice: %s\n", plain(n))
	}
	if len(r.Unlisted) > 0 {
		fmt.Fprintf(w, "notice: columns neither mapped nor listed as not mapped (kept in the row as it stood): %s\n", plain(strings.Join(r.Unlisted, ", ")))
	}
	for _, c := range r.Closed {
		fmt.Fprintf(w, "notice: the field %s of all records of the case is seen by whoever sees %s alone, from now on\n", plain(c.Field), c.Handling)
	}
	places(w, "refused", r.RefusedRows)
	places(w, "doubt", r.Doubts)
	if r.MoreListed {
		fmt.Fprintln(w, "There are more; the preview shows them.")
	}
}

// places lists the first places of a kind.
func places(w io.Writer, what string, all []intake.Listed) {
	for i, l := range all {
		if i == 10 {
			fmt.Fprintf(w, "%s: … and %s more; --receipt FILE lists them\n", what, group(int64(len(all)-i)))
			return
		}
		where := fmt.Sprintf("row %d", l.Row)
		if l.Column != "" {
			where += fmt.Sprintf(", column %q", l.Column)
		}
		fmt.Fprintf(w, "%s: %s: %s\n", what, plain(where), plain(l.Why))
	}
}
