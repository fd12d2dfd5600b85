// SPDX-License-Identifier: Apache-2.0

package names

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/rangetable"
)

// All names are invented. What each pair shows is in its group's name.
func TestFoldMakesOne(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		forms []string
		want  string
	}{
		{"Cyrillic case", []string{"ВЕЛИНОВ", "велинов", "Велинов"}, "велинов"},
		{"ё and е", []string{"Пётр Зелёный", "ПЕТР ЗЕЛЕНЫЙ"}, "петр зеленыи"},
		{"accents composed, decomposed and left out", []string{"caffè Réno", "caffe\u0300 Re\u0301no", "CAFFÈ RÉNO", "caffe reno"}, "caffe reno"},
		{"letters without a decomposition", []string{"Paweł Østby", "pawel ostby", "PAWEŁ ØSTBY"}, "pawel ostby"},
		{"Đ", []string{"Đorđe", "đorđe", "Ðorðe", "dorde"}, "dorde"},
		{"sharp s, ae and oe", []string{"Groß Æsir Œnone", "GROSS AESIR OENONE", "GROẞ æsir œnone"}, "gross aesir oenone"},
		{"Azerbaijani letters", []string{"Əlibəyli Vüqar", "ƏLİBƏYLİ VÜQAR", "elibeyli vuqar"}, "elibeyli vuqar"},
		{"dotted and dotless I", []string{"Işıq İlin", "IŞIQ İLİN", "ışıq ilin", "isiq ilin", "I\u015fıq I\u0307lin"}, "isiq ilin"},
		{"soft g and s cedilla", []string{"Ağdağ Şəmil", "agdag semil"}, "agdag semil"},
		{"Armenian case and ligature", []string{"ՍԵՎԱԿ", "սեվակ"}, "սեվակ"},
		{"Armenian ew", []string{"Արև", "ԱՐԵՒ", "արեւ"}, "արեւ"},
		{"alef with and without hamza", []string{"أحمد", "احمد", "إحمد", "آحمد", "ٱحمد", "ا\u0654حمد"}, "احمد"},
		{"alef maksura and yeh", []string{"مصطفى", "مصطفي", "مصطفی"}, "مصطفي"},
		{"teh marbuta and heh", []string{"فاطمة", "فاطمه"}, "فاطمه"},
		{"tatweel", []string{"شـابوص", "شابوص", "شــــابوص"}, "شابوص"},
		{"harakat", []string{"قُتِلَ", "قتل"}, "قتل"},
		{"Persian kaf and yeh", []string{"کریمی", "كريمي"}, "كريمي"},
		{"waw and yeh with hamza", []string{"مؤمن رئيف", "مو\u0654من ري\u0654يف", "مومن رييف"}, "مومن رييف"},
		{"Arabic presentation forms", []string{"ﻣﺤﻤﺪ", "محمد"}, "محمد"},
		{"Hebrew points", []string{"שָׁלוֹם", "שלום"}, "שלום"},
		{"zero width and direction marks", []string{"Sam\u200bir\u200f", "\ufeffSamir", "Sa\u00admir", "Sa\u200dm\u200cir"}, "samir"},
		{"spaces of all kinds", []string{"  Ana \t Bela\n", "Ana\u00a0Bela", "Ana\u3000\u2009Bela", "ana\r\nbela"}, "ana bela"},
		{"punctuation", []string{"Abu-l-Hasan", "Abu l’Hasan", "«Abu.l.Hasan»", "abu_l_hasan", "ABU–L–HASAN"}, "abu l hasan"},
		{"apostrophes that are letters", []string{"Sa\u02bfid", "Sa'id", "Sa\u2019id", "Sa\u02bcid", "Sa`id"}, "sa id"},
		{"list values", []string{"Gunshot", " gunshot ", "Gunshot\u00a0", "GUNSHOT"}, "gunshot"},
		{"digits", []string{"Block ١٢", "block 12", "BLOCK ۱۲", "block １２", "block १२"}, "block 12"},
		{"full width and ligatures", []string{"Ａｆﬁ", "affi"}, "affi"},
		{"letters of mathematics and in circles", []string{"ℌ𝐀Ⓚ", "hak"}, "hak"},
		{"Georgian capitals", []string{"ᲜᲘᲜᲝ", "ნინო"}, "ნინო"},
		{"final sigma", []string{"ΜΆΝΟΣ", "μάνος", "μανοσ"}, "μανοσ"},
	}
	for _, test := range tests {
		for _, form := range test.forms {
			if got := Fold(form); got != test.want {
				t.Errorf("%s: Fold(%+q) = %+q, want %+q", test.name, form, got, test.want)
			}
		}
	}
}

