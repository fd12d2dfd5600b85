// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"recount/casework"
	"recount/fault"
	"recount/journal"
	"recount/register"
	"recount/store"
)

// ownFieldPage is one field of the case's own: what stands in it, and its declaration.
type ownFieldPage struct {
	base
	Field    string
	Declared bool
	Label    labelled
	Type     string
	List     link
	Note     string
	Handling string // "" as the record
	Change   string // where its class is changed
	Values   []ownValueLine
	More     bool // there are more values than are shown
	Declare  aloneForm
}

// ownValueLine is a value, with the ways in which sources write it.
type ownValueLine struct {
	Value   string   // as it is read
	Label   labelled // of a code
	Known   bool     // a value of the field
	Records int64
	Written []store.OwnValue
	More    int64 // writings beyond those
}

// ownShown is how many values, and how many writings of each, a page shows, out of
// how many writings.
const (
	ownLookedAt = 2000
	ownShown    = 200
	ownWritings = 8
)

func (s *Server) ownField(v *visit) error {
	p, err := v.ownFieldPage(v.text("field"))
	if err != nil {
		return err
	}
	return s.show(v, p)
}

func (v *visit) ownFieldPage(name string) (*ownFieldPage, error) {
	p := &ownFieldPage{base: v.baseNamed(name), Field: name, Change: guard{Kind: "field", Subject: register.OwnFieldCode(name)}.About(v.link("decisions", "handling"))}
	var proposed register.OwnFile
	err := v.read(func(ctx context.Context, r store.Reader) error {
		groups, more, err := casework.OwnValues(ctx, r, name, ownLookedAt)
		if err != nil {
			return err
		}
		if proposed, err = casework.ProposeField(ctx, r, name); err != nil {
			return err
		}
		if p.Handling, err = r.HandlingOf(ctx, "field", register.OwnFieldCode(name)); err != nil {
			return err
		}
		if p.Handling == register.OpenField {
			p.Handling = ""
		}
		f, err := r.OwnField(ctx, name)
		if err != nil && !errors.Is(err, fault.NotFound) {
			return err
		}
		if p.Declared = err == nil; p.Declared {
			p.Label, p.Type, p.Note = v.label(f.Labels), f.Type, f.Note
		}
		p.More = more
		return p.values(ctx, v, r, f, groups)
	})
	if err != nil {
		return nil, err
	}
	p.Declare = v.ownFieldForm(p, proposed.Fields[0].OwnField)
	return p, nil
}

// values are what stands in the field, its codes by their labels.
func (p *ownFieldPage) values(ctx context.Context, v *visit, r store.Reader, f register.OwnField, groups []casework.OwnGroup) error {
	labels := map[string][]string{}
	if f.CodeList != "" {
		p.List = link{Text: f.CodeList, To: v.codeListLink(f.CodeList)}
		list, err := r.CodeList(ctx, f.CodeList)
		if err != nil {
			return err
		}
		all, err := list.All()
		if err != nil {
			return err
		}
		for _, c := range all {
			labels[c.Code] = c.Labels
		}
	}
	p.More = p.More || len(groups) > ownShown
	for _, g := range groups[:min(len(groups), ownShown)] {
		line := ownValueLine{Value: g.Value, Known: g.Known, Records: g.Records, Written: g.Written[:min(len(g.Written), ownWritings)]}
		line.More = int64(len(g.Written) - len(line.Written))
		if f.CodeList != "" && g.Known {
			line.Label = v.label(labels[g.Value])
		}
		p.Values = append(p.Values, line)
	}
	return nil
}

