// SPDX-License-Identifier: Apache-2.0

package backup_test

import (
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"recount/backup"
	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// TestErased: after an erasure the next run takes out the object, writes the
// piece of the journal anew without the content, and says until when old keys
// can bring the erased back; when that is over they are gone.
func TestErased(t *testing.T) {
	engines(t, func(g *ground) {
		leaves, letter := g.witness()
		kept := g.keep("a letter of somebody else")
		g.backUp()
		written := g.clock.now()
		before := g.pieces()
		g.equal("pieces before", len(before), 1)
		g.erase(leaves, letter.Address)
		w := g.backUp()
		g.equal("removed, rewritten, pruned", []int64{w.Removed, w.Rewritten, w.KeysPruned}, []int64{1, 1, 0})
		g.equal("old keys", len(w.Lingering), 1)
		g.equal("until", w.Lingering[0].Until, written.Add(30*24*time.Hour))
		if left := g.pieces(); len(left) != 2 || left[0] == before[0] || left[1] == before[0] {
			t.Errorf("the pieces %v are there; before they were %v", left, before)
		}
		names, err := filepath.Glob(g.path("backup/cases/*/objects/*/*/" + letter.Address.String()))
		g.check(err)
		g.equal("the erased object", len(names), 0)

		_, c := g.restore("restored")
		g.same(c, kept)
		if _, err := c.RowKey(g.ctx, leaves[0]); !errors.Is(err, fault.NotFound) {
			t.Errorf("the key of an erased row: %v", err)
		}
		if _, err := c.ObjectKey(g.ctx, letter.Address); !errors.Is(err, fault.NotFound) {
			t.Errorf("the key of an erased object: %v", err)
		}
		g.without(g.path("restored"), secret)
		g.without(g.path("restored"), strings.ToLower(secret))

		// A day before it is over they are there, a day after not.
		g.clock.set(written.Add(29 * 24 * time.Hour))
		w = g.backUp()
		g.equal("still there", []int64{int64(len(w.Lingering)), w.KeysPruned}, []int64{1, 0})
		g.clock.set(written.Add(31 * 24 * time.Hour))
		w = g.backUp()
		g.equal("gone", []int64{int64(len(w.Lingering)), w.KeysPruned}, []int64{0, 1})
		whole, err := filepath.Glob(g.path("keys/*/keys.*"))
		g.check(err)
		g.equal("files of keys", len(whole), 1)
		_, c = g.restore("again")
		g.same(c, kept)
	})
}

func (g *ground) pieces() []string {
	g.t.Helper()
	names, err := filepath.Glob(g.path("backup/cases/*/journal/*.age"))
	g.check(err)
	return names
}

// TestErasedContentIsInNoPiece opens the pieces as docs/formats/backup.md says
// and looks for the sealed content of an entry: there before its erasure, and
// not after.
func TestErasedContentIsInNoPiece(t *testing.T) {
	t.Parallel()
	g := newGround(t, "")
	leaves, letter := g.witness()
	body := g.bodyOf(leaves[1])
	g.backUp()
	if !strings.Contains(g.openPieces(), body) {
		t.Fatal("the content is in no piece; this test would say nothing")
	}
	g.erase(leaves, letter.Address)
	g.backUp()
	if strings.Contains(g.openPieces(), body) {
		t.Error("the erased content is in a piece")
	}
}

// bodyOf is the sealed content of an entry, as the archive has it.
func (g *ground) bodyOf(leaf journal.Leaf) (body string) {
	g.t.Helper()
	names, err := filepath.Glob(g.path("archive/cases/" + g.id + "/case.*.db"))
	g.check(err)
	db, err := sql.Open("sqlite3", "file:"+filepath.ToSlash(names[0]))
	g.check(err)
	err = db.QueryRow(`SELECT body FROM j_entry WHERE leaf = ?`, leaf[:]).Scan(&body)
	g.check(errors.Join(err, db.Close()))
	return body
}

// openPieces is what is sealed in all pieces.
func (g *ground) openPieces() string {
	g.t.Helper()
	var all strings.Builder
	for _, name := range g.pieces() {
		f, err := os.Open(name)
		g.check(err)
		r, err := age.Decrypt(f, g.identity)
		g.check(err)
		_, err = io.Copy(&all, r)
		g.check(errors.Join(err, f.Close()))
	}
	return all.String()
}

// TestWorkUnderWayIsLeftOut: an object that no entry names yet, and rows that
// are being staged, are in no backup; once an entry names them they are.
func TestWorkUnderWayIsLeftOut(t *testing.T) {
	engines(t, func(g *ground) {
		letter, err := g.c.Vault().Seal(g.ctx, strings.NewReader("a letter"))
		g.check(err)
		g.check(g.c.KeepObject(g.ctx, letter))
		b, err := g.c.Stage(g.ctx)
		g.check(err)
		w := g.backUp()
		g.equal("objects", w.Objects, int64(0))
		_, c := g.restore("restored")
		if _, err := c.ObjectKey(g.ctx, letter.Address); !errors.Is(err, fault.NotFound) {
			g.t.Errorf("the key of an object that no entry names: %v", err)
		}
		g.check(b.Abort())
		g.act(register.Exhibit{Exhibit: g.newID("e"), Title: "letter", Object: letter.Address.String(), SHA256: strings.Repeat("0", 64)}.Draft("received", "duty", "restricted"))
		w = g.backUp()
		g.equal("objects, new", []int64{w.Objects, w.NewObjects}, []int64{1, 1})
		_, c = g.restore("again")
		g.same(c, letter)
	})
}

// TestOldKeysDoBringItBack shows that the terms of keys are not idle: with the
// keys and a copy of the first place from before, the erased can be read. And
// whoever restores that copy is told of it.
func TestOldKeysDoBringItBack(t *testing.T) {
	t.Parallel()
	g := newGround(t, "")
	leaves, letter := g.witness()
	g.backUp()
	g.check(os.CopyFS(g.path("earlier"), os.DirFS(g.path("backup"))))
	g.erase(leaves, letter.Address)
	g.backUp()
	today := g.options.To
	g.options.To = g.path("earlier")
	r, c := g.restore("restored")
	g.equal("it is back", g.content(c, letter.Address), "what "+secret+" wrote")
	g.equal("and that is said", r.Cases[0].Unerased, true)
	g.options.To, g.options.KeepKeys = today, 0
	g.backUp()
	g.options.To = g.path("earlier")
	if _, err := backup.Restore(g.ctx, g.restoring("again")); !errors.Is(err, fault.NotFound) {
		t.Errorf("once the old keys are destroyed: %v; fault.NotFound is right", err)
	}
}

// TestLostIsNotErased: keys that are gone from the archive and that no erasure
// names do not go from its backup.
func TestLostIsNotErased(t *testing.T) {
	t.Parallel()
	for _, statement := range []string{"DELETE FROM k_object", "DELETE FROM k_row", "DELETE FROM k_entry WHERE seq = 1"} {
		g := newGround(t, "")
		g.people("Ani Sor", "Ben Sor")
		letter := g.keep("a letter")
		g.backUp()
		dump := g.dump(g.c)
		g.keysEdited(statement)
		if _, err := backup.Run(g.ctx, g.a, g.options); !errors.Is(err, fault.Tampered) {
			t.Errorf("%s: %v; fault.Tampered is right", statement, err)
		}
		_, c := g.restore("restored")
		g.equal("the projections", g.dump(c), dump)
		g.equal("the letter", g.content(c, letter.Address), "a letter")
	}
}

// TestWhileOthersWrite: runs beside writers; each backup is a state that the
// case was in, whole.
func TestWhileOthersWrite(t *testing.T) {
	engines(t, func(g *ground) {
		stop := make(chan struct{})
		var wait sync.WaitGroup
		for w := range 3 {
			wait.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					default:
						if err := g.writes(w, n); err != nil {
							g.t.Error(err)
							return
						}
					}
				}
			})
		}
		last := int64(0)
		for range 4 {
			w := g.backUp()
			if w.Entries < last {
				t.Errorf("%d entries after %d", w.Entries, last)
			}
			last = w.Entries
			r, c := g.restore("restored")
			signed, err := g.c.Checkpoint(g.ctx, last)
			g.check(err)
			restored, err := c.Checkpoint(g.ctx, last)
			g.check(err)
			g.equal("the head", string(restored), string(signed))
			g.check(os.RemoveAll(r.Into))
		}
		close(stop)
		wait.Wait()
		g.backUp()
		_, c := g.restore("in the end")
		g.same(c)
	})
}

