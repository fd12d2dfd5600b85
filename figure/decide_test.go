// SPDX-License-Identifier: Apache-2.0

package figure

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
)

// The cases follow the words of count@1 in docs/formats/figure.md one by one.
func TestDecideFigure(t *testing.T) {
	t.Parallel()
	one := func(code, month, district string) []Harm { return []Harm{{code, month, district}} }
	tests := []struct {
		name  string
		harms []Harm
		want  Verdict
	}{
		{"no harm", nil, Out},
		{"all is known and counts", one("killed", "1994-03", "orlen"), In},
		{"another code counts too", one("died-in-custody", "1994-03", "orlen"), In},
		{"another harm", one("injured", "1994-03", "orlen"), Out},
		{"another month", one("killed", "1994-04", "orlen"), Out},
		{"another district", one("killed", "1994-03", "vasht"), Out},
		{"code not known", one("?", "1994-03", "orlen"), Unknown},
		{"code unresolved", one("unresolved", "1994-03", "orlen"), Unknown},
		{"code not known, month outside", one("?", "1994-04", "orlen"), Out},
		{"month not known", one("killed", "?", "orlen"), Unknown},
		{"month not known, district outside", one("killed", "?", "vasht"), Out},
		{"district not known", one("killed", "1994-03", "?"), Unknown},
		{"nothing known", one("?", "?", "?"), Unknown},
		{"two halves make no whole", []Harm{{"killed", "1994-04", "orlen"}, {"injured", "1994-03", "orlen"}}, Out},
		{"one of two counts", []Harm{{"injured", "1994-03", "orlen"}, {"killed", "1994-03", "orlen"}}, In},
		{"counts twice, still one person", []Harm{{"killed", "1994-03", "orlen"}, {"killed", "1994-03", "orlen"}}, In},
		{"one counts, one could", []Harm{{"killed", "?", "orlen"}, {"killed", "1994-03", "orlen"}}, In},
		{"one is out, one could", []Harm{{"injured", "1994-03", "orlen"}, {"killed", "?", "orlen"}}, Unknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := killed()
			d.Parts = nil
			r := Rungs{Harms: test.harms}
			if got := d.Decide(r); !slices.Equal(got, []Verdict{test.want}) {
				t.Errorf("got %v, want %v", got, test.want)
			}
			if got := d.Decide(d.Reduce(r)); !slices.Equal(got, []Verdict{test.want}) {
				t.Errorf("reduced: got %v, want %v", got, test.want)
			}
		})
	}
}

func TestDecideUniverse(t *testing.T) {
	t.Parallel()
	d := Definition{Figure: "f-1", Title: "everyone", Unit: Unit, Rule: Rule}
	if got := d.Decide(Rungs{}); !slices.Equal(got, []Verdict{In}) {
		t.Errorf("a figure without conditions: %v, want in", got)
	}
	d.Period = "1994"
	for month, want := range map[string]Verdict{"1994-01": In, "?": Unknown, "1995-01": Out} {
		if got := d.Decide(Rungs{Harms: []Harm{{"x-own", month, ""}}}); got[0] != want {
			t.Errorf("any harm in the period, month %s: %v, want %v", month, got[0], want)
		}
	}
}