func (v *visit) ownFieldForm(p *ownFieldPage, x register.OwnField) aloneForm {
	var types []option
	for _, c := range register.OwnTypes() {
		types = append(types, option{Value: c.Code, Text: v.code("own-type", c.Code)})
	}
	classes := []option{{Value: "", Text: v.words.T("own.as-it-is")}}
	classes = append(classes, v.handlings(v.compartmentNames(), false)...)
	fields := append([]field{field{Name: "field", Kind: "hidden"}.with(p.Field)}, v.labelFields(x.Labels)...)
	return v.declaring(v.link("fields", "one"), "own.declare", group{Fields: append(fields,
		field{Name: "type", Label: v.words.T("own.type"), Kind: "choose", Options: types}.with(x.Type),
		field{Name: "code_list", Label: v.words.T("own.list"), Hint: v.words.T("own.list.hint")}.with(x.CodeList),
		field{Name: "own_handling", Label: v.words.T("own.class"), Hint: v.words.T("own.class.hint"), Kind: "choose", Options: classes}.with(""),
		field{Name: "note", Label: v.words.T("own.note"), Kind: "long", Rows: 2}.with(x.Note),
	)})
}

// declareField declares one field. Where its list of codes is new, it is made of
// the values that stand in the case, in the same step: the same again finds both.
func (s *Server) declareField(v *visit) error {
	x := register.ClassedField{Handling: v.text("own_handling"), OwnField: register.OwnField{
		Field: v.text("field"), Labels: v.labelsOf(), Type: v.text("type"), Note: v.text("note"),
	}}
	if x.Type == "code" {
		x.CodeList = v.text("code_list")
	}
	f := register.OwnFile{Fields: []register.ClassedField{x}}
	err := v.newList(&f, x)
	if err == nil {
		_, err = v.desk().Declare(v.Context(), f, v.why())
	}
	if err == nil {
		return v.goTo(base{}.Query(v.ownFieldLink(x.Field), "done", "declared"))
	}
	p, err2 := v.ownFieldPage(x.Field)
	if err2 != nil {
		return errors.Join(err, err2)
	}
	return s.refusedAlone(v, err, &p.Declare, func() error { return s.show(v, p) })
}

// newList adds to a file the list of codes that a field names, where the case has
// none of that id, made of the values that stand there.
func (v *visit) newList(f *register.OwnFile, x register.ClassedField) error {
	if x.CodeList == "" {
		return nil
	}
	return v.read(func(ctx context.Context, r store.Reader) error {
		if _, err := r.CodeList(ctx, x.CodeList); !errors.Is(err, fault.NotFound) {
			return err
		}
		proposed, err := casework.ProposeField(ctx, r, x.Field)
		if err != nil {
			return err
		}
		if len(proposed.Lists) == 0 || slices.ContainsFunc(proposed.Fields, func(p register.ClassedField) bool { return p.Type != "code" }) {
			return fmt.Errorf("%w: code_list: list of codes %.60s is not there, and the values of the field are too many, or none, to be one; accepted is a list that is declared", fault.Invalid, x.CodeList)
		}
		list := proposed.Lists[0]
		list.CodeList = x.CodeList
		f.Lists = append(f.Lists, list)
		return nil
	})
}

// ownSaid is what a record says in a field of the case's own.
type ownSaid struct {
	Name, To      string
	Label         labelled
	Written, Read string
	Unread        bool // what is written is no value of the field
}

// ownSaid are the fields of the case's own that a record has, read as they are
// declared now.
func (v *visit) ownSaid(ctx context.Context, r store.Reader, leaf journal.Leaf) (said []ownSaid, err error) {
	own, err := r.Extras(ctx, leaf)
	if err != nil || len(own) == 0 {
		return nil, err
	}
	fields, err := casework.DeclaredFields(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, x := range own {
		one := ownSaid{Name: x.Name, To: v.ownFieldLink(x.Name), Written: x.Written.Text()}
		if f, declared := fields[x.Name]; declared {
			one.Label = v.label(f.Labels)
			value, ok := fields.Value(x.Name, one.Written)
			if one.Unread = !ok; value != one.Written {
				one.Read = value
			}
			if label := v.label(f.List.LabelsOf(value)); f.Type == "code" && label.Text != "" && label.Text != one.Written {
				one.Read = label.Text
			}
			if f.Type == "flag" {
				one.Read = v.code("yes-no", value)
			}
		}
		said = append(said, one)
	}
	return said, nil
}