// TestFoldOfThePage holds the table of docs/formats/fold.md.
func TestFoldOfThePage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/formats/fold.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| name | fold |\n|---|---|\n")
	rows := strings.Split(strings.TrimSpace(table), "\n")
	if len(rows) != 4 {
		t.Fatalf("the table has %d rows, want 4", len(rows))
	}
	for _, row := range rows {
		cells := strings.Split(row, "`")
		if got := Fold(cells[1]); got != cells[3] {
			t.Errorf("Fold(%q) = %q, the page says %q", cells[1], got, cells[3])
		}
	}
	if !strings.Contains(string(page), golden) {
		t.Error("the page does not have the hash of the table")
	}
}

func TestFoldKeepsApart(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, one, other string }{
		{"vowels of Devanagari", "कुमर", "कमर"},
		{"vowels of Burmese", "ကို", "က"},
		{"voiced sounds of Japanese", "かが", "かか"},
		{"vowels of Thaana", "މަ", "މު"},
		{"a damaged letter", "Sam\xffir", "Samir"},
		{"another damaged letter", "Sam\xffir", "Sam ir"},
		{"letters of a private font", "A\ue001", "A\ue002"},
		{"Latin and Cyrillic that look alike", "Ana", "Аnа"},
		{"double letters", "Anna", "Ana"},
		{"one word and two", "Abu Zayn", "Abuzayn"},
	}
	for _, test := range tests {
		if one, other := Fold(test.one), Fold(test.other); one == other {
			t.Errorf("%s: %+q and %+q are both %+q", test.name, test.one, test.other, one)
		}
	}
}

func TestFoldOfNothing(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", " ", "—", "?", "\u200b", "ـ", "...", "\u0301", "\x00"} {
		if got := Fold(s); got != "" {
			t.Errorf("Fold(%q) = %q, want nothing", s, got)
		}
		if got := Key(s, s); got != "" {
			t.Errorf("Key(%q) = %q, want nothing", s, got)
		}
		if got := Tokens(s); len(got) != 0 {
			t.Errorf("Tokens(%q) = %q, want none", s, got)
		}
	}
}

func TestFoldFourWays(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"caffè", "Ağdağ", "Įžūlė", "أحمد", "Ğöçüş İ", "ΐϋ", "Việt Đặng", "한글", "ｶﾞ"} {
		want := Fold(name)
		for _, form := range []norm.Form{norm.NFC, norm.NFD} {
			for _, change := range []func(string) string{strings.ToUpper, strings.ToLower} {
				changed := form.String(change(name))
				if got := Fold(changed); got != want {
					t.Errorf("Fold(%+q) = %+q, want %+q", changed, got, want)
				}
			}
		}
	}
}

func TestFoldInvalidUTF8(t *testing.T) {
	t.Parallel()
	// One U+FFFD for each wrong byte; the cut letter is two of them.
	if got, want := Fold("A\xff\xfe b\xd8"), "a\ufffd\ufffd b\ufffd"; got != want {
		t.Errorf("got %+q, want %+q", got, want)
	}
	if got := Fold("\xe3\x81"); got != "\ufffd\ufffd" {
		t.Errorf("a cut letter is %+q", got)
	}
}

