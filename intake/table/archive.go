// SPDX-License-Identifier: Apache-2.0

package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strconv"
	"strings"
)

// openArchive opens the list in a ZIP of files: the only one, or the one that is
// named as its sheet. It is unfolded as it is read and nowhere else, so that no name in
// the ZIP is ever a path; what its letters are written in is found after that.
func openArchive(p *pack, opt Options) (Table, error) {
	if opt.inside {
		return nil, opt.refuse("a ZIP inside of a ZIP", "a ZIP of lists, or the list alone")
	}
	var files []*zip.File
	var names []memberName
	var quoted []string
	for _, f := range p.zip.File {
		name := nameOfMember(f.Name, f.Extra)
		if strings.HasSuffix(name.shown, "/") || strings.HasPrefix(name.shown, "__MACOSX/") || isLitter(path.Base(name.shown)) {
			continue
		}
		if name.guessed { // it can be named by its place too, in whatever letters it is
			name.readings = append(name.readings, "file "+strconv.Itoa(len(files)+1))
		}
		files, names = append(files, f), append(names, name)
		quoted = append(quoted, strconv.Quote(name.shown))
	}
	meant := meantBy(opt.Sheet, names)
	lists := p.lists(files, opt)
	passed := 0
	if opt.Sheet == "" {
		meant, passed = lists, len(names)-len(lists)
	}
	if len(lists) > 0 { // only lists are told, though any file can be named
		quoted = at(quoted, lists)
	}
	all := strings.Join(quoted[:min(len(quoted), 20)], ", ")
	switch {
	case len(names) == 0:
		return nil, opt.refuse("a ZIP that holds no workbook and no list", "a workbook saved as .xlsx, a ZIP of lists, or CSV")
	case opt.Sheet == "" && len(meant) != 1:
		return nil, opt.refuse(fmt.Sprintf("the ZIP holds %d files", len(names)), `the mapping's "sheet" naming one of them: `+all)
	case len(meant) == 0:
		return nil, opt.refuse("the ZIP has no such file", "one of its files: "+all)
	case len(meant) > 1:
		return nil, opt.refuse("the ZIP holds two files of that name, and nothing says which one is meant", "a ZIP of files with different names, or the list alone")
	}
	one := meant[0]
	part, err := p.openFile(files[one])
	if err != nil {
		return nil, p.damaged(err)
	}
	inside := opt
	inside.Sheet, inside.inside = "", true
	t, err := OpenStream(part, int64(min(files[one].UncompressedSize64, math.MaxInt64)), inside)
	if err != nil {
		if r := (*Refusal)(nil); errors.As(err, &r) { // also of the ZIP, where reading the file met damage
			err = r
		}
		return nil, errors.Join(err, part.Close())
	}
	return &member{t, names[one], passed, listsOf(at(names, lists)), part}, nil
}

func at[T any](all []T, places []int) (some []T) {
	for _, i := range places {
		some = append(some, all[i])
	}
	return some
}

// listsOf are lists that can be named, where there is more than one.
func listsOf(names []memberName) (all []Sheet) {
	if len(names) < 2 {
		return nil
	}
	for _, n := range names {
		all = append(all, Sheet{Name: n.shown})
	}
	return all
}

// lists are those files of the ZIP that can be lists by how they begin. Beside them may
// stand what a list speaks of: documents, pictures, sounds, of any size. One that cannot
// be read might be a list.
func (p *pack) lists(files []*zip.File, opt Options) (at []int) {
	if len(files) == 1 {
		return []int{0}
	}
	for i, f := range files {
		if head, err := headOf(f); err != nil || canBeList(head, opt.Encoding) {
			at = append(at, i)
		}
	}
	return at
}

// headOf is the beginning of a file in a ZIP.
func headOf(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("the ZIP is damaged: %w", err)
	}
	head, err := io.ReadAll(io.LimitReader(r, headBytes))
	return head, errors.Join(err, r.Close())
}

// canBeList is false of the beginning of a file that has no rows to read.
func canBeList(head []byte, encoding string) bool {
	switch format(head) {
	case "other":
		return false
	case "csv":
		mark, _ := markOf(head)
		wide := strings.HasPrefix(encoding, "utf-16") || mark != "" && mark != "utf-8"
		return wide || !bytes.ContainsFunc(head, func(r rune) bool {
			return r < '\t' || r > '\r' && r < ' ' && r != 0x1b
		})
	}
	return true
}

// isLitter is true of files that systems leave in folders.
func isLitter(name string) bool {
	switch strings.ToLower(name) {
	case ".ds_store", "thumbs.db", "desktop.ini":
		return true
	}
	return strings.HasPrefix(name, "._")
}

// member is a list that stands in a ZIP: places in it are named with the file.
type member struct {
	Table
	name   memberName
	passed int // files beside it that are no lists
	lists  []Sheet
	part   io.Closer
}

// Close ends the list and what it is read from.
func (m *member) Close() error { return errors.Join(m.Table.Close(), m.part.Close()) }

// Info is that of the list, its sheet the name of the file.
func (m *member) Info() Info {
	info := m.Table.Info()
	info.Sheet, info.Sheets = m.name.shown, m.lists
	return info
}

// Notices are those of the list, that its name was read by guess, and how many files
// stand beside it.
func (m *member) Notices() []string {
	var n []string
	if m.name.guessed {
		n = append(n, m.name.said())
	}
	n = append(n, m.Table.Notices()...)
	if m.passed > 0 {
		n = append(n, fmt.Sprintf("%d files of the ZIP are no lists, and are not taken with this one: preserve them apart", m.passed))
	}
	return n
}
