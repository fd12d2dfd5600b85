// SPDX-License-Identifier: Apache-2.0

package redact

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"recount/fault"
	"recount/intake/table"
)

func named(name string) func(string) bool {
	return func(text string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(name)) }
}

func nobody(string) bool { return false }

func only(sheet string, rows ...int) Rows {
	r := Rows{}
	for _, n := range rows {
		r.Add(sheet, n)
	}
	return r
}

func csvCopy(t testing.TB, data string, o Order) (string, Report, error) {
	t.Helper()
	var out bytes.Buffer
	report, err := CSV(strings.NewReader(data), int64(len(data)), &out, table.Options{File: "list"}, o)
	return out.String(), report, err
}

// Expected values follow from RFC 4180: a record ends at the end of its line, a
// quoted field may hold ends of lines, two quotes in it are one.
func TestCSV(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		in, want string
		order    Order
		rows     []string
		cells    []string
	}{
		"a row":                   {"a,b\nOna,1\nBren,2\n", "a,b\n[erased],\nBren,2\n", Order{Erase: only("", 2), Holds: nobody}, []string{"2"}, nil},
		"ends of lines stay":      {"a;b\r\nOna;1\rBren;2\nIlva;3", "a;b\r\n[erased];\rBren;2\nIlva;3", Order{Erase: only("", 2), Holds: nobody}, []string{"2"}, nil},
		"the last without an end": {"a,b\nOna,1", "a,b\n[erased],", Order{Erase: only("", 2), Holds: nobody}, []string{"2"}, nil},
		"quotes over lines":       {"a,b\n\"O\nna\",\"x\"\"y\"\n\"Bren\", 2\n", "a,b\n[erased],\n\"Bren\", 2\n", Order{Erase: only("", 2), Holds: nobody}, []string{"2"}, nil},
		"blank rows count":        {"a,b\n\nOna,1\n", "a,b\n\n[erased],\n", Order{Erase: only("", 3), Holds: nobody}, []string{"3"}, nil},
		"mark and separator":      {"\xef\xbb\xbfsep=;\r\na;b\r\nOna;1\r\n", "\xef\xbb\xbfsep=;\r\na;b\r\n[erased];\r\n", Order{Erase: only("", 2), Holds: nobody}, []string{"2"}, nil},
		"a cell of another row":   {"a,b\nOna,1\nBren,\"brother of ona, he says\"\n", "a,b\n[erased],\nBren,[erased]\n", Order{Erase: only("", 2), Holds: named("ona")}, []string{"2"}, []string{"3"}},
		"a row that is kept":      {"a,b\nOna,1\nBren,of Ona\n", "a,b\n[erased],\nBren,of Ona\n", Order{Erase: only("", 2), Keep: only("", 3), Holds: named("ona")}, []string{"2"}, nil},
		"over two cells":          {"a,b\nO,na\nBren,\n", "a,b\n[erased],\nBren,\n", Order{Erase: Rows{}, Holds: named("o,na")}, []string{"2"}, nil},
		"a tab":                   {"a\tb\nOna\t1\n", "a\tb\n[erased]\t\n", Order{Erase: only("", 2), Holds: nobody}, []string{"2"}, nil},
	} {
		got, report, err := csvCopy(t, tt.in, tt.order)
		if err != nil || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, tt.want)
		}
		if diff := cmp.Diff(Report{Rows: tt.rows, Cells: tt.cells}, report); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCSVInOtherEncodings(t *testing.T) {
	t.Parallel()
	plain, want := "имя,b\nОна,1\nБрен,2\n", "имя,b\n[erased],1\nБрен,2\n" // of a row that nobody names, the cell alone
	little, big := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	for name, e := range map[string]interface {
		String(string) (string, error)
	}{"utf-16le": little.NewEncoder(), "utf-16be": big.NewEncoder(), "windows-1251": charmap.Windows1251.NewEncoder()} {
		in, err1 := e.String(plain)
		right, err2 := e.String(want)
		opt := table.Options{File: "list"}
		if name == "windows-1251" {
			opt.Encoding = name
		}
		var out bytes.Buffer
		report, err3 := CSV(strings.NewReader(in), int64(len(in)), &out, opt, Order{Holds: named("она")})
		if err := errors.Join(err1, err2, err3); err != nil || out.String() != right || !slices.Equal(report.Cells, []string{"2"}) {
			t.Errorf("%s: %q, %+v, %v; want %q", name, out.String(), report, err, right)
		}
	}
}

