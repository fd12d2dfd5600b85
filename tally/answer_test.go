// SPDX-License-Identifier: Apache-2.0

package tally

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/figure"
	"recount/journal"
	"recount/register"
)

// TestAnswer: who is in, unknown and out, by hand.
func TestAnswer(t *testing.T) {
	t.Parallel()
	c := load(t, caseOf(t,
		"p1 s-a | female yes yes 5-9 | killed 2010-02 mill",
		"p1 s-b | female - - - | killed 2010-02 mill; injured - -", // I-01: two records, one person
		"p2 s-a | male no no 30-44 | killed 2010-03 gate",
		"p3 s-a | - - - - | killed - -",
		"p4 s-a | male - - - | injured 2010-02 mill",
		"p5 s-b | female yes - - | unresolved 2010-02 mill",
		"p6 s-b | female yes no - | killed 2010-02 mill", // flag against age
		"p7 s-c | male - - - | !killed 2010-02 mill",     // determined not to count
		"p8 s-c | male - - - | ",
		"p9 s-c | male no - - | killed 2010-02 mill",
		"p9 s-a | male yes - - | killed 2010-02 mill", // flag against flag
	))
	female := figure.Part{Part: "female", Title: "Women and girls", Sex: []string{"female"}}
	february := killed(part("flag", "flag"), part("age", "age"), part("either", "either"), female)
	february.Period = "2010-02"
	sourceB := killed()
	sourceB.Sources = []string{"s-b"}
	everybody := figure.Definition{Figure: "f-0123456789abcdef", Title: "All", Unit: "persons", Rule: "count@1"}
	mill := killed()
	mill.District = []string{"mill"}
	for _, c2 := range []struct {
		name        string
		d           figure.Definition
		column      int
		in, unknown string
		universe    int64
	}{
		{"killed", killed(), 0, "p1 p2 p3 p6 p9", "p5", 9},
		{"killed in February", february, 0, "p1 p6 p9", "p3 p5", 9},
		{"of whom children by flag", february, 1, "p1 p6", "p3 p5 p9", 9},
		{"of whom children by age", february, 2, "p1", "p3 p5 p9", 9},
		{"of whom children by either", february, 3, "p1 p6", "p3 p5 p9", 9},
		{"of whom women and girls", february, 4, "p1 p6", "p3 p5", 9},
		{"by one source", sourceB, 0, "p1 p6", "p5", 3},
		{"in one district", mill, 0, "p1 p6 p9", "p3 p5", 9},
		{"everybody", everybody, 0, "p1 p2 p3 p4 p5 p6 p7 p8 p9", "", 9},
	} {
		a := answer(t, c, c2.d)
		total := a.Total
		if c2.column > 0 {
			total = a.Parts[c2.column-1].Total
		}
		in, unknown, out := people(t, a, c2.column, figure.In), people(t, a, c2.column, figure.Unknown), people(t, a, c2.column, figure.Out)
		if in != c2.in || unknown != c2.unknown {
			t.Errorf("%s: in %q, unknown %q, want %q, %q", c2.name, in, unknown, c2.in, c2.unknown)
		}
		n := func(s string) int64 { return int64(len(strings.Fields(s))) }
		if (total != figure.Totals{In: n(in), Unknown: n(unknown), Out: n(out)}) || a.Universe != c2.universe || total.N() != c2.universe {
			t.Errorf("%s: totals %+v of %d do not fit the lists", c2.name, total, a.Universe)
		}
	}
	if a := answer(t, c, killed()); a.Excluded != 1 || a.Stamp != at(7) {
		t.Errorf("excluded %d, stamp %+v", a.Excluded, a.Stamp)
	}
}

