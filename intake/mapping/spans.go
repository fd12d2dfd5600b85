// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"recount/edtf"
	"recount/journal"
)

// Cells and columns that say more than one day: several dates in a cell, the first
// and the last day in one, and the ends of a time in columns of their own. All of
// them become one date in EDTF. What cannot be read in any part leaves the whole
// unknown, since a time with one true end and one lost one says something else.

// What a column can say of a time, in Field.Interval.
const (
	saysFirst         = "first"          // the day from which it holds for certain
	saysLast          = "last"           // the day up to which it does
	saysFirstPossible = "first-possible" // the earliest day on which it may hold
	saysLastPossible  = "last-possible"  // the latest one
)

func intervalParts() []string {
	return []string{saysFirst, saysLast, saysFirstPossible, saysLastPossible}
}

// dated: a field of the case's own that is read as a date.
func (f *Field) dated() bool {
	return f.Date != "" || f.Calendar != "" || f.Split != "" || len(f.Range)+len(f.Interval) > 0
}

// spanKeys are the keys of a date that say more than one day.
func (f *Field) spanKeys(forms form) {
	forms["date"] = text(&f.Date, oneOf(dateOrders()...))
	forms["calendar"] = text(&f.Calendar, oneOf(calendars()...))
	forms["split"] = text(&f.Split, notBlank)
	forms["range"] = texts(&f.Range)
	forms["interval"] = parts(&f.Interval)
	forms["open"] = texts(&f.Open)
}

// parts reads a list in which each word stands at most once and means its column.
func parts(to *[]string) func(node) error {
	return func(n node) error {
		if err := texts(to)(n); err != nil {
			return err
		}
		for _, s := range *to {
			if err := oneOf(intervalParts()...)(s); err != nil {
				return n.wrap(err)
			}
		}
		return nil
	}
}

func notBlank(s string) error {
	if strings.TrimSpace(s) == "" {
		return invalidf("a blank stands where a sign between values is accepted")
	}
	return nil
}

// checkSpans finds what does not fit together.
func (f *Field) checkSpans(name string, n node) error {
	f.Open = sorted(f.Open)
	switch {
	case slices.ContainsFunc(f.Range, func(s string) bool { return notBlank(s) != nil }):
		return n.errorf(`%s has a blank under "range"; accepted: the signs between the first and the last day, such as ["~"]`, name)
	case len(f.Interval) > 0 && len(f.Interval) != len(f.Columns):
		return n.errorf(`%s has %d columns, and "interval" says of %d what they are; accepted: one word for each column: %s`, name, len(f.Columns), len(f.Interval), strings.Join(intervalParts(), ", "))
	case len(f.Interval) > 0 && (f.Split != "" || len(f.Range) > 0 || f.Join != ""):
		return n.errorf(`%s has "interval"; accepted beside it: "columns", "date", "calendar", "open", "unknown"`, name)
	case f.Constant != nil && (f.Split != "" || len(f.Range)+len(f.Open) > 0):
		return n.errorf("%s is a constant; accepted beside it: nothing", name)
	case len(f.Open) > 0 && len(f.Range)+len(f.Interval) == 0:
		return n.errorf(`%s has "open", which is what an end of a time can be; accepted: "range" or "interval" beside it`, name)
	}
	return nil
}

func sorted(set []string) []string {
	slices.Sort(set)
	return set
}

// readDates reads a cell as the field says: one date, a time with two ends, or
// several of these, which are all of them.
func (f *Field) readDates(written string) reading {
	if f.Split == "" || !strings.Contains(written, f.Split) {
		return f.readSpan(written)
	}
	var all []reading
	doubt := ""
	for part := range strings.SplitSeq(written, f.Split) {
		if strings.TrimSpace(part) == "" {
			continue
		}
		r := f.readSpan(part)
		if r.text == "" {
			return reading{doubt: "one of several dates in it cannot be read for certain, so that all were left unknown"}
		}
		if doubt == "" {
			doubt = r.doubt
		}
		all = append(all, r)
	}
	return allOf(all, doubt)
}

