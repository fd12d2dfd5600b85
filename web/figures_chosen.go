// SPDX-License-Identifier: Apache-2.0

package web

import (
	"slices"
	"strconv"
	"strings"

	"recount/figure"
	"recount/names"
	"recount/register"
)

// partsTyped is how many "of whom" stand in the form that was sent, or less
// where the last of them are empty.
func (v *visit) partsTyped() int {
	last := 0
	for name := range v.PostForm {
		rest, ok := strings.CutPrefix(name, "part.")
		number, _, dot := strings.Cut(rest, ".")
		if n, err := strconv.Atoi(number); ok && dot && err == nil && n > 0 && n <= maxPartsTyped && v.text(name) != "" {
			last = max(last, n)
		}
	}
	return last
}

// maxPartsTyped is one more than a definition can have, so that a part too many is refused and not lost.
const maxPartsTyped = 25

// chosen is the definition that the form asks for.
func (v *visit) chosen() figure.Definition {
	d := figure.Definition{Figure: v.PathValue("figure"), Title: v.text("title"), Unit: figure.Unit, Rule: figure.Rule, Period: v.text("period")}
	d.Harms = append(v.ticked("harm."), lines(v.text("own"))...)
	d.Sources = v.ticked("source.")
	for _, place := range lines(v.text("district")) {
		d.District = append(d.District, register.District(place))
	}
	for n := range v.partsTyped() {
		at := "part." + strconv.Itoa(n+1) + "."
		p := figure.Part{Part: v.text(at + "part"), Title: v.text(at + "title"), Child: v.text(at + "child"), Sex: v.ticked(at + "sex."), AgeBand: v.ticked(at + "band.")}
		if p.Part == "" && p.Title == "" && p.Child == "" && p.Sex == nil && p.AgeBand == nil {
			continue // left empty between others
		}
		if p.Part == "" {
			p.Part = shortName(p.Title, n+1)
		}
		d.Parts = append(d.Parts, p)
	}
	d.Harms, d.Sources, d.District = once(d.Harms), once(d.Sources), once(d.District)
	return d
}

// ticked are the codes behind a prefix that were ticked.
func (v *visit) ticked(prefix string) (all []string) {
	for name := range v.PostForm {
		if code, ok := strings.CutPrefix(name, prefix); ok && v.text(name) == "yes" {
			all = append(all, code)
		}
	}
	slices.Sort(all)
	return all
}

// once sorts a list and takes what stands twice out of it.
func once(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// lines are the lines of a text that are not empty.
func lines(text string) (all []string) {
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// shortName is what a part is called within its figure, made from its title.
func shortName(title string, n int) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(names.Fold(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		if b.Len()+len(word) > 40 {
			break
		}
		if b.Len() > 0 {
			b.WriteByte('-')
		}
		b.WriteString(word)
	}
	if b.Len() == 0 {
		return "part-" + strconv.Itoa(n)
	}
	return b.String()
}

// wrongField is the field that keeps a definition from being accepted, where that can be told.
func wrongField(d figure.Definition) string {
	if d.Title == "" {
		return "title"
	}
	if _, err := figure.ParsePeriod(d.Period); d.Period != "" && err != nil {
		return "period"
	}
	for _, code := range d.Harms {
		if register.CheckHarm(code) != nil {
			return "own"
		}
	}
	return ""
}

// definitionBefore is the definition that the form was made from.
func (v *visit) definitionBefore(id string) (figure.Definition, error) {
	_, d, err := v.definition(id, v.baseSeq()+1)
	return d, err
}

// definitionsDiffer are the fields in which what stood, what stands and what was chosen differ.
func (v *visit) definitionsDiffer(was, now, yours figure.Definition) []staleField {
	var all []staleField
	add := func(key string, of func(figure.Definition) string) {
		f := staleField{v.words.T(key), of(was), of(now), of(yours)}
		if f.Before != f.Now || f.Now != f.Yours {
			all = append(all, f)
		}
	}
	add("figures.field.title", func(d figure.Definition) string { return d.Title })
	add("figures.field.harms", func(d figure.Definition) string { return strings.Join(v.codes("harm", d.Harms), "; ") })
	add("figures.field.period", func(d figure.Definition) string { return d.Period })
	add("figures.field.district", func(d figure.Definition) string { return strings.Join(d.District, "; ") })
	add("figures.field.sources", func(d figure.Definition) string { return strings.Join(d.Sources, "; ") })
	add("figures.parts", func(d figure.Definition) string {
		var parts []string
		for _, p := range d.Parts {
			parts = append(parts, p.Title+" ("+strings.Join(v.asks(p), "; ")+")")
		}
		return strings.Join(parts, "; ")
	})
	return all
}
