// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// display reads the part of a page in which the statement stands. It knows only
// the elements and attributes that the Markdown of statements comes to, each
// where it may stand, and answers the plain form of what readers see.
type display struct {
	rest   string
	places []Place
	placed func(i int) string
	next   int // the place that is expected next
	open   []element
	text   strings.Builder // the plain form
	seen   []rune          // what readers see of the words, figures as marks
}

// element is an element that is not closed yet.
type element struct {
	name   string
	href   string   // of a link
	number int64    // of the next item of a numbered list
	aligns []string // of the cells in the head of a table, as a statement writes them
}

// The children that elements can have beside other elements.
const (
	childText   = "#text"
	childFigure = "#figure"
	childQuote  = "#quote"
)

// holds reports whether an element can stand in another, so that browsers show
// both where they are written. The outermost is main.
func holds(parent, child string) bool {
	block := strings.Contains(" p h1 h2 h3 h4 h5 h6 blockquote ul ol hr table #quote ", " "+child+" ")
	inline := strings.Contains(" em strong a br #text #figure ", " "+child+" ")
	switch parent {
	case "main", "blockquote":
		return block
	case "li":
		return block || inline
	case "p", "h1", "h2", "h3", "h4", "h5", "h6", "th", "td", "em", "strong", "a":
		return inline
	case "ul", "ol":
		return child == "li"
	case "table":
		return child == "thead" || child == "tbody"
	case "thead":
		return child == "tr"
	case "tbody":
		return child == "tr"
	case "tr":
		return child == "th" || child == "td"
	}
	return false
}

// CheckMain holds the part of a page in which a statement is shown to the
// statement: placed(i) stands where the i-th place is, and otherwise only
// elements that Markdown comes to, with the words of the statement, all of
// them, in their order. The error is a *Mismatch.
func CheckMain(main string, s Statement, placed func(i int) string) error {
	p := &display{rest: main, places: s.Places, placed: placed, open: []element{{name: "main"}}}
	for p.rest != "" {
		if err := p.step(); err != nil {
			return err
		}
	}
	if len(p.open) > 1 {
		return &Mismatch{What: "an element that is not closed", Expected: "</" + p.top().name + ">", Found: "the end"}
	}
	if p.next < len(s.Places) {
		return &Mismatch{What: "a place of the statement", Line: s.Places[p.next].Line, Expected: placed(p.next), Found: "nothing"}
	}
	if err := sameWords(s, wordsOf(p.text.String())); err != nil {
		return err
	}
	return p.touched()
}

// touched refuses figures that would be read as part of something else.
func (p *display) touched() error {
	numbers := touches(p.seen)
	if len(numbers) == 0 {
		return nil
	}
	n := numbers[0]
	for _, place := range p.places {
		if place.Quote != "" {
			continue
		}
		if n == 0 {
			return &Mismatch{What: "what stands beside a figure", Line: place.Line,
				Expected: "a space, or a sign that does not join it to a digit, a letter or another figure", Found: "a digit, a letter or another figure that touches it"}
		}
		n--
	}
	return &Mismatch{What: "what stands beside a figure", Expected: "a figure of the statement", Found: "another"}
}

func (p *display) top() *element { return &p.open[len(p.open)-1] }

func (p *display) within(name string) bool {
	for _, e := range p.open {
		if e.name == name {
			return true
		}
	}
	return false
}

// step reads one place, tag or run of text.
func (p *display) step() error {
	if p.next < len(p.places) {
		if want := p.placed(p.next); strings.HasPrefix(p.rest, want) {
			p.rest = p.rest[len(want):]
			return p.place()
		}
	}
	if p.rest[0] == '<' {
		return p.tag()
	}
	n := strings.IndexAny(p.rest, "<"+openMark)
	if n == 0 {
		return p.misplaced(p.rest)
	}
	if n < 0 {
		n = len(p.rest)
	}
	text := p.rest[:n]
	p.rest = p.rest[n:]
	return p.words(text)
}

