// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"recount/invent"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// runDemo runs recount demo in a new folder.
func runDemo(t *testing.T, args ...string) (dir, stdout, stderr string, code int) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "demo")
	var out, errs bytes.Buffer
	p := program{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: os.Getenv, now: time.Now, rand: rand.Reader}
	code = p.run(t.Context(), append([]string{"demo", "--dir", dir}, args...))
	return dir, out.String(), errs.String(), code
}

// TestDemoCounts holds the demo's numbers to the truth that its case was
// invented from (invent.Truth), which no command ever sees.
func TestDemoCounts(t *testing.T) {
	t.Parallel()
	dir, out, errs, code := runDemo(t, "--json")
	if code != 0 {
		t.Fatalf("exit %d\n%s", code, errs)
	}
	var a demoAnswer
	if err := json.Unmarshal([]byte(out), &a); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	truth := newDemoTruth(t, 1)
	records := demoRecords(t, dir, a.Case)
	// At its end the demo erased one person, killed, of one record.
	const erased = 1
	witnesses := len(records) + erased - len(truth.about)
	if a.Rows != int64(len(truth.about)) || a.Records != int64(len(records)+erased) || a.Before != a.Records || witnesses < 2 {
		t.Errorf("%d rows, %d records, %d persons before linking; want %d rows and as many persons as records", a.Rows, a.Records, a.Before, len(truth.about))
	}
	persons := truth.persons(t, records)
	if a.After != int64(len(persons)+erased) {
		t.Errorf("%d persons, want %d", a.After, len(persons)+erased)
	}
	for i, codes := range [][]string{{"killed", "died-indirect"}, {"captured"}} {
		got, want := a.Figures[i], truth.counted(persons, codes)
		if i == 0 {
			want += erased
		}
		if got.Counted != want || got.Unknown != 0 {
			t.Errorf("%s: %d and %d unknown, want %d and 0", got.Title, got.Counted, got.Unknown, want)
		}
		if least := truth.people(codes); got.Counted < least || got.Counted > least*3/2 {
			t.Errorf("%s: %d counted, of %d people in truth", got.Title, got.Counted, least)
		}
	}
	if a.Notice != invent.Notice {
		t.Errorf("the answer does not say that it is invented: %q", a.Notice)
	}
	checkDemoChecks(t, dir, a)
}

// checkDemoChecks: what verify said in the demo, and says again.
func checkDemoChecks(t *testing.T, dir string, a demoAnswer) {
	t.Helper()
	want := []demoCheck{
		{"the bundle, no key pinned", 2},
		{"the bundle, both keys pinned", 0},
		{"the zip file, both keys pinned", 0},
		{"a number in the page was changed", 1},
		{"a line of a count file was taken out", 1},
		{"a number was changed and the manifests made again", 1},
		{"the bundle, other keys pinned", 1},
		{"the bundle, after the erasure", 0},
		{"the edition exported after the erasure", 2},
	}
	if diff := cmp.Diff(want, a.Checks); diff != "" {
		t.Errorf("checks (-want +got):\n%s", diff)
	}
	keys, err := os.ReadFile(filepath.Join(dir, "keys.txt"))
	if err != nil || string(keys) != a.VKey+"\n"+a.SealVKey+"\n" {
		t.Errorf("keys.txt: %q, %v", keys, err)
	}
	for _, check := range []struct {
		name string
		pin  bool
		exit int
	}{{"bundle", true, 0}, {"bundle.zip", true, 0}, {"bundle", false, 2}, {"tampered", true, 1}} {
		args := []string{"verify", filepath.Join(dir, check.name)}
		if check.pin {
			args = append(args, "--vkey", a.VKey, "--vkey", a.SealVKey)
		}
		p := program{stdout: io.Discard, stderr: io.Discard, getenv: os.Getenv, now: time.Now, rand: rand.Reader}
		if code := p.run(t.Context(), args); code != check.exit {
			t.Errorf("%s, pinned %v: exit %d, want %d", check.name, check.pin, code, check.exit)
		}
	}
}

// demoTruth is who is whom in the demo's case.
type demoTruth struct {
	t      invent.Truth
	lists  map[string]string // exhibit → key of its list
	about  map[invent.RowRef]int
	who    map[int]invent.Person
	status map[int]string // row of the commission's list → what it says came of the person
}

