// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"recount/intake/table"
)

// raw writes the row as it stood: a JSON array of [header, cell] pairs in the
// list's order, cells with the text of the file.
func (r *Reader) raw(cells []table.Cell) string {
	size := 2
	for i := range cells {
		size += len(r.rawKeys[i]) + len(cells[i].Raw) + 4
	}
	b := make([]byte, 0, size+size/16)
	b = append(b, '[')
	for i := range cells {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, r.rawKeys[i]...)
		b = appendJSON(b, cells[i].Raw)
		b = append(b, ']')
	}
	return string(append(b, ']'))
}

const hexDigits = "0123456789abcdef"

// appendJSON appends s as a JSON string (RFC 8259, section 7), escaping what
// must be escaped and nothing else, so that the text stays readable.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
		}
	}
	return append(append(b, s[start:]...), '"')
}
