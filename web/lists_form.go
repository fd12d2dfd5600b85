// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"

	"recount/consent"
	"recount/derive"
	"recount/fault"
	"recount/intake"
	"recount/intake/mapping"
	"recount/intake/revise"
	"recount/intake/table"
	"recount/register"
	"recount/store"
)

// listPage says what the columns of a list mean, shows what is understood, and
// imports it.
type listPage struct {
	base
	Exhibit    register.Exhibit
	Sheets     []derive.Sheet
	Sheet      string
	HeaderRow  int64
	Named      bool // the columns have names of their own: there is no header to choose
	Columns    []column
	Sources    []option
	Rows       []option // what a row is
	Dates      []option
	Calendars  []option
	Encodings  []option
	HowMany    []option // harms of a row
	Harms      []harmOfAll
	Editions   []option // lists that this one may be a later edition of
	Earlier    []option // lists with whose mapping the form can begin
	Chosen     revise.Choices
	Began, Was string // the mapping that the form began with; the sheet that it names, or that was shown
	WasHeader  string
	WasAct     act // the basis and handling that were shown
	Kept       []keptLine
	Known      string    // the kind of list that it is, "" for any
	Lost       string    // what its mapping cannot take
	Like       string    // the list with whose mapping it began
	Taken      bool      // it began with the mapping that was typed
	Empty      string    // address of the form without what is proposed, "" nothing is
	Found      time.Time // when the draft that fills the form was kept; zero: there is none
	File       string    // a mapping that is typed
	Problem    string
	FileWrong  string // why the mapping that is typed is none
	Understood *intake.Understood
	Closes     []string // fields of all records that would be more closed
	Mapping    string   // as the file that is kept with the import
	Ways       []option // in which consent was given
	Accept     bool
	Another    bool
	Consent    bool // something is said of the question for consent
	More       bool // something is said of how the list is put together
}

// harmOfAll asks which code of a harm all rows have.
type harmOfAll struct {
	Name, Label string
	Options     []option
}

// column is a column of a list in the form that says what it means.
type column struct {
	Number  int
	Key     string // as a mapping names it
	Samples []string
	Meaning []optionGroup
	Also    []optionGroup
	Choice  revise.Choice
	Classes []option
	Asked   []string      // the values for which codes can be chosen
	Repeat  string        // it is one of the numbered columns of this name
	Why     string        // it is proposed, or not
	Check   bool          // what is proposed may be wrong
	Values  []columnValue // of a coded column: what stands in it, and which code it is
}

// More reports whether more is said of the column than what it means.
func (c column) More() bool {
	x := c.Choice
	return x.Also != "" || x.Class != "" || x.Identifier || x.Key || x.Fill || x.Rows
}

// columnValue is a value that stands in a coded column.
type columnValue struct {
	Value string
	Codes []option
}

// listForm shows the form: as it begins, or as it was sent and with what came of it.
func (s *Server) listForm(v *visit, refused error, u *intake.Understood) error {
	x, err := v.listed()
	if err != nil {
		return err
	}
	b, err := s.begin(v, x)
	if err != nil {
		return err
	}
	w, err := s.wizard(v, x)
	if err != nil && errors.Is(err, fault.Invalid) && v.Form.Has("began") && !v.Form.Has("was_sheet") {
		// The mapping names a sheet or a row that this list has not: it begins at the list's own.
		refused = err
		v.Form.Set("was_sheet", v.text("sheet"))
		v.Form.Set("was_header_row", v.text("header_row"))
		v.Form.Del("sheet")
		v.Form.Del("header_row")
		w, err = s.wizard(v, x)
	}
	if err != nil {
		return err
	}
	p := &listPage{base: v.base("lists.title"), Exhibit: x, Understood: u, Like: b.Like, Taken: b.Taken, File: v.text("file"), Found: b.Draft.Changed}
	p.Act = act{v.Form.Get("reason"), v.Form.Get("basis"), v.Form.Get("handling")}
	p.fill(v, w)
	if err := p.choices(v, w, x); err != nil {
		return err
	}
	if err := p.problems(v, w, b, refused); err != nil {
		return err
	}
	if p.Known = b.Known.Name; p.Known != "" {
		p.Known, p.Lost = v.words.T("lists.known."+b.Known.Name), v.words.T("lists.lost."+b.Known.Name)
	}
	if b.Proposed != nil {
		p.whyProposed(*b.Proposed)
	}
	if b.Proposed != nil || p.Known != "" {
		p.Empty = p.Query(p.Query(p.To("lists", "new"), "exhibit", x.Exhibit), "empty", "1")
	}
	if u != nil {
		p.Closes = v.closing(u.Closes)
		m, err := w.mapping(v)
		if err != nil {
			return err
		}
		if p.Mapping, err = indented(m); err != nil {
			return err
		}
	}
	return s.show(v, p)
}

