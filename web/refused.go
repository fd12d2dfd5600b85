// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"fmt"
	"mime"
	"strconv"

	"recount/fault"
	"recount/intake"
	"recount/intake/table"
	"recount/register"
	"recount/store"
)

// refusedRows sends the rows of an imported list that its mapping refuses, as a CSV
// with the list's own columns and the reason of each, to be mended and imported.
func (s *Server) refusedRows(v *visit) error {
	var x register.Exhibit
	err := v.read(func(ctx context.Context, r store.Reader) (err error) {
		x, err = r.Exhibit(ctx, v.PathValue("exhibit"))
		return err
	})
	if err != nil {
		return err
	}
	if x.Size > comparedBytes {
		return fmt.Errorf("%w: the list has more than %d MiB; accepted: the command recount import with --refused-to, which has no limit", fault.Invalid, comparedBytes>>20)
	}
	list, err := v.desk().Clerk().ExhibitEdition(v.Context(), x.Exhibit, nil, table.Limits{})
	if err != nil {
		return err
	}
	why, err := intake.Refused(v.Context(), list)
	if err != nil {
		return toldError(err)
	}
	if len(why) == 0 {
		return fmt.Errorf("%w: the mapping by which this list was imported refuses no row of it", fault.NotFound)
	}
	var file limitedFile
	if err := intake.WriteRefused(v.Context(), &file, list, why); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/csv")
	h.Set("Content-Length", strconv.Itoa(file.Len()))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "refused-rows.csv"}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if _, err := v.w.Write(file.Bytes()); err != nil {
		return errDone // the reader went away
	}
	return nil
}
