// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"strings"

	"recount/register"
	"recount/store"
)

// groupsPage lists what sources say of people without names. Nothing of it is ever
// added to a count of persons (I-05).
type groupsPage struct {
	base
	Groups []peopleLine
	Pager  pager
	Source link // "" of all
}

// peopleLine is how many people one source speaks of.
type peopleLine struct {
	Source      link
	Description string
	Low         int64
	High        register.Number
	Code        string
	Date, Place string
	Exhibit     link
	Pinpoint    string
}

// Exact reports whether the source gives one number.
func (g peopleLine) Exact() bool { return g.High.Known && g.High.N == g.Low }

func (s *Server) groups(v *visit) error {
	p := &groupsPage{base: v.base("groups.title")}
	err := v.read(func(ctx context.Context, r store.Reader) error {
		if id := v.text("source"); id != "" {
			source, err := r.Source(ctx, id)
			if err != nil {
				return err
			}
			p.Source = link{Text: source.Name, To: v.link("sources", id)}
		}
		list, err := r.Groups(ctx, v.text("source"), v.page())
		if err != nil {
			return err
		}
		list, p.Pager = paged(v, list, func(g store.Group) string { return g.Leaf.String() })
		sources := map[string]link{}
		for _, g := range list {
			if _, known := sources[g.Said.Source]; !known {
				if sources[g.Said.Source], err = v.sourceLink(ctx, r, g.Said.Source); err != nil {
					return err
				}
			}
			p.Groups = append(p.Groups, v.peopleLine(g.Said, sources[g.Said.Source]))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.show(v, p)
}

func (v *visit) peopleLine(g register.Group, source link) peopleLine {
	line := peopleLine{
		Source: source, Description: strings.TrimSpace(g.Description.Text()), Low: g.Low.N, High: g.High, Code: g.Code, Pinpoint: g.Pinpoint,
		Date: g.Date, Place: g.Place, Exhibit: link{Text: g.Pinpoint, To: v.link("exhibits", g.Exhibit)},
	}
	if line.Date == "" {
		line.Date = g.DateWritten.Text()
	}
	return line
}
