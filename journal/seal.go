// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"sync"

	"recount/fault"
)

// Sealed is a leaf and its content under its key.
type Sealed struct {
	Leaf Leaf
	Kind string
	Body []byte // AES-256-GCM, tag at the end (docs/formats/leaf.md)
}

// Sealer makes leaves of one case. It is safe for concurrent use.
type Sealer struct {
	origin string
	mu     sync.Mutex // held while reading rand
	rand   io.Reader
	pool   sync.Pool
}

// NewSealer returns a sealer for the case of that origin. rand must be
// crypto/rand.Reader, or in a test a reader that never repeats itself: the
// same 32 bytes for two leaves would show the content of both.
func NewSealer(rand io.Reader, origin string) *Sealer {
	return &Sealer{origin: origin, rand: rand}
}

// Origin is the case's name in every leaf that this sealer makes.
func (s *Sealer) Origin() string { return s.origin }

// keep is the largest buffer that is kept for the next leaf, in bytes.
const keep = 1 << 20

// Seal draws a key and seals the values under it, one for each field of kind
// in the kind's order. It answers fault.Invalid for a kind that is not of
// this release, for a wrong number of values and for values that are too long
// (MaxEntryField, MaxField), and fault.Unavailable when rand gives nothing.
// No function seals under a key from outside.
func (s *Sealer) Seal(kind Kind, values []Value) (Sealed, Key, error) {
	if err := checkOrigin(s.origin); err != nil {
		return Sealed{}, Key{}, err
	}
	size, err := checkValues(kind, values)
	if err != nil {
		return Sealed{}, Key{}, err
	}
	key, err := s.draw()
	if err != nil {
		return Sealed{}, Key{}, err
	}
	salt, row, err := subkeys(&key)
	if err != nil {
		return Sealed{}, Key{}, err
	}
	sc, _ := s.pool.Get().(*scratch)
	if sc == nil {
		sc = &scratch{}
	}
	defer func() {
		if cap(sc.field) <= keep {
			s.pool.Put(sc)
		}
	}()
	if err := sc.makeSalts(salt, len(values)); err != nil {
		return Sealed{}, Key{}, err
	}
	leaf := sc.leafOf(s.origin, kind, values)
	body, err := sealBody(row, leaf, values, size)
	if err != nil {
		return Sealed{}, Key{}, err
	}
	return Sealed{Leaf: leaf, Kind: kind.Name, Body: body}, key, nil
}

func (s *Sealer) draw() (Key, error) {
	var key Key
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.ReadFull(s.rand, key[:]); err != nil {
		return Key{}, fmt.Errorf("%w: no random bytes for a leaf's key: %w", fault.Unavailable, err)
	}
	return key, nil
}

// checkValues answers the length of the values in a body, without padding.
func checkValues(kind Kind, values []Value) (int, error) {
	if err := kind.known(); err != nil {
		return 0, err
	}
	if len(values) != len(kind.Fields) {
		return 0, fmt.Errorf("%w: %d values for %s; %d are accepted", fault.Invalid, len(values), kind.Name, len(kind.Fields))
	}
	limit := kind.limit()
	size := 0
	for j, v := range values {
		if err := v.check(); err != nil {
			return 0, fmt.Errorf("field %s of %s: %w", kind.Fields[j], kind.Name, err)
		}
		if len(v)-1 > limit {
			return 0, fmt.Errorf("%w: field %s of %s has %d bytes; at most %d are accepted", fault.Invalid, kind.Fields[j], kind.Name, len(v)-1, limit)
		}
		size += 4 + len(v.encoded())
	}
	if padded(size)+tagSize > MaxBody {
		return 0, fmt.Errorf("%w: a %s of %d bytes; at most %d are accepted", fault.Invalid, kind.Name, size, MaxBody)
	}
	return size, nil
}

// limit is the longest content of a field of the kind, in bytes.
func (k Kind) limit() int {
	if k.IsEntry() {
		return MaxEntryField
	}
	return MaxField
}

const (
	padTo   = 256 // a body's plaintext is a multiple of this
	tagSize = 16
)

func padded(n int) int { return (n + padTo - 1) / padTo * padTo }

