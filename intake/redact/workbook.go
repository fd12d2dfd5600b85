// SPDX-License-Identifier: Apache-2.0

package redact

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"recount/intake/table"
)

const (
	largestPart = 256 << 20 // bytes of one part of a workbook, unfolded: it is held in memory
	mostParts   = 10_000
)

// Workbook copies a workbook (.xlsx, ECMA-376) and blanks what the order says.
// Parts that hold nothing of it are copied as they are stored.
//
// Values that formulas had stay where the formula asks its own row alone; others
// go, and a spreadsheet program computes them when the file is opened, as it does
// with charts. Pivot tables keep copies of the rows: they are left out, with the
// order in which formulas were last computed, the picture of the first sheet and
// what a shared workbook remembers of changes. What lies in pictures and embedded
// files is not looked into. Errors are *table.Refusal where the file is at fault.
func Workbook(src io.ReaderAt, size int64, out io.Writer, opt table.Options, o Order) (Report, error) {
	z, err := zip.NewReader(src, size)
	if err != nil {
		return Report{}, refused(opt, "it is no workbook")
	}
	if len(z.File) > mostParts {
		return Report{}, refused(opt, "it has too many parts")
	}
	b := book{zip: z, opt: opt, order: o, gone: map[string]string{}, fresh: map[string][]byte{}, found: Rows{}, used: map[int]bool{}, links: map[string]bool{}, lost: map[string]bool{}, stays: map[string]bool{}}
	for _, step := range []func() error{b.leaveOut, b.readBook, b.readShared, b.sheets, b.shared, b.remarks, b.others} {
		if err := step(); err != nil {
			return Report{}, err
		}
	}
	if err := missing(o, b.found); err != nil {
		return Report{}, err
	}
	return b.report, b.write(out)
}

// book is a workbook on its way into a copy.
type book struct {
	zip    *zip.Reader
	opt    table.Options
	order  Order
	report Report

	names  []bookSheet       // in the workbook's order
	texts  []string          // shared ones
	part   string            // of the shared texts
	used   map[int]bool      // shared texts that stay
	lost   map[string]bool   // texts of cells that were blanked
	stays  map[string]bool   // texts of cells that were not, but for shared ones
	found  Rows              // rows that stand there
	gone   map[string]string // parts that are left out: what they are
	fresh  map[string][]byte // parts that are written anew
	links  map[string]bool   // relationships that go: the part, a blank, the id
	erased int               // names that were given anew
}

type bookSheet struct {
	name, part string
	blanked    map[int]bool // rows
}

// leavingOut are the parts that are copies of rows, or of what the sheets look like.
func leavingOut(name string) string {
	low := strings.ToLower(name)
	switch {
	case strings.HasPrefix(low, "xl/pivottables/"), strings.HasPrefix(low, "xl/pivotcache/"):
		return "pivot tables"
	case strings.HasPrefix(low, "xl/revisions/"), low == "xl/usernames.xml":
		return "remembered changes"
	case strings.HasSuffix(low, "calcchain.xml"):
		return "" // said to nobody: it is made anew
	case strings.HasPrefix(low, "docprops/thumbnail"):
		return "the picture of the first sheet"
	}
	return "-"
}

func (b *book) leaveOut() error {
	for _, f := range b.zip.File {
		what := leavingOut(f.Name)
		if what == "-" {
			continue
		}
		b.gone[f.Name] = what
		if what != "" && !slices.Contains(b.report.Left, what) {
			b.report.Left = append(b.report.Left, what)
		}
	}
	return nil
}

// find is a part by its name; writers differ in case.
func (b *book) find(name string) *zip.File {
	name = strings.TrimPrefix(name, "/")
	for _, f := range b.zip.File {
		if strings.EqualFold(strings.ReplaceAll(f.Name, `\`, "/"), name) {
			return f
		}
	}
	return nil
}

// read unfolds a part, or gives it as it was written anew.
func (b *book) read(f *zip.File) (data []byte, err error) {
	if fresh, ok := b.fresh[f.Name]; ok {
		return fresh, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, refused(b.opt, "a part of it cannot be opened")
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	data, err = io.ReadAll(io.LimitReader(r, largestPart+1))
	switch {
	case err != nil:
		return nil, refused(b.opt, "a part of it is damaged")
	case len(data) > largestPart:
		return nil, refused(b.opt, "a part of it is too large")
	}
	return data, nil
}

// relation is one line of a part's relationships.
type relation struct{ id, kind, target string }

// relations are those of a part; none where it has no such file.
func (b *book) relations(part string) (all []relation, err error) {
	dir, name := path.Split(part)
	f := b.find(path.Join(dir, "_rels", name+".rels"))
	if f == nil {
		return nil, nil
	}
	data, err := b.read(f)
	if err != nil {
		return nil, err
	}
	err = b.scan(f.Name, data, func(t token) error {
		if t.start == "Relationship" {
			target := t.attr("Target")
			if !strings.HasPrefix(target, "/") && t.attr("TargetMode") != "External" {
				target = path.Join(dir, target)
			}
			all = append(all, relation{t.attr("Id"), path.Base(t.attr("Type")), strings.TrimPrefix(target, "/")})
		}
		return nil
	})
	return all, err
}

// readBook finds the sheets and where the shared texts are.
func (b *book) readBook() error {
	roots, err := b.relations("")
	if err != nil {
		return err
	}
	main := "xl/workbook.xml"
	for _, r := range roots {
		if r.kind == "officeDocument" {
			main = r.target
		}
	}
	f := b.find(main)
	if f == nil || strings.HasSuffix(strings.ToLower(main), ".bin") {
		return refused(b.opt, "it is no workbook of the kind .xlsx")
	}
	related, err := b.relations(main)
	if err != nil {
		return err
	}
	targets := map[string]string{}
	for _, r := range related {
		targets[r.id] = r.target
		if r.kind == "sharedStrings" {
			b.part = r.target
		}
	}
	data, err := b.read(f)
	if err != nil {
		return err
	}
	return b.scan(f.Name, data, func(t token) error {
		if t.start == "sheet" && targets[t.attr("id")] != "" {
			b.names = append(b.names, bookSheet{name: t.attr("name"), part: targets[t.attr("id")], blanked: map[int]bool{}})
		}
		return nil
	})
}

// cut takes a relationship of a part away.
func (b *book) cut(part, id string) {
	if id != "" {
		b.links[part+" "+id] = true
	}
}

// write puts the copy together.
func (b *book) write(out io.Writer) error {
	w := zip.NewWriter(out)
	for _, f := range b.zip.File {
		if _, gone := b.gone[f.Name]; gone {
			continue
		}
		fresh, changed := b.fresh[f.Name]
		if !changed {
			if err := w.Copy(f); err != nil {
				return fmt.Errorf("copying a part of the workbook: %w", err)
			}
			continue
		}
		part, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: f.Modified})
		if err == nil {
			_, err = io.Copy(part, bytes.NewReader(fresh))
		}
		if err != nil {
			return fmt.Errorf("writing a part of the workbook: %w", err)
		}
	}
	return w.Close()
}
