// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// headSize is how much of a CSV is looked at to find its delimiter.
const headSize = 64 << 10

type csvTable struct {
	opt     Options
	info    Info
	in      *counter
	scan    *csvScanner
	sample  []byte // the beginning of a file that should be UTF-8
	decoded bool   // from another encoding: a letter that was not there shows as U+FFFD
	row     Row
	number  int  // of the record read last
	held    bool // that record is a row that is still to be given
	blank   int
	bom     int // rows with a byte order mark inside
	damaged int // rows with U+FFFD in a file that is UTF-8
	control int // rows with control characters
	done    error
}

func openCSV(r io.Reader, opt Options) (*csvTable, error) {
	opt.Limits = opt.Limits.orDefault()
	if opt.Sheet != "" {
		return nil, (Options{File: opt.File}).refuse(fmt.Sprintf("a sheet %q is named, but a CSV has no sheets", opt.Sheet),
			`the mapping without "sheet", or the workbook`)
	}
	t := &csvTable{opt: opt, in: &counter{r: r}}
	t.info = Info{Format: "csv", Delimiter: opt.Delimiter, HeaderRow: opt.headerRow()}
	body, err := t.decode(bufio.NewReaderSize(t.in, headSize))
	if err != nil {
		return nil, err
	}
	head, err := body.Peek(headSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading %s: %w", opt.File, err)
	}
	if err := t.findDelimiter(body, head); err != nil {
		return nil, err
	}
	if t.info.Encoding == "utf-8" && !utf8.Valid(whole(head, err)) {
		t.sample = bytes.Clone(head)
	}
	t.scan = newCSVScanner(body, t.info.Delimiter[0], opt.Limits.Row)
	if opt.asFound {
		t.info.HeaderRow = 0
		return t, nil
	}
	if err := t.readHeader(); err != nil {
		return nil, err
	}
	return t, nil
}

// whole is the beginning of a file without a letter that it may have cut; err is
// io.EOF where it is the whole file.
func whole(head []byte, err error) []byte {
	if err != nil {
		return head
	}
	return head[:max(0, len(head)-utf8.UTFMax)]
}

// decode strips the mark at the start and puts the decoder in place.
func (t *csvTable) decode(in *bufio.Reader) (*bufio.Reader, error) {
	head, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading %s: %w", t.opt.File, err)
	}
	if err := CheckEncoding(t.opt.Encoding); err != nil {
		return nil, err
	}
	marked, n := markOf(head)
	name := t.opt.Encoding
	if name == "" {
		name = "utf-8"
		if marked != "" {
			name = marked
		}
	}
	if t.opt.Encoding == "" && marked == "" {
		head, err := in.Peek(headBytes)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("reading %s: %w", t.opt.File, err)
		}
		if by := unmarked(head); by != "" {
			return nil, t.opt.refuse("it looks like text in UTF-16 without the mark that says so", fmt.Sprintf(`the mapping's "encoding": %q; or the list in UTF-8`, by))
		}
	}
	t.info.Encoding = name
	t.info.BOM = marked == name
	if t.info.BOM {
		if _, err := in.Discard(n); err != nil {
			return nil, fmt.Errorf("reading %s: %w", t.opt.File, err)
		}
		for name == "utf-8" { // some programs put one in front of one that is there
			if again, _ := in.Peek(n); markedAs(again) != name {
				break
			}
			if _, err := in.Discard(n); err != nil {
				return nil, fmt.Errorf("reading %s: %w", t.opt.File, err)
			}
		}
	}
	if name == "utf-8" {
		return in, nil
	}
	t.decoded = true
	return bufio.NewReaderSize(transform.NewReader(in, encodings()[name].NewDecoder()), headSize), nil
}

