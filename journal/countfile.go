// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
)

const countLine = "recount count/1"

// CountWriter writes a count file: every line of a figure, each an opening of
// one leaf.
type CountWriter struct {
	w      *bufio.Writer
	origin string
	kind   Kind
	n      int64
	root   tlog.Hash
	begun  bool
	order  order
	sc     scratch
	buf    []byte
	err    error
}

// NewCountWriter returns a writer of the count file that an entry states with
// n lines of that kind and that root; both stand in the file's head, so a
// Merkle over the sorted leaves comes first. Nothing is written before the
// first Write or Close.
func NewCountWriter(w io.Writer, origin string, kind Kind, n int64, root tlog.Hash) *CountWriter {
	return &CountWriter{w: bufio.NewWriterSize(w, 1<<16), origin: origin, kind: kind, n: n, root: root}
}

func (w *CountWriter) begin() error {
	if w.begun || w.err != nil {
		return w.err
	}
	w.begun = true
	if w.err = checkOrigin(w.origin); w.err != nil {
		return w.err
	}
	if w.err = w.kind.known(); w.err != nil {
		return w.err
	}
	if w.err = checkSize(w.n); w.err != nil {
		return w.err
	}
	_, w.err = fmt.Fprintf(w.w, "%s\n%s\n%s\n%d\n%s\n\n", countLine, w.origin, w.kind.Name, w.n, encode64(w.root[:]))
	return w.err
}

// Write appends a line. Leaves must come in strictly ascending order;
// fault.Invalid refuses another, and a line of another kind. After an error
// every call answers it again.
func (w *CountWriter) Write(o Opening) error {
	if err := w.begin(); err != nil {
		return err
	}
	if w.err = w.add(o); w.err != nil {
		return w.err
	}
	w.buf = w.buf[:0]
	for j, f := range o.Fields {
		if j > 0 {
			w.buf = append(w.buf, ' ')
		}
		w.buf = appendToken(w.buf, f)
	}
	w.buf = append(w.buf, '\n')
	if len(w.buf) > maxLine {
		w.err = fmt.Errorf("%w: a line of %d bytes in a count file; at most %d are accepted", fault.Invalid, len(w.buf), maxLine)
		return w.err
	}
	_, w.err = w.w.Write(w.buf)
	return w.err
}

func (w *CountWriter) add(o Opening) error {
	if o.Kind != w.kind.Name {
		return fmt.Errorf("%w: a %.64q in a count file of %s", fault.Invalid, o.Kind, w.kind.Name)
	}
	leaf, err := o.leaf(&w.sc, w.origin)
	if err != nil {
		return err
	}
	if err := w.order.add(leaf); err != nil {
		return fmt.Errorf("%w: count file: %w", fault.Invalid, err)
	}
	return nil
}

// Close writes what is buffered; it does not close the writer below. It
// answers fault.Tampered when the lines are not the n with the root that were
// announced.
func (w *CountWriter) Close() error {
	if err := w.begin(); err != nil {
		return err
	}
	if w.err = w.order.closed(w.n, w.root); w.err != nil {
		return w.err
	}
	if w.err = w.w.Flush(); w.err != nil {
		return w.err
	}
	w.err = errClosed
	return nil
}

func (o *order) closed(n int64, root tlog.Hash) error {
	if o.merkle.Size() != n || o.merkle.Root() != root {
		return fmt.Errorf("%w: count file: %d lines with root %s; its head states %d with root %s", fault.Tampered, o.merkle.Size(), o.merkle.Root(), n, root)
	}
	return nil
}

// CountReader reads a count file.
type CountReader struct {
	r      *bufio.Reader
	origin string
	kind   Kind
	n      int64
	root   tlog.Hash
	order  order
	sc     scratch
	long   []byte
	err    error
}

// NewCountReader reads the head of a count file. It answers fault.Invalid for
// what is none and ErrUnknownKind for lines of a kind that this release does
// not know.
func NewCountReader(r io.Reader) (*CountReader, error) {
	c := &CountReader{r: bufio.NewReaderSize(r, 1<<16)}
	var head [6]string
	for i := range head {
		line, err := c.readLine(512)
		if err != nil {
			return nil, fmt.Errorf("head of a count file: %w", noEOF(err, fault.Invalid))
		}
		if i == 0 && line != countLine {
			return nil, fmt.Errorf("%w: not a count file: its first line is not %q", fault.Invalid, countLine)
		}
		head[i] = line
	}
	if err := c.parseHead(head); err != nil {
		return nil, fmt.Errorf("head of a count file: %w", err)
	}
	return c, nil
}

