// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strconv"

	"recount/audit"
	"recount/fault"
	"recount/store"
	"recount/strongroom"
)

type keyringCmd struct {
	List   keyringListCmd   `cmd:"" help:"The ways that open the archive. It need not be opened for that."`
	Add    keyringAddCmd    `cmd:"" help:"Add a way: another passphrase, a key file, or a recovery key."`
	Change keyringChangeCmd `cmd:"" help:"Change a passphrase."`
	Remove keyringRemoveCmd `cmd:"" help:"Take a way away; never the last one."`
}

// Help is shown under the command's flags.
func (keyringCmd) Help() string {
	return `An archive that is encrypted has a master key, and a ring (keys/ring) in which that key is kept once for each way to open it: a passphrase, a
key file, a recovery key. Give a second custodian a way of their own: who loses the only one has lost the archive.

To take a way away does not encrypt anything anew. Who has kept a copy of the ring, knows that way and gets at the files can still read them. Where
that matters, back up, and restore into a new archive: it has a master key of its own.

Exit codes: 0 done · 3 no such slot · 4 the ring was changed or damaged · 5 it is the last way · 6 this way does not open the archive ·
8 not accepted: an archive that is plain has no ring · 64 usage.`
}

type keyringListCmd struct{}

// Run carries the command out.
func (*keyringListCmd) Run(d *desk) error {
	if !store.Here(d.globals.Archive) {
		return fmt.Errorf("%w: no archive is in %s (accepted: --archive DIR, or the variable RECOUNT_ARCHIVE)", fault.NotFound, d.globals.Archive)
	}
	ring, err := store.ReadRing(d.globals.Archive)
	if err != nil {
		return fmt.Errorf("%w: this archive is plain, or its ring is lost", err)
	}
	return d.out.answer(ring.Slots(), func(w io.Writer) { slotsText(w, ring) })
}

func slotsText(w io.Writer, ring *strongroom.Ring) {
	var rows [][]string
	for _, s := range ring.Slots() {
		cost := ""
		if s.Cost != nil {
			cost = fmt.Sprintf("Argon2id, %d passes, %d MiB, %d lanes", s.Cost.Passes, s.Cost.KiB>>10, s.Cost.Lanes)
		}
		rows = append(rows, []string{"slot " + strconv.Itoa(s.Number), s.Kind.Say(), "since " + s.Added, cost})
	}
	columns(w, rows)
}

// newWay is a way that is to be added.
type newWay struct {
	NewPassphraseFile string `name:"new-passphrase-file" placeholder:"FILE" help:"Take the new passphrase from the first line of this file, instead of asking for it."`
}

func (n newWay) passphrase(d *desk) (strongroom.Way, error) {
	if n.NewPassphraseFile != "" {
		return d.passphraseIn(n.NewPassphraseFile)
	}
	if !d.canAsk() {
		return strongroom.Way{}, fmt.Errorf("%w: nobody sits here to be asked for a new passphrase; accepted: --new-passphrase-file FILE", fault.Invalid)
	}
	return d.askNew()
}

type keyringAddCmd struct {
	Kind       string `arg:"" enum:"passphrase,key-file,recovery" help:"passphrase, key-file or recovery."`
	NewKeyFile string `name:"new-key-file" placeholder:"FILE" help:"The key file to add; it is made where it is not there."`
	newWay
}

// ringAnswer is what changing a ring answers.
type ringAnswer struct {
	Slot     int    `json:"slot"`
	Kind     string `json:"kind"`
	Recovery string `json:"recovery_key,omitempty"`
}

// Run carries the command out.
func (x *keyringAddCmd) Run(d *desk) error {
	answer := ringAnswer{Kind: x.Kind}
	err := d.keeping(lookAt(audit.Changed, "keyring", ""), func(a *store.Archive, _ *store.Look) error {
		if !a.Encrypted() {
			return a.ChangeRing(d.ctx, nil) // says so
		}
		way, printed, err := x.way(d)
		if err != nil {
			return err
		}
		defer way.Forget()
		answer.Recovery = printed
		err = a.ChangeRing(d.ctx, func(ring *strongroom.Ring, key *strongroom.Key) (err error) {
			answer.Slot, err = ring.Add(key, way, strongroom.UsualCost(), d.program.now(), d.program.rand)
			return err
		})
		return d.changed(err)
	})
	if err != nil {
		return err
	}
	return d.out.answer(answer, func(w io.Writer) {
		fmt.Fprintf(w, "Slot %d opens the archive by a %s.\n", answer.Slot, strongroom.Kind(x.Kind).Say())
		if answer.Recovery != "" {
			fmt.Fprintf(w, "\n    %s\n\nThis recovery key is shown once and kept nowhere. Write it on paper, and give it to who is to hold it. It can be typed wherever the passphrase is asked for.\n", answer.Recovery)
		}
	})
}

