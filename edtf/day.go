// SPDX-License-Identifier: Apache-2.0

package edtf

import (
	"cmp"
	"fmt"
)

// Day is a civil day of the proleptic Gregorian calendar, without a zone and
// without a time. Year 0 is the year before year 1 (ISO 8601-1:2019, 4.2.1);
// Year is within ±1,000,000,000, Month 1 to 12, Day 1 to 31.
type Day struct{ Year, Month, Day int }

// Compare is -1 where a is earlier than b, 0 where they are the same day, 1
// where a is later.
func (a Day) Compare(b Day) int {
	return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Day, b.Day))
}

// AddYears is the same day n years later, n of either sign. 29 February
// becomes 1 March in a year that has no 29 February, as in Age.
func (a Day) AddYears(n int) Day {
	a.Year += n
	if a.Day > daysIn(a.Year, a.Month) {
		return Day{a.Year, a.Month + 1, 1}
	}
	return a
}

// Sub is the number of days from b to a, negative where a is earlier.
func (a Day) Sub(b Day) int64 { return a.number() - b.number() }

// String is "YYYY-MM-DD", with a minus before a negative year and a Y before a
// year of more than four digits.
func (a Day) String() string {
	switch {
	case a.Year > 9999 || a.Year < -9999:
		return fmt.Sprintf("Y%d-%02d-%02d", a.Year, a.Month, a.Day)
	case a.Year < 0:
		return fmt.Sprintf("-%04d-%02d-%02d", -a.Year, a.Month, a.Day)
	}
	return fmt.Sprintf("%04d-%02d-%02d", a.Year, a.Month, a.Day)
}

// number counts days so that differences are right; a year begins in March, so
// that the leap day is its last.
func (a Day) number() int64 {
	year, month := int64(a.Year), int64(a.Month)
	if month < 3 {
		year, month = year-1, month+12
	}
	leaps := floorDiv(year, 4) - floorDiv(year, 100) + floorDiv(year, 400)
	return 365*year + leaps + (153*(month-3)+2)/5 + int64(a.Day)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func isLeap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func daysIn(year, month int) int {
	switch month {
	case 2:
		if isLeap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}
