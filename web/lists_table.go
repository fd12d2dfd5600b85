// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"recount/derive"
	"recount/fault"
	"recount/intake/mapping"
	"recount/intake/revise"
	"recount/intake/table"
	"recount/register"
	"recount/store"
)

// listed is the exhibit that holds the list.
func (v *visit) listed() (x register.Exhibit, err error) {
	err = v.read(func(ctx context.Context, r store.Reader) (err error) {
		x, err = r.Exhibit(ctx, v.text("exhibit"))
		return err
	})
	return x, err
}

// listTable is the beginning of the list's table, by the form's sheet and header rows.
func (s *Server) listTable(v *visit, x register.Exhibit) (t derive.Table, err error) {
	open, err := v.opener(x)
	if err != nil {
		return t, err
	}
	t, err = s.derive.Table(v.Context(), x.Object, open, v.text("sheet"), 1, rowsLookedAt)
	if err != nil || t.Named {
		return t, err
	}
	header := int(v.whole("header_row", int64(max(1, t.HeaderRow))))
	if header == 0 && t.HeaderRow > 0 {
		t.Rows = append([]derive.Row{{Number: t.HeaderRow, Cells: t.Header}}, t.Rows...)
		t.HeaderRow, t.Header = 0, nil
		for _, c := range table.Lettered(len(t.Rows[0].Cells)) {
			t.Header = append(t.Header, c.Name)
		}
	}
	if header != t.HeaderRow {
		at := slices.IndexFunc(t.Rows, func(r derive.Row) bool { return r.Number == header })
		if at < 0 {
			return t, fmt.Errorf("%w: row %d of the list is blank or not among its first %d; accepted: the row with the names of the columns, or 0 where there is none", fault.Invalid, header, rowsLookedAt)
		}
		t.HeaderRow, t.Header, t.Rows = header, t.Rows[at].Cells, t.Rows[at+1:]
	}
	if storeys := int(v.whole("header_rows", 1)); storeys > 1 && t.HeaderRow > 0 {
		rows, below := [][]string{t.Header}, 0
		for below < len(t.Rows) && t.Rows[below].Number < t.HeaderRow+storeys {
			rows = append(rows, t.Rows[below].Cells)
			below++
		}
		t.Header, t.Rows = table.Storeyed(rows), t.Rows[below:]
	}
	return t, nil
}

// columnsOf are the columns that a mapping can name, and the cells of each: those of
// the list, and those into which the mapping puts its rows.
func columnsOf(t derive.Table, m *mapping.Mapping, sections string) (keys []string, cells map[string][]string) {
	header := make([]string, len(t.Header))
	for i, h := range t.Header {
		header[i] = strings.TrimSpace(h)
	}
	cells = map[string][]string{}
	for i, c := range table.Columns(header) {
		keys = append(keys, c.Key)
		for _, r := range t.Rows {
			if i < len(r.Cells) {
				cells[c.Key] = append(cells[c.Key], r.Cells[i])
			}
		}
	}
	if p := m.Pivot; p != nil && slices.Contains(keys, p.Name) && slices.Contains(keys, p.Value) {
		names, values := cells[p.Name], cells[p.Value]
		keys = slices.DeleteFunc(keys, func(k string) bool { return k == p.Name || k == p.Value })
		for i := range min(len(names), len(values)) {
			key := p.Name + "." + strings.TrimSpace(names[i])
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
			cells[key] = append(cells[key], values[i])
		}
	}
	if sections != "" && !slices.Contains(keys, sections) {
		keys = append(keys, sections)
		for _, r := range t.Rows {
			if len(r.Cells) > 1 && !table.IsBlank(r.Cells[0]) && !slices.ContainsFunc(r.Cells[1:], func(s string) bool { return !table.IsBlank(s) }) {
				cells[sections] = append(cells[sections], r.Cells[0])
			}
		}
	}
	return keys, cells
}

// howManyValues bounds the different values of a coded column that are offered.
const howManyValues = 40

// listOf is the list as the form shows it.
func listOf(keys []string, cells map[string][]string) revise.List {
	of := revise.List{Columns: keys, Values: map[string][]string{}}
	for key, all := range cells {
		values := distinct(all)
		of.Values[key] = values[:min(howManyValues, len(values))]
	}
	return of
}

// distinct are the different values of a column, in the order in which they stand.
func distinct(cells []string) (values []string) {
	seen := map[string]bool{"": true}
	for _, cell := range cells {
		if s := strings.TrimSpace(cell); !seen[s] {
			seen[s] = true
			values = append(values, s)
		}
	}
	return values
}
