// SPDX-License-Identifier: Apache-2.0

package table

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/transform"
)

// A list in JSON is an array of objects, or an object that holds one by a name, or
// objects one behind the other (JSON lines). Each object is a row, the first one row
// 1; its keys are the columns, in the order in which they first stand in the list.
// An object inside of a row gives columns such as "address.street".
const (
	mostDepth   = 8    // of objects inside of objects
	mostMembers = 1000 // of a wrapping object, of which some are lists
)

// isJSON is true of the beginning of a list in JSON: an object, or an array of them.
// A CSV whose first column is called "[y]" is none.
func isJSON(head []byte) bool {
	const space = " \t\r\n"
	head = bytes.TrimLeft(trimmedHead(head), lineSpace)
	if rest, ok := bytes.CutPrefix(head, []byte("[")); ok {
		head = bytes.TrimLeft(rest, space)
		if string(bytes.TrimRight(head, space)) == "]" || len(head) > 1 && head[0] == '[' && bytes.IndexByte([]byte("[\"]-0123456789"), head[1]) >= 0 {
			return true // of nothing, or of lists
		}
	}
	rest, ok := bytes.CutPrefix(head, []byte("{"))
	rest = bytes.TrimLeft(rest, space)
	return ok && (len(rest) == 0 || rest[0] == '"' || rest[0] == '}')
}

func openJSON(src io.ReaderAt, size int64, opt Options) (*grid, error) {
	opt.Limits = opt.Limits.orDefault()
	if opt.Delimiter != "" || opt.HeaderRow > 1 || opt.NoHeader {
		return nil, opt.refuse("the mapping names a delimiter or a header, but the list is JSON, whose objects name their columns themselves", "the mapping without them, or a CSV")
	}
	if err := CheckEncoding(opt.Encoding); err != nil {
		return nil, err
	}
	open := func() (*jsonRows, error) {
		t := &jsonRows{opt: opt, at: map[string]int{}, in: &counter{r: io.NewSectionReader(src, 0, size)}}
		return t, t.begin()
	}
	first, err := open()
	if err != nil {
		return nil, err
	}
	if opt, err = first.choose(); err != nil {
		return nil, err
	}
	if err := first.gather(); err != nil {
		return nil, err
	}
	second, err := open()
	if err != nil {
		return nil, err
	}
	second.opt = opt
	if _, err := second.choose(); err != nil {
		return nil, err
	}
	second.names, second.at, second.fixed = first.names, first.at, true
	info := Info{Format: "json", Encoding: first.encoding, Sheet: opt.Sheet, Columns: columnsOf(first.names), Size: size}
	if first.lines {
		info.Format = "jsonl"
	}
	for _, name := range first.lists {
		info.Sheets = append(info.Sheets, Sheet{Name: name})
	}
	switch {
	case len(info.Columns) == 0 && first.others > 0:
		return nil, opt.refuse("the list is one of lists, or of values, and none of its rows names its columns", "a list of objects, each a row, or CSV")
	case len(info.Columns) == 0:
		return nil, opt.refuse("the list has no rows", "at least one object with a name and a value")
	}
	opt.NoHeader = true // no row repeats it
	return newGrid(opt, info, second)
}

// jsonRows are the objects of a list.
type jsonRows struct {
	opt      Options
	in       *counter
	encoding string
	room     *roomReader
	text     *bufio.Reader // the list as text; nil once dec reads it
	marks    *utf8Marks    // of what dec reads
	dec      *json.Decoder
	lines    bool     // one object behind the other
	wrapped  bool     // in an array that is a member of an object
	lists    []string // of a wrapping object, those members that are lists
	names    []string // of the columns
	at       map[string]int
	fixed    bool // the columns are known
	number   int
	inside   bool // of the row with that number
	cells    []Cell
	set      []bool
	arrays   int // rows with a list in a cell
	others   int // rows that are no objects
	done     bool
}

func (t *jsonRows) bytesRead() int64 { return t.in.n }
func (t *jsonRows) close() error     { return nil }
func (t *jsonRows) notices() []string {
	return noticed(nil, t.arrays, "rows in which several values stand in one cell, joined by semicolons")
}

// begin decodes the file and reads what stands before the first object.
func (t *jsonRows) begin() error {
	in := bufio.NewReaderSize(t.in, headSize)
	head, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading %s: %w", t.opt.File, err)
	}
	marked, n := markOf(head)
	if t.encoding = "utf-8"; t.opt.Encoding != "" {
		t.encoding = t.opt.Encoding
	} else if marked != "" {
		t.encoding = marked
	}
	if marked == t.encoding {
		if _, err := in.Discard(n); err != nil {
			return fmt.Errorf("reading %s: %w", t.opt.File, err)
		}
	}
	if by, named := EncodingNamed(t.encoding); named {
		in = bufio.NewReaderSize(transform.NewReader(in, by.NewDecoder()), headSize)
	}
	if t.text = in; t.byLine() {
		return nil
	}
	t.marks = &utf8Marks{}
	t.room = &roomReader{r: transform.NewReader(in, t.marks), left: t.opt.Limits.Row}
	t.dec, t.text = json.NewDecoder(t.room), nil
	t.dec.UseNumber()
	return nil
}

