// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"context"
	"errors"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
	"recount/intake"
	"recount/intake/table"
	"recount/journal"
)

func TestImport(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	x := d.preserve("tarn.csv", tarnList)
	m := parseMapping(t, tarnMapping)
	var seen []intake.Progress
	o := d.order(x, m)
	o.Progress = func(p intake.Progress) { seen = append(seen, p) }
	r, err := d.clerk.Import(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows != 3 || r.Records != 3 || r.Harms != 3 || r.Leaves != 6 || r.Refused != 0 || r.Unchanged || r.Seq != 3 || r.Contradictions != 1 {
		t.Errorf("receipt: %+v", r)
	}
	if len(seen) == 0 || seen[0].Rows != 3 || seen[0].Bytes != int64(len(tarnList)) {
		t.Errorf("progress: %+v", seen)
	}
	text := receiptText(t, r)
	for _, value := range []string{"Vell", "Senn", "teacher", "tarn.csv"} {
		if strings.Contains(text, value) {
			t.Errorf("the receipt holds %q", value)
		}
	}
	all := d.records()
	sort.Slice(all, func(i, j int) bool { return all[i].Said.Row.N < all[j].Said.Row.N })
	if len(all) != 3 {
		t.Fatalf("%d records, want 3", len(all))
	}
	ada, ceda := all[0], all[2]
	wantRaw := `[["id","001"],["name","Ada Vell"],["age","17"],["minor","1"],["what","killed"],["when","1992-02-26"],["where","Tarn, North"],["work","teacher"]]`
	if got := ada.Said.Raw.Text(); got != wantRaw {
		t.Errorf("raw row %s, want %s", got, wantRaw)
	}
	if ada.Said.Pinpoint != "row 2" || ada.Said.NameFold != "ada vell" || ada.Said.AgeLow.N != 204 || ada.Said.AgeHigh.N != 215 || ada.Said.ChildAge != "yes" {
		t.Errorf("record: %+v", ada.Said)
	}
	if h := ada.Harms[0].Said; h.Code != "killed" || h.Month != "1992-02" || h.District != "tarn" || h.Place != "Tarn, North" {
		t.Errorf("harm: %+v", h)
	}
	// A blank cell, a marker of unknown and a column that is not there are three things.
	want := []journal.Value{journal.Text(""), journal.Text("NA"), ""}
	if d := cmp.Diff(want, []journal.Value{all[1].Said.Occupation, ceda.Said.Occupation, ceda.Said.Nationality}); d != "" {
		t.Error(d)
	}
	if h := ceda.Harms[0].Said; h.Code != "" || h.CodeWritten != journal.Text("NA") || h.Place != "" || h.PlaceWritten != journal.Text("NA") {
		t.Errorf("a harm of unknown kind: %+v", h)
	}
	d.sound(4)
}

// The same bytes, mapping and source change nothing; the same bytes by another
// mapping, or as another's word, are a conflict.
func TestImportAgain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	x := d.preserve("tarn.csv", tarnList)
	if _, err := d.clerk.Import(ctx, d.order(x, parseMapping(t, tarnMapping))); err != nil {
		t.Fatal(err)
	}
	again, err := d.clerk.Preserve(ctx, d.file("copy.csv", tarnList), intake.Delivery{})
	if err != nil || !again.Known || again.Exhibit.Exhibit != x.Exhibit {
		t.Fatalf("got %+v, %v", again, err)
	}
	spelled := parseMapping(t, strings.ReplaceAll(tarnMapping, `"name": "name"`, "\"name\": {\n\"column\": \"name\"}"))
	r, err := d.clerk.Import(ctx, d.order(again.Exhibit, spelled))
	if err != nil || !r.Unchanged || r.Seq != 0 || r.Records != 3 || r.Harms != 3 {
		t.Errorf("got %+v, %v", r, err)
	}
	other := parseMapping(t, strings.ReplaceAll(tarnMapping, `"missing"}`, `"disappeared"}`))
	if _, err := d.clerk.Import(ctx, d.order(x, other)); !errors.Is(err, fault.Conflict) {
		t.Errorf("another mapping: %v, want fault.Conflict", err)
	}
	o := d.order(x, parseMapping(t, tarnMapping))
	o.Source = d.describeSource("Register of Sorre")
	if _, err := d.clerk.Import(ctx, o); !errors.Is(err, fault.Conflict) {
		t.Errorf("another source: %v, want fault.Conflict", err)
	}
	if n := len(d.records()); n != 3 {
		t.Errorf("%d records, want 3", n)
	}
	d.sound(5)
}

