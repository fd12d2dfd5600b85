// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"recount/access"
	"recount/fault"
	"recount/journal"
	"recount/names"
	"recount/register"
	"recount/store"
)

// fieldsIn is a case in which every field of records that can be closed has a
// word that stands nowhere else but in the rows as they stood.
type fieldsIn struct {
	*ground
	leaf             journal.Leaf
	batch, incident  string
	described        int64             // the entry that describes the incident
	declared         int64             // the entry that declares a field of the case's own
	class            map[string]string // of each field, as it was given last
	composed         string            // the folded name, without that of the father
	source, personID string
}

func word(code string) string { return "planted" + strings.NewReplacer("-", "", ":", "").Replace(code) }

// classed are the codes of all fields, and that of a single one of the case's own.
func classed() []string {
	var codes []string
	for _, c := range register.FieldCodes() {
		codes = append(codes, c.Code)
	}
	return append(codes, register.OwnFieldCode("grave"))
}

// fieldScopes holds that what Can says of a record with the class of a field is
// what a Reader shows of the field, whichever way it is asked.
func fieldScopes(g *ground) {
	f := &fieldsIn{ground: g, class: map[string]string{}}
	f.furnish()
	g.index()
	readers := []access.Account{
		{}, seated("ann", nil, access.Reader), seated("ben", nil, access.Analyst),
		seated("cel", []string{compartment}, access.Reader), seated("dor", []string{compartment}, access.Custodian),
	}
	classes := []string{"restricted", "public", "sealed/" + compartment, "internal", "confidential/" + compartment, "confidential"}
	for round := range classes {
		for i, code := range classed() {
			f.close(code, classes[(round+i)%len(classes)])
		}
		for _, who := range readers {
			f.as(who)
		}
		f.whole()
	}
	for _, code := range classed() {
		f.close(code, register.OpenField)
	}
	f.as(readers[1])
	g.verify(g.c)
	before := g.dump(g.c)
	if err := g.c.Rebuild(g.ctx, nil); err != nil {
		g.t.Fatal(err)
	}
	g.equal("the tables after a rebuild", g.dump(g.c), before)
}

// close gives a field a class.
func (f *fieldsIn) close(code, class string) {
	f.t.Helper()
	was := f.class[code]
	if was == "" {
		was = register.OpenField
	}
	f.class[code] = class
	if was == class {
		return
	}
	x := register.Reclassed{SubjectKind: "field", Subject: code, From: was, To: class, Decision: f.id("q")}
	if err := x.Check(); err != nil {
		f.t.Fatal(err)
	}
	f.act(x.Draft("decided", "duty", "internal"))
}

func (f *fieldsIn) furnish() {
	text := func(code string) journal.Value { return journal.Text(word(code)) }
	s := f.newSource("An open list")
	f.source = s.Source
	f.act(s.Draft("described", "duty", "internal"))
	r := f.person(f.source, f.id("e"), "Ada "+word("father")+" Vell", "", 1)
	r.NameFold = names.Key(r.Name.Text())
	r.Given, r.Family, r.Father, r.OtherNames = journal.Text("Ada"), journal.Text("Vell"), text("father"), text("other-names")
	r.BirthWritten, r.Birth, r.AgeLow, r.AgeHigh = text("birth"), "1990-05-03", register.Exactly(491), register.Exactly(491)
	r.Occupation, r.Nationality, r.Affiliation, r.Status, r.Note = text("occupation"), text("nationality"), text("affiliation"), text("status"), text("note")
	r.Raw, r.Handling = journal.Text("plantedraw"), "internal"
	f.composed, f.personID = names.Key("Ada Vell"), r.Person
	b, err := f.c.Stage(f.ctx)
	if err != nil {
		f.t.Fatal(err)
	}
	add := func(kind string, values []journal.Value) journal.Leaf {
		leaf, err := b.Add(kind, values)
		if err != nil {
			f.t.Fatal(err)
		}
		return leaf
	}
	f.leaf = add("record@1", r.Values())
	harm := killed("2031-02-26", "2031-02", word("place"), word("place"))
	harm.Record, harm.Number, harm.Alleged, harm.Handling = f.leaf, 1, text("alleged"), "internal"
	add("harm@1", harm.Values())
	add("extra@1", register.Extra{Record: f.leaf, Name: "plot", Written: text("own"), Value: word("own")}.Values())
	add("extra@1", register.Extra{Record: f.leaf, Name: "grave", Written: journal.Text(word("own:grave")), Value: word("own:grave")}.Values())
	add("rung@1", register.Rung{Record: f.leaf, Rung: "district", Rule: "district@2", Value: word("place")}.Values())
	add("group@1", register.Group{Source: f.source, Exhibit: r.Exhibit, Pinpoint: "row 2", Description: journal.Text("some"), Low: register.Exactly(2), Code: "killed",
		PlaceWritten: text("place"), Place: word("place"), Handling: "internal", Basis: "duty", Raw: journal.Text("plantedraw")}.Values())
	staged := f.finish(b)
	f.batch = staged.RowFile().Batch
	f.act(register.Addition{Source: f.source, Exhibit: r.Exhibit, ExhibitSHA256: strings.Repeat("ab", 32), RowFile: staged.RowFile()}.Draft("added", "duty", "internal"))
	x := register.Incident{Incident: f.id("i"), Title: "planted incident", Kind: "unknown", Context: "unknown", PlaceWritten: word("place"), Place: word("place"), Note: word("note")}
	f.declared = f.act(register.OwnField{Field: "grave", Labels: []string{"en declared " + word("own:grave")}, Type: "text"}.Draft("declared", "duty", "internal"))
	f.incident = x.Incident
	f.described = f.act(x.Draft("described", "duty", "internal"))
}

