// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"

	"recount/fault"
	"recount/intake"
	"recount/intake/mapping"
	"recount/intake/table"
	"recount/register"
)

// rowsLookedAt is how many rows are looked at for the values of a column.
const rowsLookedAt = 1000

// newList shows a list's columns and asks what they mean.
func (s *Server) newList(v *visit) error { return s.listForm(v, nil, nil) }

// list reads what was chosen: a look at the columns, a mapping to begin from, a
// preview, the mapping as a file, or the import.
func (s *Server) list(v *visit) error {
	step := v.text("step")
	if step == "columns" || step == "take" || step == "write" {
		return s.listForm(v, nil, nil)
	}
	x, err := v.listed()
	if err != nil {
		return err
	}
	f, err := s.wizard(v, x)
	if err != nil {
		return s.listForm(v, err, nil)
	}
	m, err := f.mapping(v)
	if err != nil {
		return s.listForm(v, err, nil)
	}
	switch step {
	case "import":
		return s.importList(v, x, m)
	case "download":
		return v.sendMapping(m)
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
	if err := v.room.DropDraft(v.Context(), v.who.ID, "list", x.Exhibit); err != nil {
		s.Log.Warn("a draft stayed", "form", "list", "error", err.Error())
	}
	return v.goTo(v.link("jobs", id))
}

// receiptPage says what an import has done.
type receiptPage struct {
	base
	Receipt intake.Receipt
	Closed  []string // fields of all records that it closed
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
		return s.show(v, &receiptPage{base: v.base("lists.receipt"), Receipt: result, Closed: v.closing(result.Closed)})
	case linkedResult:
		return s.showLinked(v, result)
	}
	return fmt.Errorf("no page shows the result of %s", one.what)
}
