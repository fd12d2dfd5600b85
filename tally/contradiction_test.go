// SPDX-License-Identifier: Apache-2.0

package tally

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/register"
)

// TestContradictions: each kind alone, and what looks like one and is none.
func TestContradictions(t *testing.T) {
	t.Parallel()
	k := caseOf(t,
		"p1 s-a | - yes no - | killed - -",                        // flag-age
		"p2 s-a | - yes - - | killed - -", "p2 s-b | - no - - | ", // child-flag
		"p3 s-a | female - - - | killed - -", "p3 s-b | male - - - | ", // sex
		"p4 s-a | - - - - | killed - -", "p4 s-b | - - - - | ", // age
		"p5 s-a | - - - - | killed - -", "p5 s-b | - - - - | ", // birth
		"p6 s-a | - - - - | killed - - 2010-02-25", "p6 s-b | - - - - | died-in-custody - - 2010-03", // fatal-date
		"p7 s-a | - - - - | killed - mill", "p7 s-b | - - - - | killed - gate", // fatal-place
		"p8 s-a | female yes yes - | killed - mill 2010-02", "p8 s-b | female yes - - | killed - mill 2010-02-25; injured - gate 2009",
		"p9 s-a | - - - - | killed - mill 2010; !killed - gate 2011; killed - - -", // one excluded
	)
	k.records[5].AgeLow, k.records[5].AgeHigh = months(20)
	k.records[6].AgeLow, k.records[6].AgeHigh = months(22)
	k.records[7].Birth, k.records[8].Birth = "1980", "1981-01"
	k.records[13].AgeLow, k.records[13].AgeHigh = months(10)
	k.records[14].AgeLow, k.records[14].AgeHigh = register.Exactly(131), register.Exactly(140)
	k.records[13].Birth, k.records[14].Birth = "2000", "2000-05"
	c := load(t, k)
	for kind, person := range map[Kind]string{
		FlagAge: "p1", ChildFlag: "p2", Sex: "p3", Age: "p4", Birth: "p5", FatalDate: "p6", FatalPlace: "p7",
	} {
		got, err := c.Contradictions(kind, 0, 10)
		if err != nil || len(got) != 1 || got[0].Person != person || got[0].Kind != kind {
			t.Errorf("%s: %v, %v, want %s", kind, got, err, person)
		}
		if kind.Label() == string(kind) {
			t.Errorf("%s has no label", kind)
		}
	}
	var want []KindCount
	for _, kind := range Kinds() {
		want = append(want, KindCount{kind, 1})
	}
	if diff := cmp.Diff(want, c.CountContradictions()); diff != "" {
		t.Error(diff)
	}
	got, err := c.Contradictions(FatalDate, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	statements := []Statement{{leaf(10), "s-a", "2010-02-25"}, {leaf(11), "s-b", "2010-03"}}
	if diff := cmp.Diff(statements, got[0].Statements); diff != "" {
		t.Error(diff)
	}
}

func TestContradictionSays(t *testing.T) {
	t.Parallel()
	k := caseOf(t, "p1 s-a | female yes no - | killed - mill", "p1 s-b | male no - - | suicide - gate")
	k.records[0].AgeLow, k.records[0].AgeHigh = months(20)
	k.records[1].AgeLow, k.records[1].AgeHigh = months(30)
	k.records[0].Birth, k.records[1].Birth = "1980", "1990-05"
	c := load(t, k)
	for kind, want := range map[Kind][]string{
		FlagAge: {"child: yes; by age: no"}, ChildFlag: {"yes", "no"}, Sex: {"female", "male"},
		Age: {"240 to 251 months", "360 to 371 months"}, Birth: {"1980", "1990-05"}, FatalPlace: {"mill", "gate"},
	} {
		list, err := c.Contradictions(kind, 0, 10)
		if err != nil || len(list) != 1 {
			t.Errorf("%s: %v, %v", kind, list, err)
			continue
		}
		var got []string
		for _, s := range list[0].Statements {
			got = append(got, s.Says)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
}

// TestOneRecordTwoDeaths: I-02 holds within a record as well.
func TestOneRecordTwoDeaths(t *testing.T) {
	t.Parallel()
	c := load(t, caseOf(t, "p1 s-a | - - - - | killed - mill 2010-01; died-in-custody - mill 2010-02"))
	if diff := cmp.Diff([]KindCount{{FatalDate, 1}}, c.CountContradictions()); diff != "" {
		t.Error(diff)
	}
	if a := answer(t, c, killed()); a.Total.In != 1 {
		t.Errorf("one person is counted as %+v", a.Total)
	}
}

// TestContradictionsOfAnAnswer: only of persons who are in, or may be.
func TestContradictionsOfAnAnswer(t *testing.T) {
	t.Parallel()
	c := load(t, caseOf(t,
		"p1 s-a | - yes no - | killed - -", "p2 s-a | - yes no - | injured - -", "p3 s-a | - yes no - | unresolved - -"))
	a := answer(t, c, killed())
	if diff := cmp.Diff([]KindCount{{FlagAge, 2}}, a.Contradictions); diff != "" {
		t.Error(diff)
	}
	page, err := a.ContradictionsOf(FlagAge, 1, 5)
	if err != nil || len(page) != 1 || page[0].Person != "p3" {
		t.Errorf("the second of them: %v, %v", page, err)
	}
	for _, bad := range []struct {
		kind   Kind
		offset int64
	}{{"height", 0}, {Sex, -1}} {
		if _, err := c.Contradictions(bad.kind, bad.offset, 1); !errors.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
