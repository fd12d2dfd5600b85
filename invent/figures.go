// SPDX-License-Identifier: Apache-2.0

package invent

import (
	"recount/figure"
	"recount/linkage"
	"recount/register"
)

// newFigures are the questions of the case. They use few rungs, and those with
// many people behind each answer.
func (c *Case) newFigures(d dice) []figure.Definition {
	town := plain(c.Land.Town.Name.In(Latin))
	children := figure.Part{Part: "children", Title: "children under 18, by the source's flag or by the age", Child: figure.ChildEither}
	women := figure.Part{Part: "women", Title: "women and girls", Sex: []string{"female"}}
	elderly := figure.Part{Part: "aged-60", Title: "aged 60 or more", AgeBand: []string{"60+"}}
	dead := []string{"died-indirect", "killed"}
	return []figure.Definition{
		{Figure: d.id("f"), Title: "Persons recorded as dead (invented)", Unit: figure.Unit, Harms: dead, Parts: []figure.Part{children, women}, Rule: figure.Rule},
		{Figure: d.id("f"), Title: "Persons recorded as captured (invented)", Unit: figure.Unit, Harms: []string{"captured"}, Rule: figure.Rule},
		{Figure: d.id("f"), Title: "Persons recorded as missing (invented)", Unit: figure.Unit, Harms: []string{"missing"}, Rule: figure.Rule},
		{
			Figure: d.id("f"), Title: "Persons recorded as dead in " + town + " in March of that year (invented)", Unit: figure.Unit, Harms: dead,
			Period: c.Events[0].From.Format("2006-01"), District: []string{register.District(town)}, Rule: figure.Rule,
		},
		{
			Figure: d.id("f"), Title: "Persons recorded as dead by the hospital or the registry office, by age (invented)", Unit: figure.Unit, Harms: dead,
			Sources: []string{c.sources[registrySource].Source, c.sources[hospitalSource].Source}, Parts: []figure.Part{elderly}, Rule: figure.Rule,
		},
	}
}

// Rules are the linkage rules of the case: exact, from the most telling
// agreement to the least. They are stated here and not taken from elsewhere, so
// that the case stays what it is.
func (c *Case) Rules() linkage.Rules {
	return linkage.Rules{
		WithinSource: linkage.Never,
		Rules: []linkage.Rule{
			{Name: "name, day and place", Agree: []string{"name", "date", "place"}},
			{Name: "name and day", Agree: []string{"name", "date"}, Unless: []string{"birth", "sex"}},
			{Name: "name and birth", Agree: []string{"name", "birth"}, Unique: true, Unless: []string{"date", "end", "age", "sex"}},
			{Name: "name alone", Agree: []string{"name"}, Unique: true, Unless: []string{"date", "end", "age", "birth", "sex"}},
		},
	}
}
