// SPDX-License-Identifier: Apache-2.0

package invent_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"

	"recount/edtf"
	"recount/figure"
	"recount/intake/mapping"
	"recount/intake/table"
	"recount/invent"
	"recount/journal"
	"recount/linkage"
)

// said is a row of a list as the program reads it, with whom it is about.
type said struct {
	mapping.Person
	list   string
	source string
	row    int
	person int
}

func readList(t *testing.T, name, file, mappingText string) ([]mapping.Person, mapping.Counts) {
	t.Helper()
	m, err := mapping.Parse([]byte(mappingText))
	if err != nil {
		t.Fatalf("mapping of %s: %v", name, err)
	}
	tab, err := table.Open(strings.NewReader(file), int64(len(file)), table.Options{
		File: name, Sheet: m.Sheet, HeaderRow: m.HeaderRow, Delimiter: m.Delimiter, Encoding: m.Encoding, Wanted: m.Wanted(),
	})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	r, err := mapping.Bind(m, tab.Info(), name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if extra := r.Unlisted(); len(extra) > 0 {
		t.Errorf("%s: the mapping says nothing of %v", name, extra)
	}
	var people []mapping.Person
	for {
		row, err := tab.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		p, refused := r.Read(row)
		if refused != nil {
			t.Fatalf("%s: %v", name, refused)
		}
		people = append(people, p)
	}
	return people, r.Counts
}

// readCase reads every list of a case by its mapping.
func readCase(t *testing.T, seed uint64, size invent.Size) (*invent.Case, []said, map[string]mapping.Counts) {
	t.Helper()
	c := invent.New(seed, size)
	files, m := written(t, seed, size)
	whom := map[invent.RowRef]int{}
	for _, r := range c.Truth().Rows {
		whom[r.RowRef] = r.Person
	}
	var all []said
	counts := map[string]mapping.Counts{}
	for _, l := range m.Lists {
		people, n := readList(t, l.File, files[l.File], files[l.Mapping])
		counts[l.Key] = n
		if len(people) != l.Rows {
			t.Errorf("%s: %d rows read, the manifest says %d", l.Key, len(people), l.Rows)
		}
		for _, p := range people {
			row := int(p.Record.Row.N)
			person, ok := whom[invent.RowRef{List: l.Key, Row: row}]
			if !ok {
				t.Fatalf("%s, row %d is about nobody", l.Key, row)
			}
			all = append(all, said{p, l.Key, l.Source, row, person})
		}
	}
	return c, all, counts
}

// The lists are read by their mappings without a refusal; what they give holds
// gaps, contradictions and doubts, but is mostly right.
func TestListsAreRead(t *testing.T) {
	t.Parallel()
	c, all, counts := readCase(t, 1, invent.Demo)
	for _, l := range []string{"registry", "hospital", "families", "commission"} {
		n := counts[l]
		if n.Read < 150 || n.Refused != 0 || n.Doubtful*10 > n.Read || n.NoName != 0 {
			t.Errorf("%s: %d read, %d refused, %d doubtful, %d without a name", l, n.Read, n.Refused, n.Doubtful, n.NoName)
		}
	}
	if counts["hospital"].Contradictions == 0 || counts["commission"].Contradictions == 0 {
		t.Error("no list contradicts itself about a child")
	}
	right, harms := 0, 0
	for _, s := range all {
		p := c.People[s.person-1]
		if len(s.Harms) == 0 {
			t.Fatalf("%s, row %d says of no harm", s.list, s.row)
		}
		for _, h := range s.Harms {
			harms++
			if h.Date != "" {
				if _, err := edtf.Parse(h.Date); err != nil {
					t.Errorf("%s, row %d: date %q: %v", s.list, s.row, h.Date, err)
				}
			}
			for _, f := range p.Fates {
				if f.Code == h.Code && f.Date.Format("2006-01-02") == h.Date {
					right++
				}
			}
		}
		if s.Record.Birth != "" {
			if _, err := edtf.Parse(s.Record.Birth); err != nil {
				t.Errorf("%s, row %d: birth %q: %v", s.list, s.row, s.Record.Birth, err)
			}
		}
	}
	if right*10 < harms*8 || right == harms {
		t.Errorf("%d of %d harms have their true day", right, harms)
	}
}

// The lists overlap as the figures and the demo need it.
func TestOverlap(t *testing.T) {
	t.Parallel()
	truth := invent.New(1, invent.Demo).Truth()
	lists := map[int]map[string]bool{}
	for _, r := range truth.Rows {
		if lists[r.Person] == nil {
			lists[r.Person] = map[string]bool{}
		}
		lists[r.Person][r.List] = true
	}
	in := map[int]int{}
	for _, l := range lists {
		in[len(l)]++
	}
	in[0] = len(truth.People) - len(lists)
	for n, least := range map[int]int{0: 5, 1: 80, 2: 100, 3: 80, 4: 25} {
		if in[n] < least {
			t.Errorf("%d people stand in %d lists, want at least %d", in[n], n, least)
		}
	}
	if len(truth.Duplicates) < 3 {
		t.Errorf("%d people stand twice in one list", len(truth.Duplicates))
	}
	if len(truth.Namesakes) != 1 {
		t.Errorf("%d pairs of namesakes", len(truth.Namesakes))
	}
}

func rowsOf(all []said) iter.Seq2[linkage.Row, error] {
	return func(yield func(linkage.Row, error) bool) {
		for i, s := range all {
			r := linkage.Row{
				Leaf: journal.Leaf{byte(i >> 8), byte(i)}, Person: fmt.Sprintf("p-%016x", i), Source: s.source, NameFold: s.Record.NameFold,
				AgeLow: s.Record.AgeLow, AgeHigh: s.Record.AgeHigh, Birth: s.Record.Birth, Sex: s.Record.Sex, Order: int64(i),
			}
			harm := s.Harms[0]
			for _, h := range s.Harms {
				if h.Code == "killed" || h.Code == "died-indirect" {
					harm = h
					break
				}
			}
			r.Date, r.Place = harm.Date, harm.Place
			if !yield(r, nil) {
				return
			}
		}
	}
}

// The rules find most people who write in Latin letters again across lists,
// and join nobody wrongly but the namesakes.
func TestLinking(t *testing.T) {
	t.Parallel()
	c, all, _ := readCase(t, 1, invent.Demo)
	result, err := linkage.Link(t.Context(), c.Rules(), rowsOf(all), nil)
	if err != nil {
		t.Fatal(err)
	}
	now := map[string]string{}
	for i := range all {
		p := fmt.Sprintf("p-%016x", i)
		now[p] = p
	}
	for _, m := range result.Moves {
		now[fmt.Sprintf("p-%016x", int(m.Record[0])<<8|int(m.Record[1]))] = m.Person
	}
	namesakes := c.Truth().Namesakes[0]
	pairs, found, wrong := 0, 0, 0
	for i := range all {
		for j := range i {
			same := now[fmt.Sprintf("p-%016x", i)] == now[fmt.Sprintf("p-%016x", j)]
			a, b := all[i].person, all[j].person
			switch {
			case a == b && all[i].list != all[j].list && c.People[a-1].Script == invent.Latin:
				pairs++
				if same {
					found++
				}
			case a != b && same && !(min(a, b) == min(namesakes.One, namesakes.Other) && max(a, b) == max(namesakes.One, namesakes.Other)):
				wrong++
			}
		}
	}
	if wrong != 0 || found*100 < pairs*85 || found == pairs {
		t.Errorf("%d of %d pairs of records were joined, %d wrongly", found, pairs, wrong)
	}
	one, other := rowsAbout(all, namesakes.One), rowsAbout(all, namesakes.Other)
	if len(one) != 1 || len(other) != 1 || now[one[0]] != now[other[0]] {
		t.Errorf("the namesakes are not taken for one: %v and %v", one, other)
	}
}

func rowsAbout(all []said, person int) (ids []string) {
	for i, s := range all {
		if s.person == person {
			ids = append(ids, fmt.Sprintf("p-%016x", i))
		}
	}
	return ids
}

// Most people of a figure fall into cells of five or more, also jointly over
// what the figure looks at, so that a public bundle can open their lines.
func TestCells(t *testing.T) {
	t.Parallel()
	_, all, _ := readCase(t, 1, invent.Demo)
	files, m := written(t, 1, invent.Demo)
	for _, f := range m.Figures {
		d, err := figure.ParseDefinition([]byte(files[f.File]))
		if err != nil {
			t.Fatal(err)
		}
		cells, people := map[string]int{}, map[int]figure.Rungs{}
		for _, s := range all {
			r := people[s.person]
			for _, h := range s.Harms {
				r.Harms = append(r.Harms, figure.Harm{Code: h.Code, Month: orUnknown(h.Month), District: orUnknown(h.District)})
			}
			r.ChildFlag, r.ChildAge = join(r.ChildFlag, s.Record.ChildFlag), join(r.ChildAge, s.Record.ChildAge)
			r.Sex, r.AgeBand = join(r.Sex, s.Record.Sex), join(r.AgeBand, s.Record.AgeBand)
			people[s.person] = r
		}
		in := 0
		for _, r := range people {
			verdicts := d.Decide(r)
			cells[figure.EncodeVerdicts(verdicts)]++
			if verdicts[0] == figure.In {
				in++
			}
		}
		large := 0
		for _, n := range cells {
			if n >= 5 {
				large += n
			}
		}
		if in < 40 || large*100 < len(people)*97 {
			t.Errorf("%s: %d people, %d of %d in cells of five or more: %v", d.Title, in, large, len(people), cells)
		}
	}
}

func orUnknown(s string) string {
	if s == "" {
		return "?"
	}
	return s
}

// join adds a value to a set.
func join(set figure.Set, value string) figure.Set {
	if set == "" {
		set = "?"
	}
	switch {
	case value == "" || strings.Contains("+"+string(set)+"+", "+"+value+"+"):
		return set
	case set == "?":
		return figure.Set(value)
	case value < string(set):
		return figure.Set(value + "+" + string(set))
	}
	return set + figure.Set("+"+value)
}

// The long list is read by its mapping, with twelve mapped columns, and the
// first rows do not depend on how many follow.
func TestBulk(t *testing.T) {
	t.Parallel()
	var b, more bytes.Buffer
	c := invent.New(9, 1)
	if err := errors.Join(c.WriteCSV(&b, 5000), c.WriteCSV(&more, 6000)); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(more.String(), b.String()) {
		t.Error("the first rows depend on the number of rows")
	}
	people, counts := readList(t, "bulk.csv", b.String(), string(invent.BulkMapping()))
	if counts.Read != 5000 || counts.Doubtful != 0 || counts.NoName != 0 {
		t.Errorf("%d read, %d doubtful, %d without a name", counts.Read, counts.Doubtful, counts.NoName)
	}
	names := map[string]bool{}
	for _, p := range people {
		if names[p.Record.NameFold] {
			t.Fatal("a name stands twice")
		}
		names[p.Record.NameFold] = true
	}
	m, err := mapping.Parse(invent.BulkMapping())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(m.Wanted()) - len(m.Identifiers); n != 12 {
		t.Errorf("%d mapped columns, want 12", n)
	}
}

func BenchmarkWriteCSV(b *testing.B) {
	c := invent.New(1, 1)
	for b.Loop() {
		if err := c.WriteCSV(io.Discard, 100_000); err != nil {
			b.Fatal(err)
		}
	}
}
