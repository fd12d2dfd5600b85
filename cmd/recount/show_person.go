// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"strings"

	"recount/journal"
	"recount/register"
	"recount/store"
)

type caseAnswer struct {
	Case     string              `json:"case"`
	Opened   register.CaseOpened `json:"opened"`
	Origin   string              `json:"origin"`
	Size     int64               `json:"entries"`
	VKey     string              `json:"vkey"`
	SealVKey string              `json:"seal_vkey"`
	Erased   int64               `json:"erased"`
}

func (x *showCmd) showCase(d *desk, c *store.Case, r store.Reader) error {
	opened, err := r.Opened(d.ctx)
	if err != nil {
		return err
	}
	erased, err := r.Erased(d.ctx)
	if err != nil {
		return err
	}
	a := caseAnswer{c.ID(), opened, c.Origin(), r.Size(), c.VKey(), c.SealVKey(), erased}
	return d.out.answer(a, func(w io.Writer) {
		fmt.Fprintf(w, "%s (not for real cases yet)\n", plain(opened.Title))
		columns(w, [][]string{
			{"origin", a.Origin}, {"entries", group(a.Size)}, {"erased leaves", group(a.Erased)},
			{"public key of the log", a.VKey}, {"public key of seals", a.SealVKey},
		})
	})
}

func (x *showCmd) showPerson(d *desk, r store.Reader) error {
	p, err := r.Person(d.ctx, x.ID)
	if err != nil {
		return err
	}
	return d.out.answer(jsonOfPerson(p), func(w io.Writer) {
		switch len(p.Records) {
		case 0:
			fmt.Fprintf(w, "%s: no record stands here any more.\n", p.Person)
		case 1:
			fmt.Fprintf(w, "%s: 1 record. It stands as its source has it.\n", p.Person)
		default:
			fmt.Fprintf(w, "%s: %d records that were judged to be about one human being. Each stands as its source has it.\n", p.Person, len(p.Records))
		}
		movedOnText(w, p)
		for _, rec := range p.Records {
			fmt.Fprintln(w)
			recordText(w, rec)
		}
		if len(p.Moves)+len(p.Decisions) > 0 {
			fmt.Fprintln(w, "\nWhy they stand together:")
		}
		for _, m := range p.Moves {
			until := ""
			if m.Until >= 0 {
				until = fmt.Sprintf(" until entry %d", m.Until)
			}
			why := m.Why
			if !m.ByRule {
				why = "somebody decided so"
			}
			fmt.Fprintf(w, "  entry %d put record %s under %s%s: %s\n", m.Seq, short(m.Record), m.Person, until, plain(why))
		}
		for _, e := range p.Decisions {
			fmt.Fprintf(w, "  entry %d, %s: %s of %s and %s. %s\n", e.Seq, plain(e.Actor), e.Kind, e.One, e.Other, plain(e.Reason))
		}
	})
}

// movedOnText says where the records stand now that stood under a person.
func movedOnText(w io.Writer, p store.Person) {
	on := map[string]int64{}
	last := map[string]int64{}
	var persons []string
	for _, m := range p.MovedOn() {
		if on[m.Person] == 0 {
			persons = append(persons, m.Person)
		}
		on[m.Person]++
		last[m.Person] = m.Seq
	}
	for _, person := range persons {
		fmt.Fprintf(w, "%s that stood here: under %s since entry %d (recount show person %s).\n", counted(on[person], "record", "records"), person, last[person], person)
	}
}

func (x *showCmd) showRecord(d *desk, r store.Reader) error {
	leaf, err := journal.ParseLeaf(x.ID)
	if err != nil {
		return err
	}
	rec, err := r.Record(d.ctx, leaf)
	if err != nil {
		return err
	}
	answer := recordOwnJSON{jsonOfRecord(rec), []register.Extra{}}
	if !rec.Erased {
		own, err := r.Extras(d.ctx, leaf)
		if err != nil {
			return err
		}
		answer.Own = append(answer.Own, own...)
	}
	return d.out.answer(answer, func(w io.Writer) {
		recordText(w, rec)
		for _, x := range answer.Own {
			fmt.Fprintf(w, "  own, %s: %s\n", plain(x.Name), plain(asRead(x.Written, x.Value)))
		}
	})
}

func short(l journal.Leaf) string { return l.String()[:12] + "…" }

// recordText prints a record: what was written, beside it what was read.
func recordText(w io.Writer, r store.Record) {
	if r.Erased {
		fmt.Fprintf(w, "record %s: erased\n", r.Leaf)
		return
	}
	s := r.Said
	fmt.Fprintf(w, "record %s\n", r.Leaf)
	rows := [][]string{
		{"  source", s.Source}, {"  exhibit", s.Exhibit + ", " + s.Pinpoint}, {"  name", nameOf(s)},
		{"  sex", asRead(s.SexWritten, s.Sex)}, {"  age", asRead(s.AgeWritten, months(s.AgeLow, s.AgeHigh))},
		{"  birth", asRead(s.BirthWritten, s.Birth)}, {"  child", asRead(s.ChildWritten, s.ChildFlag)},
	}
	for _, h := range r.Harms {
		rows = append(rows, []string{"  harm", strings.Join(nonBlank(
			asRead(h.Said.CodeWritten, h.Said.Code), asRead(h.Said.DateWritten, h.Said.Date),
			h.Said.PlaceWritten.Text(), h.Said.Incident), " · ")})
	}
	rows = append(rows, []string{"  as it stood", s.Raw.Text()})
	for _, row := range rows {
		if row[1] != "" {
			fmt.Fprintf(w, "%-14s %s\n", row[0], plain(row[1]))
		}
	}
}

// asRead is what was written, and what was read from it where that differs.
func asRead(written journal.Value, read string) string {
	text := written.Text()
	switch {
	case read == "" && text == "":
		return ""
	case read == "":
		return fmt.Sprintf("%q, read as unknown", text)
	case text == "" || text == read:
		return read
	}
	return fmt.Sprintf("%q, read as %s", text, read)
}

func months(low, high register.Number) string {
	if !low.Known || !high.Known {
		return ""
	}
	if low.N%12 == 0 && high.N == low.N+11 {
		return fmt.Sprintf("%d years", low.N/12)
	}
	if low.N == high.N {
		return fmt.Sprintf("%d months", low.N)
	}
	return fmt.Sprintf("%d to %d months", low.N, high.N)
}

func nonBlank(all ...string) []string {
	var out []string
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
