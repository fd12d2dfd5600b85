// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"crypto/sha256"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
)

// HashesFor are the hashes to be stored for the record header with the number
// seq, beginning at tlog.StoredHashIndex(0, seq); r must have those of all
// records before it.
func HashesFor(seq int64, header []byte, r tlog.HashReader) ([]tlog.Hash, error) {
	if seq < 0 || seq >= MaxSize {
		return nil, fmt.Errorf("%w: record %d of a tree; 0 to %d is accepted", fault.Invalid, seq, int64(MaxSize-1))
	}
	hashes, err := tlog.StoredHashes(seq, header, r)
	if err != nil {
		return nil, fmt.Errorf("hashes of record %d: %w", seq, err)
	}
	return hashes, nil
}

// RootAt is the root of the tree's first size records (RFC 6962 section 2.1).
// Of size 0 it is the SHA-256 of nothing, and r is not read.
func RootAt(size int64, r tlog.HashReader) (tlog.Hash, error) {
	if err := checkSize(size); err != nil {
		return tlog.Hash{}, err
	}
	if size == 0 {
		return emptyRoot(), nil
	}
	root, err := tlog.TreeHash(size, r)
	if err != nil {
		return tlog.Hash{}, fmt.Errorf("root at size %d: %w", size, err)
	}
	return root, nil
}

func emptyRoot() tlog.Hash { return sha256.Sum256(nil) }

func checkSize(size int64) error {
	if size < 0 || size > MaxSize {
		return fmt.Errorf("%w: a tree of size %d; 0 to %d is accepted", fault.Invalid, size, int64(MaxSize))
	}
	return nil
}

// Merkle computes the root of RFC 6962 over records as they come, in memory
// that grows with the logarithm of their number. The zero Merkle is ready.
type Merkle struct {
	size   int64
	levels [64]tlog.Hash // levels[i] is set when bit i of size is
	buf    []byte
}

// Add appends one record.
func (m *Merkle) Add(data []byte) {
	m.buf = append(append(m.buf[:0], 0), data...)
	h := tlog.Hash(sha256.Sum256(m.buf))
	level := bits.TrailingZeros64(^uint64(m.size)) // the full subtrees that the record completes
	for i := range level {
		h = tlog.NodeHash(m.levels[i], h)
	}
	m.levels[level] = h
	m.size++
}

// Size is the number of records so far.
func (m *Merkle) Size() int64 { return m.size }

// Root is the root over the records so far; more may be added after it.
func (m *Merkle) Root() tlog.Hash {
	if m.size == 0 {
		return emptyRoot()
	}
	level := bits.TrailingZeros64(uint64(m.size))
	h := m.levels[level]
	for i := level + 1; i < len(m.levels); i++ {
		if m.size>>i&1 == 1 {
			h = tlog.NodeHash(m.levels[i], h)
		}
	}
	return h
}

// Tree keeps all hashes of a tree in memory, about 64 bytes a record, so that
// proofs can be made: a tlog.HashReader. The zero Tree is empty and ready.
type Tree struct {
	size   int64
	hashes []tlog.Hash
}

// Add appends one record.
func (t *Tree) Add(data []byte) error {
	hashes, err := HashesFor(t.size, data, t)
	if err != nil {
		return err
	}
	t.hashes = append(t.hashes, hashes...)
	t.size++
	return nil
}

// Size is the number of records.
func (t *Tree) Size() int64 { return t.size }

// ReadHashes answers stored hashes by tlog's index.
func (t *Tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(t.hashes)) {
			return nil, fmt.Errorf("%w: the tree of %d records has no hash %d", fault.NotFound, t.size, x)
		}
		hashes[i] = t.hashes[x]
	}
	return hashes, nil
}
