// SPDX-License-Identifier: Apache-2.0

// Package audit says what is written down when somebody looks: who, what kind
// of thing, how many, when and why. An Event never holds content: identifiers
// and counts only. What was searched for stands apart, sealed under a key that
// can be destroyed; of it the event has a hash (docs/audit.md).
//
// Events are the entries of a journal of their own, with an origin of its own,
// a tree and signed checkpoints as package journal makes them. store keeps it.
package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"recount/fault"
	"recount/journal"
)

// Act is what somebody did.
type Act string

// The acts there are. What is Grave leaves the archive or opens what is kept
// closed, and is written down durably before the answer is given.
const (
	Viewed     Act = "viewed"     // one thing, or a page that is no list
	Listed     Act = "listed"     // several things of one kind
	Searched   Act = "searched"   // by words
	Exported   Act = "exported"   // a bundle, a backup, an answer for machines
	Downloaded Act = "downloaded" // the bytes of an exhibit
	Revealed   Act = "revealed"   // what is kept closed
	Verified   Act = "verified"   // the case or an edition was checked
	Refused    Act = "refused"    // asked for and not shown: not there, or not theirs to see; or sign-ins that failed
	Forgot     Act = "forgot"     // the keys of search texts were destroyed
	Restored   Act = "restored"   // put back from a backup
	SignedIn   Act = "signed-in"  // a session began
	Invited    Act = "invited"    // a sign-in link was made, and the account where it was new
	Changed    Act = "changed"    // an account, its sessions, or the ways that open the archive
)

// Acts are all acts.
func Acts() []Act {
	return []Act{Viewed, Listed, Searched, Exported, Downloaded, Revealed, Verified, Refused, Forgot, Restored, SignedIn, Invited, Changed}
}

// Grave tells acts that must be durable before the answer is given.
func (a Act) Grave() bool {
	switch a {
	case Exported, Downloaded, Revealed, Forgot, Restored, Invited, Changed:
		return true
	}
	return false
}

// ParseAct reads an act's name; another one is fault.Invalid.
func ParseAct(s string) (Act, error) {
	if slices.Contains(Acts(), Act(s)) {
		return Act(s), nil
	}
	return "", fmt.Errorf("%w: act %.40q (accepted: %v)", fault.Invalid, s, Acts())
}

// Event is one look. It is hashed as its JSON: keys in this order, no spaces,
// absent when empty.
type Event struct {
	Time    string `json:"time"`              // RFC 3339, UTC, whole seconds, by the clock of the archive
	Actor   string `json:"actor"`             // the account's name, as in the case's journal
	Session string `json:"session,omitempty"` // 8 hex digits that tell an account's sessions apart; "" at the command line
	Act     Act    `json:"act"`
	Kind    string `json:"kind"`            // the noun of what was looked at: "records"
	ID      string `json:"id,omitempty"`    // "" for a list
	Shown   int64  `json:"shown,omitempty"` // how many things
	Times   int64  `json:"times,omitempty"` // how often, where it was more than once
	Why     string `json:"why,omitempty"`
	Class   string `json:"class,omitempty"` // of a search: the handling class of its highest hit
	Words   string `json:"words,omitempty"` // of a search: SHA-256 of its sealed text, hex
}

// MaxWhy and MaxID bound what an event may hold, in bytes.
const (
	MaxWhy = 1000
	MaxID  = 200
)

// timeForm is RFC 3339 in UTC with whole seconds.
const timeForm = "2006-01-02T15:04:05Z"

// At is a moment as an event has it.
func At(t time.Time) string { return t.UTC().Format(timeForm) }

// Check is fault.Invalid for an event that must not be written.
func (e Event) Check() error {
	if _, err := ParseAct(string(e.Act)); err != nil {
		return err
	}
	t, err := time.Parse(timeForm, e.Time)
	switch {
	case err != nil || At(t) != e.Time:
		return fmt.Errorf("%w: the time %.40q of an event (accepted: one such as 2031-04-05T06:07:08Z)", fault.Invalid, e.Time)
	case e.Actor == "" || len(e.Actor) > MaxWhy:
		return fmt.Errorf("%w: an event needs an actor, of at most %d bytes", fault.Invalid, MaxWhy)
	case e.Kind == "" || len(e.Kind) > MaxID || len(e.ID) > MaxID || len(e.Session) > MaxID || len(e.Class) > MaxID:
		return fmt.Errorf("%w: an event needs the kind of what was looked at; kind, id, session and class have at most %d bytes", fault.Invalid, MaxID)
	case len(e.Why) > MaxWhy:
		return fmt.Errorf("%w: a reason of %d bytes (accepted: at most %d)", fault.Invalid, len(e.Why), MaxWhy)
	case e.Shown < 0 || e.Times < 0:
		return fmt.Errorf("%w: an event counts from 0", fault.Invalid)
	}
	for _, s := range []string{e.Actor, e.Session, e.Kind, e.ID, e.Why, e.Class} {
		if !utf8.ValidString(s) {
			return fmt.Errorf("%w: an event is in UTF-8", fault.Invalid)
		}
	}
	if raw, err := hex.DecodeString(e.Words); err != nil || len(raw) != 0 && len(raw) != sha256.Size || strings.ToLower(e.Words) != e.Words {
		return fmt.Errorf("%w: the hash of a search text has 64 digits", fault.Invalid)
	}
	return nil
}

// JSON is the event as it is hashed.
func (e Event) JSON() ([]byte, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Parse reads exactly what JSON writes; anything else is fault.Tampered.
func Parse(text []byte) (Event, error) {
	var e Event
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return Event{}, fmt.Errorf("%w: no event of an audit journal: %w", fault.Tampered, err)
	}
	again, err := e.JSON()
	if err != nil {
		return Event{}, fmt.Errorf("%w: %w", fault.Tampered, err)
	}
	if !bytes.Equal(again, text) {
		return Event{}, fmt.Errorf("%w: an event in another form than it was written in", fault.Tampered)
	}
	return e, nil
}

// Leaf is what stands for the event in its header: SHA-256 of a tag and the JSON.
func Leaf(event []byte) journal.Leaf {
	return sha256.Sum256(append([]byte("rc1 audit\n"), event...))
}

// Same tells whether two events say the same but for the time and how often.
func (e Event) Same(other Event) bool {
	e.Time, e.Times, other.Time, other.Times = "", 0, "", 0
	return e == other
}

// Filter chooses events; what is "" does not matter.
type Filter struct {
	Actor string // exactly
	Act   Act
	Kind  string
	ID    string
}
