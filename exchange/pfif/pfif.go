// SPDX-License-Identifier: Apache-2.0

// Package pfif writes records as People Finder Interchange Format 1.4, which
// registers of missing persons read (zesty.ca/pfif/1.4): a person for each record,
// and a note for each harm, since what became of somebody is always what somebody
// says and never a field of the person.
package pfif

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"recount/exchange/followthemoney"
	"recount/fault"
	"recount/intake/worksheet"
	"recount/register"
)

// Namespace is that of version 1.4.
const Namespace = "http://zesty.ca/pfif/1.4"

// Writer writes one document.
type Writer struct {
	xml    *xml.Encoder
	domain string // of the ids: domain/local
	at     string // when it was written, in UTC
	author func(source string) (string, error)
	err    error
}

// NewWriter begins a document. domain stands before the ids of records, which
// survive copying; author names a source.
func NewWriter(to io.Writer, domain string, at time.Time, author func(source string) (string, error)) *Writer {
	w := &Writer{xml: xml.NewEncoder(to), domain: domain, at: at.UTC().Format("2006-01-02T15:04:05Z"), author: author}
	w.xml.Indent("", "  ")
	w.token(xml.ProcInst{Target: "xml", Inst: []byte(`version="1.0" encoding="UTF-8"`)})
	w.token(xml.StartElement{Name: xml.Name{Local: "pfif:pfif"}, Attr: []xml.Attr{{Name: xml.Name{Local: "xmlns:pfif"}, Value: Namespace}}})
	return w
}

func (w *Writer) token(t xml.Token) {
	if err := w.xml.EncodeToken(t); err != nil && w.err == nil {
		w.err = fmt.Errorf("%w: writing PFIF: %w", fault.Unavailable, err)
	}
}

func name(of string) xml.Name { return xml.Name{Local: "pfif:" + of} }

func (w *Writer) begin(of string) { w.token(xml.StartElement{Name: name(of)}) }
func (w *Writer) end(of string)   { w.token(xml.EndElement{Name: name(of)}) }

// field writes an element; a blank one is left out.
func (w *Writer) field(of, text string) {
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	w.begin(of)
	w.token(xml.CharData(text))
	w.end(of)
}

// Write writes a record, and its harms as notes on it.
func (w *Writer) Write(r worksheet.Row) error {
	x, id := r.Record, w.domain+"/r-"+r.Leaf.String()
	source, err := w.author(x.Source)
	if err != nil {
		return err
	}
	w.begin("person")
	w.field("person_record_id", id)
	w.field("entry_date", w.at)
	w.field("author_name", source)
	w.field("source_name", source)
	w.field("source_date", w.at)
	w.field("full_name", fullName(x))
	w.field("given_name", x.Given.Text())
	w.field("family_name", x.Family.Text())
	w.field("alternate_names", strings.ReplaceAll(x.OtherNames.Text(), "; ", "\n"))
	w.field("description", described(r))
	w.field("sex", x.Sex)
	w.field("date_of_birth", followthemoney.Date(x.Birth))
	w.field("age", years(x.AgeLow, x.AgeHigh))
	for _, h := range r.Harms {
		w.note(id, source, h)
	}
	w.end("person")
	return w.err
}

// fullName must be there; who has none is called so.
func fullName(x register.Record) string {
	if text := strings.TrimSpace(x.Name.Text()); text != "" {
		return text
	}
	return "?"
}

// described is what the format has no element for.
func described(r worksheet.Row) string {
	x := r.Record
	var lines []string
	add := func(what, text string) {
		if text = strings.TrimSpace(text); text != "" {
			lines = append(lines, what+": "+text)
		}
	}
	add("father", x.Father.Text())
	add("occupation", x.Occupation.Text())
	add("nationality", x.Nationality.Text())
	add("affiliation", x.Affiliation.Text())
	add("age as written", x.AgeWritten.Text())
	add("birth as written", x.BirthWritten.Text())
	add("status", x.Status.Text())
	add("note", x.Note.Text())
	for _, o := range r.Own {
		add(o.Name, o.Written.Text())
	}
	return strings.Join(lines, "\n")
}

// years is an age in whole years: "n" or "n-m"; "" where one end is not known.
func years(low, high register.Number) string {
	if !low.Known || !high.Known || high.N >= register.MaxMonths {
		return ""
	}
	from, to := low.N/12, high.N/12
	if from == to {
		return fmt.Sprint(from)
	}
	return fmt.Sprintf("%d-%d", from, to)
}

// note writes what is said to have been done to somebody.
func (w *Writer) note(person, source string, h register.Harm) {
	w.begin("note")
	w.field("note_record_id", fmt.Sprintf("%s-h%d", person, h.Number))
	w.field("person_record_id", person)
	w.field("entry_date", w.at)
	w.field("author_name", source)
	w.field("source_date", w.at)
	w.field("status", status(h.Code))
	w.field("last_known_location", h.Place)
	w.field("text", told(h))
	w.end("note")
}

// status is one of the format's five words, "" where none of them is said.
func status(code string) string {
	switch code {
	case "killed", "died-in-custody", "died-indirect", "disappeared-dead", "suicide":
		return "believed_dead"
	case "missing", "disappeared":
		return "believed_missing"
	}
	return ""
}

func told(h register.Harm) string {
	what := h.CodeWritten.Text()
	if h.Code != "" {
		what = h.Code
	}
	lines := []string{"harm: " + what}
	add := func(what, text string) {
		if text = strings.TrimSpace(text); text != "" {
			lines = append(lines, what+": "+text)
		}
	}
	add("date", h.Date)
	add("date as written", h.DateWritten.Text())
	add("end", h.End)
	add("cause", h.Cause)
	add("alleged", h.Alleged.Text())
	return strings.Join(lines, "\n")
}

// Close ends the document.
func (w *Writer) Close() error {
	w.token(xml.EndElement{Name: name("pfif")})
	if err := w.xml.Close(); err != nil && w.err == nil {
		w.err = fmt.Errorf("%w: writing PFIF: %w", fault.Unavailable, err)
	}
	return w.err
}
