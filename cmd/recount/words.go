// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"recount/fault"
	"recount/internal/durable"
	"recount/store"
	"recount/web/words/sheet"
)

type wordsCmd struct {
	Export wordsExportCmd `cmd:"" help:"Write the words of a language into a workbook, with the English beside them."`
	Import wordsImportCmd `cmd:"" help:"Check a workbook and take its words into the archive."`
}

// Help is shown under the command's flags.
func (wordsCmd) Help() string {
	return `The words of the reading room in a language, as a workbook that a spreadsheet program opens: one row for each text, and for each plural form
that the language has. Fill in the column Translation; keep places such as {n} as they are. Rows without a translation stay English.

What is imported stands in the archive's folder words, in place of what was imported of the language before, and goes above the words that the
program brings; export writes both. The server reads them when it starts.`
}

type wordsExportCmd struct {
	Language string `required:"" placeholder:"TAG" help:"The language, BCP 47: ar, pt-BR. One that nobody has translated into yet is written empty."`
	File     string `arg:"" placeholder:"FILE.xlsx" help:"The workbook to write; it must not be there yet."`
}

type wordsImportCmd struct {
	Language string `placeholder:"TAG" help:"The language; without it the name of the first sheet."`
	File     string `arg:"" type:"existingfile" placeholder:"FILE.xlsx" help:"The workbook that export wrote, filled in."`
}

type wordsAnswer struct {
	Language string `json:"language"`
	File     string `json:"file"`
	sheet.Complete
}

func (a wordsAnswer) text(verb string) func(io.Writer) {
	return func(w io.Writer) {
		fmt.Fprintf(w, "%s %s: %d of %d texts are in the language %s; %d stay English.\n", verb, a.File, a.Translated, a.Texts, a.Language, a.Texts-a.Translated)
	}
}

// Run carries the command out.
func (x *wordsExportCmd) Run(d *desk) (err error) {
	book, err := d.words()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(x.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%w: %s is there already (accepted: a new file)", fault.Conflict, x.File)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	done, err := sheet.Write(f, book, x.Language)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(x.File))
	}
	a := wordsAnswer{x.Language, x.File, done}
	return d.out.answer(a, a.text("Wrote"))
}

// Run carries the command out.
func (x *wordsImportCmd) Run(d *desk) (err error) {
	if !store.Here(d.globals.Archive) {
		return fmt.Errorf("%w: no archive is in %s (accepted: --archive DIR, or the variable RECOUNT_ARCHIVE)", fault.NotFound, d.globals.Archive)
	}
	book, err := d.words()
	if err != nil {
		return err
	}
	f, err := os.Open(x.File)
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	t, err := sheet.Read(f, book, x.Language)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(x.File), err)
	}
	raw, err := t.JSON()
	if err != nil {
		return err
	}
	files, dir := durable.OS(), filepath.Join(d.globals.Archive, "words")
	if err := durable.MakeDirs(files, dir, 0o700); err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	name := filepath.Join(dir, t.Language+".json")
	if err := durable.WriteFile(files, name, raw, 0o600, true); err != nil {
		return fmt.Errorf("%w: %w", fault.Unavailable, err)
	}
	d.out.note("A server that runs shows them once it is started anew.")
	a := wordsAnswer{t.Language, name, t.Complete}
	return d.out.answer(a, a.text("Took them into"))
}
