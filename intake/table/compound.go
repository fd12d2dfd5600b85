// SPDX-License-Identifier: Apache-2.0

package table

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/richardlehane/mscfb"
)

// A compound file ([MS-CFB], also called OLE2) is a small file system: old workbooks
// are a stream of it, and so are old documents, mails, and files with a password.
const (
	cfbHeader  = 512
	cfbEntry   = 128     // bytes of an entry in the directory
	cfbEntries = 4096    // entries that are read
	cfbAtOnce  = 1 << 15 // bytes of a stream that are asked for at once
)

var errCompoundCounts = errors.New("it says that it has more sectors than the file is long")

// compound is an open compound file.
type compound struct {
	src  *cfbSource
	opt  Options
	size int64
	file *mscfb.Reader
}

// openCompound reads the directory. The reader of compound files would allocate by
// what the header says, or panic where its counts overflow, and it keeps the whole
// path of every entry: so counts are held to the file's size, and the directory to
// a number of entries, before it sees them.
func openCompound(src io.ReaderAt, size int64, opt Options) (*compound, error) {
	c := &compound{src: &cfbSource{src: src, long: 1}, opt: opt, size: size}
	head := make([]byte, cfbHeader)
	if n, err := c.src.ReadAt(head, 0); n < len(head) {
		return nil, c.damaged(err)
	}
	sector := int64(512)
	if binary.LittleEndian.Uint16(head[30:]) == 12 {
		sector = 4096
	}
	for _, at := range []int{44, 64, 72} { // sectors of the FAT, of the mini FAT, and of the DIFAT
		if n := int64(binary.LittleEndian.Uint32(head[at:])); n > size/sector || n > 1<<20 {
			return nil, c.damaged(errCompoundCounts)
		}
	}
	c.src.long = 1 + int64(binary.LittleEndian.Uint32(head[72:])) + cfbEntries*cfbEntry/sector
	file, err := mscfb.New(c.src)
	if err != nil {
		return nil, c.damaged(err)
	}
	c.src.long = -1
	c.file = file
	return c, nil
}

// workbook is the stream of the workbook; other kinds of files are refused by what
// they are.
func (c *compound) workbook() ([]byte, error) {
	streams := map[string]*mscfb.File{}
	for _, f := range c.file.File {
		if len(f.Path) > 0 || f.FileInfo().IsDir() {
			continue // what is embedded in the workbook is none of it
		}
		name := strings.ToLower(f.Name)
		if streams[name] != nil && (name == "workbook" || name == "book") {
			return nil, c.damaged(errors.New("it holds two workbooks of one name, and nothing says which one is meant"))
		}
		streams[name] = f
	}
	const list = "a workbook saved as .xlsx, .ods or .xls, or CSV"
	switch {
	case streams["workbook"] != nil: // beside it can stand a "Book", the same for older programs
		return c.read(streams["workbook"])
	case streams["book"] != nil:
		return c.read(streams["book"])
	case streams["encryptedpackage"] != nil:
		return nil, c.opt.refuse("a workbook or document with a password", wantNoPassword)
	case streams["worddocument"] != nil:
		return nil, c.opt.refuse("an old document, .doc, and no workbook", "the document saved as .docx, with the list as a table, or "+list)
	case streams["powerpoint document"] != nil:
		return nil, c.opt.refuse("an old presentation, .ppt, and no workbook", list)
	case streams["__properties_version1.0"] != nil:
		return nil, c.opt.refuse("a mail, .msg, and no workbook", "the list that is attached to it")
	}
	return nil, c.opt.refuse("a compound file (OLE2) that holds no workbook", list)
}

// wantNoPassword is what is accepted in the place of a workbook with a password.
const wantNoPassword = "a workbook saved without a password, or CSV"

// read is a stream, whole. The reader of compound files needs time by the square of
// what is asked for at once, so little is.
func (c *compound) read(f *mscfb.File) ([]byte, error) {
	if f.Size > c.size {
		return nil, c.damaged(errCompoundCounts)
	}
	if limit := c.opt.Limits.Workbook; f.Size > limit {
		return nil, c.opt.refuse(fmt.Sprintf("the workbook has more than %d MiB", limit>>20), "the list as CSV, which has no limit")
	}
	data := make([]byte, f.Size)
	for n := 0; n < len(data); {
		m, err := f.Read(data[n:min(n+cfbAtOnce, len(data))])
		n += m
		if err == nil && m == 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil && n < len(data) {
			return nil, c.damaged(err)
		}
	}
	return data, nil
}

// damaged says that the file cannot be read, or that it could not be got at.
func (c *compound) damaged(err error) error {
	if c.src.failed != nil {
		return fmt.Errorf("reading %s: %w", c.opt.File, c.src.failed)
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = errRecordsEnd
	}
	return c.opt.refuse("the workbook is damaged: "+err.Error(), wantWhole)
}

// cfbSource is the file as the reader of compound files sees it.
type cfbSource struct {
	src    io.ReaderAt
	long   int64 // reads of a whole sector that are still allowed; -1: any number
	failed error // what went wrong with the file itself
}

var errDirectory = fmt.Errorf("its directory has more than %d entries", cfbEntries)

// ReadAt has no error where everything was read.
func (s *cfbSource) ReadAt(b []byte, off int64) (int, error) {
	if len(b) >= cfbHeader && s.long >= 0 {
		if s.long == 0 {
			return 0, errDirectory
		}
		s.long--
	}
	n, err := s.src.ReadAt(b, off)
	if n == len(b) {
		return n, nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		s.failed = err
	}
	return n, err
}
