// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"fmt"
	"strconv"
	"time"

	"recount/fault"
)

// Draft is an act that somebody wants to be recorded.
type Draft struct {
	Kind     string // "exhibit.received@1"
	Reason   string
	Basis    string
	Handling string
	Fields   map[string]Value // the kind's own fields only; what is not named is Absent
}

// timeForm is RFC 3339 in UTC with whole seconds.
const timeForm = "2006-01-02T15:04:05Z"

// Values puts the draft into the order of its kind, with the number, the time
// (RFC 3339, UTC, whole seconds; what is finer is cut off) and the actor. It
// answers fault.Invalid for a kind that is none of acts, for a field that the
// kind does not have, for a field above MaxEntryField, and for an actor of "".
func (d Draft) Values(seq int64, at time.Time, actor string) (Kind, []Value, error) {
	kind, ok := KindNamed(d.Kind)
	if !ok {
		return Kind{}, nil, fmt.Errorf("%w: %w: %.64q", fault.Invalid, ErrUnknownKind, d.Kind)
	}
	if !kind.IsEntry() {
		return Kind{}, nil, fmt.Errorf("%w: %s is a kind of rows, not of acts", fault.Invalid, kind.Name)
	}
	at = at.UTC()
	switch {
	case seq < 0 || seq >= MaxSize:
		return Kind{}, nil, fmt.Errorf("%w: entry %d; 0 to %d is accepted", fault.Invalid, seq, int64(MaxSize-1))
	case at.Year() < 1 || at.Year() > 9999:
		return Kind{}, nil, fmt.Errorf("%w: an act in the year %d; 1 to 9999 is accepted", fault.Invalid, at.Year())
	case actor == "":
		return Kind{}, nil, fmt.Errorf("%w: a %s without an actor; the account that acts is needed", fault.Invalid, kind.Name)
	}
	values := make([]Value, len(kind.Fields))
	for j := range values {
		values[j] = Absent
	}
	head := [len(entryFields)]Value{Text(strconv.FormatInt(seq, 10)), Text(at.Format(timeForm)), Text(actor), Optional(d.Reason), Optional(d.Basis), Optional(d.Handling)}
	copy(values, head[:])
	for name, v := range d.Fields {
		j := kind.Index(name)
		if j < len(entryFields) {
			return Kind{}, nil, fmt.Errorf("%w: %s has no field %.64q of its own; it has %q", fault.Invalid, kind.Name, name, kind.Fields[len(entryFields):])
		}
		values[j] = v.encoded()
	}
	if _, err := checkValues(kind, values); err != nil {
		return Kind{}, nil, err
	}
	return kind, values, nil
}

// Entry is an act as it was recorded. Of one that was erased the header and
// the kind are left, and Values is empty.
type Entry struct {
	Header Header
	Kind   Kind
	Values []Value
}

// Get is the value of a field; Absent also when the kind has none of that
// name and when the entry was erased.
func (e Entry) Get(field string) Value {
	j := e.Kind.Index(field)
	if j < 0 || j >= len(e.Values) {
		return Absent
	}
	return e.Values[j].encoded()
}

// Erased tells whether the content is gone.
func (e Entry) Erased() bool { return len(e.Values) == 0 }

// Time is when the act was recorded, by the clock of the archive.
func (e Entry) Time() (time.Time, error) {
	s := e.Get("time").Text()
	t, err := time.Parse(timeForm, s)
	if err != nil || t.Format(timeForm) != s {
		return time.Time{}, fmt.Errorf("%w: entry %d has the time %.40q; one such as 2031-04-05T06:07:08Z was recorded", fault.Tampered, e.Header.Seq, s)
	}
	return t, nil
}

// SealEntry seals a draft as the entry of that number. What goes into the
// tree is the header's Marshal.
func (s *Sealer) SealEntry(d Draft, seq int64, at time.Time, actor string) (Header, Sealed, Key, error) {
	kind, values, err := d.Values(seq, at, actor)
	if err != nil {
		return Header{}, Sealed{}, Key{}, err
	}
	sealed, key, err := s.Seal(kind, values)
	if err != nil {
		return Header{}, Sealed{}, Key{}, err
	}
	return Header{Origin: s.origin, Seq: seq, Leaf: sealed.Leaf}, sealed, key, nil
}

// OpenEntry opens the content that belongs to a header. It answers
// fault.Tampered when the content is another's or was changed, when it is no
// act, and when it names another number than the header.
func OpenEntry(h Header, key Key, s Sealed) (Entry, error) {
	kind, ok := KindNamed(s.Kind)
	if !ok {
		return Entry{}, fmt.Errorf("entry %d: %w: %.64q", h.Seq, ErrUnknownKind, s.Kind)
	}
	if s.Leaf != h.Leaf {
		return Entry{}, fmt.Errorf("%w: entry %d is leaf %s; the content given for it is leaf %s", fault.Tampered, h.Seq, h.Leaf, s.Leaf)
	}
	values, err := Open(h.Origin, kind, key, s)
	if err != nil {
		return Entry{}, fmt.Errorf("entry %d: %w", h.Seq, err)
	}
	e := Entry{Header: h, Kind: kind, Values: values}
	if !kind.IsEntry() || e.Get("seq") != Text(strconv.FormatInt(h.Seq, 10)) {
		return Entry{}, fmt.Errorf("%w: entry %d holds a %s that gives itself the number %.32q", fault.Tampered, h.Seq, kind.Name, e.Get("seq").Text())
	}
	return e, nil
}
