// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"fmt"

	"recount/journal"
	"recount/linkage"
	"recount/register"
	"recount/store"
	"recount/tally"
)

// tally reads a snapshot as tally does, and gives for each record the
// beginning of its leaf and the number of its harms.
func (d *desk) tally(r store.Reader) ([]string, error) {
	harms := map[journal.Leaf]int{}
	last := journal.Leaf{}
	for h, err := range r.TallyHarms(d.ctx) {
		if err != nil {
			return nil, err
		}
		if h.Record.String() < last.String() {
			d.t.Errorf("a harm of record %s follows one of %s", h.Record, last)
		}
		last = h.Record
		harms[h.Record]++
	}
	var got []string
	for x, err := range r.TallyRecords(d.ctx) {
		if err != nil {
			return nil, err
		}
		got = append(got, fmt.Sprintf("%.8s %d", x.Leaf, harms[x.Leaf]))
		delete(harms, x.Leaf)
	}
	for leaf := range harms {
		got = append(got, "no record: "+leaf.String())
	}
	return got, nil
}

// crowd adds records enough for several pieces of a stream, in batches whose
// leaves lie between one another.
func (d *desk) crowd(batches, each int) (records map[journal.Leaf]register.Record, harms map[journal.Leaf][]register.Harm) {
	records, harms = map[journal.Leaf]register.Record{}, map[journal.Leaf][]register.Harm{}
	s, e := d.id("s"), d.id("e")
	for b := range batches {
		var accounts []account
		for n := range each {
			p := d.person(s, e, "N", fmt.Sprint("name ", n%97), int64(n+1))
			p.AgeLow, p.AgeHigh, p.Sex = register.Exactly(int64(n%900)), register.Exactly(int64(n%900+11)), []string{"", "male", "female"}[n%3]
			a := account{record: p}
			for k := range n % 3 {
				h := killed(fmt.Sprintf("2031-02-%02d", k+1), "2031-02", "Karvel", "karvel")
				if k == 0 {
					h.Code = "injured"
				}
				a.harms = append(a.harms, h)
			}
			accounts = append(accounts, a)
		}
		leaves, _, _ := d.add(accounts...)
		for i, leaf := range leaves {
			records[leaf], harms[leaf] = accounts[i].record, accounts[i].harms
		}
		_ = b
	}
	return records, harms
}

func tallyStreams(d *desk) {
	records, harms := d.crowd(3, 2_000) // a piece of a stream has 4,096 rows
	d.read(func(r store.Reader) error {
		seen, last := 0, ""
		for x, err := range r.TallyRecords(d.ctx) {
			if err != nil {
				return err
			}
			if leaf := x.Leaf.String(); leaf <= last {
				d.t.Fatalf("record %s follows record %s", leaf, last)
			}
			last = x.Leaf.String()
			want := records[x.Leaf]
			d.equal("record "+last, x, tally.Record{Leaf: x.Leaf, Person: want.Person, Source: want.Source, Sex: want.Sex, AgeLow: want.AgeLow, AgeHigh: want.AgeHigh})
			seen++
		}
		d.equal("how many records", seen, len(records))
		got := map[journal.Leaf][]string{}
		for h, err := range r.TallyHarms(d.ctx) {
			if err != nil {
				return err
			}
			got[h.Record] = append(got[h.Record], fmt.Sprint(h.Code, h.Date, h.Month, h.District, h.Determination))
		}
		for leaf, list := range harms {
			var want []string
			for _, h := range list {
				want = append(want, fmt.Sprint(h.Code, h.Date, h.Month, h.District, h.Determination))
			}
			d.equal("harms of "+leaf.String(), got[leaf], want)
		}
		stamp, err := r.Stamp(d.ctx)
		columns, err2 := tally.Load(d.ctx, r, stamp)
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		d.equal("what tally took", []int64{columns.Records(), columns.Persons(), columns.Orphans(), stamp.Size, stamp.Erased}, []int64{int64(len(records)), int64(len(records)), 0, r.Size(), 0})
		root, err := d.c.RootAt(d.ctx, r.Size())
		d.equal("the root", stamp.Root, root)
		for range r.TallyRecords(d.ctx) {
			break // a stream may be left
		}
		return err
	})
}

func linkStreams(d *desk) {
	records, harms := d.crowd(2, 2_500)
	d.read(func(r store.Reader) error {
		seen := 0
		orders := map[int64]bool{}
		for x, err := range r.LinkRows(d.ctx) {
			if err != nil {
				return err
			}
			p := records[x.Leaf]
			want := linkage.Row{Leaf: x.Leaf, Person: p.Person, Source: p.Source, NameFold: p.NameFold, AgeLow: p.AgeLow, AgeHigh: p.AgeHigh, Sex: p.Sex, Order: x.Order}
			// The first harm injures; the fatal one is the second, if there is one.
			if list := harms[x.Leaf]; len(list) > 0 {
				h := list[len(list)-1]
				want.Date, want.End, want.Place = h.Date, h.End, h.Place
			}
			d.equal("row "+x.Leaf.String(), x, want)
			orders[x.Order] = true
			seen++
		}
		d.equal("how many rows", []int{seen, len(orders)}, []int{len(records), len(records)})
		return nil
	})
}
