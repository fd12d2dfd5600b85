// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"recount/fault"
	"recount/journal"
)

// buckets part the leaves by their first byte. A leaf is a hash, so they fill
// evenly: of a million rows of a kilobyte each holds 4 MB.
const buckets = 256

// blockSize is how much of a bucket is gathered before it is written out: in
// all buckets together at most 12 MiB.
const blockSize = 48 << 10

// spill sorts rows by leaf outside of memory. They lie in one temporary file,
// in blocks sealed with AES-256-GCM under a key that this process alone has
// and never writes down: what a crash leaves behind says nothing.
type spill struct {
	aead    cipher.AEAD
	buckets [buckets]bucket

	mu     sync.Mutex // of what follows
	file   *os.File
	end    int64
	blocks uint64
	kinds  []string // a row names its kind by its place here
}

type bucket struct {
	mu     sync.Mutex
	buf    []byte
	blocks []block
}

// block is where a sealed piece of a bucket lies.
type block struct {
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

func newSpill(file string, rand io.Reader) (*spill, error) {
	var key [32]byte
	if _, err := io.ReadFull(rand, key[:]); err != nil {
		return nil, fmt.Errorf("%w: no random bytes for a temporary key: %w", fault.Unavailable, err)
	}
	cipherBlock, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	s := &spill{}
	if s.aead, err = cipher.NewGCM(cipherBlock); err != nil {
		return nil, err
	}
	if s.file, err = os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600); err != nil {
		return nil, fmt.Errorf("%w: the temporary file of an import: %w", fault.Unavailable, err)
	}
	return s, nil
}

// remove takes the file away.
func (s *spill) remove() error {
	name := s.file.Name()
	if err := errors.Join(s.file.Close(), os.Remove(name)); err != nil && !errors.Is(err, os.ErrClosed) && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: removing a temporary file: %w", fault.Unavailable, err)
	}
	return nil
}

// add takes one row. It is safe for concurrent use.
func (s *spill) add(sealed journal.Sealed, key journal.Key, values []journal.Value) error {
	kind := s.kind(sealed.Kind)
	b := &s.buckets[sealed.Leaf[0]]
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buf = append(b.buf, sealed.Leaf[:]...)
	b.buf = append(b.buf, key[:]...)
	b.buf = binary.AppendUvarint(b.buf, uint64(kind))
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
	return s.writeOut(b)
}

func uvarintSize(n int) int {
	size := 1
	for ; n >= 0x80; n >>= 7 {
		size++
	}
	return size
}

func (s *spill) kind(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.kinds, name)
	if i < 0 {
		i = len(s.kinds)
		s.kinds = append(s.kinds, name)
	}
	return i
}

// writeOut seals what a bucket has gathered; its lock is held.
func (s *spill) writeOut(b *bucket) error {
	if len(b.buf) == 0 {
		return nil
	}
	s.mu.Lock()
	number, at := s.blocks, s.end
	size := len(b.buf) + s.aead.Overhead()
	s.blocks++
	s.end += int64(size)
	s.mu.Unlock()
	if _, err := s.file.WriteAt(s.aead.Seal(b.buf[:0], s.nonce(number), b.buf, nil), at); err != nil {
		return fmt.Errorf("%w: the temporary file of an import: %w", fault.Unavailable, err)
	}
	b.blocks = append(b.blocks, block{number, at, size})
	b.buf = b.buf[:0]
	return nil
}

func (s *spill) nonce(number uint64) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 4, 12), number)
}

// sorted calls visit with the rows of each bucket in ascending order of their
// leaves, and the buckets in ascending order. Nothing may be added any more.
func (s *spill) sorted(ctx context.Context, visit func([]spilled) error) error {
	for i := range s.buckets {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := &s.buckets[i]
		content, err := s.load(b)
		if err != nil {
			return err
		}
		rows, err := s.split(content)
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
func (s *spill) load(b *bucket) ([]byte, error) {
	size := len(b.buf)
	for _, block := range b.blocks {
		size += block.size
	}
	content := make([]byte, 0, size)
	sealed := make([]byte, 0, blockSize+1<<16)
	for _, block := range b.blocks {
		sealed = slices.Grow(sealed[:0], block.size)[:block.size]
		if _, err := s.file.ReadAt(sealed, block.at); err != nil {
			return nil, fmt.Errorf("%w: the temporary file of an import: %w", fault.Unavailable, err)
		}
		var err error
		if content, err = s.aead.Open(content, s.nonce(block.number), sealed, nil); err != nil {
			return nil, fmt.Errorf("%w: the temporary file of an import was changed", fault.Tampered)
		}
	}
	content = append(content, b.buf...)
	b.buf, b.blocks = nil, nil
	return content, nil
}

var errSpill = fmt.Errorf("%w: a temporary row is cut off", fault.Tampered)

func (s *spill) split(content []byte) ([]spilled, error) {
	text := string(content) // the values of all rows are parts of this one string
	var rows []spilled
	for at := 0; at < len(content); {
		if len(content)-at < 64 {
			return nil, errSpill
		}
		r := spilled{leaf: journal.Leaf(content[at : at+32]), key: journal.Key(content[at+32 : at+64])}
		at += 64
		kind, n := binary.Uvarint(content[at:])
		if n <= 0 || kind >= uint64(len(s.kinds)) {
			return nil, errSpill
		}
		r.kind = s.kinds[kind]
		from, to, ok := piece(content, at+n)
		if !ok {
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
