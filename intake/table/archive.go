// SPDX-License-Identifier: Apache-2.0

package table

import (
	"archive/zip"
	"bytes"
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
	all := strings.Join(quoted[:min(len(quoted), 20)], ", ")
	switch {
	case len(names) == 0:
		return nil, opt.refuse("a ZIP that holds no workbook and no list", "a workbook saved as .xlsx, a ZIP of lists, or CSV")
	case len(meant) == 0 && opt.Sheet == "":
		return nil, opt.refuse(fmt.Sprintf("the ZIP holds %d files", len(names)), `the mapping's "sheet" naming one of them: `+all)
	case len(meant) == 0:
		return nil, opt.refuse("the ZIP has no such file", "one of its files: "+all)
	case len(meant) > 1:
		return nil, opt.refuse("the ZIP holds two files of that name, and nothing says which one is meant", "a ZIP of files with different names, or the list alone")
	}
	at := meant[0]
	data, err := p.unfold(files[at], opt)
	if err != nil {
		return nil, err
	}
	inside := opt
	inside.Sheet, inside.inside = "", true
	t, err := Open(bytes.NewReader(data), int64(len(data)), inside)
	if err != nil {
		return nil, err
	}
	return &member{t, names[at]}, nil
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
	name memberName
}

// Info is that of the list, its sheet the name of the file.
func (m *member) Info() Info {
	info := m.Table.Info()
	info.Sheet, info.Sheets = m.name.shown, nil
	return info
}

// Notices are those of the list, and that its name was read by guess.
func (m *member) Notices() []string {
	if !m.name.guessed {
		return m.Table.Notices()
	}
	return append([]string{m.name.said()}, m.Table.Notices()...)
}
