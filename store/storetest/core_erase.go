// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"recount/fault"
	"recount/journal"
	"recount/linkage"
	"recount/register"
	"recount/store"
	"recount/vault"
)

func moveOf(record journal.Leaf, person string) linkage.Move {
	return linkage.Move{Record: record, Person: person, Why: "name"}
}

// secret is a name that stands nowhere else.
const secret = "Ilvana Morrowdusk"

// keep seals a file and records it as an exhibit.
func (g *ground) keep(content string) (vault.Object, int64) {
	g.t.Helper()
	object, err := g.c.Vault().Seal(g.ctx, strings.NewReader(content))
	if err == nil {
		err = g.c.KeepObject(g.ctx, object)
	}
	if err != nil {
		g.t.Fatal(err)
	}
	return object, g.act(register.Exhibit{Exhibit: g.id("e"), Title: "letter", Object: object.Address.String(), SHA256: strings.Repeat("0", 64)}.Draft("received", "duty", "restricted"))
}

func (g *ground) decide(leaves []journal.Leaf, objects ...vault.Address) int64 {
	e := register.Erasure{Erasure: g.id("z"), Ground: "a witness withdrew", Deciders: []string{"ann", "ben"}, Leaves: texts(leaves...), PlanSHA256: strings.Repeat("0", 64)}
	for _, a := range objects {
		e.Objects = append(e.Objects, a.String())
	}
	return g.act(e.Draft("withdrawn", "consent", "restricted"))
}

// witness adds a record with the secret, a letter, and an entry that has it.
func (g *ground) witness() (leaves []journal.Leaf, letter vault.Object) {
	g.t.Helper()
	records, harms, _ := g.add(
		account{g.person(g.id("s"), g.id("e"), secret, strings.ToLower(secret), 1), []register.Harm{killed("2031-02-26", "2031-02", "Karvel", "karvel")}},
		account{g.person(g.id("s"), g.id("e"), "Tomas Vell", "tomas vell", 2), nil})
	g.writtenOf(records[0], harms[0][0])
	letter, _ = g.keep("what " + secret + " wrote")
	seq := g.act(draftOf(g.newSource(secret)))
	entry, err := g.c.OpenEntry(g.ctx, seq)
	if err != nil {
		g.t.Fatal(err)
	}
	g.typed(records[0])
	return []journal.Leaf{records[0], harms[0][0], entry.Header.Leaf}, letter
}

func erasedIsGone(g *ground) {
	leaves, letter := g.witness()
	oldKeys := g.files(g.keyDir(), "epoch-")
	seq := g.decide(leaves, letter.Address)
	g.verify(g.c) // decided and not carried out
	_, other := g.beside(nil)
	if err := other.Erase(g.ctx, nil); err != nil { // the opening has done it already
		g.t.Fatal(err)
	}
	g.checkErased(leaves, letter, seq)
	for _, name := range oldKeys {
		if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			g.t.Errorf("%s is there: %v", name, err)
		}
	}
	sum := g.sum(g.c)
	for _, c := range []*store.Case{g.c, other} {
		if err := c.Erase(g.ctx, nil); err != nil {
			g.t.Error(err)
		}
		if err := c.Rebuild(g.ctx, nil); err != nil {
			g.t.Error(err)
		}
		g.equal("after doing it again", g.sum(c), sum)
	}
	g.act(draftOf(g.newSource("Harbour list")))
	g.reopenAlone()
	g.checkErased(leaves, letter, seq)
}

// checkErased: no key, no object, no trace in any file; the log stands.
func (g *ground) checkErased(leaves []journal.Leaf, letter vault.Object, seq int64) {
	g.t.Helper()
	for _, leaf := range leaves[:2] {
		if _, err := g.c.RowKey(g.ctx, leaf); !errors.Is(err, fault.NotFound) {
			g.t.Errorf("the key of an erased row: %v", err)
		}
	}
	if _, err := g.c.ObjectKey(g.ctx, letter.Address); !errors.Is(err, fault.NotFound) {
		g.t.Errorf("the key of an erased object: %v", err)
	}
	if err := g.c.Vault().Check(g.ctx, letter.Address); !errors.Is(err, fault.NotFound) {
		g.t.Errorf("the erased object: %v", err)
	}
	gone, err := g.c.OpenEntry(g.ctx, seq-1)
	if err != nil || !gone.Erased() || gone.Header.Leaf != leaves[2] {
		g.t.Errorf("the erased entry: %v, %v", gone, err)
	}
	if _, err := g.c.Disclose(g.ctx, seq-1, func(string) bool { return true }); !errors.Is(err, fault.NotFound) {
		g.t.Errorf("disclosing an erased entry: %v; fault.NotFound is right", err)
	}
	if strings.Contains(g.dump(g.c), secret) {
		g.t.Error("the name stands in the projections")
	}
	g.draftsForgotten()
	if g.config.Postgres == "" {
		g.searchFiles()
	}
	g.verify(g.c)
}