// place takes down that the next place of the statement stands here.
func (p *display) place() error {
	i, child := p.next, childFigure
	if p.places[i].Quote != "" {
		child = childQuote
	}
	if !holds(p.top().name, child) || child == childFigure && p.within("a") {
		return &Mismatch{What: "where a figure or quotation stands", Line: p.places[i].Line,
			Expected: "a figure in the text and not in a link, a quotation between blocks", Found: "it stands in the element " + p.top().name}
	}
	p.next++
	if child == childQuote {
		p.text.WriteString(" " + Mark(i) + " ")
		p.seen = append(p.seen, '\n')
		return nil
	}
	p.text.WriteString(Mark(i))
	p.seen = append(p.seen, figureMark)
	return nil
}

// misplaced says what was expected instead of what is there.
func (p *display) misplaced(found string) error {
	m := &Mismatch{What: "what a statement is shown with", Expected: "paragraphs, headings, lists, quoted blocks, tables, rules, emphasis and links, as docs/formats/bundle.md lists them", Found: clip(found, 160)}
	if like := placeLike.MatchString(found); like && p.next < len(p.places) {
		m.What, m.Line, m.Expected = "a place of the statement", p.places[p.next].Line, p.placed(p.next)
	}
	return m
}

var placeLike = regexp.MustCompile(`^(?:<(?:a|blockquote) (?:class|data-)|` + openMark + `)`)

func (p *display) words(text string) error {
	if !holds(p.top().name, childText) {
		if strings.Trim(text, " \t\n") == "" {
			p.text.WriteString(" ")
			return nil
		}
		return &Mismatch{What: "text that stands in no block", Expected: "none in the element " + p.top().name, Found: clip(strings.TrimSpace(text), 80)}
	}
	if strings.IndexFunc(text, isControl) >= 0 {
		return &Mismatch{What: "the words of the page", Expected: "no control characters", Found: fmt.Sprintf("%q", clip(text, 80))}
	}
	for text != "" {
		c, n := entity(text)
		if n == 0 && text[0] == '&' {
			return &Mismatch{What: "a character reference", Expected: "&amp;, &lt;, &gt; or &quot;", Found: clip(text, 20)}
		}
		if n == 0 {
			n = strings.IndexByte(text, '&')
			if n < 0 {
				n = len(text)
			}
			c = text[:n]
		}
		p.text.WriteString(plainText(c))
		for _, r := range c {
			p.see(r)
		}
		text = text[n:]
	}
	return nil
}

// see takes down a character as browsers show it, white space as one space.
func (p *display) see(r rune) {
	if r == '\n' || r == '\t' {
		r = ' '
	}
	if r != ' ' || len(p.seen) == 0 || p.seen[len(p.seen)-1] != ' ' {
		p.seen = append(p.seen, r)
	}
}

var tagLike = regexp.MustCompile(`^<(/?)([a-z]+[1-6]?)((?: [a-z]+="[^"<>]*")?)>`)

func (p *display) tag() error {
	m := tagLike.FindStringSubmatch(p.rest)
	if m == nil {
		return p.misplaced(p.rest)
	}
	whole, name, attribute := m[0], m[2], m[3]
	if m[1] == "/" {
		if p.top().name != name || len(p.open) == 1 || attribute != "" {
			return &Mismatch{What: "the end of an element", Expected: "</" + p.top().name + ">", Found: clip(p.rest, 80)}
		}
		p.rest = p.rest[len(whole):]
		p.end()
		return nil
	}
	e := element{name: name}
	if !holds(p.top().name, name) || name == "a" && p.within("a") || !p.attribute(&e, attribute) {
		return p.misplaced(p.rest)
	}
	p.rest = p.rest[len(whole):]
	p.begin(e)
	return nil
}

var (
	startLike = regexp.MustCompile(`^ start="(0|[1-9][0-9]{0,8})"$`)
	alignLike = regexp.MustCompile(`^ align="(left|center|right)"$`)
	hrefLike  = regexp.MustCompile(`^ href="(#[0-9A-Za-z._-]+|(?:https?://|mailto:)(?:[0-9A-Za-z._~:/?#@!$*+,;=%-]|&amp;)+)"$`)
)

