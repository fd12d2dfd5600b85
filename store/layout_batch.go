// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"recount/journal"
)

// laid are rows of a batch made ready for the tables. The writer of the tables
// is what all others wait for: it is left nothing to do but to write.
type laid struct {
	statements []statement
	n          int // rows that were laid out; the last of them may stand in later statements
}

// statement is one INSERT of many rows.
type statement struct {
	query string
	args  []any
}

// layOut makes the statements that write rows into the tables, in their order.
func (b *Batch) layOut(ctx context.Context, in <-chan []spilled, out chan<- laid) error {
	defer close(out)
	var next laid
	rows := newProjectedRows(ctx, b.c.config.dialect(), func(_ context.Context, query string, args []any) ([]any, error) {
		next.statements = append(next.statements, statement{query, args})
		return make([]any, 0, cap(args)), nil
	}, b.id)
	var values []journal.Value
	for chunk := range in {
		for i := range chunk {
			var err error
			if values, err = chunk[i].split(values); err != nil {
				return err
			}
			if err := rows.apply(chunk[i].leaf, chunk[i].kind, values); err != nil {
				return err
			}
		}
		next.n = len(chunk)
		if err := send(ctx, out, next); err != nil {
			return err
		}
		next = laid{}
	}
	if err := rows.close(); err != nil {
		return err
	}
	return send(ctx, out, next)
}
