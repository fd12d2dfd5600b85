// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"recount/fault"
)

// Key is the random key of one leaf. It lives in the key table only;
// destroying it is what erasing a leaf means.
type Key [32]byte

// Format hides the key under every verb, so that no log or message shows one.
func (Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("(key)")) }

// Leaf is the 32 bytes that commit to all fields of a leaf
// (docs/formats/leaf.md).
type Leaf [32]byte

// String is the leaf in 64 lower-case hexadecimal digits, as fields hold it.
func (l Leaf) String() string { return hex.EncodeToString(l[:]) }

// MarshalText is String, for JSON.
func (l Leaf) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText is ParseLeaf.
func (l *Leaf) UnmarshalText(text []byte) (err error) {
	*l, err = ParseLeaf(string(text))
	return err
}

// ParseLeaf reads the form of String.
func ParseLeaf(s string) (Leaf, error) {
	var l Leaf
	if len(s) == 2*len(l) {
		if _, err := hex.Decode(l[:], []byte(s)); err == nil && l.String() == s {
			return l, nil
		}
	}
	return Leaf{}, fmt.Errorf("%w: %.80q is no leaf; 64 digits of 0-9 and a-f are accepted", fault.Invalid, s)
}

// The tags of what is hashed. None begins with byte 0 or 1, which RFC 6962
// puts before the records and the nodes of a tree.
const (
	tagField = "rc1 field\n"
	tagLeaf  = "rc1 leaf\n"
	infoKeys = "rc1 keys"
)

// scratch holds the buffers of one hashing, to be used again.
type scratch struct {
	salts, field, leaf []byte
}

// lp appends the length of s, four bytes big-endian, and s.
func lp[T string | Value](b []byte, s T) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

// subkeys expands a leaf's key to the key of its salts and that of its body
// (HKDF-Expand of RFC 5869 with SHA-256).
func subkeys(key *Key) (salt, row []byte, err error) {
	okm, err := hkdf.Expand(sha256.New, key[:], infoKeys, 64)
	if err != nil {
		return nil, nil, fmt.Errorf("expand a leaf's key: %w", err)
	}
	return okm[:32], okm[32:], nil
}

// makeSalts fills s.salts with 32 bytes a field: the AES-256-CTR key stream
// under the salt key, counter block zero first.
func (s *scratch) makeSalts(saltKey []byte, fields int) error {
	block, err := aes.NewCipher(saltKey)
	if err != nil {
		return fmt.Errorf("salts of a leaf: %w", err)
	}
	n := 32 * fields
	if cap(s.salts) < n {
		s.salts = make([]byte, n)
	}
	s.salts = s.salts[:n]
	clear(s.salts)
	var iv [aes.BlockSize]byte
	cipher.NewCTR(block, iv[:]).XORKeyStream(s.salts, s.salts)
	return nil
}

// commit is the commitment to one field.
func (s *scratch) commit(name string, v Value, salt []byte) [32]byte {
	b := append(s.field[:0], tagField...)
	b = lp(b, name)
	b = lp(b, v)
	b = append(b, salt...)
	s.field = b
	return sha256.Sum256(b)
}

// begin starts the input of a leaf; the commitments follow.
func (s *scratch) begin(origin, kind string) {
	b := append(s.leaf[:0], tagLeaf...)
	b = lp(b, origin)
	s.leaf = lp(b, kind)
}

func (s *scratch) add(c [32]byte) { s.leaf = append(s.leaf, c[:]...) }

func (s *scratch) sum() Leaf { return sha256.Sum256(s.leaf) }

// leafOf is the leaf of these values under the salts of s, which makeSalts
// has filled.
func (s *scratch) leafOf(origin string, kind Kind, values []Value) Leaf {
	s.begin(origin, kind.Name)
	for j, name := range kind.Fields {
		s.add(s.commit(name, values[j].encoded(), s.salts[32*j:32*j+32]))
	}
	return s.sum()
}
