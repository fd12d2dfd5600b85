// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"recount/intake/mapping"
	"recount/intake/table"
)

// BenchmarkLists reads an invented list of 55,000 rows and 12 columns in each format,
// every row put to a mapping. It says rows a second, and what the list has in bytes.
func BenchmarkLists(b *testing.B) {
	rows := 55_000
	if os.Getenv("RECOUNT_BENCH_SMALL") != "" {
		rows = 2_000
	}
	m, err := mapping.Parse([]byte(`{"format": "recount mapping/1", "row": "person", "key": ["id"], "record": {"given": "given", "family": "family",
 "sex": {"column": "sex", "codes": {"m": "male", "f": "female"}}, "age": "age", "birth": "born", "occupation": "work"},
 "harms": [{"code": {"constant": "killed"}, "date": "day", "place": "place"}], "not_mapped": ["a", "b", "c"]}`))
	if err != nil {
		b.Fatal(err)
	}
	for _, format := range []string{"csv", "xlsx", "ods", "json", "html"} {
		data, err := listIn(format, rows)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				if read, err := readList(data, m); err != nil || read != rows {
					b.Fatalf("%d of %d rows, %v", read, rows, err)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(len(data))/(1<<20), "MiB")
		})
	}
}

func readList(data []byte, m *mapping.Mapping) (read int, err error) {
	t, err := table.Open(bytes.NewReader(data), int64(len(data)), table.Options{Wanted: m.Wanted()})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	r, err := mapping.Bind(m, t.Info(), "list")
	if err != nil {
		return 0, err
	}
	for {
		row, err := t.Next()
		if errors.Is(err, io.EOF) {
			return read, nil
		}
		if err != nil {
			return read, err
		}
		if _, refused := r.Read(row); refused != nil {
			return read, refused
		}
		read++
	}
}

func listIn(format string, rows int) ([]byte, error) {
	header := []string{"id", "given", "family", "sex", "age", "born", "work", "day", "place", "a", "b", "c"}
	row := func(i int) []string {
		return []string{fmt.Sprint(i), fmt.Sprintf("Anari%c", 'a'+i%26), fmt.Sprintf("Sorvant%c", 'a'+i/26%26), "mf"[i%2 : i%2+1], fmt.Sprint(i % 80), "1950-01-01", "mason",
			fmt.Sprintf("1992-02-%02d", 1+i%28), "Lower Quay of Krobakirk", fmt.Sprint("x", i), "y", "z"}
	}
	var out bytes.Buffer
	each := func(begin, between, end string, head bool) {
		for i := range rows + 1 {
			cells := header
			if i > 0 {
				cells = row(i)
			} else if !head {
				continue
			}
			out.WriteString(begin + strings.Join(cells, between) + end)
		}
	}
	switch format {
	case "csv":
		each("", ",", "\n", true)
	case "html":
		out.WriteString("<table>")
		each("<tr><td>", "</td><td>", "</td></tr>\n", true)
		out.WriteString("</table>")
	case "json":
		out.WriteString("[")
		for i := range rows {
			if i > 0 {
				out.WriteString(",\n")
			}
			var members []string
			for n, cell := range row(i + 1) {
				members = append(members, fmt.Sprintf("%q: %q", header[n], cell))
			}
			out.WriteString("{" + strings.Join(members, ", ") + "}")
		}
		out.WriteString("]")
	case "ods":
		const cell = `<table:table-cell office:value-type="string"><text:p>`
		out.WriteString(`<office:document-content><office:body><office:spreadsheet><table:table table:name="people">`)
		each("<table:table-row>"+cell, "</text:p></table:table-cell>"+cell, "</text:p></table:table-cell></table:table-row>", true)
		out.WriteString(`</table:table></office:spreadsheet></office:body></office:document-content>`)
		return openDocument(out.Bytes())
	case "xlsx":
		f := excelize.NewFile()
		w, err := f.NewStreamWriter("Sheet1")
		if err != nil {
			return nil, err
		}
		for i := range rows + 1 {
			cells := header
			if i > 0 {
				cells = row(i)
			}
			values := make([]any, len(cells))
			for n, cell := range cells {
				values[n] = cell
			}
			if err := w.SetRow(fmt.Sprintf("A%d", i+1), values); err != nil {
				return nil, err
			}
		}
		if err := w.Flush(); err != nil {
			return nil, err
		}
		_, err = f.WriteTo(&out)
		return out.Bytes(), err
	}
	return out.Bytes(), nil
}

// openDocument puts the content of a workbook into its ZIP.
func openDocument(content []byte) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, part := range []struct {
		name string
		data []byte
	}{{"mimetype", []byte("application/vnd.oasis.opendocument.spreadsheet")}, {"content.xml", content}} {
		w, err := z.Create(part.name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(part.data); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}