var errLongObject = errors.New("longer than a row may be")

// roomReader ends where a row is longer than it may be: the decoder would hold it
// whole in memory.
type roomReader struct {
	r    io.Reader
	left int
}

func (r *roomReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errLongObject
	}
	n, err := r.r.Read(p)
	r.left -= n
	return n, err
}

// failed says that the list cannot be read further. What stands there is not said:
// it can be somebody's name.
func (t *jsonRows) failed(err error) error {
	row := t.number + 1
	if t.inside {
		row = t.number
	}
	if errors.Is(err, errLongObject) {
		r := t.opt.refuse(fmt.Sprintf("the row is longer than %d bytes; nothing behind it can be read", t.opt.Limits.Row), "objects of a list, each a row")
		r.Row = row
		return r
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		r := t.opt.refuse("it is no JSON from byte "+strconv.FormatInt(t.dec.InputOffset(), 10)+" on", "JSON (RFC 8259): an array of objects, or an object on each line")
		r.Row = row
		return r
	}
	return fmt.Errorf("reading %s after row %d: %w", t.opt.File, t.number, err)
}

// next reads the next object.
func (t *jsonRows) next() (found, error) {
	if t.text != nil {
		return t.nextLine()
	}
	t.room.left, t.inside = t.opt.Limits.Row, false
	from := t.dec.InputOffset()
	if t.done || !t.lines && !t.dec.More() {
		return found{}, t.ended()
	}
	token, err := t.dec.Token()
	if errors.Is(err, io.EOF) && t.lines {
		t.done = true
		return found{}, io.EOF
	}
	if err != nil {
		return found{}, t.failed(err)
	}
	f, err := t.row(token)
	if err != nil {
		return found{}, err
	}
	if bad := t.marks.between(from, t.dec.InputOffset()); bad != "" && f.refused == nil {
		f.refused = t.refuse("the row is not UTF-8: bytes "+bad+" (hex)", `UTF-8, or the mapping's "encoding" naming another one`)
	}
	return f, nil
}

// row reads the row whose first token was read.
func (t *jsonRows) row(first json.Token) (found, error) {
	t.number++
	t.inside = true
	t.cells, t.set = t.cells[:0], t.set[:0]
	f := found{number: t.number}
	if first != json.Delim('{') {
		t.others++
		f.refused = t.refuse("what stands in the list here is no object", "objects, each a row")
		return f, t.passOver(first)
	}
	reading := jsonRow{rows: t, refused: &f.refused}
	if err := reading.object("", 1); err != nil {
		return found{}, t.failed(err)
	}
	if reading.array {
		t.arrays++
	}
	f.cells = t.cells
	return f, nil
}

// ended sees that nothing stands behind the array.
func (t *jsonRows) ended() error {
	if t.done {
		return io.EOF
	}
	t.done = true
	if _, err := t.dec.Token(); err != nil { // the end of the array
		return t.failed(err)
	}
	if t.wrapped {
		return io.EOF // what else stands in the wrapping object was looked at before
	}
	if _, err := t.dec.Token(); !errors.Is(err, io.EOF) {
		return t.opt.refuse("something stands behind the end of the list", "one array of objects")
	}
	return io.EOF
}

func (t *jsonRows) refuse(why, want string) *Refusal {
	r := t.opt.refuse(why, want)
	r.Row = t.number
	return r
}

// passOver reads to the end of a value whose first token was read.
func (t *jsonRows) passOver(first json.Token) error {
	depth := 0
	for token := first; ; {
		if d, ok := token.(json.Delim); ok {
			if d == '{' || d == '[' {
				depth++
			} else {
				depth--
			}
		}
		if depth <= 0 {
			return nil
		}
		var err error
		if token, err = t.dec.Token(); err != nil {
			return t.failed(err)
		}
	}
}

// gather reads the whole list for the names of its columns.
func (t *jsonRows) gather() error {
	for {
		_, err := t.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(t.names) > maxColumn {
			return t.opt.refuse(fmt.Sprintf("the objects have more than %d different keys", maxColumn), "objects that have the same keys")
		}
	}
}

// column is the place of a key, a new one while columns are gathered.
func (t *jsonRows) column(name string) int {
	at, known := t.at[name]
	if !known && !t.fixed {
		at = len(t.names)
		t.at[name] = at
		t.names = append(t.names, strings.Clone(name))
	}
	return at
}
