// SPDX-License-Identifier: Apache-2.0

package edtf

import (
	"fmt"
	"strconv"
	"strings"

	"recount/fault"
)

// plain is the hint at the end of most refusals.
const plain = "write YYYY, YYYY-MM or YYYY-MM-DD, such as 1992-02-26"

// NoSuchDay is the error for a day that its month does not have, such as
// 29 February 1965. Such days stand in real lists; which day was meant is not
// known, and it is never moved. Span is what can honestly be said: the month
// and the next one.
type NoSuchDay struct {
	Written string
	Span    Date
	why     string
}

// Error says how many days the month has.
func (e *NoSuchDay) Error() string { return refuse(e.Written, e.why).Error() }

// Unwrap is fault.Invalid.
func (e *NoSuchDay) Unwrap() error { return fault.Invalid }

// reader takes a date apart from its left.
type reader struct{ rest string }

func (r *reader) take(c byte) bool {
	if r.rest == "" || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

func (r *reader) qualifier() Qualifier {
	switch {
	case r.take('?'):
		return Uncertain
	case r.take('~'):
		return Approximate
	case r.take('%'):
		return Uncertain | Approximate
	}
	return 0
}

// digits takes exactly n digits or Xs, or nothing.
func (r *reader) digits(n int) (string, bool) {
	if len(r.rest) < n {
		return "", false
	}
	for i := range n {
		if c := r.rest[i]; c != 'X' && (c < '0' || c > '9') {
			return "", false
		}
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken, true
}

// component takes one component with its marks. A mark before it is its own; a
// mark after it is also that of every component to its left (ISO 8601-2:2019,
// 8.2.2 and 8.2.3).
func (d *Date) component(r *reader, part, n int) (string, bool) {
	own := r.qualifier()
	text, ok := r.digits(n)
	if !ok {
		return "", false
	}
	group := r.qualifier()
	d.qualified[part] |= own
	for i := range part + 1 {
		d.qualified[i] |= group
	}
	return text, true
}

// written are the components of one date as they stand; month and day are ""
// where they are not given.
type written struct {
	negative         bool
	year, month, day string
}

func parseSingle(s string) (Date, error) {
	if strings.Contains(s, "T") {
		return parseDateTime(s)
	}
	if strings.HasPrefix(strings.TrimLeft(s, "?~%"), "Y") {
		return parseLongYear(s)
	}
	d := Date{text: s}
	w, err := d.take(s)
	if err != nil {
		return Date{}, err
	}
	d.masked = strings.Contains(s, "X")
	if w.negative && d.masked {
		return Date{}, refuse(s, "unspecified digits are accepted in the years 0000 to 9999 only")
	}
	if w.negative && w.year == "0000" {
		return Date{}, refuse(s, "there is no year -0000: write 0000 for the year before 0001, or -0001")
	}
	if d.bounds, err = w.resolve(s); err != nil {
		return Date{}, err
	}
	d.precision = w.precision()
	return d, nil
}

// take reads the components of s and their marks into d.
func (d *Date) take(s string) (written, error) {
	r, w, ok := reader{s}, written{}, false
	own := r.qualifier()
	w.negative = r.take('-')
	if w.year, ok = d.component(&r, 0, 4); !ok {
		return w, refuse(s, "a year has four digits, with a minus before a negative one and a Y before one of more digits; "+plain)
	}
	d.qualified[0] |= own
	if r.take('-') {
		if w.month, ok = d.component(&r, 1, 2); !ok {
			return w, refuse(s, "a month has two digits, 01 to 12 or XX; "+plain)
		}
		if r.take('-') {
			if w.day, ok = d.component(&r, 2, 2); !ok {
				return w, refuse(s, "a day has two digits, 01 to 31 or XX; "+plain)
			}
		}
	}
	if r.rest != "" {
		return w, refuse(s, fmt.Sprintf("%s is left over; %s", shown(r.rest), plain))
	}
	return w, nil
}

func (w written) precision() Precision {
	switch {
	case w.day != "":
		return PrecisionDay
	case w.month > "12" && !strings.Contains(w.month, "X"):
		return PrecisionSeason
	case w.month != "":
		return PrecisionMonth
	}
	return PrecisionYear
}

// parseLongYear reads years of more than four digits (ISO 8601-2:2019, 4.7.2).
func parseLongYear(s string) (Date, error) {
	d, r := Date{text: s, precision: PrecisionYear}, reader{s}
	own := r.qualifier()
	r.take('Y')
	digits := strings.TrimRight(r.rest, "?~%")
	r.rest = r.rest[len(digits):]
	d.qualified[0] = own | r.qualifier()
	if r.rest != "" {
		return Date{}, refuse(s, "it has more than one mark at its end; ? is uncertain, ~ approximate, % both")
	}
	year, err := strconv.Atoi(digits)
	magnitude := strings.TrimPrefix(digits, "-")
	switch {
	case len(magnitude) > 9:
		return Date{}, refuse(s, "years of more than nine digits are not accepted")
	case err != nil || strings.HasPrefix(digits, "+"):
		return Date{}, refuse(s, "a Y is followed by the year alone, such as Y12000 or Y-12000")
	case strings.HasPrefix(magnitude, "0"):
		return Date{}, refuse(s, "a year with a Y has no zeros before it; write years of four digits without the Y")
	case len(magnitude) < 5:
		return Date{}, refuse(s, "a year of four digits has no Y; write it without")
	}
	d.bounds = between(Day{year, 1, 1}, Day{year, 12, 31})
	return d, nil
}

// parseInterval reads start "/" end (ISO 8601-2:2019, A.4.4 and A.5.6).
func parseInterval(s, start, end string) (Date, error) {
	if strings.Contains(end, "/") {
		return Date{}, refuse(s, "it has more than one /; an interval is start/end, such as 1992-02-25/1992-02-26")
	}
	if strings.Contains(s, "T") {
		return Date{}, refuse(s, "the ends of an interval are dates without a time; write the days, such as 1992-02-25/1992-02-26")
	}
	d := Date{text: s, precision: PrecisionInterval}
	from, err := d.end(start)
	if err != nil {
		return Date{}, inInterval(s, err)
	}
	to, err := d.end(end)
	if err != nil {
		return Date{}, inInterval(s, err)
	}
	if from.IsZero() && to.IsZero() {
		return Date{}, refuse(s, "at least one end of an interval is a date; .. is an open end and nothing an unknown one")
	}
	if to.bounds.entirelyBefore(from.bounds) {
		return Date{}, refuse(s, fmt.Sprintf("it ends with %s, before it begins with %s", to.bounds.Latest, from.bounds.Earliest))
	}
	d.bounds = Bounds{
		Earliest: from.bounds.Earliest, Start: from.bounds.Start,
		Latest: to.bounds.Latest, End: to.bounds.End,
	}
	return d, nil
}

// end reads one end of the interval d and adds its marks to d's.
func (d *Date) end(s string) (Date, error) {
	switch s {
	case "":
		return Date{}, nil
	case "..":
		return Date{bounds: Bounds{Start: EdgeOpen, End: EdgeOpen}}, nil
	}
	end, err := parseSingle(s)
	if err != nil {
		return Date{}, err
	}
	for i := range d.qualified {
		d.qualified[i] |= end.qualified[i]
	}
	d.masked = d.masked || end.masked
	return end, nil
}

// inInterval is err about one end, told of the interval s.
func inInterval(s string, err error) error { return inPart(s, "end", err) }
