// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"regexp"
	"strconv"
	"strings"
)

// A statement and the page that shows it are held against each other in one
// plain form, a list of words that both can be brought to without knowing all
// of Markdown (docs/formats/bundle.md, "Words"). Where the two forms differ,
// the statement is not accepted.

// Characters that are in no statement stand for a place, with its number
// between them, and for beginning and end of a quoted block.
const (
	openMark   = "\uFDD0"
	closeMark  = "\uFDD1"
	quoteBegin = "\x01"
	quoteEnd   = "\x02"
)

// Mark stands for the i-th place of a statement, from 0, while Markdown is read.
func Mark(i int) string { return openMark + strconv.Itoa(i) + closeMark }

func isMark(r rune) bool { return r == '\uFDD0' || r == '\uFDD1' }

// Marked is the body with a mark in each place.
func (s Statement) Marked() string {
	var b strings.Builder
	at := 0
	for i, p := range s.Places {
		b.WriteString(s.Body[at:p.Start] + Mark(i))
		at = p.End
	}
	return b.String() + s.Body[at:]
}

// word is a word of the plain form of a statement.
type word struct {
	text string
	line int // of the whole statement
}

var (
	linkDefinition = regexp.MustCompile(`^ {0,3}\[([0-9A-Za-z-]+)\]:[ \t]+(\S+)[ \t]*$`)
	delimiterRow   = regexp.MustCompile(`^\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*$`)
	dashes         = regexp.MustCompile(`-+`)
	thematicBreak  = regexp.MustCompile(`^(?:(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|(?:\*[ \t]*){3,})$`)
	bullet         = regexp.MustCompile(`^[-*+](?:[ \t]|$)`)
	numbered       = regexp.MustCompile(`^[0-9]{1,9}[.)](?:[ \t]|$)`)
	autoLink       = regexp.MustCompile(`^<((?:https?://|mailto:)[0-9A-Za-z._~:/?#@!$&*+,;=%-]+)>`)
	labelled       = regexp.MustCompile(`^\]\[([0-9A-Za-z-]+)\]`)
)

// prose reads the lines of a statement.
type prose struct {
	words []word
	links map[string]string // addresses by label
	depth int               // of quoted blocks
	line  int
	text  strings.Builder // of this line
}

// written is the plain form of a statement.
func (s Statement) written() []word {
	p := prose{links: map[string]string{}, line: s.First}
	lines := strings.Split(s.Marked(), "\n")
	for _, line := range lines {
		if m := linkDefinition.FindStringSubmatch(line); m != nil && p.links[m[1]] == "" {
			p.links[m[1]] = m[2]
		}
	}
	for _, line := range lines {
		if !linkDefinition.MatchString(line) {
			p.markers(strings.Trim(line, " \t"))
		}
		p.endLine()
	}
	p.quoted(0)
	p.endLine()
	return p.words
}

func (p *prose) endLine() {
	for _, w := range wordsOf(p.text.String()) {
		p.words = append(p.words, word{w, p.line})
	}
	p.text.Reset()
	p.line++
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' })
}

// quoted says how deep in quoted blocks the text is from here on.
func (p *prose) quoted(depth int) {
	for ; p.depth < depth; p.depth++ {
		p.text.WriteString(" " + quoteBegin + " ")
	}
	for ; p.depth > depth; p.depth-- {
		p.text.WriteString(" " + quoteEnd + " ")
	}
}

// markers reads what a line begins with: marks of quoted blocks and of lists,
// then a rule, the line under the head of a table, or text.
func (p *prose) markers(line string) {
	depth := 0
	for {
		if rest, ok := strings.CutPrefix(line, ">"); ok {
			depth++
			p.quoted(max(depth, p.depth))
			line = strings.TrimLeft(rest, " \t")
			continue
		}
		p.quoted(depth)
		switch {
		case thematicBreak.MatchString(line):
			p.text.WriteString("---")
			return
		case delimiterRow.MatchString(line):
			p.inline(dashes.ReplaceAllString(line, "-"))
			return
		case bullet.MatchString(line):
			p.text.WriteString("- ")
			line = strings.TrimLeft(line[1:], " \t")
		case numbered.MatchString(line):
			n := len(numbered.FindString(line))
			p.text.WriteString(strings.TrimRight(line[:n], " \t") + " ")
			line = strings.TrimLeft(line[n:], " \t")
		default:
			p.inline(line)
			return
		}
	}
}

// inline reads text: escapes, the four entities, addresses.
func (p *prose) inline(text string) {
	for text != "" {
		if text[0] == '\\' && (len(text) == 1 || strings.IndexByte(asciiPunctuation, text[1]) >= 0) {
			if len(text) > 1 {
				p.text.WriteString(plainText(text[1:2]))
			}
			text = text[min(2, len(text)):]
			continue
		}
		if c, n := entity(text); n > 0 {
			p.text.WriteString(plainText(c))
			text = text[n:]
			continue
		}
		if m := autoLink.FindStringSubmatch(text); m != nil {
			p.text.WriteString(plainText("[" + m[1] + "](" + m[1] + ")"))
			text = text[len(m[0]):]
			continue
		}
		if m := labelled.FindStringSubmatch(text); m != nil && p.links[m[1]] != "" {
			p.text.WriteString(plainText("](" + p.links[m[1]] + ")"))
			text = text[len(m[0]):]
			continue
		}
		p.text.WriteString(plainText(text[:1]))
		text = text[1:]
	}
}

const asciiPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

// plainText writes both marks of emphasis alike and sets bars apart.
func plainText(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "_", "*"), "|", " | ")
}

// entity is the character that a text begins with an entity of, and the
// entity's length; 0 where it begins with none of the four.
func entity(text string) (string, int) {
	for _, e := range [][2]string{{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", `"`}} {
		if strings.HasPrefix(text, e[0]) {
			return e[1], len(e[0])
		}
	}
	return "", 0
}
