// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"reflect"

	"recount/access"
	"recount/audit"
	"recount/store"
)

// reading is withCase for commands that show something of the case: who looks is
// written down before the answer is given, in the name of --actor or of whoever
// opened the case. An answer as JSON is an export of as many things as it has.
func (d *desk) reading(look store.Look, work func(glance) error) error {
	return d.withCase(func(c *store.Case) error {
		who, err := d.may(c, access.Read)
		if err != nil {
			return err
		}
		a, err := c.Audit(d.ctx)
		if err != nil {
			return err
		}
		look.Actor = who.Name
		if look.Class != "" { // no hit is of a higher class than whoever looks may see
			look.Class = access.ScopeOf(who).Highest()
		}
		d.out.looked = func(answer any) error {
			if d.out.json && look.Act != audit.Verified {
				look.Act = audit.Exported
			}
			look.Shown = howMany(answer)
			d.out.looked = nil
			return a.Note(context.WithoutCancel(d.ctx), look)
		}
		defer func() { d.out.looked = nil }()
		return work(glance{c, who})
	})
}

// glance is a case as whoever looks may see it: what they may not see is not there.
type glance struct {
	*store.Case
	who access.Account
}

// Read asks the case in one snapshot for what they may see.
func (g glance) Read(ctx context.Context, ask func(store.Reader) error) error {
	return g.ReadAs(ctx, access.ScopeOf(g.who), ask)
}

// takingOut is reading for what is written into files: who takes it is written
// down before the first byte is.
func (d *desk) takingOut(look store.Look, work func(glance) error) error {
	look.Act = audit.Exported
	return d.reading(look, func(c glance) error {
		if err := d.out.looked(nil); err != nil {
			return err
		}
		return work(c)
	})
}

// lookAt is a look at things of a kind.
func lookAt(act audit.Act, kind, id string) store.Look {
	return store.Look{Event: audit.Event{Act: act, Kind: kind, ID: id}}
}

// howMany things an answer has: those of the list that it is, or of the longest
// list in it; else it is one.
func howMany(answer any) int64 {
	v := reflect.Indirect(reflect.ValueOf(answer))
	switch v.Kind() {
	case reflect.Slice:
		return int64(v.Len())
	case reflect.Struct:
		most, lists := 0, false
		for i := range v.NumField() {
			if f := v.Field(i); f.Kind() == reflect.Slice {
				most, lists = max(most, f.Len()), true
			}
		}
		if lists {
			return int64(most)
		}
	}
	return 1
}
