// SPDX-License-Identifier: Apache-2.0

package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"recount/names"
)

// A text is indexed by its words: what stands between spaces once names.Fold
// has made one writing of all. Two things are done beyond that. A word with the
// Arabic article is indexed without it as well, and asked for without it. A run
// of characters of a script that sets no spaces is indexed by its characters and
// its pairs of neighbours, and asked for by its pairs.
//
// The index answers too much rather than too little (pairs need not stand
// together; what was corrected is still in it). What it answers is therefore
// matched again with what is recorded, which is the same on both engines.

// mostInWord is how many bytes of a word are indexed and asked for.
const mostInWord = 120

// mostOfThing is how many bytes of words one thing is indexed by: a tsvector
// has a mebibyte at most (PostgreSQL 15 manual, 12.11).
const mostOfThing = 500_000

// fold is names.Fold, which lists of plain letters need not pay for.
func fold(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return names.Fold(s)
		}
	}
	out := make([]byte, 0, len(s))
	gap := false
	for i := range len(s) {
		c := s[i]
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		default:
			gap = true
			continue
		}
		if gap && len(out) > 0 {
			out = append(out, ' ')
		}
		gap = false
		out = append(out, c)
	}
	return string(out)
}

// unspaced tells whether r is of a script that sets no spaces between words.
func unspaced(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan)
}

// runs cuts a folded word into runs that are of such scripts and runs that are
// not.
func runs(word string, visit func(run string, unspaced bool)) {
	for word != "" {
		first, _ := utf8.DecodeRuneInString(word)
		kind, end := unspaced(first), len(word)
		for i, r := range word {
			if unspaced(r) != kind {
				end = i
				break
			}
		}
		visit(word[:end], kind)
		word = word[end:]
	}
}

// pairs are the neighbours in a run.
func pairs(run string, visit func(string)) {
	before := -1
	for i, r := range run {
		if before >= 0 {
			visit(run[before : i+utf8.RuneLen(r)])
		}
		before = i
	}
}

// withoutArticle is an Arabic word without the article, if two letters remain.
func withoutArticle(word string) (string, bool) {
	rest, found := strings.CutPrefix(word, "ال")
	return rest, found && utf8.RuneCountInString(rest) >= 2
}

func clipWord(word string) string {
	if len(word) <= mostInWord {
		return word
	}
	at := mostInWord
	for !utf8.RuneStart(word[at]) {
		at--
	}
	return word[:at]
}

// wordsOf calls visit with what a folded text is indexed by.
func wordsOf(folded string, visit func(string)) {
	for word := range strings.FieldsSeq(folded) {
		runs(word, func(run string, unspaced bool) {
			if unspaced {
				pairs(run, visit)
				for i, r := range run {
					visit(run[i : i+utf8.RuneLen(r)])
				}
				return
			}
			visit(clipWord(run))
			if rest, ok := withoutArticle(run); ok {
				visit(clipWord(rest))
			}
		})
	}
}

// ofLetters tells whether a word has no digit, and no character of a script
// that sets no spaces: such words are found by their beginnings.
func ofLetters(word string) bool {
	for _, r := range word {
		if unicode.IsNumber(r) || unspaced(r) {
			return false
		}
	}
	return true
}

// edges are the lengths, in characters, of the beginnings that are indexed as
// words of their own: for longer ones the words that have them are few.
func edges() [2]int { return [2]int{2, 3} }

const edgeMark = "…"

// edgeOf is how the beginning of a word is indexed; no word has that mark.
func edgeOf(word string, n int) (string, bool) {
	for i := range word {
		if n == 0 {
			return word[:i] + edgeMark, true
		}
		n--
	}
	return word + edgeMark, n == 0
}

// term is one word that is asked for.
type term struct {
	text   string
	begins bool // it may be the beginning of a word
	run    bool // it stands somewhere in a run of characters without spaces
}

// searchTerms are the words of a query.
func searchTerms(words string) (terms []term) {
	seen := map[term]bool{}
	add := func(t term) {
		if !seen[t] && len(terms) < MostWords {
			seen[t] = true
			terms = append(terms, t)
		}
	}
	all := strings.Fields(fold(words))
	for i, word := range all {
		var of []term
		runs(word, func(run string, unspaced bool) {
			if !unspaced {
				if rest, ok := withoutArticle(run); ok {
					run = rest
				}
			}
			of = append(of, term{text: clipWord(run), run: unspaced})
		})
		if last := &of[len(of)-1]; i == len(all)-1 && !last.run && utf8.RuneCountInString(last.text) > 1 && ofLetters(last.text) {
			last.begins = true
		}
		for _, t := range of {
			add(t)
		}
	}
	return terms
}

// in tells whether a folded text has the term.
func (t term) in(folded string) (found bool) {
	if t.run {
		return strings.Contains(folded, t.text)
	}
	wordsOf(folded, func(word string) {
		found = found || word == t.text || t.begins && strings.HasPrefix(word, t.text) && ofLetters(word)
	})
	return found
}

// match answers the hit that a thing is, if its fields have all terms.
func (x findable) match(terms []term) (Hit, bool) {
	all := make([]bool, len(terms))
	best, most := 0, -1
	for i, field := range x.fields {
		n := 0
		folded := fold(field)
		for j, t := range terms {
			if t.in(folded) {
				all[j] = true
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	for _, found := range all {
		if !found {
			return Hit{}, false
		}
	}
	return Hit{x.kind, x.id, x.title, excerpt(x.fields[best], terms, mostInExcerpt)}, true
}

// mostInExcerpt is how many characters of a field a hit shows.
const mostInExcerpt = 300

// excerpt is at most so many characters of a text, around the first word that
// has one of the terms.
func excerpt(s string, terms []term, most int) string {
	chars := []rune(s)
	if len(chars) <= most {
		return s
	}
	from := max(0, min(wordAt(chars, terms)-most/4, len(chars)-most))
	return string(chars[from : from+most])
}

// wordAt is where the first word with one of the terms begins; 0 for none.
func wordAt(chars []rune, terms []term) int {
	for i := 0; i < len(chars); {
		end := i + 1
		for end < len(chars) && !unicode.IsSpace(chars[end]) && !(unspaced(chars[i]) && end > i+1) {
			end++
		}
		folded := fold(string(chars[i:end]))
		for _, t := range terms {
			if !t.run && t.in(folded) || t.run && folded != "" && strings.Contains(fold(string(chars[i:min(len(chars), i+2*len(t.text))])), t.text) {
				return i
			}
		}
		i = end
	}
	return 0
}
