// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"recount/intake/mapping"
	"recount/intake/revise"
	"recount/register"
)

// optionGroup are options under a heading, "" for none.
type optionGroup struct {
	Label   string
	Options []option
}

// meaningGroups are what a column of a list can mean, in the order in which they are
// offered.
func meaningGroups(row string, harms int) [][]string {
	if row == mapping.RowGroup {
		return [][]string{{"", "not-mapped", "identifier"}, {"group.low", "group.high", "group.code", "group.date", "group.end", "group.precision", "group.place", "group.description"}}
	}
	ofHarm := func(before string) (all []string) {
		for _, name := range []string{"code", "date", "end", "place", "cause", "alleged"} {
			all = append(all, before+name)
		}
		return all
	}
	groups := [][]string{
		{"", "not-mapped", "identifier", "name", "given", "family", "father", "other_names", "sex", "age", "age-months", "birth", "child"}, ofHarm("harm."),
		{"occupation", "nationality", "affiliation", "status", "note", revise.Own, "consent.answer", "consent.date"},
	}
	for n := 2; n <= harms; n++ {
		groups = append(groups, ofHarm(fmt.Sprintf("harm%d.", n)))
	}
	return groups
}

// codedBy are the codes that the values of a column of that meaning are read by.
func codedBy(means string) (set string, codes []register.Code) {
	_, name, of := strings.Cut(means, ".")
	switch {
	case means == "sex":
		return "sex", register.SexCodes()
	case means == "child", of && name == "answer":
		return "yes-no", register.YesNo()
	case of && name == "code":
		return "harm", register.HarmCodes()
	case of && name == "cause":
		return "cause", register.CauseCodes()
	case of && name == "precision":
		return "precision", precisions()
	}
	return "", nil
}

// precisions are how exact a day of a group can be.
func precisions() (all []register.Code) {
	for _, code := range []string{"day", "about", "month", "year"} {
		all = append(all, register.Code{Code: code})
	}
	return all
}

// meaning is what a meaning is called, with the number of a further harm.
func (v *visit) meaning(means string) string {
	before, name, of := strings.Cut(means, ".")
	if n := strings.TrimPrefix(before, "harm"); of && n != before && n != "" {
		return v.words.T("lists.of-harm", "meaning", v.words.T("lists.meaning.harm."+name), "n", n)
	}
	if means == "" {
		means = "none"
	}
	if key := "lists.meaning." + means; v.words.Has(key) {
		return v.words.T(key)
	}
	return means
}

// meanings are the options of a column, with what is chosen though it is not offered.
func (v *visit) meanings(row string, harms int, chosen string) (all []optionGroup) {
	found := false
	for _, group := range meaningGroups(row, harms) {
		g := optionGroup{}
		if before, _, _ := strings.Cut(group[0], "."); before == "harm2" || before == "harm3" {
			g.Label = v.words.T("lists.harm-n", "n", strings.TrimPrefix(before, "harm"))
		} else if before == "harm" && harms > 1 {
			g.Label = v.words.T("lists.harm-n", "n", "1")
		}
		for _, m := range group {
			found = found || m == chosen
			name := m
			if g.Label != "" {
				_, name, _ = strings.Cut(m, ".")
				name = "harm." + name
			}
			g.Options = append(g.Options, option{m, v.meaning(name), m == chosen})
		}
		all = append(all, g)
	}
	if !found {
		all[0].Options = append(all[0].Options, option{chosen, v.meaning(chosen), true})
	}
	return all
}

// alsoMeanings are what a column can mean as well: fields that are read without codes.
func (v *visit) alsoMeanings(row string, harms int, chosen string) (all []optionGroup) {
	for _, g := range v.meanings(row, harms, chosen) {
		g.Options = slices.DeleteFunc(g.Options, func(o option) bool {
			return o.Value != chosen && (revise.Coded(o.Value) || o.Value == revise.Own || o.Value == "not-mapped" || o.Value == "identifier")
		})
		all = append(all, g)
	}
	all[0].Options[0].Text = v.words.T("lists.nothing-else")
	return all
}

// codeOptions are the codes of a value; one of the case's own stays.
func (v *visit) codeOptions(means, chosen string) []option {
	set, codes := codedBy(means)
	b := base{Language: v.words}
	all := append([]option{{Text: v.words.T("lists.choose")}, {Value: revise.None, Text: v.words.T("lists.no-such-thing"), Chosen: chosen == revise.None}}, b.codes(set, codes, chosen)...)
	if set == "precision" {
		for i := range all[2:] {
			all[i+2].Text = v.words.T("lists.precision." + all[i+2].Value)
		}
	}
	if chosen != "" && !slices.ContainsFunc(all, func(o option) bool { return o.Chosen }) {
		all = append(all, option{chosen, chosen, true})
	}
	return all
}

// Means is what a field of a mapping is called on the page: "record.age" is what a
// column means that has ages, "others[0].harms[1].date" the date of a further person's
// second harm.
func (p *listPage) Means(field string) string {
	name, person := field, ""
	if rest, of := strings.CutPrefix(field, "others["); of {
		n, after, _ := strings.Cut(rest, "].")
		i, _ := strconv.Atoi(n)
		name, person = after, strconv.Itoa(i+1)
	}
	said := name
	switch {
	case strings.HasPrefix(name, "record."):
		said = p.called(strings.TrimPrefix(name, "record."))
	case strings.HasPrefix(name, "own."):
		said = strings.TrimPrefix(name, "own.")
	case strings.HasPrefix(name, "harms["):
		n, of, _ := strings.Cut(strings.TrimPrefix(name, "harms["), "].")
		said = p.called("harm." + of)
		if i, err := strconv.Atoi(n); err == nil && i > 0 {
			said = p.T("lists.of-harm", "meaning", said, "n", i+1)
		}
	default:
		said = p.called(name)
	}
	if person != "" {
		said = p.T("lists.of-other", "meaning", said, "n", person)
	}
	return said
}

func (p *listPage) called(meaning string) string {
	if key := "lists.meaning." + meaning; p.Has(key) {
		return p.T(key)
	}
	return meaning
}
