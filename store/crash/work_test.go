// SPDX-License-Identifier: Apache-2.0

package crash

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"recount/access"
	"recount/internal/powercut"
	"recount/journal"
	"recount/linkage"
	"recount/register"
	"recount/store"
	"recount/store/storetest"
	"recount/vault"
)

// job is what a child is to do: all kinds of work, one after the other, over
// and over, on this case.
type job struct {
	Dir, Case string
	Engine    storetest.Engine
}

// desk is the case that a child works at.
type desk struct {
	process *powercut.Process
	ctx     context.Context
	c       *store.Case
	office  *store.Office

	records []journal.Leaf
	letter  vault.Object
}

// work ends only with an error.
func work(process *powercut.Process, j job) error {
	ctx := context.Background()
	a, err := store.Open(ctx, j.Engine.Config(store.Config{
		Dir: j.Dir, Now: time.Now, Rand: rand.Reader,
		Pause: process.Pause, Files: process.Log.Files(), VFS: powercut.VFS,
	}))
	if err != nil {
		return err
	}
	d := &desk{process: process, ctx: ctx}
	if d.c, err = a.Case(ctx, j.Case); err != nil {
		return err
	}
	if d.office, err = a.Office(ctx); err != nil {
		return err
	}
	for {
		for _, kind := range []func() error{d.describe, d.receive, d.add, d.link, d.rebuild, d.erase, d.publish, d.enter, d.draft} {
			if err := kind(); err != nil {
				return err
			}
		}
	}
}

// act records a draft and acknowledges it: number and leaf of the entry.
func (d *desk) act(draft journal.Draft) error {
	r, err := d.c.Act(d.ctx, "ann", func(store.View) (journal.Draft, error) { return draft, nil })
	if err == nil {
		d.process.Acknowledge(fmt.Sprintf("entry %d %s", r.Seq, r.Leaf))
	}
	return err
}

func (d *desk) id(prefix string) string {
	id, err := register.NewID(rand.Reader, prefix)
	if err != nil {
		panic(err) // the source never fails
	}
	return id
}

func (d *desk) describe() error {
	return d.act(register.Source{Source: d.id("s"), Name: "Harbour list", Kind: "list"}.Draft("described", "duty", "internal"))
}

// receive seals a letter and records it.
func (d *desk) receive() (err error) {
	if d.letter, err = d.c.Vault().Seal(d.ctx, strings.NewReader(strings.Repeat("What was seen at the mill.\n", 4000))); err != nil {
		return err
	}
	if err := d.c.KeepObject(d.ctx, d.letter); err != nil {
		return err
	}
	return d.act(register.Exhibit{Exhibit: d.id("e"), Title: "A letter", Object: d.letter.Address.String()}.Draft("received", "duty", "restricted"))
}

// add stages records, marks them as work to go on with, and records them.
func (d *desk) add() error {
	source, exhibit := d.id("s"), d.id("e")
	b, _, err := d.c.StageWork(d.ctx, store.Work{ID: "records of " + exhibit, Actor: "ann", About: exhibit})
	if err != nil {
		return err
	}
	d.records = nil
	for i := range 20 {
		r := register.Record{Source: source, Exhibit: exhibit, Person: d.id("p"), Name: journal.Text(fmt.Sprint("Mira Oskan ", i)), NameFold: "mira oskan", Raw: journal.Text("row")}
		leaf, err := b.Add("record@1", r.Values())
		if err != nil {
			return err
		}
		d.records = append(d.records, leaf)
	}
	if err := b.Mark(d.ctx, store.Mark{Rows: 20}); err != nil {
		return err
	}
	staged, err := b.Finish(d.ctx)
	if err != nil {
		return err
	}
	return d.act(register.Addition{Source: source, RowFile: staged.RowFile()}.Draft("added", "duty", "internal"))
}

// link moves the records to one person.
func (d *desk) link() error {
	b, err := d.c.Stage(d.ctx)
	if err != nil {
		return err
	}
	person := d.id("p")
	for _, record := range d.records {
		if _, err := b.Add("member@1", linkage.Move{Record: record, Person: person, Why: "name"}.Values()); err != nil {
			return err
		}
	}
	staged, err := b.Finish(d.ctx)
	if err != nil {
		return err
	}
	return d.act(linkage.Linked{RowFile: staged.RowFile(), Moved: staged.N, Persons: 1}.Draft("linked", "duty", "internal"))
}

func (d *desk) rebuild() error {
	if err := d.c.Rebuild(d.ctx, nil); err != nil {
		return err
	}
	d.process.Acknowledge("rebuilt")
	return nil
}

// erase decides to erase a record and the letter, and carries it out.
func (d *desk) erase() error {
	decision := register.Erasure{
		Erasure: d.id("z"), Ground: "a witness withdrew", Deciders: []string{"ann", "ben"},
		Leaves: []string{d.records[0].String()}, Objects: []string{d.letter.Address.String()},
	}
	if err := d.act(decision.Draft("withdrawn", "consent", "restricted")); err != nil {
		return err
	}
	if err := d.c.Erase(d.ctx, nil); err != nil {
		return err
	}
	d.process.Acknowledge(fmt.Sprintf("erased %s %s", d.records[0], d.letter.Address))
	return nil
}

// publish notes a checkpoint that leaves the archive.
func (d *desk) publish() error {
	var size int64
	err := d.c.Read(d.ctx, func(r store.Reader) error { size = r.Size(); return nil })
	if err != nil {
		return err
	}
	checkpoint, err := d.c.Checkpoint(d.ctx, size)
	if err := errors.Join(err, d.c.Publish(d.ctx, checkpoint)); err != nil {
		return err
	}
	d.process.Acknowledge(fmt.Sprintf("published %d", size))
	return nil
}

// enter invites somebody and signs in.
func (d *desk) enter() error {
	secret, err := d.office.Invite(d.ctx, "Mira Oskan", access.Administrator, time.Hour)
	if err != nil {
		return err
	}
	token, _, err := d.office.SignIn(d.ctx, secret, "")
	if err != nil {
		return err
	}
	d.process.Acknowledge(fmt.Sprintf("signed in %s %s", token, secret))
	return nil
}

// draft keeps what was typed into a form.
func (d *desk) draft() error {
	about := d.id("i")
	if err := d.c.KeepDraft(d.ctx, store.Draft{Account: "a-1", Form: "incident", About: about, Fields: map[string][]string{"title": {"At the mill"}}}); err != nil {
		return err
	}
	d.process.Acknowledge("draft " + about)
	return nil
}
