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
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"recount/fault"
)

// A line that is no JSON, or is not in its encoding, or has no end, is refused by
// itself, and those behind it are read. In an array the bytes of a row are its own
// matter too.
func TestBadObjectsRefuseThemselvesAlone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		data string
		want []string
	}{
		"a line cut off":           {"{\"a\":1}\n{\"a\":2\n{\"a\":3}\n", []string{"a", "1: 1", "2! the line is no JSON", "3: 3"}},
		"the first line":           {"{\"a\":}\n{\"a\":2}\n", []string{"a", "1! the line is no JSON", "2: 2"}},
		"a line that is not UTF-8": {"{\"a\":1}\n{\"a\":\"J\xe9\"}\n{\"a\":3}\n", []string{"a", "1: 1", "2! the line is not UTF-8: bytes e9 (hex)", "3: 3"}},
		"a line without end":       {"{\"a\":1}\n{\"a\":\"" + strings.Repeat("x", 2<<20) + "\"}\n{\"a\":3}", []string{"a", "1: 1", "2! the line is longer than 1048576 bytes", "3: 3"}},
		"a line of a list":         {"{\"a\":1}\n[2]\n{\"a\":3}\n", []string{"a", "1: 1", "2! what stands in the list here is no object", "3: 3"}},
		"two in a line":            {"{\"a\":1}\n{\"a\":2}{\"a\":3}\n\n{\"a\":4}", []string{"a", "1: 1", "2: 2", "3: 3", "4: 4"}},
		"a key twice":              {"{\"a\":1}\r\n{\"a\":2,\"a\":3}\r\n{\"a\":4}\r\n", []string{"a", "1: 1", "2! a key stands twice", "3: 4"}},
		"a sequence":               {"\x1e{\"a\":1}\n\x1e{\"a\":2}\n", []string{"a", "1: 1", "2: 2"}},
		"a mark in front":          {"\ufeff{\"a\":\"0012\"}\n{\"a\":\"0013\"}\n", []string{"a", "1: 0012", "2: 0013"}},
		"an array, not UTF-8":      {"[{\"a\":\"J\xe9\xe8\"},{\"a\":\"é\"},{\"a\":\"\xff\"}]", []string{"a", "1! the row is not UTF-8: bytes e9 e8 (hex)", "2: é", "3! the row is not UTF-8: bytes ff (hex)"}},
		"a wrapped array":          {"{\"n\":\"\xe9\",\"p\":[{\"a\":\"J\xe9\"},{\"a\":\"é\"}]}", []string{"a", "1! sheet \"p\", the row is not UTF-8", "2: é"}},
		"objects over lines":       {"{\n\"a\":1\n}\n{\n\"a\":2}", []string{"a", "1: 1", "2: 2"}},
	} {
		got, _, err := readAll(t, []byte(tt.data), Options{})
		if err != nil || len(got) != len(tt.want) {
			t.Errorf("%s: %q, %v", name, got, err)
			continue
		}
		for i, want := range tt.want {
			number, why, refused := strings.Cut(want, "! ")
			why = why[strings.LastIndex(why, "\", ")+1:]
			if !refused && got[i] != want || refused && (!strings.HasPrefix(got[i], number+"! not accepted") || !strings.Contains(got[i], strings.TrimPrefix(why, ", ")) || !strings.Contains(got[i], "accepted: ")) {
				t.Errorf("%s: %q, want %q", name, got[i], want)
			}
		}
	}
}

// What ends a list in JSON says in which row.
func TestWhereJSONEnds(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		`[{"id":1,"z":0012}]`: "row 1: it is no JSON from byte",
		`[{"a":1},{"a":NaN}]`: "row 2: it is no JSON from byte",
		`[{"a":1},]`:          "row 2: it is no JSON from byte",
		`[{"a":"` + strings.Repeat("x", 2<<20) + `"}]`: "row 1: the row is longer than 1048576 bytes",
		`[{"a":1},{"a":"` + strings.Repeat("x", 2<<20): "row 2: the row is longer than 1048576 bytes",
		`{"a":` + strings.Repeat(`{"a":`, 100_000):     "it is no JSON",
		strings.Repeat("[", 100_000):                   "it is no JSON",
	} {
		got, _, err := readAll(t, []byte(data), Options{})
		var r *Refusal
		if !errors.As(err, &r) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %q, %v, want %q", data, got, err, want)
		}
	}
}

