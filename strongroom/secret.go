// SPDX-License-Identifier: Apache-2.0

package strongroom

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"recount/fault"
)

const keyFileLine = "recount key file/1"

// NewKeyFile draws a key file: two lines, "recount key file/1" and the base64
// of 32 random bytes.
func NewKeyFile(rand io.Reader) ([]byte, error) {
	secret, err := someBytes(rand, 32)
	if err != nil {
		return nil, err
	}
	return []byte(keyFileLine + "\n" + base64.StdEncoding.EncodeToString(secret) + "\n"), nil
}

func parseKeyFile(text []byte) ([]byte, error) {
	first, rest, _ := strings.Cut(string(text), "\n")
	secret, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSuffix(rest, "\n"))
	if first != keyFileLine || err != nil || len(secret) != 32 || len(text) != len(keyFileLine)+46 {
		return nil, fmt.Errorf("%w: this is not a key file; accepted is one that this program made: %q and a line of base64", fault.Invalid, keyFileLine)
	}
	return secret, nil
}

// A recovery key is 20 random bytes and the first 5 of their SHA-256, written
// in base32 (RFC 4648) as 8 groups of 5 letters and digits.
const (
	recoveryBytes = 20
	recoverySum   = 5
	recoveryGroup = 5
)

// NewRecovery draws a recovery key as it is to be written down.
func NewRecovery(rand io.Reader) (string, error) {
	secret, err := someBytes(rand, recoveryBytes)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(secret)
	letters := base32.StdEncoding.EncodeToString(append(secret, sum[:recoverySum]...))
	var groups []string
	for ; letters != ""; letters = letters[recoveryGroup:] {
		groups = append(groups, letters[:recoveryGroup])
	}
	return strings.Join(groups, "-"), nil
}

// parseRecovery takes small letters for capitals and does not mind hyphens and
// spaces.
func parseRecovery(typed string) ([]byte, error) {
	letters := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '\t' || r == '\r' || r == '\n' {
			return -1
		}
		return r
	}, strings.ToUpper(typed))
	raw, err := base32.StdEncoding.DecodeString(letters)
	if err != nil || len(raw) != recoveryBytes+recoverySum {
		return nil, fmt.Errorf("%w: the recovery key; accepted are its 8 groups of 5, of the letters A to Z and the digits 2 to 7", fault.Invalid)
	}
	sum := sha256.Sum256(raw[:recoveryBytes])
	if subtle.ConstantTimeCompare(sum[:recoverySum], raw[recoveryBytes:]) != 1 {
		return nil, fmt.Errorf("%w: the recovery key was mistyped: its last group does not fit the others; accepted is what was printed, letter by letter", fault.Invalid)
	}
	return raw[:recoveryBytes], nil
}
