// SPDX-License-Identifier: Apache-2.0

package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
)

// The sizes of docs/formats/object.md.
const (
	// ChunkSize is the plain bytes of every chunk but the last.
	ChunkSize = 64 << 10
	// tagSize is what AES-256-GCM adds to each chunk.
	tagSize = 16
	// sealedSize is the stored bytes of every chunk but the last.
	sealedSize = ChunkSize + tagSize
)

// nonce is 11 bytes of counter, big-endian, and one byte that is 1 in the last
// chunk: STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-
// Encryption and its Nonce-Reuse Misuse-Resistance, CRYPTO 2015). The counter
// starts at 0 and needs no random prefix since no two objects share a key.
type nonce [12]byte

// next counts on. 2^64 chunks are more than any file system holds, so the
// counter's upper three bytes stay zero.
func (n *nonce) next() {
	binary.BigEndian.PutUint64(n[3:11], binary.BigEndian.Uint64(n[3:11])+1)
}

func (n *nonce) markLast() { n[11] = 1 }

// newAEAD is AES-256-GCM with a 12-byte nonce and a 16-byte tag.
func newAEAD(key [32]byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("AES-256: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("AES-256-GCM: %w", err)
	}
	return aead, nil
}

// sealer seals chunks in their order.
type sealer struct {
	aead  cipher.AEAD
	nonce nonce
}

// seal appends the sealed chunks of plain to dst. Where last is false, plain is
// a whole number of chunks.
func (s *sealer) seal(dst, plain []byte, last bool) []byte {
	for len(plain) > ChunkSize || (len(plain) == ChunkSize && !last) {
		dst = s.aead.Seal(dst, s.nonce[:], plain[:ChunkSize], nil)
		s.nonce.next()
		plain = plain[ChunkSize:]
	}
	if last {
		s.nonce.markLast()
		dst = s.aead.Seal(dst, s.nonce[:], plain, nil)
	}
	return dst
}
