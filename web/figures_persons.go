// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"fmt"

	"recount/casework"
	"recount/fault"
	"recount/figure"
	"recount/store"
	"recount/tally"
)

// figurePersonsPage lists the persons behind a number of a figure.
type figurePersonsPage struct {
	base
	Back     link
	Verdict  string
	Part     string // its title; "" of the figure itself
	Verdicts []countedLink
	Parts    []countedLink
	Persons  []countedPerson
	Withheld int64 // persons of this page of whom not all may be seen that the figure reads
	Pager    pager
	Size     int64
}

// countedLink is one of the lists that can be chosen, with how many it has.
type countedLink struct {
	link
	N int64
}

// countedPerson is a person with what the figure reads of it.
type countedPerson struct {
	personLine
	Seen []string
}

func (s *Server) figurePersons(v *visit) error {
	at, err := v.at()
	if err != nil {
		return err
	}
	id := v.PathValue("figure")
	_, d, err := v.definition(id, at)
	if err != nil {
		return err
	}
	verdict, err := v.verdict()
	if err != nil {
		return err
	}
	column := d.Column(v.text("part"))
	if column < 0 {
		return fmt.Errorf("%w: figure %s has no part %.40q", fault.NotFound, id, v.text("part"))
	}
	t, err := s.tallied(v, at)
	if err != nil {
		return err
	}
	a, err := t.Answer(d)
	if err != nil {
		return err
	}
	ids, err := a.PeopleAfter(column, verdict, v.text("after"), perPage+1)
	if err != nil {
		return err
	}
	p := &figurePersonsPage{base: v.base("figures.persons", "title", d.Title), Verdict: verdict.String(), Size: t.stamp.Size}
	p.Back = link{Text: d.Title, To: p.Query(v.link("figures", id), "at", v.text("at"))}
	p.Crumbs = []link{{Text: v.words.T("nav.figures"), To: v.link("figures")}, p.Back}
	p.choices(v, a, column)
	ids, p.Pager = paged(v, ids, func(id string) string { return id })
	err = v.readAt(t.stamp.Size, func(ctx context.Context, r store.Reader) error {
		p.Persons, err = v.countedPersons(ctx, r, t, d, ids)
		p.Withheld = int64(len(ids) - len(p.Persons))
		return err
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

// verdict is the one that the address names; without it, in.
func (v *visit) verdict() (figure.Verdict, error) {
	word := v.text("verdict")
	for _, one := range []figure.Verdict{figure.In, figure.Unknown, figure.Out} {
		if word == one.String() || word == "" {
			return one, nil
		}
	}
	return figure.Out, fmt.Errorf("%w: verdict %.40q: accepted are in, unknown and out", fault.Invalid, word)
}

// choices are the other lists of the same figure, with how many each has.
func (p *figurePersonsPage) choices(v *visit, a tally.Answer, column int) {
	here := p.Query(v.URL.Path+"?"+v.URL.RawQuery, "after", "")
	totals := a.Total
	p.Parts = []countedLink{{link{v.words.T("figures.whole"), p.Query(here, "part", ""), column == 0}, of(a.Total, p.Verdict)}}
	for i, part := range a.Parts {
		p.Parts = append(p.Parts, countedLink{link{part.Title, p.Query(here, "part", part.Part), column == i+1}, of(part.Total, p.Verdict)})
		if column == i+1 {
			totals, p.Part = part.Total, part.Title
		}
	}
	for _, word := range []string{"in", "unknown", "out"} {
		p.Verdicts = append(p.Verdicts, countedLink{link{v.words.T("figures.verdict." + word), p.Query(here, "verdict", word), word == p.Verdict}, of(totals, word)})
	}
}

func of(t figure.Totals, verdict string) int64 {
	return map[string]int64{"in": t.In, "unknown": t.Unknown, "out": t.Out}[verdict]
}

// countedPersons are those of whom the visitor may see every record: what a
// figure reads of a person comes from all of them.
func (v *visit) countedPersons(ctx context.Context, r store.Reader, t tallied, d figure.Definition, ids []string) ([]countedPerson, error) {
	var all []countedPerson
	if !casework.MayList(r, d) {
		return nil, nil
	}
	for _, id := range ids {
		records, err := r.Records(ctx, store.RecordFilter{Person: id}, store.Page{})
		if err != nil {
			return nil, err
		}
		if whole, err := casework.SeesAll(r, t.columns.Extent, id, records); err != nil {
			return nil, err
		} else if !whole {
			continue
		}
		line, err := v.personLine(ctx, r, store.PersonLine{Person: id, Records: records})
		if err != nil {
			return nil, err
		}
		rungs, err := t.columns.Rungs(id)
		if err != nil {
			return nil, err
		}
		all = append(all, countedPerson{line, v.seen(d, rungs)})
	}
	return all, nil
}
