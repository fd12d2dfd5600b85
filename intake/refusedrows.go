// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/transform"

	"recount/fault"
	"recount/intake/mapping"
	"recount/intake/table"
)

// WriteRefused writes rows of a list as a CSV with the list's own columns, in the
// encoding, with the delimiter and with the header at the row that the mapping
// states, so that the same mapping reads them once they are mended (of a workbook,
// without its sheet). Behind them stand the row's number and why it was refused; of
// a row whose cells cannot be read, these alone. It holds what the list says of
// people: it is for whoever brings it.
func WriteRefused(ctx context.Context, to io.Writer, list Edition, why map[int]string) (err error) {
	t, shut, err := list.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shut()) }()
	if by, named := table.EncodingNamed(list.Mapping.Encoding); named {
		encoded := transform.NewWriter(to, by.NewEncoder())
		defer func() { err = errors.Join(err, encoded.Close()) }()
		to = encoded
	}
	out := csv.NewWriter(to)
	if d := list.Mapping.Delimiter; d != "" {
		out.Comma = rune(d[0])
	}
	width := len(t.Info().Columns)
	line := make([]string, width+2)
	for i, c := range t.Info().Columns {
		line[i] = c.Name
	}
	line[width], line[width+1] = "Row of the list", "Why it was refused"
	header := t.Info().HeaderRow
	above := max(header, 1) - 1 + max(list.Mapping.HeaderRows, 1) - 1 // blank rows of a header with several leave the names as they are
	if _, err := io.WriteString(to, strings.Repeat("\n", above)); err != nil {
		return fmt.Errorf("%w: writing the refused rows: %w", fault.Unavailable, err)
	}
	if header > 0 {
		if err := out.Write(line); err != nil {
			return fmt.Errorf("%w: writing the refused rows: %w", fault.Unavailable, err)
		}
	}
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		reason, refused := why[row.Number]
		if !refused {
			continue
		}
		clear(line)
		if row.Refused == nil {
			for i := range row.Cells {
				line[i] = row.Cells[i].Text
			}
		}
		line[width], line[width+1] = strconv.Itoa(row.Number), reason
		if err := out.Write(line); err != nil {
			return fmt.Errorf("%w: writing the refused rows: %w", fault.Unavailable, err)
		}
	}
	if out.Flush(); out.Error() != nil {
		return fmt.Errorf("%w: writing the refused rows: %w", fault.Unavailable, out.Error())
	}
	return nil
}

// Refused are the rows of a list that its mapping refuses, and why: what an import
// of it left out, as long as the list is there.
func Refused(ctx context.Context, list Edition) (why map[int]string, err error) {
	t, shut, err := list.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, shut()) }()
	r, err := mapping.Bind(list.Mapping, t.Info(), list.File)
	if err != nil {
		return nil, err
	}
	why = map[int]string{}
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			return why, ctx.Err()
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		if _, refused := r.Try(row); refused != nil {
			why[refused.Row] = refused.Why
		}
	}
}
