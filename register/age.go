// SPDX-License-Identifier: Apache-2.0

package register

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"recount/edtf"
	"recount/fault"
)

// Ages are held in whole completed months, as an interval whose ends are both
// possible. A year of age Y is the months 12·Y to 12·Y+11.

// statedAge is "17", "17.5", "0,22" or a range "17-19" of whole numbers; a
// sign, a plus or words are for a mapping to deal with.
var statedAge = regexp.MustCompile(`^(\d{1,4})(?:[.,](\d{1,6}))?$|^(\d{1,4})\s*[-–—]\s*(\d{1,4})$`)

// ParseAge reads a stated age as an interval in whole months. unit is "years"
// or "months".
//
//	17 years      204 to 215   completed years
//	17–19 years   204 to 239   both ends belong to it
//	0.22 years    2 to 3       a decimal is good to half of its last place, and stays in its year
//	5 months      5 to 5
//
// Errors: fault.Invalid, saying what is accepted. Nothing is guessed.
func ParseAge(written, unit string) (low, high Number, err error) {
	m := statedAge.FindStringSubmatch(strings.TrimSpace(written))
	if m == nil || (unit != "years" && unit != "months") {
		return Number{}, Number{}, fmt.Errorf("%w: age %q in %q: accepted are a number (17, or 0.5) or a range (17-19), in years or months",
			fault.Invalid, clip(written), clip(unit))
	}
	perUnit := int64(1)
	if unit == "years" {
		perUnit = 12
	}
	from, to := m[1], m[1]
	if m[3] != "" {
		from, to = m[3], m[4]
	}
	a, errA := strconv.ParseInt(from, 10, 64)
	b, errB := strconv.ParseInt(to, 10, 64)
	if errA != nil || errB != nil {
		return Number{}, Number{}, fmt.Errorf("%w: age %q", fault.Invalid, clip(written))
	}
	l, h := a*perUnit, b*perUnit+perUnit-1
	if frac := strings.TrimRight(m[2], "0"); frac != "" {
		l, h = decimal(a, m[2], perUnit)
	}
	if l > h || h > MaxMonths {
		return Number{}, Number{}, fmt.Errorf("%w: age %q in %s: accepted are 0 to %d years, the lower end first",
			fault.Invalid, clip(written), unit, MaxMonths/12-1)
	}
	return Exactly(l), Exactly(h), nil
}

// decimal is the interval of whole.frac units, known to half a unit of the
// last place, rounded outward to whole months and kept within its own unit.
func decimal(whole int64, frac string, perUnit int64) (low, high int64) {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(len(frac))), nil)
	digits, _ := new(big.Int).SetString(strconv.FormatInt(whole, 10)+frac, 10)
	twice := new(big.Int).Lsh(digits, 1)
	den := new(big.Int).Lsh(scale, 1)
	per := big.NewInt(perUnit)
	at := func(halfStep int64, up bool) int64 {
		num := new(big.Int).Add(twice, big.NewInt(halfStep))
		num.Mul(num, per)
		q, r := new(big.Int).QuoRem(num, den, new(big.Int))
		if up && r.Sign() > 0 {
			return q.Int64() + 1
		}
		return q.Int64()
	}
	low, high = at(-1, false), at(1, true)
	return max(low, whole*perUnit), min(high, whole*perUnit+perUnit-1)
}

// AgeAt is the age of someone born in birth on a day in event, in whole
// completed months, as the interval of all that is possible (I-08;
// edtf.AgeMonths). An end that the dates leave open is 0 or MaxMonths. ok is
// false when they say nothing, and when the event lies before the birth or
// more than MaxMonths after it.
func AgeAt(birth, event edtf.Date) (low, high Number, ok bool) {
	l, h, ok := edtf.AgeMonths(birth, event)
	if !ok || l > MaxMonths {
		return Number{}, Number{}, false
	}
	return Exactly(int64(l)), Exactly(int64(min(h, MaxMonths))), true
}
