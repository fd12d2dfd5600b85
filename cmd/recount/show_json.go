// SPDX-License-Identifier: Apache-2.0

package main

import (
	"slices"

	"recount/journal"
	"recount/register"
	"recount/store"
)

// What --json answers: names of fields as in journal/kinds.txt.

type recordJSON struct {
	Leaf   journal.Leaf     `json:"leaf"`
	Seq    int64            `json:"seq"`    // the entry that brought it
	Until  *int64           `json:"until"`  // the entry that brought its correction
	Person string           `json:"person"` // where it stands
	Erased bool             `json:"erased"`
	Record *register.Record `json:"record"` // null when erased
	Harms  []register.Harm  `json:"harms"`
}

// recordOwnJSON is a record with the fields of the case's own that it has.
type recordOwnJSON struct {
	recordJSON
	Own []register.Extra `json:"own"`
}

func jsonOfRecord(r store.Record) recordJSON {
	out := recordJSON{Leaf: r.Leaf, Seq: r.Seq, Until: since(r.Until), Person: r.Person, Erased: r.Erased, Harms: []register.Harm{}}
	if !r.Erased {
		out.Record = &r.Said
	}
	for _, h := range r.Harms {
		out.Harms = append(out.Harms, h.Said)
	}
	return out
}

// since is nil where nothing has ended it.
func since(seq int64) *int64 {
	if seq < 0 {
		return nil
	}
	return &seq
}

type moveJSON struct {
	Seq    int64        `json:"seq"`
	Until  *int64       `json:"until"`
	Record journal.Leaf `json:"record"`
	Person string       `json:"person"`
	Why    string       `json:"why"`
	ByRule bool         `json:"by_rule"`
}

type decisionJSON struct {
	Act     register.Act   `json:"act"`
	Kind    string         `json:"kind"`
	One     string         `json:"one"`
	Other   string         `json:"other"`
	Records []journal.Leaf `json:"records"`
}

type personJSON struct {
	Person    string         `json:"person"`
	Records   []recordJSON   `json:"records"`
	Moves     []moveJSON     `json:"moves"`
	Decisions []decisionJSON `json:"decisions"`
	StandsNow []string       `json:"stands_now,omitempty"` // persons under whom records that stood here stand now
}

func jsonOfPerson(p store.Person) personJSON {
	out := personJSON{Person: p.Person, Records: []recordJSON{}, Moves: []moveJSON{}, Decisions: []decisionJSON{}}
	for _, r := range p.Records {
		out.Records = append(out.Records, jsonOfRecord(r))
	}
	for _, m := range p.MovedOn() {
		if !slices.Contains(out.StandsNow, m.Person) {
			out.StandsNow = append(out.StandsNow, m.Person)
		}
	}
	for _, m := range p.Moves {
		out.Moves = append(out.Moves, moveJSON{m.Seq, since(m.Until), m.Record, m.Person, m.Why, m.ByRule})
	}
	for _, d := range p.Decisions {
		out.Decisions = append(out.Decisions, decisionJSON{d.Act, d.Kind, d.One, d.Other, d.Records})
	}
	return out
}

type entryJSON struct {
	Act    register.Act `json:"act"`
	Kind   string       `json:"kind"`
	Leaf   journal.Leaf `json:"leaf"`
	Erased bool         `json:"erased"`
}

type importJSON struct {
	Seq    int64           `json:"seq"`
	List   bool            `json:"list"`
	Import register.Import `json:"import"`
}

// groupJSON is what a source says of people without names.
type groupJSON struct {
	Leaf  string         `json:"leaf"`
	Entry int64          `json:"entry"`
	Said  register.Group `json:"said"`
}

// peopleOf is how many people a source speaks of: "5", "3–7", "10+".
func peopleOf(g register.Group) string {
	switch {
	case !g.High.Known:
		return group(g.Low.N) + "+"
	case g.High.N == g.Low.N:
		return group(g.Low.N)
	}
	return group(g.Low.N) + "–" + group(g.High.N)
}
