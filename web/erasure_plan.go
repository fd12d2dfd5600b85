// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"slices"
	"strings"

	"recount/casework"
	"recount/fault"
	"recount/store"
)

// planPage is the plan of an erasure, with what is to be decided of each thing,
// or, for the second person, with what the first has decided.
type planPage struct {
	base
	About   link
	Sum     string // SHA-256 of the plan
	Problem string
	Action  string // where the proposal, or the agreement, is sent
	Ground  string
	told    *teller

	Records, Rows, Lines, Entries, Drafts int64 // what goes without a further word

	Holds     []heldLine
	HeldElse  int64    // holds on what the visitor may not see
	Choices   []choice // each needs a word
	Chances   []choice // a part of the name stands there: stays where nothing is said
	Words     []choice // entries whose text goes unless it is kept
	AllOthers bool     // records of others are many, and decided together
	Described []choice // entries that go and stay with their files
	Staying   []choice
	Unseen    []unseenLine
	Editions  []goneEdition
	Nameless  bool
	Common    int64
	Backed    string // when the archive was last backed up, "" never

	Decision string // that the second person agrees to, "" for the first
	Changed  bool   // the plan is another one than was proposed
	Mine     bool   // the visitor proposed it
	Seconds  []string
}

// choice is a thing of the plan, and what may be said of it.
type choice struct {
	ID      string
	What    link
	Facts   []string
	Options []option // none: it is only told
	Pick    string   // the label of what is chosen
	Ask     string   // the label of the basis on which it is kept
	Basis   string
	Said    string // what the first person has decided of it, in words
}

type unseenLine struct {
	What link
	Why  string
	Part bool
}

// goneEdition is an edition that left, or may have left, the archive.
type goneEdition struct {
	Dossier link
	Edition int64
	Says    string
	Counts  bool
}

// teller tells a plan to a visitor: by name what they may see, by id the rest.
type teller struct {
	v         *visit
	ctx       context.Context
	r         store.Reader
	names     *namer
	do, basis map[string]string // what was chosen so far, by id
	second    bool              // chosen by somebody else: it is told, and not asked
}

// mostAsked is how many things of a kind are asked for one by one; what is
// beyond it is decided together, or by the command.
const mostAsked = 200

func (t *teller) thing(id string) (link, error) {
	l, err := t.names.name(id)
	if strings.HasPrefix(id, "d-") {
		d, e := t.r.Dossier(t.ctx, id)
		l, err = t.v.named("dossiers", id, d.Title, e)
	}
	if l.To != "" && l.Text != id {
		l.Text += " · " + id
	}
	return l, err
}

// fill takes over the plan.
func (p *planPage) fill(t *teller, plan casework.ErasurePlan) (err error) {
	p.told = t
	p.Records, p.Rows, p.Lines, p.Drafts = int64(len(plan.Records)), int64(len(plan.Rows)), int64(len(plan.Lines)), int64(len(plan.Drafts))
	p.Nameless, p.Common = plan.Nameless, int64(plan.Common)
	for _, step := range []func(*teller, casework.ErasurePlan) error{p.holds, p.exhibits, p.texts, p.others, p.entries, p.outOfReach, p.backups} {
		if err := step(t, plan); err != nil {
			return err
		}
	}
	return nil
}

func (p *planPage) holds(t *teller, plan casework.ErasurePlan) error {
	for _, h := range plan.Holds {
		x, err := t.r.Hold(t.ctx, h.Hold)
		if err == nil {
			err = casework.IsThere(t.ctx, t.r, x.SubjectKind, x.Subject)
		}
		if errors.Is(err, fault.NotFound) {
			p.HeldElse++
			continue
		}
		if err != nil {
			return err
		}
		line, err := t.v.heldLine(t.ctx, t.r, x)
		if err != nil {
			return err
		}
		p.Holds = append(p.Holds, line)
	}
	return nil
}

