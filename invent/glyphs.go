// SPDX-License-Identifier: Apache-2.0

package invent

import "strings"

// upper is a name in the capitals that glyph has.
func upper(latin string) string { return strings.ToUpper(plain(latin)) }

// glyph is a capital or a digit in five rows of three points, the left one in
// the highest bit. What it does not have is blank.
func glyph(r rune) [5]uint8 {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	shapes := [...][5]uint8{
		{2, 5, 7, 5, 5}, {6, 5, 6, 5, 6}, {3, 4, 4, 4, 3}, {6, 5, 5, 5, 6}, {7, 4, 6, 4, 7}, {7, 4, 6, 4, 4}, {3, 4, 5, 5, 3},
		{5, 5, 7, 5, 5}, {7, 2, 2, 2, 7}, {1, 1, 1, 5, 2}, {5, 5, 6, 5, 5}, {4, 4, 4, 4, 7}, {5, 7, 7, 5, 5}, {6, 5, 5, 5, 5},
		{2, 5, 5, 5, 2}, {6, 5, 6, 4, 4}, {2, 5, 5, 6, 3}, {6, 5, 6, 5, 5}, {3, 4, 2, 1, 6}, {7, 2, 2, 2, 2}, {5, 5, 5, 5, 7},
		{5, 5, 5, 5, 2}, {5, 5, 7, 7, 5}, {5, 5, 2, 5, 5}, {5, 5, 2, 2, 2}, {7, 1, 2, 4, 7},
		{7, 5, 5, 5, 7}, {2, 6, 2, 2, 7}, {6, 1, 2, 4, 7}, {6, 1, 2, 1, 6}, {5, 5, 7, 1, 1}, {7, 4, 6, 1, 6}, {3, 4, 7, 5, 7},
		{7, 1, 2, 2, 2}, {7, 5, 7, 5, 7}, {7, 5, 7, 1, 6},
	}
	at := strings.IndexRune(letters, r)
	if at < 0 {
		return [5]uint8{}
	}
	return shapes[at]
}
