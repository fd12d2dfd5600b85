// SPDX-License-Identifier: Apache-2.0

package edtf

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// SetKind says what the members of a set are to each other (ISO 8601-2:2019,
// clause 6).
type SetKind uint8

const (
	// NoSet is a single date or an interval.
	NoSet SetKind = iota
	// OneOf is written [1992-02-25,1992-02-27]: one of its members, and which
	// one is not known.
	OneOf
	// AllOf is written {1992,1994}: every one of its members.
	AllOf
)

// maxSet bounds the text of a set, in bytes.
const maxSet = 512

// Set says whether d is a set, and of what kind.
func (d Date) Set() SetKind { return d.set }

func isSet(s string) bool { return s != "" && (s[0] == '[' || s[0] == '{') }

// parseSet reads [a,b], one of its members, and {a,b}, all of them. A member is
// a date, or several that follow on each other: a..b; the first one can be ..a,
// a or earlier, and the last one a.., a or later.
func parseSet(s string) (Date, error) {
	d := Date{text: s, precision: PrecisionSet, set: OneOf}
	last := "]"
	if s[0] == '{' {
		d.set, last = AllOf, "}"
	}
	inside, ok := strings.CutSuffix(s[1:], last)
	if !ok || strings.ContainsAny(inside, "[]{}") {
		return Date{}, refuse(s, "a set is in one pair of brackets: [1992,1994] is one of the two, {1992,1994} is both")
	}
	texts := strings.Split(inside, ",")
	for i, text := range texts {
		span, err := d.member(text)
		switch {
		case err != nil:
			return Date{}, inPart(s, "member", err)
		case span.Start == EdgeOpen && i > 0, span.End == EdgeOpen && i < len(texts)-1:
			return Date{}, refuse(s, "only its first member can begin with .. and only its last one end with it, such as [..1980,1992,1994..]")
		case i == 0:
			d.bounds = span
		default:
			d.bounds = d.bounds.with(span)
		}
	}
	return d, nil
}

// member reads one member of the set d and adds its marks to d's.
func (d *Date) member(s string) (Bounds, error) {
	switch {
	case s == "" || s == "..":
		return Bounds{}, refuse(s, "a member of a set is a date; "+plain)
	case strings.Contains(s, "/"):
		return Bounds{}, refuse(s, "in a set, dates that follow on each other are written with two dots, such as 1992-02..1992-04")
	case strings.Contains(s, "T"):
		return Bounds{}, refuse(s, "the members of a set are dates without a time")
	}
	first, second, several := strings.Cut(s, "..")
	if !several {
		one, err := d.end(s)
		return one.bounds, err
	}
	from, to := Date{bounds: Bounds{Start: EdgeOpen}}, Date{bounds: Bounds{End: EdgeOpen}}
	var err error
	if first != "" {
		if from, err = d.end(first); err != nil {
			return Bounds{}, err
		}
	}
	if second != "" {
		if to, err = d.end(second); err != nil {
			return Bounds{}, err
		}
	}
	switch {
	case from.precision == PrecisionSeason || to.precision == PrecisionSeason:
		return Bounds{}, refuse(s, "years, months and days follow on each other in a set, seasons do not")
	case first != "" && second != "" && from.precision != to.precision:
		return Bounds{}, refuse(s, "what follows on each other is of one kind: years, months or days")
	case to.bounds.entirelyBefore(from.bounds):
		return Bounds{}, refuse(s, fmt.Sprintf("it ends with %s, before it begins with %s", to.bounds.Latest, from.bounds.Earliest))
	}
	return Bounds{from.bounds.Earliest, to.bounds.Latest, from.bounds.Start, to.bounds.End}, nil
}

// with are the bounds that hold both. An end that is not known in one of them is
// not known.
func (b Bounds) with(c Bounds) Bounds {
	switch {
	case b.Start == EdgeDay && c.Start == EdgeDay:
		if c.Earliest.Compare(b.Earliest) < 0 {
			b.Earliest = c.Earliest
		}
	default:
		b.Start, b.Earliest = vaguer(b.Start, c.Start), Day{}
	}
	switch {
	case b.End == EdgeDay && c.End == EdgeDay:
		if c.Latest.Compare(b.Latest) > 0 {
			b.Latest = c.Latest
		}
	default:
		b.End, b.Latest = vaguer(b.End, c.End), Day{}
	}
	return b
}

func vaguer(a, b Edge) Edge {
	if a == EdgeUnknown || b == EdgeUnknown {
		return EdgeUnknown
	}
	return EdgeOpen
}

