// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"recount/fault"
	"recount/register"
	"recount/store"
)

// fieldLine is a field of records with a class of its own, and who sees it.
type fieldLine struct {
	Code, Name string
	Handling   string // "": as the record
	To         string // where that is changed
}

// fieldLines are the fields that the visitor sees.
func (v *visit) fieldLines(ctx context.Context, r store.Reader) ([]fieldLine, error) {
	classes, err := r.FieldClasses(ctx)
	var all []fieldLine
	for _, f := range classes {
		line := fieldLine{Code: f.Code, Name: v.fieldName(f.Code), Handling: f.Handling, To: guard{Kind: "field", Subject: f.Code}.About(v.link("decisions", "handling"))}
		if f.Handling == register.OpenField {
			line.Handling = ""
		}
		all = append(all, line)
	}
	return all, err
}

// shut are the fields of records that are closed to the visitor.
func (v *visit) shut() (shut register.Shut, err error) {
	err = v.read(func(_ context.Context, r store.Reader) error {
		shut = r.Shut()
		return nil
	})
	return shut, err
}

// withheld names the fields that every record is shown without to the visitor, who
// would else take them for silence of the source.
func (v *visit) withheld(r store.Reader) string {
	var names []string
	for _, code := range r.Shut().Told() {
		names = append(names, v.fieldName(code))
	}
	return v.words.Listed(names...)
}

// fieldName is how a field of all records is called.
func (v *visit) fieldName(code string) string {
	if name, single := register.OwnFieldOf(code); single {
		return v.words.T("fields.own-one", "name", name)
	}
	if code == "own-some" {
		return v.words.T("fields.own-some")
	}
	return v.code("record-field", code)
}

// asksFor is the field of records that a field of a form asks for, "" for none.
func asksFor(name string) string {
	if harm, rest, ok := strings.Cut(name, "_"); ok && strings.HasPrefix(harm, "harm") {
		name = rest
	}
	code := map[string]string{"other_names": "other-names", "place_written": "place"}[name]
	if code == "" && register.CheckField(name) == nil {
		code = name
	}
	return code
}

// withoutClosed are the fields of a form that changes what is there, without
// those that are closed to the visitor: what stands there stays.
func withoutClosed(groups []group, shut register.Shut) []group {
	if len(shut) == 0 {
		return groups
	}
	var left []group
	for _, g := range groups {
		g.Fields = slices.DeleteFunc(slices.Clone(g.Fields), func(f field) bool { return shut.Has(asksFor(f.Name)) })
		if len(g.Fields) > 0 {
			left = append(left, g)
		}
	}
	// A single field of the case's own is asked for by no form, and its name says something.
	told := slices.DeleteFunc(slices.Clone(shut), func(code string) bool { _, single := register.OwnFieldOf(code); return single })
	return append(left, group{Fields: []field{field{Name: "closed", Kind: "hidden"}.with(strings.Join(told, " "))}})
}

// stillClosed refuses a form that did not ask for something which is closed no
// more: it would be taken for empty.
func (v *visit) stillClosed() error {
	shut, err := v.shut()
	for _, code := range strings.Fields(v.text("closed")) {
		if err == nil && !shut.Has(code) {
			err = fmt.Errorf("%w: closed: what this form left out, because it was closed to you, is open to you now; accepted: the form opened anew", fault.Conflict)
		}
	}
	return err
}

// closedNames says which fields of a form were left out.
func (v *visit) closedNames(shut register.Shut, groups []group) string {
	var names []string
	for _, code := range shut {
		if slices.ContainsFunc(groups, func(g group) bool {
			return slices.ContainsFunc(g.Fields, func(f field) bool { return asksFor(f.Name) == code })
		}) {
			names = append(names, v.fieldName(code))
		}
	}
	return v.words.Listed(names...)
}
