// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"fmt"
	"slices"
	"strings"

	"recount/edtf"
	"recount/intake/table"
	"recount/register"
)

func (h *boundHarm) bound(role int) *bound { return h.at[role-roleCode] }

// readHarms reads every harm of the mapping that the row speaks of.
func (rr *rowReader) readHarms() {
	for i := range rr.harms {
		switch h := &rr.harms[i]; {
		case h.split != nil:
			rr.readSplit(h)
		case rr.anything(h.of):
			rr.readHarm(h)
		}
	}
}

// anything reports whether something stands in any of the columns, or there are none
// to ask.
func (rr *rowReader) anything(of []int) bool {
	for _, i := range of {
		if c := &rr.row.Cells[i]; !table.IsBlank(c.Text) || c.Kind == table.Error {
			return true
		}
	}
	return len(of) == 0
}

// readSplit reads a harm for each value of cells that hold several. A cell with one
// value alone says it of all.
func (rr *rowReader) readSplit(h *boundHarm) {
	most, parts := 0, map[int][]string{}
	for _, col := range h.split.split {
		all := strings.Split(rr.row.Cells[col].Text, h.split.by)
		all = slices.DeleteFunc(all, func(s string) bool { return strings.TrimSpace(s) == "" && len(h.split.split) == 1 })
		parts[col] = all
		most = max(most, len(all))
	}
	for _, col := range h.split.split {
		if n := len(parts[col]); n != most && n > 1 {
			rr.doubt(col, fmt.Sprintf("%d values stand here, and %d in another column that is parted with it", n, most), "")
		}
	}
	for n := range max(most, 1) {
		rr.parts = map[int]table.Cell{}
		for col, all := range parts {
			c := rr.row.Cells[col]
			switch {
			case len(all) == 1 && c.Text == all[0]:
			case len(all) == 1:
				c.Text = strings.TrimSpace(all[0])
			case n < len(all):
				c.Text = strings.TrimSpace(all[n])
			default:
				c.Text = ""
			}
			rr.parts[col] = c
		}
		rr.readHarm(h)
	}
	rr.parts = nil
}

// readOthers reads the further persons of whom a row speaks.
func (rr *rowReader) readOthers() {
	for i := range rr.others {
		x := &rr.others[i]
		if !rr.anything(x.of) || rr.refused != nil {
			continue
		}
		var p Person
		p.Record = register.Record{
			Pinpoint: fmt.Sprintf("%s, %s %d", rr.p.Record.Pinpoint, x.name, x.number), Row: rr.p.Record.Row,
			Handling: rr.m.Handling, Basis: rr.m.Basis, Raw: rr.p.Record.Raw,
		}
		o := rowReader{Reader: rr.Reader, row: rr.row, p: &p, record: &x.record, harms: x.harms}
		o.readRecord()
		o.readHarms()
		if rr.refused = o.refused; rr.refused != nil {
			return
		}
		o.finish()
		rr.p.Doubts = append(rr.p.Doubts, p.Doubts...)
		rr.p.Contradict = rr.p.Contradict || p.Contradict
		p.Doubts = nil
		rr.p.Others = append(rr.p.Others, p)
	}
}

// readHarm reads one harm. A code whose value says "no such harm" makes none; a
// marker of unknown makes one whose code is not known; a blank code makes one
// only where its date, place, cause or alleged party is given.
func (rr *rowReader) readHarm(bh *boundHarm) {
	h := register.Harm{Determination: bh.determination, Standard: bh.standard, Handling: rr.m.Handling}
	var code reading
	h.CodeWritten, code = rr.value(bh.bound(roleCode))
	if rr.refused != nil || code.state == none {
		return
	}
	h.Code = code.text
	var date, end, r reading
	h.DateWritten, date = rr.value(bh.bound(roleDate))
	h.EndWritten, end = rr.value(bh.bound(roleEnd))
	h.Date, h.End = date.text, end.text
	var placed, blamed bool
	h.PlaceWritten, placed = rr.words(bh.bound(rolePlace))
	if placed {
		h.Place = oneLine(h.PlaceWritten.Text())
		h.District = rr.district(h.Place)
	}
	h.CauseWritten, r = rr.value(bh.bound(roleCause))
	h.Cause = r.text
	h.Alleged, blamed = rr.words(bh.bound(roleAlleged))
	_, incident := rr.value(bh.bound(roleIncident))
	h.Incident = incident.text
	if code.state == blank && date.state != said && end.state != said && !placed && r.state != said && !blamed {
		return
	}
	if month, ok := edtf.Month(date.date); ok {
		h.Month = month
	}
	if edtf.Before(end.date, date.date) == edtf.True {
		if b := bh.bound(roleEnd); len(b.cols) > 0 {
			rr.doubt(b.cols[0], "the end lies before the beginning; both were kept as they are", h.End)
		}
	}
	if date.text != "" {
		rr.events = append(rr.events, date)
	}
	h.Number = len(rr.p.Harms) + 1
	rr.p.Harms = append(rr.p.Harms, h)
}

// oneLine makes a place of one line; as written it stays beside it.
func oneLine(s string) string {
	if strings.ContainsAny(s, "\n\r\t") {
		return strings.Join(strings.Fields(s), " ")
	}
	return strings.TrimSpace(s)
}

// district is register.District with a memory, since places repeat.
func (r *Reader) district(place string) string {
	if d, ok := r.folds[place]; ok {
		return d
	}
	if len(r.folds) >= cacheSize {
		clear(r.folds)
	}
	d := register.District(place)
	r.folds[strings.Clone(place)] = d
	return d
}

// finish computes what follows from the whole row.
func (rr *rowReader) finish() {
	rec := &rr.p.Record
	events := make([]edtf.Date, len(rr.events))
	for i := range rr.events {
		events[i] = rr.events[i].date
	}
	stated := rec.AgeLow.Known
	rec.SetRungs(events...)
	if b := rr.record[roleBirth]; b != nil && !stated && rec.Birth != "" && len(events) > 0 && !rec.AgeLow.Known && len(b.cols) > 0 && !rr.placeholder(events) {
		rr.doubt(b.cols[0], "birth and date of the harm give no age from 0 to 150 years", rec.Birth)
	}
	rr.p.Contradict = rr.p.Contradict || rec.ChildFlag != "" && rec.ChildAge != "" && rec.ChildFlag != rec.ChildAge
	register.Raise(rec, rr.p.Harms)
}

// placeholder: the birth or a harm's day was told as none that somebody entered.
func (rr *rowReader) placeholder(events []edtf.Date) bool {
	born, err := edtf.Parse(rr.p.Record.Birth)
	return err == nil && edtf.Placeholder(born) || slices.ContainsFunc(events, edtf.Placeholder)
}

func (r *Reader) count(p *Person) {
	c := &r.Counts
	if len(p.Doubts) > 0 {
		c.Doubtful++
	}
	if p.Contradict {
		c.Contradictions++
	}
	if p.Nobody {
		c.Nobody++
	} else {
		r.countPerson(p)
	}
	for i := range p.Others {
		c.Others++
		r.countPerson(&p.Others[i])
	}
}

func (r *Reader) countPerson(p *Person) {
	c := &r.Counts
	c.Read++
	c.Harms += int64(len(p.Harms))
	c.Own += int64(len(p.Own))
	if p.Group != nil {
		c.Groups++
		return
	}
	c.ChildFlag[p.Record.ChildFlag]++
	c.ChildAge[p.Record.ChildAge]++
}
