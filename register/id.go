// SPDX-License-Identifier: Apache-2.0

package register

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"recount/fault"
)

// idBytes: an id is its prefix, a hyphen and 16 hex digits, drawn at random,
// so that it says nothing and is never given out twice.
const idBytes = 8

// prefixes and what each names. A table, not a format: no other is accepted.
func prefixes() []Code {
	return []Code{
		{"s", "source"}, {"e", "exhibit"}, {"c", "citation"}, {"i", "incident"},
		{"a", "account"}, {"v", "session"}, {"p", "person"}, {"f", "figure"}, {"d", "dossier"}, {"b", "batch"}, {"z", "erasure"},
		{"w", "protected identity"}, {"n", "consent"}, {"k", "compartment"}, {"q", "decision"}, {"h", "hold"},
	}
}

// NewID draws an id with a prefix of one letter: "s" gives "s-" and 16 hex
// digits. Errors: fault.Invalid for an unknown prefix, fault.Unavailable when
// random bytes can not be read.
func NewID(rand io.Reader, prefix string) (string, error) {
	if !has(prefixes(), prefix) {
		return "", fmt.Errorf("%w: id prefix %q: accepted are %s", fault.Invalid, prefix, listed(prefixes()))
	}
	var b [idBytes]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", fmt.Errorf("%w: random bytes for an id: %v", fault.Unavailable, err)
	}
	return prefix + "-" + hex.EncodeToString(b[:]), nil
}

// OnceID is the id of what somebody adds under a key of their own, such as the
// number of a line in their notebook: the same each time, so that who gets no answer
// can ask again and finds what was added.
func OnceID(prefix, actor, key string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "recount once\n%s\n%q\n%q", prefix, actor, key))
	return prefix + "-" + hex.EncodeToString(sum[:idBytes])
}

// CheckID accepts an id with the prefix: one letter, a hyphen, 16 small hex
// digits.
func CheckID(prefix, id string) error {
	rest, ok := strings.CutPrefix(id, prefix+"-")
	if ok && isHex(rest, 2*idBytes) {
		return nil
	}
	return fmt.Errorf("%w: %s id %q: accepted is %s- and then %d hex digits in small letters",
		fault.Invalid, Label(prefixes(), prefix), clip(id), prefix, 2*idBytes)
}

// isHex reports whether s is n hex digits in small letters.
func isHex(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
