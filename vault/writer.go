// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync/atomic"

	"recount/fault"
)

// block is what goes down the line of a Writer: some chunks, plain and sealed.
type block struct {
	plain, stored []byte
	last          bool
}

const (
	// blockSize is a whole number of chunks: large enough that handing a block
	// on costs nothing beside hashing it.
	blockSize = 4 * ChunkSize
	// blocksWaiting is how many blocks wait before each stage. With the three
	// stages some 16 blocks, 8 MiB, are under way in one Writer.
	blocksWaiting = 4
)

func newBlock() any {
	return &block{plain: make([]byte, 0, blockSize), stored: make([]byte, 0, blockSize/ChunkSize*sealedSize)}
}

// Writer seals what is written to it as one object. It is used by one
// goroutine and must be ended with Finish or Abort. Within, three goroutines
// work in a line: the plain SHA-256, the sealing, the stored bytes.
type Writer struct {
	ctx     context.Context // of the whole object: ends the line
	vault   *Vault
	staged  Staged
	object  Object
	plain   hash.Hash
	current *block
	line    chan *block
	done    chan struct{}
	failed  atomic.Pointer[error]
	ended   bool
}

// errEnded is what a Writer says after Finish or Abort.
var errEnded = errors.New("this object was already finished or given up")

// Writer begins an object for a producer that writes; what Seal does for a
// reader. When ctx ends, writing and Finish fail and nothing is left.
func (v *Vault) Writer(ctx context.Context) (*Writer, error) {
	w := &Writer{ctx: ctx, vault: v, plain: sha256.New(), line: make(chan *block, blocksWaiting), done: make(chan struct{})}
	if _, err := io.ReadFull(v.rand, w.object.Key[:]); err != nil {
		return nil, fmt.Errorf("%w: no random bytes for an object's key: %w", fault.Unavailable, err)
	}
	aead, err := newAEAD(w.object.Key)
	if err != nil {
		return nil, err
	}
	if w.staged, err = v.backend.Create(ctx); err != nil {
		return nil, fmt.Errorf("preserving: %w", err)
	}
	w.current = v.blocks.Get().(*block)
	hashed, sealed := make(chan *block, blocksWaiting), make(chan *block, blocksWaiting)
	go w.hashPlain(w.line, hashed)
	go w.seal(&sealer{aead: aead}, hashed, sealed)
	go w.store(sealed)
	return w, nil
}

func (w *Writer) hashPlain(in <-chan *block, out chan<- *block) {
	defer close(out)
	for b := range in {
		w.plain.Write(b.plain) // a hash.Hash never fails
		out <- b
	}
}

func (w *Writer) seal(s *sealer, in <-chan *block, out chan<- *block) {
	defer close(out)
	for b := range in {
		b.stored = s.seal(b.stored[:0], b.plain, b.last)
		out <- b
	}
}

// store goes on taking blocks after a failure, so that the line runs dry.
func (w *Writer) store(in <-chan *block) {
	defer close(w.done)
	for b := range in {
		err := w.ctx.Err()
		if err == nil && w.failure() == nil {
			_, err = w.staged.Write(b.stored)
		}
		if err != nil {
			w.failed.CompareAndSwap(nil, &err)
		}
		w.object.StoredSize += int64(len(b.stored))
		w.recycle(b)
	}
}

func (w *Writer) failure() error {
	if err := w.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// recycle wipes nothing: the same bytes lie in the caller's hands and in the
// kernel's cache.
func (w *Writer) recycle(b *block) {
	b.plain, b.stored, b.last = b.plain[:0], b.stored[:0], false
	w.vault.blocks.Put(b)
}

// usable says why no more bytes can be taken, if so.
func (w *Writer) usable() error {
	if w.ended {
		return errEnded
	}
	return cmp.Or(w.ctx.Err(), w.failure())
}

func (w *Writer) handOn(next *block) {
	w.line <- w.current
	w.current = next
}

func (w *Writer) took(n int) {
	w.current.plain = w.current.plain[:len(w.current.plain)+n]
	w.object.Size += int64(n)
}

// Write takes p. An error may come some calls after the bytes that caused it.
func (w *Writer) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		if err := w.usable(); err != nil {
			return written, err
		}
		if len(w.current.plain) == blockSize {
			w.handOn(w.vault.blocks.Get().(*block))
		}
		n := copy(w.current.plain[len(w.current.plain):blockSize], p)
		w.took(n)
		p, written = p[n:], written+n
	}
	return written, nil
}

// emptyReads is how often a reader may give nothing before that is an error.
const emptyReads = 100

// ReadFrom takes all that r gives, without a copy in between.
func (w *Writer) ReadFrom(r io.Reader) (int64, error) {
	var total int64
	for empty := 0; empty < emptyReads; empty++ {
		n, err := w.readOnce(r)
		total += int64(n)
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
		if n > 0 {
			empty = 0
		}
	}
	return total, io.ErrNoProgress
}

// readOnce reads into the current block or, when that is full, into a new one:
// only when something comes the full one is known not to be the last.
func (w *Writer) readOnce(r io.Reader) (int, error) {
	if err := w.usable(); err != nil {
		return 0, err
	}
	if len(w.current.plain) < blockSize {
		n, err := r.Read(w.current.plain[len(w.current.plain):blockSize])
		w.took(n)
		return n, err
	}
	next := w.vault.blocks.Get().(*block)
	n, err := r.Read(next.plain[:blockSize])
	if n == 0 {
		w.recycle(next)
		return 0, err
	}
	w.handOn(next)
	w.took(n)
	return n, err
}

// Finish seals the last chunk and commits the object; see Vault.Seal.
func (w *Writer) Finish(ctx context.Context) (Object, error) {
	if err := w.drain(); err != nil {
		return Object{}, err
	}
	if err := errors.Join(w.failure(), ctx.Err()); err != nil {
		return Object{}, fmt.Errorf("preserving: %w", errors.Join(err, w.staged.Abort()))
	}
	w.object.Plain = [32]byte(w.plain.Sum(nil))
	w.object.Address = w.staged.Address()
	if err := w.staged.Commit(ctx, w.object.Address); err != nil {
		return Object{}, fmt.Errorf("preserving: %w", err)
	}
	return w.object, nil
}

// Abort gives the object up and leaves nothing of it. After Finish or an
// earlier Abort it does nothing.
func (w *Writer) Abort() error {
	if w.drain() != nil {
		return nil
	}
	return w.staged.Abort()
}

// drain sends the last block and waits until the line is empty.
func (w *Writer) drain() error {
	if w.ended {
		return errEnded
	}
	w.ended = true
	w.current.last = true
	w.line <- w.current
	close(w.line)
	<-w.done
	w.current = nil
	return nil
}
