// SPDX-License-Identifier: Apache-2.0

package edtf

import (
	"strings"
	"time"
)

// parseDateTime reads a complete date with a time of day (ISO 8601-2:2019,
// A.4.3). The time moves nothing: the day is the one that is written.
func parseDateTime(s string) (Date, error) {
	day, clock, _ := strings.Cut(s, "T")
	if strings.ContainsAny(s, "X?~%") {
		return Date{}, refuse(s, "a date with a time has no marks and no unspecified digits; leave the time out")
	}
	d, err := parseSingle(day)
	if err != nil {
		return Date{}, err
	}
	if d.precision != PrecisionDay {
		return Date{}, refuse(s, "a time stands after a complete date, such as 1992-02-26T03:15:00")
	}
	if !isClock(clock) {
		return Date{}, refuse(s, "a time is hh:mm:ss from 00:00:00 to 23:59:60, then nothing, Z or a shift of at most 14 hours such as +04:00")
	}
	d.text, d.clock = s, clock
	return d, nil
}

// isClock accepts hh:mm:ss and a zone. Second 60 is a leap second; whether there
// was one is not looked up.
func isClock(s string) bool {
	if len(s) < 8 {
		return false
	}
	clock, zone := s[:8], s[8:]
	if clock[6:] == "60" {
		clock = clock[:6] + "59"
	}
	if _, err := time.Parse("15:04:05", clock); err != nil {
		return false
	}
	return isZone(zone)
}

// isZone accepts "", Z, ±hh and ±hh:mm up to 14 hours. A shift of -00:00 is
// refused, as ISO 8601-1:2019, 4.3.13 has it.
func isZone(zone string) bool {
	if zone == "" || zone == "Z" {
		return true
	}
	if zone[0] != '+' && zone[0] != '-' {
		return false
	}
	shift := zone[1:]
	if len(shift) == 2 {
		shift += ":00"
	}
	at, err := time.Parse("15:04", shift)
	if err != nil || len(shift) != 5 {
		return false
	}
	minutes := at.Hour()*60 + at.Minute()
	return minutes <= 14*60 && (minutes > 0 || zone[0] == '+')
}
