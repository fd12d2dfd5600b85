// SPDX-License-Identifier: Apache-2.0

package tally

import (
	"encoding/binary"
	"slices"

	"recount/figure"
)

// A million persons have few different profiles: what a figure needs of them.
// The rule is asked once for each profile, not once for each person.

// profile is the reduced rungs of a person as a key: the sets that the figure
// uses, and its kinds of harm, ascending. Where a person has more of them than
// fit, the first stands for the whole list (-2 and below).
type profile struct {
	said  said
	harms [4]int32
}

// profiler turns persons into numbers of profiles for one definition.
type profiler struct {
	columns *Columns
	def     figure.Definition
	use     said // ones where the figure uses the set
	harms   bool

	byTriple map[[3]int32]int32 // code, month, district to a kind of harm, none: it can not count
	byHarm   map[figure.Harm]int32
	kinds    []figure.Harm    // reduced, by number
	long     map[string]int32 // lists of kinds that are too long for a key

	byProfile map[profile]int32
	verdicts  [][]figure.Verdict // of each profile
	lines     []figure.Rungs     // of each profile, reduced
	excluded  int64              // harms left out
}

func newProfiler(c *Columns, d figure.Definition) *profiler {
	use := d.Rungs()
	on := func(used bool) uint8 {
		if used {
			return 0xff
		}
		return 0
	}
	return &profiler{
		columns: c, def: d, harms: use.Harms,
		use:      said{sex: on(use.Sex), flag: on(use.ChildFlag), age: on(use.ChildAge), band: on(use.AgeBand)},
		byTriple: map[[3]int32]int32{}, byHarm: map[figure.Harm]int32{}, long: map[string]int32{},
		byProfile: map[profile]int32{},
	}
}

// of is the number of the person's profile. scratch is kept between calls.
func (f *profiler) of(p int32, scratch *[]int32) int32 {
	c := f.columns
	var key profile
	found := (*scratch)[:0]
	for _, r := range c.recordsOf(p) {
		key.said = key.said.with(c.said[r])
		from, to := c.harmRange(r)
		for h := from; h < to; h++ {
			if c.excluded[h] {
				f.excluded++
				continue
			}
			if kind := f.kindOf(h); f.harms && kind != none && !slices.Contains(found, kind) {
				found = append(found, kind)
			}
		}
	}
	*scratch = found
	key.said.sex &= f.use.sex
	key.said.flag &= f.use.flag
	key.said.age &= f.use.age
	key.said.band &= f.use.band
	f.fill(&key, found)
	n, ok := f.byProfile[key]
	if !ok {
		n = int32(len(f.verdicts))
		f.byProfile[key] = n
		// The rule sees what a line of a count file would show.
		line := f.def.Reduce(c.rungs(p))
		f.lines = append(f.lines, line)
		f.verdicts = append(f.verdicts, f.def.Decide(line))
	}
	return n
}

// kindOf is the number of a harm as the figure sees it; none where it neither
// counts nor could count.
func (f *profiler) kindOf(h int32) int32 {
	if !f.harms {
		return none
	}
	c := f.columns
	triple := [3]int32{c.code[h], c.month[h], c.district[h]}
	n, ok := f.byTriple[triple]
	if ok {
		return n
	}
	n = none
	reduced := f.def.Reduce(figure.Rungs{Harms: []figure.Harm{c.figureHarm(h)}}).Harms
	if len(reduced) > 0 {
		if n, ok = f.byHarm[reduced[0]]; !ok {
			n = int32(len(f.kinds))
			f.byHarm[reduced[0]] = n
			f.kinds = append(f.kinds, reduced[0])
		}
	}
	f.byTriple[triple] = n
	return n
}

func (f *profiler) fill(key *profile, found []int32) {
	slices.Sort(found)
	for i := range key.harms {
		key.harms[i] = none
	}
	if len(found) <= len(key.harms) {
		copy(key.harms[:], found)
		return
	}
	bytes := make([]byte, 0, 4*len(found))
	for _, k := range found {
		bytes = binary.BigEndian.AppendUint32(bytes, uint32(k))
	}
	n, ok := f.long[string(bytes)]
	if !ok {
		n = int32(len(f.long))
		f.long[string(bytes)] = n
	}
	key.harms[0] = -2 - n
}
