// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"slices"

	"recount/journal"
)

// Written is a row as it was written down, with everything that it says in
// words. It is good until the next one.
type Written struct {
	Leaf   journal.Leaf
	Kind   journal.Kind
	Record journal.Leaf    // the record that it speaks of: a record's own leaf; zero for a group
	Values []journal.Value // by the kind's fields; what is computed or counted is left out
}

// writtenKinds are the kinds of rows in which people's words stand.
func writtenKinds() []string { return []string{"record@1", "harm@1", "group@1", "extra@1"} }

// EachWritten calls visit with every record, harm, group and field of the
// case's own that can be seen, corrected ones too, in one pass through the
// tables and in no order that means anything. Nothing else can be asked of the
// Reader meanwhile.
func (r Reader) EachWritten(ctx context.Context, visit func(*Written) error) error {
	seqs, err := r.batchSeqs(ctx)
	if err != nil {
		return err
	}
	for _, kind := range writtenKinds() {
		if err := r.eachWritten(ctx, layouts()[kind], seqs, visit); err != nil {
			return err
		}
	}
	return nil
}

// CountWritten is about how many rows EachWritten visits.
func (r Reader) CountWritten(ctx context.Context) (n int64, err error) {
	err = r.t.get(ctx, []any{&n}, `SELECT COALESCE(SUM(n), 0) FROM p_batch WHERE kind IN ('list.imported@1', 'records.added@1') AND from_seq < ?`, r.size)
	return n, err
}

func (r Reader) eachWritten(ctx context.Context, l layout, seqs map[string]int64, visit func(*Written) error) error {
	columns, fields := []string{"leaf", "batch"}, []int{isLeaf, isBatch}
	for i, c := range l.table.columns {
		if at := l.fields[i]; at == isRest || at >= 0 && (c.kind == text || c.name == "record") {
			columns, fields = append(columns, c.name), append(fields, at)
		}
	}
	w := Written{Kind: l.kind, Values: make([]journal.Value, len(l.kind.Fields))}
	record := l.kind.Index("record")
	query := "SELECT " + columns[0]
	for _, c := range columns[1:] {
		query += ", " + c
	}
	return r.t.raw(ctx, query+" FROM "+l.table.name, nil, func(raw rawRow) (err error) {
		if _, seen := seqs[string(raw.bytes(1))]; !seen {
			return nil
		}
		if w.Leaf, err = leafOf(raw.bytes(0)); err != nil {
			return err
		}
		w.Record = journal.Leaf{}
		if l.kind.Name == "record@1" {
			w.Record = w.Leaf
		}
		clear(w.Values)
		for i, at := range fields {
			switch {
			case at == isRest:
				err = unpack(raw.bytes(i), w.Values, l.packed)
			case at == record && at >= 0:
				w.Record, err = leafOf(raw.bytes(i))
			case at >= 0:
				w.Values[at] = journal.Text(string(raw.bytes(i)))
			}
			if err != nil {
				return err
			}
		}
		r.t.strip(l.kind, w.Values)
		return visit(&w)
	})
}

// EachEntry calls visit with the first size entries in their order, out of one
// snapshot; an erased one has its header and kind alone.
func (c *Case) EachEntry(ctx context.Context, size int64, visit func(journal.Entry) error) error {
	t, err := c.place.begin(ctx, reading)
	if err != nil {
		return err
	}
	defer t.rollback()
	keys, err := c.keys(ctx, reading)
	if err != nil {
		return err
	}
	defer keys.t.rollback()
	for seq := range min(size, t.size) {
		s, err := readStored(ctx, t, seq)
		if err != nil {
			return err
		}
		e, err := s.open(ctx, keys)
		if err != nil {
			return err
		}
		if err := visit(e); err != nil {
			return err
		}
	}
	return nil
}

// Versions are a record and all that it corrects or that correct it, with the
// leaves of what is said beside each of them: all that goes when it is erased.
func (r Reader) Versions(ctx context.Context, record journal.Leaf) (versions, beside []journal.Leaf, err error) {
	if versions, err = r.Corrections(ctx, record); err != nil {
		return nil, nil, err
	}
	versions = append([]journal.Leaf{record}, versions...)
	for _, leaf := range versions {
		rec, err := r.Record(ctx, leaf)
		if err != nil {
			return nil, nil, err
		}
		for _, h := range rec.Harms {
			beside = append(beside, h.Leaf)
		}
		moves, err := r.MovesOf(ctx, leaf)
		if err != nil {
			return nil, nil, err
		}
		for _, m := range moves {
			if m.ByRule {
				beside = append(beside, m.Row)
			}
		}
		more, err := r.RowsBeside(ctx, leaf)
		if err != nil {
			return nil, nil, err
		}
		beside = slices.Concat(beside, more)
	}
	return versions, beside, nil
}
