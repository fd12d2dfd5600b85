// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"recount/edtf"
	"recount/intake/table"
)

// dateOrders are what a mapping may say of a column of dates.
//
//	iso          year first, or an order that cannot be mistaken
//	dmy mdy ymd  the order where it could be
//	edtf         EDTF alone
//	serial-1900  a workbook's day numbers in cells that are not shown as dates
//	serial-1904  the same, counted from 1904
//	unix         seconds since 1970 began
func dateOrders() []string {
	return []string{"iso", "dmy", "mdy", "ymd", "edtf", "serial-1900", "serial-1904", "unix"}
}

func orderOf(name string) edtf.Order {
	switch name {
	case "dmy":
		return edtf.DMY
	case "mdy":
		return edtf.MDY
	case "ymd":
		return edtf.YMD
	}
	return edtf.OrderUnstated
}

// calendars are what a mapping may say of the calendar of a column of dates.
func calendars() []string { return slices.Sorted(maps.Keys(edtf.Calendars())) }

func checkEDTF(s string) error {
	_, err := edtf.Parse(s)
	return err
}

// readDate reads a date by the order and the calendar ("": the civil one) that the
// mapping states. What cannot be read is left unknown, with a doubt.
func readDate(written, order, calendar string) reading {
	s := strings.TrimSpace(written)
	if calendar != "" {
		return readDateIn(s, order, edtf.Calendars()[calendar])
	}
	if order == "unix" {
		day, ok := unixDay(s)
		if !ok {
			return reading{doubt: "it is no number of seconds since 1970, so the date was left unknown"}
		}
		s = day
	}
	if strings.HasPrefix(order, "serial-") {
		day, doubt, ok := table.SerialDay(s, order == "serial-1904")
		if !ok {
			return reading{doubt: "it is no day number of a workbook, so the date was left unknown"}
		}
		var none *edtf.NoSuchDay
		if _, err := edtf.Parse(day); doubt != "" && !errors.As(err, &none) {
			return reading{doubt: doubt}
		}
		s = day
	}
	d, err := parseDate(s, order)
	var none *edtf.NoSuchDay
	if errors.As(err, &none) {
		return reading{date: none.Span, text: none.Span.String(), doubt: "its month has no such day; read as that month or the next one"}
	}
	if err != nil {
		return reading{doubt: unreadDate(order)}
	}
	if strings.HasPrefix(s, "1900-01-00") { // the day 0 of a spreadsheet, which is no January
		return reading{doubt: "a day that programs put where no date was entered, so it was left unknown"}
	}
	return dateRead(d)
}

// readDateIn reads a date of another calendar, and keeps the civil one.
func readDateIn(s, order string, calendar edtf.Calendar) reading {
	d, note, err := edtf.ParseIn(s, orderOf(order), calendar)
	if err != nil {
		return reading{doubt: "it is no date that can be read for certain in the calendar that the mapping says, so it was left unknown"}
	}
	r := dateRead(d)
	if r.doubt == "" {
		r.doubt = note
	}
	return r
}

// parseDate reads EDTF, the spellings of real lists, and months by their names.
func parseDate(s, order string) (edtf.Date, error) {
	if order == "edtf" {
		return edtf.Parse(s)
	}
	if yearFirst.MatchString(s) {
		s = strings.Join(strings.Fields(s), "-")
	}
	d, err := edtf.ParseLoose(s, orderOf(order))
	if err != nil {
		named, before, behind, _ := edtf.OpenEnd(s)
		if w, ok := daysWithMonthName(named); ok {
			return edtf.Parse(before + w + behind)
		}
	}
	return d, err
}

func unreadDate(order string) string {
	if order == "iso" {
		return `it is no date that can be read for certain, so it was left unknown; where day or month stands first, the mapping says "date": "dmy" or "mdy"`
	}
	return fmt.Sprintf("it is no date that can be read in the order %q, so it was left unknown", order)
}

// dateRead turns a parsed date into what is kept: the civil day without its
// clock, and nothing where the date says nothing.
func dateRead(d edtf.Date) reading {
	b := d.Bounds()
	if d.Clock() != "" && b.Single() {
		day, err := edtf.Parse(b.Earliest.String())
		if err != nil {
			return reading{doubt: "its day cannot be written"}
		}
		d = day
	}
	text := d.String()
	if strings.Trim(text, "X-") == "" {
		return reading{state: unknown}
	}
	r := reading{date: d, text: text}
	if edtf.Placeholder(d) {
		r.doubt = "a day that programs put where no date was entered"
	}
	return r
}

// yearFirst is a day with white space between its parts, which can be mistaken for no
// other: 1992 02 26.
var yearFirst = regexp.MustCompile(`^\d{4} \d{1,2} \d{1,2}$`)

// leadingDays are two days of one month in front of its name: 2–26 February 1992.
var leadingDays = regexp.MustCompile(`^(\d{1,2})\s*[-–—]\s*(\d{1,2})([^\d].*)$`)

// daysWithMonthName is withMonthName, and reads some days of one month as well.
func daysWithMonthName(s string) (string, bool) {
	m := leadingDays.FindStringSubmatch(westernDigits(s))
	if m == nil {
		return withMonthName(s)
	}
	from, ok := withMonthName(m[1] + " " + m[3])
	to, _ := withMonthName(m[2] + " " + m[3])
	return from + "/" + to, ok
}

// withMonthName reads a civil date whose month is a word, in the languages of
// monthWords and in any order: "26 February 1992", "Feb. 26, 1992", "26 de febrero
// de 1992", "1992 թ. փետրվարի 26", "٢٦ شباط ١٩٩٢". A name cannot be mistaken for a
// day. A word that is none of those known makes it no date: nothing is passed over.
func withMonthName(s string) (string, bool) {
	month, year, day := 0, "", ""
	words := dateWords(s)
	for i := 0; i < len(words); i++ {
		w := words[i]
		if i+1 < len(words) && months()[w+" "+words[i+1]] > 0 {
			w, i = w+" "+words[i+1], i+1
		}
		switch m := months()[w]; {
		case m > 0 && month == 0:
			month = m
		case m > 0 && m == month: // one month in two languages
		case len(w) == 4 && year == "" && isDigits(w):
			year = w
		case len(w) <= 2 && day == "" && isDigits(w):
			day = w
		case !strings.Contains(besideMonths, " "+w+" "):
			return "", false
		}
	}
	if month == 0 || year == "" {
		return "", false
	}
	if day == "" {
		return fmt.Sprintf("%s-%02d", year, month), true
	}
	return fmt.Sprintf("%s-%02d-%02s", year, month, day), true
}

// dateWords are the words and numbers of a date: what stands between them falls
// away, and "26th" and "1992թ" are two.
func dateWords(s string) []string {
	var words []string
	word, digits := "", false
	end := func() {
		if word != "" {
			words = append(words, word)
		}
		word = ""
	}
	for _, r := range monthFold(westernDigits(norm.NFC.String(s))) {
		switch is := r >= '0' && r <= '9'; {
		case unicode.IsSpace(r) || strings.ContainsRune(",.-/–،՝'’", r):
			end()
			continue
		case word != "" && is != digits:
			end()
			digits = is
		default:
			digits = is
		}
		word += string(r)
	}
	end()
	return words
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }
