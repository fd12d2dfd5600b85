// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"recount/casework"
	"recount/fault"
	"recount/figure"
	"recount/store"
	"recount/verify"
)

// dossiersPage lists the dossiers of the case.
type dossiersPage struct {
	base
	Dossiers []dossierLine
	Pager    pager
}

// dossierLine is a dossier in a list.
type dossierLine struct {
	Dossier, Title string
	Editions       int64
	Last           store.EntryLine // of the newest edition, or of the composing where there is none
}

func (s *Server) dossiers(v *visit) error {
	p := &dossiersPage{base: v.base("nav.dossiers")}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		list, err := r.Dossiers(ctx, v.page())
		if err != nil {
			return err
		}
		list, p.Pager = paged(v, list, func(x store.DossierComposed) string { return x.Dossier })
		for _, x := range list {
			frozen, err := r.Frozen(ctx, x.Dossier)
			if err != nil {
				return err
			}
			line, last := dossierLine{Dossier: x.Dossier, Title: x.Title, Editions: int64(len(frozen))}, x.Seq
			if len(frozen) > 0 {
				last = frozen[len(frozen)-1].Seq
			}
			if line.Last, err = r.Entry(ctx, last); err != nil {
				return err
			}
			p.Dossiers = append(p.Dossiers, line)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// dossierPage is one dossier: its statement as it stands, and its editions.
type dossierPage struct {
	base
	Dossier   string
	Statement string
	Erased    bool // the statement was erased
	Since     store.EntryLine
	Editions  []editionLine
	History   []store.EntryLine
}

// editionLine is an edition in a list.
type editionLine struct {
	store.EntryLine
	Edition, Limit, BaseSize int64
	Title                    string
}

func (s *Server) dossier(v *visit) error {
	id := v.PathValue("dossier")
	p := &dossierPage{Dossier: id}
	var kept store.DossierComposed
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		if kept, err = r.Dossier(ctx, id); err != nil {
			return err
		}
		p.base = v.baseNamed(kept.Title)
		frozen, err := r.Frozen(ctx, id)
		if err != nil {
			return err
		}
		for i := len(frozen) - 1; i >= 0; i-- {
			f := frozen[i]
			entry, err := r.Entry(ctx, f.Seq)
			if err != nil {
				return err
			}
			p.Editions = append(p.Editions, editionLine{entry, f.Edition, f.Limit, f.BaseSize, f.Title})
		}
		if p.Since, err = r.Entry(ctx, kept.Seq); err != nil {
			return err
		}
		p.History, err = r.History(ctx, id)
		return err
	})
	if err != nil {
		return err
	}
	p.Crumbs = []link{{Text: v.words.T("nav.dossiers"), To: v.link("dossiers")}}
	text, err := casework.Statement(v.Context(), v.room, kept)
	switch {
	case errors.Is(err, fault.NotFound):
		p.Erased = true
	case err != nil:
		return err
	}
	p.Statement = string(text)
	return s.show(v, p)
}

// editionPage is one edition: what it says of its figures for ever, and what
// strangers can do with it.
type editionPage struct {
	base
	Dossier        string
	Edition        int64
	Entry          store.EntryLine
	Frozen         casework.Edition
	Root           string
	Figures        []frozenFigure
	VKey, SealVKey string
	Against        []objection    // what may not go out any more, where it was tried
	Checked        *checkedBundle // what checking the bundle found, where it was asked for
}

// frozenFigure is a figure or a part as an edition states it.
type frozenFigure struct {
	Title, To string
	Part      bool
	figure.Totals
}

func (s *Server) edition(v *visit) error {
	p, err := v.editionPage()
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// editionNumber is the edition that the address names.
func (v *visit) editionNumber() (int64, error) {
	n, err := strconv.ParseInt(v.PathValue("edition"), 10, 64)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%w: there is no such edition", fault.NotFound)
	}
	return n, nil
}

func (v *visit) editionPage() (*editionPage, error) {
	n, err := v.editionNumber()
	if err != nil {
		return nil, err
	}
	id := v.PathValue("dossier")
	e, err := casework.FrozenEdition(v.Context(), v.room, id, n)
	if err != nil {
		return nil, err
	}
	p := &editionPage{base: v.baseNamed(e.Title), Dossier: id, Edition: n, Frozen: e, Root: e.Frozen.BaseRoot.String(), VKey: v.room.VKey(), SealVKey: v.room.SealVKey()}
	err = v.read(func(ctx context.Context, r store.Reader) error {
		p.Crumbs = []link{{Text: v.words.T("nav.dossiers"), To: v.link("dossiers")}}
		kept, err := r.Dossier(ctx, id)
		if err == nil {
			p.Crumbs = append(p.Crumbs, link{Text: kept.Title, To: v.link("dossiers", id)})
		} else if !errors.Is(err, fault.NotFound) {
			return err
		}
		p.Entry, err = r.Entry(ctx, e.Seq)
		return err
	})
	for _, c := range e.Frozen.Columns() {
		p.Figures = append(p.Figures, v.frozenFigure(c, e.BaseSize))
	}
	return p, err
}

// frozenFigure leads to the figure as it was known when the edition was frozen.
func (v *visit) frozenFigure(c verify.Counted, size int64) frozenFigure {
	return frozenFigure{Title: c.Title, To: base{}.Query(v.link("figures", c.Figure), "at", seq(size)), Part: c.Part != "", Totals: c.Totals}
}