// put adds a choice where it belongs. ways are what may be said of it.
func (p *planPage) put(t *teller, c choice, possible bool, ways ...string) {
	if c.Basis = t.basis[c.ID]; t.do[c.ID] != "" {
		c.Said = t.v.words.T("erase.do." + t.do[c.ID])
	} else if possible {
		c.Said = t.v.words.T("erase.do.stays")
	}
	if !t.second {
		c.Pick, c.Ask = t.v.words.T("erase.pick"), t.v.words.T("erase.basis")
		first := option{Text: t.v.words.T("erase.do.choose")}
		if possible {
			first.Text = t.v.words.T("erase.do.stays")
		}
		c.Options = []option{first}
		for _, way := range ways {
			c.Options = append(c.Options, option{Value: way, Text: t.v.words.T("erase.do." + way), Chosen: t.do[c.ID] == way})
		}
	}
	if possible {
		p.Chances = append(p.Chances, c)
	} else {
		p.Choices = append(p.Choices, c)
	}
}

func (p *planPage) exhibits(t *teller, plan casework.ErasurePlan) error {
	for _, e := range plan.Exhibits {
		if e.Gone {
			continue
		}
		what, err := t.thing(e.Exhibit)
		if err != nil {
			return err
		}
		c := choice{ID: e.Exhibit, What: link{Text: t.v.words.T("code.held.exhibit") + ": " + what.Text, To: what.To}}
		c.Facts = append(c.Facts, t.v.words.N("erase.others-cite", e.Others))
		ways := []string{"destroy", "keep"}
		if e.Copy == casework.CopyByProgram {
			ways = []string{"redact", "destroy", "keep"}
		} else {
			c.Facts = append(c.Facts, t.v.words.T("erase.by-hand"))
		}
		p.put(t, c, e.Possible, ways...)
	}
	return nil
}

func (p *planPage) texts(t *teller, plan casework.ErasurePlan) error {
	for _, e := range plan.Texts {
		what, err := t.thing(e.Dossier)
		if err != nil {
			return err
		}
		kind, _, _ := strings.Cut(e.ID, "-")
		p.put(t, choice{ID: e.ID, What: link{Text: t.v.words.T("erase.text."+kind) + ": " + what.Text, To: what.To}, Facts: []string{t.v.words.T("erase.text.facts")}}, e.Possible, "destroy", "keep")
	}
	return nil
}

func (p *planPage) others(t *teller, plan casework.ErasurePlan) error {
	asked := 0
	for _, o := range plan.Others {
		if asked++; asked > mostAsked {
			p.AllOthers = true
			break
		}
		id := o.Leaf.String()
		c := choice{ID: id, What: link{Text: t.v.words.T("erase.other."+strings.TrimSuffix(o.Kind, "@1")) + ": " + cutTo(id, 12) + "…"}}
		if o.Kind == "record@1" {
			if _, err := t.r.Record(t.ctx, o.Leaf); err == nil {
				c.What.To = t.v.link("records", id)
			} else if !errors.Is(err, fault.NotFound) {
				return err
			}
		}
		c.Facts = []string{t.v.words.T("erase.where", "fields", strings.Join(o.Fields, ", ")), t.v.words.N("erase.with", int64(len(o.With)))}
		p.put(t, c, o.Possible, "erase", "keep")
	}
	if p.AllOthers {
		p.put(t, choice{ID: casework.AllOthers, What: link{Text: t.v.words.T("erase.all-others")}}, false, "erase", "keep")
	}
	return nil
}

func (p *planPage) entries(t *teller, plan casework.ErasurePlan) error {
	for _, e := range plan.Entries {
		c := choice{ID: e.ID(), What: t.entry(e), Facts: []string{t.v.words.T("erase.where", "fields", strings.Join(e.Fields, ", "))}}
		switch {
		case e.Exhibit != "":
			c.Facts = append(c.Facts, t.v.words.T("erase.with-file", "exhibit", e.Exhibit))
			p.Described = append(p.Described, c)
		case e.Possible, e.Decide:
			p.put(t, c, e.Possible, "erase", "keep")
		default:
			p.Entries++
			if c.Basis = t.basis[c.ID]; t.do[c.ID] == "keep" {
				c.Said = t.v.words.T("erase.do.keep")
			}
			if !t.second {
				c.Pick, c.Ask = t.v.words.T("erase.pick"), t.v.words.T("erase.basis")
				c.Options = []option{{Text: t.v.words.T("erase.do.erase")}, {Value: "keep", Text: t.v.words.T("erase.do.keep"), Chosen: t.do[c.ID] == "keep"}}
			}
			if len(p.Words) < mostAsked {
				p.Words = append(p.Words, c)
			}
		}
	}
	for _, e := range plan.Staying {
		why := "rows"
		if strings.HasPrefix(e.Kind, "erasure.") {
			why = "erasure"
		} else if store.Stays(e.Kind) {
			why = "access"
		}
		p.Staying = append(p.Staying, choice{ID: e.ID(), What: t.entry(e), Facts: []string{t.v.words.T("erase.stays." + why)}})
	}
	return nil
}

