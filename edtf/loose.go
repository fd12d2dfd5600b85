// SPDX-License-Identifier: Apache-2.0

package edtf

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Order is the order of day, month and year in a list.
type Order int

const (
	// OrderUnstated: the list does not say; 03/04/1992 is refused.
	OrderUnstated Order = iota
	// DMY: day, month, year.
	DMY
	// MDY: month, day, year.
	MDY
	// YMD: year, month, day.
	YMD
)

// String is "DMY", "MDY", "YMD" or "unstated".
func (o Order) String() string {
	switch o {
	case DMY:
		return "DMY"
	case MDY:
		return "MDY"
	case YMD:
		return "YMD"
	}
	return "unstated"
}

// ParseLoose reads what Parse reads and exactly these spellings of real lists.
// The Date's String is the EDTF that was read; the text as written is for the
// caller to keep.
//
//   - 26.02.1992 and 26.2.1992; with points day and month stand in this order
//     unless order says MDY
//   - 1992/02/26
//   - 26/02/1992, 02/26/1992, 26-02-1992: by order; without one only where day
//     and month cannot be mistaken for each other
//   - 1992-02-26 00:00:00, as spreadsheets write a day; another time of day is
//     read as 1992-02-26T03:15:00; of 03:15:00.250 the parts of a second fall away, of
//     03:15 the time
//   - parts that are zero are not known: 2004-00-00 is 2004, 1829-10-00 is
//     1829-10, 00.02.1992 is 1992-02, 1992-00-26 is 1992-XX-26, 0000-07-04 is
//     XXXX-07-04, 0000 and 0000-00-00 are XXXX
//   - 2-26.02.1992, the days 2 to 26 of a month, with a hyphen or a dash
//   - before, bef., bef, after, aft. or aft in front of any of these: ../1992-02-26 and
//     1992/.., which hold the date named as well
//   - the signs of EDTF's drafts before 2019: 199u, 199x, 1992-02/open,
//     1992/unknown, y12000
//   - sets whose members are any of these single dates, with white space between
//     them: [27.02.1992, 25.02.1992] is [1992-02-25,1992-02-27]; members are put
//     in order, each once
//
// White space around it is left out, and the digits of Arabic and Persian are
// read as digits. Years of two digits, names of months and everything else are
// refused. Errors are those of Parse.
func ParseLoose(written string, order Order) (Date, error) {
	s := plainDigits(strings.TrimSpace(written))
	if longest := longest(s); len(s) > longest {
		return Date{}, refuse(written, fmt.Sprintf("it is longer than %d characters", longest))
	}
	if isSet(s) {
		return looseSet(s, order)
	}
	if rest, before, behind, ok := OpenEnd(s); ok {
		named, err := parseWritten(rest, order)
		if err != nil {
			return Date{}, inInterval(written, err)
		}
		return Parse(before + named.text + behind)
	}
	return parseWritten(s, order)
}

// OpenEnd cuts a word that leaves one end of a date open from its front, and says
// what stands before and behind the date in EDTF then: before 1992 is ../1992.
func OpenEnd(s string) (rest, before, behind string, ok bool) {
	for word, ends := range map[string][2]string{
		"before": {"../", ""}, "bef": {"../", ""}, "after": {"", "/.."}, "aft": {"", "/.."},
	} {
		rest, ok := cutFold(s, word)
		rest = strings.TrimPrefix(rest, ".")
		if named := strings.TrimSpace(rest); ok && named != "" && (named != rest || word == "bef" || word == "aft") && !letterFirst(rest) {
			return named, ends[0], ends[1], true
		}
	}
	return s, "", "", false
}

