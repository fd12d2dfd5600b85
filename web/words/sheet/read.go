// SPDX-License-Identifier: Apache-2.0

package sheet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"recount/fault"
	"recount/web/words"
)

// Bounds on a workbook: in bytes as it comes, and unpacked.
const (
	largest         = 16 << 20
	largestUnpacked = 64 << 20
)

// howManyWrong is how many mistakes are said at once.
const howManyWrong = 20

// Translation is what a workbook has of a language.
type Translation struct {
	Language string
	Texts    map[string]words.Text
	Complete
}

// JSON is the catalogue as the program reads it: one object, keys sorted.
func (t Translation) JSON() ([]byte, error) {
	out := map[string]any{}
	for key, text := range t.Texts {
		out[key] = text.Forms
		if len(text.Forms) == 1 {
			out[key] = text.Forms["other"]
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(out)
	return b.Bytes(), err
}

// Read reads and checks a workbook that Write has written and people have
// filled in. The language is that of the first sheet's name, or tag where that
// is not "". Rows without a translation are left out. What is wrong is
// fault.Invalid, with row and column, twenty mistakes at once; then nothing
// of the workbook is taken.
func Read(r io.Reader, b *words.Book, tag string) (t Translation, err error) {
	raw, err := io.ReadAll(io.LimitReader(r, largest+1))
	if err != nil {
		return t, fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	if len(raw) > largest {
		return t, fmt.Errorf("%w: a workbook of more than %d MiB", fault.Invalid, largest>>20)
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: largestUnpacked, UnzipXMLSizeLimit: largestUnpacked})
	if err != nil {
		return t, fmt.Errorf("%w: this is no workbook (accepted: an XLSX file that recount words export wrote): %w", fault.Invalid, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	name := f.GetSheetName(0)
	if tag == "" {
		tag = name
	}
	if err := checkTag(tag); err != nil {
		return t, fmt.Errorf("the name of the first sheet, or --language: %w", err)
	}
	rows, err := f.GetRows(name)
	if err != nil {
		return t, fmt.Errorf("%w: the first sheet: %w", fault.Invalid, err)
	}
	if len(rows) == 0 || !known(rows[0]) {
		return t, fmt.Errorf("%w: row 1 of the first sheet must have the columns %s, in this order", fault.Invalid, strings.Join(columns(), ", "))
	}
	s := &reading{book: b, tag: tag, texts: map[string]words.Text{}, rowOf: map[string]int{}}
	for i, row := range rows[1:] {
		s.row(f, name, i+2, row)
	}
	s.whole()
	if err := s.problem(); err != nil {
		return t, err
	}
	t = Translation{Language: tag, Texts: s.texts}
	for _, key := range b.Keys() {
		t.Complete.Texts += len(formsOf(b, tag, key))
	}
	for _, text := range s.texts {
		t.Translated += len(text.Forms)
	}
	return t, nil
}

// reading is a workbook being read.
type reading struct {
	book  *words.Book
	tag   string
	texts map[string]words.Text
	rowOf map[string]int // where a key stands first
	wrong []error
}

func (s *reading) refuse(row, column int, err error) {
	s.wrong = append(s.wrong, fmt.Errorf("row %d, column %s: %w", row, columns()[column], err))
}

func (s *reading) row(f *excelize.File, name string, n int, row []string) {
	cell := func(i int) string {
		if i >= len(row) {
			return ""
		}
		return strings.TrimSpace(row[i])
	}
	key, form, text := cell(keyColumn), cell(formColumn), cell(translationColumn)
	formula, err := f.GetCellFormula(name, at(translationColumn, n))
	switch {
	case err != nil:
		s.refuse(n, translationColumn, fmt.Errorf("%w: %w", fault.Invalid, err))
		return
	case formula != "":
		s.refuse(n, translationColumn, fmt.Errorf("%w: a formula (accepted: text)", fault.Invalid))
		return
	case text == "" && (key == "" || s.book.Language(words.Source).Has(key)):
		return
	case !s.book.Language(words.Source).Has(key):
		s.refuse(n, keyColumn, fmt.Errorf("%w: the key %.80q, which English does not have", fault.Invalid, key))
		return
	}
	if form == "" {
		form = "other"
	} else if !slices.Contains(formsOf(s.book, s.tag, key), form) {
		s.refuse(n, formColumn, s.book.Check(s.tag, key, form, text))
		return
	}
	if err := s.book.Check(s.tag, key, form, text); err != nil {
		s.refuse(n, translationColumn, err)
		return
	}
	source, _ := s.book.Text(words.Source, key)
	text = asWide(text, englishForm(source, form))
	if s.texts[key].Forms == nil {
		s.texts[key], s.rowOf[key] = words.Text{Forms: map[string]string{}}, n
	}
	if _, twice := s.texts[key].Forms[form]; twice {
		s.refuse(n, keyColumn, fmt.Errorf("%w: the key %s a second time; it stands in row %d already", fault.Invalid, key, s.rowOf[key]))
		return
	}
	s.texts[key].Forms[form] = text
}

// asWide gives a text the space around it that the English has: it stands
// between two others there, and in a spreadsheet nobody sees it.
func asWide(text, english string) string {
	inner := strings.TrimSpace(english)
	before, after, found := strings.Cut(english, inner)
	if !found || inner == "" {
		return text
	}
	return before + text + after
}

// whole refuses keys of which a plural form is missing: with half of them the
// pages would say something wrong of some numbers.
func (s *reading) whole() {
	for _, key := range slices.Sorted(maps.Keys(s.texts)) {
		for _, form := range formsOf(s.book, s.tag, key) {
			if _, ok := s.texts[key].Forms[form]; !ok && len(s.wrong) == 0 {
				s.refuse(s.rowOf[key], formColumn, fmt.Errorf("%w: the plural form %q of %s has no translation; fill in all of its forms, or none", fault.Invalid, form, key))
			}
		}
	}
}

func (s *reading) problem() error {
	if len(s.wrong) > howManyWrong {
		more := len(s.wrong) - howManyWrong
		return errors.Join(append(s.wrong[:howManyWrong:howManyWrong], fmt.Errorf("%w: and %d more", fault.Invalid, more))...)
	}
	return errors.Join(s.wrong...)
}
