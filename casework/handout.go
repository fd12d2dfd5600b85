// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"recount/consent"
	"recount/exchange/followthemoney"
	"recount/exchange/pfif"
	"recount/exchange/sheet"
	"recount/fault"
	"recount/intake/worksheet"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// Handout is a selection of records that leaves as a file.
type Handout struct {
	Which     store.RecordFilter
	Format    string // one of HandoutFormats
	Delimiter rune   // of a CSV; 0 a comma
	Whole     bool   // of a worksheet: also each row as it stood
	Outlet    Outlet // to whom it goes; the zero Outlet is the team's own work
	Domain    string // of PFIF: stands before the ids
	Progress  func(done int64)
}

// HandoutFormats are how records can leave.
func HandoutFormats() []string { return []string{"csv", "excel", "xlsx", "followthemoney", "pfif"} }

// rowWriter is a file of records.
type rowWriter interface {
	Write(worksheet.Row) error
	Close() error
}

// handoutPage is how many records are read at a time.
const handoutPage = 500

// Write writes the records that r shows, and answers how many. Records that may
// not go to the outlet are an Unpermitted, and then nothing is written; no records
// are fault.NotFound.
func (h Handout) Write(ctx context.Context, c *store.Case, r store.Reader, to io.Writer) (n int64, err error) {
	layout, order, err := h.layout(ctx, c, r)
	if err != nil {
		return 0, err
	}
	w, err := h.writer(ctx, c, r, layout, to)
	if err != nil {
		return 0, err
	}
	for _, at := range order {
		x, err := r.Record(ctx, at.leaf)
		if err != nil {
			return n, errors.Join(err, w.Close())
		}
		row, err := worksheetRow(ctx, r, x)
		if err == nil {
			err = w.Write(row)
		}
		if err != nil {
			return n, errors.Join(err, w.Close())
		}
		if n++; h.Progress != nil {
			h.Progress(n)
		}
	}
	return n, w.Close()
}

// layout looks at every record first: how many harms and own fields there are, and
// whether each may go where it goes.
func (h Handout) layout(ctx context.Context, c *store.Case, r store.Reader) (l worksheet.Layout, order []standsAt, err error) {
	l.Whole = h.Whole
	p := newPermits(ctx, c, r, h.Outlet)
	err = h.each(ctx, r, func(row worksheet.Row) error {
		order = append(order, standsAt{row.Record.Exhibit, row.Record.Row.N, row.Leaf})
		l.Take(row)
		return h.mayLeave(p, row)
	})
	if err == nil && len(order) == 0 {
		err = fmt.Errorf("%w: there are no records of this kind", fault.NotFound)
	}
	slices.SortFunc(order, standsAt.compare)
	return l, order, errors.Join(err, refusal(p.found))
}

func (h Handout) mayLeave(p *permits, row worksheet.Row) error {
	if h.Outlet.Recipient == "" || h.Outlet.Recipient == "team" {
		return nil
	}
	const enough = 50 // objections: a list of thousands tells no more
	if len(p.found) >= enough {
		return nil
	}
	o := Objection{Source: row.Record.Source, Subject: row.Record.Person, Use: consent.Use{Purpose: h.Outlet.Purpose, Recipient: h.Outlet.Recipient, Form: "record"}}
	before := len(p.found)
	if err := p.ask(o); err != nil || len(p.found) > before {
		return err
	}
	o.Subject = row.Leaf.String()
	return p.ask(o)
}

func (h Handout) writer(ctx context.Context, c *store.Case, r store.Reader, l worksheet.Layout, to io.Writer) (rowWriter, error) {
	switch h.Format {
	case "followthemoney":
		return followthemoney.NewWriter(to, c.Now()), nil
	case "pfif":
		names := map[string]string{}
		return pfif.NewWriter(to, h.Domain, c.Now(), func(source string) (string, error) {
			if name, known := names[source]; known {
				return name, nil
			}
			s, err := r.Source(ctx, source)
			switch {
			case errors.Is(err, fault.NotFound):
				names[source] = source // not shown to whoever takes it out
			case err != nil:
				return "", err
			default:
				names[source] = s.Name
			}
			return names[source], nil
		}), nil
	}
	return sheet.NewWriter(to, sheet.Format(h.Format), l, h.Delimiter)
}

// each calls visit with every record of the selection that r shows.
func (h Handout) each(ctx context.Context, r store.Reader, visit func(worksheet.Row) error) error {
	page := store.Page{Limit: handoutPage}
	for {
		list, err := r.Records(ctx, h.Which, page)
		if err != nil {
			return err
		}
		for _, x := range list {
			row, err := worksheetRow(ctx, r, x)
			if err != nil {
				return err
			}
			if err := visit(row); err != nil {
				return err
			}
		}
		if len(list) < handoutPage {
			return nil
		}
		page.After = list[len(list)-1].Leaf.String()
	}
}

// standsAt is where a record stands: lists leave in the order in which they came.
type standsAt struct {
	exhibit string
	row     int64
	leaf    journal.Leaf
}

func (a standsAt) compare(b standsAt) int {
	return cmp.Or(cmp.Compare(a.exhibit, b.exhibit), cmp.Compare(a.row, b.row), slices.Compare(a.leaf[:], b.leaf[:]))
}

// worksheetRow is a record as it stands in a case, under the person where it is now.
func worksheetRow(ctx context.Context, r store.Reader, x store.Record) (worksheet.Row, error) {
	row := worksheet.Row{Leaf: x.Leaf, Record: x.Said}
	row.Record.Person = x.Person
	for _, h := range x.Harms {
		row.Harms = append(row.Harms, h.Said)
	}
	own, err := r.Extras(ctx, x.Leaf)
	row.Own = append([]register.Extra(nil), own...)
	return row, err
}
