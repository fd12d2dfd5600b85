// SPDX-License-Identifier: Apache-2.0

// Package signin knows what somebody shows to get in: passwords, codes that
// change with time, and recovery codes; and how often may be tried. It keeps
// nothing; package store does.
package signin

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"recount/fault"
)

// The cost of one try of a password by Argon2id: the second recommended option
// of RFC 9106, section 4. A hash that asks for less is not accepted.
const (
	passes    = 3
	memoryKiB = 64 << 10
	lanes     = 4
	saltBytes = 16
	hashBytes = 32
)

// ShortestPassword and LongestPassword are in characters after normalisation
// (NFC). There are no rules of what a password has to be made of.
const (
	ShortestPassword = 12
	LongestPassword  = 256
)

// Passwords hashes and checks passwords, at most two at once, because each
// takes 64 MiB; others wait. It is safe for concurrent use.
type Passwords struct {
	// Computed is told of each hash that was computed, whatever of; nil tells nobody.
	// It is set before the first one.
	Computed func()

	rand  io.Reader
	seats chan struct{}
}

// NewPasswords takes random bytes from rand.
func NewPasswords(rand io.Reader) *Passwords {
	return &Passwords{rand: rand, seats: make(chan struct{}, 2)}
}

// Fit is nil for what may be a password; else fault.Invalid.
func Fit(password string) error {
	n := utf8.RuneCountInString(norm.NFC.String(password))
	if !utf8.ValidString(password) || n < ShortestPassword || n > LongestPassword {
		return fmt.Errorf("%w: a password has from %d to %d characters; best some words that nobody would put together", fault.Invalid, ShortestPassword, LongestPassword)
	}
	return nil
}

// Hash is a password as it is kept, in the PHC string format:
// $argon2id$v=19$m=65536,t=3,p=4$SALT$HASH.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if err := Fit(password); err != nil {
		return "", err
	}
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(p.rand, salt); err != nil {
		return "", fmt.Errorf("%w: no random bytes for a password: %w", fault.Unavailable, err)
	}
	sum, err := p.sum(ctx, password, kept{passes: passes, memory: memoryKiB, lanes: lanes, salt: salt, hash: make([]byte, hashBytes)})
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes, b64.EncodeToString(salt), b64.EncodeToString(sum)), nil
}

// Check reports whether a password is the one of which hash was made. "" for
// hash stands for nobody's: it takes the same time and is never right.
func (p *Passwords) Check(ctx context.Context, password, hash string) (bool, error) {
	k := kept{passes: passes, memory: memoryKiB, lanes: lanes, salt: make([]byte, saltBytes), hash: make([]byte, hashBytes)}
	if hash != "" {
		var err error
		if k, err = parse(hash); err != nil {
			return false, err
		}
	}
	if len(password) > 4*LongestPassword {
		password = password[:4*LongestPassword] // no such password was ever set
	}
	sum, err := p.sum(ctx, password, k)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(sum, k.hash) == 1 && hash != "", nil
}

// kept is a hash with what it was made by.
type kept struct {
	passes, memory uint32
	lanes          uint8
	salt, hash     []byte
}

func (p *Passwords) sum(ctx context.Context, password string, k kept) ([]byte, error) {
	select {
	case p.seats <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-p.seats }()
	text := []byte(norm.NFC.String(password))
	defer clear(text)
	if p.Computed != nil {
		defer p.Computed()
	}
	return argon2.IDKey(text, k.salt, k.passes, k.memory, k.lanes, uint32(len(k.hash))), nil
}

// parse reads the PHC form, and refuses one that costs less than what is
// written today, or so much that it would take the machine.
func parse(phc string) (k kept, err error) {
	wrong := fmt.Errorf("%w: a password's hash that this program did not write", fault.Tampered)
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return k, wrong
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &k.memory, &k.passes, &k.lanes); err != nil || n != 3 || fmt.Sprintf("m=%d,t=%d,p=%d", k.memory, k.passes, k.lanes) != parts[3] {
		return k, wrong
	}
	if k.memory < memoryKiB || k.passes < passes || k.lanes < 1 || k.memory > 1<<20 || k.passes > 64 || k.lanes > 64 {
		return k, wrong
	}
	salt, saltErr := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	hash, hashErr := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if saltErr != nil || hashErr != nil || len(salt) < saltBytes || len(salt) > 64 || len(hash) != hashBytes {
		return k, wrong
	}
	k.salt, k.hash = salt, hash
	return k, nil
}
