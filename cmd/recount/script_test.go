// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs testdata/*.txtar, which read as a manual of the commands:
// each is one walk with its files below. Beside testscript's own commands they
// have
//
//	exits CODE recount …   runs it, and holds it to its exit code
//	keep NAME [PATTERN]    keeps the one line that it printed as $NAME, or the
//	                       first text in it that fits the regular expression
//	fill FILE              puts such names into a file of the script
//	says SHEET SHEET       holds that two worksheets say the same of people
//	packs ZIP FILE …       puts files of the script into a ZIP
//	isjson                 holds that it printed one JSON value and nothing else
//	serves NAME recount …  starts it, waits for the link that it prints, and keeps that as $NAME; it is stopped at the
//	                       end of the script, or by
//	stops                  which holds that it ends well
//	visit URL [FORM]       looks at a page with this script's browser, or sends it a form (a=b&c=d), follows where it
//	                       leads, and prints the page; a path alone is one of the server that was visited last
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata", RequireExplicitExec: false, RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("RECOUNT_ARCHIVE", "archive")
			e.Setenv("RECOUNT_ACTOR", "A. Analyst")
			e.Setenv("RECOUNT_KEY_FILE", filepath.Join(e.WorkDir, ".key")) // encrypted, and nobody is asked
			e.Values[visitor{}] = newVisitor()
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": scriptExits, "keep": scriptKeep, "fill": scriptFill, "isjson": scriptIsJSON, "says": scriptSays, "packs": scriptPacks,
			"serves": scriptServes, "stops": scriptStops, "visit": scriptVisit,
		},
	})
}

func scriptExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND …")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := err.(*exec.ExitError)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func scriptKeep(ts *testscript.TestScript, neg bool, args []string) {
	printed := strings.TrimSpace(ts.ReadFile("stdout"))
	if neg || len(args) == 0 || len(args) > 2 {
		ts.Fatalf("usage: keep NAME [PATTERN]")
	}
	kept := printed
	if len(args) == 2 {
		kept = regexp.MustCompile(args[1]).FindString(printed)
	}
	if kept == "" || strings.Contains(kept, "\n") {
		ts.Fatalf("nothing to keep, or more than one line, in %q", printed)
	}
	ts.Setenv(args[0], kept)
}

func scriptFill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: fill FILE")
	}
	text := os.Expand(ts.ReadFile(args[0]), ts.Getenv)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// scriptSays compares what two worksheets say of people, whoever says it: without
// the ids of one case, in whatever order, each thing once.
func scriptSays(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: says WORKSHEET WORKSHEET")
	}
	said := [2]map[string]bool{{}, {}}
	for i, file := range args {
		rows, err := csv.NewReader(strings.NewReader(ts.ReadFile(file))).ReadAll()
		ts.Check(err)
		for _, row := range rows {
			said[i][strings.Join(row[slices.Index(rows[0], "name"):], "|")] = true
		}
	}
	if diff := cmp.Diff(said[0], said[1]); diff != "" || len(said[0]) < 2 {
		ts.Fatalf("- %s + %s\n%s", args[0], args[1], diff)
	}
}

func scriptPacks(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: packs ZIP FILE …")
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, file := range args[1:] {
		w, err := z.Create(file)
		ts.Check(err)
		_, err = w.Write([]byte(ts.ReadFile(file)))
		ts.Check(err)
	}
	ts.Check(z.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}

func scriptIsJSON(ts *testscript.TestScript, neg bool, _ []string) {
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	var v any
	if err := dec.Decode(&v); neg || err != nil {
		ts.Fatalf("standard output is no JSON: %v", err)
	}
	if err := dec.Decode(&v); err != io.EOF {
		ts.Fatalf("more than one JSON value on standard output")
	}
}
