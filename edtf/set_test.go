// SPDX-License-Identifier: Apache-2.0

package edtf

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"recount/fault"
)

// Sets as ISO 8601-2:2019, clause 6, has them: their bounds hold every member.
func TestParseSets(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		s, span string
		kind    SetKind
	}{
		// a witness who is sure of two days and not which: a list says one of them
		{"[1992-02-25,1992-02-27]", "1992-02-25 1992-02-27", OneOf},
		// somebody who was taken twice
		{"{1992,1994}", "1992-01-01 1994-12-31", AllOf},
		{"[1992]", "1992-01-01 1992-12-31", OneOf},
		{"[1667,1668,1670..1672]", "1667-01-01 1672-12-31", OneOf},
		{"{1960,1961-12}", "1960-01-01 1961-12-31", AllOf},
		{"[..1760-12-03]", ".. 1760-12-03", OneOf},
		{"[1760-01,1760-02,1760-12..]", "1760-01-01 ..", OneOf},
		{"{..1984,1986,1990..}", ".. ..", AllOf},
		{"[1994,1992]", "1992-01-01 1994-12-31", OneOf},
		{"[199X?,2001~]", "1990-01-01 2001-12-31", OneOf},
		{"[1992-02-25..1992-02-27,1992-03]", "1992-02-25 1992-03-31", OneOf},
		{"[1992,XXXX]", " ", OneOf},
		{"[-0005,0988]", "-0005-01-01 0988-12-31", OneOf},
		{"{Y17000,2001-24}", "2000-12-01 Y17000-12-31", AllOf},
	} {
		d := parsed(t, test.s)
		if got := span(d.Bounds()); got != test.span || d.Set() != test.kind || d.Precision() != PrecisionSet || d.String() != test.s {
			t.Errorf("%s: %s, %v, %v; want %s, %v", test.s, got, d.Precision(), d.Set(), test.span, test.kind)
		}
	}
	d := parsed(t, "[199X?,2001~]")
	if !d.Uncertain() || !d.Approximate() || !d.Unspecified() || parsed(t, "1992").Set() != NoSet {
		t.Errorf("marks of members are lost: %+v", d)
	}
}

func TestParseRefusesSets(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ s, says string }{
		{"[1999}", "one pair"}, {"{1999]", "one pair"}, {"[1999", "one pair"}, {"[", "one pair"}, {"[[1999]]", "one pair"}, {"1992,1994", "left over"},
		{"[]", "a member"}, {"[..]", "a member"}, {"[1992,]", "a member"}, {"[1992,,1994]", "a member"},
		{"[1992, 1994]", "white space"}, {"[1992/1994]", "two dots"}, {"[1992-02-26T03:15:00]", "without a time"},
		{"[1992,..1994]", "first member"}, {"[1992..,1994]", "first member"}, {"[1994..1992]", "before it begins"}, {"[1992..1994-05]", "of one kind"},
		{"[2001-21..2001-23]", "seasons do not"}, {"[1992-02-30,1992-03]", "29 days"}, {"[199u,2001]", "draft"}, {"[1992..1993..1994]", "left over"},
		{"[1992,hello]", "four digits"}, {"[" + strings.Repeat("1992,", 110) + "1992]", "longer than 512"},
	} {
		d, err := Parse(test.s)
		var noDay *NoSuchDay
		if !errors.Is(err, fault.Invalid) || !strings.Contains(fmt.Sprint(err), test.says) || !d.IsZero() || errors.As(err, &noDay) {
			t.Errorf("Parse(%q) = %v, %v; want a refusal that says %q", test.s, d.Bounds(), err, test.says)
		}
	}
}

// A set is compared by its members, with three values.
func TestCompareSets(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b                  string
		before, equal, within Truth
	}{
		{"[1992-02-25,1992-02-27]", "1992-02-26", Unknown, False, False}, // the day between is neither of the two
		{"[1992-02-25,1992-02-27]", "1992-02-25", False, Unknown, Unknown},
		{"[1992-02-25,1992-02-27]", "1992-02-28", True, False, False},
		{"[1992-02-25,1992-02-27]", "1992-02", Unknown, Unknown, True},
		{"[1992-02-26]", "1992-02-26", False, True, True},
		{"1992-02-26", "[1992-02-25,1992-02-27]", Unknown, False, False},
		{"1992-02-25", "[1992-02-25,1992-02-27]", Unknown, Unknown, Unknown}, // one of the two, which may be the other
		{"1992-02-25", "{1992-02-25,1992-02-27}", Unknown, Unknown, True},
		{"1992-02-26", "{1992-02-25,1992-02-27}", Unknown, False, False},
		{"1992-06/1993-06", "{1992,1993}", Unknown, Unknown, True},
		{"1992-06/1994-06", "{1992,1994}", Unknown, Unknown, Unknown},
		{"{1992,1994}", "1993", Unknown, False, False},
		{"{1992,1994}", "1992", Unknown, Unknown, Unknown},
		{"{1992,1994}", "{1992,1994}", Unknown, Unknown, True},
		{"[1992,1994]", "[1992,1994]", Unknown, Unknown, Unknown},
		{"[1992,1994]", "[1993,1995]", Unknown, False, False},
		{"1992", "[1992-02..1994-03,1991..]", Unknown, Unknown, Unknown},
		{"1999", "{..1984,1992..}", Unknown, Unknown, True},
		{"1988", "{..1984,1992..}", Unknown, False, False},
		{"1988", "[..1984,1992..]", Unknown, False, False},
		{"[..1984]", "1985", True, False, False},
		{"1991", "[1992..]", True, False, False},
		{"1992", "{199X,2001}", Unknown, Unknown, Unknown}, // some year of the nineties: which one is not said
		{"1980", "[1992,XXXX]", Unknown, Unknown, Unknown},
	} {
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

// One set has one form: lists write its members in any order, in their own
// spelling of dates and with white space.
func TestParseLooseSets(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"[1992-02-25,1992-02-27]":     "[1992-02-25,1992-02-27]",
		"[27.02.1992, 25.2.1992]":     "[1992-02-25,1992-02-27]",
		" { 1994 ,1992, 1994 } ":      "{1992,1994}",
		"[199u, 1980]":                "[1980,199X]",
		"[1992-00-00, 1994]":          "[1992,1994]",
		"{1994 .. , .. 1980}":         "{..1980,1994..}",
		"[2-4.02.1992, 26.02.1992]":   "[1992-02-02..1992-02-04,1992-02-26]",
		"[1992, 1992-02, 1992-01-01]": "[1992-01-01,1992,1992-02]",
		"[١٩٩٢, ١٩٩٤]":                "[1992,1994]",
	} {
		d, err := ParseLoose(written, OrderUnstated)
		if err != nil || d.String() != want {
			t.Errorf("ParseLoose(%q) = %q, %v; want %q", written, d, err, want)
		}
	}
	for _, written := range []string{"[", "[]", "[1992, ]", "[03/04/1992, 1992]", "[31.02.1992, 1993]", "[1992, 1994", "[1992; 1994]", "[before 1992, 1994]"} {
		d, err := ParseLoose(written, OrderUnstated)
		var noDay *NoSuchDay
		if !errors.Is(err, fault.Invalid) || errors.As(err, &noDay) {
			t.Errorf("ParseLoose(%q) = %q, %v; want a refusal", written, d, err)
		}
	}
}
