// SPDX-License-Identifier: Apache-2.0

package identities

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"recount/fault"
)

const (
	fileLine   = "recount identity/1\n"
	slotBytes  = 1120 + 32 + 16 // HPKE's encapsulated key (X-Wing), the file's key and GCM's tag
	slotsOf    = 4              // slots come in so many, those that nobody opens filled with random bytes
	MostOpener = 16             // openers of one identity
)

// Share is the half of a key that the journal holds.
type Share [32]byte

// NewShare draws one.
func NewShare(rand io.Reader) (s Share, err error) {
	if _, err := io.ReadFull(rand, s[:]); err != nil {
		return s, fmt.Errorf("%w: no random bytes: %w", fault.Unavailable, err)
	}
	return s, nil
}

// ParseShare reads a share in hex.
func ParseShare(text string) (s Share, err error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(s) || hex.EncodeToString(raw) != text {
		return s, fmt.Errorf("%w: the share of an identity; accepted are 64 hexadecimal digits", fault.Invalid)
	}
	return Share(raw), nil
}

// Text is the share in hex.
func (s Share) Text() string { return hex.EncodeToString(s[:]) }

// Name is the name of a sealed file: SHA-256 of its bytes, hex.
func Name(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}

// Bound is what a sealed file is bound to: it opens as nothing else.
type Bound struct {
	Origin   string // of the case's journal
	Identity string // w-…
}

func (b Bound) info() []byte { return []byte(fileLine + b.Origin + "\n" + b.Identity) }

// Seal makes the file of an identity for its openers. What is random beside
// rand is HPKE's own (RFC 9180, section 5.1), which the standard library draws.
func Seal(b Bound, c Content, openers []Opener, share Share, rand io.Reader) ([]byte, error) {
	if len(openers) == 0 || len(openers) > MostOpener {
		return nil, fmt.Errorf("%w: an identity with %d openers; accepted are 1 to %d", fault.Invalid, len(openers), MostOpener)
	}
	plain, err := c.padded()
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	key := make([]byte, 32)
	defer clear(key)
	if _, err := io.ReadFull(rand, key); err != nil {
		return nil, fmt.Errorf("%w: no random bytes: %w", fault.Unavailable, err)
	}
	slots, err := sealKey(b, key, openers, rand)
	if err != nil {
		return nil, err
	}
	head := append([]byte(fileLine), byte(len(slots)))
	head = append(head, slices.Concat(slots...)...)
	body, err := bodyCipher(b, key, share)
	if err != nil {
		return nil, err
	}
	return body.Seal(head, make([]byte, body.NonceSize()), plain, head), nil
}

// sealKey seals the file's key to each opener, in an order of its own.
func sealKey(b Bound, key []byte, openers []Opener, rand io.Reader) ([][]byte, error) {
	var slots [][]byte
	for _, o := range openers {
		slot, err := hpke.Seal(o.Key, kdf(), aead(), b.info(), key)
		if err != nil {
			return nil, fmt.Errorf("sealing an identity to %s: %w", o.Account, err)
		}
		slots = append(slots, slot)
	}
	for len(slots)%slotsOf != 0 {
		nobody := make([]byte, slotBytes)
		if _, err := io.ReadFull(rand, nobody); err != nil {
			return nil, fmt.Errorf("%w: no random bytes: %w", fault.Unavailable, err)
		}
		slots = append(slots, nobody)
	}
	slices.SortFunc(slots, bytes.Compare) // what was drawn at random gives the order
	return slots, nil
}

// bodyCipher is under a key that serves once, since the file's key is drawn for
// it alone: the nonce is zeros.
func bodyCipher(b Bound, key []byte, share Share) (cipher.AEAD, error) {
	under, err := hkdf.Key(sha256.New, key, share[:], string(b.info()), 32)
	if err != nil {
		return nil, fmt.Errorf("deriving a key: %w", err)
	}
	defer clear(under)
	block, err := aes.NewCipher(under)
	if err != nil {
		return nil, fmt.Errorf("a cipher: %w", err)
	}
	return cipher.NewGCM(block)
}

// head splits a file into its slots and where its body begins.
func head(file []byte) (slots [][]byte, body int, err error) {
	if !bytes.HasPrefix(file, []byte(fileLine)) || len(file) == len(fileLine) {
		return nil, 0, fmt.Errorf("%w: this is not a sealed identity of this release", fault.Tampered)
	}
	n := int(file[len(fileLine)])
	body = len(fileLine) + 1 + n*slotBytes
	if n == 0 || n%slotsOf != 0 || n > MostOpener || len(file) < body || !slices.Contains(sizes(), len(file)-body-16) {
		return nil, 0, fmt.Errorf("%w: a sealed identity that is not whole", fault.Tampered)
	}
	for at := len(fileLine) + 1; at < body; at += slotBytes {
		slots = append(slots, file[at:at+slotBytes])
	}
	return slots, body, nil
}

// Open opens a file. It is fault.Forbidden where it was not sealed to this
// opener, and fault.Tampered where it was changed, or is another identity's.
func (k OpenerKey) Open(b Bound, file []byte, share Share) (Content, error) {
	slots, at, err := head(file)
	if err != nil {
		return Content{}, err
	}
	for _, slot := range slots {
		key, err := hpke.Open(k.private, kdf(), aead(), b.info(), slot)
		if err != nil {
			continue // another opener's, or nobody's
		}
		defer clear(key)
		body, err := bodyCipher(b, key, share)
		if err != nil {
			return Content{}, err
		}
		plain, err := body.Open(nil, make([]byte, body.NonceSize()), file[at:], file[:at])
		if err != nil {
			return Content{}, fmt.Errorf("%w: the sealed identity %s was changed, or the journal's share is not its own", fault.Tampered, b.Identity)
		}
		defer clear(plain)
		return parseContent(plain)
	}
	return Content{}, fmt.Errorf("%w: identity %s was not sealed to %s's key of today; accepted is another of its openers", fault.Forbidden, b.Identity, k.Account)
}
