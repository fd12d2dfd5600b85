// SPDX-License-Identifier: Apache-2.0

package table

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// exactDigits is how many digits of a number a workbook keeps for certain: its
// numbers are IEEE 754 doubles, and spreadsheet programs keep 15 digits.
const exactDigits = 15

// plainNumber writes a workbook's number as plain decimal: "1.0" is "1",
// "1.5E3" is "1500". Digits are never added: where an exponent asks for more
// than the file holds, the text stays as it is. Doubt says that digits may
// have been lost before.
func plainNumber(raw string) (text, doubt string) {
	s := strings.TrimSpace(raw)
	sign := ""
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		if s[0] == '-' {
			sign = "-"
		}
		s = s[1:]
	}
	exponent := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil || e > 400 || e < -400 {
			return raw, "a number that cannot be read"
		}
		s, exponent = s[:i], e
	}
	whole, part, _ := strings.Cut(s, ".")
	if whole+part == "" || strings.Trim(whole+part, "0123456789") != "" {
		return raw, "a number that cannot be read"
	}
	digits := whole + part
	point := len(whole) + exponent // where the point stands in digits
	significant := len(strings.Trim(digits, "0"))
	if point > len(digits) {
		if point > exactDigits {
			return raw, fmt.Sprintf("the file holds %d digits of a longer number: the rest was lost before the file was received", significant)
		}
		digits += strings.Repeat("0", point-len(digits))
	}
	if point < 0 {
		digits = strings.Repeat("0", -point) + digits
		point = 0
	}
	w := strings.TrimLeft(digits[:point], "0")
	f := strings.TrimRight(digits[point:], "0")
	if f == "" && len(w) > exactDigits {
		doubt = fmt.Sprintf("a number of %d digits: a workbook keeps %d, so the last ones may not be what was typed", len(w), exactDigits)
	}
	if w == "" {
		w = "0"
	}
	text = w
	if f != "" {
		text += "." + f
	}
	if text != "0" {
		text = sign + text
	}
	return text, doubt
}

// PlainNumber is a workbook's number as it is shown to people, "7" for "7.0"; what
// is none, or may have lost digits, stays as it is.
func PlainNumber(raw string) string {
	if text, doubt := plainNumber(raw); doubt == "" {
		return text
	}
	return raw
}

// The last day is 9999-12-31 in either way of counting; 1904-01-01 is daysTo1904 days
// behind the day from which the other one counts.
const (
	daysBehind = 2958466
	daysTo1904 = 1462
)

// dateText writes the day that a serial number means, as far as its format
// shows it: a format without the day gives the month alone. Days count from
// 1899-12-31 as day 1, where the program that began this counting took 1900
// for a leap year: 60 is a day that never was. With date1904 they count from
// 1904-01-01 as day 0.
func dateText(plain string, show shown, date1904 bool) (text, doubt string) {
	serial, err := strconv.ParseFloat(plain, 64)
	behind := float64(daysBehind)
	if date1904 {
		behind -= daysTo1904
	}
	if err != nil || serial < 0 || serial >= behind {
		return plain, "shown as a date, but the number is no date"
	}
	if show == showsElapsed {
		all := int(serial*86400 + 0.5)
		return fmt.Sprintf("%d:%02d:%02d", all/3600, all/60%60, all%60), ""
	}
	day := int(serial)
	seconds := int((serial-float64(day))*86400 + 0.5)
	if show == showsTime && day == 0 {
		seconds = min(seconds, 86399)
	}
	if seconds == 86400 {
		day, seconds = day+1, 0
	}
	clock := fmt.Sprintf("%02d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	if show == showsTime && day == 0 {
		return clock, ""
	}
	date, doubt := civil(day, date1904)
	switch {
	case doubt != "":
	case show == showsYear:
		date = date[:4]
	case show == showsMonth:
		date = date[:7]
	case seconds != 0:
		date += "T" + clock
	}
	return date, doubt
}

// SerialDay writes the day of a workbook's day number, as dateText does, for a
// column of numbers that a person says are days. ok is false where s is none.
func SerialDay(s string, date1904 bool) (text, doubt string, ok bool) {
	plain, doubt := plainNumber(s)
	if doubt != "" {
		return s, doubt, false
	}
	text, doubt = dateText(plain, showsDay, date1904)
	return text, doubt, text != plain
}

func civil(day int, date1904 bool) (text, doubt string) {
	if date1904 {
		return time.Date(1904, 1, 1+day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), ""
	}
	switch {
	case day == 0:
		return "1900-01-00", "day 0 of the workbook's calendar, which is no day"
	case day == 60:
		return "1900-02-29", "a day that does not exist: the workbook's calendar takes 1900 for a leap year"
	case day < 60:
		return time.Date(1899, 12, 31+day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), ""
	}
	return time.Date(1899, 12, 30+day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), ""
}
