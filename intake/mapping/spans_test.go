// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Several dates in a cell, and the first and the last day in one, are one date. A sign
// that stands in dates too parts what can be read on both of its sides.
func TestDatesInOneCell(t *testing.T) {
	t.Parallel()
	uwazi := Field{Date: "iso", Split: "|", Range: []string{"~", ":"}}
	dmy := Field{Date: "dmy", Split: ";", Range: []string{" - "}, Open: []string{"still"}}
	for _, tt := range []struct {
		field         Field
		written, want string
		doubt         bool
	}{
		{uwazi, "1992-02-25~1992-02-27", "1992-02-25/1992-02-27", false}, {uwazi, "1992 02 25:1992 02 27", "1992-02-25/1992-02-27", false},
		{uwazi, "1992 2 5", "1992-02-05", false}, {uwazi, "1992/02/25:1992/02/25", "1992-02-25", false}, {uwazi, "1991:1992", "1991/1992", false}, {uwazi, "1992-02-25:", "1992-02-25/..", false},
		{uwazi, ":1992-02-25", "../1992-02-25", false}, {uwazi, "26 de febrero de 1992~27 février 1992", "1992-02-26/1992-02-27", false},
		{uwazi, "٢٦ فبراير ١٩٩٢", "1992-02-26", false}, {uwazi, "February 26, 1992:February 27, 1992", "1992-02-26/1992-02-27", false},
		{uwazi, "1992-02-25 10:30", "1992-02-25", false}, {uwazi, "1992-02-25 10:30~1992-02-26 11:00", "1992-02-25/1992-02-26", false},
		{uwazi, "1992-02-27|1992-02-25|1992-02-27", "{1992-02-25,1992-02-27}", false}, {uwazi, "1992-02-25|", "1992-02-25", false}, {uwazi, "|", "", false},
		{uwazi, "1994-01-01~1994-01-03|1992-02-25", "{1992-02-25,1994-01-01..1994-01-03}", false},
		{uwazi, "1970-01-01~1992-02-25", "1970-01-01/1992-02-25", true}, // how an end that nobody gave is exported
		{uwazi, "1992-02-27~1992-02-25", "", true}, {uwazi, "soon~1992-02-25", "", true}, {uwazi, "1992-02-25|soon", "", true}, {uwazi, "~", "", true},
		{uwazi, "1992 02 30~1992 03 02", "1992-02/1992-03-02", true},
		{dmy, "03/04/1992 - 05/04/1992", "1992-04-03/1992-04-05", false}, {dmy, "03/04/1992 - still", "1992-04-03/..", false},
		{dmy, "03/04/1992; 01/02/1992", "{1992-02-01,1992-04-03}", false},
		{Field{Date: "unix"}, "699062400", "1992-02-26", false}, {Field{Date: "unix"}, "-1", "1969-12-31", true}, {Field{Date: "unix"}, "0", "1970-01-01", true},
		{Field{Date: "unix"}, "699062400000", "", true}, {Field{Date: "unix"}, "1992-02-26", "", true}, {Field{Date: "unix"}, "6.9e8", "", true},
	} {
		r := tt.field.readDates(tt.written)
		if r.text != tt.want || (r.doubt != "") != tt.doubt {
			t.Errorf("%q: got %q with doubt %q, want %q", tt.written, r.text, r.doubt, tt.want)
		}
		if len(tt.written) > 4 && strings.Contains(r.doubt, tt.written) {
			t.Errorf("the doubt %q holds the value", r.doubt)
		}
	}
}

