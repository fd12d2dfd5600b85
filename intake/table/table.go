// SPDX-License-Identifier: Apache-2.0

// Package table reads lists as people bring them, CSV, workbooks, JSON, tables of
// pages and of documents, and ZIPs of these, one row at a time, and keeps two texts of a cell: as it stands in the file and as a
// person sees it. It never guesses a type: a code such as 100E10 or 00123 in a
// text cell stays text.
//
// Rows are numbered as a person sees them: the first row of the file is row 1,
// also where it is blank; a quoted cell over several lines is one row.
package table

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// Kind says what a cell is by the file itself.
type Kind uint8

// Kinds of cells. A CSV has Empty and Text only.
const (
	Empty  Kind = iota // nothing stands there
	Text               // text, of any look
	Number             // a workbook's number: Text is plain decimal
	Date               // a workbook's number shown as a date or a time
	Bool               // TRUE or FALSE
	Error              // a workbook's error, such as #N/A, or a formula without a value
)

// Cell is one cell of a row. Strings are shared with the row and stay valid.
type Cell struct {
	Raw   string // as it stands in the file
	Text  string // as a person sees it; for CSV the same as Raw
	Doubt string // why a person should look at this cell; never holds its value
	Kind  Kind
}

// Row is one row below the header. It has as many cells as there are columns.
type Row struct {
	Number  int
	Cells   []Cell   // reused by the next call of Next
	Refused *Refusal // not nil: this row cannot be taken, its cells are not to be used
}

// Column is one column. Key is how a mapping names it: the header's text, and
// for the second column of one name the text followed by "#2". A blank header
// has the key "", a second one "#2".
type Column struct {
	Name string `json:"name"`
	Key  string `json:"key"`
}

// Sheet is one sheet of a workbook.
type Sheet struct {
	Name   string `json:"name"`
	Hidden bool   `json:"hidden"`
}

// Info is what was understood of the file before its rows.
type Info struct {
	Format    string   `json:"format"`              // "csv", "xlsx", "xls", "ods", "json", "jsonl", "html", "docx" or "pfif"
	Encoding  string   `json:"encoding,omitempty"`  // of a CSV: "utf-8", "utf-16le", "windows-1251", …
	BOM       bool     `json:"bom"`                 // the file began with a byte order mark
	Delimiter string   `json:"delimiter,omitempty"` // of a CSV
	Sniffed   bool     `json:"sniffed"`             // the delimiter was found, not given
	Sheet     string   `json:"sheet,omitempty"`     // of a workbook
	Sheets    []Sheet  `json:"sheets,omitempty"`
	Date1904  bool     `json:"date1904"`   // the workbook counts days from 1904
	HeaderRow int      `json:"header_row"` // 0: the list has none
	Columns   []Column `json:"columns"`
	Size      int64    `json:"size"` // bytes of the CSV, or of the sheet unfolded; 0: not known
}

// Table is an open list. Next returns io.EOF after the last row; another error
// ends the reading (*Refusal where the file is at fault).
type Table interface {
	Info() Info
	Next() (*Row, error)
	Notices() []string // what a person should know of the rows read so far; no values
	BytesRead() int64  // of Info.Size, for progress
	Close() error
}

// Options say how to read. The zero value sniffs what can be sniffed.
type Options struct {
	File      string   // the file's name, for messages
	Sheet     string   // of a workbook; empty: the only visible sheet
	HeaderRow int      // 0: row 1
	Storeys   int      // rows of the header, one below the other; 0: one
	NoHeader  bool     // the first row is a row of the list; columns are named A, B, … as spreadsheets do
	Delimiter string   // of a CSV; empty: sniffed
	Encoding  string   // of a CSV; empty: UTF-8, or UTF-16 by its mark
	Wanted    []string // columns that a mapping names: they decide between delimiters
	Limits    Limits

	asFound bool // see Look
	inside  bool // of a ZIP
}

// Limits guard against files that unfold to more than they seem. They are
// absolute sizes; a ratio refuses nothing. Zero values: the defaults.
type Limits struct {
	Unpacked int64 // bytes that the parts of a workbook may unfold to; default 2 GiB
	Strings  int64 // bytes of a workbook's shared texts, held in memory; default 128 MiB
	Entries  int   // parts in the workbook's ZIP; default 10,000
	Cells    int64 // cells read; default 200,000,000
	Row      int   // bytes of one row; default 1 MiB
	Workbook int64 // bytes of a workbook that is read from a stream, and of an old one; default 128 MiB
}

func (l Limits) orDefault() Limits {
	if l.Unpacked == 0 {
		l.Unpacked = 2 << 30
	}
	if l.Strings == 0 {
		l.Strings = 128 << 20
	}
	if l.Entries == 0 {
		l.Entries = 10_000
	}
	if l.Cells == 0 {
		l.Cells = 200_000_000
	}
	if l.Row == 0 {
		l.Row = 1 << 20
	}
	if l.Workbook == 0 {
		l.Workbook = 128 << 20
	}
	return l
}

// headBytes is how much of a file says what it is.
const headBytes = 2048

