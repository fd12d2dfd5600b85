// SPDX-License-Identifier: Apache-2.0

package strongroom

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

const (
	saltBytes    = 32
	wrappedBytes = 32 + 16 // the master key and GCM's tag
)

// slot is the master key wrapped for one way to open it.
type slot struct {
	number  int
	kind    Kind
	added   string // YYYY-MM-DD
	cost    Cost   // of a passphrase
	salt    [saltBytes]byte
	wrapped [wrappedBytes]byte
}

// errOther says that a way is not that of a slot.
var errOther = errors.New("another slot's")

// head is a slot's line up to what is wrapped, which it authenticates.
func (s slot) head() string {
	work := "none"
	if s.kind == ByPassphrase {
		work = fmt.Sprintf("argon2id,%d,%d,%d", s.cost.Passes, s.cost.KiB, s.cost.Lanes)
	}
	return fmt.Sprintf("slot %d %s %s %s %s", s.number, s.kind, s.added, work, base64.StdEncoding.EncodeToString(s.salt[:]))
}

func (s slot) line() string {
	return s.head() + " " + base64.StdEncoding.EncodeToString(s.wrapped[:]) + "\n"
}

// fill draws the salt and wraps the key: AES-256-GCM with a nonce of zeros,
// since the salt makes each wrapping key serve once.
func (s *slot) fill(key *Key, way Way, rand io.Reader) error {
	salt, err := someBytes(rand, saltBytes)
	if err != nil {
		return err
	}
	copy(s.salt[:], salt)
	under, err := way.wrappingKey(s.salt[:], s.cost)
	if err != nil {
		return err
	}
	defer clear(under[:])
	aead, err := gcm(under)
	if err != nil {
		return err
	}
	key.mu.RLock()
	defer key.mu.RUnlock()
	if key.gone {
		return errLocked()
	}
	copy(s.wrapped[:], aead.Seal(nil, make([]byte, aead.NonceSize()), key.master[:], []byte(s.head())))
	return nil
}

func (s slot) open(way Way) (*Key, error) {
	under, err := way.wrappingKey(s.salt[:], s.cost)
	if err != nil {
		return nil, err
	}
	defer clear(under[:])
	aead, err := gcm(under)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, make([]byte, aead.NonceSize()), s.wrapped[:], []byte(s.head()))
	if err != nil {
		return nil, errOther
	}
	k := &Key{master: [32]byte(plain)}
	clear(plain)
	return k, nil
}
