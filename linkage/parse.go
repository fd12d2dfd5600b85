// SPDX-License-Identifier: Apache-2.0

package linkage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"recount/fault"
)

// ParseRules reads a file of rules: a JSON object with the keys "rules" and,
// if wished, "within_source" ("never" when it is left out):
//
//	{"rules": [{"name": "name and date", "agree": ["name", "date"], "unless": ["sex"]}],
//	 "within_source": "never"}
//
// Errors (fault.Invalid) name line and column, both from 1 and the column in
// characters, and say what is accepted. Keys that are not known, or stand
// twice, are refused: a rule that was mistyped must not be left out in silence.
func ParseRules(text []byte) (Rules, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if len(text) > maxRulesText {
		return Rules{}, fmt.Errorf("%w: the rules have %d bytes; accepted are at most %d", fault.Invalid, len(text), maxRulesText)
	}
	if !utf8.Valid(text) {
		return Rules{}, fmt.Errorf("%w: the rules are no UTF-8 text", fault.Invalid)
	}
	p := parser{text: text, dec: json.NewDecoder(bytes.NewReader(text))}
	out := Rules{WithinSource: Never}
	err := p.object("a set of rules", map[string]func() error{
		"rules": func() error {
			return p.list("rules", func() error {
				rule, err := p.rule()
				out.Rules = append(out.Rules, rule)
				return err
			})
		},
		"within_source": func() (err error) {
			out.WithinSource, err = p.str("within_source")
			return err
		},
	}, "rules, within_source")
	if err != nil {
		return Rules{}, err
	}
	if _, at, err := p.next(); !errors.Is(err, io.EOF) {
		return Rules{}, p.fail(at, "something follows the rules; accepted is one object")
	}
	if err := out.Check(); err != nil {
		return Rules{}, err
	}
	return out, nil
}

// parser walks the tokens of one known shape, so that nothing nests deeper than
// it and every message can say where.
type parser struct {
	text []byte
	dec  *json.Decoder
}

func (p *parser) rule() (Rule, error) {
	var rule Rule
	start := p.here()
	err := p.object("a rule", map[string]func() error{
		"name":   func() (err error) { rule.Name, err = p.str("name"); return err },
		"unique": func() (err error) { rule.Unique, err = p.boolean("unique"); return err },
		"agree":  func() error { return p.fields("agree", &rule.Agree) },
		"unless": func() error { return p.fields("unless", &rule.Unless) },
	}, "name, agree, unique, unless")
	if err != nil {
		return Rule{}, err
	}
	if err := rule.check(); err != nil {
		return Rule{}, p.fail(start, "%v", err)
	}
	return rule, nil
}

// fields reads a list of names of fields, and refuses the first wrong one where
// it stands.
func (p *parser) fields(key string, to *[]string) error {
	return p.list(key, func() error {
		at := p.here()
		name, err := p.str(key)
		if err != nil {
			return err
		}
		if fieldSet([]string{name}) == 0 {
			return p.fail(at, "%v", unknownField(key, name))
		}
		*to = append(*to, name)
		return nil
	})
}

func (p *parser) object(what string, keys map[string]func() error, accepted string) error {
	if err := p.delim('{', what, "an object, { … }"); err != nil {
		return err
	}
	seen := map[string]bool{}
	for p.dec.More() {
		token, at, err := p.next()
		if err != nil {
			return p.syntax(err, at)
		}
		key, _ := token.(string)
		read, ok := keys[key]
		switch {
		case !ok:
			return p.fail(at, "%.40q is no key of %s: accepted are %s", key, what, accepted)
		case seen[key]:
			return p.fail(at, "the key %q stands twice", key)
		}
		seen[key] = true
		if err := read(); err != nil {
			return err
		}
	}
	return p.delim('}', what, "its end, }")
}

func (p *parser) list(what string, item func() error) error {
	if err := p.delim('[', what, "a list, [ … ]"); err != nil {
		return err
	}
	for p.dec.More() {
		if err := item(); err != nil {
			return err
		}
	}
	return p.delim(']', what, "its end, ]")
}

func (p *parser) delim(want json.Delim, what, accepted string) error {
	token, at, err := p.next()
	if err != nil {
		return p.syntax(err, at)
	}
	if token != want {
		return p.fail(at, "%s: accepted is %s", what, accepted)
	}
	return nil
}

func (p *parser) str(what string) (string, error) {
	token, at, err := p.next()
	if err != nil {
		return "", p.syntax(err, at)
	}
	s, ok := token.(string)
	if !ok {
		return "", p.fail(at, "%s: accepted is a text in quotation marks", what)
	}
	return s, nil
}

func (p *parser) boolean(what string) (bool, error) {
	token, at, err := p.next()
	if err != nil {
		return false, p.syntax(err, at)
	}
	b, ok := token.(bool)
	if !ok {
		return false, p.fail(at, "%s: accepted are true and false", what)
	}
	return b, nil
}

// next is the next token and where it begins.
func (p *parser) next() (json.Token, int, error) {
	at := p.here()
	token, err := p.dec.Token()
	return token, at, err
}

// here is where the next token begins: after blanks and what parts two values.
func (p *parser) here() int {
	at := int(p.dec.InputOffset())
	for at < len(p.text) && strings.IndexByte(" \t\r\n,:", p.text[at]) >= 0 {
		at++
	}
	return at
}

func (p *parser) syntax(err error, at int) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return p.fail(max(int(syntax.Offset)-1, 0), "this is no JSON: %v", syntax)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return p.fail(len(p.text), "the text ends before the rules do")
	}
	return p.fail(at, "this is no JSON: %v", err)
}

// fail says where, in lines and in characters, and why.
func (p *parser) fail(at int, format string, args ...any) error {
	before := string(p.text[:min(at, len(p.text))])
	line := strings.Count(before, "\n") + 1
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Errorf("%w: rules, line %d, column %d: %s", fault.Invalid, line, column, fmt.Sprintf(format, args...))
}
