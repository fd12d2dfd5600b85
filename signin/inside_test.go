// SPDX-License-Identifier: Apache-2.0

package signin

import "io"

// Full are passwords all of whose seats are taken for ever.
func Full(rand io.Reader) *Passwords {
	p := NewPasswords(rand)
	for range cap(p.seats) {
		p.seats <- struct{}{}
	}
	return p
}

// Known is how many are kept.
func Known(t *Tries) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.known)
}

// Cost is what a hash asks for.
func Cost(phc string) (memory, passes uint32, ok bool) {
	k, err := parse(phc)
	return k.memory, k.passes, err == nil
}

// Floor is what a hash is made by: KiB of memory, passes, lanes, bytes of salt and of hash.
func Floor() [5]int { return [5]int{memoryKiB, passes, lanes, saltBytes, hashBytes} }
