// SPDX-License-Identifier: Apache-2.0

package edtf

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// unknownYear is a year of which nothing is specified.
const unknownYear = "XXXX"

// resolve finds the first and the last day that the components allow.
func (w written) resolve(s string) (Bounds, error) {
	if span, ok, err := w.season(s); ok || err != nil {
		return span, err
	}
	months := fits(w.month, 1, 12)
	if len(months) == 0 {
		return Bounds{}, refuse(s, "a month is 01 to 12; 21 to 24 are spring, summer, autumn and winter")
	}
	if len(fits(w.day, 1, 31)) == 0 {
		return Bounds{}, refuse(s, "a day is 01 to 31")
	}
	first, ok := w.extreme(months, false)
	if !ok {
		return Bounds{}, w.noSuchDay(s)
	}
	if w.year == unknownYear {
		return Bounds{}, nil
	}
	last, _ := w.extreme(months, true) // the first exists, so the last does
	return between(first, last), nil
}

// extreme is the earliest or the latest day of the calendar that fits.
func (w written) extreme(months []int, latest bool) (Day, bool) {
	days := fits(w.day, 1, 31)
	for _, year := range ordered(w.years(), latest) {
		for _, month := range ordered(months, latest) {
			for _, day := range ordered(days, latest) {
				if day <= daysIn(year, month) {
					return Day{year, month, day}, true
				}
			}
		}
	}
	return Day{}, false
}

// years are those that the year's digits allow, ascending; of a year of which
// nothing is specified four in a row, one of them a leap year.
func (w written) years() []int {
	if w.year == unknownYear {
		return []int{2000, 2001, 2002, 2003}
	}
	if year, err := strconv.Atoi(w.year); err == nil {
		if w.negative {
			year = -year
		}
		return []int{year}
	}
	return fits(w.year, 0, 9999)
}

// fits are the numbers from low to high whose digits fit the mask, ascending;
// all of them where there is no mask.
func fits(mask string, low, high int) []int {
	var found []int
	for n := low; n <= high; n++ {
		if mask == "" || fitsOne(mask, n) {
			found = append(found, n)
		}
	}
	return found
}

func fitsOne(mask string, n int) bool {
	for i := len(mask) - 1; i >= 0; i-- {
		if mask[i] != 'X' && int(mask[i]-'0') != n%10 {
			return false
		}
		n /= 10
	}
	return true
}

func ordered(numbers []int, descending bool) []int {
	if !descending {
		return numbers
	}
	turned := make([]int, len(numbers))
	for i, n := range numbers {
		turned[len(numbers)-1-i] = n
	}
	return turned
}

// months of the groupings 33 to 41 of ISO 8601-2:2019, 4.8: quarters, thirds
// and halves of the year.
func groupMonths(code int) (first, last int, ok bool) {
	switch {
	case code >= 33 && code <= 36:
		return 3*(code-33) + 1, 3*(code-33) + 3, true
	case code >= 37 && code <= 39:
		return 4*(code-37) + 1, 4*(code-37) + 4, true
	case code >= 40 && code <= 41:
		return 6*(code-40) + 1, 6*(code-40) + 6, true
	}
	return 0, 0, false
}

// season resolves the codes that stand in the place of a month; ok is false
// where there is a month, or none.
func (w written) season(s string) (span Bounds, ok bool, err error) {
	code, notNumber := strconv.Atoi(w.month)
	if notNumber != nil || code < 21 || code > 41 {
		return Bounds{}, false, nil
	}
	if w.day != "" {
		return Bounds{}, false, refuse(s, "a season has no days; write the day with its month, such as 1992-02-26")
	}
	years := w.years()
	from, to := years[0], years[len(years)-1]
	first, last, grouping := groupMonths(code)
	switch {
	case code >= 25 && code <= 32:
		return Bounds{}, false, refuse(s, "the seasons of one hemisphere (25 to 32) are level 2 and not supported; write the months as an interval, such as 2001-03/2001-05")
	case grouping:
		span = between(Day{from, first, 1}, Day{to, last, daysIn(to, last)})
	case code == 21 || code == 23:
		span = between(Day{from, 1, 1}, Day{to, 12, 31})
	default: // summer and winter pass over the turn of a year in one hemisphere each
		span = between(Day{from - 1, 12, 1}, Day{to + 1, 3, 31})
	}
	if w.year == unknownYear {
		span = Bounds{}
	}
	return span, true, nil
}

// noSuchDay is the error for components of which each is right and no day fits
// them all.
func (w written) noSuchDay(s string) error {
	if strings.Contains(w.year+w.month+w.day, "X") {
		return refuse(s, "no month that fits has such a day")
	}
	year, month := w.years()[0], fits(w.month, 1, 12)[0]
	why := fmt.Sprintf("%s of that year has %d days; where it is not known which day was meant, write the months as an interval", time.Month(month), daysIn(year, month))
	sign := ""
	if w.negative {
		sign = "-"
	}
	// only months that are followed by one of the same year are shorter than 31
	span, err := Parse(fmt.Sprintf("%s%s-%02d/%s%s-%02d", sign, w.year, month, sign, w.year, month+1))
	if err != nil {
		return err
	}
	return &NoSuchDay{Written: s, Span: span, why: why}
}
