// SPDX-License-Identifier: Apache-2.0

package invent

import "fmt"

// Indexes of the sources of a case.
const (
	registrySource = iota
	hospitalSource
	familiesSource
	commissionSource
	firstPartySource
	secondPartySource
	drawingsSource
	firstWitness
)

// witnesses is how many people gave a statement.
const witnesses = 12

func (c *Case) newSources(d dice) []Source {
	town := plain(c.Land.Town.Name[0])
	one, two := c.Land.Parties[0], c.Land.Parties[1]
	sources := []Source{
		{Name: "Registry office of " + town, Kind: "official", Independence: "registry", Reliability: "B"},
		{Name: "Hospital of " + town, Kind: "medical", Independence: "hospital", Reliability: "B"},
		{Name: "Committee of families, " + town, Kind: "ngo", Independence: "families", Reliability: "C"},
		{Name: "Commission of the " + one.Name, Kind: "commission", Affiliation: one.Name, Independence: "party-1", Reliability: "F"},
		{Name: "Press office of the " + one.Name, Kind: "official", Affiliation: one.Name, Independence: "party-1", Reliability: "F"},
		{Name: "Press office of the " + two.Name, Kind: "official", Affiliation: two.Name, Independence: "party-2", Reliability: "F"},
		{Name: "Drawings for the case", Kind: "archive"},
	}
	for i := range witnesses {
		kind := "witness"
		if i%3 == 2 {
			kind = "relative"
		}
		sources = append(sources, Source{Name: fmt.Sprintf("Witness %02d", i+1), Kind: kind, Reliability: "F"})
	}
	for i := range sources {
		sources[i].Source, sources[i].Language, sources[i].Note = d.id("s"), "en", Notice
	}
	return sources
}

func (c *Case) newIncidents(d dice) []Incident {
	var incidents []Incident
	for _, e := range c.Events {
		last := e.From.AddDate(0, 0, e.Days-1)
		when := e.From.Format("2006-01-02") + "/" + last.Format("2006-01-02")
		place := plain(c.Land.Written(e.Places[0], Latin))
		incidents = append(incidents, Incident{
			Incident: d.id("i"), Title: e.Title + " (invented)", WhenWritten: when, When: when, PlaceWritten: place, Place: place,
			Kind: e.Kind, Context: "disputed", Note: Notice,
		})
	}
	return incidents
}
