// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/journal"
	"recount/register"
	"recount/store"
)

// Projections tries what every engine must answer alike: each kind of entry
// and row applied and asked for, as known now and at earlier sizes. open makes
// a case that nobody has written to but its first entry.
func Projections(t *testing.T, open func(t *testing.T) *store.Case) {
	for _, test := range []struct {
		name string
		run  func(*desk)
	}{
		{"things are described, and described again", describedThings},
		{"lists end where they are cut", pagedThings},
		{"exhibits and citations are found", exhibitsAndCitations},
		{"figures and dossiers", figuresAndDossiers},
		{"protected identities", protectedIdentities},
		{"basis and consents", basisAndConsents},
		{"entries are history", historyOfEntries},
		{"the newest entries, by kind and by who acted", newestEntries},
		{"records come back as they went in", recordsReturn},
		{"records are chosen and paged", recordsChosen},
		{"records of a long list are chosen", recordsOfLongList},
		{"a correction stands in the place of a record", corrections},
		{"rungs, extra fields and groups", besideRecords},
		{"fields of the case's own", ownFields},
		{"rows that nobody named are not seen", unnamedRows},
		{"texts that SQL does not bear", hostileTexts},
		{"what cannot be applied is not recorded", unprojectable},
		{"merge and split lose nothing", mergeAndSplit},
		{"a run of the rules moves records", runOfRules},
		{"people's word on who is not one outlives what comes after", apartOutlives},
		{"tally reads what records say", tallyStreams},
		{"linkage reads what records say", linkStreams},
		{"erased things are shown as erased", erasedThings},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := &desk{t: t, ctx: t.Context(), c: open(t)}
			test.run(d)
			if err := d.c.Verify(d.ctx); err != nil {
				t.Errorf("what stands in the projections is not what a replay gives: %v", err)
			}
		})
	}
}

// desk is where a test works on one case.
type desk struct {
	t    *testing.T
	ctx  context.Context
	c    *store.Case
	last int // number of the last id
}

// id draws ids that are not random: s-0000000000000001, …
func (d *desk) id(prefix string) string {
	d.last++
	return fmt.Sprintf("%s-%016x", prefix, d.last)
}

// act records a draft and answers the number of its entry.
func (d *desk) act(draft journal.Draft) int64 {
	d.t.Helper()
	receipt, err := d.c.Act(d.ctx, "ann", func(store.View) (journal.Draft, error) { return draft, nil })
	if err != nil {
		d.t.Fatalf("recording %s: %v", draft.Kind, err)
	}
	return receipt.Seq
}

// read asks a question of the case as it is.
func (d *desk) read(f func(r store.Reader) error) {
	d.t.Helper()
	if err := d.c.Read(d.ctx, f); err != nil {
		d.t.Fatal(err)
	}
}

// at asks a question of the case as it was known at a size.
func (d *desk) at(size int64, f func(r store.Reader) error) {
	d.t.Helper()
	d.read(func(r store.Reader) error {
		past, err := r.At(size)
		if err != nil {
			return err
		}
		return f(past)
	})
}

// equal compares what came with what is right.
func (d *desk) equal(what string, got, want any) {
	d.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		d.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// row is one row to stage.
type row struct {
	kind   string
	values []journal.Value
}

// stage writes rows and answers their leaves, in the order of the rows.
func (d *desk) stage(rows ...row) ([]journal.Leaf, store.Staged) {
	d.t.Helper()
	b, err := d.c.Stage(d.ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	var leaves []journal.Leaf
	for _, r := range rows {
		leaf, err := b.Add(r.kind, r.values)
		if err != nil {
			d.t.Fatal(err)
		}
		leaves = append(leaves, leaf)
	}
	staged, err := b.Finish(d.ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	return leaves, staged
}

// account is a record with its harms.
type account struct {
	record register.Record
	harms  []register.Harm
}

// add stages accounts as one batch and records that they were added; the
// leaves are those of the records, and of the harms in their order.
func (d *desk) add(accounts ...account) (records []journal.Leaf, harms [][]journal.Leaf, seq int64) {
	d.t.Helper()
	b, err := d.c.Stage(d.ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, a := range accounts {
		record, err := b.Add("record@1", a.record.Values())
		if err != nil {
			d.t.Fatal(err)
		}
		var of []journal.Leaf
		for i, h := range a.harms {
			h.Record = record
			if h.Number == 0 {
				h.Number = i + 1
			}
			leaf, err := b.Add("harm@1", h.Values())
			if err != nil {
				d.t.Fatal(err)
			}
			of = append(of, leaf)
		}
		records, harms = append(records, record), append(harms, of)
	}
	staged, err := b.Finish(d.ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	seq = d.act(register.Addition{RowFile: staged.RowFile()}.Draft("added by hand", "duty", "internal"))
	return records, harms, seq
}

// person is a record of an invented person, as a list of names has it.
func (d *desk) person(source, exhibit, name, fold string, row int64) register.Record {
	return register.Record{
		Source: source, Exhibit: exhibit, Pinpoint: fmt.Sprintf("row %d", row), Row: register.Exactly(row),
		Person: d.id("p"), Name: journal.Text(name), NameFold: fold, Handling: "confidential", Basis: "duty",
		Raw: journal.Text(name + ";;"),
	}
}

// killed is a harm of an invented day.
func killed(date, month, place, district string) register.Harm {
	return register.Harm{
		Code: "killed", CodeWritten: journal.Text("dead"), DateWritten: journal.Text(date), Date: date, Month: month,
		PlaceWritten: journal.Text(place), Place: place, District: district,
		Determination: "included", Standard: "rgb", Handling: "confidential",
	}
}
