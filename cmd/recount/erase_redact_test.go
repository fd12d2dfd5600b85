// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"recount/casework"
	"recount/fault"
	"recount/register"
	"recount/store"
	"recount/vault"
)

// village is the list of these tests, header first. Of the first person every
// word stands nowhere else; the third names her.
func village() [][]string {
	return [][]string{
		{"Id", "Name", "Fate", "Remark"},
		{"1", "Zyxqwv Plomvark", "killed", "Kvintrubble"},
		{"2", "Ann Bo", "killed", "at the mill, \"early\""},
		{"3", "Orban Tessel", "killed", "brother of Zyxqwv Plomvark"},
		{"4", "Mira Quand", "killed", ""},
		{"5", "Senna Polt", "killed", "Wimbrelfoss"},
		{"6", "Ilva Dorrin", "killed", ""},
	}
}

func villageCSV() string {
	var b strings.Builder
	for _, row := range village() {
		for i, cell := range row {
			if strings.ContainsAny(cell, `",`) {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(cell)
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

// villageBook is the list as a workbook, with her name in other places of it.
func villageBook(t *testing.T) string {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, row := range village() {
		for j, cell := range row {
			name, err := excelize.CoordinatesToCellName(j+1, i+1)
			must(err)
			must(f.SetCellStr("Sheet1", name, cell))
		}
	}
	_, err := f.NewSheet("Notes")
	must(err)
	must(f.SetCellStr("Notes", "B2", "ask about PLOMVARK, Zyxqwv"))
	must(f.SetCellStr("Notes", "B3", "the mill burned"))
	must(f.SetSheetVisible("Notes", false))
	must(f.AddComment("Sheet1", excelize.Comment{Cell: "D2", Author: "Zyxqwv Plomvark", Text: "Fenquollo said so"}))
	must(f.SetDocProps(&excelize.DocProperties{Creator: "Zyxqwv Plomvark", Title: "The list"}))
	must(f.SetDefinedName(&excelize.DefinedName{Name: "who", RefersTo: `"Zyxqwv Plomvark"`}))
	var b bytes.Buffer
	must(f.Write(&b))
	return b.String()
}

// TestRedacted: a person is erased from a list that many stand in. A redacted
// copy takes the list's place; all that was hers is nowhere, not in the archive,
// not in its backup, not in what is restored from it; what others said stands
// where it stood, and everything verifies.
func TestRedacted(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"csv", "xlsx"} {
		for _, encrypted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, encrypted %t", form, encrypted), func(t *testing.T) {
				t.Parallel()
				r := newRedaction(t, form, encrypted)
				r.mirrored()
				r.erase(r.people["Zyxqwv Plomvark"], "--erase", "others")
				r.nowhere(r.office, "the archive", "Zyxqwv", "Plomvark", "PLOMVARK", "Kvintrubble", "Fenquollo")
				r.others()
				// A second person goes from the copy: what cites the list finds the copy of the copy.
				r.erase(r.people["Senna Polt"])
				r.nowhere(r.office, "the archive", "Zyxqwv", "Plomvark", "Kvintrubble", "Wimbrelfoss", "Senna Polt")
				r.twice()
				r.restored("Zyxqwv", "Plomvark", "Kvintrubble", "Fenquollo", "Wimbrelfoss", "Senna Polt")
			})
		}
	}
}

// redactionCase is an office with the list, and a backup of it.
type redactionCase struct {
	*office
	form, list  string
	people      map[string]string
	copies      []string // of the list, the oldest first
	to, keysTo  string
	identity    string
	recipient   string
	restoredDir string
}