func TestCSVRefused(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{"an open quote": "a,b\n\"Ona,1\n", "a row that is not there": "a,b\n1,2\n", "a workbook": "PK\x03\x04nonsense"} {
		if got, _, err := csvCopy(t, in, Order{Erase: only("", 7), Holds: nobody}); !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %q, %v; accepted is fault.Invalid", name, got, err)
		}
	}
}

// FuzzCSV: where nothing is blanked the copy is the file; where a row is, all
// others read as before.
func FuzzCSV(f *testing.F) {
	f.Add("a,b\nOna,1\n\"x\"\"y\",2\r3,4", uint8(2))
	f.Add("\xff\xfea\x00,\x00b\x00\n\x001\x00", uint8(1))
	f.Add("a;b\n\"1\"z;\"2", uint8(1))
	f.Fuzz(func(t *testing.T, data string, row uint8) {
		got, _, err := csvCopy(t, data, Order{Holds: nobody})
		if err != nil {
			return
		}
		if got != data {
			t.Fatalf("nothing was to be blanked: %q became %q", data, got)
		}
		before, err := readCSV(data)
		if err != nil || len(before) == 0 {
			return
		}
		var blanked bytes.Buffer
		if _, err := CSV(strings.NewReader(data), int64(len(data)), &blanked, table.Options{Delimiter: ","}, Order{Erase: only("", int(row)), Holds: nobody}); err != nil {
			return
		}
		after, err := readCSV(blanked.String())
		if err != nil {
			t.Fatalf("the copy cannot be read: %v", err)
		}
		delete(before, int(row))
		for n, text := range before {
			if after[n] != text {
				t.Fatalf("row %d was %q and is %q", n, text, after[n])
			}
		}
	})
}

// readCSV reads with a comma: in the copy another delimiter might be found.
func readCSV(data string) (map[int]string, error) {
	tab, err := table.Look(strings.NewReader(data), int64(len(data)), table.Options{Delimiter: ","})
	if err != nil {
		return nil, err
	}
	rows := map[int]string{}
	for {
		r, err := tab.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		if r.Refused == nil {
			rows[r.Number] = fmt.Sprint(r.Cells)
		}
	}
}

const (
	lostName   = "Zyxqwv Plomvark"
	lostRemark = "Kvintrubble"
)

