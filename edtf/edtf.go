// SPDX-License-Identifier: Apache-2.0

// Package edtf reads dates that are not wholly known, in the Extended
// Date/Time Format of ISO 8601-2:2019 Annex A, and answers about them with
// three values.
//
// Accepted are levels 0 and 1: year, month and day precision, negative years,
// years with the letter Y, seasons, qualification (? uncertain, ~ approximate,
// % both), unspecified digits (X) and intervals with open (..) and unknown
// (empty) ends. Of level 2 are accepted: X in any place of a year from 0000 to
// 9999, of a month or of a day; qualification of single components; the
// quarters, thirds and halves of a year (33 to 41); and sets, [a,b] for one of
// their members and {a,b} for all of them, with a..b for members that follow on
// each other. Exponents, significant digits and the seasons of one hemisphere
// (25 to 32) are refused with a message that says what would be accepted.
//
// A date with a time of day is accepted and stands for its civil day as it was
// written: nothing is ever moved from one zone to another, since the zone of
// the place is a question of its own. The clock's text is kept.
//
// A Date stands for one day that lies somewhere between two civil days of the
// proleptic Gregorian calendar, both included (its Bounds). Qualification
// never moves a bound.
//
// The bounds of a set hold all of its members; comparisons go by the members, so
// that 1993 is known not to be [1992,1994]. {1992,1994} is compared as a day of
// one of the two as well: who says that something was done in both years does not
// contradict who says 1992, and does contradict who says 1993.
//
// # Seasons
//
// The standard gives 21 to 24 (spring, summer, autumn, winter) neither months
// nor a hemisphere, and published readings contradict each other. The bounds
// therefore hold every day that may be meant: the year for spring and autumn;
// for summer and winter, which pass over the turn of a year, 1 December before
// the year to 31 March after it. Who knows the months writes an interval.
//
// # Compatibility
//
// What Parse accepts is stored as it was written and hashed. A later version
// may accept more, and will not read accepted text differently.
package edtf

import (
	"fmt"
	"strings"

	"recount/fault"
)

// Date is a parsed date. The zero Date says nothing: both of its ends are
// unknown and every comparison with it is Unknown.
type Date struct {
	text      string
	clock     string
	bounds    Bounds
	precision Precision
	qualified [3]Qualifier // year, month (or season), day
	masked    bool
	set       SetKind
}

// Parse reads one date or interval. It accepts no white space and guesses
// nothing. The error wraps fault.Invalid and says what would be accepted; where
// the month has no such day it is also a *NoSuchDay.
func Parse(s string) (Date, error) {
	if longest := longest(s); len(s) > longest {
		return Date{}, refuse(s, fmt.Sprintf("it is longer than %d characters", longest))
	}
	if why := levelTwo(s); why != "" {
		return Date{}, refuse(s, why)
	}
	if isSet(s) {
		return parseSet(s)
	}
	if start, end, ok := strings.Cut(s, "/"); ok {
		return parseInterval(s, start, end)
	}
	return parseSingle(s)
}

// maxText is longer than any accepted date that is no set: an interval of two
// fully qualified days has 33 characters.
const maxText = 64

func longest(s string) int {
	if isSet(s) {
		return maxSet
	}
	return maxText
}

// String is the text that was parsed, unchanged; "" for the zero Date.
func (d Date) String() string { return d.text }

// IsZero reports whether d is the zero Date.
func (d Date) IsZero() bool { return d.text == "" }

// Bounds are the first and the last day that d may mean.
func (d Date) Bounds() Bounds { return d.bounds }

// Precision is how fine d was written.
func (d Date) Precision() Precision { return d.precision }

// Clock is the time of day with its zone as it was written, such as
// "23:20:30Z"; "" where d has none. It moves no bound.
func (d Date) Clock() string { return d.clock }

// Uncertain reports whether any component is marked ? or %.
func (d Date) Uncertain() bool { return d.any(Uncertain) }

// Approximate reports whether any component is marked ~ or %.
func (d Date) Approximate() bool { return d.any(Approximate) }

// Unspecified reports whether any digit is written X: "1992-02-XX" is some day
// of that month, where "1992-02" is the month.
func (d Date) Unspecified() bool { return d.masked }

// Qualifier is what is said of one component: of the year, of the month (or
// the season) or of the day. It is 0 for any other precision. Of an interval
// it is what is said at either end, of a set what is said of any member.
func (d Date) Qualifier(part Precision) Qualifier {
	switch part {
	case PrecisionYear:
		return d.qualified[0]
	case PrecisionMonth, PrecisionSeason:
		return d.qualified[1]
	case PrecisionDay:
		return d.qualified[2]
	}
	return 0
}

func (d Date) any(q Qualifier) bool {
	return (d.qualified[0]|d.qualified[1]|d.qualified[2])&q != 0
}

// Qualifier is a set of the two marks of ISO 8601-2:2019 clause 8.
type Qualifier uint8

// The marks: ? is Uncertain, ~ is Approximate, % is both.
const (
	Uncertain Qualifier = 1 << iota
	Approximate
)

// Precision is how fine a date was written.
type Precision uint8

// The precisions. A season's is also that of quarters, thirds and halves.
const (
	PrecisionNone Precision = iota
	PrecisionYear
	PrecisionSeason
	PrecisionMonth
	PrecisionDay
	PrecisionInterval
	PrecisionSet
)

// String is "year", "season", "month", "day", "interval", "set", or "none".
func (p Precision) String() string {
	switch p {
	case PrecisionYear:
		return "year"
	case PrecisionSeason:
		return "season"
	case PrecisionMonth:
		return "month"
	case PrecisionDay:
		return "day"
	case PrecisionInterval:
		return "interval"
	case PrecisionSet:
		return "set"
	}
	return "none"
}

// Month is the month "YYYY-MM" in which every day lies that d may mean, or
// false where there is no such month: an end is open or unknown, the bounds lie
// in two months, or the year is not one of 0000 to 9999.
func Month(d Date) (string, bool) {
	b := d.bounds
	if b.Start != EdgeDay || b.End != EdgeDay {
		return "", false
	}
	first, last := b.Earliest, b.Latest
	if first.Year != last.Year || first.Month != last.Month || first.Year < 0 || first.Year > 9999 {
		return "", false
	}
	return fmt.Sprintf("%04d-%02d", first.Year, first.Month), true
}

// refusal says which text is refused, why, and what would be accepted.
type refusal struct{ text, why string }

func (r *refusal) Error() string {
	return fmt.Sprintf("%v: %s is not a date: %s", fault.Invalid, shown(r.text), r.why)
}

func (r *refusal) Unwrap() error { return fault.Invalid }

func refuse(s, why string) error { return &refusal{text: s, why: why} }

// shown quotes s, cut where it is long.
func shown(s string) string {
	runes := []rune(s)
	if len(runes) > maxText {
		return fmt.Sprintf("%q", string(runes[:maxText])+"…")
	}
	return fmt.Sprintf("%q", s)
}
