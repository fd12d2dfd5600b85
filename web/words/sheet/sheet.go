// SPDX-License-Identifier: Apache-2.0

// Package sheet has a language's catalogue as a workbook (XLSX), for people who
// translate and know no other tool: written, filled in, checked and read back.
//
// The first sheet is named by the language's tag (BCP 47). Its first row has
// the names of the columns; each further row is one text: its key, the plural
// form (CLDR) where it counts something, the English, the translation, and the
// places for values that the translation must have as well.
package sheet

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/language"

	"recount/fault"
	"recount/web/words"
)

// columns are the names in the first row, in order.
func columns() []string { return []string{"Key", "Plural form", "English", "Translation", "Places"} }

// Positions of columns, from 0.
const (
	keyColumn         = 0
	formColumn        = 1
	translationColumn = 3
)

// Complete says how much of a catalogue a language has: texts, each plural form
// as one.
type Complete struct {
	Texts      int `json:"texts"`
	Translated int `json:"translated"`
}

// Write writes the catalogue of a language as it stands in the book; one that
// the book does not have is written empty. fault.Invalid for what is no tag.
func Write(w io.Writer, b *words.Book, tag string) (done Complete, err error) {
	if err := checkTag(tag); err != nil {
		return done, err
	}
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.SetSheetName("Sheet1", tag); err != nil {
		return done, err
	}
	if err := f.SetSheetRow(tag, "A1", ptr(columns())); err != nil {
		return done, err
	}
	english, row := b.Language(words.Source), 1
	for _, key := range b.Keys() {
		own, _ := b.Text(tag, key)
		source, _ := b.Text(words.Source, key)
		for _, form := range formsOf(b, tag, key) {
			row++
			cells := []string{key, "", english.T(key), own.Forms[form], strings.Join(source.Places(), " ")}
			if b.Counted(key) {
				cells[formColumn], cells[2] = form, englishForm(source, form)
			}
			for i, cell := range cells {
				if err := f.SetCellStr(tag, at(i, row), cell); err != nil {
					return done, err
				}
			}
			done.Texts++
			if own.Forms[form] != "" {
				done.Translated++
			}
		}
	}
	if err := dress(f, tag, b.Language(tag).Dir == "rtl", row); err != nil {
		return done, err
	}
	return done, f.Write(w)
}

// formsOf are the forms that a translation of the key needs.
func formsOf(b *words.Book, tag, key string) []string {
	if b.Counted(key) {
		return words.PluralForms(tag)
	}
	return []string{"other"}
}

// englishForm is the English beside a form: its own where English has it.
func englishForm(source words.Text, form string) string {
	if text, ok := source.Forms[form]; ok {
		return text
	}
	return source.Forms["other"]
}

// dress makes the sheet one to work in: wide columns, lines that break, the
// first row fixed, and a sheet from right to left for a language that is.
func dress(f *excelize.File, tag string, rightToLeft bool, rows int) error {
	wrap, err := f.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return err
	}
	order := uint64(1) // from left to right
	if rightToLeft {
		order = 2
	}
	own, err := f.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top", ReadingOrder: order}})
	if err != nil {
		return err
	}
	return errors.Join(
		f.SetColWidth(tag, "A", "A", 32), f.SetColWidth(tag, "B", "B", 12), f.SetColWidth(tag, "C", "D", 60), f.SetColWidth(tag, "E", "E", 18),
		f.SetCellStyle(tag, "A2", at(len(columns())-1, rows), wrap),
		f.SetCellStyle(tag, at(translationColumn, 2), at(translationColumn, rows), own),
		f.SetPanes(tag, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}),
	)
}

// at is a cell's address: column from 0, row from 1.
func at(column, row int) string { return string(rune('A'+column)) + fmt.Sprint(row) }

func ptr[T any](v T) *T { return &v }

func checkTag(tag string) error {
	if _, err := language.Parse(tag); err != nil || len(tag) > 31 || strings.ContainsAny(tag, "_/\\") {
		return fmt.Errorf("%w: %.40q is no language tag (accepted: BCP 47, such as ar or pt-BR)", fault.Invalid, tag)
	}
	return nil
}

// known reports whether the workbook's first row is ours.
func known(row []string) bool {
	return len(row) >= translationColumn+1 && slices.Equal(row[:translationColumn+1], columns()[:translationColumn+1])
}