func (c *CountReader) parseHead(head [6]string) error {
	c.origin = head[1]
	err := checkOrigin(c.origin)
	if err != nil {
		return err
	}
	if err := checkKindName(head[2]); err != nil {
		return err
	}
	if c.n, err = parseNumber(head[3]); err != nil {
		return err
	}
	if c.root, err = parseHash(head[4]); err != nil {
		return err
	}
	if head[5] != "" {
		return fmt.Errorf("%w: no blank line after the root", fault.Invalid)
	}
	var ok bool
	if c.kind, ok = KindNamed(head[2]); !ok {
		return fmt.Errorf("%w: %s", ErrUnknownKind, head[2])
	}
	return nil
}

// Origin, Kind, Size and Root are what the head states. An entry must state
// the same, and Next must have come to io.EOF, before they mean anything.
func (c *CountReader) Origin() string  { return c.origin }
func (c *CountReader) Kind() Kind      { return c.kind }
func (c *CountReader) Size() int64     { return c.n }
func (c *CountReader) Root() tlog.Hash { return c.root }

// Next is the next line, and io.EOF after the last, when number and root of
// all lines are those of the head. It answers fault.Invalid for what is no
// line and fault.Tampered for a line out of order, too many, too few or with
// another content than was counted.
func (c *CountReader) Next() (Opening, error) {
	if c.err != nil {
		return Opening{}, c.err
	}
	o, err := c.next()
	if err != nil {
		c.err = err
		return Opening{}, err
	}
	return o, nil
}

// Leaf is the leaf of the line that Next answered last.
func (c *CountReader) Leaf() Leaf { return c.order.last }

// Number is how many lines Next has answered: that of the last one, from 1.
func (c *CountReader) Number() int64 { return c.order.merkle.Size() }

func (c *CountReader) next() (Opening, error) {
	number := c.Number() + 1
	line, err := c.readLine(maxLine)
	if err == io.EOF {
		if err := c.order.closed(c.n, c.root); err != nil {
			return Opening{}, err
		}
		return Opening{}, io.EOF
	}
	if err != nil {
		return Opening{}, fmt.Errorf("count file, line %d: %w", number, noEOF(err, fault.Tampered))
	}
	if number > c.n {
		return Opening{}, fmt.Errorf("%w: count file: more than the %d lines of its head", fault.Tampered, c.n)
	}
	o, err := parseCountLine(c.kind, line)
	if err != nil {
		return Opening{}, fmt.Errorf("count file, line %d: %w", number, err)
	}
	leaf, err := o.leaf(&c.sc, c.origin)
	if err != nil {
		return Opening{}, fmt.Errorf("count file, line %d: %w", number, err)
	}
	if err := c.order.add(leaf); err != nil {
		return Opening{}, fmt.Errorf("%w: count file, line %d: %w", fault.Tampered, number, err)
	}
	return o, nil
}

func parseCountLine(kind Kind, line string) (Opening, error) {
	if n := strings.Count(line, " ") + 1; n != len(kind.Fields) {
		return Opening{}, fmt.Errorf("%w: %d tokens; the %d of %s are accepted", fault.Invalid, n, len(kind.Fields), kind.Name)
	}
	o := Opening{Kind: kind.Name, Fields: make([]OpenField, len(kind.Fields))}
	j := 0
	for token := range strings.SplitSeq(line, " ") {
		f, err := parseToken(kind.Fields[j], token)
		if err != nil {
			return Opening{}, err
		}
		o.Fields[j] = f
		j++
	}
	return o, nil
}

// readLine reads a line of at most limit bytes and cuts its end off. At the
// end of the file it answers io.EOF; within a line io.ErrUnexpectedEOF.
func (c *CountReader) readLine(limit int) (string, error) {
	c.long = c.long[:0]
	for {
		part, err := c.r.ReadSlice('\n')
		if len(c.long)+len(part) > limit {
			return "", fmt.Errorf("%w: a line of more than %d bytes", fault.Invalid, limit)
		}
		switch {
		case err == nil && len(c.long) == 0:
			return string(part[:len(part)-1]), nil
		case err == nil:
			c.long = append(c.long, part...)
			return string(c.long[:len(c.long)-1]), nil
		case errors.Is(err, bufio.ErrBufferFull):
			c.long = append(c.long, part...)
		case err == io.EOF && len(c.long)+len(part) > 0:
			return "", io.ErrUnexpectedEOF
		default:
			return "", err
		}
	}
}

// noEOF gives an end where none may be the kind that is said.
func noEOF(err, kind error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: cut off", kind)
	}
	return err
}
