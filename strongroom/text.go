// SPDX-License-Identifier: Apache-2.0

package strongroom

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"recount/fault"
)

func (r *Ring) slotLines() string {
	var b strings.Builder
	b.WriteString(ringLine + "\n")
	for _, s := range r.slots {
		b.WriteString(s.line())
	}
	return b.String()
}

// Text is the ring as it is kept, docs/formats/keyring.md.
func (r *Ring) Text() []byte {
	text := r.slotLines() + "mac " + base64.StdEncoding.EncodeToString(r.mac[:]) + "\n"
	sum := sha256.Sum256([]byte(text))
	return []byte(text + "sum " + hex.EncodeToString(sum[:]) + "\n")
}

// longestRing is more than a ring of the most slots takes.
const longestRing = 16 << 10

// Parse reads a ring. What Text does not write is fault.Tampered; so is a cost
// of Argon2id below the least. Its code is checked on opening it.
func Parse(text []byte) (*Ring, error) {
	if len(text) > longestRing {
		return nil, damaged("it is too long")
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) < 5 || lines[len(lines)-1] != "" {
		return nil, damaged("it was cut off")
	}
	if lines[0] != ringLine {
		return nil, damaged(fmt.Sprintf("it does not begin with %q", ringLine))
	}
	slots, macLine := lines[1:len(lines)-3], lines[len(lines)-3]
	if len(slots) > mostSlots {
		return nil, damaged("it has too many slots")
	}
	r := &Ring{}
	for i, line := range slots {
		s, err := parseSlot(line)
		if err != nil {
			return nil, damaged(fmt.Sprintf("line %d: %v", i+2, err))
		}
		if i > 0 && s.number <= r.slots[i-1].number {
			return nil, damaged(fmt.Sprintf("line %d: its number does not follow", i+2))
		}
		r.slots = append(r.slots, s)
	}
	mac, found := strings.CutPrefix(macLine, "mac ")
	if !found || !exactly(r.mac[:], mac) {
		return nil, damaged("its code is missing or not whole")
	}
	if string(r.Text()) != string(text) {
		return nil, damaged("its sum is not that of its lines")
	}
	return r, nil
}

func damaged(why string) error {
	return fmt.Errorf("%w: the ring of keys was changed or damaged: %s. Put it back from where copies are kept", fault.Tampered, why)
}

func parseSlot(line string) (s slot, err error) {
	fields := strings.Split(line, " ")
	if len(fields) != 7 || fields[0] != "slot" {
		return s, fmt.Errorf("no slot")
	}
	if s.number, err = strconv.Atoi(fields[1]); err != nil || s.number < 1 || s.number > 1_000_000 {
		return s, fmt.Errorf("the number of a slot")
	}
	s.kind, s.added = Kind(fields[2]), fields[3]
	if _, err := time.Parse(time.DateOnly, s.added); err != nil {
		return s, fmt.Errorf("the day of a slot")
	}
	switch s.kind {
	case ByPassphrase:
		if s.cost, err = parseCost(fields[4]); err != nil {
			return s, err
		}
	case ByKeyFile, ByRecovery:
		if fields[4] != "none" {
			return s, fmt.Errorf("a slot of a %s costs nothing", s.kind.Say())
		}
	default:
		return s, fmt.Errorf("a kind of slot that this release does not know")
	}
	if !exactly(s.salt[:], fields[5]) || !exactly(s.wrapped[:], fields[6]) {
		return s, fmt.Errorf("a salt or a key that is not whole")
	}
	return s, nil
}

func parseCost(text string) (c Cost, err error) {
	parts := strings.Split(text, ",")
	if len(parts) != 4 || parts[0] != "argon2id" {
		return c, fmt.Errorf("the cost of a passphrase")
	}
	var n [3]uint64
	for i, part := range parts[1:] {
		if n[i], err = strconv.ParseUint(part, 10, 31); err != nil {
			return c, fmt.Errorf("the cost of a passphrase")
		}
	}
	if n[2] > 255 {
		return c, fmt.Errorf("the cost of a passphrase")
	}
	c = Cost{Passes: uint32(n[0]), KiB: uint32(n[1]), Lanes: uint8(n[2])}
	return c, c.check()
}

// exactly decodes base64 that must fill to.
func exactly(to []byte, text string) bool {
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	return err == nil && len(raw) == len(to) && copy(to, raw) == len(to)
}
