// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/intake/table"
)

// shaped reads a list by a mapping, its rows put together as that says.
func shaped(t *testing.T, mapping, list string) (people []Person, refused []string, r *Reader) {
	t.Helper()
	m, err := Parse([]byte(mapping))
	if err != nil {
		t.Fatal(err)
	}
	tab, err := m.Shape().List(func(o table.Options) (table.Table, error) {
		return table.Open(strings.NewReader(list), int64(len(list)), o)
	}, table.Options{File: "list", Sheet: m.Sheet, Wanted: m.Wanted()})
	if err != nil {
		t.Fatal(err)
	}
	if r, err = Bind(m, tab.Info(), "list"); err != nil {
		t.Fatal(err)
	}
	for {
		row, err := tab.Next()
		if errors.Is(err, io.EOF) {
			return people, refused, r
		}
		if err != nil {
			t.Fatal(err)
		}
		p, no := r.Read(row)
		if no != nil {
			refused = append(refused, no.Tell())
			continue
		}
		people = append(people, p)
	}
}

// says is a person in one line: name, then the harms, then further persons.
func says(p Person) string {
	var b strings.Builder
	if !p.Nobody {
		b.WriteString(p.Record.Name.Text())
	}
	for _, h := range p.Harms {
		fmt.Fprintf(&b, " [%s %s %s]", h.Code, h.Date, h.Place)
	}
	for _, o := range p.Others {
		fmt.Fprintf(&b, " + %s (%s)", says(o), o.Record.Pinpoint)
	}
	return b.String()
}

const (
	codes = `"codes": {"K": "killed", "I": "injured", "D": "detained", "-": null}`
	begin = `{"format": "recount mapping/1", "row": "person", `
)

// A row can say several things, in as many ways as lists are kept.
func TestRepeats(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		mapping, list string
		want          []string
	}{
		"numbered columns": {begin + `"repeats": {"injuries": {"columns": "Injury #"}}, "record": {"name": "Name"}, "harms": [{"repeat": "injuries", "code": {"constant": "injured"}, "place": "value", "date": "Day"}]}`,
			"Name,Day,Injury 1,Injury 2,Injury 10\nAda,1992-02-26,arm,leg,\nBo,1992,,,eye\nKor,1992,,,\n",
			[]string{"Ada [injured 1992-02-26 arm] [injured 1992-02-26 leg]", "Bo [injured 1992 eye]", "Kor"}},
		"members of a family": {begin + `"repeats": {"child": {"columns": "child#_*"}}, "record": {"name": "Name"}, "others": [{"repeat": "child", "record": {"name": "name", "age": "age"}, "harms": [{"code": {"column": "fate", ` + codes + `}}]}]}`,
			"Name,child1_name,child1_age,child1_fate,child2_name,child2_fate\nAda,Bo,3,K,Kor,-\nIla,,,,,\n",
			[]string{"Ada + Bo [killed  ] (row 2, child 1) + Kor (row 2, child 2)", "Ila"}},
		"a household without a head": {begin + `"repeats": {"m": {"columns": "m#_*"}}, "others": [{"repeat": "m", "record": {"name": "name"}}]}`,
			"House,m1_name,m2_name\n7,Ada,Bo\n", []string{" + Ada (row 2, m 1) + Bo (row 2, m 2)"}},
		"values in one cell": {begin + `"repeats": {"fates": {"split": ["Fate", "Day"], "by": ";"}}, "record": {"name": "Name"}, "harms": [{"repeat": "fates", "code": {"column": "Fate", ` + codes + `}, "date": "Day", "place": "Place"}]}`,
			"Name,Fate,Day,Place\nAda,D; K,1992-02; 1992-03,Tarn\nBo,D;K,1992,Tarn\nKor,-,,\n",
			[]string{"Ada [detained 1992-02 Tarn] [killed 1992-03 Tarn]", "Bo [detained 1992 Tarn] [killed 1992 Tarn]", "Kor"}},
		"rows of one person": {begin + `"rows_of": ["No"], "record": {"name": "Name"}, "harms": [{"repeat": "rows", "code": {"column": "Fate", ` + codes + `}, "date": "Day"}]}`,
			"No,Name,Fate,Day\n1,Ada,D,1992-02\n1,Ada,K,1992-03\n2,Bo,K,\n",
			[]string{"Ada [detained 1992-02 ] [killed 1992-03 ]", "Bo [killed  ]"}},
		"rows of another sheet": {begin + `"sheet": "people", "repeats": {"harm": {"sheet": "harms", "key": "_index", "parent": "_parent_index"}}, "record": {"name": "name"}, "harms": [{"repeat": "harm", "code": {"column": "what", ` + codes + `}}]}`,
			`{"people": [{"_index": 1, "name": "Ada"}, {"_index": 2, "name": "Bo"}], "harms": [{"_parent_index": 1, "what": "I"}, {"_parent_index": 1, "what": "D"}]}`,
			[]string{"Ada [injured  ] [detained  ]", "Bo"}},
		"objects in lists": {begin + `"repeats": {"harms": {"columns": "harms[#].*"}}, "record": {"name": "name"}, "harms": [{"repeat": "harms", "code": {"column": "what", ` + codes + `}}]}`,
			`[{"name": "Ada", "harms": [{"what": "I"}, {"what": "K"}]}, {"name": "Bo", "harms": []}]`,
			[]string{"Ada [injured  ] [killed  ]", "Bo"}},
		"headings": {begin + `"sections": "Village", "record": {"name": "Name"}, "harms": [{"code": {"constant": "killed"}, "place": "Village"}]}`,
			"Name,Age\nTarn,\nAda,17\n", []string{"Ada [killed  Tarn]"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			people, refused, r := shaped(t, test.mapping, test.list)
			got := []string{}
			for _, p := range people {
				got = append(got, says(p))
			}
			if diff := cmp.Diff(test.want, got); diff != "" || len(refused) > 0 {
				t.Errorf("- want, + got:\n%s%q", diff, refused)
			}
			if rows := r.Counts.Rows(); rows != int64(len(test.want)) {
				t.Errorf("%d rows are counted, of %d", rows, len(test.want))
			}
		})
	}
}

