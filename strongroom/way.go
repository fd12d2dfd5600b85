// SPDX-License-Identifier: Apache-2.0

package strongroom

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"recount/fault"
)

// Kind is a kind of way to open a ring.
type Kind string

// The kinds of ways.
const (
	ByPassphrase Kind = "passphrase"
	ByKeyFile    Kind = "key-file"
	ByRecovery   Kind = "recovery"
)

// Say names a kind to people.
func (k Kind) Say() string {
	switch k {
	case ByKeyFile:
		return "key file"
	case ByRecovery:
		return "recovery key"
	}
	return string(k)
}

// Cost is what one try of a passphrase takes: Argon2id's passes, memory and
// lanes (RFC 9106, section 3.1).
type Cost struct {
	Passes uint32
	KiB    uint32
	Lanes  uint8
}

// LeastCost is the least that is accepted, also of a ring that is read: the
// second recommended option of RFC 9106, section 4.
func LeastCost() Cost { return Cost{Passes: 3, KiB: 64 << 10, Lanes: 4} }

// UsualCost is what new passphrases get: twice that memory.
func UsualCost() Cost { return Cost{Passes: 3, KiB: 128 << 10, Lanes: 4} }

// mostCost keeps a ring that somebody put there from taking all memory.
func mostCost() Cost { return Cost{Passes: 64, KiB: 2 << 20, Lanes: 64} }

func (c Cost) check() error {
	least, most := LeastCost(), mostCost()
	if c.Passes < least.Passes || c.KiB < least.KiB || c.Lanes < least.Lanes || c.Passes > most.Passes || c.KiB > most.KiB || c.Lanes > most.Lanes {
		return fmt.Errorf("%w: Argon2id with %d passes, %d KiB and %d lanes; accepted: at least %d, %d and %d, at most %d, %d and %d", fault.Invalid,
			c.Passes, c.KiB, c.Lanes, least.Passes, least.KiB, least.Lanes, most.Passes, most.KiB, most.Lanes)
	}
	return nil
}

// Way is a passphrase, the content of a key file or a recovery key.
type Way struct {
	kind   Kind
	secret []byte
}

// Kind of the way.
func (w Way) Kind() Kind { return w.kind }

// Forget overwrites the secret.
func (w Way) Forget() { clear(w.secret) }

// shortest is how many characters a new passphrase has at least.
const shortest = 12

// Passphrase makes a way of what somebody typed, as RFC 8265 (OpaqueString)
// compares it: spaces of all kinds are a space, and the text is in NFC. It may
// not be empty nor hold control characters.
func Passphrase(typed string) (Way, error) {
	if typed == "" || !utf8.ValidString(typed) || strings.ContainsFunc(typed, unicode.IsControl) {
		return Way{}, fmt.Errorf("%w: the passphrase; accepted is a text of one line, in UTF-8, that is not empty", fault.Invalid)
	}
	spaced := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Zs, r) {
			return ' '
		}
		return r
	}, typed)
	return Way{ByPassphrase, []byte(norm.NFC.String(spaced))}, nil
}

// KeyFile makes a way of the text of a key file.
func KeyFile(text []byte) (Way, error) {
	secret, err := parseKeyFile(text)
	return Way{ByKeyFile, secret}, err
}

// Recovery makes a way of a recovery key as somebody typed it.
func Recovery(typed string) (Way, error) {
	secret, err := parseRecovery(typed)
	return Way{ByRecovery, secret}, err
}

// Fit refuses what is not good enough for a new slot: fault.Invalid.
func (w Way) Fit() error {
	if len(w.secret) == 0 {
		return fmt.Errorf("%w: no way to open the archive was given", fault.Invalid)
	}
	if w.kind == ByPassphrase && utf8.RuneCount(w.secret) < shortest {
		return fmt.Errorf("%w: a passphrase needs %d characters or more; accepted is best a row of some words that nobody would put together", fault.Invalid, shortest)
	}
	return nil
}

// wrappingKey answers the key that wraps the master key in a slot.
func (w Way) wrappingKey(salt []byte, cost Cost) (key [32]byte, err error) {
	secret := w.secret
	if w.kind == ByPassphrase {
		if err := cost.check(); err != nil {
			return key, err
		}
		secret = argon2.IDKey(w.secret, salt, cost.Passes, cost.KiB, cost.Lanes, 32)
		defer clear(secret)
	}
	return derive(secret, salt, "slot\n"+string(w.kind))
}

// someBytes reads what is random.
func someBytes(r io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, fmt.Errorf("%w: no random bytes: %w", fault.Unavailable, err)
	}
	return b, nil
}