// The ends of a time in columns of their own: what is certain, and what is possible.
func TestInterval(t *testing.T) {
	t.Parallel()
	const mapping = `{"format": "recount mapping/1", "row": "person", "unknown": ["NA"], "record": {"name": "name"},
		"own": {"Held": {"columns": ["first", "last", "from", "to"], "interval": ["first", "last", "first-possible", "last-possible"], "open": ["ever"]}},
		"harms": [{"code": {"constant": "detained"}, "date": {"columns": ["first", "last"], "interval": ["first", "last"]}}]}`
	for _, tt := range []struct{ cells, want, harm string }{
		{"2001-02-03,2001-02-05,,", "2001-02-03/2001-02-05", "2001-02-03/2001-02-05"},
		{"2001-02-03,2001-02-03,,", "2001-02-03", "2001-02-03"},
		{"2001-02-03,2001-02-05,2001-01-01,2001-03-01", "2001-01-01~/2001-03-01~", "2001-02-03/2001-02-05"},
		{"2001-02-03,2001-02-05,2001-02-03,2001-03-01", "2001-02-03/2001-03-01~", "2001-02-03/2001-02-05"},
		{"2001-02-03,2001-02-05,ever,", "../2001-02-05", "2001-02-03/2001-02-05"},
		{",,2001-01-01,2001-03-01", "[2001-01-01..2001-03-01]", ""}, {",,ever,2001-03-01", "[..2001-03-01]", ""},
		{",,2001-01-01,ever", "[2001-01-01..]", ""}, {",,2001-01-01,2001-01-01", "2001-01-01", ""}, {",,2001,2001-03-01", "2001/2001-03-01", ""},
		{",,,2001-03-01", "/2001-03-01", ""}, {"2001-02-03,,,", "2001-02-03/", "2001-02-03/"}, {",2001-02-03,2001-01-01,", "2001-01-01~/2001-02-03", "/2001-02-03"},
		{"2001-02-03,2001-02-05,2001-02-04,", "2001-02-03/2001-02-05 doubt", "2001-02-03/2001-02-05"},
		{"2001-02-05,2001-02-03,,", " doubt", " doubt"}, {"soon,2001-02-05,,", " doubt", " doubt"}, {",,,", "", ""}, {"NA,NA,NA,NA", "", ""},
	} {
		people, refused, _ := readList(t, mapping, "name,first,last,from,to\nAda Vell,"+tt.cells+"\n")
		if len(people) != 1 || len(refused) > 0 {
			t.Fatalf("%q: %v", tt.cells, refused)
		}
		p := people[0]
		got, harm := p.Own[0].Value, ""
		for _, h := range p.Harms {
			harm = h.Date
		}
		for _, want := range []string{tt.want, tt.harm} {
			if (strings.HasSuffix(tt.want, "doubt") || strings.HasSuffix(tt.harm, "doubt")) != (len(p.Doubts) > 0) {
				t.Errorf("%q: doubts %v, want %q", tt.cells, p.Doubts, want)
			}
		}
		if diff := cmp.Diff([]string{strings.TrimSuffix(tt.want, " doubt"), strings.TrimSuffix(tt.harm, " doubt")}, []string{got, harm}); diff != "" {
			t.Errorf("%q: - want, + got\n%s", tt.cells, diff)
		}
	}
	people, _, r := readList(t, mapping, "name,first,last,from,to\nAda Vell,2001-02-03,2001-02-05,ever,\n")
	if got := people[0].Own[0].Written.Text(); got != "2001-02-03 / 2001-02-05 / ever" {
		t.Errorf("as written: %q", got)
	}
	if left := r.Unlisted(); len(left) > 0 {
		t.Errorf("columns that are said to be new: %v", left)
	}
}

// What a column beside says too is left out, and a text is said once.
func TestUnlike(t *testing.T) {
	t.Parallel()
	const mapping = `{"format": "recount mapping/1", "row": "person",
		"record": {"name": "n", "other_names": {"columns": ["n__es", "n__fr"], "join": "; ", "unlike": ["n"]}},
		"own": {"said__es": {"column": "s__es", "unlike": ["s"]}}}`
	people, _, r := readList(t, mapping, "n,n__es,n__fr,s,s__es\n"+
		"Ada Vell,Ada de Vell,Ada de Vell,Night,Noche\nBor Senn, Bor Senn ,Bor Senn,X,X\nCeda Vell,,Cède Vell,X,\n")
	var got []string
	for _, p := range people {
		said := "-"
		for _, x := range p.Own {
			said = x.Value
		}
		got = append(got, p.Record.Name.Text()+" | "+p.Record.OtherNames.Text()+" | "+said)
	}
	if diff := cmp.Diff([]string{"Ada Vell | Ada de Vell | Noche", "Bor Senn |  | -", "Ceda Vell | Cède Vell | "}, got); diff != "" {
		t.Error(diff)
	}
	if left := r.Unlisted(); len(left) > 0 {
		t.Errorf("new columns: %v", left)
	}
}

// What cells with several dates say of the order of day and month is evidence too.
func TestOrderInOneCell(t *testing.T) {
	t.Parallel()
	const mapping = `{"format": "recount mapping/1", "row": "person", "record": {"name": "n"}, "own": {"Held": {"column": "d", "date": "iso", "split": "|", "range": ["~"]}}}`
	_, _, r := readList(t, mapping, "n,d\nAda Vell,03/04/1992~26/04/1992\nBor Senn,05/05/1992|27/05/1992\nCeda Vell,1992-05-05~1992-05-06\n")
	got := ""
	for _, f := range r.Fields() {
		if f.Order != nil {
			got = f.Order.Advice(f.Columns, f.Stated)
		}
	}
	want := `column "d": cells that can only be day, month, year: 2 (the first in row 2); only month, day, year: 0; either: 1, such as "03/04/1992" (1992-04-03 or 1992-03-04); the mapping can say "date": "dmy"`
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
