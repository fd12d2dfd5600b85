// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"slices"

	"recount/access"
	"recount/store"
)

// casesPage lists the cases of the archive.
type casesPage struct {
	base
	Cases []link
}

func (s *Server) listCases(v *visit) error {
	ids, err := s.Archive.Cases(v.Context())
	if err != nil {
		return err
	}
	p := &casesPage{base: v.base("nav.cases")}
	for _, id := range ids {
		door, err := s.door(v, id)
		if err != nil {
			return err
		}
		if door.To != "" {
			p.Cases = append(p.Cases, door)
		}
	}
	if len(p.Cases) == 1 {
		return v.goTo(p.Cases[0].To)
	}
	return s.show(v, p)
}

// door is where somebody enters a case: an auditor where it says who looked.
// Whoever has no seat in a case does not see that it is there.
func (s *Server) door(v *visit, id string) (link, error) {
	who, err := s.seated(v.Context(), v.who, id)
	if err != nil {
		return link{}, err
	}
	to := ""
	switch thing := (access.Thing{Case: id}); {
	case s.May(who, access.Read, thing) == nil:
		to = caseLink(id)
	case s.May(who, access.Audit, thing) == nil:
		to = caseLink(id, "audit")
	default:
		return link{}, nil
	}
	r, err := s.opened(v.Context(), id)
	return link{Text: r.title, To: to}, err
}

// overviewPage says what is here, what is not known, and what waits.
type overviewPage struct {
	base
	Entries int64
	Behind  int64 // entries that the census does not have yet
	Counted bool
	Here    []count
	Unknown []count
	Waits   []count
	Drafts  int64
	Erased  int64
	Latest  []store.EntryLine
}

// count is a number of things, what they are called, and where they are.
type count struct {
	N    int64
	Text string
	To   string
}

// howManyLatest is how many of the latest acts the overview shows.
const howManyLatest = 8

func (s *Server) overview(v *visit) error {
	p := &overviewPage{base: v.baseNamed(v.caseTitle)}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		c, err := r.Census(ctx)
		if err != nil {
			return err
		}
		p.Entries, p.Counted, p.Behind = r.Size(), c.Size > 0, r.Size()-c.Size
		p.fill(v, c)
		if p.Erased, err = r.Erased(ctx); err != nil {
			return err
		}
		p.Latest, err = r.Entries(ctx, max(0, r.Size()-howManyLatest), r.Size())
		slices.Reverse(p.Latest)
		return err
	})
	if err != nil {
		return err
	}
	drafts, err := v.room.Drafts(v.Context(), v.who.ID)
	if err != nil {
		return err
	}
	p.Drafts = int64(len(drafts))
	return s.show(v, p)
}

func (p *overviewPage) fill(v *visit, c store.Census) {
	add := func(to *[]count, n int64, key, address string) {
		*to = append(*to, count{n, v.words.N("overview."+key, n), address})
	}
	add(&p.Here, c.Sources, "sources", v.link("sources"))
	add(&p.Here, c.Exhibits, "exhibits", v.link("exhibits"))
	add(&p.Here, c.Records, "records", v.link("records"))
	add(&p.Here, c.Persons, "persons", v.link("persons"))
	add(&p.Here, c.Incidents, "incidents", v.link("incidents"))
	add(&p.Here, c.Figures, "figures", v.link("figures"))
	add(&p.Here, c.Dossiers, "dossiers", v.link("dossiers"))
	for _, x := range []struct {
		n   int64
		key string
	}{{c.Nameless, "nameless"}, {c.Ageless, "ageless"}, {c.Undated, "undated"}, {c.Placeless, "placeless"}, {c.Sexless, "sexless"}} {
		if x.n > 0 {
			add(&p.Unknown, x.n, x.key, "")
		}
	}
	for _, x := range []struct {
		n       int64
		key, to string
	}{
		{c.Pending, "pending", ""}, {c.Unlinked, "unlinked", v.link("persons")}, {c.Unfrozen, "unfrozen", v.link("dossiers")},
		{c.Unread, "unread", v.link("exhibits")}, {c.Refused, "refused", ""}, {c.Doubtful, "doubtful", ""},
	} {
		if x.n > 0 {
			add(&p.Waits, x.n, x.key, x.to)
		}
	}
}
