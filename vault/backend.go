// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"context"
	"io"
	"iter"
)

// Backend holds immutable objects by address. vaulttest.Run is what every back
// end has to pass. All methods are safe for concurrent use.
//
// Errors: fault.NotFound where there is no such object, fault.Unavailable where
// the place is full or cannot be written. A cancelled context ends each call
// with its error.
type Backend interface {
	// Create begins a new object. Nothing of it can be opened or listed before
	// Commit.
	Create(ctx context.Context) (Staged, error)
	// Open reads an object's stored bytes from their beginning.
	Open(ctx context.Context, a Address) (io.ReadCloser, error)
	// Size is the number of stored bytes.
	Size(ctx context.Context, a Address) (int64, error)
	// Remove takes an object away, durably when it returns nil. It serves
	// erasure alone: nothing else may remove what was preserved.
	Remove(ctx context.Context, a Address) error
	// List gives every address, ascending. After an error nothing follows.
	List(ctx context.Context) iter.Seq2[Address, error]
}

// Staged is an object that is being written. It is used by one goroutine, and
// ends with Commit or Abort.
type Staged interface {
	io.Writer
	// Address is that of the bytes written so far.
	Address() Address
	// Commit puts the object in its place. When it returns nil the object is
	// durable: a power failure a moment later does not lose it. Bytes that do
	// not hash to a are refused (fault.Tampered) and dropped. An object that is
	// there already stays as it is, which is no error. Whatever Commit returns,
	// the Staged is at its end.
	Commit(ctx context.Context, a Address) error
	// Abort drops what was written and leaves nothing. After Commit or an
	// earlier Abort it does nothing.
	Abort() error
}
