// SPDX-License-Identifier: Apache-2.0

package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"recount/fault"
	"recount/web/words"
)

func book(t *testing.T) *words.Book {
	t.Helper()
	b, err := words.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func written(t *testing.T, b *words.Book, tag string) ([]byte, Complete) {
	t.Helper()
	var out bytes.Buffer
	done, err := Write(&out, b, tag)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), done
}

// filled is the workbook of a language with cells changed: "D2" is the first translation.
func filled(t *testing.T, raw []byte, tag string, cells map[string]string) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for cell, text := range cells {
		err := f.SetCellStr(tag, cell, text)
		if formula, is := strings.CutPrefix(text, "="); is {
			err = f.SetCellFormula(tag, cell, formula)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// rowOf is where a key and form stand in the workbook.
func rowOf(t *testing.T, raw []byte, tag, key, form string) int {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows(tag)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if row[keyColumn] == key && row[formColumn] == form {
			return i + 1
		}
	}
	t.Fatalf("the workbook has no %s %s", key, form)
	return 0
}

// TestRoundTrip: the language that is written from right to left comes back as
// it went, and the catalogue that is made of it says the same.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	b := book(t)
	raw, done := written(t, b, "ar")
	if done.Translated != done.Texts || done.Texts < len(b.Keys()) {
		t.Errorf("Arabic is complete, and the workbook says %+v", done)
	}
	back, err := Read(bytes.NewReader(raw), b, "")
	if err != nil {
		t.Fatal(err)
	}
	if back.Language != "ar" || back.Complete != done {
		t.Errorf("came back as %s, %+v; went as %+v", back.Language, back.Complete, done)
	}
	for _, key := range b.Keys() {
		own, _ := b.Text("ar", key)
		if diff := cmp.Diff(own.Forms, back.Texts[key].Forms); diff != "" {
			t.Errorf("%s (-went +came):\n%s", key, diff)
		}
	}
	catalogue, err := back.JSON()
	if err != nil {
		t.Fatal(err)
	}
	over, err := words.Load(fstest.MapFS{"ar.json": {Data: catalogue}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := over.Language("ar").N("overview.records", 3), b.Language("ar").N("overview.records", 3); got != want || len(over.Left()) > 0 {
		t.Errorf("%q, want %q; left out: %v", got, want, over.Left())
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if place, err := f.GetCellValue("ar", fmt.Sprintf("E%d", rowOf(t, raw, "ar", "overview.records", "few"))); err != nil || place != "{n}" {
		t.Errorf("the places of a text that counts: %q %v", place, err)
	}
}

// TestNewLanguage: a language that nobody has translated into is written empty,
// and a few texts of it make a catalogue.
func TestNewLanguage(t *testing.T) {
	t.Parallel()
	b := book(t)
	raw, done := written(t, b, "hy")
	if done.Translated != 0 {
		t.Errorf("%+v", done)
	}
	records := rowOf(t, raw, "hy", "overview.records", "one")
	raw = filled(t, raw, "hy", map[string]string{
		fmt.Sprintf("D%d", rowOf(t, raw, "hy", "language.name", "")): " Հայերեն ",
		fmt.Sprintf("D%d", records):                                  "{n} գրառում", fmt.Sprintf("D%d", records+1): "{n} գրառում",
	})
	got, err := Read(bytes.NewReader(raw), b, "")
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := got.JSON()
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "language.name": "Հայերեն",
  "overview.records": {
    "one": "{n} գրառում",
    "other": "{n} գրառում"
  }
}
`
	if diff := cmp.Diff(want, string(catalogue)); diff != "" || got.Translated != 3 {
		t.Errorf("%d texts (-want +got):\n%s", got.Translated, diff)
	}
	if got, err := Read(bytes.NewReader(raw), b, "hy-AM"); err != nil || got.Language != "hy-AM" {
		t.Errorf("for another language: %s %v", got.Language, err)
	}
}

// TestRefused: mistakes are said with row and column, and nothing is taken.
func TestRefused(t *testing.T) {
	t.Parallel()
	b := book(t)
	raw, _ := written(t, b, "ar")
	you, few := rowOf(t, raw, "ar", "you", ""), rowOf(t, raw, "ar", "overview.records", "few")
	help := rowOf(t, raw, "ar", "help", "")
	for name, c := range map[string]struct{ cell, text, says string }{
		"unknown key":   {fmt.Sprintf("A%d", you), "no.such.key", fmt.Sprintf(`row %d, column Key: not accepted: the key "no.such.key"`, you)},
		"key twice":     {fmt.Sprintf("A%d", help), "look", "a second time"},
		"missing place": {fmt.Sprintf("D%d", you), "بلا اسم", fmt.Sprintf("row %d, column Translation: not accepted: the place {name} is missing", you)},
		"extra place":   {fmt.Sprintf("D%d", you), "{name} {who}", "the place {who}"},
		"markup":        {fmt.Sprintf("D%d", you), "<b>{name}</b>", "markup"},
		"control":       {fmt.Sprintf("D%d", you), "{name}\u202e", "U+202E"},
		"two lines":     {fmt.Sprintf("D%d", you), "{name}\nx", "U+000A"},
		"formula":       {fmt.Sprintf("D%d", you), "=1+1", "a formula"},
		"no such form":  {fmt.Sprintf("B%d", few), "plenty", fmt.Sprintf("row %d, column Plural form", few)},
		"no number":     {fmt.Sprintf("D%d", few), "سجلات", "the place {n} is missing"},
		"half counted":  {fmt.Sprintf("D%d", few), "", `the plural form "few" of overview.records has no translation`},
		"other columns": {"C1", "Englisch", "row 1"},
	} {
		_, err := Read(bytes.NewReader(filled(t, raw, "ar", map[string]string{c.cell: c.text})), b, "")
		if err == nil || !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %q", name, err, c.says)
		}
	}
	if _, err := Read(strings.NewReader("no workbook"), b, "ar"); !errors.Is(err, fault.Invalid) {
		t.Errorf("no workbook: %v", err)
	}
	if _, err := Write(&bytes.Buffer{}, b, "no tag!"); !errors.Is(err, fault.Invalid) {
		t.Errorf("no tag: %v", err)
	}
	many := map[string]string{}
	for row := 2; row < 60; row++ {
		many[fmt.Sprintf("D%d", row)] = "<"
	}
	_, err := Read(bytes.NewReader(filled(t, raw, "ar", many)), b, "")
	if err == nil || strings.Count(err.Error(), "row ") != howManyWrong || !strings.Contains(err.Error(), "and 38 more") {
		t.Errorf("many mistakes: %v", err)
	}
}

// TestDirection: a sheet reads as its language does.
func TestDirection(t *testing.T) {
	t.Parallel()
	b := book(t)
	for tag, want := range map[string]uint64{"ar": 2, "fr": 1} {
		raw, _ := written(t, b, tag)
		f, err := excelize.OpenReader(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		id, err := f.GetCellStyle(tag, "D2")
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		if style.Alignment == nil || style.Alignment.ReadingOrder != want {
			t.Errorf("%s: %+v, want the reading order %d", tag, style.Alignment, want)
		}
	}
}
