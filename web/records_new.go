// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"recount/intake/mapping"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// recordFormPage enters a record from a place in an exhibit, with the words
// that stand there in view.
type recordFormPage struct {
	base
	Citation register.Citation // the place; Citation "" where the whole exhibit is it
	Exhibit  link
	Where    string
	Corrects string // leaf of the record that this one corrects
	Closed   string // which fields are closed to the visitor, and stay as they are
	Form     form
}

// place is what a record is cited to.
type place struct {
	citation register.Citation
	exhibit  register.Exhibit
	scheme   string
	pinpoint string
	corrects string
}

// place reads from the address, or from the form, where a record is entered from.
func (v *visit) place() (p place, err error) {
	err = v.read(func(ctx context.Context, r store.Reader) (err error) {
		exhibit := v.text("exhibit")
		if id := v.text("citation"); id != "" {
			if p.citation, err = r.Citation(ctx, id); err != nil {
				return err
			}
			exhibit, p.scheme, p.pinpoint = p.citation.Exhibit, p.citation.Scheme, p.citation.Pinpoint
		}
		if leaf := v.text("supersedes"); leaf != "" {
			old, err := v.recordAt(ctx, r, leaf)
			if err != nil {
				return err
			}
			p.corrects = leaf
			if exhibit == "" {
				exhibit, p.pinpoint = old.Said.Exhibit, old.Said.Pinpoint
			}
		}
		p.exhibit, err = r.Exhibit(ctx, exhibit)
		return err
	})
	return p, err
}

func (v *visit) recordAt(ctx context.Context, r store.Reader, leaf string) (store.Record, error) {
	l, err := journal.ParseLeaf(leaf)
	if err != nil {
		return store.Record{}, err
	}
	return r.Record(ctx, l)
}

func (s *Server) newRecord(v *visit) error { return s.recordForm(v, nil) }

func (s *Server) recordForm(v *visit, refused error) error {
	at, err := v.place()
	if err != nil {
		return err
	}
	groups, err := v.recordFields(at)
	if err != nil {
		return err
	}
	closed := ""
	if at.corrects != "" {
		shut, err := v.shut()
		if err != nil {
			return err
		}
		closed, groups = v.closedNames(shut, groups), withoutClosed(groups, shut)
	}
	f, err := v.form("record", at.exhibit.Exhibit+" "+at.citation.Citation+at.corrects, groups...)
	if err != nil {
		return err
	}
	f.Action = v.link("records")
	if refused != nil && !f.refuse(v, refused) {
		return refused
	}
	p := &recordFormPage{base: v.base("records.new"), Citation: at.citation, Corrects: at.corrects, Closed: closed, Form: f}
	p.Exhibit = link{Text: at.exhibit.Title, To: v.link("exhibits", at.exhibit.Exhibit)}
	if at.scheme != "" {
		p.Where = v.where(at.scheme, at.pinpoint)
	}
	return s.show(v, p)
}

// harmsAtOnce is how many harms the form of a record has room for.
const harmsAtOnce = 3

func (v *visit) recordFields(at place) ([]group, error) {
	b := base{Language: v.words}
	sources, err := v.sourceOptions()
	if err != nil {
		return nil, err
	}
	said := func(name string) field { return field{Name: name, Label: v.words.T("field." + name)} }
	notSaid := option{Text: v.words.T("not-said")}
	choose := func(name, set string, codes []register.Code) field {
		return field{Name: name, Label: v.words.T("records.form." + name), Kind: "choose", Options: append([]option{notSaid}, b.codes(set, codes, "")...)}
	}
	hinted := func(f field, key string) field { f.Hint = v.words.T("records.form." + key); return f }
	pinpoint := at.pinpoint
	if at.scheme != "" {
		pinpoint = at.scheme + " " + at.pinpoint
	}
	groups := []group{
		{Fields: []field{
			field{Name: "exhibit", Kind: "hidden"}.with(at.exhibit.Exhibit), field{Name: "citation", Kind: "hidden"}.with(at.citation.Citation),
			field{Name: "supersedes", Kind: "hidden"}.with(at.corrects),
			field{Name: "source", Label: v.words.T("records.says"), Kind: "choose", Options: sources, Required: true}.with(at.exhibit.Source),
			field{Name: "pinpoint", Label: v.words.T("records.form.pinpoint"), Hint: v.words.T("records.form.pinpoint.hint"), Required: true}.with(pinpoint),
		}},
		{Title: v.words.T("records.form.who"), Fields: []field{
			hinted(said("name"), "name.hint"), said("given"), said("family"), said("father"), said("other_names"),
		}},
		{Title: v.words.T("records.form.what-is-known"), Fields: []field{
			hinted(said("sex"), "written.hint"), choose("sex_code", "sex", register.SexCodes()),
			hinted(said("age"), "age.hint"), hinted(said("birth"), "date.hint"),
			choose("child", "yes-no", register.YesNo()),
		}},
	}
	for n := range harmsAtOnce {
		groups = append(groups, v.harmFields(n+1, choose, hinted))
	}
	return append(groups, group{Title: v.words.T("records.form.more"), Folded: true, Fields: []field{
		said("occupation"), said("nationality"), said("affiliation"), said("status"), {Name: "note", Label: v.words.T("field.note"), Kind: "long"},
	}}), nil
}