func newRedaction(t *testing.T, form string, encrypted bool) *redactionCase {
	t.Helper()
	dir := t.TempDir()
	r := &redactionCase{office: &office{t: t, dir: filepath.Join(dir, "archive")}, form: form, people: map[string]string{}}
	r.to, r.keysTo, r.identity, r.restoredDir = filepath.Join(dir, "to"), filepath.Join(dir, "keys"), filepath.Join(dir, "identity"), filepath.Join(dir, "restored")
	lock := "--plain"
	if encrypted {
		lock, r.globals = "--actor=A. Analyst", []string{"--key-file", filepath.Join(dir, "key")}
	}
	r.do("init", lock, "--actor", "A. Analyst", "--title", "A trial case")
	source := r.do("add", "source", "The village's list")
	content := villageCSV()
	if form == "xlsx" {
		content = villageBook(t)
	}
	mapping := scatteredMap
	if form == "xlsx" {
		mapping = strings.Replace(mapping, `"row"`, `"sheet":"Sheet1","row"`, 1)
	}
	r.do("import", r.file("list."+form, content), "--mapping", r.file("mapping.json", mapping), "--source", source, "--handling", "restricted")
	r.look()
	r.recipient = r.do("backup", "keygen", "--out", r.identity)
	return r
}

type saidRecord struct {
	Leaf, Person string
	Record       struct{ Name, Exhibit, Pinpoint, Raw string }
}

func (r *redactionCase) look() (all []saidRecord) {
	r.t.Helper()
	r.ask(&all, "show", "records")
	for _, x := range all {
		r.people[x.Record.Name], r.list = x.Person, x.Record.Exhibit
	}
	return all
}

func (r *redactionCase) mirrored() {
	r.t.Helper()
	r.do("backup", "run", "--to", r.to, "--keys-to", r.keysTo, "--recipient", r.recipient, "--keep-keys", "0")
}

// erase erases a person, with a redacted copy of every list in the plan.
func (r *redactionCase) erase(person string, more ...string) {
	r.t.Helper()
	var plan casework.ErasurePlan
	r.ask(&plan, "erase", "plan", person)
	args := append([]string{"erase", "decide", person, "--ground", "withdrawal", "--decider", "Ana Bel", "--decider", "Tomas Erlik"}, more...)
	standing := r.list
	if len(r.copies) > 0 {
		standing = r.copies[len(r.copies)-1]
	}
	for _, e := range plan.Exhibits {
		if e.Gone {
			continue
		}
		if e.Exhibit != standing || e.Copy != casework.CopyByProgram {
			r.t.Errorf("the plan has exhibit %s, copy %q; %s is right", e.Exhibit, e.Copy, standing)
		}
		args = append(args, "--redact", e.Exhibit)
	}
	var done casework.Erased
	r.ask(&done, args...)
	if len(done.Redacted) != 1 || done.Redacted[standing] == "" {
		r.t.Fatalf("redacted %v; a copy of %s is right", done.Redacted, standing)
	}
	r.copies = append(r.copies, done.Redacted[standing])
}

// nowhere searches an archive with all keys that it has.
func (r *redactionCase) nowhere(o *office, what string, words ...string) {
	r.t.Helper()
	found := searchAll(r.t, o, words, func(c *store.Case) everyKey { return steal(r.t, c, o) })
	if n := found.total(); n != 0 {
		r.t.Errorf("%s: found %d times: %v", what, n, found.found)
	}
	if n := searchAll(r.t, o, []string{"Ann Bo"}, func(c *store.Case) everyKey { return steal(r.t, c, o) }).total(); n < 2 {
		r.t.Errorf("%s: what others said is found %d times: the search does not reach it", what, n)
	}
	if out, errs, code := o.run("verify", o.dir); code != 0 {
		r.t.Errorf("%s: verify: exit %d\n%s%s", what, code, out, errs)
	}
}

