// SPDX-License-Identifier: Apache-2.0

package figure

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
)

// group is so many persons with the same rungs.
type group struct {
	n     int
	rungs Rungs
}

func linesOf(d Definition, groups ...group) []Line {
	var lines []Line
	for _, g := range groups {
		for range g.n {
			r := d.Reduce(g.rungs)
			lines = append(lines, Line{d.Decide(r), r})
		}
	}
	return lines
}

func dead(flag, age, sex Set) Rungs {
	return Rungs{Harms: []Harm{{"killed", "1994-03", "orlen"}}, ChildFlag: flag, ChildAge: age, Sex: sex}
}

// byFlagAndAge is a figure with the two parts of the case that planning was
// made for: the flag and the age of a few persons contradict each other.
func byFlagAndAge() Definition {
	d := killed()
	d.Parts = d.Parts[:2]
	return d
}

// checkPlan holds a plan to what it promises, counting cells by its own means.
func checkPlan(t *testing.T, d Definition, lines []Line, sheets []Sheet, limit int) {
	t.Helper()
	seen := make(map[string]int)
	for _, s := range sheets {
		for _, p := range s.Parts {
			seen[p]++
		}
		sheet, err := d.With(s.Parts)
		if err != nil {
			t.Fatal(err)
		}
		cells, verdicts := make(map[string]int), make(map[string]int)
		for i, l := range lines {
			key := ""
			for _, p := range append([]string{""}, s.Parts...) {
				key += l.Verdicts[d.Column(p)].String() + ","
			}
			verdicts[key]++
			for _, f := range s.Open[i].Fields() {
				if !sheet.Rungs().Has(f) {
					t.Errorf("line %d opens %s, which the sheet does not use", i, f)
				}
				key += "|" + f + "=" + l.Rungs.Field(f)
			}
			cells[key]++
		}
		for _, m := range []map[string]int{cells, verdicts} {
			for key, n := range m {
				if n < limit {
					t.Errorf("sheet %v: cell %q holds %d persons", s.Parts, key, n)
				}
			}
		}
	}
	for _, p := range d.Parts {
		if seen[p.Part] != 1 {
			t.Errorf("part %s stands in %d sheets", p.Part, seen[p.Part])
		}
	}
}

