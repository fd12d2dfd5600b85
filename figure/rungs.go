// SPDX-License-Identifier: Apache-2.0

package figure

import (
	"fmt"
	"slices"
	"strings"

	"recount/fault"
)

// Unknowns stands in a line for a value that is not known. "" stands for one
// that the figure does not use.
const Unknowns = "?"

// Unresolved is the code of a harm that a source states in words that nobody
// has placed under a code yet. The rule treats it as not known.
const Unresolved = "unresolved"

// Rungs are the coarse values of one person, over all its records.
type Rungs struct {
	Harms                             []Harm
	ChildFlag, ChildAge, Sex, AgeBand Set
}

// Harm is one harm at the precision that figures use: "" not used, "?" not known.
type Harm struct {
	Code     string // killed, injured, …
	Month    string // YYYY-MM
	District string // the folded place up to its first comma
}

// Set is what a person's records say of something that has one value: the
// known values in byte order joined by "+", "?" where none is known, "" where
// it is not used.
type Set string

// NewSet makes a set of the known values; "" and "?" among them say nothing.
func NewSet(values ...string) Set {
	values = slices.DeleteFunc(slices.Clone(values), func(s string) bool { return s == "" || s == Unknowns })
	if len(values) == 0 {
		return Unknowns
	}
	slices.Sort(values)
	return Set(strings.Join(slices.Compact(values), "+"))
}

// Values are the known values; none for "?" and for "".
func (s Set) Values() []string {
	if s == "" || s == Unknowns {
		return nil
	}
	// "60+" is the one value that ends in the sign that joins, and comes last.
	values := strings.Split(string(s), "+")
	if last := len(values) - 1; last > 0 && values[last] == "" && values[last-1] == "60" {
		values[last-1] = "60+"
		values = values[:last]
	}
	return values
}

// Use says which rungs of a line a figure needs. Code, Month and District
// belong to Harms.
type Use struct {
	Harms, Code, Month, District      bool
	ChildFlag, ChildAge, AgeBand, Sex bool
}

// The fields of a line that hold rungs, in the order of the kind line@1.
func rungFields() []string {
	return []string{"harms", "child_flag", "child_age", "age_band", "sex"}
}

// Has reports whether the field of a line is used.
func (u Use) Has(field string) bool {
	switch field {
	case "harms":
		return u.Harms
	case "child_flag":
		return u.ChildFlag
	case "child_age":
		return u.ChildAge
	case "age_band":
		return u.AgeBand
	case "sex":
		return u.Sex
	}
	return false
}

// Fields are the fields of a line that are used, in the order of line@1.
func (u Use) Fields() []string {
	return slices.DeleteFunc(rungFields(), func(f string) bool { return !u.Has(f) })
}

// Within reports whether everything that u needs is in other.
func (u Use) Within(other Use) bool {
	for _, f := range u.Fields() {
		if !other.Has(f) {
			return false
		}
	}
	return true
}

// With is u with one more field of a line.
func (u Use) With(field string) Use {
	switch field {
	case "harms":
		u.Harms = true
	case "child_flag":
		u.ChildFlag = true
	case "child_age":
		u.ChildAge = true
	case "age_band":
		u.AgeBand = true
	case "sex":
		u.Sex = true
	}
	return u
}

func (u Use) or(v Use) Use {
	return Use{
		u.Harms || v.Harms, u.Code || v.Code, u.Month || v.Month, u.District || v.District,
		u.ChildFlag || v.ChildFlag, u.ChildAge || v.ChildAge, u.AgeBand || v.AgeBand, u.Sex || v.Sex,
	}
}

// Rungs are the rungs that the figure and all its parts need.
func (d Definition) Rungs() Use {
	u := d.Uses(0)
	for i := range d.Parts {
		u = u.or(d.Uses(i + 1))
	}
	return u
}

// Uses are the rungs that one verdict needs: column 0 is the figure, 1 its
// first part. A part needs what the figure needs as well.
func (d Definition) Uses(column int) Use {
	u := Use{Code: len(d.Harms) > 0, Month: d.Period != "", District: len(d.District) > 0}
	u.Harms = u.Code || u.Month || u.District
	if column < 1 || column > len(d.Parts) {
		return u
	}
	p := d.Parts[column-1]
	u.ChildFlag = p.Child == ChildByFlag || p.Child == ChildEither
	u.ChildAge = p.Child == ChildByAge || p.Child == ChildEither
	u.AgeBand = len(p.AgeBand) > 0
	u.Sex = len(p.Sex) > 0
	return u
}

// Reduce keeps of a person's rungs what the definition needs and no more:
// rungs that it does not use become "", harms whose code neither counts nor
// could count are left out, and so are repetitions. What is reduced decides
// as what was whole.
func (d Definition) Reduce(r Rungs) Rungs {
	use := d.Rungs()
	var out Rungs
	keep := func(used bool, s Set) Set {
		switch {
		case !used:
			return ""
		case s == "":
			return Unknowns
		}
		return s
	}
	out.ChildFlag, out.ChildAge = keep(use.ChildFlag, r.ChildFlag), keep(use.ChildAge, r.ChildAge)
	out.AgeBand, out.Sex = keep(use.AgeBand, r.AgeBand), keep(use.Sex, r.Sex)
	if !use.Harms {
		return out
	}
	for _, h := range r.Harms {
		if d.code(h.Code) == Out {
			continue
		}
		out.Harms = append(out.Harms, Harm{
			Code: orUnknown(use.Code, h.Code), Month: orUnknown(use.Month, h.Month), District: orUnknown(use.District, h.District),
		})
	}
	slices.SortFunc(out.Harms, compareHarms)
	out.Harms = slices.Compact(out.Harms)
	return out
}

func orUnknown(used bool, s string) string {
	switch {
	case !used:
		return ""
	case s == "":
		return Unknowns
	}
	return s
}

func compareHarms(a, b Harm) int { return strings.Compare(encodeHarm(a), encodeHarm(b)) }

// Field is the text of one rung as it stands in a line.
func (r Rungs) Field(name string) string {
	switch name {
	case "harms":
		return EncodeHarms(r.Harms)
	case "child_flag":
		return string(r.ChildFlag)
	case "child_age":
		return string(r.ChildAge)
	case "age_band":
		return string(r.AgeBand)
	case "sex":
		return string(r.Sex)
	}
	return ""
}

// SetField puts the text of one rung of a line in its place. It refuses what
// is not written as this package writes it (fault.Invalid).
func (r *Rungs) SetField(name, text string) error {
	if name == "harms" {
		harms, err := ParseHarms(text)
		if err != nil {
			return err
		}
		r.Harms = harms
		return nil
	}
	s := Set(text)
	if text != "" && NewSet(s.Values()...) != s {
		return fmt.Errorf("%w: rung %s %q; accepted are known values in order joined by +, or ?", fault.Invalid, name, text)
	}
	switch name {
	case "child_flag":
		r.ChildFlag = s
	case "child_age":
		r.ChildAge = s
	case "age_band":
		r.AgeBand = s
	case "sex":
		r.Sex = s
	default:
		return fmt.Errorf("%w: %q is no rung of a line; rungs are %s", fault.Invalid, name, strings.Join(rungFields(), ", "))
	}
	return nil
}
