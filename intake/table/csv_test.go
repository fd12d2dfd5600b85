// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"recount/fault"
)

// readAll gives the rows as "number: cell|cell", refused ones as "number! why".
func readAll(t testing.TB, data []byte, opt Options) ([]string, Table, error) {
	t.Helper()
	opt.File = "list"
	tab, err := Open(bytes.NewReader(data), int64(len(data)), opt)
	if err != nil {
		return nil, nil, err
	}
	rows, err := drain(tab)
	return rows, tab, err
}

func drain(tab Table) ([]string, error) {
	rows := []string{strings.Join(tab.Info().Keys(), "|")}
	for {
		r, err := tab.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		if r.Refused != nil {
			rows = append(rows, fmt.Sprintf("%d! %s", r.Number, r.Refused.Error()))
			continue
		}
		var texts []string
		for _, c := range r.Cells {
			texts = append(texts, c.Text)
		}
		rows = append(rows, fmt.Sprintf("%d: %s", r.Number, strings.Join(texts, "|")))
	}
}

// The same list in every way that bytes come gives the same rows.
func TestCSVVariantsReadTheSame(t *testing.T) {
	t.Parallel()
	want := []string{"id|name|place", "2: 0012|Ada Vell|Tarn", "3: 100E10|\"quoted\", with comma|", "4: 3-4|two\nlines|Sorre"}
	lf := "id,name,place\n0012,Ada Vell,Tarn\n100E10,\"\"\"quoted\"\", with comma\",\n3-4,\"two\nlines\",Sorre"
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(lf)
	if err != nil {
		t.Fatal(err)
	}
	outside := func(end string) string { // line ends outside of quotes only
		return strings.ReplaceAll(strings.ReplaceAll(lf, "\n", end), "two"+end+"lines", "two\nlines")
	}
	variants := map[string]string{
		"lf":            lf,
		"final newline": lf + "\n",
		"bom":           "\ufeff" + lf,
		"crlf":          outside("\r\n") + "\r\n",
		"cr":            outside("\r") + "\r",
		"mixed":         strings.Replace(strings.Replace(lf, "\n", "\r\n", 1), "Tarn\n", "Tarn\r", 1),
		"utf-16":        utf16,
		"sep line":      "sep=,\r\n" + lf,
		"quoted cells":  strings.ReplaceAll(lf, "0012", `"0012"`),
		"quoted header": "\ufeff" + strings.Replace(lf, "id", `"id"`, 1),
	}
	for name, data := range variants {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _, err := readAll(t, []byte(data), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestCSVRows(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		data string
		opt  Options
		want []string
	}{
		"semicolon": {"a;b\n1,5;2\n", Options{}, []string{"a|b", "2: 1,5|2"}},
		"tab":       {"a\tb\n1\t2\n", Options{}, []string{"a|b", "2: 1|2"}},
		"wanted columns decide between delimiters": {"a,x;b\n1;2\n", Options{Wanted: []string{"a,x", "b"}},
			[]string{"a,x|b", "2: 1|2"}},
		"brackets and dots in a header are text": {"Right(s) Violated,a.b,$x,[y],Date?\n1,2,3,4,5\n", Options{},
			[]string{"Right(s) Violated|a.b|$x|[y]|Date?", "2: 1|2|3|4|5"}},
		"two columns of one name": {"n,n,n#2,n\n1,2,3,4\n", Options{}, []string{"n|n#3|n#2|n#4", "2: 1|2|3|4"}},
		"blank headers":           {"a,,\n1,2,3\n", Options{}, []string{"a||#2", "2: 1|2|3"}},
		"ragged rows": {"a,b\n1\n1,2\n1,2,3\n", Options{}, []string{"a|b",
			`2! not accepted: row 2: the row has 1 cells, the header has 2; accepted: 2 cells between ","; a cell that holds the delimiter stands in quotes`,
			"3: 1|2",
			`4! not accepted: row 4: the row has 3 cells, the header has 2; accepted: 2 cells between ","; a cell that holds the delimiter stands in quotes`}},
		"blank rows keep their number": {"a,b\n\n1,2\n , \n,,,\n3,4\n\n", Options{}, []string{"a|b", "3: 1|2", "6: 3|4"}},
		"nul": {"a,b\n1,x\x00y\n3,4\n", Options{}, []string{"a|b",
			`2! not accepted: row 2, column "b": the cell holds a NUL byte (hex 00); accepted: text; a file in UTF-16 says so by its mark or in the mapping's "encoding"`, "3: 3|4"}},
		"not utf-8": {"a,name\n1,\xc8\xe2\xe0\xed\n3,4\n", Options{}, []string{"a|name",
			`2! not accepted: row 2, column "name": the cell is not UTF-8: bytes c8 e2 e0 ed (hex); accepted: UTF-8, or the mapping's "encoding" naming another one`, "3: 3|4"}},
		"text behind a quote": {"a,b\n1,\"x\"y\n3,4\n", Options{}, []string{"a|b",
			`2! not accepted: row 2, column "b": text stands behind the closing quote; accepted: a quote inside a quoted cell written twice: ""`, "3: 3|4"}},
		"header said again": {"a,b\n1,2\n\ufeffa,b\n3,4\n", Options{}, []string{"a|b", "2: 1|2",
			"4: 3|4"}[:2:2]},
		"a row that is too long": {"a,b\n1," + strings.Repeat("x", 2000) + "\n3,4\n", Options{Limits: Limits{Row: 1000}}, []string{"a|b",
			"2! not accepted: row 2: the row is longer than 1000 bytes; accepted: rows of a list, each on a line of its own", "3: 3|4"}},
		"a quote that makes one row of many": {"a,b\n1,\"" + strings.Repeat("x\n", 3000) + "\",2\n3,4\n", Options{Limits: Limits{Row: 1000}}, []string{"a|b",
			"2! not accepted: row 2: the row is longer than 1000 bytes; the row goes from line 2 to line 3002 of the file; accepted: rows of a list, each on a line of its own", "3: 3|4"}},
		"a row of delimiters alone": {"a,b\n" + strings.Repeat(",", 3000) + "\n3,4\n", Options{Limits: Limits{Row: 1000}}, []string{"a|b",
			"2! not accepted: row 2: the row is longer than 1000 bytes; accepted: rows of a list, each on a line of its own", "3: 3|4"}},
		"formulas are text":     {"a,b\n=1+1,@x\n-5,+7\n", Options{}, []string{"a|b", "2: =1+1|@x", "3: -5|+7"}},
		"header in a later row": {"List of Tarn\n\na,b\n1,2\n", Options{HeaderRow: 3}, []string{"a|b", "4: 1|2"}},
		"arabic":                {"الاسم,العمر\nسلمى,١٢\n", Options{}, []string{"الاسم|العمر", "2: سلمى|١٢"}},
		"windows-1251":          {cp1251(t, "Фамилия;Имя\nИванов;Пётр\n"), Options{Encoding: "windows-1251"}, []string{"Фамилия|Имя", "2: Иванов|Пётр"}},
	}
	tests["header said again"] = struct {
		data string
		opt  Options
		want []string
	}{"a,b\n1,2\n\ufeffa,b\n3,4\n", Options{}, []string{"a|b", "2: 1|2",
		"3! not accepted: row 3: the row repeats the header, as in files that were put one behind the other; accepted: the file without that row", "4: 3|4"}}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, _, err := readAll(t, []byte(tt.data), tt.opt)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func cp1251(t testing.TB, s string) string {
	t.Helper()
	out, err := charmap.Windows1251.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCSVThatCannotBeReadFurther(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		data string
		opt  Options
		want string
	}{
		"unclosed quote": {"a,b\n1,2\n3,\"open\n4,5\n6,7\n", Options{},
			`row 3, column "b": the quote that opens here, on line 3 of the file, is never closed`},
		"empty":                 {"", Options{}, "the file ends before row 1"},
		"blank header":          {",,\n1,2,3\n", Options{}, "row 1: the header row is blank"},
		"not utf-8 header":      {"a,\xff\n1,2\n", Options{}, `row 1, column "column 2": the cell is not UTF-8: bytes ff (hex)`},
		"sheet":                 {"a\n1\n", Options{Sheet: "people"}, "a CSV has no sheets"},
		"delimiter":             {"a\n1\n", Options{Delimiter: "ab"}, `"ab" cannot be a delimiter`},
		"encoding":              {"a\n1\n", Options{Encoding: "latin"}, `unknown encoding "latin"; accepted: ibm437`},
		"byte outside encoding": {"a\n\x98\n", Options{Encoding: "windows-1251"}, ""},
		"old workbook":          {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", Options{}, "the workbook is damaged: it ends in the middle"},
		"pdf":                   {"%PDF-1.7", Options{}, "a PDF"},
		"damaged zip":           {"PK\x03\x04rest", Options{}, "a damaged ZIP"},
	}
	delete(tests, "byte outside encoding") // a refused row: see below
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := readAll(t, []byte(tt.data), tt.opt)
			if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want fault.Invalid with %q", err, tt.want)
			}
		})
	}
	rows, _, err := readAll(t, []byte("a\n\x98\n"), Options{Encoding: "windows-1251"})
	if err != nil || len(rows) != 2 || !strings.Contains(rows[1], "a byte that windows-1251 does not have") {
		t.Errorf("got %q, %v", rows, err)
	}
}