// searchFiles looks for the name in every file of the archive.
func (g *ground) searchFiles() {
	g.t.Helper()
	err := filepath.WalkDir(g.config.Dir, func(name string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(name)
		if bytes.Contains(content, []byte(secret)) || bytes.Contains(content, []byte(strings.ToLower(secret))) {
			g.t.Errorf("the erased name stands in %s", name)
		}
		return err
	})
	if err != nil {
		g.t.Fatal(err)
	}
}

func (g *ground) files(dir, prefix string) (found []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		g.t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), prefix) {
			found = append(found, filepath.Join(dir, entry.Name()))
		}
	}
	return found
}

func decisionsStay(g *ground) {
	leaves, _ := g.witness()
	seq := g.decide(leaves)
	entry, err := g.c.OpenEntry(g.ctx, seq)
	if err != nil {
		g.t.Fatal(err)
	}
	again := register.Erasure{Erasure: g.id("z"), Ground: "x", Deciders: []string{"ann"}, Leaves: texts(entry.Header.Leaf), PlanSHA256: strings.Repeat("0", 64)}
	_, err = g.c.Act(g.ctx, "ann", func(store.View) (journal.Draft, error) { return again.Draft("x", "duty", "internal"), nil })
	if !errors.Is(err, fault.Invalid) {
		g.t.Errorf("erasing a decision to erase: %v; fault.Invalid is right", err)
	}
	g.bringersStay(seq)
}

// bringersStay tries to erase each entry that brings rows: they would vanish
// with it, and be counted nowhere.
func (g *ground) bringersStay(size int64) {
	found := 0
	for seq := range size {
		entry, err := g.c.OpenEntry(g.ctx, seq)
		if err != nil {
			g.t.Fatal(err)
		}
		if !store.BringsRows(entry.Kind) {
			continue
		}
		found++
		e := register.Erasure{Erasure: g.id("z"), Ground: "x", Deciders: []string{"ann"}, Leaves: texts(entry.Header.Leaf), PlanSHA256: strings.Repeat("0", 64)}
		_, err = g.c.Act(g.ctx, "ann", func(store.View) (journal.Draft, error) { return e.Draft("x", "duty", "internal"), nil })
		if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "accepted: the leaves of its rows") {
			g.t.Errorf("erasing entry %d, %s: %v; fault.Invalid is right, with what is accepted", seq, entry.Kind.Name, err)
		}
	}
	if found == 0 {
		g.t.Error("no entry brings rows")
	}
}

// erasureCutOff ends an erasure at each of its points, and opens the case anew.
func erasureCutOff(g *ground) {
	for _, point := range []string{"erasing.epoch", "replaced.built", "replaced.current", "erasing.objects", "erased"} {
		leaves, letter := g.witness()
		seq := g.decide(leaves, letter.Address)
		g.equal("where it ended", g.cutAt(point, func(c *store.Case) error { return c.Erase(g.ctx, nil) }), point)
		g.reopenAlone()
		g.checkErased(leaves, letter, seq)
		g.act(draftOf(g.newSource("Harbour list")))
	}
	if n := len(g.files(g.keyDir(), "epoch-")); n != 1 {
		g.t.Errorf("%d epoch keys are left", n)
	}
	if n := len(g.files(g.caseDir(), "case.")) + len(g.files(g.caseDir(), "keys.")); g.config.Postgres == "" && n > 6 {
		g.t.Errorf("%d files of databases are left: %v", n, g.files(g.caseDir(), ""))
	}
}

// writtenOf holds what the pass through all rows says of the witness.
func (g *ground) writtenOf(record, harm journal.Leaf) {
	g.t.Helper()
	met := map[journal.Leaf]string{}
	rows := int64(0)
	err := g.c.Read(g.ctx, func(r store.Reader) error {
		n, err := r.CountWritten(g.ctx)
		if err != nil {
			return err
		}
		err = r.EachWritten(g.ctx, func(w *store.Written) error {
			rows++
			if w.Record == record {
				met[w.Leaf] = w.Kind.Name + " " + w.Values[max(0, w.Kind.Index("name"))].Text()
			}
			return nil
		})
		if err == nil && (n < rows || rows < 3) {
			g.t.Errorf("%d rows are visited, %d counted", rows, n)
		}
		return err
	})
	if err != nil {
		g.t.Fatal(err)
	}
	if len(met) != 2 || met[record] != "record@1 "+secret || !strings.HasPrefix(met[harm], "harm@1 ") {
		g.t.Errorf("written of the witness: %v; the record with its name and the harm are right", met)
	}
}
