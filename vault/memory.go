// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"slices"
	"sync"

	"recount/fault"
)

// MemoryBackend holds objects in memory, for tests and for what need not
// outlive the process.
type MemoryBackend struct {
	mu      sync.RWMutex
	objects map[Address][]byte
}

// Memory is an empty back end in memory.
func Memory() *MemoryBackend { return &MemoryBackend{objects: map[Address][]byte{}} }

// Create begins an object.
func (m *MemoryBackend) Create(ctx context.Context) (Staged, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &memoryStaged{backend: m, hash: sha256.New()}, nil
}

func (m *MemoryBackend) find(ctx context.Context, a Address) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	stored, ok := m.objects[a]
	if !ok {
		return nil, fmt.Errorf("%w: the vault has no object %s", fault.NotFound, a)
	}
	return stored, nil
}

// Open reads an object.
func (m *MemoryBackend) Open(ctx context.Context, a Address) (io.ReadCloser, error) {
	stored, err := m.find(ctx, a)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(stored)), nil
}

// Size is the number of stored bytes.
func (m *MemoryBackend) Size(ctx context.Context, a Address) (int64, error) {
	stored, err := m.find(ctx, a)
	return int64(len(stored)), err
}

// Remove takes an object away.
func (m *MemoryBackend) Remove(ctx context.Context, a Address) error {
	if _, err := m.find(ctx, a); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, a)
	return nil
}

// List gives the addresses that are there when it begins, ascending.
func (m *MemoryBackend) List(ctx context.Context) iter.Seq2[Address, error] {
	return func(yield func(Address, error) bool) {
		m.mu.RLock()
		addresses := make([]Address, 0, len(m.objects))
		for a := range m.objects {
			addresses = append(addresses, a)
		}
		m.mu.RUnlock()
		slices.SortFunc(addresses, func(a, b Address) int { return bytes.Compare(a[:], b[:]) })
		for _, a := range addresses {
			if err := ctx.Err(); err != nil {
				yield(Address{}, err)
				return
			}
			if !yield(a, nil) {
				return
			}
		}
	}
}

type memoryStaged struct {
	backend *MemoryBackend
	bytes   bytes.Buffer
	hash    hash.Hash
	ended   bool
}

// errStagedEnded is what a Staged says after Commit or Abort.
var errStagedEnded = errors.New("this object was already committed or given up")

func (s *memoryStaged) Write(p []byte) (int, error) {
	if s.ended {
		return 0, errStagedEnded
	}
	s.hash.Write(p) // a hash.Hash never fails
	return s.bytes.Write(p)
}

func (s *memoryStaged) Address() Address { return Address(s.hash.Sum(nil)) }

func (s *memoryStaged) Commit(ctx context.Context, a Address) error {
	if s.ended {
		return errStagedEnded
	}
	s.ended = true
	if err := ctx.Err(); err != nil {
		return err
	}
	if got := s.Address(); got != a {
		return refuseAddress(got, a)
	}
	s.backend.mu.Lock()
	defer s.backend.mu.Unlock()
	if _, ok := s.backend.objects[a]; !ok {
		s.backend.objects[a] = s.bytes.Bytes()
	}
	return nil
}

func (s *memoryStaged) Abort() error {
	s.ended = true
	return nil
}

// refuseAddress is the error of a Commit under an address that is not got.
func refuseAddress(got, want Address) error {
	return fmt.Errorf("%w: the bytes written are object %s, not %s", fault.Tampered, got, want)
}
