// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"recount/journal"
	"recount/register"
	"recount/store"
)

// newestEntries: the history from its end, a page at a time, of some kinds and
// of one who acted. The case's opening is entry 0, by somebody else.
func newestEntries(d *desk) {
	var sources, incidents []int64
	for range 3 {
		sources = append(sources, d.act(register.Source{Source: d.id("s"), Name: "A source", Kind: "ngo"}.Draft("why", "", "")))
		incidents = append(incidents, d.act(register.Incident{Incident: d.id("i"), Title: "A day", Kind: "attack"}.Draft("why", "", "")))
	}
	beth, err := d.c.Act(d.ctx, "beth", func(store.View) (journal.Draft, error) {
		return register.Source{Source: d.id("s"), Name: "Another", Kind: "ngo"}.Draft("", "", ""), nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	source := []string{"source.described@1"}
	for _, c := range []struct {
		name   string
		filter store.JournalFilter
		before int64
		limit  int
		want   []int64
	}{
		{"all, from the end", store.JournalFilter{}, -1, 3, []int64{beth.Seq, incidents[2], sources[2]}},
		{"all, before an entry", store.JournalFilter{}, sources[1], 2, []int64{incidents[0], sources[0]}},
		{"a kind", store.JournalFilter{Kinds: source}, -1, 9, []int64{beth.Seq, sources[2], sources[1], sources[0]}},
		{"a kind, a page on", store.JournalFilter{Kinds: source}, sources[2], 1, []int64{sources[1]}},
		{"two kinds", store.JournalFilter{Kinds: []string{"incident.described@1", "source.described@1"}}, sources[1], 9, []int64{incidents[0], sources[0]}},
		{"who acted", store.JournalFilter{Actor: "beth"}, -1, 9, []int64{beth.Seq}},
		{"who acted, and a kind", store.JournalFilter{Actor: "ann", Kinds: source}, -1, 2, []int64{sources[2], sources[1]}},
		{"nobody", store.JournalFilter{Actor: "cay"}, -1, 9, nil},
		{"before the first", store.JournalFilter{}, 0, 9, nil},
	} {
		d.read(func(r store.Reader) error {
			lines, err := r.Newest(d.ctx, c.filter, c.before, c.limit)
			var got []int64
			for _, l := range lines {
				got = append(got, l.Seq)
			}
			d.equal(c.name, got, c.want)
			return err
		})
	}
	d.at(beth.Seq, func(r store.Reader) error {
		lines, err := r.Newest(d.ctx, store.JournalFilter{Actor: "beth"}, -1, 9)
		d.equal("what was not known yet", len(lines), 0)
		return err
	})
	d.read(func(r store.Reader) error {
		actors, err := r.Actors(d.ctx, 9)
		if len(actors) > 0 && actors[0] != "ann" && actors[0] != "beth" {
			actors = actors[1:] // who opened the case
		}
		d.equal("who acted", actors[:2], []string{"ann", "beth"})
		return err
	})
}
