// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3/vfs"

	"recount/backup"
	"recount/fault"
	"recount/internal/durable/undo"
	"recount/internal/powercut"
)

// A backup is killed, or has no room. Whatever the moment: what the places hold
// can be restored, and is the state before or the state after; the next run
// goes on, and leaves nothing but what it names.

// safe is an archive and the places of its backup in one folder, so that all
// of it can be copied.
type safe struct {
	*office
	base, recipient string
	entries         [2]int64 // before the run, of the backup; after it
}

func (s *safe) place(name string) string { return filepath.Join(s.base, name) }

func (s *safe) args() []string {
	return []string{"backup", "--to", s.place("safe"), "--keys-to", s.place("keys"), "--recipient", s.recipient, "--keep-keys", "0"}
}

// newSafe is an archive that was backed up, and then worked on: an exhibit and
// a source came, and a witness was forgotten. first: it was not backed up yet.
func newSafe(t *testing.T, first bool) *safe {
	t.Helper()
	s := &safe{base: t.TempDir()}
	s.office = &office{t: t, dir: s.place("archive")}
	s.do("init", "--plain", "--actor", "A. Analyst", "--title", "A trial case")
	s.withList("one")
	s.recipient = s.do("backup", "keygen", "--out", s.place("identity"))
	if !first {
		s.do(s.args()...)
	}
	s.entries[0] = s.size()
	s.do("add", "exhibit", s.file("letter.txt", strings.Repeat("What was seen at the mill.\n", 9000)))
	s.do("add", "source", "A hospital's register")
	out, _, _ := s.run("show", "records", "--name", "Vella")
	person := regexp.MustCompile("p-[0-9a-f]{16}").FindString(out)
	var plan struct {
		SHA256   string `json:"plan_sha256"`
		Exhibits []struct{ Exhibit string }
	}
	s.ask(&plan, "erase", "plan", person)
	args := []string{"erase", "decide", person, "--ground", "Withdrawn", "--decider", "A. Analyst", "--decider", "B. Head", "--plan", plan.SHA256}
	for _, e := range plan.Exhibits {
		args = append(args, "--destroy", e.Exhibit)
	}
	s.do(args...)
	s.entries[1] = s.size()
	return s
}

// size is the number of entries in the journal.
func (s *safe) size() int64 {
	s.t.Helper()
	var c struct{ Entries int64 }
	s.ask(&c, "show", "case")
	return c.Entries
}

func (s *safe) copied(t *testing.T) *safe {
	t.Helper()
	c := *s
	c.base = t.TempDir()
	c.office = &office{t: t, dir: c.place("archive")}
	if err := os.CopyFS(c.base, os.DirFS(s.base)); err != nil {
		t.Fatal(err)
	}
	return &c
}

// restorable tries the backup and answers how many entries it has; -1 where no
// run has ended yet.
func (s *safe) restorable(say func(string, ...any)) int64 {
	s.t.Helper()
	if names, err := filepath.Glob(s.place("safe/cases/*/manifest")); err != nil || len(names) == 0 {
		return -1
	}
	out, errs, code := s.run("restore", "--check", "--from", s.place("safe"), "--keys", s.place("keys"), "--identity", s.place("identity"), "--into", s.base, "--json")
	var r backup.Restored
	if code != 0 || json.Unmarshal([]byte(out), &r) != nil || len(r.Cases) != 1 {
		say("it cannot be restored: exit %d\n%s%s", code, out, errs)
		return -1
	}
	return r.Cases[0].Entries
}

// stands: the backup is what it was or what it should become, and after another
// run it is the latter, and nothing else lies there.
func (s *safe) stands(first, ended bool, say func(string, ...any)) {
	s.t.Helper()
	before := s.entries[0]
	if first {
		before = -1
	}
	switch got := s.restorable(say); {
	case got != before && got != s.entries[1]:
		say("it has %d entries; %d or %d are right", got, before, s.entries[1])
	case ended && got != s.entries[1]:
		say("the run said that it was done, and there are %d entries", got)
	}
	if out, errs, code := s.run(s.args()...); code != 0 {
		say("run again: exit %d\n%s%s", code, out, errs)
		return
	}
	if got := s.restorable(say); got != s.entries[1] {
		say("run again, it has %d entries; %d are right", got, s.entries[1])
	}
	s.nothingElse(say)
}

