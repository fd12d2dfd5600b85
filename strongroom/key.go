// SPDX-License-Identifier: Apache-2.0

package strongroom

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"sync"

	"recount/fault"
)

// Key is a master key that was opened. It is safe for concurrent use.
type Key struct {
	mu     sync.RWMutex
	master [32]byte
	gone   bool
}

// NewKey draws a master key.
func NewKey(rand io.Reader) (*Key, error) {
	k := &Key{}
	if _, err := io.ReadFull(rand, k.master[:]); err != nil {
		return nil, fmt.Errorf("%w: no random bytes for a master key: %w", fault.Unavailable, err)
	}
	return k, nil
}

// Forget overwrites the key. Whoever asks it for anything later is refused.
// Copies that the runtime has made while it worked are out of its reach.
func (k *Key) Forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.master[:])
	k.gone = true
}

// Copy answers another holder of the same key, forgotten apart from this one.
func (k *Key) Copy() (*Key, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.gone {
		return nil, errLocked()
	}
	return &Key{master: k.master}, nil
}

func errLocked() error {
	return fmt.Errorf("%w: the archive was locked; open it again", fault.Forbidden)
}

// Derive answers the key for a purpose: HKDF-SHA-256 (RFC 5869) of the master
// key, with salt, which may be empty, and "recount ring/1\n" ‖ purpose as info.
// After Forget it is fault.Forbidden.
func (k *Key) Derive(salt []byte, purpose string) ([32]byte, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.gone {
		return [32]byte{}, errLocked()
	}
	return derive(k.master[:], salt, purpose)
}

func derive(secret, salt []byte, purpose string) (key [32]byte, err error) {
	raw, err := hkdf.Key(sha256.New, secret, salt, ringLine+"\n"+purpose, len(key))
	if err != nil {
		return key, fmt.Errorf("deriving a key: %w", err)
	}
	copy(key[:], raw)
	clear(raw)
	return key, nil
}

// sealedLine begins the text of a small file that was sealed.
const sealedLine = "recount sealed/1"

// Sealed tells whether a text looks as if Seal had made it.
func Sealed(text []byte) bool { return strings.HasPrefix(string(text), sealedLine+"\n") }

// Seal seals the content of a small file under its name, by which it must be
// opened: two lines, "recount sealed/1" and the base64 of nonce ‖ AES-256-GCM.
func (k *Key) Seal(name string, content []byte, rand io.Reader) ([]byte, error) {
	aead, err := k.fileCipher(name)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := io.ReadFull(rand, nonce); err != nil {
		return nil, fmt.Errorf("%w: no random bytes: %w", fault.Unavailable, err)
	}
	body := aead.Seal(nonce, nonce, content, []byte(name))
	return []byte(sealedLine + "\n" + base64.StdEncoding.EncodeToString(body) + "\n"), nil
}

// Open opens what Seal made under the same name; anything else is
// fault.Tampered.
func (k *Key) Open(name string, text []byte) ([]byte, error) {
	aead, err := k.fileCipher(name)
	if err != nil {
		return nil, err
	}
	rest, sealed := strings.CutPrefix(string(text), sealedLine+"\n")
	line, ended := strings.CutSuffix(rest, "\n")
	body, err := base64.StdEncoding.Strict().DecodeString(line)
	if !sealed || !ended || err != nil || len(body) < aead.NonceSize() || strings.ContainsAny(line, "\r\n") {
		return nil, fmt.Errorf("%w: %s is not a file that this archive sealed", fault.Tampered, name)
	}
	content, err := aead.Open(nil, body[:aead.NonceSize()], body[aead.NonceSize():], []byte(name))
	if err != nil {
		return nil, fmt.Errorf("%w: %s does not open: it was changed, or is another archive's", fault.Tampered, name)
	}
	return content, nil
}

func (k *Key) fileCipher(name string) (cipher.AEAD, error) {
	key, err := k.Derive(nil, "file\n"+name)
	if err != nil {
		return nil, err
	}
	defer clear(key[:])
	return gcm(key)
}

func gcm(key [32]byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("a cipher: %w", err)
	}
	return cipher.NewGCM(block)
}
