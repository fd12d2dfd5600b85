// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"

	"recount/fault"
	"recount/figure"
	"recount/journal"
	"recount/register"
)

// FigureDefined is a figure's definition and the entry that it stands since.
type FigureDefined struct {
	Figure     string // id, f-…
	Seq        int64
	Definition string // canonical JSON, as it was recorded
	SHA256     string // of it, hex
}

// Parse reads the definition.
func (f FigureDefined) Parse() (figure.Definition, error) {
	return figure.ParseDefinition([]byte(f.Definition))
}

func figures() said[FigureDefined] {
	return said[FigureDefined]{"figure.defined@1", "p_figure", func(e journal.Entry) (FigureDefined, error) {
		return FigureDefined{
			Figure: e.Get("figure").Text(), Seq: e.Header.Seq,
			Definition: e.Get("definition").Text(), SHA256: e.Get("definition_sha256").Text(),
		}, nil
	}}
}

// Figures are the figures as they were last defined. After is an id.
func (r Reader) Figures(ctx context.Context, p Page) ([]FigureDefined, error) {
	return figures().all(ctx, r, p, "")
}

// Figure is one figure. fault.NotFound.
func (r Reader) Figure(ctx context.Context, id string) (FigureDefined, error) {
	return figures().one(ctx, r, "figure", id)
}

// DossierComposed is a dossier as it was last composed: a draft that nothing
// is promised of.
type DossierComposed struct {
	Dossier         string // id, d-…
	Seq             int64
	Title           string
	StatementSHA256 string // hex
	Object          string // address of the statement in the vault, hex
}

func dossiers() said[DossierComposed] {
	return said[DossierComposed]{"dossier.composed@1", "p_dossier", func(e journal.Entry) (DossierComposed, error) {
		return DossierComposed{
			Dossier: e.Get("dossier").Text(), Seq: e.Header.Seq, Title: e.Get("title").Text(),
			StatementSHA256: e.Get("statement_sha256").Text(), Object: e.Get("object").Text(),
		}, nil
	}}
}

// Dossiers are the dossiers as they were last composed. After is an id.
func (r Reader) Dossiers(ctx context.Context, p Page) ([]DossierComposed, error) {
	return dossiers().all(ctx, r, p, "")
}

// Dossier is one dossier. fault.NotFound.
func (r Reader) Dossier(ctx context.Context, id string) (DossierComposed, error) {
	return dossiers().one(ctx, r, "dossier", id)
}

// DossierFrozen is one edition of a dossier. Its figures are what they were:
// they are stored, not answered again.
type DossierFrozen struct {
	Seq             int64
	Dossier         string // id, d-…
	Edition         int64
	Title           string
	StatementSHA256 string // hex
	StatementObject string // hex
	PageSHA256      string
	PageObject      string
	BaseSize        int64  // the log that the figures were answered at
	BaseRoot        string // hex
	Limit           int64  // of small cells
	Counts          string // JSON, docs/formats/count.md
	Quotes          string // JSON
}

func frozen() said[DossierFrozen] {
	return said[DossierFrozen]{"dossier.frozen@1", "p_frozen", func(e journal.Entry) (DossierFrozen, error) {
		f := DossierFrozen{
			Seq: e.Header.Seq, Dossier: e.Get("dossier").Text(), Title: e.Get("title").Text(),
			StatementSHA256: e.Get("statement_sha256").Text(), StatementObject: e.Get("statement_object").Text(),
			PageSHA256: e.Get("page_sha256").Text(), PageObject: e.Get("page_object").Text(),
			BaseRoot: e.Get("base_root").Text(), Counts: e.Get("counts").Text(), Quotes: e.Get("quotes").Text(),
		}
		for _, n := range []struct {
			to    *int64
			field string
		}{{&f.Edition, "edition"}, {&f.BaseSize, "base_size"}, {&f.Limit, "limit"}} {
			v := e.Get(n.field)
			if !v.Present() {
				continue
			}
			number, err := numberCell(v.Text())
			if err != nil {
				return f, err
			}
			*n.to = number
		}
		return f, nil
	}}
}

// Frozen are the editions of a dossier in their order, or with "" those of all
// dossiers.
func (r Reader) Frozen(ctx context.Context, dossier string) ([]DossierFrozen, error) {
	condition, args := `d.from_seq < ?`, []any{r.size}
	if dossier != "" {
		condition, args = condition+` AND d.dossier = ?`, append(args, dossier)
	}
	return frozen().matching(ctx, r, condition+` ORDER BY d.from_seq`, args...)
}

// Erasures are the erasures that were decided, in their order.
func (r Reader) Erasures(ctx context.Context) ([]register.Erasure, error) {
	return said[register.Erasure]{"erasure.decided@2", "p_erasure", register.ErasureFrom}.matching(ctx, r, `d.from_seq < ? ORDER BY d.from_seq`, r.size)
}

// Opened is what the first entry says of the case.
func (r Reader) Opened(ctx context.Context) (register.CaseOpened, error) {
	list, err := said[register.CaseOpened]{"case.opened@1", "p_case", register.CaseOpenedFrom}.matching(ctx, r, `d.from_seq < ? ORDER BY d.from_seq`, r.size)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("%w: what the case is called: no entry says so at this size, or it was erased", fault.NotFound)
	}
	if err != nil {
		return register.CaseOpened{}, err
	}
	return list[0], nil
}