// nothingElse: no file of an earlier state or of a run that was cut off is left
// in the two places.
func (s *safe) nothingElse(say func(string, ...any)) {
	s.t.Helper()
	kinds := map[string]int{}
	for _, place := range []string{"safe", "keys"} {
		err := filepath.WalkDir(s.place(place), func(name string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			if strings.HasSuffix(name, ".new") || strings.Contains(name, "/objects/tmp/") {
				say("%s is left", name)
			}
			for _, kind := range []string{"list.", "office.", "keys.2", "manifest"} {
				if strings.HasPrefix(entry.Name(), kind) {
					kinds[kind]++
				}
			}
			return nil
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	// Keys and manifest of the case, and of who looked at it.
	if len(kinds) != 4 || kinds["list."] != 1 || kinds["office."] != 1 || kinds["keys.2"] != 2 || kinds["manifest"] != 2 {
		say("files by kind: %v; one of each is right, and two keys and manifests", kinds)
	}
}

func TestKilledBackup(t *testing.T) {
	t.Parallel()
	needsKills(t)
	if testing.Short() {
		t.Skip("many processes are started and killed: not with -short")
	}
	n, _ := kills(t)
	for _, first := range []bool{true, false} {
		template := newSafe(t, first)
		passed := template.killed(t, first, powercut.Cut{})
		for _, point := range backup.Points() {
			if !slices.Contains(passed, point) {
				t.Errorf("the run does not pass %q but %q", point, passed)
			}
		}
		var cuts []powercut.Cut
		times := map[string]int{}
		for _, point := range passed {
			times[point]++
			cuts = append(cuts, powercut.Cut{At: "point " + point, Nth: times[point]})
		}
		random := mathrand.New(mathrand.NewPCG(7, 31))
		for range max(6, n/2-len(cuts)) {
			cuts = append(cuts, powercut.Cut{Nth: 1 + random.IntN(len(passed)), Delay: time.Duration(random.IntN(1500)) * time.Microsecond})
		}
		for i, cut := range cuts {
			if i%2 == 1 { // every other time a part of what was not synced is left
				cut.Seed = random.Uint64() | 1
			}
			template.killed(t, first, cut)
		}
	}
}

// killed runs a backup on a copy, kills it at the cut, looks, and answers the
// points that it passed.
func (s *safe) killed(t *testing.T, first bool, cut powercut.Cut) []string {
	t.Helper()
	c := s.copied(t)
	text, err := json.Marshal(job{Args: c.with(c.args())})
	if err != nil {
		t.Fatal(err)
	}
	life, err := powercut.Run(string(text), c.base+"-side", cut)
	if err != nil || !life.Killed && life.Code != 0 {
		t.Fatalf("%+v: exit %d, %v\n%s", cut, life.Code, err, life.Stderr)
	}
	c.stands(first, len(life.Answers) > 0, func(format string, args ...any) {
		t.Errorf("first %v, killed at %q (%+v): %s", first, life.Last, cut, fmt.Sprintf(format, args...))
	})
	return life.Points
}

// TestFullBackup: the run gets ever more room, until there is enough.
func TestFullBackup(t *testing.T) {
	t.Parallel()
	long(t)
	template := newSafe(t, false)
	refused := 0
	for room := int64(step); ; room += 2 * step {
		s := template.copied(t)
		errs, code := s.narrow(room)
		say := func(format string, args ...any) {
			t.Errorf("with %d bytes of room: %s", room, fmt.Sprintf(format, args...))
		}
		if code != fault.ExitOK {
			refused++
			if code != fault.ExitUnavail || !strings.Contains(errs, "no room left") && !strings.Contains(errs, "full") {
				say("exit %d, want %d and what is full\n%s", code, fault.ExitUnavail, errs)
			}
		}
		s.stands(false, code == fault.ExitOK, say)
		if code == fault.ExitOK {
			break
		}
		if room > enough {
			t.Fatalf("with %d bytes of room: exit %d\n%s", room, code, errs)
		}
	}
	if refused < 2 {
		t.Errorf("%d times without room; the room did not end within the work", refused)
	}
}

// narrow runs the backup with so many bytes of room.
func (s *safe) narrow(room int64) (stderr string, code int) {
	s.t.Helper()
	log, err := undo.Begin(s.base + "-side")
	if err != nil {
		s.t.Fatal(err)
	}
	log.Limit(room)
	var errs bytes.Buffer
	p := testProgram()
	p.stderr, p.files, p.vfs = &errs, log.Files(), "narrow-backup"
	vfs.Register(p.vfs, log.VFS())
	defer vfs.Unregister(p.vfs)
	code = p.run(context.Background(), s.with(s.args()))
	if err := log.Close(); err != nil {
		s.t.Fatal(err)
	}
	if err := os.RemoveAll(s.base + "-side"); err != nil {
		s.t.Fatal(err)
	}
	return errs.String(), code
}