// One refused row stops an import and leaves nothing, unless it is accepted;
// then the receipt lists it, without its value.
func TestImportWithRefusedRows(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	x := d.preserve("tarn.csv", tarnList+"004,Dorn Vell,20,0,drowned,1992,Tarn,NA\n005,short\n")
	o := d.order(x, parseMapping(t, tarnMapping))
	var told []string
	o.Refused = func(f *table.Refusal) { told = append(told, f.Tell()) }
	_, err := d.clerk.Import(ctx, o)
	if !errors.Is(err, intake.ErrRefused) || !errors.Is(err, fault.Invalid) || len(d.records()) != 0 {
		t.Fatalf("got %v with %d records", err, len(d.records()))
	}
	if strings.Contains(err.Error(), "drowned") || !strings.Contains(err.Error(), `row 5, column "what"`) {
		t.Errorf("error: %v", err)
	}
	want := []string{
		`tarn.csv: row 5, column "what": "drowned": the mapping does not name this value; accepted: "killed", "missing"; or the value added to the mapping's "codes" or "unknown"`,
		`tarn.csv: row 6: the row has 2 cells, the header has 8; accepted: 8 cells between ","; a cell that holds the delimiter stands in quotes`,
	}
	if d := cmp.Diff(want, told); d != "" {
		t.Error(d)
	}
	d.sound(3)
	o.AcceptRefused, o.Refused = true, nil
	r, err := d.clerk.Import(ctx, o)
	if err != nil || r.Rows != 5 || r.Records != 3 || r.Refused != 2 {
		t.Fatalf("got %+v, %v", r, err)
	}
	listed := []intake.Listed{{Row: 5, Column: "what", Why: "the mapping does not name this value"}, {Row: 6, Why: "the row has 2 cells, the header has 8"}}
	if d := cmp.Diff(listed, r.RefusedRows); d != "" {
		t.Error(d)
	}
	if strings.Contains(receiptText(t, r), "drowned") {
		t.Error("the receipt holds a value")
	}
	d.sound(4)
}

func TestImportThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	m := parseMapping(t, tarnMapping)
	header, _, _ := strings.Cut(tarnList, "\n")
	cancelled, cancel := context.WithCancel(context.Background())
	tests := []struct {
		name, content string
		ctx           context.Context
		change        func(*intake.Order)
		want          error
		text          string
	}{
		{name: "no rows", content: header + "\n\n", want: fault.Invalid, text: "no rows below its header"},
		{name: "a column is missing", content: strings.Replace(tarnList, "where", "place", 1), want: fault.Invalid,
			text: `column "where": the mapping's harms[0].place names this column, and the list does not have it; accepted: one of the columns that are there: "id", "name", "age"`},
		{name: "unclosed quote", content: tarnList + "004,\"Dorn\n", want: fault.Invalid, text: `row 5, column "name": the quote that opens here`},
		{name: "no such source", content: tarnList + "\n", want: fault.NotFound, change: func(o *intake.Order) { o.Source = "s-0000000000000000" }},
		{name: "no source", content: tarnList + "\n\n", want: fault.Invalid, change: func(o *intake.Order) { o.Source = "" }, text: "neither the import nor the mapping names the source"},
		{name: "no such exhibit", content: tarnList + "\n\n\n", want: fault.NotFound, change: func(o *intake.Order) { o.Exhibit = "e-0000000000000000" }},
		{name: "cancelled", content: tarnList + strings.Repeat("004,Dorn Vell,20,0,killed,1992,Tarn,NA\n", 5000), ctx: cancelled, want: context.Canceled,
			change: func(o *intake.Order) { o.Progress = func(intake.Progress) { cancel() } }},
	}
	for i, tt := range tests {
		x := d.preserve(tt.name+".csv", tt.content)
		o := d.order(x, m)
		if tt.change != nil {
			tt.change(&o)
		}
		ctx := tt.ctx
		if ctx == nil {
			ctx = context.Background()
		}
		_, err := d.clerk.Import(ctx, o)
		if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: got %v, want %v with %q", tt.name, err, tt.want, tt.text)
		}
		if n := len(d.records()); n != 0 {
			t.Fatalf("%s: %d records were left", tt.name, n)
		}
		d.sound(int64(i) + 3)
	}
}
