// SPDX-License-Identifier: Apache-2.0

package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"recount/fault"
)

// epochKey wraps every key of a case. It lies in a file apart from the
// database of keys and changes with each erasure, so that older copies of the
// database open nothing any more.
type epochKey [32]byte

const epochLine = "recount epoch key/1"

func epochFile(dir string, number int64) string {
	return filepath.Join(dir, fmt.Sprintf("epoch-%d.key", number))
}

// newEpoch draws a key and writes it durably; a file that an erasure left
// behind when it was cut off is replaced.
func newEpoch(c Config, dir string, number int64) (epochKey, error) {
	var key epochKey
	if _, err := io.ReadFull(c.Rand, key[:]); err != nil {
		return key, fmt.Errorf("%w: no random bytes for an epoch key: %w", fault.Unavailable, err)
	}
	line := epochLine + "\n" + base64.StdEncoding.EncodeToString(key[:]) + "\n"
	return key, c.writeFile(epochFile(dir, number), []byte(line))
}

// readEpoch reads the key of an epoch from its file.
func readEpoch(c Config, dir string, number int64) (epochKey, error) {
	var key epochKey
	name := epochFile(dir, number)
	data, err := c.readFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return key, fmt.Errorf("%w: the key file %s is missing; without it nothing in this case can be opened. Put it back from where keys are kept", fault.Unavailable, name)
	}
	if err != nil {
		return key, fmt.Errorf("the key file: %w", err)
	}
	first, rest, _ := strings.Cut(string(data), "\n")
	raw, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSuffix(rest, "\n"))
	if first != epochLine || err != nil || len(raw) != len(key) {
		return key, fmt.Errorf("%w: %s is not a key file of this program", fault.Tampered, name)
	}
	copy(key[:], raw)
	return key, nil
}

// wrapper wraps and unwraps keys under one epoch key: the key XOR an
// HMAC-SHA-256 over a tag and the 32 bytes that the key belongs to
// (docs/formats/keys.md). It is for one goroutine.
type wrapper struct {
	epoch epochKey
	mac   hash.Hash
	buf   [32]byte
}

const (
	tagKey    = "rc1 wrap\n"
	tagPlain  = "rc1 wrap plain\n"
	tagSecret = "rc1 secret\n"
)

func newWrapper(key epochKey) *wrapper {
	return &wrapper{epoch: key, mac: hmac.New(sha256.New, key[:])}
}

// wrap is its own inverse.
func (w *wrapper) wrap(tag string, of, key [32]byte) [32]byte {
	w.mac.Reset()
	io.WriteString(w.mac, tag) // a hash never fails
	w.mac.Write(of[:])
	w.mac.Sum(w.buf[:0])
	for i := range key {
		key[i] ^= w.buf[i]
	}
	return key
}

// secretCipher seals the texts of signing keys, each under a key of its own.
func (w *wrapper) secretCipher(name string) (cipher.AEAD, error) {
	w.mac.Reset()
	io.WriteString(w.mac, tagSecret+name)
	block, err := aes.NewCipher(w.mac.Sum(nil))
	if err != nil {
		return nil, fmt.Errorf("cipher of a signing key: %w", err)
	}
	return cipher.NewGCM(block)
}

func (w *wrapper) sealSecret(name, secret string, rand io.Reader) ([]byte, error) {
	aead, err := w.secretCipher(name)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := io.ReadFull(rand, nonce); err != nil {
		return nil, fmt.Errorf("%w: no random bytes: %w", fault.Unavailable, err)
	}
	return aead.Seal(nonce, nonce, []byte(secret), []byte(name)), nil
}

func (w *wrapper) openSecret(name string, body []byte) (string, error) {
	aead, err := w.secretCipher(name)
	if err != nil {
		return "", err
	}
	if len(body) < aead.NonceSize() {
		return "", fmt.Errorf("%w: the key %q is cut off", fault.Tampered, name)
	}
	plain, err := aead.Open(nil, body[:aead.NonceSize()], body[aead.NonceSize():], []byte(name))
	if err != nil {
		return "", fmt.Errorf("%w: the key %q does not open: the epoch key is another's, or it was changed", fault.Tampered, name)
	}
	return string(plain), nil
}
