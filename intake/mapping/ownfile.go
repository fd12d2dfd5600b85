// SPDX-License-Identifier: Apache-2.0

package mapping

import (
	"strings"

	"recount/register"
)

// ParseOwnFile reads a file of declarations: fields of a case's own and their
// lists of codes (docs/formats/own-fields.md). Errors are fault.Invalid and name
// the line; what is read has still to be checked (register.OwnFile.Check), which
// this does as well.
func ParseOwnFile(data []byte) (register.OwnFile, error) {
	n, err := parseJSON(data)
	if err != nil {
		return register.OwnFile{}, err
	}
	var f register.OwnFile
	var format string
	err = form{
		"format": text(&format, oneOf(register.OwnFormat)),
		"fields": each(func(n node) error { return readOwnField(&f, n) }),
		"lists":  each(func(n node) error { return readCodeList(&f, n) }),
	}.readAll("the file", n)
	if err == nil && format == "" {
		err = n.errorf(`there is no "format"; accepted: %q`, register.OwnFormat)
	}
	if err != nil {
		return register.OwnFile{}, err
	}
	return f, f.Check()
}

// each reads a list, item by item.
func each(read func(node) error) func(node) error {
	return func(n node) error {
		if n.kind != "list" {
			return n.errorf("it is a %s; accepted: a list of objects", n.kind)
		}
		for _, item := range n.items {
			if err := read(item); err != nil {
				return err
			}
		}
		return nil
	}
}

func readOwnField(f *register.OwnFile, n node) error {
	x := register.ClassedField{OwnField: register.OwnField{Type: "text"}}
	err := form{
		"field": text(&x.Field, nil), "labels": labels(&x.Labels), "type": text(&x.Type, nil),
		"list": text(&x.CodeList, register.CheckCodeListID), "handling": text(&x.Handling, register.CheckHandling), "note": text(&x.Note, nil),
	}.readAll("a field", n)
	if err != nil {
		return err
	}
	f.Fields = append(f.Fields, x)
	return n.wrapped(x.Check())
}

func readCodeList(f *register.OwnFile, n node) error {
	var x register.CodeList
	err := form{
		"list": text(&x.CodeList, register.CheckCodeListID), "labels": labels(&x.Labels), "note": text(&x.Note, nil),
		"codes": each(func(n node) error {
			var c register.OwnCode
			err := form{"code": text(&c.Code, nil), "labels": labels(&c.Labels), "parent": text(&c.Parent, nil), "spellings": texts(&c.Spellings)}.readAll("a code", n)
			x.Codes = append(x.Codes, c.Line())
			return err
		}),
	}.readAll("a list of codes", n)
	if err != nil {
		return err
	}
	f.Lists = append(f.Lists, x)
	return n.wrapped(x.Check())
}

// wrapped is an error with the line, nil for none.
func (n node) wrapped(err error) error {
	if err == nil {
		return nil
	}
	return n.wrap(err)
}

// labels reads an object from language tag to text.
func labels(to *[]string) func(node) error {
	return func(n node) error {
		if n.kind != "object" {
			return n.errorf(`it is a %s; accepted: an object from a language tag to what it is called in it: {"en": "Plot"}`, n.kind)
		}
		for _, m := range n.members {
			if strings.ContainsAny(m.key, " \t\n") {
				return n.errorf("%q: accepted is a language tag (BCP 47), such as en or pt-BR", m.key)
			}
			var s string
			if err := text(&s, nil)(m.value); err != nil {
				return err
			}
			*to = append(*to, m.key+" "+strings.Join(strings.Fields(s), " "))
		}
		return nil
	}
}
