// SPDX-License-Identifier: Apache-2.0

package table

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

func inLetters(t testing.TB, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestNamesInOldLetters: programs of Windows write names of a ZIP in the letters of
// the machine and say nothing of it. No file is lost by that: its name is shown in
// the letters that fit, and it can be named by what it is in any of them.
func TestNamesInOldLetters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		letters *charmap.Charmap
		name    string
	}{
		{charmap.CodePage866, "лист.csv"}, {charmap.CodePage866, "Списки/ЛИСТ 2.csv"}, {charmap.CodePage866, "Журнал больницы.csv"},
		{charmap.Windows1251, "лист.csv"}, {charmap.Windows1251, "ЛИСТ.csv"}, {charmap.Windows1251, "Журнал больницы.csv"},
		{charmap.ISO8859_1, "José.csv"}, {charmap.ISO8859_1, "cerámica.csv"}, {charmap.Windows1252, "EU’s.csv"}, {charmap.ISO8859_1, "Größen.csv"},
		{charmap.CodePage437, "José.csv"}, {charmap.CodePage850, "liste_à_vérifier.csv"}, {charmap.Windows1256, "قائمة.csv"},
	} {
		raw := inLetters(t, tt.letters, tt.name)
		m := nameOfMember(raw, nil)
		if m.shown != tt.name || !m.guessed {
			t.Errorf("%s in %v: shown as %q (%s)", tt.name, tt.letters, m.shown, m.letters)
		}
		if !m.is(tt.name) {
			t.Errorf("%s in %v cannot be named", tt.name, tt.letters)
		}
		data := pressed(t, "a.csv", "x\n1\n", raw, "name\nAda Vell\n")
		for _, named := range []string{tt.name, "file 2"} {
			got, tab, err := readAll(t, data, Options{Sheet: named})
			if err != nil || len(got) != 2 || tab.Info().Sheet != tt.name {
				t.Errorf("%s in %v, named %q: %q, %v", tt.name, tt.letters, named, got, err)
				continue
			}
			notices := strings.Join(tab.Notices(), "\n")
			if !strings.Contains(notices, "does not say in which letters") || strings.Contains(notices, tt.name) {
				t.Errorf("%s: notices %q", tt.name, notices)
			}
		}
		_, _, err := readAll(t, data, Options{})
		if err == nil || !strings.Contains(err.Error(), `"`+tt.name+`"`) {
			t.Errorf("%s in %v is not offered: %v", tt.name, tt.letters, err)
		}
	}
}

// TestNamesInUTF8: many programs write names in UTF-8 and do not set the flag that
// says so. Others write old letters, and the name in UTF-8 beside it. A flag that
// lies loses no file either.
func TestNamesInUTF8(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"EU’s.csv", "cerámica.csv", "лист.csv", "名簿.csv"} {
		if m := nameOfMember(name, nil); m.shown != name || m.guessed {
			t.Errorf("%s: %+v", name, m)
		}
	}
	raw := inLetters(t, charmap.CodePage866, "лист.csv")
	beside := func(of, name string) []byte {
		extra := binary.LittleEndian.AppendUint16([]byte{0x55, 0x54, 1, 0, 0, 0x75, 0x70}, uint16(5+len(name)))
		return append(binary.LittleEndian.AppendUint32(append(extra, 1), crc32.ChecksumIEEE([]byte(of))), name...)
	}
	if m := nameOfMember(raw, beside(raw, "лист №1.csv")); m.shown != "лист №1.csv" || m.guessed {
		t.Errorf("the name in UTF-8 beside it: %+v", m)
	}
	if m := nameOfMember(raw, beside("another", "other.csv")); m.shown != "лист.csv" || !m.guessed {
		t.Errorf("a name of another file: %+v", m)
	}
	for cut := range beside(raw, "x") {
		nameOfMember(raw, beside(raw, "x")[:cut])
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: raw, Method: zip.Store, Flags: 1 << 11, NonUTF8: true})
	if err == nil {
		_, err = w.Write([]byte("name\nAda Vell\n"))
	}
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	if got, tab, err := readAll(t, b.Bytes(), Options{}); err != nil || len(got) != 2 || tab.Info().Sheet != "лист.csv" {
		t.Errorf("a flag that lies: %q, %v", got, err)
	}
}

// TestNamesAreLookedAtAsTheyAreShown: what is passed over, refused or found is
// decided by the name in its letters, never by what it is in others.
func TestNamesAreLookedAtAsTheyAreShown(t *testing.T) {
	t.Parallel()
	const list = "name\nAda Vell\n"
	old := func(s string) string { return inLetters(t, charmap.CodePage866, s) }
	nfc, nfd := "cerámica.csv", "cera\u0301mica.csv"
	for name, tt := range map[string]struct {
		data  []byte
		sheet string
		want  string // the file, or how the refusal goes
	}{
		"folders in old letters":              {pressed(t, old("Списки/"), "", old("Списки/лист.csv"), list), "", "Списки/лист.csv"},
		"a folder as Windows writes it":       {pressed(t, "go/", "", `go\a.csv`, list), "", "go/a.csv"},
		"a folder of its own":                 {pressed(t, "go/", "", "go/a.csv", list), "go/a.csv", "go/a.csv"},
		"out of the folder, in old letters":   {pressed(t, old(`..\..\лист.csv`), list), "", "../../лист.csv"},
		"litter in old letters":               {pressed(t, old("папка/.DS_Store"), "x", old("__MACOSX/лист"), "x", "a.csv", list), "", "a.csv"},
		"characters that are not seen":        {pressed(t, "a\u202e\x01vsc.csv", list), "", "a\ufffd\ufffdvsc.csv"},
		"named in one form, packed in other":  {pressed(t, nfd, list, "b.csv", "x\n1\n"), nfc, nfd},
		"and the other way round":             {pressed(t, nfc, list, "b.csv", "x\n1\n"), nfd, nfc},
		"both forms: the one that is written": {pressed(t, nfc, list, nfd, "x\n1\n"), nfc, nfc},
		"one name in two letters":             {pressed(t, old("лист.csv"), list, inLetters(t, charmap.Windows1251, "лист.csv"), list), "лист.csv", "two files of that name"},
		"no letters at all":                   {pressed(t, "\x81\x8d\x8f\x90\x9d\xff\x00.csv", list), "", ".csv"},
	} {
		got, tab, err := readAll(t, tt.data, Options{Sheet: tt.sheet})
		switch {
		case err != nil:
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %v", name, err)
			}
		case len(got) != 2 || !strings.HasSuffix(tab.Info().Sheet, tt.want):
			t.Errorf("%s: %q of %q", name, got, tab.Info().Sheet)
		}
	}
}

// TestSheetsOfEitherForm: a sheet is found by its name in whichever form a keyboard
// composes accented letters.
func TestSheetsOfEitherForm(t *testing.T) {
	t.Parallel()
	sheets := []bookSheet{{Sheet{Name: "cera\u0301mica"}, "1"}, {Sheet{Name: "b"}, "2"}}
	if s, err := chooseSheet(sheets, Options{Sheet: "cerámica"}); err != nil || s.part != "1" {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := chooseSheet(append(sheets, bookSheet{Sheet{Name: "Cerámica"}, "3"}), Options{Sheet: "Ceramica"}); err == nil {
		t.Error("a letter without its accent is another letter")
	}
}
