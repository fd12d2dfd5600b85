// SPDX-License-Identifier: Apache-2.0

package table

import "io"

// Found is a list as it was found, for a person to look at: rows of any width,
// the header among them, nothing held to the form that an import asks for.
type Found interface {
	Info() Info // without header and columns
	Next() (*Row, error)
	Notices() []string
	Close() error
}

// Look opens a list for a person to look at. Of a workbook with several visible
// sheets the first is taken where none is named. A row is refused only where
// its cells cannot be read; blank rows are passed over; the numbers are those
// of Open. Options.HeaderRow and Wanted are not used.
func Look(r io.Reader, size int64, opt Options) (Found, error) {
	opt.asFound, opt.HeaderRow, opt.Wanted = true, 0, nil
	return OpenStream(r, size, opt)
}