func (x *keyringAddCmd) way(d *desk) (way strongroom.Way, printed string, err error) {
	switch strongroom.Kind(x.Kind) {
	case strongroom.ByKeyFile:
		if x.NewKeyFile == "" {
			return way, "", fmt.Errorf("%w: which key file? accepted: --new-key-file FILE", fault.Invalid)
		}
		if err := d.makeKeyFile(x.NewKeyFile, d.globals.Archive); err != nil {
			return way, "", err
		}
		way, err = keyFileIn(x.NewKeyFile)
	case strongroom.ByRecovery:
		if printed, err = strongroom.NewRecovery(d.program.rand); err == nil {
			way, err = strongroom.Recovery(printed)
		}
	default:
		way, err = x.passphrase(d)
	}
	return way, printed, err
}

type keyringChangeCmd struct {
	Slot int `placeholder:"N" help:"The slot whose passphrase is changed; not needed where there is one passphrase."`
	newWay
}

// Run carries the command out.
func (x *keyringChangeCmd) Run(d *desk) error {
	answer := ringAnswer{Kind: string(strongroom.ByPassphrase)}
	err := d.keeping(lookAt(audit.Changed, "keyring", ""), func(a *store.Archive, _ *store.Look) error {
		if !a.Encrypted() {
			return a.ChangeRing(d.ctx, nil) // says so
		}
		way, err := x.passphrase(d)
		if err != nil {
			return err
		}
		defer way.Forget()
		err = a.ChangeRing(d.ctx, func(ring *strongroom.Ring, key *strongroom.Key) (err error) {
			old, err := x.slot(ring)
			if err != nil {
				return err
			}
			if answer.Slot, err = ring.Add(key, way, strongroom.UsualCost(), d.program.now(), d.program.rand); err != nil {
				return err
			}
			return ring.Remove(key, old)
		})
		return d.changed(err)
	})
	if err != nil {
		return err
	}
	return d.out.answer(answer, func(w io.Writer) {
		fmt.Fprintf(w, "The passphrase was changed; it is slot %d now.\n", answer.Slot)
	})
}

// slot is the slot of the passphrase that is meant.
func (x *keyringChangeCmd) slot(ring *strongroom.Ring) (found int, err error) {
	many := 0
	for _, s := range ring.Slots() {
		if s.Kind == strongroom.ByPassphrase && (x.Slot == 0 || x.Slot == s.Number) {
			found = s.Number
			many++
		}
	}
	switch {
	case many == 1:
		return found, nil
	case many > 1:
		return 0, fmt.Errorf("%w: %d passphrases open this archive; accepted: --slot N, as recount keyring list numbers them", fault.Invalid, many)
	}
	return 0, fmt.Errorf("%w: no such passphrase opens this archive; recount keyring list shows what does", fault.NotFound)
}

type keyringRemoveCmd struct {
	Slot int `arg:"" help:"Its number, as recount keyring list shows it."`
}

// Run carries the command out.
func (x *keyringRemoveCmd) Run(d *desk) error {
	err := d.keeping(lookAt(audit.Changed, "keyring", ""), func(a *store.Archive, _ *store.Look) error {
		return d.changed(a.ChangeRing(d.ctx, func(ring *strongroom.Ring, key *strongroom.Key) error { return ring.Remove(key, x.Slot) }))
	})
	if err != nil {
		return err
	}
	return d.out.answer(ringAnswer{Slot: x.Slot}, func(w io.Writer) {
		fmt.Fprintf(w, "Slot %d opens the archive no longer. Copies of the ring from before still have it: destroy them.\n", x.Slot)
	})
}
