// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"reflect"

	"recount/access"
	"recount/audit"
	"recount/casework"
	"recount/fault"
	"recount/store"
)

// reading is withCase for commands that show something of the case: who looks is
// written down before the answer is given, in the name of --actor or of whoever
// opened the case. An answer as JSON is an export of as many things as it has.
func (d *desk) reading(look store.Look, work func(glance) error) error {
	return d.looking(access.Read, look, work)
}

func (d *desk) looking(act access.Act, look store.Look, work func(glance) error) error {
	return d.withCase(func(c *store.Case) error {
		who, err := d.may(c, act)
		if err != nil {
			return err
		}
		look.Actor = who.Name
		if look.Class != "" { // no hit is of a higher class than whoever looks may see
			look.Class = access.ScopeOf(who).Highest()
		}
		defer d.noting(c, &look)()
		return work(glance{c, who})
	})
}

// working is work for commands that write and in doing so show something of the
// case that whoever acts did not bring. The look is written down before anything
// is done: what is refused tells as well, and a disk that is full afterwards must
// not end in an act that was done and is answered as if it was not.
func (d *desk) working(act access.Act, look store.Look, do func(casework.Desk) error) error {
	return d.looking(act, look, func(c glance) error {
		if err := d.out.looked(nil); err != nil {
			return err
		}
		return do(casework.Desk{Case: c.Case, Actor: c.who.Name, Rand: d.program.rand})
	})
}

// keeping is withArchive for commands on what belongs to no case: accounts, the
// ways that open the archive. It is written down in the archive's own audit
// journal before the answer is given; work may still say of whom it is.
func (d *desk) keeping(look store.Look, work func(*store.Archive, *store.Look) error) error {
	return d.withArchive(func(a *store.Archive) error {
		if look.Actor = d.globals.Actor; look.Actor == "" {
			look.Actor = atTheCommandLine
		}
		defer d.noting(a, &look)()
		return work(a, &look)
	})
}

// changed writes down at once what a command has changed, where it did.
func (d *desk) changed(err error) error {
	if err != nil {
		return err
	}
	return d.out.looked(nil)
}

// atTheCommandLine is who acts outside of cases where no --actor is named.
const atTheCommandLine = "command line"

// audited is a case, or an archive.
type audited interface {
	Audit(context.Context) (*store.Audit, error)
}

// noting has the next answer written down first, and answers what ends that.
func (d *desk) noting(of audited, look *store.Look) (end func()) {
	d.out.looked = func(answer any) error {
		d.out.looked = nil
		a, err := of.Audit(d.ctx)
		if err != nil {
			return err
		}
		switch look.Act {
		case audit.Viewed, audit.Listed, audit.Searched, audit.Revealed:
			if d.out.json {
				look.Act = audit.Exported
			}
		}
		look.Shown = howMany(answer)
		return a.Note(context.WithoutCancel(d.ctx), *look)
	}
	return func() { d.out.looked = nil }
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

// takingAll is takingOut for what has all of the case in it, parted by nothing: it
// is for whoever may see all there is, in every compartment, and nothing is hidden.
func (d *desk) takingAll(work func(glance) error) error {
	return d.takingOut(lookAt(audit.Exported, "case", ""), func(c glance) error {
		err := c.Read(d.ctx, func(r store.Reader) error {
			if !r.Narrow() {
				return nil
			}
			return fmt.Errorf("%w: %s: all of the case would leave it, and not all of it is shown to this account; accepted is a member who sees every class and compartment, while nothing is hidden", fault.Forbidden, plain(c.who.Name))
		})
		if err != nil {
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
