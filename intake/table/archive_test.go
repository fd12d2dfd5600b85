// SPDX-License-Identifier: Apache-2.0

package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"recount/fault"
)

// pressed is a ZIP of files: names and contents by turns.
func pressed(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.CreateHeader(&zip.FileHeader{Name: parts[i], Method: zip.Deflate, NonUTF8: true})
		if err == nil {
			_, err = w.Write([]byte(parts[i+1]))
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

// TestArchive: a ZIP of a list is that list; the letters are found in the file and
// not in the ZIP's bytes; names that are paths, or no UTF-8, harm nobody.
func TestArchive(t *testing.T) {
	t.Parallel()
	latin, err := charmap.ISO8859_1.NewEncoder().String("nom;lieu\nJosé;Tarn\n")
	if err != nil {
		t.Fatal(err)
	}
	cyrillic, err := charmap.CodePage866.NewEncoder().String("лист.csv")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"nom|lieu", "2: José|Tarn"}
	plain := "nom,lieu\nJosé,Tarn\n"
	for name, tt := range map[string]struct {
		data  []byte
		opt   Options
		sheet string
	}{
		"one file in an old encoding": {pressed(t, "liste.csv", latin), Options{Encoding: "iso-8859-1"}, "liste.csv"},
		"with what systems leave":     {pressed(t, "a/", "", "a/liste.csv", plain, "__MACOSX/a/._liste.csv", "x", "a/.DS_Store", "x"), Options{}, "a/liste.csv"},
		"one of two by its name":      {pressed(t, "a.csv", "x\n1\n", "EU’s.csv", plain), Options{Sheet: "EU’s.csv"}, "EU’s.csv"},
		"a path out of the folder":    {pressed(t, `..\..\liste.csv`, plain), Options{}, "../../liste.csv"},
		"a name that is no UTF-8":     {pressed(t, cyrillic, plain), Options{}, "лист.csv"},
		"an old workbook":             {pressed(t, "b.xls", string(oldBook(oldRow(0, "nom", "lieu"), oldRow(1, "José", "Tarn")))), Options{}, "b.xls"},
		"a workbook":                  {pressed(t, "b.ods", string(spreadsheet(t, `<table:table table:name="x">`+said("nom", "lieu")+said("José", "Tarn")+`</table:table>`, nil))), Options{}, "b.ods"},
	} {
		got, tab, err := readAll(t, tt.data, tt.opt)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" || tab.Info().Sheet != tt.sheet || tab.Info().Pinpoint(2) != tt.sheet+"!row 2" {
			t.Errorf("%s, %+v: %s", name, tab.Info(), diff)
		}
	}
}

// TestArchiveWithFiles: a list with the files that it speaks of beside it is that list,
// and they are told; which of two lists is meant has to be said.
func TestArchiveWithFiles(t *testing.T) {
	t.Parallel()
	plain := "nom,lieu\nJosé,Tarn\n"
	files := []string{"a/photo.jpg", "\xff\xd8\xff\xe0\x00\x10JFIF\x00", "a/statement.pdf", "%PDF-1.7\n", "a/voice.mp3", "ID3\x04\x00\x00", "a/letter.rtf", `{\rtf1\ansi a}`}
	got, tab, err := readAll(t, pressed(t, append(files, "a/import.csv", plain)...), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"nom|lieu", "2: José|Tarn"}, got); diff != "" || tab.Info().Sheet != "a/import.csv" {
		t.Errorf("%+v: %s", tab.Info(), diff)
	}
	if n := tab.Notices(); len(n) != 1 || !strings.HasPrefix(n[0], "4 files of the ZIP are no lists") {
		t.Errorf("notices: %q", n)
	}
	wide := "\xff\xfe" + "a\x00,\x00b\x00\n\x001\x00,\x002\x00\n\x00"
	if _, tab, err := readAll(t, pressed(t, append(files, "w.csv", wide)...), Options{}); err != nil || tab.Info().Sheet != "w.csv" {
		t.Errorf("UTF-16: %v", err)
	}
	_, _, err = readAll(t, pressed(t, append(files, "a.csv", plain, "notes.txt", "a note\n")...), Options{})
	if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), `holds 6 files`) || !strings.Contains(err.Error(), `naming one of them: "a.csv", "notes.txt"`) {
		t.Errorf("two that can be lists: %v", err)
	}
	if _, _, err = readAll(t, pressed(t, files...), Options{}); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "photo.jpg") {
		t.Errorf("no list: %v", err)
	}
}

// TestArchiveRefused: what is no ZIP of lists says so, and what would be accepted.
func TestArchiveRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		data []byte
		opt  Options
		want string
	}{
		"two files":        {pressed(t, "a.csv", "x\n1\n", "b.csv", "x\n1\n"), Options{}, `the ZIP holds 2 files; accepted: the mapping's "sheet" naming one of them: "a.csv", "b.csv"`},
		"no such file":     {pressed(t, "a.csv", "x\n1\n"), Options{Sheet: "c.csv"}, `one of its files: "a.csv"`},
		"nothing":          {pressed(t, "a/", ""), Options{}, "holds no workbook and no list"},
		"a ZIP in a ZIP":   {pressed(t, "a.zip", string(pressed(t, "a.csv", "x\n1\n"))), Options{}, "a ZIP inside of a ZIP"},
		"unfolds too far":  {pressed(t, "a.csv", strings.Repeat("0", 1<<20)), Options{Limits: Limits{Unpacked: 1 << 18}}, "unfolds to more"},
		"two of one name":  {pressed(t, `d\a.csv`, "x\n1\n", "d/a.csv", "x\n2\n"), Options{Sheet: "d/a.csv"}, "two files of that name"},
		"a list too large": {pressed(t, "a.json", `[{"a":"`+strings.Repeat("0", 1<<20)+`"}]`), Options{Limits: Limits{Workbook: 1 << 18}}, "has more than 0 MiB"},
	} {
		rows, _, err := readAll(t, tt.data, tt.opt)
		if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %q, %v, want fault.Invalid with %q", name, rows, err, tt.want)
		}
	}
}
