// SPDX-License-Identifier: Apache-2.0

package invent

import (
	"time"
)

// list is one list of persons, as its source would hand it over.
type list struct {
	key       string // of its files
	title     string
	source    int    // index in Case.sources
	sheet     string // of a workbook; "" is a CSV
	above     []string
	delimiter rune
	mark      bool // begins with a byte order mark
	columns   []string
	rows      []row
}

// row is a row of a list and whom it is about. Cells are string, int or, in a
// workbook, time.Time.
type row struct {
	cells  []any
	person int
}

// headerRow is the row of the headers, as a person counts.
func (l *list) headerRow() int { return len(l.above) + 1 }

// clerk writes the rows of one list: draws, and how the list writes things.
type clerk struct {
	dice
	land   Land
	events []Event
	script Script // "" is each person's own
}

// name is given and family name as the clerk writes them; one in thirty is
// written down as it was heard.
func (c clerk) name(p Person) (given, family string) {
	script := c.script
	if script == "" {
		script = p.Script
	}
	given, family = p.Given.In(script), p.Family.In(script)
	if script == Latin && c.percent(30) {
		given, family = plain(given), plain(family)
	}
	if c.percent(3) {
		family = misheard(c.dice, family)
	}
	return given, family
}

func (c clerk) father(p Person) string {
	if c.percent(20) {
		return ""
	}
	if c.script == "" {
		return p.FatherName.In(p.Script)
	}
	return p.FatherName.In(c.script)
}

// place is always in Latin letters, without marks.
func (c clerk) place(f Fate) string { return plain(c.land.Written(f.Place, Latin)) }

// last is the fate that a list of one harm a person tells of.
func last(p Person) Fate { return p.Fates[len(p.Fates)-1] }

func fatal(code string) bool { return code == "killed" || code == "died-indirect" }

// flag is a flag, wrong in some of a hundred rows and left out in others.
func (c clerk) flag(truth bool, yes, no, unknown string) string {
	switch {
	case c.percent(6):
		return unknown
	case c.percent(3):
		truth = !truth
	}
	if truth {
		return yes
	}
	return no
}

// age is the age in years, some years beside it in one of twenty rows.
func (c clerk) age(p Person, on time.Time) int {
	age := p.AgeOn(on)
	if c.percent(5) {
		age = max(0, age+pick(c.dice, []int{-12, -3, -1, 1, 2, 5}))
	}
	return age
}

// newLists draws who stands in which list, and what it says. Coverage depends
// on what happened, as it does in life.
func (c *Case) newLists() []list {
	c.namesakes = c.plantNamesakes()
	makers := []struct {
		list  list
		cover func(Fate) int // of a hundred
		write func(clerk, int, Person) []any
		clerk clerk
	}{
		{registryList(), registryCovers, clerk.registryRow, clerk{}},
		{hospitalList(), hospitalCovers, clerk.hospitalRow, clerk{script: Latin}},
		{familiesList(), familiesCover, clerk.familiesRow, clerk{}},
		{commissionList(), func(Fate) int { return 55 }, clerk.commissionRow, clerk{script: Latin}},
	}
	var lists []list
	for i, m := range makers {
		m.clerk.dice, m.clerk.land, m.clerk.events = newDice(c.Seed, uint64(forList+1+i)), c.Land, c.Events
		var people []Person
		for _, p := range c.People {
			if p.Harmed() && c.stands(m.clerk.dice, i, p, m.cover(last(p))) {
				people = append(people, p)
			}
		}
		if i == hospitalSource && len(people) > 0 {
			for range duplicates {
				people = append(people, people[m.clerk.below(len(people))])
			}
		}
		shuffle(m.clerk.dice, people)
		for n, p := range people {
			m.list.rows = append(m.list.rows, row{cells: m.write(m.clerk, n+1, p), person: p.Number})
		}
		lists = append(lists, m.list)
	}
	return lists
}

// duplicates is how many people stand twice in the hospital's list.
const duplicates = 5

func shuffle[T any](d dice, list []T) {
	for i := len(list) - 1; i > 0; i-- {
		j := d.below(i + 1)
		list[i], list[j] = list[j], list[i]
	}
}

// stands says whether a person stands in list i. The namesakes stand in one
// list each, so that the rules take them for one.
func (c *Case) stands(d dice, i int, p Person, cover int) bool {
	drawn := d.percent(cover)
	for _, pair := range c.namesakes {
		switch p.Number {
		case pair.One:
			return i == hospitalSource
		case pair.Other:
			return i == commissionSource
		}
	}
	return drawn
}

// PersonPair is two persons, by their numbers.
type PersonPair struct{ One, Other int }

// plantNamesakes gives one grandson his grandfather's name and fate: two
// people whom only a human being can keep apart. They stand in two lists that
// know no day of birth.
func (c *Case) plantNamesakes() []PersonPair {
	for i := range c.People {
		boy := &c.People[i]
		if boy.Sex != "male" || boy.Father == 0 || !boy.Harmed() {
			continue
		}
		elder := c.People[boy.Father-1].Father
		if elder == 0 || !c.People[elder-1].Harmed() || c.People[elder-1].Fates[0].Code != "killed" {
			continue
		}
		grandfather := c.People[elder-1]
		boy.Given, boy.Script, boy.Fates = grandfather.Given, grandfather.Script, grandfather.Fates
		return []PersonPair{{grandfather.Number, boy.Number}}
	}
	return nil
}
