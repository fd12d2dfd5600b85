// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strings"

	"recount/casework"
	"recount/store"
)

// comparedText prints field by field what each source has, each in its own
// script. Where the sources cannot all be right it says so, and leaves it there.
func comparedText(w io.Writer, c casework.Comparison) {
	rows := [][]string{}
	for _, f := range c.Fields {
		label := strings.ReplaceAll(f.Field, "_", " ")
		for i, v := range c.Versions {
			if said := cellText(f.Field, f.Cells[i]); said != "" {
				rows, label = append(rows, []string{"  " + label, plain(v.Source), plain(said)}), ""
			}
		}
		if f.Differ {
			rows = append(rows, []string{"          (these cannot all be so; nothing here decides which)"})
		}
	}
	columns(w, rows)
}

// cellText is a field as read, beside what was written where that differs.
func cellText(field string, c casework.Cell) string {
	switch {
	case c.Empty():
		return ""
	case field == "harms":
		return strings.ReplaceAll(c.Read, "\n", "; ")
	case c.Read == "":
		return fmt.Sprintf("%q, read as unknown", c.Written)
	case c.Written == "" || c.Written == c.Read:
		return c.Read
	}
	return fmt.Sprintf("%q, read as %s", c.Written, c.Read)
}

// showCompared is showPerson, field by field.
func (x *showCmd) showCompared(d *desk, r store.Reader) error {
	p, err := r.Person(d.ctx, x.ID)
	if err != nil {
		return err
	}
	c, err := casework.Compare(d.ctx, r, p)
	if err != nil {
		return err
	}
	return d.out.answer(jsonOfPerson(p), func(w io.Writer) {
		fmt.Fprintf(w, "%s: %s. Each source has its own version.\n\n", p.Person, counted(int64(len(p.Records)), "record", "records"))
		comparedText(w, c)
	})
}

// counted is a number with its noun.
// sized is how many entries a journal has, or had: an entry's own number is
// said as "entry 7".
func sized(entries int64) string { return counted(entries, "entry", "entries") }

func counted(n int64, one, more string) string {
	if n == 1 {
		return group(n) + " " + one
	}
	return group(n) + " " + more
}
