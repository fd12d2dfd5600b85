// SPDX-License-Identifier: Apache-2.0

package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// openArchive opens the list in a ZIP of files: the only one, or the one that is
// named as its sheet. It is unfolded in memory and nowhere else, so that no name in
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
	lists, err := p.lists(files, opt)
	if err != nil {
		return nil, err
	}
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
	data, err := p.unfold(files[one], opt)
	if err != nil {
		return nil, err
	}
	inside := opt
	inside.Sheet, inside.inside = "", true
	t, err := Open(bytes.NewReader(data), int64(len(data)), inside)
	if err != nil {
		return nil, err
	}
	return &member{t, names[one], passed, sheetsOf(at(names, lists))}, nil
}

func at[T any](all []T, places []int) (some []T) {
	for _, i := range places {
		some = append(some, all[i])
	}
	return some
}

// sheetsOf are lists that can be named, where there is more than one.
func sheetsOf(names []memberName) (all []Sheet) {
	if len(names) < 2 {
		return nil
	}
	for _, n := range names {
		all = append(all, Sheet{Name: n.shown})
	}
	return all
}

// lists are those files of the ZIP that can be lists by how they begin. Beside them may
// stand what a list speaks of: documents, pictures, sounds.
func (p *pack) lists(files []*zip.File, opt Options) (at []int, err error) {
	if len(files) == 1 {
		return []int{0}, nil
	}
	for i, f := range files {
		r, err := p.openFile(f)
		if err != nil {
			return nil, p.damaged(err)
		}
		head, err := io.ReadAll(io.LimitReader(r, headBytes))
		if err := errors.Join(err, r.Close()); err != nil {
			return nil, p.damaged(err)
		}
		if canBeList(head, opt.Encoding) {
			at = append(at, i)
		}
	}
	return at, nil
}

// canBeList is false of the beginning of a file that has no rows to read.
func canBeList(head []byte, encoding string) bool {
	switch format(head) {
	case "pdf", "biff":
		return false
	case "csv":
		mark, _ := markOf(head)
		wide := strings.HasPrefix(encoding, "utf-16") || mark != "" && mark != "utf-8"
		return wide || !bytes.HasPrefix(head, []byte(`{\rtf`)) && !bytes.ContainsFunc(head, func(r rune) bool {
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

// unfold is a file of the ZIP, whole.
func (p *pack) unfold(f *zip.File, opt Options) ([]byte, error) {
	r, err := p.openFile(f)
	if err != nil {
		return nil, p.damaged(err)
	}
	data, err := io.ReadAll(io.LimitReader(r, opt.Limits.Workbook+1))
	if err != nil {
		return nil, p.damaged(err)
	}
	if err := r.Close(); err != nil {
		return nil, p.damaged(err)
	}
	if int64(len(data)) > opt.Limits.Workbook {
		return nil, opt.refuse(fmt.Sprintf("the list in the ZIP has more than %d MiB", opt.Limits.Workbook>>20), "the list alone, as CSV, which has no limit")
	}
	return data, nil
}

// member is a list that stands in a ZIP: places in it are named with the file.
type member struct {
	Table
	name   memberName
	passed int // files beside it that are no lists
	lists  []Sheet
}

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