// findDelimiter obeys the mapping, then the line "sep=;" that some spreadsheet
// programs write and hide, then the header row.
func (t *csvTable) findDelimiter(body *bufio.Reader, head []byte) error {
	if delimiter, n := sepLine(head); n > 0 {
		if t.info.Delimiter == "" {
			t.info.Delimiter = delimiter
		}
		if _, err := body.Discard(n); err != nil {
			return fmt.Errorf("reading %s: %w", t.opt.File, err)
		}
		head = head[n:]
	}
	if t.info.Delimiter == "" {
		t.info.Delimiter = sniff(head, t.info.HeaderRow, t.opt.Wanted)
		t.info.Sniffed = true
	}
	d := t.info.Delimiter
	if len(d) != 1 || d[0] >= 0x80 || strings.ContainsAny(d, "\"\r\n\x00") {
		return t.opt.refuse(fmt.Sprintf("%q cannot be a delimiter", d), `one character such as ";", "," or "\t"`)
	}
	return nil
}

// sepLine reads the line "sep=;", in letters of either size and also in quotes, and
// its length with what ends it; 0 where there is none.
func sepLine(head []byte) (delimiter string, n int) {
	end := bytes.IndexAny(head[:min(len(head), 16)], "\r\n")
	if end < 0 {
		return "", 0
	}
	line := head[:end]
	if q := len(line) - 1; q > 0 && line[0] == '"' && line[q] == '"' {
		line = line[1:q]
	}
	if len(line) != len("sep=;") || !bytes.EqualFold(line[:4], []byte("sep=")) {
		return "", 0
	}
	if n = end + 1; head[end] == '\r' && n < len(head) && head[n] == '\n' {
		n++
	}
	return string(line[4:]), n
}

// sniff takes the delimiter under which the header row has most of the wanted
// columns, and else the one that stands in it most; a comma where none does.
func sniff(head []byte, headerRow int, wanted []string) string {
	want := make(map[string]bool, len(wanted))
	for _, w := range wanted {
		want[FoldHeader(w)] = true
	}
	best, bestFound, bestFields := ",", -1, 1
	for _, d := range []string{",", ";", "\t", "|"} {
		s := newCSVScanner(bytes.NewReader(head), d[0], len(head))
		for range max(headerRow, 1) {
			if s.next() != nil {
				break
			}
		}
		found, start := 0, 0
		for _, end := range s.ends {
			if len(want) > 0 && want[FoldHeader(string(s.out[start:end]))] {
				found++
			}
			start = end
		}
		if found > bestFound || (found == bestFound && len(s.ends) > bestFields) {
			best, bestFound, bestFields = d, found, len(s.ends)
		}
	}
	return best
}

func (t *csvTable) readHeader() error {
	if t.opt.NoHeader {
		return t.nameByLetters()
	}
	for t.number < t.info.HeaderRow {
		err := t.scan.next()
		if errors.Is(err, io.EOF) {
			return t.opt.refuse(fmt.Sprintf("the file ends before row %d, where the header should stand", t.info.HeaderRow),
				"a file with a header row and rows below it")
		}
		if err != nil {
			return t.fatal(err)
		}
		t.number++
	}
	cells := make([]Cell, len(t.scan.ends))
	text := string(t.scan.out)
	if r := t.faultOf(text); r != nil {
		return r
	}
	cut(cells, text, t.scan.ends)
	cells[0].Text = strings.TrimPrefix(cells[0].Text, byteOrderMark) // inside of its quotes, as programs write it who took it for text
	if allBlank(cells) {
		r := t.opt.refuse("the header row is blank", `the mapping's "header_row" naming the row that holds the names of the columns`)
		r.Row = t.number
		return r
	}
	storeys := [][]string{textsOf(cells)}
	for len(storeys) < t.opt.Storeys {
		if err := t.scan.next(); errors.Is(err, io.EOF) {
			return t.opt.refuse("the file ends within its header", "a file with rows below its header")
		} else if err != nil {
			return t.fatal(err)
		}
		t.number++
		below, text := make([]Cell, len(t.scan.ends)), string(t.scan.out)
		if r := t.faultOf(text); r != nil {
			return r
		}
		cut(below, text, t.scan.ends)
		storeys = append(storeys, textsOf(below))
	}
	t.info.Columns = columnsOf(storeyed(storeys))
	t.row.Cells = make([]Cell, len(t.info.Columns))
	return nil
}