func TestDecidePart(t *testing.T) {
	t.Parallel()
	child := func(how string) Part { return Part{Part: "p", Title: "p", Child: how} }
	tests := []struct {
		name  string
		part  Part
		rungs Rungs
		want  Verdict
	}{
		{"flag yes", child("flag"), Rungs{ChildFlag: "yes"}, In},
		{"flag no", child("flag"), Rungs{ChildFlag: "no"}, Out},
		{"flag not known", child("flag"), Rungs{ChildFlag: "?"}, Unknown},
		{"flag contradicts itself", child("flag"), Rungs{ChildFlag: "no+yes"}, Unknown},
		{"flag does not look at age", child("flag"), Rungs{ChildFlag: "no", ChildAge: "yes"}, Out},
		{"age yes", child("age"), Rungs{ChildFlag: "no", ChildAge: "yes"}, In},
		{"age contradicts itself", child("age"), Rungs{ChildAge: "no+yes"}, Unknown},

		{"either: both yes", child("either"), Rungs{ChildFlag: "yes", ChildAge: "yes"}, In},
		{"either: flag yes, age silent", child("either"), Rungs{ChildFlag: "yes", ChildAge: "?"}, In},
		{"either: age yes, flag silent", child("either"), Rungs{ChildFlag: "?", ChildAge: "yes"}, In},
		{"either: flag yes, age no", child("either"), Rungs{ChildFlag: "yes", ChildAge: "no"}, In},
		{"either: flag no, age yes", child("either"), Rungs{ChildFlag: "no", ChildAge: "yes"}, In},
		{"either: both no", child("either"), Rungs{ChildFlag: "no", ChildAge: "no"}, Out},
		{"either: flag no, age silent", child("either"), Rungs{ChildFlag: "no", ChildAge: "?"}, Out},
		{"either: age no, flag silent", child("either"), Rungs{ChildFlag: "?", ChildAge: "no"}, Out},
		{"either: both silent", child("either"), Rungs{ChildFlag: "?", ChildAge: "?"}, Unknown},
		{"either: flag contradicts itself, age no", child("either"), Rungs{ChildFlag: "no+yes", ChildAge: "no"}, Unknown},
		{"either: flag contradicts itself, age silent", child("either"), Rungs{ChildFlag: "no+yes", ChildAge: "?"}, Unknown},
		{"either: flag contradicts itself, age yes", child("either"), Rungs{ChildFlag: "no+yes", ChildAge: "yes"}, In},
		{"either: both contradict themselves", child("either"), Rungs{ChildFlag: "no+yes", ChildAge: "no+yes"}, Unknown},

		{"sex wanted", Part{Sex: []string{"female"}}, Rungs{Sex: "female"}, In},
		{"sex not wanted", Part{Sex: []string{"female"}}, Rungs{Sex: "male"}, Out},
		{"sex not known", Part{Sex: []string{"female"}}, Rungs{Sex: "?"}, Unknown},
		{"sources contradict, one is wanted", Part{Sex: []string{"female"}}, Rungs{Sex: "female+male"}, Unknown},
		{"sources contradict, none is wanted", Part{Sex: []string{"other"}}, Rungs{Sex: "female+male"}, Out},
		{"sources contradict, both are wanted", Part{Sex: []string{"female", "male"}}, Rungs{Sex: "female+male"}, Unknown},
		{"band wanted", Part{AgeBand: []string{"0-4", "5-9"}}, Rungs{AgeBand: "5-9"}, In},
		{"band of the eldest", Part{AgeBand: []string{"60+"}}, Rungs{AgeBand: "60+"}, In},
		{"band of the eldest or younger", Part{AgeBand: []string{"60+"}}, Rungs{AgeBand: "45-59+60+"}, Unknown},
		{"band not wanted", Part{AgeBand: []string{"60+"}}, Rungs{AgeBand: "45-59"}, Out},

		{"all conditions", Part{Child: "age", Sex: []string{"female"}}, Rungs{ChildAge: "yes", Sex: "female"}, In},
		{"one fails, one is not known", Part{Child: "age", Sex: []string{"female"}}, Rungs{ChildAge: "?", Sex: "male"}, Out},
		{"one holds, one is not known", Part{Child: "age", Sex: []string{"female"}}, Rungs{ChildAge: "?", Sex: "female"}, Unknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := Definition{Harms: []string{"killed"}, Parts: []Part{test.part}}
			// Kleene's table: the figure's verdict and the part's, the lesser of the two.
			for code, figure := range map[string]Verdict{"killed": In, "?": Unknown, "injured": Out} {
				r := test.rungs
				r.Harms = []Harm{{Code: code}}
				want := []Verdict{figure, min(figure, test.want)}
				if got := d.Decide(r); !slices.Equal(got, want) {
					t.Errorf("harm %s: got %v, want %v", code, got, want)
				}
				if got := d.Decide(d.Reduce(r)); !slices.Equal(got, want) {
					t.Errorf("harm %s, reduced: got %v, want %v", code, got, want)
				}
			}
		})
	}
}

func TestReduceKeepsNoMore(t *testing.T) {
	t.Parallel()
	d := killed()
	d.Period = ""
	d.Parts = d.Parts[:1]
	got := d.Reduce(Rungs{
		Harms: []Harm{{"killed", "1994-03", "orlen"}, {"displaced", "1994-04", "vasht"}, {"killed", "1994-05", "orlen"}, {"?", "1994-05", ""}},
		Sex:   "female", AgeBand: "5-9", ChildAge: "yes",
	})
	want := Rungs{Harms: []Harm{{"?", "", "?"}, {"killed", "", "orlen"}}, ChildFlag: "?"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reduced (-want +got):\n%s", diff)
	}
}

