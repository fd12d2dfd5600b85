// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"errors"
	"io"

	"recount/intake/mapping"
	"recount/intake/table"
	"recount/register"
)

// openFile opens a list of size bytes, its rows put together as the mapping says.
func openFile(src io.ReaderAt, size int64, file string, m *mapping.Mapping, limits table.Limits) (table.Table, error) {
	return m.Shape().List(func(opt table.Options) (table.Table, error) { return table.Open(src, size, opt) }, tableOptions(m, file, limits))
}

// openList is openFile of a list that was preserved.
func (c *Clerk) openList(ctx context.Context, x register.Exhibit, m *mapping.Mapping, limits table.Limits) (table.Table, error) {
	return m.Shape().List(func(opt table.Options) (table.Table, error) {
		r, err := c.openExhibit(ctx, x)
		if err != nil {
			return nil, err
		}
		t, err := table.OpenStream(r, x.Size, opt)
		if err != nil {
			return nil, errors.Join(err, r.Close())
		}
		return &preserved{t, r}, nil
	}, tableOptions(m, x.FileName, limits))
}

// preserved is a list with the bytes that it is read from.
type preserved struct {
	table.Table
	bytes io.Closer
}

// Close ends both.
func (p *preserved) Close() error { return errors.Join(p.Table.Close(), p.bytes.Close()) }
