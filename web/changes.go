// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"recount/access"
	"recount/casework"
	"recount/fault"
	"recount/intake"
	"recount/intake/mapping"
	"recount/intake/table"
	"recount/register"
	"recount/store"
)

// changesPage shows what a worksheet that came back proposes, cell by cell.
type changesPage struct {
	base
	Exhibit  register.Exhibit
	Read     bool
	Changes  intake.Changes
	Proposed []intake.RowChange // the first of them
	Refused  []*table.Refusal   // the first of them
	Rejected int64              // how many there are
	Problem  string
	Form     form
}

// More is how many rows are not shown.
func (p *changesPage) More() int64 {
	return int64(len(p.Changes.Proposed)-len(p.Proposed)) + int64(len(p.Changes.Refused)-len(p.Refused))
}

// Takes is how many rows would be recorded.
func (p *changesPage) Takes() int64 { return int64(len(p.Changes.Proposed)) - p.Changes.Conflicts }

// Left is how many rows would not be.
func (p *changesPage) Left() int64 { return p.Changes.Conflicts + int64(len(p.Changes.Refused)) }

func (s *Server) changesForm(v *visit) error {
	p, err := v.changesPage()
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// changesPage reads the worksheet beside the records as the visitor sees them.
func (v *visit) changesPage() (*changesPage, error) {
	p := &changesPage{base: v.base("changes.title")}
	clerk := v.desk().Clerk()
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		if p.Exhibit, err = r.Exhibit(ctx, v.PathValue("exhibit")); err != nil {
			return err
		}
		if p.Exhibit.Size > comparedBytes {
			return fmt.Errorf("%w: the worksheet has more than %d MiB; accepted: the command recount changes, which has no limit", fault.Invalid, comparedBytes>>20)
		}
		list, err := clerk.ExhibitEdition(ctx, p.Exhibit.Exhibit, &mapping.Mapping{Format: mapping.Format, Row: mapping.RowRecord}, table.Limits{})
		if err != nil {
			return err
		}
		p.Changes, err = intake.ReadChanges(ctx, list, casework.Standings{Reader: r})
		return err
	})
	p.Crumbs = []link{{Text: v.words.T("nav.exhibits"), To: v.link("exhibits")}, {Text: p.Exhibit.Title, To: v.link("exhibits", p.Exhibit.Exhibit)}}
	switch {
	case err == nil:
		p.Read = true
	case p.Exhibit.Exhibit == "" || !errors.Is(err, fault.Invalid):
		return nil, err
	default:
		p.Problem = toldError(err).Error()
		if v.Method != http.MethodGet { // to look at a list that is none is no fault
			v.status = http.StatusUnprocessableEntity
		}
	}
	p.Rejected = int64(len(p.Changes.Refused))
	p.Proposed = p.Changes.Proposed[:min(len(p.Changes.Proposed), comparedRows)]
	p.Refused = p.Changes.Refused[:min(len(p.Changes.Refused), comparedRows)]
	if p.Takes() == 0 || !p.May(access.Receive.String()) {
		return p, nil
	}
	fields := []field{}
	if p.Left() > 0 {
		fields = append(fields, field{Name: "leave_out", Kind: "check", Label: v.words.T("changes.leave-out"), Hint: v.words.T("changes.leave-out.hint")})
	}
	p.Form, err = v.form("changes", p.Exhibit.Exhibit, group{Fields: fields})
	p.Form.Button = v.words.T("changes.take")
	return p, err
}

// takeChanges records what the worksheet proposes.
func (s *Server) takeChanges(v *visit) error {
	p, err := v.changesPage()
	if err != nil {
		return err
	}
	if !p.Read || p.Form.Name == "" {
		return s.show(v, p)
	}
	why := v.why()
	taken, err := v.desk().Clerk().Take(v.Context(), p.Changes, intake.Act{Reason: why.Reason, Basis: why.Basis, Handling: why.Handling}, v.text("leave_out") != "")
	if err != nil {
		if !p.Form.refuse(v, err) {
			return err
		}
		return s.show(v, p)
	}
	return v.goTo(v.link("journal", fmt.Sprint(taken.Seq)))
}
