// SPDX-License-Identifier: Apache-2.0

package table

import "strings"

// marks are what stands in a text and is seen by nobody, or shows as U+FFFD.
type marks struct{ bom, replaced, control bool }

// marksIn looks for them. Tab and the ends of lines are no marks.
func marksIn(s string) (m marks) {
	high := false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 0xc2:
			high = true
		case c == 0x7f, c < 0x20 && c != '\t' && c != '\n' && c != '\r':
			m.control = true
		}
	}
	if !high {
		return m
	}
	m.bom, m.replaced = strings.Contains(s, "\ufeff"), strings.Contains(s, "\ufffd")
	for at := 0; !m.control; at++ { // U+0080 to U+009F are C2 80 to C2 9F
		i := strings.IndexByte(s[at:], 0xc2)
		if i < 0 {
			break
		}
		at += i
		m.control = at+1 < len(s) && s[at+1] < 0xa0
	}
	return m
}

// doubt is why a person should look at the cell, "" where nothing is the matter.
func (m marks) doubt() string {
	switch {
	case m.bom:
		return "a byte order mark stands inside the file, as in files that were put one behind the other"
	case m.replaced:
		return "the replacement character stands here: letters were lost before the file was received"
	case m.control:
		return "a control character stands here: the row keeps it as it stood, and it shows as U+FFFD"
	}
	return ""
}

// count adds a row to the counts of what it holds.
func (m marks) count(bom, replaced, control *int) {
	for _, c := range []struct {
		found bool
		rows  *int
	}{{m.bom, bom}, {m.replaced, replaced}, {m.control, control}} {
		if c.found {
			*c.rows++
		}
	}
}

// How notices say in how many rows they stand.
const (
	noticeBOM      = "rows with a byte order mark inside"
	noticeReplaced = "rows with the replacement character, where letters were lost earlier"
	noticeControl  = "rows with control characters, which show as U+FFFD"
)
