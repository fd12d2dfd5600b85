// SPDX-License-Identifier: Apache-2.0

package edtf

import "testing"

// The answers follow from I-20: definite where every pair of days agrees.
func TestCompare(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b                  string
		before, equal, within Truth
	}{
		{"1992-02-26", "1992-02-26", False, True, True},
		{"1992-02-26?", "1992-02-26T23:00:00Z", False, True, True},
		{"1992-02-25", "1992-02-26", True, False, False},
		{"1992-02", "1992-02", Unknown, Unknown, True},
		{"1992-02-26", "1992-02", Unknown, Unknown, True},
		{"1992-02-01", "1992-02", Unknown, Unknown, True},
		{"1992-02-29", "1992-02", False, Unknown, True},
		{"1992-02", "1992-02-29", Unknown, Unknown, Unknown},
		{"1992-02", "1992-02-01", False, Unknown, Unknown},
		{"1992", "1993", True, False, False},
		{"1993", "1992", False, False, False},
		{"1992-02-25/1992-02-26", "1992-02-26/1992-02-27", Unknown, Unknown, Unknown},
		{"1992-02-26", "1992-02-XX", Unknown, Unknown, Unknown}, // some day, not the month
		{"1992-02-26", "1992-03-XX", True, False, False},
		{"1992-02-XX", "1992", Unknown, Unknown, True},
		{"1992-03", "1992-02/..", Unknown, Unknown, True},
		{"1992-03", "1992-02/", Unknown, Unknown, Unknown},
		{"1992-01", "1992-02/", True, False, False},
		{"1992-03/..", "1992-02/..", Unknown, Unknown, True},
		{"1992-03/", "1992-02/..", Unknown, Unknown, True},
		{"1992-03/", "1992-02/1993", Unknown, Unknown, Unknown},
		{"../1992-01", "../1992-02", Unknown, Unknown, True},
		{"../1992-01", "1992-02/..", True, False, False},
		{"1992-02/..", "../1992-01", False, False, False},
		{"/1992-01", "../1992-02", Unknown, Unknown, True},
		{"1992", "XXXX", Unknown, Unknown, Unknown},
		{"XXXX-02-26", "1992", Unknown, Unknown, Unknown},
		{"", "1992", Unknown, Unknown, Unknown},
		{"1992", "", Unknown, Unknown, Unknown},
		{"", "", Unknown, Unknown, Unknown},
		{"", "../1992", Unknown, Unknown, Unknown},
		{"1853-06-05", "1853-06", Unknown, Unknown, True},
		{"2001-24", "2002-04", True, False, False},
		{"2001-24", "2001-12/2002-02", Unknown, Unknown, Unknown},
		{"-0002", "0001", True, False, False},
		{"Y-20000", "-9999", True, False, False},
	}
	for _, test := range tests {
		a, b := parsed(t, test.a), parsed(t, test.b)
		got := [3]Truth{Before(a, b), Equal(a, b), Within(a, b)}
		if want := [3]Truth{test.before, test.equal, test.within}; got != want {
			t.Errorf("%q and %q: before, equal, within are %v, want %v", test.a, test.b, got, want)
		}
		if After(b, a) != Before(a, b) || Equal(b, a) != Equal(a, b) {
			t.Errorf("%q and %q: the other way round the answers differ", test.a, test.b)
		}
	}
}

// TestCompareByDays asks every pair of some dates of one year day by day.
func TestCompareByDays(t *testing.T) {
	t.Parallel()
	texts := []string{"1992-01-31", "1992-02", "1992-02-29", "1992-02-1X", "1992-0X-31", "1992-02-10/1992-03-05", "1992", "1992-33", "1992-12-XX"}
	first, last := Day{1992, 1, 1}, Day{1993, 1, 1}
	for _, one := range texts {
		for _, other := range texts {
			a, b := parsed(t, one), parsed(t, other)
			anyBefore, allBefore, anyIn, allIn := false, true, false, true
			for _, x := range daysOf(a, first, last) {
				anyIn = anyIn || contains(b, x)
				allIn = allIn && contains(b, x)
				for _, y := range daysOf(b, first, last) {
					anyBefore = anyBefore || x.Compare(y) < 0
					allBefore = allBefore && x.Compare(y) < 0
				}
			}
			if got, want := Before(a, b), truth(anyBefore, allBefore); got != want {
				t.Errorf("Before(%s, %s) = %v, want %v", one, other, got, want)
			}
			if got, want := Within(a, b), truth(anyIn, allIn); got != want && !b.Unspecified() {
				t.Errorf("Within(%s, %s) = %v, want %v", one, other, got, want)
			}
		}
	}
}

func truth(some, all bool) Truth {
	switch {
	case all:
		return True
	case some:
		return Unknown
	}
	return False
}

func contains(d Date, day Day) bool {
	return d.Bounds().Earliest.Compare(day) <= 0 && d.Bounds().Latest.Compare(day) >= 0
}

func daysOf(d Date, first, last Day) []Day {
	var days []Day
	for day := first; day.Compare(last) < 0; {
		if contains(d, day) {
			days = append(days, day)
		}
		if day.Day++; day.Day > daysIn(day.Year, day.Month) {
			day = Day{day.Year, day.Month + 1, 1}
		}
		if day.Month > 12 {
			day = Day{day.Year + 1, 1, 1}
		}
	}
	return days
}

// Kleene's tables.
func TestTruth(t *testing.T) {
	t.Parallel()
	all := []Truth{False, Unknown, True}
	and := [3][3]Truth{{False, False, False}, {False, Unknown, Unknown}, {False, Unknown, True}}
	or := [3][3]Truth{{False, Unknown, True}, {Unknown, Unknown, True}, {True, True, True}}
	not := [3]Truth{True, Unknown, False}
	for i, a := range all {
		if a.Not() != not[i] {
			t.Errorf("not %v is %v", a, a.Not())
		}
		for j, b := range all {
			if a.And(b) != and[i][j] || a.Or(b) != or[i][j] {
				t.Errorf("%v, %v: and %v, or %v", a, b, a.And(b), a.Or(b))
			}
		}
	}
}
