// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"recount/fault"
	"recount/figure"
	"recount/journal"
)

// MembersPath is where a named bundle has the members of a count file's lines:
// a count file of member@1.
func MembersPath(file int64) string { return fmt.Sprintf("data/members/%d.count", file) }

// people holds the lines of one count file against the records behind them.
type people struct {
	file    string
	records map[journal.Leaf]journal.Leaf // of a member, its record
	line    map[journal.Leaf]int64        // of a record, the line it was met in
	used    map[journal.Leaf]bool         // members that a line names
}

// newPeople reads the members of a count file; nil where there are none that
// can be read.
func (c *checking) newPeople(file int64) *people {
	p := &people{file: MembersPath(file), records: make(map[journal.Leaf]journal.Leaf), line: make(map[journal.Leaf]int64), used: make(map[journal.Leaf]bool)}
	text, err := c.bag.read(p.file)
	if err == nil {
		err = p.read(c.checkpoint.Origin, text)
	}
	if err != nil {
		c.report.add(AddsUp, Finding{Verdict: undecidedMissing(err), File: p.file, What: "the members of the lines", Expected: "a count file of member@1", Found: err.Error()})
		return nil
	}
	return p
}

func undecidedMissing(err error) Verdict {
	if errors.Is(err, fault.NotFound) {
		return Undecided
	}
	return undecidedOr(err)
}

func (p *people) read(origin string, text []byte) error {
	r, err := journal.NewCountReader(bytes.NewReader(text))
	if err != nil {
		return err
	}
	if r.Origin() != origin || r.Kind().Name != "member@1" {
		return fmt.Errorf("%w: a file of %s with lines of kind %s", fault.Tampered, r.Origin(), r.Kind().Name)
	}
	for {
		o, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		v, _ := o.Get("record")
		record, err := journal.ParseLeaf(v.Text())
		if err != nil {
			return fmt.Errorf("%w: line %d does not name a record", fault.Tampered, r.Number())
		}
		p.records[r.Leaf()] = record
	}
}

// person holds one line against its records.
func (t *tally) person(number int64, o journal.Opening, rungs figure.Rungs, opened figure.Use) {
	p := t.people
	v, open := o.Get("members")
	members, err := journal.ParseLeafList(v.Text())
	if !open || err != nil || len(members) == 0 {
		t.tell(Undecided, number, "the records behind a line", "members, open", "closed, or something else")
		return
	}
	var records []disclosed
	all := true
	for _, m := range members {
		record, ok := p.records[m]
		if !ok || p.used[m] {
			t.tell(Refuted, number, "a member of a line", "one that "+p.file+" lists, of this line alone", m.String())
			return
		}
		p.used[m] = true
		if other, met := p.line[record]; met {
			t.tell(Refuted, number, "a record is counted in two persons", "one line", fmt.Sprintf("lines %d and %d", other, number))
			return
		}
		p.line[record] = number
		row, ok := t.rows[record]
		if !ok {
			t.tell(Undecided, number, "a record behind a line is not disclosed, or was not shown to stand in an import", "data/rows/"+record.String()+".opening", "nothing that holds")
			all = false
			continue
		}
		records = append(records, row)
	}
	if all {
		t.follow(number, records, rungs, opened)
	}
}

// follow holds the rungs of a line against its records.
func (t *tally) follow(number int64, records []disclosed, rungs figure.Rungs, opened figure.Use) {
	if sources := t.count.Definition.Sources; len(sources) > 0 {
		of := func(x disclosed) bool {
			v, _ := x.opening.Get("source")
			return slices.Contains(sources, v.Text())
		}
		if !slices.ContainsFunc(records, of) {
			t.tell(Refuted, number, "a person of the universe", "a record, with its source open, of one of the sources of the figure", "none")
		}
	}
	want, closed := rungsOf(t.sheet, records)
	if closed != "" {
		t.tell(Undecided, number, "whether the rungs follow from the records", "the fields they follow from, open", closed+" is closed")
		return
	}
	for _, f := range t.sheet.Rungs().Fields() {
		if !opened.Has(f) {
			t.tell(Undecided, number, "a rung of a line of a named bundle", f+", open", "closed")
			return
		}
		if want.Field(f) != rungs.Field(f) {
			t.tell(Refuted, number, "the rungs of a line do not follow from its records", f+" as the records give it", "something else")
			return
		}
	}
}

// close looks at what only all lines together show.
func (p *people) close(t *tally) {
	for _, m := range sortedLeaves(p.records) {
		if !p.used[m] {
			t.report.add(AddsUp, Finding{Verdict: Refuted, File: p.file, What: "a member that no line names", Expected: "none", Found: m.String()})
			return
		}
	}
	for _, record := range sortedLeaves(p.line) {
		row, ok := t.rows[record]
		if !ok {
			continue
		}
		v, _ := row.opening.Get("supersedes")
		before, err := journal.ParseLeaf(v.Text())
		if err != nil {
			continue // it replaces none, or does not say
		}
		if other, met := p.line[before]; met {
			t.tell(Refuted, p.line[record], "a record is counted together with the one it replaces", "one of the two", fmt.Sprintf("lines %d and %d", other, p.line[record]))
		}
	}
}

// sortedLeaves gives findings the same order each time.
func sortedLeaves[V any](m map[journal.Leaf]V) []journal.Leaf {
	return slices.SortedFunc(maps.Keys(m), func(a, b journal.Leaf) int { return bytes.Compare(a[:], b[:]) })
}