func TestVerdictsText(t *testing.T) {
	t.Parallel()
	verdicts := []Verdict{In, Unknown, Out}
	if got := EncodeVerdicts(verdicts); got != "in,unknown,out" {
		t.Errorf("got %q", got)
	}
	got, err := ParseVerdicts("in,unknown,out")
	if err != nil || !slices.Equal(got, verdicts) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, s := range []string{"", "in,", "IN", "in, out", "in;out"} {
		if _, err := ParseVerdicts(s); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v, want fault.Invalid", s, err)
		}
	}
}

func TestTotals(t *testing.T) {
	t.Parallel()
	var totals Totals
	for _, v := range []Verdict{In, In, Unknown, Out} {
		totals.Add(v)
	}
	if totals != (Totals{In: 2, Unknown: 1, Out: 1}) {
		t.Errorf("totals %+v", totals)
	}
	if totals.Min() != 2 || totals.Point() != 2 || totals.Max() != 3 || totals.N() != 4 {
		t.Errorf("min %d point %d max %d n %d", totals.Min(), totals.Point(), totals.Max(), totals.N())
	}
}

func TestSet(t *testing.T) {
	t.Parallel()
	tests := []struct {
		values []string
		want   Set
	}{
		{nil, "?"},
		{[]string{"", "?"}, "?"},
		{[]string{"male", "female", "male", ""}, "female+male"},
		{[]string{"60+", "5-9"}, "5-9+60+"},
		{[]string{"60+"}, "60+"},
	}
	for _, test := range tests {
		got := NewSet(test.values...)
		if got != test.want {
			t.Errorf("NewSet(%q) = %q, want %q", test.values, got, test.want)
		}
		if again := NewSet(got.Values()...); again != got {
			t.Errorf("%q read back is %q", got, again)
		}
	}
}

func TestHarmsText(t *testing.T) {
	t.Parallel()
	harms := []Harm{{"killed", "1994-03", "orlen"}, {"killed", "?", "a,b;c%"}, {"killed", "1994-03", "orlen"}}
	want := "killed,1994-03,orlen;killed,?,a%2Cb%3Bc%25"
	if got := EncodeHarms(harms); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	got, err := ParseHarms(want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(harms[:2], got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	if EncodeHarms(nil) != "" {
		t.Error("no harms are not the empty text")
	}
	for _, s := range []string{"killed", "a,b", "a,b,c,d", "b,,;a,,", "a,,;a,,", "a%2c,,", "a%41,,", "a%2,,", "a%zz,,", ";", "a\x01,,", "a%FF,,"} {
		if h, err := ParseHarms(s); !errors.Is(err, fault.Invalid) {
			t.Errorf("%q: %v, %v; want fault.Invalid", s, h, err)
		}
	}
}

func TestSetField(t *testing.T) {
	t.Parallel()
	d := killed()
	want := Rungs{Harms: []Harm{{"killed", "1994-03", "orlen"}}, ChildFlag: "yes", ChildAge: "no+yes", AgeBand: "60+", Sex: "?"}
	var got Rungs
	for _, f := range rungFields() {
		if err := got.SetField(f, want.Field(f)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for field, text := range map[string]string{"sex": "male+female", "age_band": "+", "child_flag": "yes+", "members": "x", "harms": "x"} {
		if err := got.SetField(field, text); !errors.Is(err, fault.Invalid) {
			t.Errorf("%s %q: %v, want fault.Invalid", field, text, err)
		}
	}
	if got := d.Rungs().Fields(); !slices.Equal(got, []string{"harms", "child_flag", "child_age", "sex"}) {
		t.Errorf("rungs %v", got)
	}
}

func FuzzParseHarms(f *testing.F) {
	f.Add("killed,1994-03,orlen;killed,?,a%2Cb")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		harms, err := ParseHarms(text)
		if err != nil {
			if !errors.Is(err, fault.Invalid) {
				t.Fatalf("error of no kind: %v", err)
			}
			return
		}
		if got := EncodeHarms(harms); got != text {
			t.Fatalf("%q is written again as %q", text, got)
		}
	})
}

func FuzzParseVerdicts(f *testing.F) {
	f.Add("in,unknown,out")
	f.Fuzz(func(t *testing.T, text string) {
		verdicts, err := ParseVerdicts(text)
		if err == nil && EncodeVerdicts(verdicts) != text {
			t.Fatalf("%q is written again as %q", text, EncodeVerdicts(verdicts))
		}
	})
}
