// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"recount/fault"
	"recount/intake/propose"
	"recount/intake/table"
)

// proposedRows is how many rows are looked at to say what columns probably mean.
const proposedRows = 5_000

// proposal is the answer of import --propose.
type proposal struct {
	propose.Proposal
	Known   string          `json:"known,omitempty"` // the kind of list that it is, where that is known
	Left    []string        `json:"left,omitempty"`  // columns that the mapping says nothing of yet
	Mapping json.RawMessage `json:"mapping"`
}

// propose prints a mapping to begin with, and why each column is taken so.
func (x *importCmd) propose(d *desk) (err error) {
	if x.exhibit() != "" {
		return fmt.Errorf("%w: --propose reads a file; accepted: the list as a file", fault.Invalid)
	}
	f, err := os.Open(x.List)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: there is no file %s", fault.NotFound, x.List)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	opt := table.Options{File: filepath.Base(x.List), Sheet: x.Sheet, HeaderRow: x.HeaderRow, Storeys: x.HeaderRows, NoHeader: x.NoHeader, Encoding: x.Encoding}
	t, err := table.Open(f, info.Size(), opt)
	if err != nil {
		return d.told(err)
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	rows, err := firstRows(t)
	if err != nil {
		return d.told(err)
	}
	p := proposal{Proposal: propose.Propose(t.Info().Columns, rows)}
	known, is, err := propose.Recognise(t.Info().Columns)
	if err != nil {
		return err
	}
	if is {
		p.Known = known.Name
		of, err := p.by(known, func(o table.Options) (table.Table, error) { return table.Open(f, info.Size(), o) }, t.Info(), opt)
		if err != nil {
			return d.told(err)
		}
		p.Mapping, p.Left, err = known.Mapping(of, p.Proposal, x.repeated(f, info.Size(), t.Info(), known))
		if err != nil {
			return err
		}
	} else {
		p.Mapping, p.Left, err = p.Proposal.Mapping(t.Info(), x.HeaderRows)
	}
	if err != nil {
		return err
	}
	if err := d.out.answer(p, func(w io.Writer) { _, err = w.Write(p.Mapping) }); err != nil || d.out.json {
		return err
	}
	if is {
		d.out.note("It has the columns of %s. %s", known.Title, known.Lost)
	}
	if !is || known.Form {
		p.tell(d)
	}
	return err
}

// by proposes as the kind of list that it is has its rows and cells, and answers with
// what the list is then.
func (p *proposal) by(known propose.Known, open func(table.Options) (table.Table, error), of table.Info, opt table.Options) (_ table.Info, err error) {
	t, err := known.List(open, opt)
	if err != nil {
		return of, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	rows, err := firstRows(t)
	if err != nil {
		return of, err
	}
	of.Columns = t.Info().Columns
	p.Proposal = known.Propose(of.Columns, rows)
	return of, nil
}

// repeated are the other sheets of a form whose rows belong to answers.
func (x *importCmd) repeated(src io.ReaderAt, size int64, of table.Info, known propose.Known) (sheets []string) {
	for _, s := range of.Sheets {
		if s.Name == of.Sheet || known.Parent == "" {
			continue
		}
		t, err := table.Open(src, size, table.Options{File: filepath.Base(x.List), Sheet: s.Name})
		if err != nil {
			continue // no list: a sheet of remarks
		}
		if slices.Contains(t.Info().Keys(), known.Parent) {
			sheets = append(sheets, s.Name)
		}
		_ = t.Close() // nothing was written
	}
	return sheets
}

// firstRows are the cells of the first rows; those that cannot be read are left out.
func firstRows(t table.Table) (rows [][]string, err error) {
	for len(rows) < proposedRows {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if row.Refused != nil {
			continue
		}
		cells := make([]string, len(row.Cells))
		for i := range row.Cells {
			cells[i] = row.Cells[i].Text
		}
		rows = append(rows, cells)
	}
	return rows, nil
}

// tell says of each column what is proposed and why.
func (p *proposal) tell(d *desk) {
	for _, c := range p.Columns {
		said := fmt.Sprintf("%q: ", plain(c.Key)) + why(c)
		if len(c.Undecided) > 0 {
			said += fmt.Sprintf("; no code is proposed for %d of its values", len(c.Undecided))
		}
		if c.As != "" && !c.Sure && c.Sensitive == "" {
			said += "; to be checked"
		}
		d.out.note("%s", said)
	}
	if len(p.Left) > 0 {
		d.out.note("Not mapped yet: %s.", plain(strings.Join(p.Left, ", ")))
	}
	d.out.note(`Read %d rows. Look at the mapping before you import by it; what happened to the people is said by "harms" (docs/mapping.md).`, p.Rows)
}

func why(c propose.Column) string {
	switch c.Why {
	case "header":
		return c.As + ", by its name"
	case "header-part":
		return c.As + ", by a word in its name"
	case "header-values":
		return fmt.Sprintf("%s, by its name and %d of %d values", c.As, c.Fit, c.Of)
	case "values":
		return fmt.Sprintf("%s, by %d of %d values", c.As, c.Fit, c.Of)
	case "taken":
		return fmt.Sprintf("nothing: %q means the same more probably", plain(c.Taken))
	case "both":
		return fmt.Sprintf("nothing: %q could mean the same", plain(c.Taken))
	case "translation":
		return fmt.Sprintf("what %q says, in another language: kept beside it where it says something else", plain(c.Taken))
	case "mixed":
		return fmt.Sprintf("what %q says, in another language, and that column does not say in which: look at both", plain(c.Taken))
	case "besides":
		return fmt.Sprintf("it says more of %q, or of which term that is", plain(c.Taken))
	case "sensitive":
		return "left out: it is of a kind that can put somebody in danger (" + c.Sensitive + `); it stays in the row as it stood, and by "classes" rows are seen by whoever sees "restricted" alone. To keep it as a field, name it under "own"`
	}
	return "nothing is known of it"
}
