// SPDX-License-Identifier: Apache-2.0

package edtf

// Edge says what is known of one end of a date.
type Edge uint8

const (
	// EdgeUnknown: nothing is said (an empty end, a year XXXX, the zero Date).
	EdgeUnknown Edge = iota
	// EdgeOpen: the end is open (".."): any earlier or later day.
	EdgeOpen
	// EdgeDay: the bound is a day.
	EdgeDay
)

// String is "unknown", "open" or "day".
func (e Edge) String() string {
	switch e {
	case EdgeOpen:
		return "open"
	case EdgeDay:
		return "day"
	}
	return "unknown"
}

// Bounds are the first and the last day that a date may mean. Earliest is set
// only where Start is EdgeDay, Latest only where End is; with both, Earliest is
// never after Latest.
type Bounds struct {
	Earliest, Latest Day
	Start, End       Edge
}

func between(first, last Day) Bounds {
	return Bounds{Earliest: first, Latest: last, Start: EdgeDay, End: EdgeDay}
}

// Single reports whether the bounds are one day.
func (b Bounds) Single() bool {
	return b.Start == EdgeDay && b.End == EdgeDay && b.Earliest == b.Latest
}

// entirelyBefore reports whether every day of b is earlier than every day of c.
func (b Bounds) entirelyBefore(c Bounds) bool {
	return b.End == EdgeDay && c.Start == EdgeDay && b.Latest.Compare(c.Earliest) < 0
}

func (b Bounds) startsOnOrAfter(day Day) bool {
	return b.Start == EdgeDay && b.Earliest.Compare(day) >= 0
}

func (b Bounds) endsOnOrBefore(day Day) bool {
	return b.End == EdgeDay && b.Latest.Compare(day) <= 0
}
