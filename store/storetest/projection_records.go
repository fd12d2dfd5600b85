// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// leavesOf are the leaves of records, to compare.
func leavesOf(records []store.Record) []string {
	out := []string{}
	for _, r := range records {
		out = append(out, r.Leaf.String())
	}
	return out
}

func texts(leaves ...journal.Leaf) []string {
	out := []string{}
	for _, l := range leaves {
		out = append(out, l.String())
	}
	return out
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

func recordsReturn(d *desk) {
	full := register.Record{
		Source: d.id("s"), Exhibit: d.id("e"), Pinpoint: "Sheet1!12", Row: register.Exactly(12), Person: d.id("p"),
		Name: journal.Text("Mira  Oskan"), Given: journal.Text("Mira"), Family: journal.Text("Oskan"), Father: journal.Text(""), OtherNames: journal.Text("unknown"),
		NameFold: "mira oskan", SexWritten: journal.Text("F"), Sex: "female", AgeWritten: journal.Text("17"), AgeLow: register.Exactly(204), AgeHigh: register.Exactly(215),
		BirthWritten: journal.Text("2013?"), Birth: "2013?", Occupation: journal.Text("pupil"), Nationality: journal.Text("?"), Affiliation: journal.Text("civilian"),
		ChildWritten: journal.Text("yes"), ChildFlag: "yes", ChildAge: "yes", AgeBand: "15-17", Status: journal.Text("buried"), Note: journal.Text("seen by two"),
		Handling: "restricted", Basis: "family", Raw: journal.Text("12;Mira  Oskan;\"F\"\r\n"),
	}
	harm := register.Harm{
		Number: 1, Code: "killed", CodeWritten: journal.Text("martyr"), Incident: d.id("i"), DateWritten: journal.Text("26.02.2031"), Date: "2031-02-26",
		EndWritten: journal.Text(""), End: "", PlaceWritten: journal.Text("Karvel"), Place: "Karvel, Orlen", CauseWritten: journal.Text("shell"), Cause: "heavy-weapons",
		Alleged: journal.Text("not said"), Month: "2031-02", District: "karvel", Determination: "pending", Standard: "ns", Handling: "restricted",
	}
	second := register.Harm{Number: 2, Code: "injured", Determination: "included", Standard: "rgs", Handling: "restricted"}
	bare := register.Record{Source: full.Source, Exhibit: full.Exhibit, Pinpoint: "row 13", Person: d.id("p"), Handling: "confidential", Basis: "duty"}
	records, harms, seq := d.add(account{full, []register.Harm{harm, second}}, account{bare, nil})

	harm.Record, second.Record = records[0], records[0]
	d.read(func(r store.Reader) error {
		got, err := r.Record(d.ctx, records[0])
		want := store.Record{
			Leaf: records[0], Seq: seq, Batch: got.Batch, Until: -1, Person: full.Person, Said: full,
			Harms: []store.Harm{{Leaf: harms[0][0], Seq: seq, Said: harm}, {Leaf: harms[0][1], Seq: seq, Said: second}},
		}
		d.equal("a record of which all is said", got, want)
		empty, err2 := r.Record(d.ctx, records[1])
		d.equal("a record of which nothing is said", empty.Said, bare)
		person, err3 := r.PersonOf(d.ctx, records[1])
		d.equal("its person", person, bare.Person)
		_, missing := r.Record(d.ctx, journal.Leaf{1})
		_, nobody := r.PersonOf(d.ctx, journal.Leaf{1})
		if !errors.Is(missing, fault.NotFound) || !errors.Is(nobody, fault.NotFound) {
			d.t.Errorf("a record that is not there: %v, %v; fault.NotFound is right", missing, nobody)
		}
		return errors.Join(err, err2, err3)
	})
	d.at(seq, func(r store.Reader) error {
		if _, err := r.Record(d.ctx, records[0]); !errors.Is(err, fault.NotFound) {
			d.t.Errorf("a record before it was added: %v; fault.NotFound is right", err)
		}
		list, err := r.Records(d.ctx, store.RecordFilter{}, store.Page{})
		d.equal("records before any was added", len(list), 0)
		return err
	})
}

// recordsOfLongList: a list that is so long that its records are met in the order
// of their leaves is asked in other words than a short one.
func recordsOfLongList(d *desk) {
	if testing.Short() {
		d.t.Skip("20,001 records: not with -short")
	}
	source, exhibit := d.id("s"), d.id("e")
	accounts := make([]account, 20_001)
	for n := range accounts {
		accounts[n].record = d.person(source, exhibit, "Name", fmt.Sprintf("ar name of%05d", n), int64(n+1))
	}
	leaves, _, _ := d.add(accounts...)
	for word, want := range map[string][]string{"of12345": {leaves[12345].String()}, "e of2000": {leaves[20000].String()}, "n_me": {}} {
		d.read(func(r store.Reader) error {
			got, err := r.Records(d.ctx, store.RecordFilter{Word: word}, store.Page{Limit: 5})
			d.equal("of a long list those with "+word, leavesOf(got), want)
			return err
		})
	}
}

func recordsChosen(d *desk) {
	s1, s2, e1, e2, incident := d.id("s"), d.id("s"), d.id("e"), d.id("e"), d.id("i")
	there := killed("2031-02-26", "2031-02", "Karvel", "karvel")
	there.Incident = incident
	var batches [2][]journal.Leaf
	for i := range batches {
		var accounts []account
		for n := range 12 {
			source, exhibit := s1, e1
			if i == 1 && n%2 == 0 {
				source, exhibit = s2, e2
			}
			a := account{d.person(source, exhibit, fmt.Sprint("Name ", n), fmt.Sprintf("ar%c name of%02d", 'a'+n, n), int64(n+1)), nil}
			if n%3 == 0 {
				a.harms = []register.Harm{there}
			}
			accounts = append(accounts, a)
		}
		batches[i], _, _ = d.add(accounts...)
	}
	pick := func(which func(batch, n int) bool) (want []string) {
		for i, b := range batches {
			for n, leaf := range b {
				if which(i, n) {
					want = append(want, leaf.String())
				}
			}
		}
		return sorted(want)
	}
	for _, test := range []struct {
		name   string
		filter store.RecordFilter
		which  func(batch, n int) bool
	}{
		{"all", store.RecordFilter{}, func(int, int) bool { return true }},
		{"source", store.RecordFilter{Source: s2}, func(b, n int) bool { return b == 1 && n%2 == 0 }},
		{"exhibit", store.RecordFilter{Exhibit: e1}, func(b, n int) bool { return b == 0 || n%2 == 1 }},
		{"incident", store.RecordFilter{Incident: incident}, func(_, n int) bool { return n%3 == 0 }},
		{"incident of a source", store.RecordFilter{Incident: incident, Source: s2}, func(b, n int) bool { return b == 1 && n%6 == 0 }},
		{"name", store.RecordFilter{Name: "arc n"}, func(_, n int) bool { return n == 2 }},
		{"beginning of all names", store.RecordFilter{Name: "ar"}, func(int, int) bool { return true }},
		{"word", store.RecordFilter{Word: "of03"}, func(_, n int) bool { return n == 3 }},
		{"sign of LIKE", store.RecordFilter{Word: "n_me"}, func(int, int) bool { return false }},
		{"no such source", store.RecordFilter{Source: "s-none"}, func(int, int) bool { return false }},
	} {
		want := pick(test.which)
		for _, limit := range []int{0, 1, 5, 24} {
			d.read(func(r store.Reader) error {
				var got []string
				after := ""
				for {
					page, err := r.Records(d.ctx, test.filter, store.Page{After: after, Limit: limit})
					if err != nil {
						return err
					}
					got = append(got, leavesOf(page)...)
					if limit == 0 || len(page) < limit {
						break
					}
					after = got[len(got)-1]
				}
				d.equal(fmt.Sprintf("%s, pages of %d", test.name, limit), sorted(got), sorted(want))
				return nil
			})
		}
	}
	d.read(func(r store.Reader) error {
		named, err := r.Records(d.ctx, store.RecordFilter{Name: "ar"}, store.Page{})
		if !slices.IsSortedFunc(named, func(a, b store.Record) int { return strings.Compare(a.Said.NameFold, b.Said.NameFold) }) {
			d.t.Error("records by name do not come by name")
		}
		return err
	})
}

func corrections(d *desk) {
	s, e := d.id("s"), d.id("e")
	wrong := d.person(s, e, "Tomas Vell", "tomas vell", 1)
	old, oldHarms, first := d.add(account{wrong, []register.Harm{killed("2031-02-26", "2031-02", "Karvel", "karvel")}})
	right := wrong
	right.Name, right.NameFold, right.Supersedes = journal.Text("Toma Vell"), "toma vell", old[0]
	corrected, _, second := d.add(account{right, []register.Harm{killed("2031-02-27", "2031-02", "Karvel", "karvel")}})
	check := func(r store.Reader, leaf journal.Leaf, until int64) error {
		list, err := r.Records(d.ctx, store.RecordFilter{}, store.Page{})
		d.equal("records", leavesOf(list), texts(leaf))
		person, err2 := r.Person(d.ctx, wrong.Person)
		d.equal("records of the person", leavesOf(person.Records), texts(leaf))
		before, err3 := r.Record(d.ctx, old[0])
		d.equal("until when the first stands", before.Until, until)
		d.equal("the first keeps its harm", before.Harms[0].Leaf, oldHarms[0][0])
		counted, err4 := d.tally(r)
		d.equal("what is counted", counted, []string{leaf.String()[:8] + " 1"})
		return errors.Join(err, err2, err3, err4)
	}
	d.at(first+1, func(r store.Reader) error { return check(r, old[0], -1) })
	d.read(func(r store.Reader) error {
		both, err := r.Records(d.ctx, store.RecordFilter{Corrected: true}, store.Page{})
		d.equal("with corrected ones", sorted(leavesOf(both)), sorted(texts(old[0], corrected[0])))
		return errors.Join(err, check(r, corrected[0], second))
	})
	again := right
	again.Exhibit, again.Name, again.NameFold, again.Supersedes = d.id("e"), journal.Text("Thomas Wells"), "thomas wells", corrected[0]
	last, _, third := d.add(account{again, nil})
	chain := []journal.Leaf{old[0], corrected[0], last[0]}
	by := [][]store.Correction{{{Leaf: corrected[0], Seq: second}}, {{Leaf: last[0], Seq: third}}, nil}
	for i, leaf := range chain {
		d.read(func(r store.Reader) error {
			got, err := r.CorrectedBy(d.ctx, leaf)
			d.equal("what corrects "+leaf.String(), got, by[i])
			return err
		})
	}
	d.at(second, func(r store.Reader) error {
		got, err := r.CorrectedBy(d.ctx, old[0])
		d.equal("what corrects the first before the second came", len(got), 0)
		return err
	})
	for i, leaf := range chain {
		others := slices.Delete(slices.Clone(chain), i, i+1)
		d.read(func(r store.Reader) error {
			got, err := r.Corrections(d.ctx, leaf)
			d.equal("corrections of "+leaf.String(), texts(got...), sorted(texts(others...)))
			return err
		})
	}
	d.at(third, func(r store.Reader) error {
		got, err := r.Corrections(d.ctx, old[0])
		d.equal("corrections before the last", got, chain[1:2])
		return err
	})
}

func besideRecords(d *desk) {
	s, e := d.id("s"), d.id("e")
	records, _, _ := d.add(account{d.person(s, e, "Ila Brandt", "brandt ila", 1), nil})
	rung := register.Rung{Record: records[0], Rung: "child_age", Rule: "child-age@2", Value: "no"}
	extra := register.Extra{Record: records[0], Name: "card", Written: journal.Text(" 77 "), Value: "77"}
	group := register.Group{Source: s, Exhibit: e, Pinpoint: "p. 4", Description: journal.Text("some thirty people"), Low: register.Exactly(25), Code: "killed",
		Date: "2031-02", PlaceWritten: journal.Text("Karvel"), Place: "Karvel", Handling: "internal", Basis: "public", Raw: journal.Text("some thirty people were killed")}
	leaves, staged := d.stage(row{"rung@1", rung.Values()}, row{"extra@1", extra.Values()}, row{"group@1", group.Values()})
	seq := d.act(register.Addition{Source: s, RowFile: staged.RowFile()}.Draft("completed", "duty", "internal"))
	d.read(func(r store.Reader) error {
		rungs, err := r.Rungs(d.ctx, records[0])
		d.equal("rungs", rungs, []register.Rung{rung})
		extras, err2 := r.Extras(d.ctx, records[0])
		d.equal("extra fields", extras, []register.Extra{extra})
		groups, err3 := r.Groups(d.ctx, s, store.Page{})
		d.equal("groups", groups, []store.Group{{Leaf: leaves[2], Seq: seq, Said: group}})
		none, err4 := r.Groups(d.ctx, "s-none", store.Page{})
		d.equal("groups of nobody", len(none), 0)
		rest, err5 := r.Groups(d.ctx, "", store.Page{After: leaves[2].String()})
		d.equal("groups after the last", len(rest), 0)
		return errors.Join(err, err2, err3, err4, err5)
	})
	d.at(seq, func(r store.Reader) error {
		rungs, err := r.Rungs(d.ctx, records[0])
		extras, err2 := r.Extras(d.ctx, records[0])
		groups, err3 := r.Groups(d.ctx, "", store.Page{})
		d.equal("before they were added", len(rungs)+len(extras)+len(groups), 0)
		return errors.Join(err, err2, err3)
	})
}

// ownFields: what stands in a field of the case's own is counted over the records
// that stand, and the declaration of one takes the place of the one before.
func ownFields(d *desk) {
	s, e := d.id("s"), d.id("e")
	records, _, _ := d.add(account{d.person(s, e, "Ila Brandt", "brandt ila", 1), nil}, account{d.person(s, e, "Ola Brandt", "brandt ola", 2), nil}, account{d.person(s, e, "Una Brandt", "brandt una", 3), nil})
	name := "Weapon " + s // no other test of this case has it
	_, staged := d.stage(
		row{"extra@1", register.Extra{Record: records[0], Name: name, Written: journal.Text("b"), Value: "b"}.Values()},
		row{"extra@1", register.Extra{Record: records[1], Name: name, Written: journal.Text("a"), Value: "a"}.Values()},
		row{"extra@1", register.Extra{Record: records[2], Name: name, Written: journal.Text("a"), Value: "a"}.Values()},
	)
	seq := d.act(register.Addition{Source: s, RowFile: staged.RowFile()}.Draft("completed", "duty", "internal"))
	first := register.OwnField{Field: name, Type: "text"}
	then := register.OwnField{Field: name, Labels: []string{"en Weapon", "ar السلاح"}, Type: "code", CodeList: "l-weapon", Note: "since"}
	list := register.CodeList{CodeList: "l-weapon", Labels: []string{"en Weapons"}, Codes: []string{register.OwnCode{Code: "a"}.Line(), register.OwnCode{Code: "b", Parent: "a"}.Line()}}
	d.act(first.Draft("declared", "duty", "internal"))
	d.act(list.Draft("declared", "duty", "internal"))
	anew := d.act(then.Draft("declared", "duty", "internal"))
	d.read(func(r store.Reader) error {
		values, err := r.OwnValues(d.ctx, name, 10)
		d.equal("values, the most frequent first", values, []store.OwnValue{{Written: "a", Records: 2}, {Written: "b", Records: 1}})
		most, err2 := r.OwnValues(d.ctx, name, 1)
		d.equal("the most frequent value", most, values[:1])
		names, err3 := r.OwnNames(d.ctx)
		d.equal("the field has a number of records", slices.Contains(names, store.OwnName{Name: name, Records: 3}), true)
		field, err4 := r.OwnField(d.ctx, name)
		d.equal("the declaration", field, then)
		codes, err5 := r.CodeList(d.ctx, "l-weapon")
		d.equal("the list of codes", codes, list)
		return errors.Join(err, err2, err3, err4, err5)
	})
	d.at(anew, func(r store.Reader) error {
		field, err := r.OwnField(d.ctx, name)
		d.equal("the declaration before", field, first)
		return err
	})
	d.at(seq, func(r store.Reader) error {
		values, err := r.OwnValues(d.ctx, name, 10)
		d.equal("values before they were added", len(values), 0)
		return err
	})
}

func unnamedRows(d *desk) {
	s, e := d.id("s"), d.id("e")
	p := d.person(s, e, "Nobody Yet", "nobody yet", 1)
	leaves, staged := d.stage(row{"record@1", p.Values()})
	seen := func(r store.Reader, want int) error {
		list, err := r.Records(d.ctx, store.RecordFilter{}, store.Page{})
		named, err2 := r.Records(d.ctx, store.RecordFilter{Name: "nobody"}, store.Page{})
		persons, err3 := r.Persons(d.ctx, store.PersonFilter{}, store.Page{})
		counted, err4 := d.tally(r)
		_, err5 := r.Record(d.ctx, leaves[0])
		if want == 0 && errors.Is(err5, fault.NotFound) {
			err5 = nil
		}
		d.equal("what is seen", []int{len(list), len(named), len(persons), len(counted)}, []int{want, want, want, want})
		return errors.Join(err, err2, err3, err4, err5)
	}
	d.read(func(r store.Reader) error { return seen(r, 0) })
	x := register.Import{Source: s, Exhibit: e, ExhibitSHA256: strings.Repeat("ab", 32), Mapping: "name: B", MappingSHA256: strings.Repeat("cd", 32), RowFile: staged.RowFile(), Rows: 3, Records: 1, Refused: 1, Doubtful: 1}
	seq := d.act(x.Draft("imported", "duty", "internal"))
	d.read(func(r store.Reader) error {
		same, err := r.Imports(d.ctx, store.ImportFilter{ExhibitSHA256: x.ExhibitSHA256, MappingSHA256: x.MappingSHA256, Source: s})
		d.equal("the same list imported before", same, []store.Imported{{Seq: seq, Import: x, List: true}})
		other, err2 := r.Imports(d.ctx, store.ImportFilter{ExhibitSHA256: x.ExhibitSHA256, Source: "s-other"})
		d.equal("for another source", len(other), 0)
		return errors.Join(err, err2, seen(r, 1))
	})
}

func hostileTexts(d *desk) {
	s := d.source("a'; DROP TABLE p_entry; -- ? $1 \" \\ %")
	s.Note = strings.Repeat("Ж", 30_000)
	d.act(s.Draft("received", "public", "internal"))
	p := d.person(s.Source, d.id("e"), "x", strings.Repeat("ünïcode ", 4_000), 1)
	p.Raw = journal.Text("\x00\x01'\"\\?")
	p.Note = journal.Text(strings.Repeat("long ", 13_000))
	records, _, _ := d.add(account{p, nil})
	d.read(func(r store.Reader) error {
		got, err := r.Source(d.ctx, s.Source)
		d.equal("the source", got, s)
		record, err2 := r.Record(d.ctx, records[0])
		d.equal("the record", record.Said, p)
		named, err3 := r.Records(d.ctx, store.RecordFilter{Name: strings.Repeat("ünïcode ", 30)}, store.Page{})
		d.equal("by its long name", leavesOf(named), texts(records[0]))
		return errors.Join(err, err2, err3)
	})
}