// nameByLetters takes the width of the list from its first row that is not blank.
func (t *csvTable) nameByLetters() error {
	for {
		if err := t.scan.next(); errors.Is(err, io.EOF) {
			return t.opt.refuse("the list has no rows", "at least one")
		} else if err != nil {
			return t.fatal(err)
		}
		t.number++
		if !IsBlank(string(t.scan.out)) {
			break
		}
		t.blank++
	}
	t.held = true
	t.info.Columns = Lettered(len(t.scan.ends))
	t.row.Cells = make([]Cell, len(t.scan.ends))
	return nil
}

func (t *csvTable) Info() Info       { return t.info }
func (t *csvTable) BytesRead() int64 { return t.in.n }
func (t *csvTable) Close() error     { return nil }

// Next reads the next row that is not blank.
func (t *csvTable) Next() (*Row, error) {
	for t.done == nil {
		if !t.held {
			if err := t.scan.next(); err != nil {
				t.done = t.fatal(err)
				break
			}
			t.number++
		}
		t.held = false
		text := string(t.scan.out)
		if !t.scan.long && (IsBlank(text) || text == endOfDOS) {
			t.blank++
			continue
		}
		t.row.Number = t.number
		t.row.Refused = t.check(text)
		return &t.row, nil
	}
	return nil, t.done
}

// endOfDOS is the character by which old programs say that a file ends.
const endOfDOS = "\x1a"

// check fills the row's cells, or says why the row cannot be taken. A row that goes
// over several lines says which: a quote too many makes one row of many.
func (t *csvTable) check(text string) *Refusal {
	r := t.fill(text)
	if r != nil && t.scan.last > t.scan.began {
		r.Why += fmt.Sprintf("; the row goes from line %d to line %d of the file", t.scan.began, t.scan.last)
	}
	return r
}

func (t *csvTable) fill(text string) *Refusal {
	if r := t.faultOf(text); r != nil {
		return r
	}
	if t.opt.asFound {
		t.row.Cells = slices.Grow(t.row.Cells[:0], len(t.scan.ends))[:len(t.scan.ends)]
		cut(t.row.Cells, text, t.scan.ends)
		t.lookAtMarks(text)
		return nil
	}
	if got, want := len(t.scan.ends), len(t.info.Columns); got != want {
		r := t.at(-1)
		r.Why = fmt.Sprintf("the row has %d cells, the %s has %d", got, t.opt.measure(), want)
		r.Want = fmt.Sprintf("%d cells between %q; a cell that holds the delimiter stands in quotes", want, t.info.Delimiter)
		return r
	}
	cut(t.row.Cells, text, t.scan.ends)
	t.lookAtMarks(text)
	if t.scan.bare > 0 {
		t.row.Cells[t.scan.bare-1].Doubt = "a quote stands inside a cell that is not in quotes; it was kept as text"
	}
	if c := &t.row.Cells[0]; strings.HasPrefix(c.Text, byteOrderMark) { // the beginning of a file that was put behind another
		c.Text = c.Text[len(byteOrderMark):]
		c.Raw = c.Text
	}
	if t.scan.quoted && strings.ContainsAny(text, "\r\n") {
		t.lookForRowsInside()
	}
	if !t.opt.NoHeader && repeatsHeader(t.row.Cells, t.info.Columns) {
		r := t.at(-1)
		r.Why, r.Want = "the row repeats the header, as in files that were put one behind the other", "the file without that row"
		return r
	}
	return nil
}

// lookForRowsInside flags a cell over several lines that would be whole rows without
// its quotes: two quotes that were meant as letters make one row of several.
func (t *csvTable) lookForRowsInside() {
	width := len(t.row.Cells)
	for at := range t.row.Cells {
		c := &t.row.Cells[at]
		lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(c.Text), "\n")
		rows := len(lines) > 1 && width > 1
		for i, line := range lines {
			want := width - 1
			switch i {
			case 0:
				want -= at
			case len(lines) - 1:
				want = at
			}
			rows = rows && strings.Count(line, t.info.Delimiter) == want
		}
		if rows {
			c.Doubt = "the cell goes over several lines that look like rows of the list: a quote may stand there that was meant as a letter"
		}
	}
}

// cut slices text at ends into cells.
func cut(cells []Cell, text string, ends []int) {
	start := 0
	for i, end := range ends {
		s := text[start:end]
		c := &cells[i]
		c.Raw, c.Text, c.Doubt, c.Kind = s, s, "", Text
		if s == "" {
			c.Kind = Empty
		}
		start = end
	}
}

