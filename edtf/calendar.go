// SPDX-License-Identifier: Apache-2.0

package edtf

import (
	"fmt"
	"strings"
)

// Calendar is the calendar by which a list writes its dates.
type Calendar int

const (
	// Gregorian is the civil calendar, in which everything is kept.
	Gregorian Calendar = iota
	// Julian is the old style, in use in Russia and the Caucasus until February 1918.
	Julian
	// Hijri is the lunar calendar of Islam.
	Hijri
	// SolarHijri is the calendar of Iran and Afghanistan.
	SolarHijri
)

// Calendars are all of them, by the names that a mapping gives them.
func Calendars() map[string]Calendar {
	return map[string]Calendar{"gregorian": Gregorian, "julian": Julian, "hijri": Hijri, "solar-hijri": SolarHijri}
}

// ParseIn reads a date that is written by a calendar, and says what it is in the
// civil one. Of Gregorian it is ParseLoose; of the others it reads a day, a month
// or a year in numbers, as 1399-12-30, 1399/12/30, 30.12.1399 by order, 1399-12
// and 1399, in the digits of Arabic and Persian too, and months of the Hijri
// calendars by their names in Arabic and Persian.
//
// A Julian day is moved to the civil day. A Julian month or year is kept as it is
// written, and note says so: which of two civil months or years is meant is not
// known without the day.
//
// A day of the lunar calendar begins where the moon was seen, so it is not known
// to the day: it is read by the tabular calendar (30 years of 10,631 days, leap
// years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26 and 29; epoch 16 July 622 Julian) as
// that civil day, or the one before or after it. Reingold and Dershowitz,
// Calendrical Calculations, "The Islamic calendar".
//
// The solar calendar is read from 1178 to 1633 (1799 to 2255), for which years
// whose remainder by 33 is 1, 5, 9, 13, 17, 22, 26 or 30 are leap years (K. M.
// Borkowski, The Persian calendar for 3000 years, 1996); other years are refused.
//
// Errors are those of Parse; note is "" where nothing is to be said.
func ParseIn(written string, order Order, c Calendar) (d Date, note string, err error) {
	if c == Gregorian {
		d, err = ParseLoose(written, order)
		return d, "", err
	}
	p, err := c.parts(plainDigits(strings.TrimSpace(written)), order)
	if err != nil {
		return Date{}, "", err
	}
	if err := c.check(written, p); err != nil {
		return Date{}, "", err
	}
	if c == Julian && p.day == 0 {
		d, err := Parse(strings.TrimSuffix(fmt.Sprintf("%04d-%02d", p.year, p.month), "-00"))
		return d, "a date of the Julian calendar without its day: kept as it is written, since the civil month or year may be the next", err
	}
	from, to := c.span(p)
	if from == to {
		d, err = Parse(dayAt(from).String())
		return d, "", err
	}
	d, err = Parse(dayAt(from).String() + "/" + dayAt(to).String())
	return d, "", err
}

// parts of a date, 0 where they are not written.
type datePart struct{ year, month, day int }

// parts reads the numbers of a date, and the name of its month.
func (c Calendar) parts(s string, order Order) (p datePart, err error) {
	if named, ok := c.withMonthName(s); ok {
		return named, nil
	}
	if isNumber(s, 4) {
		return datePart{year: atoi(s)}, nil
	}
	if parts, separator, ok := threeParts(s); ok {
		text, err := inOrder(s, parts, separator, order)
		if err != nil {
			return p, err
		}
		return datePart{atoi(text[:4]), atoi(text[5:7]), atoi(text[8:])}.known(), nil
	}
	for _, separator := range []string{"-", "/", "."} {
		year, month, ok := strings.Cut(s, separator)
		if ok && len(month) == 4 {
			year, month = month, year
		}
		if ok && isNumber(year, 4) && (isNumber(month, 2) || isNumber(month, 1)) {
			return datePart{year: atoi(year), month: atoi(month)}, nil
		}
	}
	return p, refuse(s, "of this calendar a day, a month or a year is read: 1399-12-30, 30.12.1399, 1399-12, 1399, or with the name of its month")
}

