// SPDX-License-Identifier: Apache-2.0

package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
)

// document makes a word processor's document from the inside of its body.
func document(t testing.TB, body string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"_rels/.rels": `<Relationships><Relationship Id="a" Type="http://x/officeDocument" Target="word/document.xml"/></Relationships>`,
		docxMain:      `<?xml version="1.0"?><w:document xmlns:w="w"><w:body>` + body + `</w:body></w:document>`,
	} {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
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

func docRow(cells ...string) string {
	return "<w:tr><w:tc><w:p><w:r><w:t>" + strings.Join(cells, "</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>") + "</w:t></w:r></w:p></w:tc></w:tr>"
}

// TestDOCX: a table of a document; what is marked as deleted is none of it.
func TestDOCX(t *testing.T) {
	t.Parallel()
	body := `<w:p><w:r><w:t>Who was there</w:t></w:r></w:p><w:tbl><w:tblPr/><w:tblGrid/>` + docRow("name", "age", "where", "part") +
		`<w:tr><w:trPr/><w:tc><w:tcPr><w:tcW w:w="1"/></w:tcPr><w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t xml:space="preserve">Ada </w:t></w:r><w:r><w:t>Vell &amp; co</w:t></w:r></w:p><w:p><w:r><w:t>called</w:t><w:br/><w:t>Ada</w:t></w:r></w:p></w:tc>` +
		`<w:tc><w:p><w:del><w:r><w:delText>18</w:delText></w:r></w:del><w:ins><w:r><w:t>17</w:t></w:r></w:ins></w:p></w:tc><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p><w:r><w:t>Tarn</w:t></w:r></w:p></w:tc></w:tr>` +
		`<w:tr><w:tc><w:p><w:r><w:t>Bor</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr><w:p><w:r><w:t>Sorre</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr>` +
		`<w:tr><w:tc><w:p><w:r><w:t>Dov</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc><w:tc><w:p><w:r><w:t>y</w:t></w:r></w:p></w:tc></w:tr>` +
		docRow("", "", "", "") +
		`<w:tr><w:tc><w:tbl>` + docRow("inside") + `</w:tbl><w:p/></w:tc></w:tr></w:tbl>`
	got, tab, err := readAll(t, document(t, body), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"name|age|where|part", "2: Ada Vell & co\ncalled\nAda|17|Tarn|", "3: Bor||Sorre|", "4: Dov|||y", `6! not accepted: sheet "table 1", row 6: a table stands inside of a cell; accepted: a table with texts in its cells`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	notices := []string{"blank rows passed over: 1", "merged areas, whose value stands in their first cell alone: 2", "rows in which text is marked as deleted, which was left out: 1"}
	if diff := cmp.Diff(notices, tab.Notices()); diff != "" {
		t.Error(diff)
	}
	if i := tab.Info(); i.Format != "docx" || i.Pinpoint(2) != "table 1!row 2" {
		t.Errorf("%+v", i)
	}
}

// TestDOCXRefused: documents that are no list say so, and what would be accepted.
func TestDOCXRefused(t *testing.T) {
	t.Parallel()
	one := "<w:tbl>" + docRow("a") + docRow("x") + "</w:tbl>"
	for name, tt := range map[string]struct {
		body string
		opt  Options
		want string
	}{
		"no table":   {"<w:p/>", Options{}, "a document without a table"},
		"two tables": {one + one, Options{}, `"table 1", "table 2"`},
		"cut off":    {"<w:tbl><w:tr><w:tc>", Options{}, "damaged"},
		"encoding":   {one, Options{Encoding: "koi8-r"}, "names a delimiter or an encoding"},
	} {
		if _, _, err := readAll(t, document(t, tt.body), tt.opt); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want fault.Invalid with %q", name, err, tt.want)
		}
	}
}

// FuzzDOCX: whatever a document says, reading it ends.
func FuzzDOCX(f *testing.F) {
	f.Add("<w:tbl>" + docRow("a", "b") + docRow("x", "y") + "</w:tbl>")
	f.Add(`<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="3"/></w:tcPr></w:tc></w:tr></w:tbl>`)
	f.Fuzz(func(t *testing.T, body string) {
		data := document(t, body)
		if tab, err := Open(bytes.NewReader(data), int64(len(data)), Options{Limits: Limits{Cells: 10_000, Unpacked: 1 << 20}}); err == nil {
			_, _ = drain(tab)
		}
	})
}