// A page that was cut off is said, and a cell in which it ends is refused: "2" could
// have been "26".
func TestPagesThatWereCutOff(t *testing.T) {
	t.Parallel()
	const cut = "the page ends before its table does: rows may be missing"
	for data, want := range map[string]struct {
		rows, notices []string
	}{
		"<table><tr><td>a<tr><td>1</table>":             {[]string{"a", "2: 1"}, nil},
		"<table><tr><td>a</td></tr><tr><td>1</td></tr>": {[]string{"a", "2: 1"}, []string{cut}},
		"<table><tr><td>a</td></tr><tr><td>1</td>":      {[]string{"a", "2: 1"}, []string{cut}},
		"<table><tr><td>a</td></tr><tr><td>1":           {[]string{"a", `2! not accepted: sheet "table 1", row 2: the page ends inside of a cell; accepted: the whole page`}, []string{cut}},
	} {
		got, tab, err := readAll(t, []byte(data), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want.rows, got) + cmp.Diff(want.notices, tab.Notices()); d != "" {
			t.Errorf("%s: %s", data, d)
		}
	}
}

// Pages that programs save under the name of a workbook, however they begin and in
// whatever letters they are.
func TestPagesOfEveryWriter(t *testing.T) {
	t.Parallel()
	const list = "<table><tr><th>nom<th>no<tr><td>José<td style='mso-number-format:\"\\@\"'>0012</table>"
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("<html>" + list)
	if err != nil {
		t.Fatal(err)
	}
	latin, err := charmap.Windows1252.NewEncoder().String(`<html xmlns:x="urn:schemas-microsoft-com:office:excel"><meta http-equiv=Content-Type content="text/html; charset=windows-1252">` + list)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"a table": list, "a mark": "\ufeff" + list, "a div": "<div class=x>" + list + "</div>", "a style": "<style>td{}</style>" + list, "a script": "<script>x</script>\n" + list,
		"capitals": strings.ToUpper("<html><body>") + list, "UTF-16": utf16, "windows-1252": latin, "XHTML": `<?xml version="1.0" encoding="utf-8"?><html>` + list + "</html>",
	} {
		got, _, err := readAll(t, []byte(data), Options{File: "list.xls"})
		if d := cmp.Diff([]string{"nom|no", "2: José|0012"}, got); err != nil || d != "" {
			t.Errorf("%s: %v %s", name, err, d)
		}
	}
	if got, _, err := readAll(t, []byte("<b>,name\n1,A\n"), Options{}); err != nil || got[0] != "<b>|name" {
		t.Errorf("a CSV whose first column is in brackets: %q, %v", got, err)
	}
}

// Text that was moved away in a document is not read twice, and signs that are no
// letters are not lost.
func TestDocumentsWithMovedText(t *testing.T) {
	t.Parallel()
	cell := func(s string) string { return "<w:tc><w:p>" + s + "</w:p></w:tc>" }
	run := func(s string) string { return "<w:r>" + s + "</w:r>" }
	data := document(t, "<w:tbl><w:tr>"+cell(run("<w:t>name</w:t>"))+"</w:tr><w:tr>"+cell(`<w:moveFrom w:id="1">`+run("<w:t>Ben</w:t>")+"</w:moveFrom>"+run("<w:t>Al</w:t><w:noBreakHyphen/><w:t>Tarn</w:t>"))+
		"</w:tr><w:tr>"+cell(run(`<w:sym w:font="Wingdings" w:char="F0FE"/>`)+`<w:moveTo w:id="2">`+run("<w:t>Ben</w:t>")+"</w:moveTo>")+"</w:tr></w:tbl>")
	got, tab, err := readAll(t, data, Options{})
	if d := cmp.Diff([]string{"name", "2: Al\u2011Tarn", "3: \ufffdBen"}, got); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
	if d := cmp.Diff([]string{noticeReplaced + ": 1", "rows in which text is marked as deleted, which was left out: 1"}, tab.Notices()); d != "" {
		t.Error(d)
	}
}