// writes is one act of a writer: a source, an exhibit, or rows, of which some
// are given up.
func (g *ground) writes(w, n int) error {
	id := func(prefix string) string {
		return prefix + "-" + strings.Repeat("0", 7) + string(rune('0'+w)) + timeID(n)
	}
	act := func(d journal.Draft) error {
		_, err := g.c.Act(g.ctx, "ann", func(store.View) (journal.Draft, error) { return d, nil })
		return err
	}
	switch n % 3 {
	case 0:
		return act(register.Source{Source: id("s"), Name: "Harbour list", Kind: "list", Reliability: "unknown"}.Draft("described", "duty", "internal"))
	case 1:
		o, err := g.c.Vault().Seal(g.ctx, strings.NewReader("a letter "+id("e")))
		if err == nil {
			err = g.c.KeepObject(g.ctx, o)
		}
		if err != nil || n%2 == 0 {
			return err // nobody names it
		}
		return act(register.Exhibit{Exhibit: id("e"), Title: "letter", Object: o.Address.String(), SHA256: strings.Repeat("0", 64)}.Draft("received", "duty", "internal"))
	}
	b, err := g.c.Stage(g.ctx)
	if err != nil {
		return err
	}
	r := register.Record{Source: id("s"), Exhibit: id("e"), Pinpoint: "row 1", Row: register.Exactly(1), Person: id("p"), Name: journal.Text("Ani Sor"), NameFold: "ani sor", Handling: "confidential", Basis: "duty", Raw: journal.Text("Ani Sor;;")}
	if _, err := b.Add("record@1", r.Values()); err != nil {
		return err
	}
	if n%2 == 0 {
		return b.Abort()
	}
	staged, err := b.Finish(g.ctx)
	if err != nil {
		return err
	}
	return act(register.Addition{RowFile: staged.RowFile()}.Draft("added by hand", "duty", "internal"))
}
