// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"

	"recount/intake/mapping"
	"recount/journal"
)

// digest is over all that was made of the rows of a list, in any order: each row
// names its number, so no two are the same.
type digest struct {
	mu  sync.Mutex
	sum [sha256.Size]byte
}

func (d *digest) add(sum [sha256.Size]byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range sum {
		d.sum[i] ^= sum[i]
	}
}

func (d *digest) now() [sha256.Size]byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sum
}

// making adds people to a batch and takes what was made of each into a digest. It
// is for one goroutine.
type making struct {
	batch Marked
	there bool // they are in the batch already
	hash  hash.Hash
	text  []byte
}

// person makes one person, with the others of the same row.
func (m *making) person(p *mapping.Person) (sum [sha256.Size]byte, err error) {
	m.hash.Reset()
	if _, err := addPerson(m, p); err != nil {
		return sum, err
	}
	m.hash.Sum(sum[:0])
	return sum, nil
}

// Add makes making a rowTaker.
func (m *making) Add(kind string, values []journal.Value) (leaf journal.Leaf, err error) {
	m.text = append(append(m.text[:0], kind...), 0)
	skip := drawn(kind, values)
	for i, v := range values {
		if i == skip {
			continue
		}
		m.text = binary.AppendUvarint(m.text, uint64(len(v)))
		m.text = append(m.text, v...)
	}
	m.hash.Write(m.text)
	if m.there {
		m.batch.There(kind, values)
		return leaf, nil
	}
	return m.batch.Add(kind, values)
}

// drawn is the field of a row that is random, or hangs on what is: the person whom
// a new record brings, and the leaf of the record that a harm belongs to; -1 none.
func drawn(kind string, values []journal.Value) int {
	switch k, _ := journal.KindNamed(kind); kind {
	case "record@1":
		if at := k.Index("supersedes"); at < len(values) && !values[at].Present() {
			return k.Index("person")
		}
	case "harm@1", "extra@1":
		return k.Index("record")
	}
	return -1
}

// rowTaker is what of a batch takes rows.
type rowTaker interface {
	Add(kind string, values []journal.Value) (journal.Leaf, error)
}
