// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"fmt"
	"slices"

	"recount/fault"
	"recount/journal"
	"recount/linkage"
	"recount/register"
	"recount/store"
)

// three adds three records of one list, each a person of its own.
func (d *desk) three() (persons []string, records []journal.Leaf) {
	s, e := d.id("s"), d.id("e")
	var accounts []account
	for n := range 3 {
		p := d.person(s, e, fmt.Sprint("Mira Oskan ", n), "mira oskan", int64(n+1))
		persons = append(persons, p.Person)
		accounts = append(accounts, account{p, []register.Harm{killed("2031-02-26", "2031-02", "Karvel", "karvel")}})
	}
	records, _, _ = d.add(accounts...)
	return persons, records
}

// stands tells under whom each record stands, by every way of asking.
func (d *desk) stands(what string, r store.Reader, records []journal.Leaf, want []string) error {
	d.t.Helper()
	var errs []error
	listed := map[journal.Leaf]string{}
	for row, err := range r.LinkRows(d.ctx) {
		if err != nil {
			return err
		}
		listed[row.Leaf] = row.Person
	}
	for row, err := range r.TallyRecords(d.ctx) {
		if err != nil {
			return err
		}
		if listed[row.Leaf] != row.Person {
			d.t.Errorf("%s: record %s is %s for linkage and %s for tally", what, row.Leaf, listed[row.Leaf], row.Person)
		}
	}
	persons, err := r.Persons(d.ctx, store.PersonFilter{}, store.Page{})
	errs = append(errs, err)
	for _, p := range persons {
		for _, record := range p.Records {
			if listed[record.Leaf] != p.Person || record.Person != p.Person {
				d.t.Errorf("%s: record %s is listed under %s, and stands under %s", what, record.Leaf, p.Person, listed[record.Leaf])
			}
		}
	}
	var got []string
	for _, leaf := range records {
		person, err := r.PersonOf(d.ctx, leaf)
		errs = append(errs, err)
		record, err := r.Record(d.ctx, leaf)
		errs = append(errs, err)
		if record.Person != person || listed[leaf] != person {
			d.t.Errorf("%s: record %s stands under %s, %s and %s", what, leaf, person, record.Person, listed[leaf])
		}
		got = append(got, person)
	}
	d.equal(what, got, want)
	distinct := slices.Compact(sorted(want))
	d.equal(what+", how many persons", len(persons), len(distinct))
	return errors.Join(errs...)
}

func mergeAndSplit(d *desk) {
	p, records := d.three()
	asAdded := p
	seq := d.act(linkage.Merged{Into: p[0], From: p[1], Records: records[1:2]}.Draft("same day, same street", "duty", "internal"))
	merged := []string{p[0], p[0], p[2]}
	d.act(linkage.Merged{Into: p[0], From: p[2], Records: records[2:3]}.Draft("same", "duty", "internal"))
	all := []string{p[0], p[0], p[0]}
	fresh := d.id("p")
	split := d.act(linkage.Split{Person: p[0], Into: fresh, Records: []journal.Leaf{records[0], records[2]}}.Draft("two people", "duty", "internal"))
	apart := []string{fresh, p[0], fresh}
	for size, want := range map[int64][]string{seq: asAdded, seq + 1: merged, seq + 2: all, split + 1: apart} {
		d.at(size, func(r store.Reader) error { return d.stands(fmt.Sprint("at ", size), r, records, want) })
	}
	d.read(func(r store.Reader) error {
		first, err := r.Person(d.ctx, p[0])
		d.equal("who is left of the first", leavesOf(first.Records), texts(records[1]))
		d.equal("decisions on the first", len(first.Decisions), 3)
		d.equal("the last decision", []string{first.Decisions[2].Kind, first.Decisions[2].One, first.Decisions[2].Other, first.Decisions[2].Reason},
			[]string{"persons.split@1", p[0], fresh, "two people"})
		moves, err2 := r.MovesOf(d.ctx, records[2])
		d.equal("where the third stood", moves, []store.Move{
			{Seq: seq + 1, Until: split, Record: records[2], Person: p[0]}, {Seq: split, Until: -1, Record: records[2], Person: fresh},
		})
		empty, err3 := r.Person(d.ctx, p[2])
		d.equal("records of the person that was merged", len(empty.Records), 0)
		d.equal("its history", len(empty.Decisions), 1)
		linked, err4 := r.Persons(d.ctx, store.PersonFilter{Linked: true}, store.Page{Limit: 1})
		d.equal("the first person that was linked", linked[0].Person, p[0])
		rest, err5 := r.Persons(d.ctx, store.PersonFilter{Linked: true}, store.Page{After: p[0]})
		d.equal("persons after it", []string{rest[0].Person, fmt.Sprint(len(rest))}, []string{fresh, "1"})
		_, nobody := r.Person(d.ctx, "p-ffffffffffffffff")
		if !errors.Is(nobody, fault.NotFound) {
			d.t.Errorf("a person that never was: %v; fault.NotFound is right", nobody)
		}
		pairs, err6 := r.Apart(d.ctx)
		d.equal("who is not one", pairs, []linkage.Pair{{One: min(p[0], fresh), Other: max(p[0], fresh)}})
		return errors.Join(err, err2, err3, err4, err5, err6)
	})
}

