// SPDX-License-Identifier: Apache-2.0

package table

import (
	"slices"
	"strings"
)

// BetweenStoreys stands between the names of a column whose header has several rows.
const BetweenStoreys = " / "

func textsOf(cells []Cell) []string {
	texts := make([]string, len(cells))
	for i := range cells {
		texts[i] = cells[i].Text
	}
	return texts
}

// storeyed are the names of columns whose header has several rows: "Victim / Age". A
// cell that is blank above others means what stands left of it, as merged cells do;
// what stands twice is said once.
func storeyed(rows [][]string) []string {
	if len(rows) == 1 {
		return rows[0]
	}
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	parts := make([][]string, width)
	for r, row := range rows {
		above := ""
		for i := range width {
			text := ""
			if i < len(row) {
				text = strings.TrimSpace(row[i])
			}
			if text != "" {
				above = text
			} else if r < len(rows)-1 && below(rows[r+1:], i) {
				text = above
			}
			if text != "" && !slices.Contains(parts[i], text) {
				parts[i] = append(parts[i], text)
			}
		}
	}
	names := make([]string, width)
	for i := range names {
		names[i] = strings.Join(parts[i], BetweenStoreys)
	}
	return names
}

// Storeyed are the names of columns by the rows of their header, top first.
func Storeyed(rows [][]string) []string { return storeyed(rows) }

// below reports whether something stands below a cell: without that it is a column
// of its own.
func below(rows [][]string, i int) bool {
	return slices.ContainsFunc(rows, func(row []string) bool { return i < len(row) && strings.TrimSpace(row[i]) != "" })
}
