// SPDX-License-Identifier: Apache-2.0

package backup

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"recount/fault"
	"recount/internal/durable"
)

// Recipients reads public keys: age1…, or age1pq1… of the kind that is made to
// withstand quantum computers. The two kinds do not go together.
func Recipients(keys []string) (all []age.Recipient, err error) {
	hybrid := 0
	for _, key := range keys {
		if strings.HasPrefix(key, "AGE-SECRET-KEY-") {
			return nil, fmt.Errorf("%w: a secret key was given where a public one is asked for; it has been shown to this machine's history now, so make another (accepted: the key that begins with age1)", fault.Invalid)
		}
		found, err := age.ParseRecipients(strings.NewReader(key))
		if err != nil || len(found) != 1 {
			return nil, fmt.Errorf("%w: the public key %.80q; accepted is one that begins with age1, as \"recount backup keygen\" prints it", fault.Invalid, key)
		}
		if _, is := found[0].(*age.HybridRecipient); is {
			hybrid++
		}
		all = append(all, found...)
	}
	if hybrid != 0 && hybrid != len(all) {
		return nil, fmt.Errorf("%w: public keys that begin with age1pq1 go with their like only: what is sealed is as safe as its weakest key", fault.Invalid)
	}
	return all, nil
}

// sealedTo is the SHA-256 of public keys, sorted, each on a line.
func sealedTo(recipients []age.Recipient) [32]byte {
	lines := []string{}
	for _, r := range recipients {
		lines = append(lines, fmt.Sprint(r)+"\n")
	}
	slices.Sort(lines)
	return sha256.Sum256([]byte(strings.Join(slices.Compact(lines), "")))
}

// maxIdentities bounds what is read of a file of identities.
const maxIdentities = 1 << 20

// Identities reads secret keys from a file, one a line.
func Identities(name string) ([]age.Identity, error) {
	data, err := readAll(durable.OS(), name, maxIdentities)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: there is no file of identities %s", fault.NotFound, name)
	}
	if err != nil {
		return nil, explain(name, err)
	}
	found, err := age.ParseIdentities(strings.NewReader(string(data)))
	if err != nil {
		// The error of age may repeat a line, which is a secret.
		return nil, fmt.Errorf("%w: %s is no file of identities; accepted is what \"recount backup keygen\" or age-keygen writes", fault.Invalid, name)
	}
	return found, nil
}

// GenerateIdentity writes a new secret key into a file that is not there, for
// its owner alone, and answers its public key. hybrid asks for the kind that
// is made to withstand quantum computers.
func GenerateIdentity(name string, hybrid bool, now time.Time) (public string, err error) {
	var secret string
	if hybrid {
		i, err := age.GenerateHybridIdentity()
		if err != nil {
			return "", fmt.Errorf("%w: %w", fault.Unavailable, err)
		}
		secret, public = i.String(), i.Recipient().String()
	} else {
		i, err := age.GenerateX25519Identity()
		if err != nil {
			return "", fmt.Errorf("%w: %w", fault.Unavailable, err)
		}
		secret, public = i.String(), i.Recipient().String()
	}
	if _, err := os.Lstat(name); err == nil {
		return "", fmt.Errorf("%w: %s is there already; it is not written over", fault.Conflict, name)
	}
	text := fmt.Sprintf("# created: %s\n# public key: %s\n%s\n", now.UTC().Format(time.RFC3339), public, secret)
	err = durable.WriteFile(durable.OS(), name, []byte(text), 0o600, false)
	if errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%w: %s is there already; it is not written over", fault.Conflict, name)
	}
	return public, explain(name, err)
}
