// SPDX-License-Identifier: Apache-2.0

package tally

import (
	"context"
	"iter"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"recount/figure"
	"recount/journal"
	"recount/register"
)

// kept is a case held in memory: a Source.
type kept struct {
	records []Record
	harms   []Harm
	groups  []Group
}

func (k kept) TallyRecords(context.Context) iter.Seq2[Record, error] { return stream(k.records) }
func (k kept) TallyHarms(context.Context) iter.Seq2[Harm, error]     { return stream(k.harms) }
func (k kept) TallyGroups(context.Context) iter.Seq2[Group, error]   { return stream(k.groups) }

func stream[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, x := range list {
			if !yield(x, nil) {
				return
			}
		}
	}
}

func at(size int64) Stamp { return Stamp{Size: size, Root: tlog.Hash{byte(size)}} }

func load(t testing.TB, k kept) *Columns {
	t.Helper()
	c, err := Load(context.Background(), k, at(7))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// caseOf reads records from lines, one each, the n-th with the leaf n:
//
//	person source | sex flag age band | harm month district date; harm …
//
// "-" stands for what is not known. A harm that begins with "!" was excluded.
func caseOf(t testing.TB, lines ...string) kept {
	t.Helper()
	var k kept
	dash := func(s string) string { return strings.TrimPrefix(s, "-") }
	for i, line := range lines {
		parts := strings.Split(line, "|")
		who, once := strings.Fields(parts[0]), strings.Fields(parts[1])
		r := Record{
			Leaf: leaf(i + 1), Person: who[0], Source: who[1], Sex: dash(once[0]), ChildFlag: dash(once[1]),
			ChildAge: dash(once[2]), AgeBand: dash(once[3]),
		}
		k.records = append(k.records, r)
		for text := range strings.SplitSeq(parts[2], ";") {
			f := strings.Fields(text)
			if len(f) == 0 {
				continue
			}
			h := Harm{Record: r.Leaf, Code: dash(f[0]), Month: dash(f[1]), District: dash(f[2]), Determination: "included"}
			if len(f) > 3 {
				h.Date = dash(f[3])
			}
			if code, out := strings.CutPrefix(h.Code, "!"); out {
				h.Code, h.Determination = code, "excluded"
			}
			k.harms = append(k.harms, h)
		}
	}
	return k
}

func leaf(n int) (l journal.Leaf) {
	l[0], l[1] = byte(n>>8), byte(n)
	return l
}

func months(years int64) (low, high register.Number) {
	return register.Exactly(12 * years), register.Exactly(12*years + 11)
}

func killed(parts ...figure.Part) figure.Definition {
	return figure.Definition{
		Figure: "f-0123456789abcdef", Title: "Killed", Unit: figure.Unit, Harms: []string{"killed"}, Rule: figure.Rule, Parts: parts,
	}
}

func part(name, child string) figure.Part {
	return figure.Part{Part: name, Title: name, Child: child}
}

func answer(t testing.TB, c *Columns, d figure.Definition) Answer {
	t.Helper()
	a, err := c.Answer(d)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func people(t testing.TB, a Answer, column int, v figure.Verdict) string {
	t.Helper()
	ids, err := a.People(column, v, 0, 1_000)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSorted(ids) {
		t.Errorf("persons out of order: %v", ids)
	}
	return strings.Join(ids, " ")
}
