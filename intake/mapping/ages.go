// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"strconv"
	"strings"
	"unicode"

	"recount/register"
)

// readAge reads a stated age as whole months. Beside what register.ParseAge
// accepts it knows a unit in the cell ("6 months", "3 days") and an open upper
// end ("60+"). A year in the age column is no age (it is offered as, or by
// the mapping taken for, the year of birth).
func readAge(written string, f *Field) reading {
	s := westernDigits(strings.ToLower(strings.TrimSpace(written)))
	if low, high, err := register.ParseAge(s, f.Unit); err == nil {
		return reading{low: low, high: high}
	}
	if year := yearIn(s); year != "" {
		if f.YearIsBirth {
			return reading{birth: year, doubt: "a year stands where the age should; taken as the year of birth"}
		}
		return reading{doubt: `a year stands where the age should, so the age was left unknown; with "year_is_birth" it is taken as the year of birth`}
	}
	if from, ok := strings.CutSuffix(s, "+"); ok {
		if low, _, err := register.ParseAge(from, f.Unit); err == nil && !strings.ContainsAny(from, "-–—") {
			return reading{low: low, high: register.Exactly(register.MaxMonths)}
		}
	}
	if r, ok := ageWithUnit(s); ok {
		return r
	}
	return reading{doubt: "it is no age of 0 to 149 years that can be read, so it was left unknown"}
}

// yearIn is the year in which somebody can have been born: four digits, which a
// workbook's number can follow with its point and noughts.
func yearIn(s string) string {
	if whole, rest, ok := strings.Cut(strings.Replace(s, ",", ".", 1), "."); ok && strings.Trim(rest, "0") == "" && rest != "" {
		s = whole
	}
	if isYear(s) {
		return s
	}
	return ""
}

func isYear(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && len(s) == 4 && n >= 1800 && n <= 2199
}

// ageWithUnit reads a whole number with its unit behind it.
func ageWithUnit(s string) (reading, bool) {
	cut := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) && r != '-' && r != '.' && r != ',' })
	if cut <= 0 {
		return reading{}, false
	}
	number, unit := s[:cut], strings.TrimSuffix(strings.TrimSpace(s[cut:]), ".")
	switch unit {
	case "y", "yr", "yrs", "year", "years", "years old":
		return plainAge(number, "years")
	case "m", "mo", "mos", "mth", "month", "months", "months old":
		return plainAge(number, "months")
	case "w", "wk", "week", "weeks", "weeks old":
		return dayAge(number, 7)
	case "d", "day", "days", "days old":
		return dayAge(number, 1)
	}
	return reading{}, false
}

func plainAge(number, unit string) (reading, bool) {
	low, high, err := register.ParseAge(number, unit)
	return reading{low: low, high: high}, err == nil
}

// dayAge: a month has 28 to 31 days.
func dayAge(number string, days int64) (reading, bool) {
	n, err := strconv.ParseInt(number, 10, 16)
	if err != nil || n < 0 {
		return reading{}, false
	}
	return reading{low: register.Exactly(n * days / 31), high: register.Exactly((n*days + days - 1) / 28)}, true
}

// westernDigits writes the decimal digits of any script as 0 to 9. In the
// tables of Unicode such digits stand in runs of ten, from nought to nine.
func westernDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 {
			return r
		}
		for _, run := range unicode.Nd.R16 {
			if rune(run.Lo) <= r && r <= rune(run.Hi) {
				return '0' + (r-rune(run.Lo))%10
			}
		}
		return r
	}, s)
}
