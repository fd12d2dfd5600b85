// SPDX-License-Identifier: Apache-2.0

package register

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/journal"
)

// neverShut are the fields of rows and entries that no code closes, by kind:
// names, sex, the child flag, dates of harms, codes, and what a thing is held by.
// A field that is new stands here or in fieldParts.
func neverShut() map[string][]string {
	return map[string][]string{
		kindRecord: strings.Fields("source exhibit pinpoint row person supersedes name given family name_fold sex_written sex age_written age_low age_high " +
			"child_written child_flag child_age age_band handling basis"),
		kindHarm:  strings.Fields("record number code code_written incident date_written date end_written end cause_written cause month determination standard handling"),
		kindGroup: strings.Fields("source exhibit pinpoint description low high code date_written date handling basis"),
		kindIncident: strings.Fields("seq time actor reason basis handling " +
			"incident title when_written when kind context parent"),
		kindExtra: {"record"},
	}
}

// TestEveryFieldIsClosedOrNot: each field that a record or what is said beside it
// has is closed by a code, is the row as it stood, or is said never to be closed.
func TestEveryFieldIsClosedOrNot(t *testing.T) {
	t.Parallel()
	all := Shut{}
	for _, c := range FieldCodes() {
		all = append(all, c.Code)
		if len(fieldParts(c.Code)) == 0 {
			t.Errorf("%s closes nothing", c.Code)
		}
	}
	slots := map[string]int{
		kindRecord: reflect.TypeFor[Record]().NumField(), kindHarm: reflect.TypeFor[Harm]().NumField(), kindGroup: reflect.TypeFor[Group]().NumField(),
		kindIncident: reflect.TypeFor[Incident]().NumField() + 6, kindExtra: reflect.TypeFor[Extra]().NumField(),
	}
	for name, never := range neverShut() {
		kind, ok := journal.KindNamed(name)
		if !ok || len(kind.Fields) != slots[name] {
			t.Fatalf("%s has %d fields, and its type %d", name, len(kind.Fields), slots[name])
		}
		closed := all.Parts(name)
		for _, field := range kind.Fields {
			if slices.Contains(closed, field) == slices.Contains(never, field) {
				t.Errorf("%s, field %s: closed by a code: %t; said never to be: %t", name, field, slices.Contains(closed, field), slices.Contains(never, field))
			}
		}
		for _, field := range append(closed, never...) {
			if kind.Index(field) < 0 {
				t.Errorf("%s has no field %s", name, field)
			}
		}
	}
}

func saidOf() Record {
	text := journal.Text
	return Record{
		Source: "s-0000000000000001", Exhibit: "e-0000000000000001", Pinpoint: "row 1", Person: "p-0000000000000001",
		Name: text("Ada Tovan Vell"), Given: text("Ada"), Family: text("Vell"), Father: text("Tovan"), NameFold: "ada tovan vell",
		BirthWritten: text("3 May 1990"), Birth: "1990-05-03", AgeLow: Exactly(492), AgeHigh: Exactly(492), ChildAge: "no", AgeBand: "30-44",
		Occupation: text("miller"), Note: text("seen at the ford"), Handling: "internal", Basis: "duty", Raw: text(`[["n","Ada"]]`),
	}
}

func TestStripped(t *testing.T) {
	t.Parallel()
	absent := journal.Value("")
	for _, test := range []struct {
		code   string
		change func(*Record) // of the record, before
		want   func(*Record) // what is left
	}{
		{"father", nil, func(r *Record) {
			r.Father, r.Name, r.NameFold = absent, journal.Text("Ada Vell"), "ada vell"
		}},
		{"father", func(r *Record) { r.Name, r.NameFold = journal.Text("A. Vell"), "a vell" }, func(r *Record) { r.Father = absent }},
		{"father", func(r *Record) {
			r.Given = journal.Text("not known")
			r.Name, r.NameFold = journal.Text("Tovan Vell"), "tovan vell"
		}, func(r *Record) {
			r.Father, r.Name, r.NameFold = absent, journal.Text("Vell"), "vell"
		}},
		{"birth", nil, func(r *Record) {
			r.BirthWritten, r.Birth, r.AgeLow, r.AgeHigh = absent, "", Number{}, Number{}
		}},
		{"birth", func(r *Record) { r.AgeWritten = journal.Text("41") }, func(r *Record) { r.BirthWritten, r.Birth = absent, "" }},
		{"birth", func(r *Record) { r.BirthWritten, r.AgeWritten, r.Birth = absent, journal.Text("1990"), "1990" }, func(r *Record) {
			r.AgeWritten, r.Birth, r.AgeLow, r.AgeHigh = absent, "", Number{}, Number{}
		}},
		{"birth", func(r *Record) {
			r.BirthWritten, r.AgeWritten, r.Birth, r.AgeLow, r.AgeHigh = absent, journal.Text("1990"), "", Number{}, Number{}
		}, func(r *Record) { r.AgeWritten = absent }},
		{"occupation", nil, func(r *Record) { r.Occupation = absent }},
		{"place", nil, func(*Record) {}}, // a record has none, but the row as it stood may
	} {
		was := saidOf()
		if test.change != nil {
			test.change(&was)
		}
		want := was
		test.want(&want)
		want.Raw = absent
		got, err := Shut{test.code}.Record(was)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Values(), got.Values()); diff != "" {
			t.Errorf("without %s (-want +got):\n%s", test.code, diff)
		}
		says := Shut{test.code}.Says(journal.Kind{Name: kindRecord, Fields: kindOf(t, kindRecord).Fields}, was.Values())
		if says != (test.code != "place") {
			t.Errorf("that the record says %s: %t", test.code, says)
		}
	}
	if got, err := (Shut(nil)).Record(saidOf()); err != nil || cmp.Diff(saidOf(), got) != "" {
		t.Errorf("where nothing is closed: %v\n%s", err, cmp.Diff(saidOf(), got))
	}
}

