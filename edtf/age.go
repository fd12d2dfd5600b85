// SPDX-License-Identifier: Apache-2.0

package edtf

import "math"

// AgeUnbounded is the high end of an age for which the dates state none:
// someone born in 1970 or earlier was at least 21 at some day in 1992, and may
// have been of any age above.
const AgeUnbounded = math.MaxInt32

// Age is how old, in whole completed years, a person born on birth can have
// been on the day of event: at least low, at most high, both ends included
// (I-08). high is AgeUnbounded where birth has no first or event no last day;
// low is 0 where birth has no last or event no first day, and never below 0.
// Someone born on 29 February completes a year on 1 March where the year has no
// 29 February.
//
// ok is false where the dates say nothing about an age (low would be 0 and high
// unbounded) and where event is wholly before birth: then low and high are 0.
// A zero Date says nothing.
func Age(birth, event Date) (low, high int, ok bool) {
	low, high, ok = AgeMonths(birth, event)
	if high != AgeUnbounded {
		high /= 12
	}
	return low / 12, high, ok
}

// AgeMonths is Age in whole completed months. Someone born on the 31st completes
// a month on the 1st of the next one where a month has no such day. Ages of more
// than 100 million years are AgeUnbounded.
func AgeMonths(birth, event Date) (low, high int, ok bool) {
	b, e := birth.bounds, event.bounds
	if e.entirelyBefore(b) {
		return 0, 0, false
	}
	high = AgeUnbounded
	if b.Start == EdgeDay && e.End == EdgeDay {
		high = months(b.Earliest, e.Latest)
	}
	if b.End == EdgeDay && e.Start == EdgeDay {
		low = months(b.Latest, e.Earliest)
	}
	if low == 0 && high == AgeUnbounded {
		return 0, 0, false
	}
	return low, high, true
}

// months is the number of whole months from one day to another, between 0 and
// AgeUnbounded.
func months(from, to Day) int {
	n := (int64(to.Year)-int64(from.Year))*12 + int64(to.Month-from.Month)
	if to.Day < from.Day {
		n--
	}
	return int(min(max(n, 0), AgeUnbounded))
}