// fill shows what was chosen.
func (p *listPage) fill(v *visit, w wizard) {
	t, c := w.table, w.chosen
	p.Sheets, p.Sheet, p.HeaderRow, p.Named, p.Began, p.Chosen = t.Sheets, t.Sheet, int64(t.HeaderRow), t.Named, w.began, c
	if p.Was, p.WasHeader = v.text("was_sheet"), v.text("was_header_row"); !v.Form.Has("was_sheet") {
		p.Was, p.WasHeader = t.Sheet, strconv.Itoa(t.HeaderRow)
	}
	if p.WasAct = (act{Basis: v.text("was_basis"), Handling: v.text("was_handling")}); !v.Form.Has("was_handling") {
		p.WasAct = act{Basis: shownOf(p.Bases()), Handling: shownOf(p.Handlings())}
	}
	p.Kept = v.keptLines(slices.DeleteFunc(w.kept, func(k revise.Kept) bool {
		return k.What == "handling" && k.Name == p.WasAct.Handling || k.What == "basis" && k.Name == p.WasAct.Basis
	}))
	p.Accept, p.Another = v.text("accept_refused") != "", v.text("another_edition") != ""
	p.Ways = append([]option{{Text: v.words.T("not-said")}}, p.codes("way", consent.Ways(), c.Way)...)
	p.Consent = c.Uses+c.ExplainedBy+c.Language+c.Explained+c.Way+c.ObtainedBy != ""
	p.More = c.Sections+c.HeaderRows+c.Encoding != "" || c.Row != mapping.RowPerson
	harms := w.harms(v)
	for n, key := range w.of.Columns {
		x := column{Number: n, Key: key, Choice: c.Columns[key], Asked: w.of.Values[key]}
		x.Meaning, x.Also = v.meanings(c.Row, harms, x.Choice.Means), v.alsoMeanings(c.Row, harms, x.Choice.Also)
		x.Samples = x.Asked[:min(4, len(x.Asked))]
		x.Classes = p.classes(x.Choice.Class)
		for _, r := range w.base.Repeats {
			if r.Numbers(key) {
				x.Repeat = r.Name
			}
		}
		if revise.Coded(x.Choice.Means) {
			for _, value := range x.Asked {
				x.Values = append(x.Values, columnValue{value, v.codeOptions(x.Choice.Means, x.Choice.Codes[value])})
			}
		}
		p.Consent = p.Consent || x.Choice.Means == "consent.answer" || x.Choice.Means == "consent.date"
		p.Columns = append(p.Columns, x)
	}
	for n := range harms {
		name := []string{"harm_of_all", "harm2_of_all", "harm3_of_all"}[n]
		label := v.words.T("lists.harm-of-all")
		if n > 0 {
			label = v.words.T("lists.harm-n-of-all", "n", n+1)
		}
		options := p.codes("harm", register.HarmCodes(), c.All[n])
		if c.All[n] != "" && !slices.ContainsFunc(options, func(o option) bool { return o.Chosen }) {
			options = append(options, option{c.All[n], c.All[n], true})
		}
		p.Harms = append(p.Harms, harmOfAll{name, label, append([]option{{Text: v.words.T("lists.harm-by-column")}}, options...)})
	}
	for n := 1; n <= revise.Harms; n++ {
		p.HowMany = append(p.HowMany, option{strconv.Itoa(n), v.words.Number(int64(n)), n == harms})
	}
}

// classes are what the values of a column can be closed to.
func (p *listPage) classes(chosen string) []option {
	all := append([]option{{Text: p.T("lists.class.none")}}, p.Handlings()...)
	found := false
	for i := range all {
		all[i].Chosen = all[i].Value == chosen
		found = found || all[i].Chosen
	}
	if !found { // a compartment that the visitor is no member of
		all = append(all, option{chosen, p.Code("handling", chosen, ""), true})
	}
	return all
}

// closing says which fields a mapping closes to whom.
func (v *visit) closing(all []mapping.FieldClass) (said []string) {
	for _, x := range all {
		said = append(said, v.words.T("lists.closes.one", "field", v.fieldName(x.Field), "who", v.handlingOf("field", x.Handling, v.compartmentNames())))
	}
	return said
}

// shownOf is the option that a browser shows.
func shownOf(options []option) string {
	return options[max(0, slices.IndexFunc(options, func(o option) bool { return o.Chosen }))].Value
}