// TestAnswerIsTheRule: over drawn cases, what the profiles answer is what the
// rule says of each person's whole rungs, put together here in another way.
func TestAnswerIsTheRule(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 3))
		draw := func(list ...string) string { return list[rng.IntN(len(list))] }
		var lines []string
		for range 200 {
			harms := ""
			for range rng.IntN(8) {
				harms += fmt.Sprintf("%s %s %s;", draw("killed", "injured", "missing", "unresolved", "x-own", "!killed"),
					draw("-", "2010-02", "2010-03", "2011-01"), draw("-", "mill", "gate", "ford"))
			}
			lines = append(lines, fmt.Sprintf("p%d %s | %s %s %s %s | %s", rng.IntN(90), draw("s-a", "s-b", "s-c"), draw("-", "female", "male"),
				draw("-", "yes", "no"), draw("-", "yes", "no"), draw("-", "0-4", "15-17", "60+"), harms))
		}
		k := caseOf(t, lines...)
		d := killed(part("flag", "flag"), part("either", "either"), figure.Part{Part: "girls", Title: "g", Child: "age", Sex: []string{"female"}},
			figure.Part{Part: "old", Title: "o", AgeBand: []string{"60+"}})
		d.Harms = [][]string{nil, {"killed"}, {"killed", "missing"}}[rng.IntN(3)]
		d.Period = draw("", "2010", "2010-02", "../2010-12")
		d.District = [][]string{nil, {"gate", "mill"}}[rng.IntN(2)]
		d.Sources = [][]string{nil, {"s-a"}, {"s-a", "s-none"}}[rng.IntN(3)]
		a := answer(t, load(t, k), d)
		want := make([]figure.Totals, 5)
		universe := int64(0)
		for id, r := range byHand(k) {
			if len(d.Sources) > 0 && !slices.ContainsFunc(k.records, func(x Record) bool { return x.Person == id && slices.Contains(d.Sources, x.Source) }) {
				continue
			}
			universe++
			for i, v := range d.Decide(r) {
				want[i].Add(v)
			}
		}
		got := []figure.Totals{a.Total}
		for _, p := range a.Parts {
			got = append(got, p.Total)
		}
		if diff := cmp.Diff(want, got); diff != "" || a.Universe != universe {
			t.Fatalf("seed %d, %s: universe %d, want %d\n%s", seed, d.JSON(), a.Universe, universe, diff)
		}
	}
}

func byHand(k kept) map[string]figure.Rungs {
	sets := map[string][4][]string{}
	out := map[string]figure.Rungs{}
	of := map[journal.Leaf]string{}
	for _, r := range k.records {
		of[r.Leaf] = r.Person
		s := sets[r.Person]
		for i, v := range []string{r.Sex, r.ChildFlag, r.ChildAge, r.AgeBand} {
			s[i] = append(s[i], v)
		}
		sets[r.Person] = s
		out[r.Person] = figure.Rungs{
			Sex: figure.NewSet(s[0]...), ChildFlag: figure.NewSet(s[1]...), ChildAge: figure.NewSet(s[2]...), AgeBand: figure.NewSet(s[3]...),
		}
	}
	for _, h := range k.harms {
		if h.Determination == "excluded" {
			continue
		}
		orUnknown := func(s string) string {
			if s == "" {
				return "?"
			}
			return s
		}
		r := out[of[h.Record]]
		r.Harms = append(r.Harms, figure.Harm{Code: h.Code, Month: orUnknown(h.Month), District: orUnknown(h.District)})
		out[of[h.Record]] = r
	}
	return out
}

// TestProfilesAreFew: people who differ in what a figure does not ask for are
// one question to the rule.
func TestProfilesAreFew(t *testing.T) {
	t.Parallel()
	a := answer(t, load(t, caseOf(t,
		"p1 s-a | female yes no 5-9 | killed 2010-02 mill", "p2 s-a | male no yes 60+ | killed 2010-03 gate; killed - -",
		"p3 s-a | - - - - | injured - -", "p4 s-b | male - - - | ")), killed())
	if got := len(a.found.verdicts); got != 2 {
		t.Errorf("%d profiles, want 2", got)
	}
}

func TestPeoplePages(t *testing.T) {
	t.Parallel()
	a := answer(t, load(t, caseOf(t,
		"p3 s-a | - - - - | killed - -", "p1 s-a | - - - - | killed - -", "p2 s-a | - - - - | killed - -", "p0 s-a | - - - - | injured - -")), killed())
	for _, c := range []struct {
		offset, limit int64
		want          string
	}{{0, 2, "p1 p2"}, {2, 2, "p3"}, {3, 2, ""}, {0, 0, ""}, {0, 9, "p1 p2 p3"}} {
		ids, err := a.People(0, figure.In, c.offset, c.limit)
		if got := strings.Join(ids, " "); err != nil || got != c.want {
			t.Errorf("from %d, %d: %q, %v, want %q", c.offset, c.limit, got, err, c.want)
		}
	}
	if _, err := a.People(1, figure.In, 0, 1); !errors.Is(err, fault.NotFound) {
		t.Errorf("a part that there is not: %v", err)
	}
	if _, err := a.People(0, figure.In, -1, 1); !errors.Is(err, fault.Invalid) {
		t.Errorf("a negative offset: %v", err)
	}
}

