// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"recount/fault"
	"recount/figure"
	"recount/verify"
)

// Composed is a statement with everything that it names.
type Composed struct {
	verify.Statement
	Figures []figure.Definition // in the order in which they are first named
	Quotes  []verify.Quotation  // likewise
	text    []byte
}

// Compose reads a statement and looks up the figures, parts and citations that
// it names. What is wrong is said with its line and with what would be
// accepted (fault.Invalid).
func Compose(ctx context.Context, r Register, text []byte) (Composed, error) {
	statement, err := verify.ParseStatement(text)
	if err != nil {
		return Composed{}, err
	}
	c := Composed{Statement: statement, text: text}
	for _, p := range statement.Places {
		if p.Quote != "" {
			err = c.quote(ctx, r, p)
		} else {
			err = c.figure(ctx, r, p)
		}
		if err != nil {
			return Composed{}, err
		}
	}
	if _, err := renderMain(c, verify.Mark); err != nil {
		return Composed{}, err
	}
	return c, nil
}

func (c *Composed) quote(ctx context.Context, r Register, p verify.Place) error {
	if slices.ContainsFunc(c.Quotes, func(q verify.Quotation) bool { return q.Citation == p.Quote }) {
		return nil
	}
	q, err := r.Quotation(ctx, p.Quote)
	if errors.Is(err, fault.NotFound) {
		return fmt.Errorf("%w: statement, line %d: there is no citation %s in this case; accepted is the id of a citation, c-…", fault.Invalid, p.Line, p.Quote)
	}
	if err != nil {
		return err
	}
	if q.Quote == "" {
		return fmt.Errorf("%w: statement, line %d: citation %s holds no words to quote; cite a passage with its quote", fault.Invalid, p.Line, p.Quote)
	}
	c.Quotes = append(c.Quotes, q)
	return nil
}

func (c *Composed) figure(ctx context.Context, r Register, p verify.Place) error {
	at := slices.IndexFunc(c.Figures, func(d figure.Definition) bool { return d.Figure == p.Figure })
	if at < 0 {
		d, err := r.Figure(ctx, p.Figure)
		if errors.Is(err, fault.NotFound) {
			return fmt.Errorf("%w: statement, line %d: there is no figure %s in this case; accepted is the id of a figure that was defined, f-…", fault.Invalid, p.Line, p.Figure)
		}
		if err != nil {
			return err
		}
		// What is frozen is the canonical form, whatever form the case holds.
		if d, err = figure.ParseDefinition(d.JSON()); err != nil {
			return err
		}
		at = len(c.Figures)
		c.Figures = append(c.Figures, d)
	}
	if d := c.Figures[at]; d.Column(p.Part) < 0 {
		return fmt.Errorf("%w: statement, line %d: figure %s has no part %q; accepted are %s", fault.Invalid, p.Line, d.Figure, p.Part, partNames(d))
	}
	return nil
}

func partNames(d figure.Definition) string {
	if len(d.Parts) == 0 {
		return "places without a part: it has none"
	}
	text := ""
	for i, p := range d.Parts {
		if i > 0 {
			text += ", "
		}
		text += p.Part
	}
	return text
}
