// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"recount/casework"
	"recount/fault"
	"recount/figure"
	"recount/register"
	"recount/store"
	"recount/tally"
)

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

	Withheld int64 // contradictions of this page between records of which not all may be seen
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
	return s.contradict(v, p, t, figure.Definition{}, t.columns.CountContradictions(), t.columns.Contradictions)
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
	return s.contradict(v, p, t, d, a.Contradictions, a.ContradictionsOf)
}

// contradict shows the contradictions of the kind that the address names, or
// of the first that there is. They are paged by how many came before.
func (s *Server) contradict(v *visit, p *contradictionsPage, t tallied, d figure.Definition, counts []tally.KindCount,
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
		if casework.MayList(r, d) {
			p.List, err = v.contradictionLines(ctx, r, found)
		}
		p.Withheld = int64(len(found) - len(p.List))
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
		if whole, err := casework.MayCompare(ctx, r, c); err != nil {
			return nil, err
		} else if !whole {
			continue
		}
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