// harms is how many harms of a row the form asks for.
func (w wizard) harms(v *visit) int {
	if w.chosen.Row == mapping.RowGroup {
		return 1
	}
	n := max(1, min(revise.Harms, len(w.base.Harms)), min(revise.Harms, int(v.whole("harms", 1))))
	for _, c := range w.chosen.Columns {
		for i, before := range []string{"harm2.", "harm3."} {
			if len(c.Means) > len(before) && c.Means[:len(before)] == before {
				n = max(n, i+2)
			}
		}
	}
	return n
}

// choices are what can be chosen of the list as a whole.
func (p *listPage) choices(v *visit, w wizard, x register.Exhibit) (err error) {
	c := w.chosen
	if p.Sources, err = v.sourceOptions(); err != nil {
		return err
	}
	source := v.text("source")
	if source == "" {
		source = x.Source
	}
	p.Sources = field{Options: p.Sources}.with(source).Options
	if p.Editions, err = v.earlierLists(x.Exhibit); err != nil {
		return err
	}
	if len(p.Editions) > 0 {
		p.Earlier = field{Options: p.Editions[1:]}.with(v.text("like")).Options
	}
	for _, row := range []string{mapping.RowPerson, mapping.RowGroup, mapping.RowRecord} {
		if row != mapping.RowRecord || c.Row == row {
			p.Rows = append(p.Rows, option{row, v.words.T("lists.row." + row), row == c.Row})
		}
	}
	orders, calendars := revise.Orders(), revise.Calendars()
	if w.shown.Dates == revise.AsItStands {
		orders = append(orders, revise.AsItStands)
	}
	if w.shown.Calendar == revise.AsItStands {
		calendars = append(calendars, revise.AsItStands)
	}
	for _, order := range orders {
		name := order
		if order == "" {
			name = "iso"
		}
		p.Dates = append(p.Dates, option{order, v.words.T("lists.dates." + name), order == c.Dates})
	}
	for _, calendar := range calendars {
		name := calendar
		if calendar == "" {
			name = "gregorian"
		}
		p.Calendars = append(p.Calendars, option{calendar, v.words.T("lists.calendar." + name), calendar == c.Calendar})
	}
	p.Encodings = []option{{Text: v.words.T("lists.encoding.own")}}
	for _, name := range table.Encodings() {
		p.Encodings = append(p.Encodings, option{name, name, name == c.Encoding})
	}
	return nil
}

// problems says why something was not taken. What was typed stays.
func (p *listPage) problems(v *visit, w wizard, b begun, refused error) error {
	if b.Problem != nil {
		if !errors.Is(b.Problem, fault.Invalid) {
			return b.Problem
		}
		v.status, p.FileWrong = http.StatusUnprocessableEntity, b.Problem.Error()
	}
	if refused != nil {
		if !errors.Is(refused, fault.Invalid) && !errors.Is(refused, fault.Conflict) {
			return refused
		}
		v.status, p.Problem = http.StatusUnprocessableEntity, refused.Error()
	}
	if v.text("step") == "write" {
		m, err := w.changed(v)
		if err != nil {
			v.status, p.Problem = http.StatusUnprocessableEntity, err.Error()
			return nil
		}
		p.File, err = indented(m)
		return err
	}
	if v.text("step") == "take" && p.FileWrong == "" {
		p.File = ""
	}
	return nil
}

// indented is a mapping as people read and write it.
func indented(m *mapping.Mapping) (string, error) {
	raw, err := m.JSON()
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return "", fmt.Errorf("writing the mapping: %w", err)
	}
	return b.String(), nil
}

// sendMapping sends a mapping as a file.
func (v *visit) sendMapping(m *mapping.Mapping) error {
	text, err := indented(m)
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(text)+1))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "mapping.json"}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if _, err := v.w.Write([]byte(text + "\n")); err != nil {
		return errDone // the reader went away
	}
	return nil
}

// listMapping sends the mapping by which a list was imported.
func (s *Server) listMapping(v *visit) error {
	_, m, err := v.importedBy(v.PathValue("exhibit"))
	if err != nil {
		return err
	}
	return v.sendMapping(m)
}

// importedBy is the mapping by which the list in an exhibit was imported last, and
// the exhibit's title, for who may see both.
func (v *visit) importedBy(exhibit string) (title string, m *mapping.Mapping, err error) {
	err = v.read(func(ctx context.Context, r store.Reader) error {
		x, err := r.Exhibit(ctx, exhibit)
		if err != nil {
			return err
		}
		title = x.Title
		lists, err := r.Imports(ctx, store.ImportFilter{Exhibit: exhibit})
		if err != nil {
			return err
		}
		slices.Reverse(lists)
		at := slices.IndexFunc(lists, func(x store.Imported) bool { return x.List })
		if at < 0 {
			return fmt.Errorf("%w: no list was imported from this exhibit", fault.NotFound)
		}
		m, err = mapping.Parse([]byte(lists[at].Mapping))
		return err
	})
	return title, m, err
}
