// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"fmt"
	"strconv"
	"strings"

	"recount/edtf"
	"recount/fault"
	"recount/register"
)

// Declare tells how values of the case's own fields are to be read.
func (r *Reader) Declare(fields register.DeclaredFields) { r.declared = fields }

// readOwn reads the fields of the case's own, as they stand. A blank one is kept
// as a blank, and one with a marker of unknown as that. What is no value of a
// declared field is kept as well, and told.
func (rr *rowReader) readOwn() {
	for _, b := range rr.own {
		x := register.Extra{Name: b.slot.name}
		known := false
		if b.slot.kind == asDate {
			var date reading
			x.Written, date = rr.value(b)
			x.Value = date.text
		} else if x.Written, known = rr.words(b); known {
			if x.Value, known = rr.declared.Value(x.Name, x.Written.Text()); !known && len(b.cols) > 0 {
				rr.doubt(b.cols[0], "it is no value of the field "+x.Name+", and was kept as it is written; accepted is "+rr.declared.Accepts(x.Name), "")
			}
		}
		if len(b.unlike) > 0 && !x.Written.Present() {
			continue // another field says it
		}
		rr.p.Own = append(rr.p.Own, x)
	}
}

// readWorksheet reads a record as this program writes it. What a cell cannot be
// is refused with its column.
func (rr *rowReader) readWorksheet() {
	cells := make([]string, len(rr.row.Cells))
	for i := range rr.row.Cells {
		cells[i] = rr.row.Cells[i].Text
	}
	row, err := rr.sheet.Read(cells)
	if err != nil {
		column, why, want := WrongCell(err)
		col := -1
		for i, c := range rr.info.Columns {
			if c.Key == column {
				col = i
			}
		}
		rr.refused = rr.refusal(rr.row, col, why, want)
		return
	}
	rec := &rr.p.Record
	was := *rec
	*rec = row.Record
	rec.Source, rec.Exhibit, rec.Person, rec.Pinpoint, rec.Row = "", "", "", was.Pinpoint, was.Row
	if !rec.Raw.Present() {
		rec.Raw = was.Raw
	}
	rr.p.Harms, rr.p.Own = row.Harms, row.Own
	if rec.NameFold == "" {
		rr.Counts.NoName++
	}
	rr.p.Contradict = rec.ChildFlag != "" && rec.ChildAge != "" && rec.ChildFlag != rec.ChildAge
}

// WrongCell is the first thing that is wrong with the row of a worksheet: in which
// column, why, and what would be accepted.
func WrongCell(err error) (column, why, want string) {
	wrongs := register.Wrongs(err)
	if len(wrongs) == 0 {
		return "", err.Error(), "a row as the program writes it"
	}
	why, want, _ = strings.Cut(strings.TrimPrefix(wrongs[0].Err.Error(), fault.Invalid.Error()+": "), "accepted")
	if why = strings.Trim(why, " ;:,("); why == "" || strings.Contains(why, `"`) { // it quotes the value, which a refusal has by itself
		why = "it is no value of this column"
	}
	for _, word := range []string{" are", " is", " for"} {
		want = strings.TrimPrefix(want, word)
	}
	return wrongs[0].Field, why, strings.TrimSpace(strings.TrimLeft(want, ": "))
}

// readGroup reads how many people without names.
func (rr *rowReader) readGroup() {
	at := func(role int) *bound { return rr.group[role] }
	g := &register.Group{Pinpoint: rr.p.Record.Pinpoint, Handling: rr.m.Handling, Basis: rr.m.Basis, Raw: rr.p.Record.Raw}
	g.Description, _ = rr.words(at(roleDescription))
	_, low := rr.value(at(roleLow))
	_, high := rr.value(at(roleHigh))
	_, code := rr.value(at(roleCode))
	var date reading
	g.DateWritten, date = rr.value(at(roleDate))
	_, end := rr.value(at(roleEnd))
	_, precision := rr.value(at(rolePrecision))
	placed := false
	if g.PlaceWritten, placed = rr.words(at(rolePlace)); placed {
		g.Place = oneLine(g.PlaceWritten.Text())
	}
	if rr.refused != nil {
		return
	}
	g.Date, g.Low, g.High, g.Code = dateOfGroup(date, end, precision.text), low.low, low.high, code.text
	if at(roleHigh) != nil {
		g.High = high.high
	}
	if !g.Low.Known {
		g.Low = register.Exactly(0)
	}
	if col := rr.columnOf(at(roleLow)); low.state != said {
		rr.doubtOf(at(roleLow), "no number stands here, so it was taken as none at least")
	} else if g.High.Known && g.High.N < g.Low.N {
		rr.refused = rr.refusal(rr.row, col, fmt.Sprintf("at least %d people, and at most %d", g.Low.N, g.High.N), "a highest number that is not below the lowest")
	}
	if code.state != said && rr.refused == nil {
		rr.refused = rr.refusal(rr.row, rr.columnOf(at(roleCode)), "what happened to these people is not said", `a code for this value in the mapping's "codes"; or a constant`)
	}
	rr.p.Group = g
}

// dateOfGroup is a date as exact as its source says that it is, and not more.
func dateOfGroup(date, end reading, precision string) string {
	day := date.text
	if end.text != "" && end.text != day && day != "" {
		if interval := day + "/" + end.text; edtf.Before(end.date, date.date) != edtf.True && checkEDTF(interval) == nil {
			day = interval
		}
	}
	if strings.Contains(day, "/") || len(day) != len("1992-02-26") {
		return day // it is no single day, and says itself how exact it is
	}
	switch precision {
	case "about":
		return day + "~"
	case "month":
		return day[:len("1992-02")]
	case "year":
		return day[:len("1992")]
	}
	return day
}

func (rr *rowReader) columnOf(b *bound) int {
	if b == nil || len(b.cols) == 0 {
		return -1
	}
	return b.cols[0]
}

func (rr *rowReader) doubtOf(b *bound, why string) {
	if col := rr.columnOf(b); col >= 0 {
		rr.doubt(col, why, "0")
	}
}

// maxPeople is the largest number of people that a row can speak of.
const maxPeople = 1_000_000_000

// readNumber reads a number of people: "12", "12–15", "12+". Nothing else is one:
// "about 40" is for a person to decide.
func readNumber(written string) reading {
	s := westernDigits(strings.TrimSpace(written))
	no := reading{refused: "it is no number of people that can be read", want: `a whole number, "12–15" or "12+"; or the value among the mapping's "unknown"`}
	first, last, isRange := strings.Cut(strings.NewReplacer("–", "-", "—", "-").Replace(s), "-")
	from, open := strings.CutSuffix(strings.TrimSpace(first), "+")
	low, ok := wholeNumber(from)
	if !ok || open && isRange {
		return no
	}
	r := reading{low: register.Exactly(low), high: register.Exactly(low)}
	if open {
		r.high = register.Number{}
	}
	if isRange {
		high, ok := wholeNumber(strings.TrimSpace(last))
		if !ok || high < low {
			return no
		}
		r.high = register.Exactly(high)
	}
	return r
}

// wholeNumber reads digits, with ".0" behind where a program has written that.
func wholeNumber(s string) (int64, bool) {
	s = strings.TrimSuffix(s, ".0")
	if s == "" || strings.TrimLeft(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n <= maxPeople
}
