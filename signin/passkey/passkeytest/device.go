// SPDX-License-Identifier: Apache-2.0

// Package passkeytest is a device for tests: it makes a passkey and signs with
// it as the Web Authentication standard has it, with a browser's part around it.
package passkeytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// Device holds one passkey. What a test changes in it, the device then claims.
type Device struct {
	Origin  string // of the page, as the browser says
	Host    string // that the passkey is bound to
	Counter uint32 // of the next signature; 0 does not count on
	Holder  bool   // the device made sure of its holder
	Handle  []byte // the account that it was made for
	ID      []byte

	key *ecdsa.PrivateKey
}

// New is a device at a page's address that has no passkey yet.
func New(origin, host string) (*Device, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	d := &Device{Origin: origin, Host: host, Counter: 1, Holder: true, ID: make([]byte, 24), key: key}
	_, err = rand.Read(d.ID)
	return d, err
}

// Make answers a page's wish for a new passkey.
func (d *Device) Make(options []byte) ([]byte, error) {
	var asked struct {
		Challenge string
		User      struct{ ID string }
	}
	if err := json.Unmarshal(options, &asked); err != nil {
		return nil, err
	}
	handle, err := base64.RawURLEncoding.DecodeString(asked.User.ID)
	if err != nil {
		return nil, err
	}
	d.Handle = handle
	point, err := d.key.PublicKey.Bytes() // 4 ‖ x ‖ y
	if err != nil {
		return nil, err
	}
	// COSE (RFC 9053, section 7.1.1): kty 2 (EC2), alg -7 (ES256), crv 1 (P-256), x, y.
	cose := append([]byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32}, point[1:33]...)
	cose = append(append(cose, 0x22, 0x58, 32), point[33:]...)
	data := d.authenticatorData(0x40)
	data = append(data, make([]byte, 16)...) // no AAGUID
	data = binary.BigEndian.AppendUint16(data, uint16(len(d.ID)))
	data = append(append(data, d.ID...), cose...)
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"), byte(len(data))) // CBOR, RFC 8949
	object = append(object, data...)
	if d.Counter > 0 {
		d.Counter++
	}
	return d.answer(map[string]any{"attestationObject": encode(object), "clientDataJSON": encode(d.client("webauthn.create", asked.Challenge))})
}

// Sign answers a page that asks for a passkey.
func (d *Device) Sign(options []byte) ([]byte, error) {
	var asked struct{ Challenge string }
	if err := json.Unmarshal(options, &asked); err != nil {
		return nil, err
	}
	client, data := d.client("webauthn.get", asked.Challenge), d.authenticatorData(0)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, sum[:])
	if err != nil {
		return nil, err
	}
	if d.Counter > 0 {
		d.Counter++
	}
	return d.answer(map[string]any{"authenticatorData": encode(data), "clientDataJSON": encode(client), "signature": encode(signature), "userHandle": encode(d.Handle)})
}

// authenticatorData begins as in Web Authentication, section 6.1: hash of the
// host, flags (1 present, 4 holder verified), counter.
func (d *Device) authenticatorData(flags byte) []byte {
	host := sha256.Sum256([]byte(d.Host))
	flags |= 1
	if d.Holder {
		flags |= 4
	}
	return binary.BigEndian.AppendUint32(append(host[:], flags), d.Counter)
}

func (d *Device) client(kind, challenge string) []byte {
	return fmt.Appendf(nil, `{"type":%q,"challenge":%q,"origin":%q,"crossOrigin":false}`, kind, challenge, d.Origin)
}

func (d *Device) answer(response map[string]any) ([]byte, error) {
	return json.Marshal(map[string]any{"id": encode(d.ID), "rawId": encode(d.ID), "type": "public-key", "clientExtensionResults": map[string]any{}, "response": response})
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