// allOf is a set of dates, in their order and each once.
func allOf(all []reading, doubt string) reading {
	slices.SortStableFunc(all, func(a, b reading) int {
		x, y := a.date.Bounds(), b.date.Bounds()
		if x.Start != y.Start {
			return int(x.Start&edtf.EdgeDay) - int(y.Start&edtf.EdgeDay)
		}
		return x.Earliest.Compare(y.Earliest)
	})
	members := make([]string, 0, len(all))
	for _, r := range all {
		member := r.text
		if from, to, is := strings.Cut(member, "/"); is {
			member = strings.Trim(from, ".") + ".." + strings.Trim(to, ".")
		}
		members = append(members, member)
	}
	members = slices.Compact(members)
	switch {
	case len(all) == 0:
		return reading{state: unknown}
	case len(members) == 1:
		r := all[0]
		r.doubt = doubt
		return r
	}
	text := "{" + strings.Join(members, ",") + "}"
	d, err := edtf.Parse(text)
	if err != nil {
		return reading{doubt: "the dates in it cannot be written as one set, so they were left unknown"}
	}
	return reading{date: d, text: text, doubt: doubt}
}

// readSpan reads the first and the last day where a sign of Range parts them, and one
// date otherwise. A sign that stands in dates too, such as a colon in a time, parts
// only what can be read on both of its sides.
func (f *Field) readSpan(written string) reading {
	for _, sign := range f.Range {
		for at := 0; ; {
			next := strings.Index(written[at:], sign)
			if next < 0 {
				break
			}
			at += next
			from, to := f.readEnd(written[:at]), f.readEnd(written[at+len(sign):])
			if from.readable() && to.readable() && (from.known() || to.known()) {
				return from.upTo(to)
			}
			at += len(sign)
		}
	}
	return readDate(written, f.Date, f.Calendar)
}

// orderOf is what the dates in a cell say of the order of day and month.
func (f *Field) orderOf(written string) (all []ordered) {
	for _, s := range f.dates(written) {
		if says, _, _ := orderIn(s); says != saysNothing {
			all = append(all, ordered{says, s})
		}
	}
	return all
}

// dates are the dates in a cell, as they are written.
func (f *Field) dates(written string) []string {
	all := []string{written}
	if f.Split != "" {
		all = strings.Split(written, f.Split)
	}
	for _, sign := range f.Range {
		var ends []string
		for _, s := range all {
			ends = append(ends, strings.Split(s, sign)...)
		}
		all = ends
	}
	return all
}

// end is one end of a time: a date, open, or not known.
type end struct {
	reading
	open  bool
	blank bool
}

func (e end) known() bool    { return e.text != "" }
func (e end) readable() bool { return e.known() || e.open || e.blank }

// readEnd reads an end in a cell with both: nothing there means that it is open.
func (f *Field) readEnd(written string) end {
	s := strings.TrimSpace(written)
	if s == "" || slices.Contains(f.Open, s) {
		return end{open: true}
	}
	return end{reading: readDate(s, f.Date, f.Calendar)}
}

// earliest and latest are the end as EDTF has it in an interval.
func (e end) earliest() string { from, _, _ := strings.Cut(e.side(), "/"); return from }
func (e end) latest() string {
	from, to, is := strings.Cut(e.side(), "/")
	if is {
		return to
	}
	return from
}

func (e end) side() string {
	if e.open {
		return ".."
	}
	return e.text
}

// upTo is the time from one end to another.
func (e end) upTo(to end) reading {
	doubt := e.doubt
	if doubt == "" {
		doubt = to.doubt
	}
	return timeOf(e.earliest(), to.latest(), doubt)
}

// timeOf is the time from the one day to the other, which is one day where they are
// the same.
func timeOf(from, to, doubt string) reading {
	text := from + "/" + to
	if from == to {
		text = from
	}
	d, err := edtf.Parse(text)
	if err != nil {
		return reading{doubt: "no time can be written from its first to its last day, as where the last one is the earlier, so it was left unknown"}
	}
	return reading{date: d, text: text, doubt: doubt}
}

