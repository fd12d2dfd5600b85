// SPDX-License-Identifier: Apache-2.0

package linkage

// groups are sets of two or more rows that agree on all fields of a rule, in
// the order of their oldest rows; the rows of each are in the order of the
// table.
type groups struct {
	rows  []int32
	start []int32 // where each begins; one more than there are groups
	open  []int32 // the groups that may still stand for several persons
}

func (g groups) of(i int32) []int32 { return g.rows[g.start[i]:g.start[i+1]] }

// agreement is what the rows of a group have in common; a field that the rule
// does not ask for is 0.
type agreement struct {
	name, place, date, end, birth, age int32
	sex                                uint8
}

// agreement is false where a field that is asked for is not known: unknown is
// never agreement.
func (t *table) agreement(r *row, on field) (a agreement, ok bool) {
	ok = true
	take := func(f field, value int32, known bool) int32 {
		if on&f == 0 {
			return 0
		}
		ok = ok && known
		return value
	}
	date := func(f field, n int32) int32 { return take(f, n, n != unknown && t.spans[n].closed()) }
	a.name = take(fieldName, r.name, r.name != unknown)
	a.place = take(fieldPlace, r.place, r.place != unknown)
	a.date, a.end, a.birth = date(fieldDate, r.date), date(fieldEnd, r.end), date(fieldBirth, r.birth)
	a.age = take(fieldAge, int32(r.ageLow)<<16|int32(r.ageHigh), r.ageLow >= 0)
	a.sex = uint8(take(fieldSex, int32(r.sex), r.sex != 0))
	return a, ok
}

// groups finds the agreements of a rule in two passes over the table.
func (t *table) groups(on field) groups {
	number := map[agreement]int32{}
	of := make([]int32, len(t.rows))
	var size []int32
	for i := range t.rows {
		of[i] = unknown
		a, ok := t.agreement(&t.rows[i], on)
		if !ok {
			continue
		}
		n, seen := number[a]
		if !seen {
			n = int32(len(size))
			number[a] = n
			size = append(size, 0)
		}
		of[i] = n
		size[n]++
	}
	var g groups
	place := make([]int32, len(size)) // where the next row of the group goes
	total := int32(0)
	for n, s := range size {
		place[n] = unknown
		if s > 1 {
			place[n] = total
			g.open = append(g.open, int32(len(g.start)))
			g.start = append(g.start, total)
			total += s
		}
	}
	g.start = append(g.start, total)
	g.rows = make([]int32, total)
	for i, n := range of {
		if n != unknown && place[n] != unknown {
			g.rows[place[n]] = int32(i)
			place[n]++
		}
	}
	return g
}
