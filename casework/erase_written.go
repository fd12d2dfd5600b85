// SPDX-License-Identifier: Apache-2.0

package casework

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"

	"recount/journal"
	"recount/names"
	"recount/store"
)

// mostShared is how many others may share a part of a name that is still
// looked for by itself. A part that more have says nothing of one person.
const mostShared = 20

// mention is what one row of others holds of the names.
type mention struct {
	kind   string
	fields []string
	whole  bool
	parts  []string
}

// written goes through what is written of others: their records, what is said
// beside these, and groups. It also finds out which parts of the names are
// common.
func (s *search) written(ctx context.Context) error {
	found := map[journal.Leaf]*mention{} // by record, or by group
	sharing := map[string]map[journal.Leaf]bool{}
	s.common = map[string]bool{}
	err := s.r.EachWritten(ctx, func(w *store.Written) error {
		s.advance()
		if s.ours[w.Record] {
			return nil
		}
		seen, fields := s.inRow(w)
		if !seen.Whole {
			seen.Parts = slices.DeleteFunc(seen.Parts, func(part string) bool { return s.common[part] })
			if len(seen.Parts) == 0 {
				return nil
			}
		}
		leaf := w.Record
		if leaf == (journal.Leaf{}) {
			leaf = w.Leaf
		}
		m := found[leaf]
		if m == nil {
			m = &mention{kind: w.Kind.Name}
			found[leaf] = m
		}
		m.whole, m.fields, m.parts = m.whole || seen.Whole, append(m.fields, fields...), append(m.parts, seen.Parts...)
		for _, part := range seen.Parts {
			if sharing[part] == nil {
				sharing[part] = map[journal.Leaf]bool{}
			}
			sharing[part][leaf] = true
			if len(sharing[part]) > mostShared {
				s.common[part] = true
				s.forget(found, sharing[part])
				delete(sharing, part)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.plan.Common = len(s.common)
	return s.addOthers(ctx, found)
}

// forget drops those that are listed for nothing but parts that turned out to
// be common, so that no more is held than is said.
func (s *search) forget(found map[journal.Leaf]*mention, of map[journal.Leaf]bool) {
	for leaf := range of {
		m := found[leaf]
		if m != nil && !m.whole && !slices.ContainsFunc(m.parts, func(part string) bool { return !s.common[part] }) {
			delete(found, leaf)
		}
	}
}

// addOthers puts what was found in the plan, in the order of the leaves.
func (s *search) addOthers(ctx context.Context, found map[journal.Leaf]*mention) error {
	leaves := slices.SortedFunc(maps.Keys(found), func(a, b journal.Leaf) int { return bytes.Compare(a[:], b[:]) })
	listed := map[journal.Leaf]int{} // of all versions of a record
	for _, leaf := range leaves {
		m := found[leaf]
		slices.Sort(m.fields)
		if at, again := listed[leaf]; again {
			o := &s.plan.Others[at]
			o.Possible = o.Possible && !m.whole
			o.Fields = onceEach(append(o.Fields, m.fields...))
			continue
		}
		o := PlanOther{Leaf: leaf, Kind: "record@1", Fields: slices.Compact(m.fields), Possible: !m.whole, With: []journal.Leaf{}}
		if m.kind == "group@1" {
			o.Kind = m.kind
		} else {
			var err error
			if o.Person, err = s.r.PersonOf(ctx, leaf); err != nil {
				return err
			}
			versions, beside, err := s.r.Versions(ctx, leaf)
			if err != nil {
				return err
			}
			for _, v := range versions {
				listed[v] = len(s.plan.Others)
			}
			o.With = slices.Concat(versions[1:], beside)
		}
		s.plan.Others = append(s.plan.Others, o)
	}
	return nil
}

// inRow looks through a row as one text, since parts of a name may fill fields
// of their own, and tells in which fields the name stands.
func (s *search) inRow(w *store.Written) (seen names.Sight, fields []string) {
	var all strings.Builder
	for i, v := range w.Values {
		if v.Present() && !isReference(w.Kind.Fields[i]) {
			all.WriteString(v.Text())
			all.WriteByte('\n')
		}
	}
	seen = s.sought.In(plainOf(all.String()))
	if !seen.Whole && len(seen.Parts) == 0 {
		return seen, nil
	}
	for i, v := range w.Values {
		if !v.Present() || isReference(w.Kind.Fields[i]) {
			continue
		}
		if one := s.sought.In(plainOf(v.Text())); one.Whole || !seen.Whole && len(one.Parts) > 0 {
			fields = append(fields, s.fieldName(w, i))
		}
	}
	if len(fields) == 0 { // over several fields
		for i, v := range w.Values {
			if v.Present() && !isReference(w.Kind.Fields[i]) && len(s.sought.In(plainOf(v.Text())).Parts) > 0 {
				fields = append(fields, s.fieldName(w, i))
			}
		}
	}
	return seen, fields
}

func (s *search) fieldName(w *store.Written, i int) string {
	kind, _, _ := strings.Cut(w.Kind.Name, "@")
	if kind == "record" || kind == "group" {
		return w.Kind.Fields[i]
	}
	return kind + " " + w.Kind.Fields[i]
}

// isReference tells whether a field of a row points to something, or holds a
// code or a fold, and no words.
func isReference(field string) bool {
	switch field {
	case "source", "exhibit", "person", "supersedes", "record", "incident", "handling", "basis", "sex", "birth", "child_flag", "child_age", "age_band", "name_fold",
		"date", "end", "month", "determination", "standard":
		return true
	}
	return false
}

// plainOf is a text without the escapes that a row in JSON has for ends of
// lines and the like, which would stick to words.
func plainOf(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	return strings.NewReplacer(`\n`, " ", `\r`, " ", `\t`, " ", `\"`, " ").Replace(text)
}
