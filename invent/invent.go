// SPDX-License-Identifier: Apache-2.0

// Package invent makes cases that never happened: a country, a town, two
// parties and some hundred people with names of no language, and what sources
// might say of them: four lists that overlap and contradict each other,
// statements of witnesses, press releases of both parties, pictures. The truth
// is known (Truth), so that tests can ask whether what is found is right.
//
// The same seed and size give the same bytes on every machine. Everything that
// is written says that it is invented.
package invent

// Notice stands in whatever the package writes.
const Notice = "INVENTED: no such country, place, party or person exists, and none of this happened."

// Size is how many people are harmed, at least.
type Size int

// Two sizes: one for tests, and one for the demo, in which the cells of the
// figures mostly hold five persons or more.
const (
	Small Size = 60
	Demo  Size = 600
)

// Case is one invented case.
type Case struct {
	Seed   uint64
	Land   Land
	Events []Event
	People []Person // all, also those to whom nothing was done

	sources   []Source
	incidents []Incident
	lists     []list
	namesakes []PersonPair
}

// New invents a case. The same seed and size always give the same one.
func New(seed uint64, size Size) *Case {
	c := &Case{Seed: seed}
	c.Land = newLand(newDice(seed, forPlaces))
	c.Events = newEvents(c.Land)
	c.People = newPeople(newDice(seed, forPeople), c.Land, c.Events, max(int(size), 1))
	ids := newDice(seed, forIDs)
	c.sources = c.newSources(ids)
	c.incidents = c.newIncidents(ids)
	c.lists = c.newLists()
	return c
}
