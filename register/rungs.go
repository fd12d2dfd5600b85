// SPDX-License-Identifier: Apache-2.0

package register

import (
	"strings"

	"recount/edtf"
	"recount/names"
)

// adult is the age at which a person is no longer a child (CRC, article 1;
// I-08), in months.
const adult = 18 * 12

// band is an age band in completed years, both ends inclusive; to < 0: open.
type band struct {
	code     string
	from, to int64
}

func bands() []band {
	return []band{
		{"0-4", 0, 4}, {"5-9", 5, 9}, {"10-14", 10, 14}, {"15-17", 15, 17},
		{"18-29", 18, 29}, {"30-44", 30, 44}, {"45-59", 45, 59}, {"60+", 60, -1},
	}
}

// AgeBands are the bands of the rung age_band, from young to old.
func AgeBands() []string {
	var out []string
	for _, b := range bands() {
		out = append(out, b.code)
	}
	return out
}

func bandCodes() []Code {
	var out []Code
	for _, b := range bands() {
		out = append(out, Code{b.code, b.code + " years"})
	}
	return out
}

// SetRungs computes child_age and age_band, and age_low and age_high where no
// age is stated but a birth and an event are dated. events are the dates of the
// record's harms that are known: with several, the age is that of the whole
// span. A child flag is what the source says, so it is left as it is.
//
//	child_age  yes: latest possible age under 18 years; no: earliest at least 18; else ""
//	age_band   the band in which both ends of the age lie; else ""
func (r *Record) SetRungs(events ...edtf.Date) {
	if !r.AgeLow.Known && r.Birth != "" {
		r.AgeLow, r.AgeHigh = ageOver(r.Birth, events)
	}
	r.ChildAge = ChildByAge(r.AgeLow, r.AgeHigh)
	r.AgeBand = AgeBand(r.AgeLow, r.AgeHigh)
}

// ageOver is the hull of the ages at the events; unknown unless each is known. Of a
// day that programs write where none was entered nobody has an age.
func ageOver(birth string, events []edtf.Date) (low, high Number) {
	born, err := edtf.Parse(birth)
	if err != nil || edtf.Placeholder(born) {
		return Number{}, Number{}
	}
	for i, event := range events {
		l, h, ok := AgeAt(born, event)
		if !ok || edtf.Placeholder(event) {
			return Number{}, Number{}
		}
		if i == 0 {
			low, high = l, h
			continue
		}
		low.N, high.N = min(low.N, l.N), max(high.N, h.N)
	}
	return low, high
}

// ChildByAge is yes, no, or "" from an age in whole months (I-08).
func ChildByAge(low, high Number) string {
	switch {
	case !low.Known || !high.Known:
		return ""
	case high.N < adult:
		return "yes"
	case low.N >= adult:
		return "no"
	}
	return ""
}

// AgeBand is the one band in which an age in whole months lies, or "".
func AgeBand(low, high Number) string {
	if !low.Known || !high.Known {
		return ""
	}
	for _, b := range bands() {
		if low.N/12 >= b.from && (b.to < 0 || high.N/12 <= b.to) {
			return b.code
		}
	}
	return ""
}

// SetRungs computes month from the date and district from the place.
//
//	month     YYYY-MM when the whole date lies in one month of the years 0 to 9999; else ""
//	district  names.Fold of the place up to its first comma; "" unknown
func (h *Harm) SetRungs() {
	h.Month, h.District = "", District(h.Place)
	if h.Date == "" {
		return
	}
	if date, err := edtf.Parse(h.Date); err == nil {
		h.Month, _ = edtf.Month(date) // "" when it is not one month
	}
}

// District is the folded text of a place up to its first comma, in whichever
// script the comma is written.
func District(place string) string {
	if i := strings.IndexAny(place, ",،，、"); i >= 0 {
		place = place[:i]
	}
	return names.Fold(place)
}

// isMonth reports whether s is YYYY-MM.
func isMonth(s string) bool {
	if len(s) != len("YYYY-MM") {
		return false
	}
	date, err := edtf.Parse(s)
	if err != nil {
		return false
	}
	month, ok := edtf.Month(date)
	return ok && month == s
}
