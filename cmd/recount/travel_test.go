// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"recount/fault"
	"recount/journal"
	"recount/store"
	"recount/vault"
)

// travelled is an archive with things that go and things that stay, in every
// way in which they can.
type travelled struct {
	*office
	goes, stays  []string // words
	chosen       string   // the compartment that goes
	closed, open string   // records of one list
	list         string   // its source
}

func newTravelled(t *testing.T) *travelled {
	t.Helper()
	o := newOffice(t)
	o.do(everyRole()...)
	x := &travelled{office: o}
	x.chosen = o.do("member", "compartment", "Marsh inquiry Pellwick", "--member", "A. Analyst")
	other := o.do("member", "compartment", "Wold inquiry Grimsedge", "--member", "A. Analyst")
	o.do("add", "source", "Openmarsh survey")
	o.do("add", "source", "Chosenfen witness", "--handling", "restricted/"+x.chosen)
	o.do("add", "source", "Secretwold witness", "--handling", "restricted/"+other)
	o.do("add", "source", "Harshgrove ledger", "--handling", "restricted")
	o.do("add", "source", "Middlecombe ledger", "--handling", "confidential")
	hidden := o.do("add", "source", "Vanishcombe ledger")
	o.do("hide", "thing", hidden, "--reason", "Threatened by Ravenstoke")
	o.do("add", "exhibit", o.file("goes.txt", "The text of Larkhollow\n"), "--title", "Open text")
	o.do("add", "exhibit", o.file("chosen.txt", "The text of Fenlantern\n"), "--handling", "restricted/"+x.chosen)
	o.do("add", "exhibit", o.file("stays.txt", "The text of Stonewhisper\n"), "--handling", "restricted")
	x.list = o.do("add", "source", "The list of the valley")
	o.do("import", o.file("list.csv", "given,family,sex,age,what,when,where,note\n"+
		"Quorvane,Tessolin,m,30,killed,2031-02-01,Karvel,one\nBrindlemoor,Oskarith,f,31,killed,2031-02-02,Karvel,two\nVexhallow,Undrel,m,32,killed,2031-02-03,Karvel,three\n"),
		"--mapping", o.file("mapping.json", listMapping), "--source", x.list)
	var records []struct {
		Leaf   string
		Record json.RawMessage
	}
	o.ask(&records, "show", "records")
	for _, r := range records {
		switch {
		case strings.Contains(string(r.Record), "Brindlemoor"):
			x.closed = r.Leaf
		case strings.Contains(string(r.Record), "Vexhallow"):
			o.do("hide", "thing", r.Leaf, "--reason", "Asked for by Ravenstoke")
		default:
			x.open = r.Leaf
		}
	}
	o.do("decide", "close", "record", x.closed, "--to", "restricted", "--reason", "Danger near Wychfold")
	x.goes = []string{"Openmarsh", "Chosenfen", "Larkhollow", "Fenlantern", "Quorvane", "Pellwick", "Middlecombe"}
	x.stays = []string{"Grimsedge", "Secretwold", "Harshgrove", "Vanishcombe", "Ravenstoke", "Stonewhisper", "Brindlemoor", "Oskarith", "Vexhallow", "Undrel", "Wychfold"}
	return x
}

// holds counts a word in all of a plain archive: in every file as it lies, in
// every object that it can open, and in every entry.
func holds(t *testing.T, o *office, word string) int {
	t.Helper()
	f := finder{t: t, look: needles(word), found: map[string]int{}}
	for _, folded := range []string{strings.ToLower(word), strings.ToUpper(word)} {
		f.look = append(f.look, needles(folded)...)
	}
	f.files(o.dir)
	o.open(func(ctx context.Context, c *store.Case) {
		for _, a := range vaultObjects(t, o) {
			object, err := c.ObjectKey(ctx, a)
			if err != nil {
				t.Fatalf("an object lies in the archive without its key: %v", err)
			}
			r, err := c.Vault().OpenChecked(ctx, object)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err := errors.Join(err, r.Close()); err != nil {
				t.Fatal(err)
			}
			f.in("object", text)
		}
		var size int64
		if err := c.Read(ctx, func(r store.Reader) error { size = r.Size(); return nil }); err != nil {
			t.Fatal(err)
		}
		for seq := range size {
			e, err := c.OpenEntry(ctx, seq)
			if err != nil {
				t.Fatal(err)
			}
			for _, field := range e.Kind.Fields {
				if !e.Erased() {
					f.in("entry", []byte(e.Get(field).Text()))
				}
			}
		}
	})
	return f.total()
}

// open opens the archive's case.
func (o *office) open(with func(context.Context, *store.Case)) {
	o.t.Helper()
	p, ctx := testProgram(), context.Background()
	a, err := store.Open(ctx, store.Config{Dir: o.dir, Now: p.now, Rand: p.rand})
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			o.t.Error(err)
		}
	}()
	c, err := a.Case(ctx, "main")
	if err != nil {
		o.t.Fatal(err)
	}
	with(ctx, c)
}

