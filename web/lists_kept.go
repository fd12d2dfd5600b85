// SPDX-License-Identifier: Apache-2.0

package web

import (
	"slices"
	"strconv"
	"strings"

	"recount/intake/revise"
)

// keptLine is a part of the mapping that the form does not show, in words.
type keptLine struct {
	ID, Text string
	Dropped  bool
}

// keptLines are such parts in words.
func (v *visit) keptLines(kept []revise.Kept) (all []keptLine) {
	for _, k := range kept {
		all = append(all, keptLine{k.ID, v.keptText(k), k.ID != "" && slices.Contains(v.Form["drop"], k.ID)})
	}
	return all
}

func (v *visit) keptText(k revise.Kept) string {
	w := v.words
	switch k.What {
	case "class":
		return w.T("lists.kept.class", "key", k.Key, "name", base{Language: w}.Code("handling", k.Name, ""))
	case "handling":
		return w.T("lists.kept.handling", "name", base{Language: w}.Code("handling", k.Name, ""))
	case "basis":
		return w.T("lists.kept.basis", "name", base{Language: w}.Code("basis", k.Name, ""))
	case "harm":
		if k.Key == "" {
			return w.T("lists.kept.harm", "n", k.Name, "fields", v.fieldWords(k.Fields))
		}
		if len(k.Fields) == 0 {
			return w.T("lists.kept.harm-rows", "n", k.Name)
		}
		return w.T("lists.kept.harm-of", "n", k.Name, "of", k.Key, "fields", v.fieldWords(k.Fields))
	case "field", "details":
		if k.Name != "" {
			return w.T("lists.kept.own", "name", k.Name, "fields", v.fieldWords(k.Fields))
		}
		return w.T("lists.kept."+k.What, "fields", v.fieldWords(k.Fields))
	}
	return w.T("lists.kept."+k.What, "name", k.Name, "names", w.Listed(k.Names...), "key", k.Key, "parent", k.Parent, "by", strconv.Quote(k.By), "fields", v.fieldWords(k.Fields))
}

// fieldWords say of fields from where they come and how they are read.
func (v *visit) fieldWords(fields []revise.Field) string {
	w := v.words
	said := make([]string, len(fields))
	for i, f := range fields {
		from := w.N("lists.kept.from", int64(len(f.Columns)), "columns", w.Listed(f.Columns...))
		if f.IsSame {
			from = w.T("lists.kept.same", "same", v.sameWord(f))
		}
		details := []string{}
		if f.Absent {
			details = append(details, w.T("lists.kept.absent"))
		}
		if f.Codes > 0 {
			details = append(details, w.N("lists.kept.codes", int64(f.Codes)))
		}
		for _, d := range f.Details {
			details = append(details, w.T("lists.detail."+d.What, "name", v.detailName(d)))
		}
		said[i] = v.meaning(f.Means) + ": " + from
		if len(details) > 0 {
			said[i] += " (" + strings.Join(details, w.T("list.comma")) + ")"
		}
	}
	return strings.Join(said, w.T("lists.semicolon"))
}

// sameWord is what the code that all rows have is called.
func (v *visit) sameWord(f revise.Field) string {
	if set, _ := codedBy(f.Means); set != "" && set != "precision" {
		return base{Language: v.words}.Code(set, f.Same, f.Same)
	}
	return f.Same
}

func (v *visit) detailName(d revise.Detail) string {
	for _, key := range []string{"lists.dates." + d.Name, "lists.calendar." + d.Name} {
		if (d.What == "date" || d.What == "calendar") && v.words.Has(key) {
			return v.words.T(key)
		}
	}
	return d.Name
}
