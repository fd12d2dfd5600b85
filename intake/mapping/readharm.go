// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"strings"

	"recount/edtf"
	"recount/register"
)

func (h *boundHarm) bound(role int) *bound { return h.at[role-roleCode] }

// readHarms reads every harm of the mapping that the row speaks of.
func (rr *rowReader) readHarms() {
	for i := range rr.harms {
		rr.readHarm(&rr.harms[i])
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
	if b := rr.record[roleBirth]; b != nil && !stated && rec.Birth != "" && len(events) > 0 && !rec.AgeLow.Known && len(b.cols) > 0 {
		rr.doubt(b.cols[0], "birth and date of the harm give no age from 0 to 150 years", rec.Birth)
	}
	rr.p.Contradict = rec.ChildFlag != "" && rec.ChildAge != "" && rec.ChildFlag != rec.ChildAge
	register.Raise(rec, rr.p.Harms)
}

func (r *Reader) count(p *Person) {
	c := &r.Counts
	c.Read++
	c.Harms += int64(len(p.Harms))
	c.Own += int64(len(p.Own))
	if len(p.Doubts) > 0 {
		c.Doubtful++
	}
	if p.Contradict {
		c.Contradictions++
	}
	if p.Group != nil {
		c.Groups++
		return
	}
	c.ChildFlag[p.Record.ChildFlag]++
	c.ChildAge[p.Record.ChildAge]++
}
