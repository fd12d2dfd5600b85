// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"strings"

	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// unprojectable: an entry that no projection can hold is not recorded at all, and
// a row is not staged.
func unprojectable(d *desk) {
	p := d.person(d.id("s"), d.id("e"), "Ila Brandt", "brandt ila", 1)
	_, staged := d.stage(row{"record@1", p.Values()})
	added := register.Addition{RowFile: staged.RowFile()}.Draft("added", "duty", "internal")
	size := d.act(added) + 1
	fields := func(kind string, of map[string]string) journal.Draft {
		x := journal.Draft{Kind: kind, Reason: "r", Basis: "duty", Handling: "internal", Fields: map[string]journal.Value{}}
		for name, text := range of {
			x.Fields[name] = journal.Text(text)
		}
		return x
	}
	for name, test := range map[string]struct {
		draft journal.Draft
		kind  error
	}{
		"a batch that an entry names already": {added, fault.Conflict},
		"a source without an id":              {fields("source.described@1", map[string]string{"name": "N"}), fault.Invalid},
		"a size that is no number":            {fields("exhibit.received@1", map[string]string{"exhibit": d.id("e"), "size": "1e3"}), fault.Invalid},
		"a size below nought":                 {fields("exhibit.received@1", map[string]string{"exhibit": d.id("e"), "size": "-1"}), fault.Invalid},
		"a number with a leading zero":        {fields("dossier.frozen@1", map[string]string{"dossier": d.id("d"), "edition": "01"}), fault.Invalid},
		"records that are no leaves":          {fields("persons.merged@1", map[string]string{"into": d.id("p"), "from": d.id("p"), "records": "ab\ncd"}), fault.Invalid},
		"a split without a new person":        {fields("persons.split@1", map[string]string{"person": d.id("p"), "records": strings.Repeat("ab", 32)}), fault.Invalid},
		"a list without a batch":              {fields("list.imported@1", map[string]string{"source": d.id("s")}), fault.Invalid},
	} {
		_, err := d.c.Act(d.ctx, "ann", func(store.View) (journal.Draft, error) { return test.draft, nil })
		if !errors.Is(err, test.kind) {
			d.t.Errorf("%s: %v; %v is right", name, err, test.kind)
		}
	}
	d.read(func(r store.Reader) error {
		d.equal("entries after what was refused", r.Size(), size)
		list, err := r.Sources(d.ctx, store.Page{})
		d.equal("sources after what was refused", len(list), 0)
		return err
	})
	d.refusedRows()
}

func (d *desk) refusedRows() {
	record := strings.Repeat("ab", 32)
	values := func(kind string, of map[string]string) row {
		k, _ := journal.KindNamed(kind)
		r := row{kind, make([]journal.Value, len(k.Fields))}
		for i, name := range k.Fields {
			r.values[i] = journal.Absent
			if text, ok := of[name]; ok {
				r.values[i] = journal.Text(text)
			}
		}
		return r
	}
	for name, bad := range map[string]row{
		"a harm of no record":               values("harm@1", map[string]string{"number": "1"}),
		"a harm without a number":           values("harm@1", map[string]string{"record": record}),
		"a harm whose record is no leaf":    values("harm@1", map[string]string{"record": "ab", "number": "1"}),
		"an age that is no number":          values("record@1", map[string]string{"age_low": "old"}),
		"a correction of what is no leaf":   values("record@1", map[string]string{"supersedes": "the first"}),
		"a rung of no record":               values("rung@1", map[string]string{"rung": "month"}),
		"a membership of what is no record": values("member@1", map[string]string{"record": "x", "person": "p-0000000000000001"}),
		"a group whose number is no number": values("group@1", map[string]string{"low": "many"}),
	} {
		b, err := d.c.Stage(d.ctx)
		if err != nil {
			d.t.Fatal(err)
		}
		if _, err := b.Add(bad.kind, bad.values); err != nil {
			d.t.Fatal(err)
		}
		if _, err := b.Finish(d.ctx); !errors.Is(err, fault.Invalid) {
			d.t.Errorf("%s: %v; fault.Invalid is right", name, err)
		}
	}
}
