// SPDX-License-Identifier: Apache-2.0

package edtf

// Truth is the answer to a question about dates. The values are ordered, so
// that the conjunction of two is the lesser and the disjunction the greater
// (Kleene's three-valued logic).
type Truth int

// The three answers.
const (
	False Truth = iota
	Unknown
	True
)

// String is "false", "unknown" or "true".
func (t Truth) String() string {
	switch t {
	case False:
		return "false"
	case True:
		return "true"
	}
	return "unknown"
}

// And is True where both are, False where either is, else Unknown.
func (t Truth) And(u Truth) Truth { return min(t, u) }

// Or is True where either is, False where both are, else Unknown.
func (t Truth) Or(u Truth) Truth { return max(t, u) }

// Not turns True and False about.
func (t Truth) Not() Truth { return True - t }

// Before answers whether the day that a means is earlier than the day that b
// means: True where every day of a is earlier than every day of b, False where
// none is earlier than any, else Unknown (I-20). An open end reaches for ever;
// an unknown end may.
func Before(a, b Date) Truth {
	if a.bounds.entirelyBefore(b.bounds) {
		return True
	}
	if a.bounds.Start == EdgeDay && b.bounds.End == EdgeDay && a.bounds.Earliest.Compare(b.bounds.Latest) >= 0 {
		return False
	}
	return Unknown
}

// After answers whether the day that a means is later than the day that b
// means; it is Before with its sides changed.
func After(a, b Date) Truth { return Before(b, a) }

// Equal answers whether a and b mean the same day: True only where both are
// one day and the same, False where they have no day in common, else Unknown.
// Two dates "1992-02" are not known to be the same day.
func Equal(a, b Date) Truth {
	if apart(a, b) {
		return False
	}
	if a.bounds.Single() && a.bounds == b.bounds {
		return True
	}
	return Unknown
}

// Within answers whether the day that a means lies in the period from the first
// to the last day of b: True where every day of a does, False where none does,
// else Unknown. Here b is a whole period, "1992-02" all of February, and an open
// end is a period that goes on. Where b itself is not known, because it has
// unspecified digits or because the end that would have to be compared is
// unknown, the answer is never True. Of a set {a,b} the period is all of its
// members together; of [a,b] it is one of them, so that the answer is definite
// only where each of them gives it.
func Within(a, b Date) Truth {
	if a.set != NoSet || b.set != NoSet {
		return withinSet(a, b)
	}
	return a.bounds.within(b.bounds, b.masked)
}

// within is Within of bounds; masked says that the period is not known.
func (b Bounds) within(period Bounds, masked bool) Truth {
	switch {
	case b.entirelyBefore(period) || period.entirelyBefore(b):
		return False
	case masked || period.Start == EdgeUnknown || period.End == EdgeUnknown:
		return Unknown
	case period.Start == EdgeDay && !b.startsOnOrAfter(period.Earliest):
		return Unknown
	case period.End == EdgeDay && !b.endsOnOrBefore(period.Latest):
		return Unknown
	}
	return True
}
