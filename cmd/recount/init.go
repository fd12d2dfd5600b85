// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"

	"recount/fault"
	"recount/store"
	"recount/strongroom"
)

type initCmd struct {
	Title string `placeholder:"TEXT" default:"A case" help:"Title of the first case; without it \"A case\"."`
	Name  string `placeholder:"NAME" default:"archive.example" help:"The archive's public name: strangers see it in every proof, for ever. Best a domain name that is yours; without it archive.example."`
	Plain bool   `help:"Do not encrypt the archive: everybody can read it who gets at its folder, its disk or a copy of it."`
	act
}

// Help is shown under the command's flags.
func (initCmd) Help() string {
	return `Makes the folder given with --archive, with one case in it: a journal, a vault, tables in SQLite (or in PostgreSQL with
--postgres) and keys.

It is encrypted: tables, keys, files and drafts. It opens by a passphrase, which is asked for, twice; or by the one in --passphrase-file or
--passphrase-fd; or by the key file named with --key-file, which is made where it is not there. Without one of these nobody can ever open it:
add a second way with "recount keyring add". What shows all the same is listed in docs/formats/keyring.md; with --postgres the rows in that
database are not encrypted by this program. --plain leaves the encryption out.

What to keep apart: keys/ in the archive's folder. In a plain archive it opens everything. Whoever loses it has lost the case. Copy it to a
place of its own.

The public key that is printed is what strangers pin with "recount verify --vkey": publish it where people look for it.

Exit codes: 0 made · 5 there is an archive already · 7 the folder cannot be written · 8 not accepted · 64 usage.`
}

type initAnswer struct {
	Archive  string `json:"archive"`
	Case     string `json:"case"`
	Origin   string `json:"origin"`
	VKey     string `json:"vkey"`
	SealVKey string `json:"seal_vkey"`
	Actor    string `json:"actor"`
	Opens    string `json:"opens_by"` // a kind of way, or "anybody"
}

// Run carries the command out.
func (x *initCmd) Run(d *desk) (err error) {
	if d.globals.Actor == "" {
		return fmt.Errorf("%w: who opens the case? accepted: --actor NAME", fault.Invalid)
	}
	id := d.globals.Case
	if id == "" {
		id = "main"
	}
	config := d.config()
	if config.Lock, err = d.lock(config.Dir, x.Plain); err != nil {
		return err
	}
	a, err := store.Create(d.ctx, config, store.Opening{
		PublicName: x.Name, CaseID: id, Title: x.Title, Actor: d.globals.Actor,
		Reason: x.Reason, Basis: x.Basis, Handling: x.Handling,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	c, err := a.Case(d.ctx, id)
	if err != nil {
		return err
	}
	answer := initAnswer{d.globals.Archive, id, c.Origin(), c.VKey(), c.SealVKey(), d.globals.Actor, "anybody"}
	if !x.Plain {
		ring, err := store.ReadRing(d.globals.Archive)
		if err != nil {
			return err
		}
		answer.Opens = string(ring.Slots()[0].Kind)
	}
	return d.out.answer(answer, func(w io.Writer) {
		fmt.Fprintf(w, "Archive %s with case %q, opened by %s.\n", answer.Archive, id, plain(answer.Actor))
		columns(w, [][]string{
			{"origin", answer.Origin},
			{"public key of the log", answer.VKey},
			{"public key of seals", answer.SealVKey},
		})
		fmt.Fprintln(w)
		if x.Plain {
			fmt.Fprintln(w, "It is plain: everybody can read it who gets at its folder.")
		} else {
			fmt.Fprintf(w, "It is encrypted, and opens by its %s alone. Add a second way: recount keyring add recovery.\n", strongroom.Kind(answer.Opens).Say())
		}
		fmt.Fprintln(w, "Not for real cases yet. Keep a copy of keys/ apart from the rest: without it nothing can be read.")
	})
}