// entry links an entry, for whoever may see it.
func (t *teller) entry(e casework.PlanEntry) link {
	l := link{Text: t.v.words.T("journal.entry", "seq", e.Seq)}
	if key := "kind." + e.Kind; t.v.words.Has(key) {
		l.Text += " · " + t.v.words.T(key)
	}
	if _, err := t.r.Entry(t.ctx, e.Seq); err == nil {
		l.To = t.v.link("journal", strings.TrimPrefix(e.ID(), "entry-"))
	}
	return l
}

func (p *planPage) outOfReach(t *teller, plan casework.ErasurePlan) error {
	for _, e := range plan.Unseen {
		what := link{Text: e.What}
		if strings.HasPrefix(e.What, "e-") {
			var err error
			if what, err = t.thing(e.What); err != nil {
				return err
			}
		}
		p.Unseen = append(p.Unseen, unseenLine{what, e.Why, e.Part})
	}
	for _, e := range plan.Dossiers {
		what, err := t.thing(e.Dossier)
		if err != nil {
			return err
		}
		p.Editions = append(p.Editions, goneEdition{what, e.Edition, t.v.words.T("erase.edition." + e.Names), e.Counts})
	}
	return nil
}

// backups is what the archive knows of copies of itself.
func (p *planPage) backups(t *teller, _ casework.ErasurePlan) error {
	at, _, err := t.v.s.Archive.LastBackup(t.ctx)
	if errors.Is(err, fault.NotFound) {
		return nil
	}
	p.Backed = p.Time(at)
	return err
}

// Choosing reports whether the visitor is asked, and not only told.
func (p *planPage) Choosing() bool { return !p.told.second }

// Held reports whether a hold stands against it.
func (p *planPage) Held() bool { return len(p.Holds) > 0 || p.HeldElse > 0 }

// Join is a list in the reader's language.
func (p *planPage) Join(all []string) string { return p.Listed(all...) }

// showPlan shows the first person the plan, and asks; what was proposed leads on.
func (s *Server) showPlan(v *visit, d doomed, work planned) error {
	if work.done != "" && work.refused == nil {
		return v.goTo(v.link("decisions", work.done) + "?done=proposed")
	}
	p := &planPage{base: v.base("erase.plan"), About: d.About, Sum: work.sum, Action: d.Page + "/propose"}
	do, basis, rest := asTyped(work.typed)
	p.Ground, p.Act = rest["ground"], act{rest["reason"], rest["basis"], rest["handling"]}
	if work.refused != nil {
		v.status, p.Problem = fault.HTTPStatus(work.refused), work.refused.Error()
	}
	return s.tellPlan(v, p, work, do, basis, false)
}

// tellPlan fills the page of a plan in for the visitor, and shows it.
func (s *Server) tellPlan(v *visit, p *planPage, work planned, do, basis map[string]string, second bool) error {
	err := v.read(func(ctx context.Context, r store.Reader) error {
		t := &teller{v: v, ctx: ctx, r: r, do: do, basis: basis, second: second, names: &namer{v: v, ctx: ctx, r: r, seq: r.Size(), known: map[string]link{}}}
		return p.fill(t, work.plan)
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(p.Staying, func(a, b choice) int { return strings.Compare(a.Facts[0], b.Facts[0]) })
	return s.show(v, p)
}