func TestPlanOpensAll(t *testing.T) {
	t.Parallel()
	d := byFlagAndAge()
	lines := linesOf(d, group{40, dead("no", "no", "male")}, group{12, dead("yes", "yes", "female")}, group{6, dead("?", "?", "?")}, group{20, Rungs{}})
	sheets, err := Plan(d, lines, 5, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkPlan(t, d, lines, sheets, 5)
	if len(sheets) != 1 {
		t.Fatalf("%d sheets, want one", len(sheets))
	}
	for i, open := range sheets[0].Open {
		if open != d.Rungs() {
			t.Errorf("line %d opens %v, want everything the rule needs", i, open.Fields())
		}
	}
}

func TestPlanPartsStandApart(t *testing.T) {
	t.Parallel()
	d := byFlagAndAge()
	// Two persons are children by the flag and adults by age; nobody may see
	// that there are two such.
	lines := linesOf(d, group{40, dead("no", "no", "?")}, group{12, dead("yes", "yes", "?")}, group{2, dead("yes", "no", "?")}, group{20, Rungs{}})
	sheets, err := Plan(d, lines, 5, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkPlan(t, d, lines, sheets, 5)
	var parts [][]string
	for _, s := range sheets {
		parts = append(parts, s.Parts)
	}
	if diff := cmp.Diff([][]string{{"flag"}, {"age"}}, parts); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	one, err := Plan(d, lines, 1, nil)
	if err != nil || len(one) != 1 {
		t.Errorf("without a limit: %d sheets, %v; want one", len(one), err)
	}
}

func TestPlanWithholdsInGroups(t *testing.T) {
	t.Parallel()
	d := killed()
	d.Parts = nil
	d.Harms, d.District = []string{"killed", "died-in-custody"}, nil
	// Three died in custody: their lines open nothing, and two more of the
	// killed are held back with them, so that five show their verdict alone.
	lines := linesOf(d, group{40, Rungs{Harms: []Harm{{"killed", "1994-03", ""}}}}, group{3, Rungs{Harms: []Harm{{"died-in-custody", "1994-03", ""}}}}, group{9, Rungs{}})
	sheets, err := Plan(d, lines, 5, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkPlan(t, d, lines, sheets, 5)
	withheld := 0
	for _, open := range sheets[0].Open {
		if open == (Use{}) {
			withheld++
		}
	}
	if withheld != 5 {
		t.Errorf("%d lines show their verdict alone, want 5", withheld)
	}
}

func TestPlanOpensSomeRungs(t *testing.T) {
	t.Parallel()
	d := killed()
	d.Parts = []Part{{Part: "girls", Title: "girls", Child: ChildByFlag, Sex: []string{"female"}}}
	// All of them are out of the part; three differ in sex and flag at once.
	lines := linesOf(d, group{20, dead("no", "?", "male")}, group{2, dead("yes", "?", "male")}, group{3, dead("no", "?", "female")}, group{10, dead("yes", "?", "female")})
	sheets, err := Plan(d, lines, 5, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkPlan(t, d, lines, sheets, 5)
	for i, l := range lines {
		if !sheets[0].Open[i].Harms {
			t.Errorf("line %d (%s) does not open its harms though 35 persons share them", i, EncodeVerdicts(l.Verdicts))
		}
	}
}

func TestPlanRefuses(t *testing.T) {
	t.Parallel()
	either := byFlagAndAge()
	either.Parts = append(either.Parts, Part{Part: "either", Title: "children", Child: ChildEither})
	sexes := killed()
	sexes.Parts = []Part{{Part: "women", Title: "women", Sex: []string{"female"}}, {Part: "men", Title: "men", Sex: []string{"male"}}}
	tests := []struct {
		name   string
		d      Definition
		groups []group
		says   string
	}{
		{"few are in", byFlagAndAge(), []group{{3, dead("no", "no", "")}, {20, Rungs{}}}, "cannot be published at all"},
		{"few are out", byFlagAndAge(), []group{{30, dead("no", "no", "")}, {4, Rungs{}}}, "cannot be published at all"},
		{"few children", byFlagAndAge(), []group{{30, dead("no", "no", "")}, {4, dead("yes", "yes", "")}}, "part flag"},
		{"few adults", byFlagAndAge(), []group{{4, dead("no", "no", "")}, {30, dead("yes", "yes", "")}}, "part flag"},
		{"either less flag", either, []group{{40, dead("no", "no", "")}, {12, dead("yes", "yes", "")}, {2, dead("?", "yes", "")}, {9, dead("no", "?", "")}, {20, Rungs{}}}, "part"},
		{"neither women nor men", sexes, []group{{40, dead("", "", "male")}, {12, dead("", "", "female")}, {2, dead("", "", "other")}, {20, Rungs{}}}, "exclude each other"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			sheets, err := Plan(test.d, linesOf(test.d, test.groups...), 5, nil)
			if !errors.Is(err, fault.Forbidden) {
				t.Fatalf("got %v, %v; want fault.Forbidden", sheets, err)
			}
			if !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), test.d.Figure) {
				t.Errorf("message %q does not say %q of figure %s", err, test.says, test.d.Figure)
			}
		})
	}
	d := byFlagAndAge()
	if _, err := Plan(d, []Line{{Verdicts: []Verdict{In}}}, 5, nil); !errors.Is(err, fault.Invalid) {
		t.Errorf("too few verdicts: %v", err)
	}
	if _, err := Plan(d, nil, -1, nil); !errors.Is(err, fault.Invalid) {
		t.Errorf("negative limit: %v", err)
	}
}

func TestPlanAgainstEarlier(t *testing.T) {
	t.Parallel()
	d := killed()
	d.Parts = d.Parts[:1]
	first := linesOf(d, group{40, dead("no", "", "")}, group{12, dead("yes", "", "")}, group{20, Rungs{}})
	sheets, err := Plan(d, first, 5, nil)
	if err != nil {
		t.Fatal(err)
	}
	earlier := []Earlier{{Edition: "1", Cells: CellsOf(d, first, sheets[0])}}
	tests := []struct {
		name   string
		groups []group
		says   string // "" where it may be published
	}{
		{"nothing changed", []group{{40, dead("no", "", "")}, {12, dead("yes", "", "")}, {20, Rungs{}}}, ""},
		{"six more of each", []group{{46, dead("no", "", "")}, {18, dead("yes", "", "")}, {26, Rungs{}}}, ""},
		{"one child more", []group{{40, dead("no", "", "")}, {13, dead("yes", "", "")}, {20, Rungs{}}}, "edition 1"},
		{"one child less", []group{{40, dead("no", "", "")}, {11, dead("yes", "", "")}, {20, Rungs{}}}, "edition 1"},
		{"one more who is out", []group{{40, dead("no", "", "")}, {12, dead("yes", "", "")}, {21, Rungs{}}}, "figure out"},
		{"two moved from out to in", []group{{42, dead("no", "", "")}, {12, dead("yes", "", "")}, {18, Rungs{}}}, "figure in"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			lines := linesOf(d, test.groups...)
			sheets, err := Plan(d, lines, 5, earlier)
			if test.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				checkPlan(t, d, lines, sheets, 5)
				return
			}
			if !errors.Is(err, fault.Forbidden) || !strings.Contains(fmt.Sprint(err), test.says) {
				t.Errorf("got %v, want a refusal that says %q", err, test.says)
			}
		})
	}
}

