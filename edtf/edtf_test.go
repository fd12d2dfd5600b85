// SPDX-License-Identifier: Apache-2.0

package edtf

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
)

func parsed(t *testing.T, s string) Date {
	t.Helper()
	if s == "" {
		return Date{}
	}
	d, err := Parse(s)
	if err != nil {
		t.Fatalf("Parse(%q): %v", s, err)
	}
	return d
}

// span is the bounds as text: days, ".." where open, "" where unknown.
func span(b Bounds) string {
	text := func(e Edge, d Day) string {
		switch e {
		case EdgeDay:
			return d.String()
		case EdgeOpen:
			return ".."
		}
		return ""
	}
	return text(b.Start, b.Earliest) + " " + text(b.End, b.Latest)
}

// The examples are those of ISO 8601-2:2019 Annex A and of EDTF at the Library
// of Congress, or follow from the calendar.
func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		s, span   string
		precision Precision
	}{
		{"1985-04-12", "1985-04-12 1985-04-12", PrecisionDay},
		{"1985-04", "1985-04-01 1985-04-30", PrecisionMonth},
		{"1985", "1985-01-01 1985-12-31", PrecisionYear},
		{"0000", "0000-01-01 0000-12-31", PrecisionYear},
		{"0988", "0988-01-01 0988-12-31", PrecisionYear},
		{"2004-02", "2004-02-01 2004-02-29", PrecisionMonth},
		{"2000-02-29", "2000-02-29 2000-02-29", PrecisionDay},
		{"-0004-02-29", "-0004-02-29 -0004-02-29", PrecisionDay},
		{"-1985", "-1985-01-01 -1985-12-31", PrecisionYear},
		{"Y170000002", "Y170000002-01-01 Y170000002-12-31", PrecisionYear},
		{"Y-17000~", "Y-17000-01-01 Y-17000-12-31", PrecisionYear},
		{"1985-04-12T23:20:30", "1985-04-12 1985-04-12", PrecisionDay},
		{"1985-04-12T23:59:60Z", "1985-04-12 1985-04-12", PrecisionDay},
		{"1985-04-12T23:20:30-14:00", "1985-04-12 1985-04-12", PrecisionDay},
		{"2001-21", "2001-01-01 2001-12-31", PrecisionSeason},
		{"2001-22", "2000-12-01 2002-03-31", PrecisionSeason},
		{"2001-23?", "2001-01-01 2001-12-31", PrecisionSeason},
		{"2001-24", "2000-12-01 2002-03-31", PrecisionSeason},
		{"2001-33", "2001-01-01 2001-03-31", PrecisionSeason},
		{"2001-36", "2001-10-01 2001-12-31", PrecisionSeason},
		{"2001-38", "2001-05-01 2001-08-31", PrecisionSeason},
		{"20XX-41", "2000-07-01 2099-12-31", PrecisionSeason},
		{"XXXX-21", " ", PrecisionSeason},
		{"201X", "2010-01-01 2019-12-31", PrecisionYear},
		{"1XX3", "1003-01-01 1993-12-31", PrecisionYear},
		{"1992-02-XX", "1992-02-01 1992-02-29", PrecisionDay},
		{"1992-XX-XX", "1992-01-01 1992-12-31", PrecisionDay},
		{"1992-XX-31", "1992-01-31 1992-12-31", PrecisionDay},
		{"1560-X2", "1560-02-01 1560-12-31", PrecisionMonth},
		{"1984-1X", "1984-10-01 1984-12-31", PrecisionMonth},
		{"19XX-02-29", "1904-02-29 1996-02-29", PrecisionDay},
		{"1985-02-2X", "1985-02-20 1985-02-28", PrecisionDay},
		{"XXXX-12-25", " ", PrecisionDay},
		{"XXXX-02-29", " ", PrecisionDay},
		{"1964/2008", "1964-01-01 2008-12-31", PrecisionInterval},
		{"2004-06/2004", "2004-06-01 2004-12-31", PrecisionInterval},
		{"2004/2004-06", "2004-01-01 2004-06-30", PrecisionInterval},
		{"2004-06-01/2004-06-01", "2004-06-01 2004-06-01", PrecisionInterval},
		{"-2005/-1999-02", "-2005-01-01 -1999-02-28", PrecisionInterval},
		{"1985/..", "1985-01-01 ..", PrecisionInterval},
		{"../1985", ".. 1985-12-31", PrecisionInterval},
		{"1985/", "1985-01-01 ", PrecisionInterval},
		{"/1985", " 1985-12-31", PrecisionInterval},
		{"XXXX/1985", " 1985-12-31", PrecisionInterval},
		{"1984?/2004%", "1984-01-01 2004-12-31", PrecisionInterval},
		{"Y-20000/1985", "Y-20000-01-01 1985-12-31", PrecisionInterval},
	}
	for _, test := range tests {
		d := parsed(t, test.s)
		if got := span(d.Bounds()); got != test.span || d.Precision() != test.precision {
			t.Errorf("%s: %s, %v; want %s, %v", test.s, got, d.Precision(), test.span, test.precision)
		}
		if d.String() != test.s || d.IsZero() {
			t.Errorf("String of %s is %q", test.s, d.String())
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ s, says string }{
		{"", "empty"},
		{" 1985", "white space"}, {"1985\n", "white space"}, {"1985 -04", "white space"}, {"1985\u00a0", "white space"},
		{"1985-02-30", "28 days"}, {"1900-02-29", "28 days"}, {"1985-04-31", "30 days"},
		{"1985-13", "01 to 12"}, {"1985-00", "01 to 12"}, {"2004-20", "01 to 12"}, {"2004-42", "01 to 12"}, {"2004-2X", "01 to 12"},
		{"1985-04-00", "01 to 31"}, {"1985-04-32", "01 to 31"},
		{"1985-02-3X", "no month that fits"}, {"156X-09-31", "no month that fits"}, {"190X-02-29", ""},
		{"1985-1", "two digits"}, {"1985-1-1", "two digits"}, {"1985-", "two digits"}, {"1985-04-", "two digits"},
		{"198", "four digits"}, {"12345", "left over"}, {"hello", "four digits"}, {"-", "four digits"}, {"+1985", "four digits"},
		{"1985-04-12-01", "left over"}, {"1985??", "left over"}, {"1985?~", "left over"}, {"20050924", "left over"},
		{"-0000", "-0001"}, {"-0000-01-01", "-0001"}, {"-01XX", "0000 to 9999"},
		{"Y1985", "without"}, {"Y0012345", "no zeros"}, {"Y", "alone"}, {"Y-", "alone"}, {"Y+12000", "alone"}, {"Y12000-01", "alone"},
		{"Y12000??", "more than one mark"}, {"Y1200X", "alone"}, {"Y9999999999", "nine digits"}, {"-Y17000", "four digits"},
		{"Y17E7", "exponents"}, {"1950S2", "significant"},
		{"2001-25", "hemisphere"}, {"2001-32", "hemisphere"}, {"2001-21-01", "no days"},
		{"..2004-06-01/2004", "open end beside"}, {"1985..", "open end beside"}, {"..", "four digits"},
		{"/", "at least one"}, {"../..", "at least one"}, {"/..", "at least one"},
		{"1985/1984", "before it begins"}, {"2004-06/2004-05-31", "before it begins"}, {"1985/1986/1987", "more than one /"},
		{"1985-02-30/1986", "28 days"}, {"1985-04-12T23:20:30/1986", "without a time"},
		{"1985-04-12T25:00:00", "hh:mm:ss"}, {"1985-04-12T24:00:00", "hh:mm:ss"}, {"1985-04-12T23:20", "hh:mm:ss"},
		{"1985-04-12T23:20:30.5", "hh:mm:ss"}, {"1985-04-12T23:20:30+15:00", "14 hours"}, {"1985-04-12T23:20:30-00:00", "14 hours"},
		{"1985-04-12T23:20:30+0430", "14 hours"}, {"1985-04-12T23:20:30+4:30", "14 hours"}, {"1985-04-12T23:20:30z", "14 hours"},
		{"1985-04T23:20:30", "complete date"}, {"1985-04-12T23:20:30?", "no marks"}, {"T", "four digits"}, {"1985-04-12T", "hh:mm:ss"},
		{"199u", "draft"}, {"1992-02/open", "draft"}, {"y12000", "draft"}, {"2004-(06)?-11", "brackets"},
		{"1985-04-12\x00", "left over"}, {"١٩٨٥", "four digits"}, {"1985−04", "left over"}, {"\xff\xfe", "four digits"},
		{strings.Repeat("1", 65), "longer than"},
	}
	for _, test := range tests {
		d, err := Parse(test.s)
		if test.s == "190X-02-29" {
			if err != nil || span(d.Bounds()) != "1904-02-29 1908-02-29" {
				t.Errorf("%q: %v, %v", test.s, d.Bounds(), err)
			}
			continue
		}
		if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("Parse(%q) = %v, %v; want a refusal that says %q", test.s, d.Bounds(), err, test.says)
		}
		if !d.IsZero() {
			t.Errorf("Parse(%q) gave a date beside its error", test.s)
		}
	}
}

