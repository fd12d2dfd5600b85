// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"

	"recount/fault"
)

// TestJSON: an array, lines, and a list inside of an object; numbers keep their
// digits, objects inside of a row give columns of their own.
func TestJSON(t *testing.T) {
	t.Parallel()
	one := `{"id": 100E10, "name": "Ada Vell", "born": {"day": "1992-02-26", "place": {"town": "Tarn"}}, "minor": true, "also": ["Ada", "A. V."]}`
	two := `{"name": "Bor \u0041 \"B\"", "id": 0012.50e1, "age": null, "note": "x\ny", "also": ["B"], "none": []}`
	two = strings.Replace(two, "0012.50e1", "12.50", 1)
	three := `{"id": 110101199003074514, "age": -1}`
	want := []string{"id|name|born.day|born.place.town|minor|also|age|note|none",
		"1: 100E10|Ada Vell|1992-02-26|Tarn|TRUE|Ada; A. V.|||", "2: 12.50|Bor A \"B\"||||B||x\ny|", "3: 110101199003074514||||||-1||"}
	for name, tt := range map[string]struct {
		data   string
		opt    Options
		format string
		sheet  string
	}{
		"array":                  {"[" + one + ",\n" + two + "," + three + "]", Options{}, "json", ""},
		"with a mark":            {"\xef\xbb\xbf [ " + one + "," + two + "," + three + " ] ", Options{}, "json", ""},
		"lines":                  {one + "\n" + two + "\r\n\n" + three + "\n", Options{}, "jsonl", ""},
		"lines without the last": {one + "\n" + two + "\n" + three, Options{}, "jsonl", ""},
		"in an object":           {`{"count": 3, "people": [` + one + "," + two + "," + three + `], "tags": ["a"], "empty": []}`, Options{}, "json", "people"},
		"the one that is named":  {`{"places": [{"x": 1}], "people": [` + one + "," + two + "," + three + `]}`, Options{Sheet: "people"}, "json", "people"},
	} {
		got, tab, err := readAll(t, []byte(tt.data), tt.opt)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" || tab.Info().Format != tt.format || tab.Info().Sheet != tt.sheet || tab.Info().HeaderRow != 0 {
			t.Errorf("%s, %+v: %s", name, tab.Info(), diff)
		}
		if n := tab.Notices(); len(n) != 1 || !strings.HasSuffix(n[0], "joined by semicolons: 1") {
			t.Errorf("%s: %q", name, n)
		}
	}
}

// TestJSONRows: a row that cannot be taken stops no other.
func TestJSONRows(t *testing.T) {
	t.Parallel()
	for _, row := range []string{`{"a": {"x": 1}, "a": {"y": 2}}`, `{"a": 1, "a": {"y": 2}}`} {
		if got, _, err := readAll(t, []byte("["+row+"]"), Options{}); err != nil || len(got) != 2 || !strings.Contains(got[1], "a key stands twice") {
			t.Errorf("%s is read as %q, %v", row, got, err)
		}
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(`[{"a": "é"}]`)
	if err != nil {
		t.Fatal(err)
	}
	if got, tab, err := readAll(t, []byte(utf16), Options{}); err != nil || tab.Info().Format != "json" || strings.Join(got, " ") != "a 1: é" {
		t.Errorf("in UTF-16: %q, %v", got, err)
	}
	data := `[{"a": 1, "b": "x"}, {"a": 2, "a": 3}, {"a": 4, "b": [{"c": 1}]}, "text", [1], {"a.b": 1, "a": {"b": 2}}, {}, {"a": ` + strings.Repeat(`{"a": `, 9) + "1" + strings.Repeat("}", 9) + `}, {"b": "y", "a": 5}]`
	got, tab, err := readAll(t, []byte(data), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, begins := range []string{"a|b|b[1].c|", "1: 1|x", "2! not accepted: row 2: a key stands twice", "3: 4||1|", "4! not accepted: row 4: what stands in the list here is no object",
		"5! not accepted: row 5: what stands", "6! not accepted: row 6: a key stands twice", "8! not accepted: row 8: more than 8 objects", "9: 5|y"} {
		if i >= len(got) || !strings.HasPrefix(got[i], begins) {
			t.Errorf("line %d of %q, want %q", i, got, begins)
		}
	}
	if n := tab.Notices(); len(n) != 1 || n[0] != "blank rows passed over: 1" {
		t.Errorf("%q", n)
	}
}

// TestJSONRefused: what is no list in JSON says so, and no value.
func TestJSONRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		data string
		opt  Options
		want string
	}{
		"cut off":             {`[{"name": "Ada Vell"}, {"name": "Bo`, Options{}, "it is no JSON from byte"},
		"a comma":             {`[{"name": "Ada Vell"},]`, Options{}, "row 2: it is no JSON from byte"},
		"no quotes":           {`{"name": Ada}`, Options{}, "it is no JSON"},
		"two lists":           {`{"a": [{"x": 1}], "b": [{"x": 1}]}`, Options{}, `"sheet" naming one of them: "a", "b"`},
		"no such list":        {`{"a": [{"x": 1}]}`, Options{Sheet: "c"}, `one of its sheets: "a"`},
		"a sheet of lines":    {`{"a": 1}`, Options{Sheet: "a"}, "the file is one list"},
		"a delimiter":         {`[{"a": 1}]`, Options{Delimiter: ";"}, "names a delimiter or a header"},
		"a header row":        {`[{"a": 1}]`, Options{HeaderRow: 2}, "names a delimiter or a header"},
		"nothing":             {`[{}]`, Options{}, "has no rows"},
		"lists of one name":   {`{"p": [{"a": 1}], "p": [{"b": 2}]}`, Options{}, "two lists have the same name"},
		"behind the end":      {`[{"a": 1}] {"a": 2}`, Options{}, "something stands behind the end"},
		"a row of a megabyte": {`[{"a": "` + strings.Repeat("x", 1<<17) + `"}]`, Options{Limits: Limits{Row: 1 << 12}}, "longer than 4096 bytes"},
	} {
		rows, _, err := readAll(t, []byte(tt.data), tt.opt)
		if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "Ada") {
			t.Errorf("%s: %q, %v, want fault.Invalid with %q", name, rows, err, tt.want)
		}
	}
	for _, csv := range []string{"[y],{x}\n1,2\n", "{a},b\n1,2\n"} { // a header is a text, never a pattern
		if got, tab, err := readAll(t, []byte(csv), Options{}); err != nil || tab.Info().Format != "csv" || len(got) != 2 {
			t.Errorf("%q is read as %q, %v", csv, got, err)
		}
	}
}

