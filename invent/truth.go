// SPDX-License-Identifier: Apache-2.0

package invent

// Truth is who is whom. It is for tests: no source knows it, and Write leaves
// it out.
type Truth struct {
	People []Person // those to whom something was done
	Rows   []RowTruth
	// Namesakes are two people whom a name, a day and a place make look like one.
	Namesakes []PersonPair
	// Duplicates are people who stand twice in one list.
	Duplicates []int
}

// RowTruth says whom a row is about.
type RowTruth struct {
	RowRef
	Person int // Person.Number
}

// RowRef is a row of a list, as a person counts: the headers' row counts too.
type RowRef struct {
	List string // key of the list: registry, hospital, families, commission
	Row  int
}

// Truth is the truth of the case.
func (c *Case) Truth() Truth {
	t := Truth{Namesakes: c.namesakes}
	for _, p := range c.People {
		if p.Harmed() {
			t.People = append(t.People, p)
		}
	}
	for i := range c.lists {
		l := &c.lists[i]
		seen := map[int]bool{}
		for n, r := range l.rows {
			t.Rows = append(t.Rows, RowTruth{RowRef{l.key, l.headerRow() + 1 + n}, r.person})
			if seen[r.person] {
				t.Duplicates = append(t.Duplicates, r.person)
			}
			seen[r.person] = true
		}
	}
	return t
}

// maxMerges is how many decisions of people the demo makes by hand.
const maxMerges = 12

// merges are rows about one person that no rule can join, because one list
// writes the name in another script: what somebody who knows the family would
// say. Those who write in Latin letters need none.
func (c *Case) merges() []Decision {
	var out []Decision
	where := map[int]map[string]RowRef{}
	for _, r := range c.Truth().Rows {
		if where[r.Person] == nil {
			where[r.Person] = map[string]RowRef{}
		}
		if _, ok := where[r.Person][r.List]; !ok {
			where[r.Person][r.List] = r.RowRef
		}
	}
	for _, p := range c.People {
		rows := where[p.Number]
		one, inRegistry := rows["registry"]
		other, inHospital := rows["hospital"]
		if p.Script == Latin || !inRegistry || !inHospital || len(out) == maxMerges {
			continue
		}
		out = append(out, Decision{one, other, "The family showed both entries: the same name in two scripts, the same day and place."})
	}
	return out
}

// apart are the rows of people who are not one, though a rule takes them so.
func (c *Case) apart() []Decision {
	var out []Decision
	rows := map[int]RowRef{}
	for _, r := range c.Truth().Rows {
		rows[r.Person] = r.RowRef
	}
	for _, pair := range c.namesakes {
		out = append(out, Decision{rows[pair.One], rows[pair.Other], "Grandfather and grandson of one name, lost on one day: the years of birth lie two generations apart."})
	}
	return out
}