// What cannot be repeated is refused when the mapping is read, or with the list.
func TestRepeatsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ mapping, want string }{
		"a name that is none":    {begin + `"record": {"name": "Name"}, "harms": [{"repeat": "x", "code": {"constant": "killed"}}]}`, `"x" is repeated, and "repeats" does not say what that is`},
		"rows without rows_of":   {begin + `"record": {"name": "Name"}, "harms": [{"repeat": "rows", "code": {"constant": "killed"}}]}`, `together with "rows_of"`},
		"no number":              {begin + `"repeats": {"x": {"columns": "Injury"}}, "record": {"name": "Name"}}`, `one # for the number`},
		"half a sheet":           {begin + `"repeats": {"x": {"sheet": "s"}}, "record": {"name": "Name"}}`, `"sheet", "key", the column of the list`},
		"split by nothing":       {begin + `"repeats": {"x": {"split": ["a"]}}, "record": {"name": "Name"}}`, `goes with "by"`},
		"nothing said":           {begin + `"repeats": {"x": {}}, "record": {"name": "Name"}}`, `says not what is repeated`},
		"two things":             {begin + `"repeats": {"x": {"columns": "a#", "split": ["a"], "by": ";"}}, "record": {"name": "Name"}}`, `says not what is repeated`},
		"a group with a record":  {`{"format": "recount mapping/1", "row": "group", "record": {"name": "N"}, "group": {"low": "n", "code": {"constant": "killed"}}}`, `a row is a group of people`},
		"a group without number": {`{"format": "recount mapping/1", "row": "group", "group": {"date": "d"}}`, `a group needs "low"`},
		"a record with columns":  {`{"format": "recount mapping/1", "row": "record", "record": {"name": "N"}}`, `whose columns say themselves what they are`},
		"an own field":           {begin + `"record": {"name": "Name"}, "own": {"x.value": "a"}}`, `cannot be the name of a field`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Parse([]byte(test.mapping)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// What a mapping is kept as is a mapping that means the same: it is read again for
// later editions of its list.
func TestKeptMappingIsReadAgain(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a person": begin + `"only": {"column": "schema", "values": ["Person"]}, "pivot": {"by": ["e"], "name": "p", "value": "v"}, "header_rows": 2, "sections": "Village", "fill_down": ["b", "a"], "rows_of": ["No"], "unknown": ["<?>"],
			"repeats": {"x & y": {"columns": "Injury #"}, "harm": {"sheet": "s", "key": "k", "parent": "p"}, "fates": {"split": ["Fate"], "by": ";"}},
			"record": {"name": "Name"}, "own": {"Plot <no.>": "Plot", "Field": {"columns": ["a", "b"], "join": " & "}},
			"harms": [{"repeat": "rows", "code": {"constant": "killed"}}, {"repeat": "fates", "code": {"column": "Fate", "codes": {"K": "killed"}}}],
			"others": [{"repeat": "harm", "record": {"name": "name"}, "harms": [{"code": {"constant": "missing"}}]}],
			"consent": {"answer": {"column": "c", "codes": {"Yes": "yes"}}, "uses": ["un any record"], "explained_by": "a", "language": "ar", "explained": "` + strings.Repeat("ab", 32) + `", "way": "oral", "obtained_by": "b"}}`,
		"a group":  `{"format": "recount mapping/1", "row": "group", "group": {"low": "n", "high": "m", "code": {"constant": "killed"}, "date": "d", "end": "e", "precision": {"column": "p", "codes": {"1": "day"}}}}`,
		"a record": `{"format": "recount mapping/1", "row": "record", "sheet": "records"}`,
	} {
		m, err := Parse([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		kept, err := m.JSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(kept)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, kept)
		}
		twice, err := again.JSON()
		if err != nil || string(twice) != string(kept) {
			t.Errorf("%s: %v\n%s\n%s", name, err, kept, twice)
		}
	}
}

// Groups: so many people, as the source says it, and never completed.
func TestGroups(t *testing.T) {
	t.Parallel()
	const m = `{"format": "recount mapping/1", "row": "group", "unknown": ["?"], "group": {"description": "What", "low": "Dead", "code": {"constant": "killed"}, "date": "Day", "place": "Where"}}`
	people, refused, r := shaped(t, m, "What,Dead,Day,Where\nmen,5,1992-02,Tarn\nmany,10+,,\nsome,3–7,,\nnobody knows,?,,\nblank,,,\nabout,about 40,,\nwrong,7-3,,\nnone,0,,\n\"thousands\",٣٠,,\n")
	got := []string{}
	for _, p := range people {
		g := p.Group
		got = append(got, fmt.Sprintf("%s %s..%s %s %s %s %d", g.Description.Text(), g.Low, g.High, g.Code, g.Date, g.Place, len(p.Doubts)))
	}
	want := []string{"men 5..5 killed 1992-02 Tarn 0", "many 10.. killed   0", "some 3..7 killed   0", "nobody knows 0.. killed   1", "blank 0.. killed   1", "none 0..0 killed   0", "thousands 30..30 killed   0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("- want, + got:\n%s", diff)
	}
	if len(refused) != 2 || !strings.Contains(refused[0], "no number of people") || r.Counts.Groups != 7 {
		t.Errorf("%q %+v", refused, r.Counts)
	}
}
