// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"fmt"

	"recount/fault"
)

// Opening is a leaf of which some fields are shown and the others are closed.
type Opening struct {
	Kind   string
	Fields []OpenField // all fields of the kind, in its order
}

// OpenField is one field of an Opening. When it is open, Value and Salt are
// set; when it is closed, Commitment is.
type OpenField struct {
	Name       string
	Open       bool
	Value      Value
	Salt       [32]byte
	Commitment [32]byte
}

// Disclose opens s and shows the fields for which open answers true. It
// checks the leaf as Open does.
func Disclose(origin string, kind Kind, key Key, s Sealed, open func(field string) bool) (Opening, error) {
	values, sc, err := openSealed(origin, kind, key, s)
	if err != nil {
		return Opening{}, err
	}
	o := Opening{Kind: kind.Name, Fields: make([]OpenField, len(values))}
	for j, name := range kind.Fields {
		f := &o.Fields[j]
		f.Name = name
		salt := sc.salts[32*j : 32*j+32]
		if !open(name) {
			f.Commitment = sc.commit(name, values[j], salt)
			continue
		}
		f.Open = true
		f.Value = values[j]
		copy(f.Salt[:], salt)
	}
	return o, nil
}

// Leaf computes the leaf that o opens, in the case of that origin. It answers
// ErrUnknownKind for a kind that this release does not know, and
// fault.Tampered when the fields are not those of the kind, at their places.
func (o Opening) Leaf(origin string) (Leaf, error) {
	var sc scratch
	return o.leaf(&sc, origin)
}

func (o Opening) leaf(sc *scratch, origin string) (Leaf, error) {
	kind, ok := KindNamed(o.Kind)
	if !ok {
		return Leaf{}, fmt.Errorf("%w: %.64q", ErrUnknownKind, o.Kind)
	}
	if len(o.Fields) != len(kind.Fields) {
		return Leaf{}, fmt.Errorf("%w: an opening of %s with %d fields; it has %d", fault.Tampered, kind.Name, len(o.Fields), len(kind.Fields))
	}
	sc.begin(origin, kind.Name)
	for j, name := range kind.Fields {
		f := &o.Fields[j]
		if f.Name != name {
			return Leaf{}, fmt.Errorf("%w: an opening of %s with %.64q as field %d; that is %s", fault.Tampered, kind.Name, f.Name, j+1, name)
		}
		if !f.Open {
			sc.add(f.Commitment)
			continue
		}
		if err := f.Value.check(); err != nil {
			return Leaf{}, fmt.Errorf("field %s of an opening of %s: %w", name, kind.Name, err)
		}
		if len(f.Value)-1 > kind.limit() {
			return Leaf{}, fmt.Errorf("%w: field %s of an opening of %s has %d bytes; at most %d can have been sealed", fault.Tampered, name, kind.Name, len(f.Value)-1, kind.limit())
		}
		sc.add(sc.commit(name, f.Value.encoded(), f.Salt[:]))
	}
	return sc.sum(), nil
}

// Get is the value of an open field, and false for one that is closed or that
// the opening does not have.
func (o Opening) Get(field string) (Value, bool) {
	for i := range o.Fields {
		if f := &o.Fields[i]; f.Name == field {
			return f.Value.encoded(), f.Open
		}
	}
	return Absent, false
}
