// SPDX-License-Identifier: Apache-2.0

package figure

import "slices"

// checkDerived looks for small groups that a reader can work out from the
// totals alone, whatever sheets the parts stand in: by taking a narrower part
// from a wider one, parts that exclude each other from the figure, or "either"
// from flag and age.
func (p planner) checkDerived() error {
	totals := make([]Totals, len(p.d.Parts)+1)
	for _, l := range p.lines {
		for c, v := range l.Verdicts {
			totals[c].Add(v)
		}
	}
	for a, one := range p.d.Parts {
		for b, other := range p.d.Parts {
			if a == b || !one.implies(other) {
				continue
			}
			apart := p.isSmall(totals[b+1].In - totals[a+1].In)
			if one.Child == other.Child {
				// Without a step from flag or age to "either", whoever could be in
				// the narrower part could be in the wider one as well.
				apart = apart || p.isSmall(totals[b+1].Max()-totals[a+1].Max())
			}
			if apart {
				return p.refuse("has the parts %s and %s, which differ by fewer than %d persons; leave one of them out", one.Part, other.Part, p.limit)
			}
		}
	}
	for _, family := range p.disjoint() {
		rest := totals[0].In
		for _, c := range family {
			rest -= totals[c+1].In
		}
		if p.isSmall(rest) {
			return p.refuse("has parts that exclude each other (%s and others) and leave fewer than %d persons between them; leave one of them out", p.d.Parts[family[0]].Part, p.limit)
		}
	}
	return p.checkEither(totals)
}

func (p planner) isSmall(n int64) bool { return n > 0 && n < p.limit }

// checkEither works out how many are children by flag and by age both.
func (p planner) checkEither(totals []Totals) error {
	for e, either := range p.d.Parts {
		for f, flag := range p.d.Parts {
			for a, age := range p.d.Parts {
				if either.Child != ChildEither || flag.Child != ChildByFlag || age.Child != ChildByAge ||
					!sameBut(either, flag) || !sameBut(either, age) {
					continue
				}
				if p.isSmall(totals[f+1].In + totals[a+1].In - totals[e+1].In) {
					return p.refuse("has the parts %s, %s and %s, from which a group of fewer than %d persons follows; leave one of them out",
						flag.Part, age.Part, either.Part, p.limit)
				}
			}
		}
	}
	return nil
}

// sameBut reports whether two parts ask the same but for the child.
func sameBut(a, b Part) bool {
	return slices.Equal(sorted(a.Sex), sorted(b.Sex)) && slices.Equal(sorted(a.AgeBand), sorted(b.AgeBand))
}

// implies reports whether whoever is in p is in q as well, by what the two
// ask. A band of age under 18 is taken to imply a child by age.
func (p Part) implies(q Part) bool {
	child := q.Child == "" || p.Child == q.Child ||
		q.Child == ChildEither && p.Child != "" ||
		q.Child != ChildByFlag && p.Child == "" && len(p.AgeBand) > 0 && contains(AgeBands()[:4], p.AgeBand)
	return child && narrower(p.Sex, q.Sex) && narrower(p.AgeBand, q.AgeBand)
}

// narrower reports whether the wanted values p are among q; none wanted means any.
func narrower(p, q []string) bool {
	return len(q) == 0 || len(p) > 0 && contains(q, p)
}

func contains(all, some []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}

// disjoint are the families, of two parts or more, that ask for nothing but
// different sexes, or for nothing but different bands of age.
func (p planner) disjoint() [][]int {
	sex := func(q Part) []string {
		if q.Child == "" && len(q.AgeBand) == 0 {
			return q.Sex
		}
		return nil
	}
	band := func(q Part) []string {
		if q.Child == "" && len(q.Sex) == 0 {
			return q.AgeBand
		}
		return nil
	}
	var families [][]int
	for _, wanted := range []func(Part) []string{sex, band} {
		var family []int
		var taken []string
		for i, q := range p.d.Parts {
			values := wanted(q)
			if len(values) == 0 || slices.ContainsFunc(values, func(v string) bool { return slices.Contains(taken, v) }) {
				continue
			}
			family, taken = append(family, i), append(taken, values...)
		}
		if len(family) > 1 {
			families = append(families, family)
		}
	}
	return families
}
