// SPDX-License-Identifier: Apache-2.0

package register

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"recount/edtf"
	"recount/fault"
	"recount/journal"
)

const kindOwnField = "field.declared@1"

// OwnField is what a case says of a field of its own: how it is called in the
// languages of its people, and what its values are. The values themselves stand
// with the records (Extra), as their sources wrote them.
type OwnField struct {
	Field    string   // the name, as mappings and records have it
	Labels   []string // "en Plot": a language tag (BCP 47), a space, how the field is called
	Type     string   // OwnTypes
	CodeList string   // with the type code: id, l-…, of the list of its codes
	Note     string
}

// OwnTypes are what the values of a case's own field can be.
func OwnTypes() []Code {
	return []Code{
		{"text", "Text"}, {"number", "Number"}, {"date", "Date"}, {"flag", "Yes or no"}, {"code", "One of a list of codes"},
	}
}

func (x *OwnField) slots() []slot {
	return []slot{{"field", &x.Field}, {"labels", &x.Labels}, {"type", &x.Type}, {"code_list", &x.CodeList}, {"note", &x.Note}}
}

// Draft is the entry field.declared@1 that says x.
func (x OwnField) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindOwnField, x.slots(), reason, basis, handling)
}

// OwnFieldFrom reads an entry field.declared@1.
func OwnFieldFrom(e journal.Entry) (OwnField, error) {
	var x OwnField
	err := read(kindOwnField, x.slots(), e)
	return x, err
}

// MarshalJSON writes x as an object of its fields.
func (x OwnField) MarshalJSON() ([]byte, error) { return object(x.slots()) }

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x OwnField) Check() error {
	c := checks{what: "own field"}
	c.add("field", CheckOwnName(x.Field))
	c.labels("labels", x.Labels)
	c.add("type", check("type", OwnTypes(), x.Type, false))
	switch {
	case x.Type == "code":
		c.add("code_list", CheckCodeListID(x.CodeList))
	case x.CodeList != "":
		c.failf("code_list", "a field whose type is %s has no list of codes; accepted is none, or the type code", clip(x.Type))
	}
	c.texts(x.slots())
	return c.err()
}

// maxOwnName is the longest name of a field of a case's own, in bytes.
const maxOwnName = 200

// CheckOwnName accepts the name of a field of a case's own: one line, which can be
// a column of a worksheet, where ".value" behind a name has a meaning.
func CheckOwnName(name string) error {
	if strings.TrimSpace(name) != name || name == "" || len(name) > maxOwnName || strings.ContainsAny(name, "\n\r\t\x00") || strings.HasSuffix(name, ".value") {
		return fmt.Errorf(`%w: %q cannot be the name of a field; accepted: one line of at most %d bytes that does not end in ".value"`, fault.Invalid, clip(name), maxOwnName)
	}
	return nil
}

// ownPrefix begins the code of a single field of the case's own, among the fields
// of records that can have a class of their own.
const ownPrefix = "own:"

// OwnFieldCode is the code under which a field of the case's own has a class of
// its own (CheckField).
func OwnFieldCode(name string) string { return ownPrefix + name }

// OwnFieldOf is the name of the field that a code is of; false: it is of none,
// or of all.
func OwnFieldOf(code string) (name string, single bool) { return strings.CutPrefix(code, ownPrefix) }

// A label is a language and, behind a space, a text.

// LabelIn is how a thing is called in a language, by its labels: in the language
// itself, in another form of it, or, where there is none, the first label there
// is, whose language is then told in place of "". Without any label both are "".
func LabelIn(labels []string, language string) (label, instead string) {
	base, _, _ := strings.Cut(language, "-")
	for _, want := range []string{language, base} {
		for _, l := range labels {
			if tag, text, _ := strings.Cut(l, " "); tag == want {
				return text, ""
			}
		}
	}
	for _, l := range labels {
		tag, text, _ := strings.Cut(l, " ")
		if start, _, _ := strings.Cut(tag, "-"); start == base {
			return text, ""
		}
	}
	if len(labels) == 0 {
		return "", ""
	}
	instead, label, _ = strings.Cut(labels[0], " ")
	return label, instead
}

func (c *checks) labels(field string, labels []string) {
	var seen []string
	for _, l := range labels {
		tag, text, _ := strings.Cut(l, " ")
		switch {
		case !languageTag.MatchString(tag) || strings.TrimSpace(text) == "":
			c.failf(field, "%q: accepted is a language tag and what it is called in that language: %q", clip(l), "en Plot")
		case slices.Contains(seen, tag):
			c.failf(field, "there are two in %q; accepted is one in each language", tag)
		}
		seen = append(seen, tag)
		c.optionalLine(field, l)
	}
}

// Reading reads the values of a field.
type Reading struct {
	kind  string            // OwnTypes
	meant map[string]string // a writing, folded → its code
}

// Reading is how the values of x are read; list is that of its codes, where it has
// one (fault.Invalid where that cannot be read).
func (x OwnField) Reading(list CodeList) (Reading, error) {
	r := Reading{kind: x.Type}
	if x.Type != "code" {
		return r, nil
	}
	all, err := list.All()
	r.meant = map[string]string{}
	for _, c := range all {
		for _, s := range c.writings() {
			r.meant[foldValue(s)] = c.Code
		}
	}
	return r, err
}

