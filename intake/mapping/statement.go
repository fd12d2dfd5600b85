// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"fmt"
	"slices"
	"strings"

	"recount/edtf"
	"recount/journal"
	"recount/names"
	"recount/register"
)

// StatementFormat is what a record that people write down says of itself.
const StatementFormat = "recount record/1"

// Statement is one record with its harms, written down by a person from a
// place in an exhibit: what a witness says of somebody, for instance. Its
// fields have the names of a mapping; values stand as the source has them, codes
// are given as codes.
type Statement struct {
	Source     string // id, s-…
	Exhibit    string // id, e-…
	Pinpoint   string // where in the exhibit
	Supersedes string // leaf, in hex, of the record that this one corrects
	Record     register.Record
	Harms      []register.Harm
	Own        []register.Extra // fields of the case's own; nil: of a correction, those of the record before
}

// ParseStatement reads such a file, as strictly as Parse reads a mapping.
func ParseStatement(data []byte) (*Statement, error) {
	if len(data) > MaxSize {
		return nil, invalidf("the record has %d bytes; accepted: at most %d", len(data), MaxSize)
	}
	n, err := parseJSON(data)
	if err != nil {
		return nil, err
	}
	s := &Statement{}
	s.Record.Handling, s.Record.Basis = "confidential", "confidential"
	var format string
	var leaf journal.Leaf
	f := form{
		"format":   text(&format, oneOf(StatementFormat)),
		"source":   text(&s.Source, func(id string) error { return register.CheckID("s", id) }),
		"exhibit":  text(&s.Exhibit, func(id string) error { return register.CheckID("e", id) }),
		"pinpoint": text(&s.Pinpoint, nil),
		"supersedes": text(&s.Supersedes, func(hex string) (err error) {
			leaf, err = journal.ParseLeaf(hex)
			return err
		}),
		"handling": text(&s.Record.Handling, register.CheckHandling),
		"basis":    text(&s.Record.Basis, register.CheckBasis),
		"record":   s.readRecord, "harms": s.readHarms, "own": s.readOwn,
	}
	if err := f.readAll("the record's file", n); err != nil {
		return nil, err
	}
	for key, value := range map[string]string{"format": format, "source": s.Source, "exhibit": s.Exhibit, "pinpoint": strings.TrimSpace(s.Pinpoint)} {
		if value == "" {
			return nil, n.errorf("there is no %q: who says this, and where does it stand?", key)
		}
	}
	s.Record.Source, s.Record.Exhibit, s.Record.Pinpoint, s.Record.Supersedes = s.Source, s.Exhibit, s.Pinpoint, leaf
	s.finish()
	return s, nil
}

// written reads a text as the source has it.
func written(to *journal.Value) func(node) error {
	return func(n node) error {
		var s string
		err := text(&s, nil)(n)
		*to = journal.Text(s)
		return err
	}
}

// readRecord reads the record's fields. An age is in years unless it names its
// unit; it and the dates must be readable, since who writes them down can ask.
func (s *Statement) readRecord(n node) error {
	r := &s.Record
	return form{
		"name": written(&r.Name), "given": written(&r.Given), "family": written(&r.Family),
		"father": written(&r.Father), "other_names": written(&r.OtherNames),
		"sex": coding(&r.SexWritten, &r.Sex, register.CheckSex),
		"age": func(n node) error {
			if err := written(&r.AgeWritten)(n); err != nil {
				return err
			}
			a := readAge(r.AgeWritten.Text(), &Field{Unit: "years"})
			if a.doubt != "" {
				return n.errorf(`the age cannot be read; accepted: "17", "17-19", "0.5", "60+", "6 months", "3 days"`)
			}
			r.AgeLow, r.AgeHigh = a.low, a.high
			return nil
		},
		"birth":      dated(&r.BirthWritten, &r.Birth),
		"occupation": written(&r.Occupation), "nationality": written(&r.Nationality), "affiliation": written(&r.Affiliation),
		"child":  coding(&r.ChildWritten, &r.ChildFlag, func(c string) error { return register.CheckFlag("child", c) }),
		"status": written(&r.Status), "note": written(&r.Note), "raw": written(&r.Raw),
	}.readAll("record", n)
}

// coding reads a code, or {"written": "…", "code": "…"} where the source's own
// word is kept beside it.
func coding(as *journal.Value, to *string, check func(string) error) func(node) error {
	return readTwo(as, to, "code", func(n node) error { return text(to, check)(n) })
}

