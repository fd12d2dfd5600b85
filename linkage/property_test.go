// SPDX-License-Identifier: Apache-2.0

package linkage

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/journal"
)

// someRows draws rows of few names, dates and sources, so that all kinds of
// agreement and contradiction come up; some stand under one person already.
func someRows(t testing.TB, rng *rand.Rand, n int) []Row {
	draw := func(list ...string) string { return list[rng.IntN(len(list))] }
	rows := make([]Row, n)
	for i := range rows {
		rows[i] = rec(t, i+1, draw("s1", "s2", "s3", "s4"), fmt.Sprintf("%s; %s; %s; %s; %s; %s",
			draw("mira tolen", "tolen mira", "ana", "ana b", "", "oro"),
			draw("", "", "2010-02-25", "2010-02-26", "2010-02", "2010", "2010-03/.."),
			draw("", "mill", "Mill", "gate, north"), draw("", "", "20", "20-30", "40"),
			draw("", "", "1980", "1990-05", "1970/.."), draw("", "", "female", "male", "other")))
		rows[i].Order = int64(rng.IntN(5)) // ties are settled by the leaf
		if rng.IntN(10) == 0 {
			rows[i].Person = rows[rng.IntN(i+1)].Person
		}
	}
	return rows
}

func moved(rows []Row, result Result) []Row {
	to := map[journal.Leaf]string{}
	for _, m := range result.Moves {
		to[m.Record] = m.Person
	}
	out := slices.Clone(rows)
	for i := range out {
		if id, ok := to[out[i].Leaf]; ok {
			out[i].Person = id
		}
	}
	return out
}

func byPerson(rows []Row) map[string][]Row {
	out := map[string][]Row{}
	for _, r := range rows {
		out[r.Person] = append(out[r.Person], r)
	}
	return out
}

func rulesFor(rng *rand.Rand) Rules {
	rules := DefaultRules()
	if rng.IntN(3) == 0 {
		rules.WithinSource = Allowed
	}
	rng.Shuffle(len(rules.Rules), func(i, j int) { rules.Rules[i], rules.Rules[j] = rules.Rules[j], rules.Rules[i] })
	return rules
}

// TestProperties holds, over drawn cases: the same rows in any order give the
// same result; persons are joined whole and never parted; ids of the oldest
// records stay; what is apart stays so; two rows of a source stay two; a second
// run moves nothing.
func TestProperties(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		rules, rows := rulesFor(rng), someRows(t, rng, 2+rng.IntN(40))
		var apart []Pair
		for range rng.IntN(4) {
			apart = append(apart, Pair{rows[rng.IntN(len(rows))].Person, rows[rng.IntN(len(rows))].Person})
		}
		result := link(t, rules, rows, apart...)

		other := slices.Clone(rows)
		rng.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		if diff := cmp.Diff(result, link(t, rules, other, apart...)); diff != "" {
			t.Fatalf("seed %d: another order of rows gives another result:\n%s", seed, diff)
		}
		after := moved(rows, result)
		checkPersons(t, seed, rules, rows, after, result)
		checkApart(t, seed, rows, after, apart)

		again := link(t, rules, after, carried(rows, after, apart)...)
		if len(again.Moves) != 0 || again.After != result.After || again.Before != result.After {
			t.Fatalf("seed %d: a second run moves %v (%d to %d persons)", seed, again.Moves, again.Before, again.After)
		}
	}
}

func checkPersons(t *testing.T, seed uint64, rules Rules, before, after []Row, result Result) {
	t.Helper()
	was, now := byPerson(before), byPerson(after)
	if int64(len(was)) != result.Before || int64(len(now)) != result.After {
		t.Fatalf("seed %d: %d and %d persons, result says %d and %d", seed, len(was), len(now), result.Before, result.After)
	}
	joined := int64(0)
	for _, r := range result.Rules {
		joined += r.Joined
	}
	if result.Before-result.After != joined {
		t.Fatalf("seed %d: %d persons fewer, the rules joined %d", seed, result.Before-result.After, joined)
	}
	started := map[journal.Leaf]string{}
	for _, r := range before {
		started[r.Leaf] = r.Person
	}
	for id, rows := range now {
		oldest := slices.MinFunc(rows, func(a, b Row) int {
			if a.Order != b.Order {
				return int(a.Order - b.Order)
			}
			return slices.Compare(a.Leaf[:], b.Leaf[:])
		})
		if started[oldest.Leaf] != id {
			t.Fatalf("seed %d: person %s is called neither by its oldest record (%s)", seed, id, started[oldest.Leaf])
		}
		of := map[string]string{} // source: the person that its row was before
		for _, r := range rows {
			if len(was[started[r.Leaf]]) > 0 && !within(was[started[r.Leaf]], rows) {
				t.Fatalf("seed %d: person %s was taken apart", seed, started[r.Leaf])
			}
			if other, ok := of[r.Source]; rules.WithinSource == Never && ok && other != started[r.Leaf] {
				t.Fatalf("seed %d: two rows of %s were joined in %s", seed, r.Source, id)
			}
			of[r.Source] = started[r.Leaf]
		}
	}
}

func within(some, all []Row) bool {
	for _, r := range some {
		if !slices.ContainsFunc(all, func(o Row) bool { return o.Leaf == r.Leaf }) {
			return false
		}
	}
	return true
}

func checkApart(t *testing.T, seed uint64, before, after []Row, apart []Pair) {
	t.Helper()
	for _, p := range carried(before, after, apart) {
		if p.One == p.Other {
			t.Fatalf("seed %d: persons said to be apart became %s", seed, p.One)
		}
	}
}

// carried is the pairs under the ids that the persons have after the run, as a
// store keeps them; pairs of one person with itself are left out.
func carried(before, after []Row, apart []Pair) []Pair {
	id := map[string]string{}
	for i := range before {
		id[before[i].Person] = after[i].Person
	}
	var out []Pair
	for _, p := range apart {
		if p.One != p.Other {
			out = append(out, Pair{id[p.One], id[p.Other]})
		}
	}
	return out
}

// TestSameListTwice: one list of invented people, delivered twice, the second
// time in another order. Names are unique but for two people of one name, of
// other date and age; about 7 % of the dates are not known. Every person is
// found again, and nobody else is joined.
func TestSameListTwice(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 5))
	const people = 2_000
	text := make([]string, people)
	for i := range text {
		name, date, age := fmt.Sprintf("given%d of family%d", i, i%97), fmt.Sprintf("2010-02-%02d", 1+i%28), 1+i%80
		if i == 1 {
			name = "given0 of family0"
		}
		if i > 1 && rng.IntN(100) < 7 {
			date = ""
		}
		text[i] = fmt.Sprintf("%s; %s; village %d, north; %d", name, date, i%11, age)
	}
	order := rng.Perm(people)
	var rows []Row
	for i, s := range text {
		rows = append(rows, rec(t, i+1, "s-first", s))
	}
	for i, n := range order {
		rows = append(rows, rec(t, people+i+1, "s-second", text[n]))
	}
	result := link(t, DefaultRules(), rows)
	if result.After != people || len(result.Moves) != people || result.ContestedTotal != 0 {
		t.Fatalf("%d persons, %d moves, %d contested, want %d, %d, 0", result.After, len(result.Moves), result.ContestedTotal, people, people)
	}
	got := persons(rows, result)
	for i, n := range order {
		if got[people+i] != n+1 {
			t.Errorf("row %d of the second list is person %d, want %d", i+1, got[people+i], n+1)
		}
	}
}