func newDemoTruth(t *testing.T, seed uint64) demoTruth {
	t.Helper()
	c := invent.New(seed, invent.Demo)
	dir := filepath.Join(t.TempDir(), "again")
	m, err := c.Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	x := demoTruth{c.Truth(), map[string]string{}, map[invent.RowRef]int{}, map[int]invent.Person{}, nil}
	for _, l := range m.Lists {
		x.lists[l.Exhibit] = l.Key
		if l.Key == "commission" {
			x.status = commissionStatus(t, filepath.Join(dir, l.File))
		}
	}
	for _, r := range x.t.Rows {
		x.about[r.RowRef] = r.Person
	}
	for _, p := range x.t.People {
		x.who[p.Number] = p
	}
	return x
}

// commissionStatus reads one column of the commission's workbook, with a
// reader that is not the program's.
func commissionStatus(t *testing.T, file string) map[int]string {
	t.Helper()
	book, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows("LIST")
	if err := errors.Join(err, book.Close()); err != nil {
		t.Fatal(err)
	}
	column, status := -1, map[int]string{}
	for i, row := range rows {
		if at := slices.Index(row, "STATUS"); at >= 0 {
			column = at
		} else if column >= 0 && column < len(row) {
			status[i+1] = row[column]
		}
	}
	return status
}

// row is the row of a list that a record was read from; false for a witness's.
func (x demoTruth) row(r register.Record) (invent.RowRef, bool) {
	key, ok := x.lists[r.Exhibit]
	return invent.RowRef{List: key, Row: int(r.Row.N)}, ok
}

// persons groups the rows by the person under whom the case has them, and
// holds that no person mixes two people.
func (x demoTruth) persons(t *testing.T, records map[journal.Leaf]demoRecord) map[string][]invent.RowRef {
	t.Helper()
	persons, whom := map[string][]invent.RowRef{}, map[string]int{}
	for _, r := range records {
		row, ok := x.row(r.said)
		if !ok {
			persons[r.person] = append(persons[r.person], invent.RowRef{})
			continue
		}
		persons[r.person] = append(persons[r.person], row)
		about, found := x.about[row]
		if before := whom[r.person]; !found || before != 0 && before != about {
			t.Errorf("%s holds rows of persons %d and %d (%+v)", r.person, before, about, row)
		}
		whom[r.person] = about
	}
	return persons
}

// says are the codes that a row states, as the lists are written: the families
// tell all that happened to a person, registry and hospital what came last, and
// the commission one or the other.
func (x demoTruth) says(row invent.RowRef) (codes []string) {
	about, ok := x.about[row]
	if !ok {
		return nil
	}
	if row.List == "commission" {
		return []string{map[string]string{"DEAD": "killed", "DEAD OF COLD": "died-indirect", "PRISONER": "captured"}[x.status[row.Row]]}
	}
	fates := x.who[about].Fates
	if row.List != "families" {
		fates = fates[len(fates)-1:]
	}
	for _, f := range fates {
		codes = append(codes, f.Code)
	}
	return codes
}

func hasAny(codes, wanted []string) bool {
	return slices.ContainsFunc(codes, func(c string) bool { return slices.Contains(wanted, c) })
}

// counted is how many of the case's persons have a row that states a code.
func (x demoTruth) counted(persons map[string][]invent.RowRef, codes []string) (n int64) {
	for _, rows := range persons {
		if slices.ContainsFunc(rows, func(r invent.RowRef) bool { return hasAny(x.says(r), codes) }) {
			n++
		}
	}
	return n
}

// people is how many people, each once, a row says so of.
func (x demoTruth) people(codes []string) int64 {
	found := map[int]bool{}
	for row, person := range x.about {
		if hasAny(x.says(row), codes) {
			found[person] = true
		}
	}
	return int64(len(found))
}

type demoRecord struct {
	said   register.Record
	person string
}

// demoRecords are the records of the demo's case.
func demoRecords(t *testing.T, dir, id string) map[journal.Leaf]demoRecord {
	t.Helper()
	found := map[journal.Leaf]demoRecord{}
	inDemoCase(t, dir, id, func(ctx context.Context, r store.Reader) error {
		all, err := r.Records(ctx, store.RecordFilter{}, store.Page{})
		for _, rec := range all {
			found[rec.Leaf] = demoRecord{rec.Said, rec.Person}
		}
		return err
	})
	return found
}

