// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"recount/derive"
	"recount/fault"
	"recount/intake"
	"recount/intake/mapping"
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
	Dates      []option
	Calendars  []option
	Harms      []option
	Editions   []option // lists that this one may be a later edition of
	Unknown    string
	Empty      string // address of the form without what is proposed, "" nothing is
	Problem    string
	Understood *intake.Understood
	Mapping    string // as the file that is kept with the import
	Handing    string // basis and handling of records stand in the form
}

// rowsLookedAt is how many rows are looked at for the values of a column.
const rowsLookedAt = 1000

// newList shows a list's columns and asks what they mean.
func (s *Server) newList(v *visit) error { return s.listForm(v, nil, nil) }

// list reads what was chosen: a look at the columns, a preview, or the import.
func (s *Server) list(v *visit) error {
	if v.text("step") == "columns" {
		return s.listForm(v, nil, nil)
	}
	x, t, err := s.listTable(v)
	if err != nil {
		return err
	}
	m, err := v.mapping(t)
	if err != nil {
		return s.listForm(v, err, nil)
	}
	if v.text("step") == "import" {
		return s.importList(v, x, m)
	}
	u, err := v.desk().Clerk().PreviewExhibit(v.Context(), intake.Order{Exhibit: x.Exhibit, Source: v.text("source"), Mapping: m, EditionOf: v.text("edition_of")})
	if err != nil {
		return s.listForm(v, toldError(err), nil)
	}
	return s.listForm(v, nil, &u)
}

// toldError lets the person who brings a list see the value that was refused.
func toldError(err error) error {
	var refusal *table.Refusal
	if errors.As(err, &refusal) {
		return fmt.Errorf("%w: %s", fault.Invalid, refusal.Tell())
	}
	return err
}

// listTable is the exhibit and the beginning of its table, by the form's sheet and header row.
func (s *Server) listTable(v *visit) (x register.Exhibit, t derive.Table, err error) {
	err = v.read(func(ctx context.Context, r store.Reader) (err error) {
		x, err = r.Exhibit(ctx, v.text("exhibit"))
		return err
	})
	if err != nil {
		return x, t, err
	}
	open, err := v.opener(x)
	if err != nil {
		return x, t, err
	}
	t, err = s.derive.Table(v.Context(), x.Object, open, v.text("sheet"), 1, rowsLookedAt)
	if err != nil {
		return x, t, err
	}
	if t.Named {
		return x, t, nil
	}
	header := int(v.whole("header_row", int64(max(1, t.HeaderRow))))
	if header == 0 && t.HeaderRow > 0 {
		t.Rows = append([]derive.Row{{Number: t.HeaderRow, Cells: t.Header}}, t.Rows...)
		t.HeaderRow, t.Header = 0, nil
		for _, c := range table.Lettered(len(t.Rows[0].Cells)) {
			t.Header = append(t.Header, c.Name)
		}
	}
	if header != t.HeaderRow {
		for i, row := range t.Rows {
			if row.Number == header {
				t.HeaderRow, t.Header, t.Rows = header, row.Cells, t.Rows[i+1:]
				return x, t, nil
			}
		}
		return x, t, fmt.Errorf("%w: row %d of the list is blank or not among its first %d; accepted: the row with the names of the columns, or 0 where there is none", fault.Invalid, header, rowsLookedAt)
	}
	return x, t, nil
}

func (s *Server) listForm(v *visit, refused error, u *intake.Understood) error {
	x, t, err := s.listTable(v)
	if err != nil {
		return err
	}
	proposed, isProposed := v.propose(t)
	p := &listPage{base: v.base("lists.title"), Exhibit: x, Sheets: t.Sheets, Sheet: t.Sheet, HeaderRow: int64(t.HeaderRow), Named: t.Named, Columns: v.columns(t), Unknown: v.text("unknown"), Understood: u}
	if p.Sources, err = v.sourceOptions(); err != nil {
		return err
	}
	if isProposed {
		p.whyProposed(proposed)
	}
	source := v.text("source")
	if source == "" {
		source = x.Source
	}
	p.Sources = field{Options: p.Sources}.with(source).Options
	if p.Editions, err = v.earlierLists(x.Exhibit); err != nil {
		return err
	}
	for _, order := range []string{"", "dmy", "mdy", "ymd"} {
		name := order
		if order == "" {
			name = "iso"
		}
		p.Dates = append(p.Dates, option{order, v.words.T("lists.dates." + name), order == v.text("dates")})
	}
	for _, calendar := range []string{"", "julian", "hijri", "solar-hijri"} {
		name := calendar
		if calendar == "" {
			name = "gregorian"
		}
		p.Calendars = append(p.Calendars, option{calendar, v.words.T("lists.calendar." + name), calendar == v.text("calendar")})
	}
	p.Harms = append([]option{{Text: v.words.T("lists.harm-by-column")}}, p.codes("harm", register.HarmCodes(), v.text("harm_of_all"))...)
	if refused != nil {
		if !errors.Is(refused, fault.Invalid) && !errors.Is(refused, fault.Conflict) {
			return refused
		}
		v.status, p.Problem = http.StatusUnprocessableEntity, refused.Error()
	}
	if u != nil {
		m, err := v.mapping(t)
		if err != nil {
			return err
		}
		raw, err := m.JSON()
		if err != nil {
			return err
		}
		p.Mapping = string(raw)
	}
	return s.show(v, p)
}

// importList imports as a job: a long list takes longer than a request may.
func (s *Server) importList(v *visit, x register.Exhibit, m *mapping.Mapping) error {
	clerk, why := v.desk().Clerk(), v.why().Act()
	source, accept, another, editionOf := v.text("source"), v.text("accept_refused") != "", v.text("another_edition") != "", v.text("edition_of")
	id, err := s.jobs.start(v, "import", func(ctx context.Context, tell func(string, int64, int64)) (any, error) {
		receipt, err := clerk.Import(ctx, intake.Order{
			Act: why, Exhibit: x.Exhibit, Source: source, Mapping: m, AcceptRefused: accept, Another: another, EditionOf: editionOf,
			Progress: func(p intake.Progress) { tell(p.Stage, p.Rows, p.Of) },
		})
		return receipt, toldError(err)
	})
	if err != nil {
		return err
	}
	return v.goTo(v.link("jobs", id))
}

// receiptPage says what an import has done.
type receiptPage struct {
	base
	Receipt intake.Receipt
}

// refusedJobPage says why long work was not done, and holds the form that asked for it.
type refusedJobPage struct {
	base
	Detail string
	Typed  []typed
	Send   string
}

// jobFailed says why work was not done. What was typed is kept.
func (s *Server) jobFailed(v *visit, one job) error {
	if !errors.Is(one.err, fault.Invalid) && !errors.Is(one.err, fault.Conflict) {
		return one.err
	}
	v.status = fault.HTTPStatus(one.err)
	p := &refusedJobPage{base: v.base("job.refused"), Detail: one.err.Error(), Send: v.link("lists")}
	if one.what == "link" {
		p.Send = v.link("persons", "link")
	}
	for _, t := range one.typed {
		if t.Name == "step" {
			t.Value = "columns"
		}
		p.Typed = append(p.Typed, t)
	}
	return s.show(v, p)
}

// jobEnded shows what came of work.
func (s *Server) jobEnded(v *visit, one job) error {
	switch result := one.result.(type) {
	case intake.Receipt:
		return s.show(v, &receiptPage{base: v.base("lists.receipt"), Receipt: result})
	case linkedResult:
		return s.showLinked(v, result)
	}
	return fmt.Errorf("no page shows the result of %s", one.what)
}
