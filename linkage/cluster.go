// SPDX-License-Identifier: Apache-2.0

package linkage

import "slices"

// reach is how far the known values of some rows go: two sets of rows hold two
// that can not overlap exactly when the highest low end of one lies above the
// lowest high end of the other.
type reach struct{ maxLow, minHigh int64 }

func (a reach) contradicts(b reach) bool { return a.maxLow > b.minHigh || b.maxLow > a.minHigh }

func (a reach) with(b reach) reach {
	return reach{max(a.maxLow, b.maxLow), min(a.minHigh, b.minHigh)}
}

// several is the number of a value where rows hold more than one.
const several int32 = -2

// aggregate is what the rows of some persons say together, as far as it is
// needed to find a contradiction between them and others.
type aggregate struct {
	date, end, birth, age reach
	name, place           int32
	sex                   uint8
}

func (t *table) aggregate(r *row) aggregate {
	over := func(n int32) reach {
		if n == unknown {
			return reach{lowest, highest}
		}
		return reach{t.spans[n].low, t.spans[n].high}
	}
	age := reach{lowest, highest}
	if r.ageLow >= 0 {
		age = reach{int64(r.ageLow), int64(r.ageHigh)}
	}
	return aggregate{over(r.date), over(r.end), over(r.birth), age, r.name, r.place, r.sex}
}

func (a aggregate) with(b aggregate) aggregate {
	return aggregate{
		a.date.with(b.date), a.end.with(b.end), a.birth.with(b.birth), a.age.with(b.age),
		oneOf(a.name, b.name), oneOf(a.place, b.place), a.sex | b.sex,
	}
}

func oneOf(a, b int32) int32 {
	switch {
	case a == b || b == unknown:
		return a
	case a == unknown:
		return b
	}
	return several
}

func differ(a, b int32) bool {
	return a != unknown && b != unknown && (a != b || a == several)
}

// sexes reports whether a row of one and a row of the other are of known and
// different sex.
func (a aggregate) sexes(b aggregate) bool {
	both := a.sex | b.sex
	return a.sex != 0 && b.sex != 0 && both&(both-1) != 0
}

// contradicts reports whether the two say what can not be true of one person,
// in one of the fields.
func (a aggregate) contradicts(b aggregate, in field) bool {
	return in&fieldDate != 0 && a.date.contradicts(b.date) ||
		in&fieldEnd != 0 && a.end.contradicts(b.end) ||
		in&fieldBirth != 0 && a.birth.contradicts(b.birth) ||
		in&fieldAge != 0 && a.age.contradicts(b.age) ||
		in&fieldSex != 0 && a.sexes(b) ||
		in&fieldPlace != 0 && differ(a.place, b.place) ||
		in&fieldName != 0 && differ(a.name, b.name)
}

// hard contradictions hold whatever the rules say: another sex and another
// birth are another person.
func (a aggregate) hard(b aggregate) bool { return a.sexes(b) && a.birth.contradicts(b.birth) }

// clusters are the persons as far as they are joined. A cluster is called by
// the lowest of its persons, which is the one with the oldest record: it keeps
// its id.
type clusters struct {
	parent  []int32
	sums    []aggregate
	sources [][]int32 // sorted, of the cluster called so
	apart   map[int32][]int32
	never   bool // two rows of one source are two persons
}

func newClusters(t *table, never bool, apart [][2]int32) *clusters {
	n := len(t.persons)
	c := &clusters{
		parent: make([]int32, n), sums: make([]aggregate, n), sources: make([][]int32, n),
		apart: map[int32][]int32{}, never: never,
	}
	backing := make([]int32, n)
	for i := range n {
		c.parent[i] = unknown
	}
	for i := range t.rows {
		r := &t.rows[i]
		p := r.person
		if c.parent[p] == unknown {
			c.parent[p] = p
			c.sums[p] = t.aggregate(r)
			backing[p] = r.source
			c.sources[p] = backing[p : p+1 : p+1]
			continue
		}
		c.sums[p] = c.sums[p].with(t.aggregate(r))
		c.sources[p] = merged(c.sources[p], []int32{r.source})
	}
	for _, pair := range apart {
		c.apart[pair[0]] = append(c.apart[pair[0]], pair[1])
		c.apart[pair[1]] = append(c.apart[pair[1]], pair[0])
	}
	return c
}

// find is the name of a person's cluster.
func (c *clusters) find(p int32) int32 {
	for c.parent[p] != p {
		c.parent[p] = c.parent[c.parent[p]]
		p = c.parent[p]
	}
	return p
}

// union joins clusters, named by find.
func (c *clusters) union(all []int32) {
	root := slices.Min(all)
	for _, other := range all {
		if other == root {
			continue
		}
		c.parent[other] = root
		c.sums[root] = c.sums[root].with(c.sums[other])
		c.sources[root] = merged(c.sources[root], c.sources[other])
		c.sources[other] = nil
		if list, ok := c.apart[other]; ok {
			c.apart[root] = append(c.apart[root], list...)
			delete(c.apart, other)
		}
	}
}

// joinable reports whether all clusters can be one person: no two of them are
// said to be apart, share a source where that is never so, or contradict each
// other in one of the fields.
func (c *clusters) joinable(all []int32, in field) bool {
	sum := c.sums[all[0]]
	sources := c.sources[all[0]]
	for i, next := range all[1:] {
		if sum.contradicts(c.sums[next], in) || sum.hard(c.sums[next]) || c.saidApart(next, all[:i+1]) {
			return false
		}
		if c.never && shared(sources, c.sources[next]) {
			return false
		}
		if c.never && i+2 < len(all) {
			sources = merged(sources, c.sources[next])
		}
		sum = sum.with(c.sums[next])
	}
	return true
}

func (c *clusters) saidApart(one int32, others []int32) bool {
	for _, p := range c.apart[one] {
		if slices.Contains(others, c.find(p)) {
			return true
		}
	}
	return false
}

// count is how many clusters there are.
func (c *clusters) count() (n int64) {
	for p, parent := range c.parent {
		if int32(p) == parent {
			n++
		}
	}
	return n
}

// shared reports whether two sorted lists have something in common.
func shared(a, b []int32) bool {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			return true
		case a[0] < b[0]:
			a = a[1:]
		default:
			b = b[1:]
		}
	}
	return false
}

// merged is the union of two sorted lists, in a list of its own.
func merged(a, b []int32) []int32 {
	out := make([]int32, 0, len(a)+len(b))
	out = append(append(out, a...), b...)
	slices.Sort(out)
	return slices.Compact(out)
}