func kindOf(t *testing.T, name string) journal.Kind {
	t.Helper()
	kind, ok := journal.KindNamed(name)
	if !ok {
		t.Fatal(name)
	}
	return kind
}

// A correction keeps what is closed to whoever makes it, and is refused where it
// gives that, whether or not there was anything.
func TestCorrectionKeepsClosed(t *testing.T) {
	t.Parallel()
	shut := Shut{"father", "birth", "note", "place", "alleged"}
	old := saidOf()
	r := Record{Source: old.Source, Exhibit: old.Exhibit, Given: journal.Text("Adah"), Family: journal.Text("Vell"), Name: journal.Text("Adah Vell"), NameFold: "adah vell", Occupation: journal.Text("baker")}
	if err := shut.KeepRecord(&r, old); err != nil {
		t.Fatal(err)
	}
	got := []string{r.Name.Text(), r.NameFold, r.Father.Text(), r.Birth, r.BirthWritten.Text(), r.Note.Text(), r.Occupation.Text(), r.Raw.Text()}
	if diff := cmp.Diff([]string{"Adah Tovan Vell", "adah tovan vell", "Tovan", "1990-05-03", "3 May 1990", "seen at the ford", "baker", old.Raw.Text()}, got); diff != "" {
		t.Error(diff)
	}
	year := Record{Birth: "1990", AgeWritten: journal.Text("1990")}
	r = Record{}
	if err := shut.KeepRecord(&r, year); err != nil || r.AgeWritten.Text() != "1990" || r.Birth != "1990" {
		t.Errorf("a year of birth in the column of ages is not kept: %+v, %v", r, err)
	}
	for _, was := range []Record{old, {}} {
		given := Record{Father: journal.Text("Tomas")}
		if err := shut.KeepRecord(&given, was); !errors.Is(err, fault.Forbidden) || !strings.HasPrefix(err.Error(), fault.Forbidden.Error()+": father: ") || strings.Contains(err.Error(), "Tovan") {
			t.Errorf("a value of a closed field: %v", err)
		}
	}

	before := []Harm{{Number: 1, Code: "killed", PlaceWritten: journal.Text("the ford"), Place: "the ford", District: "the ford", Alleged: journal.Text("a unit")}}
	harms := []Harm{{Number: 1, Code: "killed", Date: "2031-02-26"}}
	if err := shut.KeepHarms(harms, before); err != nil || harms[0].Place != "the ford" || harms[0].Alleged.Text() != "a unit" || harms[0].Date != "2031-02-26" {
		t.Errorf("harms: %v, %+v", err, harms)
	}
	for _, other := range [][]Harm{{}, {{Number: 1, Code: "injured"}}, {{Number: 1, Code: "killed"}, {Number: 2, Code: "detained"}}, {{Number: 1, Code: "killed", Place: "the mill"}}} {
		for _, was := range [][]Harm{before, {{Number: 1, Code: "killed"}}} {
			if err := shut.KeepHarms(slices.Clone(other), was); !errors.Is(err, fault.Forbidden) || strings.Contains(err.Error(), "ford") {
				t.Errorf("other harms: %v", err)
			}
		}
	}
	if err := (Shut{"father"}).KeepHarms([]Harm{}, before); err != nil {
		t.Errorf("harms are corrected where nothing of them is closed: %v", err)
	}

	x := Incident{Title: "At the ford"}
	if err := shut.KeepIncident(&x, Incident{Title: "Ford", Place: "the ford", PlaceWritten: "ford", Note: "a note"}); err != nil || x != (Incident{Title: "At the ford", Place: "the ford", PlaceWritten: "ford", Note: "a note"}) {
		t.Errorf("an incident: %v, %+v", err, x)
	}
	if err := shut.KeepIncident(&Incident{Place: "the mill"}, Incident{}); !errors.Is(err, fault.Forbidden) {
		t.Errorf("the place of an incident: %v", err)
	}
}
