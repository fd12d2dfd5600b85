// SPDX-License-Identifier: Apache-2.0

package tally

import (
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"recount/fault"
	"recount/figure"
	"recount/journal"
)

// Answer is what the records say to one figure. It holds on to the columns, so
// that the persons behind each number can be listed.
type Answer struct {
	Definition figure.Definition
	Stamp
	Universe int64         // persons who could have been counted
	Total    figure.Totals // of the universe
	Parts    []Part        // "of whom", in the definition's order

	// Contradictions are those among persons who are in or unknown, by kind.
	Contradictions []KindCount
	// Groups of unnamed people that the figure would count or could; each stands
	// for itself and is added to nothing.
	Groups []GroupRange
	// Excluded is how many harms of the universe were left out because somebody
	// determined so.
	Excluded int64

	columns *Columns
	profile []int32 // of each person; none: not of the universe
	found   *profiler
}

// Part is one "of whom". Its unknown are persons of whom it can not be said
// that they are in the figure and in the part.
type Part struct {
	Part, Title string
	Total       figure.Totals
}

// Answer puts a figure to every person. It reads memory only; the same
// definition, stamp and rule give the same answer. Errors: fault.Invalid for a
// definition that is not accepted.
func (c *Columns) Answer(d figure.Definition) (Answer, error) {
	if err := d.Check(); err != nil {
		return Answer{}, err
	}
	a := Answer{
		Definition: d, Stamp: c.stamp, columns: c,
		profile: make([]int32, len(c.persons)), found: newProfiler(c, d),
	}
	among := c.universe(d)
	var scratch []int32
	var size []int64 // of each profile
	for p := range a.profile {
		a.profile[p] = none
		if !among(int32(p)) {
			continue
		}
		n := a.found.of(int32(p), &scratch)
		a.profile[p] = n
		if int(n) == len(size) {
			size = append(size, 0)
		}
		size[n]++
		a.Universe++
	}
	a.Excluded = a.found.excluded
	columns := make([]figure.Totals, 1+len(d.Parts))
	for n, persons := range size {
		for i, v := range a.found.verdicts[n] {
			columns[i] = sum(columns[i], v, persons)
		}
	}
	a.Total = columns[0]
	for i, part := range d.Parts {
		a.Parts = append(a.Parts, Part{part.Part, part.Title, columns[i+1]})
	}
	a.Contradictions = a.countContradictions()
	a.Groups = c.groupsFor(d)
	return a, nil
}

func sum(t figure.Totals, v figure.Verdict, persons int64) figure.Totals {
	switch v {
	case figure.In:
		t.In += persons
	case figure.Unknown:
		t.Unknown += persons
	default:
		t.Out += persons
	}
	return t
}

// universe tells whether a person can be counted at all: it has a record of
// one of the definition's sources, or none are named.
func (c *Columns) universe(d figure.Definition) func(p int32) bool {
	if len(d.Sources) == 0 {
		return func(int32) bool { return true }
	}
	named := make([]bool, len(c.sources.text))
	for _, id := range d.Sources {
		if n, ok := c.sources.number[id]; ok {
			named[n] = true
		}
	}
	return func(p int32) bool {
		for _, r := range c.recordsOf(p) {
			if named[c.source[r]] {
				return true
			}
		}
		return false
	}
}

// verdict of a person in a column; false when it is not of the universe.
func (a *Answer) verdict(p int32, column int) (figure.Verdict, bool) {
	n := a.profile[p]
	if n == none {
		return figure.Out, false
	}
	return a.found.verdicts[n][column], true
}

