// SPDX-License-Identifier: Apache-2.0

package names

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sought are names that texts are looked through for. The zero value finds
// nothing. It is safe for concurrent use.
type Sought struct{ all []soughtName }

// soughtName is one name: its different words, folded, in their order.
type soughtName struct {
	words  []string
	joined string // without spaces; "" where it is too short to be told from other words
}

// Seek prepares the names that these spellings are of. Spellings without a
// letter or digit are left out; the order of a name's words does not count.
func Seek(spellings ...string) (s Sought) {
	seen := map[string]bool{}
	for _, spelling := range spellings {
		words := Tokens(spelling)
		n := soughtName{joined: strings.Join(words, "")}
		if utf8.RuneCountInString(n.joined) < 2*shortWord {
			n.joined = ""
		}
		for _, word := range words {
			if !slices.Contains(n.words, word) {
				n.words = append(n.words, word)
			}
		}
		if key := Key(n.words...); key != "" && !seen[key] {
			seen[key] = true
			s.all = append(s.all, n)
		}
	}
	return s
}

// Empty tells whether no name is sought.
func (s Sought) Empty() bool { return len(s.all) == 0 }

// Sight is what a text holds of the names that are sought.
type Sight struct {
	Whole bool     // every word of one name, near each other
	Parts []string // words of names of several that stand in it, folded, each once; they may be anybody's
}

// near is how many other words may stand among those of a name: enough for
// the titles, father's names and cells that come between.
const near = 8

// shortWord is the number of letters from which a word of a name is looked for
// inside of others too, which many languages inflect. A shorter one must stand
// alone, and is no part to name by itself.
const shortWord = 4

// In looks through a text, in whatever case, order of words, accents and
// punctuation, folding it first. What it holds of parts is said only where it
// does not hold a whole name.
func (s Sought) In(text string) (seen Sight) {
	if len(s.all) == 0 {
		return seen
	}
	folded := Fold(text)
	if folded == "" {
		return seen
	}
	for _, n := range s.all {
		there := 0
		for _, word := range n.words {
			if !strings.Contains(folded, word) {
				continue
			}
			there++
			if len(n.words) > 1 && withinOthers(word) && !slices.Contains(seen.Parts, word) {
				seen.Parts = append(seen.Parts, word)
			}
		}
		if there == len(n.words) && n.together(folded) || n.joined != "" && there > 0 && strings.Contains(strings.ReplaceAll(folded, " ", ""), n.joined) {
			return Sight{Whole: true}
		}
	}
	return seen
}

// together tells whether all words of the name stand within so many words of a
// folded text.
func (n soughtName) together(folded string) bool {
	last := make([]int, len(n.words)) // where each word was met last, from 1
	at := 0
	for token := range strings.FieldsSeq(folded) {
		at++
		met := false
		for i, word := range n.words {
			if token == word || withinOthers(word) && strings.Contains(token, word) {
				last[i], met = at, true
			}
		}
		if first := slices.Min(last); met && first > 0 && at-first < len(n.words)+near {
			return true
		}
	}
	return false
}

// withinOthers tells whether a folded word is looked for inside of others: one
// of some letters, or of a script that sets no spaces between words.
func withinOthers(word string) bool {
	letters := utf8.RuneCountInString(word)
	return letters >= shortWord || letters > 1 && strings.ContainsFunc(word, func(r rune) bool {
		return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan)
	})
}
