// SPDX-License-Identifier: Apache-2.0

package invent

import (
	"encoding/binary"
	"math/rand/v2"
)

// dice are the draws of one case. They use the generator's 64-bit numbers alone
// and whole-number arithmetic, so that a seed gives the same case on every
// machine and with every later version of Go.
type dice struct{ pcg *rand.PCG }

// newDice gives each purpose draws of its own, so that a change to one list
// does not change all that is drawn after it.
func newDice(seed, purpose uint64) dice { return dice{rand.NewPCG(seed, purpose)} }

// Purposes of draws.
const (
	forPlaces = iota + 1
	forPeople
	forIDs
	forStatements
	forPictures
	forBulk
	forList // and one more for each list
)

// below is a whole number from 0 to n-1. The bias of the remainder is less
// than n in 2^64.
func (d dice) below(n int) int { return int(d.pcg.Uint64() % uint64(n)) }

// between is a whole number from low to high, both included.
func (d dice) between(low, high int) int { return low + d.below(high-low+1) }

// percent is true in p of a hundred draws.
func (d dice) percent(p int) bool { return d.below(100) < p }

// id is an id as register.CheckID accepts it.
func (d dice) id(prefix string) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], d.pcg.Uint64())
	const digits = "0123456789abcdef"
	id := []byte(prefix + "-")
	for _, c := range b {
		id = append(id, digits[c>>4], digits[c&15])
	}
	return string(id)
}

// pick is one of a list.
func pick[T any](d dice, list []T) T { return list[d.below(len(list))] }

// weighted is an index, drawn as often as its weight says.
func (d dice) weighted(weights ...int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	at := d.below(total)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}
