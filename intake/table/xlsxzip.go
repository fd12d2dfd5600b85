// SPDX-License-Identifier: Apache-2.0

package table

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// pack is the ZIP of a workbook, read under limits: of the parts that are
// read, not of pictures that nobody opens.
type pack struct {
	zip  *zip.Reader
	opt  Options
	left int64 // bytes that may still be unfolded
}

func openPack(src io.ReaderAt, size int64, opt Options) (*pack, error) {
	z, err := zip.NewReader(src, size)
	if err != nil {
		return nil, opt.refuse("a damaged ZIP, so not a workbook: "+err.Error(), "a workbook that opens in a spreadsheet program, or CSV")
	}
	if len(z.File) > opt.Limits.Entries {
		return nil, opt.refuse(fmt.Sprintf("the workbook's ZIP has %d parts, the limit is %d", len(z.File), opt.Limits.Entries),
			"a workbook with fewer parts, or CSV")
	}
	return &pack{zip: z, opt: opt, left: opt.Limits.Unpacked}, nil
}

// openZIP opens the list that a ZIP is, by what stands in it.
func openZIP(src io.ReaderAt, size int64, opt Options) (Table, error) {
	opt.Limits = opt.Limits.orDefault()
	p, err := openPack(src, size, opt)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(p.media(), odsMedia) {
		return openODS(p, opt)
	}
	switch {
	case p.find(docxMain) != nil:
		return openDOCX(p, opt)
	case p.find("[Content_Types].xml") == nil && p.find("xl/workbook.xml") == nil:
		return openArchive(p, opt)
	}
	return openXLSX(p, opt)
}

// media is what an OpenDocument file says that it is, in its part mimetype.
func (p *pack) media() string {
	r, err := p.open("mimetype")
	if err != nil {
		return ""
	}
	said, err := io.ReadAll(io.LimitReader(r, 256))
	if errors.Join(err, r.Close()) != nil {
		return ""
	}
	return string(said)
}

// find is the part of that name, the first where there are several; names differ in
// case between writers.
func (p *pack) find(name string) *zip.File {
	if all := p.named(name); len(all) > 0 {
		return all[0]
	}
	return nil
}

func (p *pack) named(name string) (all []*zip.File) {
	name = strings.TrimPrefix(name, "/")
	for _, f := range p.zip.File {
		if strings.EqualFold(strings.ReplaceAll(f.Name, `\`, "/"), name) {
			all = append(all, f)
		}
	}
	return all
}

var (
	errNoPart   = errors.New("no such part")
	errTwoParts = errors.New("two parts of its ZIP have one name, and nothing says which one holds")
)

// open opens a part for reading under the limit.
func (p *pack) open(name string) (io.ReadCloser, error) {
	switch all := p.named(name); len(all) {
	case 0:
		return nil, errNoPart
	case 1:
		return p.openFile(all[0])
	}
	return nil, p.damaged(errTwoParts)
}

func (p *pack) openFile(f *zip.File) (io.ReadCloser, error) {
	if f.Flags&1 != 0 {
		return nil, p.opt.refuse("a ZIP with a password", "the list without a password")
	}
	if f.UncompressedSize64 > uint64(p.left) {
		return nil, p.tooLarge()
	}
	r, err := f.Open()
	if err != nil {
		return nil, p.damaged(err)
	}
	return &partReader{pack: p, r: r}, nil
}

func (p *pack) tooLarge() *Refusal {
	return p.opt.refuse(fmt.Sprintf("the workbook unfolds to more than %d MiB", p.opt.Limits.Unpacked>>20),
		"a smaller workbook, a higher limit, or the list as CSV, which has no limit")
}

// damaged says that the workbook cannot be read further.
func (p *pack) damaged(err error) error {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	return p.opt.refuse("the workbook is damaged: "+err.Error(), "a workbook that opens in a spreadsheet program, or CSV")
}

// partReader counts what was really unfolded: the size in a ZIP's directory
// can be untrue.
type partReader struct {
	pack *pack
	r    io.ReadCloser
}

func (p *partReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if p.pack.left -= int64(n); p.pack.left < 0 {
		return 0, p.pack.tooLarge()
	}
	if err != nil && err != io.EOF { //nolint:errorlint // anything else is damage, io.ErrUnexpectedEOF too
		err = p.pack.damaged(err)
	}
	return n, err
}

func (p *partReader) Close() error { return p.r.Close() }

// each calls visit for every start tag of a part, until the part ends.
func (p *pack) each(name string, visit func(*xmlScanner) error) (err error) {
	r, err := p.open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	x := newXMLScanner(r)
	for {
		token, err := x.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return p.damaged(err)
		}
		if token == xmlStart {
			if err := visit(x); err != nil {
				return err
			}
		}
	}
}

// relation is a part to which another one points.
type relation struct{ id, kind, target string }

type relations []relation

func (all relations) byID(id string) relation {
	for _, r := range all {
		if r.id == id {
			return r
		}
	}
	return relation{}
}

// ofKind is the part of a kind, "" where there is none.
func (all relations) ofKind(kind string) string {
	for _, r := range all {
		if r.kind == kind {
			return r.target
		}
	}
	return ""
}

// relations reads what a part points to, its kind by the last word of its type; what
// the whole pack points to where part is "".
func (p *pack) relations(part string) (all relations, err error) {
	dir, name := path.Split(part)
	err = p.each(path.Join(dir, "_rels", name+".rels"), func(x *xmlScanner) error {
		if string(x.name) != "Relationship" {
			return nil
		}
		id, _ := x.attr("Id")
		kind, _ := x.attr("Type")
		target, _ := x.attr("Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(dir, target)
		}
		all = append(all, relation{id, path.Base(kind), target})
		return nil
	})
	return all, err
}