func TestNoSuchDay(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"1965-02-29": "1965-02/1965-03", "1992-04-31": "1992-04/1992-05", "1992-11-31?": "1992-11/1992-12", "-0005-02-29": "-0005-02/-0005-03",
	} {
		_, err := Parse(s)
		var noDay *NoSuchDay
		if !errors.As(err, &noDay) || !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v is no NoSuchDay", s, err)
			continue
		}
		if noDay.Span.String() != want || noDay.Written != s {
			t.Errorf("%s: span %s, want %s", s, noDay.Span, want)
		}
	}
	var noDay *NoSuchDay
	if _, err := Parse("1965-02-29/1966"); errors.As(err, &noDay) {
		t.Error("the span of one end was given for an interval")
	}
}

// ISO 8601-2:2019, 8.2: a mark after a component is that of all to its left, one
// before it is its own.
func TestQualifier(t *testing.T) {
	t.Parallel()
	both := Uncertain | Approximate
	tests := []struct {
		s                string
		year, month, day Qualifier
	}{
		{"2004-06-11", 0, 0, 0},
		{"2004-06-11%", both, both, both},
		{"2004-06~-11", Approximate, Approximate, 0},
		{"2004?-06-11", Uncertain, 0, 0},
		{"?2004-06-~11", Uncertain, 0, Approximate},
		{"2004-%06-11", 0, both, 0},
		{"2001-?09~-09", Approximate, both, 0},
		{"?-2004", Uncertain, 0, 0},
		{"Y12000%", both, 0, 0},
		{"2001-21~", Approximate, Approximate, 0},
		{"1984?/2004-06~", both, Approximate, 0},
	}
	for _, test := range tests {
		d := parsed(t, test.s)
		got := [3]Qualifier{d.Qualifier(PrecisionYear), d.Qualifier(PrecisionMonth), d.Qualifier(PrecisionDay)}
		if diff := cmp.Diff([3]Qualifier{test.year, test.month, test.day}, got); diff != "" {
			t.Errorf("%s: %s", test.s, diff)
		}
		all := test.year | test.month | test.day
		if d.Uncertain() != (all&Uncertain != 0) || d.Approximate() != (all&Approximate != 0) {
			t.Errorf("%s: uncertain %v, approximate %v", test.s, d.Uncertain(), d.Approximate())
		}
		plain := parsed(t, strings.NewReplacer("?", "", "~", "", "%", "").Replace(test.s))
		if d.Bounds() != plain.Bounds() {
			t.Errorf("%s: a mark moved the bounds to %v", test.s, d.Bounds())
		}
	}
}