// TestLines: a line decides as the answer did, and shows no more than it needs.
func TestLines(t *testing.T) {
	t.Parallel()
	c := load(t, caseOf(t,
		"p1 s-a | female yes yes 5-9 | killed 2010-02 mill; injured 2010-02 mill",
		"p2 s-a | male - - - | injured - -",
		"p1 s-b | - no - - | killed 2010-03 gate",
		"p3 s-b | - - - - | killed - -"))
	d := killed(part("flag", "flag"))
	d.Sources = []string{"s-a"}
	a := answer(t, c, d)
	var got []Line
	for line := range a.Lines() {
		got = append(got, line)
		if diff := cmp.Diff(d.Decide(line.Rungs), line.Verdicts); diff != "" {
			t.Errorf("%s: %s", line.Person, diff)
		}
	}
	want := []Line{
		{"p1", []figure.Verdict{figure.In, figure.Unknown}, figure.Rungs{Harms: []figure.Harm{{Code: "killed"}}, ChildFlag: "no+yes"}, []journal.Leaf{leaf(1), leaf(3)}},
		{"p2", []figure.Verdict{figure.Out, figure.Out}, figure.Rungs{ChildFlag: "?"}, []journal.Leaf{leaf(2)}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	for range a.Lines() {
		break // a reader may stop early
	}
}

func TestRungsAndMembers(t *testing.T) {
	t.Parallel()
	c := load(t, caseOf(t, "p1 s-a | female - yes 5-9 | killed 2010-02 -", "p1 s-b | - - - 10-14 | ; !injured - -"))
	got, err := c.Rungs("p1")
	want := figure.Rungs{
		Harms: []figure.Harm{{Code: "killed", Month: "2010-02", District: "?"}}, Sex: "female", ChildFlag: "?", ChildAge: "yes", AgeBand: "10-14+5-9",
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	members, err := c.Members("p1")
	if diff := cmp.Diff([]journal.Leaf{leaf(1), leaf(2)}, members); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	if id, err := c.PersonOf(leaf(2)); id != "p1" || err != nil {
		t.Errorf("%q, %v", id, err)
	}
	_, noRungs := c.Rungs("p2")
	_, noMembers := c.Members("p2")
	_, noRecord := c.PersonOf(leaf(9))
	for _, err := range []error{noRungs, noMembers, noRecord} {
		if !errors.Is(err, fault.NotFound) {
			t.Errorf("nobody: %v", err)
		}
	}
	if !slices.Equal(register.AgeBands(), figure.AgeBands()) {
		t.Error("the bands of records and of figures differ")
	}
}

func TestGroupsStandBeside(t *testing.T) {
	t.Parallel()
	k := caseOf(t, "p1 s-a | - - - - | killed 2010-02 mill")
	k.groups = []Group{
		{Leaf: leaf(9), Source: "s-a", Code: "killed", Date: "2010-02-25", Place: "Mill, north", Low: register.Exactly(5), High: register.Exactly(8)},
		{Leaf: leaf(8), Source: "s-b", Code: "killed", Low: register.Exactly(2)},
		{Leaf: leaf(7), Source: "s-b", Code: "injured", Low: register.Exactly(40)},
		{Leaf: leaf(6), Source: "s-b", Code: "killed", Date: "2011", Low: register.Exactly(7)},
		{Leaf: leaf(5), Source: "s-b", Code: "killed", Date: "2011-05", Low: register.Exactly(7)},
	}
	d := killed()
	d.Period, d.District = "2010", []string{"mill"}
	a := answer(t, load(t, k), d)
	eight := int64(8)
	want := []GroupRange{
		{Group: leaf(6), Source: "s-b", Code: "killed", Min: 7, Verdict: "unknown"}, // a whole year has no month
		{Group: leaf(8), Source: "s-b", Code: "killed", Min: 2, Verdict: "unknown"},
		{Group: leaf(9), Source: "s-a", Code: "killed", Min: 5, Max: &eight, Verdict: "in"},
	}
	if diff := cmp.Diff(want, a.Groups); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	if a.Total.Max() != 1 {
		t.Errorf("groups were added: %+v", a.Total)
	}
}

func TestAnswerJSON(t *testing.T) {
	t.Parallel()
	k := caseOf(t, "p1 s-a | - yes no - | killed - -", "p2 s-a | - - - - | unresolved - -")
	text, err := json.Marshal(answer(t, load(t, k), killed(part("flag", "flag"))))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"figure":"f-0123456789abcdef","title":"Killed","definition":{"figure":"f-0123456789abcdef","title":"Killed","unit":"persons",` +
		`"harms":["killed"],"parts":[{"part":"flag","title":"flag","child":"flag"}],"rule":"count@1"},` +
		`"size":7,"root":"BwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","erased":0,"universe":2,` +
		`"total":{"min":1,"point":1,"max":2,"in":1,"unknown":1,"out":0},` +
		`"parts":[{"part":"flag","title":"flag","min":1,"point":1,"max":2,"in":1,"unknown":1,"out":0}],` +
		`"contradictions":[{"kind":"flag-age","persons":1}],"groups":[],"excluded_harms":0}`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Error(diff)
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	good := caseOf(t, "p1 s-a | female - - - | killed - -", "p2 s-a | male - - - | killed - -")
	lost := errors.New("disk")
	for name, mend := range map[string]func(*kept){
		"records out of order": func(k *kept) { slices.Reverse(k.records) },
		"a record twice":       func(k *kept) { k.records = append(k.records, k.records[1]) },
		"harms out of order":   func(k *kept) { slices.Reverse(k.harms) },
		"no person":            func(k *kept) { k.records[0].Person = "" },
		"a sex of another":     func(k *kept) { k.records[0].Sex = "woman" },
		"a flag of another":    func(k *kept) { k.records[0].ChildFlag = "true" },
		"an age turned round":  func(k *kept) { k.records[0].AgeLow, k.records[0].AgeHigh = register.Exactly(9), register.Exactly(3) },
		"no date":              func(k *kept) { k.harms[0].Date = "soon" },
		"no determination":     func(k *kept) { k.harms[0].Determination = "" },
	} {
		k := kept{records: slices.Clone(good.records), harms: slices.Clone(good.harms)}
		mend(&k)
		if _, err := Load(context.Background(), k, at(1)); !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, broken := range []failing{{good, lost, nil, nil}, {good, nil, lost, nil}, {good, nil, nil, lost}} {
		if _, err := Load(context.Background(), broken, at(1)); !errors.Is(err, lost) {
			t.Errorf("a stream that fails: %v", err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Load(ctx, good, at(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := load(t, good).Answer(figure.Definition{}); !errors.Is(err, fault.Invalid) {
		t.Errorf("no definition: %v", err)
	}
	orphan := kept{records: good.records[1:], harms: good.harms}
	if c := load(t, orphan); c.Orphans() != 1 || c.Records() != 1 || c.Persons() != 1 {
		t.Errorf("orphans %d, records %d, persons %d", c.Orphans(), c.Records(), c.Persons())
	}
	empty := load(t, kept{})
	if a := answer(t, empty, killed()); a.Universe != 0 || a.Total.N() != 0 {
		t.Errorf("an empty case: %+v", a.Total)
	}
}

// failing gives an error at the end of one of its streams.
type failing struct {
	kept
	records, harms, groups error
}

func (f failing) TallyRecords(ctx context.Context) iter.Seq2[Record, error] {
	return then(f.kept.TallyRecords(ctx), f.records)
}
func (f failing) TallyHarms(ctx context.Context) iter.Seq2[Harm, error] {
	return then(f.kept.TallyHarms(ctx), f.harms)
}
func (f failing) TallyGroups(ctx context.Context) iter.Seq2[Group, error] {
	return then(f.kept.TallyGroups(ctx), f.groups)
}

func then[T any](all iter.Seq2[T, error], err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for x := range all {
			if !yield(x, nil) {
				return
			}
		}
		if err != nil {
			var zero T
			yield(zero, err)
		}
	}
}

// TestPeopleAfter: lists that go on by id have everybody once, in the order of ids.
func TestPeopleAfter(t *testing.T) {
	t.Parallel()
	a := answer(t, load(t, caseOf(t,
		"p3 s-a | - - - - | killed - -", "p1 s-a | - - - - | killed - -", "p2 s-a | - - - - | killed - -", "p0 s-a | - - - - | injured - -")), killed())
	for _, c := range []struct {
		after string
		limit int
		want  string
	}{{"", 2, "p1 p2"}, {"p2", 2, "p3"}, {"p1x", 9, "p2 p3"}, {"p3", 9, ""}, {"", 0, ""}} {
		ids, err := a.PeopleAfter(0, figure.In, c.after, c.limit)
		if got := strings.Join(ids, " "); err != nil || got != c.want {
			t.Errorf("after %q, %d: %q, %v, want %q", c.after, c.limit, got, err, c.want)
		}
	}
	if _, err := a.PeopleAfter(1, figure.In, "", 1); !errors.Is(err, fault.NotFound) {
		t.Errorf("a part that there is not: %v", err)
	}
}
