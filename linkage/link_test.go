// SPDX-License-Identifier: Apache-2.0

package linkage

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/journal"
	"recount/register"
)

// rec makes a row of a source: "name; date; place; age in years; birth; sex",
// any of which may be blank. Its leaf is n, its person p-n, and it is the older
// the less n is.
func rec(t testing.TB, n int, source, text string) Row {
	t.Helper()
	parts := strings.Split(text, ";")
	at := func(i int) string {
		if i < len(parts) {
			return strings.TrimSpace(parts[i])
		}
		return ""
	}
	r := Row{
		Leaf: leafOf(n), Person: personOf(n), Source: source, NameFold: at(0), Date: at(1), Place: at(2),
		Birth: at(4), Sex: at(5), Order: int64(n),
	}
	if at(3) != "" {
		var err error
		if r.AgeLow, r.AgeHigh, err = register.ParseAge(at(3), "years"); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func leafOf(n int) (l journal.Leaf) {
	l[0], l[1] = byte(n*101), byte(n*37)
	l[30], l[31] = byte(n>>8), byte(n)
	return l
}

func personOf(n int) string { return fmt.Sprintf("p-%016x", n) }

func link(t testing.TB, rules Rules, rows []Row, apart ...Pair) Result {
	t.Helper()
	result, err := Link(context.Background(), rules, each(rows), apart)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// persons says, for each row from the first, the number in its person's id.
func persons(rows []Row, result Result) []int {
	to := map[journal.Leaf]string{}
	for _, m := range result.Moves {
		to[m.Record] = m.Person
	}
	var out []int
	for _, r := range rows {
		id := r.Person
		if moved, ok := to[r.Leaf]; ok {
			id = moved
		}
		var n int
		if _, err := fmt.Sscanf(id, "p-%x", &n); err != nil {
			panic(err)
		}
		out = append(out, n)
	}
	return out
}

// TestLink: rows are "source: name; date; place; age; birth; sex"; want is the
// person of each, by the number of its oldest record.
func TestLink(t *testing.T) {
	t.Parallel()
	only := func(r Rule) Rules { return Rules{Rules: []Rule{r}, WithinSource: Never} }
	nameDate := Rule{Name: "nd", Agree: []string{"name", "date"}}
	nameBirth := Rule{Name: "nb", Agree: []string{"name", "birth"}}
	alone := Rule{Name: "n", Agree: []string{"name"}, Unique: true, Unless: []string{"date", "end", "age", "birth", "sex"}}
	within := only(nameDate)
	within.WithinSource = Allowed
	for _, c := range []struct {
		name  string
		rules Rules
		rows  []string
		apart [][2]int
		want  []int
	}{
		{"two lists agree", only(nameDate), []string{"a: mira tolen; 2010-02-25", "b: mira tolen; 2010-02-25"}, nil, []int{1, 1}},
		{"the order of words does not count", only(nameDate), []string{"a: tolen mira; 2010-02", "b: mira tolen; 2010-02"}, nil, []int{1, 1}},
		{"unknown is never agreement", only(nameDate), []string{"a: mira tolen", "b: mira tolen", "c: ; 2010", "d: ; 2010"}, nil, []int{1, 2, 3, 4}},
		// programs write one day for all whose birth nobody asked: namesakes who share it have nothing in common
		{"births that nobody entered are no agreement", only(nameBirth), []string{"a: mira; ; ; ; 1900-01-01", "b: mira; ; ; ; 1900-01-01", "c: mira; ; ; ; XXXX", "d: mira; ; ; ; XXXX"}, nil, []int{1, 2, 3, 4}},
		{"a birth that was entered is one", only(nameBirth), []string{"a: mira; ; ; ; 1900-01-02", "b: mira; ; ; ; 1900-01-02"}, nil, []int{1, 1}},
		{"nor do they contradict one that is known", only(alone), []string{"a: mira; ; ; ; 1970-01-01", "b: mira; ; ; ; 1981-05-06"}, nil, []int{1, 1}},
		{"dates of harms likewise", only(nameDate), []string{"a: mira; 1970-01-01", "b: mira; 1970-01-01"}, nil, []int{1, 2}},
		{"a mark of doubt does not move a date", only(nameDate), []string{"a: mira; 2010-02?", "b: mira; 2010-02"}, nil, []int{1, 1}},
		{"an open date is not equal to itself", only(nameDate), []string{"a: mira; 2010-02/..", "b: mira; 2010-02/.."}, nil, []int{1, 2}},
		{"two rows of a list are two people", only(nameDate), []string{"a: mira; 2010", "a: mira; 2010"}, nil, []int{1, 2}},
		{"where that is allowed, one", within, []string{"a: mira; 2010", "a: mira; 2010"}, nil, []int{1, 1}},
		{"what could go either way stays", only(nameDate), []string{"a: mira; 2010", "a: mira; 2010", "b: mira; 2010"}, nil, []int{1, 2, 3}},
		{"unless something else decides", only(nameDate), []string{"a: mira; 2010; ; 20", "a: mira; 2010; ; 40", "b: mira; 2010; ; 40", "b: mira; 2010; ; 20"}, nil, []int{1, 2, 2, 1}},
		{"name alone", only(alone), []string{"a: mira; 2010", "b: mira", "c: mira"}, nil, []int{1, 1, 1}},
		{"name alone, not unique", only(alone), []string{"a: mira; 2010", "a: mira", "b: mira", "c: mira"}, nil, []int{1, 2, 3, 4}},
		{"name alone, dates that overlap", only(alone), []string{"a: mira; 2010", "b: mira; 2010-02-25"}, nil, []int{1, 1}},
		{"name alone, dates that can not", only(alone), []string{"a: mira; 2010-01", "b: mira; 2010-02-25"}, nil, []int{1, 2}},
		{"name alone, other age", only(alone), []string{"a: mira; ; ; 20", "b: mira; ; ; 22"}, nil, []int{1, 2}},
		{"name alone, ages that overlap", only(alone), []string{"a: mira; ; ; 20-25", "b: mira; ; ; 22"}, nil, []int{1, 1}},
		{"name alone, other sex", only(alone), []string{"a: mira; ; ; ; ; female", "b: mira; ; ; ; ; male"}, nil, []int{1, 2}},
		{"a third fits two that exclude each other", only(alone), []string{"a: mira; 2010-01", "b: mira; 2010-02", "c: mira"}, nil, []int{1, 2, 3}},
		{"the same, the third first", only(alone), []string{"a: mira", "b: mira; 2010-01", "c: mira; 2010-02"}, nil, []int{1, 2, 3}},
		{"other sex and other birth are other people, whatever the rule", only(nameDate), []string{"a: mira; 2010; ; ; 1980; male", "b: mira; 2010; ; ; 1990; female"}, nil, []int{1, 2}},
		{"other sex alone may be an error", only(nameDate), []string{"a: mira; 2010; ; ; 1980; male", "b: mira; 2010; ; ; 1980; female"}, nil, []int{1, 1}},
		{"said to be apart", only(nameDate), []string{"a: mira; 2010", "b: mira; 2010"}, [][2]int{{2, 1}}, []int{1, 2}},
		{"apart, also by way of a third", only(nameDate), []string{"a: mira; 2010", "b: mira; 2010", "c: mira; 2010"}, [][2]int{{1, 2}}, []int{1, 2, 3}},
		{"a later rule may untie an earlier one", DefaultRules(),
			[]string{"a: mira; 2010-02-25; mill; ; 1980", "a: mira; 2010-02-25; mill", "b: mira; 2010-02-25; mill; ; 1980", "b: mira; 2010-02-25; mill; ; 1990"},
			nil, []int{1, 2, 1, 2}},
	} {
		var rows []Row
		for i, line := range c.rows {
			source, text, _ := strings.Cut(line, ":")
			rows = append(rows, rec(t, i+1, source, text))
		}
		var apart []Pair
		for _, p := range c.apart {
			apart = append(apart, Pair{personOf(p[0]), personOf(p[1])})
		}
		result := link(t, c.rules, rows, apart...)
		if diff := cmp.Diff(c.want, persons(rows, result)); diff != "" {
			t.Errorf("%s: want (-), got (+):\n%s\ncontested: %v", c.name, diff, result.Contested)
		}
	}
}

// TestApartThroughRules: two persons that are apart are not joined by way of
// records that each fits, over several rules.
func TestApartThroughRules(t *testing.T) {
	t.Parallel()
	rules := Rules{WithinSource: Never, Rules: []Rule{
		{Name: "name and date", Agree: []string{"name", "date"}},
		{Name: "name and birth", Agree: []string{"name", "birth"}},
	}}
	rows := []Row{rec(t, 1, "a", "mira; 2010"), rec(t, 2, "b", "mira; 2010; ; ; 1980"), rec(t, 3, "c", "mira; ; ; ; 1980")}
	if got := persons(rows, link(t, rules, rows)); !slices.Equal(got, []int{1, 1, 1}) {
		t.Fatalf("without a decision: %v", got)
	}
	if got := persons(rows, link(t, rules, rows, Pair{personOf(1), personOf(3)})); !slices.Equal(got, []int{1, 1, 3}) {
		t.Errorf("apart: %v", got)
	}
	// What a person is apart from goes with it into the person that it joins.
	rows = []Row{rec(t, 1, "a", "mira; ; ; ; 1980"), rec(t, 2, "b", "mira; 2010; ; ; 1980"), rec(t, 3, "c", "mira; 2010")}
	if got := persons(rows, link(t, rules, rows, Pair{personOf(3), personOf(1)})); !slices.Equal(got, []int{1, 2, 2}) {
		t.Errorf("apart from what was joined: %v", got)
	}
}

// TestStartsFromWhatStands: a run begins with the persons there are, keeps the
// id of the oldest record's person and moves only what changes.
func TestStartsFromWhatStands(t *testing.T) {
	t.Parallel()
	rows := []Row{
		rec(t, 1, "a", "mira; 2010"), rec(t, 2, "b", "another writing; 2010"), // one person by hand
		rec(t, 3, "c", "another writing; 2010"), rec(t, 4, "d", "mira; 2010"),
	}
	rows[1].Person = rows[0].Person
	rows[2].Person = "p-00000000000000ff" // an id that a split made
	result := link(t, DefaultRules(), rows)
	want := []Move{
		{rows[2].Leaf, personOf(1), "name and date: agrees with record " + rows[1].Leaf.String()},
		{rows[3].Leaf, personOf(1), "name and date: agrees with record " + rows[0].Leaf.String()},
	}
	slices.SortFunc(want, func(a, b Move) int { return slices.Compare(a.Record[:], b.Record[:]) })
	if diff := cmp.Diff(want, result.Moves); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	if result.Before != 3 || result.After != 1 || result.Rows != 4 {
		t.Errorf("before %d, after %d, rows %d", result.Before, result.After, result.Rows)
	}
}

func TestReasonByWayOfAnother(t *testing.T) {
	t.Parallel()
	rows := []Row{rec(t, 1, "a", "mira; 2010"), rec(t, 2, "b", "mira; 2010"), rec(t, 3, "c", "other; 2011")}
	rows[2].Person = rows[1].Person
	result := link(t, DefaultRules(), rows)
	for _, m := range result.Moves {
		if m.Record != rows[2].Leaf {
			continue
		}
		want := "name and date: record " + rows[1].Leaf.String() + " of the same person agrees with record " + rows[0].Leaf.String()
		if m.Why != want {
			t.Errorf("why: %q, want %q", m.Why, want)
		}
		return
	}
	t.Errorf("the record that moves along did not move: %v", result.Moves)
}

func TestContestedIsSaid(t *testing.T) {
	t.Parallel()
	rows := []Row{rec(t, 1, "a", "mira; 2010"), rec(t, 2, "a", "mira; 2010"), rec(t, 3, "b", "mira; 2010")}
	result := link(t, DefaultRules(), rows)
	want := Contested{Rule: "name and date", Records: []journal.Leaf{rows[0].Leaf, rows[1].Leaf, rows[2].Leaf}}
	if result.ContestedTotal != 1 || len(result.Contested) != 1 {
		t.Fatalf("contested: %d, %v", result.ContestedTotal, result.Contested)
	}
	if diff := cmp.Diff(want, result.Contested[0]); diff != "" {
		t.Error(diff)
	}
	if result.Rules[4].NotUnique != 1 {
		t.Errorf("rules: %+v", result.Rules)
	}
}

func TestIdlePairs(t *testing.T) {
	t.Parallel()
	rows := []Row{rec(t, 1, "a", "mira"), rec(t, 2, "b", "ana")}
	idle := []Pair{{personOf(1), personOf(9)}, {personOf(2), personOf(2)}}
	if diff := cmp.Diff(idle, link(t, DefaultRules(), rows, idle...).Idle); diff != "" {
		t.Error(diff)
	}
}

func TestLinkRefuses(t *testing.T) {
	t.Parallel()
	good := rec(t, 1, "a", "mira; 2010")
	broken := func(mend func(*Row)) []Row {
		r := good
		mend(&r)
		return []Row{r}
	}
	for name, rows := range map[string][]Row{
		"date":   broken(func(r *Row) { r.Date = "yesterday" }),
		"sex":    broken(func(r *Row) { r.Sex = "f" }),
		"age":    broken(func(r *Row) { r.AgeLow, r.AgeHigh = register.Exactly(9), register.Exactly(3) }),
		"person": broken(func(r *Row) { r.Person = "" }),
		"twice":  {good, good},
	} {
		if _, err := Link(context.Background(), DefaultRules(), each(rows), nil); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), good.Leaf.String()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Link(context.Background(), Rules{}, each(nil), nil); !errors.Is(err, fault.Invalid) {
		t.Errorf("no rules: %v", err)
	}
	lost := errors.New("disk")
	var failing iter.Seq2[Row, error] = func(yield func(Row, error) bool) { yield(Row{}, lost) }
	if _, err := Link(context.Background(), DefaultRules(), failing, nil); !errors.Is(err, lost) {
		t.Errorf("a stream that fails: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Link(ctx, DefaultRules(), each([]Row{good}), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if r := link(t, DefaultRules(), nil); r.Moves != nil || r.After != 0 {
		t.Errorf("no rows: %+v", r)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	rows := []Row{rec(t, 3, "c", "mira; 2010"), rec(t, 1, "a", "mira; 2010; mill"), rec(t, 2, "b", "mira; ; mill"), rec(t, 4, "d", "ana; 2010")}
	got, err := Explain(DefaultRules(), rows)
	if err != nil {
		t.Fatal(err)
	}
	want := []Reason{
		{leafOf(1), leafOf(2), "name alone", true},
		{leafOf(1), leafOf(3), "name and date", false},
		{leafOf(2), leafOf(3), "name alone", true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}