// others holds that what other people said stands where it stood, and that the
// copy has it too.
func (r *redactionCase) others() {
	r.t.Helper()
	rows := map[string]string{}
	for _, x := range r.look() {
		if x.Record.Exhibit != r.list {
			r.t.Errorf("the record of %s cites %s; %s is right", x.Record.Name, x.Record.Exhibit, r.list)
		}
		rows[x.Record.Name] = x.Record.Pinpoint
	}
	prefix := ""
	if r.form == "xlsx" {
		prefix = "Sheet1!"
	}
	want := map[string]string{"Ann Bo": prefix + "row 3", "Mira Quand": prefix + "row 5", "Senna Polt": prefix + "row 6", "Ilva Dorrin": prefix + "row 7"}
	if diff := cmp.Diff(want, rows); diff != "" {
		r.t.Errorf("records and their places (-want +got):\n%s", diff)
	}
	r.rows(r.copies[0], 2, 4)
	r.withCase(func(c *store.Case) {
		var standing string
		var history []store.EntryLine
		err := c.Read(context.Background(), func(reader store.Reader) (err error) {
			if standing, err = casework.Standing(context.Background(), reader, r.list); err == nil {
				history, err = reader.History(context.Background(), standing)
			}
			return err
		})
		if err != nil || standing != r.copies[0] {
			r.t.Errorf("the list is read in %q, %v; %s is right", standing, err, r.copies[0])
		}
		if len(history) != 1 || history[0].Handling != "restricted" {
			r.t.Errorf("the copy is %+v; restricted, like the list, is right", history)
		}
	})
}

