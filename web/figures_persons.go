// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"recount/fault"
	"recount/figure"
	"recount/register"
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

func (v *visit) countedPersons(ctx context.Context, r store.Reader, t tallied, d figure.Definition, ids []string) ([]countedPerson, error) {
	var all []countedPerson
	for _, id := range ids {
		records, err := r.Records(ctx, store.RecordFilter{Person: id}, store.Page{})
		if err != nil {
			return nil, err
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

// contradictionsPage lists what the records of one person say of one thing
// that cannot all be so: of a figure, or of the whole case.
type contradictionsPage struct {
	base
	Of    link // the figure; "" of the case
	Kinds []countedLink
	Kind  string
	List  []contradictionLine
	Pager pager
	Size  int64
}

// contradictionLine is one contradiction: the person, and who says what.
type contradictionLine struct {
	Person, Name string
	Statements   []statementLine
}

type statementLine struct {
	Leaf   string
	Source link
	Says   string
}

// caseContradictions lists those of the whole case.
func (s *Server) caseContradictions(v *visit) error {
	t, err := s.tallied(v, -1)
	if err != nil {
		return err
	}
	p := &contradictionsPage{base: v.base("figures.contradictions"), Size: t.stamp.Size}
	p.Crumbs = []link{{Text: v.words.T("nav.figures"), To: v.link("figures")}}
	return s.contradict(v, p, t, t.columns.CountContradictions(), t.columns.Contradictions)
}

// figureContradictions lists those among persons who are in a figure, or may be.
func (s *Server) figureContradictions(v *visit) error {
	at, err := v.at()
	if err != nil {
		return err
	}
	id := v.PathValue("figure")
	_, d, err := v.definition(id, at)
	if err != nil {
		return err
	}
	t, err := s.tallied(v, at)
	if err != nil {
		return err
	}
	a, err := t.Answer(d)
	if err != nil {
		return err
	}
	p := &contradictionsPage{base: v.base("figures.contradictions"), Size: t.stamp.Size}
	p.Of = link{Text: d.Title, To: p.Query(v.link("figures", id), "at", v.text("at"))}
	p.Crumbs = []link{{Text: v.words.T("nav.figures"), To: v.link("figures")}, p.Of}
	return s.contradict(v, p, t, a.Contradictions, a.ContradictionsOf)
}

// contradict shows the contradictions of the kind that the address names, or
// of the first that there is. They are paged by how many came before.
func (s *Server) contradict(v *visit, p *contradictionsPage, t tallied, counts []tally.KindCount,
	list func(k tally.Kind, offset, limit int64) ([]tally.Contradiction, error),
) error {
	p.Kind = v.text("kind")
	if p.Kind != "" && !slices.Contains(tally.Kinds(), tally.Kind(p.Kind)) {
		return fmt.Errorf("%w: kind of contradiction %.40q: accepted are %v", fault.Invalid, p.Kind, tally.Kinds())
	}
	if p.Kind == "" && len(counts) > 0 {
		p.Kind = string(counts[0].Kind)
	}
	here := p.Query(v.URL.Path+"?"+v.URL.RawQuery, "after", "")
	for _, c := range v.contradictions(counts, here) {
		p.Kinds = append(p.Kinds, countedLink{link{c.Text, c.To, c.Kind == p.Kind}, c.Persons})
	}
	if p.Kind == "" {
		return s.show(v, p)
	}
	offset := max(0, v.whole("after", 0))
	found, err := list(tally.Kind(p.Kind), offset, perPage+1)
	if err != nil {
		return err
	}
	found, p.Pager = paged(v, found, func(tally.Contradiction) string { return seq(offset + perPage) })
	err = v.readAt(t.stamp.Size, func(ctx context.Context, r store.Reader) error {
		p.List, err = v.contradictionLines(ctx, r, found)
		return err
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

func (v *visit) contradictionLines(ctx context.Context, r store.Reader, found []tally.Contradiction) ([]contradictionLine, error) {
	var lines []contradictionLine
	for _, c := range found {
		line := contradictionLine{Person: c.Person}
		records, err := r.Records(ctx, store.RecordFilter{Person: c.Person}, store.Page{})
		if err != nil {
			return nil, err
		}
		person, err := v.personLine(ctx, r, store.PersonLine{Person: c.Person, Records: records})
		if err != nil {
			return nil, err
		}
		if len(person.Names) > 0 {
			line.Name = person.Names[0]
		}
		for _, said := range c.Statements {
			source, err := v.sourceLink(ctx, r, said.Source)
			if err != nil {
				return nil, err
			}
			line.Statements = append(line.Statements, statementLine{said.Record.String(), source, v.says(c.Kind, said.Says)})
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// says is what a record says of a thing that contradicts, in the reader's words
// where it is made of codes and numbers (tally.Statement).
func (v *visit) says(k tally.Kind, says string) string {
	switch k {
	case tally.Sex:
		return v.code("sex", says)
	case tally.ChildFlag:
		return v.code("yes-no", says)
	case tally.FlagAge:
		var flag, age string
		if _, err := fmt.Sscanf(strings.ReplaceAll(says, ";", " ;"), "child: %s ; by age: %s", &flag, &age); err == nil {
			return v.words.T("figures.says.flag-age", "flag", v.code("yes-no", flag), "age", v.code("yes-no", age))
		}
	case tally.Age:
		var low, high int64
		if _, err := fmt.Sscanf(says, "%d to %d months", &low, &high); err == nil {
			known := func(n int64) register.Number { return register.Number{N: n, Known: true} }
			return v.age(register.Record{AgeLow: known(low), AgeHigh: known(high)})
		}
	case tally.Birth, tally.FatalDate, tally.FatalPlace:
	}
	return says
}
