// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"recount/journal"
	"recount/register"
)

// AsItStood calls visit with every record of a batch that is not erased, also
// with corrected ones, in no order. visit must not ask the reader for anything.
func (r Reader) AsItStood(ctx context.Context, batch string, visit func(register.Stood) error) error {
	l := layouts()["record@1"]
	raw, fold := l.kind.Index("raw"), l.kind.Index("name_fold")
	values := make([]journal.Value, len(l.kind.Fields))
	return r.t.raw(ctx, `SELECT r.name_fold, r.rest, r.leaf, r.handling FROM p_record r JOIN p_batch b ON b.batch = r.batch WHERE r.batch = ? AND b.from_seq < ?`,
		[]any{batch, r.size}, func(row rawRow) error {
			clear(values)
			values[fold] = journal.Text(string(row.bytes(0)))
			if err := unpack(row.bytes(1), values, l.packed); err != nil {
				return err
			}
			r.t.strip(l.kind, values)
			leaf, err := leafOf(row.bytes(2))
			if err != nil {
				return err
			}
			return visit(register.Stood{Record: leaf, Raw: values[raw].Text(), NameFold: values[fold].Text(), Handling: string(row.bytes(3))})
		})
}
