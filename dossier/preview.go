// SPDX-License-Identifier: Apache-2.0

package dossier

import (
	"context"
	"errors"
	"slices"

	"recount/fault"
	"recount/figure"
	"recount/verify"
)

// notFixed stands in a preview for the root of lines that nobody has written.
const notFixed = "fixed when it is frozen"

// Previewed is a page as a freeze would make it, of which nothing was written.
type Previewed struct {
	Page    string
	Frozen  verify.Frozen // without roots, batches and objects
	Refused error         // why a freeze would refuse it (fault.Forbidden); nil: it would not
}

// Preview makes the page that Freeze would, writes nothing, and says whether
// Freeze would refuse. Of c it needs Origin, Answers and, where there are
// earlier editions, Objects.
func Preview(ctx context.Context, c Case, s Composed, e Edition) (p Previewed, err error) {
	if err := e.check(); err != nil {
		return p, err
	}
	stamp := c.Answers.Stamp()
	p.Frozen = verify.Frozen{
		Dossier: e.Dossier, Edition: e.Edition, Title: e.Title, Limit: int64(e.Limit),
		BaseSize: stamp.Size, BaseRoot: stamp.Root, StatementSHA256: sum(s.text),
	}
	for _, q := range s.Quotes {
		p.Frozen.Quotes = append(p.Frozen.Quotes, verify.QuoteRef{Citation: q.Citation, Seq: q.Seq})
	}
	for _, d := range s.Figures {
		if err := p.figure(ctx, c, d, e); err != nil {
			return Previewed{}, err
		}
	}
	if p.Page, err = renderPage(s, p.Frozen, c.Origin); err != nil {
		return Previewed{}, err
	}
	return p, acceptable(verify.CheckPage(p.Page, s.Statement, p.Frozen, s.Quotes, c.Origin))
}

// figure plans the count files of a figure as sheetWriter does.
func (p *Previewed) figure(ctx context.Context, c Case, d figure.Definition, e Edition) error {
	p.Refused = errors.Join(p.Refused, e.admits(d))
	answer, err := c.Answers.Answer(d)
	if err != nil {
		return err
	}
	before, err := earlier(ctx, c.Objects, d.Figure, e.Earlier)
	if err != nil {
		return err
	}
	people := slices.Collect(answer.Lines())
	lines := make([]figure.Line, len(people))
	for i, x := range people {
		lines[i] = figure.Line{Verdicts: x.Verdicts, Rungs: x.Rungs}
	}
	sheets, err := figure.Plan(d, lines, e.Limit, before)
	if errors.Is(err, fault.Forbidden) {
		p.Refused = errors.Join(p.Refused, err)
		sheets, err = []figure.Sheet{{Parts: allParts(d)}}, nil
	}
	if err != nil {
		return err
	}
	for _, s := range sheets {
		count, columns, err := countOf(d, s)
		if err != nil {
			return err
		}
		for _, l := range lines {
			for j, column := range columns {
				count.Totals[j].Add(l.Verdicts[column])
			}
		}
		count.File, count.N, count.Root, count.Erased = int64(len(p.Frozen.Counts))+1, int64(len(lines)), notFixed, answer.Erased
		p.Frozen.Counts = append(p.Frozen.Counts, count)
	}
	return nil
}

func allParts(d figure.Definition) []string {
	var all []string
	for _, p := range d.Parts {
		all = append(all, p.Part)
	}
	return all
}

// countOf is the count file of a sheet before its lines are counted, with the
// places of its verdicts in those of the definition.
func countOf(d figure.Definition, s figure.Sheet) (count verify.Count, columns []int, err error) {
	with, err := d.With(s.Parts)
	if err != nil {
		return count, nil, err
	}
	count = verify.Count{
		Definition: d, Parts: []string{}, Rule: d.Rule, Rungs: verify.RungVersions(with.Rungs()), Universe: d.Universe(),
		Totals: make([]figure.Totals, 1+len(with.Parts)),
	}
	columns = []int{0}
	for _, p := range with.Parts {
		count.Parts = append(count.Parts, p.Part)
		columns = append(columns, d.Column(p.Part))
	}
	return count, columns, nil
}

// Style is the style sheet that stands in every page, so that whoever serves a
// page can allow just that one (Content-Security-Policy, style-src by hash).
func Style() string { return verify.PageStyle() }
