// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"recount/audit"
	"recount/casework"
	"recount/fault"
	"recount/intake"
	"recount/intake/mapping"
	"recount/intake/table"
	"recount/store"
)

// preview shows what the mapping makes of the list and writes nothing; of a
// file it needs no archive. It ends as the import would.
func (x *importCmd) preview(d *desk, m *mapping.Mapping) error {
	order := intake.Order{Source: x.Source, Mapping: m, AcceptRefused: x.AcceptRefused, Another: x.Another, EditionOf: x.EditionOf}
	u, err := x.understood(d, order)
	if err != nil {
		return d.told(err)
	}
	if err := d.out.answer(u, func(w io.Writer) { err = u.Write(w) }); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	return x.failed(d, u.Ends(order))
}

func (x *importCmd) understood(d *desk, order intake.Order) (u intake.Understood, err error) {
	f, err := os.Open(x.List)
	if errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(x.List, "e-") {
		err = d.reading(lookAt(audit.Viewed, "exhibits", x.List), func(c glance) error {
			if err := c.Read(d.ctx, func(r store.Reader) error { _, err := r.Exhibit(d.ctx, x.List); return err }); err != nil {
				return err
			}
			if err := d.out.looked(nil); err != nil { // what is refused is told with its value
				return err
			}
			order.Exhibit = x.List
			u, err = casework.Desk{Case: c.Case, Actor: c.who.Name}.Clerk().PreviewExhibit(d.ctx, order)
			return err
		})
		return u, err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return u, fmt.Errorf("%w: there is no file %s", fault.NotFound, x.List)
	}
	if err != nil {
		return u, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	defer f.Close() // only read from
	info, err := f.Stat()
	if err != nil {
		return u, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	name := filepath.Base(x.List)
	if order.Source == "" && order.Mapping.Source == "" && order.EditionOf == "" {
		return intake.Preview(d.ctx, f, info.Size(), name, order.Mapping, table.Limits{})
	}
	if !store.Here(d.globals.Archive) && order.EditionOf == "" {
		d.out.note("recount: there is no archive in %s: the list is not compared with earlier ones", d.globals.Archive)
		return intake.Preview(d.ctx, f, info.Size(), name, order.Mapping, table.Limits{})
	}
	err = d.reading(lookAt(audit.Viewed, "lists", ""), func(c glance) error {
		if err := d.out.looked(nil); err != nil {
			return err
		}
		u, err = casework.Desk{Case: c.Case, Actor: c.who.Name}.Clerk().PreviewFile(d.ctx, f, info.Size(), name, order)
		return err
	})
	return u, err
}

// refusalTold is a refusal as the person who brings the list may see it.
type refusalTold struct{ *table.Refusal }

// Error tells file and value too.
func (r refusalTold) Error() string { return fault.Invalid.Error() + ": " + plain(r.Tell()) }

// told lets whoever is at the terminal see the value that was refused; what
// programs read has none.
func (d *desk) told(err error) error {
	var r *table.Refusal
	if errors.As(err, &r) && !d.out.json {
		return refusalTold{r}
	}
	return err
}
