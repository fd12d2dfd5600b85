// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"recount/names"
)

// TestEye: a name is found in every form of text that people bring, and what
// cannot be read is said.
func TestEye(t *testing.T) {
	t.Parallel()
	const latin, cyrillic, german = "Zyxqwv Plomvark", "Орена Тавишко", "Jörg Müßler"
	long := strings.Repeat("nothing is said here. ", pieceOfText/22+1)
	le := func(s string) string {
		return encoded(t, s, func(s string) (string, error) {
			return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(s)
		})
	}
	be := func(s string) string {
		return encoded(t, s, func(s string) (string, error) {
			return unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(s)
		})
	}
	for _, test := range []struct {
		what, name, content string
		whole               bool
		unseen              string
	}{
		{"as it is", latin, "seen: Zyxqwv Plomvark.", true, ""},
		{"another order and case", latin, "PLOMVARK, zyxqwv", true, ""},
		{"over the end of a piece", latin, long[:pieceOfText-8] + latin, true, ""},
		{"behind a piece", latin, long + long + latin, true, ""},
		{"UTF-16 without a mark", latin, le("He saw Zyxqwv Plomvark there."), true, ""},
		{"UTF-16 with a mark", cyrillic, be("видел: Тавишко Орена"), true, ""},
		{"windows-1251", cyrillic, encoded(t, "видел ОРЕНА ТАВИШКО", charmap.Windows1251.NewEncoder().String), true, ""},
		{"koi8-r", cyrillic, encoded(t, "видел Орена Тавишко", charmap.KOI8R.NewEncoder().String), true, ""},
		{"windows-1252", german, encoded(t, "gesehen: Müßler, Jörg", charmap.Windows1252.NewEncoder().String), true, ""},
		{"entities", german, "<td>J&ouml;rg</td><td>M&#252;&szlig;ler</td>", true, ""},
		{"escapes", cyrillic, `{"name":"\u041e\u0440\u0435\u043d\u0430 \u0422\u0430\u0432\u0438\u0448\u043a\u043e"}`, true, ""},
		{"gzip", latin, squeezed(t, "Zyxqwv Plomvark"), true, ""},
		{"a workbook's texts", latin, zipped(t, "xl/sharedStrings.xml", "<si><t>Zyxqwv</t></si><si><t>Plomvark</t></si>"), true, ""},
		{"a name of a packed file", latin, zipped(t, "Zyxqwv_Plomvark.txt", "x"), true, ""},
		{"nested", latin, zipped(t, "in.zip", zipped(t, "a.txt", latin)), true, ""},
		{"nobody", latin, "Nobody is named.", false, ""},
		{"nothing", latin, "", false, ""},
		{"PDF", latin, "%PDF-1.4\n1 0 obj", false, "a PDF"},
		{"picture", latin, "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", false, "a picture"},
		{"picture in a pack", latin, zipped(t, "a.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), false, "a picture"},
		{"bytes", latin, "\x01\x02\x03abc\xff\x00\x00\x00\x00\xfe\xfd\xfc\x00", false, "no text"},
		{"an old workbook", latin, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00\x00Zyxqwv", false, "a workbook, document or mail of an old kind"},
		{"an old workbook that looks like UTF-16", latin, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat(le("nobody "), 50), false, "a workbook, document or mail of an old kind"},
		{"damaged pack", latin, "PK\x03\x04 and no more", false, "packed, and damaged"},
		{"mail", latin, "Subject: x\nContent-Transfer-Encoding: base64\n\nWnl4", false, "a text in a form of which only a part can be read"},
	} {
		e := &eye{sought: names.Seek(test.name), writings: writingsOf([]string{test.name})}
		if err := e.read(strings.NewReader(test.content), 0); err != nil {
			t.Errorf("%s: %v", test.what, err)
		}
		if e.seen.Whole != test.whole || e.unseen != test.unseen {
			t.Errorf("%s: found %v, not looked into %q; want %v, %q", test.what, e.seen, e.unseen, test.whole, test.unseen)
		}
	}
}

func encoded(t *testing.T, s string, by func(string) (string, error)) string {
	t.Helper()
	out, err := by(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func squeezed(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zipped(t *testing.T, name, content string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write([]byte(content))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// FuzzEye: whatever a file is, looking into it ends without a fault.
func FuzzEye(f *testing.F) {
	for _, s := range []string{"Zyxqwv Plomvark", "PK\x03\x04", "\x1f\x8b\x08", "\xff\xfeZ\x00", "<a>&#x;", `\ud800\u`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		e := &eye{sought: names.Seek("Zyxqwv Plomvark"), writings: writingsOf([]string{"Zyxqwv Plomvark"})}
		if err := e.read(bytes.NewReader(content), 0); err != nil {
			t.Errorf("%v", err)
		}
	})
}
