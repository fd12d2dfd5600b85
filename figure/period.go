// SPDX-License-Identifier: Apache-2.0

package figure

import (
	"fmt"
	"strconv"
	"strings"

	"recount/fault"
)

// Period is a stretch of days, both ends included. An end may be open.
// Days are written YYYY-MM-DD, so that they compare as text.
type Period struct{ First, Last string }

const (
	openStart = "0000-01-01"
	openEnd   = "9999-12-31"
)

// ParsePeriod reads the period of a figure: a year, a month or a day as EDTF
// (ISO 8601-2 level 0) writes them, or two of them with a slash between, of
// which one may be ".." for an open end. Marks of doubt are refused: a period
// is what we ask, not what a source says.
func ParsePeriod(s string) (Period, error) {
	from, to, interval := strings.Cut(s, "/")
	if !interval {
		to = from
	}
	first, _, err := span(from)
	if from == ".." && interval {
		first, err = openStart, nil
	}
	if err != nil {
		return Period{}, fmt.Errorf("%w: period %q: %w", fault.Invalid, s, err)
	}
	_, last, err := span(to)
	if to == ".." && interval {
		last, err = openEnd, nil
	}
	if err != nil {
		return Period{}, fmt.Errorf("%w: period %q: %w", fault.Invalid, s, err)
	}
	if first == openStart && last == openEnd && interval {
		return Period{}, fmt.Errorf("%w: period %q is open on both sides; leave the period out", fault.Invalid, s)
	}
	if first > last {
		return Period{}, fmt.Errorf("%w: period %q ends before it begins", fault.Invalid, s)
	}
	return Period{first, last}, nil
}

// Month says whether the month, YYYY-MM, lies within the period: In when all
// its days do, Out when none does, Unknown when some do or when the month is
// not known ("?").
func (p Period) Month(month string) Verdict {
	first, last, err := span(month)
	switch {
	case err != nil || len(month) != 7:
		return Unknown
	case first >= p.First && last <= p.Last:
		return In
	case last < p.First || first > p.Last:
		return Out
	}
	return Unknown
}

// span is the first and the last day of a year, a month or a day.
func span(s string) (first, last string, err error) {
	wrong := fmt.Errorf("%q is no year, month or day such as 1992, 1992-02 or 1992-02-26", s)
	parts := strings.Split(s, "-")
	width := []int{4, 2, 2}
	if len(parts) > 3 {
		return "", "", wrong
	}
	number := []int{0, 1, 1}
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || len(p) != width[i] || p[0] < '0' || p[0] > '9' {
			return "", "", wrong
		}
		number[i] = n
	}
	year, month, day := number[0], number[1], number[2]
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return "", "", wrong
	}
	endMonth, endDay := month, day
	if len(parts) < 2 {
		endMonth = 12
	}
	if len(parts) < 3 {
		endDay = daysIn(year, endMonth)
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, month, day), fmt.Sprintf("%04d-%02d-%02d", year, endMonth, endDay), nil
}

// daysIn is the length of a month in the proleptic Gregorian calendar.
func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
