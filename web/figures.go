// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"

	"recount/figure"
	"recount/store"
	"recount/tally"
)

// figuresPage lists the figures of the case with what they come to now.
type figuresPage struct {
	base
	Figures          []figureLine
	Pager            pager
	Size             int64 // entries that the answers rest on
	Persons, Records int64
	Contradictions   []contradictionCount
}

// figureLine is a figure in a list: what is counted, and how many that is.
type figureLine struct {
	Figure, Title string
	Parts         int64
	figure.Totals
}

// contradictionCount is how many persons have a contradiction of a kind.
type contradictionCount struct {
	Kind, Text string
	Persons    int64
	To         string
}

func (s *Server) figures(v *visit) error {
	p := &figuresPage{base: v.base("nav.figures")}
	t, err := s.tallied(v, -1)
	if err != nil {
		return err
	}
	p.Size, p.Persons, p.Records = t.stamp.Size, t.columns.Persons(), t.columns.Records()
	err = v.readAt(t.stamp.Size, func(ctx context.Context, r store.Reader) error {
		list, err := r.Figures(ctx, v.page())
		if err != nil {
			return err
		}
		list, p.Pager = paged(v, list, func(x store.FigureDefined) string { return x.Figure })
		for _, x := range list {
			line, err := t.line(x)
			if err != nil {
				return err
			}
			p.Figures = append(p.Figures, line)
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.Contradictions = v.contradictions(t.columns.CountContradictions(), v.link("figures", "contradictions"))
	return s.show(v, p)
}

func (t tallied) line(x store.FigureDefined) (figureLine, error) {
	d, err := x.Parse()
	if err != nil {
		return figureLine{}, err
	}
	n, err := t.Totals(d)
	return figureLine{Figure: x.Figure, Title: d.Title, Parts: int64(len(d.Parts)), Totals: n}, err
}

// contradictions are counts of contradictions in the reader's words, each with
// the page that lists them.
func (v *visit) contradictions(counts []tally.KindCount, to string) []contradictionCount {
	var all []contradictionCount
	for _, k := range counts {
		all = append(all, contradictionCount{string(k.Kind), v.words.T("figures.contradiction." + string(k.Kind)), k.Persons, base{}.Query(to, "kind", string(k.Kind))})
	}
	return all
}

// figurePage is one figure: the number, what is not known, of whom, what
// contradicts, and what exactly was asked.
type figurePage struct {
	base
	Figure         string
	Answer         figureAnswer
	At             string // the size that was asked for; "" is now
	Now            int64  // entries of the journal
	Definition     definitionWords
	SHA256         string
	Since          int64 // entry that the definition stands since
	Contradictions []contradictionCount
	History        []figureVersion
}

// figureAnswer is what the records say to a figure, as pages show it.
type figureAnswer struct {
	base
	Figure         string // "" of one that is not recorded
	At             string
	Size, Universe int64
	Root           string
	Erased         int64
	Excluded       int64
	Whole          figurePart
	Parts          []figurePart
	Groups         []groupLine
}

// figurePart is the figure itself or an "of whom".
type figurePart struct {
	Part, Title string
	figure.Totals
	Bar bar
}

// bar is how much of the greatest number is known and how much is not, in
// hundredths of the width of a picture.
type bar struct{ In, Unknown float64 }

// groupLine is a group of unnamed people beside a figure.
type groupLine struct {
	Source link
	Harm   string
	Min    int64
	Max    int64 // -1: the source gives no upper end
	Surely bool  // the figure would count them; else it cannot be said
}

// figureVersion is one definition of a figure: who defined it, when and why.
type figureVersion struct {
	store.EntryLine
	To string // the figure as it was known then
}

// figure shows one figure, as it stands or with ?at= as it was known then.
func (s *Server) figure(v *visit) error {
	id := v.PathValue("figure")
	at, err := v.at()
	if err != nil {
		return err
	}
	defined, d, err := v.definition(id, at)
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
	p := &figurePage{Figure: id, At: v.text("at"), SHA256: defined.SHA256, Since: defined.Seq}
	p.base = v.baseNamed(d.Title)
	p.Crumbs = []link{{Text: v.words.T("nav.figures"), To: v.link("figures")}}
	err = v.read(func(ctx context.Context, r store.Reader) error {
		p.Now = r.Size()
		if p.Definition, err = v.inWords(ctx, r, d); err != nil {
			return err
		}
		if p.Answer, err = v.answer(ctx, r, a); err != nil {
			return err
		}
		history, err := r.History(ctx, id)
		for _, e := range history {
			p.History = append(p.History, figureVersion{e, p.Query(v.link("figures", id), "at", seq(e.Seq+1))})
		}
		return err
	})
	if err != nil {
		return err
	}
	p.Answer.Figure, p.Answer.At = id, p.At
	p.Contradictions = v.contradictions(a.Contradictions, p.Query(v.link("figures", id, "contradictions"), "at", p.At))
	return s.show(v, p)
}

// definition is a figure's definition as it stood at a size.
func (v *visit) definition(id string, at int64) (defined store.FigureDefined, d figure.Definition, err error) {
	err = v.readAt(at, func(ctx context.Context, r store.Reader) error {
		if defined, err = r.Figure(ctx, id); err != nil {
			return err
		}
		d, err = defined.Parse()
		return err
	})
	return defined, d, err
}

// answer is an answer as pages show it.
func (v *visit) answer(ctx context.Context, r store.Reader, a tally.Answer) (figureAnswer, error) {
	shown := figureAnswer{base: v.base("nav.figures"), Size: a.Size, Universe: a.Universe, Root: a.Root.String(), Erased: a.Erased, Excluded: a.Excluded}
	shown.Whole = figurePart{Totals: a.Total, Bar: barOf(a.Total, a.Total.Max())}
	for _, part := range a.Parts {
		shown.Parts = append(shown.Parts, figurePart{part.Part, part.Title, part.Total, barOf(part.Total, a.Total.Max())})
	}
	for _, g := range a.Groups {
		line := groupLine{Harm: v.code("harm", g.Code), Min: g.Min, Max: -1, Surely: g.Verdict == figure.In.String()}
		if g.Max != nil {
			line.Max = *g.Max
		}
		var err error
		if line.Source, err = v.sourceLink(ctx, r, g.Source); err != nil {
			return shown, err
		}
		shown.Groups = append(shown.Groups, line)
	}
	return shown, nil
}

// barOf is the bar of a count; the greatest number is as wide as the picture.
func barOf(t figure.Totals, greatest int64) bar {
	if greatest == 0 {
		return bar{}
	}
	share := func(n int64) float64 { return float64(n*1000/greatest) / 10 }
	return bar{share(t.In), share(t.Unknown)}
}

// Behind is the page of the persons behind a number.
func (a figureAnswer) Behind(part, verdict string) string {
	if a.Figure == "" {
		return ""
	}
	to := a.To("figures", a.Figure, "persons")
	for _, pair := range [][2]string{{"part", part}, {"verdict", verdict}, {"at", a.At}} {
		to = a.Query(to, pair[0], pair[1])
	}
	return to
}

// Count is a number with the page of the persons behind it.
func (a figureAnswer) Count(part, verdict string, n int64) countedLink {
	return countedLink{link{Text: a.Number(n), To: a.Behind(part, verdict)}, n}
}

// Rest is how many are not known, and how many it could be at most, with the
// page of those of whom it cannot be said.
func (a figureAnswer) Rest(part string, t figure.Totals) countedLink {
	return countedLink{link{Text: a.T("figures.bar", "unknown", t.Unknown, "most", t.Max()), To: a.Behind(part, "unknown")}, t.Unknown}
}
