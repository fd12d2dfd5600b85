// SPDX-License-Identifier: Apache-2.0

package strongroom

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"recount/fault"
)

const (
	ringLine  = "recount ring/1"
	mostSlots = 32
)

// Ring is a master key, wrapped once for each way that opens it. It is not safe
// for concurrent use.
type Ring struct {
	slots []slot
	mac   [32]byte // over the text before it, under a key derived from the master key
}

// New makes the ring of a key with its first slot.
func New(key *Key, way Way, cost Cost, now time.Time, rand io.Reader) (*Ring, error) {
	r := &Ring{}
	_, err := r.Add(key, way, cost, now, rand)
	return r, err
}

// Slot is one way to open a ring, as people are told of it.
type Slot struct {
	Number int    `json:"slot"`
	Kind   Kind   `json:"kind"`
	Added  string `json:"added"` // YYYY-MM-DD
	Cost   *Cost  `json:"argon2id,omitempty"`
}

// Slots are the ways that open the ring, in the order of their numbers.
func (r *Ring) Slots() []Slot {
	var all []Slot
	for _, s := range r.slots {
		told := Slot{Number: s.number, Kind: s.kind, Added: s.added}
		if s.kind == ByPassphrase {
			told.Cost = &s.cost
		}
		all = append(all, told)
	}
	return all
}

// Open answers the master key. A way that opens no slot is fault.Forbidden; a
// ring of which anything was changed by somebody without the key is
// fault.Tampered.
func (r *Ring) Open(way Way) (*Key, error) {
	tried := false
	for _, s := range r.slots {
		if s.kind != way.kind {
			continue
		}
		tried = true
		key, err := s.open(way)
		if errors.Is(err, errOther) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return key, r.check(key)
	}
	if !tried {
		return nil, fmt.Errorf("%w: no %s opens this archive; accepted: %s", fault.Forbidden, way.kind.Say(), r.ways())
	}
	return nil, fmt.Errorf("%w: this %s does not open the archive; accepted: %s", fault.Forbidden, way.kind.Say(), r.ways())
}

func (r *Ring) ways() string {
	var all []string
	for _, s := range r.slots {
		if say := "its " + s.kind.Say(); !slices.Contains(all, say) {
			all = append(all, say)
		}
	}
	return strings.Join(all, ", ")
}

// check holds the ring's text against its code, which only who has the master
// key can make.
func (r *Ring) check(key *Key) error {
	mac, err := r.code(key)
	if err != nil {
		return err
	}
	if !hmac.Equal(mac[:], r.mac[:]) {
		return fmt.Errorf("%w: the ring of keys was changed by somebody who did not have its key", fault.Tampered)
	}
	return nil
}

func (r *Ring) code(key *Key) (mac [32]byte, err error) {
	under, err := key.Derive(nil, "ring")
	if err != nil {
		return mac, err
	}
	defer clear(under[:])
	h := hmac.New(sha256.New, under[:])
	io.WriteString(h, r.slotLines()) // a hash never fails
	h.Sum(mac[:0])
	return mac, nil
}

// Add adds a way to open the ring of key and answers its number.
func (r *Ring) Add(key *Key, way Way, cost Cost, now time.Time, rand io.Reader) (int, error) {
	if err := way.Fit(); err != nil {
		return 0, err
	}
	if len(r.slots) >= mostSlots {
		return 0, fmt.Errorf("%w: the ring has %d slots, which is all it can have; remove one first", fault.Conflict, mostSlots)
	}
	if len(r.slots) > 0 {
		if err := r.check(key); err != nil {
			return 0, err
		}
	}
	s := slot{number: 1, kind: way.kind, added: now.UTC().Format(time.DateOnly)}
	if n := len(r.slots); n > 0 {
		s.number = r.slots[n-1].number + 1
	}
	if way.kind == ByPassphrase {
		s.cost = cost
	}
	if err := s.fill(key, way, rand); err != nil {
		return 0, err
	}
	r.slots = append(r.slots, s)
	return s.number, r.sign(key)
}

// Remove takes a slot away. The last one stays: without it nothing in the
// archive could ever be read again.
func (r *Ring) Remove(key *Key, number int) error {
	if err := r.check(key); err != nil {
		return err
	}
	at := slices.IndexFunc(r.slots, func(s slot) bool { return s.number == number })
	if at < 0 {
		return fmt.Errorf("%w: the ring has no slot %d", fault.NotFound, number)
	}
	if len(r.slots) == 1 {
		return fmt.Errorf("%w: slot %d is the last one, and without it nothing here could ever be read again; add another way first", fault.Conflict, number)
	}
	r.slots = slices.Delete(r.slots, at, at+1)
	return r.sign(key)
}

func (r *Ring) sign(key *Key) (err error) {
	r.mac, err = r.code(key)
	return err
}
