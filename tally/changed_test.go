// SPDX-License-Identifier: Apache-2.0

package tally

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/figure"
)

func TestChanged(t *testing.T) {
	t.Parallel()
	before := caseOf(t,
		"p1 s-a | - - - - | killed - -",
		"p2 s-a | - - - - | killed - -",
		"p3 s-a | - - - - | unresolved - -",
		"p4 s-a | - - - - | injured - -",
		"p5 s-a | - - - - | killed - -")
	after := caseOf(t,
		"p1 s-a | - yes - - | killed - -",
		"p1 s-a | - - - - | killed - -", // what was p2 is p1 now
		"p3 s-a | - - - - | killed - -",
		"p4 s-a | - - - - | injured - -",
		"p0 s-b | - - - - | killed - -") // another record in the place of p5's
	after.records[4].Leaf = leaf(6)
	after.harms[4].Record = leaf(6)
	a := answer(t, load(t, before), killed(part("flag", "flag")))
	later, err := Load(context.Background(), after, at(9))
	if err != nil {
		t.Fatal(err)
	}
	b := answer(t, later, killed(part("flag", "flag")))
	got, err := Changed(&a, &b)
	if err != nil {
		t.Fatal(err)
	}
	want := Difference{
		Figure: "f-0123456789abcdef", From: at(7), To: at(9), Entered: 1, Departed: 2,
		Columns: []Column{
			{From: figure.Totals{In: 3, Unknown: 1, Out: 1}, To: figure.Totals{In: 3, Out: 1}},
			{Part: "flag", From: figure.Totals{Unknown: 4, Out: 1}, To: figure.Totals{In: 1, Unknown: 2, Out: 1}},
		},
		Persons: []Change{
			{Person: "p0", To: "in"},
			{Person: "p2", From: "in", Into: []string{"p1"}},
			{Person: "p3", From: "unknown", To: "in"},
			{Person: "p5", From: "in"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	if same, err := Changed(&a, &a); err != nil || len(same.Persons) != 0 || same.Redrawn {
		t.Errorf("with itself: %+v, %v", same, err)
	}
	if _, err := Changed(&b, &a); !errors.Is(err, fault.Invalid) {
		t.Errorf("the later first: %v", err)
	}
	other := killed()
	other.Figure = "f-f123456789abcdef"
	c := answer(t, later, other)
	if _, err := Changed(&a, &c); !errors.Is(err, fault.Invalid) {
		t.Errorf("two figures: %v", err)
	}
	renamed := answer(t, later, killed(part("age", "age")))
	d, err := Changed(&a, &renamed)
	if err != nil || !d.Redrawn || len(d.Columns) != 3 || d.Columns[1].Part != "age" || d.Columns[2].Part != "flag" {
		t.Errorf("another definition: %+v, %v", d.Columns, err)
	}
}