// Open opens a list of size bytes. What it is, is decided by content: a name
// that ends in .csv does not make a workbook a CSV.
func Open(src io.ReaderAt, size int64, opt Options) (Table, error) {
	head := make([]byte, headBytes)
	n, err := src.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading %s: %w", opt.File, err)
	}
	switch format(head[:n]) {
	case "other":
		return nil, opt.noList(head[:n])
	case "zip":
		return openZIP(src, size, opt)
	case "html":
		return openHTML(src, size, opt)
	case "json":
		return openJSON(src, size, opt)
	case "pfif":
		return openPFIF(src, size, opt)
	case "cfb":
		return openXLS(src, size, opt)
	}
	t, err := openCSV(io.NewSectionReader(src, 0, size), opt)
	if err != nil {
		return nil, err
	}
	t.info.Size = size
	return t, nil
}

// OpenStream opens a list that can be read once, from its beginning. A
// workbook is held in memory for that, up to Limits.Workbook.
func OpenStream(r io.Reader, size int64, opt Options) (Table, error) {
	in := bufio.NewReader(r)
	head, err := in.Peek(headBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading %s: %w", opt.File, err)
	}
	switch format(head) {
	case "csv":
		t, err := openCSV(in, opt)
		if err != nil {
			return nil, err
		}
		t.info.Size = size
		return t, nil
	case "other":
		return Open(bytes.NewReader(head), int64(len(head)), opt)
	}
	limit := opt.Limits.orDefault().Workbook
	if size > limit {
		return nil, opt.tooLarge(limit)
	}
	data := bytes.NewBuffer(make([]byte, 0, min(max(size, 0), limit)+bytes.MinRead))
	if _, err := data.ReadFrom(io.LimitReader(in, limit+1)); err != nil {
		return nil, fmt.Errorf("reading %s: %w", opt.File, err)
	}
	if int64(data.Len()) > limit {
		return nil, opt.tooLarge(limit)
	}
	return Open(bytes.NewReader(data.Bytes()), int64(data.Len()), opt)
}

func (o Options) tooLarge(limit int64) error {
	return o.refuse(fmt.Sprintf("the workbook has more than %d MiB", limit>>20), "the list as CSV, which has no limit")
}

// headerRow is 0 where there is none.
func (o Options) headerRow() int {
	if o.NoHeader {
		return 0
	}
	return max(o.HeaderRow, 1)
}

// measure is the row that says how many cells the others have.
func (o Options) measure() string {
	if o.NoHeader {
		return "first row"
	}
	return "header"
}

// Lettered are columns without names: the letters that spreadsheets show.
func Lettered(width int) []Column {
	names := make([]string, width)
	for i := range names {
		names[i] = columnName(i)
	}
	return columnsOf(names)
}

// refuse begins a refusal of the whole file.
func (o Options) refuse(why, want string) *Refusal {
	return &Refusal{File: o.File, Sheet: o.Sheet, Why: why, Want: want}
}

// Columns are the columns of a list by what stands in its header.
func Columns(names []string) []Column { return columnsOf(names) }

// columnsOf gives every header cell its key. A header that reads like the key
// of another column keeps its own text.
func columnsOf(names []string) []Column {
	taken := make(map[string]bool, len(names))
	for _, n := range names {
		taken[n] = true
	}
	seen := make(map[string]bool, len(names))
	next := make(map[string]int)
	columns := make([]Column, len(names))
	for i, n := range names {
		key := n
		for seen[key] {
			next[n] = max(next[n], 1) + 1
			key = fmt.Sprintf("%s#%d", n, next[n])
			if taken[key] {
				key = n // that text is a header of its own: take the next number
			}
		}
		seen[key] = true
		columns[i] = Column{Name: n, Key: key}
	}
	return columns
}

// Keys are the keys of all columns, in order.
func (i Info) Keys() []string {
	keys := make([]string, len(i.Columns))
	for n, c := range i.Columns {
		keys[n] = c.Key
	}
	return keys
}

// Pinpoint is where row n stands: "row 7", or "sheet!row 7" in a workbook.
func (i Info) Pinpoint(n int) string {
	row := "row " + strconv.Itoa(n)
	if i.Sheet != "" {
		return i.Sheet + "!" + row
	}
	return row
}

// IsBlank reports whether s has nothing but white space, of any script, and what
// nobody sees.
func IsBlank(s string) bool {
	s = strings.TrimSpace(s)
	return s == "" || s[0] >= 0x80 && strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || IsUnseen(r) }) == ""
}

func allBlank(cells []Cell) bool {
	for i := range cells {
		if !IsBlank(cells[i].Text) {
			return false
		}
	}
	return true
}

// repeatsHeader is true of a row that says the header again, as files that
// were put one behind the other do.
func repeatsHeader(cells []Cell, columns []Column) bool {
	if len(cells) == 0 || len(cells) != len(columns) {
		return false
	}
	for i := range cells {
		text, marked := strings.CutPrefix(cells[i].Text, "\ufeff")
		if marked && text != columns[i].Name { // a quote behind the mark is read as one of the text
			text = strings.TrimSuffix(strings.TrimPrefix(text, `"`), `"`)
		}
		if text != columns[i].Name {
			return false
		}
	}
	return true
}
