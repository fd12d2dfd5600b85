// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"recount/fault"
	"recount/register"
	"recount/store"
)

// OwnName is a field of the case's own: declared, or only standing in records.
type OwnName struct {
	Name     string
	Records  int64 // that have it
	Declared *register.OwnField
	Handling string // its class, "" as the record
}

// OwnNames are the fields of the case's own that a reader sees, by name.
func OwnNames(ctx context.Context, r store.Reader) ([]OwnName, error) {
	fields, err := fieldsWithClasses(ctx, r)
	if err != nil {
		return nil, err
	}
	standing, err := r.OwnNames(ctx)
	if err != nil {
		return nil, err
	}
	all := []OwnName{}
	for i := range fields {
		all = append(all, OwnName{Name: fields[i].Field, Declared: &fields[i].OwnField, Handling: fields[i].Handling})
	}
	for _, n := range standing {
		at := slices.IndexFunc(all, func(o OwnName) bool { return o.Name == n.Name })
		if at < 0 {
			at = len(all)
			one := OwnName{Name: n.Name}
			if one.Handling, err = r.HandlingOf(ctx, "field", register.OwnFieldCode(n.Name)); err != nil {
				return nil, err
			}
			if one.Handling == register.OpenField {
				one.Handling = ""
			}
			all = append(all, one)
		}
		all[at].Records = n.Records
	}
	slices.SortFunc(all, func(a, b OwnName) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// OwnGroup are the writings of one value of a field.
type OwnGroup struct {
	Value   string           `json:"value"` // as it is read; "" none that the field has
	Known   bool             `json:"known"` // it is a value of the field
	Records int64            `json:"records"`
	Written []store.OwnValue `json:"written"` // the most frequent first
}

// EveryValue is for whoever wants all writings of a field.
const EveryValue = 1 << 31

// proposedOf is by how many writings of a field, the most frequent, it is proposed
// what the field is.
const proposedOf = 2000

// OwnValues are the values of a field of the case's own, the most frequent first:
// writings that the field reads alike are one value, and so are those that no
// declaration knows and that differ in the case of letters and in space alone.
// At most so many writings are looked at, the most frequent; more tells of others.
// fault.NotFound for a field that no record has and nobody declared.
func OwnValues(ctx context.Context, r store.Reader, name string, most int) (groups []OwnGroup, more bool, err error) {
	fields, err := DeclaredFields(ctx, r)
	if err != nil {
		return nil, false, err
	}
	values, err := r.OwnValues(ctx, name, most+1)
	if err != nil {
		return nil, false, err
	}
	if more = len(values) > most; more {
		values = values[:most]
	}
	if _, known := fields[name]; !known && len(values) == 0 {
		return nil, false, fmt.Errorf("%w: field %q of the case's own: no record has it, and it is not declared", fault.NotFound, name)
	}
	groups = []OwnGroup{}
	at := map[string]int{}
	for _, v := range values {
		value, ok := fields.Value(name, v.Written)
		key := "read " + register.FoldValue(value)
		if !ok {
			key = "unread " + register.FoldValue(v.Written)
		}
		i, seen := at[key]
		if !seen {
			i = len(groups)
			at[key] = i
			groups = append(groups, OwnGroup{Value: value, Known: ok})
		}
		groups[i].Written = append(groups[i].Written, v)
		groups[i].Records += v.Records
	}
	for i := range groups {
		g := &groups[i]
		slices.SortStableFunc(g.Written, func(a, b store.OwnValue) int {
			return cmp.Or(cmp.Compare(b.Records, a.Records), cmp.Compare(loudness(a.Written), loudness(b.Written)))
		})
		if _, is := fields[name]; !is {
			g.Value = strings.Join(strings.Fields(g.Written[0].Written), " ")
		}
	}
	slices.SortStableFunc(groups, func(a, b OwnGroup) int { return cmp.Compare(b.Records, a.Records) })
	return groups, more, nil
}

// loudness is how much of a writing is needless: capitals, and space around and
// within. Of several writings the quietest is proposed.
func loudness(s string) (n int) {
	for _, r := range s {
		if unicode.IsUpper(r) {
			n++
		}
	}
	return n + 2*(len(s)-len(strings.Join(strings.Fields(s), " ")))
}

// mostCodes is the longest list of codes that values alone are proposed to be.
const mostCodes = 60

// ProposeField is a declaration of a field by the values that stand in the case:
// numbers, dates, yes and no, or, where few values come again and again, a list of
// codes. It is for a person to look at, to name in their languages and to declare.
func ProposeField(ctx context.Context, r store.Reader, name string) (f register.OwnFile, err error) {
	groups, _, err := OwnValues(ctx, r, name, proposedOf)
	if err != nil {
		return f, err
	}
	x := register.OwnField{Field: name, Type: "text"}
	old, err := r.OwnField(ctx, name)
	if err == nil {
		x = old
	} else if !errors.Is(err, fault.NotFound) {
		return f, err
	}
	said := slices.DeleteFunc(slices.Clone(groups), func(g OwnGroup) bool { return strings.TrimSpace(g.Written[0].Written) == "" })
	switch kind := kindOfValues(said); {
	case x.Type == "code":
		list, err := r.CodeList(ctx, x.CodeList)
		if err != nil {
			return f, err
		}
		f.Lists = append(f.Lists, withUnknown(list, said))
	case kind == "code":
		x.Type, x.CodeList = "code", "l-"+codeOf(name, "field")
		f.Lists = append(f.Lists, withUnknown(register.CodeList{CodeList: x.CodeList}, said))
	case x.Type == "text":
		x.Type = kind
	}
	f.Fields = []register.ClassedField{{OwnField: x}}
	return f, nil
}

func kindOfValues(groups []OwnGroup) string {
	if len(groups) == 0 {
		return "text"
	}
	for _, kind := range []string{"flag", "number", "date"} {
		reading, _ := register.OwnField{Type: kind}.Reading(register.CodeList{})
		if !slices.ContainsFunc(groups, func(g OwnGroup) bool {
			_, ok := reading.Of(g.Written[0].Written)
			return !ok
		}) {
			return kind
		}
	}
	records := int64(0)
	for _, g := range groups {
		records += g.Records
	}
	if len(groups) <= mostCodes && records >= 2*int64(len(groups)) {
		return "code"
	}
	return "text"
}

// withUnknown is a list with a code for each value that it does not have, and the
// writings of each as its spellings. In which language they are is not known: und.
func withUnknown(list register.CodeList, groups []OwnGroup) register.CodeList {
	used := map[string]bool{}
	if all, err := list.All(); err == nil {
		for _, c := range all {
			used[c.Code] = true
		}
	}
	for _, g := range groups {
		if g.Known && len(used) > 0 && used[g.Value] {
			continue
		}
		written := strings.Join(strings.Fields(g.Written[0].Written), " ")
		code := codeOf(written, "value")
		for n := 2; used[code]; n++ {
			code = fmt.Sprintf("%s-%d", codeOf(written, "value"), n)
		}
		used[code] = true
		list.Codes = append(list.Codes, register.OwnCode{Code: code, Labels: []string{"und " + written}}.Line())
	}
	return list
}

// codeOf is a code out of the Latin letters and digits of a text, or a word in
// their place.
func codeOf(text, otherwise string) string {
	var b strings.Builder
	for _, c := range register.FoldValue(text) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == 40 {
			break
		}
	}
	if code := strings.Trim(b.String(), "-"); code != "" {
		return code
	}
	return otherwise
}