// dated reads a date, or {"written": "…", "date": "…"}.
func dated(as *journal.Value, to *string) func(node) error {
	return readTwo(as, to, "date", func(n node) error {
		var s string
		if err := text(&s, nil)(n); err != nil {
			return err
		}
		d := readDate(s, "iso", "")
		if d.doubt != "" {
			return n.errorf(`the date cannot be read for certain; accepted: "1992-02-26", "26.02.1992", "1992-02", "1992", or EDTF such as "1992-02-25/1992-02-26" or "1992~"`)
		}
		*to = d.text
		return nil
	})
}

// readTwo reads a value that stands alone, or beside the words of the source.
func readTwo(as *journal.Value, to *string, key string, read func(node) error) func(node) error {
	return func(n node) error {
		if n.kind == "object" {
			return form{"written": written(as), key: read}.read("it", n)
		}
		if err := read(n); err != nil {
			return err
		}
		*as = journal.Text(n.text)
		return nil
	}
}

// readOwn reads the fields of the case's own: name → text, as the source has it.
func (s *Statement) readOwn(n node) error {
	if n.kind != "object" {
		return n.errorf(`own is a %s; accepted: an object from the name of a field of the case's own to its text`, n.kind)
	}
	s.Own = []register.Extra{}
	for _, m := range n.members {
		x := register.Extra{Name: m.key}
		if err := written(&x.Written)(m.value); err != nil {
			return err
		}
		x.Value = oneLine(x.Written.Text())
		if err := register.CheckOwnName(m.key); err != nil {
			return m.value.wrap(err)
		}
		s.Own = append(s.Own, x)
	}
	slices.SortFunc(s.Own, func(a, b register.Extra) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

func (s *Statement) readHarms(n node) error {
	if n.kind != "list" {
		return n.errorf("harms is a %s; accepted: a list of objects", n.kind)
	}
	for _, item := range n.items {
		h := register.Harm{Number: len(s.Harms) + 1, Determination: "pending", Standard: "ns"}
		err := form{
			"code":     coding(&h.CodeWritten, &h.Code, register.CheckHarm),
			"incident": text(&h.Incident, func(id string) error { return register.CheckID("i", id) }),
			"date":     dated(&h.DateWritten, &h.Date), "end": dated(&h.EndWritten, &h.End),
			"place": func(n node) error {
				err := written(&h.PlaceWritten)(n)
				h.Place = oneLine(h.PlaceWritten.Text())
				return err
			},
			"cause":         coding(&h.CauseWritten, &h.Cause, register.CheckCause),
			"alleged":       written(&h.Alleged),
			"determination": text(&h.Determination, register.CheckDetermination),
			"standard":      text(&h.Standard, register.CheckStandard),
			"handling":      text(&h.Handling, register.CheckHandling),
		}.readAll(fmt.Sprintf("harm %d", h.Number), item)
		if err != nil {
			return err
		}
		if h.Code == "" && !h.CodeWritten.Present() {
			return item.errorf(`the harm has no "code"; accepted: a code such as "killed", or {"written": "…"} where what happened is not known`)
		}
		s.Harms = append(s.Harms, h)
	}
	return nil
}

// Keeping is the statement with what is closed to whoever wrote it, out of the
// record that it corrects.
func (s *Statement) Keeping(shut register.Shut, old register.Record, harms []register.Harm) (*Statement, error) {
	kept := *s
	kept.Harms = append([]register.Harm(nil), s.Harms...)
	if err := shut.KeepRecord(&kept.Record, old); err != nil {
		return nil, err
	}
	if err := shut.KeepHarms(kept.Harms, harms); err != nil {
		return nil, err
	}
	kept.finish()
	return &kept, nil
}

// finish computes what follows: the key of the name, and the rungs.
func (s *Statement) finish() {
	r := &s.Record
	if !r.Name.Present() {
		r.Name = journal.Optional(register.WholeName(r.Given.Text(), r.Father.Text(), r.Family.Text()))
	}
	r.NameFold = names.Key(r.Name.Text())
	var events []edtf.Date
	for i := range s.Harms {
		h := &s.Harms[i]
		if h.Handling == "" {
			h.Handling = r.Handling
		}
		h.SetRungs()
		if d, err := edtf.Parse(h.Date); err == nil {
			events = append(events, d)
		}
	}
	r.SetRungs(events...)
	register.Raise(r, s.Harms)
}