// Of is a value as it is understood: a number in decimals, a date as EDTF, yes or
// no, a code of the list; what it is not is false, and stays what was written.
// Blank is "" and true: nothing is said.
func (r Reading) Of(written string) (value string, ok bool) {
	s := strings.Join(strings.Fields(written), " ")
	if s == "" {
		return "", true
	}
	switch r.kind {
	case "number":
		return plainDecimal(s)
	case "date":
		return dateOf(s)
	case "flag":
		return flagOf(s)
	case "code":
		code, ok := r.meant[foldValue(s)]
		return code, ok
	}
	return s, true
}

// Accepts says what a value of the field can be, for a message.
func (x OwnField) Accepts(list CodeList) string {
	switch x.Type {
	case "number":
		return "a number in digits, with a point before decimals"
	case "date":
		return "a date as YYYY-MM-DD, DD.MM.YYYY, YYYY-MM, YYYY or another form of EDTF"
	case "flag":
		return "yes or no"
	case "code":
		return "a code, a label or a spelling of the list " + list.CodeList + ": " + list.some()
	}
	return "a text"
}

// dottedDate is a day as 26.02.1992, slashedDate as 1992/02/26: other orders could
// mean two days, and are none.
var (
	dottedDate  = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.(\d{4})$`)
	slashedDate = regexp.MustCompile(`^(\d{4})/(\d{1,2})/(\d{1,2})$`)
)

func dateOf(s string) (string, bool) {
	if m := dottedDate.FindStringSubmatch(s); m != nil {
		s = fmt.Sprintf("%s-%02s-%02s", m[3], m[2], m[1])
	} else if m := slashedDate.FindStringSubmatch(s); m != nil {
		s = fmt.Sprintf("%s-%02s-%02s", m[1], m[2], m[3])
	}
	d, err := edtf.Parse(s)
	if err != nil {
		return "", false
	}
	return d.String(), true
}

var ownNumber = regexp.MustCompile(`^-?[0-9]{1,18}(\.[0-9]{1,9})?$`)

func plainDecimal(s string) (string, bool) {
	s = strings.ReplaceAll(s, "−", "-")
	if !ownNumber.MatchString(s) {
		return "", false
	}
	whole, part, _ := strings.Cut(s, ".")
	sign, digits := "", whole
	if strings.HasPrefix(whole, "-") {
		sign, digits = "-", whole[1:]
	}
	digits, part = strings.TrimLeft(digits, "0"), strings.TrimRight(part, "0")
	if digits == "" {
		digits = "0"
	}
	if part != "" {
		part = "." + part
	}
	if digits+part == "0" {
		sign = ""
	}
	return sign + digits + part, true
}

func flagOf(s string) (string, bool) {
	switch foldValue(s) {
	case "yes", "1", "true":
		return "yes", true
	case "no", "0", "false":
		return "no", true
	}
	return "", false
}

// foldValue is the key by which two writings of one value of a list are the same:
// the case of letters, kinds of space and how a letter is composed do not count.
// Everything else does: what differs in an accent may be another value.
func foldValue(s string) string {
	s = cases.Fold().String(norm.NFKC.String(s))
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\ufeff', '\u00ad':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// FoldValue is foldValue for whoever gathers values that stand in a case.
func FoldValue(s string) string { return foldValue(s) }

// DeclaredField is a field of the case's own as it stands declared.
type DeclaredField struct {
	OwnField
	List    CodeList // with the type code
	reading Reading
}

// DeclaredFields are the declared fields of a case, by name.
type DeclaredFields map[string]DeclaredField

// Declared puts fields and lists of codes together (fault.Invalid where a list
// cannot be read).
func Declared(fields []OwnField, lists []CodeList) (DeclaredFields, error) {
	byID := map[string]CodeList{}
	for _, l := range lists {
		byID[l.CodeList] = l
	}
	d := DeclaredFields{}
	for _, f := range fields {
		reading, err := f.Reading(byID[f.CodeList])
		if err != nil {
			return nil, err
		}
		d[f.Field] = DeclaredField{f, byID[f.CodeList], reading}
	}
	return d, nil
}

// Value is a value as it is understood; false: it is none of the field. What is
// not declared is a text.
func (d DeclaredFields) Value(field, written string) (value string, ok bool) {
	f, declared := d[field]
	if !declared {
		return strings.Join(strings.Fields(written), " "), true
	}
	return f.reading.Of(written)
}

// Accepts says what a value of the field can be, for a message.
func (d DeclaredFields) Accepts(field string) string {
	f := d[field]
	return f.OwnField.Accepts(f.List)
}

// ReadOwn puts what each value says into it, by the declarations. What was there
// before, unchanged, stays; another value that is none of its field is refused
// (fault.Invalid), with what would be accepted.
func (d DeclaredFields) ReadOwn(own, was []Extra) error {
	c := checks{what: "own field"}
	for i := range own {
		x := &own[i]
		same := slices.ContainsFunc(was, func(o Extra) bool { return o.Name == x.Name && o.Written == x.Written })
		value, ok := d.Value(x.Name, x.Written.Text())
		if x.Value = value; !ok && !same {
			c.failf("own."+x.Name, "%q: accepted is %s", clip(x.Written.Text()), d.Accepts(x.Name))
		}
	}
	return c.err()
}