// spans are the bounds of each member of a set, or those of d, which is none.
func (d Date) spans() []Bounds {
	if d.set == NoSet {
		return []Bounds{d.bounds}
	}
	var spans []Bounds
	var same Date // marks, which d has already
	for text := range strings.SplitSeq(d.text[1:len(d.text)-1], ",") {
		if span, err := same.member(text); err == nil { // it was read before
			spans = append(spans, span)
		}
	}
	return spans
}

// joined are spans of days of which none follows on another without a gap.
func joined(spans []Bounds) []Bounds {
	spans = slices.SortedFunc(slices.Values(spans), func(a, b Bounds) int {
		return cmp.Or(cmp.Compare(a.Start&EdgeDay, b.Start&EdgeDay), a.Earliest.Compare(b.Earliest))
	})
	var long []Bounds
	for _, s := range spans {
		if n := len(long) - 1; n >= 0 && long[n].End == EdgeDay && s.Start == EdgeDay && s.Earliest.Sub(long[n].Latest) <= 1 {
			if s.End != EdgeDay || s.Latest.Compare(long[n].Latest) > 0 {
				long[n].End, long[n].Latest = s.End, s.Latest
			}
			continue
		}
		long = append(long, s)
	}
	return long
}

// agreed is the answer of several: theirs where they agree, else Unknown.
func agreed(answers []Truth) Truth {
	for _, t := range answers {
		if t != answers[0] {
			return Unknown
		}
	}
	return answers[0]
}

// apart reports whether a and b have no day in common.
func apart(a, b Date) bool {
	for _, x := range a.spans() {
		for _, y := range b.spans() {
			if !x.entirelyBefore(y) && !y.entirelyBefore(x) {
				return false
			}
		}
	}
	return true
}

// withinSet is Within where one of the two is a set.
func withinSet(a, b Date) Truth {
	periods := b.spans()
	if b.set == AllOf {
		periods = joined(periods)
	}
	var of []Truth // each member of a
	for _, span := range a.spans() {
		var in []Truth // each period of b
		for _, period := range periods {
			in = append(in, span.within(period, b.masked))
		}
		if b.set == AllOf && slices.Contains(in, True) {
			of = append(of, True)
		} else {
			of = append(of, agreed(in))
		}
	}
	return agreed(of)
}

// looseSet reads a set whose members are written as lists write dates, and with
// white space between them. The members are put in order, each once.
func looseSet(s string, order Order) (Date, error) {
	closing := s[len(s)-1:]
	if len(s) < 2 || closing != "]" && closing != "}" {
		return Parse(s)
	}
	type member struct {
		text string
		span Bounds
	}
	var members []member
	var same Date
	for text := range strings.SplitSeq(s[1:len(s)-1], ",") {
		ends := strings.Split(strings.TrimSpace(text), "..")
		for i, end := range ends {
			if end = strings.TrimSpace(end); end == "" {
				ends[i] = ""
				continue
			}
			d, err := parseWritten(end, order)
			if err != nil {
				return Date{}, inPart(s, "member", err)
			}
			ends[i] = strings.Replace(d.text, "/", "..", 1)
		}
		m := member{text: strings.Join(ends, "..")}
		var err error
		if m.span, err = same.member(m.text); err != nil {
			return Date{}, inPart(s, "member", err)
		}
		members = append(members, m)
	}
	slices.SortStableFunc(members, func(a, b member) int {
		return cmp.Or(cmp.Compare(a.span.Start&EdgeDay, b.span.Start&EdgeDay), a.span.Earliest.Compare(b.span.Earliest), cmp.Compare(b.span.End&EdgeDay, a.span.End&EdgeDay), a.span.Latest.Compare(b.span.Latest))
	})
	members = slices.CompactFunc(members, func(a, b member) bool { return a.text == b.text })
	texts := make([]string, len(members))
	for i, m := range members {
		texts[i] = m.text
	}
	return Parse(s[:1] + strings.Join(texts, ",") + closing)
}

// inPart is err about an end or a member, told of the whole text s. A NoSuchDay
// stops being one: the span of a part is not that of the whole.
func inPart(s, part string, err error) error {
	var refused *refusal
	var noDay *NoSuchDay
	switch {
	case errors.As(err, &refused):
		return refuse(s, fmt.Sprintf("of its %s %s: %s", part, shown(refused.text), refused.why))
	case errors.As(err, &noDay):
		return refuse(s, fmt.Sprintf("of its %s %s: %s", part, shown(noDay.Written), noDay.why))
	}
	return err
}
