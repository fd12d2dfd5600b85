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
	if len(ids) == 1 {
		return v.goTo(s.door(v, ids[0]))
	}
	p := &casesPage{base: v.base("nav.cases")}
	for _, id := range ids {
		r, err := s.opened(v.Context(), id)
		if err != nil {
			return err
		}
		p.Cases = append(p.Cases, link{Text: r.title, To: s.door(v, id)})
	}
	return s.show(v, p)
}

// door is where somebody enters a case: an auditor where it says who looked.
func (s *Server) door(v *visit, id string) string {
	if s.May(v.who, access.Read, access.Thing{Case: id}) != nil && s.May(v.who, access.Audit, access.Thing{Case: id}) == nil {
		return caseLink(id, "audit")
	}
	return caseLink(id)
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
