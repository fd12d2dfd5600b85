// SPDX-License-Identifier: Apache-2.0

package table

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// TestReadings: a list that is not UTF-8 is refused, never read by a guess, and the
// message shows what it would be in the encodings that fit it, the likeliest first.
func TestReadings(t *testing.T) {
	t.Parallel()
	encoded := func(m *charmap.Charmap, text string) []byte {
		b, err := m.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	tests := map[string]struct {
		file      []byte
		first     string // what is shown first
		alsoShown string
	}{
		// Short lists in Russian were taken for Macintosh Cyrillic: other letters, which look like names too.
		"Cyrillic of Windows":            {encoded(charmap.Windows1251, "Фамилия;Имя\nИванов;Пётр\n"), `windows-1251 reads "Фамилия"`, `a line of the file "Фамилия;Имя"`},
		"Cyrillic of Windows, in a body": {encoded(charmap.Windows1251, "name,first\nСорванов,Иван\n"), `windows-1251 reads "Сорванов"`, ""},
		"KOI8":                           {encoded(charmap.KOI8R, "Фамилия;Имя\nСорванов;Иван Ильич\n"), `koi8-r reads "Фамилия"`, ""},
		"of DOS":                         {encoded(charmap.CodePage866, "Фамилия;Имя\nСорванов;Иван Ильич\n"), `ibm866 reads "Фамилия"`, ""},
		// Two accents among ASCII were taken for Cyrillic.
		"Latin, mostly ASCII": {encoded(charmap.Windows1252, "\"MÊS\";\"JOSÉ\"\n\"MARCH\";\"TARN\"\n"), `windows-1252 reads "MÊS"`, ""},
		// All that is not ASCII stands in the header.
		"umlauts in the header alone": {encoded(charmap.Windows1252, "Straße,Größe,Tür\na,b,c\n"), `windows-1252 reads "Straße"`, ""},
		"Central European":            {encoded(charmap.Windows1250, "jméno,příjmení\nJiří,Dvořák\nŽofie,Žižková\n"), `windows-125`, `windows-1250 reads "jméno", and a line of the file "jméno,příjmení"`},
		"Arabic":                      {encoded(charmap.Windows1256, "الاسم,العمر\nمحمد علي,12\n"), `windows-1256 reads "الاسم"`, ""},
		"Hebrew":                      {encoded(charmap.Windows1255, "שם,גיל\nמשה כהן,12\n"), `windows-1255 reads "שם"`, ""},
		"Greek":                       {encoded(charmap.Windows1253, "όνομα,ηλικία\nΓιώργος Νίκου,12\n"), `windows-1253 reads "όνομα"`, ""},
		"Turkish":                     {encoded(charmap.Windows1254, "adı,yaşı\nİsmail Şahin,12\n"), `windows-125`, `windows-1254 reads "adı"`},
		// Lines that end in CR, and letters of the old Macintosh.
		"Macintosh": {[]byte("Nom;Lieu\rS\x8egol\x8fne;Or\x8ee\r"), `macintosh reads "Ségolène"`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := refusalOf(t, test.file)
			_, shown, found := strings.Cut(said, "the likelier first: ")
			if !found || !strings.HasPrefix(shown, test.first) || !strings.Contains(shown, test.alsoShown) {
				t.Errorf("%s\nwant first %s", said, test.first)
			}
		})
	}
}

// refusalOf is why a list is refused: as a whole, or its first row.
func refusalOf(t *testing.T, file []byte) string {
	t.Helper()
	tab, err := OpenStream(strings.NewReader(string(file)), int64(len(file)), Options{File: "list.csv"})
	var r *Refusal
	if errors.As(err, &r) {
		return r.Tell()
	}
	if err != nil {
		t.Fatal(err)
	}
	row, err := tab.Next()
	if err != nil {
		t.Fatal(err)
	}
	if row.Refused == nil {
		t.Fatalf("it was read: %q", row.Cells)
	}
	return row.Refused.Tell()
}

// TestMixedScripts: letters of two scripts in one word.
func TestMixedScripts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"Иванов": false, "Ivanov": false, "Иванов Ivanov": false, "Ивaнов": true, "JOSЙ": true, "José": false, "Ա. Velk": false, "Արam": true, "": false, "محمد-Ali": false, "Рetro 5": true,
	} {
		if got := MixedScripts(text); got != want {
			t.Errorf("%q: got %t", text, got)
		}
	}
}

// TestHeadersAreText: what stands in a header is text, whatever other programs make
// of such signs; a mark that another program has put in front is none of it.
func TestHeadersAreText(t *testing.T) {
	t.Parallel()
	const header = `id,"Title,Right(s) Violated",Date?,a.b,$x,[y],A_1.5._Quartier,^$|*`
	for name, file := range map[string]string{
		"plain": header + "\n0012,a,b,c,d,e,f,g\n", "a mark": "\ufeff" + header + "\r\n0012,a,b,c,d,e,f,g", "CR": header + "\r0012,a,b,c,d,e,f,g\r", "joined": "id,name\n1,a\n\ufeffid,name\n2,b\n", "joined, with quotes": "\"id\",\"name\"\n1,a\n\ufeff\"id\",\"name\"\n2,b\n",
		"two marks": "\ufeff\ufeff" + header + "\n0012,a,b,c,d,e,f,g\n",
	} {
		got, _, err := readAll(t, []byte(file), Options{})
		if strings.Contains(name, "joined") {
			if err != nil || len(got) != 4 || !strings.Contains(got[2], "the row repeats the header") || !strings.HasSuffix(got[3], "2|b") {
				t.Errorf("%s: %q %v", name, got, err)
			}
			continue
		}
		if err != nil || len(got) != 2 || got[0] != "id|Title,Right(s) Violated|Date?|a.b|$x|[y]|A_1.5._Quartier|^$|*" || !strings.HasSuffix(got[1], ": 0012|a|b|c|d|e|f|g") {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
}
