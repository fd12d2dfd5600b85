// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"strings"

	"recount/intake/table"
)

// HasKey reports whether rows of the list can be found again in another edition:
// the mapping names columns of a key, or of identifiers.
func (m *Mapping) HasKey() bool { return len(m.KeyColumns()) > 0 }

// KeyColumns are the columns by which a row is found again.
func (m *Mapping) KeyColumns() []string {
	if len(m.Key) > 0 {
		return m.Key
	}
	return m.Identifiers
}

// KeyBetween stands between the parts of a key of several columns.
const KeyBetween = " · "

// KeyOf is what stands in the columns of the row's key, without the white space
// around it: "" where nothing known stands in any of them.
func (r *Reader) KeyOf(row *table.Row) string {
	if len(r.key) == 1 {
		return r.keyPart(&row.Cells[r.key[0]])
	}
	known := false
	parts := make([]string, len(r.key))
	for i, at := range r.key {
		parts[i] = r.keyPart(&row.Cells[at])
		known = known || parts[i] != ""
	}
	if !known {
		return ""
	}
	return strings.Join(parts, KeyBetween)
}

func (r *Reader) keyPart(c *table.Cell) string {
	if c.Kind == table.Error || r.isMarker(c.Text) {
		return ""
	}
	return strings.TrimSpace(c.Text)
}
