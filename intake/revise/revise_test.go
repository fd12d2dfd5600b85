// SPDX-License-Identifier: Apache-2.0

package revise_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/intake/mapping"
	"recount/intake/revise"
)

// written are the mappings of the known lists and of the manual, by name.
func written(t *testing.T) map[string]*mapping.Mapping {
	t.Helper()
	all := map[string]*mapping.Mapping{}
	files, err := filepath.Glob("../propose/known/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d known lists, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var x struct{ Mapping map[string]any }
		if err := json.Unmarshal(text, &x); err != nil {
			t.Fatal(err)
		}
		x.Mapping["format"] = mapping.Format
		if x.Mapping["row"] == nil { // of a form: its questions stand beside it
			x.Mapping["row"] = "person"
			if x.Mapping["record"] == nil {
				x.Mapping["record"] = map[string]any{"name": "victim/name"}
			}
		}
		text, err = json.Marshal(x.Mapping)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(file)] = parsed(t, string(text))
	}
	manual, err := os.ReadFile("../../docs/mapping.md")
	if err != nil {
		t.Fatal(err)
	}
	for n, block := range strings.Split(string(manual), "```json\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		switch {
		case strings.Contains(block, `"recount record/1"`):
			continue
		case !strings.Contains(block, `"format"`):
			rest := ""
			if !strings.Contains(block, `"harms"`) {
				rest = `,"record":{"name":"Name"}`
			}
			block = `{"format":"recount mapping/1","row":"person",` + block + rest + `}`
		}
		block = strings.ReplaceAll(block, `"e-…"`, `"e-0123456789abcdef"`)
		all["manual "+string(rune('a'+n))] = parsed(t, block)
	}
	all["much"] = parsed(t, much)
	all["spans"] = parsed(t, spans)
	return all
}

// much has what the form shows and what it does not, and columns of two meanings.
const much = `{"format":"recount mapping/1","row":"person","title":"a note","source":"s-0123456789abcdef","header_row":3,"header_rows":2,"encoding":"windows-1251","handling":"restricted",
"unknown":["NA","not known",""],"only":{"column":"Kind","values":["Person"]},"sections":"Village","fill_down":["Family"],"rows_of":["No"],
"repeats":{"child":{"columns":"child#_*"},"inj":{"split":["Injuries"],"by":";"}},
"record":{"name":{"columns":["Given","Family"]},"age":{"column":"Age","unit":"months","year_is_birth":true,"unknown":["?"]},"birth":{"column":"Born","calendar":"hijri","date":"dmy"},"status":"Fate","note":{"constant":"seen"}},
"harms":[{"repeat":"rows","code":{"column":"Fate","codes":{" D ":"killed","M":"missing","-":null},"other":"x-"},"date":{"column":"Day","date":"mdy"},"place":{"columns":["Village","District"]},"standard":"rgb"},
{"code":{"constant":"displaced"},"place":"District"},{"repeat":"inj","code":{"column":"Injuries","codes":{"1":"injured"}}},{"code":{"constant":"property"},"alleged":"Who"}],
"own":{"Plot":"Plot","Both":{"columns":["A","B"],"join":"-"}},"others":[{"repeat":"child","record":{"name":"name"},"harms":[{"code":{"constant":"missing"},"place":"Village"}]}],
"consent":{"answer":{"column":"Consent","codes":{"Yes":"yes","No":"no"}},"uses":["analyse team any"],"date":"Asked","explained_by":"Team","language":"ar","explained":"e-0123456789abcdef","way":"oral","obtained_by":"Team"},
"classes":{"Who":"restricted","Phone":"restricted/k-0011223344556677","Plot":"internal"},
"key":["No"],"identifiers":["No","Name#2"],"not_mapped":["Remarks"]}`

// spans has what cells and columns say of several days, languages and former keys.
const spans = `{"format":"recount mapping/1","row":"person","only":{"column":"State","not":["rejected"]},"languages":{"by":["Entity"],"column":"Language","first":"en"},
"record":{"name":"Title","other_names":{"columns":["Title__es","Title__fr"],"join":"; ","unlike":["Title"]}},
"harms":[{"code":{"constant":"detained"},"date":{"columns":["From","To"],"interval":["first","last"],"open":["still"]}}],
"own":{"Days":{"column":"Days","split":"|","range":["~",":"]}},"key":["Id"],"was":{"columns":["Former","Root"],"prefix":"uuid:"}}`

func parsed(t *testing.T, text string) *mapping.Mapping {
	t.Helper()
	m, err := mapping.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return m
}