// People are the ids of the persons behind a verdict, in ascending order: those
// from offset on, at most limit. column is 0 for the figure and 1 for its first
// part (figure.Definition.Column). How many there are in all is in the totals.
// Errors: fault.NotFound for a column that there is not, fault.Invalid for a
// negative offset or limit.
func (a *Answer) People(column int, v figure.Verdict, offset, limit int64) ([]string, error) {
	if column < 0 || column > len(a.Parts) {
		return nil, fmt.Errorf("%w: column %d of figure %s; it has 0 to %d", fault.NotFound, column, a.Definition.Figure, len(a.Parts))
	}
	if offset < 0 || limit < 0 {
		return nil, fmt.Errorf("%w: from %d, at most %d: accepted are numbers of 0 or more", fault.Invalid, offset, limit)
	}
	ids := []string{}
	for p := range a.profile {
		if int64(len(ids)) == limit {
			break
		}
		if got, ok := a.verdict(int32(p), column); !ok || got != v {
			continue
		}
		if offset > 0 {
			offset--
			continue
		}
		ids = append(ids, a.columns.persons[p])
	}
	return ids, nil
}

// Extent is how many records and harms the answer rests on of a person, whoever asks.
func (a *Answer) Extent(person string) (records, harms int, err error) {
	return a.columns.Extent(person)
}

// PeopleAfter is People for lists that go on by id: those behind a verdict
// whose ids come after the one that is named ("": from the first), at most limit.
func (a *Answer) PeopleAfter(column int, v figure.Verdict, after string, limit int) ([]string, error) {
	if column < 0 || column > len(a.Parts) {
		return nil, fmt.Errorf("%w: column %d of figure %s; it has 0 to %d", fault.NotFound, column, a.Definition.Figure, len(a.Parts))
	}
	from, stands := slices.BinarySearch(a.columns.persons, after)
	if stands {
		from++
	}
	ids := []string{}
	for p := from; p < len(a.profile) && len(ids) < limit; p++ {
		if got, ok := a.verdict(int32(p), column); ok && got == v {
			ids = append(ids, a.columns.persons[p])
		}
	}
	return ids, nil
}

// Line is one person of the universe as a count file shows it.
type Line struct {
	Person   string
	Verdicts []figure.Verdict // shared between lines: not to be changed
	Rungs    figure.Rungs     // reduced to what the figure needs; shared as well
	Members  []journal.Leaf   // its records, ascending
}

// Lines are all persons of the universe, ascending by id: for a freeze.
func (a *Answer) Lines() iter.Seq[Line] {
	return func(yield func(Line) bool) {
		for p, n := range a.profile {
			if n == none {
				continue
			}
			line := Line{
				Person: a.columns.persons[p], Verdicts: a.found.verdicts[n], Rungs: a.found.lines[n],
				Members: a.columns.leavesOf(a.columns.recordsOf(int32(p))),
			}
			if !yield(line) {
				return
			}
		}
	}
}

// count is a column of verdicts as JSON shows it (I-04: min ≤ point ≤ max).
type count struct {
	Min   int64 `json:"min"`
	Point int64 `json:"point"`
	Max   int64 `json:"max"`
	figure.Totals
}

func countOf(t figure.Totals) count { return count{t.Min(), t.Point(), t.Max(), t} }

type partJSON struct {
	Part  string `json:"part"`
	Title string `json:"title"`
	count
}

// MarshalJSON is the answer without the persons: definition, stamp, numbers.
func (a Answer) MarshalJSON() ([]byte, error) {
	parts := []partJSON{}
	for _, p := range a.Parts {
		parts = append(parts, partJSON{p.Part, p.Title, countOf(p.Total)})
	}
	return json.Marshal(struct {
		Figure     string          `json:"figure"`
		Title      string          `json:"title"`
		Definition json.RawMessage `json:"definition"`
		Stamp
		Universe       int64        `json:"universe"`
		Total          count        `json:"total"`
		Parts          []partJSON   `json:"parts"`
		Contradictions []KindCount  `json:"contradictions"`
		Groups         []GroupRange `json:"groups"`
		Excluded       int64        `json:"excluded_harms"`
	}{
		a.Definition.Figure, a.Definition.Title, a.Definition.JSON(), a.Stamp, a.Universe, countOf(a.Total), parts,
		a.Contradictions, a.Groups, a.Excluded,
	})
}
