// SPDX-License-Identifier: Apache-2.0

package invent

import (
	"strings"
	"time"
)

// Fate is what was done to a person, or came of it, by a code of
// register.HarmCodes.
type Fate struct {
	Code  string
	Date  time.Time // the day, in UTC
	Place int       // index in Land.Places
	Cause string    // a code of register.CauseCodes, "" where it does not apply
	Event int       // index in Case.Events
}

// Person is one invented human being: who they are, and what happened, both
// without doubt. What the lists say of them is another matter.
type Person struct {
	Number         int // from 1
	Given, Family  Spelling
	Script         Script // in which the family writes
	Sex            string // female or male
	Birth          time.Time
	Father, Mother int // numbers of persons, 0 unknown
	FatherName     Spelling
	Occupation     string
	Home           int // index in Land.Places
	Fates          []Fate
}

// Name is the person's given and family name in a script.
func (p Person) Name(script Script) string { return p.Given.In(script) + " " + p.Family.In(script) }

// AgeOn is the age in completed years on a day.
func (p Person) AgeOn(day time.Time) int {
	age := day.Year() - p.Birth.Year()
	if day.Month() < p.Birth.Month() || day.Month() == p.Birth.Month() && day.Day() < p.Birth.Day() {
		age--
	}
	return age
}

// Child: under 18 on the day of what happened first.
func (p Person) Child() bool { return len(p.Fates) > 0 && p.AgeOn(p.Fates[0].Date) < 18 }

// Harmed: something was done to the person.
func (p Person) Harmed() bool { return len(p.Fates) > 0 }

// Event is something that happened in the case.
type Event struct {
	Title  string
	From   time.Time
	Days   int
	Kind   string // a code of register.IncidentKinds
	Places []int  // where, indexes in Land.Places
	Side   int    // index in Land.Parties: whom the other side holds responsible
}

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

// crowd makes people until enough of them were harmed.
type crowd struct {
	dice   dice
	land   Land
	events []Event
	people []Person
	names  map[string]bool // in any script: no two people share a name
}

func (c *crowd) add(p Person) int {
	p.Number = len(c.people) + 1
	c.people = append(c.people, p)
	return p.Number
}

// named draws names until they are nobody else's in any script.
func (c *crowd) named(p Person) Person {
	endings := manEndings()
	if p.Sex == "female" {
		endings = womanEndings()
	}
	for {
		p.Given = joined(pick(c.dice, syllables()), pick(c.dice, syllables()), pick(c.dice, endings))
		free := true
		for _, script := range Scripts() {
			free = free && !c.names[strings.ToLower(plain(p.Name(script)))]
		}
		if !free {
			continue
		}
		for _, script := range Scripts() {
			c.names[strings.ToLower(plain(p.Name(script)))] = true
		}
		return p
	}
}

func (c *crowd) bornAround(year int) time.Time {
	return day(year, time.Month(c.dice.between(1, 12)), c.dice.between(1, 28))
}

// household is a couple, their children and now and then a grandparent.
func (c *crowd) household(eventYear int) {
	d := c.dice
	family := joined(pick(d, syllables()), pick(d, syllables()), pick(d, familyEndings()))
	script := Scripts()[d.weighted(76, 9, 8, 7)]
	home := d.weighted(5, 2, 2, 2, 2)
	base := Person{Family: family, Script: script, Home: home}
	age := d.between(24, 58)
	elder := 0
	if d.percent(45) {
		old := base
		old.Sex, old.Birth = "male", c.bornAround(eventYear-age-d.between(20, 30))
		old.FatherName, old.Occupation = c.stranger("male"), occupation(d, eventYear-old.Birth.Year())
		elder = c.add(c.named(old))
	}
	man := base
	man.Sex, man.Birth, man.Father = "male", c.bornAround(eventYear-age), elder
	man.FatherName, man.Occupation = c.stranger("male"), occupation(d, age)
	if elder > 0 {
		man.FatherName = c.people[elder-1].Given
	}
	father := c.add(c.named(man))
	woman := base
	woman.Sex, woman.Birth = "female", c.bornAround(eventYear-age+d.between(-2, 6))
	woman.FatherName, woman.Occupation = c.stranger("male"), occupation(d, age-2)
	mother := c.add(c.named(woman))
	for range d.weighted(1, 2, 4, 4, 2) {
		child := base
		child.Sex = []string{"female", "male"}[d.below(2)]
		child.Birth = c.bornAround(eventYear - d.between(max(0, age-44), age-24))
		child.Father, child.Mother, child.FatherName = father, mother, c.people[father-1].Given
		child.Occupation = occupation(d, eventYear-child.Birth.Year())
		c.add(c.named(child))
	}
}

// stranger is the name of a father of whom no more is told.
func (c *crowd) stranger(sex string) Spelling {
	endings := manEndings()
	if sex == "female" {
		endings = womanEndings()
	}
	return joined(pick(c.dice, syllables()), pick(c.dice, syllables()), pick(c.dice, endings))
}

func occupation(d dice, age int) string {
	switch {
	case age < 7:
		return ""
	case age < 19:
		return "pupil"
	case age > 66:
		return "pensioner"
	}
	return pick(d, []string{"teacher", "farmer", "baker", "nurse", "driver", "weaver", "mason", "clerk", "miller", "joiner", ""})
}