// TestEveryFormat: the same list gives the same rows, whatever it comes in.
func TestEveryFormat(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"no", "name", "day"}, {"0012", "Ada Vell", "1992-02-26"}, {"100E10", "Միրվա Դորեն", ""}, {"3-4", "=1+1", "26.02.1992"}}
	var csv, lines, xml, ods, doc, page strings.Builder
	var old []byte
	page.WriteString("<table>")
	for n, row := range rows {
		csv.WriteString(strings.Join(row, ",") + "\n")
		if n > 0 {
			lines.WriteString(`{"no": "` + row[0] + `", "name": "` + row[1] + `", "day": "` + row[2] + "\"}\n")
		}
		ods.WriteString(said(row...))
		old = append(old, oldRow(uint16(n), row...)...)
		doc.WriteString(docRow(row...))
		page.WriteString("<tr><td>" + strings.Join(row, "<td>"))
		number := string(rune('1' + n))
		xml.WriteString(`<row r="` + number + `">`)
		for i, cell := range row {
			xml.WriteString(`<c r="` + columnName(i) + number + `" t="inlineStr"><is><t>` + cell + `</t></is></c>`)
		}
		xml.WriteString("</row>")
	}
	want := [][]string{rows[1], rows[2], rows[3]}
	for format, data := range map[string][]byte{
		"csv": []byte(csv.String()), "jsonl": []byte(lines.String()), "json": []byte("[" + strings.Join(strings.Split(strings.TrimSpace(lines.String()), "\n"), ",") + "]"),
		"xlsx": book(t, xml.String(), nil), "ods": spreadsheet(t, `<table:table table:name="a">`+ods.String()+`</table:table>`, nil),
		"xls": oldBook(old), "docx": document(t, "<w:tbl>"+doc.String()+"</w:tbl>"), "html": []byte(page.String() + "</table>"),
	} {
		tab, err := Open(bytes.NewReader(data), int64(len(data)), Options{})
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		var got [][]string
		for {
			row, err := tab.Next()
			if err != nil {
				break
			}
			var texts []string
			for _, c := range row.Cells {
				texts = append(texts, c.Text)
			}
			got = append(got, texts)
		}
		if diff := cmp.Diff(want, got); diff != "" || tab.Info().Format != format || strings.Join(tab.Info().Keys(), "|") != "no|name|day" {
			t.Errorf("%s, %+v: %s", format, tab.Info(), diff)
		}
		if err := tab.Close(); err != nil {
			t.Error(err)
		}
		stream, err := OpenStream(bytes.NewReader(data), int64(len(data)), Options{})
		if err != nil || stream.Info().Format != format {
			t.Errorf("%s as a stream: %v", format, err)
		}
	}
}

// FuzzJSON: whatever stands there, reading it ends, and rows have their width.
func FuzzJSON(f *testing.F) {
	f.Add([]byte(`[{"a": 1, "b": {"c": [1, "x"]}}, {"b": null}]`))
	f.Add([]byte("{\"a\": 1}\n{\"a\": 2}"))
	f.Add([]byte(`{"people": [{"a": 1}], "n": 2}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if !isJSON(data) {
			return
		}
		tab, err := Open(bytes.NewReader(data), int64(len(data)), Options{Limits: Limits{Row: 1 << 16}})
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
