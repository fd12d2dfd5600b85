// SPDX-License-Identifier: Apache-2.0

package store

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"recount/fault"
)

// The texts of docs/formats/backup.md: a piece of a journal, and the keys.
const (
	pieceLine = "recount journal piece/1"
	keysLine  = "recount keys/1"
)

// The rows of the keys, each by its first byte.
const (
	rowEntry  = 'e'
	rowBatch  = 'b'
	rowRow    = 'r'
	rowObject = 'o'
	rowSecret = 's'
	rowEnd    = 'z'
)

// WriteJournal writes the entries from ≤ seq < to (docs/formats/backup.md,
// "Pieces"). Of those whose content is decided to be erased it writes no
// content, and answers how many they are.
func (s *Snapshot) WriteJournal(ctx context.Context, w io.Writer, from, to int64) (leftOut int64, err error) {
	defer fault.Wrap(&err, "writing entries %d to %d of case %s", from, to-1, s.c.id)
	if from < 0 || to <= from || to > s.t.size {
		return 0, fmt.Errorf("%w: entries %d to %d of %d", fault.Invalid, from, to-1, s.t.size)
	}
	out := bufio.NewWriterSize(w, 1<<16)
	fmt.Fprintf(out, "%s\n%s\n%d\n%d\n", pieceLine, s.c.origin, from, to)
	rows, err := s.t.query(ctx, `SELECT e.seq, e.leaf, e.kind, e.header, e.body, k.note FROM j_entry e JOIN j_checkpoint k ON k.size = e.seq + 1 WHERE e.seq >= ? AND e.seq < ? ORDER BY e.seq`, from, to)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	next := from
	for ; rows.Next(); next++ {
		var seq int64
		var leaf, header, body, note []byte
		var kind string
		if err := rows.Scan(&seq, &leaf, &kind, &header, &body, &note); err != nil {
			return 0, err
		}
		stored, err := scanStored(seq, leaf, header, kind, body)
		if err != nil {
			return 0, err
		}
		if seq != next || stored.header.Origin != s.c.origin {
			return 0, fmt.Errorf("%w: entry %d is missing, or it is of another case", fault.Tampered, next)
		}
		if s.decided.leaves[stored.header.Leaf] {
			body = nil
			leftOut++
		}
		row := append(stored.header.Leaf[:], short(kind)...)
		row = append(row, long(body)...)
		out.Write(append(row, long(note)...)) // a bufio.Writer keeps its first error
	}
	if err := s.t.dialect.fault(rows.Err()); err != nil {
		return 0, err
	}
	if next != to {
		return 0, fmt.Errorf("%w: entry %d, or its checkpoint, is missing", fault.Tampered, next)
	}
	return leftOut, out.Flush()
}

// short and long are texts behind their length.
func short(text string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(text))), text...)
}

func long(b []byte) []byte { return append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...) }

// WriteKeys writes the keys of all that the snapshot's journal names and that
// is not decided to be erased, wrapped as they are kept, and the epoch key that
// unwraps them (docs/formats/backup.md, "Keys"): with the journal and the
// objects, whoever reads this reads the case and can sign as its log.
// fault.Tampered where an entry's key is gone and no erasure names it.
func (s *Snapshot) WriteKeys(ctx context.Context, w io.Writer) (k KeyCount, err error) {
	defer fault.Wrap(&err, "writing the keys of case %s", s.c.id)
	out := bufio.NewWriterSize(w, 1<<16)
	c, epoch := s.c, s.keys.w.epoch
	fmt.Fprintf(out, "%s\ncase %s\npublic_name %s\norigin %s\nvkey %s\nseal_vkey %s\nsize %d\nerased %d\nepoch %s\npublished %s\n\n", keysLine,
		c.id, c.publicName, c.origin, c.vkey, c.sealVKey, s.t.size, s.decided.size, base64.StdEncoding.EncodeToString(epoch[:]), encoded(s.published))
	batches, n := map[int64]bool{}, uint64(0)
	counts := map[string]*int64{"k_entry": &k.Entries, "k_row": &k.Rows, "k_object": &k.Objects}
	for _, t := range keyTables() {
		err := t.each(ctx, s.keys.t, "", func(cells []cell) error {
			row, err := s.keyRow(t.name, cells, batches)
			if err != nil || row == nil {
				return err
			}
			n++
			if count := counts[t.name]; count != nil {
				*count++
			}
			_, err = out.Write(row)
			return err
		})
		if err != nil {
			return k, err
		}
	}
	erased, err := s.ErasedEntries(ctx)
	if err != nil {
		return k, err
	}
	if all := k.Entries + int64(len(erased)); all != s.t.size {
		return k, fmt.Errorf("%w: there are keys for %d entries and %d are erased; the journal has %d. The keys are incomplete: put back an earlier copy of them", fault.Tampered, k.Entries, len(erased), s.t.size)
	}
	out.Write(binary.BigEndian.AppendUint64([]byte{rowEnd}, n))
	return k, out.Flush()
}

// KeyCount is how many keys of what there are.
type KeyCount struct{ Entries, Rows, Objects int64 }

// keyRow is one row of a table of keys as bytes; nil for one that is left out.
func (s *Snapshot) keyRow(table string, cells []cell, batches map[int64]bool) ([]byte, error) {
	number := func(i int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(cells[i].number.Int64)) }
	row := func(tag byte, parts ...[]byte) []byte {
		all := []byte{tag}
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	for i := range cells {
		if cells[i].kind == octets && table != "k_secret" && len(cells[i].raw) != 32 {
			return nil, fmt.Errorf("%w: table %s has a key, a leaf or an address of %d bytes; 32 were written", fault.Tampered, table, len(cells[i].raw))
		}
	}
	switch table {
	case "k_entry":
		if cells[0].number.Int64 >= s.t.size || s.decided.leaves[[32]byte(cells[1].raw)] {
			return nil, nil // of an act that was cut off, or erased
		}
		return row(rowEntry, number(0), cells[1].raw, cells[2].raw), nil
	case "k_batch":
		if s.underWay.batches[cells[1].chars.String] {
			return nil, nil
		}
		batches[cells[0].number.Int64] = true
		return row(rowBatch, number(0), short(cells[1].chars.String)), nil
	case "k_row":
		if !batches[cells[0].number.Int64] || s.decided.leaves[[32]byte(cells[1].raw)] {
			return nil, nil
		}
		return row(rowRow, number(0), cells[1].raw, cells[2].raw), nil
	case "k_object":
		if s.leftOut([32]byte(cells[0].raw)) {
			return nil, nil
		}
		return row(rowObject, cells[0].raw, cells[1].raw, cells[2].raw, number(3), number(4)), nil
	}
	if s.unsigned {
		return nil, nil
	}
	return row(rowSecret, short(cells[0].chars.String), long(cells[1].raw)), nil
}
