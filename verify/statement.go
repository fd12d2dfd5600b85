// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"recount/fault"
)

// Statement is a statement as it was written: Markdown with places for
// figures and quotations, and a head that says how it is to be shown.
type Statement struct {
	Lang     string // BCP 47, "en" unless the head says otherwise
	Dir      string // ltr or rtl
	Standard string // standard of proof of its figures, as readers are told
	Body     string // Markdown, without the head
	First    int    // the line of the whole statement with which Body begins, from 1
	Places   []Place
}

// Place is where a figure or a quotation goes.
type Place struct {
	Start, End int    // of the braces in Body
	Line       int    // of the whole statement, from 1
	Figure     string // id, "" for a quotation
	Part       string // "" for the figure itself
	Value      string // point, unknown or range
	Quote      string // id of a citation, "" for a figure
}

// The values of a figure that a place can ask for.
const (
	ValuePoint   = "point"   // those who are in
	ValueUnknown = "unknown" // those of whom the records do not say
	ValueRange   = "range"   // from those who are in to those who could be
)

// ParseStatement reads a statement. It refuses, with the line and with what
// would be accepted (fault.Invalid): braces that are not closed on their line,
// a place that is not known, text that is not UTF-8, control characters, and
// what turns the direction of text without an end in its paragraph. Whether figures and
// citations exist is for others to say.
func ParseStatement(text []byte) (Statement, error) {
	if !utf8.Valid(text) {
		return Statement{}, fmt.Errorf("%w: the statement is not UTF-8 text", fault.Invalid)
	}
	if i := strings.IndexFunc(string(text), isControl); i >= 0 {
		return Statement{}, fmt.Errorf("%w: statement, line %d: a carriage return, another control character or one of the characters U+FDD0 and U+FDD1; accepted are tabs, and lines that end with a line feed alone",
			fault.Invalid, 1+strings.Count(string(text[:i]), "\n"))
	}
	if err := checkDirections(string(text)); err != nil {
		return Statement{}, err
	}
	s := Statement{Lang: "en", Dir: "ltr"}
	body, first, err := s.readHead(string(text))
	if err != nil {
		return Statement{}, err
	}
	s.Body, s.First = body, first
	offset := 0
	for i, line := range strings.SplitAfter(body, "\n") {
		if err := s.readLine(line, offset, first+i); err != nil {
			return Statement{}, err
		}
		offset += len(line)
	}
	return s, nil
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)

// readHead reads the lines between two lines of three hyphens at the very
// beginning, if there are any, and answers the rest and the number of its
// first line.
func (s *Statement) readHead(text string) (body string, first int, err error) {
	rest, ok := strings.CutPrefix(text, "---\n")
	if !ok {
		return text, 1, nil
	}
	first = 2
	for {
		line, after, found := strings.Cut(rest, "\n")
		if !found {
			return "", 0, fmt.Errorf("%w: statement, line 1: the head that begins with --- is not closed by a line ---", fault.Invalid)
		}
		rest, first = after, first+1
		if line == "---" {
			return rest, first, nil
		}
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch {
		case key == "lang" && len(value) <= 60 && languageTag.MatchString(value):
			s.Lang = value
		case key == "dir" && (value == "ltr" || value == "rtl"):
			s.Dir = value
		case key == "standard" && value != "" && len(value) <= 200:
			s.Standard = value
		default:
			return "", 0, fmt.Errorf("%w: statement, line %d: %q; the head takes lang: and a language tag, dir: ltr or rtl, standard: and a standard of proof",
				fault.Invalid, first-1, line)
		}
	}
}

const accepted = "accepted are {{figure ID}}, {{figure ID.PART}}, each also with unknown or range behind the id, and {{quote ID}}"

// readLine finds the places of one line.
func (s *Statement) readLine(line string, offset, number int) error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: statement, line %d: %s; %s", fault.Invalid, number, fmt.Sprintf(format, args...), accepted)
	}
	for at := 0; ; {
		open := strings.Index(line[at:], "{{")
		end := strings.Index(line[at:], "}}")
		if open < 0 && end < 0 {
			return nil
		}
		if open < 0 || end >= 0 && end < open {
			return bad("}} without {{ before it")
		}
		if end < 0 {
			return bad("{{ that is not closed on its line")
		}
		inside := line[at+open+2 : at+end]
		if strings.Contains(inside, "{{") {
			return bad("{{ within {{")
		}
		place, err := parsePlace(inside)
		if err != nil {
			return bad("%v", err)
		}
		place.Start, place.End, place.Line = offset+at+open, offset+at+end+2, number
		s.Places = append(s.Places, place)
		at += end + 2
	}
}

var (
	figureName   = regexp.MustCompile(`^(f-[0-9a-z-]{1,62})(?:\.([0-9a-z]+(?:-[0-9a-z]+)*))?$`)
	citationName = regexp.MustCompile(`^c-[0-9a-z-]{1,62}$`)
)

func parsePlace(inside string) (Place, error) {
	words := strings.Fields(inside)
	if len(words) < 2 {
		return Place{}, fmt.Errorf("{{%s}} names nothing", inside)
	}
	switch {
	case words[0] == "quote" && len(words) == 2 && citationName.MatchString(words[1]):
		return Place{Quote: words[1]}, nil
	case words[0] == "quote":
		return Place{}, fmt.Errorf("{{%s}} does not name one citation by its id, c-…", inside)
	case words[0] != "figure":
		return Place{}, fmt.Errorf("%q is not known", words[0])
	}
	name := figureName.FindStringSubmatch(words[1])
	if name == nil {
		return Place{}, fmt.Errorf("%q is not the id of a figure, f-…", words[1])
	}
	p := Place{Figure: name[1], Part: name[2], Value: ValuePoint}
	if len(words) == 3 && (words[2] == ValueUnknown || words[2] == ValueRange) {
		p.Value = words[2]
		return p, nil
	}
	if len(words) > 2 {
		return Place{}, fmt.Errorf("%q behind the id is not known", strings.Join(words[2:], " "))
	}
	return p, nil
}
