// SPDX-License-Identifier: Apache-2.0

package register

import (
	"fmt"
	"slices"
	"strings"

	"recount/fault"
	"recount/journal"
	"recount/names"
)

// OpenField is the class of a field that nobody has closed: whoever sees the
// record sees the field.
const OpenField = "public"

// FieldCodes are the fields of records that can be given a class of their own,
// for all records of a case.
func FieldCodes() []Code {
	return []Code{
		{"father", "Name of the father"},
		{"other-names", "Other names"},
		{"birth", "Date of birth"},
		{"occupation", "Occupation"},
		{"nationality", "Nationality"},
		{"affiliation", "Affiliation"},
		{"status", "Status"},
		{"note", "Notes on persons and incidents"},
		{"place", "Places of harms, groups and incidents"},
		{"alleged", "Who is said to be responsible"},
		{"own", "All fields of the case’s own"},
		{"row", "Rows as they stood in lists"},
	}
}

// CheckField accepts a code of FieldCodes, and that of a single field of the case's
// own (OwnFieldCode).
func CheckField(code string) error {
	if name, single := OwnFieldOf(code); single {
		return CheckOwnName(name)
	}
	if has(FieldCodes(), code) {
		return nil
	}
	return fmt.Errorf("%w: field %q: accepted are %s, or own: and the name of one field of the case's own", fault.Invalid, clip(code), listed(FieldCodes()))
}

// fieldParts are what a field is in the rows and entries that say it, by kind.
// A date of birth is also the age that was computed from it, and the name of a
// father is also a part of a name that was put together from its parts: see
// Strip. What is made of a date of birth in broad strokes, a band of ages and
// whether somebody was a child, stays.
func fieldParts(code string) map[string][]string {
	switch code {
	case "father", "occupation", "nationality", "affiliation", "status":
		return map[string][]string{kindRecord: {code}}
	case "other-names":
		return map[string][]string{kindRecord: {"other_names"}}
	case "birth":
		return map[string][]string{kindRecord: {"birth_written", "birth"}}
	case "note":
		return map[string][]string{kindRecord: {"note"}, kindIncident: {"note"}}
	case "place":
		where := []string{"place_written", "place"}
		return map[string][]string{kindHarm: append([]string{"district"}, where...), kindGroup: where, kindIncident: where}
	case "alleged":
		return map[string][]string{kindHarm: {"alleged"}}
	case "own":
		return map[string][]string{kindExtra: {"name", "written", "value"}, kindOwnField: {"field", "labels", "type", "code_list", "note"}}
	case "row":
		return map[string][]string{kindRecord: {"raw"}, kindGroup: {"raw"}}
	}
	return nil
}

// Shut are the fields that are closed to somebody, by their codes. The zero Shut
// is that of whoever sees all.
type Shut []string

// Has reports whether a field is closed.
func (s Shut) Has(code string) bool { return slices.Contains(s, code) }

// HasOwn reports whether a field of the case's own is closed, by itself or with all.
func (s Shut) HasOwn(name string) bool { return s.Has("own") || s.Has(OwnFieldCode(name)) }

// Told are the codes of the closed fields as whoever may not see them is told of
// them: single ones of the case's own are one, "own-some", since their names say
// something too.
func (s Shut) Told() []string {
	var codes []string
	for _, code := range s {
		if _, single := OwnFieldOf(code); single {
			code = "own-some"
		}
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}

// Equal reports whether the same fields are closed.
func (s Shut) Equal(o Shut) bool {
	return len(s) == len(o) && !slices.ContainsFunc(s, func(code string) bool { return !o.Has(code) })
}

// Parts are the fields of a kind that are closed. A row as it stood has them
// all, so it is closed with any.
func (s Shut) Parts(kind string) []string {
	var parts []string
	for _, code := range s {
		parts = append(parts, fieldParts(code)[kind]...)
	}
	if len(s) > 0 && (kind == kindRecord || kind == kindGroup) {
		parts = append(parts, "raw")
	}
	return parts
}

// Rung reports whether a rung that was computed later is closed: a district is
// a place.
func (s Shut) Rung(name string) bool { return name == "district" && s.Has("place") }

// Strip leaves what is closed out of the values of a row or an entry, in their
// place. It is what every reading for somebody goes through (store).
func (s Shut) Strip(kind journal.Kind, values []journal.Value) {
	if len(s) == 0 {
		return
	}
	if kind.Name == kindRecord {
		s.stripDerived(kind, values)
	}
	closed := s.Parts(kind.Name)
	if at := ownNameAt(kind); at >= 0 && at < len(values) && s.Has(OwnFieldCode(values[at].Text())) {
		closed = append(closed, fieldParts("own")[kind.Name]...)
	}
	for _, field := range closed {
		if at := kind.Index(field); at >= 0 && at < len(values) {
			values[at] = journal.Absent
		}
	}
}

// ownNameAt is where a kind has the name of a field of the case's own, -1 where
// it is about none.
func ownNameAt(kind journal.Kind) int {
	switch kind.Name {
	case kindExtra:
		return kind.Index("name")
	case kindOwnField:
		return kind.Index("field")
	}
	return -1
}

// Says reports whether a row or an entry says anything that is closed. A row as
// it stood is asked only where rows are closed themselves: what it says of
// another field stands in the field as well.
func (s Shut) Says(kind journal.Kind, values []journal.Value) bool {
	left := slices.Clone(values)
	s.Strip(kind, left)
	for i, v := range values {
		if (kind.Fields[i] != "raw" || s.Has("row")) && v != left[i] && strings.TrimSpace(v.Text()) != "" {
			return true
		}
	}
	return false
}

// stripDerived leaves out what a record's other fields have of the closed ones.
func (s Shut) stripDerived(kind journal.Kind, values []journal.Value) {
	at := func(field string) *journal.Value { return &values[kind.Index(field)] }
	text := func(field string) string { return strings.TrimSpace(at(field).Text()) }
	if s.Has("father") && text("father") != "" {
		if name, together := withoutFather(text("name"), text("given"), text("father"), text("family")); together {
			*at("name"), *at("name_fold") = journal.Optional(name), journal.Optional(names.Key(name))
		}
	}
	if s.Has("birth") {
		// What stands for an age and cannot be read as one is mostly a year of birth.
		unread := text("age_low") == "" || text("birth") != "" && text("birth_written") == ""
		if unread {
			*at("age_written") = journal.Absent
		}
		if text("age_written") == "" {
			*at("age_low"), *at("age_high") = journal.Absent, journal.Absent
		}
	}
}

// withoutFather is a name that was put together from parts without that of the
// father; together tells whether it was. Parts that are not known are in none.
func withoutFather(name, given, father, family string) (without string, together bool) {
	for _, first := range []string{given, ""} {
		for _, last := range []string{family, ""} {
			if name == WholeName(first, father, last) {
				return WholeName(first, "", last), true
			}
		}
	}
	return name, false
}

// WholeName is the name of somebody whose source gives it in parts alone.
func WholeName(parts ...string) string {
	var known []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			known = append(known, p)
		}
	}
	return strings.Join(known, " ")
}

// Record is a record without what is closed.
func (s Shut) Record(r Record) (Record, error) {
	kind, _ := journal.KindNamed(kindRecord)
	values := r.Values()
	s.Strip(kind, values)
	return RecordFrom(values)
}
