// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"

	"recount/fault"
)

// firstRow is the first row below the header.
func firstRow(t *testing.T, data []byte) *Row {
	t.Helper()
	tab, err := Open(bytes.NewReader(data), int64(len(data)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	row, err := tab.Next()
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// A cell that contradicts itself refuses its row and no other, in new workbooks and in
// old ones.
func TestDamagedCellsRefuseTheirRowAlone(t *testing.T) {
	t.Parallel()
	newBook := func(row string) []byte {
		return book(t, head(2)+`<row r="2">`+row+`</row><row r="3"><c r="B3"><v>7</v></c></row>`, nil)
	}
	last := oldRow(2, "", "7")
	for name, tt := range map[string]struct {
		data []byte
		want string
	}{
		"a text that is not there": {newBook(`<c r="B2" t="s"><v>99</v></c>`), `column "b": the workbook is damaged: the cell points to a text that the workbook does not have`},
		"twice":                    {newBook(`<c r="B2"><v>1</v></c><c r="B2"><v>2</v></c>`), `column "b": the workbook is damaged: cell B2 stands there twice`},
		"twice, by its place":      {newBook(`<c r="B2"><v>1</v></c><c r="A2"><v>1</v></c><c r="b2"/>`), `column "b": the workbook is damaged: cell B2 stands there twice`},
		"of another row":           {newBook(`<c r="B3"><v>1</v></c>`), `column "b": the workbook is damaged: the cell says that it is B3, and stands in row 2`},
		"too far":                  {newBook(`<c r="ZZZ2"><v>1</v></c>`), `a cell says that it is "ZZZ2"`},
		"no place":                 {newBook(`<c r="$B$2"><v>1</v></c>`), `a cell says that it is "$B$2"`},
		"a million cells":          {newBook(strings.Repeat(`<c><v>1</v></c>`, 1_000_000)), "the row has more cells than a sheet has columns"},
		"old, a text that is not there": {oldBook(oldRow(0, "a", "b"), biff(biffLabelSST, uint16(1), uint16(1), uint16(0), uint32(0xffffffff)), last),
			`column "b": the workbook is damaged: the cell points to a text that the workbook does not have`},
		"old, fewer texts than stated": {compoundOf("Workbook", oldStream(biff(biffSST, uint32(1), uint32(0xffffffff), long("x")),
			oldSheet{name: "people", records: packed(oldRow(0, "a", "b"), biff(biffLabelSST, uint16(1), uint16(1), uint16(0), uint32(1)), last)})), "points to a text"},
		"old, twice": {oldBook(oldRow(0, "a", "b"), oldRow(1, "x"), oldRow(1, "y"), last), `column "a": the workbook is damaged: cell A2 stands there twice`},
	} {
		got, _, err := readAll(t, tt.data, Options{})
		if err != nil || len(got) != 3 || got[0] != "a|b" || !strings.HasPrefix(got[1], `2! not accepted: sheet "people", row 2`) || !strings.Contains(got[1], tt.want) || got[2] != "3: |7" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// A workbook whose end is missing is refused, also where its last row is whole: nobody
// knows how many stood behind it.
func TestWorkbooksThatWereCutOff(t *testing.T) {
	t.Parallel()
	rows := head(2) + `<row r="2"><c r="A2"><v>1</v></c></row>`
	for name, data := range map[string][]byte{
		"behind a row":       book(t, "", map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + rows}),
		"behind the rows":    book(t, "", map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + rows + `</sheetData>`}),
		"of texts":           book(t, rows, map[string]string{"xl/sharedStrings.xml": `<sst><si><t>name</t></si>`}),
		"of sheets":          book(t, rows, map[string]string{"xl/workbook.xml": `<workbook xmlns:r="rel"><sheets><sheet name="people" sheetId="1" r:id="r1"/>`}),
		"of OpenDocument":    spreadsheet(t, "", map[string]string{odsContent: `<office:document-content><office:body><office:spreadsheet><table:table table:name="a">` + said("a", "b") + said("1")}),
		"of a new one, deep": book(t, "", map[string]string{"xl/worksheets/sheet1.xml": `<worksheet>` + strings.Repeat("<a>", 1<<20)}),
	} {
		got, _, err := readAll(t, data, Options{})
		if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "it was cut off") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// A text is not lost where a program writes it elsewhere than the type of the cell
// says, and nothing is made of a truth value that is none.
func TestTextsWhereTheirTypeDoesNotSay(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]Cell{
		`<c r="A2" t="str"><is><t>y</t></is></c>`:                    textCell("y"),
		`<c r="A2"><is><t>z</t></is></c>`:                            textCell("z"),
		`<c r="A2" t="inlineStr"><v>w</v></c>`:                       textCell("w"),
		`<c r="A2" t="inlineStr"><v>9</v><is><t>x</t></is></c>`:      textCell("x"),
		`<c r="A2" t="s"><v> 0 </v></c>`:                             textCell("name"),
		`<c r="A2" x:t="s" t="inlineStr"><is><t>own</t></is></c>`:    textCell("own"),
		`<c r="A2"><v>1</v><extLst><ext><v>9</v></ext></extLst></c>`: {"1", "1", "", Number},
		`<c r="A2" t="b"><v>TRUE</v></c>`:                            {"TRUE", "TRUE", "", Bool},
		`<c r="A2" t="b"><v>0</v></c>`:                               {"0", "FALSE", "", Bool},
		`<c r="A2" t="b"><v>yes</v></c>`:                             {"yes", "yes", "said to be true or false, and neither", Text},
		`<c r="A2" t="d"><v>1992-02-26T00:00:00Z</v></c>`:            {"1992-02-26T00:00:00Z", "1992-02-26", "", Date},
		`<c r="A2" t="inlineStr"><is><r><t>Ad</t></r><r><t xml:space="preserve">a </t></r><rPh><t>P</t></rPh></is></c>`: textCell("Ada "),
	} {
		row := firstRow(t, book(t, head(2)+`<row r="2">`+cell+`<c r="B2"><v>1</v></c></row>`, nil))
		if d := cmp.Diff(want, row.Cells[0]); d != "" {
			t.Errorf("%s: %s", cell, d)
		}
	}
	row := firstRow(t, book(t, head(2)+`<row r="2"><c r="A2" t="b"/><c r="B2"><v>1</v></c></row>`, nil))
	if d := cmp.Diff(Cell{}, row.Cells[0]); d != "" {
		t.Errorf("a blank truth value: %s", d)
	}
	for cell, want := range map[string]Cell{
		`<table:table-cell office:value-type="float"><text:p>77</text:p></table:table-cell>`:                                 {"77", "77", "its value is not there as its type says; what is written in the cell was taken", Text},
		`<table:table-cell office:value-type="date"><text:p>26.02.1992</text:p></table:table-cell>`:                          {"26.02.1992", "26.02.1992", "its value is not there as its type says; what is written in the cell was taken", Text},
		`<table:table-cell office:value-type="boolean"><text:p>x</text:p></table:table-cell>`:                                {"x", "x", "its value is not there as its type says; what is written in the cell was taken", Text},
		`<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>WAHR</text:p></table:table-cell>`: {"true", "TRUE", "", Bool},
		`<table:table-cell office:value-type="float" office:value="123"><text:p>00123</text:p></table:table-cell>`:           {"123", "123", zerosInFront, Number},
		`<table:table-cell office:value-type="float" office:value="5"><text:p>5 months</text:p></table:table-cell>`:          {"5", "5", dressedNumber, Number},
		`<table:table-cell office:value-type="float" office:value="1200"><text:p>1.2E+03</text:p></table:table-cell>`:        {"1200", "1200", "", Number},
	} {
		row := firstRow(t, spreadsheet(t, `<table:table table:name="a">`+said("a")+`<table:table-row>`+cell+`</table:table-row></table:table>`, nil))
		if d := cmp.Diff(want, row.Cells[0]); d != "" {
			t.Errorf("%s: %s", cell, d)
		}
	}
}

// What a person sees of a number and the file does not hold is said beside the number:
// zeros in front of a code, words, signs. A length of time is no day.
func TestWhatFormatsShowBesideNumbers(t *testing.T) {
	t.Parallel()
	const foreign = "its format has the letters of another language than workbooks have; the number was read as a day"
	for _, tt := range []struct {
		code, raw string
		want      Cell
	}{
		{"00000", "123", Cell{"123", "123", zerosInFront, Number}},
		{"00000", "12345", Cell{"12345", "12345", "", Number}},
		{`000\-00\-0000`, "123456789", Cell{"123456789", "123456789", dressedNumber, Number}},
		{`0" months"`, "5", Cell{"5", "5", dressedNumber, Number}},
		{`"TR-"0`, "5", Cell{"5", "5", dressedNumber, Number}},
		{`0.00`, "5", Cell{"5", "5", "", Number}},
		{`#,##0`, "5", Cell{"5", "5", "", Number}},
		{`"$"#,##0.00`, "5", Cell{"5", "5", "", Number}},
		{`0%`, "0.34", Cell{"0.34", "0.34", "", Number}},
		{`# ?/?`, "0.5", Cell{"0.5", "0.5", "", Number}},
		{`Standard`, "33660", Cell{"33660", "33660", "", Number}},
		{`General;[Red]\-General`, "33660", Cell{"33660", "33660", "", Number}},
		{`[$-2000401]dd/mm/yyyy`, "33660", Cell{"33660", "1992-02-26", "", Date}},
		{`[$-F800]dddd\,\ mmmm\ dd\,\ yyyy`, "33660", Cell{"33660", "1992-02-26", "", Date}},
		{`TT.MM.JJJJ`, "33660", Cell{"33660", "1992-02-26", foreign, Date}},
		{`jj/mm/aaaa`, "33660", Cell{"33660", "1992-02-26", foreign, Date}},
		{`ДД.ММ.ГГГГ`, "33660", Cell{"33660", "1992-02-26", foreign, Date}},
		{`[h]:mm:ss`, "1.5", Cell{"1.5", "36:00:00", "", Date}},
		{`hh:mm`, "0.999999999", Cell{"0.999999999", "23:59:59", "", Date}},
		{`dd/mm/yyyy`, "-1", Cell{"-1", "-1", "shown as a date, but the number is no date", Date}},
	} {
		styles := `<styleSheet><dxfs><dxf/></dxfs><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs><numFmts><numFmt numFmtId="170" formatCode="` +
			strings.ReplaceAll(tt.code, `"`, "&quot;") + `"/></numFmts></styleSheet>`
		row := firstRow(t, book(t, head(1)+`<row r="2"><c r="A2" s="1"><v>`+tt.raw+`</v></c></row>`, map[string]string{"xl/styles.xml": styles}))
		if d := cmp.Diff(tt.want, row.Cells[0]); d != "" {
			t.Errorf("%s of %s: %s", tt.code, tt.raw, d)
		}
	}
	old := compoundOf("Workbook", oldStream(packed(biff(biffFormat, uint16(170), long("00000")), biff(biffXF, uint16(0), uint16(170), make([]byte, 16))),
		oldSheet{name: "people", records: packed(oldRow(0, "a"), biff(biffNumber, uint16(1), uint16(0), uint16(0), 123.0))}))
	if d := cmp.Diff(Cell{"123", "123", zerosInFront, Number}, firstRow(t, old).Cells[0]); d != "" {
		t.Errorf("of an old workbook: %s", d)
	}
}

// Both ways of counting days, 1,462 apart, at their edges: the first days, the day
// that never was, which stays one of its own, and the last.
func TestSerialsOfBothCalendars(t *testing.T) {
	t.Parallel()
	const never = "a day that does not exist: the workbook's calendar takes 1900 for a leap year"
	for _, tt := range []struct{ raw, from1900, doubt, from1904 string }{
		{"1", "1900-01-01", "", "1904-01-02"},
		{"59", "1900-02-28", "", "1904-02-29"},
		{"60", "1900-02-29", never, "1904-03-01"},
		{"60.5", "1900-02-29", never, "1904-03-01T12:00:00"},
		{"61", "1900-03-01", "", "1904-03-02"},
		{"33262", "1991-01-24", "", "1995-01-25"},
		{"34724", "1995-01-25", "", "1999-01-26"},
		{"33660.25", "1992-02-26T06:00:00", "", "1996-02-27T06:00:00"},
		{"2957003", "9995-12-30", "", "9999-12-31"},
		{"2957004", "9995-12-31", "", "2957004"},
	} {
		for says, want := range map[string]string{"0": tt.from1900, "false": tt.from1900, "1": tt.from1904, "true": tt.from1904, " on ": tt.from1904} {
			data := book(t, head(1)+`<row r="2"><c r="A2" s="1"><v>`+tt.raw+`</v></c></row>`, map[string]string{
				"xl/workbook.xml": `<workbook xmlns:r="rel"><workbookPr date1904="` + says + `"/><sheets><sheet name="people" sheetId="1" r:id="r1"/></sheets></workbook>`})
			c := firstRow(t, data).Cells[0]
			if c.Text != want || want == tt.from1900 && c.Doubt != tt.doubt {
				t.Errorf("%s where the workbook says %q: %+v, want %s", tt.raw, says, c, want)
			}
		}
	}
}

// Long digits come out as the file holds them, never with made up ones at their end,
// and are doubtful wherever they are numbers; as texts they are whole.
func TestLongDigitsAreNeverMadeUp(t *testing.T) {
	t.Parallel()
	for _, digits := range []string{"110101199003074514", "1914310000010100016", "3200010730102020"} {
		if c := firstRow(t, book(t, head(1)+`<row r="2"><c r="A2" t="inlineStr"><is><t>`+digits+`</t></is></c></row>`, nil)).Cells[0]; c != textCell(digits) {
			t.Errorf("%s as a text is %+v", digits, c)
		}
		var f float64
		if _, err := fmt.Sscan(digits, &f); err != nil {
			t.Fatal(err)
		}
		for form, data := range map[string][]byte{
			"written out": book(t, head(1)+`<row r="2"><c r="A2"><v>`+digits+`</v></c></row>`, nil),
			"shortened":   book(t, head(1)+`<row r="2"><c r="A2"><v>`+fmt.Sprintf("%.14E", f)+`</v></c></row>`, nil),
			"a day":       book(t, head(1)+`<row r="2"><c r="A2" s="1"><v>`+digits+`</v></c></row>`, nil),
			"old":         oldBook(oldRow(0, "a"), biff(biffNumber, uint16(1), uint16(0), uint16(0), f)),
			"ods":         spreadsheet(t, `<table:table table:name="a">`+said("a")+`<table:table-row><table:table-cell office:value-type="float" office:value="`+digits+`"/></table:table-row></table:table>`, nil),
		} {
			c := firstRow(t, data).Cells[0]
			if c.Doubt == "" || c.Text != c.Raw || strings.HasSuffix(c.Text, "000") {
				t.Errorf("%s, %s: %+v", digits, form, c)
			}
		}
	}
}

// Cells stand where they say, not where they come: blanks inside and at the end of
// rows shift nothing, and rows are as wide as the header.
func TestBlankCellsShiftNothing(t *testing.T) {
	t.Parallel()
	sheet := head(6) + `<row r="2" spans="1:6"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c><c r="C2"><v>3</v></c><c r="D2"><v>4</v></c></row>` +
		`<row r="3"><c r="F3"><v>6</v></c></row><row r="4"><c r="C4"><v>3</v></c><c r="A4"><v>1</v></c></row><row r="5"><c><v>1</v></c><c/><c><v>3</v></c></row>`
	number := func(row, column uint16, f float64) []byte { return biff(biffNumber, row, column, uint16(0), f) }
	want := []string{"a|b|c|d|e|f", "2: 1|2|3|4||", "3: |||||6", "4: 1||3|||", "5: 1||3|||"}
	blank := `<table:table-cell table:number-columns-repeated="5"/>`
	n := func(s string) string { return `<table:table-cell office:value-type="float" office:value="` + s + `"/>` }
	for name, data := range map[string][]byte{
		"new": book(t, sheet, nil),
		"old": oldBook(oldRow(0, "a", "b", "c", "d", "e", "f"), number(1, 0, 1), number(1, 1, 2), number(1, 2, 3), number(1, 3, 4), number(2, 5, 6), number(3, 2, 3), number(3, 0, 1), number(4, 0, 1), number(4, 2, 3)),
		"ods": spreadsheet(t, `<table:table table:name="a">`+said("a", "b", "c", "d", "e", "f")+`<table:table-row>`+n("1")+n("2")+n("3")+n("4")+`</table:table-row><table:table-row>`+blank+n("6")+
			`</table:table-row><table:table-row table:number-rows-repeated="2">`+n("1")+`<table:table-cell/>`+n("3")+`</table:table-row></table:table>`, nil),
	} {
		got, _, err := readAll(t, data, Options{})
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("%s: %v %s", name, err, d)
		}
	}
}

// Workbooks as other programs write them: prefixes and paths of every kind, UTF-16, the
// strict form, no shared texts, sheets that are none.
func TestWorkbooksOfEveryWriter(t *testing.T) {
	t.Parallel()
	rows := head(2) + `<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c><c r="B2" s="1"><v>33660</v></c></row>`
	prefixed := func(s string) string { return strings.NewReplacer("</", "</x:", "<", "<x:").Replace(s) }
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(`<?xml version="1.0" encoding="UTF-16"?><worksheet><sheetData>` + rows + `</sheetData></worksheet>`)
	if err != nil {
		t.Fatal(err)
	}
	const to = `<Relationship Id="r1" Type="http://x/worksheet" Target="%sworksheets/sheet1.xml"/><Relationship Id="r2" Type="http://x/styles" Target="%sstyles.xml"/>`
	related := func(dir string) map[string]string {
		return map[string]string{"xl/_rels/workbook.xml.rels": "<Relationships>" + fmt.Sprintf(to, dir, dir) + "</Relationships>"}
	}
	for name, parts := range map[string]map[string]string{
		"no shared texts": related(""),
		"absolute":        related("/xl/"),
		"by the parent":   related("../xl/"),
		"strict":          {"xl/_rels/workbook.xml.rels": strings.ReplaceAll("<Relationships>"+fmt.Sprintf(to, "", "")+"</Relationships>", "http://x/", "http://purl.oclc.org/ooxml/officeDocument/relationships/")},
		"UTF-16":          {"xl/worksheets/sheet1.xml": utf16},
		"prefixes": {"xl/worksheets/sheet1.xml": prefixed(`<worksheet><sheetData>` + rows + `</sheetData></worksheet>`),
			"xl/workbook.xml": prefixed(`<workbook><sheets><sheet name="people" sheetId="1" r:id="r1"/></sheets></workbook>`)},
		"a chart, a dialog, links": {
			"xl/workbook.xml":            `<workbook xmlns:r="rel"><sheets><sheet name="chart" r:id="r8"/><sheet name="dialog" r:id="r9"/><sheet name="people" sheetId="1" r:id="r1"/></sheets><externalReferences><externalReference r:id="r7"/></externalReferences></workbook>`,
			"xl/_rels/workbook.xml.rels": "<Relationships>" + fmt.Sprintf(to, "", "") + `<Relationship Id="r8" Type="http://x/chartsheet" Target="chartsheets/sheet1.xml"/><Relationship Id="r9" Type="http://x/dialogsheet" Target="dialogsheets/sheet1.xml"/><Relationship Id="r7" Type="http://x/externalLink" Target="http://x/other.xlsx"/></Relationships>`},
		"with a program": {"xl/vbaProject.bin": "x"},
	} {
		got, _, err := readAll(t, book(t, rows, parts), Options{})
		if d := cmp.Diff([]string{"a|b", "2: x|1992-02-26"}, got); err != nil || d != "" {
			t.Errorf("%s: %v %s", name, err, d)
		}
	}
}

// What could mean two things is refused, and a sheet that is named and not there is
// never passed over.
func TestSheetsThatCannotBeTold(t *testing.T) {
	t.Parallel()
	sheets := func(s string) map[string]string {
		return map[string]string{"xl/workbook.xml": `<workbook xmlns:r="rel"><sheets>` + s + `</sheets></workbook>`}
	}
	twice := sheets(`<sheet name="people" r:id="r1"/><sheet name="people" r:id="r1"/>`)
	gone := sheets(`<sheet name="gone" r:id="r99"/><sheet name="people" r:id="r1"/>`)
	for name, tt := range map[string]struct {
		data []byte
		opt  Options
		want string
	}{
		"two of one name":          {book(t, head(1), twice), Options{Sheet: "people"}, "two sheets of the workbook have this name"},
		"one that is not there":    {book(t, head(1), gone), Options{}, `2 visible sheets; accepted: the mapping's "sheet" naming one of them: "gone", "people"`},
		"that one":                 {book(t, head(1), gone), Options{Sheet: "gone"}, "the workbook has no rows for this sheet"},
		"two parts of one name":    {book(t, head(1), map[string]string{"xl/Worksheets/sheet1.xml": "<worksheet/>"}), Options{}, "two parts of its ZIP have one name"},
		"a document type":          {book(t, "", map[string]string{"xl/sharedStrings.xml": `<!DOCTYPE sst [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>`}), Options{}, "a document type"},
		"an entity":                {book(t, head(1)+`<row r="2"><c r="A2" t="inlineStr"><is><t>a&b;</t></is></c></row>`, nil), Options{}, "an entity that workbooks do not use"},
		"rows that are not sorted": {book(t, head(1)+`<row r="3"><c r="A3"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>`, nil), Options{}, `row "2" stands behind row 3; nothing behind it can be read`},
	} {
		got, _, err := readAll(t, tt.data, tt.opt)
		var r *Refusal
		if !errors.As(err, &r) || !strings.Contains(err.Error(), tt.want) || r.Want == "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
