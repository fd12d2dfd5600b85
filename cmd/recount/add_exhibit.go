// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"

	"recount/access"
	"recount/casework"
	"recount/intake"
)

type addExhibitCmd struct {
	Paths   []string `arg:"" help:"Files and folders."`
	Source  string   `placeholder:"s-…" help:"The source that speaks in them."`
	Title   string   `placeholder:"TEXT" help:"What to call it; without it the file's name."`
	From    string   `placeholder:"TEXT" name:"received-from" help:"Who handed it over, in words."`
	SHA256  string   `name:"sha256" placeholder:"HEX" help:"What the giver says that the SHA-256 is; a difference is kept with the exhibit."`
	Custody string   `placeholder:"TEXT" help:"How it came to us, in words."`
	Again   bool     `help:"Record bytes that are here already as another delivery, with what is said of them now."`
	act
}

// Help is shown under the command's flags.
func (addExhibitCmd) Help() string {
	return `Copies each file into the vault while hashing it, sealed under a key of its own, and records where it came from. The file itself is left
alone. Bytes that are there already add nothing, and that is said; with --again they become an exhibit of their own, with who handed them over this
time and what they are called there, unless that very delivery is recorded already. One file that fails does not stop the others.

Prints the exhibits' ids. Exit codes: 0 all preserved or there already · 3 a file is missing · 5 a file changed while it was read ·
7 the disk is full · 8 not accepted · 64 usage.`
}

type exhibitAnswer struct {
	Path    string       `json:"path"`
	Exhibit string       `json:"exhibit,omitempty"`
	SHA256  string       `json:"sha256,omitempty"`
	Size    int64        `json:"bytes"`
	Seq     int64        `json:"seq,omitempty"`
	Known   bool         `json:"known"`
	Claimed intake.Claim `json:"claimed,omitempty"`
	Error   string       `json:"error,omitempty"`
}

// Run carries the command out.
func (x *addExhibitCmd) Run(d *desk) error {
	return d.work(access.Receive, func(desk casework.Desk) error {
		all := []exhibitAnswer{}
		_, failed := desk.Clerk().PreserveAll(d.ctx, x.Paths, intake.Delivery{
			Act:    x.intake(),
			Source: x.Source, Title: x.Title, ReceivedFrom: x.From, ClaimedSHA256: x.SHA256, Custody: x.Custody, Again: x.Again,
		}, func(o intake.Outcome) {
			all = append(all, outcome(o))
			d.outcomeNote(o)
		})
		if err := d.out.answer(all, func(w io.Writer) {
			for _, a := range all {
				if a.Exhibit != "" {
					fmt.Fprintln(w, a.Exhibit)
				}
			}
		}); err != nil {
			return err
		}
		return failed
	})
}

func outcome(o intake.Outcome) exhibitAnswer {
	a := exhibitAnswer{Path: o.Path, Exhibit: o.Exhibit.Exhibit, SHA256: o.Exhibit.SHA256, Size: o.Exhibit.Size, Seq: o.Seq, Known: o.Known, Claimed: o.Claimed}
	if o.Err != nil {
		a.Error = o.Err.Error()
	}
	return a
}

func (d *desk) outcomeNote(o intake.Outcome) {
	switch {
	case o.Err != nil:
		d.out.warn("%s: not preserved: %v", plain(o.Path), o.Err)
	case o.Known:
		hint := ""
		if o.Another {
			hint = "; with --again what is said of them now is recorded beside it"
		}
		d.out.note("%s: these bytes are here already, as %s; nothing was added%s", plain(o.Path), o.Exhibit.Exhibit, hint)
	default:
		d.out.note("%s: preserved, %s bytes, SHA-256 %s (entry %d)", plain(o.Path), group(o.Exhibit.Size), o.Exhibit.SHA256, o.Seq)
	}
	if o.Claimed == intake.ClaimDiffers {
		d.out.warn("%s: the SHA-256 is not the one that the giver claims; both are kept", plain(o.Path))
	}
}
