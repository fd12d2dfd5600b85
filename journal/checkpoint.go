// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"recount/fault"
)

// Checkpoint is the head of a tree: c2sp.org/tlog-checkpoint without
// extension lines.
type Checkpoint struct {
	Origin string
	Size   int64 // entries, from 0
	Root   tlog.Hash
}

// Text is the checkpoint as the text of a signed note.
func (c Checkpoint) Text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + encode64(c.Root[:]) + "\n"
}

// ParseCheckpoint reads exactly what Text writes. Extension lines, which no
// monitor can check, are refused.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(text) > maxText || len(lines) != 4 || lines[3] != "" {
		return Checkpoint{}, fmt.Errorf("%w: not the text of a checkpoint; three lines are accepted: origin, size, root in base64", fault.Invalid)
	}
	c := Checkpoint{Origin: lines[0]}
	err := checkOrigin(c.Origin)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w", err)
	}
	if c.Size, err = parseNumber(lines[1]); err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: size: %w", err)
	}
	if c.Root, err = parseHash(lines[2]); err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: root: %w", err)
	}
	if err := c.check(); err != nil {
		return Checkpoint{}, err
	}
	return c, nil
}

// check holds the one thing that is known of a root without its tree: that of
// size 0.
func (c Checkpoint) check() error {
	if err := checkSize(c.Size); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if c.Size == 0 && c.Root != emptyRoot() {
		return fmt.Errorf("%w: a checkpoint of size 0 with the root %s; that of an empty tree is %s", fault.Tampered, c.Root, emptyRoot())
	}
	return nil
}

// GenerateKey makes a key pair for signed notes (Ed25519, c2sp.org/signed-note).
// The log key's name is the origin; the seal key has another name. skey is
// secret, vkey is to be published.
func GenerateKey(rand io.Reader, name string) (skey, vkey string, err error) {
	if err := checkOrigin(name); err != nil {
		return "", "", fmt.Errorf("name of a key: %w", err)
	}
	skey, vkey, err = note.GenerateKey(rand, name)
	if err != nil {
		return "", "", fmt.Errorf("%w: no random bytes for a key: %w", fault.Unavailable, err)
	}
	return skey, vkey, nil
}

// SignCheckpoint makes a signed note of c. The key must bear the origin as
// its name.
func SignCheckpoint(c Checkpoint, skey string) ([]byte, error) {
	if err := checkOrigin(c.Origin); err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, fmt.Errorf("%w: not a signing key: %w", fault.Invalid, err)
	}
	if signer.Name() != c.Origin {
		return nil, fmt.Errorf("%w: the key of %q cannot sign a checkpoint of %q; a key with the origin as its name is accepted", fault.Invalid, signer.Name(), c.Origin)
	}
	msg, err := note.Sign(&note.Note{Text: c.Text()}, signer)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint of %s at size %d: %w", c.Origin, c.Size, err)
	}
	return msg, nil
}

// OpenCheckpoint reads a signed note and checks the signatures of the given
// public keys. It answers the checkpoint with the signatures that hold.
//
// A signature of a given key that does not hold: fault.Tampered. No signature
// of a given key: fault.Invalid, wrapping *note.UnverifiedNoteError, which
// has the keys that did sign; ReadCheckpoint still reads the text. Signatures
// of other keys are ignored, as c2sp.org/signed-note demands.
func OpenCheckpoint(msg []byte, vkeys ...string) (Checkpoint, []note.Signature, error) {
	verifiers := make([]note.Verifier, 0, len(vkeys))
	for i, k := range vkeys {
		if slices.Contains(vkeys[:i], k) {
			continue
		}
		v, err := note.NewVerifier(k)
		if err != nil {
			return Checkpoint{}, nil, fmt.Errorf("%w: %.100q is no public key: %w", fault.Invalid, k, err)
		}
		verifiers = append(verifiers, v)
	}
	n, err := openNote(msg, note.VerifierList(verifiers...))
	if err != nil {
		return Checkpoint{}, nil, err
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	return c, n.Sigs, nil
}

// ReadCheckpoint reads a signed note without checking any signature. What it
// answers is a claim and nothing more.
func ReadCheckpoint(msg []byte) (Checkpoint, error) {
	_, err := openNote(msg, note.VerifierList())
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) {
		return Checkpoint{}, err
	}
	return ParseCheckpoint(unverified.Note.Text)
}

// openNote gives the errors of note.Open their kinds.
func openNote(msg []byte, known note.Verifiers) (*note.Note, error) {
	if len(msg) > maxText {
		return nil, fmt.Errorf("%w: a signed note of %d bytes; at most %d are accepted", fault.Invalid, len(msg), maxText)
	}
	n, err := note.Open(msg, known)
	var wrong *note.InvalidSignatureError
	var unverified *note.UnverifiedNoteError
	switch {
	case err == nil:
		return n, nil
	case errors.As(err, &wrong):
		return nil, fmt.Errorf("%w: checkpoint: the signature of %s+%08x does not hold: %w", fault.Tampered, wrong.Name, wrong.Hash, err)
	case errors.As(err, &unverified):
		return nil, fmt.Errorf("%w: checkpoint: signed by none of the keys given, but by %s: %w", fault.Invalid, signers(unverified.Note.UnverifiedSigs), err)
	default:
		return nil, fmt.Errorf("%w: checkpoint: not a signed note: %w", fault.Invalid, err)
	}
}

func signers(sigs []note.Signature) string {
	names := make([]string, 0, len(sigs))
	for _, s := range sigs {
		names = append(names, fmt.Sprintf("%.80s+%08x", s.Name, s.Hash))
	}
	return strings.Join(names, ", ")
}
