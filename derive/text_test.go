// SPDX-License-Identifier: Apache-2.0

package derive

import (
	"bytes"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"recount/fault"
)

func encoded(t testing.TB, by encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := by.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// linesOf are a text's paragraphs.
func linesOf(x Text) []string {
	var lines []string
	for _, p := range x.Paragraphs {
		lines = append(lines, p.Text)
	}
	return lines
}

// TestEncodings: how bytes are read, and what is said of that. The sentences
// are invented; which bytes they have in an encoding is decided by x/text.
func TestEncodings(t *testing.T) {
	t.Parallel()
	russian := "Вечером в посёлок Тарн приехали три машины, и людей увели с площади.\nИх больше никто не видел."
	french := "Le soir, trois voitures sont arrivées à Tarn; on a emmené des gens de la place, près du marché.\nPersonne ne les a revus."
	polish := "Wieczorem do wsi Tarn przyjechały trzy samochody i zabrały ludzi z rynku. Świadkowie mówią, że słyszeli strzały."
	arabic := "وصلت ثلاث سيارات إلى قرية تارن مساء وأخذت الناس من الساحة.\nولم يرهم أحد بعد ذلك."
	greek := "Το βράδυ έφτασαν στο χωριό τρία αυτοκίνητα και πήραν ανθρώπους από την πλατεία."
	hebrew := "בערב הגיעו לכפר שלוש מכוניות ולקחו אנשים מן הכיכר. איש לא ראה אותם מאז."
	turkish := "Akşam köye üç araba geldi ve meydandaki insanları götürdü. Kimse onları bir daha görmedi, çığlıklar duyuldu."
	r := runner(t)
	for name, c := range map[string]struct {
		data           []byte
		text, encoding string
		guessed, exact bool
	}{
		"utf-8":          {[]byte(russian), russian, "utf-8", false, true},
		"utf-8 marked":   {[]byte("\ufeff" + french), french, "utf-8", false, true},
		"utf-16 marked":  {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), russian), russian, "utf-16le", false, true},
		"utf-16be":       {encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), french), french, "utf-16be", false, true},
		"utf-16 no mark": {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), french), french, "utf-16le", true, false},
		"cyrillic":       {encoded(t, charmap.Windows1251, russian), russian, "windows-1251", true, false},
		"western":        {encoded(t, charmap.Windows1252, french), french, "windows-1252", true, false},
		"central":        {encoded(t, charmap.Windows1250, polish), polish, "windows-1250", true, false},
		"arabic":         {encoded(t, charmap.Windows1256, arabic), arabic, "windows-1256", true, false},
		"greek":          {encoded(t, charmap.Windows1253, greek), greek, "windows-1253", true, false},
		"hebrew":         {encoded(t, charmap.Windows1255, hebrew), hebrew, "windows-1255", true, false},
		"turkish":        {encoded(t, charmap.Windows1254, turkish), turkish, "windows-1254", true, false},
		"a damaged byte": {[]byte(russian + "\xff"), russian + "\ufffd", "utf-8", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := r.Text(t.Context(), "", holding(c.data), 1)
			if err != nil {
				t.Fatal(err)
			}
			want := Text{
				Found: got.Found, Encoding: c.encoding, Guessed: c.guessed, Form: AsWritten, Exact: c.exact, Page: 1, Pages: 1,
				Total: int64(utf8.RuneCountInString(c.text)), Damaged: strings.Count(c.text, "\ufffd"), Paragraphs: got.Paragraphs,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(strings.Split(c.text, "\n"), linesOf(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOddCharacters(t *testing.T) {
	t.Parallel()
	text := "a\x00b\x1b[31m\tc\x7f\r\n\u202eevil\u202c \u200fx\u0085\rold line" + strings.Repeat(", which goes on", 8) + "\n"
	got, err := runner(t).Text(t.Context(), "", holding([]byte(text)), 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []Paragraph{
		{Offset: 0, Line: 1, Text: "a\u2400b\u241b[31m\tc\u2421"},
		{Offset: 13, Line: 2, Text: "\ufffdevil\u202c \u200fx\ufffd"},
		{Offset: 24, Line: 2, Continued: true, Text: "old line" + strings.Repeat(", which goes on", 8)},
	}
	if diff := cmp.Diff(want, got.Paragraphs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Controls != 4 || got.Bidi != 3 || got.Damaged != 0 || got.Exact {
		t.Errorf("%d controls, %d for direction, %d damaged, exact %v", got.Controls, got.Bidi, got.Damaged, got.Exact)
	}
}

func TestHTML(t *testing.T) {
	t.Parallel()
	page := `<!doctype html><title>Not seen</title><style>p{}</style>
<script>document.write("<p>written by a script</p>")</script>
<body onload="alert(1)"><h1>Tarn &amp;
  surroundings</h1><p>One <b>man</b>,<br>two women.<p hidden>never shown<p>Last<!-- a comment -->.
<table><tr><th>Name<th>Age<tr><td>A. Example<td>30</table><pre>  as
 typed</pre><img src="http://invalid.example/x" onerror="alert(1)"><div style="display: none">nor this</div>
<noscript>without scripts</noscript><iframe src="http://invalid.example/"></iframe>&lt;script&gt;`
	r := runner(t)
	got, err := r.Text(t.Context(), "", holding([]byte(page)), 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Tarn & surroundings", "One man,", "two women.", "Last.", "Name\tAge", "A. Example\t30", "  as", " typed", "without scripts<script>"}
	if diff := cmp.Diff(want, linesOf(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Found != "text/html" || got.Form != AsVisible || got.Exact {
		t.Errorf("found %q, form %q, exact %v", got.Found, got.Form, got.Exact)
	}
	source, err := r.Source(t.Context(), "", holding([]byte(page)), 1)
	if err != nil || source.Form != AsWritten || !source.Exact {
		t.Fatalf("the source is %q, exact %v, %v", source.Form, source.Exact, err)
	}
	if diff := cmp.Diff(strings.Split(page, "\n"), linesOf(source)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	r := runner(t)
	got, err := r.Text(t.Context(), "", holding([]byte(`{"name": "Ä", "n": 12345678901234567890.10}`)), 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"{", "\t\"name\": \"Ä\",", "\t\"n\": 12345678901234567890.10", "}"}, linesOf(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Form != Indented || got.Exact {
		t.Errorf("form %q, exact %v", got.Form, got.Exact)
	}
	deep := strings.Repeat(`[`, 5000) + `"\"]"` + strings.Repeat(`]`, 5000)
	if got, err = r.Text(t.Context(), "", holding([]byte(deep)), 1); err != nil || got.Form != AsWritten || got.Total != int64(len(deep)) {
		t.Errorf("deep JSON is shown as %q, %d characters, %v", got.Form, got.Total, err)
	}
}

func TestNoText(t *testing.T) {
	t.Parallel()
	r := runner(t)
	_, err := r.Text(t.Context(), "", holding(nil), 1)
	refused(t, err, fault.Invalid, "empty")
	_, err = r.Text(t.Context(), "", holding(bytes.Repeat([]byte{7, 1, 2, 3, 200}, 500)), 1)
	refused(t, err, fault.Invalid, "not text")
	_, err = r.Text(t.Context(), "", holding([]byte("\x89PNG\r\n\x1a\nwhat")), 1)
	refused(t, err, fault.Invalid, "image/png")
	_, err = r.Text(t.Context(), "", holding([]byte("short")), 2)
	refused(t, err, fault.NotFound, "1 pages")
}

// TestPages: pages together are the text, and each offset is right.
func TestPages(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("Ein Satz mit Umlauten: äöü.\r\n", 2000) + strings.Repeat("lang ", 9000) + strings.Repeat("x", 45_000) + "\nEnde"
	letters := []rune(text)
	var next int64
	page, pages := 1, 1
	for ; page <= pages; page++ {
		x := Text{Page: page, Form: AsWritten}
		if err := x.window([]byte(text)); err != nil {
			t.Fatal(err)
		}
		pages = x.Pages
		if x.Total != int64(len(letters)) || len(x.Paragraphs) == 0 || x.Paragraphs[0].Offset != next {
			t.Fatalf("page %d of %d begins elsewhere than at %d, of %d", page, pages, next, x.Total)
		}
		for _, p := range x.Paragraphs {
			end := p.Offset + int64(utf8.RuneCountInString(p.Text))
			if string(letters[p.Offset:end]) != p.Text {
				t.Fatalf("page %d: at %d stands something else", page, p.Offset)
			}
			if line := 1 + strings.Count(string(letters[:p.Offset]), "\n"); int64(line) != p.Line {
				t.Fatalf("page %d: character %d is on line %d, not %d", page, p.Offset, line, p.Line)
			}
			next = end
			for next < x.Total && (letters[next] == '\r' || letters[next] == '\n') {
				next++
			}
		}
	}
	if pages != 7 || next != int64(len(letters)) {
		t.Errorf("%d pages end at %d of %d", pages, next, len(letters))
	}
}

// FuzzWindow: pieces put together are the text, whatever it is.
func FuzzWindow(f *testing.F) {
	f.Add([]byte("a\r\nb\rc\n\x0c\xff"), false)
	f.Add(bytes.Repeat([]byte("ä "), 30_000), true)
	f.Fuzz(func(t *testing.T, text []byte, pdf bool) {
		s := splitter{text: text, line: 1}
		if pdf {
			s.leaf = 1
		}
		var offset int64
		rest := text
		for {
			p, ok := s.next()
			if !ok {
				break
			}
			if p.Offset != offset || p.letters <= 0 || !bytes.HasPrefix(rest, p.text) {
				t.Fatalf("a piece of %d letters at %d, wanted %d", p.letters, p.Offset, offset)
			}
			if utf8.RuneCount(p.text) != utf8.RuneCountInString(shown(p.text)) {
				t.Fatalf("%q is shown with another number of characters", p.text)
			}
			taken := len(rest) - len(s.text)
			if n := int64(utf8.RuneCount(rest[:taken])); n != p.letters {
				t.Fatalf("a piece of %d letters has %d", n, p.letters)
			}
			rest, offset = rest[taken:], offset+p.letters
		}
		if len(rest) != 0 || offset != int64(utf8.RuneCount(text)) || s.line != 1+int64(bytes.Count(text, []byte("\n"))) {
			t.Fatalf("%d bytes are left, at %d, line %d", len(rest), offset, s.line)
		}
	})
}

func FuzzVisibleText(f *testing.F) {
	f.Add([]byte("<p>a<script>b</script><pre>c</pre><table><tr><td>d"))
	f.Fuzz(func(t *testing.T, source []byte) {
		if len(source) > 1<<16 {
			return
		}
		visibleText(source)
	})
}

// onePagePDF is a PDF as small as they come (ISO 32000-1, annex H), with its
// pages' texts; programs that read PDFs mend the missing table of objects.
func onePagePDF(texts ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[")
	for i := range texts {
		b.WriteString(" " + string(rune('4'+2*i)) + " 0 R")
	}
	b.WriteString("]/Count " + string(rune('0'+len(texts))) + ">>endobj\n3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n")
	for i, text := range texts {
		page, content := string(rune('4'+2*i)), string(rune('5'+2*i))
		b.WriteString(page + " 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Resources<</Font<</F 3 0 R>>>>/Contents " + content + " 0 R>>endobj\n")
		stream := "BT /F 12 Tf 20 200 Td (" + text + ") Tj ET"
		b.WriteString(content + " 0 obj<</Length " + strconv.Itoa(len(stream)) + ">>stream\n" + stream + "\nendstream endobj\n")
	}
	b.WriteString("trailer<</Root 1 0 R>>\n%%EOF\n")
	return b.Bytes()
}

func TestPDF(t *testing.T) {
	t.Parallel()
	missing := runner(t)
	missing.PDFToText = "no-such-program"
	data := onePagePDF("On the first page.", "On the second.")
	_, err := missing.Text(t.Context(), "", holding(data), 1)
	refused(t, err, fault.Unavailable, "pdftotext")
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed")
	}
	r := runner(t)
	got, err := r.Text(t.Context(), "", holding(data), 1)
	if err != nil {
		t.Fatal(err)
	}
	leaves := map[string]int{}
	for _, p := range got.Paragraphs {
		leaves[p.Text] = p.Leaf
	}
	if leaves["On the first page."] != 1 || leaves["On the second."] != 2 || got.Form != Extracted || got.Exact {
		t.Errorf("%+v", got)
	}
	_, err = r.Text(t.Context(), "", holding([]byte("%PDF-1.7\nnothing more")), 1)
	refused(t, err, fault.Invalid, "pdftotext cannot open")
}
