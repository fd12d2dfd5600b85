// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"slices"
	"strings"

	"recount/names"
)

// wordCache bounds the words of names that are remembered: lists repeat given
// and family names far more than whole names.
const wordCache = 32_768

// nameKey is names.Key of one name. Folding never looks across a space, so each
// word is folded once and remembered.
func (r *Reader) nameKey(name string) string {
	var tokens []string
	for word := range strings.SplitSeq(name, " ") {
		if word == "" {
			continue
		}
		if isPlain(word) {
			tokens = append(tokens, strings.ToLower(word))
			continue
		}
		folded, ok := r.words[word]
		if !ok {
			folded = names.Tokens(word)
			if len(r.words) >= wordCache {
				clear(r.words)
			}
			r.words[strings.Clone(word)] = folded
		}
		tokens = append(tokens, folded...)
	}
	slices.Sort(tokens)
	return strings.Join(tokens, " ")
}

// isPlain is true of words of the letters A to Z and digits alone, whose fold is
// their small letters.
func isPlain(word string) bool {
	for i := range len(word) {
		c := word[i] | 0x20
		if (c < 'a' || c > 'z') && (word[i] < '0' || word[i] > '9') {
			return false
		}
	}
	return true
}
