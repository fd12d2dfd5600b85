// SPDX-License-Identifier: Apache-2.0

package register

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"recount/fault"
	"recount/journal"
)

const kindCodeList = "codes.declared@1"

// CodeList is a list of codes of a case's own: the values that a field can have,
// how they are called, and the spellings that sources have for them.
type CodeList struct {
	CodeList string   // id, l-…
	Labels   []string // how the list is called, as those of OwnField
	Codes    []string // one OwnCode a line, as its Line
	Note     string
}

// OwnCode is one code of a list.
type OwnCode struct {
	Code      string   `json:"code"`                // small letters a to z, digits and hyphens
	Labels    []string `json:"labels,omitempty"`    // "en Gunshot"
	Parent    string   `json:"parent,omitempty"`    // the code that it is a kind of, "" none
	Spellings []string `json:"spellings,omitempty"` // that sources have for it, beside code and labels
}

var (
	codeListID = regexp.MustCompile(`^l-[a-z0-9-]{1,62}$`)
	listedCode = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
)

// CheckCodeListID accepts the id of a list of codes.
func CheckCodeListID(id string) error {
	if codeListID.MatchString(id) {
		return nil
	}
	return fmt.Errorf("%w: list of codes %q: accepted is l- and then small letters a to z, digits and hyphens (1 to 62)", fault.Invalid, clip(id))
}

func (x *CodeList) slots() []slot {
	return []slot{{"code_list", &x.CodeList}, {"labels", &x.Labels}, {"codes", &x.Codes}, {"note", &x.Note}}
}

// Draft is the entry codes.declared@1 that says x.
func (x CodeList) Draft(reason, basis, handling string) journal.Draft {
	return draft(kindCodeList, x.slots(), reason, basis, handling)
}

// CodeListFrom reads an entry codes.declared@1.
func CodeListFrom(e journal.Entry) (CodeList, error) {
	var x CodeList
	err := read(kindCodeList, x.slots(), e)
	return x, err
}

// MarshalJSON writes x as an object of its fields.
func (x CodeList) MarshalJSON() ([]byte, error) { return object(x.slots()) }

// Line is a code as it stands in a CodeList: JSON in one line, its keys in the
// order of the type.
func (c OwnCode) Line() string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(c) // strings and lists of strings cannot fail to encode
	return strings.TrimSuffix(b.String(), "\n")
}

// All are the codes of the list in its order (fault.Invalid).
func (x CodeList) All() ([]OwnCode, error) {
	all := make([]OwnCode, 0, len(x.Codes))
	for i, line := range x.Codes {
		dec := json.NewDecoder(strings.NewReader(line))
		dec.DisallowUnknownFields()
		var c OwnCode
		if err := dec.Decode(&c); err != nil {
			return nil, fmt.Errorf("%w: list of codes %s, code %d cannot be read: %v", fault.Invalid, clip(x.CodeList), i+1, err)
		}
		all = append(all, c)
	}
	return all, nil
}

// Check returns all that is wrong with x, or nil (fault.Invalid).
func (x CodeList) Check() error {
	c := checks{what: "list of codes"}
	c.add("code_list", CheckCodeListID(x.CodeList))
	c.labels("labels", x.Labels)
	if len(x.Codes) == 0 {
		c.failf("codes", "there is none; accepted is a list of one code or more")
	}
	all, err := x.All()
	c.add("codes", err)
	c.codes(all)
	c.texts(x.slots())
	return c.err()
}

// codes checks that each code stands once, that parents are there and in no
// circle, and that no value could be two codes.
func (c *checks) codes(all []OwnCode) {
	parent, meant := map[string]string{}, map[string]string{}
	for _, one := range all {
		if !listedCode.MatchString(one.Code) {
			c.failf("codes", "code %q: accepted are small letters a to z, digits and hyphens (at most 63), not beginning with a hyphen", clip(one.Code))
		}
		if _, twice := parent[one.Code]; twice {
			c.failf("codes", "code %s stands twice; accepted is each once", clip(one.Code))
		}
		parent[one.Code] = one.Parent
		c.labels("codes", one.Labels)
	}
	for _, one := range all {
		for _, s := range one.writings() {
			key := foldValue(s)
			if other, taken := meant[key]; taken && other != one.Code {
				c.failf("codes", "%q is both %s and %s; accepted is a spelling or label that means one code", clip(s), other, one.Code)
			}
			meant[key] = one.Code
		}
		if up := one.Parent; up != "" {
			if _, there := parent[up]; !there {
				c.failf("codes", "code %s is under %q, which is not in the list", clip(one.Code), clip(up))
			}
		}
		if inCircle(parent, one.Code) {
			c.failf("codes", "code %s is under itself, by way of its parents", clip(one.Code))
		}
	}
}

func inCircle(parent map[string]string, code string) bool {
	at := code
	for range len(parent) {
		if at = parent[at]; at == "" {
			return false
		}
		if at == code {
			return true
		}
	}
	return false
}

// writings are all that can stand for a code.
func (c OwnCode) writings() []string {
	all := append([]string{c.Code}, c.Spellings...)
	for _, l := range c.Labels {
		_, text, _ := strings.Cut(l, " ")
		all = append(all, text)
	}
	return all
}

// LabelsOf are the labels of a code, none where the list does not have it.
func (x CodeList) LabelsOf(code string) []string {
	all, err := x.All()
	if err != nil {
		return nil
	}
	for _, c := range all {
		if c.Code == code {
			return c.Labels
		}
	}
	return nil
}

// Under are a code and all that are kinds of it, so that who asks for the wider
// one is given the narrower ones.
func (x CodeList) Under(code string) []string {
	all, err := x.All()
	if err != nil {
		return []string{code}
	}
	under := []string{code}
	for i := 0; i < len(under); i++ {
		for _, c := range all {
			if c.Parent == under[i] && c.Code != code {
				under = append(under, c.Code)
			}
		}
	}
	return under
}

// some are the first codes of the list, for a message.
func (x CodeList) some() string {
	const most = 12
	all, _ := x.All()
	var codes []string
	for i, c := range all {
		if i == most {
			codes = append(codes, "…")
			break
		}
		codes = append(codes, c.Code)
	}
	return strings.Join(codes, ", ")
}
