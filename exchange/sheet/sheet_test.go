// SPDX-License-Identifier: Apache-2.0

package sheet_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/exchange/sheet"
	"recount/fault"
	"recount/intake/table"
	"recount/intake/worksheet"
	"recount/journal"
	"recount/names"
	"recount/register"
)

// odd are texts that programs change on their way: formulas, apostrophes, white
// space, ends of lines, escapes of workbooks, numbers that are codes.
func odd() []string {
	return []string{
		"", " ", "Ada Vell", "=1+1", "'quoted", "'=x", "+374 000", "-1", "@ada", "\ttab", "two\nlines", "two\r\nlines", "\rcr", "00123", "100E10", "3-4",
		"شهادة ١", "_x000D_", "a_x0041_b", "<b>&amp;</b>", "\"", "a,b;c", "sep=;", "🕊", "\u00a0nbsp\u00a0", "trailing ", "'", "TRUE", "\ufeffmark", "\u0001", "1992-02-26", "|", "%",
	}
}

// full is a record in which every field that is kept as written holds a text.
func full(text string, harms int) worksheet.Row {
	v := journal.Text(text)
	r := register.Record{
		Source: "s-0000000000000001", Exhibit: "e-0000000000000001", Pinpoint: "row 2", Person: "p-0000000000000001",
		Name: v, Given: v, Father: v, OtherNames: v, SexWritten: v, Sex: "female", AgeWritten: v, AgeLow: register.Exactly(204), AgeHigh: register.Exactly(215),
		BirthWritten: v, Birth: "1974-05", Occupation: v, Nationality: v, Affiliation: v, ChildWritten: v, ChildFlag: "yes", Status: v, Note: v,
		Handling: "internal", Basis: "family", Raw: journal.Text(`[["a","` + "x" + `"]]`),
	}
	row := worksheet.Row{Leaf: journal.Leaf{1, 2, 3}, Record: r}
	for n := range harms {
		h := register.Harm{Number: n + 1, Code: "killed", CodeWritten: v, DateWritten: v, Date: "1992-02-25/1992-02-26", EndWritten: v, PlaceWritten: v, Place: "Tarn, North", CauseWritten: v, Cause: "x-own", Alleged: v, Determination: "included", Standard: "ns", Handling: "internal"}
		h.SetRungs()
		row.Harms = append(row.Harms, h)
	}
	row.Own = []register.Extra{{Name: "Plot no.", Written: v, Value: strings.TrimSpace(text)}, {Name: "Zeile", Written: journal.Absent, Value: "only read"}}
	row.Record.NameFold = names.Key(text)
	row.Record.SetRungs()
	return row
}

// TestBackAndForth: what a worksheet is made from is read out of it again, in each
// format, by the reader of lists.
func TestBackAndForth(t *testing.T) {
	t.Parallel()
	var rows []worksheet.Row
	for i, text := range odd() {
		rows = append(rows, full(text, i%4))
	}
	bare := worksheet.Row{Leaf: journal.Leaf{9}, Record: register.Record{Handling: "confidential", Basis: "confidential"}}
	bare.Record.Source, bare.Record.Exhibit, bare.Record.Pinpoint, bare.Record.Person = "s-0000000000000001", "e-0000000000000001", "row 9", "p-0000000000000009"
	rows = append(rows, bare)
	for _, format := range []sheet.Format{sheet.CSV, sheet.ForExcel, sheet.XLSX} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			got := back(t, written(t, format, rows))
			if diff := cmp.Diff(rows, got, cmp.Comparer(func(a, b journal.Value) bool { return a == b || !a.Present() && !b.Present() })); diff != "" {
				t.Errorf("- made from, + read:\n%s", diff)
			}
		})
	}
}

func written(t *testing.T, format sheet.Format, rows []worksheet.Row) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := sheet.NewWriter(&b, format, worksheet.LayoutOf(rows, true), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func back(t *testing.T, file []byte) (rows []worksheet.Row) {
	t.Helper()
	tab, err := table.Open(bytes.NewReader(file), int64(len(file)), table.Options{File: "records"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := worksheet.Bind(tab.Info().Keys())
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, err := tab.Next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil || row.Refused != nil {
			t.Fatal(err, row)
		}
		cells := make([]string, len(row.Cells))
		for i, c := range row.Cells {
			cells[i] = c.Text
		}
		r, err := b.Read(cells)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
}

// TestFormulas: what a program could run does not begin a cell of a CSV for
// spreadsheet programs (OWASP, "CSV Injection"), and machines get it as it is.
func TestFormulas(t *testing.T) {
	t.Parallel()
	rows := []worksheet.Row{full(`=HYPERLINK("http://x.invalid")`, 1)}
	guarded, plain := string(written(t, sheet.ForExcel, rows)), string(written(t, sheet.CSV, rows))
	if strings.Contains(guarded, `,"=HYPER`) || !strings.Contains(guarded, `,"'=HYPER`) || !strings.HasPrefix(guarded, "\ufeffrecord,") || !strings.Contains(guarded, "\r\n") {
		t.Errorf("for spreadsheet programs:\n%q", guarded)
	}
	if !strings.Contains(plain, `,"=HYPER`) || !strings.HasPrefix(plain, "record,") || strings.Contains(plain, "\r") {
		t.Errorf("for machines:\n%q", plain)
	}
}

// TestReadRefuses: a cell that cannot be what it says is told by its column.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ column, cell, want string }{
		"a code":     {"sex", "woman", "sex"},
		"a date":     {"harm1.date", "26/02/92", "harm1.date"},
		"an age":     {"age_low", "17 years", "age_low"},
		"a record":   {"record", "12", "record"},
		"a harm":     {"harm1.code", "hurt", "harm1.code"},
		"notes":      {"cells", "{", "cells"},
		"name known": {"name_known", "maybe", "name_known"},
	}
	layout := worksheet.LayoutOf([]worksheet.Row{full("x", 1)}, false)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cells := layout.Cells(full("x", 1), false)
			for i, c := range layout.Columns() {
				if c == test.column {
					cells[i] = test.cell
				}
			}
			b, err := worksheet.Bind(layout.Columns())
			if err != nil {
				t.Fatal(err)
			}
			_, err = b.Read(cells)
			wrongs := register.Wrongs(err)
			if !errors.Is(err, fault.Invalid) || len(wrongs) == 0 || wrongs[0].Field != test.want {
				t.Errorf("got %v, want the column %s", err, test.want)
			}
		})
	}
	if _, err := worksheet.Bind([]string{"Nom", "Lieu"}); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), `"name"`) {
		t.Errorf("a list that is no worksheet: %v", err)
	}
}

// TestTooLong: a cell that a workbook cannot hold is refused, never cut.
func TestTooLong(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	row := full(strings.Repeat("ա", 32_768), 0)
	w, err := sheet.NewWriter(&b, sheet.XLSX, worksheet.LayoutOf([]worksheet.Row{row}, false), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(row); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "accepted: a CSV") {
		t.Errorf("got %v", err)
	}
}
