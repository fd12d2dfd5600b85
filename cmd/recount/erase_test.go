// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"recount/casework"
	"recount/fault"
	"recount/journal"
	"recount/store"
	"recount/vault"
	"recount/verify"
)

// needles are the spellings in which bytes of a name may lie somewhere: UTF-8,
// UTF-16 of both orders, hexadecimal, and base64 at its three alignments. A name
// of less than six letters would be found by chance in what is sealed.
func needles(name string) [][]byte {
	all := [][]byte{[]byte(name), []byte(hex.EncodeToString([]byte(name))), []byte(strings.ToUpper(hex.EncodeToString([]byte(name))))}
	var little, big []byte
	for _, u := range utf16.Encode([]rune(name)) {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	all = append(all, little, big)
	for shift := range 3 {
		text := base64.StdEncoding.EncodeToString(append(make([]byte, shift), name...))
		from, to := (shift*8+5)/6, (shift+len(name))*8/6 // what neither depends on what stands before nor after
		all = append(all, []byte(text[from:to]))
	}
	return all
}

// finder looks for a name in everything that an archive holds: the bytes of
// every file as they lie, and all that the given keys open.
type finder struct {
	t     *testing.T
	look  [][]byte
	found map[string]int
}

func (f *finder) in(place string, data []byte) {
	for _, n := range f.look {
		f.found[place] += bytes.Count(data, n)
	}
	if z, err := zip.NewReader(bytes.NewReader(data), int64(len(data))); err == nil {
		for _, member := range z.File {
			in, err := member.Open()
			if err != nil {
				f.t.Fatal(err)
			}
			text, err := io.ReadAll(in)
			if err != nil {
				f.t.Fatal(err)
			}
			f.in(place+"!"+member.Name, text)
		}
	}
}

// files searches the bytes of every file under a folder.
func (f *finder) files(dir string) {
	f.t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		f.in("file "+d.Name(), data)
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *finder) total() (n int) {
	for _, k := range f.found {
		n += k
	}
	return n
}

// everyKey is what a thief of all keys has: of objects and of rows.
type everyKey struct {
	objects map[vault.Address]vault.Object
	rows    map[journal.Leaf]journal.Key
}

// steal copies every key that the case has now.
func steal(t *testing.T, c *store.Case, o *office) everyKey {
	t.Helper()
	k := everyKey{objects: map[vault.Address]vault.Object{}, rows: map[journal.Leaf]journal.Key{}}
	for _, a := range vaultObjects(t, o) {
		object, err := c.ObjectKey(context.Background(), a)
		if errors.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		k.objects[a] = object
		for _, row := range rowsIn(t, c, object) {
			if key, err := c.RowKey(context.Background(), row.Leaf); err == nil {
				k.rows[row.Leaf] = key
			}
		}
	}
	return k
}

func vaultObjects(t *testing.T, o *office) (all []vault.Address) {
	t.Helper()
	backend, err := vault.Folder(filepath.Join(o.dir, "cases", "main", "vault"))
	if err != nil {
		t.Fatal(err)
	}
	for a, err := range backend.List(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

// rowsIn are the rows of an object that is a row file; none of another.
func rowsIn(t *testing.T, c *store.Case, object vault.Object) (all []journal.Sealed) {
	t.Helper()
	rows := journal.NewRowReader(bytes.NewReader(content(t, c, object)), c.Origin())
	for {
		row, err := rows.Next()
		if err != nil {
			return all
		}
		all = append(all, row)
	}
}

func content(t *testing.T, c *store.Case, object vault.Object) []byte {
	t.Helper()
	in, err := c.Vault().Open(context.Background(), object.Address, object.Key)
	if errors.Is(err, fault.NotFound) {
		return nil // taken out of the vault
	}
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// search counts where the name is found in the archive: in files as they lie,
// in entries, in objects and rows that the keys open.
func search(t *testing.T, o *office, name string, keys func(*store.Case) everyKey) *finder {
	t.Helper()
	return searchAll(t, o, []string{name}, keys)
}

// searchAll is search for several names.
func searchAll(t *testing.T, o *office, names []string, keys func(*store.Case) everyKey) *finder {
	t.Helper()
	f := &finder{t: t, found: map[string]int{}}
	for _, name := range names {
		f.look = append(f.look, needles(name)...)
	}
	f.files(o.dir)
	o.withCase(func(c *store.Case) {
		size := int64(0)
		if err := c.Read(context.Background(), func(r store.Reader) error { size = r.Size(); return nil }); err != nil {
			t.Fatal(err)
		}
		for seq := range size {
			e, err := c.OpenEntry(context.Background(), seq)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range e.Values {
				f.in("entry", []byte(v.Text()))
			}
		}
		k := keys(c)
		for _, object := range k.objects {
			f.in("object", content(t, c, object))
			for _, row := range rowsIn(t, c, object) {
				f.row(c, row, k.rows)
			}
		}
	})
	return f
}

func (f *finder) row(c *store.Case, row journal.Sealed, keys map[journal.Leaf]journal.Key) {
	key, there := keys[row.Leaf]
	kind, known := journal.KindNamed(row.Kind)
	if !there || !known {
		return
	}
	values, err := journal.Open(c.Origin(), kind, key, row)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, v := range values {
		f.in("row "+row.Kind, []byte(v.Text()))
	}
}

// withCase opens the case of the office for a test.
func (o *office) withCase(do func(*store.Case)) {
	o.t.Helper()
	a := o.opened()
	c, err := a.Case(context.Background(), "main")
	if err != nil {
		o.t.Fatal(err)
	}
	do(c)
	if err := a.Close(); err != nil {
		o.t.Fatal(err)
	}
}

const (
	erasedName  = "Ormelda Tavishko"
	erasedList  = "Name;Age;What\nOrmelda Tavishko;31;killed\nBrenko Salvar;40;killed\nIlva Dorrin;12;killed\nTomas Erlik;50;killed\nMira Quand;33;killed\nSenna Polt;60;killed\n"
	erasedIndex = `{"format":"recount mapping/1","row":"person","record":{"name":"Name","age":{"column":"Age","unit":"years"}},"harms":[{"code":{"column":"What","codes":{"killed":"killed"}}}]}`
)

// TestErasure: a person from an imported list is forgotten on the decision of
// two. With all keys of the archive her name is found before and nowhere
// after; with one key kept aside it is found again, so that the search is seen
// to work; the bundle that had left still verifies; the tables are what the
// journal says.
func TestErasure(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	person, exhibit, bundle := o.erasable()
	o.typed(person)
	before := search(t, o, erasedName, func(c *store.Case) everyKey { return steal(t, c, o) })
	for _, place := range []string{"object", "row record@1"} {
		if before.found[place] == 0 {
			t.Errorf("before: not found in %q: the search does not reach it (%v)", place, before.found)
		}
	}
	var kept everyKey
	o.withCase(func(c *store.Case) { kept = steal(t, c, o) })

	if _, errs, code := o.run("erase", "decide", person, "--ground", "withdrawal", "--decider", "One", "--decider", "One", "--destroy", exhibit); code != fault.ExitInvalid || !strings.Contains(errs, "two different people") {
		t.Errorf("one decider twice: exit %d, %s", code, errs)
	}
	if _, errs, code := o.run("erase", "decide", person, "--ground", "withdrawal", "--decider", "One", "--decider", "Two"); code != fault.ExitInvalid || !strings.Contains(errs, exhibit) {
		t.Errorf("no decision on the exhibit: exit %d, %s", code, errs)
	}
	o.do("erase", "decide", person, "--ground", "withdrawal", "--decider", "One", "--decider", "Two", "--destroy", exhibit)

	after := search(t, o, erasedName, func(c *store.Case) everyKey { return steal(t, c, o) })
	if n := after.total(); n != 0 {
		t.Errorf("after: found %d times: %v", n, after.found)
	}
	if n := search(t, o, draftWord, func(*store.Case) everyKey { return everyKey{} }).total(); n != 0 {
		t.Errorf("after: what stood in a draft about her is found %d times", n)
	}
	// A control: one row key that somebody kept aside opens her row again.
	again := search(t, o, erasedName, func(c *store.Case) everyKey {
		now := steal(t, c, o)
		now.rows = kept.rows
		return now
	})
	if again.total() == 0 {
		t.Error("with the keys kept aside nothing is found: the search cannot fail")
	}
	o.forgotten(person, bundle)
}

// draftWord stands in a draft about the person and nowhere else.
const draftWord = "Quillwortmere"

// typed keeps a draft about the person, sees that the plan lists it by form,
// account and what it is about, never by content, and that a rebuild keeps it.
func (o *office) typed(person string) {
	o.t.Helper()
	o.withCase(func(c *store.Case) {
		d := store.Draft{Account: "a-1", Form: "merge", About: person, Fields: map[string][]string{"reason": {erasedName + " lived in " + draftWord}}}
		if err := c.KeepDraft(context.Background(), d); err != nil {
			o.t.Fatal(err)
		}
	})
	o.do("rebuild")
	if n := search(o.t, o, draftWord, func(*store.Case) everyKey { return everyKey{} }).total(); n == 0 {
		o.t.Error("before: what stands in a draft is not found: the search does not reach it, or the rebuild has lost it")
	}
	out, errs, code := o.run("erase", "plan", person)
	if code != 0 || !strings.Contains(out, "account a-1, form merge "+person) || strings.Contains(out, draftWord) {
		o.t.Errorf("the plan should name the draft's place alone: exit %d\n%s%s", code, out, errs)
	}
}

// erasable is a case with a list, a frozen dossier and its bundle.
func (o *office) erasable() (person, exhibit, bundle string) {
	source := o.do("add", "source", "The village's list")
	o.do("import", o.file("list.csv", erasedList), "--mapping", o.file("mapping.json", erasedIndex), "--source", source)
	o.do("figure", "define", o.file("f.json", `{"figure":"f-killed","title":"Killed","unit":"persons","harms":["killed"],"rule":"count@1"}`))
	dossier := o.do("dossier", "compose", o.file("statement.md", "# Said\n\nKilled: {{figure f-killed}}\n"), "--title", "Said")
	o.do("dossier", "freeze", dossier)
	bundle = o.dir + "-bundle"
	o.do("dossier", "export", dossier, "--out", bundle)
	var records []struct {
		Person string
		Record struct{ Name, Exhibit string }
	}
	o.ask(&records, "show", "records")
	for _, r := range records {
		if r.Record.Name == erasedName {
			person, exhibit = r.Person, r.Record.Exhibit
		}
	}
	var plan struct {
		Records, Rows, Lines []string
		Dossiers             []casework.PlanDossier
	}
	o.ask(&plan, "erase", "plan", person)
	if len(plan.Records) != 1 || len(plan.Rows) != 1 || len(plan.Lines) != 2 || len(plan.Dossiers) != 1 {
		o.t.Errorf("the plan has %d records, %d rows, %d lines and %d dossiers; want 1, 1 harm, a line with its member, 1",
			len(plan.Records), len(plan.Rows), len(plan.Lines), len(plan.Dossiers))
	}
	return person, exhibit, bundle
}

// forgotten holds what must be so after the erasure.
func (o *office) forgotten(person, bundle string) {
	o.t.Helper()
	var a answerJSON
	o.ask(&a, "figure", "answer", "f-killed")
	if a.Answer.Total.In != 5 {
		o.t.Errorf("%d killed are counted after the erasure, want 5", a.Answer.Total.In)
	}
	if _, errs, code := o.run("show", "person", person); code != fault.ExitNotFound {
		o.t.Errorf("the person is shown: exit %d %s", code, errs)
	}
	log, err := os.ReadFile(filepath.Join(bundle, "proof", "log.vkey"))
	if err != nil {
		o.t.Fatal(err)
	}
	seal, err := os.ReadFile(filepath.Join(bundle, "proof", "seal.vkey"))
	if err != nil {
		o.t.Fatal(err)
	}
	if out, _, code := o.run("verify", bundle, "--vkey", strings.TrimSpace(string(log)), "--vkey", strings.TrimSpace(string(seal))); code != verify.ExitHolds {
		o.t.Errorf("the old bundle: exit %d\n%s", code, out)
	}
	if out, errs, code := o.run("verify", o.dir); code != 0 {
		o.t.Errorf("the archive: exit %d\n%s%s", code, out, errs)
	}
	o.do("rebuild")
}
