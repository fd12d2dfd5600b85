// SPDX-License-Identifier: Apache-2.0

package tally

import (
	"fmt"
	"slices"

	"recount/edtf"
	"recount/fault"
	"recount/figure"
	"recount/journal"
	"recount/register"
)

// Kind is what a contradiction is about.
type Kind string

// The kinds of contradiction. The first is within one record; the others are
// between statements about one person that can not both be true.
const (
	FlagAge    Kind = "flag-age"    // a record says child, and by its age it is none; or the reverse
	ChildFlag  Kind = "child-flag"  // one record says child, another says not
	Sex        Kind = "sex"         // other sexes
	Age        Kind = "age"         // ages that have no month in common
	Birth      Kind = "birth"       // births that have no day in common
	FatalDate  Kind = "fatal-date"  // dates of the one death that have no day in common (I-02)
	FatalPlace Kind = "fatal-place" // other districts of the one death (I-02)
)

// Kinds are all kinds, in the order in which they are reported.
func Kinds() []Kind { return []Kind{FlagAge, ChildFlag, Sex, Age, Birth, FatalDate, FatalPlace} }

// Label says what a kind is about.
func (k Kind) Label() string {
	switch k {
	case FlagAge:
		return "A record calls a person a child whose age it gives as 18 or over, or the reverse"
	case ChildFlag:
		return "One record says child, another says not"
	case Sex:
		return "Records give different sexes"
	case Age:
		return "Records give ages that can not both be true"
	case Birth:
		return "Records give births that can not both be true"
	case FatalDate:
		return "Records date one death on days that can not both be true"
	case FatalPlace:
		return "Records place one death in different districts"
	}
	return string(k)
}

// KindCount is how many persons have a contradiction of a kind.
type KindCount struct {
	Kind    Kind  `json:"kind"`
	Persons int64 `json:"persons"`
}

// Contradiction is what the records of one person say of one thing. It is
// shown, and never settled here.
type Contradiction struct {
	Kind       Kind        `json:"kind"`
	Person     string      `json:"person"`
	Statements []Statement `json:"statements"` // all that is known of the thing, by record
}

// Statement is what one record says.
type Statement struct {
	Record journal.Leaf `json:"record"`
	Source string       `json:"source"`
	Says   string       `json:"says"`
}

// kinds is a set of kinds, one bit each in the order of Kinds.
type kinds uint8

// contradictory finds the kinds of contradiction of a person.
func (c *Columns) contradictory(p int32) (found kinds) {
	records := c.recordsOf(p)
	fatal := int32(0)
	for _, r := range records {
		if c.flagAgainstAge(r) {
			found |= 1 // FlagAge
		}
		from, to := c.harmRange(r)
		fatal += to - from
	}
	if len(records) < 2 && fatal < 2 {
		return found
	}
	for i, k := range Kinds()[1:] {
		if c.conflicting(k, c.statements(k, records)) {
			found |= 1 << (i + 1)
		}
	}
	return found
}

func (c *Columns) flagAgainstAge(r int32) bool {
	s := c.said[r]
	return s.flag != 0 && s.age != 0 && s.flag != s.age
}

// statement is a value that a record gives: a number of the column concerned.
type statement struct{ record, value int32 }

// statements are what the records say that is known, in their order.
func (c *Columns) statements(k Kind, records []int32) (out []statement) {
	add := func(r, value int32, known bool) {
		if known {
			out = append(out, statement{r, value})
		}
	}
	for _, r := range records {
		switch k {
		case FlagAge:
			add(r, r, c.flagAgainstAge(r))
		case ChildFlag:
			add(r, int32(c.said[r].flag), c.said[r].flag != 0)
		case Sex:
			add(r, int32(c.said[r].sex), c.said[r].sex != 0)
		case Age:
			add(r, r, c.ages[r].low >= 0)
		case Birth:
			add(r, c.birth[r], c.birth[r] != none)
		case FatalDate, FatalPlace:
			column := c.date
			if k == FatalPlace {
				column = c.district
			}
			from, to := c.harmRange(r)
			for h := from; h < to; h++ {
				add(r, column[h], column[h] != none && !c.excluded[h] && register.Fatal(c.codes.say(c.code[h], "")))
			}
		}
	}
	return out
}

