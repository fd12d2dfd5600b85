// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"fmt"
	"strconv"

	"recount/fault"
)

const headerLine = "recount entry/1"

// Header is what of an entry stands in the tree: where it stands and what
// leaf it is. It holds no time and no name (docs/formats/entry.md).
type Header struct {
	Origin string
	Seq    int64 // from 0
	Leaf   Leaf
}

// Marshal is the header as four lines of text: the record of the tree.
func (h Header) Marshal() []byte {
	b := make([]byte, 0, len(headerLine)+len(h.Origin)+72)
	b = append(b, headerLine+"\n"...)
	b = append(b, h.Origin...)
	b = append(b, '\n')
	b = strconv.AppendInt(b, h.Seq, 10)
	b = append(b, '\n')
	b = std.AppendEncode(b, h.Leaf[:])
	return append(b, '\n')
}

// ParseHeader reads exactly what Marshal writes.
func ParseHeader(b []byte) (Header, error) {
	lines, err := splitLines(b, headerLine, 512)
	if err != nil {
		return Header{}, fmt.Errorf("header: %w", err)
	}
	if len(lines) != 3 {
		return Header{}, fmt.Errorf("%w: header of %d lines; 4 are accepted", fault.Invalid, len(lines)+1)
	}
	h := Header{Origin: lines[0]}
	if err := checkOrigin(h.Origin); err != nil {
		return Header{}, fmt.Errorf("header: %w", err)
	}
	if h.Seq, err = parseNumber(lines[1]); err != nil {
		return Header{}, fmt.Errorf("header: %w", err)
	}
	if err := decode64(h.Leaf[:], lines[2]); err != nil {
		return Header{}, fmt.Errorf("header: %w", err)
	}
	return h, nil
}
