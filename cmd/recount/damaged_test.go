// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"recount/fault"
)

// cut takes the end of a file away.
func cut(t *testing.T, name string, part func(size int64) int64) {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm()&0o200 == 0 {
		if err := os.Chmod(name, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(name, part(info.Size())); err != nil {
		t.Fatal(err)
	}
}

func half(size int64) int64 { return size / 2 }

// TestCutLists: a list that ends in the middle is refused with a message that
// says so, and no record of it is kept.
func TestCutLists(t *testing.T) {
	t.Parallel()
	var book bytes.Buffer
	w := zip.NewWriter(&book)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte("<x/>")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	whole := list("cut")
	for _, test := range []struct{ name, text, says string }{
		{"in a quoted cell.csv", whole[:strings.LastIndex(whole, "Karvel, Tarn")+6], "quot"},
		{"in a row.csv", whole[:strings.LastIndex(whole, ",killed")], "cells"},
		{"in the heading.csv", "given,fam", "column"},
		{"at the start.csv", "", "the file ends before row 1"},
		{"workbook.xlsx", book.String()[:book.Len()/2], "workbook"},
	} {
		o := newOffice(t)
		source := o.do("add", "source", "The list")
		out, errs, code := o.run("import", o.file(test.name, test.text), "--mapping", o.file("mapping.json", listMapping), "--source", source)
		if code != fault.ExitInvalid || !strings.Contains(errs, test.says) || strings.Contains(errs, "not a mistake of yours") {
			t.Errorf("%s: exit %d, want %d and a word of %q\n%s%s", test.name, code, fault.ExitInvalid, test.says, out, errs)
		}
		var records []any
		if o.ask(&records, "show", "records"); len(records) > 0 {
			t.Errorf("%s: %d records were kept", test.name, len(records))
		}
	}
}

// TestCutArchive: where a file of the archive lacks its end, what needs it is
// refused as tampered with, and verifying says the same.
func TestCutArchive(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, file, says string
		part             func(int64) int64
	}{
		{"an object, half", "vault", "object", half},
		{"an object, all of it", "vault", "object", func(int64) int64 { return 0 }},
		{"the tables, half", "case.1.db", "damaged", half},
		{"the tables, all but a page", "case.1.db", "damaged", func(size int64) int64 { return 8192 }},
		{"the tables, the last page", "case.1.db", "damaged", func(size int64) int64 { return size - 8192 }},
		{"the tables, the last byte", "case.1.db", "damaged", func(size int64) int64 { return size - 1 }},
		{"the tables, all of it", "case.1.db", "damaged", func(int64) int64 { return 0 }},
		{"the keys, half", "keys.1.db", "damaged", half},
		{"the keys, all of it", "keys.1.db", "damaged", func(int64) int64 { return 0 }},
		{"which files are the case's", "CURRENT", "does not say", half},
	} {
		o := newOffice(t)
		exhibit := o.do("add", "exhibit", o.file("list.csv", list(test.name)))
		source := o.do("add", "source", "The list")
		for _, name := range filesUnder(t, filepath.Join(o.dir, "cases"), test.file) {
			cut(t, name, test.part)
		}
		for _, args := range [][]string{
			{"import", exhibit, "--mapping", o.file("mapping.json", listMapping), "--source", source},
			{"verify", o.dir},
		} {
			out, errs, code := o.run(args...)
			if code != fault.ExitTampered || !strings.Contains(errs, test.says) || strings.Contains(errs, "not a mistake of yours") {
				t.Errorf("%s: recount %s: exit %d, want %d and a word of %q\n%s%s", test.name, args[0], code, fault.ExitTampered, test.says, out, errs)
			}
		}
	}
}

// TestLostTables: where a database file is missing, that is said, and none is
// made in its place.
func TestLostTables(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"case.1.db", "keys.1.db"} {
		o := newOffice(t)
		name := filesUnder(t, filepath.Join(o.dir, "cases"), file)[0]
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"add", "source", "A list"}, {"verify", o.dir}} {
			out, errs, code := o.run(args...)
			if code != fault.ExitUnavail || !strings.Contains(errs, name) || !strings.Contains(errs, "missing") {
				t.Errorf("without %s: recount %s: exit %d, want %d and the name of what is missing\n%s%s", file, args[0], code, fault.ExitUnavail, out, errs)
			}
		}
		if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s was made anew: %v", file, err)
		}
	}
}

// TestLostObject: verifying an archive finds an exhibit whose bytes are gone.
func TestLostObject(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.do("add", "exhibit", o.file("letter.txt", "What was seen at the mill."))
	o.do("verify", o.dir)
	for _, name := range filesUnder(t, filepath.Join(o.dir, "cases"), "vault") {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	if out, errs, code := o.run("verify", o.dir); code != fault.ExitTampered || !strings.Contains(errs, "is missing") {
		t.Errorf("exit %d, want %d\n%s%s", code, fault.ExitTampered, out, errs)
	}
}

// filesUnder are the files of a name, or below a folder of that name.
func filesUnder(t *testing.T, dir, name string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		within, _ := filepath.Rel(dir, file)
		if err == nil && entry.Type().IsRegular() && (entry.Name() == name || strings.Contains(filepath.ToSlash(within), "/"+name+"/")) {
			all = append(all, file)
		}
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%s: %q, %v", name, all, err)
	}
	return all
}
