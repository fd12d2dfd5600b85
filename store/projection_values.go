// SPDX-License-Identifier: Apache-2.0

package store

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"recount/fault"
	"recount/journal"
)

// cellOf is a value of a field as a column of that type holds it: NULL when
// the field is absent.
func cellOf(v journal.Value, as columnType) (any, error) {
	if !v.Present() {
		return nil, nil //nolint:nilnil // NULL
	}
	switch as {
	case integer:
		return numberCell(v.Text())
	case octets:
		leaf, err := journal.ParseLeaf(v.Text())
		if err != nil {
			return nil, err
		}
		return leaf[:], nil
	}
	return textCell(v.Text()), nil
}

// numberCell accepts the one decimal form that fields have: no sign, no
// leading zero.
func numberCell(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%w: a field that holds a number does not hold a whole number of 0 or more", fault.Invalid)
	}
	return n, nil
}

// textCell is s as both engines can hold it: PostgreSQL refuses zero bytes and
// what is no UTF-8. The field itself keeps its bytes.
func textCell(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	return s
}

// valueOfCell is the field that a column holds.
func valueOfCell(c *cell) journal.Value {
	switch {
	case c.null():
		return journal.Absent
	case c.kind == integer:
		return journal.Text(strconv.FormatInt(c.number.Int64, 10))
	case c.kind == text:
		return journal.Text(c.chars.String)
	}
	if len(c.raw) == len(journal.Leaf{}) {
		return journal.Text(journal.Leaf(c.raw).String())
	}
	return journal.Text(string(c.raw))
}

// pack writes values one after the other, each with its length before it.
func pack(to []byte, values []journal.Value, which []int) []byte {
	for _, i := range which {
		v := values[i]
		if v == "" {
			v = journal.Absent
		}
		to = binary.AppendUvarint(to, uint64(len(v)))
		to = append(to, v...)
	}
	return to
}

// packAgain adds a field that its column does not hold as it is.
func packAgain(to []byte, field int, v journal.Value) []byte {
	to = binary.AppendUvarint(to, uint64(field))
	to = binary.AppendUvarint(to, uint64(len(v)))
	return append(to, v...)
}

// mostInCell is how many bytes of a text stand in a column beside rest:
// PostgreSQL has no more than 2,704 bytes in a row of an index.
const mostInCell = 600

// clipCell is the beginning of a text that is longer, cut between characters.
func clipCell(s string) string {
	if len(s) <= mostInCell {
		return s
	}
	at := mostInCell
	for !utf8.RuneStart(s[at]) {
		at--
	}
	return s[:at]
}

// unpack puts packed values back to their places, and then those that were
// packed again.
func unpack(packed []byte, values []journal.Value, which []int) error {
	for _, i := range which {
		if !unpackOne(&packed, &values[i]) {
			return errRest()
		}
	}
	for len(packed) > 0 {
		field, n := binary.Uvarint(packed)
		if n <= 0 || field >= uint64(len(values)) {
			return errRest()
		}
		packed = packed[n:]
		if !unpackOne(&packed, &values[field]) {
			return errRest()
		}
	}
	return nil
}

func unpackOne(packed *[]byte, v *journal.Value) bool {
	size, n := binary.Uvarint(*packed)
	if n <= 0 || size > uint64(len(*packed)-n) {
		return false
	}
	*v = journal.Value((*packed)[n : n+int(size)])
	*packed = (*packed)[n+int(size):]
	return true
}

func errRest() error {
	return fmt.Errorf("%w: the fields of a row in the projections are cut off; recount rebuild makes them anew", fault.Tampered)
}