func inDemoCase(t *testing.T, dir, id string, look func(context.Context, store.Reader) error) {
	t.Helper()
	a, err := store.Open(t.Context(), store.Config{Dir: filepath.Join(dir, "archive"), Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	c, err := a.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Read(t.Context(), func(r store.Reader) error { return look(t.Context(), r) }); err != nil {
		t.Fatal(err)
	}
}

// TestDemoTells: what the demo prints fits a terminal, says that it is
// invented, and every command in it can be typed as it stands there.
func TestDemoTells(t *testing.T) {
	t.Parallel()
	dir, out, errs, code := runDemo(t, "--seed", "3", "--pause") // nobody sits there: it does not wait
	if code != 0 {
		t.Fatalf("exit %d\n%s\n%s", code, out, errs)
	}
	if !strings.Contains(strings.Join(strings.Fields(out), " "), invent.Notice) {
		t.Error("the demo does not say that its case is invented")
	}
	for line := range strings.SplitSeq(out, "\n") {
		if wide(line) > screenWidth && !strings.Contains(line, "--vkey ") {
			t.Errorf("%d columns: %s", wide(line), line)
		}
	}
	commands := demoCommands(out)
	if len(commands) < 40 {
		t.Errorf("%d commands", len(commands))
	}
	for _, args := range commands {
		var c cli
		parser, err := kong.New(&c, kong.Name("recount"), kong.Exit(func(int) {}), variables())
		if err != nil {
			t.Fatal(err)
		}
		for i, arg := range args {
			if rest, ok := strings.CutPrefix(arg, "./"); ok {
				args[i] = filepath.Join(dir, rest)
			}
		}
		if _, err := parser.Parse(args); err != nil {
			t.Errorf("recount %s: %v", strings.Join(args, " "), err)
		}
	}
	for _, name := range []string{"archive", "case/INVENTED.txt", "bundle/VERIFY.txt", "bundle.zip", "tampered", "keys.txt"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("the demo leaves no %s: %v", name, err)
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, "bundle/data/statement.html"))
	if err != nil || !strings.Contains(string(page), invent.Notice) {
		t.Errorf("the page does not say that it is invented: %v", err)
	}
}

// demoCommands takes the commands out of what the demo printed.
func demoCommands(out string) (commands [][]string) {
	lines := strings.Split(out, "\n")
	for i := 0; i < len(lines); i++ {
		text, ok := strings.CutPrefix(lines[i], "  $ recount ")
		if !ok {
			continue
		}
		for strings.HasSuffix(text, ` \`) {
			i++
			text = strings.TrimSuffix(text, `\`) + strings.TrimSpace(lines[i])
		}
		var args []string
		for j, part := range strings.Split(text, "'") {
			if j%2 == 1 {
				args = append(args, part) // in quotes
				continue
			}
			args = append(args, strings.Fields(part)...)
		}
		commands = append(commands, args)
	}
	return commands
}

func TestDemoRefusesAFullFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	p := program{stdout: io.Discard, stderr: &errs, getenv: os.Getenv, now: time.Now, rand: rand.Reader}
	if code := p.run(t.Context(), []string{"demo", "--dir", dir}); code != 5 {
		t.Errorf("exit %d, want 5", code)
	}
	for _, part := range []string{"mine.txt", "accepted: --dir with a new or an empty folder"} {
		if !strings.Contains(errs.String(), part) {
			t.Errorf("%q does not say %q", errs.String(), part)
		}
	}
}

func TestDemoStops(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	p := program{stdout: io.Discard, stderr: io.Discard, getenv: os.Getenv, now: time.Now, rand: rand.Reader}
	if code := p.run(ctx, []string{"demo", "--dir", filepath.Join(t.TempDir(), "demo")}); code != 130 {
		t.Errorf("exit %d, want 130", code)
	}
}

func TestWrapped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, line string
		width      int
		want       []string
	}{
		{"fits", "a  b", 4, []string{"a  b"}},
		{"at spaces", "one two three", 9, []string{"one two", "    three"}},
		{"no space", "abcdefghij", 6, []string{"abcdef", "    gh", "    ij"}},
		{"other scripts", "Гамж Лезкр Գամ", 10, []string{"Гамж Лезкр", "    Գամ"}},
		{"marks take no room", "cafe\u0301 au lait", 10, []string{"cafe\u0301 au", "    lait"}},
	} {
		if diff := cmp.Diff(c.want, wrapped(c.line, c.width, 4)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestHang(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{
		"a sentence of words":                 4,
		"rows    357":                         8,
		"  name    Office    Ani":             20,
		"found    " + strings.Repeat("f", 70): 4,
	} {
		if got := hang(line); got != want {
			t.Errorf("%q hangs at %d, want %d", line, got, want)
		}
	}
}

func TestQuoted(t *testing.T) {
	t.Parallel()
	for arg, want := range map[string]string{"./a-b_c.csv": "./a-b_c.csv", "two words": "'two words'", "it's": `'it'\''s'`, "": "''", "$x": "'$x'"} {
		if got := quoted(arg); got != want {
			t.Errorf("%q is written %s, want %s", arg, got, want)
		}
	}
}