// run stages moves and records a run of the rules that made them.
func (d *desk) run(moves ...linkage.Move) (leaves []journal.Leaf, seq int64) {
	var rows []row
	for _, m := range moves {
		rows = append(rows, row{"member@1", m.Values()})
	}
	leaves, staged := d.stage(rows...)
	return leaves, d.act(linkage.Linked{Base: 1, Rules: "{}", RulesSHA256: "00", RowFile: staged.RowFile(), Moved: int64(len(moves)), Persons: 1}.Draft("rules of spring", "duty", "internal"))
}

func runOfRules(d *desk) {
	p, records := d.three()
	first, one := d.run(linkage.Move{Record: records[1], Person: p[0], Why: "name and date"}, linkage.Move{Record: records[2], Person: p[0], Why: "name and date"})
	_, two := d.run(linkage.Move{Record: records[1], Person: p[1], Why: "birth"})
	d.at(one, func(r store.Reader) error { return d.stands("before the runs", r, records, p) })
	d.at(two, func(r store.Reader) error {
		return d.stands("between the runs", r, records, []string{p[0], p[0], p[0]})
	})
	d.read(func(r store.Reader) error {
		moves, err := r.MovesOf(d.ctx, records[1])
		d.equal("how the second record moved", len(moves), 2)
		d.equal("its first move", moves[0], store.Move{Seq: one, Until: two, Record: records[1], Person: p[0], Why: "name and date", Row: first[0], ByRule: true})
		runs, err2 := r.Linkings(d.ctx)
		d.equal("runs", []int64{runs[0].Seq, runs[1].Seq, runs[0].Moved}, []int64{one, two, 2})
		return errors.Join(err, err2, d.stands("after the runs", r, records, []string{p[0], p[1], p[0]}))
	})
	// Somebody moves a record that a rule had moved, and a rule one that somebody had.
	three := d.act(linkage.Merged{Into: p[1], From: p[0], Records: records[2:3]}.Draft("same", "duty", "internal"))
	_, four := d.run(linkage.Move{Record: records[2], Person: p[0], Why: "name"})
	d.at(four, func(r store.Reader) error {
		return d.stands("after a decision", r, records, []string{p[0], p[1], p[1]})
	})
	d.at(three, func(r store.Reader) error { return d.stands("before it", r, records, []string{p[0], p[1], p[0]}) })
	d.read(func(r store.Reader) error { return d.stands("at last", r, records, []string{p[0], p[1], p[0]}) })
}

func apartOutlives(d *desk) {
	p, records := d.three()
	said := d.act(linkage.Distinguished{One: p[0], Other: p[1]}.Draft("cousins", "duty", "internal"))
	pair := func(a, b string) []linkage.Pair { return []linkage.Pair{{One: min(a, b), Other: max(a, b)}} }
	apart := func(what string, size int64, want []linkage.Pair) {
		d.at(size, func(r store.Reader) error {
			got, err := r.Apart(d.ctx)
			d.equal(what, got, want)
			return err
		})
	}
	apart("before it was said", said, nil)
	apart("once it was said", said+1, pair(p[0], p[1]))
	// A rule moves the second person's only record: the word goes with it.
	_, run := d.run(linkage.Move{Record: records[1], Person: p[2], Why: "name"})
	apart("after a rule moved it", run+1, pair(p[0], p[2]))
	// People make them one after all, and then take them apart again.
	merged := d.act(linkage.Merged{Into: p[0], From: p[2], Records: records[1:3]}.Draft("one after all", "duty", "internal"))
	apart("after people made them one", merged+1, nil)
	fresh := d.id("p")
	split := d.act(linkage.Split{Person: p[0], Into: fresh, Records: records[1:2]}.Draft("no", "duty", "internal"))
	apart("after people took them apart", split+1, pair(p[0], fresh))
	d.read(func(r store.Reader) error { return d.stands("at last", r, records, []string{p[0], fresh, p[0]}) })
}