// TestTravelCopy: what was chosen is in the copy and can be worked with; of what
// stays no word is there, in any spelling; it verifies, and nothing can be
// recorded in it.
func TestTravelCopy(t *testing.T) {
	t.Parallel()
	x := newTravelled(t)
	for _, word := range append(append([]string{}, x.goes...), x.stays...) {
		if holds(t, x.office, word) == 0 {
			t.Fatalf("%s is not found at home; this test would say nothing", word)
		}
	}
	copied := &office{t: t, dir: x.dir + "-copy"}
	events := x.exports("travel")
	var made travelAnswer
	x.ask(&made, "travel", "--to", copied.dir, "--compartment", x.chosen, "--class", "confidential", "--plain")
	if got := x.exports("travel"); got != events+1 {
		t.Errorf("%d exports were noted, want 1", got-events)
	}
	if made.Entries == 0 || made.Rows == 0 || made.Objects == 0 || len(made.Compartments) != 1 {
		t.Errorf("the copy says of itself %+v", made)
	}
	for _, word := range x.goes {
		if holds(t, copied, word) == 0 {
			t.Errorf("%s was chosen, and is not in the copy", word)
		}
	}
	for _, word := range x.stays {
		if n := holds(t, copied, word); n > 0 {
			t.Errorf("%s stays at home, and is in the copy %d times", word, n)
		}
	}
	x.withoutKeys(copied)
	x.verifies(copied, made)
	x.refuses(copied)
	copied.do("rebuild")
	x.verifies(copied, made)
	copied.do("search", "Quorvane")
}

func (x *travelled) withoutKeys(copied *office) {
	x.t.Helper()
	copied.open(func(ctx context.Context, c *store.Case) {
		for leaf, want := range map[string]error{x.closed: fault.NotFound, x.open: nil} {
			l, err := journal.ParseLeaf(leaf)
			if err != nil {
				x.t.Fatal(err)
			}
			if _, err := c.RowKey(ctx, l); !errors.Is(err, want) {
				x.t.Errorf("the key of the record %s: %v, want %v", leaf, err, want)
			}
		}
	})
	var there []vault.Address
	there = append(there, vaultObjects(x.t, copied)...)
	if all := vaultObjects(x.t, x.office); len(there) == 0 || len(there) >= len(all) {
		x.t.Errorf("%d of %d objects are in the copy", len(there), len(all))
	}
}

// verifies: the log is the same, and the command says what this is.
func (x *travelled) verifies(copied *office, made travelAnswer) {
	x.t.Helper()
	out := func(o *office, args ...string) string {
		text, errs, code := o.run(args...)
		if code != 0 {
			x.t.Errorf("%v: exit %d\n%s%s", args, code, text, errs)
		}
		return text
	}
	text := out(copied, "verify")
	for _, says := range []string{"This is a travel copy", "Left at home", x.chosen, counted(made.Rows, "row", "rows")} {
		if !strings.Contains(text, says) {
			x.t.Errorf("verify does not say %q:\n%s", says, text)
		}
	}
	var here, there archiveAnswer
	x.ask(&here, "verify")
	copied.ask(&there, "verify")
	if here.Root != there.Root || here.Size != there.Size || here.Travel != nil || there.Travel == nil {
		x.t.Errorf("the log at home is %+v, in the copy %+v", here, there)
	}
}

func (x *travelled) refuses(copied *office) {
	x.t.Helper()
	key := copied.do("backup", "keygen", "--out", copied.dir+"-identity")
	for _, args := range [][]string{
		{"add", "source", "Another"}, {"add", "exhibit", copied.file("new.txt", "new")},
		{"import", copied.file("new.csv", list("n")), "--mapping", copied.file("mapping.json", listMapping), "--source", x.list},
		{"travel", "--to", copied.dir + "-again", "--plain"},
		{"backup", "--to", copied.dir + "-first", "--keys-to", copied.dir + "-second", "--recipient", key},
	} {
		out, errs, code := copied.run(args...)
		if code != fault.ExitConflict || !strings.Contains(errs, "travel copy") {
			x.t.Errorf("%v in a travel copy: exit %d, want %d\n%s%s", args, code, fault.ExitConflict, out, errs)
		}
	}
}

