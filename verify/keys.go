// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"recount/fault"
)

// The public keys that a bundle carries along. They prove nothing about who
// signed; they show what the signature is to be held against.
const (
	FileLogKey  = "proof/log.vkey"
	FileSealKey = "proof/seal.vkey"
)

// pinned parses the keys given from outside (fault.Invalid).
func pinned(vkeys []string) ([]note.Verifier, error) {
	var verifiers []note.Verifier
	for _, k := range vkeys {
		v, err := note.NewVerifier(strings.TrimSpace(k))
		if err != nil {
			return nil, fmt.Errorf("%w: %.100q is no public key; accepted is name+hash+key, as the archive publishes it", fault.Invalid, k)
		}
		verifiers = append(verifiers, v)
	}
	return verifiers, nil
}

// isSealKey tells the two roles of keys apart by their names.
func isSealKey(name string) bool { return strings.HasSuffix(name, SealKeyName("")) }

// judgeKey holds the signature on a note of the bundle against the pinned keys
// of that role; where none is pinned, against the key in the bundle, which
// leaves the claim open at best.
func (c *checking) judgeKey(claim, file, role, name string, text []byte) {
	var keys []string
	for i, v := range c.pinned {
		if isSealKey(v.Name()) == (role == "seal") {
			keys = append(keys, strings.TrimSpace(c.options.VKeys[i]))
		}
	}
	isPinned := len(keys) > 0
	if !isPinned {
		own, err := c.bag.read(map[string]string{"seal": FileSealKey, "checkpoint": FileLogKey}[role])
		if err != nil {
			c.report.add(claim, Finding{Verdict: Undecided, File: file, What: "no key of the " + role + " was given and the bundle has none", Expected: "--vkey", Found: "none"})
			return
		}
		keys = []string{strings.TrimSpace(string(own))}
	}
	var signer string
	for _, k := range keys {
		ok, err := signedBy(text, k, name)
		switch {
		case err != nil:
			c.report.add(claim, Finding{Verdict: Refuted, File: file, What: "the signature of the " + role, Expected: "one of " + clip(k, 120), Found: err.Error()})
			return
		case ok:
			signer = k
		}
	}
	if signer == "" {
		c.report.add(claim, Finding{Verdict: Refuted, File: file, What: "the signature of the " + role, Expected: "one of " + clip(strings.Join(keys, " or "), 300), Found: "signed by " + signers(text)})
		return
	}
	key := Key{Role: role, Name: name, VKey: signer, Fingerprint: fingerprint(signer), Pinned: isPinned}
	c.report.Keys = append(c.report.Keys, key)
	if !isPinned {
		c.report.add(claim, Finding{Verdict: Undecided, File: file, What: "the key of the " + role + " came with the bundle; whoever remade the bundle could have put it there",
			Expected: "its fingerprint from another hand, given as --vkey", Found: "fingerprint " + key.Fingerprint})
	}
}

// signedBy reports whether the note carries a good signature of the key, which
// must bear the name. A bad signature of that very key is an error.
func signedBy(text []byte, vkey, name string) (bool, error) {
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return false, fmt.Errorf("%.100q is no public key", vkey)
	}
	if v.Name() != name {
		return false, nil
	}
	_, err = note.Open(text, note.VerifierList(v))
	var wrong *note.InvalidSignatureError
	switch {
	case errors.As(err, &wrong):
		return false, errors.New("a signature of that key that does not hold")
	case err != nil:
		return false, nil
	}
	return true, nil
}

// signers are the names and hashes of the keys that a note says signed it.
func signers(text []byte) string {
	_, err := note.Open(text, note.VerifierList())
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) {
		return "nobody"
	}
	var names []string
	for _, s := range unverified.Note.UnverifiedSigs {
		names = append(names, fmt.Sprintf("%.80s+%08x", s.Name, s.Hash))
	}
	return strings.Join(names, ", ")
}

// fingerprint is the SHA-256 of the 32 bytes of an Ed25519 key, in hex.
func fingerprint(vkey string) string {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) == 3 {
		if key, err := base64.StdEncoding.DecodeString(parts[2]); err == nil && len(key) == 33 {
			sum := sha256.Sum256(key[1:])
			return hex.EncodeToString(sum[:])
		}
	}
	return ""
}