func (v *visit) harmFields(n int, choose func(string, string, []register.Code) field, hinted func(field, string) field) group {
	numbered := func(f field) field { f.Name = "harm" + strconv.Itoa(n) + "_" + f.Name; return f }
	said := func(name string) field { return field{Name: name, Label: v.words.T("field." + name)} }
	return group{Title: v.words.T("records.form.harm", "n", n), Folded: n > 1, Fields: []field{
		numbered(choose("code", "harm", register.HarmCodes())),
		numbered(hinted(field{Name: "code_written", Label: v.words.T("field.harm")}, "written.hint")),
		numbered(hinted(said("date"), "date.hint")), numbered(said("place")),
		numbered(choose("cause", "cause", register.CauseCodes())), numbered(hinted(said("alleged"), "alleged.hint")),
		numbered(hinted(said("incident"), "incident.hint")),
	}}
}

// addRecord records what was entered, by the same file that the command takes:
// what is accepted, and why not, is said in one place.
func (s *Server) addRecord(v *visit) error {
	statement, err := v.statement()
	if err != nil {
		return s.recordForm(v, err)
	}
	if err := v.stillClosed(); err != nil {
		return s.recordForm(v, err)
	}
	added, err := v.desk().Clerk().AddRecord(v.Context(), statement, v.why().Act())
	if err != nil {
		return s.recordForm(v, err)
	}
	at := v.text("exhibit") + " " + v.text("citation") + v.text("supersedes")
	return v.sent("record", at, v.link("records", added.Leaf.String()), "record")
}

// statement is the form as the file of a record (docs/mapping.md, "A record
// written by hand").
func (v *visit) statement() (*mapping.Statement, error) {
	record := map[string]any{}
	for _, name := range []string{"name", "given", "family", "father", "other_names", "age", "birth", "occupation", "nationality", "affiliation", "status", "note", "child"} {
		if s := v.text(name); s != "" {
			record[name] = s
		}
	}
	if x := twofold(v.text("sex"), "code", v.text("sex_code")); x != nil {
		record["sex"] = x
	}
	harms := []any{}
	for n := range harmsAtOnce {
		if h := v.harmSaid("harm" + strconv.Itoa(n+1) + "_"); len(h) > 0 {
			harms = append(harms, h)
		}
	}
	file := map[string]any{
		"format": mapping.StatementFormat, "source": v.text("source"), "exhibit": v.text("exhibit"), "pinpoint": v.text("pinpoint"),
		"record": record, "harms": harms,
	}
	for _, name := range []string{"supersedes", "basis", "handling"} {
		if s := v.text(name); s != "" {
			file[name] = s
		}
	}
	raw, err := json.Marshal(file)
	if err != nil {
		return nil, fmt.Errorf("the form of a record: %w", err)
	}
	return mapping.ParseStatement(raw)
}

func (v *visit) harmSaid(prefix string) map[string]any {
	h := map[string]any{}
	for _, name := range []string{"date", "place", "cause", "alleged", "incident"} {
		if s := v.text(prefix + name); s != "" {
			h[name] = s
		}
	}
	if x := twofold(v.text(prefix+"code_written"), "code", v.text(prefix+"code")); x != nil {
		h["code"] = x
	}
	return h
}

// twofold is a code with the words of the source beside it, either, or nothing.
func twofold(written, key, code string) any {
	switch {
	case written == "" && code == "":
		return nil
	case written == "":
		return code
	case code == "":
		return map[string]any{"written": written}
	}
	return map[string]any{"written": written, key: code}
}
