// SPDX-License-Identifier: Apache-2.0

// Package followthemoney writes records as statements of FollowTheMoney: one line
// for each thing that one source says of one person, so that who said it is not
// lost. Records that are judged to be one person share a canonical id and stay
// apart under their own.
//
// The model has no uncertain dates, no intervals of age and no codes of harms:
// what does not fit is written into "notes" as it stands here, and never made
// more exact than it is. Source: the documentation of FollowTheMoney, "Statement
// data model" and its schema Person and Event.
package followthemoney

import (
	"crypto/sha1" //nolint:gosec // the id of a statement is defined so
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"recount/edtf"
	"recount/fault"
	"recount/intake/worksheet"
	"recount/journal"
	"recount/register"
)

// Writer writes statements as CSV.
type Writer struct {
	csv  *csv.Writer
	seen string // when these statements were written
	err  error
}

// NewWriter begins a file with its header.
func NewWriter(to io.Writer, at time.Time) *Writer {
	w := &Writer{csv: csv.NewWriter(to), seen: at.UTC().Format("2006-01-02T15:04:05")}
	w.put([]string{"canonical_id", "entity_id", "prop", "prop_type", "schema", "value", "dataset", "lang", "original_value", "external", "first_seen", "last_seen", "origin", "id"})
	return w
}

func (w *Writer) put(line []string) {
	if err := w.csv.Write(line); err != nil && w.err == nil {
		w.err = fmt.Errorf("%w: writing statements: %w", fault.Unavailable, err)
	}
}

// entity is what statements are made about.
type entity struct{ canonical, id, schema, dataset string }

// say writes one statement; a blank says nothing.
func (w *Writer) say(e entity, prop, kind, value, original string) {
	if value = strings.TrimSpace(value); value == "" {
		return
	}
	if original == value {
		original = ""
	}
	sum := sha1.Sum([]byte(e.dataset + "." + e.id + "." + prop + "." + value)) //nolint:gosec // as above
	w.put([]string{e.canonical, e.id, prop, kind, e.schema, value, e.dataset, "", original, "f", w.seen, w.seen, "", hex.EncodeToString(sum[:])})
}

// Write writes a record and its harms.
func (w *Writer) Write(r worksheet.Row) error {
	x := r.Record
	person := entity{x.Person, "r-" + r.Leaf.String(), "Person", strings.ReplaceAll(x.Source, "-", "_")}
	if person.canonical == "" {
		person.canonical = person.id
	}
	w.say(person, "name", "name", x.Name.Text(), "")
	w.say(person, "firstName", "name", x.Given.Text(), "")
	w.say(person, "lastName", "name", x.Family.Text(), "")
	w.say(person, "fatherName", "name", x.Father.Text(), "")
	w.say(person, "alias", "name", x.OtherNames.Text(), "")
	w.say(person, "gender", "gender", x.Sex, x.SexWritten.Text())
	w.say(person, "birthDate", "date", Date(x.Birth), x.BirthWritten.Text())
	w.say(person, "position", "string", x.Occupation.Text(), "")
	for _, n := range notes(x) {
		w.say(person, "notes", "text", n, "")
	}
	for _, o := range r.Own {
		if text := strings.TrimSpace(o.Written.Text()); text != "" {
			w.say(person, "notes", "text", o.Name+": "+text, "")
		}
	}
	for _, h := range r.Harms {
		w.harm(person, h)
	}
	return w.err
}

// notes are what has no property of its own, or none that is exact enough.
func notes(x register.Record) (out []string) {
	for _, n := range []struct {
		what string
		v    journal.Value
	}{{"where it stands", journal.Text(x.Exhibit + ", " + x.Pinpoint)}, {"nationality", x.Nationality}, {"affiliation", x.Affiliation}, {"age as written", x.AgeWritten}, {"birth as written", x.BirthWritten}, {"status", x.Status}, {"note", x.Note}} {
		if text := strings.TrimSpace(n.v.Text()); text != "" {
			out = append(out, n.what+": "+text)
		}
	}
	if x.Birth != "" && Date(x.Birth) != x.Birth {
		out = append(out, "birth (EDTF): "+x.Birth)
	}
	return out
}

// harm writes an event in which the person was involved.
func (w *Writer) harm(person entity, h register.Harm) {
	id := fmt.Sprintf("%s-h%d", person.id, h.Number)
	e := entity{id, id, "Event", person.dataset}
	what := h.Code
	if what == "" {
		what = h.CodeWritten.Text()
	}
	w.say(e, "name", "name", what, h.CodeWritten.Text())
	w.say(e, "date", "date", Date(h.Date), h.DateWritten.Text())
	w.say(e, "endDate", "date", Date(h.End), h.EndWritten.Text())
	w.say(e, "location", "string", h.Place, h.PlaceWritten.Text())
	w.say(e, "involved", "entity", person.id, "")
	for _, n := range [][2]string{{"date (EDTF)", h.Date}, {"end (EDTF)", h.End}, {"cause", h.Cause}, {"alleged", h.Alleged.Text()}} {
		if n[1] != "" && (!strings.HasSuffix(n[0], "(EDTF)") || Date(n[1]) != n[1]) {
			w.say(e, "notes", "text", n[0]+": "+n[1], "")
		}
	}
}

// Close ends the file.
func (w *Writer) Close() error {
	if w.csv.Flush(); w.err == nil && w.csv.Error() != nil {
		w.err = fmt.Errorf("%w: writing statements: %w", fault.Unavailable, w.csv.Error())
	}
	return w.err
}

// Date is a date as the model has them: the year, month or day in which all of an
// EDTF date lies, "" where none does. It is never more exact than the date.
func Date(text string) string {
	d, err := edtf.Parse(text)
	if err != nil || text == "" {
		return ""
	}
	b := d.Bounds()
	if b.Start != edtf.EdgeDay || b.End != edtf.EdgeDay || b.Earliest.Year < 1 || b.Latest.Year > 9999 {
		return ""
	}
	one, two := b.Earliest.String(), b.Latest.String()
	switch {
	case one == two:
		return one
	case one[:7] == two[:7]:
		return one[:7]
	case one[:4] == two[:4]:
		return one[:4]
	}
	return ""
}
