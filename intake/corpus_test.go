// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"recount/intake"
	"recount/intake/mapping"
	"recount/internal/corpus"
	"recount/store"
)

// Both files of the corpus's list through vault, journal and tables, with the
// answers that are known of it (the corpus's SOURCES.md).
func TestImportOfTheCorpusList(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	text, err := os.ReadFile("testdata/rettig.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := mapping.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"lists/rettig.csv", "lists/rettig.xlsx"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := corpus.Path(t, name)
			d := newDesk(t)
			p, err := d.clerk.Preserve(ctx, path, intake.Delivery{Source: d.source})
			if err != nil {
				t.Fatal(err)
			}
			r, err := d.clerk.Import(ctx, d.order(p.Exhibit, m))
			if err != nil {
				t.Fatal(err)
			}
			if r.Rows != 2398 || r.Records != 2398 || r.Harms != 2398 || r.Refused != 0 || r.Contradictions != 13 || len(r.Unlisted) != 0 {
				t.Errorf("rows %d, records %d, harms %d, refused %d, contradictions %d, unlisted %d", r.Rows, r.Records, r.Harms, r.Refused, r.Contradictions, len(r.Unlisted))
			}
			codes, flags, ages := map[string]int{}, map[string]int{}, map[string]int{}
			if err := d.c.Read(ctx, func(v store.Reader) error {
				all, err := v.Records(ctx, store.RecordFilter{}, store.Page{})
				for _, x := range all {
					flags[x.Said.ChildFlag]++
					ages[x.Said.ChildAge]++
					for _, h := range x.Harms {
						codes[h.Said.Code]++
					}
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			want := map[string]int{"killed": 1331, "disappeared": 853, "disappeared-dead": 108, "unresolved": 93, "suicide": 8, "": 5}
			if d := cmp.Diff(want, codes); d != "" {
				t.Error(d)
			}
			if flags["yes"] != 94 || ages["yes"] != 98 || ages[""] != 773 {
				t.Errorf("flags %v, ages %v", flags, ages)
			}
			d.sound(4)
		})
	}
}

// A workbook's rows point to their sheet, keep the text of the file, and are
// the people of the same list as CSV.
func TestImportOfAWorkbook(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	d := newDesk(t)
	f := excelize.NewFile()
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	rows := [][]any{{"name", "age", "when", "what", "minor", "id", "where", "work"},
		{"Ada Vell", 17, 33660, "killed", 1, "0012", "Tarn", nil}, {"Bor Senn", "NA", nil, "missing", 0, "0013", "Sorre", "NA"}}
	for i, row := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellStyle("Sheet1", "C2", "C2", day); err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetName("Sheet1", "people"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	x := d.preserve("people.xlsx", b.String())
	if want := "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"; x.MediaType != want {
		t.Errorf("media type %s, want %s", x.MediaType, want)
	}
	if _, err := d.clerk.Import(ctx, d.order(x, parseMapping(t, tarnMapping))); err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, r := range d.records() {
		got[r.Said.Name.Text()] = []string{r.Said.Pinpoint, r.Harms[0].Said.Date, r.Harms[0].Said.DateWritten.Text(), r.Said.AgeLow.String(), r.Said.Raw.Text()}
	}
	want := map[string][]string{
		"Ada Vell": {"people!row 2", "1992-02-26", "1992-02-26", "204",
			`[["name","Ada Vell"],["age","17"],["when","33660"],["what","killed"],["minor","1"],["id","0012"],["where","Tarn"],["work",""]]`},
		"Bor Senn": {"people!row 3", "", "", "",
			`[["name","Bor Senn"],["age","NA"],["when",""],["what","missing"],["minor","0"],["id","0013"],["where","Sorre"],["work","NA"]]`},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	d.sound(4)
}