// rows holds that a copy has all rows but these as they were.
func (r *redactionCase) rows(exhibit string, blanked ...int) {
	r.t.Helper()
	data := r.bytesOf(exhibit)
	if r.form == "csv" {
		lines := strings.SplitAfter(villageCSV(), "\n")
		for _, n := range blanked {
			lines[n-1] = "[erased],,,\r\n"
		}
		if want := strings.Join(lines, ""); string(data) != want {
			r.t.Errorf("the copy is\n%q\nwant\n%q", data, want)
		}
		return
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	got, err := f.GetRows("Sheet1")
	if err != nil {
		r.t.Fatal(err)
	}
	want := village()
	for _, n := range blanked {
		want[n-1] = []string{"[erased]"}
	}
	for i := range want {
		for len(want[i]) > 0 && want[i][len(want[i])-1] == "" {
			want[i] = want[i][:len(want[i])-1]
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		r.t.Errorf("the copy (-want +got):\n%s", diff)
	}
	if note, err := f.GetCellValue("Notes", "B3"); err != nil || note != "the mill burned" {
		r.t.Errorf("the hidden sheet says %q, %v", note, err)
	}
}

func (r *redactionCase) bytesOf(exhibit string) (data []byte) {
	r.t.Helper()
	r.withCase(func(c *store.Case) {
		var x register.Exhibit
		err := c.Read(context.Background(), func(reader store.Reader) (err error) {
			x, err = reader.Exhibit(context.Background(), exhibit)
			return err
		})
		if err != nil {
			r.t.Fatal(err)
		}
		a, err := vault.ParseAddress(x.Object)
		if err != nil {
			r.t.Fatal(err)
		}
		object, err := c.ObjectKey(context.Background(), a)
		if err != nil {
			r.t.Fatal(err)
		}
		data = content(r.t, c, object)
	})
	return data
}

// twice holds what must be so after the second erasure.
func (r *redactionCase) twice() {
	r.t.Helper()
	r.rows(r.copies[1], 2, 4, 6)
	var redaction register.Redaction
	r.withCase(func(c *store.Case) {
		err := c.Read(context.Background(), func(reader store.Reader) (err error) {
			if standing, err := casework.Standing(context.Background(), reader, r.list); err != nil || standing != r.copies[1] {
				r.t.Errorf("the list is read in %q, %v; %s is right", standing, err, r.copies[1])
			}
			redaction, err = reader.Redaction(context.Background(), r.copies[0])
			return err
		})
		if err != nil {
			r.t.Fatal(err)
		}
	})
	place := strconv.Itoa(6)
	if r.form == "xlsx" {
		place = "1:6"
	}
	if redaction.Successor != r.copies[1] || redaction.Method != register.ByProgram || !slices.Equal(redaction.Rows, []string{place}) {
		r.t.Errorf("the entry says %+v; row %s is right", redaction, place)
	}
}

// restored brings the backup up to date, restores it, and searches what it gives.
func (r *redactionCase) restored(words ...string) {
	r.t.Helper()
	before := &office{t: r.t, dir: r.restoredDir + "-before"}
	before.do("restore", "--from", r.to, "--keys", r.keysTo, "--identity", r.identity, "--into", before.dir, "--plain")
	if n := searchAll(r.t, before, words[:1], func(c *store.Case) everyKey { return steal(r.t, c, before) }).total(); n == 0 {
		r.t.Error("in what is restored from the backup of before nothing is found: the search does not reach it")
	}
	r.mirrored()
	for _, dir := range []string{r.to, r.keysTo} {
		mirror := &finder{t: r.t, found: map[string]int{}}
		for _, word := range words {
			mirror.look = append(mirror.look, needles(word)...)
		}
		mirror.files(dir)
		if n := mirror.total(); n != 0 {
			r.t.Errorf("in the backup's files: %d times: %v", n, mirror.found)
		}
	}
	after := &office{t: r.t, dir: r.restoredDir}
	after.do("restore", "--from", r.to, "--keys", r.keysTo, "--identity", r.identity, "--into", after.dir, "--plain")
	r.nowhere(after, "what is restored", words...)
	stored := map[string]bool{}
	for _, o := range []*office{r.office, after} {
		for _, a := range vaultObjects(r.t, o) {
			stored[a.String()] = true
		}
	}
	if n := len(vaultObjects(r.t, after)); n != len(stored) {
		r.t.Errorf("restored are %d of the objects %v", n, slices.Sorted(maps.Keys(stored)))
	}
}

// TestRedactedByHand: of a file that the program cannot redact people bring the
// copy; one in which the name still stands is refused, with the place.
func TestRedactedByHand(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	person, list, _ := o.erasable()
	source := o.do("add", "source", "A witness")
	letter := o.do("add", "exhibit", o.file("letter.txt", "At the weir.\n\nOrmelda Tavishko stood there, at the edge of the water and the wood,\nand Brenko Salvar.\n"), "--source", source)
	citation := o.do("add", "citation", letter, "and Brenko Salvar")
	decide := []string{"erase", "decide", person, "--ground", "withdrawal", "--decider", "One", "--decider", "Two", "--redact", list}
	for name, tt := range map[string]struct{ flag, want string }{
		"the name still there": {"--redacted=" + letter + "=" + o.file("still.txt", "At the weir.\n\nTAVISHKO Ormelda stood there.\n"), "(in row 3)"},
		"the same bytes":       {"--redacted=" + list + "=" + o.file("x.csv", "x"), "accepted is one of these"},
		"nothing in it":        {"--redacted=" + letter + "=" + o.file("empty.txt", ""), "the file is empty"},
		"by the program":       {"--redact=" + letter, "made by hand"},
		"no exhibit":           {"--redact=e-0123456789abcdef", "that the plan lists"},
	} {
		if _, errs, code := o.run(append(slices.Clone(decide), tt.flag)...); code != fault.ExitInvalid || !strings.Contains(errs, tt.want) {
			t.Errorf("%s: exit %d, %s; want %q", name, code, errs, tt.want)
		}
	}
	if _, errs, code := o.run(append(slices.Clone(decide), "--redacted="+letter+"="+filepath.Join(t.TempDir(), "none"))...); code != fault.ExitNotFound {
		t.Errorf("no such file: exit %d, %s", code, errs)
	}
	var done casework.Erased
	o.ask(&done, append(slices.Clone(decide), "--redacted="+letter+"="+o.file("copy.txt", "At the weir.\n\n[…] stood there, at the edge of the water and the wood,\nand Brenko Salvar.\n"))...)
	if len(done.Redacted) != 2 {
		t.Errorf("redacted %v; the list and the letter are right", done.Redacted)
	}
	after := search(t, o, erasedName, func(c *store.Case) everyKey { return steal(t, c, o) })
	if n := after.total(); n != 0 {
		t.Errorf("after: found %d times: %v", n, after.found)
	}
	if out, errs, code := o.run("show", "citations"); code != 0 || !strings.Contains(out, citation) {
		t.Errorf("the citation into the letter: exit %d %s%s", code, out, errs)
	}
	if out, errs, code := o.run("verify", o.dir); code != 0 {
		t.Errorf("the archive: exit %d\n%s%s", code, out, errs)
	}
}