// letterFirst: the word goes on.
func letterFirst(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// parseWritten reads one of the spellings without a word before it.
func parseWritten(s string, order Order) (Date, error) {
	if zeros := withoutZeros(s); zeros != s {
		return Parse(zeros)
	}
	d, err := Parse(s)
	if err == nil {
		return d, nil
	}
	var noDay *NoSuchDay
	if errors.As(err, &noDay) { // the year stands first: nothing else can be meant
		return Date{}, err
	}
	if day, clock, ok := strings.Cut(s, " "); ok && isClock(clock) {
		if strings.Trim(clock, "0:") == "" {
			return parseWritten(day, order)
		}
		return Parse(day + "T" + clock)
	}
	if day, clock, ok := strings.Cut(strings.Replace(s, "T", " ", 1), " "); ok {
		whole, ok := looseClock(clock)
		switch d, err := parseWritten(day, order); {
		case !ok:
		case err != nil:
			return Date{}, err
		case d.precision == PrecisionDay && whole != "":
			return Parse(d.text + "T" + whole)
		case d.precision == PrecisionDay, strings.Trim(clock, "0:.") == "":
			return d, nil
		}
	}
	if days, ok, err := dayRange(s, order); ok {
		return days, err
	}
	if parts, separator, ok := threeParts(s); ok {
		text, err := inOrder(s, parts, separator, order)
		if err != nil {
			return Date{}, err
		}
		return Parse(withoutZeros(text))
	}
	if ofOldDraft(s) {
		return Parse(oldWords(s))
	}
	return Parse(s)
}

// looseClock reads a time of day with parts of a second, which fall away, or
// without seconds: then it is none of EDTF's, and the day alone is read ("").
func looseClock(s string) (clock string, ok bool) {
	if len(s) >= 5 && isClock(s[:5]+":00"+s[5:]) {
		return "", true
	}
	if len(s) < 10 || s[8] != '.' && s[8] != ',' {
		return "", false
	}
	zone := strings.TrimLeft(s[9:], "0123456789")
	clock = s[:8] + zone
	return clock, len(zone) < len(s[9:]) && isClock(clock)
}

// withoutZeros turns YYYY-MM-DD, YYYY-MM and YYYY into EDTF where a part is zero
// and so not known; any other text is returned as it is.
func withoutZeros(s string) string {
	year, rest, _ := strings.Cut(s, "-")
	month, day, _ := strings.Cut(rest, "-")
	if !isNumber(year, 4) || rest != "" && !isNumber(month, 2) || day != "" && !isNumber(day, 2) || strings.HasSuffix(s, "-") {
		return s
	}
	if year == "0000" {
		year = unknownYear
	}
	dayKnown := day != "" && day != "00"
	switch {
	case month != "" && month != "00" && dayKnown:
		return year + "-" + month + "-" + day
	case month != "" && month != "00":
		return year + "-" + month
	case dayKnown:
		return year + "-XX-" + day
	}
	return year
}

// threeParts are the numbers of a date with one kind of separator.
func threeParts(s string) (parts []string, separator string, ok bool) {
	for _, separator := range []string{".", "/", "-"} {
		parts := strings.Split(s, separator)
		if len(parts) != 3 {
			continue
		}
		for _, part := range parts {
			if !isNumber(part, len(part)) || len(part) > 4 {
				return nil, "", false
			}
		}
		return parts, separator, true
	}
	return nil, "", false
}

// inOrder is the date YYYY-MM-DD of three numbers, or why it cannot be told.
func inOrder(s string, parts []string, separator string, order Order) (string, error) {
	if len(parts[0]) == 4 {
		if order == DMY || order == MDY {
			return "", refuse(s, fmt.Sprintf("it begins with the year, and the order was said to be %v", order))
		}
		order = YMD
	} else if len(parts[2]) != 4 || len(parts[0]) > 2 {
		return "", refuse(s, "a year has four digits; which century is meant is not guessed")
	}
	if order == OrderUnstated && separator == "." {
		order = DMY
	}
	if order == OrderUnstated {
		if order = evident(parts); order == OrderUnstated {
			return "", refuse(s, "day and month can be mistaken for each other; say in which order this list has them, DMY or MDY")
		}
	}
	year, month, day := parts[2], parts[1], parts[0]
	switch order {
	case MDY:
		month, day = parts[0], parts[1]
	case YMD:
		year, day = parts[0], parts[2]
	}
	if len(year) != 4 || len(month) > 2 || len(day) > 2 || month == "" || day == "" {
		return "", refuse(s, fmt.Sprintf("it is not in the order %v, with a year of four digits", order))
	}
	if month = fmt.Sprintf("%02s", month); month > "12" {
		return "", refuse(s, fmt.Sprintf("%s is no month, read in the order %v", month, order))
	}
	return fmt.Sprintf("%s-%s-%02s", year, month, day), nil
}

// evident is the order that two numbers and a year can only have: one of the
// numbers is above 12, or both are the same.
func evident(parts []string) Order {
	first, second := fmt.Sprintf("%02s", parts[0]), fmt.Sprintf("%02s", parts[1])
	switch {
	case first == second, first > "12" && second <= "12":
		return DMY
	case second > "12" && first <= "12":
		return MDY
	}
	return OrderUnstated
}

// dayRange reads D-DD.MM.YYYY, some days of one month.
func dayRange(s string, order Order) (d Date, ok bool, err error) {
	first, rest, found := strings.Cut(strings.NewReplacer("–", "-", "—", "-").Replace(s), "-")
	first, rest = strings.TrimSpace(first), strings.TrimSpace(rest)
	if !found || len(first) > 2 || !isNumber(first, len(first)) || strings.Count(rest, ".") != 2 {
		return Date{}, false, nil
	}
	_, month, _ := strings.Cut(rest, ".")
	from, err := parseWritten(first+"."+month, order)
	if err != nil {
		return Date{}, true, inInterval(s, err)
	}
	to, err := parseWritten(rest, order)
	if err != nil {
		return Date{}, true, inInterval(s, err)
	}
	d, err = Parse(from.text + "/" + to.text)
	return d, true, err
}

func isNumber(s string, digits int) bool {
	return digits > 0 && len(s) == digits && strings.Trim(s, "0123456789") == ""
}

// plainDigits turns the digits of Arabic (U+0660) and Persian (U+06F0) into 0-9.
func plainDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x0660 && r <= 0x0669:
			return r - 0x0660 + '0'
		case r >= 0x06F0 && r <= 0x06F9:
			return r - 0x06F0 + '0'
		}
		return r
	}, s)
}

// cutFold is s without word at its beginning, whatever the case of its letters.
func cutFold(s, word string) (string, bool) {
	if len(s) < len(word) || !strings.EqualFold(s[:len(word)], word) {
		return s, false
	}
	return s[len(word):], true
}
