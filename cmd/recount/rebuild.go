// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"recount/fault"
	"recount/store"
)

type rebuildCmd struct {
	At   int64  `default:"-1" placeholder:"SIZE" help:"Make the tables as they were when the journal had this many entries; needs --into."`
	Into string `placeholder:"DIR" help:"Put them into this new folder, to look at, and leave the archive alone."`
	Dump string `placeholder:"FILE" help:"Write the canonical dump of the tables there, rebuild nothing."`
}

// Help is shown under the command's flags.
func (rebuildCmd) Help() string {
	return `The journal and the vault are the truth; every other table follows from them. This drops those tables and replays the journal into a new
file, beside the old one, and puts it in place when it is complete. It prints the hash of the canonical dump before and after
(docs/formats/dump.md): the same journal gives the same hash, on SQLite and on PostgreSQL. If the two differ, somebody or something
changed the tables without an entry: the exit code is 4 and the tables are right afterwards.

What --into and --dump write has all of the case in it, whatever its class: they are for a member who sees all of it (recount member list).

Others wait while it runs. Stopped in the middle, everything is as before.

Exit codes: 0 rebuilt, nothing differed · 4 the tables differed from the journal · 6 not all of the case is shown to this account · 7 not possible now · 64 usage.`
}

type rebuildAnswer struct {
	Before string `json:"dump_sha256_before,omitempty"`
	After  string `json:"dump_sha256"`
}

// Run carries the command out.
func (x *rebuildCmd) Run(d *desk) error {
	if (x.At >= 0) != (x.Into != "") || x.Dump != "" && x.Into != "" {
		return fmt.Errorf("%w: accepted: nothing, --at SIZE with --into DIR, or --dump FILE", fault.Invalid)
	}
	open := func(work func(glance) error) error {
		return d.withCase(func(c *store.Case) error { return work(glance{Case: c}) }) // nothing of it is shown
	}
	if x.Into != "" || x.Dump != "" { // all of the case leaves it
		open = d.takingAll
	}
	return open(func(c glance) error {
		switch {
		case x.Into != "":
			if err := c.RebuildInto(d.ctx, x.At, x.Into); err != nil {
				return err
			}
			return d.out.answer(map[string]any{"into": x.Into, "at": x.At}, func(w io.Writer) {
				fmt.Fprintf(w, "The case as known with %s is in %s; look at it with --archive %s.\n", sized(x.At), x.Into, x.Into)
			})
		case x.Dump != "":
			return x.dump(d, c.Case)
		}
		return x.rebuild(d, c.Case)
	})
}

func (x *rebuildCmd) dump(d *desk, c *store.Case) (err error) {
	f, err := os.OpenFile(x.Dump, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("%w: the dump needs a new file: %w", fault.Invalid, err)
	}
	sum, err := c.Dump(d.ctx, f)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	a := rebuildAnswer{After: hex.EncodeToString(sum[:])}
	return d.out.answer(a, d.out.line(a.After))
}

func (x *rebuildCmd) rebuild(d *desk, c *store.Case) error {
	before, err := c.Dump(d.ctx, io.Discard)
	if err != nil {
		return err
	}
	p := d.progress("rebuilding", "entries")
	err = c.Rebuild(d.ctx, p.at)
	p.done()
	if err != nil {
		return err
	}
	after, err := c.Dump(d.ctx, io.Discard)
	if err != nil {
		return err
	}
	a := rebuildAnswer{Before: hex.EncodeToString(before[:]), After: hex.EncodeToString(after[:])}
	if err := d.out.answer(a, func(w io.Writer) { fmt.Fprintf(w, "before %s\nafter  %s\n", a.Before, a.After) }); err != nil {
		return err
	}
	if before != after {
		return fmt.Errorf("%w: the tables were not what the journal says; they are now", fault.Tampered)
	}
	return nil
}
