// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"recount/fault"
	"recount/intake/collate"
)

func (c comparison) text(w io.Writer, limit int) {
	fmt.Fprintf(w, "The older edition has %s rows, the newer %s.\n", group(c.Older), group(c.Newer+c.Refused))
	var rows [][]string
	for _, v := range collate.Verdicts() {
		rows = append(rows, []string{string(v), group(c.Counts[v])})
	}
	columns(w, rows)
	for _, n := range []struct {
		count int64
		text  string
	}{
		{c.Refused, "rows of the newer edition cannot be read by the mapping, and are not compared"},
		{c.RefusedOlder, "rows of the older edition cannot be read by the mapping: their keys may be told as added"},
		{c.KeylessOlder, "rows of the older edition have no key, and are not compared"},
		{c.TwiceOlder, "rows of the older edition have a key that stands several times in it, and are not compared"},
	} {
		if n.count > 0 {
			fmt.Fprintf(w, "notice: %s %s\n", group(n.count), n.text)
		}
	}
	if len(c.ColumnsNew) > 0 {
		fmt.Fprintf(w, "notice: columns that only the newer edition has: %s\n", plain(strings.Join(c.ColumnsNew, ", ")))
	}
	if len(c.ColumnsGone) > 0 {
		fmt.Fprintf(w, "notice: columns that are gone, whose cells are not compared: %s\n", plain(strings.Join(c.ColumnsGone, ", ")))
	}
	listed := map[collate.Verdict]int64{}
	for _, f := range c.Rows {
		listed[f.Verdict]++
		foundText(w, f)
	}
	for _, v := range collate.Verdicts() {
		if more := c.Counts[v] - listed[v]; v != collate.Same && more > 0 {
			fmt.Fprintf(w, "%s: … and %s more; --limit 0 lists all, --csv FILE writes them\n", v, group(more))
		}
	}
}

func foundText(w io.Writer, f collate.Found) {
	fmt.Fprintf(w, "%s: key %q", f.Verdict, plain(f.Key))
	if f.Row > 0 {
		fmt.Fprintf(w, ", row %d", f.Row)
	}
	if f.Earlier > 0 {
		fmt.Fprintf(w, ", earlier row %d", f.Earlier)
	}
	if f.Was != "" {
		fmt.Fprintf(w, ", whose key was %q", plain(f.Was))
	}
	if f.Why != "" {
		fmt.Fprintf(w, ": %s", f.Why)
	}
	fmt.Fprintln(w)
	for _, c := range f.Cells {
		fmt.Fprintf(w, "  %s: %q is now %q\n", plain(c.Column), plain(c.Was), plain(c.Is))
	}
}

// differences are all that differs, as a CSV of one line for each cell, or for each
// row where no cell is told.
type differences struct {
	file *os.File
	to   *csv.Writer
}

func newDifferences(path string) (*differences, error) {
	if path == "" {
		return &differences{}, nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return &differences{}, fmt.Errorf("%w: what differs needs a new file: %w", fault.Invalid, err)
	}
	d := &differences{f, csv.NewWriter(f)}
	return d, d.to.Write([]string{"verdict", "key", "row", "earlier_row", "column", "was", "is", "why"})
}

func (d *differences) write(f collate.Found) error {
	if d.to == nil {
		return nil
	}
	line := []string{string(f.Verdict), f.Key, numbered(f.Row), numbered(f.Earlier), "", "", "", f.Why}
	if len(f.Cells) == 0 {
		return d.to.Write(line)
	}
	for _, c := range f.Cells {
		line[4], line[5], line[6] = c.Column, c.Was, c.Is
		if err := d.to.Write(line); err != nil {
			return fmt.Errorf("%w: %w", fault.Unavailable, err)
		}
	}
	return nil
}

func numbered(row int) string {
	if row == 0 {
		return ""
	}
	return strconv.Itoa(row)
}

// close leaves nothing half-written.
func (d *differences) close(whole bool) error {
	if d.to == nil {
		return nil
	}
	d.to.Flush()
	err := errors.Join(d.to.Error(), d.file.Close())
	if !whole || err != nil {
		return errors.Join(err, os.Remove(d.file.Name()))
	}
	return nil
}
