// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"strings"
	"testing"

	"recount/fault"
	"recount/journal"
	"recount/verify"
)

// TestVerifyNames: what is checked where nothing, an archive, a bundle or
// something else is named, and what is accepted is said.
func TestVerifyNames(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	empty := t.TempDir()
	elsewhere := &office{t: t, dir: empty}
	for _, test := range []struct {
		name string
		o    *office
		args []string
		code int
		says string
	}{
		{"nothing: the archive", o, []string{"verify"}, 0, "the tables are what the journal says"},
		{"its folder", o, []string{"verify", o.dir}, 0, "the tables are what the journal says"},
		{"nothing, and no archive", elsewhere, []string{"verify"}, fault.ExitInvalid, "accepted: recount verify BUNDLE"},
		{"a folder that is neither", o, []string{"verify", empty}, fault.ExitInvalid, "accepted: recount verify BUNDLE"},
		{"what is not there", o, []string{"verify", empty + "/no"}, fault.ExitNotFound, "there is no folder or zip file"},
		{"a key for an archive", o, []string{"verify", o.dir, "--vkey", "x"}, fault.ExitInvalid, "accepted is --against"},
	} {
		out, errs, code := test.o.run(test.args...)
		if code != test.code || !strings.Contains(out+errs, test.says) {
			t.Errorf("%s: exit %d, want %d with %q\n%s%s", test.name, code, test.code, test.says, out, errs)
		}
	}
}

// TestArchiveAgainst: an archive's own log has to lead to a checkpoint.
func TestArchiveAgainst(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.do("add", "source", "A list")
	kept, _, _ := o.run("show", "checkpoint")
	o.do("add", "source", "Another list")
	other := newOffice(t)
	other.do("add", "source", "A list")
	foreign, _, _ := other.run("show", "checkpoint")
	old, err := journal.ReadCheckpoint([]byte(kept))
	if err != nil {
		t.Fatal(err)
	}
	forged := old
	forged.Root[0] ^= 1
	for _, test := range []struct {
		name, checkpoint string
		code             int
		says             string
	}{
		{"of its own", kept, 0, "The log leads to the checkpoint"},
		{"of another case", foreign, fault.ExitInvalid, "accepted is one of this case"},
		{"that nobody signed", signedLike(kept, forged), fault.ExitInvalid, "has not signed"},
		{"that is none", "x", fault.ExitInvalid, "no checkpoint"},
	} {
		out, errs, code := o.run("verify", o.dir, "--against", o.file("kept", test.checkpoint))
		if code != test.code || !strings.Contains(out+errs, test.says) {
			t.Errorf("a checkpoint %s: exit %d, want %d with %q\n%s%s", test.name, code, test.code, test.says, out, errs)
		}
	}
	// A copy of the archive that goes its own way has another history.
	twin := &office{t: t, dir: t.TempDir() + "/twin"}
	if err := os.CopyFS(twin.dir, os.DirFS(o.dir)); err != nil {
		t.Fatal(err)
	}
	twin.do("add", "source", "A third list")
	o.do("add", "source", "One more list")
	two, _, _ := twin.run("show", "checkpoint")
	if out, errs, code := o.run("verify", "--against", o.file("two", two)); code != fault.ExitTampered || !strings.Contains(errs, "two histories") {
		t.Errorf("a checkpoint of another history: exit %d\n%s%s", code, out, errs)
	}
	twin.do("add", "source", "A fourth list")
	longer, _, _ := twin.run("show", "checkpoint")
	if out, errs, code := o.run("verify", "--against", o.file("longer", longer)); code != fault.ExitTampered || !strings.Contains(errs, "cut short") {
		t.Errorf("a checkpoint of a longer log: exit %d\n%s%s", code, out, errs)
	}
}

// TestConsistencyShown: a bundle that is older than a checkpoint is compared
// by the proof that the archive prints.
func TestConsistencyShown(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	_, _, bundle := o.erasable()
	first, err := os.ReadFile(bundle + "/proof/checkpoint")
	if err != nil {
		t.Fatal(err)
	}
	o.do("add", "source", "A later list")
	newer, _, _ := o.run("show", "checkpoint")
	size := func(text string) string { return strings.Split(text, "\n")[1] }
	keys := []string{"verify", bundle, "--against", o.file("newer", newer)}
	for _, name := range []string{"log", "seal"} {
		key, err := os.ReadFile(bundle + "/proof/" + name + ".vkey")
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, "--vkey", strings.TrimSpace(string(key)))
	}
	if out, errs, code := o.run(keys...); code != verify.ExitUndecided || !strings.Contains(out, "younger than the bundle") {
		t.Errorf("without a proof: exit %d, want %d\n%s%s", code, verify.ExitUndecided, out, errs)
	}
	proof, errs, code := o.run("show", "consistency", size(string(first)), size(newer))
	if code != 0 {
		t.Fatalf("show consistency: exit %d %s", code, errs)
	}
	if out, errs, code := o.run(append(keys, "--consistency", o.file("proof", proof))...); code != verify.ExitHolds {
		t.Errorf("with the proof: exit %d\n%s%s", code, out, errs)
	}
	for _, args := range [][]string{{"consistency"}, {"consistency", "3"}, {"consistency", "3", "2"}, {"consistency", "x", "2"}, {"case", "1", "2"}} {
		if _, errs, code := o.run(append([]string{"show"}, args...)...); code != fault.ExitInvalid || !strings.Contains(errs, "accepted") {
			t.Errorf("show %v: exit %d %s", args, code, errs)
		}
	}
	if _, _, code := o.run("show", "consistency", "1", "1000"); code != fault.ExitNotFound {
		t.Errorf("a proof beyond the end: exit %d", code)
	}
}
