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

// shown is what a number format shows of a date.
type shown uint8

const (
	notDate    shown = iota
	showsYear        // yyyy
	showsMonth       // mmm-yy
	showsDay
	showsTime // hh:mm
	showsDayTime
)

// builtinFormat classes the number formats that have no text in the file
// (ECMA-376 part 1, 18.8.30, with those of East Asian programs).
func builtinFormat(id int) shown {
	switch {
	case id == 17, id == 55:
		return showsMonth
	case id >= 14 && id <= 16, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return showsDay
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47, id == 56:
		return showsTime
	case id == 22:
		return showsDayTime
	}
	return notDate
}

// classify reads a number format such as "dd/mm/yyyy hh:mm".
func classify(code string) shown {
	letters := formatLetters(code)
	var day, month, year, clock bool
	for i := 0; i < len(letters); i++ {
		switch letters[i] {
		case 'd':
			day = true
		case 'y':
			year = true
		case 'h', 's':
			clock = true
		case 'm':
			// Minutes stand after hours or before seconds; the runs are
			// reduced to one letter each, so the neighbours tell.
			if (i > 0 && letters[i-1] == 'h') || (i+1 < len(letters) && letters[i+1] == 's') {
				clock = true
			} else {
				month = true
			}
		}
	}
	switch {
	case day && clock:
		return showsDayTime
	case day:
		return showsDay
	case year && month:
		return showsMonth
	case year:
		return showsYear
	case clock:
		return showsTime
	}
	return notDate
}

// formatLetters keeps the date letters of a format's first section, each run
// as one letter; quoted text, escapes and brackets such as [Red] or [h] fall away.
func formatLetters(code string) string {
	var out []byte
	code = strings.ToLower(code)
	code = strings.ReplaceAll(strings.ReplaceAll(code, "am/pm", ""), "a/p", "")
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case ';':
			return string(out)
		case '"':
			i = skipPast(code, i, '"')
		case '[':
			i = skipPast(code, i, ']')
		case '\\', '_', '*':
			i++
		case 'd', 'm', 'y', 'h', 's':
			if len(out) == 0 || out[len(out)-1] != c {
				out = append(out, c)
			}
		case '0', '#', '?':
			if len(out) == 0 || out[len(out)-1] != 's' {
				return "" // a number's format: letters in it are text
			}
		}
	}
	return string(out)
}

func skipPast(s string, i int, end byte) int {
	if j := strings.IndexByte(s[i+1:], end); j >= 0 {
		return i + 1 + j
	}
	return len(s)
}

// dateText writes the day that a serial number means, as far as its format
// shows it: a format without the day gives the month alone. Days count from
// 1899-12-31 as day 1, where the program that began this counting took 1900
// for a leap year: 60 is a day that never was. With date1904 they count from
// 1904-01-01 as day 0.
func dateText(plain string, show shown, date1904 bool) (text, doubt string) {
	serial, err := strconv.ParseFloat(plain, 64)
	if err != nil || serial < 0 || serial >= 2958466 {
		return plain, "shown as a date, but the number is no date"
	}
	day := int(serial)
	seconds := int((serial-float64(day))*86400 + 0.5)
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
