// SPDX-License-Identifier: Apache-2.0

package words

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"recount/fault"
)

func load(t *testing.T, over map[string]string) *Book {
	t.Helper()
	b, err := loadOver(over)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func loadOver(over map[string]string) (*Book, error) {
	files := fstest.MapFS{}
	for name, text := range over {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Load(files)
}

// TestPluralForms: categories of CLDR 32, which golang.org/x/text has, "Language Plural Rules", cardinal, integers.
func TestPluralForms(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string][]string{
		"en": {"one", "other"}, "ja": {"other"}, "ar": {"zero", "one", "two", "few", "many", "other"},
		"ru": {"one", "few", "many", "other"}, "cy": {"zero", "one", "two", "few", "many", "other"}, "hy": {"one", "other"},
	} {
		if diff := cmp.Diff(want, PluralForms(tag)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tag, diff)
		}
	}
	over := map[string]string{
		"ar.json": `{"overview.records": {"zero": "z", "one": "o", "two": "t", "few": "f {n}", "many": "m {n}", "other": "x {n}"}}`,
		"ru.json": `{"language.name": "русский", "overview.records": {"one": "{n} запись", "few": "{n} записи", "many": "{n} записей", "other": "{n} записи"}}`,
	}
	b := load(t, over)
	for _, c := range []struct {
		tag  string
		n    int64
		want string
	}{
		{"ar", 0, "z"}, {"ar", 1, "o"}, {"ar", 2, "t"}, {"ar", 3, "f 3"}, {"ar", 10, "f 10"}, {"ar", 11, "m 11"}, {"ar", 99, "m 99"},
		{"ar", 100, "x 100"}, {"ar", 102, "x 102"}, {"ar", 103, "f 103"}, {"ar", 10_000_011, "m 10 000 011"},
		{"ru", 1, "1 запись"}, {"ru", 2, "2 записи"}, {"ru", 5, "5 записей"}, {"ru", 11, "11 записей"}, {"ru", 21, "21 запись"}, {"ru", -2, "−2 записи"},
		{"en", 1, "1 record"}, {"en", 0, "0 records"}, {"en", 12_345, "12 345 records"},
	} {
		if got := b.Language(c.tag).N("overview.records", c.n); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.tag, c.n, got, c.want)
		}
	}
}

