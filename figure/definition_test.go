// SPDX-License-Identifier: Apache-2.0

package figure

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
)

// killed is the figure most tests ask: persons killed in a month in Orlen,
// an invented district, of whom children by flag and by age, and women.
func killed() Definition {
	return Definition{
		Figure: "f-0123456789abcdef", Title: "Persons killed in Orlen", Unit: Unit,
		Harms: []string{"died-in-custody", "killed"}, Period: "1994-03", District: []string{"orlen"},
		Parts: []Part{
			{Part: "flag", Title: "children by the source's word", Child: ChildByFlag},
			{Part: "age", Title: "children by age", Child: ChildByAge},
			{Part: "women", Title: "women and girls", Sex: []string{"female"}},
		},
		Rule: Rule,
	}
}

func TestDefinitionCanonical(t *testing.T) {
	t.Parallel()
	loose := ` { "rule":"count@1", "unit":"persons", "title":"Killed <in> Órlen & Vasht",
	  "harms":["killed","died-in-custody"], "figure":"f-1", "sources":[],
	  "parts":[{"title":"young","part":"young","age_band":["5-9","0-4"],"child":"either"}] } `
	d, err := ParseDefinition([]byte(loose))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"figure":"f-1","title":"Killed <in> Órlen & Vasht","unit":"persons","harms":["died-in-custody","killed"],` +
		`"parts":[{"part":"young","title":"young","child":"either","age_band":["0-4","5-9"]}],"rule":"count@1"}`
	if diff := cmp.Diff(want, string(d.JSON())); diff != "" {
		t.Errorf("canonical JSON (-want +got):\n%s", diff)
	}
	again, err := ParseDefinition(d.JSON())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, again); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func TestParseDefinitionRefuses(t *testing.T) {
	t.Parallel()
	const rest = `"title":"t","unit":"persons","rule":"count@1"}`
	tests := []struct{ name, text, says string }{
		{"nothing", ``, "not JSON"},
		{"not an object", `[]`, "cannot be read"},
		{"key twice", `{"figure":"f-1","figure":"f-2",` + rest, `"figure" twice`},
		{"key in capitals", `{"FIGURE":"f-1",` + rest, "small letters"},
		{"unknown key", `{"figure":"f-1","colour":"red",` + rest, "colour"},
		{"goes on", `{"figure":"f-1",` + rest + `{}`, "goes on"},
		{"brace after", `{"figure":"f-1",` + rest + `}`, "goes on"},
		{"not UTF-8", "{\"figure\":\"f-\xff\"", "UTF-8"},
		{"too deep", strings.Repeat("[", 50), "deeper"},
		{"id", `{"figure":"d-1",` + rest, "f- and up to"},
		{"id with a point", `{"figure":"f-1.a",` + rest, "f- and up to"},
		{"no title", `{"figure":"f-1","title":" ","unit":"persons","rule":"count@1"}`, "say what is counted"},
		{"lone surrogate in title", `{"figure":"f-1","title":"\ud800","unit":"persons","rule":"count@1"}`, "a character that is none"},
		{"line break in title", `{"figure":"f-1","title":"a\nb","unit":"persons","rule":"count@1"}`, "line break"},
		{"unit", `{"figure":"f-1","title":"t","unit":"harms","rule":"count@1"}`, `only "persons"`},
		{"rule", `{"figure":"f-1","title":"t","unit":"persons","rule":"count@2"}`, `"count@1"`},
		{"harm", `{"figure":"f-1","harms":["Killed"],` + rest, "such as killed"},
		{"harm twice", `{"figure":"f-1","harms":["killed","killed"],` + rest, "stands twice"},
		{"source", `{"figure":"f-1","sources":["ministry"],` + rest, "s-…"},
		{"district", `{"figure":"f-1","district":["?"],` + rest, "folded name"},
		{"period", `{"figure":"f-1","period":"March",` + rest, "no year, month or day"},
		{"part without condition", `{"figure":"f-1","parts":[{"part":"a","title":"a"}],` + rest, "set child, sex or age_band"},
		{"part twice", `{"figure":"f-1","parts":[{"part":"a","title":"a","child":"age"},{"part":"a","title":"b","child":"flag"}],` + rest, "stands twice"},
		{"part child", `{"figure":"f-1","parts":[{"part":"a","title":"a","child":"yes"}],` + rest, "flag, age, either"},
		{"part band", `{"figure":"f-1","parts":[{"part":"a","title":"a","age_band":["0-17"]}],` + rest, "bands are 0-4"},
		{"part name", `{"figure":"f-1","parts":[{"part":"a.b","title":"a","child":"age"}],` + rest, "single -"},
		{"part title", `{"figure":"f-1","parts":[{"part":"a","title":"","child":"age"}],` + rest, "say what is counted"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseDefinition([]byte(test.text))
			if !errors.Is(err, fault.Invalid) {
				t.Fatalf("got %v, want fault.Invalid", err)
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("message %q does not say %q", err, test.says)
			}
		})
	}
}

func TestWith(t *testing.T) {
	t.Parallel()
	d := killed()
	got, err := d.With([]string{"women", "flag"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Column("") != 0 || got.Column("flag") != 1 || got.Column("women") != 2 || got.Column("age") != -1 {
		t.Errorf("columns of %v are wrong", got.Parts)
	}
	if _, err := d.With([]string{"men"}); !errors.Is(err, fault.NotFound) {
		t.Errorf("unknown part: %v", err)
	}
	if _, err := d.With([]string{"age", "age"}); !errors.Is(err, fault.Invalid) {
		t.Errorf("part twice: %v", err)
	}
}

func TestPeriodMonth(t *testing.T) {
	t.Parallel()
	tests := []struct {
		period, month string
		want          Verdict
	}{
		{"1994", "1994-12", In},
		{"1994", "1995-01", Out},
		{"1994-02", "1994-02", In},
		{"1994-02-01/1994-02-28", "1994-02", In},
		{"1996-02-01/1996-02-28", "1996-02", Unknown}, // a leap year: the 29th is outside
		{"1994-02-25/1994-02-26", "1994-02", Unknown},
		{"1994-02-26", "1994-03", Out},
		{"1993-11/1994-02", "1994-01", In},
		{"../1994-02", "1960-01", In},
		{"../1994-02", "1994-03", Out},
		{"1994-02/..", "2020-01", In},
		{"1994", "?", Unknown},
		{"1994", "", Unknown},
		{"1994", "1994", Unknown}, // a year is no month
		{"1900-02-01/1900-02-28", "1900-02", In},
	}
	for _, test := range tests {
		p, err := ParsePeriod(test.period)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Month(test.month); got != test.want {
			t.Errorf("%s in %s: %s, want %s", test.month, test.period, got, test.want)
		}
	}
}

func TestParsePeriodRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "..", "../..", "1994/", "/1994", "1994-13", "1994-02-30", "94", "1994~", "1995/1994", "1994-2", "+994", "1994/1995/1996", "1994-02-01T00"} {
		if p, err := ParsePeriod(s); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v, %v; want fault.Invalid", s, p, err)
		}
	}
}

func FuzzParseDefinition(f *testing.F) {
	f.Add(killed().JSON())
	f.Add([]byte(`{"figure":"f-1","title":"t","unit":"persons","rule":"count@1","parts":[{"part":"a","title":"b","sex":["x"]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := ParseDefinition(text)
		if err != nil {
			if !errors.Is(err, fault.Invalid) {
				t.Fatalf("error of no kind: %v", err)
			}
			return
		}
		again, err := ParseDefinition(d.JSON())
		if err != nil {
			t.Fatalf("canonical form is refused: %v", err)
		}
		if diff := cmp.Diff(d, again); diff != "" {
			t.Fatalf("canonical form reads differently:\n%s", diff)
		}
		if string(again.JSON()) != string(d.JSON()) {
			t.Fatal("canonical form is not stable")
		}
	})
}
