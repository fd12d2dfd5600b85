// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"errors"
	"fmt"
	"strings"

	"recount/edtf"
)

// DateOrder is what the cells of a column of dates say of the order in which day
// and month stand in them. It is evidence for whoever writes the mapping: nothing
// is read by it.
type DateOrder struct {
	DayFirst   int64 `json:"day_first"`   // cells that can only be day, month, year
	MonthFirst int64 `json:"month_first"` // cells that can only be month, day, year
	Either     int64 `json:"either"`      // cells that can be both, and mean another day then

	FirstDay, FirstMonth int    `json:"-"`                 // rows of the first of each
	Example              string `json:"example,omitempty"` // one that can be both: for the screen of who brings the list
	AsDay, AsMonth       string `json:"-"`                 // how it reads
}

// orderSaid is what one cell says of the order.
type orderSaid uint8

const (
	saysNothing orderSaid = iota
	dayFirst
	monthFirst
	either
)

// orderIn tells what a date as written says of the order, and both readings of one
// that can be either.
func orderIn(written string) (says orderSaid, asDay, asMonth string) {
	s := strings.TrimSpace(written)
	read := func(order edtf.Order) (string, bool) {
		d, err := edtf.ParseLoose(s, order)
		var none *edtf.NoSuchDay
		if errors.As(err, &none) {
			return none.Span.String(), true
		}
		return d.String(), err == nil
	}
	asDay, day := read(edtf.DMY)
	asMonth, month := read(edtf.MDY)
	switch {
	case day && month && asDay != asMonth:
		return either, asDay, asMonth
	case day && !month:
		return dayFirst, "", ""
	case month && !day:
		return monthFirst, "", ""
	}
	return saysNothing, "", ""
}

// OrderOf is what values as written say of the order of day and month.
func OrderOf(values []string) (o DateOrder) {
	for i, v := range values {
		says, _, _ := orderIn(v)
		o.count(ordered{says, v}, i+1)
	}
	return o
}

// IsDate tells whether a text can be read as a date, in the order that is stated
// ("" none): one that can be either is a date, of which the order is not known.
func IsDate(written, order string) bool {
	if order == "" {
		order = "iso"
	}
	if r := readDate(written, order, ""); r.text != "" {
		return true
	}
	says, _, _ := orderIn(written)
	return says != saysNothing
}

// IsAge tells whether a text can be read as an age in years, or with its unit.
func IsAge(written string) bool {
	return readAge(written, &Field{Unit: "years"}).low.Known
}

// ordered is a date with what it says of the order.
type ordered struct {
	says    orderSaid
	written string
}

// count adds a date of a row.
func (o *DateOrder) count(d ordered, row int) {
	switch d.says {
	case dayFirst:
		if o.DayFirst++; o.DayFirst == 1 {
			o.FirstDay = row
		}
	case monthFirst:
		if o.MonthFirst++; o.MonthFirst == 1 {
			o.FirstMonth = row
		}
	case either:
		if o.Either++; o.Either == 1 {
			o.Example = strings.Clone(strings.TrimSpace(d.written))
			_, o.AsDay, o.AsMonth = orderIn(d.written)
		}
	}
}

// Advice says what the column's cells speak for, by the order that the mapping
// states; "" where there is nothing to say. It holds the example.
func (o DateOrder) Advice(columns []string, stated string) string {
	said := fmt.Sprintf("column %q: cells that can only be day, month, year: %d%s; only month, day, year: %d%s", strings.Join(columns, ", "),
		o.DayFirst, firstIn(o.FirstDay), o.MonthFirst, firstIn(o.FirstMonth))
	if o.Either > 0 {
		said += fmt.Sprintf("; either: %d, such as %q (%s or %s)", o.Either, o.Example, o.AsDay, o.AsMonth)
	}
	const can = `; the mapping can say "date": `
	switch {
	case o.DayFirst > 0 && o.MonthFirst > 0:
		return said + "; no order is right for all of them"
	case o.Either == 0 || stated == "ymd":
		return ""
	case o.DayFirst > 0 && stated != "dmy":
		return said + can + `"dmy"`
	case o.MonthFirst > 0 && stated != "mdy":
		return said + can + `"mdy"`
	case o.DayFirst+o.MonthFirst == 0 && stated != "dmy" && stated != "mdy":
		return said + "; whoever made the list has to be asked"
	}
	return ""
}

func firstIn(row int) string {
	if row == 0 {
		return ""
	}
	return fmt.Sprintf(" (the first in row %d)", row)
}
