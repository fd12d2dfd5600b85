// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"slices"
	"strings"

	"recount/casework"
	"recount/edtf"
	"recount/register"
	"recount/store"
)

// incidentsPage is the chronology of the case: incidents by what is known of
// when they were, those of no known date last.
type incidentsPage struct {
	base
	Incidents []incidentLine
	Pager     pager
}

// incidentLine is an incident in the chronology.
type incidentLine struct {
	register.Incident
	Kind   string
	Unsure bool   // its date is not a day that is known
	Year   string // set where a year begins in the list
}

func (s *Server) incidents(v *visit) error {
	p := &incidentsPage{base: v.base("nav.incidents")}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		list, err := r.Chronology(ctx, v.page())
		list, p.Pager = paged(v, list, func(x register.Incident) string { return x.Incident })
		year := ""
		for _, x := range list {
			line := incidentLine{Incident: x, Kind: v.code("incident", x.Kind), Unsure: !sureDay(x.When)}
			if y := yearOf(x.When); y != year {
				year, line.Year = y, y
				if y == "" {
					line.Year = v.words.T("incidents.undated")
				}
			}
			p.Incidents = append(p.Incidents, line)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// sureDay reports whether a date is one day, without doubt.
func sureDay(when string) bool {
	d, err := edtf.Parse(when)
	if err != nil {
		return false
	}
	return len(when) == len("2031-01-02") && !d.Uncertain() && !d.Approximate()
}

// yearOf is the year in which a date begins, as it is written; "" for none.
func yearOf(when string) string {
	y, _, _ := strings.Cut(strings.TrimLeft(when, "["), "-")
	if len(y) < 4 {
		return ""
	}
	return strings.TrimRight(y[:4], "?~%/")
}

// incidentPage is one incident: what is said of it, what happened within it,
// and the records whose harms are tied to it.
type incidentPage struct {
	base
	Incident register.Incident
	Kind     string
	Context  string
	Parent   link
	Within   []register.Incident
	Records  []recordLine
	More     string // where the rest of the records are
	History  []store.EntryLine
}

func (s *Server) incident(v *visit) error {
	id := v.PathValue("incident")
	p := &incidentPage{}
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		if p.Incident, err = r.Incident(ctx, id); err != nil {
			return err
		}
		p.Kind, p.Context = v.code("incident", p.Incident.Kind), v.code("context", p.Incident.Context)
		if p.Incident.Parent != "" {
			parent, err := r.Incident(ctx, p.Incident.Parent)
			if err != nil {
				return err
			}
			p.Parent = link{Text: parent.Title, To: v.link("incidents", parent.Incident)}
		}
		if p.Within, err = r.IncidentsWithin(ctx, id, store.Page{Limit: perPage}); err != nil {
			return err
		}
		list, err := r.Records(ctx, store.RecordFilter{Incident: id}, v.page())
		if err != nil {
			return err
		}
		list, pages := paged(v, list, func(x store.Record) string { return x.Leaf.String() })
		p.More = pages.Next
		if p.Records, err = v.recordLines(ctx, r, list); err != nil {
			return err
		}
		p.History, err = r.History(ctx, id)
		slices.Reverse(p.History)
		return err
	})
	if err != nil {
		return err
	}
	p.base = v.baseNamed(p.Incident.Title)
	return s.show(v, p)
}

// incidentFormPage is the form of an incident, new or described anew.
type incidentFormPage struct {
	base
	Closed string // which fields are closed to the visitor, and stay as they are
	Form   form
}

// incidentAsked are the fields of the form, and which are left out of that of an
// incident that is there.
func (v *visit) incidentAsked(x register.Incident) (groups []group, closed string, err error) {
	groups = v.incidentFields(x)
	if x.Incident == "" {
		return groups, "", nil
	}
	shut, err := v.shut()
	return withoutClosed(groups, shut), v.closedNames(shut, groups), err
}

