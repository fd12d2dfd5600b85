// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
)

const rowsLine = "recount rows/1"

// order holds what row files and count files have in common: leaves strictly
// ascending, and the root over them.
type order struct {
	merkle Merkle
	last   Leaf
}

func (o *order) add(l Leaf) error {
	if o.merkle.Size() > 0 && bytes.Compare(l[:], o.last[:]) <= 0 {
		return fmt.Errorf("leaf %s follows leaf %s: leaves stand once, in ascending order", l, o.last)
	}
	o.merkle.Add(l[:])
	o.last = l
	return nil
}

// RowWriter writes a row file.
type RowWriter struct {
	w      *bufio.Writer
	origin string
	begun  bool
	order  order
	buf    []byte
	err    error
}

// NewRowWriter returns a writer of the row file of a case; nothing is written
// before the first Write or Close.
func NewRowWriter(w io.Writer, origin string) *RowWriter {
	return &RowWriter{w: bufio.NewWriterSize(w, 1<<16), origin: origin}
}

func (w *RowWriter) begin() error {
	if w.begun || w.err != nil {
		return w.err
	}
	w.begun = true
	if w.err = checkOrigin(w.origin); w.err != nil {
		return w.err
	}
	_, w.err = w.w.WriteString(rowsLine + "\n" + w.origin + "\n")
	return w.err
}

// Write appends a row. Leaves must come in strictly ascending order;
// fault.Invalid refuses another, and a body or kind that no Sealer makes.
// After an error every call answers it again.
func (w *RowWriter) Write(s Sealed) error {
	if err := w.begin(); err != nil {
		return err
	}
	if err := w.check(s); err != nil {
		w.err = fmt.Errorf("%w: row file: %w", fault.Invalid, err)
		return w.err
	}
	w.buf = append(w.buf[:0], s.Leaf[:]...)
	w.buf = binary.BigEndian.AppendUint16(w.buf, uint16(len(s.Kind)))
	w.buf = append(w.buf, s.Kind...)
	w.buf = binary.BigEndian.AppendUint32(w.buf, uint32(len(s.Body)))
	if _, w.err = w.w.Write(w.buf); w.err == nil {
		_, w.err = w.w.Write(s.Body)
	}
	return w.err
}

func (w *RowWriter) check(s Sealed) error {
	if err := checkKindName(s.Kind); err != nil {
		return err
	}
	if !isBodySize(int64(len(s.Body))) {
		return fmt.Errorf("leaf %s has a body of %d bytes", s.Leaf, len(s.Body))
	}
	return w.order.add(s.Leaf)
}

// Close writes what is buffered and answers the number of rows and their
// root. It does not close the writer below.
func (w *RowWriter) Close() (n int64, root tlog.Hash, err error) {
	if err := w.begin(); err != nil {
		return 0, tlog.Hash{}, err
	}
	if w.err = w.w.Flush(); w.err != nil {
		return 0, tlog.Hash{}, w.err
	}
	w.err = errClosed
	return w.order.merkle.Size(), w.order.merkle.Root(), nil
}

var errClosed = errors.New("the file is already closed")

// RowReader reads a row file.
type RowReader struct {
	r      *bufio.Reader
	origin string
	begun  bool
	order  order
	head   [32 + 2]byte
	name   [maxName]byte
	err    error
}

// NewRowReader returns a reader of the row file of a case.
func NewRowReader(r io.Reader, origin string) *RowReader {
	return &RowReader{r: bufio.NewReaderSize(r, 1<<16), origin: origin}
}

// Next is the next row, and io.EOF after the last. It answers fault.Invalid
// for what is no row file, and fault.Tampered for a file of another case, for
// rows that are out of order and for one that is cut off. The row is not yet
// opened; and a file that ends early between two rows shows itself only when
// Size and Root are held against what the entry states.
func (r *RowReader) Next() (Sealed, error) {
	if r.err == nil && !r.begun {
		r.begun = true
		r.err = r.readHead()
	}
	if r.err != nil {
		return Sealed{}, r.err
	}
	s, err := r.readRow()
	if err != nil {
		r.err = err
		return Sealed{}, err
	}
	return s, nil
}

func (r *RowReader) readHead() error {
	want := rowsLine + "\n"
	if err := r.expect(want); err != nil {
		return fmt.Errorf("%w: not a row file: it does not begin with %q", err, want)
	}
	if err := r.expect(r.origin + "\n"); err != nil {
		if errors.Is(err, fault.Invalid) {
			err = fault.Tampered
		}
		return fmt.Errorf("%w: the row file is not of the case %s", err, r.origin)
	}
	return nil
}

// expect answers fault.Invalid unless s comes next.
func (r *RowReader) expect(s string) error {
	b := make([]byte, len(s))
	_, err := io.ReadFull(r.r, b)
	switch {
	case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) || err == nil && string(b) != s:
		return fault.Invalid
	default:
		return err
	}
}

func (r *RowReader) readRow() (Sealed, error) {
	if _, err := io.ReadFull(r.r, r.head[:]); err == io.EOF {
		return Sealed{}, io.EOF
	} else if err != nil {
		return Sealed{}, r.cut(err)
	}
	var s Sealed
	copy(s.Leaf[:], r.head[:])
	n := int(binary.BigEndian.Uint16(r.head[32:]))
	if n > maxName {
		return Sealed{}, fmt.Errorf("%w: row file: leaf %s has a kind of %d bytes; at most %d were written", fault.Tampered, s.Leaf, n, maxName)
	}
	name := r.name[:n]
	if _, err := io.ReadFull(r.r, name); err != nil {
		return Sealed{}, r.cut(err)
	}
	if k, ok := table().byName[string(name)]; ok {
		s.Kind = k.Name
	} else if s.Kind = string(name); checkKindName(s.Kind) != nil {
		return Sealed{}, fmt.Errorf("%w: row file: leaf %s stands as a %.64q, which is no kind", fault.Tampered, s.Leaf, s.Kind)
	}
	if err := r.order.add(s.Leaf); err != nil {
		return Sealed{}, fmt.Errorf("%w: row file: %w", fault.Tampered, err)
	}
	body, err := r.readBody(s.Leaf)
	if err != nil {
		return Sealed{}, err
	}
	s.Body = body
	return s, nil
}

func (r *RowReader) readBody(l Leaf) ([]byte, error) {
	if _, err := io.ReadFull(r.r, r.head[:4]); err != nil {
		return nil, r.cut(err)
	}
	n := int64(binary.BigEndian.Uint32(r.head[:4]))
	if !isBodySize(n) {
		return nil, fmt.Errorf("%w: row file: leaf %s claims a body of %d bytes", fault.Tampered, l, n)
	}
	if n <= keep {
		body := make([]byte, n)
		if _, err := io.ReadFull(r.r, body); err != nil {
			return nil, r.cut(err)
		}
		return body, nil
	}
	var b bytes.Buffer // grows with what is there, not with what is claimed
	if _, err := io.CopyN(&b, r.r, n); err != nil {
		return nil, r.cut(err)
	}
	return b.Bytes(), nil
}

// cut gives an end within a row its kind; other errors stay what they are.
func (r *RowReader) cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: row file: cut off within row %d", fault.Tampered, r.order.merkle.Size()+1)
	}
	return fmt.Errorf("row file, row %d: %w", r.order.merkle.Size()+1, err)
}

// Size is the number of rows read so far.
func (r *RowReader) Size() int64 { return r.order.merkle.Size() }

// Root is the root over the rows read so far: after io.EOF, that of the file.
func (r *RowReader) Root() tlog.Hash { return r.order.merkle.Root() }
