// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"slices"
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

// readWas reads where a row says which key it had before somebody edited it.
func (m *Mapping) readWas(n node) error {
	w := &Was{}
	if err := (form{"columns": texts(&w.Columns), "prefix": text(&w.Prefix, nil)}).read("was", n); err != nil {
		return err
	}
	if len(w.Columns) == 0 {
		return n.errorf(`was names no column; accepted: {"columns": ["meta/deprecatedID"], "prefix": "uuid:"}`)
	}
	m.Was = w
	return nil
}

// checkWas sees that there is a key which can have been another one.
func (m *Mapping) checkWas(n node) error {
	if m.Was != nil && len(m.KeyColumns()) != 1 {
		return n.errorf(`"was" names the key that a row had before, and the key has %d columns; accepted: a "key" of one column beside it`, len(m.KeyColumns()))
	}
	return nil
}

// WasOf are the keys that the row says it had before, in the order of the mapping's
// columns, without its own.
func (r *Reader) WasOf(row *table.Row) (keys []string) {
	if len(r.was) == 0 {
		return nil
	}
	own := r.KeyOf(row)
	for _, at := range r.was {
		key := r.keyPart(&row.Cells[at])
		for prefix := r.m.Was.Prefix; prefix != "" && strings.HasPrefix(key, prefix); {
			key = strings.TrimPrefix(key, prefix) // some programs put it twice
		}
		if key != "" && key != own && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}