// told is everything that a reader answers of the case.
func (f *fieldsIn) told(r store.Reader) (string, error) {
	page := store.Page{Limit: 100}
	record, err := r.Record(f.ctx, f.leaf)
	records, err2 := r.Records(f.ctx, store.RecordFilter{}, page)
	person, err3 := r.Person(f.ctx, f.personID)
	extras, err4 := r.Extras(f.ctx, f.leaf)
	rungs, err5 := r.Rungs(f.ctx, f.leaf)
	groups, err6 := r.Groups(f.ctx, "", page)
	incident, err7 := r.Incident(f.ctx, f.incident)
	incidents, err8 := r.Chronology(f.ctx, page)
	found, err9 := r.Search(f.ctx, store.Query{Words: "planted"}, page)
	opened, err10 := f.c.OpenEntry(f.ctx, f.described)
	all, err11 := json.Marshal([]any{record, records, person, extras, rungs, groups, incident, incidents, found.Hits, r.Stripped(opened).Values})
	var b strings.Builder
	b.Write(all)
	declared, err14 := r.OwnFields(f.ctx)
	fmt.Fprintf(&b, "%q\n", declared)
	err12 := r.EachWritten(f.ctx, func(w *store.Written) error {
		fmt.Fprintf(&b, "%s %q\n", w.Kind.Name, w.Values)
		return nil
	})
	err13 := r.AsItStood(f.ctx, f.batch, func(s register.Stood) error {
		b.WriteString(s.Raw + "\n")
		return nil
	})
	for row, err := range r.LinkRows(f.ctx) {
		fmt.Fprintf(&b, "%s %s %v\n", row.Birth, row.Place, err)
	}
	for h, err := range r.TallyHarms(f.ctx) {
		fmt.Fprintf(&b, "%s %v\n", h.District, err)
	}
	return b.String(), errors.Join(err, err2, err3, err4, err5, err6, err7, err8, err9, err10, err11, err12, err13, err14)
}

// searched are the fields by which things are found.
func searched(code string) bool {
	switch code {
	case "father", "other-names", "occupation", "note", "place":
		return true
	}
	return false
}

func (f *fieldsIn) as(who access.Account) {
	f.t.Helper()
	err := f.c.ReadAs(f.ctx, access.ScopeOf(who), func(r store.Reader) error {
		if access.Can(who, access.Read, access.Thing{Case: f.caseID, Kind: "record", Handling: []string{"internal"}}) != nil {
			_, err := r.Record(f.ctx, f.leaf)
			f.equal("somebody who sees no record", errors.Is(err, fault.NotFound), true)
			return nil
		}
		told, err := f.told(r)
		if err != nil {
			return err
		}
		raw := true
		reckoned := regexp.MustCompile(`\b491\b`) // the age, and no part of an id
		for _, code := range classed() {
			class := f.class[code]
			sees := access.Can(who, access.Read, access.Thing{Case: f.caseID, Kind: "record", Handling: []string{"internal", class}}) == nil
			raw = raw && sees
			what := fmt.Sprintf("%q: %s, which is %s", who.Name, code, class)
			if _, single := register.OwnFieldOf(code); single { // it goes with all of them, too
				shown := sees && access.Can(who, access.Read, access.Thing{Case: f.caseID, Kind: "record", Handling: []string{"internal", f.class["own"]}}) == nil
				f.equal(what+", is told", strings.Contains(told, word(code)), shown)
				_, err := r.Entry(f.ctx, f.declared)
				f.equal(what+", is declared in the journal", err == nil, shown)
			} else if code != "row" { // which is told with all of them, or not
				f.equal(what+", is told", strings.Contains(told, word(code)), sees)
			}
			if code == "birth" {
				f.equal(what+", is told as read", strings.Contains(told, "1990-05-03") || reckoned.MatchString(told), sees)
			}
			found, err := r.Search(f.ctx, store.Query{Words: word(code)}, store.Page{Limit: 10})
			if err != nil {
				return err
			}
			f.equal(what+", is found", len(found.Hits) > 0, sees && searched(code))
			handling, err := r.HandlingOf(f.ctx, "field", code)
			f.equal(what+", has a class", fmt.Sprint(handling, errors.Is(err, fault.NotFound)), map[bool]string{true: class + "false", false: "true"}[sees])
		}
		f.equal(fmt.Sprintf("%q: rows as they stood are told", who.Name), strings.Contains(told, "plantedraw"), raw)
		return f.byName(who, r)
	})
	if err != nil {
		f.t.Error(err)
	}
}

// byName: a filter by the name of the father answers as if there was none.
func (f *fieldsIn) byName(who access.Account, r store.Reader) error {
	sees := !r.Shut().Has("father")
	for _, asked := range []struct {
		filter store.RecordFilter
		found  bool
	}{
		{store.RecordFilter{Word: word("father")}, sees}, {store.RecordFilter{Name: f.composed}, !sees}, {store.RecordFilter{Name: names.Key("Ada " + word("father") + " Vell")}, sees},
		{store.RecordFilter{Name: "ada"}, true}, {store.RecordFilter{Word: "vell"}, true}, {store.RecordFilter{Word: "ell x"}, false},
	} {
		list, err := r.Records(f.ctx, asked.filter, store.Page{Limit: 1})
		if err != nil {
			return err
		}
		f.equal(fmt.Sprintf("%q: records by %+v", who.Name, asked.filter), len(list) > 0, asked.found)
	}
	return nil
}

// whole: the machine's own work has everything.
func (f *fieldsIn) whole() {
	f.t.Helper()
	f.read(func(r store.Reader) error {
		told, err := f.told(r)
		for _, code := range classed() {
			if code != "row" && !strings.Contains(told, word(code)) {
				f.t.Errorf("the whole case does not have %s", code)
			}
		}
		return err
	})
}
