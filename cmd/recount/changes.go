// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/intake"
	"recount/intake/mapping"
	"recount/store"
)

type changesCmd struct {
	Worksheet string `arg:"" help:"The worksheet that comes back: a file, or the id of an exhibit (e-…)."`
	Take      bool   `help:"Record what it proposes; without it nothing is written."`
	LeaveOut  bool   `help:"With --take: leave out rows that are refused or in conflict, and take the others."`
	Sheet     string `placeholder:"NAME" help:"The sheet, where the workbook has several."`
	Limit     int    `default:"50" help:"How many rows to list at most; 0 lists all."`
	act
}

// Help is shown under the command's flags.
func (changesCmd) Help() string {
	return `A worksheet that "recount export" wrote is worked in with whatever program, and comes back. Each row is compared with the record that it was
made from, by the column "record"; each cell that was changed is a proposal, and is told with what the record says now.

  conflict  somebody has corrected the record since, in the same cell and to
            something else. Nothing of that row is taken
  refused   the record is not in this case, or a cell cannot be what it says:
            with its column, and what would be accepted
  new       a row without a record, with "source", "exhibit" and "pinpoint"
            filled, is a new record

With --take each row becomes a record that corrects the one before, under the same person; the one before stays in the history. Rows in conflict
and refused ones stop it, and nothing is written, unless --leave-out. What is closed to you stays as it was. A row that was deleted proposes
nothing: records are taken back by "recount hide" and "recount erase". Who may see a record is changed by "recount handle".

Exit codes: 0 compared, or taken · 3 the worksheet is missing · 5 corrected meanwhile · 8 not accepted · 64 usage.`
}

// Validate sees that what goes together is together.
func (x *changesCmd) Validate() error {
	if x.LeaveOut && !x.Take {
		return errors.New("--leave-out goes with --take")
	}
	return nil
}

// changesAnswer is the command's answer.
type changesAnswer struct {
	intake.Changes
	Taken *intake.Taken `json:"taken,omitempty"`
}

// Run carries the command out.
func (x *changesCmd) Run(d *desk) error {
	act := access.Read
	if x.Take {
		act = access.Receive
	}
	return d.working(act, lookAt(audit.Viewed, "records", ""), func(desk casework.Desk) error {
		changes, err := x.read(d, desk)
		if err != nil {
			return d.told(err)
		}
		a := changesAnswer{Changes: changes}
		if x.Take {
			taken, err := desk.Clerk().Take(d.ctx, changes, x.intake(), x.LeaveOut)
			if err != nil {
				if !d.out.json {
					a.text(d.out.err, x.Limit)
				}
				return err
			}
			a.Taken = &taken
		}
		return d.out.answer(a, func(w io.Writer) { a.text(w, x.Limit) })
	})
}

// read compares the worksheet with the records as whoever acts sees them.
func (x *changesCmd) read(d *desk, desk casework.Desk) (changes intake.Changes, err error) {
	m := &mapping.Mapping{Format: mapping.Format, Row: mapping.RowRecord, Sheet: x.Sheet}
	list, shut, err := editionOf(d, desk.Clerk(), x.Worksheet, m)
	if err != nil {
		return changes, err
	}
	defer func() { err = errors.Join(err, shut()) }()
	err = desk.Seeing(d.ctx, func(r store.Reader) (err error) {
		if isExhibit(x.Worksheet) {
			if _, err := r.Exhibit(d.ctx, x.Worksheet); err != nil {
				return err
			}
		}
		changes, err = intake.ReadChanges(d.ctx, list, casework.Standings{Reader: r})
		return err
	})
	return changes, err
}

func (a changesAnswer) text(w io.Writer, limit int) {
	if t := a.Taken; t != nil {
		fmt.Fprintf(w, "Taken as entry %d: %s corrected, %s new; %s left out.\n", t.Seq, howManyOf(t.Corrected, "record"), group(t.Added), howManyOf(t.Left, "row"))
		return
	}
	fmt.Fprintf(w, "%s, of which %s say what the records say. %s in %s changed; %s in conflict, %s refused.\n\n",
		howManyOf(a.Rows, "row"), group(a.Same), howManyOf(a.Cells, "cell"), howManyOf(int64(len(a.Proposed)), "row"), group(a.Conflicts), group(int64(len(a.Refused))))
	for i, r := range a.Refused {
		if limit > 0 && i == limit {
			break
		}
		fmt.Fprintf(w, "refused: %s\n", plain(r.Tell()))
	}
	for i, r := range a.Proposed {
		if limit > 0 && i == limit {
			fmt.Fprintf(w, "… and %s: --limit 0 lists all\n", howManyOf(int64(len(a.Proposed)-limit), "row"))
			break
		}
		what := "record " + r.Record
		if r.Record == "" {
			what = "a new record"
		}
		fmt.Fprintf(w, "row %d, %s, %s\n", r.Row, plain(r.Name), what)
		rows := [][]string{}
		for _, c := range r.Cells {
			said := []string{"  " + c.Column, shownCell(c.Was), "→ " + shownCell(c.To)}
			if c.Conflict {
				said = append(said, "CONFLICT: it was "+shownCell(c.Taken)+" when it was taken out")
			} else if c.Notice != "" {
				said = append(said, c.Notice)
			}
			rows = append(rows, said)
		}
		columns(w, rows)
	}
}

// shownCell is a cell on a screen: "" is told from blanks.
func shownCell(text string) string {
	if text == "" {
		return "(nothing)"
	}
	if q := strconv.Quote(text); q != `"`+text+`"` {
		return plain(q)
	}
	return plain(text)
}
