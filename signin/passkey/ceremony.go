// SPDX-License-Identifier: Apache-2.0

package passkey

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"recount/fault"
)

// Key is the public half of a passkey, as it is kept.
type Key struct {
	ID      []byte // the credential's, as the device chose it
	Record  []byte // JSON; what a signature is checked against
	Counter uint32 // how often the device says that it has signed; 0 for ever where it does not count
}

// ErrCopied is of a passkey whose counter did not go on: there are two of it.
var ErrCopied = errors.New("the counter of the passkey went back: there is a copy of it somewhere")

// challengeBytes is how long a challenge is (Web Authentication, section 13.4.3: at least 16).
const challengeBytes = 32

// holder is an account as the ceremonies ask for it. The id is random and says
// nothing of anybody, so it may lie in the device as the handle.
type holder struct {
	id, name string
	keys     []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return []byte(h.id) }
func (h holder) WebAuthnName() string                       { return h.name }
func (h holder) WebAuthnDisplayName() string                { return h.name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func challenge(rand io.Reader) ([]byte, error) {
	c := make([]byte, challengeBytes)
	if _, err := io.ReadFull(rand, c); err != nil {
		return nil, fmt.Errorf("%w: no random bytes for a challenge: %w", fault.Unavailable, err)
	}
	return c, nil
}

// Offer begins to register a passkey of an account that has some already: options
// is what the browser is given (JSON), pending what Take is given later and the
// browser never.
func (s Site) Offer(account, name string, has []Key, rand io.Reader) (options, pending []byte, err error) {
	keys, err := credentials(has)
	if err != nil {
		return nil, nil, err
	}
	bytes, err := challenge(rand)
	if err != nil {
		return nil, nil, err
	}
	var known []protocol.CredentialDescriptor
	for _, k := range keys {
		known = append(known, k.Descriptor())
	}
	creation, session, err := s.rooms.BeginRegistration(holder{account, name, keys}, webauthn.WithExclusions(known),
		func(o *protocol.PublicKeyCredentialCreationOptions) error { o.Challenge = bytes; return nil })
	if err != nil {
		return nil, nil, fmt.Errorf("%w: registering a passkey: %w", fault.Invalid, err)
	}
	return both(creation.Response, session)
}

// Take ends what Offer began with what the browser answered (JSON). fault.Invalid
// for an answer that is none, or that is not to this.
func (s Site) Take(account string, pending, answer []byte) (Key, error) {
	session, err := begun(pending)
	if err != nil {
		return Key{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err == nil {
		var c *webauthn.Credential
		if c, err = s.rooms.CreateCredential(holder{id: account}, session, parsed); err == nil {
			return kept(*c)
		}
	}
	return Key{}, fmt.Errorf("%w: the browser's answer was not accepted: %s (accepted: a new passkey, made at this address, within five minutes)", fault.Invalid, why(err))
}

// Ask begins to sign somebody in of whom nothing is known.
func (s Site) Ask(rand io.Reader) (options, pending []byte, err error) {
	bytes, err := challenge(rand)
	if err != nil {
		return nil, nil, err
	}
	assertion, session, err := s.rooms.BeginDiscoverableLogin(webauthn.WithChallenge(bytes))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: asking for a passkey: %w", fault.Invalid, err)
	}
	return both(assertion.Response, session)
}

// Check ends what Ask began. find answers the key of an id that belongs to an
// account; what it fails with is passed on. fault.Forbidden for whatever
// is not accepted; ErrCopied where all is right but the counter.
func (s Site) Check(pending, answer []byte, find func(account string, id []byte) (Key, error)) (account string, k Key, err error) {
	session, err := begun(pending)
	if err != nil {
		return "", Key{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return "", Key{}, fmt.Errorf("%w: this is no answer to a passkey's question: %s", fault.Forbidden, why(err))
	}
	var failed error // to find the key: not for the library to tell
	_, c, err := s.rooms.ValidatePasskeyLogin(func(id, handle []byte) (webauthn.User, error) {
		account = string(handle)
		found, err := find(account, id)
		if err != nil {
			failed = err
			return nil, err
		}
		all, err := credentials([]Key{found})
		failed = err
		return holder{id: account, keys: all}, err
	}, session, parsed)
	switch {
	case failed != nil:
		return account, Key{}, failed
	case err != nil:
		return account, Key{}, fmt.Errorf("%w: the passkey was not accepted: %s", fault.Forbidden, why(err))
	}
	if c.Authenticator.CloneWarning {
		return account, Key{ID: c.ID}, fmt.Errorf("%w: %w", fault.Forbidden, ErrCopied)
	}
	k, err = kept(*c)
	return account, k, err
}

// kept leaves away how the device proves what it is: nobody was asked for that.
func kept(c webauthn.Credential) (Key, error) {
	c.Attestation, c.Authenticator.CloneWarning = webauthn.CredentialAttestation{}, false
	raw, err := json.Marshal(c)
	return Key{ID: c.ID, Record: raw, Counter: c.Authenticator.SignCount}, err
}

func credentials(keys []Key) ([]webauthn.Credential, error) {
	all := make([]webauthn.Credential, len(keys))
	for i, k := range keys {
		if err := json.Unmarshal(k.Record, &all[i]); err != nil {
			return nil, fmt.Errorf("%w: a passkey that this program did not write: %w", fault.Tampered, err)
		}
		all[i].Authenticator.SignCount = k.Counter
	}
	return all, nil
}

func both(response any, session *webauthn.SessionData) (options, pending []byte, err error) {
	if options, err = json.Marshal(response); err != nil {
		return nil, nil, err
	}
	pending, err = json.Marshal(session)
	return options, pending, err
}

func begun(pending []byte) (session webauthn.SessionData, err error) {
	if err := json.Unmarshal(pending, &session); err != nil {
		return session, fmt.Errorf("%w: a ceremony that this program did not begin: %w", fault.Tampered, err)
	}
	return session, nil
}

// why is what the library found wrong, in its words for people: its other ones
// can hold what was sent.
func why(err error) string {
	var known *protocol.Error
	if errors.As(err, &known) {
		return known.Details
	}
	return "it could not be read"
}
