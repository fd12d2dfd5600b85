// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"

	"github.com/google/go-cmp/cmp"

	"recount/journal"
	"recount/linkage"
	"recount/store"
)

// history draws acts of all kinds, among them erasures of what earlier ones
// brought: rows, payloads, objects.
type history struct {
	*ground
	r       *rand.Rand
	records []journal.Leaf
	persons []string
	leaves  []journal.Leaf // that can be erased
	objects []string
	sources []string
}

// randomActs: after any history the projections are what a rebuild gives, and
// what a copy on another engine gives.
func randomActs(g *ground) {
	seeds := uint64(3)
	if g.config.Unlock != nil {
		seeds = 1 // the acts are the same; that files are encrypted is what is tried
	}
	for seed := range seeds {
		h := &history{ground: g, r: rand.New(rand.NewPCG(seed, 1))}
		for n := range 25 {
			h.step()
			if n%12 == 11 {
				h.compare(fmt.Sprintf("seed %d, act %d", seed, n))
			}
		}
		h.compare(fmt.Sprintf("seed %d", seed))
	}
	config := g.config
	config.Dir, config.Postgres = filepath.Join(g.t.TempDir(), "copy"), ""
	g.copyTo(g.a, config)
}

func (h *history) compare(what string) {
	h.t.Helper()
	live := h.dump(h.c)
	verified := h.c.Verify(h.ctx)
	if err := h.c.Rebuild(h.ctx, nil); err != nil {
		h.t.Fatalf("%s: %v", what, err)
	}
	if verified != nil {
		h.t.Errorf("%s: %v", what, verified)
	}
	if diff := cmp.Diff(strings.Split(h.dump(h.c), "\n"), strings.Split(live, "\n")); diff != "" {
		h.t.Errorf("%s: live differs (-rebuilt +live):\n%s", what, diff)
	}
}

func (h *history) step() {
	switch pick := h.r.IntN(10); {
	case pick < 2:
		h.describe()
	case pick < 4:
		h.addRecords()
	case pick < 5:
		object, seq := h.keep(fmt.Sprint("letter ", h.r.Uint64()))
		h.objects = append(h.objects, object.Address.String())
		h.entry(seq)
	case pick < 8:
		h.decidePersons(pick)
	default:
		h.erase()
	}
}

// describe says something new of a source, or describes another.
func (h *history) describe() {
	s := h.newSource(fmt.Sprint("list ", h.r.IntN(100)))
	if len(h.sources) > 0 && h.r.IntN(2) == 0 {
		s.Source = h.sources[h.r.IntN(len(h.sources))]
	}
	h.sources = append(h.sources, s.Source)
	h.entry(h.act(draftOf(s)))
}

// entry remembers an entry as one that can be erased; one that brings rows
// cannot.
func (h *history) entry(seq int64) {
	e, err := h.c.OpenEntry(h.ctx, seq)
	if err != nil {
		h.t.Fatal(err)
	}
	if !store.BringsRows(e.Kind) {
		h.leaves = append(h.leaves, e.Header.Leaf)
	}
}

func (h *history) addRecords() {
	var accounts []account
	for n := range 1 + h.r.IntN(4) {
		p := h.person(h.id("s"), h.id("e"), fmt.Sprint("Mira Oskan ", n), "mira oskan", int64(n))
		if len(h.records) > 0 && h.r.IntN(4) == 0 {
			p.Supersedes = h.records[h.r.IntN(len(h.records))]
		}
		h.persons = append(h.persons, p.Person)
		a := account{record: p}
		for range h.r.IntN(3) {
			a.harms = append(a.harms, killed("2031-02-26", "2031-02", "Karvel", "karvel"))
		}
		accounts = append(accounts, a)
	}
	records, harms, seq := h.add(accounts...)
	h.records = append(h.records, records...)
	h.leaves = append(h.leaves, records...)
	for _, of := range harms {
		h.leaves = append(h.leaves, of...)
	}
	h.entry(seq)
}

// decidePersons merges, splits, distinguishes or links, without much sense.
func (h *history) decidePersons(pick int) {
	if len(h.persons) < 2 {
		h.addRecords()
		return
	}
	one, other := h.persons[h.r.IntN(len(h.persons))], h.persons[h.r.IntN(len(h.persons))]
	record := h.records[h.r.IntN(len(h.records))]
	switch {
	case pick == 5:
		leaves, seq := h.run(moveOf(record, one))
		h.leaves = append(h.leaves, leaves...)
		h.entry(seq)
	case h.r.IntN(2) == 0:
		h.entry(h.act(linkage.Merged{Into: one, From: other, Records: []journal.Leaf{record}}.Draft("same", "duty", "internal")))
	default:
		h.entry(h.act(linkage.Split{Person: one, Into: h.id("p"), Records: []journal.Leaf{record}}.Draft("two", "duty", "internal")))
	}
}

// erase decides on one to three things and carries it out, or leaves that to
// the next time.
func (h *history) erase() {
	if len(h.leaves) == 0 {
		h.describe()
		return
	}
	var leaves []journal.Leaf
	for range 1 + h.r.IntN(3) {
		leaves = append(leaves, h.leaves[h.r.IntN(len(h.leaves))])
	}
	h.decide(leaves)
	if h.r.IntN(3) > 0 {
		if err := h.c.Erase(h.ctx, nil); err != nil {
			h.t.Fatal(err)
		}
	}
}
