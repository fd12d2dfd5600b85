// SPDX-License-Identifier: Apache-2.0

package linkage

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/journal"
	"recount/register"
)

func TestParseRules(t *testing.T) {
	t.Parallel()
	got, err := ParseRules([]byte("\ufeff{\"rules\": [\n {\"name\": \"Name und Tag\", \"agree\": [\"name\", \"date\"], \"unique\": true, \"unless\": [\"sex\"]}\n]}"))
	want := Rules{WithinSource: "never", Rules: []Rule{{Name: "Name und Tag", Agree: []string{"name", "date"}, Unique: true, Unless: []string{"sex"}}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	again, err := ParseRules(DefaultRules().JSON())
	if diff := cmp.Diff(DefaultRules(), again); diff != "" || err != nil {
		t.Errorf("the default rules, written and read: %v\n%s", err, diff)
	}
	if s := DefaultRules().SHA256(); len(s) != 64 {
		t.Errorf("SHA-256 %q", s)
	}
}

func TestParseRulesSaysWhere(t *testing.T) {
	t.Parallel()
	const ok = `{"name": "n", "agree": ["name"]}`
	for _, c := range []struct{ text, says string }{
		{``, "line 1, column 1: the text ends"},
		{`[]`, "line 1, column 1: a set of rules: accepted is an object"},
		{`{"rule": []}`, `line 1, column 2: "rule" is no key of a set of rules: accepted are rules, within_source`},
		{"{\n  \"rules\": [" + ok + "],\n  \"within\": \"never\"}", `line 3, column 3: "within" is no key`},
		{"{\"rules\": [\n {\"name\": \"ə\", \"agre\": []}]}", `line 2, column 16: "agre" is no key of a rule: accepted are name, agree, unique, unless`},
		{"{\"rules\": [\n {\"name\": \"n\",\n  \"agree\": [\"name\", \"dat\"]}]}", `line 3, column 21: agree: "dat" is no field: accepted are name, date, end, place, age, birth, sex`},
		{`{"rules": [{"name": "n", "agree": ["name"], "unless": ["Sex"]}]}`, `unless: "Sex" is no field`},
		{`{"rules": [{"name": "n", "agree": ["date"]}]}`, `line 1, column 12: agree: "name" is missing`},
		{`{"rules": [{"name": "n", "agree": ["name", "name"]}]}`, `"name" stands twice`},
		{`{"rules": [{"name": "n", "agree": ["name", "sex"], "unless": ["sex"]}]}`, `"sex" stands in agree as well`},
		{`{"rules": [{"name": "", "agree": ["name"]}]}`, `name "": accepted is a text`},
		{`{"rules": [{"name": "n", "name": "m", "agree": ["name"]}]}`, `line 1, column 26: the key "name" stands twice`},
		{`{"rules": [{"name": "n", "agree": "name"}]}`, `column 35: agree: accepted is a list`},
		{`{"rules": [{"name": 3, "agree": ["name"]}]}`, `column 21: name: accepted is a text`},
		{`{"rules": [{"name": "n", "agree": ["name"], "unique": "yes"}]}`, `unique: accepted are true and false`},
		{`{"rules": [` + ok + `, ` + ok + `]}`, `rule 2: the name "n" stands twice`},
		{`{"rules": []}`, `0 rules: accepted are 1 to 50`},
		{`{"rules": [` + ok + `], "within_source": "maybe"}`, `within_source "maybe": accepted are "never"`},
		{`{"rules": [` + ok + `]} {}`, `something follows the rules`},
		{`{"rules": [` + ok, `the text ends before the rules do`},
		{`{"rules": [` + ok + `,]}`, `this is no JSON`},
		{"{\"rules\": [" + ok + "]\n}\xff", `no UTF-8`},
		{strings.Repeat(" ", 70_000), "at most 65535"},
	} {
		_, err := ParseRules([]byte(c.text))
		if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.80s\n got %v\nwant %s", c.text, err, c.says)
		}
	}
}

// FuzzParseRules: what is accepted is written and read again to the same rules.
func FuzzParseRules(f *testing.F) {
	f.Add(string(DefaultRules().JSON()))
	f.Add(`{"rules": [{"name": "n", "agree": ["name"]}], "within_source": "allowed"}`)
	f.Add(`{"rules": [{"name": 3`)
	f.Add("[[[[[[[[")
	f.Fuzz(func(t *testing.T, text string) {
		rules, err := ParseRules([]byte(text))
		if err != nil {
			if !errors.Is(err, fault.Invalid) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		again, err := ParseRules(rules.JSON())
		if err != nil || again.SHA256() != rules.SHA256() {
			t.Fatalf("%v: %s and %s", err, rules.JSON(), again.JSON())
		}
	})
}

const anID = "-0123456789abcdef"

func entryOf(t *testing.T, d journal.Draft) journal.Entry {
	t.Helper()
	k, values, err := d.Values(7, time.Date(2031, 4, 5, 6, 7, 8, 0, time.UTC), "registrar")
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range k.Fields[6:] {
		if _, ok := d.Fields[field]; !ok {
			t.Errorf("%s: the draft forgets %s", k.Name, field)
		}
	}
	return journal.Entry{Header: journal.Header{Seq: 7}, Kind: k, Values: values}
}

func TestEntries(t *testing.T) {
	t.Parallel()
	linked := Linked{
		Base: 41, Rules: string(DefaultRules().JSON()), RulesSHA256: DefaultRules().SHA256(),
		RowFile: register.RowFile{Batch: "b" + anID, N: 3, Root: "ro", Object: "ob"}, Moved: 3, Persons: 9,
	}
	if got, err := LinkedFrom(entryOf(t, linked.Draft("r", "duty", "internal"))); err != nil || got != linked {
		t.Errorf("%+v, %v", got, err)
	}
	merged := Merged{Into: "p" + anID, From: "p-f123456789abcdef", Records: []journal.Leaf{{1}, {2}}}
	if got, err := MergedFrom(entryOf(t, merged.Draft("r", "duty", "internal"))); err != nil || !cmp.Equal(got, merged) {
		t.Errorf("%+v, %v", got, err)
	}
	split := Split{Person: "p" + anID, Into: "p-f123456789abcdef", Records: []journal.Leaf{{3}}}
	if got, err := SplitFrom(entryOf(t, split.Draft("r", "duty", "internal"))); err != nil || !cmp.Equal(got, split) {
		t.Errorf("%+v, %v", got, err)
	}
	two := Distinguished{One: "p" + anID, Other: "p-f123456789abcdef"}
	if got, err := DistinguishedFrom(entryOf(t, two.Draft("r", "duty", "internal"))); err != nil || got != two {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := SplitFrom(entryOf(t, merged.Draft("r", "duty", "internal"))); !errors.Is(err, fault.Invalid) {
		t.Errorf("a merge read as a split: %v", err)
	}
	for _, bad := range []interface{ Check() error }{
		Distinguished{One: two.One, Other: two.One}, Distinguished{One: "x", Other: two.One},
		Merged{Into: two.One, From: two.Other}, Split{Person: two.One, Into: two.Other, Records: []journal.Leaf{{1}, {1}}},
		Split{Person: two.One, Into: two.Other, Records: make([]journal.Leaf, 2_000)},
	} {
		if err := bad.Check(); !errors.Is(err, fault.Invalid) {
			t.Errorf("%T: %v", bad, err)
		}
	}
	for _, good := range []interface{ Check() error }{two, merged, split} {
		if err := good.Check(); err != nil {
			t.Errorf("%T: %v", good, err)
		}
	}
}

// TestHandFits: as many records as Check lets pass fit in a field.
func TestHandFits(t *testing.T) {
	t.Parallel()
	x := Merged{Into: "p" + anID, From: "p-f123456789abcdef"}
	for i := range maxByHand {
		x.Records = append(x.Records, journal.Leaf{byte(i), byte(i >> 8)})
	}
	if err := x.Check(); err != nil {
		t.Fatal(err)
	}
	entryOf(t, x.Draft("r", "duty", "internal"))
}

func TestMoveValues(t *testing.T) {
	t.Parallel()
	m := Move{Record: journal.Leaf{1, 2}, Person: "p" + anID, Why: "name and date: agrees with record x"}
	got, err := MoveFrom(m.Values())
	if err != nil || got != m {
		t.Errorf("%+v, %v", got, err)
	}
	k, ok := journal.KindNamed("member@1")
	if !ok || len(k.Fields) != len(m.Values()) {
		t.Errorf("member@1 has the fields %v", k.Fields)
	}
	if _, err := MoveFrom(nil); !errors.Is(err, fault.Invalid) {
		t.Errorf("no fields: %v", err)
	}
	if _, err := MoveFrom([]journal.Value{journal.Text("x"), "", ""}); err == nil {
		t.Error("a leaf of one letter was read")
	}
}
