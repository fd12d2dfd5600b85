// SPDX-License-Identifier: Apache-2.0

package figure

import (
	"fmt"
	"slices"
	"strings"

	"recount/fault"
)

// Verdict is whether a person counts. The order is that of Kleene's strong
// three-valued logic: "and" is the least of the verdicts, "or" the greatest.
type Verdict uint8

// The three verdicts.
const (
	Out     Verdict = iota // does not count
	Unknown                // the records do not say, or contradict each other
	In                     // counts
)

// String is the word that stands in a line: out, unknown, in.
func (v Verdict) String() string {
	switch v {
	case In:
		return "in"
	case Unknown:
		return "unknown"
	}
	return "out"
}

// EncodeVerdicts joins the words by commas: first the figure, then its parts.
func EncodeVerdicts(verdicts []Verdict) string {
	words := make([]string, len(verdicts))
	for i, v := range verdicts {
		words[i] = v.String()
	}
	return strings.Join(words, ",")
}

// ParseVerdicts reads what EncodeVerdicts wrote (fault.Invalid).
func ParseVerdicts(text string) ([]Verdict, error) {
	var verdicts []Verdict
	for word := range strings.SplitSeq(text, ",") {
		switch word {
		case "in":
			verdicts = append(verdicts, In)
		case "unknown":
			verdicts = append(verdicts, Unknown)
		case "out":
			verdicts = append(verdicts, Out)
		default:
			return nil, fmt.Errorf("%w: verdict %q; accepted are in, unknown, out", fault.Invalid, word)
		}
	}
	return verdicts, nil
}

// Decide applies count@1 to one person: the verdict of the figure, then of
// each part, which is the verdict of "the figure and the part" (I-01, I-08).
//
// The figure: a person is In when any harm has a code that counts, a month
// within the period and a district among those named; Unknown when none has
// but one could, because something of it is not known; else Out. A figure
// that asks for no code, period or district counts its whole universe.
//
// A part: a value that a person has once (child flag, child by age, sex, band
// of age) is In when its only known value is wanted; Unknown when none is
// known, or when several are and one of them is wanted; else Out. With
// "either", In when flag or age says yes and nothing of the same rung says
// no; Out when one of them says no and neither says yes; else Unknown.
func (d Definition) Decide(r Rungs) []Verdict {
	verdicts := make([]Verdict, 1, 1+len(d.Parts))
	verdicts[0] = d.decideHarms(r.Harms)
	for _, p := range d.Parts {
		verdicts = append(verdicts, min(verdicts[0], p.decide(r)))
	}
	return verdicts
}

func (d Definition) decideHarms(harms []Harm) Verdict {
	if !d.Uses(0).Harms {
		return In
	}
	var period Period
	if d.Period != "" {
		// Check refused a period that cannot be read; an unread one holds no month.
		period, _ = ParsePeriod(d.Period)
	}
	found := Out
	for _, h := range harms {
		v := d.code(h.Code)
		if d.Period != "" {
			v = min(v, period.Month(h.Month))
		}
		if len(d.District) > 0 {
			v = min(v, oneOf(h.District, d.District))
		}
		found = max(found, v)
	}
	return found
}

// code says whether a harm's code counts. With no codes named any harm does.
func (d Definition) code(code string) Verdict {
	if len(d.Harms) == 0 || slices.Contains(d.Harms, code) {
		return In
	}
	if code == "" || code == Unknowns || code == Unresolved {
		return Unknown
	}
	return Out
}

func oneOf(value string, wanted []string) Verdict {
	switch {
	case value == "" || value == Unknowns:
		return Unknown
	case slices.Contains(wanted, value):
		return In
	}
	return Out
}

func (p Part) decide(r Rungs) Verdict {
	v := In
	yes := []string{"yes"}
	switch p.Child {
	case ChildByFlag:
		v = min(v, r.ChildFlag.among(yes))
	case ChildByAge:
		v = min(v, r.ChildAge.among(yes))
	case ChildEither:
		v = min(v, either(r.ChildFlag.among(yes), r.ChildAge.among(yes), r))
	}
	if len(p.Sex) > 0 {
		v = min(v, r.Sex.among(p.Sex))
	}
	if len(p.AgeBand) > 0 {
		v = min(v, r.AgeBand.among(p.AgeBand))
	}
	return v
}

// among is the test of a value that a person has once.
func (s Set) among(wanted []string) Verdict {
	values := s.Values()
	if len(values) == 0 {
		return Unknown
	}
	some := slices.ContainsFunc(values, func(v string) bool { return slices.Contains(wanted, v) })
	switch {
	case !some:
		return Out
	case len(values) == 1:
		return In
	}
	// A contradiction is never settled by the program.
	return Unknown
}

// either joins the two tests for a child. It is no plain "or": where one rung
// is silent, the other's "no" is an answer.
func either(flag, age Verdict, r Rungs) Verdict {
	saysYes := func(s Set) bool { return slices.Contains(s.Values(), "yes") }
	switch {
	case flag == In || age == In:
		return In
	case (flag == Out || age == Out) && !saysYes(r.ChildFlag) && !saysYes(r.ChildAge):
		return Out
	}
	return Unknown
}

// Totals are the sums of one column of verdicts.
type Totals struct {
	In      int64 `json:"in"`
	Unknown int64 `json:"unknown"`
	Out     int64 `json:"out"`
}

// Add counts one more verdict.
func (t *Totals) Add(v Verdict) {
	switch v {
	case In:
		t.In++
	case Unknown:
		t.Unknown++
	default:
		t.Out++
	}
}

// Min is the least the figure can be: those who are in (I-04).
func (t Totals) Min() int64 { return t.In }

// Point is what is printed; an unknown is never distributed (I-07).
func (t Totals) Point() int64 { return t.In }

// Max is the most the figure can be: those who are in and those unknown.
func (t Totals) Max() int64 { return t.In + t.Unknown }

// N is how many persons were looked at.
func (t Totals) N() int64 { return t.In + t.Unknown + t.Out }