func sealBody(rowKey []byte, leaf Leaf, values []Value, size int) ([]byte, error) {
	gcm, err := rowCipher(rowKey)
	if err != nil {
		return nil, err
	}
	plain := make([]byte, 0, padded(size)+tagSize)
	for _, v := range values {
		plain = lp(plain, v.encoded())
	}
	plain = plain[:padded(size)] // zero as made
	var nonce [12]byte           // the key seals this one body
	return gcm.Seal(plain[:0], nonce[:], plain, leaf[:]), nil
}

func rowCipher(rowKey []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(rowKey)
	if err != nil {
		return nil, fmt.Errorf("cipher of a row: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("cipher of a row: %w", err)
	}
	return gcm, nil
}

// Open reads a sealed leaf back: it opens the body, computes the leaf again
// from what it holds, and answers fault.Tampered unless it is the same. An
// absent field comes back as Absent.
func Open(origin string, kind Kind, key Key, s Sealed) ([]Value, error) {
	values, _, err := openSealed(origin, kind, key, s)
	return values, err
}

func openSealed(origin string, kind Kind, key Key, s Sealed) ([]Value, *scratch, error) {
	if err := kind.known(); err != nil {
		return nil, nil, err
	}
	if s.Kind != kind.Name {
		return nil, nil, fmt.Errorf("%w: leaf %s stands as a %.64q, not as a %s", fault.Tampered, s.Leaf, s.Kind, kind.Name)
	}
	salt, row, err := subkeys(&key)
	if err != nil {
		return nil, nil, err
	}
	plain, err := openBody(row, s)
	if err != nil {
		return nil, nil, err
	}
	values, err := splitBody(kind, plain)
	if err != nil {
		return nil, nil, fmt.Errorf("leaf %s: %w", s.Leaf, err)
	}
	sc := &scratch{field: make([]byte, 0, 256), leaf: make([]byte, 0, 128+maxOrigin+32*len(values))}
	if err := sc.makeSalts(salt, len(values)); err != nil {
		return nil, nil, err
	}
	if got := sc.leafOf(origin, kind, values); got != s.Leaf {
		return nil, nil, fmt.Errorf("%w: leaf %s holds what hashes to %s", fault.Tampered, s.Leaf, got)
	}
	return values, sc, nil
}

func openBody(rowKey []byte, s Sealed) (string, error) {
	if err := checkBodySize(len(s.Body)); err != nil {
		return "", fmt.Errorf("leaf %s: %w", s.Leaf, err)
	}
	gcm, err := rowCipher(rowKey)
	if err != nil {
		return "", err
	}
	var nonce [12]byte
	plain, err := gcm.Open(nil, nonce[:], s.Body, s.Leaf[:])
	if err != nil {
		return "", fmt.Errorf("%w: leaf %s does not open under its key: the key is another's or the body was changed", fault.Tampered, s.Leaf)
	}
	return string(plain), nil // one copy, which the values share
}

func checkBodySize(n int) error {
	if !isBodySize(int64(n)) {
		return fmt.Errorf("%w: a body of %d bytes; a multiple of %d and %d more, at most %d, was written", fault.Tampered, n, padTo, tagSize, MaxBody)
	}
	return nil
}

// isBodySize tells whether a body of n bytes can have been sealed.
func isBodySize(n int64) bool {
	return n <= MaxBody && n >= padTo+tagSize && (n-tagSize)%padTo == 0
}

// splitBody parts the plaintext of a body into the kind's values. Only the
// one form that sealBody writes is taken.
func splitBody(kind Kind, plain string) ([]Value, error) {
	whole := len(plain)
	values := make([]Value, len(kind.Fields))
	limit := kind.limit()
	for j, name := range kind.Fields {
		if len(plain) < 4 {
			return nil, fmt.Errorf("%w: field %s is cut off", fault.Tampered, name)
		}
		n := int64(binary.BigEndian.Uint32([]byte(plain[:4])))
		if n == 0 || n > int64(len(plain)-4) || n-1 > int64(limit) {
			return nil, fmt.Errorf("%w: field %s claims %d bytes", fault.Tampered, name, n)
		}
		v := Value(plain[4 : 4+n])
		if v != Absent && !v.Present() {
			return nil, fmt.Errorf("%w: field %s encodes no value", fault.Tampered, name)
		}
		values[j] = v
		plain = plain[4+n:]
	}
	if padded(whole-len(plain)) != whole || strings.Trim(plain, "\x00") != "" {
		return nil, fmt.Errorf("%w: the padding is not the one that was written", fault.Tampered)
	}
	return values, nil
}
