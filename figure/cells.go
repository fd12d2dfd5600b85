// SPDX-License-Identifier: Apache-2.0

package figure

import (
	"maps"
	"slices"
	"strings"
)

// Line is one person of the universe as a count file states it: the verdicts
// of the figure and its parts, and the rungs they follow from, reduced.
type Line struct {
	Verdicts []Verdict
	Rungs    Rungs
}

// Sheet is one count file of a figure: which parts stand in it, and which
// rungs each line opens. Lines that open nothing show their verdicts alone.
type Sheet struct {
	Parts []string // the figure itself always stands in it
	Open  []Use    // as many as there are lines
}

// Cells are the counts that a published count file gives away, by a name that
// is the same in every edition: single verdicts, verdicts together, and
// verdicts together with the rungs that are open.
type Cells map[string]int64

// Add joins the cells of another count file of the same edition. Where both
// name the same cell they hold the same number.
func (c Cells) Add(other Cells) { maps.Copy(c, other) }

// CellsOf are the cells of one sheet. The verdicts of a line stand in the
// order of the definition d, those of a part that is not in the sheet are
// passed over.
func CellsOf(d Definition, lines []Line, s Sheet) Cells {
	columns := s.columns(d)
	cells := Cells{"n": int64(len(lines))}
	for i, l := range lines {
		for _, c := range columns {
			name := d.columnName(c)
			cells[name+"="+l.Verdicts[c].String()]++
			if l.Verdicts[c] != Out {
				cells[name+"=in|unknown"]++
			}
		}
		together := verdictKey(d, columns, l)
		if len(columns) > 1 {
			cells[together]++
		}
		if open := openKey(l.Rungs, s.Open[i]); open != "" {
			cells[together+" "+open]++
		}
	}
	return cells
}

// columns are the columns of d that stand in the sheet, the figure first.
func (s Sheet) columns(d Definition) []int {
	columns := []int{0}
	for i, p := range d.Parts {
		if slices.Contains(s.Parts, p.Part) {
			columns = append(columns, i+1)
		}
	}
	return columns
}

func (d Definition) columnName(column int) string {
	if column == 0 {
		return "figure"
	}
	return "part." + d.Parts[column-1].Part
}

// verdictKey names the cell of verdicts of one line. The parts are named in
// byte order, so that editions with another order of parts can be compared.
func verdictKey(d Definition, columns []int, l Line) string {
	words := make([]string, len(columns))
	for i, c := range columns {
		words[i] = d.columnName(c) + "=" + l.Verdicts[c].String()
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// openKey names the rungs that a line opens with their values: "" where it
// opens none.
func openKey(r Rungs, open Use) string {
	var b strings.Builder
	for _, f := range rungFields() {
		if !open.Has(f) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(f)
		b.WriteByte(':')
		b.WriteString(r.Field(f))
	}
	return b.String()
}

// small is the first cell, by name, that holds someone but fewer than limit
// persons, and whether there is one.
func (c Cells) small(limit int64) (string, bool) {
	for _, key := range slices.Sorted(maps.Keys(c)) {
		if n := c[key]; n > 0 && n < limit {
			return key, true
		}
	}
	return "", false
}

// differs is the first cell, by name, that both hold and that differs by
// someone but by fewer than limit persons.
func (c Cells) differs(earlier Cells, limit int64) (string, bool) {
	for _, key := range slices.Sorted(maps.Keys(c)) {
		before, ok := earlier[key]
		if d := c[key] - before; ok && d != 0 && d < limit && -d < limit {
			return key, true
		}
	}
	return "", false
}
