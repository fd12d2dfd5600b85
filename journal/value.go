// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"fmt"
	"strings"

	"recount/fault"
)

// Value is a field's content as it is hashed: byte 0 alone for a field that
// the source does not have, or byte 1 and then the content, which may be
// blank. The empty Value is read as Absent.
type Value string

// Absent is the value of a field that is not there. It differs from a blank
// one and from the word "unknown", both of which somebody wrote.
const Absent Value = "\x00"

const present = "\x01"

// Text is a field that is there with the content s, also when s is blank.
func Text(s string) Value { return Value(present + s) }

// Optional is Text(s), or Absent for "".
func Optional(s string) Value {
	if s == "" {
		return Absent
	}
	return Text(s)
}

// Present tells whether the field is there. A malformed value is not.
func (v Value) Present() bool { return strings.HasPrefix(string(v), present) }

// Text is the content, and "" for an absent field.
func (v Value) Text() string {
	if !v.Present() {
		return ""
	}
	return string(v[1:])
}

// encoded is v with the empty value written out as Absent.
func (v Value) encoded() Value {
	if v == "" {
		return Absent
	}
	return v
}

// check answers fault.Invalid for bytes that encode no value.
func (v Value) check() error {
	if v == "" || v == Absent || v.Present() {
		return nil
	}
	return fmt.Errorf("%w: a value begins with byte %d; byte 0 alone (absent) or byte 1 and the content is accepted", fault.Invalid, v[0])
}

// LeafList is a present value that names leaves, one a line in lower-case hex,
// in the order given; as in every list, no line end follows the last.
func LeafList(leaves []Leaf) Value {
	var b strings.Builder
	b.Grow(1 + 65*len(leaves))
	b.WriteString(present)
	for i, l := range leaves {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l.String())
	}
	return Value(b.String())
}

// ParseLeafList reads the text of a LeafList; "" is a list of none.
func ParseLeafList(s string) ([]Leaf, error) {
	leaves := []Leaf{}
	if s == "" {
		return leaves, nil
	}
	for part := range strings.SplitSeq(s, "\n") {
		l, err := ParseLeaf(part)
		if err != nil {
			return nil, fmt.Errorf("leaf %d of a list: %w", len(leaves)+1, err)
		}
		leaves = append(leaves, l)
	}
	return leaves, nil
}