// known leaves out a day whose month is not known.
func (p datePart) known() datePart {
	if p.month == 0 {
		p.day = 0
	}
	return p
}

func atoi(digits string) (n int) {
	for _, r := range digits {
		n = 10*n + int(r-'0')
	}
	return n
}

// check refuses what the calendar does not have.
func (c Calendar) check(written string, p datePart) error {
	first, last := 1, 9999
	switch c {
	case SolarHijri:
		first, last = 1178, 1633
	case Hijri:
		last = 1600
	}
	if p.year < first || p.year > last {
		return refuse(written, fmt.Sprintf("of this calendar the years %d to %d are read", first, last))
	}
	if p.month > 12 {
		return refuse(written, fmt.Sprintf("%d is no month", p.month))
	}
	if longest := c.daysIn(p.year, max(p.month, 1)); p.day > longest {
		return refuse(written, fmt.Sprintf("this month has at most %d days in this calendar", longest))
	}
	return nil
}

// daysIn is the most that a month can have: of the lunar calendar 30, in which
// each month is as long as the moon was seen.
func (c Calendar) daysIn(year, month int) int {
	switch {
	case c == Julian && month == 2 && year%4 == 0:
		return 29
	case c == Julian:
		return daysIn(1900, month) // no leap year
	case c == Hijri || month > 6 && month < 12:
		return 30
	case month <= 6:
		return 31
	case solarLeap(year):
		return 30
	}
	return 29
}

// span is the first and the last civil day of a date, as numbers of Julian days.
func (c Calendar) span(p datePart) (from, to int64) {
	first, next := p, p
	switch {
	case p.day > 0:
		next.day++
	case p.month > 0:
		first.day, next.day = 1, 1
		next.month++
	default:
		first, next = datePart{p.year, 1, 1}, datePart{p.year + 1, 1, 1}
	}
	if next.month > 12 {
		next.year, next.month = next.year+1, 1
	}
	from, to = c.number(first), c.number(next)-1
	if p.day > 0 {
		to = from
	}
	if c == Hijri {
		from, to = from-1, to+1
	}
	return from, to
}

// number is the number of the Julian day (the civil day on whose noon it begins).
func (c Calendar) number(p datePart) int64 {
	year, month, day := int64(p.year), int64(p.month), int64(p.day)
	switch c {
	case Julian:
		if month < 3 {
			year, month = year-1, month+12
		}
		return 365*year + floorDiv(year, 4) + (153*(month-3)+2)/5 + day + 1721117
	case Hijri:
		return 354*(year-1) + (3+11*year)/30 + 29*(month-1) + month/2 + day + 1948439
	}
	before := 31*(month-1) - max(month-7, 0)
	return 365*(year-1399) + solarLeapsBefore(year) - solarLeapsBefore(1399) + before + day + julianDayOf(Day{2020, 3, 19})
}

// solarLeaps are the remainders by 33 of leap years.
func solarLeaps() []int64 { return []int64{1, 5, 9, 13, 17, 22, 26, 30} }

func solarLeap(year int) bool { return solarLeapsBefore(int64(year)+1) > solarLeapsBefore(int64(year)) }

func solarLeapsBefore(year int64) int64 {
	n := 8 * (year / 33)
	for _, r := range solarLeaps() {
		if r < year%33 {
			n++
		}
	}
	return n
}

// julianDayOf is the number of the Julian day of a civil day: 1 January 2000 is 2451545.
func julianDayOf(d Day) int64 { return d.number() - Day{2000, 1, 1}.number() + 2451545 }

// dayAt is the civil day of a number of Julian days.
func dayAt(number int64) Day {
	// The year is found from below and the month by counting: both are a step or two.
	d := Day{int(floorDiv((number-1721060)*400, 146097)) - 1, 1, 1}
	for julianDayOf(Day{d.Year + 1, 1, 1}) <= number {
		d.Year++
	}
	left := int(number - julianDayOf(d))
	for left >= daysIn(d.Year, d.Month) {
		left -= daysIn(d.Year, d.Month)
		d.Month++
	}
	d.Day += left
	return d
}
