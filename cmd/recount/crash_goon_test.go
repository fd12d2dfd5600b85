// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"recount/intake"
	"recount/internal/powercut"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// longRows is how many rows the list has that is cut off: two marks lie in it and
// one at its end.
const longRows = 4500

// longList has rows that are refused, rows with a doubt and rows that are the same.
func longList() string {
	var b strings.Builder
	b.WriteString("given,family,sex,age,what,when,where,note\n")
	for i := range longRows {
		sex, age, note := []string{"m", "f"}[i%2], fmt.Sprint(i%90), fmt.Sprint("row ", i/3)
		if i%701 == 700 {
			sex = "unheard of"
		}
		if i%467 == 466 {
			age = "about thirty or so"
		}
		fmt.Fprintf(&b, "Ada%d,Vell%d,%s,%s,killed,2031-02-%02d,\"Karvel, Tarn\",%s\n", i/3%50, i/3%7, sex, age, 1+i/3%27, note)
	}
	return b.String()
}

// longImport is an office with a source, and the command that imports the list.
func longImport(o *office) (args []string) {
	source := o.do("add", "source", "The valley's list")
	return []string{"import", o.file("long.csv", longList()), "--mapping", o.file("mapping.json", listMapping), "--source", source, "--accept-refused"}
}

// TestCutOffImport kills an import of some thousand rows at each of its points and
// runs it again: the case is what it is after an import that nobody has disturbed,
// and so is the receipt.
func TestCutOffImport(t *testing.T) {
	needsKills(t)
	if testing.Short() {
		t.Skip("many processes are started and killed: not with -short")
	}
	for _, encrypted := range []bool{false, true} {
		t.Run(map[bool]string{false: "plain", true: "encrypted"}[encrypted], func(t *testing.T) {
			t.Parallel()
			template := newOffice(t)
			if encrypted {
				template = &office{t: t, dir: filepath.Join(t.TempDir(), "archive"), globals: []string{"--key-file", filepath.Join(t.TempDir(), "key")}}
				template.do("init", "--actor", "A. Analyst", "--title", "A trial case")
			}
			args := longImport(template)
			k := &killing{t: t, title: "a long import", template: template, args: args, stageRows: 1500}
			cutOffEverywhere(k, encrypted)
		})
	}
}

func cutOffEverywhere(k *killing, encrypted bool) {
	t := k.t
	undisturbed := k.copied()
	life := k.run(undisturbed, k.args, powercut.Cut{})
	if life.Code != 0 || life.Killed {
		t.Fatalf("undisturbed: exit %d\n%s", life.Code, life.Stderr)
	}
	want := caseContent(undisturbed)
	receipt := receiptOf(k.copied(), k.args)
	times, wentOn := map[string]int{}, map[string]int{}
	for i, point := range life.Points {
		times[point]++
		o := k.copied()
		cut := powercut.Cut{At: "point " + point, Nth: times[point]}
		if i%2 == 1 {
			cut.Seed = uint64(i)
		}
		what := fmt.Sprintf("killed at %s, the %d. time", point, times[point])
		if killed := k.run(o, k.args, cut); !killed.Killed {
			t.Fatalf("%s: it ended with %d", what, killed.Code)
		}
		out, errs, code := o.run(append(k.args, "--json")...)
		if code != 0 {
			t.Errorf("%s: run again: exit %d\n%s", what, code, errs)
			continue
		}
		if strings.Contains(errs, "going on behind") {
			wentOn[point]++
		}
		var got intake.Receipt
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err)
		}
		if recorded := point == "after" && !slices.Contains(life.Points[i+1:], "after"); got.Unchanged != recorded {
			t.Errorf("%s: run again it says that nothing changed: %t; its entry was there: %t", what, got.Unchanged, recorded)
		}
		if !got.Unchanged {
			if said := comparable(got); said != receipt {
				t.Errorf("%s: the receipt is\n%s\nnot\n%s", what, said, receipt)
			}
		}
		if content := caseContent(o); !slices.Equal(content, want) {
			t.Errorf("%s: the case has %d lines that are not those of an undisturbed import, which has %d", what, len(content), len(want))
		}
		if encrypted {
			continue // its tables are looked into by nobody else
		}
		id := caseOf(o)
		left, err := powercut.Leftovers(t.Context(), o.dir, id, "")
		if kept, err := powercut.Kept(t.Context(), o.dir, id, ""); err != nil || len(kept) != 0 {
			t.Errorf("%s: afterwards is kept %q, %v", what, kept, err)
		}
		if err != nil || len(left) != 0 {
			t.Errorf("%s: left over: %q, %v", what, left, err)
		}
		k.clear(o)
	}
	for _, point := range []string{"marked", "staging", "staged.rows", "staged.object", "staged"} {
		if wentOn[point] == 0 || wentOn[point] < times[point] {
			t.Errorf("of %d imports that were cut off at %s, %d were gone on with", times[point], point, wentOn[point])
		}
	}
	fmt.Printf("a long import: %d kills, gone on with: %v\n", len(life.Points), slices.Sorted(maps.Keys(wentOn)))
}

