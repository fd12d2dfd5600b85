// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"

	"recount/fault"
)

const dumpLine = "recount dump/1"

// Dump writes the canonical dump of the projections (docs/formats/dump.md) and
// answers its SHA-256. Two cases with the same journal and the same surviving
// keys have the same dump, on either engine, live or rebuilt. Rows that no
// entry names yet are left out.
func (c *Case) Dump(ctx context.Context, w io.Writer) (sum [32]byte, err error) {
	defer fault.Wrap(&err, "dumping case %s", c.id)
	t, err := c.place.begin(ctx, reading)
	if err != nil {
		return sum, err
	}
	defer t.rollback()
	return dump(ctx, t, w, liveRows)
}

// dump leaves out what does not match staged in tables that have batches.
func dump(ctx context.Context, t *tx, w io.Writer, staged string) (sum [32]byte, err error) {
	hash := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(w, hash), 64<<10)
	fmt.Fprintln(out, dumpLine) // the writer keeps its first error for Flush
	var line []byte
	for _, table := range projectionTables() {
		line = append(line[:0], "table "...)
		line = append(line, table.name...)
		for _, c := range table.columns {
			line = append(line, '\t')
			line = append(line, c.name...)
			line = append(line, ':')
			line = append(line, c.kind...)
		}
		out.Write(append(line, '\n'))
		where := ""
		if table.has("batch") {
			where = staged
		}
		err := table.each(ctx, t, where, func(cells []cell) error {
			line = line[:0]
			for i := range cells {
				if i > 0 {
					line = append(line, '\t')
				}
				line = cells[i].appendTo(line)
			}
			_, err := out.Write(append(line, '\n'))
			return err
		})
		if err != nil {
			return sum, fmt.Errorf("table %s: %w", table.name, err)
		}
	}
	if err := out.Flush(); err != nil {
		return sum, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	return [32]byte(hash.Sum(nil)), nil
}

// appendTo writes the cell as PostgreSQL's COPY writes text: \N for NULL,
// backslash, tab and line ends behind a backslash.
func (c *cell) appendTo(line []byte) []byte {
	switch {
	case c.null():
		return append(line, `\N`...)
	case c.kind == integer:
		return strconv.AppendInt(line, c.number.Int64, 10)
	case c.kind == octets:
		return hex.AppendEncode(line, c.raw)
	}
	for i := range len(c.chars.String) {
		switch b := c.chars.String[i]; b {
		case '\\':
			line = append(line, `\\`...)
		case '\t':
			line = append(line, `\t`...)
		case '\n':
			line = append(line, `\n`...)
		case '\r':
			line = append(line, `\r`...)
		default:
			line = append(line, b)
		}
	}
	return line
}

// liveRows leaves out what no entry names yet.
const liveRows = " WHERE batch IS NULL OR batch NOT IN (SELECT batch FROM o_batch)"
