// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"sync"

	"recount/fault"
	"recount/internal/durable"
	"recount/journal"
)

// buckets part the leaves by their first byte. A leaf is a hash, so they fill
// evenly: of a million rows of a kilobyte each holds 4 MB.
const buckets = 256

// blockSize is how much of a bucket is gathered before it is written out: in
// all buckets together at most 12 MiB.
const blockSize = 48 << 10

// spill sorts rows by leaf outside of memory. They lie in temporary files, in
// blocks sealed with AES-256-GCM. Each process that adds to it writes a file of
// its own under a key of its own, so that no key ever seals two things under one
// number. A key is written down, wrapped, only where work shall be gone on with
// (marked); else what a crash leaves behind says nothing.
type spill struct {
	name    string // of the files, each with its number behind it
	files   durable.Files
	rand    io.Reader
	buckets [buckets]bucket

	mu    sync.Mutex // of what follows
	parts []*part
	own   bool // the last of the parts is this process' own
}

type bucket struct {
	mu     sync.Mutex
	buf    []byte
	blocks []block
}

// block is where a sealed piece of a bucket lies.
type block struct {
	part   *part
	number uint64 // its nonce
	at     int64
	size   int
}

// spilled is one row as it comes back. Its strings and bytes share the memory
// of its bucket.
type spilled struct {
	leaf   journal.Leaf
	key    journal.Key
	kind   string
	body   []byte
	values string // each with its length before it
}

func newSpill(files durable.Files, name string, rand io.Reader) *spill {
	return &spill{name: name, files: files, rand: rand}
}

// add takes one row. It is safe for concurrent use.
func (s *spill) add(sealed journal.Sealed, key journal.Key, values []journal.Value) error {
	number := sealed.Leaf[0]
	b := &s.buckets[number]
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buf = append(b.buf, sealed.Leaf[:]...)
	b.buf = append(b.buf, key[:]...)
	b.buf = binary.AppendUvarint(b.buf, uint64(len(sealed.Kind)))
	b.buf = append(b.buf, sealed.Kind...)
	b.buf = binary.AppendUvarint(b.buf, uint64(len(sealed.Body)))
	b.buf = append(b.buf, sealed.Body...)
	size := 0
	for _, v := range values {
		size += uvarintSize(len(v)) + len(v)
	}
	b.buf = binary.AppendUvarint(b.buf, uint64(size))
	for _, v := range values {
		b.buf = binary.AppendUvarint(b.buf, uint64(len(v)))
		b.buf = append(b.buf, v...)
	}
	if len(b.buf) < blockSize {
		return nil
	}
	return s.writeOut(number, b)
}

func uvarintSize(n int) int {
	size := 1
	for ; n >= 0x80; n >>= 7 {
		size++
	}
	return size
}

// writeOut seals what a bucket has gathered; its lock is held.
func (s *spill) writeOut(number byte, b *bucket) error {
	if len(b.buf) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.own {
		if err := s.newPart(); err != nil {
			return err
		}
	}
	p := s.parts[len(s.parts)-1]
	at, err := p.write(number, b.buf)
	if err != nil {
		return err
	}
	b.blocks = append(b.blocks, at)
	b.buf = b.buf[:0]
	return nil
}

// sorted calls visit with the rows of each bucket in ascending order of their
// leaves, and the buckets in ascending order. Nothing may be added any more.
func (s *spill) sorted(ctx context.Context, visit func([]spilled) error) error {
	for i := range s.buckets {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := &s.buckets[i]
		content, err := s.load(byte(i), b)
		if err != nil {
			return err
		}
		rows, err := split(content)
		if err != nil {
			return err
		}
		slices.SortFunc(rows, func(a, b spilled) int { return slices.Compare(a.leaf[:], b.leaf[:]) })
		if err := visit(rows); err != nil {
			return err
		}
	}
	return nil
}

// load reads a bucket back and gives its memory to the caller.
func (s *spill) load(number byte, b *bucket) ([]byte, error) {
	size := len(b.buf)
	for _, block := range b.blocks {
		size += block.size
	}
	content := make([]byte, 0, size)
	sealed := make([]byte, 0, blockSize+1<<16)
	for _, block := range b.blocks {
		sealed = slices.Grow(sealed[:0], block.size)[:block.size]
		var err error
		if content, err = block.part.read(content, sealed, block, number); err != nil {
			return nil, err
		}
	}
	content = append(content, b.buf...)
	b.buf, b.blocks = nil, nil
	return content, nil
}

var errSpill = fmt.Errorf("%w: a temporary row is cut off", fault.Tampered)

func split(content []byte) ([]spilled, error) {
	text := string(content) // the values of all rows are parts of this one string
	var rows []spilled
	for at := 0; at < len(content); {
		if len(content)-at < 64 {
			return nil, errSpill
		}
		r := spilled{leaf: journal.Leaf(content[at : at+32]), key: journal.Key(content[at+32 : at+64])}
		at += 64
		from, to, ok := piece(content, at)
		if !ok {
			return nil, errSpill
		}
		r.kind = text[from:to]
		if from, to, ok = piece(content, to); !ok {
			return nil, errSpill
		}
		r.body = content[from:to:to]
		if from, to, ok = piece(content, to); !ok {
			return nil, errSpill
		}
		r.values = text[from:to]
		at = to
		rows = append(rows, r)
	}
	return rows, nil
}

// piece finds what stands at at behind its length.
func piece(content []byte, at int) (from, to int, ok bool) {
	size, n := binary.Uvarint(content[min(at, len(content)):])
	from = at + n
	if n <= 0 || size > uint64(len(content)-from) {
		return 0, 0, false
	}
	return from, from + int(size), true
}

// split parts the values of a row into dest, which it gives back.
func (r *spilled) split(dest []journal.Value) ([]journal.Value, error) {
	dest = dest[:0]
	for s := r.values; s != ""; {
		size, n := shortUvarint(s)
		if n == 0 || size > len(s)-n {
			return nil, errSpill
		}
		dest = append(dest, journal.Value(s[n:n+size]))
		s = s[n+size:]
	}
	return dest, nil
}

// shortUvarint is binary.Uvarint of a string; n is 0 where none stands there.
func shortUvarint(s string) (value, n int) {
	for i := 0; i < len(s) && i < 5; i++ {
		value |= int(s[i]&0x7f) << (7 * i)
		if s[i] < 0x80 {
			return value, i + 1
		}
	}
	return 0, 0
}
