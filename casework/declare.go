// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"

	"recount/fault"
	"recount/intake"
	"recount/intake/mapping"
	"recount/register"
	"recount/store"
)

// DeclaredFields are the fields of the case's own as they stand declared, those that
// the reader sees.
func DeclaredFields(ctx context.Context, r store.Reader) (register.DeclaredFields, error) {
	fields, err := r.OwnFields(ctx)
	if err != nil {
		return nil, err
	}
	lists, err := r.CodeLists(ctx)
	if err != nil {
		return nil, err
	}
	return register.Declared(fields, lists)
}

// Declared is what is declared in a case, as whoever reads sees it, with the class
// of each field that is not open.
func Declared(ctx context.Context, r store.Reader) (f register.OwnFile, err error) {
	if f.Fields, err = fieldsWithClasses(ctx, r); err != nil {
		return f, err
	}
	f.Lists, err = r.CodeLists(ctx)
	return f, err
}

func fieldsWithClasses(ctx context.Context, r store.Reader) ([]register.ClassedField, error) {
	fields, err := r.OwnFields(ctx)
	if err != nil {
		return nil, err
	}
	classes, err := r.FieldClasses(ctx)
	if err != nil {
		return nil, err
	}
	class := map[string]string{}
	for _, c := range classes {
		class[c.Code] = c.Handling
	}
	all := []register.ClassedField{}
	for _, x := range fields {
		one := register.ClassedField{OwnField: x, Handling: class[register.OwnFieldCode(x.Field)]}
		if one.Handling == register.OpenField {
			one.Handling = ""
		}
		all = append(all, one)
	}
	return all, nil
}

// Declaring is what declaring fields of the case's own came to.
type Declaring struct {
	Fields []string `json:"fields"` // declared, or declared anew
	Lists  []string `json:"lists"`
	Closed []string `json:"closed"` // codes of fields that were given a more closed class
	Same   int64    `json:"same"`   // that stood so already
	Seq    int64    `json:"seq"`    // of the last entry; 0 none
}

// Declare says what the fields of the case's own are. What stands so already is
// not said again, so that the same file can be given twice. A field is closed
// before it is declared; it is never opened so, which takes two people.
//
// Errors: fault.Invalid for what no declaration is, and for a field whose list of
// codes is neither in f nor in the case; fault.Forbidden for a class that is more
// open than that which a field has. Nothing is written then. What was written when
// another error comes stands, and the same again goes on from there.
func (d Desk) Declare(ctx context.Context, f register.OwnFile, why Why) (done Declaring, err error) {
	if err := f.Check(); err != nil {
		return done, err
	}
	done = Declaring{Fields: []string{}, Lists: []string{}, Closed: []string{}}
	plan := declaring{class: map[string]string{}}
	if err := d.Case.Read(ctx, func(r store.Reader) error { return plan.make(ctx, d, r, f) }); err != nil {
		return done, err
	}
	done.Same = plan.same
	for _, x := range plan.lists {
		why.Handling = declaredOpen
		one, err := d.record(ctx, x.CodeList, x, why, nil)
		if err != nil {
			return done, err
		}
		done.Lists, done.Seq = append(done.Lists, x.CodeList), one.Seq
	}
	for _, c := range plan.close {
		one, err := d.Close(ctx, "field", c.Code, c.Handling, why)
		if err != nil {
			return done, err
		}
		done.Closed, done.Seq = append(done.Closed, c.Code), one.Seq
	}
	for _, x := range plan.fields {
		why.Handling = cmp.Or(plan.class[x.Field], declaredOpen)
		one, err := d.record(ctx, x.Field, x, why, nil)
		if err != nil {
			return done, err
		}
		done.Fields, done.Seq = append(done.Fields, x.Field), one.Seq
	}
	return done, nil
}

// CloseField gives a field of all records a class, where that is more closed than
// the one it has.
func (c counter) CloseField(ctx context.Context, actor string, x mapping.FieldClass, a intake.Act) (closed bool, err error) {
	err = c.Read(ctx, func(r store.Reader) error {
		from, err := r.HandlingOf(ctx, "field", x.Field)
		closed = err == nil && register.MoreClosed(x.Handling, from)
		return err
	})
	if err != nil || !closed {
		return false, err
	}
	_, err = Desk{Case: c.Case, Actor: actor}.Close(ctx, "field", x.Field, x.Handling, Why{Reason: a.Reason, Basis: a.Basis, Handling: a.Handling})
	if err != nil {
		return false, fmt.Errorf("classes: field %s: %w", x.Field, err)
	}
	return true, nil
}

// declaredOpen is the handling of what is declared of a field that is not closed.
const declaredOpen = "internal"

// declaring is what is to be written.
type declaring struct {
	class  map[string]string // of the fields that are closed, or will be
	lists  []register.CodeList
	fields []register.OwnField
	close  []store.FieldClass
	same   int64
}

func (p *declaring) make(ctx context.Context, d Desk, r store.Reader, f register.OwnFile) error {
	shut, err := shutTo(ctx, r, d.Actor, d.Case.Now())
	if err != nil {
		return err
	}
	for _, x := range f.Lists {
		old, err := r.CodeList(ctx, x.CodeList)
		switch {
		case err == nil && reflect.DeepEqual(old, x):
			p.same++
		case err == nil || errors.Is(err, fault.NotFound):
			p.lists = append(p.lists, x)
		default:
			return err
		}
	}
	var wrong error
	for _, x := range f.Fields {
		if shut.HasOwn(x.Field) {
			wrong = errors.Join(wrong, fmt.Errorf("%w: field %s: it is closed to you; accepted are declarations by somebody who sees it", fault.Forbidden, x.Field))
			continue
		}
		wrong = errors.Join(wrong, p.field(ctx, r, f, x))
	}
	return wrong
}

func (p *declaring) field(ctx context.Context, r store.Reader, f register.OwnFile, x register.ClassedField) error {
	if x.CodeList != "" && !f.HasList(x.CodeList) {
		if _, err := r.CodeList(ctx, x.CodeList); err != nil {
			return fmt.Errorf("field %s: %w", x.Field, err)
		}
	}
	code := register.OwnFieldCode(x.Field)
	class, err := r.HandlingOf(ctx, "field", code)
	if err != nil {
		return err
	}
	want := cmp.Or(x.Handling, class)
	if want != register.OpenField {
		p.class[x.Field] = want
	}
	change := register.Reclassed{SubjectKind: "field", Subject: code, From: class, To: want}
	if want != class {
		if change.TakesTwo() {
			return fmt.Errorf("%w: field %s is %s, and %s opens or seals it, which takes two people; accepted is to leave its handling out, and to propose it: recount decide propose field %s --to %s", fault.Forbidden, x.Field, class, want, code, want)
		}
		p.close = append(p.close, store.FieldClass{Code: code, Handling: want})
	}
	old, err := r.OwnField(ctx, x.Field)
	switch {
	case err == nil && reflect.DeepEqual(old, x.OwnField):
		p.same++
	case err == nil || errors.Is(err, fault.NotFound):
		p.fields = append(p.fields, x.OwnField)
	default:
		return err
	}
	return nil
}
