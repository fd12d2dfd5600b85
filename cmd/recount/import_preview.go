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

	"recount/casework"
	"recount/fault"
	"recount/intake"
	"recount/intake/mapping"
	"recount/intake/table"
)

// preview shows what the mapping makes of the list and writes nothing; of a
// file it needs no archive.
func (x *importCmd) preview(d *desk, m *mapping.Mapping) error {
	u, err := x.understood(d, m)
	if err != nil {
		return told(err)
	}
	return d.out.answer(u, func(w io.Writer) { err = u.Write(w) })
}

func (x *importCmd) understood(d *desk, m *mapping.Mapping) (u intake.Understood, err error) {
	f, err := os.Open(x.List)
	if errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(x.List, "e-") {
		err = d.work(func(desk casework.Desk) error {
			u, err = desk.Clerk().PreviewExhibit(d.ctx, x.List, m, table.Limits{})
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
	return intake.Preview(d.ctx, f, info.Size(), filepath.Base(x.List), m, table.Limits{})
}

// refusalTold is a refusal as the person who brings the list may see it.
type refusalTold struct{ *table.Refusal }

// Error tells file and value too.
func (r refusalTold) Error() string { return fault.Invalid.Error() + ": " + plain(r.Tell()) }

// told lets whoever is at the terminal see the value that was refused.
func told(err error) error {
	var r *table.Refusal
	if errors.As(err, &r) {
		return refusalTold{r}
	}
	return err
}
