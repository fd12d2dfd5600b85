// SPDX-License-Identifier: Apache-2.0

package identities

import (
	"crypto/hpke"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"recount/fault"
	"recount/strongroom"
)

// Opener is somebody to whom identities can be sealed: the account's name and
// the public half of a key whose other half their identity passphrase opens.
type Opener struct {
	Account string
	Key     hpke.PublicKey
}

// kem is that of all openers' keys; kdf and aead are those of what is sealed to them.
func kem() hpke.KEM   { return hpke.MLKEM768X25519() }
func kdf() hpke.KDF   { return hpke.HKDFSHA256() }
func aead() hpke.AEAD { return hpke.AES256GCM() }

// ParseOpener reads an opener as the journal has it: the key in base64.
func ParseOpener(account, key string) (Opener, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(key)
	if err != nil {
		return Opener{}, fmt.Errorf("%w: the key of an opener is not base64", fault.Invalid)
	}
	public, err := kem().NewPublicKey(raw)
	if err != nil {
		return Opener{}, fmt.Errorf("%w: the key of an opener is none of MLKEM768-X25519", fault.Invalid)
	}
	return Opener{account, public}, nil
}

// Text is the key as the journal has it.
func (o Opener) Text() string { return base64.StdEncoding.EncodeToString(o.Key.Bytes()) }

// Fingerprint names the key: SHA-256 of its bytes, hex.
func (o Opener) Fingerprint() string {
	sum := sha256.Sum256(o.Key.Bytes())
	return hex.EncodeToString(sum[:])
}

// OpenerKey is an opener's own half, once their passphrase has opened it.
type OpenerKey struct {
	Opener
	private hpke.PrivateKey
}

// newOpener draws a key and puts it on a ring of its own, which way opens.
func newOpener(account string, way strongroom.Way, cost strongroom.Cost, now time.Time, rand io.Reader) (Opener, *strongroom.Ring, error) {
	if way.Kind() != strongroom.ByPassphrase {
		return Opener{}, nil, fmt.Errorf("%w: identities are opened by a passphrase of the opener's own; accepted is a passphrase, not a %s", fault.Invalid, way.Kind().Say())
	}
	key, err := strongroom.NewKey(rand)
	if err != nil {
		return Opener{}, nil, err
	}
	defer key.Forget()
	ring, err := strongroom.New(key, way, cost, now, rand)
	if err != nil {
		return Opener{}, nil, err
	}
	private, err := privateOf(key)
	if err != nil {
		return Opener{}, nil, err
	}
	return Opener{account, private.PublicKey()}, ring, nil
}

// privateOf derives the private half from the master key of the opener's ring.
func privateOf(key *strongroom.Key) (hpke.PrivateKey, error) {
	seed, err := key.Derive(nil, "identity opener")
	if err != nil {
		return nil, err
	}
	defer clear(seed[:])
	private, err := kem().DeriveKeyPair(seed[:])
	if err != nil {
		return nil, fmt.Errorf("deriving an opener's key: %w", err)
	}
	return private, nil
}

// unlock opens an opener's ring. A ring whose key is not the one that the
// journal names is fault.Tampered: somebody put another one in its place.
func unlock(o Opener, ring *strongroom.Ring, way strongroom.Way) (*strongroom.Key, OpenerKey, error) {
	key, err := ring.Open(way)
	if errors.Is(err, fault.Forbidden) {
		return nil, OpenerKey{}, fmt.Errorf("%w: this is not the identity passphrase of %s; accepted is the one that they chose with recount identity passphrase, which is another than the archive's", fault.Forbidden, o.Account)
	}
	if err != nil {
		return nil, OpenerKey{}, err
	}
	private, err := privateOf(key)
	if err != nil {
		return nil, OpenerKey{}, err
	}
	own := OpenerKey{Opener{o.Account, private.PublicKey()}, private}
	if own.Fingerprint() != o.Fingerprint() {
		key.Forget()
		return nil, OpenerKey{}, fmt.Errorf("%w: the ring of keys of %s in the map of identities is not that of the key which the journal names", fault.Tampered, o.Account)
	}
	return key, own, nil
}