func (v *visit) incidentFields(x register.Incident) []group {
	b := base{Language: v.words}
	label := func(name string) string { return v.words.T("incidents." + name) }
	notSaid := option{Text: v.words.T("not-said")}
	return []group{
		{Fields: []field{
			field{Name: "title", Label: label("title"), Hint: label("title.hint"), Required: true}.with(x.Title),
			field{Name: "kind", Label: label("kind"), Kind: "choose", Options: b.codes("incident", register.IncidentKinds(), "")}.with(x.Kind),
		}},
		{Title: label("when"), Fields: []field{
			field{Name: "when_written", Label: label("when-written"), Hint: label("when-written.hint")}.with(x.WhenWritten),
			field{Name: "when", Label: label("when-read"), Hint: label("when-read.hint")}.with(x.When),
		}},
		{Title: label("where"), Fields: []field{
			field{Name: "place_written", Label: label("place-written")}.with(x.PlaceWritten),
			field{Name: "place", Label: label("place-read"), Hint: label("place-read.hint")}.with(x.Place),
		}},
		{Title: label("more"), Folded: true, Fields: []field{
			field{Name: "context", Label: label("context"), Kind: "choose", Options: append([]option{notSaid}, b.codes("context", register.Contexts(), "")...)}.with(x.Context),
			field{Name: "parent", Label: label("parent"), Hint: label("parent.hint")}.with(x.Parent),
			field{Name: "note", Label: label("note"), Kind: "long"}.with(x.Note),
		}},
	}
}

func (s *Server) newIncident(v *visit) error {
	return s.incidentForm(v, register.Incident{Kind: "unknown"}, -1)
}

func (s *Server) editIncident(v *visit) error {
	id := v.PathValue("incident")
	var x register.Incident
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		x, err = r.Incident(ctx, id)
		return err
	})
	if err != nil {
		return err
	}
	newest, _, err := v.newest(id, -1)
	if err != nil {
		return err
	}
	return s.incidentForm(v, x, newest.Seq)
}

func (s *Server) incidentForm(v *visit, x register.Incident, from int64) error {
	groups, closed, err := v.incidentAsked(x)
	if err != nil {
		return err
	}
	f, err := v.form("incident", x.Incident, groups...)
	if err != nil {
		return err
	}
	f.setBase(v, from)
	f.Action = v.link("incidents")
	title := v.base("incidents.new")
	if x.Incident != "" {
		f.Action, title = v.link("incidents", x.Incident), v.baseNamed(x.Title)
	}
	return s.show(v, &incidentFormPage{base: title, Closed: closed, Form: f})
}

func (s *Server) describeIncident(v *visit) error {
	id := v.PathValue("incident")
	x := register.Incident{
		Incident: id, Title: v.text("title"), Kind: v.text("kind"), WhenWritten: v.text("when_written"), When: v.text("when"),
		PlaceWritten: v.text("place_written"), Place: v.text("place"), Context: v.text("context"), Parent: v.text("parent"), Note: v.text("note"),
	}
	err := v.stillClosed()
	if err == nil {
		var done casework.Done
		if done, err = v.deskFor(id).DescribeIncident(v.Context(), x, v.why()); err == nil {
			return v.sent("incident", id, v.link("incidents", done.ID), "incident")
		}
	}
	groups, closed, formErr := v.incidentAsked(x)
	if formErr != nil {
		return formErr
	}
	f, formErr := v.form("incident", id, groups...)
	if formErr != nil {
		return formErr
	}
	handled, staleErr := s.ifStale(v, err, f, func(size int64) (map[string]string, error) {
		return asFields(v, size, func(ctx context.Context, r store.Reader) ([]group, error) {
			x, err := r.Incident(ctx, id)
			return v.incidentFields(x), err
		})
	})
	if handled {
		return staleErr
	}
	if !f.refuse(v, err) {
		return err
	}
	return s.show(v, &incidentFormPage{base: v.base("incidents.new"), Closed: closed, Form: f})
}
