// SPDX-License-Identifier: Apache-2.0

package register

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"recount/fault"
)

// OwnFormat is the first key of a file of declarations.
const OwnFormat = "recount own fields/1"

// OwnFile is what a case declares of its own fields, to be written down, taken to
// another case, and declared again (docs/formats/own-fields.md).
type OwnFile struct {
	Fields []ClassedField
	Lists  []CodeList
}

// ClassedField is a field with the class that it is to have at least; "" as open
// as the record.
type ClassedField struct {
	OwnField
	Handling string
}

// HasList tells whether the file has a list of codes.
func (f OwnFile) HasList(id string) bool {
	return slices.ContainsFunc(f.Lists, func(l CodeList) bool { return l.CodeList == id })
}

// Check returns all that is wrong with the file, or nil (fault.Invalid).
func (f OwnFile) Check() error {
	var wrong []error
	seen := map[string]bool{}
	if len(f.Fields)+len(f.Lists) == 0 {
		wrong = append(wrong, fmt.Errorf("%w: nothing is declared; accepted are one field or list of codes, or more", fault.Invalid))
	}
	for _, x := range f.Fields {
		if seen["field "+x.Field] {
			wrong = append(wrong, fmt.Errorf("%w: field %q stands twice; accepted is each once", fault.Invalid, clip(x.Field)))
		}
		seen["field "+x.Field] = true
		wrong = append(wrong, x.Check())
		if x.Handling != "" {
			if err := CheckFirst(x.Handling); err != nil {
				wrong = append(wrong, &Wrong{"own field " + clip(x.Field), "handling", err})
			}
		}
	}
	for _, l := range f.Lists {
		if seen["list "+l.CodeList] {
			wrong = append(wrong, fmt.Errorf("%w: list of codes %q stands twice; accepted is each once", fault.Invalid, clip(l.CodeList)))
		}
		seen["list "+l.CodeList] = true
		wrong = append(wrong, l.Check())
	}
	return errors.Join(wrong...)
}

// MarshalJSON writes the file as people write it: labels as objects, what is not
// said left out.
func (f OwnFile) MarshalJSON() ([]byte, error) {
	type field struct {
		Field    string        `json:"field"`
		Labels   labelsInAFile `json:"labels,omitempty"`
		Type     string        `json:"type"`
		List     string        `json:"list,omitempty"`
		Handling string        `json:"handling,omitempty"`
		Note     string        `json:"note,omitempty"`
	}
	type code struct {
		Code      string        `json:"code"`
		Labels    labelsInAFile `json:"labels,omitempty"`
		Parent    string        `json:"parent,omitempty"`
		Spellings []string      `json:"spellings,omitempty"`
	}
	type list struct {
		List   string        `json:"list"`
		Labels labelsInAFile `json:"labels,omitempty"`
		Codes  []code        `json:"codes"`
		Note   string        `json:"note,omitempty"`
	}
	out := struct {
		Format string  `json:"format"`
		Fields []field `json:"fields"`
		Lists  []list  `json:"lists"`
	}{OwnFormat, []field{}, []list{}}
	for _, x := range f.Fields {
		out.Fields = append(out.Fields, field{x.Field, x.Labels, x.Type, x.CodeList, x.Handling, x.Note})
	}
	for _, l := range f.Lists {
		all, err := l.All()
		if err != nil {
			return nil, err
		}
		one := list{l.CodeList, l.Labels, []code{}, l.Note}
		for _, c := range all {
			one.Codes = append(one.Codes, code{c.Code, c.Labels, c.Parent, c.Spellings})
		}
		out.Lists = append(out.Lists, one)
	}
	return json.Marshal(out)
}

// labelsInAFile are labels as an object from language to text, in their order.
type labelsInAFile []string

// MarshalJSON writes the labels.
func (l labelsInAFile) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, label := range l {
		language, text, _ := strings.Cut(label, " ")
		b.WriteByte("{,"[min(i, 1)])
		for j, s := range []string{language, text} {
			quoted, err := json.Marshal(s)
			if err != nil {
				return nil, err
			}
			b.WriteString([]string{"", ":"}[j])
			b.Write(quoted)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
