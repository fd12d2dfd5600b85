// SPDX-License-Identifier: Apache-2.0

// Package figure holds what a figure is: a question put to the records,
// written down as a Definition, and the rule that answers it for one person
// from the rungs that are known of that person. It does no input or output.
//
// The same rule is applied by the program that counts and by the one that
// checks a published bundle; docs/formats/figure.md states it for others who
// want to write their own.
//
// # Compatibility
//
// The rule count@1, the canonical JSON of a definition and the encodings of
// harms, sets and verdicts never change. Another way of counting is another
// rule with another name.
package figure

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"recount/fault"
)

// Rule is the only rule of counting there is so far.
const Rule = "count@1"

// Unit is the only unit that can be counted so far: human beings (I-13:
// different units are never added).
const Unit = "persons"

// Definition is one figure: whom it counts, out of whom, by which rule.
type Definition struct {
	Figure   string   `json:"figure"`             // id, "f-…"
	Title    string   `json:"title"`              // what is counted, for a reader
	Unit     string   `json:"unit"`               // "persons"
	Harms    []string `json:"harms,omitempty"`    // any of these codes counts; empty: any
	Sources  []string `json:"sources,omitempty"`  // universe: persons with a record of one of these; empty: all persons
	Period   string   `json:"period,omitempty"`   // a harm's month must lie within; see ParsePeriod
	District []string `json:"district,omitempty"` // a harm's district must be one of these, as folded
	Parts    []Part   `json:"parts,omitempty"`    // "of whom"
	Rule     string   `json:"rule"`               // "count@1"
}

// Part is one "of whom": those of the figure who also meet every condition
// that is set here.
type Part struct {
	Part    string   `json:"part"`               // its name within the figure, as in {{figure f-….part}}
	Title   string   `json:"title"`              // what it counts, for a reader
	Child   string   `json:"child,omitempty"`    // flag, age or either
	Sex     []string `json:"sex,omitempty"`      // any of these
	AgeBand []string `json:"age_band,omitempty"` // any of these, see AgeBands
}

// The ways in which a part can ask whether a person was a child.
const (
	ChildByFlag = "flag"   // as the source itself says
	ChildByAge  = "age"    // as follows from the age or the birth that the source gives
	ChildEither = "either" // by the one or the other
)

// AgeBands are the bands of age a record can fall in, youngest first.
func AgeBands() []string {
	return []string{"0-4", "5-9", "10-14", "15-17", "18-29", "30-44", "45-59", "60+"}
}

// ParseDefinition reads a definition from JSON, in any spacing and order of
// keys, brings its lists in order and checks it. Unknown keys, keys in another
// case and keys that stand twice are refused, because two readers could
// understand them differently.
func ParseDefinition(text []byte) (Definition, error) {
	if !utf8.Valid(text) {
		return Definition{}, fmt.Errorf("%w: the definition is not UTF-8 text", fault.Invalid)
	}
	if err := keysOnce(json.NewDecoder(bytes.NewReader(text)), "the definition"); err != nil {
		return Definition{}, err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var d Definition
	if err := dec.Decode(&d); err != nil {
		return Definition{}, fmt.Errorf("%w: the definition cannot be read as JSON of the keys "+
			"figure, title, unit, harms, sources, period, district, parts, rule: %v", fault.Invalid, err)
	}
	d = d.ordered()
	return d, d.Check()
}

// JSON is the canonical form: keys in the order of the type, no spaces, lists
// in byte order, empty ones left out, characters as themselves. It is what is
// hashed; ParseDefinition reads it back to an equal definition.
func (d Definition) JSON() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	// A struct of strings and lists of strings cannot fail to encode.
	_ = enc.Encode(d.ordered())
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// With is the definition with only the named parts, in the definition's own
// order. A name that the definition does not have is refused.
func (d Definition) With(parts []string) (Definition, error) {
	out := d
	out.Parts = nil
	for _, p := range d.Parts {
		if slices.Contains(parts, p.Part) {
			out.Parts = append(out.Parts, p)
		}
	}
	if len(out.Parts) != len(parts) {
		for _, name := range parts {
			if d.Column(name) < 0 {
				return Definition{}, fmt.Errorf("%w: figure %s has no part %q; it has %s", fault.NotFound, d.Figure, name, d.partNames())
			}
		}
		return Definition{}, fmt.Errorf("%w: a part of figure %s is named twice", fault.Invalid, d.Figure)
	}
	return out, nil
}

// Column is the place of a part's verdict in what Decide returns: 0 for the
// figure itself (""), 1 for the first part, -1 where there is no such part.
func (d Definition) Column(part string) int {
	if part == "" {
		return 0
	}
	for i, p := range d.Parts {
		if p.Part == part {
			return i + 1
		}
	}
	return -1
}

// Universe says in words who could have been counted.
func (d Definition) Universe() string {
	if len(d.Sources) == 0 {
		return "every person of the case at the base checkpoint"
	}
	return "every person of the case, at the base checkpoint, with a record of " + strings.Join(d.Sources, " or ")
}

func (d Definition) partNames() string {
	if len(d.Parts) == 0 {
		return "no parts"
	}
	var names []string
	for _, p := range d.Parts {
		names = append(names, p.Part)
	}
	return strings.Join(names, ", ")
}

// ordered is a copy whose lists are in byte order (bands of age: youngest
// first) and are nil where empty.
func (d Definition) ordered() Definition {
	d.Harms, d.Sources, d.District = sorted(d.Harms), sorted(d.Sources), sorted(d.District)
	if len(d.Parts) == 0 {
		d.Parts = nil
		return d
	}
	d.Parts = slices.Clone(d.Parts)
	for i, p := range d.Parts {
		d.Parts[i].Sex, d.Parts[i].AgeBand = sorted(p.Sex), sorted(p.AgeBand)
	}
	return d
}

func sorted(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

// keysOnce reads one JSON value and refuses an object that has a key twice or
// a key of other characters than a-z and _ , which encoding/json would let
// pass, and anything that follows the value.
func keysOnce(dec *json.Decoder, where string) error {
	if err := walk(dec, where, 0); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: %s goes on after its end", fault.Invalid, where)
	}
	return nil
}

func walk(dec *json.Decoder, where string, depth int) error {
	token, err := dec.Token()
	if err != nil {
		return fmt.Errorf("%w: %s is not JSON: %v", fault.Invalid, where, err)
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	if depth > 4 {
		return fmt.Errorf("%w: %s is nested deeper than any definition", fault.Invalid, where)
	}
	seen := make(map[string]bool)
	for dec.More() {
		if delim == '{' {
			key, err := dec.Token()
			if err != nil {
				return fmt.Errorf("%w: %s is not JSON: %v", fault.Invalid, where, err)
			}
			name, _ := key.(string)
			if seen[name] {
				return fmt.Errorf("%w: %s has the key %q twice", fault.Invalid, where, name)
			}
			if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "" {
				return fmt.Errorf("%w: %s has the key %q; keys are of small letters", fault.Invalid, where, name)
			}
			seen[name] = true
		}
		if err := walk(dec, where, depth+1); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return fmt.Errorf("%w: %s is not JSON: %v", fault.Invalid, where, err)
	}
	return nil
}