// lookAtMarks flags byte order marks inside the file, letters that were lost
// before the file came here, and control characters.
func (t *csvTable) lookAtMarks(text string) {
	m := marksIn(text)
	if m == (marks{}) {
		return
	}
	m.count(&t.bom, &t.damaged, &t.control)
	for i := range t.row.Cells {
		if c := &t.row.Cells[i]; c.Doubt == "" {
			c.Doubt = marksIn(c.Text).doubt()
		}
	}
}

// faultOf finds what makes a record unreadable as bytes or by its quotes.
func (t *csvTable) faultOf(text string) *Refusal {
	if t.scan.long {
		r := t.at(-1)
		r.Why = fmt.Sprintf("the row is longer than %d bytes", t.opt.Limits.Row)
		r.Want = "rows of a list, each on a line of its own"
		return r
	}
	if t.scan.after > 0 {
		r := t.at(t.scan.after - 1)
		r.Why = "text stands behind the closing quote"
		r.Want = `a quote inside a quoted cell written twice: ""`
		return r
	}
	if i := strings.IndexByte(text, 0); i >= 0 {
		r := t.at(t.fieldAt(i))
		r.Why, r.Want = "the cell holds a NUL byte (hex 00)", "text; a file in UTF-16 says so by its mark or in the mapping's \"encoding\""
		return r
	}
	if t.decoded {
		if i := strings.IndexRune(text, utf8.RuneError); i >= 0 {
			r := t.at(t.fieldAt(i))
			r.Why = fmt.Sprintf("the cell holds a byte that %s does not have", t.info.Encoding)
			r.Want = `the mapping's "encoding" naming the file's own`
			return r
		}
		return nil
	}
	if utf8.ValidString(text) {
		return nil
	}
	i, b := t.scan.invalidField()
	r := t.at(i)
	r.Why = "the cell is not UTF-8: bytes " + hexOf(b) + " (hex)"
	if i < 0 { // the bytes of two fields happen to join to valid text; cannot be with a delimiter below 0x80
		r.Why = "the row is not UTF-8"
	}
	r.Want = `UTF-8, or the mapping's "encoding" naming another one`
	r.Value, r.HasValue = strings.ToValidUTF8(string(b), "\ufffd"), true
	r.Hint = readings(t.sample, b)
	return r
}

// fieldAt is the 0-based field that holds byte i of the record's text.
func (t *csvTable) fieldAt(i int) int {
	for f, end := range t.scan.ends {
		if i < end {
			return f
		}
	}
	return -1
}

// at begins a refusal of the row read last; field -1: of the whole row.
func (t *csvTable) at(field int) *Refusal {
	r := &Refusal{File: t.opt.File, Row: t.number}
	if field < 0 {
		return r
	}
	r.InColumn = true
	r.Column = fmt.Sprintf("column %d", field+1)
	if field < len(t.info.Columns) {
		r.Column = t.info.Columns[field].Key
	}
	return r
}

// fatal turns an error of the scanner into one that names the row.
func (t *csvTable) fatal(err error) error {
	var open openQuote
	var r *Refusal
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.As(err, &r): // what it is read from is damaged
		return r
	case errors.As(err, &open):
		t.number++
		r := t.at(open.field - 1)
		r.Why = fmt.Sprintf("the quote that opens here, on line %d of the file, is never closed; nothing behind it can be read", open.line)
		r.Want = "a closing quote"
		return r
	}
	return fmt.Errorf("reading %s after row %d: %w", t.opt.File, t.number, err)
}

// Notices say what a person should know of the rows read so far.
func (t *csvTable) Notices() []string {
	var n []string
	if t.blank > 0 {
		n = append(n, fmt.Sprintf("blank rows passed over: %d", t.blank))
	}
	for _, of := range []struct {
		rows int
		what string
	}{{t.bom, noticeBOM}, {t.damaged, noticeReplaced}, {t.control, noticeControl}} {
		if of.rows > 0 {
			n = append(n, fmt.Sprintf("%s: %d", of.what, of.rows))
		}
	}
	return n
}

// counter counts the bytes that were read of the file.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
