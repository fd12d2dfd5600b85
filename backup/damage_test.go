// SPDX-License-Identifier: Apache-2.0

package backup_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"recount/backup"
	"recount/fault"
)

// TestDamageIsNamed cuts, lengthens, changes, empties, removes and exchanges
// every file of a backup of two runs. Nothing of it can be restored then, and
// the message names the file.
func TestDamageIsNamed(t *testing.T) {
	t.Parallel()
	g := newGround(t, "")
	g.people("Ani Sor", "Ben Sor")
	g.keep("a letter")
	g.backUp()
	earlier := t.TempDir()
	g.check(os.CopyFS(earlier, os.DirFS(g.dir))) // to exchange files with
	g.keep("another letter")
	signed, err := g.c.Checkpoint(g.ctx, 4)
	g.check(err)
	g.check(g.c.Publish(g.ctx, signed))
	g.backUp()
	tried := map[string]int{}
	for _, place := range []string{"backup", "keys"} {
		for name, data := range g.files(g.path(place)) {
			kind := kindOf(name)
			if place == "keys" && kind == "keys" && !g.named(filepath.Base(name)) {
				continue // of the earlier run
			}
			tried[kind]++
			whole := g.path(place) + name
			for what, damaged := range damages(data) {
				g.damaged(whole, what, []byte(damaged), kind)
			}
			if old, err := os.ReadFile(filepath.Join(earlier, place, name)); err == nil && string(old) != data {
				g.damaged(whole, "of the earlier run", old, kind)
			}
			g.damaged(whole, "removed", nil, kind)
		}
	}
	g.equal("kinds of files", tried, map[string]int{"mark": 2, "manifest": 1, "list": 1, "journal": 2, "objects": 3, "office": 1, "keys": 1, "published": 1})
	g.exchanged("journal", g.path("backup/cases/*/journal/*"))
	g.exchanged("objects", g.path("backup/cases/*/objects/*/*/*"))
	g.restore("in the end")
}

// kindOf is what a file is, by its name.
func kindOf(name string) string {
	for _, part := range []string{"/journal/", "/objects/", "/list.", "/manifest", "/office.", "/keys.", "/published"} {
		if strings.Contains(name, part) {
			return strings.Trim(part, "/.")
		}
	}
	return "mark"
}

// named tells whether the manifest names a file of keys.
func (g *ground) named(keys string) bool {
	s, err := backup.Look(nil, g.options.To, "", 0)
	g.check(err)
	return s.Cases[0].Keys == keys
}

func damages(data string) map[string]string {
	changed := func(i int) string { return data[:i] + string([]byte{data[i] ^ 1}) + data[i+1:] }
	return map[string]string{
		"cut off": data[:len(data)-1], "lengthened": data + "\n", "emptied": "", "halved": data[:len(data)/2],
		"changed in its beginning": changed(0), "changed in the middle": changed(len(data) / 2), "changed at its end": changed(len(data) - 1),
	}
}

// damaged puts other bytes in a file's place, none for its removal, tries to
// restore, and puts the right ones back.
func (g *ground) damaged(name, what string, bytes []byte, kind string) {
	g.t.Helper()
	if kind == "published" && bytes == nil {
		return // then the keys say what was published
	}
	right, err := os.ReadFile(name)
	g.check(err)
	g.check(os.Remove(name))
	if bytes != nil {
		g.check(os.WriteFile(name, bytes, 0o600))
	}
	_, err = backup.Restore(g.ctx, g.restoring("restored"))
	want := fault.Tampered
	switch {
	case kind == "mark" && bytes == nil, kind == "keys" && bytes == nil:
		want = fault.NotFound
	case kind == "mark":
		want = fault.Invalid
	}
	named := filepath.Base(name)
	if kind == "manifest" && what == "of the earlier run" {
		named = "list.1" // the manifest itself is whole, what it names is gone
	}
	if !errors.Is(err, want) || kind != "mark" && !strings.Contains(err.Error(), named) {
		g.t.Errorf("%s %s: %v; %v, with the file named, is right", filepath.Base(name), what, err, want)
	}
	if left, err := filepath.Glob(g.path("restored*")); err != nil || len(left) > 0 {
		g.t.Fatalf("%s %s: left behind: %v, %v", name, what, left, err)
	}
	_ = os.Remove(name) // removed already, or the wrong one
	g.check(os.WriteFile(name, right, 0o600))
}

// exchanged gives two files each other's bytes.
func (g *ground) exchanged(what, pattern string) {
	g.t.Helper()
	names, err := filepath.Glob(pattern)
	g.check(err)
	if len(names) < 2 {
		g.t.Fatalf("%d files of %s", len(names), what)
	}
	swap := func() {
		g.check(os.Rename(names[0], names[0]+"-"))
		g.check(os.Rename(names[1], names[0]))
		g.check(os.Rename(names[0]+"-", names[1]))
	}
	swap()
	if _, err := backup.Restore(g.ctx, g.restoring("restored")); !errors.Is(err, fault.Tampered) {
		g.t.Errorf("%s exchanged: %v", what, err)
	}
	swap()
}

// TestDamageIsRepaired: the next run writes anew what is missing or cut off,
// and refuses to go on where the manifest or the list was changed.
func TestDamageIsRepaired(t *testing.T) {
	t.Parallel()
	g := newGround(t, "")
	letter := g.keep("a letter")
	g.backUp()
	for _, pattern := range []string{"backup/cases/*/journal/*", "backup/cases/*/objects/*/*/*", "keys/*/keys.*"} {
		for _, cut := range []bool{true, false} {
			names, err := filepath.Glob(g.path(pattern))
			g.check(err)
			if len(names) == 0 {
				t.Fatalf("no file %s", pattern)
			}
			name := names[len(names)-1]
			g.check(os.Chmod(name, 0o600))
			if cut {
				g.check(os.Truncate(name, 10))
			} else {
				g.check(os.Remove(name))
			}
			g.backUp()
			r, c := g.restore("restored")
			g.same(c, letter)
			g.check(os.RemoveAll(r.Into))
		}
	}
	for _, pattern := range []string{"backup/cases/*/manifest", "backup/cases/*/list.*"} {
		names, err := filepath.Glob(g.path(pattern))
		g.check(err)
		right, err := os.ReadFile(names[0])
		g.check(err)
		g.check(os.WriteFile(names[0], []byte(strings.Replace(string(right), "0", "1", 1)), 0o600))
		if _, err := backup.Run(g.ctx, g.a, g.options); !errors.Is(err, fault.Tampered) || !strings.Contains(err.Error(), names[0]) {
			t.Errorf("%s changed: %v; fault.Tampered is right", names[0], err)
		}
		g.check(os.WriteFile(names[0], right, 0o600))
	}
	g.backUp()
}