// caseOf is the id of the only case.
func caseOf(o *office) string {
	o.t.Helper()
	entries, err := os.ReadDir(filepath.Join(o.dir, "cases"))
	if err != nil || len(entries) != 1 {
		o.t.Fatalf("%d cases, %v", len(entries), err)
	}
	return entries[0].Name()
}

// copied is the archive before the import, once more.
func (k *killing) copied() *office {
	k.t.Helper()
	o, _, _ := k.ready(scene{})
	o.globals = k.template.globals
	return o
}

// receiptOf runs the command undisturbed and answers what its receipt says.
func receiptOf(o *office, args []string) string {
	var r intake.Receipt
	o.ask(&r, args...)
	return comparable(r)
}

// comparable is a receipt without what is drawn anew for each archive.
func comparable(r intake.Receipt) string {
	r.Batch, r.RowFile, r.Root, r.Exhibit, r.Seq = "", "", "", "", 0
	text, err := json.Marshal(r)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// caseContent is what the case says, line by line, without what is drawn.
func caseContent(o *office) (lines []string) {
	o.t.Helper()
	a := o.opened()
	defer func() { _ = a.Close() }()
	ids, err := a.Cases(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	c, err := a.Case(o.t.Context(), ids[0])
	if err == nil {
		err = c.Verify(o.t.Context())
	}
	if err != nil {
		o.t.Fatal(err)
	}
	err = c.Read(o.t.Context(), func(r store.Reader) error {
		imports, err := r.Imports(o.t.Context(), store.ImportFilter{})
		for _, i := range imports {
			if err == nil {
				lines, err = contentOf(o, r, i.Import, lines)
			}
		}
		lines = append(lines, fmt.Sprintf("%d entries, %d imports", r.Size(), len(imports)))
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}

func contentOf(o *office, r store.Reader, i register.Import, lines []string) ([]string, error) {
	var leaves []journal.Leaf
	err := r.AsItStood(o.t.Context(), i.Batch, func(s register.Stood) error { leaves = append(leaves, s.Record); return nil })
	for _, leaf := range leaves {
		if err != nil {
			return lines, err
		}
		var x store.Record
		if x, err = r.Record(o.t.Context(), leaf); err != nil {
			return lines, err
		}
		said := x.Said
		said.Person, said.Exhibit = "", ""
		line := fmt.Sprint(said.Values())
		for _, h := range x.Harms {
			h.Said.Record = journal.Leaf{}
			line += fmt.Sprint(h.Said.Values())
		}
		lines = append(lines, line)
	}
	return append(lines, fmt.Sprint(i.N, i.Rows, i.Records, i.Refused, i.Doubtful)), err
}
