// SPDX-License-Identifier: Apache-2.0

package invent

import "time"

// year is when the case happens. It is long enough ago for everybody's birth to
// be a date that a workbook can hold.
const year = 1987

// newEvents are three happenings, and not all by one side.
func newEvents(land Land) []Event {
	return []Event{
		{Title: "Attack on " + plain(land.Town.Name[0]), From: day(year, 3, 11), Days: 2, Kind: "attack", Places: []int{0, 1}, Side: 0},
		{Title: "Shelling of " + plain(land.Places[2].Name[0]) + " and " + plain(land.Places[3].Name[0]), From: day(year, 4, 6), Days: 3, Kind: "shelling", Places: []int{2, 3}, Side: 1},
		{Title: "Flight from " + plain(land.Places[4].Name[0]), From: day(year, 3, 27), Days: 5, Kind: "expulsion", Places: []int{4}, Side: 0},
	}
}

// eventAt is the event that came upon a place.
func (c *crowd) eventAt(place int) int {
	for i, e := range c.events {
		for _, p := range e.Places {
			if p == place {
				return i
			}
		}
	}
	return 0
}

// visit decides what happened to everybody of a household.
func (c *crowd) visit(from int) {
	for i := from; i < len(c.people); i++ {
		p := &c.people[i]
		if !c.dice.percent(82) {
			continue
		}
		event := c.eventAt(p.Home)
		e := c.events[event]
		on := e.From.AddDate(0, 0, c.dice.below(e.Days))
		if on.Before(p.Birth) {
			p.Birth = on.AddDate(0, 0, -c.dice.between(1, 200))
		}
		fate := func(code, cause string, on time.Time) Fate {
			return Fate{Code: code, Date: on, Place: p.Home, Cause: cause, Event: event}
		}
		switch c.dice.weighted(46, 16, 16, 14, 8) {
		case 0:
			p.Fates = []Fate{fate("killed", c.cause(e), on)}
			if e.Kind == "expulsion" {
				p.Fates[0] = fate("died-indirect", "", on)
				if c.dice.percent(50) {
					p.Fates[0] = fate("killed", "small-arms", on)
				}
			}
		case 1:
			p.Fates = []Fate{fate("injured", c.cause(e), on)}
		case 2:
			p.Fates = []Fate{fate("captured", "", on)}
			if c.dice.percent(25) {
				p.Fates = append(p.Fates, fate("killed", "small-arms", on.AddDate(0, 0, c.dice.between(3, 20))))
			}
		case 3:
			p.Fates = []Fate{fate("missing", "", on)}
		case 4:
			p.Fates = []Fate{fate("displaced", "", on)}
		}
	}
}

func (c *crowd) cause(e Event) string {
	if e.Kind == "shelling" || c.dice.percent(25) {
		return "heavy-weapons"
	}
	return "small-arms"
}

// newPeople makes households until size people were harmed.
func newPeople(d dice, land Land, events []Event, size int) []Person {
	c := &crowd{dice: d, land: land, events: events, names: map[string]bool{}}
	for harmed := 0; harmed < size; {
		from := len(c.people)
		c.household(year)
		c.visit(from)
		for _, p := range c.people[from:] {
			if p.Harmed() {
				harmed++
			}
		}
	}
	return c.people
}