// attribute reads the one attribute that an element can have and reports
// whether it is as it has to be.
func (p *display) attribute(e *element, text string) bool {
	e.number = 1
	switch {
	case e.name == "ol" && text != "":
		m := startLike.FindStringSubmatch(text)
		if m == nil {
			return false
		}
		e.number, _ = strconv.ParseInt(m[1], 10, 64) // nine digits at most
	case (e.name == "th" || e.name == "td") && text != "":
		m := alignLike.FindStringSubmatch(text)
		if m == nil {
			return false
		}
		e.aligns = m[1:]
	case e.name == "a":
		m := hrefLike.FindStringSubmatch(text)
		if m == nil {
			return false
		}
		e.href = strings.ReplaceAll(m[1], "&amp;", "&")
	default:
		return text == ""
	}
	return true
}

// begin writes what a statement has where the element begins.
func (p *display) begin(e element) {
	switch e.name {
	case "em":
		p.text.WriteString("*")
	case "strong":
		p.text.WriteString("**")
	case "a":
		p.text.WriteString("[")
	case "h1", "h2", "h3", "h4", "h5", "h6":
		p.text.WriteString("\n" + strings.Repeat("#", int(e.name[1]-'0')) + " ")
	case "blockquote":
		p.text.WriteString(" " + quoteBegin + " ")
	case "li":
		list := p.top()
		if list.name == "ul" {
			p.text.WriteString("\n- ")
		} else {
			p.text.WriteString("\n" + itoa(list.number) + ". ")
			list.number++
		}
	case "hr":
		p.text.WriteString("\n---\n")
	case "tr":
		p.text.WriteString("\n | ")
	case "th":
		p.head(e.aligns)
	default:
		p.text.WriteString("\n")
	}
	if e.name != "em" && e.name != "strong" && e.name != "a" {
		p.seen = append(p.seen, '\n')
	}
	if e.name != "hr" && e.name != "br" {
		p.open = append(p.open, e)
	}
}

// head takes down how a column of a table is set.
func (p *display) head(aligns []string) {
	sign := "-"
	if len(aligns) > 0 {
		sign = map[string]string{"left": ":-", "center": ":-:", "right": "-:"}[aligns[0]]
	}
	for i := range p.open {
		if p.open[i].name == "thead" {
			p.open[i].aligns = append(p.open[i].aligns, sign)
		}
	}
}

// end writes what a statement has where the innermost element ends.
func (p *display) end() {
	e := *p.top()
	p.open = p.open[:len(p.open)-1]
	switch e.name {
	case "em":
		p.text.WriteString("*")
	case "strong":
		p.text.WriteString("**")
	case "a":
		p.text.WriteString(plainText("](" + e.href + ")"))
	case "blockquote":
		p.text.WriteString(" " + quoteEnd + " ")
	case "th", "td":
		p.text.WriteString(" | ")
	case "thead":
		p.text.WriteString("\n | " + strings.Join(e.aligns, " | ") + " | \n")
	default:
		p.text.WriteString("\n")
	}
	if e.name != "em" && e.name != "strong" && e.name != "a" {
		p.seen = append(p.seen, '\n')
	}
}

// sameWords holds the plain form of a page against that of the statement.
func sameWords(s Statement, found []string) error {
	want := s.written()
	at := 0
	for at < len(want) && at < len(found) && want[at].text == found[at] {
		at++
	}
	if at == len(want) && at == len(found) {
		return nil
	}
	line := s.First
	var expected []string
	for i := at; i < len(want) && i < at+6; i++ {
		expected = append(expected, want[i].text)
	}
	if at < len(want) {
		line = want[at].line
	} else if at > 0 {
		line = want[at-1].line
	}
	return &Mismatch{What: "the words of the page", Line: line, Expected: s.legible(expected), Found: s.legible(found[at:min(len(found), at+6)])}
}

// legible puts the words of a plain form into one line for people.
func (s Statement) legible(words []string) string {
	if len(words) == 0 {
		return "nothing more"
	}
	text := strings.NewReplacer(quoteBegin, "(beginning of a quoted block)", quoteEnd, "(end of a quoted block)").Replace(strings.Join(words, " "))
	for i, p := range s.Places {
		text = strings.ReplaceAll(text, Mark(i), s.Body[p.Start:p.End])
	}
	return fmt.Sprintf("%q", clip(text, 160))
}
