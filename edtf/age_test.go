// SPDX-License-Identifier: Apache-2.0

package edtf

import "testing"

// By counting on the calendar; the interval follows from I-08.
func TestAge(t *testing.T) {
	t.Parallel()
	const far = AgeUnbounded
	tests := []struct {
		name, birth, event   string
		low, high            int
		lowMonths, maxMonths int
		ok                   bool
	}{
		{"the day before the birthday", "1974-02-27", "1992-02-26", 17, 17, 215, 215, true},
		{"the birthday", "1974-02-26", "1992-02-26", 18, 18, 216, 216, true},
		{"the day of birth", "1992-02-26", "1992-02-26", 0, 0, 0, 0, true},
		{"year of birth only", "1974", "1992-02-26", 17, 18, 205, 217, true},
		{"year of birth only, a child for certain", "1975", "1992-02-26", 16, 17, 193, 205, true},
		{"years only", "1974", "1992", 17, 18, 204, 227, true},
		{"month of birth", "1974-02", "1992-02", 17, 18, 215, 216, true},
		{"leap day in another year", "1976-02-29", "1994-02-28", 17, 17, 215, 215, true},
		{"leap day, the day after", "1976-02-29", "1994-03-01", 18, 18, 216, 216, true},
		{"leap day in a leap year", "1976-02-29", "1996-02-29", 20, 20, 240, 240, true},
		{"the 31st in a short month", "1992-01-31", "1992-02-29", 0, 0, 0, 0, true},
		{"the 31st, the day after", "1992-01-31", "1992-03-01", 0, 0, 1, 1, true},
		{"three months", "1991-11-20", "1992-02-26", 0, 0, 3, 3, true},
		{"a night of two days", "1974-02-26", "1992-02-25/1992-02-26", 17, 18, 215, 216, true},
		{"a qualified year moves nothing", "1974?", "1992-02-26~", 17, 18, 205, 217, true},
		{"born in 1970 or before", "../1970", "1992-02-26", 21, far, 253, far, true},
		{"born at an unknown time up to 1970", "/1970", "1992-02-26", 21, far, 253, far, true},
		{"born in 1980 or after", "1980/..", "1992-02-26", 0, 12, 0, 145, true},
		{"born in 1991 or after, low is never below 0", "1991/1993", "1992-02-26", 0, 1, 0, 13, true},
		{"event in 1992 or after", "1974-02-26", "1992/..", 17, far, 214, far, true},
		{"event in 1992 or before", "1974-02-26", "../1992", 0, 18, 0, 226, true},
		{"event before birth", "1993", "1992", 0, 0, 0, 0, false},
		{"no date of birth", "", "1992", 0, 0, 0, 0, false},
		{"no date of the event", "1974", "", 0, 0, 0, 0, false},
		{"unknown year", "XXXX-02-26", "1992-02-26", 0, 0, 0, 0, false},
		{"born in 1990 or after, event in 1992 or after", "1990/..", "1992/..", 0, 0, 0, 0, false},
		{"long years", "Y-999999999", "Y999999999", 1_999_999_997, far, far, far, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			birth, event := parsed(t, test.birth), parsed(t, test.event)
			low, high, ok := AgeMonths(birth, event)
			if low != test.lowMonths || high != test.maxMonths || ok != test.ok {
				t.Errorf("AgeMonths = %d, %d, %v; want %d, %d, %v", low, high, ok, test.lowMonths, test.maxMonths, test.ok)
			}
			if test.name == "long years" {
				return // years of a clamped number of months: only that there is no overflow
			}
			low, high, ok = Age(birth, event)
			if low != test.low || high != test.high || ok != test.ok {
				t.Errorf("Age = %d, %d, %v; want %d, %d, %v", low, high, ok, test.low, test.high, test.ok)
			}
		})
	}
}

// TestAgeByDays counts birthdays one by one for many pairs of days.
func TestAgeByDays(t *testing.T) {
	t.Parallel()
	for _, birth := range []string{"1976-02-29", "1975-12-31", "1976-03-01", "1975-01-31"} {
		b := parsed(t, birth)
		for _, event := range daysOf(parsed(t, "1992/1994"), Day{1992, 1, 1}, Day{1995, 1, 1}) {
			years := 0
			for b.Bounds().Earliest.AddYears(years+1).Compare(event) <= 0 {
				years++
			}
			low, high, ok := Age(b, parsed(t, event.String()))
			if low != years || high != years || !ok {
				t.Fatalf("born %s, on %v: %d to %d, counted %d", birth, event, low, high, years)
			}
		}
	}
}
