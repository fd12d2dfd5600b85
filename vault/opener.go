// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"bufio"
	"context"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"recount/fault"
)

// Open reads an object's plain bytes. Each chunk is authenticated before any
// byte of it is given: one that was changed, moved, repeated, cut off or added,
// and a key that is not the object's, end reading with fault.Tampered. Bytes
// that came before the error are right, but they are not the whole object.
func (v *Vault) Open(ctx context.Context, a Address, key [32]byte) (io.ReadCloser, error) {
	return v.open(ctx, a, key)
}

// OpenChecked is Open, and where the object ends the SHA-256 and the number of
// its plain bytes are compared with o: fault.Tampered in place of io.EOF. Who
// stops before the end has not had that comparison.
func (v *Vault) OpenChecked(ctx context.Context, o Object) (io.ReadCloser, error) {
	r, err := v.open(ctx, o.Address, o.Key)
	if err != nil {
		return nil, err
	}
	return &checkedReader{ReadCloser: r, want: o, hash: sha256.New()}, nil
}

func (v *Vault) open(ctx context.Context, a Address, key [32]byte) (*opener, error) {
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	r, err := v.backend.Open(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("opening object %s: %w", a, err)
	}
	return newOpener(ctx, a, aead, r), nil
}

// opener gives the plain bytes of one object, chunk by chunk.
type opener struct {
	ctx     context.Context
	address Address
	aead    cipher.AEAD
	source  io.Closer
	stored  *bufio.Reader
	nonce   nonce
	sealed  []byte // one stored chunk
	plain   []byte // of the chunk that is open, what was not given yet
	chunks  int64
	err     error // how reading ended
}

func newOpener(ctx context.Context, a Address, aead cipher.AEAD, r io.ReadCloser) *opener {
	return &opener{
		ctx: ctx, address: a, aead: aead, source: r,
		stored: bufio.NewReaderSize(r, 2*sealedSize),
		sealed: make([]byte, sealedSize),
	}
}

func (o *opener) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(o.plain) == 0 {
		if o.err != nil {
			return 0, o.err
		}
		o.openChunk()
	}
	n := copy(p, o.plain)
	o.plain = o.plain[n:]
	return n, nil
}

// openChunk opens the next chunk in place. After the last one, and after an
// error, o.err is set.
func (o *opener) openChunk() {
	last, n, err := o.readChunk()
	if err != nil {
		o.err = fmt.Errorf("reading object %s: %w", o.address, err)
		return
	}
	if last {
		o.nonce.markLast()
	}
	plain, err := o.aead.Open(o.sealed[:0], o.nonce[:], o.sealed[:n], nil)
	switch {
	case err != nil:
		o.err = fmt.Errorf("%w: object %s, chunk %d: its bytes were changed or cut off, or the key is another object's",
			fault.Tampered, o.address, o.chunks+1)
		return
	case last && len(plain) == 0 && o.chunks > 0:
		o.err = fmt.Errorf("%w: object %s ends with an empty chunk, which no writer makes", fault.Tampered, o.address)
		return
	case last:
		o.err = io.EOF
	}
	o.plain = plain
	o.chunks++
	o.nonce.next()
}

// readChunk reads the stored bytes of one chunk. It is the last if nothing
// follows; whether it was written as the last is shown by opening it.
func (o *opener) readChunk() (last bool, n int, err error) {
	if err := o.ctx.Err(); err != nil {
		return false, 0, err
	}
	n, err = io.ReadFull(o.stored, o.sealed)
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return true, n, nil
	}
	if err != nil {
		return false, n, err
	}
	_, err = o.stored.Peek(1)
	if err == io.EOF {
		return true, n, nil
	}
	return false, n, err
}

// Close frees the stored bytes. Reading after it fails.
func (o *opener) Close() error {
	o.plain, o.err = nil, fmt.Errorf("object %s was closed: %w", o.address, io.ErrClosedPipe)
	return o.source.Close()
}

// checkedReader compares the plain bytes with what is known of the object.
type checkedReader struct {
	io.ReadCloser
	want Object
	hash hash.Hash
	size int64
}

func (c *checkedReader) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.hash.Write(p[:n]) // a hash.Hash never fails
	c.size += int64(n)
	if err != io.EOF {
		return n, err
	}
	if c.size != c.want.Size {
		return n, fmt.Errorf("%w: object %s holds %d plain bytes, %d were recorded", fault.Tampered, c.want.Address, c.size, c.want.Size)
	}
	if [32]byte(c.hash.Sum(nil)) != c.want.Plain {
		return n, fmt.Errorf("%w: the plain bytes of object %s have another SHA-256 than was recorded", fault.Tampered, c.want.Address)
	}
	return n, io.EOF
}
