// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestListFormats: lists in JSON, pages, documents, workbooks of OpenDocument and old ones are
// shown as tables; those of JSON have names of columns and no row that has them.
func TestListFormats(t *testing.T) {
	t.Parallel()
	zipped := func(parts ...string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for i := 0; i < len(parts); i += 2 {
			w, err := z.CreateHeader(&zip.FileHeader{Name: parts[i]})
			if err == nil {
				_, err = io.WriteString(w, parts[i+1])
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
	cell := func(s string) string { return `<w:tc><w:p><w:r><w:t>` + s + `</w:t></w:r></w:p></w:tc>` }
	odsCell := func(s string) string {
		return `<table:table-cell office:value-type="string"><text:p>` + s + `</text:p></table:table-cell>`
	}
	file := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for name, tt := range map[string]struct {
		data   []byte
		found  string
		named  bool
		header int
		first  int
	}{
		"xls": {file("list.xls"), oldWorkbook, false, 1, 2},
		"xls that does not say in its beginning what it is": {file("list-unsaid.xls"), compoundFile, false, 1, 2},
		"json":  {[]byte(`[{"name": "A. Example", "age": 30}, {"name": "B. Example"}]`), "application/json", true, 0, 1},
		"jsonl": {[]byte("{\"name\": \"A. Example\", \"age\": 30}\n{\"name\": \"B. Example\"}\n"), "application/x-ndjson", true, 0, 1},
		"html":  {[]byte(`<!DOCTYPE html><html><body><table><tr><th>name<th>age</tr><tr><td>A. Example<td>30</tr><tr><td>B. Example<td></tr></table></body></html>`), "text/html", false, 1, 2},
		"docx": {zipped("[Content_Types].xml", `<Types/>`, "_rels/.rels", `<Relationships/>`, "word/document.xml", `<w:document><w:body><w:tbl><w:tr>`+cell("name")+cell("age")+`</w:tr><w:tr>`+
			cell("A. Example")+cell("30")+`</w:tr><w:tr>`+cell("B. Example")+cell("")+`</w:tr></w:tbl></w:body></w:document>`), wordDocument, false, 1, 2},
		"ods": {zipped("mimetype", openDocument, "content.xml", `<office:document-content><office:body><office:spreadsheet><table:table table:name="a"><table:table-row>`+odsCell("name")+odsCell("age")+
			`</table:table-row><table:table-row>`+odsCell("A. Example")+odsCell("30")+`</table:table-row><table:table-row>`+odsCell("B. Example")+`</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>`), openDocument, false, 1, 2},
	} {
		got, err := runner(t).Table(t.Context(), "", holding(tt.data), "", 1, 100)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i := range got.Rows { // a blank last cell may be told or not
			for len(got.Rows[i].Cells) < 2 {
				got.Rows[i].Cells = append(got.Rows[i].Cells, "")
			}
		}
		want := []Row{{Number: tt.first, Cells: []string{"A. Example", "30"}}, {Number: tt.first + 1, Cells: []string{"B. Example", ""}}}
		if diff := cmp.Diff(want, got.Rows); diff != "" || got.Found != tt.found || got.Named != tt.named || got.HeaderRow != tt.header || !slices.Equal(got.Header, []string{"name", "age"}) || !slices.Contains(Kinds(got.Found), KindTable) {
			t.Errorf("%s, %+v:\n%s", name, got, diff)
		}
	}
}

// TestCompareCompound: what a name claims is no difference where the bytes leave it open.
func TestCompareCompound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		declared, found string
		differ          bool
	}{
		{oldWorkbook, compoundFile, false},
		{"application/msword", compoundFile, false},
		{"text/csv", compoundFile, true},
		{"application/msword", oldWorkbook, true},
		{oldWorkbook, "text/html", true},
	} {
		if got := Compare(tt.declared, tt.found); got.Differ != tt.differ {
			t.Errorf("%s beside %s: %v, want %v", tt.declared, tt.found, got.Differ, tt.differ)
		}
	}
}
