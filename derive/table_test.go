// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"recount/fault"
)

func TestCSV(t *testing.T) {
	t.Parallel()
	list := "Name;Age\n\nA. Example;30\n\"B.\nExample\";\nC. Example;1;2\nName;Age\nD\x00;4\nE\x1b;5\n"
	r := runner(t)
	got, err := r.Table(t.Context(), "", holding([]byte(list)), "", 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	want := Table{
		Found: got.Found, Encoding: "utf-8", Delimiter: ";", HeaderRow: 1, Header: []string{"Name", "Age"}, Columns: 3, From: 1, To: 100,
		Rows: []Row{
			{Number: 3, Cells: []string{"A. Example", "30"}}, {Number: 4, Cells: []string{"B.\nExample", ""}},
			{Number: 5, Cells: []string{"C. Example", "1", "2"}}, {Number: 6, Cells: []string{"Name", "Age"}},
			{Number: 7, Cells: []string{}, Refused: got.Rows[4].Refused}, {Number: 8, Cells: []string{"E\u241b", "5"}},
		},
		Notices: []string{"blank rows passed over: 1", "rows with control characters, which show as U+FFFD: 1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.Contains(got.Rows[4].Refused, "NUL") {
		t.Errorf("row 7 is refused with %q", got.Rows[4].Refused)
	}
	got, err = r.Table(t.Context(), "", holding([]byte(list)), "", 4, 5)
	if err != nil || len(got.Rows) != 2 || got.Rows[0].Number != 4 || got.Rows[1].Number != 5 || !got.More || got.To != 5 {
		t.Errorf("rows 4 to 5: %+v, %v", got, err)
	}
}

func TestCSVInAnOldEncoding(t *testing.T) {
	t.Parallel()
	data := encoded(t, charmap.Windows1251, "Фамилия,Имя,Посёлок\nПримеров,Пётр,Тарн\nОбразцова,Анна,Тарн\n")
	got, err := runner(t).Table(t.Context(), "", holding(data), "", 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	if got.Encoding != "windows-1251" || !got.Guessed {
		t.Errorf("read as %q, guessed %v", got.Encoding, got.Guessed)
	}
	if diff := cmp.Diff([]Row{{Number: 2, Cells: []string{"Примеров", "Пётр", "Тарн"}}, {Number: 3, Cells: []string{"Образцова", "Анна", "Тарн"}}}, got.Rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestUnclosedQuote: what stands before a place behind which nothing can be
// read is shown.
func TestUnclosedQuote(t *testing.T) {
	t.Parallel()
	got, err := runner(t).Table(t.Context(), "", holding([]byte("a,b\n1,2\n3,\"4\n5,6\n")), "", 2, 50)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Rows) != 2 || got.Rows[0].Number != 2 || got.Rows[1].Number != 3 || !strings.Contains(got.Rows[1].Refused, "never closed") {
		t.Errorf("%+v", got.Rows)
	}
}

// workbook is one that another implementation wrote.
func workbook(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	set := func(sheet, cell string, v any) {
		t.Helper()
		if err := f.SetCellValue(sheet, cell, v); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"Hidden", "Second"} {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetSheetVisible("Hidden", false); err != nil {
		t.Fatal(err)
	}
	set("Sheet1", "B2", "Names of the missing")
	set("Sheet1", "A4", "A. Example")
	set("Sheet1", "C4", 30.5)
	set("Second", "A1", "Place")
	set("Second", "A2", "Tarn")
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWorkbook(t *testing.T) {
	t.Parallel()
	r, data := runner(t), workbook(t)
	got, err := r.Table(t.Context(), "", holding(data), "", 1, 9)
	if err != nil {
		t.Fatal(err)
	}
	want := Table{
		Found: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Sheet: "Sheet1",
		Sheets: []Sheet{{"Sheet1", false}, {"Hidden", true}, {"Second", false}}, HeaderRow: 2, Header: []string{"", "Names of the missing"},
		Columns: 3, From: 1, To: 9, Rows: []Row{{Number: 4, Cells: []string{"A. Example", "", "30.5"}}}, Notices: got.Notices,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got, err = r.Table(t.Context(), "", holding(data), "Second", 1, 9)
	if err != nil || got.Sheet != "Second" || len(got.Rows) != 1 || got.Rows[0].Cells[0] != "Tarn" {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = r.Table(t.Context(), "", holding(data), "Third", 1, 9)
	refused(t, err, fault.Invalid, "no such sheet")
}

// bomb is a workbook of less than 2 MiB whose first sheet is one cell with a
// text of unfolded bytes, and says that it unfolds to stated.
func bomb(t *testing.T, unfolded, stated uint64) []byte {
	t.Helper()
	pressed := func(text string, last bool) []byte {
		var b bytes.Buffer
		w, err := flate.NewWriter(&b, flate.BestSpeed)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err == nil && last {
			err = w.Close()
		} else if err == nil {
			err = w.Flush() // what was pressed so far can be followed by other blocks
		}
		if err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	sheet := pressed(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>`, false)
	sheet = append(sheet, bytes.Repeat(pressed(strings.Repeat("a", 1<<20), false), int(unfolded>>20))...)
	sheet = append(sheet, pressed("", true)...)
	if len(sheet) > 8<<20 {
		t.Fatalf("the bomb has %d bytes", len(sheet))
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	in, err := zip.NewReader(bytes.NewReader(workbook(t)), int64(len(workbook(t))))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range in.File {
		if f.Name != "xl/worksheets/sheet1.xml" {
			err = z.Copy(f)
		} else {
			var w io.Writer
			if w, err = z.CreateRaw(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, CompressedSize64: uint64(len(sheet)), UncompressedSize64: stated}); err == nil {
				_, err = w.Write(sheet)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestZipBomb: one that says what it is, one that says it is small, and one
// that stays below what a workbook may unfold to.
func TestZipBomb(t *testing.T) {
	t.Parallel()
	r := runner(t)
	for _, c := range []struct {
		unfolded, stated uint64
		words            string
	}{
		{1100 << 20, 1100 << 20, "unfolds to more than 1024 MiB"},
		{1100 << 20, 1000, ""},
		{900 << 20, 900 << 20, ""},
	} {
		_, err := r.Table(t.Context(), "", holding(bomb(t, c.unfolded, c.stated)), "Sheet1", 1, 9)
		if refused(t, err, fault.Invalid, c.words); err == nil || strings.Contains(err.Error(), "no result") {
			t.Errorf("%d bytes that are said to be %d: %v", c.unfolded, c.stated, err)
		}
		t.Log(err)
	}
}

func TestNoTable(t *testing.T) {
	t.Parallel()
	r := runner(t)
	for name, c := range map[string]struct {
		data  []byte
		words string
	}{
		"picture":      {[]byte("\x89PNG\r\n\x1a\nwhat"), "image/png"},
		"PDF":          {[]byte("%PDF-1.4\n"), "PDF"},
		"old workbook": {append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...), "the workbook is damaged"},
		"cut workbook": {workbook(t)[:3000], ""},
	} {
		_, err := r.Table(t.Context(), "", holding(c.data), "", 1, 9)
		if refused(t, err, fault.Invalid, c.words); err == nil {
			t.Errorf("a %s is shown", name)
		}
	}
}
