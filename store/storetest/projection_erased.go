// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"strings"

	"recount/fault"
	"recount/journal"
	"recount/linkage"
	"recount/register"
	"recount/store"
)

// erase decides on leaves, carries it out and rebuilds.
func (d *desk) erase(leaves ...string) {
	d.t.Helper()
	d.act(register.Erasure{Erasure: d.id("z"), Ground: "a witness withdrew", Deciders: []string{"ann", "ben"}, Leaves: leaves, PlanSHA256: strings.Repeat("00", 32)}.Draft("withdrawn", "consent", "restricted"))
	if err := d.c.Erase(d.ctx, nil); err != nil {
		d.t.Fatal(err)
	}
}

func erasedThings(d *desk) {
	p, records := d.three()
	d.run(linkage.Move{Record: records[1], Person: p[0], Why: "name"})
	q := register.Citation{Citation: d.id("c"), Exhibit: d.id("e"), ExhibitSHA256: strings.Repeat("ab", 32), Scheme: "page", Pinpoint: "4", Quote: "words of a witness"}
	cited := d.act(q.Draft("quoted", "consent", "restricted"))
	old := d.person(d.id("s"), d.id("e"), "Tomas Vell", "tomas vell", 1)
	first, _, _ := d.add(account{old, nil})
	corrected := old
	corrected.Supersedes = first[0]
	second, _, _ := d.add(account{corrected, nil})
	var harm, entry journal.Leaf
	d.read(func(r store.Reader) error {
		x, err := r.Record(d.ctx, records[2])
		line, err2 := r.Entry(d.ctx, cited)
		harm, entry = x.Harms[0].Leaf, line.Leaf
		return errors.Join(err, err2)
	})
	d.erase(records[1].String(), harm.String(), entry.String(), second[0].String())

	d.read(func(r store.Reader) error {
		gone, err := r.Record(d.ctx, records[1])
		d.equal("the record", gone, store.Record{Leaf: records[1], Erased: true, Until: -1})
		person, err2 := r.Person(d.ctx, p[0])
		var erased, kept []string
		for _, x := range person.Records {
			if x.Erased {
				erased = append(erased, x.Leaf.String())
			} else {
				kept = append(kept, x.Leaf.String())
			}
		}
		d.equal("the person", [][]string{kept, erased}, [][]string{texts(records[0]), texts(records[1])})
		line, err3 := r.Entry(d.ctx, cited)
		d.equal("the entry", []any{line.Kind, line.Erased, line.Actor, line.Leaf}, []any{"citation.made@1", true, "", entry})
		_, err4 := r.Citation(d.ctx, q.Citation)
		if !errors.Is(err4, fault.NotFound) || !strings.Contains(err4.Error(), "erased") {
			d.t.Errorf("the citation: %v; fault.NotFound that speaks of erasure is right", err4)
		}
		without, err5 := r.Record(d.ctx, records[2])
		d.equal("harms of the third", len(without.Harms), 0)
		kind, is, err6 := r.IsErased(d.ctx, harm)
		d.equal("the harm", []any{kind, is}, []any{"harm@1", true})
		kinds, err7 := r.ErasedKinds(d.ctx)
		d.equal("erased by kind", kinds, []store.KindCount{{Kind: "citation.made@1", N: 1}, {Kind: "harm@1", N: 1}, {Kind: "record@1", N: 2}})
		n, err8 := r.Erased(d.ctx)
		d.equal("erased", n, int64(4))
		// What a correction said is gone, and with it that it corrected: what
		// stood before it stands again. Whoever plans an erasure is told.
		before, err9 := r.Record(d.ctx, first[0])
		d.equal("the corrected record", before.Until, int64(-1))
		return errors.Join(err, err2, err3, err5, err6, err7, err8, err9)
	})
	d.at(cited+1, func(r store.Reader) error {
		n, err := r.Erased(d.ctx)
		d.equal("erased of what was known then", n, int64(3))
		return err
	})
}
