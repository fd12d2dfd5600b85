// SPDX-License-Identifier: Apache-2.0

package consent

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"recount/fault"
	"recount/register"
)

// Rule is an answer for a use. Recipient and form may be Any; the purpose may
// not: nobody agrees to everything at once.
type Rule struct {
	Purpose   string `json:"purpose"`
	Recipient string `json:"recipient"`
	Form      string `json:"form"`
	Answer    string `json:"answer"`
}

// String is the rule in one line: purpose, recipient, form, answer.
func (r Rule) String() string {
	return r.Purpose + " " + r.Recipient + " " + r.Form + " " + r.Answer
}

// narrow is how many of recipient and form are named.
func (r Rule) narrow() int {
	n := 0
	if r.Recipient != Any {
		n++
	}
	if r.Form != Any {
		n++
	}
	return n
}

func (r Rule) covers(u Use) bool {
	return r.Purpose == u.Purpose && (r.Recipient == Any || r.Recipient == u.Recipient) && (r.Form == Any || r.Form == u.Form)
}

func (r Rule) check() error {
	errs := []error{checkCode("purpose", Purposes(), r.Purpose, false), checkCode("answer", Answers(), r.Answer, false)}
	if r.Recipient != Any {
		errs = append(errs, checkCode("recipient", Recipients(), r.Recipient, true))
	}
	if r.Form != Any {
		errs = append(errs, checkCode("form", Forms(), r.Form, false))
	}
	return errors.Join(errs...)
}

// Rules are answers for uses, in their canonical order, each use once.
type Rules []Rule

// Answer is what the rules say of a use, and whether any speaks of it. The
// narrowest rule decides; of equally narrow ones no before ask before yes.
func (rules Rules) Answer(u Use) (answer string, said bool) {
	narrowest := -1
	for _, r := range rules {
		if !r.covers(u) || r.narrow() < narrowest {
			continue
		}
		if r.narrow() > narrowest || strict(r.Answer) > strict(answer) {
			narrowest, answer = r.narrow(), r.Answer
		}
	}
	if narrowest < 0 {
		return No, false
	}
	return answer, true
}

// strict orders answers: what is stricter is larger.
func strict(answer string) int {
	switch answer {
	case Yes:
		return 1
	case Ask:
		return 2
	}
	return 3
}

// maxRules bounds what one consent says; all purposes, recipients and forms
// together are fewer.
const maxRules = 1_000

// JSON is the canonical form, as it is recorded: an array of objects with the
// keys purpose, recipient, form, answer, by purpose, recipient and form, without
// spaces; "" for no rules at all.
func (rules Rules) JSON() string {
	if len(rules) == 0 {
		return ""
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(rules); err != nil {
		return "" // strings always encode
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// ParseRules reads the canonical form and no other.
func ParseRules(text string) (Rules, error) {
	if text == "" {
		return nil, nil
	}
	var rules Rules
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&rules); err != nil {
		return nil, fmt.Errorf("%w: permitted uses: %v; accepted is an array of objects with purpose, recipient, form, answer", fault.Invalid, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: permitted uses: something stands behind the array", fault.Invalid)
	}
	sorted, err := sortedRules(rules)
	if err != nil {
		return nil, err
	}
	if sorted.JSON() != text {
		return nil, fmt.Errorf("%w: permitted uses are not in their canonical form: %.200s", fault.Invalid, sorted.JSON())
	}
	return sorted, nil
}

// ParseLines reads rules as people write them, one a line: purpose, recipient,
// form, answer, with spaces between. Left out at the end are: the answer, which
// is then yes; the form and the recipient, which are then any. Blank lines, and
// lines that begin with #, are passed over.
func ParseLines(text string) (Rules, error) {
	var rules Rules
	n := 0
	for line := range strings.Lines(text) {
		n++
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		r, err := ruleOf(words)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		rules = append(rules, r)
	}
	return sortedRules(rules)
}

func ruleOf(words []string) (Rule, error) {
	r := Rule{words[0], Any, Any, Yes}
	rest := words[1:]
	if n := len(rest); n > 0 && slices.ContainsFunc(Answers(), func(c register.Code) bool { return c.Code == rest[n-1] }) {
		r.Answer, rest = rest[n-1], rest[:n-1]
	}
	if len(rest) > 2 {
		return r, fmt.Errorf("%w: %.80q: accepted are purpose, recipient, form, answer, with spaces between", fault.Invalid, strings.Join(words, " "))
	}
	if len(rest) > 0 {
		r.Recipient = rest[0]
	}
	if len(rest) > 1 {
		r.Form = rest[1]
	}
	return r, r.check()
}

// Lines are the rules as people write them.
func (rules Rules) Lines() string {
	var b strings.Builder
	for _, r := range rules {
		b.WriteString(r.String() + "\n")
	}
	return b.String()
}

// sortedRules checks rules and puts them in their order; a use that stands
// twice is fault.Invalid.
func sortedRules(rules Rules) (Rules, error) {
	if len(rules) > maxRules {
		return nil, fmt.Errorf("%w: %d permitted uses; accepted are at most %d", fault.Invalid, len(rules), maxRules)
	}
	sorted := slices.Clone(rules)
	slices.SortFunc(sorted, func(a, b Rule) int {
		return cmp.Or(cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Recipient, b.Recipient), cmp.Compare(a.Form, b.Form))
	})
	for i, r := range sorted {
		if err := r.check(); err != nil {
			return nil, err
		}
		if i > 0 && r.Purpose == sorted[i-1].Purpose && r.Recipient == sorted[i-1].Recipient && r.Form == sorted[i-1].Form {
			return nil, fmt.Errorf("%w: the use %s %s %s stands twice; accepted is one answer for it", fault.Invalid, r.Purpose, r.Recipient, r.Form)
		}
	}
	return sorted, nil
}