// TestFallback: what a language does not have is English; what nobody has is
// seen; a value is put in once and is not looked into for places.
func TestFallback(t *testing.T) {
	t.Parallel()
	b := load(t, map[string]string{"fr.json": `{"language.name": "français", "you": "Connecté : {name}"}`})
	fr := b.Language("fr")
	for got, want := range map[string]string{
		fr.T("you", "name", "{name} {n}"):       "Connecté : {name} {n}",
		fr.T("nav.records"):                     "Records",
		fr.N("overview.records", 1):             "1 record",
		fr.T("no.such.key"):                     "⟦no.such.key⟧",
		fr.N("no.such.key", 3):                  "⟦no.such.key⟧",
		fr.T("journal.entry", "seq", int64(12)): "entry 12",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if _, own := b.Text("fr", "nav.records"); own || !fr.Has("nav.records") || fr.Has("no.such.key") {
		t.Error("the gap is not told from what is there")
	}
	if fr.Dir != "ltr" || b.Language("ar").Dir != "rtl" || b.Language("fa").Dir != "rtl" || b.Language("ks-Deva").Dir != "ltr" {
		t.Error("the direction of writing is wrong")
	}
}

// TestIsolated: a value in the other direction does not turn the sentence around it.
func TestIsolated(t *testing.T) {
	t.Parallel()
	b := load(t, map[string]string{"ar.json": `{"you": "[{name}]"}`, "fr.json": `{"you": "[{name}]"}`})
	for _, c := range []struct{ tag, value, want string }{
		{"ar", "2031-05-02 10:00 UTC", "[\u20682031-05-02 10:00 UTC\u2069]"}, {"ar", "2031-05-02", "[\u20682031-05-02\u2069]"}, {"ar", "علي", "[علي]"}, {"ar", "12 345", "[12 345]"},
		{"fr", "علي", "[\u2068علي\u2069]"}, {"fr", "Ali 2", "[Ali 2]"}, {"fr", "דן", "[\u2068דן\u2069]"},
	} {
		if got := b.Language(c.tag).T("you", "name", c.value); got != c.want {
			t.Errorf("%s: %q, want %q", c.tag, got, c.want)
		}
	}
}

// TestNumber: Latin digits, groups of three from five digits on (ISO 80000-1 section 7.3.1).
func TestNumber(t *testing.T) {
	t.Parallel()
	ar := load(t, nil).Language("ar")
	for n, want := range map[int64]string{0: "0", 7: "7", 9999: "9999", 10_000: "10 000", 1_234_567: "1 234 567", -12_345: "−12 345", -5: "−5"} {
		if got := ar.Number(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

// TestMatch: RFC 9110 section 12.5.4, and a preference before it.
func TestMatch(t *testing.T) {
	t.Parallel()
	b := load(t, map[string]string{"pt-BR.json": `{"language.name": "português"}`})
	for _, c := range []struct{ preferred, header, want string }{
		{"", "", "en"}, {"", "ar", "ar"}, {"", "ar-SY, en;q=0.5", "ar"}, {"", "en;q=0.2, ar;q=0.9", "ar"}, {"", "ja", "en"},
		{"", "pt-BR", "pt-BR"}, {"", "pt", "pt-BR"}, {"en", "ar", "en"}, {"xx", "ar", "ar"}, {"", "not; a;;header", "en"}, {"", "*", "en"},
	} {
		if got := b.Match(c.preferred, c.header); got != c.want {
			t.Errorf("Match(%q, %q) = %s, want %s", c.preferred, c.header, got, c.want)
		}
	}
	if all := b.Languages(); len(all) < 3 || all[0].Tag != "en" || all[len(all)-1].Name != "português" {
		t.Errorf("languages: %v", all)
	}
}

// TestRefused: catalogues that would show something wrong are refused by name.
func TestRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, text, says string }{
		"no tag":         {"klingonish-.json", `{}`, "no language tag"},
		"no JSON":        {"ar.json", `{`, "ar.json"},
		"a number":       {"ar.json", `{"you": 3}`, "plural forms"},
		"no such form":   {"ar.json", `{"overview.records": {"plenty": "x", "other": "y"}}`, "plenty"},
		"forms, no rest": {"ar.json", `{"overview.records": {"one": "x"}}`, `without "other"`},
	} {
		if _, err := loadOver(map[string]string{c.file: c.text}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %q", name, err, c.says)
		}
	}
	b := load(t, map[string]string{"ar.json": `{"no.such.key": "x", "help": "y"}`})
	if diff := cmp.Diff([]string{"ar.json: no.such.key"}, b.Left()); diff != "" || b.Language("ar").T("help") != "y" {
		t.Errorf("a key of another release (-want +got):\n%s", diff)
	}
	twice := fstest.MapFS{"en/second.json": {Data: []byte(`{"you": "x"}`)}}
	if err := b.add(twice, "en/second.json", "en", false); !errors.Is(err, fault.Conflict) {
		t.Errorf("a key in two files of a language: %v", err)
	}
}

// TestCheck: what a translation may not have.
func TestCheck(t *testing.T) {
	t.Parallel()
	b := load(t, nil)
	for _, c := range []struct{ tag, key, form, text, says string }{
		{"fr", "journal.entry", "other", "écriture {seq}", ""},
		{"fr", "journal.entry", "other", "écriture", "{seq} is missing"},
		{"fr", "journal.entry", "other", "{seq} {nom}", "{nom}"},
		{"fr", "journal.entry", "other", "{seq", "is missing"},
		{"fr", "journal.entry", "other", "{seq} {Nom}", "brace"},
		{"fr", "journal.entry", "one", "{seq}", "counts nothing"},
		{"fr", "help", "other", "Aide <b>", "markup"},
		{"fr", "help", "other", "Ai\u202ede", "U+202E"},
		{"fr", "help", "other", "Ai\nde", "U+000A"},
		{"fr", "help", "other", "  ", "empty"},
		{"fr", "no.key", "other", "x", "English does not have"},
		{"ja", "overview.records", "one", "{n}", "accepted in this language: other"},
		{"ar", "overview.records", "two", "سجلان", ""},
		{"ar", "overview.records", "few", "سجلات", "{n} is missing"},
	} {
		err := b.Check(c.tag, c.key, c.form, c.text)
		if (err == nil) != (c.says == "") || err != nil && (!strings.Contains(err.Error(), c.says) || !errors.Is(err, fault.Invalid)) {
			t.Errorf("%s %s %s %q: %v, want %q", c.tag, c.key, c.form, c.text, err, c.says)
		}
	}
}

// TestArabicIsComplete: the language that is written from right to left has
// every key, with all plural forms that it has, and passes its own checks.
func TestArabicIsComplete(t *testing.T) {
	t.Parallel()
	b := load(t, nil)
	if b.Language("ar").Dir != "rtl" || len(b.Keys()) < 500 {
		t.Fatalf("%d keys: this test would say nothing", len(b.Keys()))
	}
	for _, key := range b.Keys() {
		text, ok := b.Text("ar", key)
		if !ok {
			t.Errorf("%s is not in Arabic", key)
			continue
		}
		wants := []string{"other"}
		if b.Counted(key) {
			wants = PluralForms("ar")
		}
		for _, form := range wants {
			if err := b.Check("ar", key, form, text.Forms[form]); err != nil {
				t.Errorf("%s, %s: %v", key, form, err)
			}
		}
		for form := range text.Forms {
			if !slices.Contains(wants, form) {
				t.Errorf("%s has the form %q that it cannot need", key, form)
			}
		}
	}
}
