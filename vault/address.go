// SPDX-License-Identifier: Apache-2.0

// Package vault keeps preserved bytes. Each object is encrypted under a key of
// its own, cut into chunks that are each authenticated (docs/formats/object.md),
// and addressed by the SHA-256 of its stored, encrypted bytes; it is written
// once and never changed. Destroying the key, which the vault does not hold,
// makes an object unreadable wherever copies of it lie.
//
// The vault is not trusted: who can alter it can only make reads fail.
package vault

import (
	"encoding/hex"
	"fmt"

	"recount/fault"
)

// Address is the SHA-256 of an object's stored bytes.
type Address [32]byte

// String is the address in 64 lower-case hexadecimal digits.
func (a Address) String() string { return hex.EncodeToString(a[:]) }

// ParseAddress reads what String wrote. Anything else, capitals included, is
// fault.Invalid.
func ParseAddress(s string) (Address, error) {
	var a Address
	if n, err := hex.Decode(a[:], []byte(limit(s))); err != nil || n != len(a) || a.String() != s {
		return Address{}, fmt.Errorf("%w: %q is no address of an object: 64 digits of 0-9 and a-f are needed", fault.Invalid, s)
	}
	return a, nil
}

// limit keeps what is too long to be an address from being decoded.
func limit(s string) string {
	if len(s) != 2*len(Address{}) {
		return ""
	}
	return s
}
