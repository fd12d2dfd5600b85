// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"

	"recount/fault"
)

// Vault seals objects into a back end and opens them. It keeps no keys. It is
// safe for concurrent use if its source of randomness is, as crypto/rand.Reader.
type Vault struct {
	backend Backend
	rand    io.Reader
	blocks  sync.Pool // of *block
}

// New is a vault on a back end. Each object's key is 32 bytes read from rand.
func New(backend Backend, rand io.Reader) *Vault {
	return &Vault{backend: backend, rand: rand, blocks: sync.Pool{New: newBlock}}
}

// Object is what must be remembered of a sealed object: without Key it can
// never be read again.
type Object struct {
	Address    Address
	Key        [32]byte
	Plain      [32]byte // SHA-256 of the bytes as they came
	Size       int64    // bytes as they came
	StoredSize int64    // bytes as stored: 16 more for each chunk
}

// Seal preserves all that r gives, under a fresh key. It holds a few MiB in
// memory however long r is. When it returns nil the object is durable; on any
// error, and when ctx ends, nothing is left behind.
func (v *Vault) Seal(ctx context.Context, r io.Reader) (Object, error) {
	w, err := v.Writer(ctx)
	if err != nil {
		return Object{}, err
	}
	if _, err := w.ReadFrom(r); err != nil {
		return Object{}, fmt.Errorf("preserving: %w", errors.Join(err, w.Abort()))
	}
	return w.Finish(ctx)
}

// Check reads an object's stored bytes and compares them with its address:
// fault.Tampered where they differ. It needs no key.
func (v *Vault) Check(ctx context.Context, a Address) (err error) {
	defer fault.Wrap(&err, "checking object %s", a)
	r, err := v.backend.Open(ctx, a)
	if err != nil {
		return err
	}
	defer r.Close() // only read: nothing can be lost here
	h := sha256.New()
	if _, err := io.CopyBuffer(h, contextReader{ctx, r}, make([]byte, 256<<10)); err != nil {
		return err
	}
	if got := Address(h.Sum(nil)); got != a {
		return fmt.Errorf("%w: the stored bytes hash to %s", fault.Tampered, got)
	}
	return nil
}

// contextReader ends reading when its context does.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
