// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"strings"
	"testing"

	"recount/intake/table"
)

// TestDateOrder: what the cells of a column say of the order of day and month. A
// cell says it where one of its numbers is greater than 12.
func TestDateOrder(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		stated, cells string
		want          string // the advice begins so; "" there is none
		has           []string
	}{
		"day first by evidence":   {"iso", "26/02/1992 03/04/1992 31.01.1992 05/05/1992", `column "day": cells that can only be day, month, year: 2 (the first in row 2); only month, day, year: 0; either: 1, such as "03/04/1992" (1992-04-03 or 1992-03-04); the mapping`, []string{`"date": "dmy"`}},
		"month first by evidence": {"iso", "02/26/1992 03/04/1992", `column "day": cells that can only be day, month, year: 0; only month, day, year: 1 (the first in row 2); either: 1`, []string{`"date": "mdy"`}},
		"both":                    {"iso", "26/02/1992 02/26/1992 03/04/1992", `column "day": cells that can only be day, month, year: 1 (the first in row 2); only month, day, year: 1 (the first in row 3); either: 1`, []string{"no order is right"}},
		"both, and one is stated": {"dmy", "26/02/1992 02/26/1992", `column "day": cells that can only be day, month, year: 1`, []string{"no order is right"}},
		"nothing to go by":        {"iso", "03/04/1992 1992-02-26", `column "day": cells that can only be day, month, year: 0; only month, day, year: 0; either: 1`, []string{"has to be asked", "1992-04-03 or 1992-03-04"}},
		"stated":                  {"dmy", "26/02/1992 03/04/1992", "", nil},
		"stated the other way":    {"mdy", "26/02/1992 03/04/1992", `column "day": cells that can only be day, month, year: 1`, []string{`"date": "dmy"`}},
		"no cell can be mistaken": {"iso", "26/02/1992 31.04.1992 1992-03-04 5/5/1992 NA", "", nil},
		"years first":             {"iso", "1992-03-04 1992/03/04 1992", "", nil},
	} {
		m, err := Parse([]byte(`{"format": "recount mapping/1", "row": "person", "unknown": ["NA"], "record": {"name": "name"}, "harms": [{"code": {"constant": "killed"}, "date": {"column": "day", "date": "` + tt.stated + `"}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		r, err := Bind(m, table.Info{Columns: table.Columns([]string{"name", "day"})}, "list.csv")
		if err != nil {
			t.Fatal(err)
		}
		for i, cell := range strings.Fields(tt.cells) {
			r.Read(&table.Row{Number: i + 2, Cells: []table.Cell{{Raw: "Ada Vell", Text: "Ada Vell", Kind: table.Text}, {Raw: cell, Text: cell, Kind: table.Text}}})
		}
		got := ""
		for _, f := range r.Fields() {
			if f.Order != nil {
				got = f.Order.Advice(f.Columns, f.Stated)
			}
		}
		if tt.want == "" && got != "" || !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		for _, part := range tt.has {
			if !strings.Contains(got, part) {
				t.Errorf("%s: %q has no %q", name, got, part)
			}
		}
	}
}
