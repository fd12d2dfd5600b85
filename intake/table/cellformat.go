// SPDX-License-Identifier: Apache-2.0

package table

import (
	"regexp"
	"strings"
	"unicode"
)

// numberFormat is what a workbook's format makes of a number that it shows.
type numberFormat struct {
	show    shown
	foreign bool // a date in the letters of another language than workbooks have
	zeros   int  // how many digits are shown at least, with zeros in front
	dressed bool // with words or signs that are not in the number
}

// formatOf reads a number format.
func formatOf(code string) numberFormat {
	f := numberFormat{show: classify(code)}
	if f.show == notDate && isForeignDate(code) {
		return numberFormat{show: showsDay, foreign: true}
	}
	if f.show != notDate || isGeneral(code) {
		return f
	}
	section, words := undressed(code)
	if !strings.ContainsAny(section, "0#") || strings.ContainsAny(section, "?%") {
		return f
	}
	whole, _, _ := strings.Cut(section, ".")
	f.zeros = strings.Count(whole, "0")
	f.dressed = words || betweenDigits.MatchString(whole)
	return f
}

// betweenDigits is a sign between two digits of a number that is shown as a code.
var betweenDigits = regexp.MustCompile(`[0#][-/ ()]+[0#]`)

// numberCell is a number, as a day where its format shows one. What the format shows
// beside the number is said: the file does not hold it.
func numberCell(raw string, f numberFormat, date1904 bool) Cell {
	text, doubt := plainNumber(raw)
	switch {
	case doubt != "":
	case f.show != notDate:
		text, doubt = dateText(text, f.show, date1904)
		if f.foreign && doubt == "" {
			doubt = "its format has the letters of another language than workbooks have; the number was read as a day"
		}
		return Cell{Raw: raw, Text: text, Doubt: doubt, Kind: Date}
	case len(strings.TrimPrefix(text, "-")) < f.zeros && !strings.Contains(text, "."):
		doubt = zerosInFront
	case f.dressed:
		doubt = dressedNumber
	}
	return Cell{Raw: raw, Text: text, Doubt: doubt, Kind: Number}
}

// What a format shows beside a number.
const (
	zerosInFront  = "the workbook shows zeros in front of this number, which it does not hold; the number was taken, as the file holds it"
	dressedNumber = "the workbook shows words or signs with this number, which stand in its format; the number was taken, as the file holds it"
)

// isGeneral is true of the format that shows a number as it is, also by the name that
// some programs give it.
func isGeneral(code string) bool {
	code, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(code)), ";")
	return code == "" || code == "general" || code == "standard" || code == "@"
}

// isElapsed is true of a format that shows how long, such as [h]:mm.
func isElapsed(code string) bool { return elapsed.MatchString(code) }

var elapsed = regexp.MustCompile(`(?i)^[^;"]*\[(h+|m+|s+)\]`)

// undressed is a format's first section without brackets, quotes and escapes, and
// whether there are letters in these. An escaped sign stays.
func undressed(code string) (section string, words bool) {
	var out []rune
	quoted, escaped, bracket := false, ' ', false
	for _, r := range code {
		switch {
		case escaped != ' ':
			if escaped == '\\' {
				words = words || unicode.IsLetter(r)
				out = append(out, r)
			}
			escaped = ' '
		case quoted:
			words = words || unicode.IsLetter(r) || unicode.IsDigit(r)
			quoted = r != '"'
		case bracket:
			bracket = r != ']'
		case r == '"':
			quoted = true
		case r == '[':
			bracket = true
		case r == '\\', r == '_', r == '*':
			escaped = r
		case r == ';':
			return string(out), words
		default:
			out = append(out, r)
		}
	}
	return string(out), words
}

// isForeignDate is true of three runs of one letter each with the signs of dates
// between them: TT.MM.JJJJ, jj/mm/aaaa, ДД.ММ.ГГГГ. Workbooks have the letters d, m and
// y in every language, and programs that do not know that write their own.
func isForeignDate(code string) bool {
	section, words := undressed(code)
	if words {
		return false
	}
	runs := strings.FieldsFunc(strings.ToLower(strings.TrimSpace(section)), func(r rune) bool { return strings.ContainsRune("./- ,", r) })
	if len(runs) != 3 {
		return false
	}
	for _, run := range runs {
		letters := []rune(run)
		if len(letters) > 4 || !unicode.IsLetter(letters[0]) || strings.Trim(run, string(letters[0])) != "" {
			return false
		}
	}
	return true
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
	showsElapsed // [h]:mm: how long, and no time of a day
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
	case id == 46:
		return showsElapsed
	case id == 22:
		return showsDayTime
	}
	return notDate
}

// classify reads a number format such as "dd/mm/yyyy hh:mm".
func classify(code string) shown {
	if isGeneral(code) {
		return notDate
	}
	letters := formatLetters(code)
	if letters != "" && isElapsed(code) {
		return showsElapsed
	}
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