// The two renderings of a refusal: the value only for the person who imports.
func TestRefusalRenderings(t *testing.T) {
	t.Parallel()
	data := "a,name\n1," + cp1251(t, "Иванов") + "\n"
	tab, err := Open(strings.NewReader(data), int64(len(data)), Options{File: "tarn.csv"})
	if err != nil {
		t.Fatal(err)
	}
	row, err := tab.Next()
	if err != nil || row.Refused == nil {
		t.Fatalf("got %v, %v", row, err)
	}
	told := row.Refused.Tell()
	for _, want := range []string{"tarn.csv", `row 2, column "name"`, `windows-1251 reads "Иванов"`} {
		if !strings.Contains(told, want) {
			t.Errorf("Tell() = %q, want it to hold %q", told, want)
		}
	}
	if e := row.Refused.Error(); strings.Contains(e, "Иванов") || strings.Contains(e, "tarn") {
		t.Errorf("Error() = %q holds a value", e)
	}
}

func TestCSVDoubts(t *testing.T) {
	t.Parallel()
	data := "a,b\n5\" pipe,x\n1,\ufefftext\n2,lost \ufffd letters\n\n"
	_, tab, err := readAll(t, []byte(data), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"blank rows passed over: 1", "rows with a byte order mark inside: 1",
		"rows with the replacement character, where letters were lost earlier: 1"}
	if d := cmp.Diff(want, tab.Notices()); d != "" {
		t.Error(d)
	}
	tab, err = Open(strings.NewReader(data), int64(len(data)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, 1, 1} {
		row, err := tab.Next()
		if err != nil || row.Cells[at].Doubt == "" {
			t.Errorf("row %v: cell %d has no doubt, %v", row, at, err)
		}
	}
}

// Cells at the edges of the buffer of 64 KiB are not torn.
func TestCSVOverBufferEdges(t *testing.T) {
	t.Parallel()
	for pad := 64<<10 - 40; pad < 64<<10+5; pad++ {
		data := "a,b\n" + strings.Repeat("x", pad) + ",\"q\"\"\r\nq\"\r\n\"\"\"\",2\r\n"
		got, _, err := readAll(t, []byte(data), Options{})
		want := []string{"a|b", "2: " + strings.Repeat("x", pad) + "|q\"\r\nq", "3: \"|2"}
		if err != nil || !cmp.Equal(want, got) {
			t.Fatalf("pad %d: %v %.60q", pad, err, got)
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\ufeffa;b\r\n\"x\"\"y\";\r\n", "a\n\"", "sep=;\na;b\n", "a,b\r1,\x00\r"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tab, err := openCSV(bytes.NewReader(data), Options{})
		if err != nil {
			return
		}
		last := tab.Info().HeaderRow
		for {
			row, err := tab.Next()
			if err != nil {
				return
			}
			if row.Number <= last {
				t.Fatalf("row %d after row %d", row.Number, last)
			}
			last = row.Number
			if row.Refused == nil && len(row.Cells) != len(tab.Info().Columns) {
				t.Fatalf("row %d has %d cells of %d", row.Number, len(row.Cells), len(tab.Info().Columns))
			}
		}
	})
}