func TestFoldLong(t *testing.T) {
	t.Parallel()
	if got, want := Fold(strings.Repeat("Ə", 10_000)), strings.Repeat("e", 10_000); got != want {
		t.Errorf("10,000 letters became %d", utf8.RuneCountInString(got))
	}
	if got, want := Fold(strings.Repeat("Ana ", 2_500)), strings.TrimSpace(strings.Repeat("ana ", 2_500)); got != want {
		t.Errorf("2,500 words became %d", len(strings.Fields(got)))
	}
	if got := Fold("a" + strings.Repeat("\u0301", 10_000) + "b"); got != "ab" {
		t.Errorf("10,000 accents became %+q", got)
	}
	marks := "か" + strings.Repeat("\u3099", 100)
	if got := Fold(marks); got != marks || Fold(got) != got {
		t.Errorf("100 voiced marks became %+q", got)
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	want := "elibeyli oglu said vuqar"
	for _, parts := range [][]string{
		{"Əlibəyli", "Vüqar", "Səid oğlu"}, {"Vüqar Əlibəyli", "Səid oğlu"}, {"SƏİD OĞLU", "", "vuqar", "ELİBEYLİ"},
	} {
		if got := Key(parts...); got != strings.ReplaceAll(want, "said", "seid") {
			t.Errorf("Key(%q) = %q", parts, got)
		}
	}
	if Key("Ivan Petrov") == Key("Petr Ivanov") {
		t.Error("other names have one key")
	}
	if Key("Ali Ali Hasan") == Key("Ali Hasan") {
		t.Error("a word that stands twice was lost")
	}
	if diff := cmp.Diff([]string{"bela", "ana"}, Tokens("  Bela-Ana ")); diff != "" {
		t.Error(diff)
	}
}

// golden is SHA-256 over "U+XXXX fold\n" of every code point that Unicode 15.0
// assigns. fold@1 is frozen: folds are stored and hashed. Where this test fails
// after a change of Go or of golang.org/x/text, the change must not be taken
// into fold@1 (docs/formats/fold.md).
const golden = "8a0eab15f71e46a0801ccd1d63d6cf0cabe246c5c312e7164600c25301610529"

func TestGolden(t *testing.T) {
	t.Parallel()
	hash := sha256.New()
	rangetable.Visit(rangetable.Assigned("15.0.0"), func(r rune) {
		if !utf8.ValidRune(r) {
			return
		}
		once := Fold(string(r))
		if once != string(r) && Fold(once) != once {
			t.Errorf("%U: %+q, then %+q", r, once, Fold(once))
		}
		fmt.Fprintf(hash, "%U %s\n", r, once)
	})
	if got := hex.EncodeToString(hash.Sum(nil)); got != golden {
		t.Errorf("%s has changed: %s, want %s", Version, got, golden)
	}
}

// TestFoldIdempotent puts every letter and mark beside others that are dropped,
// kept and reordered. Han and Hangul are left to TestGolden, for time.
func TestFoldIdempotent(t *testing.T) {
	t.Parallel()
	rangetable.Visit(rangetable.Assigned("15.0.0"), func(r rune) {
		if !utf8.ValidRune(r) || unicode.In(r, unicode.Han, unicode.Hangul, unicode.Co) {
			return
		}
		s := "a" + string(r) + "\u0301" + string(r) + "か\u3099\u200d\u093c"
		if once := Fold(s); Fold(once) != once {
			t.Errorf("%U in %+q: %+q, then %+q", r, s, once, Fold(once))
		}
	})
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "İ", "أحمد", "\u3099\u200d\u093c", "a\xff", "ΐ", "Ǆ", "ﬃ", "\u0345", "ŉ", strings.Repeat("\u3099", 70)} {
		f.Add(s, "Ana")
	}
	f.Fuzz(func(t *testing.T, s, other string) {
		once := Fold(s)
		if again := Fold(once); again != once {
			t.Errorf("Fold(%+q) = %+q, folded again %+q", s, once, again)
		}
		if once != strings.Join(strings.Fields(once), " ") || !utf8.ValidString(once) {
			t.Errorf("Fold(%+q) = %+q has spaces or wrong bytes", s, once)
		}
		if one, two := Key(s, other), Key(other, s); one != two {
			t.Errorf("Key depends on the order: %+q, %+q", one, two)
		}
		if Fold(norm.NFC.String(s)) != Fold(norm.NFD.String(s)) && utf8.ValidString(s) {
			t.Errorf("NFC and NFD of %+q differ: %+q, %+q", s, Fold(norm.NFC.String(s)), Fold(norm.NFD.String(s)))
		}
	})
}