// crowded is a workbook that holds a row's words in every place in which a
// workbook keeps them.
func crowded(t testing.TB) []byte {
	t.Helper()
	relation := func(id, kind, target string) string {
		return fmt.Sprintf(`<Relationship Id="%s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/>`, id, kind, target)
	}
	relations := func(all ...string) string {
		return `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + strings.Join(all, "") + `</Relationships>`
	}
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	parts := [][2]string{
		{"[Content_Types].xml", `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/worksheets/sheet2.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/><Override PartName="/xl/pivotCache/pivotCacheDefinition1.xml" ContentType="application/x"/></Types>`},
		{"_rels/.rels", relations(relation("a", "officeDocument", "xl/workbook.xml"), relation("c", "thumbnail", "docProps/thumbnail.jpeg"), relation("b", "core-properties", "docProps/core.xml"))},
		{"xl/workbook.xml", `<?xml version="1.0" encoding="UTF-8"?><workbook ` + ns + `><sheets><sheet name="people" sheetId="1" r:id="r1"/><sheet name="notes" sheetId="2" state="hidden" r:id="r2"/></sheets><definedNames><definedName name="Zyxqwv_Plomvark">people!$A$2</definedName><definedName name="who">"Zyxqwv Plomvark"</definedName><definedName name="all">people!$A$2:$A$6</definedName></definedNames><pivotCaches><pivotCache cacheId="1" r:id="r5"/></pivotCaches></workbook>`},
		{"xl/_rels/workbook.xml.rels", relations(relation("r1", "worksheet", "worksheets/sheet1.xml"), relation("r2", "worksheet", "worksheets/sheet2.xml"), relation("r3", "sharedStrings", "sharedStrings.xml"), relation("r4", "calcChain", "calcChain.xml"), relation("r5", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml"))},
		{"xl/sharedStrings.xml", `<?xml version="1.0" encoding="UTF-8"?><sst ` + ns + ` count="8" uniqueCount="8"><si><t>name</t></si><si><r><t>Zyxqwv </t></r><r><t>Plomvark</t></r></si><si><t>Kvintrubble</t></si><si><t>Ann Bo</t></si><si><t>killed</t></si><si><t>brother of Zyxqwv Plomvark</t></si><si><t>Orban Tessel</t></si><si><t xml:space="preserve"> a &amp; b </t></si></sst>`},
		{"xl/worksheets/sheet1.xml", `<?xml version="1.0" encoding="UTF-8"?><worksheet ` + ns + `><sheetData>` +
			`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>fate</t></is></c><c r="C1" t="inlineStr"><is><t>age</t></is></c><c r="D1" t="inlineStr"><is><t>double</t></is></c></row>` +
			`<row r="2" spans="1:5"><c r="A2" s="0" t="s"><v>1</v></c><c r="B2" t="s"><v>4</v></c><c r="C2"><v>31</v></c><c r="D2"><f t="shared" ref="D2:D4" si="0">C2*2</f><v>62</v></c><c r="E2" t="s"><v>2</v></c></row>` +
			`<row r="3"><c r="A3" t="s"><v>3</v></c><c r="B3" t="s"><v>4</v></c><c r="C3"><v>40</v></c><c r="D3"><f t="shared" si="0"/><v>80</v></c><c r="E3" t="s"><v>7</v></c></row>` +
			`<row r="4"><c r="A4" t="s"><v>6</v></c><c r="B4" t="s"><v>4</v></c><c r="C4"><v>41</v></c><c r="D4"><f t="shared" si="0"/><v>82</v></c><c r="E4" t="s"><v>5</v></c></row>` +
			`<row r="5"><c r="A5" t="str"><f>A2</f><v>Zyxqwv Plomvark</v></c></row>` +
			`<row r="6"><c r="A6"><f>SUM(C2:C4)</f><v>112</v></c><c r="B6"><f>A6+1</f><v>113</v></c><c r="C6"><v>9</v></c></row>` +
			`<row r="7"><c r="A7"><v>5</v></c><c r="B7"><f>A7+1</f><v>6</v></c></row>` +
			`</sheetData><autoFilter ref="A1:E4"><filterColumn colId="0"><filters><filter val="Zyxqwv Plomvark"/><filter val="Ann Bo"/></filters></filterColumn></autoFilter>` +
			`<hyperlinks><hyperlink ref="E2" r:id="h1" tooltip="to her"/><hyperlink ref="A3" r:id="h2"/></hyperlinks></worksheet>`},
		{"xl/worksheets/_rels/sheet1.xml.rels", relations(`<Relationship Id="h1" Type="http://x/hyperlink" Target="mailto:zyx@plomvark.example" TargetMode="External"/>`, `<Relationship Id="h2" Type="http://x/hyperlink" Target="https://bo.example" TargetMode="External"/>`, relation("k", "comments", "../comments1.xml"))},
		{"xl/worksheets/sheet2.xml", `<?xml version="1.0" encoding="UTF-8"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row r="4"><x:c r="B4" t="inlineStr"><x:is><x:r><x:t>Zyx</x:t></x:r><x:r><x:t>qwv Plomvark</x:t></x:r></x:is></x:c><x:c r="C4" t="inlineStr"><x:is><x:t>stays</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`},
		{"xl/comments1.xml", `<?xml version="1.0" encoding="UTF-8"?><comments ` + ns + `><authors><author>Zyxqwv Plomvark</author></authors><commentList><comment ref="B2" authorId="0"><text><r><t>her phone </t></r><r><t>Fenquollo</t></r></text></comment><comment ref="B3" authorId="0"><text><t>seen</t></text></comment><comment ref="B4" authorId="0"><text><r><t>Zyxqwv</t></r><r><t> Plomvark knew</t></r></text></comment></commentList></comments>`},
		{"xl/calcChain.xml", `<calcChain ` + ns + `><c r="D2" i="1"/></calcChain>`},
		{"xl/pivotCache/pivotCacheDefinition1.xml", `<pivotCacheDefinition><sharedItems><s v="Zyxqwv Plomvark"/></sharedItems></pivotCacheDefinition>`},
		{"xl/charts/chart1.xml", `<c:chart xmlns:c="c"><c:strRef><c:f>people!$A$2</c:f><c:strCache><c:pt><c:v>Kvintrubble</c:v></c:pt></c:strCache></c:strRef></c:chart>`},
		{"docProps/core.xml", `<p:coreProperties xmlns:p="p" xmlns:dc="d"><dc:creator>Plomvark, Zyxqwv Plomvark</dc:creator><dc:subject>Kvintrubble</dc:subject><dc:title>killed</dc:title></p:coreProperties>`},
		{"docProps/thumbnail.jpeg", "a picture of Kvintrubble"},
		{"xl/media/image1.png", "untouched"},
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p[0])
		if err == nil {
			_, err = io.WriteString(w, p[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func bookCopy(t testing.TB, data []byte, o Order) ([]byte, Report, error) {
	t.Helper()
	var out bytes.Buffer
	report, err := Workbook(bytes.NewReader(data), int64(len(data)), &out, table.Options{File: "book"}, o)
	return out.Bytes(), report, err
}

func partsOf(t testing.TB, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(text)
	}
	return all
}

func seeks(text string) bool {
	low := strings.ToLower(text)
	return strings.Contains(low, "zyx") && strings.Contains(low, "plomvark")
}

// TestWorkbook: no part of the copy has a word of the row; cells of other rows
// and everything that says nothing of it are what they were.
func TestWorkbook(t *testing.T) {
	t.Parallel()
	before := crowded(t)
	after, report, err := bookCopy(t, before, Order{Erase: only("people", 2), Holds: seeks})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(fmt.Sprint(partsOf(t, before)), lostRemark) {
		t.Fatal("the workbook does not hold what is looked for")
	}
	for name, text := range partsOf(t, after) {
		for _, word := range []string{"Zyx", "zyx", "lomvark", lostRemark, "Fenquollo", "<v>31<", "<v>62<", "<v>112<", "<v>113<"} {
			if strings.Contains(text, word) {
				t.Errorf("%s still holds %q:\n%s", name, word, text)
			}
		}
	}
	want := Report{Rows: []string{"1:2"}, Cells: []string{"1:4", "1:5", "2:4"}, Left: []string{"the picture of the first sheet", "pivot tables", "values that charts had"}}
	slices.Sort(want.Left)
	slices.Sort(report.Left)
	if diff := cmp.Diff(want, report); diff != "" {
		t.Errorf("the report (-want +got):\n%s", diff)
	}
	book, err := excelize.OpenReader(bytes.NewReader(after))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	for cell, want := range map[string]string{"A1": "name", "A2": Mark, "B2": "", "A3": "Ann Bo", "B3": "killed", "C3": "40", "D3": "80", "E3": " a & b ", "A4": "Orban Tessel", "D4": "82", "E4": Mark, "C6": "9", "A7": "5", "B7": "6"} {
		if got, err := book.GetCellValue("people", cell); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", cell, got, err, want)
		}
	}
	parts := partsOf(t, after)
	for part, piece := range map[string]string{
		"xl/comments1.xml": "<t>seen</t>", "docProps/core.xml": "<dc:title>killed<", "xl/media/image1.png": "untouched", "xl/worksheets/sheet2.xml": "<x:t>stays</x:t>",
		"xl/worksheets/_rels/sheet1.xml.rels": "https://bo.example", "xl/workbook.xml": `<definedName name="all">people!$A$2:$A$6</definedName>`,
	} {
		if !strings.Contains(parts[part], piece) {
			t.Errorf("%s lost %q:\n%s", part, piece, parts[part])
		}
	}
	for _, gone := range []string{"xl/calcChain.xml", "xl/pivotCache/pivotCacheDefinition1.xml", "docProps/thumbnail.jpeg"} {
		if _, there := parts[gone]; there || strings.Contains(parts["[Content_Types].xml"], gone) || strings.Contains(parts["xl/_rels/workbook.xml.rels"]+parts["_rels/.rels"], strings.TrimPrefix(gone, "xl/")) {
			t.Errorf("%s is there, or something leads to it", gone)
		}
	}
}

// TestWorkbookKept: a row that is kept stays as it was, name and all.
func TestWorkbookKept(t *testing.T) {
	t.Parallel()
	after, _, err := bookCopy(t, crowded(t), Order{Erase: only("people", 2), Keep: only("people", 4), Holds: seeks})
	if err != nil {
		t.Fatal(err)
	}
	parts := partsOf(t, after)
	if !strings.Contains(parts["xl/sharedStrings.xml"], "brother of Zyxqwv Plomvark") || !strings.Contains(parts["xl/comments1.xml"], "Zyxqwv</t>") {
		t.Errorf("the row that is kept lost its words:\n%s\n%s", parts["xl/sharedStrings.xml"], parts["xl/comments1.xml"])
	}
	if strings.Contains(parts["xl/sharedStrings.xml"], "<t>Zyxqwv </t>") {
		t.Error("the name of the erased row is still a shared text")
	}
}

func TestWorkbookRefused(t *testing.T) {
	t.Parallel()
	whole := crowded(t)
	for name, data := range map[string][]byte{"no ZIP": []byte("PK\x03\x04"), "cut off": whole[:len(whole)/2], "a row that is not there": whole} {
		if _, _, err := bookCopy(t, data, Order{Erase: only("people", 99), Holds: nobody}); !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v; accepted is fault.Invalid", name, err)
		}
	}
}

// FuzzWorkbook: no sheet, however it is made, breaks the program or keeps the
// text of a row that is blanked.
func FuzzWorkbook(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="inlineStr"><is><t>Quux</t></is></c></row>`)
	f.Add(`<row><c><f t="shared" si="0">A2</f><v>Quux</v></c></row><row/>`)
	f.Fuzz(func(t *testing.T, rows string) {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, p := range [][2]string{
			{"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="s" r:id="r1"/></sheets></workbook>`},
			{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Type="worksheet" Target="sheet.xml"/></Relationships>`},
			{"xl/sheet.xml", `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`},
		} {
			w, err := z.Create(p[0])
			if err == nil {
				_, err = io.WriteString(w, p[1])
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if same, report, err := bookCopy(t, b.Bytes(), Order{Holds: nobody}); err == nil && len(report.Rows) == 0 && !strings.Contains(rows, "<f") && !strings.Contains(rows, "Cache") && !strings.Contains(rows, "hyperlink") && !strings.Contains(rows, "=") {
			if got := partsOf(t, same)["xl/sheet.xml"]; got != `<worksheet><sheetData>`+rows+`</sheetData></worksheet>` {
				t.Fatalf("nothing was to be blanked: %q", got)
			}
		}
	})
}
