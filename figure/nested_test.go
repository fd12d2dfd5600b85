// SPDX-License-Identifier: Apache-2.0

package figure

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"recount/fault"
)

// Nested totals that differ by someone and by fewer than the limit are refused
// in either order; what is not nested, or differs by more, is not.
func TestCheckNested(t *testing.T) {
	t.Parallel()
	wide := Definition{Figure: "f-wide", Title: "wide", Unit: Unit, Rule: Rule, Harms: []string{"killed", "tortured"}, Period: "1994",
		District: []string{"orlen", "vasht"}, Parts: []Part{{Part: "age", Child: ChildByAge}, {Part: "either", Child: ChildEither}}}
	change := func(f func(*Definition)) Definition {
		d := wide
		d.Figure, d.Title = "f-other", "other"
		f(&d)
		return d
	}
	same := change(func(*Definition) {})
	tests := map[string]struct {
		other        Definition
		part, of     string // of the wide figure, of the other
		wide, narrow Totals
		refused      bool
	}{
		"the same question, two more":        {other: same, wide: Totals{105, 0, 20}, narrow: Totals{103, 0, 22}, refused: true},
		"fewer harms":                        {other: change(func(d *Definition) { d.Harms = []string{"killed"} }), wide: Totals{105, 0, 20}, narrow: Totals{103, 0, 22}, refused: true},
		"a period within":                    {other: change(func(d *Definition) { d.Period = "1994-03/1994-04-05" }), wide: Totals{105, 0, 20}, narrow: Totals{101, 0, 24}, refused: true},
		"one district":                       {other: change(func(d *Definition) { d.District = []string{"vasht"} }), wide: Totals{105, 0, 20}, narrow: Totals{104, 0, 21}, refused: true},
		"one source":                         {other: change(func(d *Definition) { d.Sources = []string{"s-one"} }), wide: Totals{105, 0, 20}, narrow: Totals{104, 0, 0}, refused: true},
		"in or unknown":                      {other: change(func(d *Definition) { d.Harms = []string{"killed"} }), wide: Totals{105, 10, 20}, narrow: Totals{90, 23, 22}, refused: true},
		"the limit itself":                   {other: change(func(d *Definition) { d.Harms = []string{"killed"} }), wide: Totals{105, 0, 20}, narrow: Totals{100, 0, 25}},
		"no difference":                      {other: change(func(d *Definition) { d.Harms = []string{"killed"} }), wide: Totals{105, 0, 20}, narrow: Totals{105, 0, 20}},
		"another harm":                       {other: change(func(d *Definition) { d.Harms = []string{"killed", "missing"} }), wide: Totals{105, 0, 20}, narrow: Totals{103, 0, 22}},
		"a period beside it":                 {other: change(func(d *Definition) { d.Period = "1993-12/1994-03" }), wide: Totals{105, 0, 20}, narrow: Totals{103, 0, 22}},
		"another district":                   {other: change(func(d *Definition) { d.District = []string{"karvel"} }), wide: Totals{105, 0, 20}, narrow: Totals{103, 0, 22}},
		"two sources that are not among one": {other: change(func(d *Definition) { d.Sources = []string{"s-one"} }), wide: Totals{103, 0, 22}, narrow: Totals{105, 0, 20}},
		"parts of the same sort":             {other: same, part: "age", of: "age", wide: Totals{30, 0, 95}, narrow: Totals{28, 0, 97}, refused: true},
		"a part of one within the other":     {other: same, of: "age", wide: Totals{105, 0, 20}, narrow: Totals{103, 0, 22}, refused: true},
		"by age within either":               {other: same, part: "either", of: "age", wide: Totals{30, 0, 95}, narrow: Totals{28, 0, 97}, refused: true},
		"what either has more of unknown":    {other: same, part: "either", of: "age", wide: Totals{30, 12, 83}, narrow: Totals{20, 20, 85}},
		"the figure within a part":           {other: same, part: "age", wide: Totals{105, 0, 20}, narrow: Totals{103, 0, 22}},
	}
	for name, tt := range tests {
		all := []Published{{Definition: wide, Part: tt.part, Totals: tt.wide}, {Definition: tt.other, Part: tt.of, Totals: tt.narrow}}
		for range 2 {
			err := CheckNested(all, 5)
			if refused := errors.Is(err, fault.Forbidden); refused != tt.refused || err != nil && !refused {
				t.Errorf("%s: got %v, want refused: %v", name, err, tt.refused)
			}
			if err != nil && (!strings.Contains(err.Error(), "f-wide") || !strings.Contains(err.Error(), "f-other") || strings.Contains(err.Error(), "103") || !strings.Contains(err.Error(), "accepted: ")) {
				t.Errorf("%s: %v", name, err)
			}
			all[0], all[1] = all[1], all[0]
		}
		if err := CheckNested(all, 1); err != nil {
			t.Errorf("%s, limit 1: %v", name, err)
		}
	}
}

// Where one definition implies another no person is further in by the narrower:
// a difference of totals is then the size of a group.
func TestImpliedVerdictsAreNeverLess(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(31, 7))
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	some := func(from ...string) (list []string) {
		for _, s := range from {
			if r.IntN(2) == 0 {
				list = append(list, s)
			}
		}
		return list
	}
	definition := func() Definition {
		return Definition{Harms: some("killed", "missing", "tortured"), Period: pick("", "1994", "1994-03", "1994-03/1994-04-10", "../1994-03"), District: some("orlen", "vasht"),
			Parts: []Part{{Part: "p", Child: pick("", ChildByFlag, ChildByAge, ChildEither), Sex: some("female", "male")}}}
	}
	implied := 0
	for range 60_000 {
		d, e := definition(), definition()
		rungs := Rungs{ChildFlag: Set(pick("?", "yes", "no", "no+yes")), ChildAge: Set(pick("?", "yes", "no")), Sex: Set(pick("?", "female", "male", "female+male"))}
		for range r.IntN(3) {
			rungs.Harms = append(rungs.Harms, Harm{pick("?", "killed", "missing", "tortured", Unresolved), pick("?", "1994-03", "1994-04", "1995-01"), pick("?", "orlen", "vasht", "karvel")})
		}
		a, b := d.Decide(rungs), e.Decide(rungs)
		if !d.implies(e) {
			continue
		}
		implied++
		if a[0] > b[0] {
			t.Fatalf("%+v by %s: %s, by the wider %s: %s", rungs, d.JSON(), a[0], e.JSON(), b[0])
		}
		p, q := d.Parts[0], e.Parts[0]
		if !p.implies(q) {
			continue
		}
		if a[1] == In && b[1] != In || (p.Child == q.Child || q.Child == "") && a[1] > b[1] {
			t.Fatalf("%+v by %s: %s, by the wider %s: %s", rungs, d.JSON(), a[1], e.JSON(), b[1])
		}
	}
	if implied < 1000 {
		t.Errorf("only %d pairs were nested", implied)
	}
}
