// SPDX-License-Identifier: Apache-2.0

// Package linkage says which records are about one person.
//
// A person is a set of records. Every record brings a person of its own; a run
// of the rules (Link) joins persons and never takes one apart. People may join
// and part persons by hand (Merged, Split, Distinguished); what they said
// outlives every run.
//
// The rules are exact: they ask whether values agree, and they can be read
// aloud to a court. Two things are kept by construction:
//
//   - Unknown is no evidence. An absent value neither agrees nor contradicts.
//   - Nothing depends on the order in which rows come. Where a rule could join
//     in more than one way, the other known values decide, and where they do
//     not, nobody is joined and the case is reported as contested.
package linkage

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"recount/fault"
)

// Rules is a set of rules, tried in their order until none joins any more.
type Rules struct {
	Rules []Rule `json:"rules"`
	// WithinSource: "never" keeps two records of one source apart, as in a list
	// in which nobody stands twice; "allowed" does not.
	WithinSource string `json:"within_source"`
}

// Rule joins records that agree on every field of Agree.
type Rule struct {
	Name string `json:"name"`
	// Agree: fields that are known on both sides and equal; "name" is one of
	// them. Dates agree when both bounds are the same days, ages when both ends
	// are the same months. A placeholder such as 1900-01-01 is not known.
	Agree []string `json:"agree"`
	// Unique: the rule joins only where what agrees stands for one person in
	// each source.
	Unique bool `json:"unique,omitempty"`
	// Unless: fields that forbid when they are known and contradict each other:
	// dates and ages when they can not overlap, others when they differ.
	Unless []string `json:"unless,omitempty"`
}

// The two values of Rules.WithinSource.
const (
	Never   = "never"
	Allowed = "allowed"
)

// Limits of a set of rules: it must fit in one field of an entry.
const (
	maxRules     = 50
	maxRuleName  = 200    // bytes
	maxRulesText = 65_535 // bytes
)

// field is one thing that rules compare; as a set, one bit each.
type field uint8

const (
	fieldName field = 1 << iota
	fieldDate
	fieldEnd
	fieldPlace
	fieldAge
	fieldBirth
	fieldSex
)

// measurable are the fields that can tell two people of one name apart.
const measurable = fieldDate | fieldEnd | fieldAge | fieldBirth | fieldSex

// Fields are the names that a rule may use, in the order in which messages
// list them.
func Fields() []string {
	return []string{"name", "date", "end", "place", "age", "birth", "sex"}
}

// fieldSet turns names into a set; unknown names are left to Check.
func fieldSet(names []string) (set field) {
	for i, name := range Fields() {
		if slices.Contains(names, name) {
			set |= 1 << i
		}
	}
	return set
}

// Compare reports whether any of the rules looks at one of these fields.
func (r Rules) Compare(fields ...string) bool {
	return slices.ContainsFunc(r.Rules, func(rule Rule) bool {
		return slices.ContainsFunc(fields, func(f string) bool { return slices.Contains(rule.Agree, f) || slices.Contains(rule.Unless, f) })
	})
}

// DefaultRules are the rules used where nobody gives others: from the most
// telling agreement to the least.
func DefaultRules() Rules {
	return Rules{
		WithinSource: Never,
		Rules: []Rule{
			{Name: "name, date and place", Agree: []string{"name", "date", "place"}},
			{Name: "name and date", Agree: []string{"name", "date"}, Unless: []string{"birth", "sex"}},
			{Name: "name and birth", Agree: []string{"name", "birth"}, Unique: true,
				Unless: []string{"date", "end", "age", "sex"}},
			{Name: "name and age", Agree: []string{"name", "age"}, Unique: true,
				Unless: []string{"date", "end", "birth", "sex"}},
			{Name: "name alone", Agree: []string{"name"}, Unique: true,
				Unless: []string{"date", "end", "age", "birth", "sex"}},
		},
	}
}

// JSON is the canonical text of the rules: what an entry states.
func (r Rules) JSON() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	// Strings, lists of strings and booleans can not fail to encode.
	_ = enc.Encode(r)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// SHA256 is the hash of JSON, in hex.
func (r Rules) SHA256() string {
	sum := sha256.Sum256(r.JSON())
	return hex.EncodeToString(sum[:])
}

// Check returns all that is wrong with the rules, or nil (fault.Invalid).
func (r Rules) Check() error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: rules: "+format, append([]any{fault.Invalid}, args...)...))
	}
	if r.WithinSource != Never && r.WithinSource != Allowed {
		bad("within_source %q: accepted are %q (two rows of one list are two people) and %q", r.WithinSource, Never, Allowed)
	}
	if len(r.Rules) == 0 || len(r.Rules) > maxRules {
		bad("%d rules: accepted are 1 to %d", len(r.Rules), maxRules)
	}
	seen := map[string]bool{}
	for i, rule := range r.Rules {
		if err := rule.check(); err != nil {
			bad("rule %d: %v", i+1, err)
		}
		if seen[rule.Name] {
			bad("rule %d: the name %q stands twice; each rule needs its own, since reasons name it", i+1, rule.Name)
		}
		seen[rule.Name] = true
	}
	if n := len(r.JSON()); n > maxRulesText {
		bad("the text has %d bytes; accepted are at most %d", n, maxRulesText)
	}
	return errors.Join(errs...)
}

// check returns an error without a kind; Check gives it one.
func (r Rule) check() error {
	if strings.TrimSpace(r.Name) == "" || len(r.Name) > maxRuleName || !utf8.ValidString(r.Name) || strings.ContainsAny(r.Name, "\n\r\x00") {
		return fmt.Errorf("name %.40q: accepted is a text of one line, 1 to %d bytes", r.Name, maxRuleName)
	}
	for _, list := range []struct {
		key   string
		names []string
	}{{"agree", r.Agree}, {"unless", r.Unless}} {
		for i, name := range list.names {
			if !slices.Contains(Fields(), name) {
				return unknownField(list.key, name)
			}
			if slices.Contains(list.names[:i], name) {
				return fmt.Errorf("%s: %q stands twice", list.key, name)
			}
		}
	}
	if !slices.Contains(r.Agree, "name") {
		return fmt.Errorf("agree: \"name\" is missing; people without a common name are joined by hand")
	}
	for _, name := range r.Unless {
		if slices.Contains(r.Agree, name) {
			return fmt.Errorf("unless: %q stands in agree as well; what agrees can not contradict", name)
		}
	}
	return nil
}

func unknownField(key, name string) error {
	return fmt.Errorf("%s: %.40q is no field: accepted are %s", key, name, strings.Join(Fields(), ", "))
}
