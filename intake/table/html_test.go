// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"recount/fault"
)

const page = `<!DOCTYPE html><html><head><title>List</title><style>td{color:red}</style></head><body><p>Who was there</p>
<TABLE class="x"><caption>People</caption><thead><tr><th>name<th>age<th colspan="2">where</tr></thead>
<tbody><tr><td>Ada &amp; Bor <b>Vell</b><br>called  Ada</td><td>17</td><td>Tarn</td><td>North</td></tr>
<tr style="display: none"><td>Ceda</td><td></td><td rowspan=2>Sorre</td><td>x</td>
<tr><td>Dov<script>alert("<td>")</script></td><td>&nbsp;</td><td>y</td></tr>
<tr></tr>
<tr><td><p>one</p><p>two</p></td><td>3</td><td>a</td><td>b</td></tr></tbody></table></body></html>`

// TestHTML: a table as a browser shows it, its cells at their places.
func TestHTML(t *testing.T) {
	t.Parallel()
	got, _, err := readAll(t, []byte(page), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"name|age|where", "2! not accepted: sheet \"table 1\", row 2: cell D2 stands right of the last column of the header; accepted: a header above every column that is filled",
		"3! not accepted: sheet \"table 1\", row 3: cell D3 stands right of the last column of the header; accepted: a header above every column that is filled",
		"4! not accepted: sheet \"table 1\", row 4: cell D4 stands right of the last column of the header; accepted: a header above every column that is filled",
		"6! not accepted: sheet \"table 1\", row 6: cell D6 stands right of the last column of the header; accepted: a header above every column that is filled"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	shown, tab, err := readAll(t, []byte(strings.Replace(page, `<th colspan="2">where`, "<th>where<th>part", 1)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want = []string{"name|age|where|part", "2: Ada & Bor Vell\ncalled Ada|17|Tarn|North", "3: Ceda||Sorre|x", "4: Dov|\u00a0||y", "6: one\ntwo|3|a|b"}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"blank rows passed over: 1", "hidden rows, read like the others: 1", "merged areas, whose value stands in their first cell alone: 1"}, tab.Notices()); diff != "" {
		t.Error(diff)
	}
	if i := tab.Info(); i.Format != "html" || i.Pinpoint(2) != "table 1!row 2" || i.Encoding != "utf-8" {
		t.Errorf("%+v", i)
	}
	stream, err := OpenStream(strings.NewReader(page), 0, Options{})
	if err != nil || stream.Info().Format != "html" {
		t.Errorf("as a stream: %v", err)
	}
}

// TestHTMLEncodings: what the page says of its letters, what the mapping says, and
// where neither does, UTF-8.
func TestHTMLEncodings(t *testing.T) {
	t.Parallel()
	body := `<table><tr><th>имя</th></tr><tr><td>Пётр</td></tr></table>`
	in := func(s string) []byte {
		b, err := charmap.Windows1251.NewEncoder().Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, tt := range map[string]struct {
		data []byte
		opt  Options
		want string
	}{
		"utf-8":               {[]byte(body), Options{}, "имя 2: Пётр"},
		"with a mark":         {[]byte("\xef\xbb\xbf" + body), Options{}, "имя 2: Пётр"},
		"said in its head":    {in(`<html><meta charset="windows-1251">` + body), Options{}, "имя 2: Пётр"},
		"said by the mapping": {in(body), Options{Encoding: "windows-1251"}, "имя 2: Пётр"},
		"said by nobody":      {in(body), Options{}, "the cell is not UTF-8"},
	} {
		got, _, err := readAll(t, tt.data, tt.opt)
		said := strings.Join(got, " ")
		if err != nil {
			said = err.Error()
		}
		if !strings.Contains(said, tt.want) {
			t.Errorf("%s: %s, want %s", name, said, tt.want)
		}
	}
}

// TestHTMLRefused: pages that are no list say so, and what would be accepted.
func TestHTMLRefused(t *testing.T) {
	t.Parallel()
	one := `<table><tr><th>a</th></tr><tr><td>x</td></tr></table>`
	for name, tt := range map[string]struct {
		page string
		opt  Options
		want string
	}{
		"no table":       {`<html><p>x</p></html>`, Options{}, "a page without a table"},
		"two tables":     {one + one, Options{}, `accepted: the mapping's "sheet" naming one of them: "table 1", "table 2"`},
		"no such table":  {one, Options{Sheet: "table 7"}, `one of its sheets: "table 1"`},
		"a delimiter":    {one, Options{Delimiter: ";"}, "names a delimiter"},
		"a long tag":     {`<table a="` + strings.Repeat("x", 1<<16) + `">` + one, Options{Limits: Limits{Row: 1 << 10}}, "more than 1024 bytes"},
		"a table inside": {`<table><tr><th>a</th></tr><tr><td><table><tr><td>x</td></tr></table></td></tr><tr><td>y</td></tr></table>`, Options{}, `2! not accepted: sheet "table 1", row 2: a table stands inside of a cell`},
	} {
		rows, _, err := readAll(t, []byte(tt.page), tt.opt)
		said := strings.Join(rows, " ")
		if err != nil {
			said = err.Error()
		}
		if err != nil && !errors.Is(err, fault.Invalid) || !strings.Contains(said, tt.want) {
			t.Errorf("%s: %q, want %q", name, said, tt.want)
		}
	}
	if got, _, err := readAll(t, []byte(one+strings.Replace(one, "x", "y", 1)), Options{Sheet: "table 2"}); err != nil || strings.Join(got, " ") != "a 2: y" {
		t.Errorf("the second table: %q, %v", got, err)
	}
}

// FuzzHTML: whatever a page says, reading it ends, and rows have their width.
func FuzzHTML(f *testing.F) {
	f.Add([]byte(page))
	f.Add([]byte(`<table><tr><td rowspan=9 colspan=9>x<tr><td>y`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if !isPage(data) {
			return
		}
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
