// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"recount/fault"
	"recount/figure"
	"recount/vault"
	"recount/verify"
)

// plan is what a count file opens, kept as an object of its own: it is decided
// once, at the freeze, and never again, as an erasure in between would make
// another plan, and two plans could be held against each other.
type plan struct {
	Open  []byte       `json:"open"`  // of each line, ascending by leaf: the sum of its open rungs
	Cells figure.Cells `json:"cells"` // what the count file gives away, for later editions
}

// bit is the number that stands for a rung in a plan.
func bit(field string) byte {
	for i, f := range []string{"harms", "child_flag", "child_age", "age_band", "sex"} {
		if f == field {
			return 1 << i
		}
	}
	return 0
}

func bits(u figure.Use) (b byte) {
	for _, f := range u.Fields() {
		b |= bit(f)
	}
	return b
}

func keepPlan(ctx context.Context, o Objects, p plan) (vault.Address, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return vault.Address{}, fmt.Errorf("writing what a count file opens: %w", err)
	}
	return keep(ctx, o, text)
}

func readPlan(ctx context.Context, o Objects, count verify.Count) (p plan, err error) {
	text, err := read(ctx, o, count.Plan)
	if err != nil {
		return p, fmt.Errorf("what count file %d opens: %w", count.File, err)
	}
	if err := json.Unmarshal(text, &p); err != nil || int64(len(p.Open)) != count.N {
		return p, fmt.Errorf("%w: what count file %d opens: %d lines, not %d", fault.Tampered, count.File, len(p.Open), count.N)
	}
	return p, nil
}

// read is a whole object, by its address in hex.
func read(ctx context.Context, o Objects, address string) (text []byte, err error) {
	a, err := vault.ParseAddress(address)
	if err != nil {
		return nil, err
	}
	r, err := o.Open(ctx, a)
	if err != nil {
		return nil, err
	}
	text, err = io.ReadAll(r)
	return text, errors.Join(err, r.Close())
}

// earlier gathers what earlier editions gave away of a figure.
func earlier(ctx context.Context, o Objects, id string, editions []verify.Frozen) ([]figure.Earlier, error) {
	var list []figure.Earlier
	for _, f := range editions {
		e := figure.Earlier{Edition: fmt.Sprintf("%d of dossier %s", f.Edition, f.Dossier), Cells: figure.Cells{}}
		for _, count := range f.Counts {
			if count.Definition.Figure != id {
				continue
			}
			p, err := readPlan(ctx, o, count)
			if err != nil {
				return nil, err
			}
			e.Cells.Add(p.Cells)
		}
		list = append(list, e)
	}
	return list, nil
}

// checkNested holds the totals of an edition against each other and against
// those of earlier editions.
func checkNested(counts []verify.Count, before []verify.Frozen, limit int) error {
	all := published(nil, "", counts)
	for _, f := range before {
		all = published(all, fmt.Sprintf("%d of dossier %s", f.Edition, f.Dossier), f.Counts)
	}
	return figure.CheckNested(all, limit)
}

// published adds the totals of an edition: of each figure once, and of its parts.
func published(all []figure.Published, edition string, counts []verify.Count) []figure.Published {
	told := map[string]bool{}
	for _, c := range counts {
		for i, part := range append([]string{""}, c.Parts...) {
			if part == "" && told[c.Definition.Figure] || i >= len(c.Totals) {
				continue
			}
			all = append(all, figure.Published{Edition: edition, Definition: c.Definition, Part: part, Totals: c.Totals[i]})
		}
		told[c.Definition.Figure] = true
	}
	return all
}