func text(t *testing.T, m *mapping.Mapping) string {
	t.Helper()
	raw, err := m.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestSameAgain: what is shown and sent back unchanged is the same mapping, byte for
// byte, also where the list lacks its columns.
func TestSameAgain(t *testing.T) {
	t.Parallel()
	all := written(t)
	if len(all) < 14 {
		t.Fatalf("%d mappings", len(all))
	}
	for name, m := range all {
		want := text(t, m)
		values := map[string][]string{}
		for _, c := range m.Wanted() {
			values[c] = []string{"D", "M", "-", "Yes", "male", "1", "other"}
		}
		for _, of := range []revise.List{
			{Columns: slices.Concat(m.Wanted(), m.NotMapped, []string{"more"}), Values: values}, {Columns: m.Wanted()}, {},
			{Columns: slices.Concat(m.NotMapped, m.Wanted()[len(m.Wanted())/2:]), Values: values},
		} {
			m := parsed(t, want)
			if err := revise.Change(m, of, revise.Shown(m, of), nil); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if diff := cmp.Diff(want, text(t, m)); diff != "" {
				t.Errorf("%s with %d columns: %s", name, len(of.Columns), diff)
			}
		}
	}
}

// TestNothingIsHidden: each column that a mapping reads is shown by the form, or told
// as kept.
func TestNothingIsHidden(t *testing.T) {
	t.Parallel()
	for name, m := range written(t) {
		for _, of := range []revise.List{{Columns: m.Wanted()}, {}} {
			seen, told := map[string]bool{}, map[string]string{}
			for key, c := range revise.Shown(m, of).Columns {
				if c.Class != "" {
					told[key] = c.Class
				}
				seen[key] = c.Means != "" || c.Key || c.Fill || c.Rows
			}
			for _, k := range revise.KeptOf(m, of) {
				if k.What == "class" {
					told[k.Key] = k.Name
				}
				if !slices.Contains(revise.Whats(), k.What) {
					t.Errorf("%s: %q is no kind of what is kept", name, k.What)
				}
				for _, c := range append(k.Names, k.Key, k.Parent) {
					seen[c] = true
				}
				for _, f := range k.Fields {
					for _, c := range f.Columns {
						seen[c] = true
					}
				}
			}
			for _, c := range m.Classes {
				if told[c.Column] != c.Handling {
					t.Errorf("%s: the class of %q is neither shown nor told, with %d columns", name, c.Column, len(of.Columns))
				}
			}
			for _, c := range m.Wanted() {
				if named := slices.Contains(slices.Concat(m.Key, m.Identifiers, m.RowsOf, m.FillDown), c); !seen[c] && (of.Has(c) || !named) {
					t.Errorf("%s: the column %q is neither shown nor told, with %d columns", name, c, len(of.Columns))
				}
			}
		}
	}
}

// TestEveryKeyIsKnown: what a mapping can say is shown by the form or told beside it.
// A key that is new fails here until somebody has thought of the form.
func TestEveryKeyIsKnown(t *testing.T) {
	t.Parallel()
	known := strings.Fields("Format Row Unknown HeaderRows Sections Encoding Delimiter FillDown RowsOf Record Harms Group Own Consent Key Identifiers NotMapped Classes" + // shown
		" Title Source Handling Basis Only Was Languages Pivot Repeats Others" + // told
		" Sheet Header HeaderRow") // chosen on the page itself, by the list
	m := reflect.TypeFor[mapping.Mapping]()
	for i := range m.NumField() {
		if !slices.Contains(known, m.Field(i).Name) {
			t.Errorf("the form neither shows nor tells what a mapping says by %s", m.Field(i).Name)
		}
	}
	if m.NumField() != len(known) {
		t.Errorf("a mapping has %d keys, and %d are known", m.NumField(), len(known))
	}
}

// TestChangeClass: a column gets a class, and loses it.
func TestChangeClass(t *testing.T) {
	t.Parallel()
	m := parsed(t, `{"format":"recount mapping/1","row":"person","record":{"name":"Name"},"classes":{"Phone":"restricted","Gone":"internal"}}`)
	of := revise.List{Columns: []string{"Name", "Phone", "Faith"}}
	chosen := revise.Shown(m, of)
	chosen.Columns["Phone"], chosen.Columns["Faith"] = revise.Choice{}, revise.Choice{Class: "restricted"}
	if err := revise.Change(m, of, chosen, []string{"classes.Gone"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(mapping.Classes{{Column: "Faith", Handling: "restricted"}}, m.Classes); diff != "" {
		t.Error(diff)
	}
}

// TestChange: one choice changes one thing.
func TestChange(t *testing.T) {
	t.Parallel()
	base := text(t, parsed(t, much))
	of := revise.List{Columns: parsed(t, much).Wanted(), Values: map[string][]string{"Fate": {"D", "M", "W"}}}
	of.Columns = append(of.Columns, "Remarks", "more")
	column := func(key string, change func(*revise.Choice)) func(*revise.Choices) {
		return func(c *revise.Choices) { x := c.Columns[key]; change(&x); c.Columns[key] = x }
	}
	for name, test := range map[string]struct {
		choose   func(*revise.Choices)
		drop     []string
		old, new string
	}{
		"a code":           {column("Fate", func(c *revise.Choice) { c.Codes = maps.Clone(c.Codes); c.Codes["W"] = "injured" }), nil, `"M":"missing"}`, `"M":"missing","W":"injured"}`},
		"a code out":       {column("Fate", func(c *revise.Choice) { c.Codes = maps.Clone(c.Codes); delete(c.Codes, "D") }), nil, `" D ":"killed",`, ``},
		"an own field":     {column("more", func(c *revise.Choice) { c.Means, c.Own = revise.Own, "House" }), nil, `"Plot":{"columns":["Plot"]}`, `"House":{"columns":["more"]},"Plot":{"columns":["Plot"]}`},
		"its name":         {column("Plot", func(c *revise.Choice) { c.Own = "Plan" }), nil, `"Plot":{"columns":["Plot"]}`, `"Plan":{"columns":["Plot"]}`},
		"out of a place":   {column("Village", func(c *revise.Choice) { c.Means = "" }), nil, `{"columns":["Village","District"],"join":", "}`, `{"columns":["District"]}`},
		"left out":         {column("Age", func(c *revise.Choice) { c.Means = "not-mapped" }), nil, `"age":{"columns":["Age"],"unknown":["?"],"unit":"months","year_is_birth":true},`, ``},
		"a second meaning": {column("Born", func(c *revise.Choice) { c.Also = "occupation" }), nil, `"status":`, `"occupation":{"columns":["Born"]},"status":`},
		"markers":          {func(c *revise.Choices) { c.Unknown = "NA" }, nil, `"unknown":["","NA","not known"]`, `"unknown":["","NA"]`},
		"an only":          {func(*revise.Choices) {}, []string{"only"}, `"only":{"column":"Kind","values":["Person"]},`, ``},
		"a constant":       {func(*revise.Choices) {}, []string{"record.note"}, `,"note":{"constant":"seen"}`, ``},
		"a harm":           {func(*revise.Choices) {}, []string{"harms.3"}, `,{"code":{"constant":"property"},"alleged":{"columns":["Who"]},"determination":"pending","standard":"ns"}`, ``},
		"of all rows":      {func(c *revise.Choices) { c.All[1] = "missing" }, nil, `{"constant":"displaced"}`, `{"constant":"missing"}`},
		"all dates":        {func(c *revise.Choices) { c.Calendar = "julian" }, nil, `"calendar":"hijri"`, `"calendar":"julian"`},
		"consent":          {func(c *revise.Choices) { c.Uses += "\nun  any record\n" }, nil, `["analyse team any"]`, `["analyse team any","un any record"]`},
		"fill down":        {column("more", func(c *revise.Choice) { c.Fill = true }), nil, `"fill_down":["Family"]`, `"fill_down":["Family","more"]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := parsed(t, base)
			c := revise.Shown(m, of)
			test.choose(&c)
			if err := revise.Change(m, of, c, test.drop); err != nil {
				t.Fatal(err)
			}
			m = parsed(t, text(t, m))
			want := strings.Replace(base, test.old, test.new, 1)
			if name == "left out" {
				want = strings.Replace(want, `"not_mapped":["Remarks"]`, `"not_mapped":["Age","Remarks"]`, 1)
			}
			got := text(t, m)
			if name == "all dates" {
				got = strings.ReplaceAll(got, `"calendar":"julian"`, "")
				want = strings.ReplaceAll(want, `"calendar":"julian"`, "")
				got, want = strings.ReplaceAll(got, ",}", "}"), strings.ReplaceAll(want, ",}", "}")
			}
			if want == base || got != want {
				t.Errorf("- want, + got: %s", cmp.Diff(want, got))
			}
		})
	}
}

// TestChangePlaces: two columns change places, and one meaning is given once.
func TestChangePlaces(t *testing.T) {
	t.Parallel()
	m := parsed(t, `{"format":"recount mapping/1","row":"person","record":{"given":"A","family":"B"}}`)
	of := revise.List{Columns: []string{"A", "B", "C"}}
	c := revise.Shown(m, of)
	c.Columns["A"], c.Columns["B"] = c.Columns["B"], c.Columns["A"]
	if err := revise.Change(m, of, c, nil); err != nil {
		t.Fatal(err)
	}
	if got := text(t, m); !strings.Contains(got, `"given":{"columns":["B"]},"family":{"columns":["A"]}`) {
		t.Error(got)
	}
	c = revise.Shown(m, of)
	c.Columns["C"] = revise.Choice{Means: "given"}
	var twice *revise.Twice
	if err := revise.Change(m, of, c, nil); !errors.As(err, &twice) || twice.One != "B" || twice.Other != "C" {
		t.Errorf("given twice: %v", err)
	}
	c.Columns["C"] = revise.Choice{Means: "nonsense"}
	if err := revise.Change(m, of, c, nil); err == nil {
		t.Error("a meaning that is none is taken")
	}
}

// TestMarkers: what a list writes where it does not know stands between spaces, or
// between semicolons of either script where one has a space in it.
func TestMarkers(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string][]string{
		"": {}, "  ": {}, "NA -1 ?": {"NA", "-1", "?"}, "not known; NA": {"not known", "NA"}, "غير معروف؛ ؟": {"غير معروف", "؟"}, "not known;": {"not known"}, ";": {},
	} {
		if diff := cmp.Diff(want, revise.Markers(typed)); diff != "" {
			t.Errorf("%q: %s", typed, diff)
		}
		if again := revise.Markers(revise.JoinMarkers(want)); !slices.Equal(again, want) {
			t.Errorf("%q: written and read again %q", typed, again)
		}
	}
}
