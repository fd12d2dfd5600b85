// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"recount/fault"
)

// NewOrigin draws the origin of a new case: the archive's public name, "/",
// and 16 random hexadecimal digits. The public name is an identifier that
// strangers will see for ever, best a domain name of the archive
// ("archive.example"); titles in any script belong into the case itself.
func NewOrigin(rand io.Reader, publicName string) (string, error) {
	if err := checkOrigin(publicName); err != nil {
		return "", fmt.Errorf("public name: %w", err)
	}
	var b [8]byte
	if len(publicName)+1+2*len(b) > maxOrigin {
		return "", fmt.Errorf("%w: a public name of %d bytes; at most %d are accepted", fault.Invalid, len(publicName), maxOrigin-1-2*len(b))
	}
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", fmt.Errorf("%w: no random bytes for an origin: %w", fault.Unavailable, err)
	}
	return publicName + "/" + hex.EncodeToString(b[:]), nil
}

// checkOrigin accepts 1 to 255 visible ASCII characters but "+". It is
// narrower than what a signed note takes as a name (no Unicode spaces), so
// that every language reads it alike.
func checkOrigin(s string) error {
	bad := func(r rune) bool { return r <= ' ' || r > '~' || r == '+' }
	if s == "" || len(s) > maxOrigin || strings.ContainsFunc(s, bad) {
		return fmt.Errorf("%w: %.80q is no origin; 1 to %d visible ASCII characters without space and \"+\" are accepted, such as \"archive.example\"", fault.Invalid, s, maxOrigin)
	}
	return nil
}
