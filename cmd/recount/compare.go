// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"recount/audit"
	"recount/casework"
	"recount/fault"
	"recount/intake"
	"recount/intake/collate"
	"recount/intake/mapping"
	"recount/intake/table"
	"recount/store"
)

type compareCmd struct {
	Older        string `arg:"" help:"The older edition: a list, or the id of an exhibit (e-…)."`
	Newer        string `arg:"" help:"The newer edition: a list, or the id of an exhibit."`
	Mapping      string `type:"existingfile" placeholder:"FILE" help:"The mapping of both; it names the columns of the key. An exhibit that was imported needs none: then it is the one by which it was."`
	OlderMapping string `type:"existingfile" placeholder:"FILE" help:"The mapping of the older edition, where its columns have other names."`
	Limit        int    `default:"50" help:"How many rows of each kind to list at most; 0 lists all."`
	CSV          string `name:"csv" placeholder:"FILE" help:"Also write all that differs to this new file, a line for each cell. It holds what the lists say of people."`
}

// Help is shown under the command's flags.
func (compareCmd) Help() string {
	return `Rows are found again by the key that the mapping names ("key", or else its "identifiers"), in any order. Nothing is written into the case.

other      the key stood for somebody else, or may have: the names do not agree, and no day of birth does; or sex and age both contradict.
           Such a row is never a correction: the list may have been numbered anew
twice      the key stands in several rows of one edition, so that nobody can say which is meant: it is compared with nothing
keyless    nothing known stands in the columns of the key
changed    the same person by all that is known; each cell that differs is told
gone       a row of the older edition whose key is not there any more
added      a row whose key is new

White space around a cell, the order of rows and columns, and how an accented letter is composed are no difference. A column that only the newer
edition has is one where it is filled; a column that is gone is named, and its cells are not compared.

Exit codes: 0 compared, whatever differs · 3 a list is missing · 8 not accepted · 64 usage.`
}

// comparison is the command's answer.
type comparison struct {
	collate.Outcome
	Rows []collate.Found `json:"rows"` // those that differ, at most the limit of each verdict
}

// Run carries the command out.
func (x *compareCmd) Run(d *desk) error {
	newer, err := readMapping(x.Mapping)
	if err != nil {
		return err
	}
	older := newer
	if x.OlderMapping != "" {
		if older, err = readMapping(x.OlderMapping); err != nil {
			return err
		}
	}
	exhibits := []string{}
	for _, list := range []string{x.Older, x.Newer} {
		if isExhibit(list) {
			exhibits = append(exhibits, list)
		}
	}
	if len(exhibits) == 0 {
		return x.compare(d, nil, older, newer)
	}
	return d.reading(lookAt(audit.Viewed, "exhibits", strings.Join(exhibits, " ")), func(c glance) error {
		err := c.Read(d.ctx, func(r store.Reader) error {
			for _, id := range exhibits {
				if _, err := r.Exhibit(d.ctx, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := d.out.looked(nil); err != nil { // what is refused is told with its value
			return err
		}
		return x.compare(d, casework.Desk{Case: c.Case, Actor: c.who.Name}.Clerk(), older, newer)
	})
}

// readMapping is the mapping in a file, nil where none is named.
func readMapping(file string) (*mapping.Mapping, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // none is named, which is accepted of an exhibit
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	m, err := mapping.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return m, nil
}

// isExhibit: it has the form of an id, and no file has that name.
func isExhibit(list string) bool {
	if !strings.HasPrefix(list, "e-") {
		return false
	}
	_, err := os.Stat(list)
	return err != nil
}

func (x *compareCmd) compare(d *desk, clerk *intake.Clerk, older, newer *mapping.Mapping) (err error) {
	was, shut, err := editionOf(d, clerk, x.Older, older)
	if err != nil {
		return d.told(err)
	}
	defer func() { err = errors.Join(err, shut()) }()
	now, shutNow, err := editionOf(d, clerk, x.Newer, newer)
	if err != nil {
		return d.told(err)
	}
	defer func() { err = errors.Join(err, shutNow()) }()
	to, err := newDifferences(x.CSV)
	if err != nil {
		return err
	}
	answer := comparison{Rows: []collate.Found{}}
	listed := map[collate.Verdict]int{}
	answer.Outcome, err = intake.Compare(d.ctx, was, now, func(f collate.Found) error {
		if f.Verdict == collate.Same {
			return nil
		}
		if listed[f.Verdict]++; x.Limit == 0 || listed[f.Verdict] <= x.Limit {
			answer.Rows = append(answer.Rows, f)
		}
		return to.write(f)
	})
	if err = errors.Join(err, to.close(err == nil)); err != nil {
		return d.told(err)
	}
	return d.out.answer(answer, func(w io.Writer) { answer.text(w, x.Limit) })
}

// edition opens a list: a file, or an exhibit of the case.
func editionOf(d *desk, clerk *intake.Clerk, list string, m *mapping.Mapping) (e intake.Edition, shut func() error, err error) {
	shut = func() error { return nil }
	if isExhibit(list) {
		e, err = clerk.ExhibitEdition(d.ctx, list, m, table.Limits{})
		return e, shut, err
	}
	if m == nil {
		return e, shut, fmt.Errorf("%w: what the columns of %s mean is said by no mapping; accepted: --mapping FILE", fault.Invalid, list)
	}
	f, err := os.Open(list)
	if errors.Is(err, fs.ErrNotExist) {
		return e, shut, fmt.Errorf("%w: there is no file %s", fault.NotFound, list)
	}
	if err != nil {
		return e, shut, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	info, err := f.Stat()
	if err != nil {
		return e, f.Close, errors.Join(fmt.Errorf("%w: %w", fault.Unavailable, err), f.Close())
	}
	return intake.FileEdition(f, info.Size(), filepath.Base(list), m, table.Limits{}), f.Close, nil
}