// The encoding of a list in a ZIP is that of the list and not of the ZIP's bytes. A CSV
// in one is read as it is unfolded, however large it is.
func TestListsInZIPs(t *testing.T) {
	t.Parallel()
	latin := "nom;lieu\nJos\xe9;Tarn\n"
	_, tab, err := readAll(t, pressed(t, "list.csv", latin), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := tab.Close(); err != nil {
		t.Error(err)
	}
	tab, err = Open(bytes.NewReader(pressed(t, "list.csv", latin)), int64(len(pressed(t, "list.csv", latin))), Options{})
	if err != nil {
		t.Fatal(err)
	}
	row, err := tab.Next()
	if err != nil || row.Refused == nil || !strings.Contains(row.Refused.Tell(), `windows-1252 reads "José"`) || !strings.Contains(row.Refused.Error(), "bytes e9 (hex)") {
		t.Errorf("%+v, %v", row, err)
	}
	got, _, err := readAll(t, pressed(t, "list.csv", "a,b\n"+strings.Repeat("1,2\n", 1<<18)), Options{Limits: Limits{Workbook: 1 << 16}})
	if err != nil || len(got) != 1<<18+1 {
		t.Errorf("%d rows, %v", len(got), err)
	}
}

// What stands beside a list in a ZIP need not be readable, nor small.
func TestListsBesideWhatIsNone(t *testing.T) {
	t.Parallel()
	data := pressed(t, "film.bin", strings.Repeat("\x00\x01", 1<<20), "list.csv", "a,b\n1,2\n")
	got, _, err := readAll(t, data, Options{Limits: Limits{Unpacked: 1 << 18}})
	if d := cmp.Diff([]string{"a|b", "2: 1|2"}, got); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
}

// ZIPs that cannot be read say why: a password, damage inside, a list that says it is
// larger than what is held in memory, before anything is unfolded.
func TestZIPsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	locked := func(name string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, Flags: 1, UncompressedSize64: 8, CompressedSize64: 8})
		if err == nil {
			_, err = io.WriteString(w, "a,b\n1,2\n")
		}
		if err := errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	damaged := pressed(t, "list.csv", "a,b\n"+strings.Repeat("1,2\n", 1000))
	damaged[bytes.Index(damaged, []byte("list.csv"))+20] ^= 0xff
	for name, tt := range map[string]struct {
		data []byte
		want string
	}{
		"a password":       {locked("list.csv"), "a ZIP with a password; accepted: the list without a password"},
		"damage":           {damaged, "the workbook is damaged"},
		"larger than said": {pressed(t, "list.json", `[{"a":"`+strings.Repeat("x", 200<<20)), "the workbook has more than 128 MiB"},
		"gzip":             {pressed(t, "list.csv.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00"), "gzip"},
		"the end is gone":  {pressed(t, "list.csv", "a\n1\n")[:80], "a damaged ZIP"},
	} {
		got, _, err := readAll(t, tt.data, Options{})
		var r *Refusal
		if !errors.Is(err, fault.Invalid) || !errors.As(err, &r) || !strings.Contains(err.Error(), tt.want) || r.Want == "" {
			t.Errorf("%s: %.80q, %v", name, got, err)
		}
	}
}

// A document says its encoding, by its mark or in its first line.
func TestPFIFInOtherEncodings(t *testing.T) {
	t.Parallel()
	const of = `<?xml version="1.0" encoding="%"?><pfif:pfif xmlns:pfif="http://zesty.ca/pfif/1.4"><pfif:person><pfif:full_name>José</pfif:full_name></pfif:person></pfif:pfif>`
	named := func(name string) string { return strings.Replace(of, "%", name, 1) }
	utf16, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(named("UTF-16"))
	if err != nil {
		t.Fatal(err)
	}
	latin, err := charmap.ISO8859_1.NewEncoder().String(named("ISO-8859-1"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"UTF-8": named("UTF-8"), "a mark": "\ufeff" + named("UTF-8"), "UTF-16": utf16, "latin": latin} {
		got, _, err := readAll(t, []byte(data), Options{})
		if d := cmp.Diff([]string{"full_name", "1: José"}, got); err != nil || d != "" {
			t.Errorf("%s: %v %s", name, err, d)
		}
	}
	wrong := strings.Replace(named("UTF-8"), "é", "\xe9", 1)
	if _, _, err := readAll(t, []byte(wrong), Options{}); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "line 1 is not UTF-8") {
		t.Error(err)
	}
}
