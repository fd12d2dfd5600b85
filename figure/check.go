// SPDX-License-Identifier: Apache-2.0

package figure

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"recount/fault"
)

// Limits of a definition. They keep it well inside one field of an entry.
const (
	maxTitle = 500 // bytes
	maxList  = 200 // members of one list
	maxParts = 24
	maxCode  = 64 // bytes of an id, a code or the name of a part
	maxPlace = 200
)

// Check says what is wrong with a definition and what would be accepted
// (fault.Invalid), or nil.
func (d Definition) Check() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: figure %q: %s", fault.Invalid, d.Figure, fmt.Sprintf(format, args...))
	}
	if !isID(d.Figure, "f-") {
		return fmt.Errorf("%w: %q is no figure's id; ids are f- and up to %d of a-z, 0-9, -", fault.Invalid, d.Figure, maxCode-2)
	}
	if err := checkTitle(d.Title); err != nil {
		return bad("title %s", err)
	}
	if d.Unit != Unit {
		return bad("unit %q; only %q can be counted", d.Unit, Unit)
	}
	if d.Rule != Rule {
		return bad("rule %q; the only rule is %q", d.Rule, Rule)
	}
	if err := checkList(d.Harms, isCode); err != nil {
		return bad("harms: %s; a harm is a code such as killed or x-own-code", err)
	}
	if err := checkList(d.Sources, func(s string) bool { return isID(s, "s-") }); err != nil {
		return bad("sources: %s; a source is its id, s-…", err)
	}
	if err := checkList(d.District, isPlace); err != nil {
		return bad("district: %s; a district is its folded name, up to the first comma", err)
	}
	if d.Period != "" {
		if _, err := ParsePeriod(d.Period); err != nil {
			return bad("%s", strings.TrimPrefix(err.Error(), fault.Invalid.Error()+": "))
		}
	}
	if len(d.Parts) > maxParts {
		return bad("%d parts; at most %d", len(d.Parts), maxParts)
	}
	for i, p := range d.Parts {
		if err := p.check(); err != nil {
			return bad("part %d (%q): %s", i+1, p.Part, err)
		}
		if slices.ContainsFunc(d.Parts[:i], func(q Part) bool { return q.Part == p.Part }) {
			return bad("part %q stands twice", p.Part)
		}
	}
	return nil
}

// check returns an error without a kind; Check gives it one.
func (p Part) check() error {
	if !isCode(p.Part) {
		return fmt.Errorf("its name is to be of a-z, 0-9 and single - between them, at most %d", maxCode)
	}
	if err := checkTitle(p.Title); err != nil {
		return fmt.Errorf("title %w", err)
	}
	switch p.Child {
	case "", ChildByFlag, ChildByAge, ChildEither:
	default:
		return fmt.Errorf("child %q; accepted are flag, age, either", p.Child)
	}
	if err := checkList(p.Sex, isCode); err != nil {
		return fmt.Errorf("sex: %w; a sex is a code such as female", err)
	}
	if err := checkList(p.AgeBand, func(s string) bool { return slices.Contains(AgeBands(), s) }); err != nil {
		return fmt.Errorf("age_band: %w; bands are %s", err, strings.Join(AgeBands(), ", "))
	}
	if p.Child == "" && len(p.Sex) == 0 && len(p.AgeBand) == 0 {
		return fmt.Errorf("it sets no condition; set child, sex or age_band")
	}
	return nil
}

func checkList(list []string, ok func(string) bool) error {
	if len(list) > maxList {
		return fmt.Errorf("%d entries, at most %d", len(list), maxList)
	}
	for i, s := range list {
		if !ok(s) {
			return fmt.Errorf("%q is not accepted", s)
		}
		if slices.Contains(list[:i], s) {
			return fmt.Errorf("%q stands twice", s)
		}
	}
	return nil
}

func checkTitle(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return fmt.Errorf("is empty; say what is counted")
	case len(s) > maxTitle:
		return fmt.Errorf("has %d bytes; at most %d", len(s), maxTitle)
	case !isPlain(s):
		return fmt.Errorf("holds a line break, a control character or a character that is none")
	}
	return nil
}

// isPlain reports whether s is one line of real characters. U+2028 and U+2029
// are out because JSON writers differ on them, U+FFFD because it stands for
// something that could not be read.
func isPlain(s string) bool {
	for _, r := range s {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == unicode.ReplacementChar {
			return false
		}
	}
	return true
}

// isID reports whether s is the prefix and 1 to 62 of a-z, 0-9 and -.
func isID(s, prefix string) bool {
	rest, ok := strings.CutPrefix(s, prefix)
	return ok && rest != "" && len(s) <= maxCode && strings.Trim(rest, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// isCode reports whether s is words of a-z and 0-9 joined by single hyphens.
func isCode(s string) bool {
	if s == "" || len(s) > maxCode || strings.Contains(s, "--") || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// isPlace reports whether s can be a folded district: not "?", which says
// that none is known.
func isPlace(s string) bool {
	return s != "" && s != Unknowns && len(s) <= maxPlace && isPlain(s) && strings.TrimSpace(s) == s
}
