// SPDX-License-Identifier: Apache-2.0

package tally

import (
	"fmt"
	"slices"

	"recount/fault"
	"recount/figure"
	"recount/journal"
	"recount/register"
)

// recordsOf are the records of a person, ascending by leaf.
func (c *Columns) recordsOf(p int32) []int32 { return c.members[c.membersOf[p]:c.membersOf[p+1]] }

// harmRange is where the harms of a record are.
func (c *Columns) harmRange(r int32) (from, to int32) { return c.harmsOf[r], c.harmsOf[r+1] }

func (c *Columns) number(person string) (int32, error) {
	n, ok := slices.BinarySearch(c.persons, person)
	if !ok {
		return 0, fmt.Errorf("%w: person %.40q at size %d of the journal", fault.NotFound, person, c.stamp.Size)
	}
	return int32(n), nil
}

// Rungs are the coarse values of a person, over all its records (fault.NotFound
// when nobody has the id). Harms that were excluded are left out; what no
// record knows is "?".
func (c *Columns) Rungs(person string) (figure.Rungs, error) {
	p, err := c.number(person)
	if err != nil {
		return figure.Rungs{}, err
	}
	return c.rungs(p), nil
}

// Extent is how many records a person has, and how many harms they say, those
// that were excluded too (fault.NotFound when nobody has the id).
func (c *Columns) Extent(person string) (records, harms int, err error) {
	p, err := c.number(person)
	if err != nil {
		return 0, 0, err
	}
	for _, r := range c.recordsOf(p) {
		from, to := c.harmRange(r)
		records, harms = records+1, harms+int(to-from)
	}
	return records, harms, nil
}

func (c *Columns) rungs(p int32) figure.Rungs {
	var all said
	var harms []figure.Harm
	for _, r := range c.recordsOf(p) {
		all = all.with(c.said[r])
		from, to := c.harmRange(r)
		for h := from; h < to; h++ {
			if !c.excluded[h] {
				harms = append(harms, c.figureHarm(h))
			}
		}
	}
	out := all.rungs()
	out.Harms = harms
	return out
}

func (c *Columns) figureHarm(h int32) figure.Harm {
	return figure.Harm{
		Code:     c.codes.say(c.code[h], figure.Unknowns),
		Month:    c.months.say(c.month[h], figure.Unknowns),
		District: c.districts.say(c.district[h], figure.Unknowns),
	}
}

// rungs are the sets that the bits stand for.
func (s said) rungs() figure.Rungs {
	return figure.Rungs{
		Sex: setOf(s.sex, codesOf(register.SexCodes())), ChildFlag: setOf(s.flag, codesOf(register.YesNo())),
		ChildAge: setOf(s.age, codesOf(register.YesNo())), AgeBand: setOf(s.band, register.AgeBands()),
	}
}

func setOf(bits uint8, values []string) figure.Set {
	var in []string
	for i, v := range values {
		if bits&(1<<i) != 0 {
			in = append(in, v)
		}
	}
	return figure.NewSet(in...)
}

func codesOf(list []register.Code) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.Code
	}
	return out
}

// Members are the leaves of a person's records, ascending (fault.NotFound when
// nobody has the id).
func (c *Columns) Members(person string) ([]journal.Leaf, error) {
	p, err := c.number(person)
	if err != nil {
		return nil, err
	}
	return c.leavesOf(c.recordsOf(p)), nil
}

func (c *Columns) leavesOf(records []int32) []journal.Leaf {
	out := make([]journal.Leaf, len(records))
	for i, r := range records {
		out[i] = c.leaves[r]
	}
	return out
}

// PersonOf is the person under whom a record stands (fault.NotFound when there
// is no such record at the size).
func (c *Columns) PersonOf(record journal.Leaf) (string, error) {
	n, ok := slices.BinarySearchFunc(c.leaves, record, func(a, b journal.Leaf) int { return slices.Compare(a[:], b[:]) })
	if !ok {
		return "", fmt.Errorf("%w: record %s at size %d of the journal", fault.NotFound, record, c.stamp.Size)
	}
	return c.persons[c.person[n]], nil
}