// conflicting reports whether two of the statements can not both be true.
func (c *Columns) conflicting(k Kind, list []statement) bool {
	if k == Age {
		low, high := int16(0), int16(register.MaxMonths)
		for _, s := range list {
			low, high = max(low, c.ages[s.record].low), min(high, c.ages[s.record].high)
		}
		return low > high
	}
	values := make([]int32, len(list))
	for i, s := range list {
		values[i] = s.value
	}
	slices.Sort(values)
	values = slices.Compact(values)
	if k != Birth && k != FatalDate {
		return len(values) > 1
	}
	for i, a := range values {
		for _, b := range values[:i] {
			if edtf.Equal(c.dates[a], c.dates[b]) == edtf.False {
				return true
			}
		}
	}
	return false
}

// says is a statement in words.
func (c *Columns) says(k Kind, s statement) string {
	yesNo, sexes := codesOf(register.YesNo()), codesOf(register.SexCodes())
	one := func(bits uint8, values []string) string { return string(setOf(bits, values)) }
	switch k {
	case FlagAge:
		return "child: " + one(c.said[s.record].flag, yesNo) + "; by age: " + one(c.said[s.record].age, yesNo)
	case ChildFlag:
		return one(uint8(s.value), yesNo)
	case Sex:
		return one(uint8(s.value), sexes)
	case Age:
		a := c.ages[s.record]
		return fmt.Sprintf("%d to %d months", a.low, a.high)
	case FatalPlace:
		return c.districts.text[s.value]
	}
	return c.dateWords.text[s.value]
}

// contradiction is the whole of it, for a person of whom it is known.
func (c *Columns) contradiction(k Kind, p int32) Contradiction {
	out := Contradiction{Kind: k, Person: c.persons[p]}
	for _, s := range c.statements(k, c.recordsOf(p)) {
		out.Statements = append(out.Statements, Statement{c.leaves[s.record], c.sources.text[c.source[s.record]], c.says(k, s)})
	}
	return out
}

// list pages through the contradictions of a kind among persons that pass.
func (c *Columns) list(k Kind, pass func(p int32) bool, offset, limit int64) ([]Contradiction, error) {
	bit := slices.Index(Kinds(), k)
	if bit < 0 {
		return nil, fmt.Errorf("%w: kind of contradiction %.40q: accepted are %v", fault.Invalid, k, Kinds())
	}
	if offset < 0 || limit < 0 {
		return nil, fmt.Errorf("%w: from %d, at most %d: accepted are numbers of 0 or more", fault.Invalid, offset, limit)
	}
	out := []Contradiction{}
	for p, found := range c.contrary {
		if int64(len(out)) == limit {
			break
		}
		if found&(1<<bit) == 0 || !pass(int32(p)) {
			continue
		}
		if offset > 0 {
			offset--
			continue
		}
		out = append(out, c.contradiction(k, int32(p)))
	}
	return out, nil
}

// Contradictions are those of a kind in the whole case, ascending by person:
// those from offset on, at most limit (fault.Invalid for an unknown kind or a
// negative number).
func (c *Columns) Contradictions(k Kind, offset, limit int64) ([]Contradiction, error) {
	return c.list(k, func(int32) bool { return true }, offset, limit)
}

// CountContradictions is how many persons of the whole case have one of each
// kind; kinds that nobody has are left out.
func (c *Columns) CountContradictions() []KindCount {
	return c.countKinds(func(int32) bool { return true })
}

func (c *Columns) countKinds(pass func(p int32) bool) []KindCount {
	counts := make([]int64, len(Kinds()))
	for p, found := range c.contrary {
		if found == 0 || !pass(int32(p)) {
			continue
		}
		for i := range counts {
			counts[i] += int64(found >> i & 1)
		}
	}
	out := []KindCount{}
	for i, k := range Kinds() {
		if counts[i] > 0 {
			out = append(out, KindCount{k, counts[i]})
		}
	}
	return out
}

// concerned: the person is in the figure or may be.
func (a *Answer) concerned(p int32) bool {
	v, ok := a.verdict(p, 0)
	return ok && v != figure.Out
}

func (a *Answer) countContradictions() []KindCount { return a.columns.countKinds(a.concerned) }

// ContradictionsOf are those of a kind among persons who are in the figure or
// unknown; else as Columns.Contradictions.
func (a *Answer) ContradictionsOf(k Kind, offset, limit int64) ([]Contradiction, error) {
	return a.columns.list(k, a.concerned, offset, limit)
}
