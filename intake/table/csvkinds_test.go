// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"

	"recount/fault"
)

// The line by which spreadsheet programs are told a delimiter is no row of the list,
// in whatever letters, quotes and bytes it comes.
func TestSepLineInEveryForm(t *testing.T) {
	t.Parallel()
	const list = "id;name\r\n0012;Ada\r\n"
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("sep=;\r\n" + list)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"plain": "sep=;\r\n" + list, "capitals": "SEP=;\n" + list, "in quotes": "\"sep=;\"\r\n" + list, "behind a mark": "\ufeffsep=;\r" + list, "in UTF-16": utf16,
	} {
		got, tab, err := readAll(t, []byte(data), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff([]string{"id|name", "2: 0012|Ada"}, got); d != "" || tab.Info().Sniffed {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// A byte order mark belongs to no name of a column and to no identifier, wherever
// programs that do not know it have put it; one inside of the list is said.
func TestByteOrderMarksBelongToNoCell(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		data string
		want []string
		said int
	}{
		"in front":         {"\ufeffid,name\n0012,A\n", []string{"id|name", "2: 0012|A"}, 0},
		"twice":            {"\ufeff\ufeffid,name\n0012,A\n", []string{"id|name", "2: 0012|A"}, 0},
		"inside of quotes": {"\"\ufeffid\",name\n0012,A\n", []string{"id|name", "2: 0012|A"}, 0},
		"before a row":     {"id,name\n0012,A\n\ufeff0013,B\n", []string{"id|name", "2: 0012|A", "3: 0013|B"}, 1},
		"before a quote":   {"id,name\n0012,A\n\ufeff\"0013\",\"B, C\"\n", []string{"id|name", "2: 0012|A", "3: 0013|B, C"}, 1},
		"before a quote, at the edge": {"id,name\n" + strings.Repeat("x", 64<<10-11) + ",A\n\ufeff\"0013\",B\n",
			[]string{"id|name", "2: " + strings.Repeat("x", 64<<10-11) + "|A", "3: 0013|B"}, 1},
	} {
		got, tab, err := readAll(t, []byte(tt.data), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(tt.want, got); d != "" || len(tab.Notices()) != tt.said {
			t.Errorf("%s: notices %q: %s", name, tab.Notices(), d)
		}
	}
}

// A quote that was meant as a letter makes one row of several. Where that leaves a row
// that fits, the cell is doubtful; where it does not, the refusal says over which lines
// it goes. An honest note over several lines is neither.
func TestQuotesThatSwallowRows(t *testing.T) {
	t.Parallel()
	data := "id,name,place\n1,Ada,\"Tarn\n2,Ben,Sorre\n3,Cem,Ulm\"\n4,\"Dia\n5,Eva,Ulm\n6,\"Fen\",Ulm\n7,Gal,\"by the mill,\nfirst house, left\"\n8,\"Hed\nVell\",Ulm\n"
	tab, err := Open(strings.NewReader(data), int64(len(data)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		number         int
		doubt, refused string
	}{
		{2, "look like rows of the list", ""},
		{3, "", "text stands behind the closing quote; the row goes from line 5 to line 7 of the file"},
		{4, "", ""},
		{5, "", ""},
	} {
		row, err := tab.Next()
		if err != nil {
			t.Fatal(err)
		}
		doubt, refused := "", ""
		if row.Refused != nil {
			refused = row.Refused.Error()
		} else {
			doubt = row.Cells[0].Doubt + row.Cells[1].Doubt + row.Cells[2].Doubt
		}
		if row.Number != want.number || !strings.Contains(doubt, want.doubt) || (want.doubt == "") != (doubt == "") || !strings.Contains(refused, want.refused) || (want.refused == "") != (refused == "") {
			t.Errorf("row %d: doubt %q, refused %q, want %+v", row.Number, doubt, refused, want)
		}
	}
	if _, err := tab.Next(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

// A row that never ends costs no more memory than a row may have, whether it is one
// text or nothing but delimiters, and what stands behind it is read.
func TestRowsWithoutEndNeedNoMemory(t *testing.T) {
	t.Parallel()
	const most = 128 << 20
	for name, row := range map[string]io.Reader{
		"a text":            io.MultiReader(strings.NewReader(`1,"`), io.LimitReader(endless('x'), most), strings.NewReader("\"\n")),
		"delimiters":        io.MultiReader(io.LimitReader(endless(','), most), strings.NewReader("\n")),
		"a text, no quotes": io.MultiReader(io.LimitReader(endless('x'), most), strings.NewReader("\n")),
	} {
		tab, err := OpenStream(io.MultiReader(strings.NewReader("a,b\n"), row, strings.NewReader("1,2\n")), 0, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := drain(tab)
		if err != nil || len(got) != 3 || !strings.Contains(got[1], "longer than 1048576 bytes") || got[2] != "3: 1|2" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if scan := tab.(*csvTable).scan; cap(scan.out)+8*cap(scan.ends) > 32<<20 {
			t.Errorf("%s: %d bytes and %d places are held", name, cap(scan.out), cap(scan.ends))
		}
	}
}

type endless byte

func (e endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(e)
	}
	return len(b), nil
}

// What is no list says what it is and what would be accepted, under whatever name.
func TestFilesThatAreNoLists(t *testing.T) {
	t.Parallel()
	le, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String("id;name\r\n0012;Ada\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ data, want string }{
		"gzip":                    {"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", "gzip"},
		"7z":                      {"7z\xbc\xaf\x27\x1c\x00\x04", "7z"},
		"a picture":               {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a picture"},
		"a database":              {"SQLite format 3\x00\x10\x00", "SQLite"},
		"RTF":                     {`{\rtf1\ansi a}`, "RTF"},
		"a mail of a page":        {"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "MHT"},
		"SYLK":                    {"ID;PWXL;N;E\nP;PGeneral\nC;Y1;X1;K\"id\"\nE\n", "SYLK"},
		"Excel 2003":              {`<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`, "Excel 2003"},
		"flat OpenDocument":       {`<?xml version="1.0"?><office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet">`, "flat OpenDocument"},
		"PDF behind a line":       {"\n%PDF-1.4\n", "a PDF"},
		"UTF-32":                  {"\xff\xfe\x00\x00i\x00\x00\x00", "UTF-32"},
		"UTF-16, no mark":         {le, `"encoding": "utf-16le"`},
		"other XML":               {`<?xml version="1.0"?><root/>`, "a page without a table"},
		"nothing, in JSON":        {"[]\n", "the list has no rows"},
		"lists, in JSON":          {`[["id","name"],["1","Ada"]]`, "one of lists"},
		"a header that begins so": {"7z,Rar!,id;p\n1,2,3\n", ""},
		"SYLK's first letters":    {"ID;Place\n1;Tarn\n", ""},
	} {
		for how, open := range map[string]func() (Table, error){
			"whole": func() (Table, error) {
				return Open(strings.NewReader(tt.data), int64(len(tt.data)), Options{File: "list.csv"})
			},
			"stream": func() (Table, error) {
				return OpenStream(bytes.NewBufferString(tt.data), int64(len(tt.data)), Options{File: "list.csv"})
			},
		} {
			_, err := open()
			var r *Refusal
			switch {
			case tt.want == "" && err == nil:
			case tt.want == "" || !errors.Is(err, fault.Invalid) || !errors.As(err, &r) || !strings.Contains(err.Error(), tt.want) || r.Want == "":
				t.Errorf("%s, %s: %v, want %q", name, how, err, tt.want)
			}
		}
	}
}

// Rows of a header that end as old programs end files, and cells of which nobody sees
// anything, are blank.
func TestWhatNobodySeesIsBlank(t *testing.T) {
	t.Parallel()
	got, tab, err := readAll(t, []byte("id,name\n\u200b,\ufeff\n \u00a0,\u200f\n1,A\n\x1a"), Options{})
	if d := cmp.Diff([]string{"id|name", "4: 1|A"}, got); err != nil || d != "" {
		t.Errorf("%v: %s", err, d)
	}
	if d := cmp.Diff([]string{"blank rows passed over: 3"}, tab.Notices()); d != "" {
		t.Error(d)
	}
}

// Headers are compared without what nobody sees, and otherwise letter by letter.
func TestFoldHeader(t *testing.T) {
	t.Parallel()
	for a, b := range map[string]string{
		"\ufeffName": "Name", "\u200fالاسم\u200f": "الاسم", "Name\u200b": "Name", " Age \r\n (years)": "Age (years)", "First\u00a0name ": "First name",
		"E\u0301tat": "État", "Right(s)  Violated": "Right(s) Violated",
	} {
		if FoldHeader(a) != FoldHeader(b) {
			t.Errorf("%q is not taken for %q", a, b)
		}
	}
	for a, b := range map[string]string{"Name": "name", "a.b": "a b", "می\u200cخواهد": "میخواهد", "Date?": "Date", "$x": "x", "[y]": "y"} {
		if FoldHeader(a) == FoldHeader(b) {
			t.Errorf("%q is taken for %q", a, b)
		}
	}
}
