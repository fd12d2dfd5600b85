// SPDX-License-Identifier: Apache-2.0

package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
)

// spreadsheet makes an OpenDocument workbook from the inside of its office:spreadsheet.
func spreadsheet(t testing.TB, sheets string, more map[string]string) []byte {
	t.Helper()
	parts := map[string]string{
		"content.xml": `<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:automatic-styles>` +
			`<number:date-style style:name="N1"><number:day/><number:text>.</number:text><number:month/><number:text>.</number:text><number:year/></number:date-style>` +
			`<number:date-style style:name="N2"><number:month/><number:year/></number:date-style>` +
			`<style:style style:name="day" style:family="table-cell" style:data-style-name="N1"/><style:style style:name="month" style:family="table-cell" style:data-style-name="N2"/>` +
			`<style:style style:name="seen" style:family="table"><style:table-properties table:display="true"/></style:style>` +
			`<style:style style:name="hid" style:family="table"><style:table-properties table:display="false"/></style:style>` +
			`</office:automatic-styles><office:body><office:spreadsheet>` + sheets + `</office:spreadsheet></office:body></office:document-content>`,
		"META-INF/manifest.xml": `<manifest:manifest><manifest:file-entry manifest:full-path="content.xml"/></manifest:manifest>`,
	}
	for name, text := range more {
		parts[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	write := func(name, text string) {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	write("mimetype", odsMedia)
	for name, text := range parts {
		write(name, text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// said is a row of cells with these texts.
func said(texts ...string) string {
	var b strings.Builder
	b.WriteString("<table:table-row>")
	for _, s := range texts {
		fmt.Fprintf(&b, `<table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell>`, s)
	}
	return b.String() + "</table:table-row>"
}

const odsTail = `<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>`

// TestODS: cells by the type of their value, at their places; what hangs on a cell
// is none of it; a million blank rows behind the list are passed over.
func TestODS(t *testing.T) {
	t.Parallel()
	sheet := `<table:table table:name="people" table:style-name="seen"><table:table-column table:visibility="collapse" table:number-columns-repeated="2"/><table:table-column/>` +
		`<table:table-header-rows>` + said("id", "name", "age", "day") + `</table:table-header-rows>` +
		`<table:table-row><table:table-cell office:value-type="string"><text:p>0012</text:p></table:table-cell>` +
		`<table:table-cell office:value-type="string"><office:annotation><text:p>said by the clerk</text:p></office:annotation><text:p>Ada<text:s text:c="2"/><text:span>Vell</text:span> &amp; co</text:p><text:p>called Ada</text:p></table:table-cell>` +
		`<table:table-cell office:value-type="float" office:value="17.0"><text:p>17</text:p></table:table-cell>` +
		`<table:table-cell table:style-name="day" office:value-type="date" office:date-value="1992-02-26"><text:p>26.02.1992</text:p></table:table-cell></table:table-row>` +
		`<table:table-row table:visibility="filter"><table:table-cell office:value-type="float" office:value="110101199003074514"><text:p>1,1E17</text:p></table:table-cell>` +
		`<table:table-cell table:number-columns-repeated="2"/><table:table-cell table:style-name="month" office:value-type="date" office:date-value="1992-02-01"><text:p>02.92</text:p></table:table-cell></table:table-row>` +
		`<table:table-row/>` +
		`<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-spanned="2" office:value-type="string"><text:p>Bor</text:p></table:table-cell><table:covered-table-cell/>` +
		`<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>` +
		`<table:table-cell office:value-type="date" office:date-value="1992-02-26T10:30:00"><text:p>x</text:p></table:table-cell><table:table-cell table:number-columns-repeated="1020"/></table:table-row>` +
		`<table:table-row><table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>WAHR</text:p></table:table-cell><table:table-cell/><table:table-cell office:value-type="percentage" office:value="0.5"><text:p>50%</text:p></table:table-cell></table:table-row>` +
		odsTail + `</table:table><table:table table:name="old" table:style-name="hid">` + said("x") + `</table:table>`
	got, tab, err := readAll(t, spreadsheet(t, sheet, nil), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"id|name|age|day", "2: 0012|Ada  Vell & co\ncalled Ada|17|1992-02-26", "3: 110101199003074514|||1992-02", "5: Bor||#DIV/0!|1992-02-26T10:30:00", "6: Bor||#DIV/0!|1992-02-26T10:30:00", "7: TRUE||0.5|"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	notices := []string{"blank rows passed over: 1", "hidden rows, read like the others: 1", "hidden columns, read like the others: 2",
		"cells with a formula, of which the value was taken that the file holds: 1", "merged areas, whose value stands in their first cell alone: 1", "hidden sheets in the workbook: 1"}
	if diff := cmp.Diff(notices, tab.Notices()); diff != "" {
		t.Error(diff)
	}
	if i := tab.Info(); i.Format != "ods" || i.Sheet != "people" || i.Pinpoint(3) != "people!row 3" {
		t.Errorf("%+v", i)
	}
	if got, _, err := readAll(t, spreadsheet(t, sheet, nil), Options{Sheet: "old", NoHeader: true}); err != nil || len(got) != 2 {
		t.Errorf("the hidden sheet by its name: %q, %v", got, err)
	}
}

// TestODSKinds: what a cell is by the file, and the doubt of a number that lost digits.
func TestODSKinds(t *testing.T) {
	t.Parallel()
	sheet := `<table:table table:name="a">` + said("n", "d", "e") + `<table:table-row><table:table-cell office:value-type="float" office:value="1.5E20"/>` +
		`<table:table-cell office:value-type="date" office:date-value="1992-02-26"/><table:table-cell office:value-type="string" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell></table:table-row></table:table>`
	data := spreadsheet(t, sheet, nil)
	tab, err := Open(bytes.NewReader(data), int64(len(data)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	row, err := tab.Next()
	if err != nil || row.Cells[0].Kind != Number || row.Cells[0].Doubt == "" || row.Cells[1].Kind != Date || row.Cells[2].Kind != Error {
		t.Errorf("%+v, %v", row, err)
	}
}

// TestODSRefused: what cannot be read says so, and what would be accepted.
func TestODSRefused(t *testing.T) {
	t.Parallel()
	one := `<table:table table:name="a">` + said("n") + said("x") + `</table:table>`
	for name, tt := range map[string]struct {
		sheets string
		more   map[string]string
		opt    Options
		want   string
	}{
		"a password":               {one, map[string]string{"META-INF/manifest.xml": `<m><manifest:encryption-data/></m>`}, Options{}, "a workbook with a password"},
		"two sheets":               {one + strings.Replace(one, `"a"`, `"b"`, 1), nil, Options{}, `2 visible sheets; accepted: the mapping's "sheet" naming one of them: "a", "b"`},
		"no such sheet":            {one, nil, Options{Sheet: "c"}, `no such sheet; accepted: one of its sheets: "a"`},
		"cut off":                  {`<table:table table:name="a">` + said("n") + `<table:table-row><table:table-cell>`, nil, Options{}, "the workbook is damaged"},
		"a delimiter":              {one, nil, Options{Delimiter: ";"}, "names a delimiter"},
		"too many cells":           {`<table:table table:name="a">` + said("n") + strings.Replace(said("x"), "<table:table-row>", `<table:table-row table:number-rows-repeated="1000000">`, 1) + `</table:table>`, nil, Options{Limits: Limits{Cells: 1000}}, "more than 1000 cells"},
		"unfolds too far":          {one + "<!--" + strings.Repeat(" ", 1<<20) + "-->", nil, Options{Limits: Limits{Unpacked: 1 << 19}}, "unfolds to more"},
		"an entity":                {`<table:table table:name="a">` + said("&lol;") + `</table:table>`, nil, Options{}, "an entity that workbooks do not use"},
		"a row too wide":           {`<table:table table:name="a"><table:table-row><table:table-cell table:number-columns-repeated="20000" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table>`, nil, Options{}, "more cells than a sheet has columns"},
		"numbers beyond any sheet": {`<table:table table:name="a"><table:table-row><table:table-cell table:number-columns-repeated="9223372036854775807"/><table:table-cell table:number-columns-repeated="3"/><table:table-cell table:number-columns-repeated="4611686018427387904" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table>`, nil, Options{}, "more cells than a sheet has columns"},
		"rows beyond any sheet":    {`<table:table table:name="a">` + said("n") + strings.Repeat(`<table:table-row table:number-rows-repeated="9223372036854775807"/>`, 20) + said("x") + `</table:table>`, nil, Options{}, "more than 16777216 rows"},
		"no rows for header":       {`<table:table table:name="a">` + odsTail + `</table:table>`, nil, Options{}, "the header row is blank"},
	} {
		rows, _, err := readAll(t, spreadsheet(t, tt.sheets, tt.more), tt.opt)
		if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %q, %v, want fault.Invalid with %q", name, rows, err, tt.want)
		}
	}
}

// FuzzODS: whatever content.xml says, reading it ends.
func FuzzODS(f *testing.F) {
	f.Add(`<table:table table:name="a">` + said("n", "m") + said("x", "y") + odsTail + `</table:table>`)
	f.Add(`<table:table table:name="a"><table:table-row><table:table-cell><text:p>a<text:s text:c="9"/></text:p></table:table-cell></table:table-row></table:table>`)
	f.Fuzz(func(t *testing.T, sheets string) {
		data := spreadsheet(t, sheets, nil)
		opt := Options{Limits: Limits{Cells: 10_000, Unpacked: 1 << 20}}
		if tab, err := Open(bytes.NewReader(data), int64(len(data)), opt); err == nil {
			_, _ = drain(tab)
		}
		if look, err := Look(bytes.NewReader(data), int64(len(data)), opt); err == nil {
			for {
				if _, err := look.Next(); err != nil {
					break
				}
			}
		}
	})
}
