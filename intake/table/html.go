// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// openHTML opens a table of a page. Tables have no names there: they are "table 1",
// "table 2", in the order in which they begin; those inside of others do not count.
func openHTML(src io.ReaderAt, size int64, opt Options) (*grid, error) {
	opt.Limits = opt.Limits.orDefault()
	if opt.Delimiter != "" {
		return nil, opt.refuse("the mapping names a delimiter, but the file is a page", "the mapping without it, or a CSV")
	}
	by, name, err := pageEncoding(src, opt)
	if err != nil {
		return nil, err
	}
	open := func() *htmlRows {
		in := &counter{r: io.NewSectionReader(src, 0, size)}
		r := io.Reader(in)
		if by != nil {
			r = transform.NewReader(bufio.NewReader(in), by.NewDecoder())
		}
		z := html.NewTokenizer(r)
		z.SetMaxBuf(opt.Limits.Row)
		return &htmlRows{opt: opt, in: in, z: z}
	}
	tables, err := open().count()
	if err != nil {
		return nil, err
	}
	all := make([]bookSheet, tables)
	info := Info{Format: "html", Encoding: name, HeaderRow: opt.headerRow(), Size: size}
	for i := range all {
		all[i] = bookSheet{Sheet{Name: "table " + strconv.Itoa(i+1)}, strconv.Itoa(i)}
		info.Sheets = append(info.Sheets, all[i].Sheet)
	}
	if tables == 0 {
		return nil, opt.refuse("a page without a table", "a page with a table, a workbook, or CSV")
	}
	sheet, err := chooseSheet(all, opt)
	if err != nil {
		return nil, err
	}
	opt.Sheet, info.Sheet = sheet.Name, sheet.Name
	rows := open()
	rows.opt = opt
	at, err := strconv.Atoi(sheet.part)
	if err != nil {
		return nil, rows.cutOff(err)
	}
	if err := rows.skipTo(at); err != nil {
		return nil, rows.cutOff(err)
	}
	return newGrid(opt, info, rows)
}

// pageEncoding is what the mapping says, or the page: by its mark or in its head. A
// page that says nothing is taken for UTF-8; nothing is guessed.
func pageEncoding(src io.ReaderAt, opt Options) (by encoding.Encoding, name string, err error) {
	if err := CheckEncoding(opt.Encoding); err != nil {
		return nil, "", err
	}
	if e, ok := EncodingNamed(opt.Encoding); ok {
		return e, opt.Encoding, nil
	}
	head := make([]byte, 1024)
	n, err := src.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "", fmt.Errorf("reading %s: %w", opt.File, err)
	}
	e, name, marked := charset.DetermineEncoding(head[:n], "")
	says := marked || bytes.Contains(bytes.ToLower(head[:n]), []byte("charset")) || bytes.Contains(bytes.ToLower(head[:n]), []byte("encoding="))
	if name == "utf-8" || opt.Encoding == "utf-8" || !says {
		return nil, "utf-8", nil
	}
	return e, name, nil
}

// htmlRows are the rows of one table of a page.
type htmlRows struct {
	opt    Options
	in     *counter
	z      *html.Tokenizer
	number int
	merged int
	wide   []Cell
	below  []int // of each column, for how many further rows a cell above reaches down
	begun  bool  // the tag of the next row was read
	hide   bool  // which is not shown
	done   bool
	cut    bool // the page ended before the table did
}

func (t *htmlRows) bytesRead() int64 { return t.in.n }
func (t *htmlRows) close() error     { return nil }
func (t *htmlRows) notices() []string {
	n := noticed(nil, t.merged, "merged areas, whose value stands in their first cell alone")
	if t.cut {
		n = append(n, "the page ends before its table does: rows may be missing")
	}
	return n
}

func (t *htmlRows) cutOff(err error) error {
	if errors.Is(err, html.ErrBufferExceeded) {
		return t.opt.refuse(fmt.Sprintf("the page has a tag or a text of more than %d bytes", t.opt.Limits.Row), "a page with a table, or CSV")
	}
	return t.opt.refuse("the page cannot be read to its end", "a page that a browser shows, or CSV")
}

// count is how many tables the page has, those inside of others left out.
func (t *htmlRows) count() (tables int, err error) {
	for depth := 0; ; {
		kind := t.z.Next()
		if kind == html.ErrorToken {
			if errors.Is(t.z.Err(), io.EOF) {
				return tables, nil
			}
			return 0, t.cutOff(t.z.Err())
		}
		switch tag := tagOf(t.z, kind); {
		case tag == atom.Table && kind == html.StartTagToken:
			if depth++; depth == 1 {
				tables++
			}
		case tag == atom.Table && kind == html.EndTagToken:
			depth = max(depth-1, 0)
		}
	}
}

func tagOf(z *html.Tokenizer, kind html.TokenType) atom.Atom {
	if kind != html.StartTagToken && kind != html.EndTagToken && kind != html.SelfClosingTagToken {
		return 0
	}
	name, _ := z.TagName()
	return atom.Lookup(name)
}

// skipTo reads up to the beginning of a table, by its number.
func (t *htmlRows) skipTo(table int) error {
	for depth := 0; ; {
		kind := t.z.Next()
		if kind == html.ErrorToken {
			return t.z.Err()
		}
		switch tag := tagOf(t.z, kind); {
		case tag == atom.Table && kind == html.StartTagToken:
			if depth++; depth == 1 {
				if table == 0 {
					return nil
				}
				table--
			}
		case tag == atom.Table && kind == html.EndTagToken:
			depth = max(depth-1, 0)
		}
	}
}

func (t *htmlRows) next() (found, error) {
	if t.begun {
		return t.readRow()
	}
	for !t.done {
		kind := t.z.Next()
		if kind == html.ErrorToken {
			if errors.Is(t.z.Err(), io.EOF) {
				t.cut = true
				break // browsers close what was left open
			}
			return found{}, t.cutOff(t.z.Err())
		}
		switch tag := tagOf(t.z, kind); {
		case tag == atom.Table && kind == html.EndTagToken:
			t.done = true
		case tag == atom.Tr && kind == html.StartTagToken:
			t.hide = t.isHidden()
			return t.readRow()
		}
	}
	return found{}, io.EOF
}