// interval reads a time whose ends stand in columns of their own. written is what
// stands in them.
func (rr *rowReader) interval(b *bound) (written journal.Value, r reading) {
	ends := map[string]end{}
	var stands []string
	state := blank
	for i, col := range b.cols {
		c := rr.cell(col)
		empty, is := rr.empty(b, c)
		if empty.refused != "" {
			rr.settle(b, col, empty)
			return "", reading{}
		}
		if is {
			if empty.state == unknown {
				state = unknown
			}
			ends[b.field.Interval[i]] = end{blank: true}
			continue
		}
		stands = append(stands, strings.TrimSpace(c.Text))
		e := b.field.readEnd(c.Text)
		switch {
		case e.readable():
		case r.doubt == "":
			rr.settle(b, col, reading{doubt: e.doubt})
			r.doubt = e.doubt
		default: // the field is counted once
			rr.doubt(col, e.doubt, "")
		}
		ends[b.field.Interval[i]] = e
	}
	if len(stands) == 0 {
		r = reading{state: state}
		rr.settle(b, -1, r)
		return journal.Text(""), r
	}
	written = journal.Text(strings.Join(stands, " / "))
	if r.doubt != "" { // an end that cannot be read: said of its cell
		return written, reading{}
	}
	r = timeBetween(ends[saysFirst], ends[saysLast], ends[saysFirstPossible], ends[saysLastPossible])
	rr.settle(b, b.cols[0], r)
	return written, r
}

// timeBetween is a time by what is certain of it and what is possible. Where nothing
// is certain it held on some day of those that are possible: [first..last]. Where a
// possible end lies outside of the certain one, the interval reaches to it and its end
// is marked as approximate, so that no day is called certain that is not, and none is
// left out that may be.
func timeBetween(first, last, firstPossible, lastPossible end) reading {
	doubt := ""
	for _, e := range []end{first, last, firstPossible, lastPossible} {
		if doubt == "" {
			doubt = e.doubt
		}
	}
	if !first.known() && !last.known() && !first.open && !last.open {
		return someDayOf(firstPossible, lastPossible, doubt)
	}
	from, to := first.earliest(), last.latest()
	switch {
	case firstPossible.open:
		from = ".."
	case firstPossible.known() && first.known() && edtf.Before(first.date, firstPossible.date) == edtf.True,
		lastPossible.known() && last.known() && edtf.Before(lastPossible.date, last.date) == edtf.True:
		doubt = "what is certain reaches over what is possible; what is certain was taken"
		return timeOf(from, to, doubt)
	case firstPossible.known() && firstPossible.earliest() != from && from != "..":
		from = about(firstPossible.earliest())
	}
	switch {
	case lastPossible.open:
		to = ".."
	case lastPossible.known() && lastPossible.latest() != to && to != "..":
		to = about(lastPossible.latest())
	}
	return timeOf(from, to, doubt)
}

// about marks a date as approximate, unless it says itself how exact it is.
func about(date string) string {
	if date == "" || strings.ContainsAny(date, "?~%.X") {
		return date
	}
	return date + "~"
}

// someDayOf is one of the days from the one to the other, and nobody knows which.
func someDayOf(from, to end, doubt string) reading {
	if !from.known() && !to.known() {
		return reading{state: unknown, doubt: doubt}
	}
	first, last := from.earliest(), to.latest()
	if first == last {
		return timeOf(first, last, doubt)
	}
	if first != "" && last != "" {
		text := "[" + strings.Trim(first, ".") + ".." + strings.Trim(last, ".") + "]"
		if d, err := edtf.Parse(text); err == nil {
			return reading{date: d, text: text, doubt: doubt}
		}
	}
	return timeOf(first, last, doubt) // an end that nobody said, or ends that are not of one kind
}

// unixDay is the civil day of seconds since 1970 began, in UTC, as programs keep days.
func unixDay(s string) (string, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return "", false
	}
	day := time.Unix(n, 0).UTC()
	if day.Year() < 0 || day.Year() > 9999 {
		return "", false
	}
	return day.Format(time.DateOnly), true
}
