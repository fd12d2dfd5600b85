// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"recount/access"
	"recount/audit"
	"recount/backup"
	"recount/fault"
	"recount/register"
	"recount/store"
	"recount/strongroom"
)

type travelCmd struct {
	To          string   `required:"" placeholder:"DIR" help:"The folder of the copy, empty or not there."`
	Compartment []string `sep:"none" placeholder:"k-…" help:"A compartment that goes, of those that you are a member of; may be given again."`
	Class       string   `default:"internal" enum:"internal,confidential,restricted" help:"What goes outside of compartments: all up to this class; internal, confidential or restricted."`
	Plain       bool     `help:"Do not encrypt the copy: everybody can read it who gets at its folder."`
	NewKeyFile  string   `name:"new-key-file" placeholder:"FILE" help:"Lock the copy by this key file, made where it is not there, instead of by a passphrase."`
	newWay
}

// Help is shown under the command's flags.
func (travelCmd) Help() string {
	return `Makes an archive with one case in it, to be carried across a border or lent: the whole journal without the contents of what stays at home, and
what was chosen. What stays has no key, no file, no row and no word in the copy, and nobody can open it there. Without --compartment and --class that
is everything above internal. Hidden things stay always; so do drafts, accounts, protected identities, the journal of who looked, and the keys that
the case signs with. A file from which something was taken that stays, stays too. A record that says anything in a field which is closed above the copy stays whole.

The copy can be read, searched, counted and verified; nothing can be recorded in it. Its figures count what is there.

It is encrypted by a passphrase of its own, which is asked for, twice, or is the one in --new-passphrase-file; or by --new-key-file. Take another
one than the archive's: who is made to say it says nothing of what is at home.

It takes a custodian, and stands in the journal of who looked before the copy is there.

Exit codes: 0 made · 3 no such compartment is yours · 4 the archive was changed · 5 something lies in the folder, or this is a travel copy · 6 not
allowed · 7 no room · 8 not accepted · 64 usage.`
}

// travelAnswer is what a travel copy says of itself, for people and programs.
type travelAnswer struct {
	Folder       string    `json:"folder,omitempty"`
	Made         time.Time `json:"made"`
	Class        string    `json:"class"`
	Compartments []string  `json:"compartments"`
	Size         int64     `json:"journal_entries"`
	Entries      int64     `json:"entries_at_home"`
	Rows         int64     `json:"rows_at_home"`
	Objects      int64     `json:"objects_at_home"`
	ForFields    int64     `json:"for_closed_fields,omitempty"`
}

func travelOf(t store.Travel) travelAnswer {
	return travelAnswer{Made: t.Made, Class: t.Class, Compartments: slices.Concat([]string{}, t.Compartments), Size: t.Size, Entries: t.Entries, Rows: t.Rows, Objects: t.Objects, ForFields: t.ForFields}
}

func (t travelAnswer) text(w io.Writer) {
	chosen := "up to " + t.Class
	if len(t.Compartments) > 0 {
		chosen += ", and " + strings.Join(t.Compartments, ", ")
	}
	fmt.Fprintf(w, "This is a travel copy of %s, made of %s: %s. Nothing can be recorded in it.\nLeft at home, without key or content here: %s of the journal, %s of lists, %s.\n",
		t.Made.UTC().Format("2006-01-02 15:04 MST"), counted(t.Size, "entry", "entries"), chosen,
		counted(t.Entries, "entry", "entries"), counted(t.Rows, "row", "rows"), counted(t.Objects, "object", "objects"))
	if t.ForFields > 0 {
		fmt.Fprintf(w, "Of these, %s for a field alone that is closed above this copy: what is said of somebody goes whole or not at all.\n",
			counted(t.ForFields, "record, group or incident stayed", "records, groups and incidents stayed"))
	}
}

// Run carries the command out.
func (x *travelCmd) Run(d *desk) error {
	if err := x.check(d); err != nil {
		return err
	}
	var t store.Travel
	err := d.withArchive(func(a *store.Archive) error {
		id, err := d.caseID(a)
		if err != nil {
			return err
		}
		c, err := a.Case(d.ctx, id)
		if err != nil {
			return err
		}
		t, err = x.make(d, a, c)
		return err
	})
	if err != nil {
		return err
	}
	answer := travelOf(t)
	answer.Folder = x.To
	return d.out.answer(answer, func(w io.Writer) {
		answer.text(w)
		fmt.Fprintf(w, "It is in %s, verified. Look into it before you travel: recount serve --archive %s\n", x.To, x.To)
	})
}

// check refuses what no archive has to be opened for.
func (x *travelCmd) check(d *desk) error {
	for _, k := range x.Compartment {
		if err := register.CheckID("k", k); err != nil {
			return fmt.Errorf("--compartment: %w", err)
		}
	}
	if inside, err := within(x.To, d.globals.Archive); err != nil {
		return err
	} else if inside {
		return fmt.Errorf("%w: %s lies in the archive that is copied; accepted is a folder outside of it", fault.Invalid, x.To)
	}
	return backup.Free(x.To)
}

func (x *travelCmd) make(d *desk, a *store.Archive, c *store.Case) (t store.Travel, err error) {
	who, err := d.may(c, access.Admit)
	if err != nil {
		return t, err
	}
	whole := access.ScopeOf(who)
	for _, k := range x.Compartment {
		if !slices.Contains(who.Seat.Compartments, k) {
			return t, fmt.Errorf("%w: %s is a member of no compartment %s; accepted are those that recount member list shows to %s", fault.NotFound, plain(who.Name), k, plain(who.Name))
		}
	}
	if !whole.Admits(x.Class) {
		return t, fmt.Errorf("%w: %s does not see what is %s", fault.Forbidden, plain(who.Name), x.Class)
	}
	config := store.Config{Dir: x.To, Now: d.program.now, Rand: d.program.rand, Pause: d.program.pause, Files: d.program.files, VFS: d.program.vfs}
	if config.Lock, err = x.lock(d); err != nil {
		return t, err
	}
	look := lookAt(audit.Exported, "travel", "")
	look.Actor, look.Shown = who.Name, 1
	looks, err := c.Audit(d.ctx)
	if err != nil {
		return t, err
	}
	if err := looks.Note(d.ctx, look); err != nil {
		return t, err
	}
	compartments := slices.Compact(slices.Sorted(slices.Values(x.Compartment)))
	p := d.progress("copying", "entries")
	t, err = backup.Travel(d.ctx, a, c, backup.TravelOptions{
		Config: config, Scope: whole.Within(x.Class, compartments), Class: x.Class, Compartments: compartments,
		Now: d.program.now, Pause: d.program.pause, Progress: func(_, entries int64) { p.at(entries, 0) },
	})
	p.done()
	return t, err
}

// lock is how the copy opens; nil where it is plain.
func (x *travelCmd) lock(d *desk) (func() (*strongroom.Ring, *strongroom.Key, error), error) {
	if x.Plain {
		if x.NewKeyFile != "" || x.NewPassphraseFile != "" {
			return nil, fmt.Errorf("%w: --plain makes a copy that nothing locks; accepted: --plain alone, or a way to open it", fault.Invalid)
		}
		return nil, nil
	}
	if x.NewKeyFile == "" {
		way, err := x.passphrase(d)
		if err != nil {
			return nil, err
		}
		return d.locks(way), nil
	}
	if err := d.makeKeyFile(x.NewKeyFile, x.To); err != nil {
		return nil, err
	}
	way, err := keyFileIn(x.NewKeyFile)
	if err != nil {
		return nil, err
	}
	return d.locks(way), nil
}