func TestClockAndUnspecified(t *testing.T) {
	t.Parallel()
	if got := parsed(t, "1985-04-12T23:20:30+04:30").Clock(); got != "23:20:30+04:30" {
		t.Errorf("clock %q", got)
	}
	for s, want := range map[string]bool{"1992-02": false, "1992-02-XX": true, "199X/2001": true, "1990/..": false} {
		if got := parsed(t, s).Unspecified(); got != want {
			t.Errorf("%s: unspecified %v", s, got)
		}
	}
}

func TestMonth(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"1992-02-26": "1992-02", "1992-02": "1992-02", "1992-02-XX?": "1992-02", "1992-02-25/1992-02-26": "1992-02",
		"1992-02-26T23:00:00Z": "1992-02", "0000-12": "0000-12", "1992": "", "1992-02-25/1992-03-01": "", "1992-02-25/..": "",
		"/1992-02-01": "", "2001-21": "", "-1992-02": "", "XXXX-02": "", "": "", "1992-X2": "",
	} {
		got, ok := Month(parsed(t, s))
		if got != want || ok != (want != "") {
			t.Errorf("Month(%q) = %q, %v; want %q", s, got, ok, want)
		}
	}
}

func TestDay(t *testing.T) {
	t.Parallel()
	if got := (Day{2004, 2, 29}).AddYears(1); got != (Day{2005, 3, 1}) {
		t.Errorf("29 February and a year: %v", got)
	}
	if got := (Day{2004, 2, 29}).AddYears(-4); got != (Day{2000, 2, 29}) {
		t.Errorf("29 February four years ago: %v", got)
	}
	// 146,097 days in 400 years of the Gregorian calendar; the others by counting.
	for _, test := range []struct {
		to, from Day
		want     int64
	}{
		{Day{2000, 1, 1}, Day{1600, 1, 1}, 146097},
		{Day{200, 3, 1}, Day{-200, 3, 1}, 146097},
		{Day{1970, 1, 1}, Day{0, 3, 1}, 719468},
		{Day{1992, 3, 1}, Day{1992, 2, 28}, 2},
		{Day{1900, 2, 28}, Day{1900, 3, 1}, -1},
		{Day{0, 3, 1}, Day{0, 2, 28}, 2},
		{Day{1993, 1, 1}, Day{1992, 12, 31}, 1},
	} {
		if got := test.to.Sub(test.from); got != test.want {
			t.Errorf("%v - %v = %d, want %d", test.to, test.from, got, test.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1985-04-12", "1985-04-12T23:20:30+04:30", "?2004-06-~11", "XXXX-12-XX", "1560-X2", "../1985", "1985/", "Y-17000", "2001-24", "1985-02-30", "00/00/1992", "2-26.02.1992", "bef. 199u", "[1992-02-25,1992-02-27]", "{..1984, 1986..1990}"} {
		f.Add(s, 1)
	}
	f.Fuzz(func(t *testing.T, s string, order int) {
		for _, loose := range []bool{false, true} {
			d, err := Parse(s)
			if loose {
				d, err = ParseLoose(s, Order(order))
			}
			if err != nil {
				if !errors.Is(err, fault.Invalid) || !d.IsZero() {
					t.Fatalf("%q: %v, %v", s, d, err)
				}
				continue
			}
			if !loose && d.String() != s {
				t.Fatalf("%q became %q", s, d.String())
			}
			again, err := Parse(d.String())
			if err != nil || again != d {
				t.Fatalf("%q: %+v is read again as %+v, %v", s, d, again, err)
			}
			if b := d.Bounds(); b.Start == EdgeDay && b.End == EdgeDay && b.Earliest.Compare(b.Latest) > 0 {
				t.Fatalf("%q: bounds %v", s, b)
			}
			if Before(d, d) == True || Equal(d, d) == False || Within(d, d) == False {
				t.Fatalf("%q is before itself, not itself or outside itself", s)
			}
		}
	})
}
