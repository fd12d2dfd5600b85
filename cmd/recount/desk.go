// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"recount/access"
	"recount/casework"
	"recount/fault"
	"recount/store"
)

// desk is where a command works: the archive that was named, opened when it is
// first needed, and the voice to speak with.
type desk struct {
	ctx     context.Context
	program program
	globals globals
	out     *teller

	archiveNamed bool // by --archive or RECOUNT_ARCHIVE
}

// ownFolder is where an archive is looked for, and begun, when nobody names one
// and the working folder is none.
const ownFolder = "recount-archive"

// findArchive says which archive is meant where nobody named one.
func (d *desk) findArchive() {
	if d.archiveNamed {
		return
	}
	d.globals.Archive = "."
	if !store.Here(".") && store.Here(ownFolder) {
		d.globals.Archive = ownFolder
	}
}

func (d *desk) config() store.Config {
	return store.Config{
		Dir: d.globals.Archive, Postgres: d.globals.Postgres,
		Now: d.program.now, Rand: d.program.rand, Pause: d.program.pause, Files: d.program.files, VFS: d.program.vfs,
		Unlock: d.unlock, StageRows: d.program.stageRows,
	}
}

// withArchive opens the archive that was named, and closes it.
func (d *desk) withArchive(work func(*store.Archive) error) (err error) {
	a, err := store.Open(d.ctx, d.config())
	if errors.Is(err, fault.NotFound) {
		return fmt.Errorf("%w (accepted: --archive DIR, or the variable RECOUNT_ARCHIVE; recount init makes one)", err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return work(a)
}

// withCase opens the archive and the case that was meant, and closes both.
func (d *desk) withCase(work func(*store.Case) error) error {
	return d.withArchive(func(a *store.Archive) error {
		id, err := d.caseID(a)
		if err != nil {
			return err
		}
		c, err := a.Case(d.ctx, id)
		if err != nil {
			return err
		}
		return work(c)
	})
}

// caseID is the case that was named, or the only one.
func (d *desk) caseID(a *store.Archive) (string, error) {
	if d.globals.Case != "" {
		return d.globals.Case, nil
	}
	ids, err := a.Cases(d.ctx)
	if err != nil {
		return "", err
	}
	switch len(ids) {
	case 1:
		return ids[0], nil
	case 0:
		return "", fmt.Errorf("%w: this archive has no case yet; recount init makes one", fault.NotFound)
	}
	return "", fmt.Errorf("%w: this archive has %d cases; accepted with --case: %s", fault.Invalid, len(ids), strings.Join(ids, ", "))
}

// actor is who acts: --actor, or whoever opened the case.
func (d *desk) actor(c *store.Case) (string, error) {
	if d.globals.Actor != "" {
		return d.globals.Actor, nil
	}
	e, err := c.OpenEntry(d.ctx, 0)
	if err != nil {
		return "", fmt.Errorf("%w: who acts? accepted: --actor NAME (the entry that opened the case does not say: %w)", fault.Invalid, err)
	}
	return e.Get("actor").Text(), nil
}

// work is a case with the actor at work in it, for commands that write: whoever
// acts has a seat in the case that allows to.
func (d *desk) work(act access.Act, do func(casework.Desk) error) error {
	return d.withCase(func(c *store.Case) error {
		who, err := d.may(c, act)
		if err != nil {
			return err
		}
		return do(casework.Desk{Case: c, Actor: who.Name, Rand: d.program.rand})
	})
}

// may is whoever acts, with the seat that they have in the case, if it allows to.
// On the machine nobody signs in: --actor says who acts, as a log book does, and
// whoever has the archive's files and keys can say any name.
func (d *desk) may(c *store.Case, act access.Act) (access.Account, error) {
	name, err := d.actor(c)
	if err != nil {
		return access.Account{}, err
	}
	who := access.Account{ID: "here", Name: name, Role: access.Member}
	err = c.Read(d.ctx, func(r store.Reader) error {
		seat, err := r.SeatOf(d.ctx, name, d.program.now())
		who = who.In(seat)
		return err
	})
	if err != nil {
		return who, err
	}
	if err := access.Can(who, act, access.Thing{Case: c.ID()}); err != nil {
		return who, fmt.Errorf("%s: %w; recount member list says who is what", plain(name), err)
	}
	return who, nil
}

func (a act) why() casework.Why {
	return casework.Why{Reason: a.Reason, Basis: a.Basis, Handling: a.Handling}
}

func (o once) under(w casework.Why) casework.Why {
	w.Once = o.Once
	return w
}

// answerDone prints the id alone on standard output, so that a script can keep
// it, and a sentence on the way.
func (d *desk) answerDone(done casework.Done, sentence string) error {
	if done.Known {
		d.out.note("%s before, under this key (entry %d); nothing was added", plain(sentence), done.Seq)
		return d.out.answer(done, d.out.line(done.ID))
	}
	d.out.note("%s (entry %d)", plain(sentence), done.Seq)
	return d.out.answer(done, d.out.line(done.ID))
}