// TestTravelNoteChanged: the note of a travel copy cannot be changed, exchanged
// or taken away, nor can one be laid beside the case itself.
func TestTravelNoteChanged(t *testing.T) {
	t.Parallel()
	x := newTravelled(t)
	copied := &office{t: t, dir: x.dir + "-copy"}
	x.do("travel", "--to", copied.dir, "--plain")
	wider := &office{t: t, dir: x.dir + "-wider"}
	x.do("travel", "--to", wider.dir, "--class", "restricted", "--plain")
	name := filepath.Join("keys", "main", "travel")
	right, err := os.ReadFile(filepath.Join(copied.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(filepath.Join(wider.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	in := func(o *office, what string, text []byte) {
		t.Helper()
		path := filepath.Join(o.dir, name)
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if text != nil {
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if out, errs, code := o.run("verify"); code != fault.ExitTampered {
			t.Errorf("%s: exit %d, want %d\n%s%s", what, code, fault.ExitTampered, out, errs)
		}
	}
	in(copied, "changed", bytes.Replace(right, []byte("class internal"), []byte("class restricted"), 1))
	in(copied, "a line less", append(append([]byte{}, right[:bytes.Index(right, []byte("\nleaf "))]...), right[bytes.Index(right, []byte("\n\n")):]...))
	in(copied, "cut off", right[:len(right)/2])
	in(copied, "emptied", []byte{})
	in(copied, "of another copy", other)
	in(copied, "taken away", nil)
	in(x.office, "beside the case itself", right)
}

// TestTravelRefused: what is not accepted makes no folder, and what ends the
// making leaves none.
func TestTravelRefused(t *testing.T) {
	t.Parallel()
	x := newTravelled(t)
	x.do("member", "seat", "B. Reader", "--role", "reader")
	x.do("member", "seat", "C. Keeper", "--role", "custodian")
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "a"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "copy")
	before := x.exports("travel")
	for _, test := range []struct {
		what string
		args []string
		code int
	}{
		{"a reader", []string{"--actor", "B. Reader", "travel", "--to", to, "--plain"}, fault.ExitDenied},
		{"of no member", []string{"--actor", "C. Keeper", "travel", "--to", to, "--plain", "--compartment", x.chosen}, fault.ExitNotFound},
		{"no compartment", []string{"travel", "--to", to, "--plain", "--compartment", "k-0000000000000000"}, fault.ExitNotFound},
		{"no id", []string{"travel", "--to", to, "--plain", "--compartment", "marsh"}, fault.ExitInvalid},
		{"a folder that is full", []string{"travel", "--to", full, "--plain"}, fault.ExitConflict},
		{"within the archive", []string{"travel", "--to", x.dir + "/copy", "--plain"}, fault.ExitInvalid},
		{"nothing to lock it", []string{"travel", "--to", to}, fault.ExitInvalid},
		{"plain and locked", []string{"travel", "--to", to, "--plain", "--new-key-file", to + ".key"}, fault.ExitInvalid},
	} {
		if out, errs, code := x.run(test.args...); code != test.code {
			t.Errorf("%s: exit %d, want %d\n%s%s", test.what, code, test.code, out, errs)
		}
	}
	if n := x.exports("travel"); n != before {
		t.Errorf("%d exports were noted of what was refused", n-before)
	}
	for _, at := range []string{"travel.filled", "travel.made"} {
		ctx, stop := context.WithCancel(context.Background())
		p := testProgram()
		p.pause = func(point string) {
			if point == at {
				stop()
			}
		}
		if code := p.run(ctx, x.with([]string{"travel", "--to", to, "--plain"})); at == "travel.filled" && code != 130 {
			t.Errorf("stopped at %s: exit %d", at, code)
		}
		left, err := os.ReadDir(filepath.Dir(to))
		if err != nil {
			t.Fatal(err)
		}
		if at == "travel.filled" && len(left) > 0 {
			t.Errorf("stopped at %s, it left %v", at, left)
		}
		stop()
	}
}

// TestTravelCopyIsLocked: unless it is plain, the copy opens by its own way only.
func TestTravelCopyIsLocked(t *testing.T) {
	t.Parallel()
	x := newTravelled(t)
	copied := &office{t: t, dir: x.dir + "-copy"}
	x.do("travel", "--to", copied.dir, "--compartment", x.chosen, "--new-passphrase-file", x.file("new", "another passphrase of words\n"))
	if _, _, code := copied.run("show", "sources"); code != fault.ExitDenied {
		t.Errorf("without its passphrase: exit %d", code)
	}
	f := finder{t: t, found: map[string]int{}}
	for _, word := range append(x.goes, x.stays...) {
		f.look = append(f.look, needles(word)...)
	}
	if f.files(copied.dir); f.total() > 0 {
		t.Errorf("words lie in the locked copy: %v", f.found)
	}
	copied.globals = []string{"--passphrase-file", x.file("new", "another passphrase of words\n")}
	if out, _, _ := copied.run("show", "sources"); !strings.Contains(out, "Chosenfen") || strings.Contains(out, "Harshgrove") {
		t.Errorf("the sources of the copy:\n%s", out)
	}
	copied.do("verify")
}