// Where only open rungs differ from an earlier edition, they are closed.
func TestPlanClosesWhatDiffers(t *testing.T) {
	t.Parallel()
	d := killed()
	d.Parts, d.District, d.Period = nil, nil, "1994"
	month := func(n int, month string) group { return group{n, Rungs{Harms: []Harm{{"killed", month, ""}}}} }
	first := linesOf(d, month(20, "1994-03"), month(20, "1994-04"), group{20, Rungs{}})
	sheets, err := Plan(d, first, 5, nil)
	if err != nil {
		t.Fatal(err)
	}
	earlier := []Earlier{{Edition: "1", Cells: CellsOf(d, first, sheets[0])}}
	second := linesOf(d, month(22, "1994-03"), month(18, "1994-04"), group{20, Rungs{}})
	sheets, err = Plan(d, second, 5, earlier)
	if err != nil {
		t.Fatal(err)
	}
	checkPlan(t, d, second, sheets, 5)
	for i := range 40 {
		if sheets[0].Open[i] != (Use{}) {
			t.Fatalf("line %d opens its month, which shows that two persons moved", i)
		}
	}
}

// Random universes: whatever is planned keeps the promise, and what is refused
// is refused for a reason.
func TestPlanHoldsForAnyUniverse(t *testing.T) {
	t.Parallel()
	d := killed()
	planned := 0
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 7))
		pick := func(values ...string) string { return values[r.IntN(len(values))] }
		var lines []Line
		for range r.IntN(400) {
			rungs := Rungs{
				ChildFlag: Set(pick("yes", "no", "no", "?", "no+yes")), ChildAge: Set(pick("yes", "no", "no", "?")), Sex: Set(pick("female", "male", "?")),
				Harms: []Harm{{pick("killed", "killed", "injured"), pick("1994-03", "1994-03", "1994-04", "?"), pick("orlen", "orlen", "vasht")}},
			}
			rungs = d.Reduce(rungs)
			lines = append(lines, Line{d.Decide(rungs), rungs})
		}
		sheets, err := Plan(d, lines, 5, nil)
		if err != nil {
			if !errors.Is(err, fault.Forbidden) {
				t.Fatalf("seed %d: %v", seed, err)
			}
			continue
		}
		planned++
		checkPlan(t, d, lines, sheets, 5)
	}
	if planned < 50 {
		t.Errorf("only %d of 200 universes were planned; the test says little", planned)
	}
}
