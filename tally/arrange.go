// SPDX-License-Identifier: Apache-2.0

package tally

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// keeper keeps texts of its own, many to a block of memory.
type keeper struct{ block *strings.Builder }

// keepBlock is how many bytes are kept together.
const keepBlock = 64 << 10

// of is a copy of s. What stands in a block never moves: it only takes what
// it has room for.
func (k *keeper) of(s string) string {
	if k.block == nil || k.block.Cap()-k.block.Len() < len(s) {
		k.block = &strings.Builder{}
		k.block.Grow(max(keepBlock, len(s)))
	}
	at := k.block.Len()
	k.block.WriteString(s)
	return k.block.String()[at:]
}

// placed is a record on its way to its place among those of its person: most
// ids differ in their first eight bytes behind what all of them begin with.
type placed struct {
	first  uint64
	record int32
}

// arrange numbers the persons in the order of their ids and lists the records
// of each.
func (l *loader) arrange() {
	shared := len(commonPrefix(l.ids))
	order := make([]placed, len(l.ids))
	for r, id := range l.ids {
		order[r] = placed{firstBytes(id[shared:]), int32(r)}
	}
	slices.SortFunc(order, func(a, b placed) int {
		if a.first != b.first {
			return cmp.Compare(a.first, b.first)
		}
		return cmp.Or(strings.Compare(l.ids[a.record], l.ids[b.record]), cmp.Compare(a.record, b.record))
	})
	l.person = make([]int32, len(order))
	l.members = make([]int32, len(order))
	for i, p := range order {
		id := l.ids[p.record]
		if n := len(l.persons); n == 0 || l.persons[n-1] != id {
			l.membersOf = append(l.membersOf, int32(i))
			l.persons = append(l.persons, id)
		}
		l.person[p.record] = int32(len(l.persons) - 1)
		l.members[i] = p.record
	}
	l.membersOf = append(l.membersOf, int32(len(order)))
}

// commonPrefix is what all of the texts begin with.
func commonPrefix(all []string) string {
	if len(all) == 0 {
		return ""
	}
	prefix := all[0]
	for _, s := range all {
		for !strings.HasPrefix(s, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
	}
	return prefix
}

// firstBytes are the first eight bytes of s as one number, ordered as they are.
func firstBytes(s string) uint64 {
	var b [8]byte
	copy(b[:], s)
	return binary.BigEndian.Uint64(b[:])
}
