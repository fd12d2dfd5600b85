// SPDX-License-Identifier: Apache-2.0

package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"recount/fault"
)

// book makes a workbook of one sheet "people" from the inside of its
// sheetData, with four styles: 0 plain, 1 a day, 2 a month, 3 day and time.
func book(t testing.TB, sheetData string, more map[string]string) []byte {
	t.Helper()
	parts := map[string]string{
		"_rels/.rels": `<Relationships><Relationship Id="a" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": `<?xml version="1.0"?><workbook xmlns:r="rel"><workbookPr date1904="false"/>` +
			`<sheets><sheet name="people" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="r2" Type="http://x/styles" Target="/xl/styles.xml"/><Relationship Id="r3" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="165" formatCode="mmm\-yy;@"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>` +
			`<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="165"/><xf numFmtId="22"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml": `<sst><si><t>name</t></si><si><r><t>Ada </t></r><r><rPr/><t>Vell</t></r><rPh sb="0"><t>sound</t></rPh></si>` +
			`<si><t xml:space="preserve"> a&amp;b &lt;&#x410;_x000D_ _x005F_x000D_</t></si></sst>`,
		"xl/worksheets/sheet1.xml": `<worksheet><dimension ref="A1:G1048576"/><sheetData>` + sheetData + `</sheetData></worksheet>`,
	}
	for name, text := range more {
		parts[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// head is a header row of n columns a, b, c, …
func head(n int) string {
	var b strings.Builder
	b.WriteString(`<row r="1">`)
	for i := range n {
		fmt.Fprintf(&b, `<c r="%s1" t="inlineStr"><is><t>%c</t></is></c>`, columnName(i), 'a'+i)
	}
	return b.String() + "</row>"
}

func TestXLSXRows(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rows string
		opt  Options
		want []string
	}{
		"cells by reference": {head(3) + `<row r="3"><c r="C3"><v>1</v></c></row><row r="1048576"><c r="A1048576" s="1"/></row>`, Options{},
			[]string{"a|b|c", "3: ||1"}},
		"no references": {`<row><c t="inlineStr"><is><t>a</t></is></c></row><row/><row><c><v>7</v></c></row>`, Options{}, []string{"a", "3: 7"}},
		"kinds": {head(7) + `<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>2</v></c><c r="C2" t="b"><v>1</v></c><c r="D2" t="e"><v>#N/A</v></c>` +
			`<c r="E2" t="str"><f>A1</f><v>text</v></c><c r="F2" t="d"><v>1992-02-26</v></c><c r="G2"><f>1+1</f></c></row>`, Options{},
			[]string{"a|b|c|d|e|f|g", "2: Ada Vell| a&b <А\r _x000D_|TRUE|#N/A|text|1992-02-26|"}},
		"days": {head(8) + `<row r="2"><c r="A2" s="1"><v>1</v></c><c r="B2" s="1"><v>59</v></c><c r="C2" s="1"><v>60</v></c><c r="D2" s="1"><v>61</v></c>` +
			`<c r="E2" s="1"><v>33660.0</v></c><c r="F2" s="2"><v>33660</v></c><c r="G2" s="3"><v>33660.5</v></c><c r="H2" s="1"><v>33660.25</v></c></row>`, Options{},
			[]string{"a|b|c|d|e|f|g|h", "2: 1900-01-01|1900-02-28|1900-02-29|1900-03-01|1992-02-26|1992-02|1992-02-26T12:00:00|1992-02-26T06:00:00"}},
		"numbers": {head(6) + `<row r="2"><c r="A2"><v>57.0</v></c><c r="B2"><v>-33.406879</v></c><c r="C2"><v>1.5E3</v></c><c r="D2"><v>110101199003074510</v></c>` +
			`<c r="E2"><v>1.1010119900307451E+20</v></c><c r="F2"><v>5.0E-2</v></c></row>`, Options{},
			[]string{"a|b|c|d|e|f", "2: 57|-33.406879|1500|110101199003074510|1.1010119900307451E+20|0.05"}},
		"right of the header": {head(1) + `<row r="2"><c r="A2"><v>1</v></c><c r="C2"><v>2</v></c></row><row r="3"><c r="A3"><v>1</v></c><c r="C3" s="1"/></row>`, Options{},
			[]string{"a", `2! not accepted: sheet "people", row 2: cell C2 stands right of the last column of the header; accepted: a header above every column that is filled`, "3: 1"}},
		"header in a later row": {`<row r="1"><c r="A1"><v>9</v></c></row><row r="2"><c r="B2" t="s"><v>0</v></c></row><row r="3"><c r="B3"><v>1</v></c></row>`,
			Options{HeaderRow: 2}, []string{"|name", "3: |1"}},
		"CDATA and comments": {head(1) + `<!-- <row> --><row r="2"><c r="A2" t="str"><v><![CDATA[a<b]]></v></c></row>`, Options{}, []string{"a", "2: a<b"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _, err := readAll(t, book(t, tt.rows, nil), tt.opt)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// The same serial in both date systems, 1,462 days apart.
func TestXLSXDate1904(t *testing.T) {
	t.Parallel()
	data := book(t, head(1)+`<row r="2"><c r="A2" s="1"><v>33262</v></c></row>`, map[string]string{
		"xl/workbook.xml": `<workbook xmlns:r="rel"><workbookPr date1904="1"/><sheets><sheet name="people" sheetId="1" r:id="r1"/></sheets></workbook>`})
	got, tab, err := readAll(t, data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"a", "2: 1995-01-25"}, got); d != "" { // 1904-01-01 and 33,262 days
		t.Error(d)
	}
	if d := cmp.Diff([]string{"the workbook counts its days from 1904"}, tab.Notices()); d != "" {
		t.Error(d)
	}
}

func TestXLSXKeepsTheTextOfTheFileAndItsDoubts(t *testing.T) {
	t.Parallel()
	data := book(t, head(5)+`<row r="2" hidden="1"><c r="A2" s="1"><v>60</v></c><c r="B2"><v>110101199003074510</v></c><c r="C2" t="e"><v>#REF!</v></c>`+
		`<c r="D2"><f>1+1</f></c><c r="E2"><v>57.0</v></c></row>`, nil)
	tab, err := Open(bytes.NewReader(data), int64(len(data)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	row, err := tab.Next()
	if err != nil {
		t.Fatal(err)
	}
	want := []Cell{
		{"60", "1900-02-29", "a day that does not exist: the workbook's calendar takes 1900 for a leap year", Date},
		{"110101199003074510", "110101199003074510", "a number of 18 digits: a workbook keeps 15, so the last ones may not be what was typed", Number},
		{"#REF!", "#REF!", "", Error},
		{"", "", "a formula whose value the file does not hold", Error},
		{"57.0", "57", "", Number},
	}
	if d := cmp.Diff(want, row.Cells); d != "" {
		t.Error(d)
	}
	if _, err := tab.Next(); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	notices := []string{"hidden rows, read like the others: 1", "cells with a formula, of which the value was taken that the file holds: 1"}
	if d := cmp.Diff(notices, tab.Notices()); d != "" {
		t.Error(d)
	}
}

func TestXLSXThatIsRefused(t *testing.T) {
	t.Parallel()
	two := map[string]string{"xl/workbook.xml": `<workbook xmlns:r="rel"><sheets><sheet name="one" sheetId="1" r:id="r1"/><sheet name="two" sheetId="2" r:id="r1"/>` +
		`<sheet name="old" state="hidden" sheetId="3" r:id="r1"/></sheets></workbook>`}
	tests := map[string]struct {
		data []byte
		opt  Options
		want string
	}{
		"two sheets":                 {book(t, head(1), two), Options{}, `the workbook has 2 visible sheets; accepted: the mapping's "sheet" naming one of them: "one", "two", "old"`},
		"no such sheet":              {book(t, head(1), two), Options{Sheet: "three"}, `sheet "three": the workbook has no such sheet; accepted: one of its sheets: "one", "two", "old"`},
		"no header":                  {book(t, `<row r="2"><c r="A2"><v>1</v></c></row>`, nil), Options{}, "row 1: the header row is blank"},
		"rows out of order":          {book(t, head(1)+`<row r="3"/><row r="2"/>`, nil), Options{}, "the workbook is damaged"},
		"cut off":                    {book(t, head(1)+`<row r="2"><c r="A2"><v>1`, map[string]string{"xl/worksheets/sheet1.xml": "<worksheet><sheetData>" + head(1) + `<row r="2"><c`}), Options{}, "ends inside a tag"},
		"document type":              {book(t, "", map[string]string{"xl/workbook.xml": `<!DOCTYPE x [<!ENTITY a "b">]><workbook/>`}), Options{}, "a document type"},
		"ZIP without workbook":       {book(t, "", map[string]string{"_rels/.rels": "<Relationships/>", "xl/workbook.xml": ""})[:0], Options{}, "the file ends before row 1"},
		"delimiter":                  {book(t, head(1), nil), Options{Delimiter: ";"}, "names a delimiter"},
		"many cells":                 {book(t, head(3), nil), Options{Limits: Limits{Cells: 2}}, "more than 2 cells"},
		"many parts":                 {book(t, head(3), nil), Options{Limits: Limits{Entries: 3}}, "parts, the limit is 3"},
		"many texts":                 {book(t, head(3), nil), Options{Limits: Limits{Strings: 10}}, "texts are more than"},
		"long text":                  {book(t, `<row r="1"><c r="A1" t="str"><v>`+strings.Repeat("x", 3<<20)+`</v></c></row>`, nil), Options{}, "a text is longer than 1 MiB"},
		"a header twice":             {book(t, `<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>`, nil), Options{}, `row 1, column "A": the workbook is damaged: cell A1 stands there twice`},
		"a header that is not UTF-8": {book(t, "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>a\xff</v></c></row>", nil), Options{}, `row 1, column "A": the cell is not UTF-8`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := readAll(t, tt.data, tt.opt)
			if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want fault.Invalid with %q", err, tt.want)
			}
		})
	}
}

// A small file that unfolds to half a GiB is refused by size, in little
// memory; the same small ratio in a small file is no reason to refuse.
func TestXLSXThatUnfolds(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "large.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for _, name := range []string{"_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"} {
		small, err := zip.NewReader(bytes.NewReader(book(t, "", nil)), int64(len(book(t, "", nil))))
		if err != nil {
			t.Fatal(err)
		}
		r, err := small.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, r); err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	spaces := bytes.Repeat([]byte(" "), 1<<20)
	for range 512 {
		if _, err := w.Write(spaces); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int64{10 << 20, 0} { // under the default the text itself is too long
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		in, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := in.Stat()
		if err != nil {
			t.Fatal(err)
		}
		_, err = Open(in, info.Size(), Options{Limits: Limits{Unpacked: limit}})
		if !errors.Is(err, fault.Invalid) {
			t.Errorf("limit %d: got %v, want fault.Invalid", limit, err)
		}
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 400<<20 {
			t.Errorf("limit %d: %d MiB were allocated", limit, grown>>20)
		}
		if err := in.Close(); err != nil {
			t.Fatal(err)
		}
	}
	styles := `<styleSheet>` + strings.Repeat(" ", 111<<10) + `<cellXfs><xf numFmtId="0"/></cellXfs></styleSheet>`
	got, _, err := readAll(t, book(t, head(1)+`<row r="2"><c r="A2"><v>1</v></c></row>`, map[string]string{"xl/styles.xml": styles}), Options{})
	if err != nil || !cmp.Equal([]string{"a", "2: 1"}, got) {
		t.Errorf("got %q, %v", got, err)
	}
}

// A workbook written by another implementation.
func TestXLSXOfAnotherWriter(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	cells := map[string]any{"A1": "name", "B1": "when", "C1": "age", "A2": "Ada Vell", "B2": 33660, "C2": 0.22, "C3": "7", "A4": "=1+1", "D1": "note", "D4": "x"}
	for at, v := range cells {
		if err := f.SetCellValue("Sheet1", at, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellStyle("Sheet1", "B2", "B2", style); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	got, _, err := readAll(t, b.Bytes(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"name|when|age|note", "2: Ada Vell|1992-02-26|0.22|", "3: ||7|", "4: =1+1|||x"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestNumberFormats(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]shown{
		"m/d/yyyy": showsDay, "dd\\.mm\\.yyyy": showsDay, "yyyy": showsYear, "mmm-yy": showsMonth, "hh:mm": showsTime, "[h]:mm": showsElapsed,
		"yyyy-mm-dd hh:mm": showsDayTime, "[Red]0.00": notDate, `0" days"`: notDate, "General": notDate, "#,##0": notDate, "mm:ss.0": showsTime,
		`[$-409]d\-mmm\-yy;@`: showsDay, "0.00E+00": notDate, "@": notDate, `"d"0`: notDate, "mmmm": notDate,
	} {
		if got := classify(code); got != want {
			t.Errorf("classify(%q) = %d, want %d", code, got, want)
		}
	}
}

func FuzzXLSX(f *testing.F) {
	f.Add([]byte(head(2) + `<row r="2"><c r="A2" s="1"><v>33660</v></c></row>`))
	f.Add([]byte(`<row><c t="inlineStr"><is><t>a</t></is></c></row><!-- x --><row><c t="s"><v>2</v></c></row>`))
	f.Fuzz(func(t *testing.T, sheet []byte) {
		data := book(t, string(sheet), nil)
		tab, err := Open(bytes.NewReader(data), int64(len(data)), Options{})
		if err != nil {
			return
		}
		for {
			row, err := tab.Next()
			if err != nil {
				return
			}
			if row.Refused == nil && len(row.Cells) != len(tab.Info().Columns) {
				t.Fatalf("row %d has %d cells of %d", row.Number, len(row.Cells), len(tab.Info().Columns))
			}
		}
	})
}

// What nobody sees, or what shows as U+FFFD, is said beside the cell; the cell
// keeps it.
func TestXLSXCellsWithMarks(t *testing.T) {
	t.Parallel()
	data := book(t, head(3)+"<row r=\"2\"><c r=\"A2\" t=\"str\"><v>Ada _x001B_[2J</v></c><c r=\"B2\" t=\"str\"><v>lost \ufffd</v></c>"+
		"<c r=\"C2\" t=\"str\"><v>\ufeffCem</v></c></row><row r=\"3\"><c r=\"A3\" t=\"str\"><v>Ben Â\u0085</v></c></row><row r=\"4\"><c r=\"A4\" t=\"str\"><v>Â Ü_x000A_</v></c></row>", nil)
	tab, err := Open(bytes.NewReader(data), int64(len(data)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	control := marks{control: true}.doubt()
	for _, want := range [][]Cell{
		{{"Ada \x1b[2J", "Ada \x1b[2J", control, Text}, {"lost \ufffd", "lost \ufffd", marks{replaced: true}.doubt(), Text}, {"\ufeffCem", "\ufeffCem", marks{bom: true}.doubt(), Text}},
		{{"Ben Â\u0085", "Ben Â\u0085", control, Text}, {}, {}},
		{{"Â Ü\n", "Â Ü\n", "", Text}, {}, {}},
	} {
		row, err := tab.Next()
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, row.Cells); d != "" {
			t.Error(d)
		}
	}
	if d := cmp.Diff([]string{noticeBOM + ": 1", noticeReplaced + ": 1", noticeControl + ": 2"}, tab.Notices()); d != "" {
		t.Error(d)
	}
}
