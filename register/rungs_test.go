// SPDX-License-Identifier: Apache-2.0

package register

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/edtf"
	"recount/fault"
)

func dates(t *testing.T, texts ...string) []edtf.Date {
	t.Helper()
	var out []edtf.Date
	for _, s := range texts {
		d, err := edtf.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, d)
	}
	return out
}

// TestParseAge: the rule of docs/design.md (A years are the months 12A to
// 12A+11), and decimals to half a unit of their last place.
func TestParseAge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		written, unit string
		low, high     int64
	}{
		{"17", "years", 204, 215},
		{"18", "years", 216, 227},
		{"0", "years", 0, 11},
		{" 5 ", "months", 5, 5},
		{"0.22", "years", 2, 3}, // 2.58 to 2.70 months
		{"0,5", "years", 5, 7},  // 5.4 to 6.6 months
		{"17.0", "years", 204, 215},
		{"17.9", "years", 214, 215}, // it stays in the year that is stated
		{"17.99", "years", 215, 215},
		{"18.0000", "years", 216, 227},
		{"17-19", "years", 204, 239},
		{"17 – 17", "years", 204, 215},
		{"3-5", "months", 3, 5},
		{"149", "years", 1788, 1799},
	} {
		low, high, err := ParseAge(c.written, c.unit)
		if err != nil || low != Exactly(c.low) || high != Exactly(c.high) {
			t.Errorf("%q %s: %s to %s (%v), want %d to %d", c.written, c.unit, low, high, err, c.low, c.high)
		}
	}
	for _, c := range [][2]string{
		{"", "years"}, {"unknown", "years"}, {"-3", "years"}, {"17+", "years"}, {"1e2", "years"}, {"19-17", "years"},
		{"200", "years"}, {"99999", "years"}, {"17", "weeks"}, {"17.", "years"}, {".5", "years"}, {"seventeen", "years"},
	} {
		if low, _, err := ParseAge(c[0], c[1]); !errors.Is(err, fault.Invalid) || low.Known {
			t.Errorf("%q %s: %v, %v", c[0], c[1], low, err)
		}
	}
}

func TestRecordRungs(t *testing.T) {
	t.Parallel()
	type want struct {
		Low, High   string
		Child, Band string
	}
	for _, c := range []struct {
		name  string
		age   string
		birth string
		event []string
		want  want
	}{
		{"17 years", "17", "", nil, want{"204", "215", "yes", "15-17"}},
		{"18 years", "18", "", nil, want{"216", "227", "no", "18-29"}},
		{"17 to 19", "17-19", "", nil, want{"204", "239", "", ""}},
		{"a few months", "0.22", "", nil, want{"2", "3", "yes", "0-4"}},
		{"4 to 5", "4-5", "", nil, want{"48", "71", "yes", ""}},
		{"60 and over", "60-80", "", nil, want{"720", "971", "no", "60+"}},
		{"no age, no birth", "", "", []string{"2010-02-03"}, want{}},
		{"no event", "", "1992-02-01", nil, want{}},
		{"months meet: indeterminate", "", "1992-02", []string{"2010-02"}, want{"215", "216", "", ""}},
		{"the day before 18", "", "1992-02-26", []string{"2010-02-25"}, want{"215", "215", "yes", "15-17"}},
		{"the day of 18", "", "1992-02-25", []string{"2010-02-25"}, want{"216", "216", "no", "18-29"}},
		{"year of birth only, plainly a child", "", "2000", []string{"2010-02-25"}, want{"109", "121", "yes", ""}},
		{"year of birth only, indeterminate", "", "1992", []string{"2010-02-25"}, want{"205", "217", "", ""}},
		{"born after", "", "2011", []string{"2010-02-25"}, want{}},
		{"unknown event", "", "1992-02", []string{"2010-02-25/"}, want{"215", "1800", "", ""}},
		{"two events: the hull", "", "1992-06-15", []string{"2010-01-01", "2010-12-31"}, want{"210", "222", "", ""}},
		// born on the 5th, an event "in June": not before the birth, as the first of the month would be
		{"an event in the month of the birth", "", "1853-06-05", []string{"1853-06"}, want{"0", "0", "yes", "0-4"}},
		{"an event in the year of the birth", "", "1853-06-05", []string{"1853"}, want{"0", "6", "yes", "0-4"}},
		{"an event in the month before", "", "1853-06-05", []string{"1853-05"}, want{}},
		// which of two months is not known: the age is what both allow
		{"a birth on a day that was none", "", "1965-02/1965-03", []string{"1983-02-27"}, want{"214", "216", "", ""}},
		// a program's day for "nobody asked": everybody in such a list would be ninety-two and no child
		{"a placeholder for the birth", "", "1900-01-01", []string{"1992-02-26"}, want{}},
		{"a placeholder for the event", "", "1992-02-26", []string{"1970-01-01"}, want{}},
		{"a placeholder among events", "", "1952-02-26", []string{"1992-02-26", "1970-01-01"}, want{}},
		{"stated age wins over birth", "20", "1992-06-15", []string{"2010-01-01"}, want{"240", "251", "no", "18-29"}},
	} {
		r := Record{Birth: c.birth, ChildFlag: "no"}
		if c.age != "" {
			var err error
			if r.AgeLow, r.AgeHigh, err = ParseAge(c.age, "years"); err != nil {
				t.Fatal(err)
			}
		}
		r.SetRungs(dates(t, c.event...)...)
		got := want{r.AgeLow.String(), r.AgeHigh.String(), r.ChildAge, r.AgeBand}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
		if r.ChildFlag != "no" {
			t.Errorf("%s: the source's flag was changed to %q", c.name, r.ChildFlag)
		}
	}
}

func TestHarmRungs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ date, place, month, district string }{
		{"2010-02-25", "Lower Mill, Orvald", "2010-02", "lower mill"},
		{"2010-02", "Orvald", "2010-02", "orvald"},
		{"2010-02-25/2010-02-26", "", "2010-02", ""},
		{"2010-02-25/2010-03-01", "ÓRVALD ; north", "", "orvald north"},
		{"2010", "", "", ""},
		{"", "أورفالد، الشمال", "", "اورفالد"},
	} {
		h := Harm{Date: c.date, Place: c.place, Month: "1999-01", District: "old"}
		h.SetRungs()
		if h.Month != c.month || h.District != c.district {
			t.Errorf("%q, %q: month %q, district %q, want %q, %q", c.date, c.place, h.Month, h.District, c.month, c.district)
		}
	}
}

// FuzzParseAge: whatever is accepted is an age of a person, and no text makes
// the low end higher than the high one.
func FuzzParseAge(f *testing.F) {
	for _, s := range []string{"17", "0.22", "17,5", "17-19", "99999999999999999999", "0.000000", "1-"} {
		f.Add(s, "years")
		f.Add(s, "months")
	}
	f.Fuzz(func(t *testing.T, written, unit string) {
		low, high, err := ParseAge(written, unit)
		if err != nil {
			if !errors.Is(err, fault.Invalid) || low.Known || high.Known {
				t.Fatalf("%v, %v, %v", low, high, err)
			}
			return
		}
		r := Record{AgeLow: low, AgeHigh: high}
		if !low.Known || !high.Known || low.N < 0 || low.N > high.N || high.N > MaxMonths {
			t.Fatalf("%q %q: %s to %s", written, unit, low, high)
		}
		r.SetRungs()
		if r.ChildAge == "no" && low.N < 216 || r.ChildAge == "yes" && high.N >= 216 {
			t.Fatalf("%q %q: child %q", written, unit, r.ChildAge)
		}
	})
}
